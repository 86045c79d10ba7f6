"""Scenarios side by side on a sheet, with changes against a baseline that the reader picks."""

from __future__ import annotations

import math
from dataclasses import replace
from itertools import groupby
from typing import Any

import numpy as np
from xlsxwriter.utility import xl_range_abs, xl_rowcol_to_cell

from planner.report.blocks import Scorecard, ScorecardRow
from planner.report.workbook.book import BAND, BEST, PALE, Book
from planner.report.workbook.figures import endless, number_format
from planner.report.workbook.texts import cell_text, height, width
from planner.screens.figures import OTHER_MEANING

_CHOOSER, _LEGEND, _HEADER = 0, 1, 3
_DIRECTION, _UNCERTAIN = 15, 22
_BETTER = {"less": "lower is better", "more": "higher is better", "": ""}


def write_scorecard(book: Book, card: Scorecard, *, note: str = "") -> None:
    """Write a scorecard: values, which are best, whose order is not certain, and changes as formulas."""
    _Sheet(book, card, note).write()


class _Sheet:
    def __init__(self, book: Book, card: Scorecard, note: str) -> None:
        self.book, self.card, self.say = book, card, book.say
        self.sheet: Any = book.sheet(card.title, tab=card.tab, note="\n".join(one for one in (note, card.note) if one))
        self.count = len(card.scenarios)
        self.names = [cell_text(one) for one in card.scenarios]
        self.better = 1 + self.count
        self.uncertain = self.better + 1
        self.deltas = self.uncertain + 1
        labels = [self.say("Best of those allowed"), *(cell_text(one.label) for one in card.rows)]
        self.widest = min(max(width(one) for one in labels) + 4, 48)
        self.scenarios = xl_range_abs(_HEADER, 1, _HEADER, self.count)

    def write(self) -> None:
        """Write everything."""
        self._head()
        row = _HEADER + 1
        row = self._fates(row)
        for section, rows in groupby(self.card.rows, key=lambda one: one.section):
            for at in range(self.deltas + self.count):
                self.sheet.write_blank(row, at, None, self.book.look(bg_color=BAND, bold=True))
            self.sheet.write_string(row, 0, cell_text(section), self.book.look(bg_color=BAND, bold=True))
            row += 1
            for one in rows:
                row = self._row(row, one)
        self._widths()
        self.sheet.freeze_panes(_HEADER + 1, 1)
        self.sheet.repeat_rows(_HEADER)

    def _head(self) -> None:
        sheet, say, look = self.sheet, self.say, self.book.look
        sheet.write_string(_CHOOSER, 0, say("Compared with"), look(bold=True))
        chosen = look(bold=True, num_format="@", border=1, bg_color="#FFF8DC")
        sheet.write_string(_CHOOSER, 1, self.names[self.card.baseline], chosen)
        sheet.data_validation(
            _CHOOSER,
            1,
            _CHOOSER,
            1,
            {
                "validate": "list",
                "source": f"={self.scenarios}",
                "input_message": say("Pick a scenario: the changes on the right follow."),
                "error_message": say("Pick one of the scenarios."),
            },
        )
        sheet.write_string(_LEGEND, 0, say("Best of those allowed"), look(bold=True, bg_color=BEST))
        sheet.write_string(_LEGEND, 1, self._legend(), look(font_color=PALE))
        titles = [say("Measure"), *self.names, say("Direction"), say("Not certain")]
        titles += [say("Change: {scenario}", scenario=name) for name in self.names]
        for at, title in enumerate(titles):
            right = 1 <= at <= self.count or at >= self.deltas
            sheet.write_string(_HEADER, at, cell_text(title), self.book.header(right=right))
        said = [height(cell_text(title), self._wide(at) - 1) for at, title in enumerate(titles[self.deltas :])]
        sheet.set_row(_HEADER, max(said, default=15.5) + 4)

    def _legend(self) -> str:
        lines = [self.say("A ≈ B: which of the two is better is not certain.")]
        if any(one.kind == "share" for one in self.card.rows):
            lines.append(self.say("Changes of percentages are in percentage points."))
        return " ".join(lines)

    def _fates(self, row: int) -> int:
        """Write what became of each scenario, and whether its plan breaks no rule."""
        yes, no = self.say("yes"), self.say("no")
        if self.card.states:
            self.sheet.write_string(row, 0, self.say("Outcome"), self.book.text_look())
            for at, state in enumerate(self.card.states):
                self.sheet.write_string(row, 1 + at, cell_text(state), self.book.look(align="right", text_wrap=True))
            said = [height(cell_text(state), self._wide(at) - 1) for at, state in enumerate(self.card.states)]
            self.sheet.set_row(row, max(said, default=15.5))
            row += 1
        self.sheet.write_string(row, 0, self.say("Breaks no rule"), self.book.text_look())
        for at, allowed in enumerate(self.card.allowed):
            look = self.book.look(align="right", bold=not allowed)
            self.sheet.write_string(row, 1 + at, yes if allowed else no, look)
        return row + 1

    def _row(self, row: int, one: ScorecardRow) -> int:
        sheet, book = self.sheet, self.book
        values = np.array([*one.values, *one.upto], dtype=float)
        shown = number_format(one.kind, one.unit, values, self.say)
        sheet.write_string(row, 0, cell_text(one.label), book.text_look(wraps=True))
        instead = one.instead or ("",) * self.count
        for at, value in enumerate(one.values):
            looks = {"bold": True, "bg_color": BEST} if one.best[at] else {}
            self._value(row, 1 + at, value, book.look(num_format=shown, align="right", **looks), instead[at])
        sheet.write_string(row, self.better, self.say(_BETTER[one.better]) if one.better else "", book.text_look())
        pairs = "\n".join(f"{self.names[first]} ≈ {self.names[second]}" for first, second in one.uncertain)
        sheet.write_string(row, self.uncertain, cell_text(pairs), book.text_look(wraps=True))
        self.sheet.set_row(row, max(height(pairs, 20), height(cell_text(one.label), self.widest - 2)))
        self._changes(row, one, values)
        if not one.upto:
            return row + 1
        end = cell_text(self.say("{label}, up to", label=one.label))
        sheet.write_string(row + 1, 0, end, book.text_look(wraps=True))
        for at, value in enumerate(one.upto):
            self._value(row + 1, 1 + at, value, book.look(num_format=shown, align="right"))
        self._changes(row + 1, replace(one, values=one.upto, upto=()), values)
        return row + 2

    def _value(self, row: int, column: int, value: float, look: Any, instead: str = "") -> None:
        if instead:
            self.sheet.write_string(row, column, cell_text(instead), look)
        elif math.isfinite(value):
            self.sheet.write_number(row, column, value, look)
        else:
            self.sheet.write_string(row, column, endless(value, self.say) or "–", look)

    def _changes(self, row: int, one: ScorecardRow, values: Any) -> None:
        """Write changes against the baseline as formulas, with what they are for the one to begin with."""
        mine = f"$B{row + 1}:{xl_rowcol_to_cell(row, self.count, col_abs=True)}"
        place = f"SUMPRODUCT(EXACT({self.scenarios},$B${_CHOOSER + 1})*(COLUMN({self.scenarios})-1))"
        base = f"INDEX({mine},{place})"
        look = self.book.look(num_format=number_format(one.kind, one.unit, values, self.say, delta=True), align="right")
        begin = one.values[self.card.baseline]
        meanings = ",".join(map(str, one.meaning))
        for at, value in enumerate(one.values):
            cell = xl_rowcol_to_cell(row, 1 + at)
            change, differs = f"{cell}-{base}", False
            if one.meaning:
                change = f'IF(INDEX({{{meanings}}},1,{place})={one.meaning[at]},{change},"{OTHER_MEANING}")'
                differs = one.meaning[at] != one.meaning[self.card.baseline]
            formula = f'=IF(AND(ISNUMBER({cell}),ISNUMBER({base})),{change},"")'
            shown = not one.instead or not (one.instead[at] or one.instead[self.card.baseline])
            known = shown and math.isfinite(value) and math.isfinite(begin)
            first = (OTHER_MEANING if differs else value - begin) if known else ""
            self.sheet.write_formula(row, self.deltas + at, formula, look, first)

    def _wide(self, scenario: int) -> int:
        """Return how wide the columns of a scenario are."""
        return min(max(width(self.names[scenario]) + 3, 16), 28)

    def _widths(self) -> None:
        scenarios = [self._wide(at) for at in range(self.count)]
        widths = [self.widest, *scenarios, _DIRECTION, _UNCERTAIN, *scenarios]
        for at, wide in enumerate(widths):
            self.sheet.set_column(at, at, wide)
        self.book.split(self.sheet, widths, 1)
