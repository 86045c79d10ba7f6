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


def outward(value: float, *, up: bool, digits: int = 9) -> float:
    """Round to nine digits, away from what would be too tight.

    Examples
    --------
    >>> outward(27.990000000000002, up=True), outward(1 / 3, up=True), outward(1 / 3, up=False)
    (27.99, 0.333333334, 0.333333333)
    """
    if not value or not math.isfinite(value):
        return value
    return _away(value, digits - 1 - math.floor(math.log10(abs(value))), up)


def readable(value: float, *, up: bool) -> float:
    """Round to what people read: two decimals, or three digits of what is below one; away from what is too tight.

    Examples
    --------
    >>> readable(104.17137, up=True), readable(104.17137, up=False), readable(80.0, up=True), readable(0.12341, up=True)
    (104.18, 104.17, 80.0, 0.124)
    """
    if abs(value) < 1:
        return outward(value, up=up, digits=3)
    return _away(value, 2, up) if math.isfinite(value) else value


def _away(value: float, decimals: int, up: bool) -> float:
    scaled = value * 10.0**decimals if decimals < 300 else value
    near = round(scaled)
    rounded = near if abs(scaled - near) < 1e-4 else (math.ceil(scaled) if up else math.floor(scaled))
    return round(rounded / 10.0**decimals, max(decimals, 0))
