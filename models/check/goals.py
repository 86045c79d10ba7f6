"""The goals: how far books are outside their bands, what moves cost, what does not fit, travel, cost and the pool."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from models.check.amounts import Amounts, Scope, exceeds, scopes
from models.check.books import Loads
from models.check.budgets import Moves
from models.check.costs import Costs, Part
from models.check.placements import Placement
from models.check.wording import Wording, quantity
from models.goal_units import goal_unit
from models.org import FloatArray, IntArray
from models.plan import POOLED, GoalValue, Violation
from models.policy import Balance


@dataclass
class Goals:
    """Values every goal of the policy for an assignment; what has no value is reported and counts 0."""

    amounts: Amounts
    costs: Costs
    wording: Wording
    _targets: dict[tuple[int, Scope], FloatArray] = field(default_factory=dict)

    def values(
        self, placements: Sequence[Placement], moves: Moves, loads: Loads, violations: list[Violation]
    ) -> dict[str, GoalValue]:
        """Return each listed goal (and the pool's) with its value and its points."""
        policy = self.amounts.policy
        weights = {goal: weight for stage in policy.stages for goal, weight in stage.weights.items()}
        found: dict[str, GoalValue] = {}
        for name, weight in weights.items():
            value = self._balance(loads) if name == "balance" else self._summed(name, placements, moves, violations)
            found[name] = GoalValue(value, goal_unit(policy, name), weight * value)
        return found

    def above(self, values: Mapping[str, GoalValue]) -> Iterator[Violation]:
        """Yield every goal that is above its hard limit."""
        for line in self.amounts.policy.goals:
            found = values[line.goal]
            if line.limit is not None and exceeds(np.array([found.value]), np.array([line.limit]))[0]:
                said, most = quantity(found.value, found.unit), quantity(line.limit, found.unit)
                yield self.wording.broken(
                    f"goals[{line.goal}]",
                    f"the goal {line.goal} comes to {said}, at most {most}",
                    found=found.value,
                    limit=line.limit,
                    unit=found.unit,
                )

    def _balance(self, loads: Loads) -> float:
        points = 0.0
        for position, line in enumerate(self.amounts.policy.balance):
            for scope in scopes(self.amounts.policy, line.role):
                target = self.target(position, line, scope)
                load = loads.of_reps(line.measure, scope)
                over = np.maximum(load - target * (1 + line.tolerance), 0.0)
                under = np.maximum(target * (1 - line.tolerance) - load, 0.0)
                banded = target > 0
                points += line.weight * 100 * float(((over + under)[banded] / target[banded]).sum())
        return points

    def target(self, position: int, line: Balance, scope: Scope) -> FloatArray:
        """Return each rep's target on the balance line at ``position``, 0 where there is none."""
        key = (position, scope)
        if key not in self._targets:
            self._targets[key] = self.amounts.targets(line, scope)
        return self._targets[key]

    def _summed(self, goal: str, placements: Sequence[Placement], moves: Moves, violations: list[Violation]) -> float:
        """Sum a goal over all pairs; report what is missing, and what is below 0 where that makes no sense."""
        value = 0.0
        for placement in placements:
            customers = np.concatenate([placement.customers, placement.pooled])
            reps = np.concatenate([placement.reps, np.full(len(placement.pooled), POOLED)])
            chosen = moves.chosen[placement.role, customers]
            for part in self.costs.parts(goal, placement.role, customers, reps, chosen):
                value += self._usable(part, customers[part.at], reps[part.at], violations)
        return value

    def _usable(self, part: Part, customers: IntArray, reps: IntArray, violations: list[Violation]) -> float:
        wrong = ~np.isfinite(part.values)
        if not part.negative:
            wrong |= part.values < 0
        for pair in np.flatnonzero(wrong):
            found = "has no value" if np.isnan(part.values[pair]) else f"is {part.values[pair]:g}"
            violations.append(
                self.wording.broken(
                    part.line,
                    f"{self.wording.customer(customers[pair])} with {self.wording.rep(reps[pair])} {found}",
                    customer=int(customers[pair]),
                    rep=int(reps[pair]),
                )
            )
        return float(part.values[~wrong].sum())
