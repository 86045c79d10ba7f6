"""Amounts and costs: targets, limits, budgets' bases, and what is refused because it has no value."""

from typing import Any

import numpy as np
import pytest

from models.findings import InputRefused
from models.formulation.budgets import budget_bases, customer_values
from models.formulation.build import Formulation, formulate
from models.policy import Policy
from tests.tables import Rows, org_of

REVENUE = {"measures": {"revenue": {"value": "customer.revenue", "unit": "USD"}}}
CUSTOMERS = [
    {"customer_id": "C1", "region": "west", "revenue": 60, "owner_id": "ana"},
    {"customer_id": "C2", "region": "east", "revenue": 30, "owner_id": "eve"},
    {"customer_id": "C3", "region": None, "revenue": 10, "owner_id": "dan"},
]
REPS = [
    {"rep_id": "ana", "team": "red", "regions": "west", "share": 1.0},
    {"rep_id": "bob", "team": "red", "regions": "west;east", "share": 0.5},
    {"rep_id": "eve", "team": "blue", "regions": "east", "share": 0.5, "available_from": "2027-02-15"},
    {"rep_id": "lea", "team": "blue", "status": "left"},
]


def formulation_of(
    policy: dict[str, Any], customers: Rows = CUSTOMERS, reps: Rows = REPS, **tables: Any
) -> Formulation:
    return formulate(org_of(customers, reps, **tables), Policy.model_validate(policy))


@pytest.mark.parametrize(
    ("line", "targets"),
    [
        ({"target": "equal"}, [40, 40, 20, 0]),
        ({"target": "share"}, [100 / 1.75, 50 / 1.75, 25 / 1.75, 0]),
        ({"target": 30}, [30, 30, 15, 0]),
        # west: ana 1, bob 1/2 of his weight; east: bob 1/2, eve 1/2; C3 without a region: by weight 2 : 2 : 1
        ({"target": "equal", "within": "region"}, [40 + 4, 20 + 15 + 4, 15 + 2, 0]),
        # red has C1 of today, blue C2, C3 goes by weight: 2/2.5 to red
        ({"target": "equal", "within": "team"}, [34, 34, 32, 0]),
    ],
)
def test_targets_divide_the_total_by_weight_and_presence(line, targets):
    policy = Policy.model_validate(
        {**REVENUE, "balance": [{"measure": "revenue", **line}], "goals": [{"goal": "balance"}]}
    )
    amounts = formulate(org_of(CUSTOMERS, REPS), policy).amounts
    assert amounts.targets(policy.balance[0]) == pytest.approx(targets)


def test_a_reps_limit_shrinks_with_presence_but_not_in_customers_nor_for_teams():
    capacity = [
        {"measure": "revenue", "max": 50},
        {"name": "share", "measure": "revenue", "max": "50%"},
        {"measure": "customers", "max": 2},
        {"name": "teams", "measure": "revenue", "per": "team", "max": 80},
    ]
    blocks = formulation_of({**REVENUE, "capacity": capacity}).problem.blocks
    assert [block.upper.tolist() for block in blocks] == [[50, 50, 25], [50, 50, 25], [2, 2, 2], [80, 80]]


def test_a_blank_limit_is_none():
    reps = [{"rep_id": "ana", "hours": 5.0}, {"rep_id": "bob", "hours": None}]
    (block,) = formulation_of({"capacity": [{"measure": "customers", "max": "rep.hours"}]}, reps=reps).problem.blocks
    assert block.labels == ("ana",)


def test_the_base_of_a_budget_is_what_has_a_present_owner():
    policy = {
        **REVENUE,
        "disruption": {
            "budgets": [
                {"name": "all", "of": "revenue", "max": "10%"},
                {"name": "lost", "of": "revenue", "per": "rep", "side": "lost", "max": "10%"},
                {"name": "regions", "of": "revenue", "per": "region", "max": "10%"},
                {"name": "gained", "of": "revenue", "per": "team", "side": "gained", "max": "10%"},
            ]
        },
    }
    amounts = formulation_of(policy).amounts
    values = customer_values(amounts, "revenue")
    bases = [budget_bases(amounts, budget, values) for budget in amounts.policy.disruption.budgets]
    assert bases[0] == {"overall": 90}
    assert bases[1] == {"ana": 60, "bob": 0, "eve": 30}
    assert bases[2] == {"west": 60, "east": 30}
    assert bases[3] == pytest.approx({"red": 150 / 1.75, "blue": 25 / 1.75})


def test_a_customer_of_two_roles_has_its_value_in_the_first_one():
    customers = [{"customer_id": "C1", "hours": 3.0}, {"customer_id": "C2", "hours": 4.0}]
    reps = [{"rep_id": "ana", "role": "sales"}, {"rep_id": "eve", "role": "service"}]
    policy = {
        "measures": {"hours": "customer.hours"},
        "roles": {"sales": {"when": "customer.hours > 3"}, "service": {}},
        "capacity": [{"measure": "hours", "max": "80%"}],
    }
    amounts = formulation_of(policy, customers, reps).amounts
    assert customer_values(amounts, "hours").tolist() == [3, 4]
    assert [amounts.total("hours", role) for role in (0, 1, None)] == [4, 7, 11]


def test_travel_counts_visits_and_both_ways():
    customers = [
        {"customer_id": "C1", "visits": 4, "lat": 0.0, "lon": 0.0},
        {"customer_id": "C2", "visits": None, "lat": 0.0, "lon": 0.0},
    ]
    reps = [{"rep_id": "ana", "lat": 0.0, "lon": 1.0}]
    pairs = [{"customer_id": "C1", "rep_id": "ana", "drive_minutes": 30}]
    policy = {"goals": [{"goal": "travel", "speed_kmh": 100}]}
    travel = formulation_of(policy, customers, reps, pairs=pairs).problem.costs["travel"]
    assert travel == pytest.approx([4.0, 2 * 111.1949 / 100], rel=1e-4)


@pytest.mark.parametrize(
    ("policy", "code", "what"),
    [
        ({**REVENUE, "capacity": [{"measure": "revenue", "max": 9}]}, "TP303", "is blank"),
        (
            {"measures": {"revenue": "customer.revenue - 5"}, "capacity": [{"measure": "revenue", "max": 9}]},
            "TP303",
            "is",
        ),
        (
            {
                "measures": {"revenue": "coalesce(customer.revenue, 2) * 1e200"},
                "capacity": [{"measure": "revenue", "max": 9}],
            },
            "TP303",
            "is too large",
        ),
        ({"goals": [{"goal": "cost", "value": "customer.revenue"}]}, "TP304", "goals[cost].value"),
        (
            {"disruption": {"move_cost": "customer.revenue - 5"}, "goals": [{"goal": "disruption"}]},
            "TP304",
            "move_cost",
        ),
        ({"goals": [{"goal": "travel"}]}, "TP305", "travel"),
    ],
)
def test_what_has_no_usable_value_is_refused_and_named(policy, code, what):
    customers = [{"customer_id": "C1", "revenue": 1, "owner_id": "ana"}, {"customer_id": "C2", "revenue": None}]
    with pytest.raises(InputRefused) as refused:
        formulation_of(policy, customers, [{"rep_id": "ana"}, {"rep_id": "bob"}])
    (finding,) = refused.value.findings
    assert finding.code == code
    assert what in finding.title
    assert finding.hint is not None
    assert finding.hint.startswith("Try ")


def test_a_negative_measure_is_not_told_to_fill_its_cells():
    customers = [{"customer_id": "C1", "revenue": -1}, {"customer_id": "C2", "revenue": 2}]
    with pytest.raises(InputRefused) as refused:
        formulation_of({**REVENUE, "capacity": [{"measure": "revenue", "max": 9}]}, customers, [{"rep_id": "ana"}])
    (finding,) = refused.value.findings
    assert finding.title == "The measure 'revenue' is negative for 1 customer"
    assert finding.hint == "Try greatest(customer.revenue, 0)"


def test_everything_that_is_missing_is_told_at_once():
    customers = [{"customer_id": "C1", "revenue": None}]
    policy = {
        **REVENUE,
        "capacity": [{"measure": "revenue", "max": 9}],
        "goals": [{"goal": "travel"}, {"goal": "cost", "value": "customer.revenue"}],
    }
    with pytest.raises(InputRefused) as refused:
        formulation_of(policy, customers, [{"rep_id": "ana"}])
    assert [finding.code for finding in refused.value.findings] == ["TP305", "TP304", "TP303"]


def test_defaults_stand_in_for_blanks():
    policy = {
        "measures": {"revenue": {"value": "customer.revenue", "default": 7}},
        "capacity": [{"measure": "revenue", "max": 9}],
        "goals": [{"goal": "travel", "default": 0.5}, {"goal": "cost", "value": "customer.revenue", "default": 2}],
    }
    problem = formulation_of(policy, [{"customer_id": "C1", "revenue": None}], [{"rep_id": "ana"}]).problem
    assert problem.costs["travel"].tolist() == [1.0]
    assert problem.costs["cost"].tolist() == [2.0]
    assert problem.rows.matrix.toarray().tolist() == [[7.0]]
    assert np.isfinite(problem.rows.upper).all()
