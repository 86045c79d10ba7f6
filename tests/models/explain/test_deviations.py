"""What other owners than a plan's cost, each by itself and all together, on the worked case."""

import numpy as np
import pytest

from models.explain.deviations import book_changes, broken_by, goal_changes, price_deviations
from models.outcome import Outcome
from models.plan import Assignment
from tests.plans import plan_of
from tests.worked import OPTIMUM, OVERLOADED, SECOND, worked_org, worked_plan, worked_policy

NINTH = 1 / 9


@pytest.fixture(scope="module")
def optimum():
    org, policy = worked_org(), worked_policy()
    with Outcome(org, policy, plan_of(org, policy, worked_plan(org, policy, OPTIMUM))) as outcome:
        yield outcome


def instead(outcome, reps):
    return worked_plan(outcome.org, outcome.policy, reps)


def test_each_deviation_is_priced_as_if_it_were_the_only_one(optimum):
    found = price_deviations(optimum, instead(optimum, SECOND))
    assert [one.customer for one in found] == [0, 2, 3]
    assert [one.points for one in found] == pytest.approx([750 * NINTH + 13, 500 * NINTH - 3, 375 * NINTH + 1])
    assert found[0].goals == pytest.approx({"disruption": 3, "misfit": 10, "balance": 750 * NINTH})
    assert [[broken.line for broken in one.broken] for one in found] == [["capacity[workload]"], [], []]


def test_together_they_are_what_the_checker_says(optimum):
    judgement = optimum.judge.of(instead(optimum, SECOND))
    changes = {one.goal: one for one in goal_changes(optimum.judgement, judgement)}
    assert sum(one.points for one in changes.values()) == pytest.approx(29 * NINTH)
    assert (changes["balance"].before, changes["balance"].after) == pytest.approx((80 * NINTH, 10 * NINTH))
    assert broken_by(optimum.judgement, judgement) == ()
    assert broken_by(optimum.judgement, optimum.judge.of(instead(optimum, OVERLOADED)))


def test_books_are_shown_where_a_limit_or_a_band_looks_at_them(optimum):
    changes = book_changes(optimum, instead(optimum, SECOND))
    assert [(one.rep, one.measure, one.before, one.after) for one in changes] == [
        (0, "workload", 70, 80),
        (0, "revenue", 160, 130),
        (1, "workload", 80, 70),
        (1, "revenue", 120, 150),
    ]
    assert (changes[0].maximum, changes[0].band, changes[0].low) == (120, None, None)
    assert (changes[1].low, changes[1].high) == pytest.approx((129.6, 158.4))


def test_the_plan_itself_deviates_in_nothing(optimum):
    same = instead(optimum, OPTIMUM)
    assert price_deviations(optimum, same) == ()
    assert book_changes(optimum, same) == ()


def test_beyond_what_is_judged_prices_are_still_exact(optimum):
    all_of_them = price_deviations(optimum, instead(optimum, SECOND))
    few = price_deviations(optimum, instead(optimum, SECOND), most_judged=6)
    assert [one.points for one in few] == [one.points for one in all_of_them]
    assert [one.broken is None for one in few] == [False, True, True]


def test_with_priorities_each_stage_has_points_of_its_own():
    goals = [
        {"goal": "balance", "priority": 1},
        {"goal": "disruption", "priority": 2},
        {"goal": "misfit", "priority": 2},
    ]
    org, policy = worked_org(), worked_policy(goals=goals)
    with Outcome(org, policy, plan_of(org, policy, worked_plan(org, policy, OPTIMUM))) as outcome:
        owners = outcome.plan.assignment.owners.copy()
        owners[0, 2] = 0
        (one,) = price_deviations(outcome, Assignment(outcome.plan.assignment.roles, np.array(owners)))
    assert one.stages == pytest.approx((500 * NINTH, -3))
    assert one.points == pytest.approx(-3)
