"""Candidates: who may own whom, and which line says no."""

import itertools
from typing import Any

import pytest

from models.formulation.build import Formulation, formulate
from models.formulation.candidates import reason_without_candidate
from models.policy import Policy
from tests.tables import Rows, org_of


def formulation_of(customers: Rows, reps: Rows, policy: dict[str, Any], **tables: Any) -> Formulation:
    return formulate(org_of(customers, reps, **tables), Policy.model_validate(policy))


def who_may(customers: Rows, reps: Rows, policy: dict[str, Any], **tables: Any) -> list[str]:
    """Return the reps of each unit, in one text each."""
    formulation = formulation_of(customers, reps, policy, **tables)
    start, rep = formulation.candidates.start, formulation.candidates.rep
    ids = formulation.org.rep_ids
    return [" ".join("pool" if r < 0 else str(ids[r]) for r in rep[a:b]) for a, b in itertools.pairwise(start)]


def reasons(customers: Rows, reps: Rows, policy: dict[str, Any], **tables: Any) -> list[str]:
    """Return for each unit the line that removed its last candidate, blank where it has some."""
    candidates = formulation_of(customers, reps, policy, **tables).candidates
    return [
        reason_without_candidate(candidates.effects, int(one)) if one >= 0 else "" for one in candidates.last_removed_by
    ]


REGIONS = [
    {"region": "west", "neighbours": "east"},
    {"region": "coast", "parent": "west"},
    {"region": "east"},
    {"region": "island"},
]


@pytest.mark.parametrize(
    ("policy", "coast", "nowhere"),
    [
        ("any", "ana bob eve kim", "ana bob eve kim"),
        ("same", "ana kim", "ana bob eve kim"),
        ("neighbour", "ana bob kim", "ana bob eve kim"),
    ],
)
def test_a_rep_covers_its_regions_and_what_is_inside_them(policy, coast, nowhere):
    customers = [{"customer_id": "C1", "region": "coast"}, {"customer_id": "C2", "region": None}]
    reps = [
        {"rep_id": "ana", "regions": "west"},
        {"rep_id": "bob", "regions": "east"},
        {"rep_id": "eve", "regions": "island"},
        {"rep_id": "kim", "regions": None},
    ]
    found = who_may(customers, reps, {"eligibility": {"region": policy}}, regions=REGIONS)
    assert found == [coast, nowhere]


def test_every_required_skill_is_needed_at_its_level():
    customers = [
        {"customer_id": "C1", "required_skills": "cloud:2;german"},
        {"customer_id": "C2", "required_skills": "Cloud"},
        {"customer_id": "C3", "required_skills": None},
    ]
    reps = [{"rep_id": "ana", "skills": "cloud:3"}, {"rep_id": "bob", "skills": "cloud:2;german:1"}, {"rep_id": "eve"}]
    assert who_may(customers, reps, {"eligibility": {"skills": "required"}}) == ["bob", "ana bob", "ana bob eve"]


def test_a_rule_on_blank_cells_is_broken():
    customers = [{"customer_id": "C1", "tier": "A"}, {"customer_id": "C2", "tier": None}]
    reps = [{"rep_id": "ana", "seniority": 3}, {"rep_id": "bob", "seniority": None}]
    rule = {"name": "seniors", "when": "customer.tier = 'A'", "require": "rep.seniority >= 2"}
    assert who_may(customers, reps, {"eligibility": {"rules": [rule]}}) == ["ana", "ana bob"]


def test_only_listed_pairs_count_where_the_table_says_so():
    customers = [{"customer_id": "C1", "owner_id": "bob"}, {"customer_id": "C2", "owner_id": "bob"}]
    reps = [{"rep_id": "ana"}, {"rep_id": "bob"}]
    pairs = [{"customer_id": "C1", "rep_id": "ana", "fit": 1}, {"customer_id": "C2", "rep_id": "bob", "fit": 0}]
    assert who_may(customers, reps, {}, pairs=pairs, pairs_only=True) == ["ana", "bob"]
    formulation = formulation_of(customers, reps, {}, pairs=pairs, pairs_only=True)
    assert formulation.candidates.forced.tolist() == [True, False]
    fit = {"eligibility": {"rules": [{"name": "fit", "require": "pair.fit >= 1"}]}}
    assert reasons(customers, reps, fit, pairs=pairs, pairs_only=True) == ["", "eligibility.rules[fit]"]


def test_the_nearest_reps_stay_with_ties_by_id_and_todays_owner_always():
    customers = [{"customer_id": "C1", "owner_id": "far", "lat": 0.0, "lon": 0.0}]
    reps = [
        {"rep_id": "far", "lat": 0.0, "lon": 40.0},
        {"rep_id": "eve", "lat": 0.0, "lon": 1.0},
        {"rep_id": "ana", "lat": 0.0, "lon": 1.0},
        {"rep_id": "bob", "lat": 0.0, "lon": 1.0},
        {"rep_id": "kim", "lat": 0.0, "lon": 0.5},
    ]
    assert who_may(customers, reps, {"eligibility": {"nearest": 3}}) == ["far ana bob kim"]


def test_ties_by_id_hold_among_more_reps_than_the_tree_is_asked_for():
    customers = [{"customer_id": "C1", "lat": 0.0, "lon": 0.0}]
    reps = [{"rep_id": f"R{99 - k}", "lat": 0.0, "lon": 1.0} for k in range(40)]
    assert who_may(customers, reps, {"eligibility": {"nearest": 2}}) == ["R61 R60"]


def test_a_family_is_near_by_the_sum_of_its_ways():
    customers = [
        {"customer_id": "C1", "family_id": "F", "lat": 0.0, "lon": 0.0},
        {"customer_id": "C2", "family_id": "F", "lat": 0.0, "lon": 10.0},
    ]
    reps = [
        {"rep_id": "near one", "lat": 0.0, "lon": -4.0},
        {"rep_id": "between", "lat": 0.0, "lon": 5.0},
    ]
    policy = {"eligibility": {"nearest": 1}, "keep": {"families": "together"}}
    assert who_may(customers, reps, policy) == ["between"]


def test_drive_minutes_come_before_the_great_circle():
    customers = [{"customer_id": "C1", "lat": 0.0, "lon": 0.0}]
    reps = [{"rep_id": "ana", "lat": 0.0, "lon": 1.0}, {"rep_id": "bob", "lat": 0.0, "lon": 2.0}]
    pairs = [{"customer_id": "C1", "rep_id": "ana", "drive_minutes": 500}]
    assert who_may(customers, reps, {"eligibility": {"nearest": 1}}) == ["ana"]
    assert who_may(customers, reps, {"eligibility": {"nearest": 1}}, pairs=pairs) == ["bob"]


LOCKED = {"keep": {"locks": [{"name": "locked", "when": "customer.locked"}]}, "eligibility": {"region": "same"}}


def test_a_lock_holds_even_against_eligibility():
    customers = [{"customer_id": "C1", "owner_id": "bob", "region": "west", "locked": True}]
    reps = [{"rep_id": "ana", "regions": "west"}, {"rep_id": "bob", "regions": "east"}]
    assert who_may(customers, reps, LOCKED) == ["bob"]


def test_a_lock_lapses_when_its_owner_has_departed_or_its_day_is_over():
    customers = [
        {"customer_id": "C1", "owner_id": "lea", "locked": True},
        {"customer_id": "C2", "owner_id": "bob", "locked": True, "lock_until": "2026-12-31"},
        {"customer_id": "C3", "owner_id": "bob", "locked": True, "lock_until": "2027-01-01"},
    ]
    reps = [{"rep_id": "ana"}, {"rep_id": "bob"}, {"rep_id": "lea", "status": "left"}]
    formulation = formulation_of(customers, reps, LOCKED)
    assert who_may(customers, reps, LOCKED) == ["ana bob", "ana bob", "bob"]
    assert formulation.candidates.lapsed.tolist() == [True, False, False]
    assert formulation.candidates.forced.tolist() == [True, False, False]


def test_a_holdout_gives_way_to_eligibility():
    customers = [
        {"customer_id": "C1", "owner_id": "bob", "region": "west"},
        {"customer_id": "C2", "owner_id": "bob", "region": "east"},
    ]
    reps = [{"rep_id": "ana", "regions": "west;east"}, {"rep_id": "bob", "regions": "east"}]
    policy = {"keep": {"holdouts": [{"name": "renewal", "when": "TRUE"}]}, "eligibility": {"region": "same"}}
    assert who_may(customers, reps, policy) == ["ana", "bob"]


def test_a_family_that_locks_tear_apart_has_nowhere_to_go():
    customers = [
        {"customer_id": f"C{k}", "family_id": "F", "owner_id": owner, "locked": True}
        for k, owner in enumerate(("ana", "bob"))
    ]
    policy = {"keep": {"families": "together", "locks": LOCKED["keep"]["locks"]}}
    assert reasons(customers, [{"rep_id": "ana"}, {"rep_id": "bob"}], policy) == ["keep.locks"]


def test_a_family_without_a_rep_in_common_has_nowhere_to_go():
    customers = [
        {"customer_id": "C1", "family_id": "F", "region": "west"},
        {"customer_id": "C2", "family_id": "F", "region": "east"},
    ]
    reps = [{"rep_id": "ana", "regions": "west"}, {"rep_id": "bob", "regions": "east"}]
    policy = {"keep": {"families": "together"}, "eligibility": {"region": "same"}}
    assert reasons(customers, reps, policy) == ["keep.families"]


def test_whoever_may_be_pooled_has_the_pool_beside_the_reps_unless_a_lock_holds():
    customers = [
        {"customer_id": "C1", "owner_id": "ana", "tier": "C"},
        {"customer_id": "C2", "owner_id": "ana", "tier": "C", "locked": True},
        {"customer_id": "C3", "owner_id": "ana", "tier": "A"},
    ]
    policy = {"pool": {"when": "customer.tier = 'C'", "penalty": 1}, "keep": LOCKED["keep"]}
    assert who_may(customers, [{"rep_id": "ana"}], policy) == ["pool ana", "ana", "ana"]


def test_a_rep_whose_role_is_none_of_the_policys_owns_nobody():
    customers = [{"customer_id": "C1"}]
    reps = [
        {"rep_id": "ana", "role": "sales"},
        {"rep_id": "bob", "role": "mascot"},
        {"rep_id": "eve", "role": "service"},
    ]
    assert who_may(customers, reps, {"roles": {"sales": {}, "service": {}}}) == ["ana", "eve"]
    assert who_may(customers, reps, {}) == ["ana bob eve"]


def test_nobody_on_the_roster_is_a_reason_of_its_own():
    customers = [{"customer_id": "C1"}]
    assert reasons(customers, [{"rep_id": "lea", "status": "left"}], {}) == ["no rep on the roster"]


def test_whoever_has_no_place_on_the_map_is_farther_than_anybody_else():
    customers = [{"customer_id": "C1", "lat": 0.0, "lon": 0.0}, {"customer_id": "C2", "lat": None, "lon": None}]
    reps = [
        {"rep_id": "ana", "lat": None, "lon": None},
        {"rep_id": "bob", "lat": 0.0, "lon": 9.0},
        {"rep_id": "eve", "lat": None, "lon": None},
    ]
    assert who_may(customers, reps, {"eligibility": {"nearest": 1}}) == ["bob", "ana"]
    assert who_may(customers, reps, {"eligibility": {"nearest": 2}}) == ["ana bob", "ana bob"]
