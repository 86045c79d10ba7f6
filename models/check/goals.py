"""The goals: how far books are outside their bands, what moves cost, what does not fit, travel, cost and the pool."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from models.check.amounts import Amounts, Scope, scopes
from models.check.books import Loads
from models.check.budgets import Moves
from models.check.listings import Listings
from models.check.placements import Placement
from models.check.skills import Skills
from models.check.wording import Wording
from models.org import FloatArray, IntArray
from models.plan import GoalValue, Violation
from models.policy import Balance, Goal, Rule

UNITS = {
    "balance": "% of target",
    "disruption": "points",
    "moves": "moves",
    "misfit": "points",
    "travel": "h",
    "pool": "points",
}


@dataclass
class Goals:
    """Values every goal of the policy for an assignment; what has no value is reported and counts 0."""

    amounts: Amounts
    skills: Skills
    listings: Listings
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
            line = policy.goal(name)
            if name == "balance":
                value = self._balance(loads)
            elif name == "disruption":
                value = self._disruption(placements, moves, violations)
            elif name == "moves":
                value = float(np.count_nonzero(moves.chosen))
            elif name == "misfit":
                value = self._misfit(placements, violations)
            elif name == "travel":
                value = self._travel(placements, line, violations)
            elif name == "cost":
                value = self._cost(placements, line, violations)
            else:
                value = self._pool(placements, violations)
            unit = line.unit if line is not None and name == "cost" else UNITS.get(name, "")
            found[name] = GoalValue(value, unit, weight * value)
        return found

    def _balance(self, loads: Loads) -> float:
        points = 0.0
        for position, line in enumerate(self.amounts.policy.balance):
            for scope in scopes(self.amounts.policy, line.role):
                target = self._target(position, line, scope)
                load = loads.of_reps(line.measure, scope)
                over = np.maximum(load - target * (1 + line.tolerance), 0.0)
                under = np.maximum(target * (1 - line.tolerance) - load, 0.0)
                banded = target > 0
                points += line.weight * 100 * float(((over + under)[banded] / target[banded]).sum())
        return points

    def _target(self, position: int, line: Balance, scope: Scope) -> FloatArray:
        key = (position, scope)
        if key not in self._targets:
            self._targets[key] = self.amounts.targets(line, scope)
        return self._targets[key]

    def _disruption(self, placements: Sequence[Placement], moves: Moves, violations: list[Violation]) -> float:
        text, points = self.amounts.policy.disruption.move_cost, 0.0
        for placement in placements:
            moved = np.flatnonzero(moves.chosen[placement.role])
            owner = np.full(self.amounts.facts.org.n_customers, -1, dtype=np.int64)
            owner[placement.customers] = placement.reps
            if text is None:
                points += len(moved)
                continue
            cost = self._on_pairs(text, placement.role, moved, owner[moved])
            points += self._summed(cost, "disruption.move_cost", moved, owner[moved], violations, negative=False)
        return points

    def _misfit(self, placements: Sequence[Placement], violations: list[Violation]) -> float:
        eligibility, points = self.amounts.policy.eligibility, 0.0
        for placement in placements:
            customers, reps = placement.customers, placement.reps
            if eligibility.skills == "preferred":
                penalty = 1.0 if eligibility.skills_penalty is None else eligibility.skills_penalty
                points += penalty * np.count_nonzero(~self.skills.met(customers, reps))
            for rule in eligibility.rules:
                if rule.prefer is not None:
                    points += self._disliked(rule, placement, violations)
        return points

    def _disliked(self, rule: Rule, placement: Placement, violations: list[Violation]) -> float:
        """Return the points of the pairs for which a rule applies and its preference is not true."""
        facts, role = self.amounts.facts, self.amounts.policy.role_names[placement.role]
        customers, reps = placement.customers, placement.reps
        applies = facts.pair_true(rule.when, role, customers, reps)
        broken = applies & ~facts.pair_true(rule.prefer, role, customers, reps)
        customers, reps = customers[broken], reps[broken]
        penalty = self._on_pairs(rule.penalty_points, placement.role, customers, reps)
        line = f"eligibility.rules[{rule.name}].penalty"
        return self._summed(penalty, line, customers, reps, violations, negative=False)

    def _travel(self, placements: Sequence[Placement], line: Goal | None, violations: list[Violation]) -> float:
        customers_table = self.amounts.facts.org.customers
        visits = np.ones(len(customers_table))
        if "visits" in customers_table.columns:
            visits = np.nan_to_num(customers_table["visits"].to_numpy(dtype=np.float64), nan=1.0)
        hours = 0.0
        for placement in placements:
            customers, reps = placement.customers, placement.reps
            one_way = _filled(self.listings.minutes(customers, reps) / 60, line)
            round_trips = visits[customers] * 2 * one_way
            hours += self._summed(round_trips, "goals[travel]", customers, reps, violations, negative=True)
        return hours

    def _cost(self, placements: Sequence[Placement], line: Goal | None, violations: list[Violation]) -> float:
        if line is None or line.value is None:
            return 0.0
        cost = 0.0
        for placement in placements:
            customers, reps = placement.customers, placement.reps
            values = _filled(self._on_pairs(line.value, placement.role, customers, reps), line)
            cost += self._summed(values, "goals[cost]", customers, reps, violations, negative=True)
        return cost

    def _pool(self, placements: Sequence[Placement], violations: list[Violation]) -> float:
        pool, points = self.amounts.policy.pool, 0.0
        if pool is None:
            return points
        for placement in placements:
            customers = placement.pooled
            nobody = np.full(len(customers), -1, dtype=np.int64)
            penalty = self._on_pairs(pool.penalty, placement.role, customers, nobody)
            points += self._summed(penalty, "pool.penalty", customers, nobody, violations, negative=False)
        return points

    def _on_pairs(self, text: str, role: int, customers: IntArray, reps: IntArray) -> FloatArray:
        return self.amounts.facts.pair_numbers(text, self.amounts.policy.role_names[role], customers, reps)

    def _summed(
        self,
        values: FloatArray,
        line: str,
        customers: IntArray,
        reps: IntArray,
        violations: list[Violation],
        *,
        negative: bool,
    ) -> float:
        """Sum values per pair; report those that are missing, and those below 0 where that makes no sense."""
        wrong = ~np.isfinite(values)
        if not negative:
            wrong |= values < 0
        for pair in np.flatnonzero(wrong):
            found = "has no value" if np.isnan(values[pair]) else f"is {values[pair]:g}"
            violations.append(
                self.wording.broken(
                    line,
                    f"{self.wording.customer(customers[pair])} with {self.wording.rep(reps[pair])} {found}",
                    customer=int(customers[pair]),
                    rep=int(reps[pair]),
                )
            )
        return float(values[~wrong].sum())


def _filled(values: FloatArray, line: Goal | None) -> FloatArray:
    """Put a goal's default where there is no value."""
    if line is None or line.default is None:
        return values
    return np.where(np.isnan(values), line.default, values)
