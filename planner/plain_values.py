"""Values as JSON and records have them: numbers that are finite or nothing, reps by their ids."""

from __future__ import annotations

import math

from models.org import Org


def finite(value: float | None) -> float | None:
    """Return a number, None where it is infinite, no number, or nothing."""
    return value if value is not None and math.isfinite(value) else None


def rep_id(org: Org, position: int) -> str | None:
    """Return the id of a rep, None for nobody."""
    return str(org.rep_ids[position]) if position >= 0 else None
