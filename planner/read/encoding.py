"""Bytes to text: UTF-8, with or without a byte order mark, UTF-16 with one, GB18030, or what the project file says."""

from __future__ import annotations

import re
from dataclasses import dataclass

from models.findings import Place
from planner.read.problems import Problems

_MARKS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
_GB_PAIR = re.compile(rb"[\x81-\xfe][\x40-\x7e\x80-\xfe]|[\x80-\xff]")
_GB_USUAL = re.compile(rb"[\xa1-\xd7][\xa1-\xfe]")
_SAMPLE = 100_000
_MAGIC = (
    (b"PAR1", "a Parquet file", ".parquet"),
    (b"PK\x03\x04", "a zip archive such as an Excel workbook", ".xlsx"),
    (b"\xd0\xcf\x11\xe0", "an old Excel workbook", ".xls"),
    (b"\x1f\x8b", "a gzip archive", "unpacked, under its own name"),
    (b"%PDF", "a PDF document", "exported as .csv"),
    (b"SQLite format 3", "an SQLite database", "as a query: {sql: ..., url: sqlite:///FILE}"),
)


@dataclass(frozen=True)
class Text:
    """A decoded file. ``plain_utf8`` tells that the bytes are UTF-8 as they stand, whoever else reads them."""

    text: str
    plain_utf8: bool


def decode(data: bytes, stated: str | None, place: Place, problems: Problems) -> Text | None:
    """Return the text of a file, or None where it is no text (which is then among the problems)."""
    disguise = next(((what, instead) for magic, what, instead in _MAGIC if data.startswith(magic)), None)
    if disguise is not None:
        what, instead = disguise
        problems.add("TP105", place, found=what, expected="text with separators (CSV)", hint=f"Try giving it {instead}")
        return None
    text = _stated(data, stated, place, problems) if stated else _guessed(data, place, problems)
    if text is not None and "\0" in text.text:
        row = text.text.count("\n", 0, text.text.index("\0")) + 1
        problems.add(
            "TP105",
            Place(file=place.file, row=row),
            found="a zero byte",
            expected="text with separators (CSV)",
            hint="Try exporting the table as CSV again; if it is UTF-16, set `encoding: utf-16`",
        )
        return None
    return text


def _stated(data: bytes, encoding: str, place: Place, problems: Problems) -> Text | None:
    name = "utf-8-sig" if encoding.lower().replace("_", "-") in {"utf-8", "utf8"} else encoding
    try:
        return Text(data.decode(name).removeprefix("\ufeff"), name == "utf-8-sig")
    except UnicodeError as wrong:
        _undecodable(data, wrong, f"text in {encoding}", "Try another `encoding`", place, problems)
        return None


def _guessed(data: bytes, place: Place, problems: Problems) -> Text | None:
    mark = next((encoding for start, encoding in _MARKS if data.startswith(start)), None)
    try:
        text = data.decode(mark or "utf-8").removeprefix("\ufeff")
    except UnicodeError as wrong:
        chinese = _gb18030(data) if mark is None else None
        if chinese is not None:
            problems.add(
                "TP123",
                place,
                found="GB18030",
                hint="Try `encoding: gb18030` to state it, or `encoding: cp1252` if names look wrong",
                severity="note",
            )
            return Text(chinese, plain_utf8=False)
        hint = "Try saving it as UTF-8, or state its encoding, such as `encoding: cp1252` (Western) or `gb18030`"
        _undecodable(data, wrong, "text in UTF-8", hint, place, problems)
        return None
    return Text(text, plain_utf8=mark != "utf-16")


def _gb18030(data: bytes) -> str | None:
    """Return the text where the bytes are Chinese beyond reasonable doubt.

    Nearly every byte sequence is valid GB18030, Western and Cyrillic text too; but Chinese text consists mostly of
    the characters of the first level of GB 2312, whose two bytes both lie in a narrow range.
    """
    pairs = _GB_PAIR.findall(data[:_SAMPLE])
    usual = sum(_GB_USUAL.fullmatch(pair) is not None for pair in pairs)
    if not pairs or usual < 0.7 * len(pairs):
        return None
    try:
        return data.decode("gb18030")
    except UnicodeError:
        return None


def _undecodable(data: bytes, wrong: UnicodeError, expected: str, hint: str, place: Place, problems: Problems) -> None:
    start = wrong.start if isinstance(wrong, UnicodeDecodeError) else 0
    problems.add(
        "TP106",
        Place(file=place.file, row=data.count(b"\n", 0, start) + 1),
        found=f"the bytes {data[start : start + 4].hex(' ')}",
        expected=expected,
        hint=hint,
    )
