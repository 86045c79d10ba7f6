"""How hard a solve tries to prove what it found."""

import pytest

from models.engines.stage import TINY_CANDIDATES
from models.formulation.build import formulate
from models.solve import solve
from models.stop import Stop
from tests.middling import middling_org, middling_policy


@pytest.fixture(scope="module")
def org_and_policy():
    org, policy = middling_org(110, 6), middling_policy(eligibility={"nearest": 6})
    assert formulate(org, policy).problem.n_candidates > TINY_CANDIDATES
    return org, policy


def test_without_a_tree_the_bound_is_that_of_the_prices(org_and_policy):
    plan = solve(*org_and_policy, stop=Stop(effort=0.05), proof="none")
    assert (plan.bound_by, plan.bound) == ("prices", plan.price_bound)
    assert plan.judgement.feasible


def test_a_tree_by_itself_proves_more_than_prices(org_and_policy):
    plan = solve(*org_and_policy, stop=Stop(effort=0.05), proof="alone")
    assert plan.bound_by == "HiGHS tree"
    assert plan.price_bound < plan.bound <= plan.objective + 1e-6
