"""Coupling rows: capacities, balance bands, groups, conflicts and pairing (budgets have a module of their own)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from models.formulation.amounts import Amounts
from models.formulation.arrivals import Arrivals, add_arrivals
from models.formulation.counted_once import Auxiliaries, Entries, Events, add_counted_once
from models.formulation.spread import Spread
from models.org import BoolArray, FloatArray, IntArray
from models.policy import EVERY_ROLE, Capacity, Conflict, Group, line_names
from models.problem import NONE, NOTHING_LISTED, Books, RowBlock, hard_block


@dataclass(frozen=True)
class Summing:
    """Coefficients of rows that add up books, as ``models.problem`` has them."""

    books: tuple[Books, ...]
    listed: tuple[IntArray, IntArray, FloatArray]


def summing(
    amounts: Amounts, spread: Spread, measure: str, row_of_rep: IntArray, counts: tuple[tuple[IntArray, BoolArray], ...]
) -> Summing:
    """Return the coefficients of rows that add up a measure over books.

    Parameters
    ----------
    row_of_rep
        The row of each rep, -1 where it has none, shape (reps,).
    counts
        For each kind of unit that counts: the units' role positions, and the reps in whose row they do, shape (reps,).
    """
    units, candidates = amounts.units, spread.candidates
    if amounts.depends_on_rep(measure):
        owned = spread.owned
        value = spread.sum(amounts.of_pairs(measure, spread.member[owned], spread.rep[owned]), owned)
        rep = candidates.rep
        row = np.where(rep >= 0, row_of_rep[rep], -1)
        counted = np.zeros(len(rep), dtype=bool)
        for roles, reps in counts:
            counted |= np.isin(units.role[candidates.unit], roles) & reps[rep]
        at = np.flatnonzero((row >= 0) & (value != 0) & counted)
        return Summing((), (row[at], at, value[at]))
    total = units.total(amounts.of_members(measure))
    books = []
    for roles, reps in counts:
        amount = np.where(np.isin(units.role, roles), total, 0.0)
        if amount.any():
            books.append(Books(candidates.start, candidates.rep, np.where(reps, row_of_rep, -1), amount))
    return Summing(tuple(books), NOTHING_LISTED)


def capacity_rows(amounts: Amounts, spread: Spread, *, books: bool = True) -> Iterator[RowBlock]:
    """Yield the capacity rows (2); without ``books`` only those that need a list of coefficients."""
    lines = amounts.policy.capacity
    for name, line in zip(line_names(lines), lines, strict=True):
        if not books and line.per != "region" and not amounts.depends_on_rep(line.measure):
            continue
        path = f"capacity[{name}]"
        for role, reps in amounts.roles_of(line):
            if line.per == "region":
                yield _region_capacity(amounts, spread, path, line, role)
            else:
                yield _book_capacity(amounts, spread, path, line, role, reps & amounts.here)


def _book_capacity(
    amounts: Amounts, spread: Spread, path: str, line: Capacity, role: int | None, reps: BoolArray
) -> RowBlock:
    if line.per == "rep":
        low = amounts.rep_limit(line.min, line.measure, role, -np.inf)
        high = amounts.rep_limit(line.max, line.measure, role, np.inf)
        rows = np.flatnonzero(reps & (np.isfinite(low) | np.isfinite(high)))
        labels = tuple(map(str, amounts.org.rep_ids[rows]))
        row_of_rep = np.full(amounts.org.n_reps, -1, dtype=np.int64)
        row_of_rep[rows] = np.arange(len(rows))
        low, high = low[rows], high[rows]
    else:
        team, names = amounts.teams()
        labels = tuple(map(str, names))
        low = amounts.label_limit(line.min, labels, line.measure, role, -np.inf)
        high = amounts.label_limit(line.max, labels, line.measure, role, np.inf)
        staffed = np.zeros(len(names), dtype=bool)
        staffed[team[reps & (team >= 0)]] = True
        rows = np.flatnonzero(staffed & (np.isfinite(low) | np.isfinite(high)))
        row_of_team = np.full(len(names) + 1, -1, dtype=np.int64)
        row_of_team[rows] = np.arange(len(rows))
        # by a lock, a rep may have customers in a role that is another's: they are in the team's load all the same
        row_of_rep = row_of_team[team]
        labels = _role_labels(amounts, line, role, tuple(labels[j] for j in rows))
        low, high = low[rows], high[rows]
    every = np.ones(amounts.org.n_reps, dtype=bool)
    counted = np.arange(len(amounts.policy.roles)) if role is None else np.array([role])
    coefficients = summing(amounts, spread, line.measure, row_of_rep, ((counted, every),))
    return hard_block(path, "capacity", labels, low, high, coefficients.listed, books=coefficients.books)


def _region_capacity(amounts: Amounts, spread: Spread, path: str, line: Capacity, role: int | None) -> RowBlock:
    regions, units = amounts.regions, amounts.units
    used = regions.on_customers
    labels = tuple(map(str, regions.names[used]))
    low = amounts.label_limit(line.min, labels, line.measure, role, -np.inf)
    high = amounts.label_limit(line.max, labels, line.measure, role, np.inf)
    bounded = np.flatnonzero(np.isfinite(low) | np.isfinite(high))
    labels, low, high, used = tuple(labels[j] for j in bounded), low[bounded], high[bounded], used[bounded]
    scale = np.maximum(np.where(np.isfinite(low), np.abs(low), 0), np.where(np.isfinite(high), np.abs(high), 0))
    mine = np.ones(len(units.member), dtype=bool) if role is None else units.role_of_member == role
    by_pair = amounts.depends_on_rep(line.measure)
    # a customer's own measure is there whoever owns it: only pooling takes it away
    entries = mine[spread.member] & (spread.owned if by_pair else ~spread.owned)
    member, candidate = spread.member[entries], spread.candidate[entries]
    value = (
        amounts.of_pairs(line.measure, member, spread.rep[entries])
        if by_pair
        else -amounts.of_members(line.measure)[member]
    )
    rows, at, values = [NONE], [NONE], [np.zeros(0)]
    for j, region in enumerate(used):
        inside = regions.of_customers_in(int(region))[units.member]
        some = np.flatnonzero(inside[member])
        rows.append(np.full(len(some), j))
        at.append(candidate[some])
        values.append(value[some])
        if not by_pair:
            present = amounts.of_members(line.measure)[mine & inside].sum()
            low[j] -= present
            high[j] -= present
    entries_of_rows = np.concatenate(rows), np.concatenate(at), np.concatenate(values)
    labels = _role_labels(amounts, line, role, labels)
    return hard_block(path, "capacity", labels, low, high, entries_of_rows, scale)


def _role_labels(amounts: Amounts, line: Capacity, role: int | None, labels: tuple[str, ...]) -> tuple[str, ...]:
    """Add the role to the labels of a line that has one row per label and role, so that no two rows share a name."""
    if role is None or line.role is not None or len(amounts.policy.roles) == 1:
        return labels
    return tuple(f"{label}, {amounts.policy.role_names[role]}" for label in labels)


def balance_rows(amounts: Amounts, spread: Spread, *, books: bool = True) -> Iterator[RowBlock]:
    """Yield the balance bands (3): points are ``100 x weight / target`` per unit outside the band.

    Without ``books`` only those that need a list of coefficients.
    """
    lines = amounts.policy.balance
    for name, line in zip(line_names(lines), lines, strict=True):
        if not books and not amounts.depends_on_rep(line.measure):
            continue
        target = amounts.targets(line)
        rows = np.flatnonzero(target > 0)
        row_of_rep = np.full(amounts.org.n_reps, -1, dtype=np.int64)
        row_of_rep[rows] = np.arange(len(rows))
        points = 100.0 * line.weight / target[rows]
        roles = np.arange(len(amounts.policy.roles))
        if line.role == EVERY_ROLE:
            counts: tuple[tuple[IntArray, BoolArray], ...] = ((roles, np.ones(amounts.org.n_reps, dtype=bool)),)
        else:
            counts = tuple((roles[k : k + 1], amounts.rep_role == k) for k in roles)
        coefficients = summing(amounts, spread, line.measure, row_of_rep, counts)
        yield RowBlock(
            f"balance[{name}]",
            "balance",
            tuple(map(str, amounts.org.rep_ids[rows])),
            target[rows] * (1 - line.tolerance),
            target[rows] * (1 + line.tolerance),
            target[rows],
            points,
            points,
            coefficients.books,
            coefficients.listed,
            *NOTHING_LISTED,
        )


def group_rows(amounts: Amounts, spread: Spread, auxiliaries: Auxiliaries) -> Iterator[RowBlock]:
    """Yield the rows that bound how many customers of a class a rep or a team has (5)."""
    for group in amounts.policy.keep.groups:
        inside = amounts.member_flags(group.when)
        yield _group_block(amounts, spread, group, inside, auxiliaries)


def _group_block(
    amounts: Amounts, spread: Spread, group: Group, inside: BoolArray, auxiliaries: Auxiliaries
) -> RowBlock:
    whole = amounts.whole
    roles = np.unique(whole.units.role_of_member[whole.member_flags(group.when)])
    reps = amounts.here & np.isin(amounts.rep_role, roles)
    if group.per == "rep":
        rows = np.flatnonzero(reps)
        labels = tuple(map(str, amounts.org.rep_ids[rows]))
        row_of_rep = np.full(amounts.org.n_reps, -1, dtype=np.int64)
        row_of_rep[rows] = np.arange(len(rows))
    else:
        team, names = amounts.teams()
        staffed = np.unique(team[reps & (team >= 0)])
        labels = tuple(map(str, names[staffed]))
        row_of_team = np.full(len(names) + 1, -1, dtype=np.int64)
        row_of_team[staffed] = np.arange(len(staffed))
        row_of_rep = row_of_team[team]
    low = np.full(len(labels), -np.inf if group.min is None else float(group.min))
    high = np.full(len(labels), np.inf if group.max is None else float(group.max))
    path = f"keep.groups[{group.name}]"
    arrivals = Arrivals(amounts, spread, row_of_rep, inside, np.ones(amounts.org.n_customers))
    entries = Entries()
    books = add_arrivals(entries, arrivals, f"{group.name} in", labels, auxiliaries, least=group.min is not None)
    return hard_block(path, "group", labels, low, high, entries.of_candidates, aux=entries.of_aux, books=books)


def conflict_rows(amounts: Amounts, spread: Spread, auxiliaries: Auxiliaries) -> Iterator[RowBlock]:
    """Yield the rows that keep listed customers with different reps (5)."""
    for conflict in amounts.policy.keep.conflicts:
        yield _conflict_block(amounts, spread, conflict, auxiliaries)


def _conflict_block(amounts: Amounts, spread: Spread, conflict: Conflict, auxiliaries: Auxiliaries) -> RowBlock:
    units, n_reps = amounts.units, amounts.org.n_reps
    listed = np.zeros(amounts.org.n_customers, dtype=bool)
    listed[[amounts.org.customer_positions[one] for one in set(conflict.customers)]] = True
    at = np.flatnonzero(listed[units.member[spread.member]] & spread.owned)
    # a lock may keep a customer with one rep in two roles: it is one customer all the same
    pairs = np.unique(units.member[spread.member[at]] * n_reps + spread.rep[at])
    rows = np.flatnonzero(np.bincount(pairs % n_reps, minlength=n_reps) > 1)
    labels = tuple(map(str, amounts.org.rep_ids[rows]))
    row_of_rep = np.full(n_reps, -1, dtype=np.int64)
    row_of_rep[rows] = np.arange(len(rows))
    at = at[row_of_rep[spread.rep[at]] >= 0]
    member = spread.member[at]
    events = Events(
        row_of_rep[spread.rep[at]],
        spread.candidate[at],
        units.member[member],
        units.role_of_member[member],
        f"{conflict.name} with",
    )
    entries = Entries()
    add_counted_once(entries, events, np.ones(amounts.org.n_customers), labels, amounts, auxiliaries)
    low, high = np.full(len(rows), -np.inf), np.ones(len(rows))
    path = f"keep.conflicts[{conflict.name}]"
    return hard_block(path, "conflict", labels, low, high, entries.of_candidates, aux=entries.of_aux)


def pairing_rows(amounts: Amounts, spread: Spread) -> Iterator[RowBlock]:
    """Yield the rows that give a customer's roles owners of one team (5): each team has both roles or neither."""
    units, start, rep = amounts.units, spread.candidates.start, spread.candidates.rep
    for k, (name, role) in enumerate(amounts.policy.roles.items()):
        if role.same is None or k == 0:
            continue
        code, names = amounts.labels(role.same)
        both = np.flatnonzero((units.unit_of[0] >= 0) & (units.unit_of[k] >= 0))
        pairs, named = np.unique(units.unit_of[[0, k]][:, both].T, axis=0, return_index=True)
        labels: list[str] = []
        lowest: list[float] = []
        rows, at, values = [], [], []
        for (first, second), customer in zip(pairs, amounts.org.customer_ids[both[named]], strict=True):
            mine = np.r_[np.arange(start[first], start[first + 1]), np.arange(start[second], start[second + 1])]
            sign = np.r_[np.ones(start[first + 1] - start[first]), -np.ones(start[second + 1] - start[second])]
            owned = rep[mine] >= 0
            label = code[rep[mine[owned]]]
            for one in np.unique(label):
                some = label == one
                rows.append(np.full(some.sum(), len(labels)))
                at.append(mine[owned][some])
                # a blank team pairs with nothing
                values.append(sign[owned][some] if one >= 0 else np.ones(some.sum()))
                labels.append(f"{customer}, {role.same} {names[one]}" if one >= 0 else f"{customer}, no {role.same}")
                lowest.append(0.0 if one >= 0 else -np.inf)
        entries = (
            np.concatenate([NONE, *rows]),
            np.concatenate([NONE, *at]),
            np.concatenate([np.zeros(0), *values]),
        )
        lower, upper = np.array(lowest), np.zeros(len(labels))
        yield hard_block(f"roles[{name}].same", "pairing", tuple(labels), lower, upper, entries)
