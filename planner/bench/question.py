"""The question that every method is asked, and how it answers."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from functools import cached_property
from typing import Protocol

from models.engines.program import Program, StageTask, program
from models.formulation.build import Formulation, formulate
from models.org import Org
from models.plan import Assignment
from models.policy import Policy


class Found(Protocol):
    """Called with the objective, in points, of each better plan while a method is at work."""

    def __call__(self, objective: float, seconds: float | None = None) -> None:
        """Note a plan, found just now or ``seconds`` after the question was asked."""


@dataclass(frozen=True)
class Asked:
    """What every method is asked: a plan of this org and policy, in so many seconds from now.

    The clock begins before the formulation, so that nobody has that for nothing.
    """

    org: Org
    policy: Policy
    seconds: float
    threads: int
    seed: int
    _began: float = field(default_factory=time.monotonic, repr=False)

    @property
    def seconds_used(self) -> float:
        """Seconds since the question was asked."""
        return time.monotonic() - self._began

    @property
    def seconds_left(self) -> float:
        """Seconds that are left, at least a tenth."""
        return max(0.1, self.seconds - self.seconds_used)

    @cached_property
    def formulation(self) -> Formulation:
        """The problem in arrays."""
        return formulate(self.org, self.policy, streamed=False)

    @cached_property
    def stage(self) -> StageTask:
        """The one stage of the problem."""
        problem = self.formulation.problem
        return StageTask(problem, problem.stages[0].weights)

    @cached_property
    def program(self) -> Program:
        """The stage as a mixed-integer program."""
        return program(self.stage)


@dataclass(frozen=True)
class Answer:
    """What a method says: an assignment for the checker to judge, a bound, and in its own words how it ended.

    ``price_bound`` is a bound that multipliers prove, which anybody can recompute; ``bound`` the best one.
    """

    assignment: Assignment | None
    bound: float | None
    said: str
    price_bound: float | None = None
    candidates: int | None = None
