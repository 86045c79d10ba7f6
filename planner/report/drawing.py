"""Drawing: charts of altair as plain specifications, which take letters and the colour of axes from the page."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any

import altair as alt

from planner.report.blocks import Chart

STILL_WIDTH = 720
"""Width of a chart where nothing around it says how wide it may be: in pictures and print."""


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


def drawn(key: str, title: str, chart: alt.TopLevelMixin, summary: str, note: str = "") -> Chart:
    """Return a chart that is as wide as its place on the page, and of one width in pictures."""
    still = specification(chart)
    spec = copy.deepcopy(still)
    if "hconcat" not in spec and "vconcat" not in spec:
        spec = {**spec, "width": "container"}
        still = {**still, "width": STILL_WIDTH}
    return Chart(key, title, spec, summary, note, still)


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
