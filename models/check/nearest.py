"""``nearest: K``: no rep but the K nearest of those who pass every other rule, and today's owner."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from models.check.eligibility import Eligibility
from models.check.families import Units
from models.check.labels import among, distinct
from models.check.neighbourhoods import on_sphere
from models.check.shortlists import Shortlists, known
from models.org import EARTH_RADIUS_KM, BoolArray, FloatArray, IntArray

BLOCK = 4_000_000
NEAR_TIE = 1e-9
CHORD_SLACK = 1e-14
MINUTES_SLACK = 0.01


@dataclass(frozen=True)
class Ranking:
    """Counts how many eligible reps are nearer to a unit than a given one.

    Only the reps that may be nearer by a rough measure are looked at closely: for each unit those few, in blocks.
    """

    eligibility: Eligibility
    role: int
    units: Units

    def nearer(self, units: IntArray, reps: IntArray, at_least: int) -> IntArray:
        """Return for each (unit, rep) the number of nearer eligible reps; numbers below ``at_least`` may come as 0.

        Distance is in minutes one way, as the goal ``travel`` has it, summed over the members; an unknown one is
        farther than any other. Equally far reps rank by rep_id.
        """
        counts = np.zeros(len(units), dtype=np.int64)
        for block in self._blocks(units):
            row, rival = self._rivals(units[block], reps[block], at_least)
            counts[block] = self._count(units[block], reps[block], row, rival)
        return counts

    def _blocks(self, units: IntArray) -> Iterator[slice]:
        """Cut the units into blocks of at most :data:`BLOCK` (member, rep) pairs, or of one unit."""
        work = np.cumsum(self.units.size[units] * self.eligibility.facts.org.n_reps)
        first = 0
        while first < len(units):
            done = work[first - 1] if first else 0
            last = max(first + 1, int(np.searchsorted(work, done + BLOCK, side="right")))
            yield slice(first, last)
            first = last

    def _rivals(self, units: IntArray, reps: IntArray, at_least: int) -> tuple[IntArray, IntArray]:
        """Return (row, rep) for the reps who may be as near as the row's own, itself included; few rows have any."""
        index, customers, begin = self.units.expand(units)
        if self.eligibility.facts.org.pairs_only:
            listed, rep = self.eligibility.listings.reps_of(customers)
            width = self.eligibility.facts.org.n_reps
            keys = distinct(index[listed] * width + rep)
            return keys // width, keys % width
        allowed = self.units.every(self.eligibility.roughly_allowed(self.role, customers), begin)
        if len(customers) == len(units) and not self.eligibility.listings.drives:
            distance, slack = self._chords(customers), CHORD_SLACK
        else:
            distance = self.units.total(self._minutes(customers), begin)
            slack = MINUTES_SLACK
        own = distance[np.arange(len(units)), reps]
        allowed &= distance <= (own * (1 + NEAR_TIE) + slack)[:, None]
        crowded = np.flatnonzero(np.count_nonzero(allowed, axis=1) > at_least)
        row, rep = np.nonzero(allowed[crowded])
        return crowded[row], rep

    def _count(self, units: IntArray, reps: IntArray, row: IntArray, rival: IntArray) -> IntArray:
        """Judge the rivals exactly and count those nearer than the row's own rep."""
        counts = np.zeros(len(units), dtype=np.int64)
        if not len(row):
            return counts
        pair, customers, begin = self.units.expand(units[row])
        fits = self.units.every(self.eligibility.allowed(self.role, customers, rival[pair]), begin)
        distance = self.units.total(known(self.eligibility.listings.minutes(customers, rival[pair])), begin)
        own = np.full(len(units), np.nan)
        itself = fits & (rival == reps[row])
        own[row[itself]] = distance[itself]
        order = self.eligibility.roster.order
        margin = np.where(np.isfinite(own), own * NEAR_TIE, 0.0)
        first = (distance == own[row]) & (order[rival] < order[reps[row]])
        nearer = fits & ((distance < (own - margin)[row]) | first)
        np.add.at(counts, row[nearer], 1)
        return counts

    def _chords(self, customers: IntArray) -> FloatArray:
        """Return 1 - cosine of the angle between customers and reps: a rough measure that grows with distance."""
        return known(1.0 - self._cosines(customers))

    def _minutes(self, customers: IntArray) -> FloatArray:
        """Return rough minutes between customers and reps."""
        angle = np.arccos(np.clip(self._cosines(customers), -1.0, 1.0))
        listings = self.eligibility.listings
        minutes = known(angle * (EARTH_RADIUS_KM * 60 / listings.speed_kmh))
        if listings.drives:
            index, rep = listings.reps_of(customers)
            minutes[index, rep] = known(listings.minutes(customers[index], rep))
        return minutes

    def _cosines(self, customers: IntArray) -> FloatArray:
        listings = self.eligibility.listings
        cosines: FloatArray = on_sphere(listings.customer_at[:, customers]) @ on_sphere(listings.rep_at).T
        return cosines


def beyond_nearest(
    ranking: Ranking, owners: IntArray, planned: IntArray, locked: BoolArray, nearest: int
) -> tuple[IntArray, IntArray, IntArray]:
    """Return (unit, rep, rank from 1) where a unit is with a rep who is not among its ``nearest``.

    ``owners``, ``planned`` and ``locked`` have one entry per customer. Today's owners of the members, and units
    with a locked member, are not judged by distance.
    """
    units, width = ranking.units, ranking.eligibility.facts.org.n_reps
    members = np.flatnonzero((units.of >= 0) & (planned >= 0))
    keys = distinct(units.of[members] * width + planned[members])
    owned = np.flatnonzero((units.of >= 0) & (owners >= 0))
    keys = keys[~among(keys, np.sort(units.of[owned] * width + owners[owned]))]
    stuck = np.zeros(len(units.size), dtype=bool)
    stuck[units.of[(units.of >= 0) & locked]] = True
    keys = keys[~stuck[keys // width]]
    if len(keys) * width > BLOCK:
        keys = _unlisted(ranking, keys)
    unit, rep = keys // width, keys % width
    rank = ranking.nearer(unit, rep, nearest) + 1
    far = rank > nearest
    return unit[far], rep[far], rank[far]


def _unlisted(ranking: Ranking, keys: IntArray) -> IntArray:
    """Leave out the (unit, rep), as unit x reps + rep, that are on their unit's shortlist: nearly all of a plan."""
    width = ranking.eligibility.facts.org.n_reps
    unit = keys // width
    listed = np.zeros(len(keys), dtype=bool)
    asked = np.zeros(len(ranking.units.size), dtype=bool)
    for found in Shortlists(ranking.eligibility, ranking.role, ranking.units).of(distinct(unit)):
        asked[found.units] = True
        mine = np.flatnonzero(asked[unit])
        listed[mine] = among(keys[mine], np.sort(found.units[found.unit] * width + found.rep))
        asked[found.units] = False
    return keys[~listed]
