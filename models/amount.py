"""An amount: a number, a percentage, an expression, or one of these for each label."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass

_PERCENT = re.compile(r"^\s*([+-]?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)\s*%\s*$")


@dataclass(frozen=True)
class Amount:
    """A quantity of a policy line: a number in the measure's unit, a percentage, an expression, or one per label.

    Exactly one of the four is set. ``percent`` is a fraction (``10%`` is 0.1).
    """

    number: float | None = None
    percent: float | None = None
    expression: str | None = None
    by_label: Mapping[str, Amount] | None = None

    def __str__(self) -> str:
        if self.number is not None:
            return f"{self.number:g}"
        if self.percent is not None:
            return f"{self.percent * 100:g}%"
        if self.expression is not None:
            return self.expression
        return ", ".join(f"{label}: {amount}" for label, amount in (self.by_label or {}).items())


def amount(value: object) -> Amount:
    """Read an amount: ``12``, ``"10%"``, ``"rep.capacity_workload_hours"`` or ``{"west": 400, "east": "30%"}``.

    Raises
    ------
    ValueError
        When the value is none of these, or not finite.
    """
    if isinstance(value, Amount):
        return value
    if isinstance(value, bool):
        raise ValueError("expected a number, a percentage or an expression, found a yes/no value")
    if isinstance(value, int | float):
        if not math.isfinite(value):
            raise ValueError(f"expected a finite number, found {value}")
        return Amount(number=float(value))
    if isinstance(value, str):
        if match := _PERCENT.match(value):
            return Amount(percent=float(match.group(1)) / 100)
        try:
            return amount(float(value))
        except ValueError:
            if value.strip().lower() in {"", "nan", "inf", "-inf", "infinity", "+inf"}:
                raise
            return Amount(expression=value)
    if isinstance(value, Mapping):
        return Amount(by_label={str(label): amount(one) for label, one in value.items()})
    raise ValueError("expected a number, a percentage such as 10%, or an expression")


def fraction(value: object) -> float:
    """Read a percentage (``"10%"`` or 0.1) as a fraction that is not negative."""
    read = amount(value)
    share = read.percent if read.percent is not None else read.number
    if share is None or share < 0:
        raise ValueError("expected a percentage of at least 0%, such as 10%")
    return share
