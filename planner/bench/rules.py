"""Rules of thumb that people plan by: the best rep for each customer in descending size, and one after the other.

Both look at one unit at a time and never come back to it. A hard limit comes before any cost: of a unit's candidates
those count that exceed hard limits by the least.
"""

from __future__ import annotations

import numpy as np
import scipy.sparse as sp

from models.engines.program import StageTask
from models.org import FloatArray, IntArray
from models.valuation import evaluate
from planner.bench.question import Answer, Asked, Found

HAIR = 1e-9
PRESSURES = (0.0, 0.05, 0.1, 0.2, 0.3, 0.5, 0.75, 1.0, 1.5, 2.0, 4.0)
"""How dear the use of a hard limit is made, in turn, where greedy would exceed it."""


def greedily(asked: Asked, found: Found) -> Answer:
    """Give each unit, the largest first, to whoever adds the least points, bands included."""
    return _answer(asked, greedy_choice(asked.stage))


def in_turn(asked: Asked, found: Found) -> Answer:
    """Deal the units out: each to that of its eligible reps whose last turn was longest ago."""
    return _answer(asked, round_robin_choice(asked.stage))


def _answer(asked: Asked, choice: IntArray) -> Answer:
    return Answer(asked.formulation.assignment(choice), None, "done")


def greedy_choice(task: StageTask) -> IntArray:
    """Return the candidate of each unit, chosen largest unit first at the least marginal points, shape (units,).

    Where that exceeds hard limits it is done again, with more and more points for the share of a limit that a
    candidate uses: the cheapest choice that keeps all limits is returned, or the one that exceeds them the least.
    """
    cost = task.problem.candidate_cost(task.weights)
    used = _used(task)
    unit_of_pressure = _spread(task, cost) / max(_spread(task, used), HAIR)
    best, least = np.zeros(0, dtype=np.int64), (np.inf, np.inf)
    for pressure in PRESSURES if used.any() else PRESSURES[:1]:
        choice = _largest_first(task, cost + pressure * unit_of_pressure * used)
        valued = evaluate(task.problem, choice)
        broken = float((valued.excess / np.maximum(task.problem.rows.scale, 1.0)).sum())
        if (broken, valued.value(task.weights)) < least:
            best, least = choice, (broken, valued.value(task.weights))
        if not broken and not pressure:
            break
    return best


def _largest_first(task: StageTask, cost: FloatArray) -> IntArray:
    books = _Books(task)
    choice = np.zeros(task.problem.n_units, dtype=np.int64)
    for unit in np.argsort(-_sizes(task), kind="stable").tolist():
        first, last = int(task.problem.start[unit]), int(task.problem.start[unit + 1])
        broken, points = books.added(first, last)
        points += cost[first:last]
        best = first + _least(broken, points)
        books.take(best)
        choice[unit] = best
    return choice


def round_robin_choice(task: StageTask) -> IntArray:
    """Return the candidate of each unit, dealt out in the order of the units, shape (units,)."""
    problem, books = task.problem, _Books(task)
    turn = np.zeros(problem.n_reps + 1)  # the last is the pool
    choice = np.zeros(problem.n_units, dtype=np.int64)
    for unit in range(problem.n_units):
        first, last = int(problem.start[unit]), int(problem.start[unit + 1])
        reps = problem.rep[first:last]
        broken, _ = books.added(first, last)
        waiting = np.where(reps < 0, unit + 1.0, turn[reps])  # the pool only where nobody else may
        best = first + _least(broken, waiting)
        books.take(best)
        turn[problem.rep[best]] = unit + 1.0
        choice[unit] = best
    return choice


class _Books:
    """What lies in the coupling rows so far, and what one more candidate would do there."""

    def __init__(self, task: StageTask) -> None:
        rows = task.problem.rows
        balance = task.weights.get("balance", 0.0)
        across = sp.csr_array(rows.matrix.T)
        self.indptr, self.value = across.indptr, np.asarray(across.data, dtype=np.float64)
        self.row: IntArray = across.indices.astype(np.int64)
        self.lower, self.upper = rows.lower, rows.upper
        self.over_points = balance * np.where(np.isfinite(rows.over_points), rows.over_points, 0.0)
        self.under_points = balance * np.where(np.isfinite(rows.under_points), rows.under_points, 0.0)
        self.size = np.where(rows.soft, 0.0, 1.0 / np.maximum(rows.scale, 1.0))
        self.load = np.zeros(rows.count)

    def added(self, first: int, last: int) -> tuple[FloatArray, FloatArray]:
        """Return by how much candidates would exceed hard rows, relative to them, and what they add in points."""
        at = slice(self.indptr[first], self.indptr[last])
        rows = self.row[at]
        now = self.load[rows]
        over, under = self._outside(rows, now)
        over_then, under_then = self._outside(rows, now + self.value[at])
        over, under = over_then - over, under_then - under
        of = np.repeat(np.arange(last - first), np.diff(self.indptr[first : last + 1]))
        added = over * self.over_points[rows] + under * self.under_points[rows]
        broken: FloatArray = np.bincount(of, (over + under) * self.size[rows], last - first).astype(np.float64)
        points: FloatArray = np.bincount(of, added, last - first).astype(np.float64)
        return broken, points

    def take(self, candidate: int) -> None:
        """Put a candidate into its rows."""
        at = slice(self.indptr[candidate], self.indptr[candidate + 1])
        self.load[self.row[at]] += self.value[at]

    def _outside(self, rows: IntArray, load: FloatArray) -> tuple[FloatArray, FloatArray]:
        over: FloatArray = np.maximum(load - self.upper[rows], 0.0)
        under: FloatArray = np.maximum(self.lower[rows] - load, 0.0)
        return over, under


def _least(broken: FloatArray, wanted: FloatArray) -> int:
    """Return the position that breaks the least, and of those alike the one most wanted."""
    return int(np.where(broken <= broken.min() + HAIR, wanted, np.inf).argmin())


def _used(task: StageTask) -> FloatArray:
    """Return which share of hard upper limits each candidate uses, all its rows together, shape (candidates,)."""
    rows = task.problem.rows
    hard = np.isinf(rows.over_points) & np.isfinite(rows.upper) & (rows.upper > 0)
    share = np.where(hard, 1.0 / np.where(hard, rows.upper, 1.0), 0.0)
    used: FloatArray = rows.matrix.T @ share
    return used


def _spread(task: StageTask, values: FloatArray) -> float:
    """Return how far a unit's candidates typically lie above its least."""
    start = task.problem.start
    above = values - np.minimum.reduceat(values, start[:-1])[task.problem.unit]
    return float(above[above > 0].mean()) if (above > 0).any() else 0.0


def _sizes(task: StageTask) -> FloatArray:
    """Return how much of a row a unit fills at most, shape (units,)."""
    problem, rows = task.problem, task.problem.rows
    if not rows.matrix.nnz:
        return np.zeros(problem.n_units)
    filled = sp.csr_array(abs(rows.matrix).multiply(1.0 / np.maximum(rows.scale, 1.0)[:, None]))
    largest = np.asarray(filled.max(axis=0).todense()).ravel()
    return np.maximum.reduceat(largest, problem.start[:-1])
