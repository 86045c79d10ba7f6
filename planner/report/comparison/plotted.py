"""Which scenarios come first where a chart has no room for the books of all: the baseline, then the most even ones."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import numpy as np

from planner.language import Language
from planner.report.comparison.books import Books, Side


def drawn_first(
    sides: Sequence[Side], measure: str, baseline: str, refused: Collection[str], say: Language
) -> tuple[list[int], str]:
    """Return positions of scenarios, those to draw before others first, and in words which stand first.

    Plans that break rules, whose scenarios are ``refused``, come last.
    """
    order = sorted(
        range(len(sides)),
        key=lambda at: (sides[at].name != baseline, sides[at].name in refused, _unevenness(sides[at].books[measure])),
    )
    if any(side.name == baseline for side in sides):
        return order, say("the baseline and the most even ones")
    return order, say("the most even ones")


def _unevenness(books: Books) -> float:
    """Return how far books are from their targets, or from each other where there are none, as a fraction."""
    off = books.deviation[np.isfinite(books.deviation)]
    if not len(off):
        known = books.after[np.isfinite(books.after)]
        mean = float(known.mean()) if len(known) else 0.0
        off = known / mean - 1.0 if mean else np.zeros(1)
    return float(np.abs(off).mean())
