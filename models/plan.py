"""The plan: who owns whom, what it is worth, and how far from the best it can be."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
import numpy.typing as npt

Status = Literal["optimal", "feasible", "infeasible", "no_plan", "evaluated"]

POOLED = -1
UNNEEDED = -2


@dataclass(frozen=True)
class Assignment:
    """Who owns whom, by position.

    ``owners`` has shape (roles, customers): the position of the rep, :data:`POOLED` (-1) for a customer left
    without an owner, :data:`UNNEEDED` (-2) where the customer does not need the role.
    """

    roles: tuple[str, ...]
    owners: npt.NDArray[np.int64]


@dataclass(frozen=True)
class GoalValue:
    """A goal's value in its natural unit, and what it adds to the objective in points."""

    value: float
    unit: str
    weighted: float


@dataclass(frozen=True)
class Violation:
    """One hard rule that a plan breaks, in the words of policy and tables.

    ``line`` is the policy path (``capacity[workload]``); ``found`` and ``limit`` are in ``unit``. ``label`` is whom a
    limit is for: a rep, a team or a region.
    """

    line: str
    message: str
    customer: str | None = None
    rep: str | None = None
    found: float | None = None
    limit: float | None = None
    unit: str = ""
    label: str | None = None

    @property
    def excess(self) -> float:
        """How much is too much or missing, in the line's unit; 1 where the rule knows only yes and no."""
        if self.found is None or self.limit is None:
            return 1.0
        return abs(self.found - self.limit)


@dataclass(frozen=True)
class StageResult:
    """One stage of a plan by priorities: its value, its bound given the caps before it, and the cap it leaves."""

    priority: int
    goals: tuple[str, ...]
    value: float
    bound: float
    cap: float | None
    status: Status


@dataclass(frozen=True)
class Judgement:
    """What the checker says of an assignment, from org, policy and assignment alone.

    ``moved``, ``forced`` and ``newly`` have the shape of ``Assignment.owners``: chosen moves, forced moves, newly
    assigned. ``stage_values`` holds each stage's weighted value; ``objective`` is the last one.
    """

    violations: tuple[Violation, ...]
    goals: Mapping[str, GoalValue]
    objective: float
    stage_values: tuple[float, ...]
    moved: npt.NDArray[np.bool_]
    forced: npt.NDArray[np.bool_]
    newly: npt.NDArray[np.bool_]

    @property
    def feasible(self) -> bool:
        """True when no hard rule is broken."""
        return not self.violations


@dataclass(frozen=True)
class Plan:
    """A checked plan with its certificate.

    ``bound`` is the best proven lower bound of the (last stage's) objective and ``bound_by`` says whose;
    ``price_bound`` is one that ``verify`` can recompute from multipliers, None where no prices were computed.
    ``staying`` has the shape of ``Assignment.owners``: by how many points of the last stage the candidate by which a
    customer stays with today's owner is dearer than the planned one at these prices; NaN where there is none, None
    without prices.
    """

    status: Status
    assignment: Assignment | None
    judgement: Judgement | None
    bound: float | None
    bound_by: str | None
    engine: str
    engine_reason: str
    seconds: float
    seed: int
    stopped_by: str
    price_bound: float | None = None
    prices: Mapping[str, npt.NDArray[np.float64]] = field(default_factory=dict)
    stages: tuple[StageResult, ...] = ()
    explanation: tuple[str, ...] = ()
    staying: npt.NDArray[np.float64] | None = None

    @property
    def objective(self) -> float | None:
        """The objective in points, as the checker computes it."""
        return None if self.judgement is None else self.judgement.objective

    @property
    def gap(self) -> float | None:
        """(objective - bound) / max(|objective|, 1e-9), at least 0."""
        return _gap(self.objective, self.bound)

    @property
    def certified_gap(self) -> float | None:
        """The gap to ``price_bound``, which anyone can recompute."""
        return _gap(self.objective, self.price_bound)


def _gap(objective: float | None, bound: float | None) -> float | None:
    if objective is None or bound is None or math.isinf(bound):
        return None
    return max(0.0, objective - bound) / max(abs(objective), 1e-9)


def is_optimal(objective: float, bound: float) -> bool:
    """Tell whether objective and bound meet: objective - bound <= 1e-6 * max(1, |objective|)."""
    return objective - bound <= 1e-6 * max(1.0, abs(objective))
