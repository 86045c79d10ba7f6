"""Books: what each rep carries before and after, beside the band and the limit."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from models.org import FloatArray
from planner.report.blocks import Block, Cells, Column, Fact, Facts, Kind, Section, Table
from planner.report.plan.book_charts import MOST_ROWS, distribution, rows_of_reps
from planner.report.plan.brief import Brief
from planner.report.readership.evidence import Measure

MOST_EXTREMES = 10
_KEY_MEASURES = 2
"""So many measures are shown at first: of the first the book, of each how far from target; the rest on demand."""


def books(brief: Brief) -> Section:
    """Return a chart for each measure, and the table of reps."""
    say = brief.say
    blocks: list[Block] = []
    count = len(brief.evidence.reps)
    chart: Block | None
    for place, measure in brief.sorted_measures:
        if count <= MOST_ROWS:
            chart = rows_of_reps(brief, place, measure, np.arange(count))
            blocks += [chart] if chart is not None else []
            continue
        chart = distribution(brief, place, measure)
        blocks += [chart] if chart is not None else []
        extremes = _extremes(brief, measure)
        chart = rows_of_reps(brief, place, measure, extremes, of=count)
        blocks += [chart] if chart is not None else []
    blocks.append(reps_table(brief))
    blocks += _others(brief)
    return Section("books", say("Books"), tuple(blocks), say("What each rep carries before and after the plan."))


def reps_table(brief: Brief) -> Table:
    """Return all reps who may be seen, with their books."""
    say, table = brief.say, brief.evidence.reps
    columns = [Column("rep", say("Rep")), Column("rep_id", say("Rep ID"), "id", extra=True)]
    cells: dict[str, Cells] = {"rep": brief.reps, "rep_id": table["rep_id"].to_numpy(dtype=object)}

    def add(column: Column, values: Cells) -> None:
        columns.append(column)
        cells[column.key] = values

    for key, title, values in (
        ("team", say("Team"), brief.of_reps("team")),
        ("manager", say("Manager"), brief.managers),
        ("region", say("Regions"), brief.of_reps("regions")),
        ("role", say("Role"), brief.of_reps("role") if brief.several_roles else np.array([], dtype=object)),
    ):
        if any(value is not None for value in values):
            is_told = key == "role" or not any(column.choice for column in columns)
            add(Column(key, title, choice=True, extra=not is_told), values)
    if not table["here"].all():
        here = np.where(table["here"].to_numpy(bool), say("present"), say("has left")).astype(object)
        add(Column("here", say("Status"), choice=True, extra=True), here)
    for rank, (place, measure) in enumerate(brief.sorted_measures):
        _add_measure(brief, rank, place, measure, columns, cells)
    add(
        Column("gained", say("Gained"), "count", note=say("customers that came to the rep")), table["gained"].to_numpy()
    )
    add(Column("lost", say("Lost"), "count", note=say("customers that left the rep")), table["lost"].to_numpy())
    worth = brief.evidence.worth
    frozen = say("Frozen customers") if worth is None else say("Frozen {measure}", measure=brief.title(worth))
    column = brief.worth_column("frozen", frozen)
    add(
        replace(column, note=say("kept in place by locks and holdouts"), extra=True),
        table["frozen"].to_numpy(float),
    )
    first = brief.sorted_measures[0][0]
    totals = [f"{when}_m{place}" for place, _ in brief.sorted_measures for when in ("before", "after")]
    return Table(
        "reps",
        say("Reps"),
        tuple(columns),
        cells,
        note=say("Before and after differ in sum by what came from, or went to, nobody or somebody who has left."),
        sort=(f"deviation_m{first}" if f"deviation_m{first}" in cells else f"after_m{first}", True),
        searched=True,
        total=(*totals, "gained", "lost", "frozen"),
        plotted=(f"before_m{first}", f"after_m{first}"),
        named="rep",
    )


def _add_measure(
    brief: Brief, rank: int, place: int, measure: Measure, columns: list[Column], cells: dict[str, Cells]
) -> None:
    say, name = brief.say, brief.heading(measure)
    kind: Kind = "count" if place == 0 else "number"
    before, after, target, limit, least = (
        brief.rep_values(what, measure) for what in ("before", "after", "target", "max", "min")
    )
    has_target = bool(np.isfinite(target).any())
    is_key_book = rank == 0 or place == 0 or (rank < _KEY_MEASURES and not has_target)
    wanted: list[tuple[Column, FloatArray]] = [
        (
            Column(f"before_m{place}", say("{measure} before", measure=name), kind, measure.unit, extra=rank > 0),
            before,
        ),
        (
            Column(
                f"after_m{place}",
                say("{measure} after", measure=name),
                kind,
                measure.unit,
                bar=True,
                extra=not is_key_book,
            ),
            after,
        ),
    ]
    if has_target:
        with np.errstate(divide="ignore", invalid="ignore"):
            deviation = np.where(target > 0, after / target - 1, np.nan)
        wanted += [
            (
                Column(f"target_m{place}", say("{measure} target", measure=name), "number", measure.unit, extra=True),
                target,
            ),
            (
                Column(
                    f"deviation_m{place}",
                    say("{measure} off target", measure=name),
                    "deviation",
                    bar=True,
                    note=say("after the plan, as a part of the target"),
                    extra=rank >= _KEY_MEASURES,
                ),
                deviation,
            ),
        ]
    for key, title, values in (
        ("min", say("{measure} at least", measure=name), least),
        ("max", say("{measure} at most", measure=name), limit),
    ):
        if np.isfinite(values).any():
            wanted.append((Column(f"{key}_m{place}", title, "number", measure.unit, extra=True), values))
    for column, values in wanted:
        columns.append(column)
        cells[column.key] = values


def _extremes(brief: Brief, measure: Measure) -> np.ndarray:
    """Return the reps furthest above and furthest below, for a company too large to draw everybody."""
    after, target = brief.rep_values("after", measure), brief.rep_values("target", measure)
    with np.errstate(divide="ignore", invalid="ignore"):
        level = np.where(target > 0, after / target, np.nan) if np.isfinite(target).any() else after
    order = np.argsort(np.where(np.isfinite(level), level, np.nanmedian(level)), kind="stable")
    return np.concatenate([order[-MOST_EXTREMES:][::-1], order[:MOST_EXTREMES][::-1]])


def _others(brief: Brief) -> list[Block]:
    """Return what all reps carry together of whom nothing else may be told."""
    others, say = brief.evidence.others, brief.say
    if not len(others):
        return []
    facts = []
    columns = (others[name].tolist() for name in ("measure", "before", "after"))
    for name, before, after in zip(*columns, strict=True):
        measure = brief.evidence.measure(str(name))
        if measure is not None:
            facts.append(
                Fact(
                    brief.heading(measure),
                    brief.amount(float(after), measure),
                    say("{before} before", before=brief.amount(float(before), measure)),
                )
            )
    return [Facts("others", tuple(facts), say("All other reps together"))]
