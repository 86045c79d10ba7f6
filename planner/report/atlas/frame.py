"""The frame of a map: which part of the globe it shows, turned and flattened so that it looks right there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from models.org import FloatArray

_MARGIN = 0.06
_LEAST_DEGREES = 0.04
"""No map shows less, so that one customer is not magnified to a street corner."""
_CITY, _WIDE, _TALL = 2.5, 150.0, 100.0
_STEPS = (0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 30.0)
_LINES = 6
_FARTHEST_LAT = 85.0


@dataclass(frozen=True)
class Frame:
    """A part of the globe; longitudes are counted from ``centre``, so that the antimeridian divides nothing.

    Attributes
    ----------
    centre : float
        The meridian in the middle, in degrees.
    west, east : float
        In degrees from ``centre``.
    south, north : float
        In degrees.
    """

    centre: float
    west: float
    east: float
    south: float
    north: float

    @property
    def stretch(self) -> float:
        """How much shorter a degree of longitude is than one of latitude, in the middle of the frame."""
        return float(np.cos(np.radians((self.south + self.north) / 2)))

    @property
    def shape(self) -> float:
        """Height of the frame as a part of its width."""
        return (self.north - self.south) / ((self.east - self.west) * self.stretch)

    @property
    def projection(self) -> dict[str, Any]:
        """Return how the globe is flattened: a cylinder for a city, a cone for a country, an oval for the world."""
        middle = (self.south + self.north) / 2
        turned = [-self.centre, 0, 0]
        if self.east - self.west > _WIDE or self.north - self.south > _TALL:
            return {"type": "equalEarth", "rotate": turned}
        if self.north - self.south < _CITY or abs(middle) < 12:
            return {"type": "mercator", "rotate": turned}
        sixth = (self.north - self.south) / 6
        return {
            "type": "conicEqualArea",
            "rotate": turned,
            "parallels": [round(self.south + sixth, 3), round(self.north - sixth, 3)],
        }

    def from_centre(self, lon: FloatArray) -> FloatArray:
        """Return longitudes counted from the middle, between -180 and 180."""
        turned: FloatArray = (lon - self.centre + 180.0) % 360.0 - 180.0
        return turned

    def on_globe(self, lon: FloatArray) -> FloatArray:
        """Return longitudes counted from the middle as they stand on a globe."""
        turned: FloatArray = (lon + self.centre + 180.0) % 360.0 - 180.0
        return turned

    def ring(self) -> FloatArray:
        """Return the edge of the frame, clockwise, densely enough to bend with the projection; shape (n, 2)."""
        steps = np.linspace(0, 1, 25)
        lon = self.west + (self.east - self.west) * steps
        lat = self.south + (self.north - self.south) * steps
        sides = [
            np.c_[np.full(25, self.west), lat],
            np.c_[lon, np.full(25, self.north)],
            np.c_[np.full(25, self.east), lat[::-1]],
            np.c_[lon[::-1], np.full(25, self.south)],
        ]
        return np.concatenate(sides)

    def meridians(self) -> FloatArray:
        """Return the longitudes (on the globe) of the net's lines."""
        return _round_values(self.west + self.centre, self.east + self.centre)

    def parallels(self) -> FloatArray:
        """Return the latitudes of the net's lines."""
        return _round_values(self.south, self.north)


def frame_of(lat: FloatArray, lon: FloatArray) -> Frame:
    """Return the frame that holds all points, given in degrees; at least one."""
    centre = _middle(lon)
    turned = (lon - centre + 180.0) % 360.0 - 180.0
    west, east, south, north = turned.min(), turned.max(), lat.min(), lat.max()
    least = _LEAST_DEGREES / 2
    stretch = max(float(np.cos(np.radians((south + north) / 2))), 0.1)
    # neither a thin strip: a row of customers has some land around it
    high = max((north - south) / 2, (east - west) * stretch / 2 * 0.35, least) * (1 + 2 * _MARGIN)
    wide = max((east - west) / 2, (north - south) / stretch / 2 * 0.6, least / stretch) * (1 + 2 * _MARGIN)
    across, along = (west + east) / 2, (south + north) / 2
    return Frame(
        float((centre + across + 180.0) % 360.0 - 180.0),
        float(-min(wide, 179.9)),
        float(min(wide, 179.9)),
        float(max(along - high, -_FARTHEST_LAT)),
        float(min(along + high, _FARTHEST_LAT)),
    )


def _middle(lon: FloatArray) -> float:
    """Return the meridian opposite the widest gap between points, so that they lie together on the map."""
    around = np.unique(np.round(lon % 360.0, 6))
    gaps = np.diff(np.append(around, around[0] + 360.0))
    widest = int(gaps.argmax())
    middle = around[widest] + gaps[widest] / 2 + 180.0
    return float((middle + 180.0) % 360.0 - 180.0)


def _round_values(low: float, high: float) -> FloatArray:
    step = next((one for one in _STEPS if (high - low) / one <= _LINES), _STEPS[-1])
    values: FloatArray = np.arange(np.ceil(low / step), np.floor(high / step) + 1) * step
    return values
