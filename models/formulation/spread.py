"""Candidates spread over the members of their units: where a value depends on customer and rep."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from models.formulation.candidates import Candidates
from models.formulation.units import Units
from models.org import BoolArray, FloatArray, IntArray
from models.plan import POOLED


@dataclass(frozen=True)
class Spread:
    """One entry per candidate and member of its unit.

    Attributes
    ----------
    candidate, member, rep : int arrays, shape (entries,)
    """

    units: Units
    candidates: Candidates

    @cached_property
    def candidate(self) -> IntArray:
        """The candidate of each entry."""
        return np.repeat(np.arange(len(self.candidates.rep)), self._size)

    @cached_property
    def member(self) -> IntArray:
        """The member of each entry."""
        size = self._size
        first = self.units.start[:-1][self.candidates.unit]
        return np.repeat(first - (np.cumsum(size) - size), size) + np.arange(size.sum())

    @cached_property
    def rep(self) -> IntArray:
        """The rep position of each entry, -1 for the pool."""
        return self.candidates.rep[self.candidate]

    @cached_property
    def _size(self) -> IntArray:
        return self.units.size[self.candidates.unit]

    @cached_property
    def moves(self) -> BoolArray:
        """Tell which entries are chosen moves: a present, eligible owner, and another rep or the pool."""
        owner = self.units.owner[self.member]
        return np.asarray(self.movable[self.member] & (owner != self.rep))

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
        at = self.candidate if entries is None else self.candidate[entries]
        return np.bincount(at, values, minlength=len(self.candidates.rep)).astype(float)
