"""Charts of books: a row for each rep, or how far from target they are, where there are too many for rows."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import altair as alt
import numpy as np

from models.names import Texts
from models.org import BoolArray, FloatArray, IntArray
from models.policy import CUSTOMERS
from planner.report.blocks import Chart
from planner.report.drawing import brief_labels, drawn, rows, whole_ticks
from planner.report.headings import headed
from planner.report.palette import AFTER, BAND, BEFORE, LIMIT, NOBODY, OUTSIDE
from planner.report.plan.brief import Brief
from planner.report.readership.evidence import Measure

MOST_ROWS = 60
_STEP = 20
_MOST_BELOW = 28
"""On a sheet of paper, more rows than this stand in two panels, so that names are large enough to be read."""
_PANEL_STEP, _PANEL_WIDTH = 19, 450
_BINS = 40
_FURTHEST = 1.0
"""Deviations beyond this are drawn at the edge, so that one empty book does not squeeze all others."""


def rows_of_reps(brief: Brief, place: int, measure: Measure, reps: IntArray, of: int | None = None) -> Chart | None:
    """Return a row for each of some reps: the band, the limit, the book before and after.

    ``of`` is the number of all reps, where only those furthest from target are drawn.
    """
    say, name = brief.say, brief.heading(measure)
    reps = reps[brief.evidence.reps["here"].to_numpy(bool)[reps] | (brief.rep_values("before", measure)[reps] > 0)]
    if not len(reps):
        return None
    before, after, target, low, high, limit = (
        brief.rep_values(what, measure)[reps] for what in ("before", "after", "target", "low", "high", "max")
    )
    inside = inside_band(after, low, high)
    with np.errstate(divide="ignore", invalid="ignore"):
        level = np.where(target > 0, after / target, np.nan)
    order = np.arange(len(reps)) if of is not None else np.lexsort((-after, -np.nan_to_num(level, nan=-1)))
    after_word = np.where(inside, say("after, inside the band"), say("after, outside the band")).astype(object)
    after_word[~(target > 0)] = say("after, without a target") if (target > 0).any() else say("after")
    words = {"before": say("before"), "after": say("after"), "target": say("target"), "limit": say("limit")}
    told = {"before": before, "after": after, "target": np.where(target > 0, target, np.nan), "limit": limit}
    told = {key: values for key, values in told.items() if np.isfinite(values).any()}
    values = {
        "rep": brief.reps[reps],
        "before": before,
        "after": after,
        "target": np.where(target > 0, target, np.nan),
        "low": np.where(target > 0, low, np.nan),
        "high": np.where(target > 0, high, np.nan),
        "limit": limit,
        "state": after_word,
        "was": np.full(len(reps), say("before"), dtype=object),
        **{f"said_{key}": _said(brief, measure, amounts) for key, amounts in told.items()},
    }
    tips = [
        alt.Tooltip(field="rep", type="nominal", title=say("Rep")),
        *(alt.Tooltip(field=f"said_{key}", type="nominal", title=words[key]) for key in told),
    ]
    states, books = list(dict.fromkeys(after_word)), np.concatenate(list(told.values()))

    def drawing(some: IntArray) -> alt.LayerChart | alt.FacetChart:
        data = rows({key: column[some] for key, column in values.items()})
        return _rows_chart(brief, measure, data, tips, brief.reps[reps][some].tolist(), states, books)

    on_paper = None
    if len(order) > _MOST_BELOW:
        panels = [
            drawing(some).properties(width=_PANEL_WIDTH, height=alt.Step(_PANEL_STEP))
            for some in np.array_split(order, 2)
        ]
        on_paper = alt.hconcat(*panels, spacing=16).resolve_scale(x="shared")
    title, note = say("{measure} by rep", measure=name), _key(brief, target, limit)
    if of is not None:
        title = say("{measure}: reps furthest from target", measure=name)
        note = say("{shown} of {all} reps. ", shown=say.number(len(reps)), all=say.number(of)) + note
    what = "book" if of is None else "extremes"
    chart = drawn(f"{what}_m{place}", title, drawing(order), finding(brief, measure), note, on_paper)
    return replace(chart, called=f"{what}_{measure.name}")


def _said(brief: Brief, measure: Measure, values: FloatArray) -> Texts:
    """Return amounts in words, for who points at a mark."""
    return np.array([brief.amount(float(value), measure) for value in values], dtype=object)


def _key(brief: Brief, target: FloatArray, limit: FloatArray) -> str:
    """Return what the marks besides before and after mean."""
    say, parts = brief.say, []
    if (target > 0).any():
        parts.append(say("Shaded: the band around the target, which is the line in it."))
    if np.isfinite(limit).any():
        parts.append(say("Upright red line: the most that the rep may carry."))
    return say(" ").join(parts)


def _rows_chart(
    brief: Brief,
    measure: Measure,
    data: alt.Data,
    tips: list[alt.Tooltip],
    names: list[str],
    states: list[str],
    books: FloatArray,
) -> alt.LayerChart | alt.FacetChart:
    say = brief.say
    axis = alt.Axis(
        title=headed(brief.heading(measure), measure.unit, "number", say),
        labelExpr=brief_labels(say, books),
        grid=True,
        **whole_ticks(np.append(books, 0.0), counted=measure.name == CUSTOMERS),
    )
    y = alt.Y(
        field="rep",
        type="nominal",
        sort=names,
        axis=alt.Axis(title=None, labelLimit=180, ticks=False, offset=8, domain=False),
    )
    colours = {
        say("before"): BEFORE,
        say("after, inside the band"): AFTER,
        say("after, outside the band"): OUTSIDE,
        say("after, without a target"): NOBODY,
        say("after"): AFTER,
    }
    shown = [one for one in colours if one == say("before") or one in states]
    colour = alt.Scale(domain=shown, range=[colours[one] for one in shown])
    # a book outside its band has corners, for whoever does not see the colours apart
    shapes = ["diamond" if one == say("after, outside the band") else "circle" for one in shown]
    shape = alt.Scale(domain=shown, range=shapes)
    # what was is hollow, in the rows and in the legend
    fills = ["transparent" if one == say("before") else colours[one] for one in shown]
    fill = alt.Scale(domain=shown, range=fills)
    legend = alt.Legend(title=None, orient="top", symbolOpacity=1, symbolStrokeWidth=2)

    def told_by(field: str) -> dict[str, Any]:
        """Return how the points of a field look, all in one legend."""
        how: dict[str, Any] = {"field": field, "type": "nominal", "legend": legend}
        return {
            "fill": alt.Fill(scale=fill, **how),
            "stroke": alt.Stroke(scale=colour, **how),
            "shape": alt.Shape(scale=shape, **how),
        }

    base = alt.Chart(data)
    x: dict[str, Any] = {"type": "quantitative", "axis": axis, "scale": alt.Scale(zero=True, nice=True)}
    return alt.layer(
        base.transform_filter("isValid(datum.low)")
        .mark_bar(color=BAND, opacity=0.35, height=14, tooltip=None)
        .encode(y=y, x=alt.X(field="low", **x), x2=alt.X2(field="high")),
        base.transform_filter("isValid(datum.target)")
        .mark_tick(color=BAND, thickness=2, size=14)
        .encode(y=y, x=alt.X(field="target", **x)),
        base.transform_filter("isValid(datum.limit)")
        .mark_tick(color=LIMIT, thickness=2.5, size=16)
        .encode(y=y, x=alt.X(field="limit", **x)),
        base.mark_rule(color=BEFORE, strokeWidth=1.5).encode(
            y=y, x=alt.X(field="before", **x), x2=alt.X2(field="after")
        ),
        base.mark_point(size=60, strokeWidth=2, opacity=1).encode(
            y=y, x=alt.X(field="before", **x), tooltip=tips, **told_by("was")
        ),
        base.mark_point(size=70, strokeWidth=1.5, opacity=1).encode(
            y=y, x=alt.X(field="after", **x), tooltip=tips, **told_by("state")
        ),
    ).properties(height=alt.Step(_STEP))


def distribution(brief: Brief, place: int, measure: Measure) -> Chart | None:
    """Return how many reps are how far from target, before and after; None for a measure without a target."""
    say, name = brief.say, brief.heading(measure)
    before, after, target, high = (brief.rep_values(what, measure) for what in ("before", "after", "target", "high"))
    banded = target > 0
    if not banded.any():
        return None
    tolerance = float(np.median((high - target)[banded] / target[banded]))
    edges = np.linspace(-_FURTHEST, _FURTHEST, _BINS + 1)
    table: dict[str, list[object]] = {"from": [], "to": [], "count": [], "when": [], "zero": []}
    for when, book in ((say("before"), before), (say("after"), after)):
        off = np.clip(book[banded] / target[banded] - 1, -_FURTHEST, _FURTHEST - 1e-9)
        counts, _ = np.histogram(off, edges)
        table["from"] += edges[:-1].round(6).tolist()
        table["to"] += edges[1:].round(6).tolist()
        table["count"] += counts.tolist()
        table["when"] += [when] * _BINS
        table["zero"] += [0] * _BINS
    band = rows({"low": np.array([-tolerance]), "high": np.array([tolerance])})
    axis = alt.Axis(
        format="+%", title=say("{measure}: off target (further ones at the edge)", measure=name), tickCount=9
    )
    x: dict[str, Any] = {"type": "quantitative", "axis": axis, "scale": alt.Scale(domain=[-_FURTHEST, _FURTHEST])}
    panels = [
        alt.layer(
            alt.Chart(band)
            .mark_rect(color=BAND, opacity=0.25)
            .encode(x=alt.X(field="low", **x), x2=alt.X2(field="high")),
            alt.Chart(rows(table))
            .mark_rect(opacity=opacity, stroke=colour)
            .transform_filter(alt.FieldEqualPredicate(field="when", equal=when))
            .encode(
                x=alt.X(field="from", **x),
                x2=alt.X2(field="to"),
                y2=alt.Y2(field="zero"),
                y=alt.Y(field="count", type="quantitative", axis=alt.Axis(title=say("reps"), tickMinStep=1)),
                color=alt.Color(
                    field="when",
                    type="nominal",
                    scale=alt.Scale(domain=[say("before"), say("after")], range=[BEFORE, AFTER]),
                    legend=alt.Legend(title=None, orient="top"),
                ),
                tooltip=[
                    alt.Tooltip(field="from", type="quantitative", format="+.0%", title=say("from")),
                    alt.Tooltip(field="to", type="quantitative", format="+.0%", title=say("to")),
                    alt.Tooltip(field="count", type="quantitative", title=say("reps")),
                ],
            ),
        )
        for when, colour, opacity in ((say("before"), BEFORE, 0.45), (say("after"), AFTER, 0.55))
    ]
    chart = alt.layer(*panels).properties(height=240)
    title = say("{measure}: how far reps are from target", measure=name)
    told = drawn(f"spread_m{place}", title, chart, finding(brief, measure))
    return replace(told, called=f"spread_{measure.name}")


def finding(brief: Brief, measure: Measure) -> str:
    """Return what a chart of a measure shows, in numbers."""
    say, name = brief.say, brief.heading(measure)
    before, after, target, low, high = (
        brief.rep_values(what, measure) for what in ("before", "after", "target", "low", "high")
    )
    banded = target > 0
    if not banded.any():
        here = brief.evidence.reps["here"].to_numpy(bool)
        if not here.any():
            return name
        return say(
            "{measure} per rep: {least} to {most} after the plan, {least_before} to {most_before} before.",
            measure=name,
            least=say.leading(float(after[here].min()), measure.unit),
            most=brief.amount(float(after[here].max()), measure),
            least_before=say.leading(float(before[here].min()), measure.unit),
            most_before=brief.amount(float(before[here].max()), measure),
        )
    was, now = (int(inside_band(book, low, high)[banded].sum()) for book in (before, after))
    off = [book[banded] / target[banded] - 1 for book in (before, after)]
    worst = [float(one[np.abs(one).argmax()]) for one in off]
    return say(
        "{measure}: {was} of {all} reps inside the band before, {now} after; "
        "the book furthest from target is off by {worst_before} before and {worst_after} after.",
        measure=name,
        was=say.number(was),
        now=say.number(now),
        all=say.number(int(banded.sum())),
        worst_before=say.signed_percent(worst[0]),
        worst_after=say.signed_percent(worst[1]),
    )


def inside_band(books: FloatArray, low: FloatArray, high: FloatArray) -> BoolArray:
    """Tell which books are inside their bands."""
    slack = 1e-6 * np.maximum(1.0, np.nan_to_num(high))
    inside: BoolArray = (books >= low - slack) & (books <= high + slack)
    return inside
