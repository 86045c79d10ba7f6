"""Shortlists: the reps found without looking at every pair are those found by looking at every pair."""

from typing import Any

import numpy as np
import pytest

from models.check import Judge, nearest, neighbourhoods, shortlists
from models.check.shortlists import Shortlists
from models.org import Org
from models.plan import Assignment
from models.policy import Policy
from tests.tables import org_of

RULES: list[dict[str, str]] = [
    {"name": "senior", "when": "customer.tier = 'A'", "require": "rep.seniority > 0"},
    {"name": "new", "require": "rep.seniority < 3 or customer.tenure_years < 1"},
]
OF_PAIRS = [*RULES, {"name": "tuned", "require": "pair.success is null or pair.success > 0.5"}]
RARELY = [{"name": "rare", "require": "(pair.success is null and rep.seniority = 3) or pair.success > 0.7"}]
PLACES: list[dict[str, Any]] = [
    {"region": "north"},
    {"region": "south"},
    {"region": "far north", "parent": "north", "neighbours": "south"},
]


def org(
    seed: int,
    *,
    customers: int,
    reps: int,
    lost: float = 0.0,
    listed: float = 0.0,
    only: bool = False,
    longest: int = 400,
) -> Org:
    """Draw an org around a few spots, many reps on the very same one; ``lost`` of both have no place."""
    rng = np.random.default_rng(seed)
    spots = rng.uniform([30, -100], [40, -80], (8, 2)).round(2)
    where = [spots[at] for at in rng.integers(0, len(spots), reps)]
    people = [
        {
            "rep_id": f"R{number:03}",
            "lat": None if rng.random() < lost else at[0],
            "lon": at[1],
            "skills": str(rng.choice(["a", "b", "a;b:2"])),
            "regions": str(rng.choice(["north", "south", "far north", ""])) or None,
            "seniority": number % 4,
            "available_to": "2020-01-01" if number % 9 == 0 else None,
        }
        for number, at in zip(rng.permutation(reps).tolist(), where, strict=True)
    ]
    companies = []
    for number in range(customers):
        at = spots[rng.integers(0, len(spots))] + rng.normal(0, 0.7, 2).round(3) * (rng.random() < 0.8)
        companies.append(
            {
                "customer_id": f"C{number}",
                "family_id": f"F{rng.integers(0, customers // 3)}",
                "lat": None if rng.random() < lost else at[0],
                "lon": at[1],
                "required_skills": str(rng.choice(["a", "b:2", ""])) or None,
                "region": str(rng.choice(["north", "south", "far north", ""])) or None,
                "tier": str(rng.choice(["A", "B"])),
                "owner_id": f"R{rng.integers(0, reps):03}",
                "owner_since": f"{rng.integers(2018, 2027)}-03-01",
            }
        )
    pairs = [
        {
            "customer_id": company["customer_id"],
            "rep_id": person["rep_id"],
            "drive_minutes": float(rng.integers(1, longest)) if rng.random() < 0.8 else None,
            "success": float(rng.random()),
        }
        for company in companies
        for person in people
        if rng.random() < listed
    ]
    return org_of(companies, people, pairs=pairs or None, pairs_only=only, regions=PLACES)


def by_looking_at_every_pair(judge: Judge) -> list[set[int]]:
    """Return the reps of each unit: allowed to all members, and among the nearest by (minutes, rep_id)."""
    everyone = np.arange(judge.org.n_reps)
    found = []
    for unit in range(len(judge.units[0].size)):
        members = judge.units[0].members[judge.units[0].start[unit] : judge.units[0].start[unit + 1]]
        fits = np.ones(len(everyone), dtype=bool)
        minutes = np.zeros(len(everyone))
        for customer in members:
            alone = np.full(len(everyone), customer)
            fits &= judge.eligibility.allowed(0, alone, everyone)
            minutes += np.nan_to_num(judge.listings.minutes(alone, everyone), nan=np.inf)
        ranked = sorted((minutes[rep], judge.org.rep_ids[rep], rep) for rep in np.flatnonzero(fits))
        found.append({int(rep) for _, _, rep in ranked[: judge.policy.eligibility.nearest]})
    return found


def shortlisted(judge: Judge, some: np.ndarray) -> dict[int, list[int]]:
    found: dict[int, list[int]] = {}
    for one in Shortlists(judge.eligibility, 0, judge.units[0]).of(some):
        for at, unit in enumerate(one.units.tolist()):
            assert unit not in found, "a unit comes once"
            found[unit] = sorted(one.rep[one.unit == at].tolist())
    return found


CASES: dict[str, tuple[dict[str, Any], dict[str, Any], str]] = {
    "by the great circle": ({}, {"nearest": 4, "skills": "required", "rules": RULES}, "free"),
    "families": ({}, {"nearest": 4, "skills": "required", "rules": RULES}, "together"),
    "some have no place": ({"lost": 0.3}, {"nearest": 4, "region": "same"}, "as_today"),
    "nobody has a place": ({"lost": 1.0}, {"nearest": 4, "region": "same"}, "together"),
    "by road": ({"listed": 0.2}, {"nearest": 4, "region": "neighbour"}, "free"),
    "a long way round": ({"listed": 0.2, "longest": 9_000}, {"nearest": 4, "region": "neighbour"}, "free"),
    "a long way round for families": ({"listed": 0.1, "longest": 9_000}, {"nearest": 4}, "together"),
    "families by road, some without a place": (
        {"listed": 0.2, "lost": 0.3},
        {"nearest": 4, "skills": "required"},
        "together",
    ),
    "by road alone": ({"listed": 0.3, "lost": 1.0}, {"nearest": 4, "skills": "required", "rules": RULES}, "free"),
    "rules on pairs": ({"listed": 0.6}, {"nearest": 3, "rules": OF_PAIRS}, "free"),
    "rules on pairs without a place": ({"listed": 0.6, "lost": 1.0}, {"nearest": 3, "rules": OF_PAIRS}, "free"),
    "hardly anybody, and nobody knows where": ({"listed": 0.05, "lost": 1.0}, {"nearest": 1, "rules": RARELY}, "free"),
    "rules on pairs of families": ({"listed": 0.3, "lost": 0.1}, {"nearest": 3, "rules": OF_PAIRS}, "together"),
    "listed pairs only": ({"listed": 0.3, "only": True}, {"nearest": 3, "skills": "required"}, "free"),
    "listed pairs of families only": ({"listed": 0.8, "only": True}, {"nearest": 3}, "together"),
    "all whom the rules leave": ({}, {"region": "same", "skills": "required", "rules": RULES}, "together"),
    "all whom rules on pairs leave": ({"listed": 0.4}, {"region": "same", "rules": OF_PAIRS}, "free"),
    "more than there are": ({"lost": 0.2}, {"nearest": 40, "region": "same"}, "free"),
}


@pytest.mark.parametrize("pairs", [40, 1_000_000])
@pytest.mark.parametrize("case", CASES)
def test_the_shortlist_is_what_looking_at_every_pair_finds(case, pairs, monkeypatch):
    monkeypatch.setattr(neighbourhoods, "CROWD", 5)
    monkeypatch.setattr(shortlists, "PAIRS", pairs)
    drawn, eligibility, families = CASES[case]
    for seed in range(3):
        one = org(seed, customers=60, reps=35, **drawn)
        policy = Policy.model_validate({"eligibility": eligibility, "keep": {"families": families}})
        with Judge(one, policy) as judge:
            expected = by_looking_at_every_pair(judge)
            every = np.arange(len(expected))
            assert shortlisted(judge, every) == {unit: sorted(reps) for unit, reps in enumerate(expected)}
            some = every[::3]
            assert shortlisted(judge, some) == {unit: sorted(expected[unit]) for unit in some.tolist()}


@pytest.mark.parametrize("case", CASES)
def test_a_large_plan_is_judged_by_shortlists_as_a_small_one_is_by_ranks(case, monkeypatch):
    drawn, eligibility, families = CASES[case]
    one = org(7, customers=60, reps=35, **drawn)
    policy = Policy.model_validate({"eligibility": eligibility, "keep": {"families": families}})
    with Judge(one, policy) as judge:
        plans = [Assignment(policy.role_names, np.full((1, 60), rep)) for rep in range(0, 35, 3)]
        ranked = [judge.of(plan).violations for plan in plans]
        monkeypatch.setattr(nearest, "BLOCK", 100)
        monkeypatch.setattr(neighbourhoods, "CROWD", 5)
        assert [judge.of(plan).violations for plan in plans] == ranked
        lines = {violation.line for violations in ranked for violation in violations}
        assert ("eligibility.nearest" in lines) == (eligibility.get("nearest", 40) < 40)


def test_reps_far_from_a_neighbourhood_are_not_looked_at():
    rng = np.random.default_rng(2)
    at = rng.uniform([30, -100], [40, -80], (400, 2)).round(4).tolist()
    people = [{"rep_id": f"R{number}", "lat": lat, "lon": lon} for number, (lat, lon) in enumerate(at)]
    companies = [
        {"customer_id": f"C{number}", "lat": lat, "lon": lon}
        for number, (lat, lon) in enumerate(rng.normal([35, -90], 0.2, (100, 2)).tolist())
    ]
    policy = Policy.model_validate({"eligibility": {"nearest": 5}})
    with Judge(org_of(companies, people), policy) as judge:
        where = neighbourhoods.read_map(judge.listings)
        (one,) = where.neighbourhoods(judge.units[0], np.arange(100), np.arange(400))
        assert len(one.units) == 100
        assert 5 <= len(one.reach(judge.roster.order, 5)) < 40
