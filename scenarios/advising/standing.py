"""Where a finished plan stands: each stage's value, its bound, the caps it keeps and the prices of its rows."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from models.engines.prices import LP_CANDIDATES, Prices, climb, find_prices
from models.engines.program import Cap, StageTask
from models.findings import Finding, InputRefused
from models.formulation.build import Formulation, formulate
from models.org import IntArray, Org
from models.plan import Plan, StageResult
from models.policy import Policy
from models.solve import ceilings_of
from models.stop import Stop
from models.warm import Warm

CLOSE = 1e-3
"""Distance to the relaxation's value, relative, at which prices of a changed problem are good enough to predict by."""


@dataclass(frozen=True)
class StageStanding:
    """One stage of a finished plan.

    Attributes
    ----------
    value, bound : float
        Points; the bound is the best one known, given ``caps``.
    caps : tuple of Cap
        What the stages before it leave.
    prices : mapping of row name to points per unit of the row
    price_bound : float
        What these prices prove.
    optimal : bool
        No plan is better, given the caps.
    """

    value: float
    bound: float
    caps: tuple[Cap, ...]
    prices: Mapping[str, float]
    price_bound: float
    optimal: bool


@dataclass(frozen=True)
class Standing:
    """A finished plan, ready to begin others with and to hold them against.

    Attributes
    ----------
    warm : Warm
        Its assignment, and the prices of the last stage.
    candidates : int
        How many pairs of unit and rep there are.
    """

    warm: Warm
    stages: tuple[StageStanding, ...]
    candidates: int

    @property
    def optimal(self) -> bool:
        """No plan is better, stage by stage."""
        return all(stage.optimal for stage in self.stages)


@dataclass(frozen=True)
class Ground:
    """A plan seen through its own problem: what ideas and prices are read from.

    Attributes
    ----------
    choice : int array, shape (units,)
        The candidate by which each unit has its owner, -1 where that is none.
    prices : tuple of Prices
        One for each stage.
    """

    plan: Plan
    formulation: Formulation
    choice: IntArray
    prices: tuple[Prices, ...]
    standing: Standing


def read_ground(org: Org, policy: Policy, plan: Plan, stop: Stop) -> Ground:
    """Look at a finished plan; prices that its certificate does not hold are found anew.

    Raises
    ------
    InputRefused
        When the plan keeps no hard rules that could be worth anything: there is none, or it is only measured.
    """
    if plan.judgement is None or plan.assignment is None or plan.status not in ("optimal", "feasible"):
        raise InputRefused([_nothing_to_weigh(plan)])
    formulation = formulate(org, policy)
    problem = formulation.problem
    warm = dataclasses.replace(Warm.of_plan(org, plan), gap=None)
    stages: list[StageStanding] = []
    prices: list[Prices] = []
    hard = ceilings_of(policy)
    caps: tuple[Cap, ...] = ()
    as_recorded = True
    for k, stage in enumerate(problem.stages):
        known = plan.stages[k] if k < len(plan.stages) else None
        value, as_recorded = _stands_at(plan.judgement.stage_values[k], known, as_recorded)
        task = StageTask(problem, stage.weights, (*hard, *caps))
        last = k == len(problem.stages) - 1
        found = warm.prices_of(task) if last and plan.prices else find_prices(task, None, lambda: bool(stop.reason))
        if found is None:
            found = warm.prices_of(task)
        # prices of a part of all pairs prove nothing of the whole
        bound = found.bound if formulation.whole is None else -np.inf
        if known is not None and as_recorded:
            bound = max(bound, known.bound)
        optimal = as_recorded and known is not None and known.status == "optimal"
        stages.append(StageStanding(value, min(bound, value), caps, _named(task, found), found.bound, optimal))
        prices.append(found)
        caps = (*caps, Cap(stage.weights, stage.cap(value), f"stage {k + 1}"))
    standing = Standing(warm, tuple(stages), problem.n_candidates)
    return Ground(plan, formulation, warm.choice(formulation), tuple(prices), standing)


def settled(task: StageTask, first: Prices, stop: Stop) -> Prices:
    """Return prices that fit a changed stage: the relaxation's where that is quick, else climbed to from others."""
    if task.problem.n_candidates <= LP_CANDIDATES:
        found = find_prices(task, None, lambda: bool(stop.reason))
    else:
        found = climb(task, lambda: bool(stop.reason), first, CLOSE)
    return first if found is None or found.bound < first.bound else found


def _stands_at(judged: float, known: StageResult | None, as_recorded: bool) -> tuple[float, bool]:
    """Return a stage's value, and whether it is the one on record: a plan that was edited by hand has others.

    By what the slack allows, a plan is worse in an earlier stage than the value that was found there.
    """
    if known is None or not as_recorded:
        return judged, False
    most = known.value if known.cap is None else known.cap
    within = known.value - judged <= 1e-6 * max(1.0, abs(judged)) and judged - most <= 1e-6 * max(1.0, abs(judged))
    return (known.value, True) if within else (judged, False)


def _named(task: StageTask, prices: Prices) -> dict[str, float]:
    named = {task.problem.rows.names[i]: float(prices.rows[i]) for i in np.flatnonzero(prices.rows)}
    return named | {cap.name: float(one) for cap, one in zip(task.caps, prices.caps, strict=True)}


def _nothing_to_weigh(plan: Plan) -> Finding:
    if plan.status == "evaluated":
        title, hint = "A plan that is only measured has no limits that bind", "Try a run of planner plan"
    else:
        title, hint = "Without a plan there is nothing to weigh", "Try planner explain infeasible"
    return Finding("TP534", title, found=f"a run that is {plan.status}", hint=hint)
