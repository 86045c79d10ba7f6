"""The first sheet: the report in one sentence and a few figures, where it comes from, and what else there is."""

from __future__ import annotations

from typing import Any

from planner.report.blocks import Facts, Report
from planner.report.workbook.book import BAND, DARK, PALE, Book, Listed
from planner.report.workbook.texts import cell_text, cut, height, reference, width

_LOOKS = {"good": "#0B6E4F", "warn": "#8A5A00", "bad": "#B00020", "": "#1B1F24"}
_WIDE = (34, 30, 66)
_LONGEST = 120
"""As many characters of a title as a link shows."""


def write_front(book: Book, sheet: Any, report: Report) -> None:
    """Write the first sheet, when all others are known."""
    _Front(book, sheet).write(report)


class _Front:
    def __init__(self, book: Book, sheet: Any) -> None:
        self.book, self.sheet, self.row = book, sheet, 0

    def write(self, report: Report) -> None:
        """Write everything, from the title down."""
        say, look = self.book.say, self.book.look
        for at, wide in enumerate(_WIDE):
            self.sheet.set_column(at, at, wide)
        self.sheet.hide_gridlines(2)
        self._across(report.title, look(bold=True, font_size=18, font_color=DARK, text_wrap=True), 26)
        self._across(report.subtitle, look(font_color=PALE, text_wrap=True))
        self.row += 1
        self._across(report.headline, look(font_size=13, text_wrap=True), 22)
        self._across(report.scope, look(font_color=PALE, text_wrap=True))
        for facts in report.blocks(Facts):
            self._heading(facts.title or say("Figures"))
            for fact in facts.facts:
                value = look(bold=True, font_color=_LOOKS[fact.look], text_wrap=True, num_format="@")
                self._line(fact.label, fact.value, fact.note, value)
        self._heading(say("Sheets"))
        for listed in self.book.listed:
            self._link(listed)
        if report.made:
            self._heading(say("Where this comes from"))
            for what, which in report.made:
                self._line(what, which, "", look(text_wrap=True, num_format="@"))

    def _across(self, text: str, look: Any, height: int = 16) -> None:
        if not text:
            return
        said = cell_text(text)
        lines = -(-width(said) * height // (16 * sum(_WIDE))) or 1
        self.sheet.merge_range(self.row, 0, self.row, len(_WIDE) - 1, "", look)
        self.sheet.write_string(self.row, 0, said, look)
        self.sheet.set_row(self.row, height * max(lines, 1))
        self.row += 1

    def _heading(self, text: str) -> None:
        self.row += 1
        look = self.book.look(bold=True, bg_color=BAND, font_color=DARK)
        for at in range(len(_WIDE)):
            self.sheet.write_blank(self.row, at, None, look)
        self.sheet.write_string(self.row, 0, cell_text(text), look)
        self.row += 1

    def _line(self, label: str, value: str, note: str, look: Any) -> None:
        self.sheet.write_string(self.row, 0, cell_text(label), self.book.look(text_wrap=True))
        self.sheet.write_string(self.row, 1, cell_text(value), look)
        self.sheet.write_string(self.row, 2, cell_text(note), self.book.look(text_wrap=True, font_color=PALE))
        self._fit(label, value, note)

    def _fit(self, *texts: str) -> None:
        """Make the row as high as its texts need, and go to the next."""
        self.sheet.set_row(self.row, max(height(cell_text(one), wide) for one, wide in zip(texts, _WIDE, strict=True)))
        self.row += 1

    def _link(self, listed: Listed) -> None:
        say, look = self.book.say, self.book.look
        link = look(font_color="#0563C1", underline=1, text_wrap=True)
        self.sheet.write_url(self.row, 0, f"internal:{reference(listed.name)}!A1", link, cut(listed.title, _LONGEST))
        said = "" if listed.rows is None else say.plural(listed.rows, "{count} row", "{count} rows")
        self.sheet.write_string(self.row, 1, said, look(font_color=PALE))
        self.sheet.write_string(self.row, 2, cell_text(listed.note), look(text_wrap=True, font_color=PALE))
        self._fit(listed.title, said, listed.note)
