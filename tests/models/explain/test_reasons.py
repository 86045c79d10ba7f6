"""Every row of a plan has a reason in the words of policy and tables."""

import numpy as np
import pytest

from models.account import account_for
from models.explain.exchange import value_moves
from models.outcome import Outcome
from tests.plans import plan_of, worked_account
from tests.tables import assignment_of, org_of
from tests.worked import SECOND, worked_org, worked_plan, worked_policy

NOTHING = {"measures": {}, "eligibility": {}, "capacity": [], "balance": [], "disruption": {}, "goals": []}


def reasons(customers, reps, owners, **policy_changes):
    org, policy = org_of(customers, reps), worked_policy(**{**NOTHING, **policy_changes})
    plan = plan_of(org, policy, assignment_of(org, policy, owner=owners))
    return account_for(org, policy, plan).reasons.tolist()


def test_reasons_of_the_worked_case():
    assert worked_account().reasons.tolist() == [
        "stays with Ana",
        "stays with Ana",
        "relieves Ana (today 138.9% of target, revenue band up to 110%), "
        "fills up Bob (today 20.8% of target, revenue band from 90%)",
        "stays with Bob",
        "owner dan has left",
        "had no owner: newly assigned to Bob",
    ]


def test_what_a_move_gains_is_the_exact_difference_to_its_way_back():
    org, policy = worked_org(), worked_policy()
    planned = worked_plan(org, policy, SECOND)
    plan = plan_of(org, policy, planned)
    with Outcome(org, policy, plan) as outcome:
        exchange = value_moves(outcome)
        owners = outcome.ownership.before[exchange.member]
    for i, member in enumerate(exchange.member):
        back = planned.owners.copy()
        back[0, member] = owners[i]
        other = plan_of(org, policy, type(planned)(planned.roles, back)).judgement.goals
        gained = {goal: value[i] for goal, value in exchange.goals.items()}
        gained["balance"] = sum(band.relief[i] + band.filling[i] for band in exchange.bands)
        for goal, value in gained.items():
            assert value == pytest.approx(other[goal].value - plan.judgement.goals[goal].value)


def test_a_lock_is_named_with_its_reason():
    said = reasons(
        [{"customer_id": "C1", "owner_id": "ana", "locked": True, "lock_reason": "board"}],
        [{"rep_id": "ana", "name": "Ana"}],
        {"C1": "ana"},
        keep={"locks": [{"name": "locked in the CRM", "when": "customer.locked"}]},
    )
    assert said == ["stays with Ana: locked in the CRM (board)"]


def test_a_lapsed_lock_is_told():
    said = reasons(
        [{"customer_id": "C1", "owner_id": "ana", "locked": True}],
        [{"rep_id": "ana", "status": "left"}, {"rep_id": "bob"}],
        {"C1": "bob"},
        keep={"locks": [{"name": "locked in the CRM", "when": "customer.locked"}]},
    )
    assert said == ["lock lapsed: owner ana has left"]


@pytest.mark.parametrize(
    ("customer", "eligibility", "reason"),
    [
        ({"required_skills": "cloud:3"}, {"skills": "required"}, "ana may not keep it: no cloud:3"),
        ({"region": "east"}, {"region": "same"}, "ana may not keep it: does not cover east"),
        (
            {"tier": "A"},
            {"rules": [{"name": "seniors only", "when": "customer.tier = 'A'", "require": "rep.seniority >= 3"}]},
            "ana may not keep it: seniors only",
        ),
    ],
)
def test_a_forced_move_names_the_rule_that_forces_it(customer, eligibility, reason):
    reps = [
        {"rep_id": "ana", "regions": "west", "seniority": 1.0},
        {"rep_id": "bob", "regions": "east", "skills": "cloud:3", "seniority": 5.0},
    ]
    customers = [{"customer_id": "C1", "owner_id": "ana", **customer}]
    assert reasons(customers, reps, {"C1": "bob"}, eligibility=eligibility) == [reason]


def test_a_chosen_move_for_want_of_room_names_the_capacity():
    said = reasons(
        [
            {"customer_id": "C1", "owner_id": "ana", "workload_hours": 30.0},
            {"customer_id": "C2", "owner_id": "ana", "workload_hours": 40.0},
        ],
        [{"rep_id": "ana", "name": "Ana"}, {"rep_id": "bob"}],
        {"C1": "bob", "C2": "ana"},
        measures={"workload": {"value": "customer.workload_hours", "unit": "h"}},
        capacity=[{"measure": "workload", "max": 50}],
        goals=[{"goal": "disruption"}],
    )
    assert said[0] == "Ana has no room for it (workload 70 of 50 h)"


def test_a_better_fit_names_the_preference_and_travel_is_told_in_hours():
    said = reasons(
        [{"customer_id": "C1", "owner_id": "ana", "industry": "health", "lat": 0.0, "lon": 0.0}],
        [
            {"rep_id": "ana", "lat": 0.0, "lon": 1.0},
            {"rep_id": "bob", "name": "Bob", "skills": "health:2", "lat": 0.0, "lon": 0.0},
        ],
        {"C1": "bob"},
        eligibility={"rules": [{"name": "knows health", "prefer": "skill(rep, 'health') >= 2", "penalty": 50}]},
        goals=[{"goal": "misfit"}, {"goal": "travel"}],
    )
    assert said == ["fits Bob (knows health), saves 3.7 h of travel"]


def test_every_row_has_a_reason_whatever_the_plan():
    assert all(isinstance(reason, str) and reason for reason in worked_account(SECOND).reasons)
    assert np.all(worked_account(SECOND).changes.chosen[[0, 3]])
