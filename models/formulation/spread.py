"""Candidates spread over the members of their units: where a value depends on customer and rep."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from models.formulation.candidates import Candidates
from models.formulation.pairs import parts, places, starts
from models.formulation.units import Units
from models.org import BoolArray, FloatArray, IntArray, PositionArray
from models.plan import POOLED


@dataclass(frozen=True)
class Spread:
    """One entry per candidate and member of its unit.

    A spread may be of a run of units only. Candidates are then counted within it; units and members are positions
    among all of them.

    Attributes
    ----------
    candidates : Candidates
        Those of the units ``first``, ``first + 1`` …
    candidate, member, rep : int arrays, shape (entries,)
    """

    units: Units
    candidates: Candidates
    first: int = 0

    def parts(self) -> Iterator[tuple[slice, Spread]]:
        """Cut the spread into spreads of a run of units each, so that they fit in little memory.

        Yields
        ------
        slice, Spread
            Where the part's candidates stand among this spread's, and the part.
        """
        start = self.candidates.start
        size = self.units.size[self.first : self.first + len(start) - 1]
        runs = list(parts(starts(np.diff(start) * size)))
        for run in runs:
            whole = len(runs) == 1
            part = self if whole else Spread(self.units, self.candidates.part(run), self.first + run.start)
            yield slice(int(start[run.start]), int(start[run.stop])), part

    @cached_property
    def unit(self) -> IntArray:
        """The unit of each candidate, shape (candidates,)."""
        return self.candidates.unit + self.first

    @cached_property
    def candidate(self) -> IntArray:
        """The candidate of each entry."""
        every = np.arange(len(self.candidates.rep))
        return every if self._alone else np.repeat(every, self._size)

    @cached_property
    def member(self) -> IntArray:
        """The member of each entry."""
        return self.units.start[self.unit] if self._alone else places(self.units.start, self.unit)

    @cached_property
    def rep(self) -> PositionArray:
        """The rep position of each entry, -1 for the pool."""
        return self.candidates.rep if self._alone else np.repeat(self.candidates.rep, self._size)

    @property
    def _size(self) -> IntArray:
        return self.units.start[self.unit + 1] - self.units.start[self.unit]

    @cached_property
    def _alone(self) -> bool:
        """True when every unit has one member, so that entries are candidates."""
        last = self.first + len(self.candidates.start) - 1
        return int(self.units.start[last] - self.units.start[self.first]) == last - self.first

    @cached_property
    def moves(self) -> BoolArray:
        """Tell which entries are chosen moves: a present, eligible owner, and another rep or the pool."""
        return np.asarray(self.movable[self.member] & (self.units.owner[self.member] != self.rep))

    @cached_property
    def movable(self) -> BoolArray:
        """Tell which members would make a chosen move if they left their owner, shape (members,)."""
        return self.units.present & ~self.candidates.forced

    @cached_property
    def owned(self) -> BoolArray:
        """Tell which entries are with a rep, not pooled."""
        return np.asarray(self.rep != POOLED)

    def sum(self, values: FloatArray, entries: BoolArray | None = None) -> FloatArray:
        """Sum values (one per entry, or per selected entry) over candidates, shape (candidates,)."""
        if self._alone and entries is not None:
            total = np.zeros(len(entries))
            total[entries] = values
            return total
        at = self.candidate if entries is None else self.candidate[entries]
        return np.bincount(at, values, minlength=len(self.candidates.rep)).astype(float)
