"""Shapes below a map, made from what is on it: a net of meridians and parallels, and a soft patch for each region."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from scipy.spatial import ConvexHull, cKDTree

from models.names import Texts
from models.org import FloatArray, IntArray
from planner.report.atlas.frame import Frame
from planner.report.atlas.lettering import named

_ROUND = 16
_REACH = 0.018
"""A patch reaches beyond its customers by this part of the frame's width."""
_STRAY = 4.0
"""A customer so many times farther from its neighbours than is usual does not stretch its region."""
_DIGITS = 3
_HOUSE_WEIGHT = 3
"""A house is worse to write upon than a customer."""


def net(frame: Frame) -> list[dict[str, Any]]:
    """Return meridians and parallels as lines, each with a label where it enters the frame."""
    lines = []
    for lon in frame.meridians().tolist():
        lat = np.linspace(frame.south, frame.north, 25)
        lines.append(_line(frame, np.full(25, lon - frame.centre), lat))
    for parallel in frame.parallels().tolist():
        lon = np.linspace(frame.west, frame.east, 41)
        lines.append(_line(frame, lon, np.full(41, parallel)))
    return lines


def net_labels(frame: Frame) -> list[dict[str, Any]]:
    """Return what the lines of the net are called, and where: at the lower and at the left edge."""
    labels = []
    inset = 0.012
    for lon in frame.meridians().tolist():
        turned = lon - frame.centre
        if frame.west + 0.06 * (frame.east - frame.west) < turned < frame.east - 0.02 * (frame.east - frame.west):
            lat = frame.south + inset * (frame.north - frame.south)
            labels.append(_label(frame, turned, lat, _degrees((lon + 180) % 360 - 180, "E", "W"), "centre"))
    for lat in frame.parallels().tolist():
        if frame.south + 0.06 * (frame.north - frame.south) < lat < frame.north - 0.02 * (frame.north - frame.south):
            lon = frame.west + inset * (frame.east - frame.west)
            labels.append(_label(frame, lon, lat, _degrees(lat, "N", "S"), "left"))
    return labels


def edge(frame: Frame) -> dict[str, Any]:
    """Return the frame itself as a shape."""
    return polygon(frame, [frame.ring()])


def patches(
    frame: Frame, lat: FloatArray, lon: FloatArray, regions: Texts, homes: tuple[FloatArray, FloatArray]
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Return a soft patch around the customers of each region, and where the middle of its name goes.

    A label knows the place of its shape, counted from 1, whether it is ``first``, one of
    those for a narrow map, and where it stands ``inside`` the shape for who looks at that closely.
    ``regions`` has None for customers without one. The shapes are of the customers that are shown, of nobody else.
    """
    turned = frame.from_centre(lon)
    shapes, rings = [], []
    for region in sorted({region for region in regions if isinstance(region, str)}):
        mine = np.flatnonzero(regions == region)
        flat = np.c_[turned[mine] * frame.stretch, lat[mine]]
        flat = flat[_near(flat)]
        reach = _REACH * (frame.east - frame.west) * frame.stretch
        angles = np.linspace(0, 2 * np.pi, _ROUND, endpoint=False)
        circle = reach * np.c_[np.cos(angles), np.sin(angles)]
        around = (flat[:, None, :] + circle[None, :, :]).reshape(-1, 2)
        ring = around[ConvexHull(around).vertices]
        ring = np.c_[ring[:, 0] / frame.stretch, ring[:, 1]]
        inside = np.c_[
            np.clip(ring[:, 0], frame.west, frame.east),
            np.clip(ring[:, 1], frame.south, frame.north),
        ]
        shapes.append({**polygon(frame, [inside]), "properties": {"region": region}})
        rings.append((region, inside))
    houses = np.c_[frame.from_centre(homes[1]), homes[0]]
    points = np.concatenate([np.c_[turned, lat], *[houses] * _HOUSE_WEIGHT])
    places = {region: place for place, (region, _) in enumerate(rings, start=1)}
    return shapes, [
        {
            "region": one.name,
            "lon": _rounded(frame.on_globe(np.array([one.lon])))[0],
            "lat": round(one.lat, _DIGITS),
            "at": places[one.name],
            "first": one.is_first,
            "inside": _rounded(_middle(frame, rings[places[one.name] - 1][1])),
        }
        for one in named(frame, rings, points)
    ]


def polygon(frame: Frame, rings: Sequence[FloatArray]) -> dict[str, Any]:
    """Return rings (longitudes from the middle; the first the outer one) as a shape that charts fill inside.

    Charts take the outer ring clockwise and holes the other way round.
    """
    turned = []
    for place, ring in enumerate(rings):
        clockwise = _area(ring) < 0
        wanted = ring if clockwise == (place == 0) else ring[::-1]
        points = np.c_[frame.on_globe(wanted[:, 0]), wanted[:, 1]]
        points = np.concatenate([points, points[:1]])
        turned.append([_rounded(point) for point in points])
    return {"type": "Feature", "properties": {}, "geometry": {"type": "Polygon", "coordinates": turned}}


def _near(points: FloatArray) -> IntArray:
    """Return the positions of points that are not far away from all their neighbours."""
    if len(points) < 6:
        return np.arange(len(points))
    neighbours = min(4, len(points) - 1)
    distance = np.asarray(cKDTree(points).query(points, neighbours + 1)[0])[:, -1]
    usual = float(np.quantile(distance, 0.75))
    return np.flatnonzero(distance <= max(_STRAY * usual, 1e-9))


def _line(frame: Frame, lon: FloatArray, lat: FloatArray) -> dict[str, Any]:
    points = [_rounded(point) for point in np.c_[frame.on_globe(lon), lat]]
    return {"type": "Feature", "properties": {}, "geometry": {"type": "LineString", "coordinates": points}}


def _label(frame: Frame, lon: float, lat: float, text: str, side: str) -> dict[str, Any]:
    at = _rounded(frame.on_globe(np.array([lon])))[0]
    return {"lon": at, "lat": round(lat, _DIGITS), "text": text, "side": side}


def _degrees(value: float, positive: str, negative: str) -> str:
    return f"{abs(value):.6g}°{positive if value > 0 else negative if value < 0 else ''}"


def _middle(frame: Frame, ring: FloatArray) -> FloatArray:
    """Return the middle of a ring on the globe: longitude and latitude."""
    lon, lat = ring.mean(axis=0)
    return np.r_[frame.on_globe(np.array([lon])), lat]


def _area(ring: FloatArray) -> float:
    lon, lat = ring[:, 0], ring[:, 1]
    return float(np.sum(lon * np.roll(lat, -1) - np.roll(lon, -1) * lat) / 2)


def _rounded(values: FloatArray) -> list[float]:
    return [round(float(value), _DIGITS) for value in values]
