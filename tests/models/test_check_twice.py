"""The checker against the naive scorer, on random orgs and random assignments, sensible and absurd ones."""

from collections.abc import Iterator

import numpy as np
import pandas as pd
import pytest

from models.check import Judge
from models.findings import Place, errors_among
from models.org import BoolArray
from models.plan import POOLED, UNNEEDED, Assignment
from models.policy import Policy
from models.policy_review import review
from tests.naive import score
from tests.naive_org import NaiveOrg
from tests.oracle import every_plan
from tests.tables import org_of
from tests.tiny import tiny


def assignments(judge: Judge, seed: int) -> Iterator[Assignment]:
    """Yield assignments: anything, near today's books, whole families, and with entries for needless roles."""
    rng = np.random.default_rng([seed, 1])
    needed, today = judge.holdings.needed, judge.holdings.owners
    for kind in range(6):
        lowest = POOLED if kind % 3 == 0 or judge.policy.pool is not None else 0
        owners = rng.integers(lowest, judge.org.n_reps, needed.shape)
        if kind % 2:
            owners = np.where((rng.random(needed.shape) < 0.7) & (today >= 0), today, owners)
        if kind % 4 == 2:
            for role, units in enumerate(judge.units):
                first = units.members[units.start[:-1]]
                owners[role, units.members] = owners[role, first[units.of[units.members]]]
        yield Assignment(judge.policy.role_names, owners if kind == 3 else np.where(needed, owners, UNNEEDED))


def agree(seed: int) -> int:
    """Compare the two scorers on some assignments of a tiny org; return on how many."""
    org, policy = tiny(seed)
    known = NaiveOrg(org, policy)
    with Judge(org, policy) as judge:
        drawn = list(assignments(judge, seed))
        for assignment in drawn:
            found, expected = judge.of(assignment), score(org, policy, assignment, known)
            where = f"tiny({seed}): {assignment.owners.tolist()}"
            assert {one.line for one in found.violations} == expected.broken, where
            assert {name: goal.value for name, goal in found.goals.items()} == pytest.approx(expected.goals), where
            assert found.stage_values == pytest.approx(expected.stages), where
            assert [positions(one) for one in (found.moved, found.forced, found.newly)] == [
                expected.moved,
                expected.forced,
                expected.newly,
            ], where
    return len(drawn)


def positions(mask: BoolArray) -> set[tuple[int, int]]:
    return {(role, customer) for role, customer in np.argwhere(mask).tolist()}


@pytest.mark.parametrize("tens", range(6))
def test_both_scorers_agree_on_every_line_goal_and_move(tens):
    assert sum(agree(seed) for seed in range(10 * tens, 10 * tens + 10)) == 60


@pytest.mark.long
@pytest.mark.parametrize("hundreds", range(1, 20))
def test_both_scorers_agree_at_length(hundreds):
    assert sum(agree(seed) for seed in range(100 * hundreds, 100 * hundreds + 100)) == 600


def test_the_tiny_orgs_have_policies_that_pass_the_review():
    for seed in range(30):
        org, policy = tiny(seed)
        assert errors_among(review(org, policy, lambda path: Place(path=str(path)))) == []


def test_a_tiny_org_is_the_same_for_the_same_seed():
    (org, policy), (again, same_policy) = tiny(7), tiny(7)
    assert policy == same_policy
    pd.testing.assert_frame_equal(org.customers, again.customers)
    pd.testing.assert_frame_equal(org.reps, again.reps)


@pytest.mark.long
def test_about_half_the_tiny_orgs_can_be_planned_many_of_them_narrowly():
    found = [every_plan(*tiny(seed)) for seed in range(40)]
    feasible = [one for one in found if one.feasible]
    assert 0.45 < len(feasible) / len(found) < 0.9
    assert sum(one.feasible < one.tried for one in feasible) > len(feasible) / 3


@pytest.mark.parametrize(("families", "drives"), [("free", 0.0), ("together", 0.0), ("free", 0.3), ("together", 0.3)])
def test_the_nearest_are_ranked_alike_where_many_reps_compete(families, drives):
    rng = np.random.default_rng(5)
    spots = rng.uniform([30, -100], [40, -80], (12, 2)).round(2)
    reps = [
        {
            "rep_id": f"R{place:02}",
            "lat": lat,
            "lon": lon,
            "skills": str(rng.choice(["a", "b", "a;b"])),
            "seniority": place % 4,
        }
        for place, (lat, lon) in enumerate(spots[rng.integers(0, 12, 24)])
    ]
    customers = [
        {
            "customer_id": f"C{place}",
            "family_id": f"F{rng.integers(0, 20)}",
            "lat": lat,
            "lon": lon,
            "required_skills": str(rng.choice(["a", "b", ""])) or None,
            "tier": str(rng.choice(["A", "B"])),
            "owner_id": reps[int(rng.integers(0, 24))]["rep_id"],
        }
        for place, (lat, lon) in enumerate(rng.uniform([30, -100], [40, -80], (60, 2)))
    ]
    pairs = [
        {"customer_id": customer["customer_id"], "rep_id": rep["rep_id"], "drive_minutes": float(rng.integers(1, 400))}
        for customer in customers
        for rep in reps
        if rng.random() < drives
    ]
    org = org_of(customers, reps, pairs=pairs or None)
    rules = [
        {"name": "senior", "when": "customer.tier = 'A'", "require": "rep.seniority > 0"},
        {"name": "both", "require": "rep.seniority < 3 or customer.lat > 33"},
    ]
    policy = Policy.model_validate(
        {
            "eligibility": {"nearest": 5, "skills": "required", "rules": rules},
            "keep": {"families": families},
        }
    )
    known = NaiveOrg(org, policy)
    with Judge(org, policy) as judge:
        for rep in range(org.n_reps):
            plan = Assignment(policy.role_names, np.full((1, org.n_customers), rep))
            far = {one.customer for one in judge.of(plan).violations if one.line == "eligibility.nearest"}
            expected = {
                customers[unit[0]]["customer_id"]
                for unit in known.unit[0]
                if known.rank(0, unit, rep) > 5 and all(known.owner[0][one] != rep for one in unit)
            }
            assert far == expected
