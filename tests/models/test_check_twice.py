"""The checker against the naive scorer, on random orgs and random assignments, sensible and absurd ones."""

from collections.abc import Iterator

import numpy as np
import pandas as pd
import pytest

from models.check import Judge
from models.findings import Place, errors_among
from models.org import BoolArray
from models.plan import POOLED, UNNEEDED, Assignment
from models.policy_review import review
from tests.naive import score
from tests.naive_org import NaiveOrg
from tests.oracle import every_plan
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


def agree(seed: int) -> None:
    org, policy = tiny(seed)
    known = NaiveOrg(org, policy)
    with Judge(org, policy) as judge:
        for assignment in assignments(judge, seed):
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


def positions(mask: BoolArray) -> set[tuple[int, int]]:
    return {(role, customer) for role, customer in np.argwhere(mask).tolist()}


@pytest.mark.parametrize("tens", range(6))
def test_both_scorers_agree_on_every_line_goal_and_move(tens):
    for seed in range(10 * tens, 10 * tens + 10):
        agree(seed)


@pytest.mark.long
@pytest.mark.parametrize("hundreds", range(1, 20))
def test_both_scorers_agree_at_length(hundreds):
    for seed in range(100 * hundreds, 100 * hundreds + 100):
        agree(seed)


def test_the_tiny_orgs_have_policies_that_pass_the_review():
    for seed in range(60):
        org, policy = tiny(seed)
        assert errors_among(review(org, policy, lambda path: Place(path=str(path)))) == []


def test_a_tiny_org_is_the_same_for_the_same_seed():
    (org, policy), (again, same_policy) = tiny(7), tiny(7)
    assert policy == same_policy
    pd.testing.assert_frame_equal(org.customers, again.customers)
    pd.testing.assert_frame_equal(org.reps, again.reps)


def test_most_tiny_orgs_can_be_planned_narrowly_and_some_cannot():
    found = [every_plan(*tiny(seed)) for seed in range(40)]
    feasible = [one for one in found if one.feasible]
    assert 0.45 < len(feasible) / len(found) < 0.9
    assert sum(one.feasible < one.tried for one in feasible) > len(feasible) / 2
