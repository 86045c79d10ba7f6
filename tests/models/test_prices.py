"""Prices: multipliers of the rows, and the bound that anybody can recompute from them."""

import numpy as np
import pytest

from models.engines.mip import Effort, solve_program
from models.engines.prices import climb, find_prices, price
from models.engines.program import Cap, StageTask, program
from models.formulation.build import formulate
from models.policy import Policy
from models.solve import solve
from models.stop import Stop
from tests.middling import first_stage, middling, middling_org, middling_policy
from tests.tables import org_of
from tests.worked import worked_org, worked_policy

NO_CAPS = np.zeros(0)


@pytest.fixture(scope="module")
def task():
    return first_stage(middling())


@pytest.fixture(scope="module")
def relaxation(task):
    return solve_program(program(task), "glop", Effort(), relaxed=True)


def test_the_bound_of_the_prices_is_the_value_of_the_relaxation(task, relaxation):
    found = find_prices(task)
    # which solvers are given with limits a hair wider
    assert found.bound == pytest.approx(relaxation.bound, rel=1e-5)


def test_climbing_by_itself_comes_as_far_as_the_relaxation(task, relaxation):
    climbed = climb(task, lambda: False)
    assert climbed.bound <= relaxation.bound * (1 + 1e-5)
    assert climbed.bound == pytest.approx(relaxation.bound, rel=1e-4)


def test_climbing_stops_when_asked_and_keeps_what_it_has(task):
    nothing = price(task, np.zeros(task.problem.rows.count), NO_CAPS)
    climbed = climb(task, lambda: True)
    assert climbed.bound >= nothing.bound


def test_without_prices_every_unit_takes_its_cheapest_candidate(task):
    cost = task.problem.candidate_cost(task.weights)
    nothing = price(task, np.zeros(task.problem.rows.count), NO_CAPS)
    assert nothing.bound == pytest.approx(np.minimum.reduceat(cost, task.problem.start[:-1]).sum())
    assert (np.minimum.reduceat(nothing.reduced, task.problem.start[:-1]) == 0).all()


def test_no_price_of_a_soft_row_is_above_what_leaving_it_costs(task):
    rows = task.problem.rows
    dear = price(task, np.full(rows.count, 1e9), NO_CAPS)
    assert (dear.rows[rows.soft] <= rows.under_points[rows.soft]).all()
    # a row without a lower limit has no price for falling short
    assert (dear.rows[np.isinf(rows.lower)] == 0).all()


def test_the_price_of_a_cap_counts_the_goals_that_it_limits():
    formulation = middling()
    weights = {"travel": 1.0}
    free = StageTask(formulation.problem, weights)
    limit = 40.0
    capped = StageTask(formulation.problem, weights, (Cap({"balance": 1.0, "disruption": 1.0}, limit),))
    bound = find_prices(capped).bound
    assert bound == pytest.approx(solve_program(program(capped), "glop", Effort(), relaxed=True).bound, rel=1e-5)
    assert bound > find_prices(free).bound


def test_nothing_to_choose_has_no_prices():
    assert find_prices(first_stage(formulate(org_of([], [{"rep_id": "ana"}]), Policy()))) is None


def test_the_stored_prices_prove_the_bound_again():
    org, policy = middling_org(), middling_policy()
    plan = solve(org, policy, stop=Stop(effort=0.001))
    task = first_stage(formulate(org, policy))
    names = {name: at for at, name in enumerate(task.problem.rows.names)}
    rows = np.zeros(len(names))
    for name, multiplier in plan.prices.items():
        rows[names[name]] = multiplier[0]
    assert price(task, rows, NO_CAPS).bound == pytest.approx(plan.price_bound, abs=1e-9)


def test_the_worked_case_has_prices_below_its_optimum():
    plan = solve(worked_org(), worked_policy())
    assert plan.price_bound < 107 / 9
    assert plan.bound == pytest.approx(107 / 9, abs=1e-6)
