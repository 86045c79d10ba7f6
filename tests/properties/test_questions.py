"""What keeping a customer would cost, against the cost found by trying every plan of a tiny org."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings

from models.explain.answer import Answer, Pin
from models.explain.question import Questions
from models.org import Org
from models.plan import Plan
from models.policy import Policy
from models.solve import solve
from tests.oracle import EveryPlan, Judged, best_of, judged_plans
from tests.properties.test_engines_against_every_plan import SEEDS, some
from tests.tiny import tiny


def stays_of(org: Org, policy: Policy, plan: Plan) -> list[Pin]:
    """Return for each chosen move the wish that the customer had stayed."""
    from models.outcome import Outcome

    with Outcome(org, policy, plan) as outcome:
        own, changes = outcome.ownership, outcome.changes
        moved = np.flatnonzero(changes.chosen)
        return [Pin(int(own.customer[m]), int(own.role[m]), int(own.before[m])) for m in moved]


def leaving(plan: Plan, stays: list[Pin]) -> list[Pin]:
    """Return the wish that the first customer who does not move by choice were with anybody but its owner."""
    assert plan.assignment is not None
    moved = {(pin.role, pin.customer) for pin in stays}
    owned = [(int(k), int(c)) for k, c in zip(*np.nonzero(plan.assignment.owners >= 0), strict=True)]
    still = [one for one in owned if one not in moved][:1]
    return [Pin(c, k, int(plan.assignment.owners[k, c]), kept=False) for k, c in still]


def honouring(judged: Judged, pin: Pin) -> Judged:
    return [(plan, one) for plan, one in judged if (plan.owners[pin.role, pin.customer] == pin.rep) == pin.kept]


def cost_of(base: EveryPlan, instead: EveryPlan) -> float:
    """Return by how much the first stage is worse in which the best plans differ."""
    assert base.stages is not None
    assert instead.stages is not None
    for one, other in zip(base.stages, instead.stages, strict=True):
        if abs(one - other) > 2e-6 * max(1.0, abs(one)):
            return other - one
    return 0.0


def answer_as_every_plan_says(seed: int) -> int:
    """Compare every counterfactual of an org; return how many there were."""
    org, policy = tiny(seed)
    plan = solve(org, policy)
    if plan.status != "optimal":
        return 0
    pins = stays_of(org, policy, plan)
    if not pins:
        return 0
    judged = judged_plans(org, policy)
    best = best_of(policy, judged)
    with Questions(org, policy, plan) as questions:
        for pin in (*pins, *leaving(plan, pins)):
            where = f"tiny({seed}): {pin}"
            told, true = questions.ask([pin]), best_of(policy, honouring(judged, pin))
            if true.stages is None:
                assert told.state == "impossible", where
                continue
            assert told.evidence == "proven", where
            assert told.cost == pytest.approx(cost_of(best, true), rel=1e-5, abs=1e-5), where
            keeps_the_pin(told, pin, where)
            assert questions.estimate([pin]) < np.inf, where
            assert len(told.others.customer) <= fewest(questions, true, pin), where
    return len(pins)


def fewest(questions: Questions, true: EveryPlan, pin: Pin) -> int:
    """Return in how many owners the nearest of the best plans differs, the pinned unit left out."""
    plan = questions.plan.assignment
    assert plan is not None
    unit_of = questions.formulation.units.unit_of
    mine = np.zeros(unit_of.shape, dtype=bool)
    mine[pin.role] = unit_of[pin.role] == unit_of[pin.role, pin.customer]
    return min(int(((one.owners != plan.owners) & ~mine).sum()) for one in true.best)


def keeps_the_pin(told: Answer, pin: Pin, where: str) -> None:
    assert told.plan is not None, where
    assert told.plan.judgement is not None, where
    assert told.plan.judgement.feasible, where
    assert told.plan.assignment is not None, where
    assert (told.plan.assignment.owners[pin.role, pin.customer] == pin.rep) == pin.kept, where


def open_books_only(seed: int) -> None:
    """Compare the answers that open a few books: never below what is true, and bounded rightly."""
    org, policy = tiny(seed)
    plan = solve(org, policy)
    if plan.status != "optimal" or len(policy.stages) > 1:
        return
    judged = judged_plans(org, policy)
    best = best_of(policy, judged)
    with Questions(org, policy, plan, most_as_a_whole=0) as questions:
        for pin in stays_of(org, policy, plan):
            where = f"tiny({seed}): {pin}"
            told, true = questions.ask([pin]), best_of(policy, honouring(judged, pin))
            if true.stages is None:
                assert told.state != "found", where
                continue
            cost = cost_of(best, true)
            assert told.low <= cost + 1e-5 * max(1.0, abs(cost)), where
            if told.state == "found":
                keeps_the_pin(told, pin, where)
                assert told.cost is not None, where
                assert told.cost >= cost - 1e-5 * max(1.0, abs(cost)), where
                assert told.high >= cost - 1e-5 * max(1.0, abs(cost)), where


@settings(some, max_examples=10)
@given(SEEDS)
def test_keeping_a_customer_costs_what_trying_every_plan_says(seed: int) -> None:
    answer_as_every_plan_says(seed)


@pytest.mark.long
@settings(some, max_examples=800)
@given(SEEDS)
def test_keeping_a_customer_costs_what_trying_every_plan_says_on_hundreds_of_orgs(seed: int) -> None:
    answer_as_every_plan_says(seed)


@settings(some, max_examples=10)
@given(SEEDS)
def test_opening_a_few_books_never_promises_too_much(seed: int) -> None:
    open_books_only(seed)


@pytest.mark.long
@settings(some, max_examples=500)
@given(SEEDS)
def test_opening_a_few_books_never_promises_too_much_on_hundreds_of_orgs(seed: int) -> None:
    open_books_only(seed)
