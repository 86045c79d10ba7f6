"""How numbers look in cells: as the planner says them elsewhere, but numbers still, that can be summed and charted."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from planner.language import Language
from planner.report.blocks import Kind
from planner.report.workbook.texts import cell_text, cut

FloatArray = npt.NDArray[np.float64]
TEXTS = ("text", "id", "flag")
"""Kinds of columns whose cells are text."""
_LONGEST_UNIT = 24


def as_numbers(cells: npt.NDArray[Any]) -> FloatArray:
    """Return cells as numbers, NaN where there is none."""
    if cells.dtype != object:
        return np.asarray(cells, dtype=float)
    return np.asarray(pd.to_numeric(pd.Series(cells)).to_numpy(dtype=float, na_value=math.nan), dtype=float)


def number_format(kind: Kind, unit: str, values: FloatArray, say: Language, *, delta: bool = False) -> str:
    """Return the number format of a column.

    Parameters
    ----------
    values
        What is shown in it, which decides how many decimals one sees.
    delta
        Whether they are changes, and carry their sign.

    Examples
    --------
    >>> from planner.language import ENGLISH, language
    >>> many = np.array([1234.5, 20.0])
    >>> number_format("number", "h", many, ENGLISH), number_format("number", "USD", many, language("zh"))
    ('#,##0" h"', '"US$"#,##0;-"US$"#,##0')
    >>> number_format("share", "", many, ENGLISH), number_format("change", "", many, ENGLISH)
    ('0.0%', '+#,##0;"−"#,##0;0')
    >>> number_format("deviation", "", many, ENGLISH)
    '+0.0%;"−"0.0%;0.0%'
    """
    figure = _figure(kind, values)
    before, after = _around(unit, say) if kind not in ("share", "deviation", "ratio") else ("", "")
    shown = f"{before}{figure}{after}"
    if delta or kind in ("change", "deviation"):
        return f'+{shown};"−"{shown};{figure if kind in ("share", "deviation") else "0"}'
    return f"{shown};-{shown}" if before else shown


def endless(value: float, say: Language) -> str:
    """Return what stands for a number that Excel has no number for; blank for NaN."""
    return "" if math.isnan(value) else say.number(value)


def _figure(kind: Kind, values: FloatArray) -> str:
    if kind in ("share", "deviation"):
        return "0.0%"
    if kind in ("points", "ratio"):
        return "#,##0.00"
    digits = 0 if kind == "count" else _digits(values)
    return "#,##0" + ("." + "0" * digits if digits else "")


def _digits(values: FloatArray) -> int:
    """Return how many decimals a column needs to be read: none from a hundred on, as sentences have it."""
    known = np.abs(values[np.isfinite(values)])
    if not len(known) or np.allclose(known, np.round(known), rtol=0, atol=1e-9):
        return 0
    largest = float(known.max())
    return next(digits for digits, least in ((0, 100.0), (1, 10.0), (2, 0.1), (4, 0.0)) if largest >= least)


def _around(unit: str, say: Language) -> tuple[str, str]:
    """Return what stands before and after a number with a unit, as the language writes amounts."""
    if not unit:
        return "", ""
    before, _, after = say.amount(1, cut(cell_text(unit), _LONGEST_UNIT)).partition("1")
    return _literal(before), _literal(after)


def _literal(text: str) -> str:
    r"""Return a text as a number format has it: in quotes, and quotes themselves escaped.

    Examples
    --------
    >>> _literal(" h"), _literal('5" pipes')
    ('" h"', '"5"\\"" pipes"')
    """
    parts = text.replace("\n", " ").split('"')
    return '\\"'.join(f'"{part}"' if part else "" for part in parts)
