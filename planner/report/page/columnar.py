"""Rows as columns in JSON: each text once, numbers no longer than they are read, and nothing that ends a script."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from markupsafe import Markup

TABLE_DIGITS, DRAWING_DIGITS = 6, 8
"""Leading digits that the largest number of a column keeps; cents are always kept."""
_ESCAPES = {ord(mark): f"\\u{ord(mark):04x}" for mark in "<>&\u2028\u2029"}


def in_script(value: Any) -> Markup:
    r"""Return JSON that may stand inside a script element, whatever texts are in it.

    Examples
    --------
    >>> str(in_script({"name": "</script><b>"}))
    '{"name":"\\u003c/script\\u003e\\u003cb\\u003e"}'
    """
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return Markup(text.translate(_ESCAPES))  # noqa: S704 - JSON in which every <, > and & is escaped


def text_column(values: Sequence[Any]) -> dict[str, Any]:
    """Return texts, each once and by its place where many are alike; ``None`` for no text.

    Examples
    --------
    >>> text_column(["west", "west", None, "west"]), text_column(["a", "b"])
    ({'names': ['west'], 'at': [0, 0, -1, 0]}, {'texts': ['a', 'b']})
    """
    texts = [as_text(value) for value in values]
    places: dict[str, int] = {}
    at = [-1 if text is None else places.setdefault(text, len(places)) for text in texts]
    if 2 * len(places) <= len(texts):
        return {"names": list(places), "at": at}
    return {"texts": texts}


def number_column(values: npt.ArrayLike, digits: int = TABLE_DIGITS) -> dict[str, Any]:
    """Return numbers rounded to what can be told apart; ``None`` where there is none.

    Examples
    --------
    >>> number_column([1.0, 2.0]), number_column([0.123456789, np.nan, np.inf])
    ({'numbers': [1, 2]}, {'numbers': [0.123457, None, 'Infinity']})
    """
    numbers = np.asarray(values, dtype=float)
    finite = np.isfinite(numbers)
    most = float(np.abs(numbers[finite]).max()) if finite.any() else 0.0
    decimals = max(2, digits - (math.ceil(math.log10(most)) if most > 0 else 0))
    rounded = np.round(numbers, min(decimals, 15)) + 0.0
    for at in np.flatnonzero(finite & (rounded == 0) & (numbers != 0)):
        rounded[at] = float(f"{numbers[at]:.1g}")  # little, but not nothing
    whole = finite & (rounded == np.floor(rounded)) & (np.abs(rounded) < 2**53)
    return {
        "numbers": [
            int(value) if is_whole else value if is_finite else _odd(value)
            for value, is_whole, is_finite in zip(rounded.tolist(), whole.tolist(), finite.tolist(), strict=True)
        ]
    }


def flag_column(values: Sequence[Any]) -> dict[str, Any]:
    """Return truths as 1, falsehoods as 0, and what is neither as -1."""
    return {"flags": [-1 if is_blank(value) else int(bool(value)) for value in values]}


def rows_by_column(rows: Sequence[Mapping[str, Any]]) -> dict[str, Any] | None:
    """Return the rows of a chart by column; ``None`` where they have no fields.

    A field that some rows do not have is ``sparse``: its blanks are not fields of their rows.

    Examples
    --------
    >>> rows_by_column([{"rep": "Ada", "hours": 3}, {"rep": "Ben"}])["fields"]
    [['rep', {'texts': ['Ada', 'Ben']}], ['hours', {'numbers': [3, None], 'sparse': True}]]
    """
    names = dict.fromkeys(name for row in rows for name in row)
    if not names:
        return None
    fields = []
    for name in names:
        column = _column([row.get(name) for row in rows])
        fields.append([name, column if all(name in row for row in rows) else {**column, "sparse": True}])
    return {"count": len(rows), "fields": fields}


def as_text(value: Any) -> str | None:
    """Return a cell as text; ``None`` where it is blank."""
    return None if is_blank(value) else str(value)


def is_blank(value: Any) -> bool:
    """Tell whether a cell has nothing in it."""
    return value is None or value != value  # NaN, NaT: all that differ from themselves


def plain(value: Any) -> Any:
    """Return a value of JSON for one that numpy or a calendar made; no number where it has no end."""
    if isinstance(value, Mapping):
        return {str(key): plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [plain(one) for one in value]
    if isinstance(value, np.ndarray):
        return plain(value.tolist())
    if isinstance(value, np.generic):
        return plain(value.item())
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    return value if value is None or isinstance(value, str | int | bool) else str(value)


def _column(values: list[Any]) -> dict[str, Any]:
    some = [value for value in values if value is not None]
    if some and all(isinstance(value, str) for value in some):
        return text_column(values)
    if some and all(isinstance(value, int | float | np.number) and not isinstance(value, bool) for value in some):
        numbers = np.array([np.nan if value is None else value for value in values], dtype=float)
        return number_column(np.where(np.isfinite(numbers), numbers, np.nan), DRAWING_DIGITS)
    return {"values": [plain(value) for value in values]}


def _odd(value: float) -> str | None:
    if math.isnan(value):
        return None
    return "Infinity" if value > 0 else "-Infinity"
