"""Rows have names of their own, so that a multiplier stored by name is of one row."""

from models.formulation.build import formulate
from models.policy import Policy
from models.solve import solve
from tests.tables import org_of

REPS = [
    {"rep_id": "ana", "role": "sales", "team": "red"},
    {"rep_id": "bob", "role": "sales", "team": "blank"},
    {"rep_id": "sue", "role": "service", "team": "red"},
    {"rep_id": "tom", "role": "service"},
]
ROLES = {"sales": {}, "service": {"same": "team"}}


def names(customers, **policy):
    rows = formulate(org_of(customers, REPS), Policy.model_validate({"roles": ROLES, **policy})).problem.rows.names
    assert len(set(rows)) == len(rows)
    return rows


def test_a_family_served_in_parts_is_paired_customer_by_customer():
    customers = [
        {"customer_id": one, "family_id": "F", "owner_id_sales": "ana", "owner_id_service": service}
        for one, service in (("C1", "sue"), ("C2", "tom"))
    ]
    rows = names(customers)
    assert "roles[service].same[C1, team red]" in rows
    assert "roles[service].same[C2, team red]" in rows


def test_a_team_called_blank_is_not_the_lack_of_a_team():
    rows = names([{"customer_id": "C1"}])
    assert {"roles[service].same[C1, team blank]", "roles[service].same[C1, no team]"} <= set(rows)
    plan = solve(org_of([{"customer_id": "C1"}], [*REPS[1:2], {**REPS[2], "team": "blank"}]), Policy(roles=ROLES))
    assert plan.status == "optimal"


def test_a_customer_counted_once_has_a_row_for_each_role():
    customers = [{"customer_id": "C1", "owner_id_sales": "ana", "owner_id_service": "sue"}]
    rows = names(customers, disruption={"budgets": [{"of": "customers", "max": 0}]})
    assert [name for name in rows if name.startswith("customers counted once")] == [
        "customers counted once[moved, C1, sales]",
        "customers counted once[moved, C1, service]",
    ]


def test_a_listed_customer_that_one_rep_has_in_two_roles_is_no_conflict_with_itself():
    customers = [
        {"customer_id": "C1", "owner_id_sales": "ana", "owner_id_service": "ana", "locked": True},
        {"customer_id": "C2", "owner_id_sales": "bob", "owner_id_service": "sue"},
    ]
    keep = {
        "conflicts": [{"name": "rivals", "customers": ["C1", "C2"]}],
        "locks": [{"name": "locked", "when": "customer.locked"}],
    }
    policy = Policy.model_validate({"roles": {"sales": {}, "service": {}}, "keep": keep})
    assert solve(org_of(customers, REPS), policy).status == "optimal"
