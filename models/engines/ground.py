"""The ground of a search: a stage laid out for compiled loops, with the reps that are related."""

from __future__ import annotations

import dataclasses

import numpy as np
import scipy.sparse as sp

from models.engines.ascent import typical_coefficients
from models.engines.program import StageTask
from models.org import BoolArray, FloatArray
from models.problem import Listed, Problem


class Ground:
    """A stage laid out for the compiled search."""

    def __init__(self, task: StageTask, prices: FloatArray | None, reduced: FloatArray | None = None) -> None:
        problem, rows = task.problem, task.problem.rows
        self.task, self.problem = task, problem
        self.start = problem.start
        self.rep = problem.rep.astype(np.int32)
        self.cost = problem.candidate_cost(task.weights)
        self.reduced = self.cost if reduced is None else reduced
        self.cap_cost = np.array([problem.candidate_cost(cap.weights) for cap in task.caps]).reshape(
            len(task.caps), problem.n_candidates
        )
        self.balance = task.weights.get("balance", 0.0)
        self.cap_balance = np.array([cap.weights.get("balance", 0.0) for cap in task.caps], dtype=float)
        self.cap_limit = np.array([cap.limit for cap in task.caps], dtype=float)
        self.row_of_book = np.ascontiguousarray(rows.row_of_book.T.astype(np.int32))
        self.amount = rows.amount
        self.listed, self.lower, self.upper = without_auxiliaries(problem)
        self.rows = dataclasses.replace(rows, listed=self.listed)
        self.hard = ~rows.soft
        self.typical = typical_change(task)
        self.over, self.under = self._charges(prices)
        self.load, self.links = related(problem)

    def _charges(self, prices: FloatArray | None) -> tuple[FloatArray, FloatArray]:
        """Return points per unit outside each row: a hard row's typical coefficient costs some typical changes."""
        rows = self.problem.rows
        coefficient = typical_coefficients(self.problem)
        price = 4.0 * self.typical / np.maximum(coefficient, 1e-6 * np.maximum(1.0, rows.scale))
        if prices is not None:
            price = np.maximum(price, 2.0 * np.abs(prices))
        over = np.where(self.hard, price, np.where(np.isfinite(rows.over_points), rows.over_points, 0.0))
        under = np.where(self.hard, price, np.where(np.isfinite(rows.under_points), rows.under_points, 0.0))
        return over, under


def related(problem: Problem) -> tuple[FloatArray, sp.csr_array]:
    """Return each rep's share of the units, and how many units two reps could both own."""
    unit = np.repeat(np.arange(problem.n_units), np.diff(problem.start))
    owned = problem.rep >= 0
    unit, rep = unit[owned], problem.rep[owned]
    could = sp.csr_array((np.ones(len(rep), dtype=np.float32), (unit, rep)), shape=(problem.n_units, problem.n_reps))
    width = np.maximum(np.bincount(unit, minlength=problem.n_units), 1)
    load = np.bincount(rep, 1.0 / width[unit], minlength=problem.n_reps).astype(float)
    links = sp.csr_array((could.T @ could).astype(float))
    links.setdiag(0.0)
    links.eliminate_zeros()
    links.sort_indices()
    return load, links


def without_auxiliaries(problem: Problem) -> tuple[Listed, FloatArray, FloatArray]:
    """Return listed coefficients, lower and upper limits with each auxiliary as the sum of the events that define it.

    A customer that moves in two roles is then counted twice: upper limits are never weaker than the true ones.
    """
    rows, listed = problem.rows, problem.rows.listed
    if not problem.n_aux:
        return listed, rows.lower, rows.upper
    coefficients = rows.aux.tocsr()
    defining = np.flatnonzero(coefficients.min(axis=1).toarray().ravel() < 0)
    uses = coefficients.copy()
    uses.data = np.maximum(uses.data, 0.0)
    events = coefficients[defining]
    shape = (rows.count, problem.n_candidates)
    single = sp.csr_array(sp.coo_array((listed.value, (listed.row, listed.candidate)), shape=shape))
    lower, upper = rows.lower.copy(), rows.upper + uses @ (-events.T @ rows.upper[defining])
    spread = sp.coo_array(single + uses @ (-events.T @ single[defining]))
    keep = ~np.isin(spread.row, defining)
    order = np.lexsort((spread.row[keep], spread.col[keep]))
    row, candidate, value = (part[keep][order] for part in (spread.row, spread.col, spread.data))
    unit = np.searchsorted(problem.start, candidate, side="right") - 1
    lower[defining], upper[defining] = -np.inf, np.inf
    start = np.searchsorted(unit, np.arange(problem.n_units + 1))
    found = Listed(start, unit, candidate.astype(np.int64), row.astype(np.int64), value.astype(float))
    return found, lower, upper


def typical_change(task: StageTask) -> float:
    """Return the typical difference between two candidates of a unit, in points, whatever their size is."""
    problem = task.problem
    if not problem.n_units:
        return 1.0
    cost = problem.candidate_cost({goal: weight for goal, weight in task.weights.items() if goal != "balance"})
    best = np.minimum.reduceat(cost, problem.start[:-1])
    spread = cost - np.repeat(best, np.diff(problem.start))
    positive: BoolArray = spread > 0
    return float(np.median(spread[positive])) if positive.any() else 1.0
