"""Tables as the page has them: the first rows in plain sight, all of them as data for whoever sorts and searches."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from models.org import IntArray
from planner.language import Language
from planner.report.blocks import Cells, Column, Table
from planner.report.headings import headed
from planner.report.page.columnar import as_text, flag_column, number_column, text_column
from planner.report.page.figures import TEXTS, digits_of, figure, room_of
from planner.report.workbook.texts import SheetNames

FIRST_ROWS = 50
"""Rows of a page of a table; these are seen without a script, and printed."""


@dataclass(frozen=True)
class Cell:
    """A cell in plain sight; a bar has ``start`` and ``width`` in percent of its track."""

    text: str
    start: float | None = None
    width: float = 0.0
    is_less: bool = False


@dataclass(frozen=True)
class ColumnView:
    """A column with what its cells share: decimals, classes of style, and from where to where its bars go."""

    column: Column
    heading: str
    digits: int
    look: str = ""
    low: float = 0.0
    high: float = 0.0

    @property
    def is_text(self) -> bool:
        """Whether its cells are words."""
        return self.column.kind in TEXTS

    def cell(self, value: Any, say: Language) -> Cell:
        """Return a cell in plain sight."""
        text = figure(value, self.column.kind, self.digits, say)
        if not self.column.bar or self.is_text or value is None or np.isnan(float(value)) or self.high <= self.low:
            return Cell(text)
        span, end = self.high - self.low, min(max(float(value), self.low), self.high)
        return Cell(text, 100 * (min(end, 0.0) - self.low) / span, 100 * abs(end) / span, end < 0)


@dataclass(frozen=True)
class TableView:
    """A table with its first rows, its totals, and its data."""

    table: Table
    columns: tuple[ColumnView, ...]
    rows: tuple[tuple[Cell, ...], ...]
    totals: tuple[str, ...]
    data: dict[str, Any]

    @property
    def sorted_by(self) -> tuple[str, str]:
        """The column it is sorted by at first, and which way."""
        key, down = self.table.sort or ("", False)
        return key, "descending" if down else "ascending"


def table_view(table: Table, say: Language) -> TableView:
    """Return a table as the page has it, its rows in the order in which they are seen at first."""
    seen = in_order(table, order_of(table))
    columns = tuple(_column_view(column, seen.cells[column.key], say) for column in table.columns)
    rows = tuple(
        tuple(view.cell(_value(seen.cells[view.column.key][at]), say) for view in columns)
        for at in range(min(FIRST_ROWS, table.count))
    )
    return TableView(seen, columns, rows, _totals(seen, columns, say), _data(seen, columns))


def in_order(table: Table, rows: IntArray) -> Table:
    """Return a table with some of its rows, in the order given."""
    return replace(table, cells={column.key: table.cells[column.key][rows] for column in table.columns})


def _column_view(column: Column, cells: Cells, say: Language) -> ColumnView:
    heading = headed(column.title, column.unit, column.kind, say)
    if column.kind in TEXTS:
        room = room_of([as_text(value) for value in cells.tolist()])
        look = room if column.kind != "id" else "id lengthy" if room == "long" else "id"
        return ColumnView(column, heading, 0, look)
    numbers = np.asarray(cells, dtype=float)
    finite = numbers[np.isfinite(numbers)]
    low, high = (min(float(finite.min()), 0.0), max(float(finite.max()), 0.0)) if len(finite) else (0.0, 0.0)
    look = "figure barred" if column.bar else "figure"
    return ColumnView(column, heading, digits_of(column.kind, numbers), look, low, high)


def _data(table: Table, columns: tuple[ColumnView, ...]) -> dict[str, Any]:
    return {
        "count": table.count,
        "sheet": SheetNames().new(table.tab or table.title),
        "searched": table.searched,
        "total": list(table.total),
        "sort": None if table.sort is None else [table.sort[0], bool(table.sort[1])],
        "columns": [
            {
                "key": view.column.key,
                "title": view.heading,
                "kind": view.column.kind,
                "digits": view.digits,
                "look": view.look,
                "bar": [view.low, view.high] if view.column.bar and not view.is_text else None,
                "choice": view.column.choice,
                "extra": view.column.extra,
                **_cells(view.column, table.cells[view.column.key]),
            }
            for view in columns
        ],
    }


def _cells(column: Column, cells: Cells) -> dict[str, Any]:
    if column.kind == "flag":
        return flag_column(cells.tolist())
    return text_column(cells.tolist()) if column.kind in TEXTS else number_column(cells)


def order_of(table: Table) -> IntArray:
    """Return the order in which rows are seen at first; what is blank comes last either way."""
    if table.sort is None:
        return np.arange(table.count)
    key, down = table.sort
    kind = next(column.kind for column in table.columns if column.key == key)
    if kind in TEXTS and kind != "flag":
        texts = [as_text(value) for value in table.cells[key].tolist()]
        names = sorted({text.casefold() for text in texts if text is not None})
        ranks = {name: float(at) for at, name in enumerate(names)}
        values = np.array([np.nan if text is None else ranks[text.casefold()] for text in texts])
    else:
        values = np.array([np.nan if value is None else float(value) for value in table.cells[key].tolist()])
    return np.argsort(-values if down else values, kind="stable")


def _totals(table: Table, columns: tuple[ColumnView, ...], say: Language) -> tuple[str, ...]:
    """Return the last row; nothing where no column is summed."""
    if not table.total:
        return ()
    texts = []
    for view in columns:
        if view.column.key in table.total and not view.is_text:
            total = float(np.nansum(np.asarray(table.cells[view.column.key], dtype=float)))
            texts.append(figure(total, view.column.kind, view.digits, say))
        else:
            texts.append("")
    if not texts[0]:
        texts[0] = say("Total")
    return tuple(texts)


def _value(value: Any) -> Any:
    return value.item() if isinstance(value, np.generic) else value
