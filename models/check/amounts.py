"""Limits and targets: what the policy's numbers, percentages, expressions and mappings come to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from models.amount import Amount
from models.check.facts import Facts
from models.check.holdings import Holdings
from models.check.labels import totals
from models.check.measures import Measures
from models.check.places import Places
from models.check.roster import Roster
from models.org import BoolArray, FloatArray, IntArray
from models.policy import EVERY_ROLE, Balance, Policy

ROW_TOLERANCE = 1e-6

Scope = tuple[int, ...]


def scopes(policy: Policy, role: str | None) -> tuple[Scope, ...]:
    """Return the groups of roles that a line speaks of: each by itself, the one it names, or all together."""
    everyone = tuple(range(len(policy.role_names)))
    if role == EVERY_ROLE:
        return (everyone,)
    if role is not None:
        return ((policy.role_names.index(role),),)
    return tuple((one,) for one in everyone)


def exceeds(found: FloatArray, limits: FloatArray) -> BoolArray:
    """Tell where an amount is above its limit by more than the tolerance of rows; a NaN limit is none."""
    above: BoolArray = found > limits + ROW_TOLERANCE * np.maximum(1.0, np.abs(limits))
    return above


def falls_short(found: FloatArray, limits: FloatArray) -> BoolArray:
    """Tell where an amount is below its limit by more than the tolerance of rows; a NaN limit is none."""
    below: BoolArray = found < limits - ROW_TOLERANCE * np.maximum(1.0, np.abs(limits))
    return below


@dataclass(frozen=True)
class Amounts:
    """Turns the amounts of policy lines into limits per rep, team or region, and into targets per rep."""

    facts: Facts
    policy: Policy
    roster: Roster
    places: Places
    holdings: Holdings
    measures: Measures

    def plain(self, amount: Amount, base: float) -> float:
        """Return a number, or a percentage of ``base``."""
        if amount.number is not None:
            return amount.number
        if amount.percent is not None:
            return amount.percent * base
        raise ValueError(f"a number or a percentage is expected here, not {amount}")

    def rows(self, per: str, present: BoolArray) -> tuple[tuple[str, ...], IntArray]:
        """Return the rows of a line per rep, team (only of those ``present``) or region: names, and codes."""
        if per == "rep":
            at = np.flatnonzero(present)
            return tuple(str(rep) for rep in self.facts.org.rep_ids[at]), at
        if per == "team":
            at = np.unique(self.roster.teams.codes[present & (self.roster.teams.codes >= 0)])
            return tuple(self.roster.teams.names[code] for code in at), at
        names = self.places.rows()
        return names, np.arange(len(names))

    def limits(self, amount: Amount, per: str, names: Sequence[str], at: IntArray, bases: FloatArray) -> FloatArray:
        """Return a limit per row, NaN where there is none; percentages are of ``bases``, one per row."""
        if amount.expression is not None:
            if per == "rep":
                return self.facts.rep_numbers(amount.expression)[at]
            by_region = self.facts.region_numbers(amount.expression)
            return np.array([by_region.get(name, np.nan) for name in names], dtype=np.float64)
        labels = amount.by_label if amount.by_label is not None else dict.fromkeys(names, amount)
        return np.array(
            [
                self.plain(labels[name], float(base)) if name in labels else np.nan
                for name, base in zip(names, bases, strict=True)
            ],
            dtype=np.float64,
        )

    def targets(self, line: Balance, scope: Scope) -> FloatArray:
        """Return each rep's target on a balance line, 0 where there is none."""
        present = self.roster.in_scope(scope)
        available = np.where(present, self.roster.availability, 0.0)
        target = line.target
        if target.number is not None:
            return target.number * available
        weight = self._relative(target) * available
        if line.within == "region":
            return self._within_regions(line.measure, scope, weight)
        if line.within == "team":
            return self._within_teams(line.measure, scope, weight)
        return self.measures.total(line.measure, scope) * _shares(weight)

    def usual_target(self, measure: str, rep_scope: Scope) -> FloatArray:
        """Return the targets by share where no balance line speaks of the measure."""
        weight = self._relative(Amount(expression="share")) * np.where(
            self.roster.in_scope(rep_scope), self.roster.availability, 0.0
        )
        return self.measures.total(measure, rep_scope) * _shares(weight)

    def _relative(self, target: Amount) -> FloatArray:
        if target.expression == "equal":
            return np.ones(self.facts.org.n_reps)
        if target.expression is None:
            raise ValueError(f"a target is equal, a number or an expression over the reps, not {target}")
        text = "rep.share" if target.expression == "share" else target.expression
        return np.nan_to_num(self.facts.rep_numbers(text), nan=0.0)

    def _within_regions(self, measure: str, scope: Scope, weight: FloatArray) -> FloatArray:
        """Share each region's total among the reps that cover it, a rep with k regions by a k-th in each."""
        amounts = np.sum([self.measures.of_customers(measure, role) for role in scope], axis=0)
        needed = self.holdings.needed[list(scope)].any(axis=0)
        region = np.where(needed, self.places.regions.codes, -1)
        at_home = np.unique(region[region >= 0])
        covers = self.places.reaches(at_home)
        spread = np.divide(weight, covers.sum(axis=1), out=np.zeros_like(weight), where=covers.any(axis=1))
        by_region = totals(region[region >= 0], amounts[region >= 0], len(self.places.regions.names))[at_home]
        shared = covers * spread[:, None]
        pull = shared.sum(axis=0)
        split = np.divide(shared, pull, out=np.zeros_like(shared), where=pull > 0)
        targets: FloatArray = split @ by_region + amounts[needed & (region < 0)].sum() * _shares(weight)
        return targets

    def _within_teams(self, measure: str, scope: Scope, weight: FloatArray) -> FloatArray:
        """Share each team's total among its reps; what belongs to no team that can work is spread over all."""
        team = np.where(self.roster.teams.codes < 0, len(self.roster.teams.names), self.roster.teams.codes)
        strength = totals(team, weight, len(self.roster.teams.names) + 1)
        by_team = np.zeros(len(strength))
        unclaimed = 0.0
        for role in scope:
            amounts = self.measures.of_customers(measure, role)
            home = self.roster.teams_of(self.holdings.owners[role])
            claimed = self.holdings.needed[role] & (home >= 0)
            claimed[claimed] = strength[home[claimed]] > 0
            by_team += totals(home[claimed], amounts[claimed], len(strength))
            unclaimed += amounts[~claimed].sum()
        per_strength = np.divide(by_team, strength, out=np.zeros_like(by_team), where=strength > 0)
        return per_strength[team] * weight + unclaimed * _shares(weight)


def _shares(weight: FloatArray) -> FloatArray:
    total = weight.sum()
    return weight / total if total > 0 else np.zeros_like(weight)
