"""Charts that the spreadsheet draws itself from the cells of a table, so that they follow its filter."""

from __future__ import annotations

from typing import Any

import numpy as np

from planner.report.blocks import Column, Table
from planner.report.workbook.book import AFTER, BEFORE, Book
from planner.report.workbook.figures import as_numbers, number_format
from planner.report.workbook.tables import Written
from planner.report.workbook.texts import cell_text, cut, width

MOST_PLOTTED = 30
"""As many rows as one chart shows."""
_COLORS = (BEFORE, AFTER, "#E69F00", "#009E73", "#CC79A7")
_FIRST_COLUMN, _APART = 0, 3


def write_plots(book: Book, sheet: Any, plotted: list[tuple[Table, Written]]) -> None:
    """Draw a chart of each table, its rows side by side in bars; of a long one those with the largest values."""
    row = 0
    for table, written in plotted:
        row = _write_plot(book, sheet, table, written, row)


def _write_plot(book: Book, sheet: Any, table: Table, written: Written, row: int) -> int:
    columns = {one.key: one for one in table.columns}
    series = [columns[key] for key in table.plotted]
    names = list(table.columns).index(columns[table.named])
    count = min(table.count, MOST_PLOTTED)
    chart = book.book.add_chart({"type": "bar"})
    title = table.title
    if count < table.count:
        title = book.say("{title}: the {count} largest", title=table.title, count=count)
    if _is_in_place(table):
        where, first, at = written.sheets[0][0], 1, [list(table.columns).index(one) for one in series]
    else:
        where, first, at, names = sheet.get_name(), row + 2, list(range(1, 1 + len(series))), 0
        _write_largest(book, sheet, table, series, count, row)
    for place, position in enumerate(at):
        color = _COLORS[place % len(_COLORS)]
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
    chart.set_title({"name": cut(cell_text(title), 255), "name_font": {"size": 13, "bold": True}, "overlay": False})
    chart.set_legend({"position": "top"})
    chart.set_y_axis({"reverse": True, "num_font": {"size": 9}, "major_tick_mark": "none", "label_position": "low"})
    chart.set_x_axis(
        {
            "num_format": number_format(series[0].kind, series[0].unit, _largest(table, series), book.say),
            "num_font": {"size": 9},
            "major_gridlines": {"visible": True, "line": {"color": "#E0E4E8"}},
            "line": {"none": True},
            "label_position": "high",
        }
    )
    height = 140 + count * (8 + 11 * len(series))
    chart.set_size({"width": 860, "height": height})
    left = _FIRST_COLUMN if _is_in_place(table) else len(series) + 2
    sheet.insert_chart(row, left, chart, {"object_position": 3, "description": cut(cell_text(title), 255)})
    return row + max(height // 20, count + 2) + _APART


def _is_in_place(table: Table) -> bool:
    """Tell whether the first rows of the table's sheet are those to draw."""
    return table.count <= MOST_PLOTTED or (table.sort is not None and table.sort == (table.plotted[-1], True))


def _largest(table: Table, series: list[Column]) -> Any:
    return np.concatenate([as_numbers(table.cells[one.key]) for one in series])


def _write_largest(book: Book, sheet: Any, table: Table, series: list[Column], count: int, row: int) -> None:
    """Write the rows that are drawn beside their chart, those with the largest last value."""
    last = as_numbers(table.cells[series[-1].key])
    rows = np.argsort(-last, kind="stable")[:count]
    named = next(one for one in table.columns if one.key == table.named)
    sheet.write_string(row, 0, cell_text(table.title), book.look(bold=True))
    sheet.write_string(row + 1, 0, cell_text(named.title), book.header())
    names = [cell_text(one) for one in table.cells[table.named][rows]]
    for at, name in enumerate(names):
        sheet.write_string(row + 2 + at, 0, name, book.look(num_format="@"))
    sheet.set_column(0, 0, min(max(width(one) for one in names) + 2, 40))
    for place, column in enumerate(series, start=1):
        values = as_numbers(table.cells[column.key])
        look = book.look(num_format=number_format(column.kind, column.unit, values, book.say))
        sheet.write_string(row + 1, place, cell_text(column.title), book.header(right=True))
        sheet.set_column(place, place, 18)
        for at, value in enumerate(values[rows].tolist()):
            if np.isfinite(value):
                sheet.write_number(row + 2 + at, place, value, look)
