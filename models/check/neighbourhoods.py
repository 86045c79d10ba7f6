"""Neighbourhoods: units of one kind that lie close together, so that most reps are too far for all of them at once.

Distances between points obey the triangle inequality. Around a centre ``z`` let every unit lie within ``spread``
(a family: its members on average). The k-th nearest rep of a unit is then at most ``spread`` farther from it than
the k-th nearest of ``z`` is from ``z``; and a rep that is farther from ``z`` by more than twice the spread is farther
from the unit than all of those. What is left is few, and judged exactly by whoever asks.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from models.check.families import Units
from models.check.listings import Listings
from models.org import FloatArray, IntArray

CROWD = 128
ROUNDING = 1e-7
"""Radians, about half a metre: more than the formula of the great circle is wrong by."""


@dataclass(frozen=True)
class Neighbourhood:
    """Some units, and how far each of the reps asked for is from their centre.

    Attributes
    ----------
    units : int array, shape (units of the neighbourhood,)
    spread : float
        Radians within which every unit lies around the centre; NaN where nobody knows where they are.
    angle : float array, shape (reps,)
        Radians between the centre and each rep, NaN where that is not known.
    """

    units: IntArray
    spread: float
    angle: FloatArray

    def reach(self, order: IntArray, nearest: int) -> IntArray:
        """Return the reps (positions in ``angle``) among whom are the ``nearest`` of each unit.

        Reps whose distance is unknown are the farthest; they rank by ``order``, shape (reps,).
        """
        known = ~np.isnan(self.angle)
        if known.any() and nearest <= np.count_nonzero(known):
            within = float(np.partition(self.angle[known], nearest - 1)[nearest - 1])
            return np.flatnonzero(self.angle <= within + 2 * self.spread + ROUNDING)
        if known.any() or nearest >= len(order):
            return np.arange(len(order))
        return np.sort(np.argpartition(order, nearest - 1)[:nearest])


@dataclass(frozen=True)
class Map:
    """Where customers and reps are, as points on the unit sphere; shape (points, 3), NaN where unknown."""

    customers: FloatArray
    reps: FloatArray

    def neighbourhoods(self, units: Units, some: IntArray, reps: IntArray) -> Iterator[Neighbourhood]:
        """Cut ``some`` units into neighbourhoods of at most :data:`CROWD`, and measure ``reps`` from each."""
        _, members, begin = units.expand(some)
        places = units.total(self.customers[members], begin)
        lost = np.isnan(places).any(axis=1)
        at_reps = self.reps[reps]
        for crowd in _crowds(places, np.flatnonzero(~lost)):
            index, members, begin = units.expand(some[crowd])
            points = self.customers[members]
            centre = points.mean(axis=0)
            length = float(np.linalg.norm(centre))
            centre = centre / length if length > 0 else points[0]
            strayed = units.total(_angle(points, centre), begin) / np.bincount(index)
            yield Neighbourhood(some[crowd], float(strayed.max()), _angle(at_reps, centre))
        unknown = np.full(len(reps), np.nan)
        for first in range(0, np.count_nonzero(lost), CROWD):
            yield Neighbourhood(some[np.flatnonzero(lost)[first : first + CROWD]], np.nan, unknown)


def read_map(listings: Listings) -> Map:
    """Put customers and reps on the unit sphere."""
    return Map(on_sphere(listings.customer_at), on_sphere(listings.rep_at))


def on_sphere(at: FloatArray) -> FloatArray:
    """Return unit vectors of points in degrees, shape (2, points); shape (points, 3)."""
    lat, lon = np.radians(at)
    return np.stack([np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)], axis=1)


def _angle(points: FloatArray, centre: FloatArray) -> FloatArray:
    """Return radians between points and a centre, by the chord, which is exact where they are close."""
    apart = points - centre
    angle: FloatArray = 2 * np.arcsin(np.minimum(np.sqrt((apart * apart).sum(axis=1)) / 2, 1.0))
    return angle


def _crowds(places: FloatArray, some: IntArray) -> Iterator[IntArray]:
    """Halve points along their longest side until no more than :data:`CROWD` are together."""
    waiting = [some] if len(some) else []
    while waiting:
        crowd = waiting.pop()
        if len(crowd) <= CROWD:
            yield crowd
            continue
        spots = places[crowd]
        side = int((spots.max(axis=0) - spots.min(axis=0)).argmax())
        middle = len(crowd) // 2
        order = np.argpartition(spots[:, side], middle)
        waiting += [crowd[order[middle:]], crowd[order[:middle]]]
