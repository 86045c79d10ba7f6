"""Solve: org and policy in, a checked plan with its certificate out, whatever engine is asked."""

import dataclasses
import threading
from typing import Any

import numpy as np
import pytest

from models.check import judge
from models.formulation.build import formulate
from models.org import Org
from models.plan import POOLED, UNNEEDED, Plan
from models.policy import Policy
from models.solve import ENGINES, CheckFailed, Progress, _agree, solve
from models.stop import Stop
from tests.middling import middling_org, middling_policy
from tests.tables import org_of
from tests.worked import OPTIMUM, SECOND, THIRD, worked_org, worked_plan, worked_policy

LITTLE = 0.001  # of the work that is done by default
MIXED = [
    {"priority": 1, "goal": "balance"},
    {"priority": 2, "goal": "disruption"},
    {"priority": 2, "goal": "misfit"},
]


def who(org: Org, plan: Plan) -> str:
    assert plan.assignment is not None
    return " ".join(str(org.rep_ids[rep]) for rep in plan.assignment.owners[0])


def moves(most: int) -> dict[str, Any]:
    return {
        "disruption": {"budgets": [{"of": "customers", "max": most}]},
        "eligibility": {"region": "same", "skills": "required"},
        "goals": [{"goal": "balance"}],
    }


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(
    ("changes", "values", "plan"),
    [
        ({}, [107 / 9], OPTIMUM),
        (moves(0), [63 + 1 / 18], "ana ana ana bob bob eve"),
        (moves(1), [80 / 9], OPTIMUM),
        (moves(2), [10 / 9], SECOND),
        ({"goals": [{**MIXED[0], "slack": 0}, *MIXED[1:]]}, [10 / 9, 14], SECOND),
        ({"goals": [{**MIXED[0], "slack": 10}, *MIXED[1:]]}, [10 / 9, 3], OPTIMUM),
        ({"goals": [{**MIXED[0], "slack": "900%"}, *MIXED[1:]]}, [10 / 9, 3], OPTIMUM),
        ({"disruption": {}, "goals": [{"goal": "balance"}, {"goal": "misfit"}]}, [80 / 9], OPTIMUM),
    ],
)
def test_the_worked_case_comes_out_exactly(engine, changes, values, plan):
    org = worked_org()
    found = solve(org, worked_policy(**changes), engine=engine)
    assert found.status == "optimal"
    assert found.stopped_by == "proof"
    assert [stage.value for stage in found.stages] == pytest.approx(values, abs=1e-6)
    assert who(org, found) == plan
    assert found.gap == pytest.approx(0, abs=1e-6)
    assert found.engine == engine


def test_limits_that_cannot_hold_everybody_are_reckoned_up_first():
    found = solve(worked_org(), worked_policy(capacity=[{"measure": "customers", "max": 1}], eligibility={}))
    assert found.status == "infeasible"
    assert found.explanation[0] == (
        "capacity[customers].max: 3 reps × 1 = 3, but 6 customers need an owner: raise the maximum to at least 2"
    )


@pytest.mark.parametrize("engine", ENGINES)
def test_two_customers_each_and_eves_hours_leave_no_plan(engine):
    capacity = [{"measure": "workload", "max": "rep.capacity_workload_hours"}, {"measure": "customers", "min": 2}]
    found = solve(worked_org(), worked_policy(capacity=capacity), engine=engine)
    assert found.status == "infeasible"
    assert found.stopped_by == "proof"
    # the least violated plan is the evidence: one customer short of two is less than thirty hours over fifty
    assert found.explanation == ("eve carries 1 customer, at least 2 customers",)
    assert found.judgement is not None
    assert not found.judgement.feasible


def test_fewest_moves_first_leaves_everybody_in_place():
    goals = [{"priority": 1, "goal": "moves"}, *({**one, "priority": 2} for one in MIXED)]
    found = solve(worked_org(), worked_policy(goals=goals))
    assert [stage.value for stage in found.stages] == pytest.approx([0, 63 + 1 / 18])
    assert [stage.cap for stage in found.stages] == [0, None]


def test_the_status_quo_is_measured_and_not_enforced():
    org = worked_org()
    policy = worked_policy(capacity=[{"measure": "workload", "max": 60}])
    found = solve(org, policy, evaluate_only=True)
    assert found.status == "evaluated"
    assert who(org, found) in ("ana ana ana bob bob eve", "ana ana ana bob eve bob")
    assert found.judgement is not None
    assert "ana carries 100 h, at most 60 h" in [one.message for one in found.judgement.violations]
    assert not found.judgement.moved.any()


def test_the_status_quo_without_anybody_to_own_a_customer_is_no_plan():
    found = solve(org_of([{"customer_id": "C1"}], []), Policy(), evaluate_only=True)
    assert found.status == "infeasible"


def test_a_plan_that_the_checker_values_otherwise_is_never_handed_out():
    org, policy = worked_org(), worked_policy()
    formulation = formulate(org, policy)
    plan = solve(org, policy)
    assert plan.judgement is not None
    choice = formulation.problem.start[:-1]
    with pytest.raises(CheckFailed, match="goal balance: the engine counts"):
        _agree(formulation.problem, choice, plan.judgement)
    overloaded = judge(org, policy, worked_plan(org, policy, "ana ana ana bob eve eve"))
    with pytest.raises(CheckFailed, match="eve carries 80 h"):
        _agree(formulation.problem, choice, overloaded)


def test_progress_tells_the_stage_and_what_is_being_done():
    told: list[Progress] = []
    solve(worked_org(), worked_policy(goals=MIXED), progress=told.append)
    assert {(one.stage, one.stages) for one in told} == {(1, 2), (2, 2)}
    assert told[0].doing == "pricing"
    assert told[0].objective is None
    assert "proving with HiGHS" in [one.doing for one in told]
    assert told[-1].objective is not None


def test_ctrl_c_returns_the_best_plan_so_far():
    stop = Stop(effort=LITTLE)

    def press(told: Progress) -> None:
        if told.doing.startswith("proving"):
            thread = threading.Thread(target=stop.interrupt)
            thread.start()
            thread.join()

    found = solve(middling_org(150, 8), middling_policy(), stop=stop, progress=press)
    assert found.status == "feasible"
    assert found.stopped_by == "interrupted"
    assert found.judgement is not None
    assert found.judgement.feasible
    assert found.gap is not None


def test_ctrl_c_before_any_plan_leaves_none():
    stop = Stop()
    stop.interrupt()
    found = solve(middling_org(), middling_policy(), stop=stop)
    assert found.status == "no_plan"
    assert found.stopped_by == "interrupted"


def test_a_time_limit_that_fires_is_named():
    found = solve(middling_org(), middling_policy(), stop=Stop(time_limit=1e-6))
    assert found.status == "no_plan"
    assert found.stopped_by == "time limit"
    # what the engines had at hand stays as evidence
    assert found.assignment is not None


def test_a_gap_that_is_wide_enough_ends_the_proof_early():
    found = solve(middling_org(), middling_policy(), stop=Stop(gap=0.6))
    assert found.status == "feasible"
    assert found.stopped_by == "gap"
    assert found.gap is not None
    assert 0 < found.gap <= 0.6


@pytest.mark.long
def test_the_same_seed_gives_the_same_plan_with_search_and_all():
    org, policy = middling_org(150, 8), middling_policy()
    one, same = (solve(org, policy, seed=5, stop=Stop(effort=LITTLE)) for _ in range(2))
    assert one.assignment is not None
    assert same.assignment is not None
    assert one.assignment.owners.tolist() == same.assignment.owners.tolist()
    assert (one.bound, one.objective) == (same.bound, same.objective)


POLICY = {
    "measures": {"revenue": "customer.revenue"},
    "capacity": [{"measure": "revenue", "max": "100%"}, {"measure": "customers", "per": "team", "max": 9}],
    "balance": [{"measure": "revenue"}],
    "keep": {"families": "together", "groups": [{"name": "all", "when": "TRUE", "max": 9}]},
    "disruption": {
        "budgets": [{"of": "customers", "max": "50%"}, {"of": "revenue", "per": "rep", "side": "lost", "max": "9%"}]
    },
    "goals": [{"goal": "balance"}, {"goal": "disruption"}],
}


@pytest.mark.parametrize("engine", ENGINES)
def test_an_org_without_customers_has_an_empty_plan(engine):
    org = org_of([], [{"rep_id": "ana"}, {"rep_id": "bob"}])
    empty = dataclasses.replace(org, given={**org.given, "customers": frozenset({"customer_id", "revenue"})})
    found = solve(empty, Policy.model_validate(POLICY), engine=engine)
    assert found.status == "optimal"
    assert found.objective == 0
    assert found.assignment is not None
    assert found.assignment.owners.shape == (1, 0)


@pytest.mark.parametrize("reps", [[], [{"rep_id": "lea", "status": "left"}]])
def test_customers_without_anybody_to_own_them_leave_no_plan(reps):
    found = solve(org_of([{"customer_id": "C1", "revenue": 5.0}], reps), Policy.model_validate(POLICY))
    assert found.status == "infeasible"
    assert found.explanation == ("C1: no rep may own it (no rep on the roster)",)


def test_without_reps_everybody_may_still_be_pooled():
    policy = Policy.model_validate({"pool": {"when": "TRUE", "penalty": 2}})
    found = solve(org_of([{"customer_id": "C1"}, {"customer_id": "C2"}], []), policy)
    assert found.status == "optimal"
    assert found.objective == 4
    assert found.assignment is not None
    assert (found.assignment.owners == POOLED).all()


def test_a_single_customer_goes_to_the_only_rep():
    found = solve(org_of([{"customer_id": "C1", "revenue": 5.0}], [{"rep_id": "ana"}]), Policy.model_validate(POLICY))
    assert found.status == "optimal"
    assert found.assignment is not None
    assert found.assignment.owners.tolist() == [[0]]


def test_a_role_that_nobody_needs_assigns_nobody():
    policy = Policy.model_validate({"roles": {"sales": {"when": "FALSE"}}})
    found = solve(org_of([{"customer_id": "C1"}], [{"rep_id": "ana"}]), policy)
    assert found.status == "optimal"
    assert found.assignment is not None
    assert found.assignment.owners.tolist() == [[UNNEEDED]]


def test_a_family_that_cannot_stay_together_is_named():
    customers = [
        {"customer_id": "C1", "family_id": "F", "region": "west"},
        {"customer_id": "C2", "family_id": "F", "region": "east"},
    ]
    reps = [{"rep_id": "ana", "regions": "west"}, {"rep_id": "bob", "regions": "east"}]
    policy = Policy.model_validate({"keep": {"families": "together"}, "eligibility": {"region": "same"}})
    found = solve(org_of(customers, reps), policy)
    assert found.status == "infeasible"
    assert found.explanation == ("C1, C2: no rep may own them together (keep.families)",)


def test_a_plan_without_goals_is_any_plan_that_keeps_the_rules():
    found = solve(worked_org(), worked_policy(goals=[], balance=[], disruption={}, eligibility={"region": "same"}))
    assert found.status == "optimal"
    assert found.objective == 0


def test_the_third_plan_is_the_best_when_eve_may_not_have_delta():
    org = worked_org()
    rules = [
        {"name": "key customers", "when": "customer.tier = 'A'", "prefer": "rep.seniority >= 3", "penalty": 10},
        {"name": "not eve", "when": "customer.customer_id = 'C5'", "require": "rep.rep_id <> 'eve'"},
    ]
    policy = worked_policy(eligibility={"region": "same", "skills": "required", "rules": rules})
    found = solve(org, policy)
    assert who(org, found) == THIRD
    assert found.objective == pytest.approx(24 + 2 / 3)
    assert np.count_nonzero(found.judgement.moved) == 1
