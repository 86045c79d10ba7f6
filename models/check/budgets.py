"""Moves, and the budgets that limit the chosen ones."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from models.check.amounts import Amounts, exceeds, scopes
from models.check.holdings import NOBODY, Holdings
from models.check.labels import distinct_pairs, totals
from models.check.wording import Wording, quantity
from models.org import BoolArray, FloatArray, IntArray
from models.plan import POOLED, Violation
from models.policy import Budget, line_names


class Moves(NamedTuple):
    """Chosen moves, forced moves and new assignments; each of shape (roles, customers)."""

    chosen: BoolArray
    forced: BoolArray
    newly: BoolArray


def moves(holdings: Holdings, may_stay: BoolArray, planned: IntArray) -> Moves:
    """Tell what changes: a move is forced where today's owner may not stay, and none where there is no owner today."""
    placed = holdings.needed & (planned >= POOLED)
    owned = holdings.owners != NOBODY
    moved = placed & owned & (planned != holdings.owners)
    return Moves(moved & may_stay, moved & ~may_stay, placed & ~owned & (planned >= 0))


@dataclass(frozen=True)
class Allowance:
    """One budget: ``most`` per row, NaN where there is none; ``values`` is what each customer counts.

    A row is a rep, a team, a region or the whole org: ``names`` says which, ``at`` is its position or code.
    """

    line: str
    budget: Budget
    names: tuple[str, ...]
    at: IntArray
    most: FloatArray
    values: FloatArray


def read_allowances(amounts: Amounts) -> tuple[Allowance, ...]:
    """Work out the limits of every budget."""
    lines = amounts.policy.disruption.budgets
    return tuple(
        _allowance(amounts, f"disruption.budgets[{name}]", line)
        for name, line in zip(line_names(lines), lines, strict=True)
    )


def _allowance(amounts: Amounts, path: str, line: Budget) -> Allowance:
    """Set the limits; percentages are of the customers whose owner today is present."""
    holdings, roster = amounts.holdings, amounts.roster
    values = amounts.measures.once(line.of)
    held = np.where(holdings.present.any(axis=0), values, 0.0)
    if line.per is None:
        most = np.array([amounts.plain(line.max, float(held.sum()))])
        return Allowance(path, line, ("",), np.zeros(1, dtype=np.int64), most, values)
    if line.per == "region":
        names = tuple(line.max.by_label or amounts.places.regions.names)
        at, bases = np.arange(len(names)), amounts.places.sums(held, names)
    else:
        everyone = roster.in_scope(range(len(amounts.policy.role_names)))
        names, at = amounts.rows(line.per, everyone)
        codes, n = _codes(amounts, line.per)
        if line.side == "lost":
            bases = _summed(codes(holdings.owners), holdings.present, values, n)[at]
        else:
            reps = np.flatnonzero(everyone)
            bases = _summed(codes(reps)[None, :], np.ones((1, len(reps)), dtype=bool), _due(amounts, line.of)[reps], n)[
                at
            ]
    return Allowance(path, line, names, at, amounts.limits(line.max, line.per, names, at, bases), values)


def _codes(amounts: Amounts, per: str) -> tuple[Callable[[IntArray], IntArray], int]:
    """Return how reps are counted (each alone, or by team), and the number of counters."""
    if per == "team":
        return amounts.roster.teams_of, len(amounts.roster.teams.names)
    return np.asarray, amounts.facts.org.n_reps


def _due(amounts: Amounts, measure: str) -> FloatArray:
    """Return each rep's target on a measure: of the first balance line that speaks of both, else by share."""
    policy = amounts.policy
    due = np.full(amounts.facts.org.n_reps, np.nan)
    for line in policy.balance:
        if line.measure != measure:
            continue
        for scope in scopes(policy, line.role):
            unknown = np.isnan(due) & amounts.roster.in_scope(scope)
            if unknown.any():
                due[unknown] = amounts.targets(line, scope)[unknown]
    for scope in scopes(policy, None):
        unknown = np.isnan(due) & amounts.roster.in_scope(scope)
        if unknown.any():
            due[unknown] = amounts.usual_target(measure, scope)[unknown]
    return np.where(np.isnan(due), 0.0, due)


def overspent(
    allowances: Sequence[Allowance], amounts: Amounts, wording: Wording, planned: IntArray, chosen: BoolArray
) -> Iterator[Violation]:
    """Yield every budget that the chosen moves exceed."""
    for allowance in allowances:
        budget, unit = allowance.budget, amounts.measures.unit(allowance.budget.of)
        spent = _spent(allowance, amounts, planned, chosen)
        for row in np.flatnonzero(exceeds(spent, allowance.most)).tolist():
            name = allowance.names[row] if budget.per == "rep" else f"{budget.per} {allowance.names[row]}"
            what = {"lost": f"{name} loses", "gained": f"{name} gains", None: "chosen moves take"}[budget.side]
            where = f" in {name}" if budget.per == "region" else ""
            yield wording.broken(
                allowance.line,
                f"{what} {quantity(spent[row], unit)}{where}, at most {quantity(allowance.most[row], unit)}",
                rep=int(allowance.at[row]) if budget.per == "rep" else None,
                found=spent[row],
                limit=allowance.most[row],
                unit=unit,
                label=allowance.names[row] or None,
            )


def _spent(allowance: Allowance, amounts: Amounts, planned: IntArray, chosen: BoolArray) -> FloatArray:
    """Return what the chosen moves take of each row; a customer counts once if any of its roles moves."""
    budget, values = allowance.budget, allowance.values
    moved = np.where(chosen.any(axis=0), values, 0.0)
    if budget.per is None:
        return np.array([moved.sum()])
    if budget.per == "region":
        return amounts.places.sums(moved, allowance.names)
    codes, n = _codes(amounts, budget.per)
    before, after = codes(amounts.holdings.owners), codes(planned)
    crossing = chosen & (before != after)
    return _summed(before if budget.side == "lost" else after, crossing, values, n)[allowance.at]


def _summed(holders: IntArray, counted: BoolArray, values: FloatArray, n: int) -> FloatArray:
    """Sum a value per column over its distinct holders where ``counted``; nobody holds below 0. Shape (n,)."""
    row, column = np.nonzero(counted & (holders >= 0))
    column, holder = distinct_pairs(column, holders[row, column])
    return totals(holder, values[column], n)
