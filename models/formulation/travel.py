"""Travel: the one-way minutes between customers and reps."""

from __future__ import annotations

import numpy as np
import pandas as pd

from models.org import FloatArray, IntArray, Org, Points, PositionArray
from models.policy import Policy

DEFAULT_SPEED_KMH = 60.0
AT_ONCE = 32_768
"""So many pairs fit in a processor's cache with all that is computed on the way."""


class Travel:
    """One-way travel times: ``pair.drive_minutes``, else great circle at the goal's speed; NaN where neither is known.

    ``located`` tells whether distances can be had from coordinates, ``driven`` whether the pairs table has some.
    """

    def __init__(self, org: Org, policy: Policy) -> None:
        goal = policy.goal("travel")
        self._speed = goal.speed_kmh if goal is not None and goal.speed_kmh is not None else DEFAULT_SPEED_KMH
        self._n_reps = org.n_reps
        self.located = all(c in org.customers for c in ("lat", "lon")) and all(c in org.reps for c in ("lat", "lon"))
        if self.located:
            self._customers = Points.of_degrees(*(org.customers[c].to_numpy(float) for c in ("lat", "lon")))
            self._reps = Points.of_degrees(*(org.reps[c].to_numpy(float) for c in ("lat", "lon")))
        self._keys, self._minutes = _listed(org, "drive_minutes")
        self.driven = len(self._keys) > 0

    def minutes(self, customers: IntArray, reps: PositionArray) -> FloatArray:
        """Return the minutes of pairs of positions, shape (pairs,)."""
        minutes = np.full(len(customers), np.nan)
        for first in range(0, len(customers), AT_ONCE):
            some = slice(first, first + AT_ONCE)
            customer, rep = customers[some], reps[some]
            if self.located:
                minutes[some] = self._customers[customer].km_to(self._reps[rep]) / self._speed * 60.0
            if self.driven:
                self._put_driven(minutes[some], customer * self._n_reps + rep)
        return minutes

    def table(self, customers: IntArray, reps: IntArray) -> FloatArray:
        """Return the minutes between each of ``customers`` and each of ``reps``, shape (customers, reps)."""
        minutes = np.full((len(customers), len(reps)), np.nan)
        rows = max(1, AT_ONCE // max(len(reps), 1))
        to = self._reps[reps] if self.located else None
        for first in range(0, len(customers), rows):
            some = slice(first, first + rows)
            if to is not None:
                minutes[some] = self._customers[customers[some], None].km_to(to) / self._speed * 60.0
            if self.driven:
                self._put_driven(minutes[some], customers[some, None] * self._n_reps + reps)
        return minutes

    def _put_driven(self, minutes: FloatArray, sought: IntArray) -> None:
        """Replace minutes where the pairs table has them."""
        at = np.minimum(np.searchsorted(self._keys, sought), len(self._keys) - 1)
        hit = self._keys[at] == sought
        minutes[hit] = self._minutes[at[hit]]


def _listed(org: Org, column: str) -> tuple[IntArray, FloatArray]:
    """Return the pairs that have a number in ``column``, as ascending keys customer x n_reps + rep, and the numbers."""
    if org.pairs is None or column not in org.pairs:
        return np.zeros(0, dtype=np.int64), np.zeros(0)
    customer = pd.Index(org.customer_ids).get_indexer(pd.Index(org.pairs["customer_id"].astype(object)))
    rep = pd.Index(org.rep_ids).get_indexer(pd.Index(org.pairs["rep_id"].astype(object)))
    values = org.pairs[column].to_numpy(float)
    known = (customer >= 0) & (rep >= 0)
    keys, values = (customer * org.n_reps + rep)[known], values[known]
    order = np.argsort(keys, kind="stable")
    keys, values = keys[order], values[order]
    # a pair that is listed twice counts as its first row has it
    filled = np.r_[True, keys[1:] != keys[:-1]] & ~np.isnan(values) if len(keys) else np.zeros(0, dtype=bool)
    return keys[filled], values[filled]
