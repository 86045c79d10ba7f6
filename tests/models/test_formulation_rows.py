"""Each kind of coupling row, written out for two customers and two reps and kept word by word."""

from typing import Any, get_args

import pytest

from models.formulation.build import formulate
from models.org import Org
from models.policy import Policy
from models.problem import RowKind
from tests.golden.compare import assert_golden
from tests.readable import column_names, costs_text, program_text, rows_text
from tests.tables import org_of
from tests.tiny import tiny

MEASURES = {"workload": "customer.workload_hours", "revenue": "customer.revenue"}


def pair_of_customers(**more: Any) -> Org:
    customers = [
        {"customer_id": "C1", "owner_id": "ana", "region": "west", "workload_hours": 40, "revenue": 100},
        {"customer_id": "C2", "owner_id": "bob", "region": "east", "workload_hours": 30, "revenue": 60},
    ]
    reps = [
        {"rep_id": "ana", "team": "red", "capacity_workload_hours": 60},
        {"rep_id": "bob", "team": "blue", "capacity_workload_hours": 50, "available_from": "2027-02-15"},
    ]
    for row, extra in zip([*customers, *reps], more.get("columns", [{}] * 4), strict=True):
        row.update(extra)
    return org_of(customers, reps)


def two_roles() -> Org:
    customers = [
        {"customer_id": "C1", "owner_id_sales": "ana", "owner_id_service": "eve"},
        {"customer_id": "C2", "owner_id_sales": "ana", "owner_id_service": "eve"},
    ]
    reps = [
        {"rep_id": "ana", "role": "sales", "team": "red"},
        {"rep_id": "bob", "role": "sales", "team": "blue"},
        {"rep_id": "eve", "role": "service", "team": "red"},
        {"rep_id": "kim", "role": "service", "team": None},
    ]
    return org_of(customers, reps)


CASES: dict[str, tuple[Org, dict[str, Any]]] = {
    "capacity": (
        pair_of_customers(),
        {
            "measures": MEASURES,
            "capacity": [
                {"measure": "workload", "max": "rep.capacity_workload_hours"},
                {"measure": "customers", "min": 1, "max": {"ana": 2}},
                {"measure": "revenue", "per": "team", "max": "60%"},
                {"name": "west", "measure": "revenue", "per": "region", "max": {"west": 90}},
            ],
            "pool": {"when": "customer.region = 'west'", "penalty": 5},
        },
    ),
    "balance": (
        pair_of_customers(),
        {
            "measures": MEASURES,
            "balance": [
                {"measure": "revenue", "target": "equal", "tolerance": "10%", "weight": 3},
                {"measure": "workload", "target": 20},
            ],
            "goals": [{"goal": "balance"}],
        },
    ),
    "group": (
        pair_of_customers(),
        {
            "measures": MEASURES,
            "keep": {
                "groups": [
                    {"name": "large", "when": "customer.revenue > 50", "max": 1},
                    {"name": "some for each team", "when": "TRUE", "per": "team", "min": 1},
                ]
            },
        },
    ),
    "conflict": (pair_of_customers(), {"keep": {"conflicts": [{"name": "rivals", "customers": ["C1", "C2"]}]}}),
    "budget": (
        pair_of_customers(),
        {
            "measures": MEASURES,
            "disruption": {
                "budgets": [
                    {"name": "moved customers", "of": "customers", "max": "50%"},
                    {"name": "lost", "of": "revenue", "per": "rep", "side": "lost", "max": "20%"},
                    {"name": "gained", "of": "revenue", "per": "team", "side": "gained", "max": "50%"},
                    {"name": "in the west", "of": "workload", "per": "region", "max": {"west": 10}},
                ]
            },
        },
    ),
    "pairing": (two_roles(), {"roles": {"sales": {}, "service": {"same": "team"}}}),
    "counted once": (
        two_roles(),
        {
            "roles": {"sales": {}, "service": {}},
            "disruption": {"budgets": [{"of": "customers", "max": 1}]},
        },
    ),
}


@pytest.mark.parametrize("kind", CASES)
def test_the_rows_of_each_kind_read_as_the_policy_does(kind):
    org, policy = CASES[kind]
    written = rows_text(formulate(org, Policy.model_validate(policy)), None if kind == "counted once" else kind)
    assert_golden(f"rows_{kind.replace(' ', '_')}.lp", written)


@pytest.mark.parametrize("seed", range(12))
def test_no_two_rows_share_a_name(seed):
    names = formulate(*tiny(seed)).problem.rows.names
    assert len(set(names)) == len(names)


def test_every_kind_of_row_is_written_down():
    assert set(CASES) == set(get_args(RowKind))


def test_the_costs_of_candidates_stand_by_goal():
    rules = [{"name": "hours", "when": "customer.workload_hours > 35", "prefer": "rep.team = 'blue'", "penalty": 10}]
    policy = Policy.model_validate(
        {
            "eligibility": {"rules": rules},
            "disruption": {"move_cost": "customer.revenue / 50"},
            "pool": {"when": "customer.revenue < 80", "penalty": "customer.workload_hours / 10"},
            "goals": [
                {"goal": "disruption"},
                {"goal": "moves"},
                {"goal": "misfit"},
                {"goal": "cost", "value": "customer.revenue * 0.01"},
            ],
        }
    )
    formulation = formulate(pair_of_customers(), policy)
    assert_golden("costs.lp", costs_text(formulation.problem, column_names(formulation)))


def test_the_program_that_solvers_get():
    policy = {
        "measures": MEASURES,
        "capacity": [{"measure": "workload", "max": "rep.capacity_workload_hours"}],
        "balance": [{"measure": "revenue", "tolerance": "10%"}],
        "disruption": {"budgets": [{"of": "customers", "max": 1}]},
        "goals": [{"goal": "balance", "weight": 2}, {"goal": "disruption"}],
    }
    assert_golden("program.lp", program_text(formulate(pair_of_customers(), Policy.model_validate(policy))))


def test_a_lock_of_another_role_burdens_no_book_but_the_teams():
    customers = [{"customer_id": "C1", "owner_id_sales": "ana", "owner_id_service": "ana", "locked": True}]
    reps = [{"rep_id": "ana", "role": "sales", "team": "red"}, {"rep_id": "eve", "role": "service", "team": "red"}]
    policy = {
        "roles": {"sales": {}, "service": {}},
        "keep": {"locks": [{"name": "locked", "when": "customer.locked"}]},
        "capacity": [
            {"measure": "customers", "max": 3},
            {"name": "teams", "measure": "customers", "per": "team", "max": 3},
        ],
    }
    written = rows_text(formulate(org_of(customers, reps), Policy.model_validate(policy)))
    assert written.splitlines() == [
        "capacity[customers][ana]:",
        "    [sales of C1 -> ana] <= 3",
        "capacity[customers][eve]:",
        "    nothing <= 3",
        "capacity[teams][red, sales]:",
        "    [sales of C1 -> ana] <= 3",
        "capacity[teams][red, service]:",
        "    [service of C1 -> ana] <= 3",
    ]
