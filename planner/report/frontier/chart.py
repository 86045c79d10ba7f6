"""A frontier drawn: what was found, the knee, and the band in which the true frontier lies."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import altair as alt
import numpy as np

from models.policy import CUSTOMERS
from planner.frontier_record import FrontierRecord, PointEntry
from planner.language import Language
from planner.report.blocks import Cells, Line, Lines, Mark
from planner.report.drawing import brief_labels, whole_ticks
from planner.report.frontier.placed import WHOLE, Placed
from planner.report.palette import AFTER, BAND, BEFORE, OUTSIDE, OWNERS

HEIGHT = 340
PLAN = OWNERS[2]


@dataclass(frozen=True)
class Step:
    """A part of the band: for ``x`` from ``start`` to ``end`` the true frontier is from ``low`` to ``high``.

    ``low`` is None where nothing is proven.
    """

    start: float
    end: float
    low: float | None
    high: float


def band_steps(record: FrontierRecord) -> list[Step]:
    """Return the band from the first point to the last one."""
    if len(record.points) < 2:
        return []
    first, last = record.points[0].x, record.points[-1].x
    whole = record.x.name == WHOLE
    # with whole things, what is proven up to 3 holds for everything below 4
    limits = [math.inf if limit is None else limit + 1 if whole else limit for limit in record.band.lower_to]
    ends = sorted({first, last, *record.band.upper_from, *(limit for limit in limits if first < limit < last)})
    steps: list[Step] = []
    for start, end in pairwise(one for one in ends if first <= one <= last):
        middle = (start + end) / 2
        low = next((low for limit, low in zip(limits, record.band.lower, strict=True) if middle < limit), None)
        high = min(y for x, y in zip(record.band.upper_from, record.band.upper, strict=True) if x <= start)
        steps.append(Step(start, end, None if low is None else min(low, high), high))
    return steps


def frontier_chart(
    record: FrontierRecord, words: FrontierLabels, say: Language, placed: Placed | None = None
) -> alt.TopLevelMixin:
    """Return the chart of a frontier that has points, with a plan beside them."""
    points = [
        {
            "x": point.x,
            "y": point.y,
            "share": point.x_share,
            "bound": point.bound,
            "look": words.knee if point.knee else words.found,
        }
        for point in record.points
    ]
    ys = [point.y for point in record.points]
    all_x = [point.x for point in record.points] + ([] if placed is None else [placed.x])
    all_y = ys + ([] if placed is None else [placed.y])
    lows = [step.low for step in band_steps(record) if step.low is not None]
    bottom, top = min([*all_y, *lows]), max(all_y)
    room = 0.05 * ((top - bottom) or abs(top) or 1.0)
    steps = []
    for at, step in enumerate(band_steps(record)):
        low = bottom - room if step.low is None else step.low
        steps += [{"x": x, "low": low, "high": step.high, "at": at} for x in (step.start, step.end)]
    first, last = record.points[0].x, record.points[-1].x
    if steps:
        steps.append({"x": last, "low": ys[-1], "high": ys[-1], "at": len(steps)})
    wide = 0.03 * ((last - first) or abs(first) or 1.0)
    scale_x = alt.Scale(domain=[min(all_x) - wide, max(all_x) + wide], nice=False, zero=False)
    x = alt.X("x:Q", title=words.x, scale=scale_x,
              axis=alt.Axis(labelExpr=brief_labels(say, [min(all_x), max(all_x)]),
                            **whole_ticks(all_x, counted=record.x.name == WHOLE)))  # fmt: skip
    scale = alt.Scale(domain=[bottom - room, top + room], nice=False, zero=False)
    lettered = alt.Axis(
        labelExpr=brief_labels(say, [bottom, top]), **whole_ticks([bottom, top], counted=record.y.unit == CUSTOMERS)
    )
    y = alt.Y("y:Q", title=words.y, scale=scale, axis=lettered)
    kinds = [
        (words.found, AFTER, "circle"),
        *([(words.knee, OUTSIDE, "diamond")] if any(point.knee for point in record.points) else []),
        *([(words.band, BAND, "square")] if steps else []),
        *([(words.plan, PLAN, "cross")] if placed is not None else []),
    ]
    known = [kind for kind, _, _ in kinds]
    looks = alt.Scale(domain=known, range=[colour for _, colour, _ in kinds])
    legend = alt.Legend(orient="top", symbolOpacity=1)
    layers: list[Any] = []
    if steps:
        shaded = alt.Chart(alt.Data(values=[{**one, "look": words.band} for one in steps]))
        layers.append(
            shaded.mark_area(opacity=0.35, line=False).encode(
                x=x,
                y=alt.Y("low:Q", scale=scale, title=words.y, axis=lettered),
                y2="high:Q",
                color=alt.Color("look:N", scale=looks, title=None, legend=legend),
            )
        )
        layers.append(
            shaded.mark_line(color=AFTER, strokeWidth=1.5).encode(x=x, y=alt.Y("high:Q", scale=scale, axis=lettered))
        )
    tooltip = [alt.Tooltip("x:Q", title=words.x, format=",.6~g"), alt.Tooltip("y:Q", title=words.y, format=",.6~g")]
    if any(point["share"] is not None for point in points):
        tooltip.append(alt.Tooltip("share:Q", title=words.share, format=".1%"))
    tooltip.append(alt.Tooltip("bound:Q", title=words.at_best, format=",.6~g"))
    beside = [] if placed is None else [{"x": placed.x, "y": placed.y, "look": words.plan}]
    base = alt.Chart(alt.Data(values=[*points, *beside]))
    layers.append(
        base.mark_point(filled=True, opacity=1, size=70).encode(
            x=x,
            y=y,
            color=alt.Color("look:N", scale=looks, title=None, legend=legend),
            shape=alt.Shape(
                "look:N",
                scale=alt.Scale(domain=known, range=[shape for _, _, shape in kinds]),
                title=None,
                legend=legend,
            ),
            size=alt.condition(f"datum.look === {_quoted(words.found)}", alt.value(70), alt.value(190)),
            tooltip=tooltip,
        )
    )
    for label, colour, _ in kinds:
        if label in (words.knee, words.plan):
            right = placed is not None and label == words.plan and placed.x > (min(all_x) + max(all_x)) / 2
            layers.append(
                base.mark_text(
                    align="right" if right else "left", dx=-10 if right else 10, dy=-10, fontWeight="bold", color=colour
                )
                .encode(x=x, y=y, text="look:N")
                .transform_filter(f"datum.look === {_quoted(label)}")
            )
    return alt.layer(*layers).properties(height=HEIGHT)


@dataclass(frozen=True)
class FrontierLabels:
    """What things are called in the chart."""

    x: str
    y: str
    found: str
    knee: str
    band: str
    share: str
    at_best: str
    plan: str = ""


def frontier_lines(record: FrontierRecord, words: FrontierLabels, placed: Placed | None = None) -> Lines:
    """Return the same chart for a spreadsheet: the two edges of the band as steps, and what was found as points."""
    steps, points = band_steps(record), record.points
    ends = [x for step in steps for x in (step.start, step.end)]
    high = [y for step in steps for y in (step.high, step.high)]
    low = [math.nan if y is None else y for step in steps for y in (step.low, step.low)]
    lines = []
    if steps:
        lines.append(
            Line(words.found, _floats([*ends, points[-1].x]), _floats([*high, points[-1].y]), AFTER, told=False)
        )
    if any(math.isfinite(y) for y in low):
        lines.append(Line(words.at_best, _floats(ends), _floats(low), BEFORE))
    marked: tuple[tuple[str, Sequence[PointEntry | Placed], str, Mark], ...] = (
        (words.found, [one for one in points if not one.knee], AFTER, "circle"),
        (words.knee, [one for one in points if one.knee], OUTSIDE, "diamond"),
        (words.plan, [] if placed is None else [placed], PLAN, "square"),
    )
    for title, chosen, colour, mark in marked:
        if chosen:
            xs, ys = _floats([one.x for one in chosen]), _floats([one.y for one in chosen])
            lines.append(Line(title, xs, ys, colour, mark))
    return Lines(words.x, words.y, tuple(lines), "count" if record.x.name == WHOLE else "number")


def _floats(values: Sequence[float]) -> Cells:
    return np.array(values, dtype=float)


def _quoted(text: str) -> str:
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"
