"""Zoom: how a reader comes nearer to a region; for that, where the projection puts it is worked out beforehand.

The formulas are those that charts use (J. P. Snyder, Map Projections: A Working Manual, 1987, chapters 7 and 14;
B. Šavrič, T. Patterson and B. Jenny, The Equal Earth map projection, 2019, doi:10.1080/13658816.2018.1504949).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from models.org import FloatArray
from planner.report.atlas.frame import Frame

_EQUAL_EARTH = (1.340264, -0.081106, 0.000893, 0.003796)
_CORNER = (0.34, 0.13)
"""Parts of width and height that the name of what is shown may take."""
_EDGE = 6
"""Pixels around what is shown."""


def flattened(frame: Frame, ring: FloatArray) -> FloatArray:
    """Return points (longitude from the middle of the frame and latitude, in degrees) on the plane, y upwards."""
    projection = frame.projection
    lon, lat = np.radians(ring).T
    if projection["type"] == "mercator":
        flat = np.c_[lon, np.log(np.tan(np.pi / 4 + lat / 2))]
    elif projection["type"] == "equalEarth":
        a1, a2, a3, a4 = _EQUAL_EARTH
        angle = np.arcsin(np.sqrt(3) / 2 * np.sin(lat))
        square = angle**2
        sixth = square**3
        slope = a1 + 3 * a2 * square + sixth * (7 * a3 + 9 * a4 * square)
        x = 2 * np.sqrt(3) / 3 * lon * np.cos(angle) / slope
        flat = np.c_[x, angle * (a1 + a2 * square + sixth * (a3 + a4 * square))]
    else:
        first, second = np.sin(np.radians(projection["parallels"]))
        cone = (first + second) / 2
        size = 1 + first * (2 * cone - first)
        radius = np.sqrt(np.maximum(size - 2 * cone * np.sin(lat), 0)) / cone
        flat = np.c_[radius * np.sin(cone * lon), np.sqrt(size) / cone - radius * np.cos(cone * lon)]
    return np.asarray(flat, dtype=float)


def zooming(frame: Frame, rings: Sequence[FloatArray]) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Return a projection that shows whichever of some rings is chosen, and the values that its size depends on.

    The value ``near`` is the place of the ring among ``rings``; the first one is the whole.
    """
    boxes = [_box(flattened(frame, ring)) for ring in rings]
    wide, high, x, y = ([round(float(value), 7) for value in side] for side in np.array(boxes).T)
    scale = f"min((width - {2 * _EDGE}) / {wide}[near], (height - {2 * _EDGE}) / {high}[near])"
    shift = f"[width / 2 - mapScale * {x}[near], height / 2 + mapScale * {y}[near]]"
    values = [{"name": "mapScale", "expr": scale}, {"name": "mapShift", "expr": shift}]
    projection = {
        **frame.projection,
        "center": [0, 0],
        "scale": {"expr": "mapScale"},
        "translate": {"expr": "mapShift"},
    }
    return projection, values


def in_corner(frame: Frame, rings: Sequence[FloatArray], points: FloatArray) -> list[list[int]]:
    """Return, for each of some points, the places of the rings that put it where the name of what is shown stands."""
    spots = flattened(frame, points)
    corners: list[list[int]] = [[] for _ in spots]
    for place, ring in enumerate(rings[1:], start=1):
        wide, high, x, y = _box(flattened(frame, ring))
        width = max(wide, high / frame.shape)
        across = (spots[:, 0] - x) / width + 0.5
        down = 0.5 - (spots[:, 1] - y) / (width * frame.shape)
        for spot in np.flatnonzero((across < _CORNER[0]) & (down < _CORNER[1])):
            corners[int(spot)].append(place)
    return corners


def _box(flat: FloatArray) -> tuple[float, float, float, float]:
    """Return width, height and the middle of points."""
    (west, south), (east, north) = flat.min(axis=0), flat.max(axis=0)
    return east - west, north - south, (west + east) / 2, (south + north) / 2
