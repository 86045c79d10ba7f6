"""Units: which customers move together."""

import itertools
from typing import Any

import pytest

from models.expression import Expressions
from models.formulation.units import form_units
from models.org import Org
from models.policy import Policy
from tests.tables import org_of

REPS = [{"rep_id": "ana"}, {"rep_id": "bob"}, {"rep_id": "lea", "status": "left"}]
FAMILY = [
    {"customer_id": "C1", "family_id": "F", "owner_id": "ana", "revenue": 9},
    {"customer_id": "C2", "family_id": "F", "owner_id": "bob", "revenue": 1},
    {"customer_id": "C3", "family_id": "F", "owner_id": "ana", "revenue": 8},
    {"customer_id": "C4", "family_id": "F", "owner_id": None, "revenue": 7},
    {"customer_id": "C5", "family_id": None, "owner_id": "ana", "revenue": 6},
]


def units_of(org: Org, policy: dict[str, Any]) -> list[list[str]]:
    rules = Policy.model_validate(policy)
    with Expressions(org, rules) as expressions:
        units = form_units(org, rules, expressions)
    return [org.customer_ids[units.member[a:b]].tolist() for a, b in itertools.pairwise(units.start)]


@pytest.mark.parametrize(
    ("families", "units"),
    [
        ("as_today", [["C1", "C3"], ["C2"], ["C4"], ["C5"]]),
        ("together", [["C1", "C2", "C3", "C4"], ["C5"]]),
        ("free", [["C1"], ["C2"], ["C3"], ["C4"], ["C5"]]),
        ({"together_when": "customer.revenue >= 8"}, [["C1", "C3"], ["C2"], ["C4"], ["C5"]]),
        ({"together_when": "customer.revenue <= 7"}, [["C1"], ["C2", "C4"], ["C3"], ["C5"]]),
    ],
)
def test_a_family_moves_as_the_policy_says(families, units):
    assert units_of(org_of(FAMILY, REPS), {"keep": {"families": families}}) == units


@pytest.mark.parametrize("owner", ["lea", "dan"])
def test_what_a_departed_owner_leaves_stays_together(owner):
    customers = [{"customer_id": f"C{k}", "family_id": "F", "owner_id": owner} for k in (1, 2)]
    assert units_of(org_of(customers, REPS), {}) == [["C1", "C2"]]


def test_new_members_of_a_family_are_on_their_own_until_somebody_owns_them():
    customers = [{"customer_id": f"C{k}", "family_id": "F", "owner_id": None} for k in (1, 2)]
    assert units_of(org_of(customers, REPS), {}) == [["C1"], ["C2"]]


def test_each_role_has_units_of_its_own():
    customers = [
        {"customer_id": "C1", "family_id": "F", "owner_id_sales": "ana", "owner_id_service": "bob", "tier": "A"},
        {"customer_id": "C2", "family_id": "F", "owner_id_sales": "ana", "owner_id_service": "ana", "tier": "A"},
        {"customer_id": "C3", "family_id": "F", "owner_id_sales": "ana", "owner_id_service": "ana", "tier": "C"},
    ]
    policy = {"roles": {"sales": {}, "service": {"when": "customer.tier = 'A'"}}}
    assert units_of(org_of(customers, REPS), policy) == [["C1", "C2", "C3"], ["C1"], ["C2"]]


def test_nobody_to_plan_for_makes_no_unit():
    assert units_of(org_of([], REPS), {"keep": {"families": "together"}}) == []


def test_a_role_that_nobody_needs_leaves_the_other_one_its_units():
    customers = [{"customer_id": "C1", "tier": "A"}, {"customer_id": "C2", "tier": "A"}]
    roles = {"sales": {"when": "customer.tier = 'B'"}, "service": {}}
    assert units_of(org_of(customers, REPS), {"roles": roles}) == [["C1"], ["C2"]]
    assert units_of(org_of(customers, REPS), {"roles": {**roles, "service": roles["sales"]}}) == []
