"""Costs: what each (customer, rep) adds to a goal, every goal but the balance."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from models.check.amounts import Amounts
from models.check.listings import Listings
from models.check.requests import Proposal, Wishes
from models.check.skills import Skills
from models.org import BoolArray, FloatArray, IntArray
from models.policy import Goal, Policy, Rule


class Part(NamedTuple):
    """What a policy line adds to a goal: ``values`` of the pairs at positions ``at``, NaN where there is none.

    ``negative`` tells whether a value below 0 makes sense.
    """

    line: str
    at: IntArray
    values: FloatArray
    negative: bool = False


@dataclass(frozen=True)
class Costs:
    """The value of each goal for pairs of customer and rep position; -1 is the pool."""

    amounts: Amounts
    skills: Skills
    listings: Listings
    wishes: Wishes | None = None
    proposal: Proposal | None = None

    def parts(self, goal: str, role: int, customers: IntArray, reps: IntArray, chosen: BoolArray) -> tuple[Part, ...]:
        """Return what a goal adds up from; ``chosen`` tells which pairs are chosen moves; all have shape (k,)."""
        owned, moved = np.flatnonzero(reps >= 0), np.flatnonzero(chosen)
        policy = self.amounts.policy
        if goal == "moves":
            return (Part("moves", moved, np.ones(len(moved))),)
        if goal == "disruption":
            text = policy.disruption.move_cost
            cost = np.ones(len(moved)) if text is None else self._on_pairs(text, role, customers[moved], reps[moved])
            return (Part("disruption.move_cost", moved, cost),)
        if goal == "misfit":
            return tuple(self._misfit(policy, role, owned, customers, reps))
        if goal == "travel":
            hours = self._round_trips(customers[owned], reps[owned], policy.goal(goal))
            return (Part("goals[travel]", owned, hours, negative=True),)
        if goal == "cost":
            line = policy.goal(goal)
            if line is None or line.value is None:
                return ()
            values = _filled(self._on_pairs(line.value, role, customers[owned], reps[owned]), line)
            return (Part("goals[cost]", owned, values, negative=True),)
        if goal == "pool" and policy.pool is not None:
            pooled = np.flatnonzero(reps < 0)
            penalty = self._on_pairs(policy.pool.penalty, role, customers[pooled], reps[pooled])
            return (Part("pool.penalty", pooled, penalty),)
        if goal == "wishes" and self.wishes is not None:
            return (Part("wishes", *self.wishes.refused(role, customers, reps)),)
        if goal == "changes" and self.proposal is not None:
            changed = self.proposal.changed(role, customers, reps)
            return (Part("changes", changed, np.ones(len(changed))),)
        return ()

    def _misfit(
        self, policy: Policy, role: int, owned: IntArray, customers: IntArray, reps: IntArray
    ) -> Iterator[Part]:
        if policy.eligibility.skills == "preferred":
            penalty = 1.0 if policy.eligibility.skills_penalty is None else policy.eligibility.skills_penalty
            lacking = owned[~self.skills.met(customers[owned], reps[owned])]
            yield Part("eligibility.skills_penalty", lacking, np.full(len(lacking), penalty))
        for rule in policy.eligibility.rules:
            if rule.prefer is not None:
                disliked = owned[self._disliked(rule, role, customers[owned], reps[owned])]
                penalty_of = self._on_pairs(rule.penalty_points, role, customers[disliked], reps[disliked])
                yield Part(f"eligibility.rules[{rule.name}].penalty", disliked, penalty_of)

    def _disliked(self, rule: Rule, role: int, customers: IntArray, reps: IntArray) -> BoolArray:
        """Tell for which pairs a rule applies and its preference is not true."""
        facts, name = self.amounts.facts, self.amounts.policy.role_names[role]
        applies = facts.pair_true(rule.when, name, customers, reps)
        disliked: BoolArray = applies & ~facts.pair_true(rule.prefer, name, customers, reps)
        return disliked

    def _round_trips(self, customers: IntArray, reps: IntArray, line: Goal | None) -> FloatArray:
        table = self.amounts.facts.org.customers
        visits = np.ones(len(table))
        if "visits" in table.columns:
            visits = np.nan_to_num(table["visits"].to_numpy(dtype=np.float64), nan=1.0)
        one_way = _filled(self.listings.minutes(customers, reps) / 60, line)
        hours: FloatArray = visits[customers] * 2 * one_way
        return hours

    def _on_pairs(self, text: str, role: int, customers: IntArray, reps: IntArray) -> FloatArray:
        return self.amounts.facts.pair_numbers(text, self.amounts.policy.role_names[role], customers, reps)


def _filled(values: FloatArray, line: Goal | None) -> FloatArray:
    """Put a goal's default where there is no value."""
    if line is None or line.default is None:
        return values
    return np.where(np.isnan(values), line.default, values)
