"""The user's own base map: geometry from a GeoJSON file, checked, cut to the frame, and nothing else of it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from models.findings import Finding, InputRefused, Place
from models.org import FloatArray
from planner.report.atlas.frame import Frame
from planner.report.atlas.shapes import polygon

MOST_BYTES = 8_000_000
MOST_POINTS = 200_000
_DEPTH = 8
_KINDS = ("Point", "MultiPoint", "LineString", "MultiLineString", "Polygon", "MultiPolygon", "GeometryCollection")


def read_basemap(path: Path) -> Mapping[str, Any]:
    """Read a GeoJSON file.

    Raises
    ------
    InputRefused
        When it cannot be read, is too large, or is no GeoJSON with lines or areas in degrees.
    """
    place = Place(file=str(path))
    try:
        if path.stat().st_size > MOST_BYTES:
            found = f"{path.stat().st_size / 1e6:,.1f} MB"
            raise _refused(place, "The base map is too large", found, f"at most {MOST_BYTES / 1e6:,.0f} MB")
        document = json.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise _refused(place, "The base map cannot be read", error.strerror) from error
    except (ValueError, RecursionError) as error:
        raise _refused(place, "The base map is not JSON", str(error).splitlines()[0]) from error
    try:
        rings = list(_geometries(document))
        points = sum(len(line) for _, lines in rings for line in lines)
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise _refused(
            place, "The base map is not GeoJSON", str(error).splitlines()[0] if str(error) else None
        ) from error
    if not rings:
        raise _refused(place, "The base map has no lines and no areas", None, "lines or polygons in degrees")
    if points > MOST_POINTS:
        raise _refused(place, "The base map is too detailed", f"{points:,} points", f"at most {MOST_POINTS:,}")
    return dict(document)


def shapes_of(document: Mapping[str, Any], frame: Frame) -> list[dict[str, Any]]:
    """Return lines and areas of a GeoJSON document inside a frame; names and all other properties stay behind."""
    shapes = []
    for kind, lines in _geometries(document):
        turned = [np.c_[_unbroken(frame.from_centre(line[:, 0])), line[:, 1]] for line in lines]
        if kind == "area":
            for shift in (-360.0, 0.0, 360.0):
                rings = [_cut(ring + np.array([shift, 0.0]), frame) for ring in turned]
                if len(rings[0]) >= 3:
                    shapes.append(polygon(frame, [ring for ring in rings if len(ring) >= 3]))
        else:
            for part in (part for line in turned for part in _inside(line, frame)):
                points = np.c_[frame.on_globe(part[:, 0]), part[:, 1]].round(3).tolist()
                shapes.append(
                    {"type": "Feature", "properties": {}, "geometry": {"type": "LineString", "coordinates": points}}
                )
    return shapes


def _geometries(document: object, depth: int = 0) -> Iterator[tuple[str, list[FloatArray]]]:
    """Yield areas (rings) and lines of a document."""
    if depth > _DEPTH:
        raise ValueError("nested too deeply")
    if not isinstance(document, Mapping):
        raise ValueError("expected an object with a 'type'")
    kind = document.get("type")
    if kind == "FeatureCollection":
        for feature in document["features"]:
            yield from _geometries(feature, depth + 1)
    elif kind == "Feature":
        if document.get("geometry") is not None:
            yield from _geometries(document["geometry"], depth + 1)
    elif kind == "GeometryCollection":
        for one in document["geometries"]:
            yield from _geometries(one, depth + 1)
    elif kind == "Polygon":
        yield "area", [_line(ring, 3) for ring in document["coordinates"]]
    elif kind == "MultiPolygon":
        for one in document["coordinates"]:
            yield "area", [_line(ring, 3) for ring in one]
    elif kind == "LineString":
        yield "line", [_line(document["coordinates"], 2)]
    elif kind == "MultiLineString":
        yield "line", [_line(one, 2) for one in document["coordinates"]]
    elif kind not in _KINDS:
        raise ValueError(f"type {kind!r}")


def _line(points: object, least: int) -> FloatArray:
    if not isinstance(points, list) or len(points) < least:
        raise ValueError(f"a line of fewer than {least} points")
    line = np.array([point[:2] for point in points], dtype=float)
    if line.ndim != 2 or line.shape[1] != 2 or not np.isfinite(line).all():
        raise ValueError("a point that is not two numbers")
    if (np.abs(line[:, 0]) > 360).any() or (np.abs(line[:, 1]) > 90.001).any():
        raise ValueError("coordinates that are not degrees")
    return line


def _unbroken(lon: FloatArray) -> FloatArray:
    """Return longitudes without leaps of a whole turn."""
    unwrapped: FloatArray = np.unwrap(lon, period=360.0)
    return unwrapped


def _cut(ring: FloatArray, frame: Frame) -> FloatArray:
    """Return a ring cut to the frame, side by side (Sutherland and Hodgman, 1974, doi:10.1145/360767.360802)."""
    for axis, limit, sign in ((0, frame.west, 1), (0, frame.east, -1), (1, frame.south, 1), (1, frame.north, -1)):
        if not len(ring):
            return ring
        inside = sign * (ring[:, axis] - limit) >= 0
        if inside.all():
            continue
        kept = []
        for here, there, h, t in zip(ring, np.roll(ring, -1, axis=0), inside, np.roll(inside, -1), strict=True):
            if h:
                kept.append(here)
            if h != t:
                kept.append(here + (limit - here[axis]) / (there[axis] - here[axis]) * (there - here))
        ring = np.array(kept).reshape(-1, 2)
    return ring


def _inside(line: FloatArray, frame: Frame) -> list[FloatArray]:
    """Return the stretches of a line whose points lie inside the frame."""
    parts = []
    for shift in (-360.0, 0.0, 360.0):
        lon, lat = line[:, 0] + shift, line[:, 1]
        within = (lon >= frame.west) & (lon <= frame.east) & (lat >= frame.south) & (lat <= frame.north)
        breaks = np.flatnonzero(np.diff(within.astype(int))) + 1
        for part, flag in zip(np.split(np.c_[lon, lat], breaks), np.split(within, breaks), strict=True):
            if flag[0] and len(part) >= 2:
                parts.append(part)
    return parts


def _refused(place: Place, title: str, found: str | None, expected: str | None = None) -> InputRefused:
    hint = "Try a GeoJSON file of outlines, simplified to what a page needs"
    return InputRefused([Finding("TP571", title, place, found=found, expected=expected, hint=hint)])
