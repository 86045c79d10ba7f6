"""The worked case, judged plan by plan and tried in full: every number is known by hand."""

import itertools
from typing import Any

import numpy as np
import pytest

from models.check import Judge, judge
from models.policy import Policy
from tests.oracle import every_plan
from tests.tables import complaints
from tests.worked import ALL_STAY, OPTIMUM, OVERLOADED, SECOND, THIRD, worked_org, worked_plan, worked_policy

CANDIDATES = ("ana bob", "ana", "ana bob", "ana bob", "bob eve", "bob eve")
TWO_CUSTOMERS_EACH = [
    {"measure": "workload", "max": "rep.capacity_workload_hours"},
    {"measure": "customers", "min": 2},
]


def best_of(policy: Policy) -> tuple[float | None, list[str]]:
    org = worked_org()
    found = every_plan(org, policy)
    names = [" ".join(str(org.rep_ids[rep]) for rep in plan.owners[0]) for plan in found.best]
    return found.objective, names


def budget(percent: str) -> dict[str, Any]:
    return {
        "budgets": [{"name": "moved customers", "of": "customers", "max": percent}],
        "move_cost": "1 + 0.5 * least(customer.tenure_years, 4)",
    }


def test_fifteen_of_the_thirty_two_plans_between_candidates_are_feasible():
    org, policy = worked_org(), worked_policy()
    with Judge(org, policy) as one:
        plans = itertools.product(*(reps.split() for reps in CANDIDATES))
        judgements = [one.of(worked_plan(org, policy, " ".join(plan))) for plan in plans]
    assert len(judgements) == 32
    assert sum(judgement.feasible for judgement in judgements) == 15


def test_outside_the_candidates_no_plan_is_eligible():
    org, policy = worked_org(), worked_policy()
    candidates = {tuple(plan) for plan in itertools.product(*(reps.split() for reps in CANDIDATES))}
    with Judge(org, policy) as one:
        for plan in itertools.product(org.rep_ids, repeat=6):
            lines = {broken.line for broken in one.of(worked_plan(org, policy, " ".join(plan))).violations}
            assert any(line.startswith("eligibility.") for line in lines) == (plan not in candidates)


@pytest.mark.parametrize(
    ("plan", "objective", "balance", "disruption", "misfit", "chosen"),
    [
        (OPTIMUM, 107 / 9, 80 / 9, 3, 0, ["C3"]),
        (SECOND, 136 / 9, 10 / 9, 4, 10, ["C1", "C4"]),
        (THIRD, 24 + 2 / 3, 21 + 2 / 3, 3, 0, ["C3"]),
        (ALL_STAY, 63 + 1 / 18, 63 + 1 / 18, 0, 0, []),
    ],
)
def test_each_plan_of_the_table_has_its_values(plan, objective, balance, disruption, misfit, chosen):
    org, policy = worked_org(), worked_policy()
    judgement = judge(org, policy, worked_plan(org, policy, plan))
    assert judgement.feasible
    assert judgement.objective == pytest.approx(objective, abs=1e-9)
    values = [judgement.goals[goal].value for goal in ("balance", "disruption", "misfit")]
    assert values == pytest.approx([balance, disruption, misfit], abs=1e-9)
    assert org.customer_ids[judgement.moved[0]].tolist() == chosen


def test_dans_customer_is_forced_to_move_and_the_new_one_is_newly_assigned():
    org, policy = worked_org(), worked_policy()
    judgement = judge(org, policy, worked_plan(org, policy, OPTIMUM))
    assert org.customer_ids[judgement.forced[0]].tolist() == ["C5"]
    assert org.customer_ids[judgement.newly[0]].tolist() == ["C6"]


def test_eve_has_only_half_her_hours():
    org, policy = worked_org(), worked_policy()
    judgement = judge(org, policy, worked_plan(org, policy, OVERLOADED))
    assert complaints(judgement) == ["capacity[workload]: eve carries 80 h, at most 50 h"]
    (overload,) = judgement.violations
    assert (overload.rep, overload.found, overload.limit, overload.unit) == ("eve", 80.0, 50.0, "h")
    assert overload.excess == 30.0


def test_a_customer_edited_to_a_rep_without_the_skill_is_caught():
    org, policy = worked_org(), worked_policy()
    judgement = judge(org, policy, worked_plan(org, policy, "ana bob bob bob eve bob"))
    assert "eligibility.skills: C2 needs cloud:2, bob has cloud:1" in complaints(judgement)
    caught = next(one for one in judgement.violations if one.line == "eligibility.skills")
    assert (caught.customer, caught.rep) == ("C2", "bob")


def test_the_optimum_is_the_best_of_all_plans():
    objective, plans = best_of(worked_policy())
    assert objective == pytest.approx(107 / 9, abs=1e-9)
    assert plans == [OPTIMUM]


def test_if_c3_stays_the_second_plan_is_the_best():
    stays = {"families": "as_today", "locks": [{"name": "C3 stays", "when": "customer.customer_id = 'C3'"}]}
    objective, plans = best_of(worked_policy(keep=stays))
    assert objective == pytest.approx(107 / 9 + 29 / 9, abs=1e-9)
    assert plans == [SECOND]


@pytest.mark.parametrize(("percent", "balance"), [("0%", 63 + 1 / 18), ("25%", 80 / 9), ("50%", 10 / 9)])
def test_the_frontier_of_balance_against_moves(percent, balance):
    policy = worked_policy(
        disruption={"budgets": budget(percent)["budgets"]},
        goals=[{"goal": "balance", "weight": 1}],
        eligibility={"region": "same", "skills": "required"},
    )
    assert best_of(policy)[0] == pytest.approx(balance, abs=1e-9)


@pytest.mark.parametrize(("slack", "stages", "plan"), [(0, (10 / 9, 14), SECOND), (10, (10 / 9, 3), OPTIMUM)])
def test_balance_first_then_disruption_and_misfit(slack, stages, plan):
    goals = [
        {"priority": 1, "goal": "balance", "slack": slack},
        {"priority": 2, "goal": "disruption"},
        {"priority": 2, "goal": "misfit"},
    ]
    org, policy = worked_org(), worked_policy(goals=goals)
    found = every_plan(org, policy)
    assert found.stages == pytest.approx(stages, abs=1e-9)
    assert found.caps[0] == pytest.approx(10 / 9 + slack, abs=1e-9)
    assert [plan.owners.tolist() for plan in found.best] == [worked_plan(org, policy, plan).owners.tolist()]


def test_minimal_moves_leaves_everybody_in_place():
    goals = [
        {"priority": 1, "goal": "moves"},
        *({"priority": 2, "goal": goal} for goal in ("balance", "disruption", "misfit")),
    ]
    found = every_plan(worked_org(), worked_policy(goals=goals))
    assert found.stages == pytest.approx((0, 63 + 1 / 18), abs=1e-9)


def test_greenfield_finds_the_plan_of_the_optimum():
    policy = worked_policy(disruption={}, goals=[{"goal": "balance", "weight": 1}, {"goal": "misfit", "weight": 1}])
    objective, plans = best_of(policy)
    assert objective == pytest.approx(80 / 9, abs=1e-9)
    assert plans == [OPTIMUM]


def test_two_customers_each_and_half_of_eves_hours_contradict_each_other():
    assert best_of(worked_policy(capacity=TWO_CUSTOMERS_EACH)) == (None, [])
    for line in TWO_CUSTOMERS_EACH:
        assert best_of(worked_policy(capacity=[line]))[0] is not None


def test_thirty_hours_more_for_eve_or_one_customer_less_would_do():
    hours = {"measure": "workload", "max": {"ana": 120, "bob": 110, "eve": 160}}
    fewer = {"measure": "customers", "min": {"ana": 2, "bob": 2, "eve": 1}}
    assert best_of(worked_policy(capacity=[hours, TWO_CUSTOMERS_EACH[1]]))[0] is not None
    assert best_of(worked_policy(capacity=[TWO_CUSTOMERS_EACH[0], fewer]))[0] is not None


def test_the_limit_of_a_departed_owners_customer_counts_nowhere_among_the_moves():
    org, policy = worked_org(), worked_policy(disruption=budget("0%"))
    judgement = judge(org, policy, worked_plan(org, policy, ALL_STAY))
    assert judgement.feasible
    assert np.count_nonzero(judgement.moved) == 0
    assert np.count_nonzero(judgement.forced) == 1
