"""Lettering: where the names of regions stand on a map, so that they cover neither each other nor many customers."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from models.org import FloatArray
from planner.report.atlas.frame import Frame

_LETTER, _LINE = 0.0125, 0.03
"""Width of a letter and height of a line as parts of the width of the frame."""
_LARGE = 2.1
"""On a narrow map, letters are so many times as large a part of it."""
_OVERLAP = 1000.0
_AWAY = 0.4
_ASTRAY = 60.0
"""A name in the patch of another region would be taken for its name."""
_Box = tuple[float, float, float, float]


@dataclass(frozen=True)
class Lettered:
    """Where a name stands: its middle, as longitude from the middle of the frame and latitude.

    ``is_first`` is true of those that still overlap no other where letters are twice as large a part of the map: on a
    phone, or two maps abreast.
    """

    name: str
    lon: float
    lat: float
    is_first: bool


def named(frame: Frame, rings: Sequence[tuple[str, FloatArray]], points: FloatArray) -> list[Lettered]:
    """Return where each name stands.

    Each takes the place, above, below, beside or in its region, that covers least. Who chooses first decides much: the
    largest regions, the smallest, and from north to south are tried, and what is best in all is kept.
    """
    width = (frame.east - frame.west) * frame.stretch
    flat = points * np.array([frame.stretch, 1.0])
    edges = {name: ring * np.array([frame.stretch, 1.0]) for name, ring in rings}
    spread = {name: float(np.ptp(ring[:, 0]) * np.ptp(ring[:, 1])) for name, ring in rings}
    orders = (
        sorted(edges, key=lambda name: -spread[name]),
        sorted(edges, key=lambda name: spread[name]),
        sorted(edges, key=lambda name: -float(edges[name][:, 1].mean())),
    )
    tried = [_placed(frame, width, {name: edges[name] for name in order}, flat) for order in orders]
    best, _ = min(tried, key=lambda one: one[1])
    large: list[_Box] = []
    placed = []
    for name in orders[0]:
        x, y = best[name]
        twice = _box(x, y, _LARGE * _letters(name) * _LETTER * width, _LARGE * _LINE * width)
        is_first = not _overlaps(twice, large)
        large += [twice] if is_first else []
        placed.append(Lettered(name, x / frame.stretch, y, is_first))
    return placed


def _placed(
    frame: Frame, width: float, edges: Mapping[str, FloatArray], points: FloatArray
) -> tuple[dict[str, tuple[float, float]], float]:
    """Return the places that names take when they choose in this order, and how bad they are in all."""
    taken: list[_Box] = []
    places, total = {}, 0.0
    for name, edge in edges.items():
        wide, high = _letters(name) * _LETTER * width, _LINE * width
        strange = [other for whose, other in edges.items() if whose != name]
        spots = _choices(edge, wide, high)
        costs = [
            _covers(frame, at, wide, high, taken, points)
            + _AWAY * at[2]
            + _ASTRAY * max(_astray(edge, strange, at, wide), _nearer(edge, strange, at))
            for at in spots
        ]
        x, y, _ = spots[int(np.argmin(costs))]
        taken.append(_box(x, y, wide, high))
        places[name], total = (x, y), total + min(costs)
    return places, total


def _box(x: float, y: float, wide: float, high: float) -> _Box:
    return x - wide / 2, x + wide / 2, y - high / 2, y + high / 2


def _overlaps(box: _Box, others: Sequence[_Box]) -> int:
    """Return how many of some boxes (west, east, south, north) another one overlaps."""
    west, east, south, north = box
    return sum(west < b and east > a and south < d and north > c for a, b, c, d in others)


def _choices(edge: FloatArray, wide: float, high: float) -> list[tuple[float, float, int]]:
    west, south = edge.min(axis=0)
    east, north = edge.max(axis=0)
    middle, level = edge.mean(axis=0)
    above, below = north + 0.6 * high, south - 0.6 * high
    spots = [(middle, above), (middle, below), (middle, level)]
    spots += [(x, y) for y in (above, below) for x in (west + wide / 2, east - wide / 2)]
    spots += [(x, y) for x in (west - 0.6 * wide, east + 0.6 * wide) for y in (level, north, south)]
    spots += [(middle, above + high), (middle, below - high)]
    return [(float(x), float(y), rank) for rank, (x, y) in enumerate(spots)]


def _covers(
    frame: Frame,
    at: tuple[float, float, int],
    wide: float,
    high: float,
    taken: Sequence[_Box],
    points: FloatArray,
) -> float:
    """Return how bad a place is: names it overlaps, then customers it covers; past the edge is worst."""
    west, east, south, north = box = _box(at[0], at[1], wide, high)
    margin = 0.5 * high
    outside = (
        west < frame.west * frame.stretch + margin
        or east > frame.east * frame.stretch - margin
        or south < frame.south + margin
        or north > frame.north - margin
    )
    overlaps = _overlaps(box, taken)
    covered = (points[:, 0] > west) & (points[:, 0] < east) & (points[:, 1] > south) & (points[:, 1] < north)
    return 5 * _OVERLAP * outside + _OVERLAP * overlaps + 2 * float(np.sqrt(covered.sum()))


def _astray(edge: FloatArray, strange: Sequence[FloatArray], at: tuple[float, float, int], wide: float) -> float:
    """Return how much of a name, at its middle and both ends, lies in others' patches and not in the own one."""
    ends = [(at[0] + part * wide, at[1]) for part in (-0.45, 0.0, 0.45)]
    return sum(not _inside(edge, *end) and any(_inside(other, *end) for other in strange) for end in ends) / 3


def _nearer(edge: FloatArray, strange: Sequence[FloatArray], at: tuple[float, float, int]) -> float:
    """Return 1 where the middle of a name is nearer to another region than to its own, else 0."""
    if not strange:
        return 0.0
    own = _distance(edge, at[0], at[1])
    return float(own > 0 and min(_distance(other, at[0], at[1]) for other in strange) < own)


def _distance(ring: FloatArray, x: float, y: float) -> float:
    """Return how far a spot is from a ring without dents, 0 inside."""
    if _inside(ring, x, y):
        return 0.0
    spot, side = np.array([x, y]) - ring, np.roll(ring, -1, axis=0) - ring
    part = np.clip((spot * side).sum(axis=1) / np.maximum((side**2).sum(axis=1), 1e-12), 0.0, 1.0)
    return float(np.sqrt(((spot - part[:, None] * side) ** 2).sum(axis=1)).min())


def _inside(ring: FloatArray, x: float, y: float) -> bool:
    """Tell whether a spot lies in a ring without dents, whichever way round it goes."""
    side = np.roll(ring, -1, axis=0) - ring
    turn = side[:, 0] * (y - ring[:, 1]) - side[:, 1] * (x - ring[:, 0])
    return bool((turn >= 0).all() or (turn <= 0).all())


def _letters(text: str) -> float:
    """Return the width of a text in letters; Chinese signs are two wide."""
    return float(sum(1.7 if unicodedata.east_asian_width(letter) in "WF" else 1.0 for letter in text))
