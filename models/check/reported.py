"""What a run reports besides goals and moves, counted anew: of how many, who is pooled, what is carried."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from models.check.judge import Judge
from models.check.measures import COUNT
from models.check.placements import Placement, placements
from models.org import FloatArray
from models.plan import UNNEEDED, Assignment, Judgement, Violation


@dataclass(frozen=True)
class Carried:
    """A measure over all customers with their owners after the plan, and over those that move by choice."""

    unit: str
    total: float
    moved: float


@dataclass(frozen=True)
class Reported:
    """Counts and sums of a plan.

    Attributes
    ----------
    held : int
        Customers whose owner is present in some role: what the share of moved customers is a share of.
    pooled : int
        Customers and roles without an owner after the plan.
    measures : mapping of measure to Carried
        ``customers`` counts customers and roles.
    wishes : (int, int) or None
        How many there are, and how many are honoured.
    """

    held: int
    pooled: int
    measures: Mapping[str, Carried]
    wishes: tuple[int, int] | None = None


def count_reported(judge: Judge, assignment: Assignment, judgement: Judgement) -> Reported:
    """Count what a run reports of an assignment that was judged."""
    placed = placements(np.where(judge.holdings.needed, assignment.owners, UNNEEDED))
    wishes = judge.wishes
    names = (COUNT, *(name for name in judge.policy.measures if name != COUNT))
    return Reported(
        held=int(judge.holdings.present.any(axis=0).sum()),
        pooled=sum(len(placement.pooled) for placement in placed),
        measures={name: _carried(judge, name, placed, judgement) for name in names},
        wishes=None if wishes is None else (len(wishes.row), int(wishes.honoured(assignment.owners).sum())),
    )


def _carried(judge: Judge, name: str, placed: tuple[Placement, ...], judgement: Judgement) -> Carried:
    total = moved = 0.0
    for placement in placed:
        without_value: list[Violation] = []
        values = judge.measures.carried(name, placement, without_value)
        chosen = judgement.moved[placement.role]
        total += float(values.sum() + _in_the_pool(judge, name, placement).sum())
        moved += float(values[chosen[placement.customers]].sum())
        moved += float(_in_the_pool(judge, name, placement)[chosen[placement.pooled]].sum())
    unit = "" if name == COUNT else judge.measures.unit(name)
    return Carried(unit, total, moved)


def _in_the_pool(judge: Judge, name: str, placement: Placement) -> FloatArray:
    """Return what each pooled customer weighs: nothing where that depends on who owns it."""
    if judge.measures.depends_on_rep(name):
        return np.zeros(len(placement.pooled))
    return judge.measures.of_customers(name, placement.role)[placement.pooled]
