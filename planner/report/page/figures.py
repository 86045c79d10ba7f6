"""How the cells of a column are written, here and, by the same rules, in the browser."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any
from unicodedata import east_asian_width

import numpy as np
import numpy.typing as npt

from planner.language import Language
from planner.report.blocks import Kind
from planner.report.page.columnar import as_text, is_blank

TEXTS = frozenset({"text", "id", "flag"})
"""Kinds whose cells are words."""


def room_of(texts: Sequence[str | None]) -> str:
    """Return how much room a column of texts asks for: ``short`` ones stay on a line, ``long`` ones are read.

    Examples
    --------
    >>> (
    ...     room_of(["west", None]),
    ...     room_of(["Customer of the west Ltd."]),
    ...     room_of(["a reason of several words, as a rule"]),
    ... )
    ('short', 'middling', 'long')
    """
    lengths = np.array([_length(text) for text in texts if text] or [0])
    if lengths.max() <= 18:
        return "short"
    return "middling" if np.quantile(lengths, 0.9) <= 32 else "long"


def _length(text: str) -> int:
    """Return how wide a text is in Latin letters: Chinese characters are two wide."""
    return len(text) if text.isascii() else sum(2 if east_asian_width(one) in "WF" else 1 for one in text)


def digits_of(kind: Kind, values: npt.ArrayLike) -> int:
    """Return how many decimals all figures of a column have, so that they stand below each other.

    Examples
    --------
    >>> digits_of("number", [1234.5, 3]), digits_of("number", [1.5]), digits_of("number", [3.0]), digits_of("share", [])
    (0, 2, 0, 1)
    """
    if kind in TEXTS or kind == "count":
        return 0
    if kind in ("share", "deviation", "ratio"):
        return 2 if kind == "ratio" else 1
    numbers = np.asarray(values, dtype=float)
    numbers = np.abs(numbers[np.isfinite(numbers)])
    most = float(numbers.max()) if len(numbers) else 0.0
    if most >= 100 or np.allclose(numbers, np.round(numbers), atol=1e-9):
        return 0
    if most >= 0.1:
        return 1 if most >= 10 else 2
    return min(6, 1 - math.floor(math.log10(most)))


def figure(value: Any, kind: Kind, digits: int, say: Language) -> str:
    """Return a cell as it is read.

    Examples
    --------
    >>> from planner.language import ENGLISH
    >>> [figure(value, "change", 1, ENGLISH) for value in (2.0, -1234.5, 0.0, float("nan"), float("inf"))]
    ['+2.0', '−1,234.5', '0', '–', '∞']
    >>> figure(0.123, "share", 1, ENGLISH), figure(True, "flag", 0, ENGLISH), figure(None, "text", 0, ENGLISH)
    ('12.3%', 'Yes', '')
    >>> [figure(value, "deviation", 1, ENGLISH) for value in (0.123, -0.05, 0.0)]
    ['+12.3%', '−5.0%', '0%']
    """
    if kind == "flag":
        return "" if is_blank(value) else say("Yes") if value else say("No")
    if kind in TEXTS:
        return as_text(value) or ""
    number = math.nan if value is None else float(value)
    if kind == "share":
        text = say.percent(number, digits)
    elif kind == "deviation" and math.isfinite(number):
        text = say.signed_percent(number, digits)
    elif kind == "change" and math.isfinite(number):
        text = say.signed(number, digits)
    else:
        text = say.number(number, None if not math.isfinite(number) else digits)
    return text.replace("-", "−")
