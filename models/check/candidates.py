"""Candidates: every rep (or the pool) that a unit may have, found anew in chunks of units."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from models.check.company import Company
from models.check.eligibility import Eligibility
from models.check.families import Units
from models.check.holdings import Holdings
from models.check.labels import distinct
from models.check.requests import Proposal
from models.check.shortlists import Shortlist, Shortlists
from models.check.stays import FREE, Stays
from models.org import BoolArray, IntArray
from models.plan import POOLED


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
    proposal: Proposal | None = None

    def chunks(self, role: int) -> Iterator[Chunk]:
        """Yield the candidates of all units of a role, some units at a time, each unit once."""
        for found in self.shortlists(role).of(np.arange(len(self.units[role].size))):
            yield self.chunk(role, found)

    def shortlists(self, role: int) -> Shortlists:
        """Return what finds the reps whom the rules leave to the units of a role."""
        return Shortlists(self.eligibility, role, self.units[role])

    def chunk(self, role: int, found: Shortlist) -> Chunk:
        """Add today's owners who may stay, leave to locks and holdouts what they keep, and open the pool."""
        units, width = self.units[role], self.eligibility.facts.org.n_reps + 1
        owners, may_stay = self.holdings.owners[role], self.stays.may_stay[role]
        kept = (self.stays.lock[role] != FREE) | (self.stays.holdout[role] != FREE)
        index, members, begin = units.expand(found.units)
        stay = may_stay[members]
        keys = distinct(
            np.concatenate(
                [found.unit * width + found.rep + 1, index[stay] * width + owners[members[stay]] + 1],
            )
        )
        if kept[members].any():
            of, customers, first = units.expand(found.units[keys // width])
            reps = (keys % width - 1)[of]
            keys = keys[units.every(~kept[customers] | (owners[customers] == reps), first)]
        if self.proposal is not None:
            of, customers, first = units.expand(found.units[keys // width])
            keys = keys[units.every(self.proposal.allows(role, customers, (keys % width - 1)[of]), first)]
        if self.company.may_be_pooled[role].any():
            pooled = units.every(self.company.may_be_pooled[role, members] & ~kept[members], begin)
            if self.proposal is not None:
                pooled &= ~self.proposal.closes_pool(units, role, members, begin)
            keys = np.sort(np.concatenate([keys, np.flatnonzero(pooled) * width]))
        unit, rep = keys // width, keys % width - 1
        candidate, customers, _ = units.expand(found.units[unit])
        reps = np.where(rep >= 0, rep, POOLED)[candidate]
        chosen = may_stay[customers] & (owners[customers] != reps)
        start = np.searchsorted(unit, np.arange(len(found.units) + 1))
        return Chunk(role, found.units, start, candidate, customers, reps, chosen)
