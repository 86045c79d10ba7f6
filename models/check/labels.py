"""Text columns as codes, so that books and rules are counted with arrays."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from models.org import BoolArray, FloatArray, IntArray


@dataclass(frozen=True)
class Labels:
    """A text column: ``codes`` has one entry per row, -1 where blank; ``names`` are the distinct texts."""

    codes: IntArray
    names: tuple[str, ...]

    def at(self, row: int) -> str:
        """Return the text of a row, ``blank`` where there is none."""
        code = int(self.codes[row])
        return self.names[code] if code >= 0 else "blank"

    def code(self, name: str) -> int:
        """Return the code of ``name``, -1 when no row has it."""
        return self.names.index(name) if name in self.names else -1


def labels(frame: pd.DataFrame, column: str) -> Labels:
    """Read a column as labels; a missing column is blank everywhere, and blanks around a label do not count.

    Examples
    --------
    >>> read = labels(pd.DataFrame({"team": ["field", None, " field ", ""]}), "team")
    >>> read.codes.tolist(), read.names
    ([0, -1, 0, -1], ('field',))
    """
    if column not in frame.columns:
        return Labels(np.full(len(frame), -1, dtype=np.int64), ())
    raw, distinct = pd.factorize(frame[column].astype(object))
    position: dict[str, int] = {}
    code = np.full(len(distinct) + 1, -1, dtype=np.int64)
    for place, value in enumerate(distinct):
        text = str(value).strip()
        if text:
            code[place] = position.setdefault(text, len(position))
    return Labels(code[raw], tuple(position))


def totals(codes: IntArray, amounts: FloatArray, n: int) -> FloatArray:
    """Sum amounts by code; shape (n,)."""
    return np.bincount(codes, amounts, n).astype(np.float64, copy=False)


def distinct(keys: IntArray) -> IntArray:
    """Return each number once, sorted; sorting millions of whole numbers is quicker than to hash them."""
    ordered = np.sort(keys)
    first = np.ones(len(ordered), dtype=bool)
    first[1:] = ordered[1:] != ordered[:-1]
    once: IntArray = ordered[first]
    return once


def among(wanted: IntArray, ordered: IntArray) -> BoolArray:
    """Tell which numbers are in a sorted array."""
    if not len(ordered):
        return np.zeros(len(wanted), dtype=bool)
    found: BoolArray = ordered[np.minimum(np.searchsorted(ordered, wanted), len(ordered) - 1)] == wanted
    return found


def distinct_pairs(first: IntArray, second: IntArray) -> tuple[IntArray, IntArray]:
    """Return each (first, second) combination once, so that what has two roles is counted once."""
    if not len(first):
        return first, second
    width = int(second.max()) + 1
    keys = distinct(first * width + second)
    return keys // width, keys % width


def combined(columns: Iterable[IntArray], rows: int) -> IntArray:
    """Number the rows so that rows alike in all columns (numbers from 0) share a number, counted from 0 without gaps.

    Examples
    --------
    >>> combined([np.array([0, 0, 2, 0]), np.array([1, 5, 1, 1])], 4).tolist()
    [0, 1, 2, 0]
    """
    number = np.zeros(rows, dtype=np.int64)
    for column in columns:
        number = pd.factorize(number * (int(column.max(initial=0)) + 1) + column)[0].astype(np.int64)
    return number
