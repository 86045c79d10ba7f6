"""Books: what reps, teams and regions carry under an assignment, and the hard limits on it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np

from models.amount import Amount
from models.check.amounts import Amounts, Scope, exceeds, falls_short, scopes
from models.check.labels import totals
from models.check.measures import COUNT
from models.check.placements import Placement
from models.check.wording import Wording, quantity
from models.org import FloatArray, IntArray
from models.plan import Violation
from models.policy import Capacity, line_names


@dataclass(frozen=True)
class Limits:
    """One capacity line for one scope of roles: ``least`` and ``most`` per row, NaN where there is none.

    A row is a rep, a team or a region: ``names`` says which, ``at`` is its position or code among all of them.
    """

    line: str
    capacity: Capacity
    scope: Scope
    names: tuple[str, ...]
    at: IntArray
    least: FloatArray
    most: FloatArray


@dataclass
class Loads:
    """What each rep, team and region carries under one assignment."""

    amounts: Amounts
    placements: Sequence[Placement]
    violations: list[Violation]
    _carried: dict[tuple[str, int], FloatArray] = field(default_factory=dict)

    def of_reps(self, measure: str, scope: Scope) -> FloatArray:
        """Return the measure summed over each rep's book; shape (reps,)."""
        load = np.zeros(self.amounts.facts.org.n_reps)
        for role in scope:
            load += totals(self.placements[role].reps, self._values(measure, role), len(load))
        return load

    def of_teams(self, measure: str, scope: Scope) -> FloatArray:
        """Return the measure summed over the books of each team's reps; shape (teams,)."""
        teams = self.amounts.roster.teams
        member = teams.codes >= 0
        return totals(teams.codes[member], self.of_reps(measure, scope)[member], len(teams.names))

    def of_regions(self, measure: str, scope: Scope, regions: tuple[str, ...]) -> FloatArray:
        """Return the measure summed over the owned customers of each of the regions, their children included."""
        load = np.zeros(self.amounts.facts.org.n_customers)
        for role in scope:
            load[self.placements[role].customers] += self._values(measure, role)
        return self.amounts.places.sums(load, regions)

    def of_rows(self, limits: Limits) -> FloatArray:
        """Return what each row of a capacity line carries."""
        measure, scope = limits.capacity.measure, limits.scope
        if limits.capacity.per == "region":
            return self.of_regions(measure, scope, limits.names)
        return (self.of_reps if limits.capacity.per == "rep" else self.of_teams)(measure, scope)[limits.at]

    def _values(self, measure: str, role: int) -> FloatArray:
        if (measure, role) not in self._carried:
            self._carried[measure, role] = self.amounts.measures.carried(
                measure, self.placements[role], self.violations
            )
        return self._carried[measure, role]


def read_limits(amounts: Amounts) -> tuple[Limits, ...]:
    """Work out the limits of every capacity line."""
    lines = amounts.policy.capacity
    return tuple(
        _limits(amounts, f"capacity[{name}]", line, scope)
        for name, line in zip(line_names(lines), lines, strict=True)
        for scope in scopes(amounts.policy, line.role)
    )


def _limits(amounts: Amounts, path: str, line: Capacity, scope: Scope) -> Limits:
    names, at = amounts.rows(line.per, amounts.roster.in_scope(scope))
    percent = any(_has_percent(amount) for amount in (line.min, line.max) if amount is not None)
    base = np.full(len(names), amounts.measures.total(line.measure, scope) if percent else 0.0)
    prorated = np.ones(len(names))
    if line.per == "rep" and line.measure != COUNT:
        prorated = amounts.roster.availability[at]
    least, most = (
        np.full(len(names), np.nan) if amount is None else amounts.limits(amount, line.per, names, at, base) * prorated
        for amount in (line.min, line.max)
    )
    return Limits(path, line, scope, names, at, least, most)


def _has_percent(amount: Amount) -> bool:
    return amount.percent is not None or any(map(_has_percent, (amount.by_label or {}).values()))


def overloads(limits: Sequence[Limits], loads: Loads, wording: Wording) -> Iterator[Violation]:
    """Yield every rep, team or region that carries too much or too little."""
    for limit in limits:
        line, unit = limit.capacity, loads.amounts.measures.unit(limit.capacity.measure)
        role = ""
        if len(limit.scope) == 1 < len(loads.placements):
            role = f" as {loads.amounts.policy.role_names[limit.scope[0]]}"
        carried = loads.of_rows(limit)
        over, under = exceeds(carried, limit.most), falls_short(carried, limit.least)
        for row in np.flatnonzero(over | under).tolist():
            bound, word = (limit.most[row], "at most") if over[row] else (limit.least[row], "at least")
            name = limit.names[row] if line.per == "rep" else f"{line.per} {limit.names[row]}"
            yield wording.broken(
                limit.line,
                f"{name} carries {quantity(carried[row], unit)}{role}, {word} {quantity(bound, unit)}",
                rep=int(limit.at[row]) if line.per == "rep" else None,
                found=carried[row],
                limit=bound,
                unit=unit,
                label=limit.names[row],
            )
