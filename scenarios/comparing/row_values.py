"""What rows of a comparison take from the figures of a scenario, and on what the meaning of that depends."""

from __future__ import annotations

import math

from models.policy import CUSTOMERS
from scenarios.comparing.risk import Risk
from scenarios.comparing.row_definition import Meaning, Read
from scenarios.comparing.scorecard import BANDS, CapacityUse, Figures


def risked(end: int) -> Read:
    """Return how the lower (0) or upper (1) end of the revenue at risk is read; None where no revenue is known."""

    def risked(figures: Figures, risk: Risk) -> float | None:
        if figures.revenue is None or figures.revenue.measure == CUSTOMERS:
            return None
        return risk[end] * figures.revenue.in_transition

    return risked


def worth_measure(figures: Figures) -> str | None:
    """Return the measure that stands for revenue."""
    return None if figures.revenue is None else figures.revenue.measure


def worth_unit(figures: Figures) -> str:
    """Return the unit of what stands for revenue."""
    return "" if figures.revenue is None else figures.revenue.unit


def worth_and_unit(figures: Figures) -> tuple[str | None, str]:
    """Return what stands for revenue, and its unit."""
    return worth_measure(figures), worth_unit(figures)


def bands_meant(figures: Figures) -> tuple[tuple[str, str], ...]:
    """Return what tells one set of bands from another."""
    return tuple(sorted(one for one in figures.definitions.items() if one[0].startswith(BANDS)))


def bands_on(measure: str) -> Meaning:
    """Return what tells the bands on a measure from others on it."""
    return lambda figures: figures.definitions.get(f"{BANDS}{measure}")


def inside_share(figures: Figures) -> float | None:
    """Return the part of the reps with a target who are inside all their bands; None where there are none."""
    reps = figures.reps
    if reps is None or not reps.banded or reps.inside.after is None:
        return None
    return reps.inside.after / reps.banded


def share_of(use: CapacityUse, name: str) -> float | None:
    """Return one of the shares of a capacity line."""
    share: float | None = getattr(use, name)
    return share


def unbounded(value: float | None) -> float:
    """Return a ratio to the lightest book: infinite where that is empty."""
    return math.inf if value is None else value
