"""Prices: multipliers of the coupling rows, and the lower bound they prove.

Relaxing every coupling row with a multiplier leaves one small choice per unit, so that

    L(y) = sum over units of min over candidates e of (c[e] - a[e] y)  +  sum over rows of (y+ lower - y- upper)

is a lower bound of the objective for every y within [-over points, under points] on soft rows and with the right sign
on hard ones (Lagrangian duality; Geoffrion 1974, doi:10.1007/BFb0120690). The best y has the value of the linear
relaxation. It comes from the relaxation's duals where an LP is quick, else from L-BFGS-B on a smoothed minimum
(Nesterov 2005, doi:10.1007/s10107-004-0552-5) whose temperature is lowered in steps.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize

from models.engines.mip import Effort, SolverFailed, solve_program
from models.engines.program import StageTask, program, row_scales
from models.org import FloatArray

LP_CANDIDATES = 60_000
TEMPERATURES = (1.0, 0.3, 0.1, 0.03, 0.01, 0.003)
STEPS_PER_TEMPERATURE = 60


@dataclass(frozen=True)
class Prices:
    """Multipliers and the bound they prove.

    Attributes
    ----------
    rows : float array, shape (rows,)
        Points per unit of each coupling row: positive on lower limits, negative on upper ones.
    caps : float array, shape (caps,)
        Points per point of each earlier stage's cap, at least 0.
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
    weights = dict(task.weights)
    limit = 0.0
    for multiplier, cap in zip(caps, task.caps, strict=True):
        limit += multiplier * cap.limit
        for goal, weight in cap.weights.items():
            weights[goal] = weights.get(goal, 0.0) + multiplier * weight
    balance = weights.get("balance", 0.0)
    low, high = _allowed(task, balance)
    y = np.clip(rows, low, high)
    priced = problem.candidate_cost(weights) - coupling.matrix.T @ y
    least = np.minimum.reduceat(priced, problem.start[:-1]) if problem.n_units else np.zeros(0)
    positive, negative = np.flatnonzero(y > 0), np.flatnonzero(y < 0)
    bound = least.sum() + y[positive] @ coupling.lower[positive] + y[negative] @ coupling.upper[negative] - limit
    if problem.n_aux:
        bound += np.minimum(0.0, -(coupling.aux.T @ y)).sum()
    return Prices(y, caps, float(bound), priced - least[problem.unit])


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
    nothing = price(task, np.zeros(problem.rows.count), np.zeros(len(task.caps)))
    if not problem.rows.count and not task.caps:
        return nothing
    if problem.n_candidates <= LP_CANDIDATES:
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
    return _ascend(task, nothing, stop)


def _ascend(task: StageTask, first: Prices, stop: Callable[[], bool]) -> Prices:
    """Maximise the smoothed bound with the caps left out, lowering the temperature in steps."""
    problem, rows = task.problem, task.problem.rows
    scale = row_scales(problem)
    low, high = _allowed(task, task.weights.get("balance", 0.0))
    cost = problem.candidate_cost(task.weights)
    matrix = rows.matrix.multiply(scale[:, None]).tocsr()
    across = matrix.T.tocsr()
    starts, unit = problem.start[:-1], problem.unit
    upper = np.where(np.isfinite(rows.upper), rows.upper, 0.0) * scale
    lower = np.where(np.isfinite(rows.lower), rows.lower, 0.0) * scale
    m = rows.count
    limits = [(0.0, None if np.isinf(b) else b / s) for b, s in zip(high, scale, strict=True)]
    limits += [(0.0, None if np.isinf(a) else -a / s) for a, s in zip(low, scale, strict=True)]
    spread = cost - np.minimum.reduceat(cost, starts)[unit]
    typical = float(np.median(spread[spread > 0])) if (spread > 0).any() else 1.0
    best = first
    z = np.zeros(2 * m)
    for temperature in TEMPERATURES:
        heat = temperature * typical * 0.3

        def negative(z: FloatArray, heat: float = heat) -> tuple[float, FloatArray]:
            y = z[:m] - z[m:]
            priced = cost - across @ y
            least = np.minimum.reduceat(priced, starts)
            share = np.exp(-(priced - least[unit]) / heat)
            total = np.add.reduceat(share, starts)
            share /= total[unit]
            value = (least - heat * np.log(total)).sum() + z[:m] @ lower - z[m:] @ upper
            activity = matrix @ share
            gradient = np.concatenate([lower - activity, activity - upper])
            return -float(value), -gradient

        result = minimize(
            negative,
            z,
            jac=True,
            method="L-BFGS-B",
            bounds=limits,
            options={"maxiter": STEPS_PER_TEMPERATURE, "maxcor": 20, "ftol": 1e-9, "gtol": 1e-9},
        )
        z = result.x
        found = price(task, (z[:m] - z[m:]) * scale, np.zeros(len(task.caps)))
        if found.bound > best.bound:
            best = found
        if stop():
            break
    return best
