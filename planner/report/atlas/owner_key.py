"""The key of a map on paper: more owners than colours are numbered, on the map and in a list of names below it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import altair as alt
import numpy as np

from models.org import FloatArray, IntArray
from planner.language import Language
from planner.report.atlas.frame import Frame
from planner.report.drawing import letters_wide, rows

MOST_KEYED = 60
"""Of more owners than this no list is made: nobody would look up a number in it."""
_INK = "#1B1F24"
_HIGH, _DIGIT = 11, 6.5
"""Height of a number and width of a digit on the map, in pixels."""
_ROW, _LETTER, _AROUND = 16, 6.4, 44
"""Height of a row of the list, width of a letter, and what number, colour and gap take; in pixels."""
_AWAY = (
    *((0, -13), (14, 0), (-14, 0), (0, 13), (12, -11), (-12, -11), (12, 11), (-12, 11)),
    *((0, -24), (24, 0), (-24, 0), (0, 24), (20, -20), (-20, -20), (20, 20), (-20, 20)),
)
"""Where a number may stand beside what it is of, in pixels: the nearer the better."""


@dataclass(frozen=True)
class Keyed:
    """Owners that are drawn: reps in the order of their numbers from 1 on, then who is none of them."""

    reps: IntArray
    names: tuple[str, ...]
    colours: tuple[str, ...]


def numbers(frame: Frame, width: int, spots: FloatArray, marked: FloatArray) -> list[alt.Chart]:
    """Return numbers beside spots, so that they cover neither each other nor what is marked.

    Parameters
    ----------
    width
        Of the map, in pixels.
    spots : shape (owners, 2)
        Longitude from the middle of the frame, and latitude; NaN for an owner who is not on the map.
    marked : shape (marks, 2)
        Where houses stand.
    """
    pixel = (frame.east - frame.west) / width * np.array([1.0, -frame.stretch])
    flat = spots / pixel
    taken: list[tuple[float, float, float]] = [(x, y, 7.0) for x, y in (marked / pixel).tolist()]
    placed: dict[str, list[float | str]] = {"x": [], "y": [], "t": []}
    for at in sorted(range(len(flat)), key=lambda one: (flat[one, 1], flat[one, 0])):
        if not np.isfinite(flat[at]).all():
            continue
        text = str(at + 1)
        half = _DIGIT * len(text) / 2
        x, y = min((tuple(flat[at] + away) for away in _AWAY), key=lambda spot: _covered(spot[0], spot[1], half, taken))
        taken.append((x, y, half))
        lon, lat = np.array([x, y]) * pixel
        placed["x"].append(round(float(frame.on_globe(np.array([lon]))[0]), 4))
        placed["y"].append(round(float(lat), 4))
        placed["t"].append(text)
    base = alt.Chart(rows(placed))
    how: dict[str, Any] = {"fontSize": 10, "fontWeight": "bold", "baseline": "middle", "tooltip": None}
    looks: tuple[dict[str, Any], ...] = (
        {"stroke": "white", "strokeWidth": 3, "strokeJoin": "round", "color": "white"},
        {"color": _INK},
    )
    return [base.mark_text(**how, **look).encode(longitude="x:Q", latitude="y:Q", text="t:N") for look in looks]


def _covered(x: float, y: float, half: float, taken: Sequence[tuple[float, float, float]]) -> int:
    return sum(abs(x - a) < half + wide and abs(y - b) < _HIGH for a, b, wide in taken)


def spots_of(
    frame: Frame, owned: tuple[FloatArray, FloatArray, IntArray], homes: dict[int, tuple[float, float]], reps: IntArray
) -> FloatArray:
    """Return where each owner is numbered: at home, or else at the customer in the middle of the own ones.

    ``owned`` has latitude, longitude and owner of each customer.
    """
    lat, lon, owner = owned
    spots = np.full((len(reps), 2), np.nan)
    turned = frame.from_centre(lon)
    for place, rep in enumerate(reps.tolist()):
        if rep in homes:
            home_lat, home_lon = homes[rep]
            spots[place] = float(frame.from_centre(np.array([home_lon]))[0]), home_lat
            continue
        mine = np.flatnonzero(owner == rep)
        if len(mine):
            points = np.c_[turned[mine], lat[mine]]
            off = np.abs(points - np.median(points, axis=0)) * np.array([frame.stretch, 1.0])
            spots[place] = points[int(off.sum(axis=1).argmin())]
    return spots


def key_list(keyed: Keyed, width: int, say: Language) -> alt.LayerChart | alt.FacetChart:
    """Return the names of owners by number, each beside its colour, in as many columns as there is room for."""
    longest = max(letters_wide(name) for name in keyed.names)
    columns = max(1, min(len(keyed.names), int(width // min(longest * _LETTER + _AROUND, width / 2))))
    deep = math.ceil(len(keyed.names) / columns)
    at = np.arange(len(keyed.names))
    room = width / columns
    data = rows(
        {
            "x": at // deep * room,
            "y": at % deep * float(_ROW) + _ROW / 2,
            "t": np.array([str(one + 1) if one < len(keyed.reps) else "" for one in at], dtype=object),
            "o": np.array(keyed.names, dtype=object),
            "c": np.array(keyed.colours, dtype=object),
        }
    )
    base = alt.Chart(data)
    y = alt.Y("y:Q", axis=None, scale=alt.Scale(domain=[deep * _ROW, 0], nice=False, zero=False))
    x = alt.X("x:Q", axis=None, scale=alt.Scale(domain=[0, width], nice=False, zero=False))
    texts: dict[str, Any] = {"baseline": "middle", "fontSize": 11, "color": _INK}
    return alt.layer(
        base.mark_text(align="right", dx=16, fontWeight="bold", **texts).encode(x=x, y=y, text="t:N"),
        base.mark_circle(size=60, opacity=1, xOffset=25).encode(
            x=x, y=y, color=alt.Color(field="c", type="nominal", scale=None, legend=None)
        ),
        base.mark_text(align="left", dx=34, limit=room - _AROUND + 8, **texts).encode(x=x, y=y, text="o:N"),
    ).properties(
        width=width,
        height=deep * _ROW,
        view=alt.ViewBackground(stroke=None),
        title=alt.Title(say("Owners, by number and colour"), anchor="start", fontSize=12),
    )


def caption(text: str, width: int) -> alt.Chart:
    """Return a line below a map."""
    return (
        alt.Chart(rows({"t": np.array([text], dtype=object)}))
        .mark_text(align="left", baseline="middle", fontSize=11, color=_INK, limit=width)
        .encode(x=alt.value(0), y=alt.value(_ROW / 2), text="t:N")
        .properties(width=width, height=_ROW, view=alt.ViewBackground(stroke=None))
    )
