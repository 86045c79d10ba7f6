"""Prices: multipliers of the coupling rows, and the lower bound they prove.

Relaxing every coupling row with a multiplier leaves one small choice per unit, so that

    L(y) = sum over units of min over candidates e of (c[e] - a[e] y)  +  sum over rows of (y+ lower - y- upper)

is a lower bound of the objective for every y within [-over points, under points] on soft rows and with the right sign
on hard ones (Lagrangian duality; Geoffrion 1974, doi:10.1007/BFb0120690). The best y has the value of the linear
relaxation. It comes from the relaxation's duals where an LP is quick, else from a climb on a smoothed dual
(:mod:`models.engines.ascent`). Either way the bound is that of the multipliers as they are in the end.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from models.engines.mip import Effort, SolverFailed, solve_program
from models.engines.program import StageTask, program, row_scales
from models.org import FloatArray

LP_CANDIDATES = 60_000


@dataclass(frozen=True)
class Prices:
    """Multipliers and the bound they prove.

    Attributes
    ----------
    rows : float array, shape (rows,)
        Points per unit of each coupling row: positive on lower limits, negative on upper ones.
    caps : float array, shape (caps,)
        Points per point of each cap, at least 0.
    bound : float
        L(y), points.
    reduced : float array, shape (candidates,)
        Each candidate's priced cost above the least of its unit's.
    """

    rows: FloatArray
    caps: FloatArray
    bound: float
    reduced: FloatArray


def price(task: StageTask, rows: FloatArray, caps: FloatArray) -> Prices:
    """Return the bound that given multipliers prove; they are clipped to what is allowed first."""
    problem, coupling = task.problem, task.problem.rows
    caps = np.maximum(caps, 0.0)
    weights = weights_at(task, caps)
    low, high = _allowed(task, weights.get("balance", 0.0))
    y = np.clip(rows, low, high)
    if problem.n_candidates > LP_CANDIDATES:
        total, reduced = _priced_in_parallel(task, y, caps)
    else:
        priced = problem.candidate_cost(weights) - coupling.matrix.T @ y
        least = np.minimum.reduceat(priced, problem.start[:-1]) if problem.n_units else np.zeros(0)
        total, reduced = float(least.sum()), priced - least[problem.unit]
    bound = total + of_limits(task, y, caps)
    if problem.n_aux:
        bound += float(np.minimum(0.0, -(coupling.aux.T @ y)).sum())
    return Prices(y, caps, bound, reduced)


def weights_at(task: StageTask, caps: FloatArray) -> dict[str, float]:
    """Return the stage's weights, and those of its caps times their multipliers."""
    weights = dict(task.weights)
    for multiplier, cap in zip(caps, task.caps, strict=True):
        for goal, weight in cap.weights.items():
            weights[goal] = weights.get(goal, 0.0) + multiplier * weight
    return weights


def of_limits(task: StageTask, rows: FloatArray, caps: FloatArray) -> float:
    """Return what multipliers times the limits of rows and caps add up to, points."""
    coupling = task.problem.rows
    limit = sum(multiplier * cap.limit for multiplier, cap in zip(caps, task.caps, strict=True))
    positive, negative = np.flatnonzero(rows > 0), np.flatnonzero(rows < 0)
    return float(rows[positive] @ coupling.lower[positive] + rows[negative] @ coupling.upper[negative] - limit)


def _priced_in_parallel(task: StageTask, y: FloatArray, caps: FloatArray) -> tuple[float, FloatArray]:
    from models.engines.dual import Dual

    with Dual(task) as dual:
        return dual.reduced(y, caps)


def _allowed(task: StageTask, balance: float) -> tuple[FloatArray, FloatArray]:
    """Return the least and the largest multiplier of each row."""
    rows = task.problem.rows
    over = np.where(np.isfinite(rows.over_points), balance * np.nan_to_num(rows.over_points, posinf=0.0), np.inf)
    under = np.where(np.isfinite(rows.under_points), balance * np.nan_to_num(rows.under_points, posinf=0.0), np.inf)
    return -np.where(np.isfinite(rows.upper), over, 0.0), np.where(np.isfinite(rows.lower), under, 0.0)


def find_prices(
    task: StageTask, seconds: float | None = None, stop: Callable[[], bool] = lambda: False
) -> Prices | None:
    """Find multipliers close to the best; None when there are no units."""
    problem = task.problem
    if not problem.n_units or np.diff(problem.start).min() == 0:
        return None
    if not problem.rows.count and not task.caps:
        return price(task, np.zeros(0), np.zeros(0))
    if problem.n_candidates <= LP_CANDIDATES:
        nothing = price(task, np.zeros(problem.rows.count), np.zeros(len(task.caps)))
        written = program(task)
        try:
            answer = solve_program(written, "glop", Effort(seconds=seconds), relaxed=True)
        except SolverFailed:
            return nothing  # a bound is worth less than a plan: the tree may still prove one
        if answer.duals is not None:
            at = problem.n_units + problem.rows.count
            rows = answer.duals[problem.n_units : at] * row_scales(problem)
            sizes = np.array([max(1.0, abs(cap.limit)) for cap in task.caps])
            caps = -answer.duals[at:] / sizes if len(sizes) else np.zeros(0)
            found = price(task, rows, caps)
            return found if found.bound > nothing.bound else nothing
        return nothing
    return climb(task, stop)


def climb(task: StageTask, stop: Callable[[], bool], first: Prices | None = None, close: float | None = None) -> Prices:
    """Climb on the smoothed dual, from given prices when there are some; ``close`` as in ``Ascent.climb``."""
    from models.engines.ascent import CLOSE, Ascent

    begin = None if first is None else np.concatenate([first.rows, first.caps])
    return price(task, *Ascent(task, stop).climb(begin, first is not None, CLOSE if close is None else close))
