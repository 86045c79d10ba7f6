"""Combinations of changes: with few enough customers they are all the plans there are, and the best one is found."""

import itertools
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import numpy as np
import pytest

from models.engines.ground import Ground
from models.engines.program import Cap, StageTask
from models.engines.search import MOST_CHANGES, _Chain, greedy
from models.engines.shortlist import shortlist
from models.formulation.build import formulate
from models.valuation import evaluate
from tests.middling import first_stage, middling_org, middling_policy
from tests.tiny import tiny

FEW = {
    "a band, a capacity and a budget": {},
    "hard limits only": {"balance": [], "goals": [{"goal": "disruption"}, {"goal": "travel", "weight": 0.2}]},
    "groups and conflicts": {
        "keep": {
            "groups": [{"name": "large", "when": "customer.revenue > 40", "max": 3}],
            "conflicts": [{"name": "rivals", "customers": ["C0001", "C0002", "C0003"]}],
        }
    },
    "a pool": {
        "pool": {"when": "customer.revenue < 30", "penalty": "2"},
        "eligibility": {"nearest": 1},
        "goals": [{"goal": "balance"}, {"goal": "travel"}, {"goal": "disruption"}],
    },
}


def task_of(kind, seed=1):
    """Return a stage of ten customers with two candidates each, of which one round tries every combination."""
    sections = {"eligibility": {"nearest": 2}, "capacity": [{"measure": "workload", "max": "60%"}], **FEW[kind]}
    task = first_stage(formulate(middling_org(10, 3, seed), middling_policy(**sections)))
    start = task.problem.start
    third = np.arange(start[-1]) - start[task.problem.unit] >= 2
    return StageTask(shortlist(task.problem, ~third).problem, task.weights)


def every_choice(problem):
    for places in itertools.product(*(range(a, b) for a, b in itertools.pairwise(problem.start))):
        yield np.array(places)


def combined(task, first, rounds=40):
    """Return what rounds of combinations make of a choice, limits being dearer than anything else."""
    chain = _Chain(Ground(task, np.full(task.problem.rows.count, 1e6)), first, 1, np.zeros(1, dtype=np.int64))
    chain.cap_penalty[:] = 1e6
    with ThreadPoolExecutor(max_workers=1) as pool:
        chain._step(pool, 1, partial(chain._combine, rounds))
    return chain.chosen


@pytest.mark.parametrize("kind", FEW)
@pytest.mark.parametrize("seed", [1, 2])
def test_the_best_of_all_plans_is_found_where_all_can_be_tried(kind, seed):
    task = task_of(kind, seed)
    problem = task.problem
    allowed = [evaluate(problem, choice) for choice in every_choice(problem)]
    values = [one.value(task.weights) for one in allowed if one.feasible]
    assert values
    found = evaluate(problem, combined(task, greedy(task)))
    assert found.feasible
    assert found.value(task.weights) == pytest.approx(min(values))


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_what_earlier_stages_left_is_kept(seed):
    task = task_of("a band, a capacity and a budget", seed)
    problem = task.problem
    first = combined(task, greedy(task))
    cap = Cap({"balance": 1.0}, evaluate(problem, first).goals["balance"] * 1.2 + 1)
    later = StageTask(problem, {"travel": 1.0}, (cap,))
    values = [evaluate(problem, choice) for choice in every_choice(problem)]
    least = min(one.value(later.weights) for one in values if later.allows(one))
    found = evaluate(problem, combined(later, first))
    assert later.allows(found)
    assert found.value(later.weights) == pytest.approx(least)


def test_combinations_take_only_what_is_better():
    task = task_of("a band, a capacity and a budget")
    rng = np.random.default_rng(5)
    for _ in range(10):
        width = np.diff(task.problem.start)
        first = task.problem.start[:-1] + (rng.random(len(width)) * width).astype(np.int64)
        before, after = evaluate(task.problem, first), evaluate(task.problem, combined(task, first, rounds=1))
        assert not before.feasible or after.value(task.weights) <= before.value(task.weights) + 1e-9


def the_best_for_customers_that_count_once_is_found(seed):
    problem = formulate(*tiny(seed)).problem
    if not problem.n_aux or np.diff(problem.start).min() == 0 or problem.n_units > MOST_CHANGES:
        return 0
    second = np.arange(problem.n_candidates) - problem.start[problem.unit] < 2
    problem = shortlist(problem, second).problem
    task = StageTask(problem, problem.stages[0].weights)
    allowed = [evaluate(problem, choice) for choice in every_choice(problem)]
    values = [one.value(task.weights) for one in allowed if one.feasible]
    if not values:
        return 0
    found = evaluate(problem, combined(task, greedy(task)))
    assert found.feasible, f"tiny({seed})"
    assert found.value(task.weights) == pytest.approx(min(values)), f"tiny({seed})"
    return 1


@pytest.mark.long
def test_the_best_for_customers_that_count_once_over_their_roles_is_found():
    assert sum(the_best_for_customers_that_count_once_is_found(seed) for seed in range(60)) > 1
