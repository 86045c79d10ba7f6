"""Stuck customers: those whom nobody may own, by themselves or with their family, and the fewest rules that say so."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from models.conflicts.feasibility import Trials
from models.conflicts.rulebook import POOL
from models.org import BoolArray, IntArray

MOST_LINES = 12
"""With more lines than this on a customer, a small set is looked for instead of the smallest."""


@dataclass(frozen=True)
class Stuck:
    """Customers whom the same members leave nobody.

    Attributes
    ----------
    members : tuple of int
        Numbers of members, as few as can be; none where nobody could own them whatever is left aside.
    customers : tuple of int
        Positions.
    reps : tuple of int
        Positions of the reps who would own them if the members of one kind or another did not forbid it.
    """

    members: tuple[int, ...]
    customers: tuple[int, ...]
    reps: tuple[int, ...]


def stuck_customers(trials: Trials) -> Iterator[Stuck]:
    """Yield the customers whom nobody may own, fewest rules first, alike ones together.

    Customers that were yielded with an earlier set are in no later one.
    """
    rules = trials.rules
    yield from _stranded(trials)
    every = rules.every
    terrain, _ = trials.terrain(every)
    allowed = trials.allowed(every)
    units = terrain.units
    some = np.logical_and.reduceat(allowed[terrain.entry], units.start[:-1], axis=0).any(axis=1)
    first = terrain.entry[units.start[:-1]]
    empty = np.flatnonzero(~some & ~rules.stranded[first])
    sets: dict[tuple[int, ...], list[IntArray]] = {}
    known: dict[bytes, tuple[int, ...]] = {}
    for unit in empty:
        entries = terrain.entry[units.start[unit] : units.start[unit + 1]]
        key = _pattern(trials, entries)
        if key not in known:
            known[key] = _fewest(trials, entries)
        sets.setdefault(known[key], []).append(entries)
    for members in sorted(sets, key=lambda one: (len(one), one)):
        # a family with somebody set aside in another role is left to the search for what clashes
        left = [entries for entries in sets[members] if not trials.exempt[entries].any()]
        if left:
            entries = np.concatenate(left)
            customers = np.unique(rules.singles.member[entries])
            yield Stuck(members, tuple(customers.tolist()), tuple(_would(trials, entries).tolist()))


def _stranded(trials: Trials) -> Iterator[Stuck]:
    """Yield those for whom there is nobody at all in a role."""
    singles, stranded = trials.rules.singles, trials.rules.stranded
    for role in np.unique(singles.role[stranded]):
        customers = np.unique(singles.member[stranded & (singles.role == role)])
        yield Stuck((), tuple(customers.tolist()), ())


def _pattern(trials: Trials, entries: IntArray) -> bytes:
    """Return what makes units alike: who is forbidden by what, who keeps or ties them."""
    rules = trials.rules
    parts = [rules.reach[entries].tobytes()]
    parts += [table[entries].tobytes() for table in rules.barred.values()]
    for ties in rules.ties:
        by = ties.by[entries]
        parts += [by.tobytes(), np.where(by >= 0, ties.column[entries], 0).tobytes()]
    parts.append(rules.family[entries].tobytes())
    return b"|".join(parts)


def _fewest(trials: Trials, entries: IntArray) -> tuple[int, ...]:
    """Return the fewest members that leave some of the entries, which are one unit, nobody."""
    rules = trials.rules
    lines = [member for member, table in rules.barred.items() if table[entries].any()]
    for of in (*(ties.by for ties in rules.ties), rules.family):
        lines += sorted({int(n) for n in of[entries] if n >= 0})
    if len(lines) > MOST_LINES:
        return tuple(sorted(_dropped(trials, entries, lines)))
    for size in range(len(lines) + 1):
        for some in itertools.combinations(lines, size):
            if _nobody(trials, entries, some):
                return tuple(sorted(some))
    return tuple(sorted(lines))


def _dropped(trials: Trials, entries: IntArray, lines: list[int]) -> list[int]:
    kept = list(lines)
    for line in lines:
        fewer = [one for one in kept if one != line]
        if _nobody(trials, entries, tuple(fewer)):
            kept = fewer
    return kept


def _nobody(trials: Trials, entries: IntArray, members: tuple[int, ...]) -> bool:
    rules = trials.rules
    allowed: BoolArray = rules.reach[entries].copy()
    allowed[:, POOL] = rules.may_pool[entries]
    for member in members:
        if member in rules.barred:
            allowed[:, 1:] &= ~rules.barred[member][entries]
    for ties in rules.ties:
        rows = np.flatnonzero(ties.of(members)[entries])
        ties.narrow(allowed, rows, entries[rows])
    tied = np.isin(rules.family[entries], members) & (rules.family[entries] >= 0)
    alone = ~allowed[~tied].any(axis=1)
    return bool(alone.any() or (tied.any() and not allowed[tied].all(axis=0).any()))


def _would(trials: Trials, entries: IntArray) -> IntArray:
    """Return the reps of the entries' roles who are within reach of any of them, at most a handful."""
    return np.flatnonzero(trials.rules.reach[entries, 1:].any(axis=0))
