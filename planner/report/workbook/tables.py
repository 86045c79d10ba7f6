"""Tables as sheets to work with: real numbers, filters, bars, a total, and a header that stays in sight."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
from xlsxwriter.utility import xl_rowcol_to_cell

from planner.language import Language
from planner.report.blocks import Column, Table
from planner.report.workbook.book import LESS, MORE, Book
from planner.report.workbook.figures import TEXTS, as_numbers, endless, number_format
from planner.report.workbook.texts import NAME, cell_text, cut, height, is_missing, reference, width

MOST_ROWS = 1_048_574
"""As many rows as a sheet holds beside the header and the total."""
_LOOKED_AT = 2_000
"""As many rows as are looked at to find how wide a column is."""
_WIDEST = 72
_LINE = 15.5
_LEAST_NAME = 12
"""As much of a manager's name as the name of a sheet has in any case."""
_TITLE = 15
"""As wide as the title of a column makes it; longer ones have two lines."""
IntArray = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Written:
    """Where a table went: the sheets with how many rows each has, and the order of its rows."""

    sheets: tuple[tuple[str, int], ...]
    order: IntArray


def write_table(book: Book, table: Table, title: str = "", tab: str = "", *, note: str = "") -> Written:
    """Write a table on a sheet of its own; what one sheet does not hold continues on another."""
    order = sorted_rows(table)
    columns = [_Cells(book, one, table.cells[one.key][order], one.key in table.total) for one in table.columns]
    parts = [slice(at, min(at + MOST_ROWS, len(order))) for at in range(0, max(len(order), 1), MOST_ROWS)]
    said = "\n".join(one for one in (note, table.note) if one)
    written: list[tuple[str, int]] = []
    for part in parts:
        rows = part.stop - part.start
        sheet = book.sheet(title or table.title, tab=tab or table.tab, note=said, rows=rows)
        written.append((sheet.get_name(), rows))
        _write_part(book, sheet, table, columns, part)
        if part is parts[-1] and table.total and len(order):
            _write_total(book, sheet, table, columns, written)
    return Written(tuple(written), order)


def write_tables_per_value(book: Book, tables: Sequence[Table]) -> None:
    """Write a sheet of each table for each value in its columns ``per``, those of one value together."""
    split = [(table, _values(table)) for table in tables if table.per and table.count]
    for value in sorted({one for _, values in split for one in values.ravel().tolist()}):
        for table, values in split:
            rows = np.flatnonzero((values == value).any(axis=0))
            if len(rows):
                mine = replace(table, cells={key: cells[rows] for key, cells in table.cells.items()}, plotted=())
                name = value or book.say("none")
                if len(split) == 1:
                    write_table(book, mine, name, name)
                else:
                    called = f" · {table.tab or table.title}"
                    short = cut(name, max(NAME - len(called), _LEAST_NAME))
                    write_table(book, mine, f"{name} · {table.title}", f"{short}{called}")


def _values(table: Table) -> npt.NDArray[np.object_]:
    """Return the values that have sheets, shape (columns, rows)."""
    return np.array([[cell_text(one) for one in table.cells[key]] for key in table.per], dtype=object)


def sorted_rows(table: Table) -> IntArray:
    """Return the rows in the order the table begins with; blank cells come last either way."""
    if table.sort is None:
        return np.arange(table.count)
    key, descending = table.sort
    column = next(one for one in table.columns if one.key == key)
    cells = table.cells[key]
    if column.kind in TEXTS:
        texts = [cell_text(one).casefold() for one in cells]
        known = sorted((at for at, text in enumerate(texts) if text), key=lambda at: texts[at], reverse=descending)
        return np.array([*known, *(at for at, text in enumerate(texts) if not text)], dtype=np.int64)
    numbers = as_numbers(cells)
    return np.argsort(-numbers if descending else numbers, kind="stable")


class _Cells:
    """A column made ready: what each cell holds, and how it looks."""

    def __init__(self, book: Book, column: Column, cells: npt.NDArray[Any], totalled: bool) -> None:
        self.column = column
        self.is_text = column.kind in TEXTS
        self.values: Sequence[str | float]
        self.finite = np.array([])
        if self.is_text:
            yes, no = book.say("yes"), book.say("no")
            self.values = (
                ["" if is_missing(one) else yes if one else no for one in cells.tolist()]
                if column.kind == "flag"
                else [cell_text(one) for one in cells.tolist()]
            )
        else:
            numbers = as_numbers(cells)
            self.finite = numbers[np.isfinite(numbers)]
            self.values = [one if math.isfinite(one) else endless(one, book.say) for one in numbers.tolist()]
        content = self._width(book.say, totalled)
        self.width = min(
            max(content + 3, max(min(width(cell_text(column.title)) + 5, _TITLE), _longest_word(column.title) + 4)),
            _WIDEST,
        )
        self.wraps = self.is_text and content + 3 > _WIDEST
        if self.is_text:
            self.look = book.text_look()
            self.folded = book.text_look(wraps=True)
        else:
            shown = number_format(column.kind, column.unit, self.finite, book.say)
            self.look = book.look(num_format=shown, align="right")
            self.total_look = book.look(num_format=shown, align="right", bold=True, top=1)

    def _width(self, say: Language, totalled: bool) -> int:
        step = max(len(self.values) // _LOOKED_AT, 1)
        if self.is_text:
            return max((width(str(one)) for one in self.values[::step]), default=0)
        largest = float(np.abs(self.finite).max(initial=0.0))
        if totalled:
            largest = max(largest, abs(float(self.finite.sum())))
        unit = width(say.amount(1, self.column.unit)) if self.column.unit else 1
        return len(f"{largest:,.0f}") + unit + (4 if self.column.bar else 2)


def _longest_word(title: str) -> int:
    return min(max((width(one) for one in cell_text(title).split()), default=0), _TITLE)


def _write_part(book: Book, sheet: Any, table: Table, columns: Sequence[_Cells], part: slice) -> None:
    rows, last = part.stop - part.start, len(columns) - 1
    heights = {0: max((height(cell_text(one.column.title), one.width - 4) for one in columns), default=0) + 4}
    for at, cells in enumerate(columns):
        column = cells.column
        sheet.write_string(0, at, cell_text(column.title), book.header(right=not cells.is_text, button=True))
        sheet.set_column(at, at, cells.width)
        if column.note:
            sheet.write_comment(0, at, cell_text(column.note), {"author": "", "x_scale": 1.6})
        _write_cells(sheet, at, cells, cells.values[part], heights)
        if column.bar and rows and not cells.is_text:
            sheet.conditional_format(1, at, rows, at, _bars(cells))
    for row, points in heights.items():
        sheet.set_row(row, points)
    sheet.freeze_panes(1, 1)
    sheet.repeat_rows(0)
    if columns:
        book.split(sheet, [one.width for one in columns], _named(table))
        sheet.autofilter(0, 0, max(rows, 1), last)
        sheet.ignore_errors({"number_stored_as_text": f"A1:{_cell(max(rows, 1), last)}"})


def _named(table: Table) -> int:
    """Return how many columns it takes to know a row: where the first is an id, the name after it, too."""
    first = [one.kind for one in table.columns[:3]]
    return 2 if first[:2] == ["id", "text"] and len(first) > 2 else 1


def _write_cells(sheet: Any, at: int, cells: _Cells, values: Sequence[str | float], heights: dict[int, float]) -> None:
    """Write the cells of a column, and add to ``heights`` the rows that need more than a line."""
    string, number, look = sheet.write_string, sheet.write_number, cells.look
    for row, value in enumerate(values, start=1):
        if isinstance(value, str):
            if not value:
                continue
            if cells.wraps or "\n" in value:
                points = height(value, cells.width)
                if points > heights.get(row, _LINE):
                    heights[row] = points
                string(row, at, value, cells.folded)
            else:
                string(row, at, value, look)
        else:
            number(row, at, value, look)


def _bars(cells: _Cells) -> dict[str, Any]:
    bars: dict[str, Any] = {
        "type": "data_bar",
        "data_bar_2010": True,
        "bar_solid": True,
        "bar_color": MORE,
        "bar_negative_color": LESS,
        "bar_axis_color": "#6B7785",
    }
    if float(cells.finite.min(initial=0.0)) >= 0:
        bars |= {"min_type": "num", "min_value": 0}
    return bars


def _write_total(
    book: Book, sheet: Any, table: Table, columns: Sequence[_Cells], written: Sequence[tuple[str, int]]
) -> None:
    """Write sums that follow the filter; over all sheets of a table on the last one."""
    row = written[-1][1] + 1
    for at, cells in enumerate(columns):
        if cells.column.key in table.total and not cells.is_text:
            ranges = [
                ("" if name == written[-1][0] else f"{reference(name)}!") + f"{_cell(1, at)}:{_cell(rows, at)}"
                for name, rows in written
            ]
            formula = "=" + "+".join(f"SUBTOTAL(109,{one})" for one in ranges)
            sheet.write_formula(row, at, formula, cells.total_look, math.fsum(cells.finite))
        elif at == 0:
            sheet.write_string(row, at, book.say("Total"), book.text_look(bold=True, top=1))
        else:
            sheet.write_blank(row, at, None, book.look(bold=True, top=1))


def _cell(row: int, column: int) -> str:
    return str(xl_rowcol_to_cell(row, column))
