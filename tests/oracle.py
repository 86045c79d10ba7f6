"""The oracle: tries every plan of a tiny org, judged by the checker alone."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from models.amount import Amount
from models.check import Judge
from models.org import Org
from models.plan import POOLED, UNNEEDED, Assignment, Judgement
from models.policy import Policy

MOST_PLANS = 100_000
OF_ONE_CUSTOMER = (
    "presence",
    "roles[",
    "eligibility.",
    "tables.pairs",
    "keep.locks",
    "keep.holdouts",
    "pool",
    "proposal.",
)


@dataclass(frozen=True)
class EveryPlan:
    """What trying every plan has shown.

    ``stages`` are the stages' values of the best plans, each stage the least within the caps of those before it;
    None when no plan is feasible. ``caps`` are what the stages leave to later ones. ``best`` are the plans that
    reach them.
    """

    tried: int
    feasible: int
    stages: tuple[float, ...] | None
    caps: tuple[float, ...]
    best: tuple[Assignment, ...]

    @property
    def objective(self) -> float | None:
        """The best objective (of the last stage), None when no plan is feasible."""
        return None if self.stages is None else self.stages[-1]


Judged = list[tuple[Assignment, Judgement]]


def every_plan(org: Org, policy: Policy) -> EveryPlan:
    """Judge every assignment of units to reps (or the pool), and return the best."""
    return best_of(policy, judged_plans(org, policy))


def judged_plans(org: Org, policy: Policy) -> Judged:
    """Judge every assignment of units to reps (or the pool)."""
    with Judge(org, policy) as judge:
        return [(plan, judge.of(plan)) for plan in _plans(judge)]


def best_of(policy: Policy, judged: Judged) -> EveryPlan:
    """Return the best of some judged plans."""
    found = [(plan, judgement) for plan, judgement in judged if judgement.feasible]
    if not found:
        return EveryPlan(len(judged), 0, None, (), ())
    feasible, values, caps = len(found), [], []
    for place, stage in enumerate(policy.stages):
        values.append(min(judgement.stage_values[place] for _, judgement in found))
        caps.append(values[-1] + _slack(stage.slack, values[-1]))
        last = place == len(policy.stages) - 1
        found = _within(found, place, values[-1] if last else caps[-1])
    return EveryPlan(len(judged), feasible, tuple(values), tuple(caps), tuple(plan for plan, _ in found))


def _slack(slack: Amount, value: float) -> float:
    return slack.percent * abs(value) if slack.percent is not None else slack.number or 0.0


def _within(found: Judged, place: int, cap: float) -> Judged:
    room = cap + 1e-6 * max(1.0, abs(cap))
    return [(plan, judgement) for plan, judgement in found if judgement.stage_values[place] <= room]


def _plans(judge: Judge) -> Iterator[Assignment]:
    """Yield every assignment that keeps units whole and breaks no rule on a single unit and its rep."""
    units = [(role, of_role, unit) for role, of_role in enumerate(judge.units) for unit in range(len(of_role.size))]
    choices = [_choices(judge, role) for role in range(len(judge.units))]
    options = [choices[role][unit] for role, _, unit in units]
    count = int(np.prod([len(one) for one in options], dtype=float))
    if count > MOST_PLANS:
        raise ValueError(f"{count:,} plans are too many to try")
    members = [of_role.members[of_role.start[unit] : of_role.start[unit + 1]] for _, of_role, unit in units]
    for owners in itertools.product(*options):
        planned = np.full_like(judge.holdings.owners, UNNEEDED)
        for (role, _, _), who, owner in zip(units, members, owners, strict=True):
            planned[role, who] = owner
        yield Assignment(judge.policy.role_names, planned)


def _choices(judge: Judge, role: int) -> list[list[int]]:
    """Return for each unit of a role the reps (and the pool) with whom the checker finds nothing wrong by itself.

    The checker is asked about everybody with one rep, and about nobody with anyone; what is wrong only in the
    first answer is the rep's.
    """
    units = judge.units[role]
    nobody = np.full_like(judge.holdings.owners, UNNEEDED)
    always = _complaints(judge, nobody)
    choices: list[list[int]] = [[] for _ in units.size]
    for owner in [*range(judge.org.n_reps), *([POOLED] if judge.policy.pool is not None else [])]:
        everybody = nobody.copy()
        everybody[role, units.members] = owner
        wrong = {customer for customer, _, _ in _complaints(judge, everybody) - always}
        for unit, options in enumerate(choices):
            members = units.members[units.start[unit] : units.start[unit + 1]]
            if not wrong & {str(judge.org.customer_ids[one]) for one in members}:
                options.append(owner)
    return choices


def _complaints(judge: Judge, planned: np.ndarray) -> set[tuple[str | None, str, str]]:
    found = judge.of(Assignment(judge.policy.role_names, planned)).violations
    return {(one.customer, one.line, one.message) for one in found if one.line.startswith(OF_ONE_CUSTOMER)}
