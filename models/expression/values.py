"""What an expression comes to: one value a row, with NULLs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from models.expression.grammar import ExpressionError
from models.expression.vocabulary import Kind
from models.org import BoolArray, FloatArray, IntArray


@dataclass(frozen=True)
class Values:
    """The values of an expression, one a row.

    ``data`` is float64 with NaN for numbers, bool for flags, object for text, datetime64[D] for dates;
    ``missing`` tells which rows are NULL. ``text`` of the expression is kept for messages.
    """

    kind: Kind
    data: npt.NDArray[Any]
    missing: BoolArray
    expression: str = ""

    def __len__(self) -> int:
        return len(self.data)

    def numbers(self) -> FloatArray:
        """Return float64 with NaN for NULL; yes is 1 and no is 0.

        Raises
        ------
        ExpressionError
            When the values are text or dates.
        """
        if self.kind == "null":
            return np.full(len(self), np.nan)
        if self.kind not in ("number", "flag"):
            raise self._unfit("a number")
        values: FloatArray = self.data.astype(np.float64)
        if self.kind == "flag":
            values[self.missing] = np.nan
        return values

    def true(self) -> BoolArray:
        """Return where the condition holds; NULL does not.

        Raises
        ------
        ExpressionError
            When the values are not yes or no.
        """
        if self.kind == "null":
            return np.zeros(len(self), dtype=bool)
        if self.kind != "flag":
            raise self._unfit("a condition (yes or no)")
        holds: BoolArray = self.data & ~self.missing
        return holds

    def text(self) -> npt.NDArray[np.object_]:
        """Return the values as text, None for NULL."""
        if self.kind == "text":
            return self.data
        shown = np.array([str(value) for value in self.data], dtype=object)
        shown[self.missing] = None
        return shown

    def take(self, rows: IntArray) -> Values:
        """Return the values of some rows, in that order."""
        return Values(self.kind, self.data[rows], self.missing[rows], self.expression)

    def _unfit(self, expected: str) -> ExpressionError:
        found = {"text": "text", "date": "a date", "number": "a number", "flag": "yes or no"}.get(self.kind, self.kind)
        return ExpressionError(
            "The expression is of the wrong kind", found=f"{self.expression} ({found})", expected=expected
        )
