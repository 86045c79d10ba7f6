"""Local search: simulated annealing by shifts and swaps, with exact deltas for every kind of coupling row."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor, wait

import numpy as np
import scipy.sparse as sp

from models.engines.program import StageTask
from models.org import FloatArray, IntArray
from models.problem import Problem, evaluate
from models.stop import Stop

STEPS = 250
PARTS = 25
COOLING = 0.015


class Pace:
    """Lets a search cool within a share of the seconds that are left.

    Attributes
    ----------
    hurried : bool
        True once fewer proposals were allowed than planned: the result then depends on the machine.
    """

    def __init__(self, stop: Stop, share: float) -> None:
        self._stop, self._began = stop, stop.seconds_used
        self._budget = np.inf if stop.seconds_left is None else stop.seconds_left * share
        self.hurried = False

    def tries(self, made: int, steps_left: int, planned: int) -> int:
        """Return how many proposals to make per step, given how many one chain has made and how many steps are left."""
        used = self._stop.seconds_used - self._began
        allowed = made / max(used, 1e-9) * max(self._budget - used, 0.0) / max(steps_left, 1)
        if allowed >= planned:
            return planned
        self.hurried = True
        return max(1, int(allowed))


def greedy(task: StageTask, cost: FloatArray | None = None) -> IntArray:
    """Return the cheapest candidate of each unit, today's owner first among equals; rows are not looked at.

    ``cost`` (shape (candidates,)) stands for the goals' own cost, such as one with the rows priced in.
    """
    problem = task.problem
    if cost is None:
        cost = problem.candidate_cost(task.weights)
    stays = np.zeros(problem.n_candidates)
    stays[problem.stay[problem.stay >= 0]] = -1.0
    order = np.lexsort((stays, cost, problem.unit))
    return order[problem.start[:-1]]


def search(
    task: StageTask,
    first: IntArray,
    *,
    proposals: int,
    chains: int = 2,
    seed: int = 1,
    stop: threading.Event | None = None,
    heat: float = 3.0,
    pace: Pace | None = None,
) -> IntArray:
    """Improve a choice; return the best one found, which breaks hard rows or caps only if no better was found.

    Parameters
    ----------
    first
        One candidate per unit, shape (units,).
    proposals
        Changes tried in each chain; the work is counted, so the result does not depend on the machine.
    chains
        Independent chains, seeded ``seed``, ``seed + 1``, …; run side by side, and merged in that order.
    heat
        Where annealing begins, relative to the typical change of a single move.
    pace
        With a time limit, lets the search cool in time; None makes all proposals that were planned.
    """
    from models.engines.kernels import anneal

    problem, rows = task.problem, task.problem.rows
    cost = problem.candidate_cost(task.weights)
    cap_cost = np.array([problem.candidate_cost(cap.weights) for cap in task.caps]).reshape(len(task.caps), len(cost))
    matrix, lower, upper = linear_rows(problem)
    columns = matrix.tocsc()
    hard = ~rows.soft
    typical = _typical_change(cost, problem)
    scale = np.maximum(1.0, rows.scale)
    # a hard row one unit of its typical coefficient outside costs some typical moves
    indptr, row = columns.indptr.astype(np.int64), columns.indices.astype(np.int64)
    price = 4.0 * typical / np.maximum(_typical_coefficient(columns.data, row, rows.count), 1e-6 * scale)
    over = np.where(hard, price, np.where(np.isfinite(rows.over_points), rows.over_points, 0.0))
    under = np.where(hard, price, np.where(np.isfinite(rows.under_points), rows.under_points, 0.0))
    movable = np.flatnonzero(np.diff(problem.start) > 1)
    per_step = max(1, proposals // STEPS)
    temperatures = heat * typical * np.geomspace(1.0, COOLING, STEPS - 5)
    parts = np.split(np.r_[temperatures, np.zeros(5)], PARTS)
    flag = np.zeros(1, dtype=np.int64)

    def chain(which: int) -> IntArray:
        chosen, best = first.copy(), first
        prices = over.copy(), under.copy(), np.full(len(task.caps), 10.0)
        tries, made = per_step, 0
        for part, heats in enumerate(parts):
            found = anneal(
                (seed + which) * PARTS + part,
                problem.start,
                problem.rep,
                cost,
                cap_cost,
                task.weights.get("balance", 0.0),
                np.array([cap.weights.get("balance", 0.0) for cap in task.caps], dtype=float),
                np.array([cap.limit for cap in task.caps], dtype=float),
                prices[2],
                indptr,
                row,
                columns.data,
                lower,
                upper,
                prices[0],
                prices[1],
                hard,
                chosen,
                problem.n_reps,
                movable,
                heats,
                tries,
                flag,
            )
            best = min(best, np.asarray(found), key=lambda choice: _rank(task, choice))
            if flag[0] != 0:
                break
            made += tries * len(heats)
            if pace is not None:
                tries = pace.tries(made, (PARTS - part - 1) * len(heats), per_step)
        return best

    with ThreadPoolExecutor(max_workers=chains) as pool:
        running = [pool.submit(chain, which) for which in range(chains)]
        while not all(one.done() for one in running):
            if stop is not None and stop.wait(0.05):
                flag[0] = 1
            elif stop is None:
                wait(running)
    return min([first, *(one.result() for one in running)], key=lambda choice: _rank(task, choice))


def _rank(task: StageTask, choice: IntArray) -> tuple[bool, float]:
    valuation = evaluate(task.problem, choice)
    allowed = task.allows(valuation)
    broken = float((valuation.excess / np.maximum(1.0, task.problem.rows.scale)).sum())
    return not allowed, valuation.value(task.weights) if allowed else broken


def linear_rows(problem: Problem) -> tuple[sp.csr_array, FloatArray, FloatArray]:
    """Return matrix, lower and upper without auxiliaries: each stands for the sum of the events that define it.

    A customer that moves in two roles is then counted twice: upper limits are never weaker than the true ones.
    """
    rows = problem.rows
    if not problem.n_aux:
        return rows.matrix, rows.lower, rows.upper
    coefficients = rows.aux.tocsr()
    defining = np.flatnonzero(coefficients.min(axis=1).toarray().ravel() < 0)
    uses = coefficients.copy()
    uses.data = np.maximum(uses.data, 0.0)
    events = coefficients[defining]
    sums = -events.T @ rows.matrix[defining]
    limits = -events.T @ rows.upper[defining]
    lower, upper = rows.lower.copy(), rows.upper + uses @ limits
    matrix = (rows.matrix + uses @ sums).tolil()
    matrix[defining] = 0.0
    lower[defining], upper[defining] = -np.inf, np.inf
    return matrix.tocsr(), lower, upper


def _typical_change(cost: FloatArray, problem: Problem) -> float:
    """Return the typical difference between two candidates of a unit, in points."""
    best = np.minimum.reduceat(cost, problem.start[:-1]) if problem.n_units else np.zeros(0)
    spread = (cost - best[problem.unit])[cost > best[problem.unit]]
    if len(spread):
        return float(np.median(spread))
    return 1.0


def _typical_coefficient(data: FloatArray, row: IntArray, count: int) -> FloatArray:
    total = np.bincount(row, np.abs(data), minlength=count)
    number = np.bincount(row, minlength=count)
    return total / np.maximum(number, 1)
