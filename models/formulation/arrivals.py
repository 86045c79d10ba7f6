"""Arrivals: customers that come under the row of the rep or the team that owns them (gains in budgets, groups).

What a unit brings to such a row hardly depends on who owns it: it is the same with every rep but those with whom its
members count as having stayed. So it is an amount per unit, as in books, and the few candidates by which somebody
stays are listed with what they bring less.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from models.formulation.amounts import Amounts
from models.formulation.counted_once import Auxiliaries, Entries, Events, add_counted_once
from models.formulation.numbers import among, distinct, repeated
from models.formulation.spread import Spread
from models.org import BoolArray, FloatArray, IntArray
from models.problem import NONE, Books


@dataclass(frozen=True)
class Arrivals:
    """Which members arrive in which row.

    Attributes
    ----------
    spread : Spread
    row_of_rep : int array, shape (reps,)
        The row under which those come whom a rep owns, -1 where there is none.
    counts : bool array, shape (members,)
        Members that count at all.
    value : float array, shape (customers,)
        What each customer counts.
    home : int array, shape (reps,), or None
        A member with whose owner today the rep shares a label does not arrive; -1 is no label. None: all arrive.
    """

    amounts: Amounts
    spread: Spread
    row_of_rep: IntArray
    counts: BoolArray
    value: FloatArray
    home: IntArray | None = None

    @cached_property
    def role_of_member(self) -> IntArray:
        """The role of each member, shape (members,)."""
        return self.amounts.units.role_of_member

    def parts(self) -> Iterator[_Part]:
        """Yield the entries that count, a run of units at a time."""
        units = self.amounts.units
        # the pool, rep -1, has no row
        row_of_rep = np.r_[self.row_of_rep, -1]
        for place, part in self.spread.parts():
            row = row_of_rep[part.rep]
            at = np.flatnonzero(self.counts[part.member] & (row >= 0))
            member, row, rep = part.member[at], row[at], part.rep[at]
            stays = np.zeros(len(at), dtype=bool)
            if self.home is not None:
                # a member without owner has no home
                home = np.r_[self.home, -1][np.maximum(units.owner[member], -1)]
                stays = (home >= 0) & (self.home[rep] == home)
            candidate = part.candidate[at]
            yield _Part(part.unit[candidate], candidate + place.start, member, row, stays)


@dataclass(frozen=True)
class _Part:
    """Entries of members that count with reps that have a row; ``stays`` tells who does not arrive there."""

    unit: IntArray
    candidate: IntArray
    member: IntArray
    row: IntArray
    stays: BoolArray


def add_arrivals(
    entries: Entries,
    arrivals: Arrivals,
    name: str,
    labels: tuple[str, ...],
    auxiliaries: Auxiliaries,
    least: bool = False,
) -> tuple[Books, ...]:
    """Add arrivals to rows, a customer once however many of its roles arrive; return what is not listed.

    Parameters
    ----------
    entries
        What is listed is added here.
    name
        What the event is called, such as ``entered``.
    least
        The rows have a lower limit.
    """
    amounts, units = arrivals.amounts, arrivals.amounts.units
    several = _in_several_roles(arrivals, len(labels))
    compact = _worth_a_book(arrivals, several)
    shared: list[_Part] = []
    for part in arrivals.parts():
        arrive, inside = ~part.stays, compact[part.unit]
        stay = np.flatnonzero(part.stays & inside)
        if len(stay):
            candidate, row, less = _summed(part, stay, arrivals.value[units.member[part.member[stay]]])
            entries.add(row[less > 0], candidate[less > 0], -less[less > 0])
        some = _bringing_nothing(part, np.flatnonzero(arrive & inside), arrivals.value[units.member[part.member]])
        entries.add(part.row[some], part.candidate[some], np.zeros(len(some)))
        at = np.flatnonzero(arrive & ~inside)
        customer = units.member[part.member[at]]
        if len(several):
            once = among(part.row[at] * len(arrivals.value) + customer, several)
            many = at[once]
            shared.append(
                _Part(part.unit[many], part.candidate[many], part.member[many], part.row[many], part.stays[many])
            )
            at, customer = at[~once], customer[~once]
        entries.add(part.row[at], part.candidate[at], arrivals.value[customer])
    if shared:
        member = np.concatenate([part.member for part in shared])
        events = Events(
            np.concatenate([part.row for part in shared]),
            np.concatenate([part.candidate for part in shared]),
            units.member[member],
            arrivals.role_of_member[member],
            name,
        )
        add_counted_once(entries, events, arrivals.value, labels, amounts, auxiliaries, least)
    if not compact.any():
        return ()
    member = np.flatnonzero(arrivals.counts & compact[units.unit_of_member])
    brings = np.bincount(units.unit_of_member[member], arrivals.value[units.member[member]], minlength=units.count)
    candidates = arrivals.spread.candidates
    return (Books(candidates.start, candidates.rep, arrivals.row_of_rep, brings.astype(float)),)


def _bringing_nothing(part: _Part, at: IntArray, value: FloatArray) -> IntArray:
    """Return some of the entries ``at`` by which nothing is brought: one for each unit and one for each row.

    Who counts nothing arrives all the same, which a coefficient of 0 says.
    """
    if not len(at) or value[at].min() > 0:
        return at[:0]
    candidate = part.candidate[at] - part.candidate[0]
    nothing = at[np.bincount(candidate, value[at])[candidate] == 0]
    first = [np.unique(one[nothing], return_index=True)[1] for one in (part.unit, part.row)]
    some: IntArray = nothing[distinct(np.concatenate(first))]
    return some


def _summed(part: _Part, at: IntArray, value: FloatArray) -> tuple[IntArray, IntArray, FloatArray]:
    """Return (candidate, row, sum of values) of entries that stand by candidate.

    Added up in the order of members, as the units' amounts are, so that nothing is left where a whole unit stays.
    """
    candidate = part.candidate[at]
    first = np.r_[True, candidate[1:] != candidate[:-1]]
    total = np.bincount(np.cumsum(first) - 1, value).astype(float)
    return candidate[first], part.row[at][first], total


def _in_several_roles(arrivals: Arrivals, rows: int) -> IntArray:
    """Return row x customers + customer of those that can arrive in a row by several roles, ascending."""
    amounts, units = arrivals.amounts, arrivals.amounts.units
    roles, customers = len(amounts.policy.roles), len(arrivals.value)
    if roles == 1:
        return NONE
    role = arrivals.role_of_member
    seen = np.zeros((rows, roles), dtype=bool)
    for part in arrivals.parts():
        there = ~part.stays
        seen[part.row[there], role[part.member[there]]] = True
    # a rep has one role: few rows, those of teams and of some locks, can count anybody twice
    mixed = seen.sum(axis=1) > 1
    if not mixed.any():
        return NONE
    twice, found = repeated(units.member), [NONE]
    for part in arrivals.parts():
        at = np.flatnonzero(~part.stays & mixed[part.row] & twice[part.member])
        key = part.row[at] * customers + units.member[part.member[at]]
        # both roles of a customer may stand in different parts, a role of its in one only
        found.append(distinct(key * roles + role[part.member[at]]))
    pairs = np.sort(np.concatenate(found)) // roles
    return distinct(pairs[:-1][pairs[1:] == pairs[:-1]])


def _worth_a_book(arrivals: Arrivals, several: IntArray) -> BoolArray:
    """Tell which units bring an amount to a book, shape (units,): none, where hardly any listing is saved.

    Those do whose members stay with fewer candidates than they arrive with, unless one of them is counted once over
    several roles.
    """
    units, count = arrivals.amounts.units, arrivals.amounts.units.count
    arrive, stay = np.zeros(count, dtype=np.int64), np.zeros(count, dtype=np.int64)
    for part in arrivals.parts():
        stay += np.bincount(part.unit[part.stays], minlength=count)
        arrive += np.bincount(part.unit[~part.stays], minlength=count)
    compact = arrive > stay
    if len(several):
        customers = distinct(several % len(arrivals.value))
        compact[units.unit_of_member[among(units.member, customers)]] = False
    saved = int((arrive - stay)[compact].sum())
    return compact if _pays(compact, saved, count) else np.zeros(count, dtype=bool)


def _pays(compact: BoolArray, saved: int, units: int) -> bool:
    """Tell whether a book of one amount per unit takes less room than the coefficients that it saves."""
    del compact
    return saved > units
