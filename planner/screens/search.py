"""One line on how the search for a plan stands."""

from __future__ import annotations

from models.solve import Progress


def searching(seen: Progress) -> str:
    """Say what is being done and how far the best plan so far can be from the best there is.

    Examples
    --------
    >>> searching(Progress(1, 2, "highs", 12.5, 12.0, 3.0))
    'stage 1 of 2: highs, at most 4.0% better is possible'
    """
    stage = f"stage {seen.stage} of {seen.stages}: " if seen.stages > 1 else ""
    return stage + seen.doing + _possible(seen)


def _possible(seen: Progress) -> str:
    if seen.objective is None:
        return ""
    if seen.bound is None:
        return ", has a plan"
    gap = max(0.0, seen.objective - seen.bound) / max(abs(seen.objective), 1e-9)
    return f", at most {gap:.1%} better is possible"
