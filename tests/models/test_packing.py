"""Packing: books with one hard limit each, the bound that their knapsacks prove, and the plans that dives find."""

import dataclasses
import itertools
from typing import Any

import numpy as np
import pytest

from models.engines.dives import Dives, proven_by
from models.engines.incumbent import Incumbent
from models.engines.packing import packing_of
from models.engines.prices import find_prices
from models.engines.program import Cap, StageTask
from models.engines.stage import solve_stage
from models.problem import Books, Problem, Stage, hard_block
from models.stop import Stop
from models.valuation import evaluate

SEEDS = range(6)


def books_of(cost: Any, load: Any, limit: Any, pool: Any = None) -> StageTask:
    """Every unit may go to every rep: ``cost`` and ``load`` by unit and rep, ``limit`` by rep, ``pool`` its cost there.

    A rep whose limit is infinite has no row.
    """
    cost, load, limit = np.asarray(cost, float), np.asarray(load, float), np.asarray(limit, float)
    units, reps = cost.shape
    rep = np.tile(np.arange(reps), (units, 1))
    if pool is not None:
        rep = np.c_[rep, np.full(units, -1)]
        cost = np.c_[cost, pool]
        load = np.c_[load, np.zeros(units)]
    width = rep.shape[1]
    rowed = np.flatnonzero(np.isfinite(limit))
    row_of = np.full(reps + 1, -1)
    row_of[rowed] = np.arange(len(rowed))
    row = row_of[rep.ravel()]
    at = np.flatnonzero((row >= 0) & (load.ravel() != 0))
    block = hard_block(
        "capacity[load]",
        "capacity",
        tuple(f"R{r}" for r in rowed),
        np.full(len(rowed), -np.inf),
        limit[rowed],
        listed=(row[at], at, load.ravel()[at]),
    )
    start = np.arange(units + 1) * width
    stage = Stage(1, {"cost": 1.0}, 0.0, 0.0)
    problem = Problem(
        start, rep.ravel(), reps, {"cost": cost.ravel()}, (block,), 0, (stage,), np.full(units, -1, dtype=np.int64)
    )
    return StageTask(problem, stage.weights)


def drawn(seed: int, units: int, reps: int, kind: str = "d", whole: bool = True) -> StageTask:
    """Draw books as Chu and Beasley do: what is cheap weighs much, and there is little room."""
    rng = np.random.default_rng(seed)
    load = rng.integers(1, 101, (units, reps)) if whole else rng.uniform(1, 100, (units, reps))
    cost = 111 - load + rng.integers(-10, 11, (units, reps))
    if kind == "c":
        load, cost = rng.integers(5, 26, (units, reps)), rng.integers(10, 51, (units, reps))
    limit = 0.8 * load.sum(axis=0) / reps
    return books_of(cost, load, np.floor(limit) if whole else limit)


def best_of_all(task: StageTask) -> float:
    """Try every choice."""
    problem = task.problem
    options = [range(a, b) for a, b in itertools.pairwise(problem.start.tolist())]
    values = [evaluate(problem, np.array(choice)) for choice in itertools.product(*options)]
    return min([value.value(task.weights) for value in values if task.allows(value)], default=np.inf)


def _nobody(doing: str, objective: float | None, bound: float | None) -> None:
    del doing, objective, bound


def dived(task: StageTask, blocks: int = 10) -> Incumbent:
    packing, prices = packing_of(task), find_prices(task)
    assert packing is not None
    assert prices is not None
    best = Incumbent(task)
    best.prove(prices.bound, "prices")
    dives = Dives(best, packing, prices, 1, lambda: False)
    dives.climb()
    dives.plans()
    dives.neighbourhoods(blocks)
    return best


@pytest.mark.parametrize("whole", [True, False])
@pytest.mark.parametrize("seed", SEEDS)
def test_no_plan_is_better_than_the_bound_whatever_the_units_are_worth(seed, whole):
    task = drawn(seed, 7, 3, whole=whole)
    packing, optimum = packing_of(task), best_of_all(task)
    rng = np.random.default_rng(seed)
    for _ in range(20):
        assert proven_by(packing, rng.uniform(-50, 200, 7)) <= optimum + 1e-6


@pytest.mark.parametrize("whole", [True, False])
@pytest.mark.parametrize("seed", SEEDS)
def test_dives_find_the_best_plan_of_a_tiny_org_and_no_more(seed, whole):
    task = drawn(seed, 7, 3, whole=whole)
    optimum, best = best_of_all(task), dived(task)
    assert best.bound <= optimum + 1e-6
    if np.isfinite(optimum):
        assert best.value == pytest.approx(optimum, rel=0.05)
        assert best.value >= optimum - 1e-6


@pytest.mark.parametrize("kind", ["c", "d"])
@pytest.mark.parametrize("seed", [1, 2])
def test_packed_books_agree_with_what_a_tree_proves(kind, seed):
    task = drawn(seed, 24, 3, kind)
    proven = solve_stage(task, "highs", Stop(), 1, _nobody)
    best = dived(task, 60)
    assert proven.state == "optimal"
    assert best.bound <= proven.value + 1e-6
    assert best.bound >= proven.prices.bound
    assert proven.value - 1e-6 <= best.value <= 1.01 * proven.value


def test_a_rep_without_a_limit_takes_what_does_not_fit_elsewhere():
    rng = np.random.default_rng(3)
    cost, load = rng.integers(1, 50, (8, 3)), rng.integers(5, 30, (8, 3))
    task = books_of(cost + np.array([0, 0, 60]), load, [60, 60, np.inf])
    optimum, best = best_of_all(task), dived(task)
    assert best.bound <= optimum + 1e-6
    assert best.value == pytest.approx(optimum)


def test_the_pool_is_a_book_with_room_for_all():
    rng = np.random.default_rng(4)
    cost, load = rng.integers(1, 50, (8, 2)), rng.integers(5, 30, (8, 2))
    task = books_of(cost, load, [40, 40], pool=np.full(8, 80.0))
    optimum, best = best_of_all(task), dived(task)
    assert best.bound <= optimum + 1e-6
    assert best.value == pytest.approx(optimum)


def test_nothing_is_said_to_fit_where_the_units_weigh_more_than_all_books_hold():
    task = books_of(np.ones((6, 2)), np.full((6, 2), 10.0), [20.0, 30.0])
    best = dived(task)
    assert best.choice is None


@pytest.mark.parametrize("limit", [115.0, 129.0])
def test_a_stage_that_cannot_be_packed_into_its_books_is_still_proven_infeasible(limit):
    # 125 units of 10: too much in all for books of 115; books of 129 hold enough in all, but 12 units each
    cost = np.random.default_rng(5).integers(1, 50, (125, 10))
    outcome = solve_stage(books_of(cost, np.full((125, 10), 10.0), np.full(10, limit)), "auto", Stop(), 1, _nobody)
    assert outcome.state == "infeasible"
    assert outcome.choice is None


def test_the_same_seed_packs_the_same_books():
    one, other = dived(drawn(1, 60, 6)), dived(drawn(1, 60, 6))
    assert one.choice is not None
    assert one.choice.tolist() == other.choice.tolist()
    assert (one.bound, one.bound_by) == (other.bound, other.bound_by)


def test_auto_packs_books_that_have_a_hard_limit_each():
    task = drawn(2, 100, 10)
    # what the annealing finds is farther from the bound than that
    outcome = solve_stage(task, "auto", Stop(gap=0.005), 1, _nobody)
    assert "knapsacks prove the bound" in outcome.reason
    assert (outcome.bound_by, outcome.stopped_by) == ("packing", "gap")


def test_a_load_that_the_unit_brings_to_every_rep_is_packed_as_well():
    task = drawn(1, 7, 3)
    problem = task.problem
    amount = np.arange(1.0, 8.0)
    book = Books(problem.start, problem.rep, np.arange(3), amount)
    block = hard_block(
        "capacity[hours]", "capacity", ("a", "b", "c"), np.full(3, -np.inf), np.full(3, 11.0), books=(book,)
    )
    packing = packing_of(StageTask(dataclasses.replace(problem, blocks=(block,)), task.weights))
    assert packing is not None
    assert packing.exact.all()
    assert packing.load.tolist() == np.tile(amount, 3).tolist()


def test_a_limit_that_no_plan_can_break_is_no_limit():
    task = books_of(np.ones((4, 2)), np.ones((4, 2)), [3.0, 100.0])
    assert packing_of(task).limit.tolist() == pytest.approx([3.0, 0.0, 0.0], abs=1e-5)
    assert packing_of(books_of(np.ones((4, 2)), np.ones((4, 2)), [100.0, 100.0])) is None


def _with(task: StageTask, **changes: Any) -> StageTask:
    block = dataclasses.replace(task.problem.blocks[0], **changes)
    return StageTask(dataclasses.replace(task.problem, blocks=(block,)), task.weights)


def test_other_rows_are_not_taken_for_books():
    task = drawn(1, 7, 3)
    block = task.problem.blocks[0]
    assert packing_of(task) is not None
    assert packing_of(_with(task, lower=np.full(3, 10.0))) is None, "a minimum"
    assert packing_of(_with(task, over_points=np.full(3, 2.0))) is None, "a soft limit"
    assert packing_of(StageTask(task.problem, task.weights, (Cap({"cost": 1.0}, 1e3),))) is None, "a cap"
    row, candidate, value = block.listed
    assert packing_of(_with(task, listed=(np.where(row == 2, 1, row), candidate, value))) is None, "a shared row"
    credit = np.where(candidate == candidate[row == 2][0], -value, value)
    assert packing_of(_with(task, listed=(row, candidate, credit))) is None, "a credit"
    two = dataclasses.replace(task.problem, blocks=(block, block))
    assert packing_of(StageTask(two, task.weights)) is None, "two limits of one book"


def test_loads_in_tenths_are_whole_numbers_of_cells():
    tenths = packing_of(books_of(np.ones((4, 1)), [[0.3], [1.2], [2.1], [0.6]], [3.1]))
    assert tenths.exact.all()
    assert tenths.cells.tolist() == [1, 4, 7, 2]
    assert tenths.room[0] == 10


def test_loads_of_any_size_are_rounded_down_for_the_bound():
    packing = packing_of(books_of(np.ones((4, 1)), [[np.pi], [np.e], [2**0.5], [0.7]], [5.0]))
    assert not packing.exact[0]
    cells, room = packing.rounded_down(0)
    assert (cells * packing.limit[0] <= packing.load * room * (1 + 1e-12)).all()
