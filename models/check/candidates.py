"""Candidates: every rep (or the pool) that a unit may have, found anew in chunks of units."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from models.check.company import Company
from models.check.eligibility import Eligibility
from models.check.families import Units
from models.check.holdings import Holdings
from models.check.stays import FREE, Stays
from models.org import BoolArray, FloatArray, IntArray
from models.plan import POOLED

CELLS = 1_000_000


@dataclass(frozen=True)
class Chunk:
    """The candidates of some units of one role, and the customers each would take along.

    Attributes
    ----------
    units : int array, shape (units of the chunk,)
    start : int array, shape (units of the chunk + 1,)
        Candidates of the u-th unit stand at ``start[u]:start[u + 1]``.
    candidate, customers, reps : int arrays, shape (entries,)
        One entry per candidate and member of its unit; rep :data:`POOLED` is the pool.
    chosen : bool array, shape (entries,)
        Entries that are chosen moves.
    """

    role: int
    units: IntArray
    start: IntArray
    candidate: IntArray
    customers: IntArray
    reps: IntArray
    chosen: BoolArray


@dataclass(frozen=True)
class Candidates:
    """Finds who may own whom: eligibility, families, nearest, locks, holdouts and the pool."""

    eligibility: Eligibility
    holdings: Holdings
    units: Sequence[Units]
    stays: Stays
    company: Company

    def chunks(self, role: int) -> Iterator[Chunk]:
        """Yield the candidates of all units of a role; no more than about :data:`CELLS` pairs at once."""
        units = self.units[role]
        cells = np.cumsum(units.size) * max(self.eligibility.facts.org.n_reps, 1)
        first = 0
        while first < len(cells):
            done = cells[first - 1] if first else 0
            last = max(first + 1, int(np.searchsorted(cells, done + CELLS, side="right")))
            yield self._chunk(role, np.arange(first, last))
            first = last

    def _chunk(self, role: int, some: IntArray) -> Chunk:
        units, n_reps = self.units[role], self.eligibility.facts.org.n_reps
        unit, rep = self._eligible(role, some)
        if self.eligibility.policy.eligibility.nearest is not None:
            near = self._near(role, some, unit, rep, self.eligibility.policy.eligibility.nearest)
            unit, rep = unit[near], rep[near]
        kept = (self.stays.lock[role] != FREE) | (self.stays.holdout[role] != FREE)
        index, customers, begin = units.expand(some[unit])
        fits = ~kept[customers] | (self.holdings.owners[role, customers] == rep[index])
        stands = _all(fits, begin)
        unit, rep = unit[stands], rep[stands]
        _, members, begin = units.expand(some)
        pooled = np.flatnonzero(_all(self.company.may_be_pooled[role, members] & ~kept[members], begin))
        keys = np.sort(np.concatenate([unit * (n_reps + 1) + rep + 1, pooled * (n_reps + 1)]))
        unit, rep = keys // (n_reps + 1), keys % (n_reps + 1) - 1
        candidate, customers, _ = units.expand(some[unit])
        reps = np.where(rep >= 0, rep, POOLED)[candidate]
        chosen = self.stays.may_stay[role, customers] & (self.holdings.owners[role, customers] != reps)
        start = np.searchsorted(unit, np.arange(len(some) + 1))
        return Chunk(role, some, start, candidate, customers, reps, chosen)

    def _eligible(self, role: int, some: IntArray) -> tuple[IntArray, IntArray]:
        """Return (position in ``some``, rep) of every pair that each member allows, or is locked to."""
        units, n_reps = self.units[role], self.eligibility.facts.org.n_reps
        index, members, begin = units.expand(some)
        owners, locked = self.holdings.owners[role], self.stays.lock[role] != FREE
        bound = np.flatnonzero(locked[members])
        if self.eligibility.facts.org.pairs_only:
            at, rep = self.eligibility.listings.reps_of(members)
            keys = np.concatenate([index[at] * n_reps + rep, index[bound] * n_reps + owners[members[bound]]])
            keys = np.unique(keys)
            unit, rep = keys // n_reps, keys % n_reps
        else:
            allowed = self.eligibility.roughly_allowed(role, members)
            allowed[bound, owners[members[bound]]] = True
            unit, rep = np.nonzero(np.logical_and.reduceat(allowed, begin, axis=0))
            if self.eligibility.roughly_is_exactly(role):
                return unit, rep
        of, customers, begin = units.expand(some[unit])
        reps = rep[of]
        fits = self.eligibility.allowed(role, customers, reps) | (locked[customers] & (owners[customers] == reps))
        stands = _all(fits, begin)
        return unit[stands], rep[stands]

    def _near(self, role: int, some: IntArray, unit: IntArray, rep: IntArray, nearest: int) -> BoolArray:
        """Tell which pairs are among the ``nearest`` of their unit, or with today's present owner of a member."""
        units, n_reps = self.units[role], self.eligibility.facts.org.n_reps
        of, customers, begin = units.expand(some[unit])
        minutes = self.eligibility.listings.minutes(customers, rep[of])
        total = np.add.reduceat(minutes, begin) if len(begin) else minutes
        total[np.isnan(total)] = np.inf
        table: FloatArray = np.full((len(some), n_reps), np.inf)
        table[unit, rep] = total
        if nearest < n_reps:
            farthest = np.partition(table, nearest - 1, axis=1)[:, nearest - 1]
        else:
            farthest = np.full(len(some), np.inf)
        rivals = np.flatnonzero(total <= farthest[unit])
        order = rivals[np.lexsort((self.eligibility.roster.order[rep[rivals]], total[rivals], unit[rivals]))]
        first = np.searchsorted(unit[order], unit[order])
        near = np.zeros(len(unit), dtype=bool)
        near[order[np.arange(len(order)) - first < nearest]] = True
        index, members, _ = units.expand(some)
        here = self.holdings.present[role, members]
        own = np.zeros(table.shape, dtype=bool)
        own[index[here], self.holdings.owners[role, members[here]]] = True
        return near | own[unit, rep]


def _all(flags: BoolArray, begin: IntArray) -> BoolArray:
    """Tell for each group of flags whether all hold; groups begin at ``begin`` and none is empty."""
    if not len(begin):
        return np.zeros(0, dtype=bool)
    every: BoolArray = np.logical_and.reduceat(flags, begin)
    return every
