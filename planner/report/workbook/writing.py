"""A report as a workbook, sheet after sheet."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from xlsxwriter.utility import xl_col_to_name

from planner.report.blocks import Chart, Column, Difference, Report, Scorecard, Sentences, Table
from planner.report.workbook.book import Book
from planner.report.workbook.front import write_front
from planner.report.workbook.plots import write_plots
from planner.report.workbook.scorecards import write_scorecard
from planner.report.workbook.tables import Written, write_table, write_tables_per_value
from planner.report.workbook.texts import cell_text, height

_NOT_IN_IT, _SOMEBODY_ELSE = -2, -3


def write_workbook(report: Report, path: Path, *, sheet_per_manager: bool = False) -> None:
    """Write a report as an Excel workbook: the same report, the same bytes.

    Texts are written as text whatever they look like, so that nothing of a table can run; formulas are the planner's
    own only: totals that follow the filter, and changes against the scenario that the reader picks.

    Parameters
    ----------
    sheet_per_manager
        Whether tables that have a column for it also get a sheet for each of its values.
    """
    book = Book(report, path)
    front = book.sheet(book.say("Overview"), listed=False)
    front.set_portrait()
    tables: list[Table] = report.blocks(Table)
    charts = None
    if any(_is_plotted(one) for one in tables) or any(one.lines for one in report.blocks(Chart)):
        charts = book.sheet(book.say("Charts"))
        charts.hide_gridlines(2)
    plotted: list[tuple[Table, Written] | Chart] = []
    sentences: list[Sentences] = report.blocks(Sentences)
    for section in report.sections:
        intro = section.intro
        for block in section.blocks:
            known = len(book.listed)
            if isinstance(block, Table):
                written = write_table(book, block, note=intro)
                if _is_plotted(block):
                    plotted.append((block, written))
            elif isinstance(block, Chart) and block.lines:
                plotted.append(block)
            elif isinstance(block, Scorecard):
                write_scorecard(book, block, note=intro)
            elif isinstance(block, Difference):
                _write_difference(book, block, intro)
            elif isinstance(block, Sentences) and block is sentences[0]:
                _write_sentences(book, sentences)
            if len(book.listed) > known:
                intro = ""
    if charts is not None:
        write_plots(book, charts, plotted)
    if sheet_per_manager:
        write_tables_per_value(book, tables)
    write_front(book, front, report)
    book.book.close()


def _is_plotted(table: Table) -> bool:
    return bool(table.plotted and table.named and table.count)


def _write_sentences(book: Book, blocks: list[Sentences]) -> None:
    """Write sentences one a line, under the titles of their blocks where there are several."""
    alone = len(blocks) == 1 and blocks[0].title
    sheet: Any = book.sheet(blocks[0].title if alone else book.say("In words"))
    sheet.set_column(0, 0, 110)
    sheet.hide_gridlines(2)
    row = 0
    for block in blocks:
        if block.title:
            sheet.write_string(row, 0, cell_text(block.title), book.header())
            row += 1
        for line in block.lines:
            sheet.write_string(row, 0, cell_text(line), book.look(text_wrap=True))
            sheet.set_row(row, height(cell_text(line), 110))
            row += 1
        row += 1


def _write_difference(book: Book, block: Difference, intro: str) -> None:
    """Write customers with their owner in each scenario, and how many different ones they are."""
    say = book.say
    names = np.array([*block.names, say("somebody else"), say("not in it"), say("nobody")], dtype=object)
    codes = np.maximum(block.owners, _SOMEBODY_ELSE)
    scenarios = tuple(Column(f"scenario_{at}", name, choice=True) for at, name in enumerate(block.scenarios))
    count = Column("different_owners", say("Different owners"), "count", note=say("1: one owner in all."))
    ordered = np.sort(codes, axis=1)
    first = np.concatenate([np.ones((len(codes), 1), bool), ordered[:, 1:] != ordered[:, :-1]], axis=1)
    different = (first & (ordered != _NOT_IN_IT)).sum(axis=1)
    table = replace(
        block.table,
        title=block.title,
        tab=block.tab,
        note=block.note or block.table.note,
        columns=(*block.table.columns, *scenarios, count),
        cells={
            **block.table.cells,
            **{column.key: names[codes[:, at]] for at, column in enumerate(scenarios)},
            count.key: different,
        },
        sort=block.table.sort or (count.key, True),
        plotted=(),
    )
    said = say("Marked: another owner than in {scenario}.", scenario=block.scenarios[0]) if block.scenarios else ""
    written = write_table(book, table, note="\n".join(one for one in (intro, said) if one))
    first_at = len(block.table.columns)
    for name, rows in written.sheets:
        if rows and len(scenarios) > 1:
            differs = {
                "type": "cell",
                "criteria": "!=",
                "value": f"${xl_col_to_name(first_at)}2",
                "format": book.marked(),
            }
            sheet = book.book.get_worksheet_by_name(name)
            sheet.conditional_format(1, first_at + 1, rows, first_at + len(scenarios) - 1, differs)
