"""Shortlists: the reps whom the rules and ``nearest`` leave to units, found without looking at every pair."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from models.check.eligibility import Eligibility
from models.check.families import Units
from models.check.kinds import Kinds, read_kinds
from models.check.labels import distinct
from models.check.neighbourhoods import Map, Neighbourhood, read_map
from models.org import BoolArray, FloatArray, IntArray

PAIRS = 1_000_000
MORE = 4
"""How many times as many reps are looked at where rules on pairs may refuse some of the nearest."""


@dataclass(frozen=True)
class Shortlist:
    """Some units, and who may have them: ``unit`` (position in ``units``) and ``rep`` of each pair, sorted by unit."""

    units: IntArray
    unit: IntArray
    rep: IntArray


@dataclass(frozen=True)
class _Around:
    """Pairs among which are the nearest of the units of a neighbourhood, sorted by unit.

    ``minutes`` are one way, infinite where unknown; ``whole`` tells for which units nobody is left out.
    """

    units: IntArray
    unit: IntArray
    rep: IntArray
    minutes: FloatArray
    whole: BoolArray


@dataclass(frozen=True)
class Shortlists:
    """The shortlists of one role's units; locks, holdouts and the pool play no part."""

    eligibility: Eligibility
    role: int
    units: Units

    def of(self, some: IntArray) -> Iterator[Shortlist]:
        """Yield the shortlists of ``some`` units (each once), about :data:`PAIRS` pairs of member and rep at once."""
        nearest = self.eligibility.policy.eligibility.nearest
        if self.eligibility.facts.org.pairs_only:
            for found in self._listed(some):
                yield found if nearest is None else self._nearest_of(found, nearest)
        elif nearest is None:
            yield from self._allowed(some)
        else:
            exact = self.eligibility.roughly_is_exactly(self.role)
            yield from self._near(some, nearest, nearest if exact else MORE * nearest)

    def alike(self) -> Iterator[tuple[IntArray, IntArray]]:
        """Yield all units, kind by kind, each time with the reps that every member allows by rules known for kinds."""
        for kinds, units in self._by_kind(np.arange(len(self.units.size))):
            begin = np.searchsorted(self._kinds.of[units], np.append(kinds, kinds[-1] + 1))
            for at, allowed in enumerate(self._kinds.allowed(kinds)):
                yield units[begin[at] : begin[at + 1]], np.flatnonzero(allowed)

    # ---- everybody whom the rules leave --------------------------------------------------------------------

    def _listed(self, some: IntArray) -> Iterator[Shortlist]:
        """Yield the listed pairs that every member allows."""
        listings, width = self.eligibility.listings, self.eligibility.facts.org.n_reps
        index, members, begin = self.units.expand(some)
        count = listings.count(members)
        for part in _parts(self.units.total(count, begin) + self.units.size[some]):
            units = some[part]
            index, members, _ = self.units.expand(units)
            at, rep = listings.reps_of(members)
            keys = distinct(index[at] * width + rep)
            unit, rep = keys // width, keys % width
            of, customers, first = self.units.expand(units[unit])
            fits = self.units.every(self.eligibility.allowed(self.role, customers, rep[of]), first)
            yield Shortlist(units, unit[fits], rep[fits])

    def _allowed(self, some: IntArray) -> Iterator[Shortlist]:
        """Yield the pairs that every member allows, kind by kind."""
        for kinds, units in self._by_kind(some):
            row, rep = np.nonzero(self._kinds.allowed(kinds))
            start = np.searchsorted(row, np.arange(len(kinds) + 1))
            kind = np.searchsorted(kinds, self._kinds.of[units])
            count = np.diff(start)[kind]
            for part in _parts(count * self.units.size[units]):
                many = count[part]
                unit = np.repeat(np.arange(len(many)), many)
                at = np.arange(len(unit)) + np.repeat(start[kind[part]] - (np.cumsum(many) - many), many)
                fits = self._fits(units[part][unit], rep[at])
                yield Shortlist(units[part], unit[fits], rep[at][fits])

    def _by_kind(self, some: IntArray) -> Iterator[tuple[IntArray, IntArray]]:
        """Yield some kinds, sorted, with their units sorted by kind: at most :data:`PAIRS` pairs of kind and rep."""
        units = some[np.argsort(self._kinds.of[some], kind="stable")]
        of = self._kinds.of[units]
        first = np.flatnonzero(np.diff(of, prepend=-1))
        begin = np.append(first, len(units))
        many = max(PAIRS // max(self.eligibility.facts.org.n_reps, 1), 1)
        for at in range(0, len(first), many):
            group = first[at : at + many]
            yield of[group], units[group[0] : begin[min(at + many, len(first))]]

    def _fits(self, units: IntArray, reps: IntArray) -> BoolArray:
        """Tell for each (unit, rep), cheaply allowed before, whether every member allows the rep."""
        if self.eligibility.roughly_is_exactly(self.role):
            return np.ones(len(units), dtype=bool)
        of, customers, begin = self.units.expand(units)
        return self.units.every(self.eligibility.finely_allowed(self.role, customers, reps[of]), begin)

    # ---- the nearest of them -------------------------------------------------------------------------------

    def _near(self, some: IntArray, nearest: int, wanted: int) -> Iterator[Shortlist]:
        """Yield the nearest of those whom every member allows, found among the ``wanted`` nearest by rough rules.

        Where rules on pairs leave too few of those, more are looked at.
        """
        unsure: list[IntArray] = []
        for around in _gathered(self._around(some, wanted)):
            fits = self._fits(around.units[around.unit], around.rep)
            unit, rep, minutes = around.unit[fits], around.rep[fits], around.minutes[fits]
            kept = self._closest(unit, rep, minutes, nearest)
            found = Shortlist(around.units, unit[kept], rep[kept])
            if not self.eligibility.roughly_is_exactly(self.role):
                # a rep of unknown distance may rank behind one who was left out
                known_ways = np.bincount(found.unit[np.isfinite(minutes[kept])], minlength=len(around.units))
                sure = around.whole | (known_ways >= nearest)
                unsure.append(around.units[~sure])
                found = _only(found, sure)
            yield found
        again = np.concatenate([np.zeros(0, dtype=np.int64), *unsure])
        if len(again):
            yield from self._near(again, nearest, MORE * wanted)

    def _around(self, some: IntArray, wanted: int) -> Iterator[_Around]:
        """Yield the ``wanted`` nearest reps around each neighbourhood of ``some`` units."""
        for kinds, units in self._by_kind(some):
            begin = np.searchsorted(self._kinds.of[units], np.append(kinds, kinds[-1] + 1))
            for at, allowed in enumerate(self._kinds.allowed(kinds)):
                reps, mine = np.flatnonzero(allowed), units[begin[at] : begin[at + 1]]
                if len(reps):
                    for one in self._map.neighbourhoods(self.units, mine, reps):
                        yield self._around_one(one, reps, wanted)
                else:
                    yield _Around(mine, reps, reps, np.zeros(0), np.ones(len(mine), dtype=bool))

    def _around_one(self, one: Neighbourhood, reps: IntArray, wanted: int) -> _Around:
        """Return for each unit of a neighbourhood the ``wanted`` nearest of some reps, or more if equally near."""
        listings = self.eligibility.listings
        _, customers, begin = self.units.expand(one.units)
        order = self.eligibility.roster.order[reps]
        if listings.drives:
            # who is listed may be nearer or farther by road than by the great circle
            driven = self.units.total(listings.count(customers), begin)
            near = one.reach(order, wanted + int(driven.max()))
            listed = distinct(listings.reps_of(customers)[1])
            near = distinct(np.concatenate([near, np.flatnonzero(np.isin(reps, listed))]))
        else:
            near = one.reach(order, wanted)
        minutes = listings.minutes(customers[:, None], reps[near][None, :])
        total = known(self.units.total(minutes, begin))
        farthest = np.full(len(total), np.inf)
        if len(near) > wanted:
            farthest = np.partition(total, wanted - 1, axis=1)[:, wanted - 1]
        unit, at = np.nonzero(total <= farthest[:, None])
        whole = np.bincount(unit, minlength=len(total)) == len(reps)
        return _Around(one.units, unit, reps[near[at]], total[unit, at], whole)

    def _nearest_of(self, found: Shortlist, nearest: int) -> Shortlist:
        """Leave only the nearest."""
        of, customers, begin = self.units.expand(found.units[found.unit])
        minutes = known(self.units.total(self.eligibility.listings.minutes(customers, found.rep[of]), begin))
        near = self._closest(found.unit, found.rep, minutes, nearest)
        return Shortlist(found.units, found.unit[near], found.rep[near])

    def _closest(self, unit: IntArray, rep: IntArray, minutes: FloatArray, nearest: int) -> BoolArray:
        """Tell which pairs, sorted by unit, are among the nearest of their unit; equally far reps rank by rep_id."""
        near = minutes <= _nth(unit, minutes, nearest)[unit]
        equal = np.flatnonzero(near & (np.bincount(unit[near], minlength=len(near)) > nearest)[unit])
        order = equal[np.lexsort((self.eligibility.roster.order[rep[equal]], minutes[equal], unit[equal]))]
        rank = np.arange(len(order)) - np.searchsorted(unit[order], unit[order])
        near[order[rank >= nearest]] = False
        return near

    @cached_property
    def _kinds(self) -> Kinds:
        return read_kinds(self.eligibility, self.role, self.units)

    @cached_property
    def _map(self) -> Map:
        return read_map(self.eligibility.listings)


def _gathered(parts: Iterator[_Around]) -> Iterator[_Around]:
    """Put neighbourhoods together until there are about :data:`PAIRS` pairs."""
    waiting: list[_Around] = []
    pairs = 0
    for part in parts:
        waiting.append(part)
        pairs += len(part.unit)
        if pairs >= PAIRS:
            yield _joined(waiting)
            waiting, pairs = [], 0
    if waiting:
        yield _joined(waiting)


def _joined(parts: list[_Around]) -> _Around:
    offset = np.cumsum([0, *(len(part.units) for part in parts)])
    return _Around(
        np.concatenate([part.units for part in parts]),
        np.concatenate([part.unit + first for part, first in zip(parts, offset, strict=False)]),
        np.concatenate([part.rep for part in parts]),
        np.concatenate([part.minutes for part in parts]),
        np.concatenate([part.whole for part in parts]),
    )


def _nth(unit: IntArray, minutes: FloatArray, n: int) -> FloatArray:
    """Return the n-th least minutes of each unit, infinite where it has fewer; pairs are sorted by unit."""
    count = np.bincount(unit)
    start = np.cumsum(count) - count
    found = np.full(len(count), np.inf)
    crowded = np.flatnonzero(count > n)
    crowded = crowded[np.argsort(count[crowded], kind="stable")]
    for part in _parts(np.maximum(count[crowded], 1)):
        units = crowded[part]
        table = np.full((len(units), int(count[units].max())), np.inf)
        row = np.repeat(np.arange(len(units)), count[units])
        column = np.arange(len(row)) - np.repeat(np.cumsum(count[units]) - count[units], count[units])
        table[row, column] = minutes[start[units[row]] + column]
        found[units] = np.partition(table, n - 1, axis=1)[:, n - 1]
    return found


def _only(found: Shortlist, flags: BoolArray) -> Shortlist:
    """Return the shortlists of the flagged units."""
    kept = flags[found.unit]
    return Shortlist(found.units[flags], (np.cumsum(flags) - 1)[found.unit[kept]], found.rep[kept])


def _parts(sizes: IntArray) -> Iterator[slice]:
    """Cut rows of some sizes into slices of at most :data:`PAIRS`, or of one row."""
    work = np.cumsum(sizes)
    first = 0
    while first < len(work):
        done = work[first - 1] if first else 0
        last = max(first + 1, int(np.searchsorted(work, done + PAIRS, side="right")))
        yield slice(first, last)
        first = last


def known(minutes: FloatArray) -> FloatArray:
    """Put infinity for what is unknown, in place."""
    np.copyto(minutes, np.inf, where=np.isnan(minutes))
    return minutes
