"""The incumbent: the best choice and the best bound that the engines have found so far in a stage."""

from __future__ import annotations

import numpy as np

from models.engines.program import StageTask
from models.org import IntArray
from models.plan import is_optimal
from models.valuation import evaluate


class Incumbent:
    """The best choice and the best bound of one stage.

    Attributes
    ----------
    choice, value
        The best choice that keeps every hard row and cap, shape (units,), and its objective in points; None at first.
    bound, bound_by
        The best bound, points, and who proved it.
    """

    def __init__(self, task: StageTask, start: IntArray | None = None) -> None:
        self.task = task
        self.choice: IntArray | None = None
        self.value: float | None = None
        self.bound, self.bound_by = -np.inf, "none"
        if start is not None:
            self.offer(start)

    def offer(self, choice: IntArray) -> bool:
        """Take a choice if it is allowed and better; tell whether it was."""
        valuation = evaluate(self.task.problem, choice)
        value = valuation.value(self.task.weights)
        if self.task.allows(valuation) and (self.value is None or value < self.value):
            self.choice, self.value = choice, value
            return True
        return False

    def prove(self, bound: float, by: str) -> None:
        """Take a bound if it is better."""
        if bound > self.bound:
            self.bound, self.bound_by = bound, by

    def proven(self, gap: float) -> bool:
        """Tell whether the choice is optimal, or within a gap (a fraction) of the bound."""
        if self.value is None:
            return False
        return is_optimal(self.value, self.bound) or self.value - self.bound <= gap * max(abs(self.value), 1e-9)
