"""Deviations: what it changes when customers go to other owners than a plan's, each by itself and all together."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from models.books import Band, weigh_books
from models.explain.exchange import value_owners
from models.org import IntArray
from models.outcome import Outcome
from models.plan import Assignment, Judgement, Violation

MOST_JUDGED = 10_000_000
"""So many customers are judged in all, a deviation at a time, to find the rules that each breaks by itself."""
NOTHING = 1e-9


@dataclass(frozen=True)
class Deviation:
    """A customer (in one role) with another owner than the plan gives it, everything else as planned.

    Attributes
    ----------
    customer, role : int
        Positions.
    planned, other : int
        Rep positions, POOLED (-1) for nobody.
    goals : mapping of goal to float
        By how many points each goal becomes worse (negative: better); those that stay the same are left out.
    stages : tuple of float
        The same summed over the goals of each stage.
    broken : tuple of Violation or None
        Hard rules that the plan keeps and that this deviation breaks by itself; None where they were not looked for.
    """

    customer: int
    role: int
    planned: int
    other: int
    goals: Mapping[str, float]
    stages: tuple[float, ...]
    broken: tuple[Violation, ...] | None

    @property
    def points(self) -> float:
        """By how many points the objective (that of the last stage) becomes worse."""
        return self.stages[-1]


@dataclass(frozen=True)
class GoalChange:
    """A goal before and after in its natural ``unit``, and by how many points it becomes worse."""

    goal: str
    unit: str
    before: float
    after: float
    points: float


@dataclass(frozen=True)
class BookChange:
    """A rep's book of one measure before and after, beside its hard limits and one of its bands.

    ``minimum`` and ``maximum`` are infinite where there is none; ``band`` is None where no line balances the measure
    for this rep.
    """

    rep: int
    measure: str
    unit: str
    before: float
    after: float
    minimum: float
    maximum: float
    band: Band | None

    @property
    def low(self) -> float | None:
        """Where the band begins."""
        return None if self.band is None else float(self.band.target[self.rep] * (1 - self.band.tolerance))

    @property
    def high(self) -> float | None:
        """Where the band ends."""
        return None if self.band is None else float(self.band.target[self.rep] * (1 + self.band.tolerance))


def price_deviations(outcome: Outcome, other: Assignment, most_judged: int = MOST_JUDGED) -> tuple[Deviation, ...]:
    """Price every customer whose owner differs from the plan's, in the order of customers and roles.

    Parameters
    ----------
    outcome
        Of the plan.
    other
        Who owns whom instead; it may break any rule.
    most_judged
        How many customers to judge in all, so that the answer comes in bounded time; beyond it the rules that a
        deviation breaks by itself are not looked for. Goals are exact always.
    """
    ownership = outcome.ownership
    owners = outcome.of_members(other.owners)
    member = np.flatnonzero(owners != ownership.after)
    if not len(member):
        return ()
    worse = _points(outcome, member, owners[member])
    stages = [
        sum((worse[goal] for goal in stage.weights if goal in worse), np.zeros(len(member)))
        for stage in outcome.policy.stages
    ]
    judged = most_judged // max(outcome.org.n_customers, 1)
    kept = set(outcome.judgement.violations)
    order = np.lexsort((ownership.role[member], ownership.customer[member]))
    return tuple(
        Deviation(
            int(ownership.customer[member[i]]),
            int(ownership.role[member[i]]),
            int(ownership.after[member[i]]),
            int(owners[member[i]]),
            {goal: float(points[i]) for goal, points in worse.items() if abs(points[i]) > NOTHING},
            tuple(float(stage[i]) for stage in stages),
            _broken(outcome, int(member[i]), int(owners[member[i]]), kept) if place < judged else None,
        )
        for place, i in enumerate(order.tolist())
    )


def goal_changes(before: Judgement, after: Judgement) -> tuple[GoalChange, ...]:
    """Return every goal of two judgements under one policy, in the order of the policy."""
    return tuple(
        GoalChange(
            name,
            goal.unit,
            goal.value,
            after.goals[name].value,
            after.goals[name].weighted - goal.weighted,
        )
        for name, goal in before.goals.items()
    )


def book_changes(outcome: Outcome, other: Assignment) -> tuple[BookChange, ...]:
    """Return the books that other owners change and that a limit or a band looks at, rep by rep."""
    ownership = dataclasses.replace(
        outcome.ownership, before=outcome.ownership.after, after=outcome.of_members(other.owners)
    )
    found = []
    for place, book in enumerate(weigh_books(outcome.amounts, ownership, outcome.scales)):
        changed = np.abs(book.after - book.before) > NOTHING * np.maximum(1.0, np.abs(book.before))
        for rep in np.flatnonzero(changed).tolist():
            minimum, maximum = float(book.minimum[rep]), float(book.maximum[rep])
            bands = [band for band in book.bands if band.banded[rep]]
            if not bands and np.isinf(minimum) and np.isinf(maximum):
                continue
            books = (float(book.before[rep]), float(book.after[rep]))
            for band in bands or (None,):
                found.append((rep, place, BookChange(rep, book.measure, book.unit, *books, minimum, maximum, band)))
    return tuple(change for _, _, change in sorted(found, key=lambda one: one[:2]))


def broken_by(before: Judgement, after: Judgement) -> tuple[Violation, ...]:
    """Return what the second assignment breaks and the first one does not."""
    kept = set(before.violations)
    return tuple(one for one in after.violations if one not in kept)


def _points(outcome: Outcome, member: IntArray, other: IntArray) -> dict[str, np.ndarray]:
    """Return by how many points each goal becomes worse with the other owners, each member by itself."""
    exchange = value_owners(outcome, member, other)
    weights = {goal: weight for stage in outcome.policy.stages for goal, weight in stage.weights.items()}
    worse = {goal: weights[goal] * gain for goal, gain in exchange.goals.items()}
    if exchange.bands:
        lost = sum((band.relief + band.filling for band in exchange.bands), np.zeros(len(member)))
        worse["balance"] = worse.get("balance", 0.0) + weights["balance"] * lost
    return worse


def _broken(outcome: Outcome, member: int, other: int, kept: set[Violation]) -> tuple[Violation, ...]:
    assert outcome.plan.assignment is not None
    owners = outcome.plan.assignment.owners.copy()
    owners[outcome.ownership.role[member], outcome.ownership.customer[member]] = other
    judgement = outcome.judge.of(Assignment(outcome.plan.assignment.roles, owners))
    return tuple(one for one in judgement.violations if one not in kept)
