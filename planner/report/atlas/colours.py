"""Who gets which colour on a map: owners whose customers are neighbours get different ones, as far as colours go."""

from __future__ import annotations

import numpy as np
from scipy.spatial import cKDTree

from models.org import FloatArray, IntArray
from planner.report.palette import OWNERS

_NEIGHBOURS = 6
_MOST_POINTS = 60_000
"""Of more customers than this, every second (third, …) one is looked at."""


def colours_of(lat: FloatArray, lon: FloatArray, owners: tuple[IntArray, ...], count: int) -> IntArray:
    """Return a colour's place in the palette for each owner, shape (count,).

    Parameters
    ----------
    owners
        Of each customer, before and after; negative for those who get no colour.
    """
    clashes = np.zeros((count, count))
    step = max(1, -(-len(lat) // _MOST_POINTS))
    shown = np.arange(0, len(lat), step)
    if len(shown) > 1:
        points = _on_ball(lat[shown], lon[shown])
        _, near = cKDTree(points).query(points, min(_NEIGHBOURS + 1, len(shown)))
        near = near.reshape(len(shown), -1)
        for owner in owners:
            mine = owner[shown]
            one = np.repeat(mine, near.shape[1])
            other = mine[near].ravel()
            apart = (one >= 0) & (other >= 0) & (one != other)
            np.add.at(clashes, (one[apart], other[apart]), 1.0)
    clashes += clashes.T
    if count <= len(OWNERS):
        return np.arange(count)
    return _greedy(clashes)


def _greedy(clashes: FloatArray) -> IntArray:
    """Colour those first who have most neighbours; each gets the colour that clashes least, the rarest of equal ones."""
    count, colours = len(clashes), len(OWNERS)
    given = np.full(count, -1, dtype=np.int64)
    used = np.zeros(colours)
    for one in np.argsort(-clashes.sum(axis=1), kind="stable").tolist():
        against = np.zeros(colours)
        known = given >= 0
        np.add.at(against, given[known], clashes[one, known])
        best = np.lexsort((np.arange(colours), used, against))[0]
        given[one] = best
        used[best] += 1
    return given


def _on_ball(lat: FloatArray, lon: FloatArray) -> FloatArray:
    lat, lon = np.radians(lat), np.radians(lon)
    return np.c_[np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)]
