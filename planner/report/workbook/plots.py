"""Charts that the spreadsheet draws itself from cells, so that they follow what is filtered and what is edited."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from planner.report.blocks import Cells, Chart, Column, Line, Lines, Table
from planner.report.palette import OWNERS
from planner.report.workbook.book import AFTER, BEFORE, Book
from planner.report.workbook.figures import as_numbers, number_format
from planner.report.workbook.tables import Written
from planner.report.workbook.texts import cell_text, cut, width

MOST_PLOTTED = 30
"""As many rows as one chart shows."""
_WIDE, _HIGH, _COLUMNS = 1000, 640, 16
"""Pixels of a chart, which a sheet of paper holds at this scale, and the columns behind it."""
_SCALE = 80
_ROWS = _HIGH // 20 + 3
"""Rows behind a chart, with those below it."""
_DRAWN = 880
_BAR, _BETWEEN = 8, 0.6
"""Pixels between the axes, of the thinnest bar that is told from others, and its widths between two rows."""
_GREY = "#E0E4E8"


def write_plots(book: Book, sheet: Any, plotted: Sequence[tuple[Table, Written] | Chart]) -> None:
    """Draw each chart of lines, and a chart of each table, its rows side by side in bars, each on one sheet of paper.

    Of a long table those rows with the largest values are drawn.
    """
    drawing = _Sheet(book, sheet)
    for one in plotted:
        if isinstance(one, Chart):
            assert one.lines is not None
            drawing.lines(one.title, one.lines)
        else:
            drawing.bars(*one)
    drawing.close()


class _Sheet:
    """The sheet of charts, one on a page; numbers that are in no table stand beside what is printed."""

    def __init__(self, book: Book, sheet: Any) -> None:
        self.book, self.sheet = book, sheet
        self.row = 0

    def close(self) -> None:
        """Say what is printed, page by page."""
        self.sheet.set_print_scale(_SCALE)
        self.sheet.center_horizontally()
        self.sheet.print_area(0, 0, self.row - 1, _COLUMNS - 1)
        self.sheet.set_h_pagebreaks(list(range(_ROWS, self.row, _ROWS)))

    # ---- bars --------------------------------------------------------------------------------------------------

    def bars(self, table: Table, written: Written) -> None:
        """Draw the rows of a table."""
        columns = {one.key: one for one in table.columns}
        count = min(table.count, MOST_PLOTTED)
        kept = set(table.plotted[: _side_by_side(count)])
        series = [one for one in table.columns if one.key in kept]
        names = list(table.columns).index(columns[table.named])
        title = table.title
        if count < table.count:
            title = self.book.say("{title}: the {count} largest", title=title, count=count)
        if len(kept) < len(table.plotted):
            title = self.book.say("{title}: {which} ({count} of {all})", title=title, which=table.plotted_first,
                                  count=len(kept), all=len(table.plotted))  # fmt: skip
        if _is_in_place(table):
            where, first, at = written.sheets[0][0], 1, [list(table.columns).index(one) for one in series]
        else:
            where, first, names = self.sheet.get_name(), self.row + 2, _COLUMNS + 1
            at = [names + 1 + place for place in range(len(series))]
            self._write_largest(table, series, count)
        chart = self.book.book.add_chart({"type": "column"})
        for position, color in zip(at, (BEFORE, AFTER) if len(series) <= 2 else OWNERS, strict=False):
            chart.add_series(
                {
                    "name": [where, first - 1, position],
                    "categories": [where, first, names, first + count - 1, names],
                    "values": [where, first, position, first + count - 1, position],
                    "fill": {"color": color},
                    "border": {"none": True},
                    "gap": 60,
                    "overlap": 0,
                }
            )
        chart.set_x_axis({"num_font": {"size": 9, "rotation": -45}, "major_tick_mark": "none", "label_position": "low"})
        chart.set_y_axis(
            {
                "num_format": number_format(series[0].kind, series[0].unit, _largest(table, series), self.book.say),
                "num_font": {"size": 9},
                "major_gridlines": {"visible": True, "line": {"color": _GREY}},
                "line": {"none": True},
            }
        )
        chart.set_legend({"position": "top"})
        self._insert(chart, title)

    def _write_largest(self, table: Table, series: list[Column], count: int) -> None:
        """Write the rows that are drawn, those with the largest last value."""
        last = as_numbers(table.cells[series[-1].key])
        rows = np.argsort(-last, kind="stable")[:count]
        named = next(one for one in table.columns if one.key == table.named)
        sheet, row, left = self.sheet, self.row, _COLUMNS + 1
        sheet.write_string(row, left, cell_text(table.title), self.book.look(bold=True))
        sheet.write_string(row + 1, left, cell_text(named.title), self.book.header())
        names = [cell_text(one) for one in table.cells[table.named][rows]]
        for at, name in enumerate(names):
            sheet.write_string(row + 2 + at, left, name, self.book.look(num_format="@"))
        sheet.set_column(left, left, min(max(width(one) for one in names) + 2, 40))
        for place, column in enumerate(series, start=left + 1):
            values = as_numbers(table.cells[column.key])
            shown = number_format(column.kind, column.unit, values, self.book.say)
            sheet.set_column(place, place, 18)
            self._write_numbers(row + 1, place, column.title, values[rows], shown)

    # ---- lines -------------------------------------------------------------------------------------------------

    def lines(self, title: str, plot: Lines) -> None:
        """Draw lines and points, and write their numbers beside them."""
        chart = self.book.book.add_chart({"type": "scatter", "subtype": "straight"})
        xs, ys = (np.concatenate(parts) for parts in zip(*((one.x, one.y) for one in plot.lines), strict=True))
        x_format = number_format(plot.x_kind, "", xs, self.book.say)
        y_format = number_format("number", "", ys, self.book.say)
        where, first = self.sheet.get_name(), self.row + 2
        self.sheet.write_string(self.row, _COLUMNS + 1, cell_text(title), self.book.look(bold=True))
        for place, line in enumerate(plot.lines):
            left, last = _COLUMNS + 1 + 2 * place, first + len(line.x) - 1
            self._write_numbers(self.row + 1, left, plot.x_title, line.x, x_format)
            self._write_numbers(self.row + 1, left + 1, line.title, line.y, y_format)
            self.sheet.set_column(left, left + 1, 18)
            chart.add_series(
                {
                    "name": [where, first - 1, left + 1],
                    "categories": [where, first, left, last, left],
                    "values": [where, first, left + 1, last, left + 1],
                    **_manner(line),
                }
            )
        untold = [at for at, one in enumerate(plot.lines) if not one.told]
        chart.set_legend({"position": "top", **({"delete_series": untold} if untold else {})})
        lettered = {"num_font": {"size": 9}, "major_gridlines": {"visible": True, "line": {"color": _GREY}}}
        few = plot.x_kind == "count" and np.nanmax(xs) - np.nanmin(xs) < 20
        chart.set_x_axis(
            {"name": cell_text(plot.x_title), "num_format": x_format, "label_position": "low", **lettered}
            | ({"major_unit": 1 + int(np.nanmax(xs) - np.nanmin(xs)) // 10} if few else {})
        )
        chart.set_y_axis({"name": cell_text(plot.y_title), "num_format": y_format, **lettered})
        chart.show_blanks_as("gap")
        self._insert(chart, title)

    # ---- both --------------------------------------------------------------------------------------------------

    def _insert(self, chart: Any, title: str) -> None:
        said = cut(cell_text(title), 255)
        chart.set_title({"name": said, "name_font": {"size": 13, "bold": True}, "overlay": False})
        chart.set_size({"width": _WIDE, "height": _HIGH})
        self.sheet.insert_chart(self.row, 0, chart, {"object_position": 3, "y_offset": 4, "description": said})
        self.row += _ROWS

    def _write_numbers(self, row: int, column: int, title: str, values: Cells, shown: str) -> None:
        look = self.book.look(num_format=shown)
        self.sheet.write_string(row, column, cell_text(title), self.book.header(right=True))
        for at, value in enumerate(values.tolist(), start=1):
            if np.isfinite(value):
                self.sheet.write_number(row + at, column, value, look)


def _side_by_side(count: int) -> int:
    """Return how many bars each of some rows may have: of different colours, and thick enough on a sheet of paper.

    Examples
    --------
    >>> _side_by_side(5), _side_by_side(16), _side_by_side(30)
    (8, 6, 3)
    """
    return max(2, min(len(OWNERS), int(_DRAWN / count / _BAR - _BETWEEN)))


def _manner(line: Line) -> dict[str, Any]:
    if not line.mark:
        return {"line": {"color": line.color, "width": 1.75}, "marker": {"type": "none"}}
    mark = {"type": line.mark, "size": 8, "fill": {"color": line.color}, "border": {"color": line.color}}
    return {"line": {"none": True}, "marker": mark}


def _is_in_place(table: Table) -> bool:
    """Tell whether the first rows of the table's sheet are those to draw."""
    return table.count <= MOST_PLOTTED or (table.sort is not None and table.sort == (table.plotted[-1], True))


def _largest(table: Table, series: list[Column]) -> Any:
    return np.concatenate([as_numbers(table.cells[one.key]) for one in series])
