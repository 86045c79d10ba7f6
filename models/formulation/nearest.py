"""``nearest: K``: of the reps who pass every other hard rule, the K closest to each unit."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd
from scipy.spatial import cKDTree

from models.formulation.pairs import Pairs, parts, places, starts
from models.formulation.travel import Travel
from models.formulation.units import Units
from models.org import BoolArray, FloatArray, IntArray, Org, PositionArray
from models.policy import Policy

NEAR_TIE, CHORD_SLACK = 1e-9, 1e-12
"""Straight distances (on a globe of radius 1) that differ by less say nothing of who is nearer."""


class Nearest:
    """Finds the ``k`` nearest reps of units: a family by the sum over its members, ties by ``rep_id``."""

    def __init__(self, org: Org, policy: Policy, units: Units, k: int) -> None:
        self._units, self._k = units, k
        self._travel = Travel(org, policy)
        self._rank = np.argsort(np.argsort(org.rep_ids.astype(str), kind="stable"), kind="stable")
        if self._travel.located:
            self._customer_at, self._rep_at = _on_sphere(org.customers), _on_sphere(org.reps)

    def of_table(self, table: BoolArray, row: IntArray) -> Pairs:
        """Choose among the reps flagged in each unit's row of ``table`` (shape (rows, reps))."""
        count = np.minimum(table.sum(axis=1), self._k)[row]
        found = Pairs(starts(count), np.empty(int(count.sum()), dtype=np.int32))
        alone = self._units.size == 1
        for line, units in _by_value(row):
            reps = np.flatnonzero(table[line])
            rest = units
            if self._travel.located and not self._travel.driven and len(reps) > self._k:
                single = units[alone[units]]
                far = self._by_tree(single, reps, found)
                rest = np.sort(np.r_[units[~alone[units]], single[far]])
            self._by_sum(rest, reps, found)
        return found

    def of_pairs(self, pairs: Pairs) -> Pairs:
        """Choose among pairs."""
        units = self._units

        def judge(unit: IntArray, rep: PositionArray) -> BoolArray:
            size = units.size[unit]
            member = places(units.start, unit)
            minutes = self._travel.minutes(units.member[member], np.repeat(rep, size))
            total = np.add.reduceat(minutes, np.cumsum(size) - size) if len(unit) else minutes
            order = np.lexsort((self._rank[rep], total, unit))
            first = np.flatnonzero(np.r_[True, unit[1:] != unit[:-1]])
            place = np.arange(len(unit)) - np.repeat(first, np.diff(np.r_[first, len(unit)]))
            near = np.zeros(len(unit), dtype=bool)
            near[order[place < self._k]] = True
            return near

        return pairs.keep(judge)

    def _by_sum(self, some: IntArray, reps: IntArray, found: Pairs) -> None:
        """Rank all of ``reps`` for each of some units, by the minutes of the unit's members together."""
        units = self._units
        if len(reps) <= self._k:
            found.rep[places(found.start, some)] = np.tile(reps, len(some))
            return
        by_rank = reps[np.argsort(self._rank[reps])]
        for part in parts(starts(units.size[some] * len(reps))):
            of_part = some[part]
            size = units.size[of_part]
            minutes = self._travel.table(units.member[places(units.start, of_part)], by_rank)
            if len(minutes) > len(of_part):
                minutes = np.add.reduceat(minutes, np.cumsum(size) - size, axis=0)
            np.copyto(minutes, np.inf, where=np.isnan(minutes))
            near = np.broadcast_to(by_rank, minutes.shape)[_least(minutes, self._k)].reshape(-1, self._k)
            found.rep[places(found.start, of_part)] = np.sort(near, axis=1).ravel()

    def _by_tree(self, singles: IntArray, reps: IntArray, found: Pairs) -> BoolArray:
        """Find the nearest of ``reps`` for units of one member each, more of whom than ``k`` there are.

        Returns
        -------
        bool array, shape (len(singles),)
            True where places are unknown: these must be ranked in full.
        """
        customers = self._units.member[self._units.start[singles]]
        at = self._customer_at[customers]
        known = reps[np.isfinite(self._rep_at[reps]).all(axis=1)]
        far = ~np.asarray(np.isfinite(at).all(axis=1))
        if len(known) < self._k:
            far[:] = True
        tree = cKDTree(self._rep_at[known])
        asked, ask = np.flatnonzero(~far), min(self._k + 1, len(known))
        while len(asked):
            open_ = []
            for part in parts(np.arange(len(asked) + 1) * ask):
                mine = asked[part]
                distance, near = map(np.asarray, tree.query(at[mine], k=np.arange(1, ask + 1), workers=-1))
                tied = distance[:, -1] <= distance[:, self._k - 1] * (1 + NEAR_TIE) + CHORD_SLACK
                tied &= ask < len(known)
                open_.append(mine[tied])
                rep = known[near[~tied]]
                if ask > self._k + 1 or ask == len(known):
                    rep = self._ranked(customers[mine[~tied]], rep)
                slots = found.start[singles[mine[~tied]], None] + np.arange(self._k)
                found.rep[slots] = np.sort(rep[:, : self._k], axis=1)
            # many reps may be at one place: look further where the last of them is as near as the k-th
            asked, ask = np.concatenate(open_), min(2 * ask, len(known))
        return far

    def _ranked(self, customers: IntArray, reps: IntArray) -> IntArray:
        """Order each customer's reps, shape (customers, asked), by minutes and then by ``rep_id``."""
        minutes = self._travel.minutes(np.repeat(customers, reps.shape[1]), reps.ravel()).reshape(reps.shape)
        order = np.lexsort((self._rank[reps], minutes), axis=1)
        ranked: IntArray = np.take_along_axis(reps, order, axis=1)
        return ranked


def _by_value(values: IntArray) -> Iterator[tuple[int, IntArray]]:
    """Yield each value with the positions that have it, ascending."""
    order = np.argsort(values, kind="stable")
    edges = np.flatnonzero(np.diff(values[order])) + 1
    for positions in np.split(order, edges):
        if len(positions):
            yield int(values[positions[0]]), positions


def _least(amounts: FloatArray, k: int) -> BoolArray:
    """Flag the ``k`` least of each row, the first ones where some are equal; rows have more than ``k``."""
    last = np.partition(amounts, k - 1, axis=1)[:, k - 1 : k]
    least = np.asarray(amounts < last)
    equal = amounts == last
    wanted = k - np.count_nonzero(least, axis=1)
    crowded = np.count_nonzero(equal, axis=1) > wanted
    equal[crowded] &= np.cumsum(equal[crowded], axis=1) <= wanted[crowded, None]
    return np.asarray(least | equal)


def _on_sphere(frame: pd.DataFrame) -> FloatArray:
    lat, lon = np.radians(frame["lat"].to_numpy(float)), np.radians(frame["lon"].to_numpy(float))
    return np.stack([np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)], axis=1)
