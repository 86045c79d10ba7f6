"""What a choice of candidates is worth by a problem's own arrays."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from models.org import FloatArray, IntArray
from models.problem import Problem


@dataclass(frozen=True)
class Valuation:
    """What a choice of candidates is worth by the problem's own arrays.

    ``excess`` holds by how much each hard row is exceeded beyond its tolerance, shape (rows,).
    """

    goals: Mapping[str, float]
    excess: FloatArray

    @property
    def feasible(self) -> bool:
        """True when every hard row holds."""
        return not (self.excess > 0).any()

    def value(self, weights: Mapping[str, float]) -> float:
        """Return the weighted sum of the goals in points."""
        return float(sum(weight * self.goals.get(goal, 0.0) for goal, weight in weights.items()))


def evaluate(problem: Problem, choice: IntArray) -> Valuation:
    """Value a choice: one candidate position per unit, shape (units,)."""
    rows = problem.rows
    goals = {goal: float(cost[choice].sum()) for goal, cost in problem.costs.items()}
    activity = rows.activity(choice)
    if problem.n_aux:
        activity = activity + rows.aux @ least_aux(problem, activity)
    over = np.maximum(activity - rows.upper, 0.0)
    under = np.maximum(rows.lower - activity, 0.0)
    priced_over = np.where(np.isfinite(rows.over_points), rows.over_points, 0.0)
    priced_under = np.where(np.isfinite(rows.under_points), rows.under_points, 0.0)
    goals["balance"] = goals.get("balance", 0.0) + float(over @ priced_over + under @ priced_under)
    excess = np.maximum(
        np.where(np.isinf(rows.over_points), over, 0.0), np.where(np.isinf(rows.under_points), under, 0.0)
    )
    return Valuation(goals, np.where(excess > rows.tolerance, excess, 0.0))


def least_aux(problem: Problem, activity: FloatArray) -> FloatArray:
    """Return the smallest auxiliary variables that the rows which define them allow.

    Each such row reads ``candidates - aux <= upper`` with one auxiliary variable of coefficient -1.
    """
    rows = problem.rows
    aux = np.zeros(problem.n_aux)
    defining = rows.aux.tocoo()
    negative = defining.data < 0
    need = activity[defining.row[negative]] - rows.upper[defining.row[negative]]
    np.maximum.at(aux, defining.col[negative], need)
    return np.clip(aux, 0.0, 1.0)
