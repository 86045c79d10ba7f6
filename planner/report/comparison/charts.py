"""How books are spread in each scenario, as small multiples on one scale."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import altair as alt
import numpy as np

from models.names import first_of
from models.org import FloatArray
from models.policy import CUSTOMERS
from planner.language import Language, begun
from planner.report.blocks import Chart
from planner.report.comparison.books import Books, Side
from planner.report.drawing import brief_labels, specification, whole_ticks
from planner.report.headings import headed
from planner.report.palette import AFTER, BAND, BEFORE, LIMIT, NOBODY, OUTSIDE

MOST = 12
"""Scenarios drawn; beyond, pictures grow too small and pages too long."""
WIDTH, HEIGHT, ABREAST = 250, 130, 3
FARTHEST = 1.0
"""Deviations beyond this fraction stand at the edge, so that one outlier does not flatten all others."""
MOST_BARS = 100
"""Books drawn one by one; of more, so many evenly spaced ones."""
MOST_NAMED = 6
LEAST_BINS, MOST_BINS = 16, 42
_WIDTHS = (0.01, 0.02, 0.025, 0.04, 0.05, 0.075, 0.1, 0.2)


def deviations_chart(sides: Sequence[Side], measure: str, say: Language) -> Chart | None:
    """Return how far books are from their targets, a histogram per scenario; None where nobody has a target."""
    shown = [(side, side.books[measure]) for side in sides if measure in side.books][:MOST]
    shown = [(side, books) for side, books in shown if books.banded.any()]
    if not shown:
        return None
    every = np.concatenate([np.r_[books.deviation, books.deviation_before] for _, books in shown])
    widest = max(books.tolerance for _, books in shown)
    low, high, width = _bins(np.r_[every[np.isfinite(every)], -widest, widest], shown[0][1].tolerance)
    rows: list[dict[str, Any]] = []
    names = [side.name for side, _ in shown]
    looks = {True: say("inside the band"), False: say("outside the band")}
    tallest = 1
    for side, books in shown:
        bars, top = _bars(side, books, (low, high, width), looks)
        rows += [*_band_rows(side, books), *bars, *_outline(side, books, (low, high, width))]
        tallest = max(tallest, top)
    x = alt.X(
        "x:Q",
        title=say("Deviation from target"),
        scale=alt.Scale(domain=[low, high], nice=False),
        axis=alt.Axis(format="+.0%", tickCount=6, labelExpr="datum.value === 0 ? '0%' : datum.label"),
    )
    band = (
        alt.Chart()
        .mark_rect(color=BAND, opacity=0.3, clip=True)
        .encode(x=x, x2="x2:Q")
        .transform_filter("datum.part === 'band'")
    )
    bars_ = (
        alt.Chart()
        .mark_bar(stroke="white", strokeWidth=0.6)
        .encode(
            x=x,
            x2="x2:Q",
            y=alt.Y(
                "y:Q",
                title=say("Reps"),
                scale=alt.Scale(domain=[0, tallest]),
                axis=alt.Axis(tickMinStep=1, tickCount=5, format="d"),
            ),
            y2="y2:Q",
            color=alt.Color(
                "look:N",
                title=None,
                scale=alt.Scale(domain=list(looks.values()), range=[AFTER, OUTSIDE]),
                legend=alt.Legend(orient="top"),
            ),
            tooltip=[
                alt.Tooltip("scenario:N", title=say("Scenario")),
                alt.Tooltip("range:N", title=say("Deviation from target")),
                alt.Tooltip("count:Q", title=say("Reps")),
                alt.Tooltip("who:N", title=say("Names")),
            ],
        )
        .transform_filter("datum.part === 'bar'")
    )
    today = (
        alt.Chart()
        .mark_bar(fillOpacity=0, stroke=BEFORE, strokeWidth=1.2, strokeDash=[3, 2])
        .encode(x=x, x2="x2:Q", y="y:Q", y2="y2:Q")
        .transform_filter("datum.part === 'today'")
    )
    zero = (
        alt.Chart().mark_rule(color="#777777", strokeWidth=1).encode(x="x:Q").transform_filter("datum.part === 'zero'")
    )
    layers = alt.layer(band, bars_, today, zero, data=alt.Data(values=rows)).properties(width=WIDTH, height=HEIGHT)
    spec = _facetted(layers, names)
    beyond = sum(int((np.abs(books.deviation) > FARTHEST).sum()) for _, books in shown)
    notes = [say("Shaded: the band. Dashed: today's books.")]
    if beyond:
        notes.append(
            say.plural(
                beyond,
                "{count} book that is farther than {edge} from its target is drawn at the edge.",
                "{count} books that are farther than {edge} from their target are drawn at the edge.",
                edge=say.percent(FARTHEST, 0),
            )
        )
    notes += _left_out(len([side for side in sides if measure in side.books]), say)
    title = say("How far books are from their targets: {measure}", measure=say(measure))
    return Chart("deviations", title, spec, _deviations_in_words(shown, measure, say), " ".join(notes))


def books_chart(sides: Sequence[Side], measure: str, say: Language) -> Chart | None:
    """Return every book in order of its size, scenario by scenario; None where there is none."""
    shown = [(side, side.books[measure]) for side in sides if measure in side.books][:MOST]
    shown = [(side, books) for side, books in shown if len(books.after)]
    if not shown:
        return None
    rows: list[dict[str, Any]] = []
    sampled = False
    for side, books in shown:
        order = np.argsort(-books.after, kind="stable")
        sampled |= len(order) > MOST_BARS
        picked = order if len(order) <= MOST_BARS else order[_spaced(len(order))]
        for place, rep in enumerate(picked.tolist()):
            target, half = books.target[rep], books.tolerance
            row: dict[str, Any] = {
                "scenario": side.name,
                "from": round(place / len(picked), 5),
                "to": round((place + 1) / len(picked), 5),
                "book": _rounded(books.after[rep]),
                "none": 0,
                "who": str(side.reps["name"].iloc[rep]),
                "look": _look(books, rep, say),
            }
            if math.isfinite(target):
                row |= {"low": _rounded(target * (1 - half)), "high": _rounded(target * (1 + half))}
            rows.append(row)
    unit = shown[0][1].unit
    called = headed(begun(say(measure)), unit, "number", say)
    looks = [say("inside the band"), say("outside the band"), say("without a band")]
    drawn = [look for look in looks if any(row["look"] == look for row in rows)]
    colours = dict(zip(looks, (AFTER, OUTSIDE, NOBODY), strict=True))
    all_books = np.append(np.concatenate([books.after for _, books in shown]), 0.0)
    letters = brief_labels(say, all_books)
    axis = alt.Axis(labelExpr=letters, tickCount=5, **whole_ticks(all_books, counted=measure == CUSTOMERS))
    x = alt.X("from:Q", title=say("Reps, the heaviest book first"), scale=alt.Scale(domain=[0, 1], nice=False),
              axis=alt.Axis(labels=False, ticks=False, grid=False))  # fmt: skip
    books_ = (
        alt.Chart()
        .mark_rect(stroke="white", strokeWidth=0.5 if len(rows) < 400 else 0)
        .encode(
            x=x,
            x2="to:Q",
            y=alt.Y("book:Q", title=called, axis=axis, scale=alt.Scale(zero=True)),
            y2="none:Q",
            color=alt.Color(
                "look:N",
                title=None,
                scale=alt.Scale(domain=drawn, range=[colours[look] for look in drawn]),
                legend=alt.Legend(orient="top") if len(drawn) > 1 else None,
            ),
            tooltip=[
                alt.Tooltip("scenario:N", title=say("Scenario")),
                alt.Tooltip("who:N", title=say("Rep")),
                alt.Tooltip("book:Q", title=called, format=",.4~f"),
            ],
        )
    )
    layers: list[alt.Chart] = [books_]
    if any("low" in row for row in rows):
        only = "isValid(datum.low)"
        for end in ("low", "high"):
            layers.append(
                alt.Chart()
                .mark_rule(color=LIMIT, strokeWidth=1.5)
                .encode(x=x, x2="to:Q", y=f"{end}:Q")
                .transform_filter(only)
            )
    layered = alt.layer(*layers, data=alt.Data(values=rows)).properties(width=WIDTH, height=HEIGHT)
    notes = [say("Lines: the lower and the upper end of each band.")] if len(layers) > 1 else []
    if sampled:
        notes.append(say("Of more than {count} books, {count} evenly spaced ones are drawn.", count=MOST_BARS))
    notes += _left_out(len([side for side in sides if measure in side.books]), say)
    spec = _facetted(layered, [side.name for side, _ in shown])
    title = say("Books in order of size: {measure}", measure=say(measure))
    return Chart("books", title, spec, _books_in_words(shown, say), " ".join(notes))


# ---- bars ------------------------------------------------------------------------------------------------------


def _bins(values: FloatArray, band: float) -> tuple[float, float, float]:
    """Return where bins begin and end, and how wide they are: the band ends with one where that can be."""
    clipped = np.clip(values, -FARTHEST, FARTHEST)
    low, high = (float(clipped.min()), float(clipped.max())) if len(clipped) else (-0.1, 0.1)
    low, high = min(low, -0.1), max(high, 0.1)
    fitting = [one for one in _WIDTHS if (high - low) / one <= MOST_BINS]
    aligned = [one for one in fitting if math.isclose(band / one, round(band / one), abs_tol=1e-6)]
    coarse = [one for one in aligned if (high - low) / one >= LEAST_BINS]
    width = coarse[-1] if coarse else (aligned or fitting or _WIDTHS[-1:])[0]
    return math.floor(low / width + 1e-9) * width, math.ceil(high / width - 1e-9) * width, width


def _placed(values: FloatArray, bins: tuple[float, float, float]) -> tuple[FloatArray, int]:
    low, high, width = bins
    count = round((high - low) / width)
    place = np.floor((np.clip(values, -FARTHEST, FARTHEST) - low) / width + 1e-9)
    return np.clip(place, 0, count - 1).astype(int), count


def _bars(
    side: Side, books: Books, bins: tuple[float, float, float], looks: dict[bool, str]
) -> tuple[list[dict[str, Any]], int]:
    low, _, width = bins
    at = np.flatnonzero(books.banded)
    place, count = _placed(books.deviation[at], bins)
    names = side.reps["name"].to_numpy(dtype=object)
    rows: list[dict[str, Any]] = []
    tallest = 0
    for slot in range(count):
        below = 0
        for inside in (True, False):
            these = at[(place == slot) & (books.inside[at] == inside)]
            if not len(these):
                continue
            begin = low + slot * width
            rows.append(
                {
                    "part": "bar",
                    "scenario": side.name,
                    "x": round(begin, 6),
                    "x2": round(begin + width, 6),
                    "y": below,
                    "y2": below + len(these),
                    "count": len(these),
                    "look": looks[inside],
                    "range": f"{100 * begin:+.3g}% … {100 * (begin + width):+.3g}%",
                    "who": first_of(names[these], MOST_NAMED) if len(these) <= MOST_NAMED else None,
                }
            )
            below += len(these)
        tallest = max(tallest, below)
    before, _ = _placed(books.deviation_before[at], bins)
    return rows, max([tallest, *np.bincount(before, minlength=1).tolist()])


def _outline(side: Side, books: Books, bins: tuple[float, float, float]) -> list[dict[str, Any]]:
    """Return how many books there are of each size today."""
    low, _, width = bins
    place, count = _placed(books.deviation_before[books.banded], bins)
    counts = np.bincount(place, minlength=count)
    return [
        {
            "part": "today",
            "scenario": side.name,
            "x": round(low + slot * width, 6),
            "x2": round(low + (slot + 1) * width, 6),
            "y": 0,
            "y2": int(counts[slot]),
        }
        for slot in np.flatnonzero(counts).tolist()
    ]


def _band_rows(side: Side, books: Books) -> list[dict[str, Any]]:
    half = float(books.tolerance)
    band = {"part": "band", "scenario": side.name, "x": round(-half, 6), "x2": round(half, 6)}
    return [band, {"part": "zero", "scenario": side.name, "x": 0}]


def _look(books: Books, rep: int, say: Language) -> str:
    if not books.banded[rep]:
        return say("without a band")
    return say("inside the band") if books.inside[rep] else say("outside the band")


def _spaced(count: int) -> np.ndarray:
    return np.unique(np.round(np.linspace(0, count - 1, MOST_BARS)).astype(int))


def _rounded(value: float) -> float:
    return float(f"{value:.6g}")


def _facetted(layers: Any, names: Sequence[str]) -> dict[str, Any]:
    facet = alt.Facet(
        "scenario:N", title=None, sort=list(names), header=alt.Header(labelLimit=WIDTH, labelFontWeight="bold")
    )
    chart = layers.facet(
        facet=facet, columns=min(ABREAST, len(names)), spacing={"column": 34, "row": 16}
    ).resolve_scale(x="shared", y="shared")
    return specification(chart)


def _left_out(count: int, say: Language) -> list[str]:
    if count <= MOST:
        return []
    return [say("The first {most} of {count} scenarios are drawn.", most=MOST, count=count)]


# ---- in words --------------------------------------------------------------------------------------------------


def _deviations_in_words(shown: Sequence[tuple[Side, Books]], measure: str, say: Language) -> str:
    told = [
        say(
            "{scenario} {inside} of {count}",
            scenario=side.name,
            inside=say.number(int((books.inside & books.banded).sum())),
            count=say.number(int(books.banded.sum())),
        )
        for side, books in shown
    ]
    return say("Reps inside the band on {measure}: {scenarios}.", measure=say(measure), scenarios=say.listed(told))


def _books_in_words(shown: Sequence[tuple[Side, Books]], say: Language) -> str:
    told = [
        say(
            "{scenario} {low} to {high}",
            scenario=side.name,
            low=say.brief_amount(float(books.after.min()), books.unit),
            high=say.brief_amount(float(books.after.max()), books.unit),
        )
        for side, books in shown
    ]
    return say("From the lightest to the heaviest book: {scenarios}.", scenarios=say.listed(told))
