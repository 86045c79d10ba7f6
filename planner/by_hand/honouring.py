"""Honouring wishes: a run's plan with just these applied, and the rules that no plan with them could keep."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from models.explain.answer import Pin
from models.explain.deviations import MOST_JUDGED
from models.explain.question import Questions
from models.org import IntArray
from models.outcome import Outcome
from models.plan import POOLED, Assignment, Violation
from planner.by_hand.wishes import Wish

MOST_OWNERS = 20
"""So many owners, the cheapest by prices, are weighed exactly for a customer who may not stay with a rep."""
OF_A_PAIR = ("presence", "roles[", "eligibility.", "tables.pairs", "keep.locks", "keep.holdouts", "pool", "proposal")
"""Policy lines that say who may own whom, whatever the books are."""


@dataclass(frozen=True)
class Applied:
    """A plan with wishes applied; ``unmet`` are those that cannot be: nobody else may own the customer."""

    assignment: Assignment
    unmet: tuple[Wish, ...]


def pins_of(wishes: Sequence[Wish]) -> list[Pin]:
    """Return wishes as what an answer must honour."""
    return [Pin(one.customer, one.role, one.rep, one.kept) for one in wishes]


def apply_wishes(outcome: Outcome, questions: Questions | None, wishes: Sequence[Wish]) -> Applied:
    """Apply wishes to a plan and change nothing else.

    A customer that may not stay with a rep goes to whoever breaks the fewest rules and, among equals, costs the least.
    ``questions`` to the plan know its prices; without them (the plan breaks rules itself) any rep that may own the
    customer is looked at.
    """
    assert outcome.plan.assignment is not None
    roles, owners = outcome.plan.assignment.roles, outcome.plan.assignment.owners.copy()
    for wish in wishes:
        if wish.kept:
            owners[wish.role, wish.customer] = wish.rep
    unmet = []
    for wish in wishes:
        if not wish.kept and owners[wish.role, wish.customer] == wish.rep:
            refused = [one.rep for one in wishes if (one.customer, one.role) == (wish.customer, wish.role)]
            others = _by_rules(outcome, wish) if questions is None else _by_price(questions, wish)
            others = others[~np.isin(others, refused)]
            if len(others):
                owners[wish.role, wish.customer] = _cheapest(outcome, Assignment(roles, owners), wish, others)
            else:
                unmet.append(wish)
    return Applied(Assignment(roles, owners), tuple(unmet))


def rules_against(outcome: Outcome, questions: Questions, wishes: Sequence[Wish], pair: Pin) -> tuple[Violation, ...]:
    """Return the rules because of which no plan may have a pair, whatever the books are.

    Of a customer with a rep they are what the checker says of the two; of a customer who may be with anyone but a rep,
    what it says of the others, or of the other wishes about its family.
    """
    assert outcome.plan.assignment is not None
    before = set(outcome.judgement.violations)
    units = questions.formulation.units
    unit = questions.unit_of(pair)
    members = units.member[units.start[unit] : units.start[unit + 1]] if unit >= 0 else np.array([pair.customer])
    tried = {one.rep for one in wishes if one.kept and one.role == pair.role and one.customer in members}
    refused = {one.rep for one in wishes if not one.kept and one.role == pair.role and one.customer in members}
    if len(tried) > 1:
        return _family(outcome, wishes, pair.role, members, before)
    reps = tried or [rep for rep in range(outcome.org.n_reps) if rep not in refused]
    judged = max(1, MOST_JUDGED // max(outcome.org.n_customers, 1))
    found: dict[str, Violation] = {}
    for rep in list(reps)[:judged]:
        owners = outcome.plan.assignment.owners.copy()
        owners[pair.role, members] = rep
        for one in outcome.judge.of(Assignment(outcome.plan.assignment.roles, owners)).violations:
            if one not in before and one.line.startswith(OF_A_PAIR):
                found.setdefault(one.message, one)
    return tuple(found.values())


def _family(
    outcome: Outcome, wishes: Sequence[Wish], role: int, members: IntArray, before: set[Violation]
) -> tuple[Violation, ...]:
    """Return what is said of members of one family who are wished to different reps."""
    assert outcome.plan.assignment is not None
    owners = outcome.plan.assignment.owners.copy()
    for one in wishes:
        if one.kept and one.role == role and one.customer in members:
            owners[role, one.customer] = one.rep
    judgement = outcome.judge.of(Assignment(outcome.plan.assignment.roles, owners))
    return tuple(one for one in judgement.violations if one not in before and one.line.startswith("keep.families"))


def _by_price(questions: Questions, wish: Wish) -> IntArray:
    """Return who may own a customer, the cheapest by the plan's prices first, and no more than are weighed."""
    problem = questions.problem
    unit = questions.unit_of(Pin(wish.customer, wish.role, wish.rep))
    mine = slice(problem.start[unit], problem.start[unit + 1])
    order = np.argsort(questions.prices.reduced[mine], kind="stable")
    cheapest: IntArray = problem.rep[mine][order][: MOST_OWNERS + 1].astype(np.int64)
    return cheapest


def _by_rules(outcome: Outcome, wish: Wish) -> IntArray:
    """Return who may own a customer by the rules on a pair, the pool last, as many as are weighed in bounded time."""
    everyone = np.arange(outcome.org.n_reps)
    customers = np.full(len(everyone), wish.customer)
    able = everyone[outcome.judge.eligibility.allowed(wish.role, customers, everyone)]
    if outcome.policy.pool is not None:
        able = np.append(able, POOLED)
    return able[: max(1, MOST_JUDGED // max(outcome.org.n_customers, 1))]


def _cheapest(outcome: Outcome, plan: Assignment, wish: Wish, others: IntArray) -> int:
    """Return the owner by whom the fewest rules break and, among equals, the points are least, all else as it is."""

    def worth(rep: int) -> tuple[int, tuple[float, ...], int]:
        owners = plan.owners.copy()
        owners[wish.role, wish.customer] = rep
        judgement = outcome.judge.of(Assignment(plan.roles, owners))
        return len(judgement.violations), judgement.stage_values, rep

    return min(map(worth, others.tolist()))[2]
