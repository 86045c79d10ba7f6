"""Where hard rows cannot be met: the least violated choice, and the proof that none keeps them all.

The same problem with every hard row left at a price of one point per limit, and nothing else to pay. A bound of it
above what the tolerances allow is a proof that no plan keeps every hard row.
"""

from __future__ import annotations

import contextlib
import dataclasses
from collections.abc import Callable
from functools import cached_property

import numpy as np

from models.engines.mip import Effort as SolverEffort
from models.engines.mip import SolverFailed, solve_program
from models.engines.pace import Effort
from models.engines.prices import Prices, find_prices
from models.engines.program import Cap, StageTask, program
from models.engines.search import greedy, search
from models.org import IntArray
from models.problem import Problem, RowBlock
from models.stop import Stop

BALANCE = {"balance": 1.0}
WRITTEN_CANDIDATES = 60_000
"""Up to this many candidates the least violated choice is asked of a solver, beyond it is searched for."""
NODES = 200
LONGEST = 30.0
PER_UNIT = 5_000.0
PROPOSALS = 40_000_000
ALLOWED = 2e-6
"""What each hard row may be exceeded by without a violation, in limits, and as much again for rounding."""


def elastic(problem: Problem) -> StageTask:
    """Return the stage that minimises by how much hard rows are exceeded, relative to their limits."""
    blocks = tuple(_at_a_price(block) for block in problem.blocks if np.isinf(block.over_points).any())
    return StageTask(dataclasses.replace(problem, costs={}, blocks=blocks), BALANCE)


def least_proof(problem: Problem) -> float:
    """Return the bound of the elastic stage above which no plan can exist."""
    return ALLOWED * (1 + problem.rows.count)


def _at_a_price(block: RowBlock) -> RowBlock:
    points = 1.0 / np.maximum(1.0, block.scale)
    return dataclasses.replace(block, over_points=points, under_points=points)


class Hardness:
    """What can be said of a stage's hard rows by themselves; looked at only when asked."""

    def __init__(self, task: StageTask, stop: Stop, seed: int, report: Callable[[str], None] = lambda _: None) -> None:
        self.task, self.stop, self.seed, self.report = task, stop, seed, report
        self.loose = elastic(task.problem)

    @cached_property
    def prices(self) -> Prices | None:
        """The prices of the elastic stage; None where there is nothing to price."""
        self.report("looking for any plan")
        return find_prices(self.loose, None, lambda: self.stop.reason is not None)

    @cached_property
    def impossible(self) -> bool:
        """Whether prices prove that no plan keeps every hard row and cap."""
        if self.prices is None:
            return False
        if self.prices.bound > least_proof(self.task.problem):
            return True
        return any(self._out_of_reach(cap) for cap in self.task.caps)

    def _out_of_reach(self, cap: Cap) -> bool:
        """Tell whether prices prove that what a cap limits is above it wherever hard rows and other caps hold."""
        problem = self.task.problem
        others = tuple(other for other in self.task.caps if other is not cap)
        prices = find_prices(StageTask(problem, cap.weights, others), None, lambda: self.stop.reason is not None)
        if prices is None:
            return False
        allowed = np.abs(prices.rows) @ np.where(problem.rows.soft, 0.0, problem.rows.tolerance)
        allowed += prices.caps @ np.array([2 * other.tolerance for other in others])
        return bool(prices.bound > cap.limit + 4 * cap.tolerance + 2 * allowed)

    def searched(self) -> IntArray:
        """Return the choice that a search finds to break hard rows, then caps, the least, relative to their limits."""
        begin = greedy(self.loose, None if self.prices is None else self.prices.reduced)
        tries = min(PER_UNIT, max(PROPOSALS / self.loose.problem.n_units, 250.0))
        ended = self.stop.interrupted.is_set
        found = search(self.loose, begin, Effort(tries), seed=self.seed, ended=ended)
        if not self.task.caps:
            return found
        weights: dict[str, float] = {}
        for cap in self.task.caps:
            for goal, weight in cap.weights.items():
                weights[goal] = weights.get(goal, 0.0) + weight / max(1.0, abs(cap.limit))
        capped = StageTask(self.task.problem, weights, self.task.caps)
        return search(capped, found, Effort(tries), seed=self.seed, ended=ended)


def least_violated(task: StageTask, stop: Stop, seed: int) -> IntArray | None:
    """Return the choice that breaks hard rows and caps the least, relative to their limits.

    None without candidates.
    """
    problem = task.problem
    if not problem.n_units or np.diff(problem.start).min() == 0:
        return None
    if problem.n_candidates <= WRITTEN_CANDIDATES:
        written = program(task, elastic=True)
        seconds = None if stop.seconds_left is None else max(1.0, min(LONGEST, stop.seconds_left))
        with contextlib.suppress(SolverFailed):
            answer = solve_program(written, "highs", SolverEffort(seconds=seconds, nodes=NODES, seed=seed))
            if answer.values is not None:
                return written.choice(answer.values)
    return Hardness(task, stop, seed).searched()
