"""Budgets: how much may change by chosen moves (4).

A member with a present, eligible owner makes a chosen move unless it stays, so ``moved = 1 - x[stay]`` and most rows
need a coefficient only where a unit stays. What reps and teams gain are arrivals (:mod:`models.formulation.arrivals`).
A customer with several roles counts once if any of them moves: an auxiliary variable ``moved`` between 0 and 1, at
least each role's move.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from models.formulation.amounts import Amounts
from models.formulation.arrivals import Arrivals, add_arrivals
from models.formulation.counted_once import Auxiliaries, Entries
from models.formulation.numbers import distinct, grouped, repeated
from models.formulation.pairs import Pairs, parts, places, starts
from models.formulation.spread import Spread
from models.org import FloatArray, IntArray
from models.policy import CUSTOMERS, Budget, line_names
from models.problem import Books, RowBlock, hard_block


@dataclass(frozen=True)
class _Moves:
    """Chosen moves of members as rows see them."""

    amounts: Amounts
    spread: Spread
    value: FloatArray
    auxiliaries: Auxiliaries

    @cached_property
    def movable(self) -> IntArray:
        """Members that would make a chosen move if they left their owner, ascending."""
        return np.flatnonzero(self.spread.movable)

    @cached_property
    def unit_of_member(self) -> IntArray:
        """The unit of each member, shape (members,)."""
        return self.amounts.units.unit_of_member

    def of_customers(
        self, member: IntArray, event: str, near: IntArray | None
    ) -> tuple[tuple[IntArray, FloatArray], tuple[IntArray, FloatArray], float]:
        """Return (candidates, values), (auxiliaries, values) and a constant: their sum is what chosen moves carry.

        ``member`` are some of those that are movable; ``near`` (shape (reps,)) is the label within which a change of
        owner does not count (teams), None where every change counts.
        """
        units = self.amounts.units
        customer = units.member[member]
        several = np.flatnonzero(repeated(customer))
        single = np.ones(len(member), dtype=bool)
        single[several] = False
        candidate, owner = self.staying(member[single], near)
        value = -self.value[units.member[owner]]
        constant = float(self.value[customer[single]].sum())
        aux, aux_value = [], []
        twice = distinct(customer[several])
        for c, mine in zip(twice, grouped(np.searchsorted(twice, customer[several]), len(twice)), strict=True):
            variable, new = self.auxiliaries.variable(event, int(c))
            aux.append(variable)
            aux_value.append(self.value[c])
            if new:
                for m in member[several[mine]]:
                    stays, _ = self.staying(np.array([m]), near)
                    role = self.amounts.policy.role_names[units.role[self.unit_of_member[m]]]
                    label = f"{event}, {self.amounts.org.customer_ids[c]}, {role}"
                    self.auxiliaries.at_least(variable, label, -1.0, stays, -1.0)
        return (candidate, value), (np.array(aux, np.int64), np.array(aux_value, float)), constant

    def staying(self, member: IntArray, near: IntArray | None) -> tuple[IntArray, IntArray]:
        """Return candidates by which members stay (with the owner, or in the owner's team), and those members."""
        start, rep = self.spread.candidates.start, self.spread.candidates.rep
        unit, owner = self.unit_of_member[member], self.amounts.units.owner[member]
        if near is None:
            at, found = Pairs(start, rep).find(unit, owner)
            return at[found], member[found]
        candidates, members = [np.zeros(0, dtype=np.int64)], [member[:0]]
        count = start[unit + 1] - start[unit]
        for run in parts(starts(count)):
            at = places(start, unit[run])
            home = np.repeat(owner[run], count[run])
            other = rep[at]
            stays = (other == home) | ((other >= 0) & (near[other] == near[home]) & (near[home] >= 0))
            candidates.append(at[stays])
            members.append(np.repeat(member[run], count[run])[stays])
        return np.concatenate(candidates), np.concatenate(members)


def budget_rows(amounts: Amounts, spread: Spread, auxiliaries: Auxiliaries) -> Iterator[RowBlock]:
    """Yield the budget rows, adding the auxiliary variables they need."""
    budgets = amounts.policy.disruption.budgets
    for name, budget in zip(line_names(budgets), budgets, strict=True):
        moves = _Moves(amounts, spread, customer_values(amounts, budget.of), auxiliaries)
        yield _block(moves, f"disruption.budgets[{name}]", budget)


def customer_values(amounts: Amounts, measure: str) -> FloatArray:
    """Return a measure per customer, shape (customers,): its value in the first role the customer needs."""
    values = np.zeros(amounts.org.n_customers)
    of_members = np.ones(len(amounts.units.member)) if measure == CUSTOMERS else amounts.of_members(measure)
    # later roles first, so that the first role's value is the one that stays
    values[amounts.units.member[::-1]] = of_members[::-1]
    return values


def _block(moves: _Moves, path: str, budget: Budget) -> RowBlock:
    amounts, units = moves.amounts, moves.amounts.units
    labels, limits = budget_limits(amounts, budget, moves.value)
    entries = Entries()
    books: tuple[Books, ...] = ()
    constant = np.zeros(len(labels))

    def add_moves(j: int, member: IntArray, event: str, near: IntArray | None = None) -> None:
        (candidate, value), (aux, aux_value), constant[j] = moves.of_customers(member, event, near)
        entries.add(j, candidate, value)
        entries.add_aux(j, aux, aux_value)

    member = moves.movable
    if budget.per is None:
        add_moves(0, member, "moved")
    elif budget.per == "region":
        position = {str(name): g for g, name in enumerate(amounts.regions.names)}
        region = amounts.regions.of_customer[units.member[member]]
        for j, label in enumerate(labels):
            inside = amounts.regions.inside[:, position[label]]
            add_moves(j, member[(region >= 0) & inside[region]], "moved")
    elif budget.side == "gained":
        books = _gained(moves, budget, labels, entries)
    elif budget.per == "rep":
        row_of_rep = _positions(labels, amounts.org.rep_ids)
        member = member[row_of_rep[units.owner[member]] >= 0]
        candidate, of = moves.staying(member, None)
        entries.add(row_of_rep[units.owner[of]], candidate, -moves.value[units.member[of]])
        leaving = moves.value[units.member[member]]
        constant += np.bincount(row_of_rep[units.owner[member]], leaving, minlength=len(labels))
    else:
        team, names = amounts.teams()
        row_of_rep = np.r_[_positions(labels, names), -1][team]
        for j, mine in enumerate(grouped(row_of_rep[units.owner[member]], len(labels))):
            add_moves(j, member[mine], f"left team {labels[j]}", team)
    return hard_block(
        path,
        "budget",
        labels,
        np.full(len(labels), -np.inf),
        limits - constant,
        entries.of_candidates,
        np.abs(limits),
        entries.of_aux,
        books,
    )


def _gained(moves: _Moves, budget: Budget, labels: tuple[str, ...], entries: Entries) -> tuple[Books, ...]:
    """Add what reps or teams gain by chosen moves: members with another owner (of another team) today."""
    amounts = moves.amounts
    if budget.per == "rep":
        row_of_rep, home = _positions(labels, amounts.org.rep_ids), np.arange(amounts.org.n_reps)
    else:
        home, names = amounts.teams()
        row_of_rep = np.r_[_positions(labels, names), -1][home]
    arrivals = Arrivals(amounts, moves.spread, row_of_rep, moves.spread.movable, moves.value, home)
    return add_arrivals(entries, arrivals, "entered", labels, moves.auxiliaries)


def budget_limits(amounts: Amounts, budget: Budget, value: FloatArray) -> tuple[tuple[str, ...], FloatArray]:
    """Return the labels of a budget's rows and their limits in the measure's unit."""
    bases = budget_bases(amounts, budget, value)
    named = budget.max.by_label
    labels = tuple(label for label in bases if named is None or label in named)
    limits = []
    for label in labels:
        given = budget.max if named is None else named[label]
        limits.append(given.percent * bases[label] if given.percent is not None else given.number)
    return labels, np.array(limits, dtype=float)


def budget_bases(amounts: Amounts, budget: Budget, value: FloatArray) -> dict[str, float]:
    """Return what a budget's percentage is of, by label: ``overall``, a rep, a team or a region."""
    org, units = amounts.org, amounts.units
    present = units.present
    has_owner = np.zeros(org.n_customers, dtype=bool)
    has_owner[units.member[present]] = True
    if budget.per is None:
        return {"overall": float(value[has_owner].sum())}
    if budget.per == "region":
        used = amounts.regions.on_customers
        written = set(distinct(amounts.regions.of_customer).tolist())
        named = budget.max.by_label or {}
        return {
            str(amounts.regions.names[g]): float(value[has_owner & amounts.regions.of_customers_in(int(g))].sum())
            for g in used
            if int(g) in written or str(amounts.regions.names[g]) in named
        }
    if budget.side == "gained":
        by_rep = gained_base(amounts, budget.of)
    else:
        by_rep = np.bincount(units.owner[present], value[units.member[present]], minlength=org.n_reps).astype(float)
    here = np.flatnonzero(amounts.here & (amounts.rep_role >= 0))
    if budget.per == "rep":
        return {str(org.rep_ids[r]): float(by_rep[r]) for r in here}
    team, names = amounts.teams()
    team_of_rep = np.full(org.n_reps, -1, dtype=np.int64)
    team_of_rep[here] = team[here]
    staffed = distinct(team[here][team[here] >= 0])
    if budget.side == "gained":
        return {str(names[t]): float(by_rep[team_of_rep == t].sum()) for t in staffed}
    member = np.flatnonzero(present)
    books = grouped(team_of_rep[units.owner[member]], len(names))
    # a customer with several owners in one team is in its book once
    return {str(names[t]): float(value[distinct(units.member[member[books[t]]])].sum()) for t in staffed}


def gained_base(amounts: Amounts, measure: str) -> FloatArray:
    """Return each rep's target in a measure: of its balance line where there is one, else by share."""
    base = np.full(amounts.org.n_reps, np.nan)
    for line in amounts.policy.balance:
        if line.measure == measure:
            target = amounts.targets(line)
            covered = np.zeros(amounts.org.n_reps, dtype=bool)
            for _, reps in amounts.roles_of(line):
                covered |= reps
            base = np.where(np.isnan(base) & covered, target, base)
    weight = amounts.shares() * amounts.presence
    for role in range(len(amounts.policy.roles)):
        reps = amounts.rep_role == role
        among = weight[reps].sum()
        share = amounts.total(measure, role) * weight / among if among > 0 else np.zeros_like(weight)
        base = np.where(np.isnan(base) & reps, share, base)
    return np.asarray(np.nan_to_num(base))


def _positions(labels: tuple[str, ...], names: Iterable[object]) -> IntArray:
    """Return for each of ``names`` its position among ``labels``, -1 where it is not there."""
    at = {label: j for j, label in enumerate(labels)}
    return np.array([at.get(str(name), -1) for name in names], dtype=np.int64)
