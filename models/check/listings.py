"""The pairs table: which (customer, rep) are listed, and how far apart customers and reps are."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from models.org import BoolArray, FloatArray, IntArray, Org, Points
from models.policy import Policy

CRUISE_KMH = 60.0


@dataclass(frozen=True)
class Listings:
    """Listed pairs, sorted by customer and rep: ``keys`` is customer x reps + rep, ``start`` the first per customer.

    ``drive_minutes`` is NaN where the table has no such value; then the way is the great circle, driven at
    ``speed_kmh`` (that of the goal ``travel`` where it states one). Coordinates are in degrees, NaN where unknown.
    """

    n_reps: int
    keys: IntArray
    start: IntArray
    drive_minutes: FloatArray
    speed_kmh: float
    customer_at: FloatArray
    rep_at: FloatArray

    def listed(self, customers: IntArray, reps: IntArray) -> BoolArray:
        """Tell which pairs the table lists."""
        return self._row(customers, reps) >= 0

    def count(self, customers: IntArray) -> IntArray:
        """Return how many pairs the table lists of each of these customers."""
        listed: IntArray = self.start[customers + 1] - self.start[customers]
        return listed

    def reps_of(self, customers: IntArray) -> tuple[IntArray, IntArray]:
        """Return (index into ``customers``, rep) of every listed pair of these customers."""
        count = self.count(customers)
        index = np.repeat(np.arange(len(customers)), count)
        offset = np.arange(len(index)) - np.repeat(np.cumsum(count) - count, count)
        return index, self.keys[self.start[customers[index]] + offset] % self.n_reps

    def minutes(self, customers: IntArray, reps: IntArray) -> FloatArray:
        """Return one-way minutes of each (customer, rep), broadcast: driven, else along the great circle, else NaN."""
        minutes = self._customers[customers].km_to(self._reps[reps]) * (60 / self.speed_kmh)
        if self.drives:
            row = self._row(customers, reps)
            driven = np.where(row >= 0, self.drive_minutes[row], np.nan)
            minutes = np.where(np.isnan(driven), minutes, driven)
        return minutes

    @cached_property
    def _customers(self) -> Points:
        return Points.of_degrees(*self.customer_at)

    @cached_property
    def _reps(self) -> Points:
        return Points.of_degrees(*self.rep_at)

    @cached_property
    def drives(self) -> bool:
        """True when some pair has ``drive_minutes``."""
        return not bool(np.isnan(self.drive_minutes).all())

    def _row(self, customers: IntArray, reps: IntArray) -> IntArray:
        """Return the place of each pair in the table, -1 where it is not listed."""
        if not len(self.keys):
            return np.full(len(customers), -1, dtype=np.int64)
        wanted = customers * self.n_reps + reps
        row = np.minimum(np.searchsorted(self.keys, wanted), len(self.keys) - 1)
        return np.where(self.keys[row] == wanted, row, -1)


def read_listings(org: Org, policy: Policy) -> Listings:
    """Read the pairs table and the coordinates; pairs of unknown customers or reps do not count."""
    keys, drive = np.empty(0, dtype=np.int64), np.empty(0)
    if org.pairs is not None:
        customer = pd.Index(org.customer_ids).get_indexer(pd.Index(org.pairs["customer_id"].astype(object)))
        rep = pd.Index(org.rep_ids).get_indexer(pd.Index(org.pairs["rep_id"].astype(object)))
        known = (customer >= 0) & (rep >= 0)
        keys = customer[known].astype(np.int64) * org.n_reps + rep[known]
        drive = np.full(len(keys), np.nan)
        if "drive_minutes" in org.pairs.columns:
            drive = org.pairs["drive_minutes"].to_numpy(dtype=np.float64)[known]
        order = np.argsort(keys, kind="stable")
        keys, drive = keys[order], drive[order]
    travel = policy.goal("travel")
    speed = CRUISE_KMH if travel is None or travel.speed_kmh is None else travel.speed_kmh
    start = np.searchsorted(keys, np.arange(org.n_customers + 1) * org.n_reps)
    return Listings(org.n_reps, keys, start, drive, speed, _at(org.customers), _at(org.reps))


def _at(frame: pd.DataFrame) -> FloatArray:
    """Return latitude and longitude; shape (2, rows)."""
    blank = np.full(len(frame), np.nan)
    at: FloatArray = np.array(
        [frame[name].to_numpy(dtype=np.float64) if name in frame.columns else blank for name in ("lat", "lon")]
    )
    return at
