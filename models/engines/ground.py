"""The ground of a search: a stage laid out for compiled loops, with the reps that are related."""

from __future__ import annotations

import numpy as np
import scipy.sparse as sp

from models.engines.ascent import typical_coefficients
from models.engines.events import CountedEvents, counted_events
from models.engines.program import StageTask
from models.org import BoolArray, FloatArray, IntArray
from models.problem import Problem


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
        self.events = counted_events(problem)
        self.listed, self.lower, self.upper = self.events.rows.listed, self.events.rows.lower, self.events.rows.upper
        self.plain, order = books_by_themselves(self.events)
        self.row_of_book = np.ascontiguousarray(rows.row_of_book[order].T.astype(np.int32))
        self.amount = rows.amount if self.plain == len(order) else np.ascontiguousarray(rows.amount[:, order])
        # numbers of events cost nothing
        free = np.zeros(problem.n_aux)
        self.hard = np.r_[~rows.soft, free > 0]
        self.typical = typical_change(task)
        self.over, self.under = (np.r_[charge, free] for charge in self._charges(prices))
        self.load, self.links = related(problem, self.events)

    def _charges(self, prices: FloatArray | None) -> tuple[FloatArray, FloatArray]:
        """Return points per unit outside each row: a hard row's typical coefficient costs some typical changes."""
        rows, hard = self.problem.rows, ~self.problem.rows.soft
        coefficient = typical_coefficients(self.problem)
        price = 4.0 * self.typical / np.maximum(coefficient, 1e-6 * np.maximum(1.0, rows.scale))
        if prices is not None:
            price = np.maximum(price, 2.0 * np.abs(prices))
        over = np.where(hard, price, np.where(np.isfinite(rows.over_points), rows.over_points, 0.0))
        under = np.where(hard, price, np.where(np.isfinite(rows.under_points), rows.under_points, 0.0))
        return over, under


def books_by_themselves(events: CountedEvents) -> tuple[int, IntArray]:
    """Return how many kinds of books share no row with anything else, and all kinds with these first."""
    rows = events.rows
    adds = np.zeros(rows.count, dtype=np.int64)
    adds[rows.listed.row] = 1
    adds[events.uses.indices] = 1
    touched = [np.unique(row_of_rep[row_of_rep >= 0]) for row_of_rep in rows.row_of_book]
    for mine in touched:
        adds[mine] += 1
    shared = np.array([(adds[mine] > 1).any() for mine in touched], dtype=bool)
    return int((~shared).sum()), np.argsort(shared, kind="stable")


def related(problem: Problem, events: CountedEvents | None = None) -> tuple[FloatArray, sp.csr_array]:
    """Return each rep's share of the units, and how many units two reps could both own.

    Units of one customer that count once are as one unit here, too.
    """
    unit = np.repeat(np.arange(problem.n_units), np.diff(problem.start))
    owned = problem.rep >= 0
    unit, rep = unit[owned], problem.rep[owned]
    could = sp.csr_array((np.ones(len(rep), dtype=np.float32), (unit, rep)), shape=(problem.n_units, problem.n_reps))
    width = np.maximum(np.bincount(unit, minlength=problem.n_units), 1)
    load = np.bincount(rep, 1.0 / width[unit], minlength=problem.n_reps).astype(float)
    links = sp.csr_array((could.T @ could).astype(float))
    if problem.n_aux:
        aux, member = (counted_events(problem) if events is None else events).units
        tied = np.ones(len(aux), dtype=np.float32)
        both = sp.csr_array((tied, (aux, member)), shape=(problem.n_aux, problem.n_units)) @ could
        links = sp.csr_array(links + (both.T @ both).astype(float))
    links.setdiag(0.0)
    links.eliminate_zeros()
    links.sort_indices()
    return load, links


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
