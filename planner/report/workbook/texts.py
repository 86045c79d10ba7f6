"""Text as a cell, a sheet's name or a number format can hold it: whatever it is, it stays text."""

from __future__ import annotations

import math
import re
import unicodedata
from typing import Any

CELL = 32_767
"""As many characters as a cell holds, in UTF-16 units."""
NAME = 31
"""As many as the name of a sheet holds."""
_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")
_FORBIDDEN = re.compile(r"[\[\]:*?/\\\x00-\x1f]")
_MOST_LINES = 10
_RESERVED = ("history",)
"""What Excel keeps for itself."""


def cell_text(value: Any) -> str:
    r"""Return a value as the text of a cell; blank for what is missing.

    What XML cannot hold becomes the replacement character, and what is too long ends in an ellipsis. Nothing else
    changes: a text that looks like a formula is harmless as long as it is written as text.

    Examples
    --------
    >>> cell_text("=1+1"), cell_text("a\x0bb"), cell_text(None), cell_text(float("nan")), cell_text("a\r\nb")
    ('=1+1', 'a�b', '', '', 'a\nb')
    >>> len(cell_text("x" * 40_000)), cell_text("x" * 40_000)[-3:]
    (32767, 'xx…')
    """
    if is_missing(value):
        return ""
    text = str(value).replace("\r\n", "\n").replace("\r", "\n")
    return cut(_UNWRITABLE.sub("\ufffd", text), CELL)


def is_missing(value: Any) -> bool:
    """Tell whether a cell of a table is blank: None, NaN or what pandas has for them."""
    if value is None:
        return True
    if isinstance(value, str):
        return False
    return bool(value != value) if isinstance(value, float) else type(value).__name__ in ("NAType", "NaTType")


def cut(text: str, most: int) -> str:
    """Return a text of at most so many UTF-16 units, with an ellipsis where something is left out.

    Examples
    --------
    >>> cut("Customers", 9), cut("Customers", 5), cut("😀😀😀", 4)
    ('Customers', 'Cust…', '😀…')
    """
    if len(text) * 2 <= most or _units(text) <= most:
        return text
    kept = text[: most - 1]
    while _units(kept) > most - 1:
        kept = kept[: -max(1, (_units(kept) - most + 1) // 2)]
    return kept + "…"


def width(text: str) -> int:
    r"""Return how wide a text is in digits, by its widest line; Chinese characters and emoji count double.

    Examples
    --------
    >>> width("Rep"), width("销售代表"), width("two\nlines")
    (3, 8, 5)
    """
    if "\n" in text:
        return max(width(line) for line in text.split("\n"))
    if text.isascii():
        return len(text)
    return sum(2 if unicodedata.east_asian_width(one) in "WF" else 1 for one in text)


def height(text: str, wide: float) -> float:
    r"""Return how high a row has to be, in points, for a text in a column so wide; from ten lines on it is cut off.

    Not every program finds that out by itself.

    Examples
    --------
    >>> height("short", 20), height("two\nlines", 20), height("a reason of more than one line", 20)
    (15.5, 31.0, 31.0)
    """
    lines = sum(max(1, math.ceil(width(line) / wide)) for line in text[:2_000].split("\n"))
    return 15.5 * min(lines, _MOST_LINES)


class SheetNames:
    """Names of sheets that Excel takes and that no two sheets share.

    Examples
    --------
    >>> names = SheetNames()
    >>> names.new("Moves: East/West?"), names.new("moves - east-west-"), names.new("History"), names.new("'")
    ('Moves - East-West-', 'moves - east-west- (2)', 'History (2)', 'Sheet')
    """

    def __init__(self) -> None:
        self._taken = set(_RESERVED)

    def new(self, title: str) -> str:
        """Return a name for a sheet, close to a title."""
        spaced = re.sub(r"\s*:\s+", " - ", cell_text(title))
        safe = " ".join(_FORBIDDEN.sub("-", spaced).split()).strip("' ") or "Sheet"
        count, name = 1, cut(safe, NAME).rstrip("' ")
        while self._key(name) in self._taken:
            count += 1
            name = f"{cut(safe, NAME - len(f' ({count})'))} ({count})"
        self._taken.add(self._key(name))
        return name

    @staticmethod
    def _key(name: str) -> str:
        return unicodedata.normalize("NFKC", name).casefold()


def reference(sheet: str) -> str:
    """Return the name of a sheet as a formula or a link has it.

    Examples
    --------
    >>> reference("Ann's moves")
    "'Ann''s moves'"
    """
    return "'" + sheet.replace("'", "''") + "'"


def _units(text: str) -> int:
    return len(text) + sum(one > "\uffff" for one in text)
