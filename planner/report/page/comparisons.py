"""Scorecards and differences as the page has them."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any

import numpy as np

from planner.language import Language
from planner.report.blocks import Column, Difference, Scorecard, ScorecardRow
from planner.report.headings import headed
from planner.report.page.columnar import plain
from planner.report.page.figures import digits_of, figure
from planner.report.page.tables import TableView, in_order, order_of, table_view
from planner.report.workbook.texts import SheetNames

FIRST, SECOND = "owner_in_first", "owner_in_second"


@dataclass(frozen=True)
class ScoreView:
    """A row of a scorecard in plain sight."""

    at: int
    heading: str
    texts: tuple[str, ...]
    best: tuple[bool, ...]


@dataclass(frozen=True)
class ScorecardView:
    """A scorecard with its rows by section, and its data."""

    card: Scorecard
    sections: tuple[tuple[str, tuple[ScoreView, ...]], ...]
    data: dict[str, Any]


def scorecard_view(card: Scorecard, say: Language) -> ScorecardView:
    """Return a scorecard as the page has it."""
    rows = [_score_view(at, row, say) for at, row in enumerate(card.rows)]
    sections = tuple(
        (title, tuple(rows[at] for at in ats))
        for title, ats in groupby(range(len(rows)), key=lambda at: card.rows[at].section)
    )
    data = {
        "scenarios": list(card.scenarios),
        "allowed": [bool(one) for one in card.allowed],
        "baseline": card.baseline,
        "rows": [
            {
                "kind": row.kind,
                "digits": digits_of(row.kind, row.values),
                "better": row.better,
                "values": [_number(value) for value in row.values],
                "best": [bool(one) for one in row.best],
                "uncertain": [[int(one) for one in pair] for pair in row.uncertain],
                "upto": [_number(value) for value in row.upto],
                "instead": [bool(one) for one in row.instead],
                "meaning": [int(one) for one in row.meaning],
            }
            for row in card.rows
        ],
    }
    return ScorecardView(card, sections, data)


def _score_view(at: int, row: ScorecardRow, say: Language) -> ScoreView:
    digits = digits_of(row.kind, row.values)
    texts = [figure(value, row.kind, digits, say) for value in row.values]
    for place, high in enumerate(row.upto):
        end = figure(high, row.kind, digits, say)
        if not math.isnan(high) and end != texts[place]:
            texts[place] = f"{texts[place]}–{end}"
    for place, said in enumerate(row.instead):
        texts[place] = said or texts[place]
    return ScoreView(at, headed(row.label, row.unit, row.kind, say), tuple(texts), row.best)


def _number(value: float) -> float | str | None:
    if math.isinf(value):
        return "Infinity" if value > 0 else "-Infinity"
    return None if math.isnan(value) else float(value)


@dataclass(frozen=True)
class DifferenceView:
    """A difference: who differs between the first two scenarios, and all that is needed for any other two."""

    difference: Difference
    chosen: tuple[int, int]
    view: TableView
    count: int
    data: dict[str, Any]


def difference_view(difference: Difference, say: Language) -> DifferenceView:
    """Return a difference as the page has it."""
    order = order_of(difference.table)
    table, owners = in_order(difference.table, order), difference.owners[order]
    chosen = (0, min(1, len(difference.scenarios) - 1))
    # counted from the end, -1 is nobody and -2 the customer that a scenario does not have
    names = np.array([*difference.names, say("not in this scenario"), say("nobody")], dtype=object)
    ends = tuple(
        Column(key, say("Owner in {scenario}", scenario=difference.scenarios[at]), choice=True)
        for key, at in zip((FIRST, SECOND), chosen, strict=True)
    )
    rows = np.flatnonzero(owners[:, chosen[0]] != owners[:, chosen[1]])
    few = in_order(table, rows)
    seen = replace(
        few,
        columns=(*table.columns, *ends),
        cells={**few.cells, FIRST: names[owners[rows, chosen[0]]], SECOND: names[owners[rows, chosen[1]]]},
    )
    data = {
        **table_view(table, say).data,
        "searched": True,
        "sheet": SheetNames().new(difference.tab or difference.title),
        "scenarios": list(difference.scenarios),
        "names": list(difference.names),
        "owners": [plain(owners[:, at]) for at in range(owners.shape[1])],
        "ends": [{"key": end.key, "title": end.title, "look": "short"} for end in ends],
    }
    return DifferenceView(difference, chosen, table_view(seen, say), len(rows), data)
