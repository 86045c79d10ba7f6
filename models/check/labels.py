"""Text columns as codes, so that books and rules are counted with arrays."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from models.org import FloatArray, IntArray


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


def distinct_pairs(first: IntArray, second: IntArray) -> tuple[IntArray, IntArray]:
    """Return each (first, second) combination once, so that what has two roles is counted once."""
    if not len(first):
        return first, second
    width = int(second.max()) + 1
    keys = np.unique(first * width + second)
    return keys // width, keys % width
