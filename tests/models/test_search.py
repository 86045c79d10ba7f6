"""Search: what it finds is never worse than where it began, and keeps rows and caps wherever that can be kept."""

import threading

import numpy as np
import pytest

from models.engines.pace import Effort
from models.engines.program import Cap, StageTask
from models.engines.search import greedy, search
from models.engines.shortlist import shortlist
from models.formulation.build import formulate
from models.policy import Policy
from models.solve import solve
from models.stop import Stop
from models.valuation import evaluate
from tests.middling import first_stage, middling, middling_org, middling_policy
from tests.tables import org_of

SOME = Effort(3_000)


@pytest.fixture(scope="module")
def task():
    return first_stage(middling())


def value(task, choice):
    return evaluate(task.problem, choice).value(task.weights)


def test_greedy_takes_the_cheapest_and_among_equals_todays_owner():
    customers = [{"customer_id": "C1", "owner_id": "bob"}, {"customer_id": "C2", "owner_id": None}]
    reps = [{"rep_id": "ana"}, {"rep_id": "bob"}]
    pairs = [{"customer_id": "C2", "rep_id": "bob", "cost": -1}]
    policy = Policy.model_validate({"goals": [{"goal": "cost", "value": "pair.cost", "default": 0}]})
    problem = formulate(org_of(customers, reps, pairs=pairs), policy).problem
    assert problem.rep[greedy(StageTask(problem, {"cost": 1.0}))].tolist() == [1, 1]


def test_from_a_poor_start_it_finds_a_plan_that_keeps_every_row(task):
    poor = task.problem.start[:-1].copy()
    assert not evaluate(task.problem, poor).feasible
    found = search(task, poor, effort=SOME)
    assert evaluate(task.problem, found).feasible


def test_a_good_plan_is_never_given_away_for_a_worse_one(task):
    good = search(task, greedy(task), effort=SOME)
    again = search(task, good, effort=Effort(20), seed=7)
    assert evaluate(task.problem, again).feasible
    assert value(task, again) <= value(task, good)


def test_caps_of_earlier_stages_hold(task):
    good = search(task, greedy(task), effort=SOME)
    cap = Cap({"balance": 1.0}, evaluate(task.problem, good).goals["balance"] * 3)
    later = StageTask(task.problem, {"travel": 1.0}, (cap,))
    found = search(later, good, effort=SOME)
    assert later.allows(evaluate(task.problem, found))
    assert value(later, found) < value(later, good)


def test_the_same_seed_finds_the_same_plan_and_another_one_may_not(task):
    one, same = (search(task, greedy(task), effort=SOME, seed=3) for _ in range(2))
    assert one.tolist() == same.tolist()
    others = [search(task, greedy(task), effort=Effort(300), seed=seed) for seed in range(5)]
    assert any(other.tolist() != one.tolist() for other in others)


def test_when_no_plan_keeps_all_rows_the_least_broken_one_comes_back():
    task = first_stage(middling(capacity=[{"measure": "workload", "max": 110}]))
    start = greedy(task)
    found = search(task, start, effort=SOME)
    broken = [evaluate(task.problem, choice).excess.sum() for choice in (start, found)]
    assert 0 < broken[1] < broken[0]


def test_an_interrupted_search_returns_what_it_has(task):
    stop = threading.Event()
    stop.set()
    found = search(task, greedy(task), effort=Effort(1e7), ended=stop.is_set)
    assert len(found) == task.problem.n_units


def test_the_pool_takes_part_in_swaps_and_shifts():
    policy = {"pool": {"when": "TRUE", "penalty": "0.5"}}
    task = first_stage(middling(goals=[{"goal": "balance"}, {"goal": "travel", "weight": 5}], **policy))
    found = search(task, greedy(task), effort=SOME)
    assert evaluate(task.problem, found).feasible
    assert (task.problem.rep[found] == -1).any()


def test_a_shortlist_translates_both_ways(task):
    keep = np.ones(task.problem.n_candidates, dtype=bool)
    choice = greedy(task)
    keep[np.setdiff1d(np.arange(len(keep)), choice)[::2]] = False
    short = shortlist(task.problem, keep)
    narrow = short.narrowed(choice)
    assert short.widened(narrow).tolist() == choice.tolist()
    assert evaluate(short.problem, narrow).goals == pytest.approx(evaluate(task.problem, choice).goals)


@pytest.mark.long
def test_auto_with_a_search_is_never_worse_than_search_alone():
    org, policy = middling_org(150, 8), middling_policy()
    plan = solve(org, policy, stop=Stop(effort=0.001))
    task = first_stage(formulate(org, policy))
    assert task.problem.n_candidates > 600
    alone = search(task, greedy(task), effort=SOME)
    assert plan.objective <= value(task, alone) + 1e-9
