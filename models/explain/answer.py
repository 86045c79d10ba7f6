"""Pins and answers: what a what-if question asks for, and what is known of the best plan that honours it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, NamedTuple

import numpy as np

from models.org import IntArray
from models.plan import Plan
from models.problem import NONE

Evidence = Literal["proven", "local", "interval", "estimate"]
State = Literal["found", "impossible", "unknown"]


@dataclass(frozen=True)
class Pin:
    """A wish that an answer must honour: a customer, in a role, is with a rep, or (not ``kept``) with anyone else.

    All are positions; ``rep`` may be POOLED.
    """

    customer: int
    role: int
    rep: int
    kept: bool = True


class Others(NamedTuple):
    """Customers in a role, by position; both arrays have shape (others,)."""

    role: IntArray
    customer: IntArray


@dataclass(frozen=True)
class Answer:
    """What would be if the pins held.

    Attributes
    ----------
    state : str
        ``found``; ``impossible``, which is proven; ``unknown``: no plan was found, and none was ruled out.
    plan : Plan or None
        The best plan found, judged by the checker.
    cost : float or None
        By how many points it is worse than the plan asked about, in the first stage in which they differ.
    priority : int or None
        The priority of that stage; None where there is only one.
    low, high : float
        Between which points the true cost of the best such plan over the best of all plans lies, by what is proven.
    evidence : str
        ``proven``: both plans are; ``local``: ``cost`` is that of the best plan in which everybody stays as planned but
        some customers of ``opened``; ``interval``: no more is known than ``low`` and ``high``; ``estimate``: by prices
        alone.
    by_prices : float or None
        What prices estimate if everything adapts at the margin, in points of the last stage.
    off : float
        By how many points at most ``cost`` is wrong as what it is said to be: 0 where both solves were finished.
    opened : int array
        The reps whose books a local answer opened; empty where all were.
    others : Others
        Who else has another owner than by the plan asked about: all but the pinned.
    improved : float
        By how many points the plan asked about turned out not to be the best within the opened books.
    pair : Pin or None
        The pin whose pair no plan may have, where that is why it is impossible.
    """

    state: State
    plan: Plan | None = None
    cost: float | None = None
    priority: int | None = None
    low: float = 0.0
    high: float = np.inf
    evidence: Evidence = "interval"
    by_prices: float | None = None
    off: float = 0.0
    opened: IntArray = field(default_factory=lambda: NONE)
    others: Others = field(default_factory=lambda: Others(NONE, NONE))
    improved: float = 0.0
    pair: Pin | None = None
