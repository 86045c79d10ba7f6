"""Climbing to the best prices: L-BFGS-B on the smoothed dual, whose temperature is lowered in steps.

The minimum over a unit's candidates is smoothed by an entropy term (Nesterov 2005, doi:10.1007/s10107-004-0552-5),
which also shares each unit out among its candidates: a fractional plan, by which one sees how far the climb still is
from the value of the linear relaxation. Large problems begin with a sample of their units.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from scipy.optimize import OptimizeResult, minimize
from scipy.special import expit

from models.engines.dual import Dual
from models.engines.program import StageTask
from models.org import FloatArray
from models.problem import Problem

TEMPERATURES = (1.0, 0.3, 0.1, 0.03, 0.01, 0.003, 0.001)
LAST_OF_SAMPLE = 4
FIRST_OF_WHOLE = 3
FIRST_OF_WARM = 3
STEPS_PER_TEMPERATURE = 400
STEADY_STEPS, STEADY = 20, 3e-6
"""A temperature is left when so many steps have brought less than this, relative to the value."""
CLOSE = 1e-5
"""Distance to the relaxation's value, relative, at which the climb ends."""
SAMPLE_FROM = 4_000_000
"""Candidates from which the climb begins with a sample."""
SAMPLED = 1_000_000
HARDEST = 4.0
"""How far a fractional plan's excess over a hard row counts, in multiples of its price."""


@dataclass(frozen=True)
class Scales:
    """What one unit of each variable of the climb is in points per unit of its row, and how hot to begin."""

    rows: FloatArray
    caps: FloatArray
    typical: float


class Ascent:
    """A climb on one stage.

    The variables are the prices of the lower and of the upper limits of the rows, and of the caps, all at least 0. A
    soft row's price may not exceed what leaving the row costs, caps included; as that limit moves with the caps'
    prices, it is a smooth penalty where there are caps on ``balance``, and a bound elsewhere.
    """

    def __init__(self, task: StageTask, stop: Callable[[], bool]) -> None:
        self.task, self.stop = task, stop
        rows = task.problem.rows
        self.rows = rows
        self.balance = task.weights.get("balance", 0.0)
        self.cap_balance = np.array([cap.weights.get("balance", 0.0) for cap in task.caps], dtype=float)
        self.limit = np.array([cap.limit for cap in task.caps], dtype=float)
        self.has_lower, self.has_upper = np.isfinite(rows.lower), np.isfinite(rows.upper)
        self.over = np.where(np.isfinite(rows.over_points), rows.over_points, 0.0)
        self.under = np.where(np.isfinite(rows.under_points), rows.under_points, 0.0)
        self.soft_over = np.isfinite(rows.over_points) & self.has_upper
        self.soft_under = np.isfinite(rows.under_points) & self.has_lower
        self.lower = np.where(self.has_lower, rows.lower, 0.0)
        self.upper = np.where(self.has_upper, rows.upper, 0.0)

    def climb(self, first: FloatArray | None, warm: bool, close: float = CLOSE) -> tuple[FloatArray, FloatArray]:
        """Return prices of rows (positive on lower limits, negative on upper ones) and of caps.

        Parameters
        ----------
        first
            Prices to begin with, shape (rows + caps,), or None.
        warm
            ``first`` is believed to be close to the best: only low temperatures are run, unless no prices prove more.
        close
            Distance to the relaxation's value, relative, at which to end.
        """
        problem, m = self.task.problem, self.rows.count
        scales = self._scales()
        if first is not None and not self._worth_beginning_with(first, scales):
            first, warm = None, False
        y = np.zeros(m + len(self.limit)) if first is None else first
        if not len(y):  # nothing couples customers: there is nothing to price
            return np.zeros(0), np.zeros(0)
        z = self._split(y, scales)
        temperatures = TEMPERATURES[FIRST_OF_WARM:] if warm else TEMPERATURES
        if not warm and problem.n_candidates >= SAMPLE_FROM:
            step = -(-problem.n_candidates // SAMPLED)
            with Dual(self.task, np.arange(0, problem.n_units, step)) as sample:
                for temperature in TEMPERATURES[:LAST_OF_SAMPLE]:
                    z = self._climb(sample, z, temperature, scales)
            temperatures = TEMPERATURES[FIRST_OF_WHOLE:]
        with Dual(self.task) as whole:
            best, best_value = z, self.exact(whole, *self.joined(z, scales))
            for temperature in temperatures:
                if self.stop():
                    break
                z = self._climb(whole, z, temperature, scales)
                value = self.exact(whole, *self.joined(z, scales))
                if value > best_value:
                    best, best_value = z, value
                if self._reached(whole, z, temperature, scales) - value <= close * max(1.0, abs(value)):
                    break
            return self.joined(best, scales)

    def _worth_beginning_with(self, first: FloatArray, scales: Scales) -> bool:
        """Tell whether prices prove more than none do; from far away a climb does not come back."""
        with Dual(self.task) as whole, np.errstate(over="ignore", invalid="ignore"):
            values = [
                self.exact(whole, *self.joined(self._split(y, scales), scales)) for y in (first, np.zeros_like(first))
            ]
        return bool(np.isfinite(first).all() and values[0] > values[1])

    def _scales(self) -> Scales:
        """Take the typical difference between two candidates of a unit for the size of a price."""
        coefficient = typical_coefficients(self.task.problem)
        points = np.maximum(self.over, self.under)
        of_rows = (points * coefficient)[self.rows.soft & (points * coefficient > 0)]
        of_books = float(np.median(of_rows)) if len(of_rows) else 0.0

        def change(weights: Mapping[str, float], with_books: bool) -> float:
            of_costs = self._spread(weights)
            return max(of_costs, weights.get("balance", 0.0) * of_books if with_books or not of_costs else 0.0) or 1.0

        typical = change(self.task.weights, bool(self.task.caps))
        caps = np.array([typical / change(cap.weights, True) for cap in self.task.caps], dtype=float)
        hard = typical / np.where(coefficient > 0, coefficient, 1.0)
        return Scales(np.where(self.rows.soft & (points > 0), points, hard), caps, typical)

    def _spread(self, weights: Mapping[str, float]) -> float:
        """Return the typical difference between the costs of two candidates of a unit, 0 where none differ."""
        problem = self.task.problem
        some = np.unique(np.linspace(0, problem.n_units - 1, min(problem.n_units, 20_000)).astype(np.int64))
        cost = problem.candidate_cost({goal: weight for goal, weight in weights.items() if goal != "balance"})
        of_units = [cost[problem.start[u] : problem.start[u + 1]] for u in some]
        spread = np.concatenate([one - one.min() for one in of_units])
        return float(np.median(spread[spread > 0])) if (spread > 0).any() else 0.0

    def _split(self, y: FloatArray, scales: Scales) -> FloatArray:
        m = self.rows.count
        rows = y[:m] / scales.rows
        return np.concatenate([np.maximum(rows, 0.0), np.maximum(-rows, 0.0), y[m:] / scales.caps])

    def joined(self, z: FloatArray, scales: Scales) -> tuple[FloatArray, FloatArray]:
        """Return the prices of rows and caps for the variables of the climb, projected to what is allowed."""
        m = self.rows.count
        caps = np.maximum(z[2 * m :], 0.0) * scales.caps
        most = self.balance + float(caps @ self.cap_balance)
        lower, upper = z[:m] * scales.rows, z[m : 2 * m] * scales.rows
        lower = np.where(self.soft_under, np.minimum(lower, most * self.under), lower)
        upper = np.where(self.soft_over, np.minimum(upper, most * self.over), upper)
        return np.where(self.has_lower, lower, 0.0) - np.where(self.has_upper, upper, 0.0), caps

    def exact(self, dual: Dual, y: FloatArray, caps: FloatArray) -> float:
        """Return the bound that prices prove."""
        return dual.exact(y, caps) + self._of_limits(y, caps)

    def _of_limits(self, y: FloatArray, caps: FloatArray) -> float:
        value = np.maximum(y, 0.0) @ self.lower - np.maximum(-y, 0.0) @ self.upper - caps @ self.limit
        if self.task.problem.n_aux:
            value += np.minimum(0.0, -(self.rows.aux.T @ y)).sum()
        return float(value)

    def _climb(self, dual: Dual, z: FloatArray, temperature: float, scales: Scales) -> FloatArray:
        heat = 0.3 * temperature * scales.typical
        moving = bool(self.cap_balance.any())
        most_over = self.balance * self.over / scales.rows
        most_under = self.balance * self.under / scales.rows
        limits: list[tuple[float, float | None]] = []
        for has, soft, most in (
            (self.has_lower, self.soft_under, most_under),
            (self.has_upper, self.soft_over, most_over),
        ):
            bound = np.where(soft & (not moving), most, np.inf)
            bound[~has] = 0.0
            limits += [(0.0, None if np.isinf(one) else float(one)) for one in bound]
        limits += [(0.0, None)] * len(self.limit)

        def negative(z: FloatArray) -> tuple[float, FloatArray]:
            value, gradient = self._smoothed(dual, z, heat, scales, moving)
            return -value, -gradient

        reached: list[float] = []

        def enough(intermediate_result: OptimizeResult) -> None:
            reached.append(float(intermediate_result.fun))
            if self.stop():
                raise StopIteration
            if len(reached) > STEADY_STEPS:
                won = reached[-STEADY_STEPS - 1] - reached[-1]
                if won < STEADY * max(1.0, abs(reached[-1])):
                    raise StopIteration

        result = minimize(
            negative,
            np.clip(z, 0.0, [np.inf if high is None else high for _, high in limits]),
            jac=True,
            method="L-BFGS-B",
            bounds=limits,
            callback=enough,
            options={"maxiter": STEPS_PER_TEMPERATURE, "maxcor": 20, "ftol": 1e-10, "gtol": 1e-9},
        )
        return np.asarray(result.x)

    def _smoothed(
        self, dual: Dual, z: FloatArray, heat: float, scales: Scales, moving: bool
    ) -> tuple[float, FloatArray]:
        m, rows = self.rows.count, self.rows
        caps = z[2 * m :] * scales.caps
        lower, upper = z[:m] * scales.rows, z[m : 2 * m] * scales.rows
        y = lower - upper
        smooth = dual.smoothed(y, caps, heat)
        activity, of_caps = smooth.activity, smooth.caps.copy()
        value = smooth.least + lower @ self.lower - upper @ self.upper - caps @ self.limit
        if self.task.problem.n_aux:
            pull = rows.aux.T @ y
            value -= heat * np.logaddexp(0.0, pull / heat).sum()
            activity = activity + rows.aux @ expit(pull / heat)
        by_lower, by_upper = self.lower - activity, activity - self.upper
        if moving:
            most = self.balance + float(caps @ self.cap_balance)
            for price, soft, points, gradient in (
                (lower, self.soft_under, self.under, by_lower),
                (upper, self.soft_over, self.over, by_upper),
            ):
                at = np.flatnonzero(soft)
                widest = np.maximum(np.abs(rows.scale[at]), 1.0)
                above = (price[at] - most * points[at]) * widest
                value -= heat * np.logaddexp(0.0, above / heat).sum()
                outside = expit(above / heat) * widest
                gradient[at] -= outside
                of_caps += self.cap_balance * float(outside @ points[at])
        gradient = np.concatenate(
            [by_lower * scales.rows, by_upper * scales.rows, (of_caps - self.limit) * scales.caps]
        )
        return float(value), gradient

    def _reached(self, dual: Dual, z: FloatArray, temperature: float, scales: Scales) -> float:
        """Return what the fractional plan at these prices costs: about the relaxation's value or above it."""
        y, caps = self.joined(z, scales)
        smooth = dual.smoothed(y, caps, 0.3 * temperature * scales.typical)
        activity = smooth.activity
        # the shared cost has the prices taken off: put them back, and charge what lies outside the limits
        value = smooth.shared_cost + float(y @ activity) - float(caps @ smooth.caps)
        if self.task.problem.n_aux:
            return np.inf
        over, under = np.maximum(activity - self.rows.upper, 0.0), np.maximum(self.rows.lower - activity, 0.0)
        dear = HARDEST * np.abs(y)
        value += float(over @ np.where(self.soft_over, self.balance * self.over, dear))
        value += float(under @ np.where(self.soft_under, self.balance * self.under, dear))
        return value if not len(caps) else np.inf


def typical_coefficients(problem: Problem) -> FloatArray:
    """Return the mean absolute coefficient of each row, 0 where it has none; shape (rows,)."""
    rows = problem.rows
    total, count = np.zeros(rows.count), np.zeros(rows.count)
    for row_of_rep, amount in zip(rows.row_of_book, rows.amount.T, strict=True):
        inside = row_of_rep[row_of_rep >= 0]
        brings = amount[amount != 0]
        total[inside] += np.abs(brings).mean() if len(brings) else 0.0
        count[inside] += 1
    total += np.bincount(rows.listed.row, np.abs(rows.listed.value), minlength=rows.count)
    count += np.bincount(rows.listed.row, minlength=rows.count)
    if problem.n_aux:
        coefficients = rows.aux.tocoo()
        total += np.bincount(coefficients.row, np.abs(coefficients.data), minlength=rows.count)
        count += np.bincount(coefficients.row, minlength=rows.count)
    return total / np.maximum(count, 1)
