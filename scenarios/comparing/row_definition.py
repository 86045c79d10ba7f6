"""A row of a comparison by itself: its name, its unit, which value is better, and where it is read."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Literal

from scenarios.comparing.risk import Risk
from scenarios.comparing.scorecard import Figures

Better = Literal["less", "more"]
Read = Callable[[Figures, Risk], float | None]
Meaning = Callable[[Figures], Hashable]

IN_SHORT = "In short"
GOALS = "Goals"
FAIRNESS = "Fairness of books"
BANDS = "Reps and their bands"
MOVES = "What moves"
MEANS = "Travel, fit and capacity"
QUOTA = "Potential ÷ quota"
PROOF = "Proof"

SHARE, RATIO, POINTS, INDEX = "share", "ratio", "points", "index"
OBJECTIVE, CERTIFIED_GAP, GAP = "objective", "certified_gap", "gap"


@dataclass(frozen=True)
class RowDefinition:
    """One row.

    Attributes
    ----------
    name : str
        The machine name.
    unit : str
        ``share`` (a fraction, shown as a percentage), ``ratio``, ``index`` (0 to 1), ``points``, or the unit of the
        number; blank for a count.
    better : "less", "more" or None
        Which value is the better one; None where neither is.
    read : callable
        Takes the value from the figures: None where there is none, infinite where a book is empty.
    upto : str or None
        Name of the row that is the upper end of a range of which this one is the lower end.
    goal : str or None
        The goal whose value it is; only plans that share the goal's meaning can be compared in it.
    rank : callable or None
        By what the best is found, where that is not the value.
    meaning : callable or None
        What the value depends on beside the plan, such as the goals or the unit: values are compared, and one is best,
        only where it is equal. None where values always mean the same.
    unit_of : callable or None
        The unit of one scenario's value, where that depends on the scenario.
    """

    name: str
    section: str
    label: str
    unit: str
    better: Better | None
    read: Read
    upto: str | None = None
    goal: str | None = None
    rank: Read | None = None
    meaning: Meaning | None = None
    unit_of: Callable[[Figures], str] | None = None
