"""Drawing: charts of altair as plain specifications, which take letters and the colour of axes from the page."""

from __future__ import annotations

import copy
import math
from collections.abc import Mapping, Sequence
from typing import Any
from unicodedata import east_asian_width

import altair as alt
import numpy as np
import numpy.typing as npt

from planner.language import Language
from planner.report.blocks import Chart
from planner.report.palette import FLOW_TURNS, ON_FLOW

_LETTER = 6
_SHORT_FROM = 1e4
STILL_WIDTH = 720
"""Width of a chart where nothing around it says how wide it may be: in pictures and print."""
_ON_A_SHEET = 540
"""So high are all rows of a chart at most, that it need not be made too small to be read to fit on a sheet."""
_LEAST_STEP = 14
_FEW = 8
"""Up to so many whole numbers are all marked."""


def step_for(count: int, usual: int) -> alt.Step:
    """Return how high each of some rows is: as usual, or less where many are to be read on one sheet.

    Examples
    --------
    >>> step_for(10, 20).to_dict(), step_for(36, 20).to_dict(), step_for(90, 20).to_dict()
    ({'step': 20}, {'step': 15}, {'step': 14})
    """
    return alt.Step(max(_LEAST_STEP, min(usual, _ON_A_SHEET // max(count, 1))))


def specification(chart: alt.TopLevelMixin, named: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Return a chart as plain data on a transparent ground, without a manner of its own.

    ``named`` holds data that the chart only names: large ones, which altair would look through again and again.
    """
    spec: dict[str, Any] = chart.to_dict()
    spec.pop("config", None)
    spec["background"] = "transparent"
    if named:
        spec["datasets"] = {**spec.get("datasets", {}), **named}
    return spec


def drawn(
    key: str,
    title: str,
    chart: alt.TopLevelMixin,
    summary: str,
    note: str = "",
    on_paper: alt.TopLevelMixin | None = None,
) -> Chart:
    """Return a chart that is as wide as its place on the page, and of one width in pictures.

    ``on_paper`` is what pictures and print have instead, at its own width.
    """
    if on_paper is not None:
        return Chart(key, title, {**specification(chart), "width": "container"}, summary, note, specification(on_paper))
    still = specification(chart)
    spec = copy.deepcopy(still)
    if "hconcat" not in spec and "vconcat" not in spec:
        spec = {**spec, "width": "container"}
        still = {**still, "width": STILL_WIDTH}
    return Chart(key, title, spec, summary, note, still)


def brief_labels(say: Language, values: npt.ArrayLike) -> str:
    """Return how the axis of some values is lettered: all in thousands, or all in millions; nothing is just nothing.

    Examples
    --------
    >>> from planner.language import ENGLISH, language
    >>> brief_labels(ENGLISH, [0, 2.5e6])
    "datum.value === 0 ? '0' : format(datum.value / 1000000, ',.4~f') + 'M'"
    >>> brief_labels(language("zh"), [0, 2.5e6]).endswith("10000, ',.4~f') + '万'")
    True
    """
    finite = np.abs(np.asarray(values, dtype=float))
    finite = finite[np.isfinite(finite)]
    most = float(finite.max()) if len(finite) else 0.0
    size, name = next((one for one in say.sizes if most >= max(one[0], _SHORT_FROM)), (1.0, ""))
    return f"datum.value === 0 ? '0' : format(datum.value / {size:.0f}, ',.4~f') + '{name}'"


def whole_ticks(values: npt.ArrayLike, *, counted: bool = True) -> dict[str, Any]:
    """Return how an axis is marked so that it has no part of a customer; nothing where it does not count.

    A least step alone does not do it: of few values there are halves still.

    Examples
    --------
    >>> whole_ticks([0, 2]), whole_ticks([0, 300]), whole_ticks([0, 2.5], counted=False)
    ({'values': [0, 1, 2], 'tickMinStep': 1}, {'tickMinStep': 1}, {})
    """
    known = np.asarray(values, dtype=float)
    known = known[np.isfinite(known)]
    if not counted:
        return {}
    low, high = (math.floor(known.min()), math.ceil(known.max())) if len(known) else (0, 1)
    few = {"values": list(range(low, high + 1))} if high - low <= _FEW else {}
    return {**few, "tickMinStep": 1}


def letters_wide(text: str) -> int:
    """Return how wide a text is in letters; Chinese signs are two wide."""
    return sum(2 if east_asian_width(one) in "WF" else 1 for one in text)


def beside(texts: Sequence[str], most: float) -> dict[str, str]:
    """Return where an axis ends so that texts fit between the longest bar, ``most``, and the edge, however wide it is.

    Examples
    --------
    >>> beside(["12 of 40"], 1.0)
    {'expr': '1 * width / max(width - 72, 0.25 * width)'}
    """
    letters = max((letters_wide(text) for text in texts), default=0)
    return {"expr": f"{most:.6g} * width / max(width - {_LETTER * letters + 24}, 0.25 * width)"}


def rows(values: Mapping[str, Any]) -> alt.Data:
    """Return columns of one length as the rows of a chart's data; what is not a number is left out of its row."""
    names = list(values)
    columns = [list(value.tolist()) if hasattr(value, "tolist") else list(value) for value in values.values()]
    return alt.Data(
        values=[
            {name: _plain(cell) for name, cell in zip(names, row, strict=True) if _known(cell)}
            for row in zip(*columns, strict=True)
        ]
    )


def _plain(cell: Any) -> Any:
    return float(f"{cell:.6g}") if isinstance(cell, float) and abs(cell) < 1e15 else cell


def _known(cell: Any) -> bool:
    if isinstance(cell, float):
        return cell == cell and abs(cell) != float("inf")
    return cell is not None


def ink_on_flow(field: str, most: float) -> Any:
    """Return the colour of a figure on a cell that is the darker, the nearer the field is to ``most``."""
    dark = alt.datum[field] > most * FLOW_TURNS
    return alt.when(dark).then(alt.value(ON_FLOW[1])).otherwise(alt.value(ON_FLOW[0]))
