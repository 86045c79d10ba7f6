"""The survey: what each line of a policy touches and removes, who nobody may own, and what is frozen."""

from typing import Any

import pytest

from models.policy import Policy
from models.survey import FrozenBy, LineEffect, Survey, Unplaceable, survey
from tests.tables import Rows, org_of
from tests.tiny import tiny
from tests.worked import worked_org, worked_policy

CUSTOMERS = [
    {"customer_id": "C1", "owner_id": "ana", "region": "west", "tier": "A", "revenue": 50, "locked": True},
    {"customer_id": "C2", "owner_id": "bob", "region": "east", "tier": "B", "revenue": 30},
    {"customer_id": "C3", "owner_id": "lea", "region": "east", "tier": "B", "revenue": 20, "locked": True},
    {"customer_id": "C4", "owner_id": None, "region": "north", "tier": "C", "revenue": 0},
]
REPS = [
    {"rep_id": "ana", "regions": "west;east", "seniority": 3},
    {"rep_id": "bob", "regions": "east", "seniority": 1},
    {"rep_id": "lea", "status": "left"},
]


def survey_of(policy: dict[str, Any], customers: Rows = CUSTOMERS, reps: Rows = REPS) -> Survey:
    return survey(org_of(customers, reps), Policy.model_validate(policy))


def effect(found: Survey, path: str) -> LineEffect:
    return next(one for one in found.effects if one.path == path)


def titles(found: Survey) -> list[str]:
    return [f"{finding.place.path}: {finding.title}" for finding in found.findings]


def test_each_eligibility_line_counts_whom_it_touches_and_what_it_removes():
    rules = [
        {"name": "seniors", "when": "customer.tier in ('A', 'B')", "require": "rep.seniority >= 2"},
        {"name": "nobody has it", "when": "customer.tier = 'Z'", "require": "rep.seniority >= 2"},
        {"name": "like ana", "when": "customer.tier = 'A'", "prefer": "rep.rep_id = 'ana'"},
    ]
    found = survey_of({"eligibility": {"region": "same", "rules": rules}, "goals": [{"goal": "misfit"}]})
    assert effect(found, "eligibility.region") == LineEffect("eligibility.region", 4, 3)
    # bob leaves C2 and C3; the region has already kept him from the others
    assert effect(found, "eligibility.rules[seniors]") == LineEffect("eligibility.rules[seniors]", 3, 2)
    assert effect(found, "eligibility.rules[like ana]").customers == 1
    assert titles(found) == ["policy.eligibility.rules[nobody has it]: A policy line touches no customer"]


def test_a_line_that_removes_nobody_is_a_warning():
    rules = [{"name": "any", "when": "customer.tier = 'A'", "require": "rep.seniority >= 0"}]
    assert titles(survey_of({"eligibility": {"rules": rules}})) == [
        "policy.eligibility.rules[any]: An eligibility line removes no candidate"
    ]


def test_whoever_nobody_may_own_is_named_with_the_last_line():
    found = survey_of({"eligibility": {"region": "same"}})
    assert found.without_candidate == (Unplaceable("C4", "owner", "eligibility.region"),)
    assert found.candidates_per_unit.tolist() == [1, 2, 2, 0]
    assert (found.units, found.candidates, found.poolable) == (4, 5, 0)


def test_whoever_may_be_pooled_is_not_without_a_place():
    found = survey_of({"eligibility": {"region": "same"}, "pool": {"when": "customer.tier = 'C'", "penalty": 1}})
    assert found.without_candidate == ()
    assert found.poolable == 1
    assert effect(found, "pool").customers == 1


def test_locks_freeze_what_their_present_owners_have():
    policy = {
        "keep": {
            "locks": [{"name": "crm", "when": "customer.locked"}],
            "holdouts": [{"name": "deal", "when": "customer.tier = 'B'"}],
        }
    }
    found = survey_of(policy)
    assert found.frozen == (FrozenBy("keep.locks[crm]", 1, 50.0), FrozenBy("keep.holdouts[deal]", 1, 30.0))
    assert (found.frozen_revenue, found.total_revenue) == (80.0, 100.0)
    assert [(finding.code, finding.found) for finding in found.findings] == [
        ("TP322", "1 customers, such as C3"),
        ("TP321", "80% of the revenue"),
    ]


@pytest.mark.parametrize(
    ("customer", "title"),
    [
        ({"owner_id": "ana", "lock_until": "2026-12-31"}, "Locks that have expired are ignored"),
        ({"owner_id": None}, "Locked customers have no owner"),
        ({"owner_id": "dan"}, "Locks or holdouts lapse because the owner has departed"),
    ],
)
def test_a_lock_without_effect_is_said(customer, title):
    customers = [{"customer_id": "C1", "locked": True, **customer}, {"customer_id": "C2", "revenue": 1}]
    found = survey_of({"keep": {"locks": [{"name": "crm", "when": "customer.locked"}]}}, customers)
    assert title in [finding.title for finding in found.findings]


def test_limits_are_counted_over_all_roles_of_a_line():
    customers = [{"customer_id": "C1"}, {"customer_id": "C2"}]
    reps = [{"rep_id": "ana", "role": "sales", "team": "red"}, {"rep_id": "eve", "role": "service", "team": "red"}]
    capacity = [
        {"name": "each", "measure": "customers", "max": 5},
        {"name": "teams", "measure": "customers", "per": "team", "max": 5},
    ]
    policy = {
        "roles": {"sales": {}, "service": {}},
        "capacity": capacity,
        "balance": [{"measure": "customers"}],
        "goals": [{"goal": "balance"}],
    }
    found = survey_of(policy, customers, reps)
    assert effect(found, "capacity[each]") == LineEffect("capacity[each]", 2, 0, "2 limits")
    assert effect(found, "capacity[teams]") == LineEffect("capacity[teams]", 2, 0, "2 limits")
    assert effect(found, "balance[customers]") == LineEffect("balance[customers]", 2, 0, "2 bands")


def six(**columns: Any) -> Rows:
    return [{"customer_id": f"C{i}", "owner_id": "ana", **columns} for i in range(6)]


TWO = [{"rep_id": "ana"}, {"rep_id": "bob"}]


def test_a_budget_into_which_no_move_fits_says_how_much_would():
    budgets = [{"name": "few", "of": "customers", "max": "10%"}, {"name": "none", "of": "customers", "max": 0}]
    found = survey_of({"disruption": {"budgets": budgets}}, six(), TWO)
    assert [(one.place.path, one.found, one.hint) for one in found.findings] == [
        ("policy.disruption.budgets[few].max", "at most 0.6 customers", "Try at least 17%")
    ]
    assert effect(found, "disruption.budgets[few]").note == "at most 0.6 customers"
    enough = {"disruption": {"budgets": [{"of": "customers", "max": "17%"}]}}
    assert survey_of(enough, six(), TWO).findings == ()


def test_a_budget_per_rep_names_those_who_may_lose_nobody():
    budgets = [{"of": "customers", "per": "rep", "side": "lost", "max": "10%"}]
    found = survey_of({"disruption": {"budgets": budgets}}, six(), TWO)
    assert [(one.title, one.examples) for one in found.findings] == [
        ("A budget allows no move at all for 1 of 2 reps", ("ana",))
    ]


@pytest.mark.parametrize(
    ("limit", "found_", "hint"),
    [
        ({"max": 2}, "2 reps × 2 = 4, but 6 customers need an owner", "Try to raise the maximum to at least 3"),
        ({"min": 4}, "2 reps × 4 = 8, but there are 6 customers that they may get",
         "Try to lower the minimum to at most 3"),
        ({"max": {"ana": 1, "bob": 4}}, "2 reps, 5 in all, but 6 customers need an owner",
         "Try to raise the maximum by at least 1 in all"),
    ],
)  # fmt: skip
def test_limits_whose_sum_cannot_hold_everybody_are_reckoned_up(limit, found_, hint):
    found = survey_of({"capacity": [{"measure": "customers", **limit}]}, six(), TWO)
    assert [(one.code, one.found, one.hint) for one in found.findings] == [("TP324", found_, hint)]
    assert not found.possible


@pytest.mark.parametrize("policy", [
    {"capacity": [{"measure": "customers", "max": 3, "min": 3}]},
    {"capacity": [{"measure": "customers", "max": {"ana": 1}}]},
    {"capacity": [{"measure": "customers", "max": 2}], "pool": {"when": "true", "penalty": 1}},
])  # fmt: skip
def test_limits_that_leave_a_way_out_are_not_said_to_clash(policy):
    assert survey_of(policy, six(), TWO).possible


def test_budgets_without_any_owner_are_not_told_twice():
    budgets = [{"of": "customers", "max": "10%"}]
    assert survey_of({"disruption": {"budgets": budgets}}, [{"customer_id": "C1"}], TWO).findings == ()


def test_the_worked_case_has_eleven_candidates():
    found = survey(worked_org(), worked_policy())
    assert (found.units, found.candidates) == (6, 11)
    assert found.candidates_per_unit.tolist() == [2, 1, 2, 2, 2, 2]
    assert found.without_candidate == ()
    assert effect(found, "disruption.budgets[moved customers]").customers == 4


def test_an_org_without_customers_can_be_surveyed():
    found = survey_of({"capacity": [{"measure": "customers", "max": 5}]}, [])
    assert (found.units, found.candidates, found.total_revenue) == (0, 0, 0.0)


def test_revenue_that_no_line_reads_is_frozen_all_the_same():
    policy = {
        "measures": {"revenue": {"value": "customer.revenue * 2", "default": 5}},
        "keep": {"locks": [{"name": "crm", "when": "customer.locked"}]},
    }
    customers = [*CUSTOMERS, {"customer_id": "C5", "owner_id": "ana", "revenue": None, "locked": True}]
    found = survey_of(policy, customers)
    assert (found.frozen_revenue, found.total_revenue) == (105.0, 205.0)


@pytest.mark.parametrize("seed", range(0, 30, 3))
def test_any_org_can_be_surveyed(seed):
    found = survey(*tiny(seed))
    assert found.units == len(found.candidates_per_unit)
    assert 0 <= found.frozen_revenue <= found.total_revenue
