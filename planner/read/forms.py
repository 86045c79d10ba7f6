"""The form of a cell: text to number, date, flag, list or skills; what is refused comes with what to try."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from models.org import LARGEST, FloatArray, skill_levels


class Unreadable(Exception):
    """A cell does not have the form of its column; ``hint`` begins with "Try"."""

    def __init__(self, hint: str) -> None:
        super().__init__(hint)
        self.hint = hint


@dataclass(frozen=True)
class Form:
    """What is said of a cell that cannot be read: the code of the finding, and what was expected."""

    code: str
    expected: str


NUMBER = Form("TP141", "a number such as 1234.5, or nothing")
DATE = Form("TP142", "a date such as 2027-01-31, or nothing")
FLAG = Form("TP143", "true or false, or nothing")
ANSWER = Form("TP143", "yes or no, or nothing")
SKILLS = Form("TP144", "skills with levels above 0, such as cloud:3;german, or nothing")

_NUMBER = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
_DIGITS = re.compile(r"[0-9.eE+-]*")
"""Of texts in these characters, Python reads those as numbers that are such by ``_NUMBER``, and no other."""
_PERCENT = re.compile(r"([^%]+?)\s*%")
_CURRENCY = re.compile(r"^\s*(?:[A-Z]{3}\b|[$€£¥₹￥]|US\$|元)?\s*(.*?)\s*(?:[A-Z]{3}|[$€£¥₹￥]|元|万元)?\s*$")
_THOUSANDS = re.compile(r"[+-]?[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]+)?")
_CONTINENTAL = re.compile(r"[+-]?[0-9]{1,3}(?:\.[0-9]{3})+,[0-9]+")
_NOTHING = {"nan", "null", "none", "n/a", "na", "-", "--", "–", "—", "#n/a", "nil", "unknown", "无", "暂无", "?"}
_EMPTY = "Try leaving the cell empty where nothing is known"

_ISO = re.compile(
    r"(?P<year>[0-9]{4})(?P<dash>[-/.]?)(?P<month>[0-9]{1,2})(?P=dash)(?P<day>[0-9]{1,2})"
    r"(?:[T ][0-9]{1,2}:[0-9]{2}(?::[0-9]{2}(?:[.,][0-9]+)?)?\s*(?:Z|UTC|[+-][0-9]{2}:?(?:[0-9]{2})?)?)?"
)
_CHINESE = re.compile(r"(?P<year>[0-9]{4})年(?P<month>[0-9]{1,2})月(?P<day>[0-9]{1,2})日?")
_DAY_FIRST_OR_NOT = re.compile(r"([0-9]{1,2})[-/.]([0-9]{1,2})[-/.]([0-9]{4})")
_SERIAL_START = dt.date(1899, 12, 30)
_SERIALS = (20_000.0, 80_000.0)  # the years 1954 to 2119

TRUE_WORDS = frozenset({"true", "yes", "y", "t", "1", "是", "x", "✓", "已锁定", "锁定", "在职"})
FALSE_WORDS = frozenset({"false", "no", "n", "f", "0", "否", "未锁定", "离职"})


def number(text: str, *, percent: bool = False) -> float:
    """Read a number; with ``percent``, 50% is 0.5.

    Raises
    ------
    Unreadable
        For everything else, also for NaN, infinity, numbers beyond :data:`LARGEST`, thousands separators and signs of
        percent or currency.
    """
    bare = text.strip()
    share = _PERCENT.fullmatch(bare)
    if _NUMBER.fullmatch(bare):
        value = float(bare)
    elif percent and share and _NUMBER.fullmatch(share.group(1)):
        value = float(share.group(1)) / 100
    else:
        raise Unreadable(_number_hint(bare))
    if abs(value) > LARGEST:
        raise Unreadable("Try a smaller number")
    return value


def plain_numbers(texts: Sequence[str]) -> FloatArray | None:
    """Read many numbers at once, as :func:`number` does; None where some are not written in digits alone."""
    if not _DIGITS.fullmatch("".join(texts)):
        return None
    try:
        values = np.fromiter(map(float, texts), dtype=np.float64, count=len(texts))
    except ValueError:
        return None
    return values if (np.abs(values) <= LARGEST).all() else None


def _number_hint(text: str) -> str:
    if text.lower() in _NOTHING:
        return _EMPTY
    if text.lower().lstrip("+-") in {"inf", "infinity", "∞"}:
        return "Try a number; a limit that does not exist is left empty"
    if (share := _PERCENT.fullmatch(text)) and _NUMBER.fullmatch(share.group(1)):
        return f"Try {float(share.group(1)) / 100:g}, without a percent sign"
    folded = unicodedata.normalize("NFKC", text)
    money = _CURRENCY.match(folded)
    bare = money.group(1) if money else folded
    with_currency = ", and the currency in a column named currency" if bare != folded else ""
    if folded.endswith("万元") or folded.endswith("万"):
        return "Try the whole number, in 元 rather than 万元"
    if _THOUSANDS.fullmatch(bare):
        plain = bare.replace(",", "")
        decimal = f" (or {bare.replace(',', '.')} if the comma is a decimal point)" if bare.count(",") == 1 else ""
        return f"Try {plain}{decimal if '.' not in bare else ''}{with_currency}"
    if _CONTINENTAL.fullmatch(bare):
        return f"Try {bare.replace('.', '').replace(',', '.')}{with_currency}"
    for plain in (bare, bare.replace(" ", "").replace("'", "").replace("’", ""), bare.replace(",", ".")):
        if _NUMBER.fullmatch(plain):
            return f"Try {plain}{with_currency}"
    return "Try a number without letters; a header read as another column is set right under `columns`"


def date(text: str) -> dt.date:
    """Read a day: year, month, day; a time of day behind it is allowed and left away.

    Raises
    ------
    Unreadable
        For everything else, also for days that do not exist and for 03/05/2027, which has two meanings.
    """
    bare = text.strip()
    match = _ISO.fullmatch(bare) or _CHINESE.fullmatch(bare)
    if match is None or (match.groupdict().get("dash") == "" and len(bare.split("T")[0].split(" ")[0]) != 8):
        raise Unreadable(_date_hint(bare))
    year, month, day = int(match["year"]), int(match["month"]), int(match["day"])
    try:
        return dt.date(year, month, day)
    except ValueError as wrong:
        raise Unreadable("Try a day that the calendar has") from wrong


def _date_hint(text: str) -> str:
    if text.lower() in _NOTHING or text.lower() in {"nat", "0000-00-00"}:
        return _EMPTY
    if two := _DAY_FIRST_OR_NOT.fullmatch(text):
        first, second, year = map(int, two.groups())
        readings = [
            f"{year}-{month:02}-{day:02}"
            for month, day in dict.fromkeys(((first, second), (second, first)))
            if _exists(year, month, day)
        ]
        if readings:
            return "Try year-month-day: " + " or ".join(readings)
    if _NUMBER.fullmatch(text) and _SERIALS[0] <= float(text) <= _SERIALS[1]:
        day_meant = _SERIAL_START + dt.timedelta(days=int(float(text)))
        return f"Try formatting the column as a date: to a spreadsheet, {text} is {day_meant.isoformat()}"
    return "Try year-month-day, such as 2027-01-31"


def _exists(year: int, month: int, day: int) -> bool:
    try:
        dt.date(year, month, day)
    except ValueError:
        return False
    return True


def flag(text: str) -> bool:
    """Read yes or no, in any of the usual words.

    Raises
    ------
    Unreadable
        For every other word.
    """
    word = text.strip().casefold()
    if word in TRUE_WORDS:
        return True
    if word in FALSE_WORDS:
        return False
    raise Unreadable("Try true or false, or map its spellings under `values`")


def skills(text: str) -> str:
    """Return skills as written, once they parse.

    Raises
    ------
    Unreadable
        When a name is missing or a level is not a number above 0.
    """
    try:
        skill_levels(text)
    except ValueError as wrong:
        separated = with_semicolons(text)
        raise Unreadable(f"Try {separated}" if _parses(separated) else "Try name:level;name:level") from wrong
    return text


def with_semicolons(text: str) -> str:
    """Return a list or skills with semicolons and colons in place of other separators, or as it is.

    >>> with_semicolons("cloud: 3, german"), with_semicolons("云：3，德语")
    ('cloud: 3;german', '云:3;德语')
    """
    return re.sub(r"\s*[,，、；|]\s*", ";", text).replace("：", ":").replace("=", ":")


def _parses(text: str) -> bool:
    try:
        return bool(skill_levels(text))
    except ValueError:
        return False
