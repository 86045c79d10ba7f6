"""Values of workbooks and databases as the text a person would write."""

from __future__ import annotations

import datetime as dt
import decimal
import re

_HALVES = re.compile("[\ud800-\udfff]")
EXACT_FLOATS = 2**53
"""Below this, a floating-point number that is whole is one whole number and no other."""


def without_halves(text: str) -> str:
    r"""Return a text with ``�`` for halves of characters, which nothing that is written may hold.

    They are what Python makes of a folder's name that is not in UTF-8.

    >>> without_halves("q1\udcff")
    'q1�'
    """
    return _HALVES.sub("�", text)


def as_text(value: object) -> str | None:
    """Return a value as text; 123.0 is 123, a day without a time of day is its date.

    >>> as_text(123.0), as_text(0.5), as_text(dt.datetime(2027, 1, 1)), as_text(True), as_text(None)
    ('123', '0.5', '2027-01-01', 'true', None)
    """
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return str(int(value)) if abs(value) < EXACT_FLOATS and value.is_integer() else repr(value)
    if isinstance(value, decimal.Decimal):
        return format(value, "f")
    if isinstance(value, dt.datetime):
        day = value.replace(tzinfo=None)
        return day.date().isoformat() if day.time() == dt.time() else day.isoformat(sep=" ")
    if isinstance(value, bytes | bytearray | memoryview):
        return bytes(value).decode("utf-8", "backslashreplace")
    return str(value)
