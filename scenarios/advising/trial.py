"""A trial: a change made, and everything planned again from the plan there is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from models.check import judge
from models.engines.stage import DIRECT_CANDIDATES
from models.org import Org
from models.plan import GoalValue, Plan
from models.policy import Policy
from models.solve import Progress, solve
from models.stop import Stop
from scenarios.advising.idea import Idea, applied
from scenarios.advising.standing import Standing


@dataclass(frozen=True)
class Trial:
    """How a plan came out, in what two plans are compared by.

    Attributes
    ----------
    values, bounds : tuple of float
        By stage, points.
    optimal : tuple of bool
        By stage: no plan is better.
    goals : mapping of goal to its value, unit and points
    chosen : int
        Customers that move by choice.
    judged : tuple of float
        The plan's own value by stage: above ``values`` where slack was used up.
    as_before : tuple of float or None
        The stages' values of the plan as the policy before the change counts them, for changes of what is counted.
    hurried : bool
        A time limit or Ctrl-C ended the search.
    """

    values: tuple[float, ...]
    bounds: tuple[float, ...]
    optimal: tuple[bool, ...]
    goals: Mapping[str, GoalValue]
    chosen: int
    judged: tuple[float, ...]
    as_before: tuple[float, ...] | None = None
    hurried: bool = False


@dataclass(frozen=True)
class Effect:
    """What a change does to the plan.

    Attributes
    ----------
    stage : int
        The first stage (from 0) whose value differs; the last one where none does.
    points : float
        By how much that value differs, negative where the change saves.
    low, high : float
        Between these the true difference of the two best plans lies: proven by the bounds.
    evidence : str
        ``proven`` where both plans are proven best, else ``interval``.
    """

    stage: int
    points: float
    low: float
    high: float
    evidence: Literal["proven", "interval"]

    @property
    def certain(self) -> bool:
        """The change saves something whatever the gaps of the two plans hide."""
        return self.high < -TOLERANCE


TOLERANCE = 1e-6
EFFORT = 0.1
"""Part of a warm start's usual work that a trial takes where a tree may prove it."""


def try_out(
    idea: Idea | None,
    org: Org,
    policy: Policy,
    document: Mapping[str, Any],
    standing: Standing,
    stop: Stop,
    seed: int,
    tell: Callable[[Progress], None] | None = None,
) -> Trial | None:
    """Plan again after a change (None: after none, as hard a search by itself); None where there is no plan then.

    Raises
    ------
    InputRefused
        When the change does not fit the org.
    """
    changed_org, changed_policy = (org, policy) if idea is None else applied(idea, org, policy, document)
    plan = solve(
        changed_org,
        changed_policy,
        stop=stop.with_effort(EFFORT if standing.candidates <= DIRECT_CANDIDATES else 1.0),
        seed=seed,
        warm=standing.warm,
        proof="alone" if standing.candidates <= DIRECT_CANDIDATES else "none",
        progress=tell,
    )
    if plan.status not in ("optimal", "feasible"):
        return None
    as_before = None
    if idea is not None and idea.redefines and plan.assignment is not None:
        as_before = judge(org, policy, plan.assignment).stage_values
    return trial_of(plan, as_before)


def trial_of(plan: Plan, as_before: tuple[float, ...] | None = None) -> Trial:
    """Return how a plan that was just solved came out."""
    assert plan.judgement is not None
    return Trial(
        values=tuple(stage.value for stage in plan.stages),
        bounds=tuple(stage.bound for stage in plan.stages),
        optimal=tuple(stage.status == "optimal" for stage in plan.stages),
        goals=plan.judgement.goals,
        chosen=int(plan.judgement.moved.any(axis=0).sum()),
        judged=plan.judgement.stage_values,
        as_before=as_before,
        hurried=plan.stopped_by in ("time limit", "interrupted"),
    )


def trial_of_standing(plan: Plan, standing: Standing) -> Trial:
    """Return how the plan that stands came out."""
    assert plan.judgement is not None
    return Trial(
        values=tuple(stage.value for stage in standing.stages),
        bounds=tuple(stage.bound for stage in standing.stages),
        optimal=tuple(stage.optimal for stage in standing.stages),
        goals=plan.judgement.goals,
        chosen=int(plan.judgement.moved.any(axis=0).sum()),
        judged=plan.judgement.stage_values,
    )


def better(one: Trial, other: Trial) -> Trial:
    """Return the better of two plans for the same problem, stage by stage, with the better bound of the first stage."""
    best = one
    for mine, yours in zip(one.values, other.values, strict=True):
        if abs(mine - yours) > _tolerance(mine):
            best = one if mine < yours else other
            break
    first = max(one.bounds[0], other.bounds[0])
    return Trial(best.values, (first, *best.bounds[1:]), best.optimal, best.goals, best.chosen, best.judged)


def effect_of(before: Trial, after: Trial, relaxes: bool) -> Effect:
    """Hold a plan against the one before; a change that ``relaxes`` never makes the best plan worse."""
    last = len(before.values) - 1
    differing = (k for k in range(last + 1) if abs(after.values[k] - before.values[k]) > _tolerance(before.values[k]))
    k = next(differing, last)
    points = after.values[k] - before.values[k]
    if all(before.optimal[: k + 1]) and all(after.optimal[: k + 1]):
        return Effect(k, points, points, points, "proven")
    low, high = after.bounds[k] - before.values[k], after.values[k] - before.bounds[k]
    if relaxes and k == 0:
        high = min(high, 0.0)
    return Effect(k, points, low, high, "interval")


def _tolerance(value: float) -> float:
    return 2 * TOLERANCE * max(1.0, abs(value))
