"""Pairs: units and the reps of each, as one flat list that is worked on a part at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from models.org import BoolArray, IntArray, PositionArray

PART = 2_000_000
"""About so many entries are looked at together. What is found does not depend on it, only memory and speed do."""


def parts(start: IntArray, most: int | None = None) -> Iterator[slice]:
    """Cut a list of groups into runs of groups with about ``most`` entries each (PART if None).

    Group g has the entries ``start[g]:start[g + 1]``; a group is never cut. Yields slices of groups.
    """
    groups = len(start) - 1
    if not groups:
        return
    part = (start[:-1] - start[0]) // (most or PART)
    edges = np.flatnonzero(part[1:] != part[:-1]) + 1
    first = 0
    for end in (*edges.tolist(), groups):
        yield slice(first, end)
        first = end


def starts(count: IntArray) -> IntArray:
    """Return where each group of entries starts, and where the last ends: shape (groups + 1,)."""
    start = np.zeros(len(count) + 1, dtype=np.int64)
    np.cumsum(count, out=start[1:])
    return start


def spelled_out(start: IntArray) -> IntArray:
    """Return the group of each entry, counted from 0: shape (entries,)."""
    return np.repeat(np.arange(len(start) - 1), np.diff(start))


def places(start: IntArray, groups: IntArray) -> IntArray:
    """Return where the entries of ``groups`` stand, one group after another."""
    count = start[groups + 1] - start[groups]
    begin = np.cumsum(count) - count
    return np.repeat(start[groups] - begin, count) + np.arange(int(count.sum()))


@dataclass(frozen=True)
class Pairs:
    """The reps of each unit, ascending and each once.

    Attributes
    ----------
    start : int array, shape (units + 1,)
        The reps of unit u stand in ``rep[start[u]:start[u + 1]]``.
    rep : int32 array, shape (pairs,)
    """

    start: IntArray
    rep: PositionArray

    @property
    def count(self) -> IntArray:
        """How many reps each unit has, shape (units,)."""
        return np.diff(self.start)

    @classmethod
    def listed(cls, units: int, unit: IntArray, rep: IntArray) -> Pairs:
        """Return pairs that are listed by unit and rep, each once."""
        return cls(starts(np.bincount(unit, minlength=units)), rep.astype(np.int32))

    @classmethod
    def of_table(cls, table: BoolArray, row: IntArray) -> Pairs:
        """Return for each unit the reps that are flagged in its row of ``table`` (shape (rows, reps))."""
        line, flagged = np.nonzero(table)
        of_row = starts(np.bincount(line, minlength=len(table)))
        start = starts(np.diff(of_row)[row])
        rep = np.empty(start[-1], dtype=np.int32)
        for units in parts(start):
            rep[start[units.start] : start[units.stop]] = flagged[places(of_row, row[units])]
        return cls(start, rep)

    def part(self, units: slice) -> tuple[IntArray, PositionArray]:
        """Return the unit and the rep of each pair of a run of units."""
        start = self.start[units.start : units.stop + 1]
        return spelled_out(start) + units.start, self.rep[start[0] : start[-1]]

    def keep(self, judge: Callable[[IntArray, PositionArray], BoolArray]) -> Pairs:
        """Return the pairs that ``judge``, called with units and reps part by part, flags."""
        count, kept = np.zeros(len(self.start) - 1, dtype=np.int64), [np.zeros(0, dtype=np.int32)]
        for units in parts(self.start):
            unit, rep = self.part(units)
            flags = judge(unit, rep)
            kept.append(rep[flags])
            count[units] = np.bincount(unit[flags] - units.start, minlength=units.stop - units.start)
        return Pairs(starts(count), np.concatenate(kept))

    def find(self, unit: IntArray, rep: PositionArray) -> tuple[IntArray, BoolArray]:
        """Look pairs up: where each stands, or would stand, in the list, and whether it is there."""
        low, end = self.start[unit], self.start[unit + 1]
        high = end.copy()
        while (open_ := low < high).any():
            middle = (low + high) // 2
            before = np.zeros(len(unit), dtype=bool)
            before[open_] = self.rep[middle[open_]] < rep[open_]
            low = np.where(before, middle + 1, low)
            high = np.where(open_ & ~before, middle, high)
        found = low < end
        found[found] = self.rep[low[found]] == rep[found]
        return low, found

    def merged(self, unit: IntArray, rep: PositionArray) -> Pairs:
        """Return the pairs and those given, which are sorted by unit and rep."""
        at, there = self.find(unit, rep)
        if there.all():
            return self
        more = np.bincount(unit[~there], minlength=len(self.start) - 1)
        return Pairs(self.start + starts(more), np.insert(self.rep, at[~there], rep[~there]))
