"""Stacked bars: how many customers of each kind somebody or some region has."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import altair as alt
import numpy as np

from planner.language import Language
from planner.report.drawing import rows, step_for, whole_ticks


def stacked_bars(
    bars: Sequence[str],
    counts: Mapping[str, np.ndarray],
    colours: Sequence[str],
    titles: tuple[str, str],
    say: Language,
    *,
    legend: str | None = None,
) -> alt.TopLevelMixin:
    """Return a bar of customers for each of ``bars``, the longest first.

    Parameters
    ----------
    counts : mapping of kind to int array, shape (bars,)
        The kinds in the order in which they are stacked, each with one of ``colours``.
    titles : (str, str)
        What bars and kinds are, for who points at one.
    legend : str, optional
        Above the colours; they speak for themselves if None.
    """
    kinds = list(counts)
    cells: dict[str, list[object]] = {"bar": [], "kind": [], "count": [], "order": []}
    for rank, kind in enumerate(kinds):
        for bar, count in zip(bars, counts[kind].tolist(), strict=True):
            if count:
                for key, value in (("bar", bar), ("kind", kind), ("count", int(count)), ("order", rank)):
                    cells[key].append(value)
    sums = np.sum(list(counts.values()), axis=0)
    longest = np.argsort(-sums, kind="stable")
    return (
        alt.Chart(rows(cells))
        .mark_bar(height={"band": 0.7})
        .encode(
            y=alt.Y(
                field="bar",
                type="nominal",
                sort=[bars[at] for at in longest.tolist()],
                axis=alt.Axis(title=None, labelLimit=180, ticks=False),
            ),
            x=alt.X(
                field="count",
                type="quantitative",
                stack="zero",
                axis=alt.Axis(title=say("customers"), **whole_ticks([0, sums.max(initial=1)])),
            ),
            color=alt.Color(
                field="kind",
                type="nominal",
                scale=alt.Scale(domain=kinds, range=list(colours)),
                legend=alt.Legend(title=legend, orient="top"),
            ),
            order=alt.Order(field="order", type="quantitative"),
            tooltip=[
                alt.Tooltip(field="bar", type="nominal", title=titles[0]),
                alt.Tooltip(field="kind", type="nominal", title=titles[1]),
                alt.Tooltip(field="count", type="quantitative", title=say("Customers")),
            ],
        )
        .properties(height=step_for(len(bars), 20))
    )
