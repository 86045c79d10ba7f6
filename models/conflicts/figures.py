"""Figures of a change: as YAML would have them, and rounded so that they are enough."""

from __future__ import annotations

import math
from typing import Any

from models.amount import Amount


def written(amount: Amount, *, whole: bool = False) -> Any:
    """Return an amount as YAML would have it."""
    if amount.by_label is not None:
        return {label: written(one) for label, one in amount.by_label.items()}
    if amount.percent is not None:
        return f"{amount.percent * 100:.12g}%"
    if amount.expression is not None:
        return amount.expression
    assert amount.number is not None
    return int(amount.number) if whole or float(amount.number).is_integer() else amount.number


def outward(value: float, *, up: bool) -> float:
    """Round to nine digits, away from what would be too tight.

    Examples
    --------
    >>> outward(27.990000000000002, up=True), outward(1 / 3, up=True), outward(1 / 3, up=False)
    (27.99, 0.333333334, 0.333333333)
    """
    if not value or not math.isfinite(value):
        return value
    digits = 9 - 1 - math.floor(math.log10(abs(value)))
    scaled = value * 10.0**digits if digits < 300 else value
    near = round(scaled)
    rounded = near if abs(scaled - near) < 1e-4 else (math.ceil(scaled) if up else math.floor(scaled))
    return round(rounded / 10.0**digits, max(digits, 0))
