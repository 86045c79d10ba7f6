"""A workbook under construction: its looks, the names of its sheets, and what its first page lists of them."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import xlsxwriter

from planner.language import Language, language
from planner.report.blocks import Report
from planner.report.workbook.texts import SheetNames, cell_text, cut

DARK, BAND, BEST, PALE, INK = "#1F3A5F", "#E8EDF3", "#CFE8D5", "#6B7785", "#1B1F24"
BEFORE, AFTER = "#9AA5B1", "#0072B2"
"""Grey and blue, which nobody confuses."""
MORE, LESS = "#9CC8EA", "#F0B64D"
"""Of bars: what is above nothing, and what is below."""
_FONTS = {"zh": ("Microsoft YaHei", 10)}
"""Excel and WPS bring it wherever Chinese is read; a machine without it takes the font it has for Chinese."""
_CREATED = dt.datetime(2000, 1, 1)
"""The same for all, so that the same report is the same file."""
_A4 = 9
_PAPER = 784
"""Points that a sheet of A4 on its side is wide, without margins."""
LEAST_LETTERS = 7
"""Points; smaller ones are not read on paper."""
_DIGIT, _PADDING = 7, 5
"""Pixels of a digit, and of a column around its digits."""
_AIR = 0.97
"""Of a page is filled, as no two programs draw columns of quite the same width."""
_LONGEST_HEADER = 110


@dataclass(frozen=True)
class Listed:
    """A sheet as the first page lists it."""

    name: str
    title: str
    note: str = ""
    rows: int | None = None


class Book:
    """A workbook that writes nothing but text as text, and numbers as numbers.

    Attributes
    ----------
    book : xlsxwriter.Workbook
    say : Language
        The language of the report.
    size : int
        Of letters, in points.
    listed : list of Listed
    """

    def __init__(self, report: Report, path: Path) -> None:
        self.say: Language = language(report.language)
        font, self.size = _FONTS.get(report.language, ("Calibri", 11))
        self.book: Any = xlsxwriter.Workbook(
            str(path),
            {
                "strings_to_formulas": False,
                "strings_to_urls": False,
                "strings_to_numbers": False,
                "default_format_properties": {"font_name": font, "font_size": self.size},
            },
        )
        self.book.set_properties({"title": cut(cell_text(report.title), 255), "author": "", "created": _CREATED})
        self.names = SheetNames()
        self.listed: list[Listed] = []
        self._looks: dict[tuple[tuple[str, Any], ...], Any] = {}

    def look(self, **properties: Any) -> Any:
        """Return a format; each is made once."""
        key = tuple(sorted(properties.items()))
        if key not in self._looks:
            self._looks[key] = self.book.add_format({"valign": "top", **properties})
        return self._looks[key]

    def header(self, *, right: bool = False, button: bool = False) -> Any:
        """Return the look of a column's title; with ``button`` it leaves room for that of the filter."""
        side = {"align": "right", "indent": 2 if button else 0} if right else {"align": "left", "indent": 1}
        return self.look(bold=True, font_color="#FFFFFF", bg_color=DARK, text_wrap=True, valign="vcenter", **side)

    def text_look(self, *, wraps: bool = False, **properties: Any) -> Any:
        """Return the look of text beside numbers: on the left, whichever way it is written, and apart from them."""
        return self.look(align="left", indent=1, num_format="@", **({"text_wrap": True} if wraps else {}), **properties)

    def marked(self) -> Any:
        """Return what marks a cell that meets a condition."""
        return self.book.add_format({"bg_color": "#FCE5B8", "bold": True})

    def sheet(self, title: str, *, tab: str = "", note: str = "", rows: int | None = None, listed: bool = True) -> Any:
        """Add a sheet that prints on pages as wide as it is, under its title where the name is another one."""
        name = self.names.new(tab or title)
        sheet = self.book.add_worksheet(name)
        if listed:
            self.listed.append(Listed(name, cell_text(title) or name, note, rows))
        sheet.set_landscape()
        sheet.set_paper(_A4)
        sheet.fit_to_pages(1, 0)
        sheet.set_margins(left=0.4, right=0.4, top=0.6, bottom=0.6)
        sheet.set_footer("&L&A&R&P / &N")
        told = cut(" ".join(cell_text(title).split()), _LONGEST_HEADER)
        if told and told != name:
            sheet.set_header("&L" + told.replace("&", "&&"))
        return sheet

    def split(self, sheet: Any, widths: Sequence[float], kept: int) -> None:
        """Print a sheet on several pages side by side where one would make its letters too small to be read.

        Parameters
        ----------
        widths
            Of the columns, in digits.
        kept
            So many columns stand on every page: the names of the rows.
        """
        points = [(_DIGIT * one + _PADDING) * 0.75 for one in widths]
        least = math.ceil(100 * LEAST_LETTERS / self.size)
        if sum(points) * least <= 100 * _PAPER:
            return
        names, others = sum(points[:kept]), points[kept:]
        room = 100 * _PAPER / least - names
        pages = _pages(others, room)
        least_room = min(one for one in np.linspace(max(others), room, 50).tolist() if _pages(others, one) <= pages)
        sheet.set_print_scale(max(least, min(100, int(_AIR * 100 * _PAPER / (names + least_room)))))
        sheet.repeat_columns(0, kept - 1)
        sheet.print_across()


def _pages(points: Sequence[float], room: float) -> int:
    """Return on how many pages columns stand, each as full as it can be.

    Examples
    --------
    >>> _pages([3, 3, 3], 6), _pages([3, 3, 3], 5), _pages([9, 1], 6)
    (2, 3, 2)
    """
    pages, used = 0, math.inf
    for wide in points:
        if used + wide > room:
            pages, used = pages + 1, 0.0
        used += wide
    return pages
