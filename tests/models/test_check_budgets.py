"""Disruption budgets: what chosen moves may take."""

from typing import Any

import pytest

from models.check import judge
from models.policy import Policy
from tests.tables import assignment_of, complaints, judged, org_of

CUSTOMERS = [
    {"customer_id": "C1", "owner_id": "ana", "revenue": 10.0, "region": "coast"},
    {"customer_id": "C2", "owner_id": "ana", "revenue": 30.0, "region": "west"},
    {"customer_id": "C3", "owner_id": "ben", "revenue": 20.0, "region": "east"},
    {"customer_id": "C4", "owner_id": "eve", "revenue": 40.0},
    {"customer_id": "C5", "owner_id": "dan", "revenue": 50.0, "region": "west"},
    {"customer_id": "C6", "revenue": 60.0, "region": "east"},
]
REPS = [{"rep_id": "ana", "team": "red"}, {"rep_id": "ben", "team": "red"}, {"rep_id": "eve", "team": "blue"}]
REGIONS = [{"region": "west"}, {"region": "coast", "parent": "west"}, {"region": "east"}]
# C1 ana to ben (inside the red team), C3 ben to eve (red to blue), C5 by force, C6 new
PLAN = {"C1": "ben", "C2": "ana", "C3": "eve", "C4": "eve", "C5": "ana", "C6": "eve"}


def overspent(budget: dict[str, Any], *, plan: Any = PLAN, **sections: Any) -> list[str]:
    policy = {
        "measures": {"revenue": {"value": "customer.revenue", "unit": "USD"}},
        "disruption": {"budgets": [budget]},
        "pool": {"when": "TRUE", "penalty": 1},
        **sections,
    }
    return [one.partition(": ")[2] for one in complaints(judged(CUSTOMERS, REPS, policy, plan, regions=REGIONS))]


@pytest.mark.parametrize(
    ("budget", "wrong"),
    [
        # four customers have a present owner; two of them move by choice
        ({"of": "customers", "max": "50%"}, []),
        ({"of": "customers", "max": "49%"}, ["chosen moves take 2 customers, at most 1.96 customers"]),
        ({"of": "customers", "max": 1}, ["chosen moves take 2 customers, at most 1 customer"]),
        ({"of": "revenue", "max": "29%"}, ["chosen moves take 30 USD, at most 29 USD"]),
        ({"of": "revenue", "max": "30%"}, []),
        # ana loses 10 of 40, ben 20 of 20
        ({"of": "revenue", "per": "rep", "side": "lost", "max": "25%"}, ["ben loses 20 USD, at most 5 USD"]),
        (
            {"of": "customers", "per": "rep", "side": "lost", "max": {"ana": 0}},
            ["ana loses 1 customer, at most 0 customers"],
        ),
        # a third of 210 each
        ({"of": "revenue", "per": "rep", "side": "gained", "max": "20%"}, ["eve gains 20 USD, at most 14 USD"]),
        # the move inside the red team does not count for it
        ({"of": "revenue", "per": "team", "side": "lost", "max": "30%"}, ["team red loses 20 USD, at most 18 USD"]),
        ({"of": "revenue", "per": "team", "side": "lost", "max": "34%"}, []),
        (
            {"of": "customers", "per": "team", "side": "gained", "max": 0},
            ["team blue gains 1 customer, at most 0 customers"],
        ),
        (
            {"of": "revenue", "per": "team", "side": "gained", "max": "28%"},
            ["team blue gains 20 USD, at most 19.6 USD"],
        ),
        # the coast lies in the west, which counts it only where the west is named
        (
            {"of": "customers", "per": "region", "max": "60%"},
            [
                "chosen moves take 1 customer in region coast, at most 0.6 customers",
                "chosen moves take 1 customer in region east, at most 0.6 customers",
            ],
        ),
        (
            {"of": "revenue", "per": "region", "max": {"west": "20%"}},
            ["chosen moves take 10 USD in region west, at most 8 USD"],
        ),
    ],
)
def test_a_budget_limits_the_chosen_moves(budget, wrong):
    assert overspent(budget) == wrong


def test_forced_moves_and_new_customers_use_no_budget():
    stay = {"C1": "ana", "C2": "ana", "C3": "ben", "C4": "eve", "C5": "ana", "C6": "eve"}
    assert overspent({"of": "customers", "max": 0}, plan=stay) == []


def test_a_customer_who_leaves_for_the_pool_is_lost():
    plan = {**PLAN, "C1": None}
    budget = {"of": "revenue", "per": "rep", "side": "lost", "max": {"ana": 5}}
    assert overspent(budget, plan=plan) == ["ana loses 10 USD, at most 5 USD"]


def test_what_a_rep_may_gain_is_of_the_target_of_the_first_band():
    budget = {"of": "revenue", "per": "rep", "side": "gained", "max": "20%"}
    bands = {
        "balance": [{"measure": "customers"}, {"measure": "revenue", "target": 110}],
        "goals": [{"goal": "balance"}],
    }
    assert overspent(budget, **bands) == []


def test_a_customer_with_two_owners_counts_once():
    org = org_of(
        [
            {"customer_id": "C1", "owner_id_sales": "ana", "owner_id_service": "sue"},
            {"customer_id": "C2", "owner_id_sales": "ana", "owner_id_service": "sue"},
        ],
        [
            *({"rep_id": rep, "role": "sales", "team": team} for rep, team in (("ana", "red"), ("ben", "blue"))),
            *({"rep_id": rep, "role": "service", "team": team} for rep, team in (("sue", "red"), ("tom", "blue"))),
        ],
    )
    both_move = {"sales": {"C1": "ben", "C2": "ana"}, "service": {"C1": "tom", "C2": "sue"}}
    for budget in ({}, {"per": "team", "side": "lost"}, {"per": "team", "side": "gained"}):
        budgets = [{"of": "customers", "max": 1, **budget}]
        policy = Policy.model_validate({"roles": {"sales": {}, "service": {}}, "disruption": {"budgets": budgets}})
        assert judge(org, policy, assignment_of(org, policy, **both_move)).feasible
