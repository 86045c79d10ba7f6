"""The same seed gives the same plan, whatever the number of cores and whoever is done first."""

import pytest

from models.solve import solve
from models.stop import Stop
from tests.middling import middling_org, middling_policy

POOL = {
    "pool": {"when": "TRUE", "penalty": "2"},
    "goals": [{"goal": "balance"}, {"goal": "travel"}, {"goal": "pool"}],
}
BY_PRIORITY = {
    "goals": [
        {"goal": "balance", "priority": 1, "slack": "5%"},
        {"goal": "disruption", "priority": 2},
        {"goal": "travel", "priority": 2},
    ]
}


def solved(monkeypatch, cores, org, policy, effort):
    for module in ("dual", "search", "neighbourhood"):
        monkeypatch.setattr(f"models.engines.{module}.cores", lambda: cores)
    plan = solve(org, policy, stop=Stop(effort=effort))
    assert plan.assignment is not None
    assert plan.stopped_by in ("work", "proof")
    return plan.assignment.owners.tolist(), plan.objective, plan.bound, plan.price_bound, plan.bound_by


def the_same_on_any_cores(monkeypatch, org, policy, effort, *counts):
    first, *others = (solved(monkeypatch, cores, org, policy, effort) for cores in counts)
    for other in others:
        assert first == other


@pytest.mark.long
@pytest.mark.parametrize(("seed", "sections"), [(1, {}), (2, POOL)], ids=["plain", "pool"])
def test_with_the_tree_and_what_runs_beside_it(monkeypatch, seed, sections):
    org, policy = middling_org(60, 6, seed), middling_policy(**sections)
    # small enough to be proven, large enough to be searched when the limit is
    monkeypatch.setattr("models.engines.stage.TINY_CANDIDATES", 100)
    the_same_on_any_cores(monkeypatch, org, policy, 0.01, 1, 2, 4)


@pytest.mark.long
@pytest.mark.parametrize("sections", [{}, POOL, BY_PRIORITY], ids=["plain", "pool", "priorities"])
@pytest.mark.parametrize("seed", range(1, 8))
def test_with_the_tree_on_many_orgs(monkeypatch, seed, sections):
    org, policy = middling_org(60 + 30 * (seed % 4), 5 + seed, seed), middling_policy(**sections)
    monkeypatch.setattr("models.engines.stage.TINY_CANDIDATES", 100)
    the_same_on_any_cores(monkeypatch, org, policy, 0.1, 1, 2, 4)


@pytest.mark.long
def test_with_all_the_work_that_is_done_by_default(monkeypatch):
    the_same_on_any_cores(monkeypatch, middling_org(150, 8), middling_policy(), 1.0, 1, 2)


@pytest.mark.parametrize(
    "sections", [pytest.param({}, marks=pytest.mark.long), BY_PRIORITY], ids=["plain", "priorities"]
)
def test_by_prices_blocks_and_neighbourhoods(monkeypatch, sections):
    org, policy = middling_org(100, 8), middling_policy(**sections)
    monkeypatch.setattr("models.engines.stage.TREE_CANDIDATES", 100)
    monkeypatch.setattr("models.engines.prices.LP_CANDIDATES", 100)
    monkeypatch.setattr("models.engines.dual.CANDIDATES_PER_PART", 200)
    monkeypatch.setattr("models.engines.search.ALONE", 50)
    monkeypatch.setattr("models.engines.search.UNITS_PER_BLOCK", 40)
    the_same_on_any_cores(monkeypatch, org, policy, 0.02, 1, 2)


@pytest.mark.long
def test_on_the_way_of_large_orgs_with_fifteen_hundred_customers(monkeypatch):
    org, policy = middling_org(1500, 40), middling_policy(eligibility={"nearest": 10})
    monkeypatch.setattr("models.engines.stage.TREE_CANDIDATES", 1_000)
    monkeypatch.setattr("models.engines.prices.LP_CANDIDATES", 1_000)
    monkeypatch.setattr("models.engines.dual.CANDIDATES_PER_PART", 2_000)
    monkeypatch.setattr("models.engines.search.ALONE", 500)
    monkeypatch.setattr("models.engines.search.UNITS_PER_BLOCK", 200)
    the_same_on_any_cores(monkeypatch, org, policy, 0.1, 1, 2, 4)
