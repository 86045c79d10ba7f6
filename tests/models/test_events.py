"""Customers with several roles in the search: whoever moves in both counts once there, as everywhere else."""

import dataclasses

import numpy as np
import pytest

from models.engines import search as searching
from models.engines.events import counted_events
from models.engines.pace import Effort
from models.engines.program import StageTask
from models.engines.search import greedy, search
from models.formulation.build import formulate
from models.policy import Policy
from models.valuation import evaluate, least_aux
from tests.middling import first_stage
from tests.oracle import every_plan
from tests.tables import org_of
from tests.tiny import tiny


def chosen_at_random(problem, rng):
    width = np.diff(problem.start)
    return problem.start[:-1] + (rng.random(len(width)) * width).astype(np.int64)


def counts_like_everybody(seed):
    problem = formulate(*tiny(seed)).problem
    if not problem.n_units or np.diff(problem.start).min() == 0:
        return 0
    counted, rows, rng = counted_events(problem), problem.rows, np.random.default_rng(seed)
    kinds = np.repeat([block.kind for block in problem.blocks], [block.count for block in problem.blocks])
    for _ in range(10):
        choice = chosen_at_random(problem, rng)
        activity = rows.activity(choice)
        once = least_aux(problem, activity)
        activity = activity + rows.aux @ once
        found = counted.activity(choice)
        assert np.minimum(found[rows.count :], 1.0).tolist() == once.tolist(), f"tiny({seed})"
        real = kinds != "counted once"
        assert found[: rows.count][real] == pytest.approx(activity[real]), f"tiny({seed})"
        # what defines the variables holds at their least values: the search need not look at it
        assert (activity <= rows.upper + 1e-9)[~real].all(), f"tiny({seed})"
    return problem.n_aux


@pytest.mark.long
def test_the_search_counts_a_customer_once_over_all_its_roles():
    assert sum(counts_like_everybody(seed) for seed in range(100)) > 10


def at_a_price(problem):
    """Return the problem with hard rows that may be left at a price, so that a plan's value is all that counts."""
    points = [10.0 / np.maximum(1.0, block.scale) for block in problem.blocks]
    blocks = [
        block if block.kind == "balance" else dataclasses.replace(block, over_points=one, under_points=one)
        for block, one in zip(problem.blocks, points, strict=True)
    ]
    return dataclasses.replace(problem, blocks=tuple(blocks))


def ends_where_no_change_is_better(seed):
    problem = at_a_price(formulate(*tiny(seed)).problem)
    if not problem.n_aux or np.diff(problem.start).min() == 0:
        return 0
    task = StageTask(problem, {**problem.stages[0].weights, "balance": 1.0})
    ended = []
    with pytest.MonkeyPatch.context() as patch:
        for name, value in (("STEPS", 1), ("COLD_STEPS", 0), ("COOLING", 1e-9)):
            patch.setattr(searching, name, value)
        patch.setattr(searching._Chain, "_combined", lambda *_: None)
        patch.setattr(searching._Chain, "_look", lambda chain: ended.append(chain.chosen.copy()))
        search(task, problem.start[:-1].copy(), Effort(3000, heat=1.0), chains=1)
    (choice,) = ended
    value = evaluate(problem, choice).value(task.weights)
    for u in range(problem.n_units):
        for e in range(problem.start[u], problem.start[u + 1]):
            other = choice.copy()
            other[u] = e
            change = evaluate(problem, other).value(task.weights) - value
            assert change >= -1e-7 * max(1.0, abs(value)), f"tiny({seed})"
    return 1


@pytest.mark.long
def test_after_many_changes_the_search_still_knows_who_counts_on_many_orgs():
    # one call of the kernel that cools to nothing: with a wrong account of events it would end beside an optimum
    for seed in range(150, 3000):
        counts_like_everybody(seed)
    assert sum(ends_where_no_change_is_better(seed) for seed in range(150, 3000)) > 190


def two_customers(**keep_and_budgets):
    """Each would be better off with other reps in both roles; C1 gains more by it."""
    customers = [
        {"customer_id": "C1", "owner_id_sales": "ana", "owner_id_service": "eve"},
        {"customer_id": "C2", "owner_id_sales": "ana", "owner_id_service": "eve"},
    ]
    reps = [
        {"rep_id": "ana", "role": "sales", "team": "red"},
        {"rep_id": "bob", "role": "sales", "team": "blue"},
        {"rep_id": "eve", "role": "service", "team": "red"},
        {"rep_id": "kim", "role": "service", "team": "blue"},
    ]
    costs = {"ana": 5.0, "bob": 1.0, "eve": 5.0, "kim": 1.0}
    pairs = [
        {"customer_id": one, "rep_id": rep, "cost": cost + 0.5 * (one == "C2" and cost == 1.0)}
        for one in ("C1", "C2")
        for rep, cost in costs.items()
    ]
    policy = {
        "roles": {"sales": {}, "service": {}},
        "goals": [{"goal": "cost", "value": "pair.cost"}],
        **keep_and_budgets,
    }
    return org_of(customers, reps, pairs=pairs), Policy.model_validate(policy)


ONE = {
    "a budget of the company": {"disruption": {"budgets": [{"of": "customers", "max": 1}]}},
    "what a team may lose": {"disruption": {"budgets": [{"of": "customers", "per": "team", "side": "lost", "max": 1}]}},
    "what a team may gain": {
        "disruption": {"budgets": [{"of": "customers", "per": "team", "side": "gained", "max": 1}]}
    },
    "a group": {"keep": {"groups": [{"name": "one each", "when": "TRUE", "per": "team", "min": 1, "max": 1}]}},
}


@pytest.mark.parametrize("kind", ONE)
@pytest.mark.parametrize("blocks", [1, 2])
def test_a_customer_that_moves_in_both_roles_uses_a_limit_of_one_customer_once(kind, blocks, monkeypatch):
    org, policy = two_customers(**ONE[kind])
    if blocks > 1:
        # sales reps and service reps apart: the roles of a customer move in different blocks
        monkeypatch.setattr(searching, "ALONE", 0)
        monkeypatch.setattr(searching, "UNITS_PER_BLOCK", 2)
    task = first_stage(formulate(org, policy))
    assert task.problem.n_aux
    found = search(task, greedy(task), Effort(2000))
    best = every_plan(org, policy)
    assert best.objective == 12.0
    assert evaluate(task.problem, found).feasible
    assert evaluate(task.problem, found).value(task.weights) == best.objective


def test_a_minimum_is_not_met_by_counting_a_customer_twice():
    # red must keep two customers: one of them in both roles is not enough
    group = {"name": "some", "when": "TRUE", "per": "team", "min": 2}
    org, policy = two_customers(keep={"groups": [group]})
    task = first_stage(formulate(org, policy))
    found = search(task, greedy(task), Effort(2000))
    assert evaluate(task.problem, found).feasible
    assert evaluate(task.problem, found).value(task.weights) == every_plan(org, policy).objective
