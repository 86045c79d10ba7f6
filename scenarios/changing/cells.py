"""Values that scenarios state for columns of the reps' table, read as the table holds them."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from models.findings import Finding, Place, did_you_mean, nearest_word
from models.org import LARGEST, Org, listed, skill_levels
from scenarios.changing.tables import Tables

_PERCENT = re.compile(r"^\s*(-?\d+(?:\.\d+)?)\s*%\s*$")
_OPEN_ENDED = ("capacity_", "max_", "min_")
_BLANK = {"share": 1.0, "ramp": 0.5}
"""What a blank cell counts as."""


def by_column(stated: Mapping[str, Any]) -> dict[str, Any]:
    """Return stated values by column of the reps' table: ``region`` stands for ``regions``."""
    return {"regions" if name == "region" else name: value for name, value in stated.items()}


@dataclass(frozen=True)
class Cells:
    """Reads values for the reps' table of an org."""

    org: Org
    tables: Tables

    def read(self, stated: Mapping[str, Any], place_of: Callable[[str], Place]) -> tuple[dict[str, Any], list[Finding]]:
        """Return the stated values as cells by column, and what is wrong with them."""
        values: dict[str, Any] = {}
        wrong: list[Finding] = []
        for name, value in stated.items():
            unknown = self.unknown(name, place_of(name))
            if unknown is not None:
                wrong.append(unknown)
                continue
            try:
                values[name] = self._cell(name, value)
            except ValueError as error:
                title = "The value does not fit the column"
                found = f"{name}: {value}"
                wrong.append(Finding("TP208", title, place_of(name), found=found, expected=str(error)))
        return values, wrong

    def unknown(self, name: str, place: Place) -> Finding | None:
        """Return what is wrong with the name of a column, None where the reps have it."""
        reps = self.org.reps
        open_ended = name.startswith(_OPEN_ENDED)
        if name in reps and (name in self.org.given.get("reps", frozenset()) or not open_ended):
            return None
        known = [str(column) for column in reps.columns]
        hint = did_you_mean(name, known) if nearest_word(name, known) else f"Try to add {name} to the reps' table"
        return Finding("TP208", "The reps have no such column", place, found=name, hint=hint)

    def is_number(self, name: str) -> bool:
        """Tell whether a column holds numbers."""
        dtype = self.org.reps[name].dtype
        return pd.api.types.is_numeric_dtype(dtype) and not pd.api.types.is_bool_dtype(dtype)

    def check_range(self, name: str, numbers: Any) -> None:
        """Refuse numbers that the column may not hold.

        Raises
        ------
        ValueError
            Its text says what is expected.
        """
        check_range("reps", name, numbers, self.tables)

    def _cell(self, name: str, value: Any) -> Any:
        column = self.org.reps[name]
        if isinstance(value, dict):
            raise ValueError("one value")
        if pd.api.types.is_datetime64_any_dtype(column.dtype):
            return _day(value)
        if pd.api.types.is_bool_dtype(column.dtype):
            if not isinstance(value, bool):
                raise ValueError("true or false")
            return value
        if self.is_number(name):
            number = _BLANK.get(name, np.nan) if value is None else _number(value)
            self.check_range(name, number)
            return number
        if value is None:
            return None
        text = ";".join(map(str, value)) if isinstance(value, list) else str(value)
        if name == "skills":
            try:
                skill_levels(text)
            except ValueError:
                raise ValueError("skills with levels, such as cloud:3;german") from None
        elif name == "regions":
            text = ";".join(listed(text))
        return text


def check_range(table: str, column: str, numbers: Any, tables: Tables) -> None:
    """Refuse numbers that a column may not hold; blanks (NaN) are no numbers.

    Raises
    ------
    ValueError
        Its text says what is expected.
    """
    low, high = tables.range_of(table, column)
    if np.any(np.abs(numbers) > LARGEST):
        raise ValueError("a finite number")
    if low is not None and high is not None and (np.any(numbers < low) or np.any(numbers > high)):
        raise ValueError(f"{low:g} to {high:g}")
    if low is not None and np.any(numbers < low):
        raise ValueError(f"at least {low:g}")


def is_number(value: Any) -> bool:
    """Tell whether a value states a number: ``0.5``, ``50%``."""
    try:
        _number(value)
    except ValueError:
        return False
    return True


def _day(value: Any) -> pd.Timestamp:
    if value is None:
        return pd.Timestamp("NaT")
    try:
        return pd.Timestamp(dt.date.fromisoformat(str(value)[:10]))
    except ValueError:
        raise ValueError("a date such as 2027-01-31") from None


def _number(value: Any) -> float:
    if isinstance(value, str) and (match := _PERCENT.match(value)):
        return float(match[1]) / 100
    if isinstance(value, bool) or not isinstance(value, int | float) or not np.isfinite(value):
        raise ValueError("a number")
    return float(value)
