"""A sheet of the map: what is on it, and how each part is drawn, for the screen and for paper."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import altair as alt
import numpy as np

from models.names import Texts
from models.org import FloatArray, IntArray
from planner.report.atlas.basemap import shapes_of
from planner.report.atlas.colours import colours_of
from planner.report.atlas.frame import Frame, frame_of
from planner.report.atlas.shapes import edge, net, net_labels, patches
from planner.report.atlas.zoom import in_corner
from planner.report.drawing import STILL_WIDTH, rows
from planner.report.palette import LABEL, LAND, NOBODY, OTHERS, OWNERS
from planner.report.plan.brief import Brief, text_cells

MOST_NAMED = 20_000
"""Of more customers than this, only ids are told on the map: names would double its size."""
MOST_HOUSES = 100
"""Of more reps than this, only the house of the one picked is drawn."""
MOST_REGIONS = 40
MOST_LEGEND = 8
"""So many owners have a colour each, and a legend; more are numbered on paper."""
_HEIGHT_LIMITS = (320, 720)
_NARROW = 560
"""Below this width, in pixels, only names that have room are on the map."""
_GRAINS = 450
"""On paper, customers of one owner closer than the width of the map by this are one point."""
_HOUSE = "M-0.9,0.95L-0.9,-0.05L-1.25,-0.05L0,-1.2L1.25,-0.05L0.9,-0.05L0.9,0.95Z"
_NOBODY, _OTHERS = -1, -2
_DIGITS = 3
"""Decimals of a degree: about a hundred metres."""
Columns = dict[str, list[Any]]


@dataclass(frozen=True)
class Places:
    """Rows of the map: customers that have a place, each in one role."""

    at: IntArray
    lat: FloatArray
    lon: FloatArray


class Sheet:
    """A map in the making: what is on it, and how each part is drawn."""

    def __init__(self, brief: Brief, places: Places, basemap: Mapping[str, Any] | None) -> None:
        self.brief, self.say, self.places = brief, brief.say, places
        home_lat, home_lon = _homes(brief)
        lives = np.isfinite(home_lat) & np.isfinite(home_lon) & brief.evidence.reps["here"].to_numpy(bool)
        self.homes = np.flatnonzero(lives)
        self.home_lat, self.home_lon = home_lat[lives], home_lon[lives]
        self.frame: Frame = frame_of(np.r_[places.lat, self.home_lat], np.r_[places.lon, self.home_lon])
        self.before, self.after = _shown(brief.before[places.at]), _shown(brief.after[places.at])
        hues = colours_of(places.lat, places.lon, (self.before, self.after), len(brief.reps))
        self.hues = np.array([OWNERS[hue] for hue in hues], dtype=object)
        self.shapes = [] if basemap is None else shapes_of(basemap, self.frame)
        self.many = len(places.at) > MOST_NAMED
        self.crowded = len(self.homes) > MOST_HOUSES
        self.roles = brief.evidence.roles if brief.several_roles else ()
        self.size = 60 if len(places.at) <= 300 else 34 if len(places.at) <= 3000 else 16 if not self.many else 7

    # ---- data --------------------------------------------------------------------------------------------------

    @cached_property
    def below(self) -> dict[str, Any]:
        """Return the shapes below, by the names under which layers draw them."""
        named: dict[str, Any] = {"edge": [edge(self.frame)], "net": net(self.frame)}
        named["net_labels"] = net_labels(self.frame)
        for name, kind in (("basemap", "Polygon"), ("basemap_lines", "LineString")):
            shapes = [shape for shape in self.shapes if shape["geometry"]["type"] == kind]
            if shapes:
                named[name] = shapes
        regions = self.regions()
        if regions is not None:
            named["regions"], labels = regions
            at = np.array([label["inside"] for label in labels])
            corners = in_corner(
                self.frame, self.rings(named["regions"]), np.c_[self.frame.from_centre(at[:, 0]), at[:, 1]]
            )
            named["region_labels"] = [{**label, "under": under} for label, under in zip(labels, corners, strict=True)]
        return named

    def customers(self) -> Columns:
        """Return the customers column by column, which is lighter than row by row."""
        brief, at = self.brief, self.places.at
        table = brief.evidence.customers
        roles = {name: place for place, name in enumerate(self.roles)}
        columns: Columns = {
            "i": table["customer_id"].to_numpy(dtype=object)[at].tolist(),
            "y": np.round(self.places.lat, _DIGITS).tolist(),
            "x": np.round(self.places.lon, _DIGITS).tolist(),
            "b": self.before.tolist(),
            "a": self.after.tolist(),
        }
        if not self.many:
            columns["n"] = table["name"].to_numpy(dtype=object)[at].tolist()
        if self.roles:
            columns["k"] = [roles[role] for role in table["role"].to_numpy(dtype=object)[at]]
        return columns

    def grains(self, owner: IntArray) -> Columns:
        """Return the points of a map on paper: where customers of an owner are, each spot once."""
        shown = np.ones(len(owner), dtype=bool)
        if self.roles:
            shown = self.brief.evidence.customers["role"].to_numpy(dtype=object)[self.places.at] == self.roles[0]
        grain = (self.frame.east - self.frame.west) / _GRAINS
        across = np.round(self.places.lon[shown] / grain)
        along = np.round(self.places.lat[shown] / grain / self.frame.stretch)
        _, first = np.unique(np.c_[across, along, owner[shown]], axis=0, return_index=True)
        at = np.flatnonzero(shown)[np.sort(first)]
        digits = 2 if grain > 0.02 else 4
        return {
            "x": np.round(self.places.lon[at], digits).tolist(),
            "y": np.round(self.places.lat[at], digits).tolist(),
            "w": owner[at].tolist(),
        }

    def owners(self) -> list[dict[str, Any]]:
        """Return what each owner is called, with its colour."""
        named = [
            {"r": place, "o": name, "c": hue}
            for place, (name, hue) in enumerate(zip(self.brief.reps.tolist(), self.hues.tolist(), strict=True))
        ]
        nobody = {"r": _NOBODY, "o": self.say("nobody"), "c": NOBODY}
        return [*named, nobody, {"r": _OTHERS, "o": self.say("others"), "c": OTHERS}]

    def regions(self) -> tuple[list[dict[str, Any]], list[dict[str, Any]]] | None:
        """Return patches of regions and their labels; None where there are none, or too many."""
        table = self.brief.evidence.customers
        if "region" not in table:
            return None
        named: Texts = text_cells(table["region"].iloc[self.places.at])
        count = len({name for name in named if name is not None})
        if not 1 <= count <= MOST_REGIONS:
            return None
        return patches(self.frame, self.places.lat, self.places.lon, named, (self.home_lat, self.home_lon))

    # ---- layers ------------------------------------------------------------------------------------------------

    def ground(self, *, is_still: bool = False) -> list[alt.Chart]:
        """Return what lies below: the frame, the user's own base map, regions and the net."""
        line, area = {"filled": False, "stroke": LAND}, {"filled": True, "fill": LAND, "stroke": LAND}
        below = [_shape("edge", **area, fillOpacity=0.05, strokeOpacity=0.6, strokeWidth=1)]
        if "basemap" in self.below:
            below.append(_shape("basemap", **area, fillOpacity=0.16, strokeOpacity=0.8, strokeWidth=0.8))
        if "basemap_lines" in self.below:
            below.append(_shape("basemap_lines", **line, strokeOpacity=0.8, strokeWidth=0.8))
        if "regions" in self.below:
            below.append(_shape("regions", **area, fillOpacity=0.1, strokeOpacity=0.55, strokeDash=[4, 3]))
        below.append(_shape("net", **line, strokeOpacity=0.4, strokeWidth=0.6))
        labels = alt.Chart(alt.NamedData(name="net_labels"))
        sides: tuple[dict[str, Any], ...] = (
            {"side": "centre", "align": "center", "baseline": "bottom"},
            {"side": "left", "align": "left", "baseline": "middle"},
        )
        for side in sides:
            below.append(
                labels.transform_filter(alt.FieldEqualPredicate(field="side", equal=side.pop("side")))
                .mark_text(**side, fontSize=9, color=LABEL, tooltip=None)
                .encode(longitude="lon:Q", latitude="lat:Q", text="text:N")
            )
        return [*below, *self.letters(is_still=is_still)]

    def letters(self, *, is_still: bool) -> list[alt.Chart]:
        """Return the names of regions: on a narrow map those with room, and in the corner the one that is looked at."""
        if "regions" not in self.below:
            return []
        letters = alt.Chart(alt.NamedData(name="region_labels"))
        names = letters.mark_text(baseline="middle", fontSize=11, fontStyle="italic", color=LABEL, tooltip=None)
        names = names.encode(longitude="lon:Q", latitude="lat:Q", text="region:N")
        if is_still:
            return [names.transform_filter("datum.first")]
        with_room = f"datum.first || width >= {_NARROW}"
        if len(self.below["regions"]) < 2:
            return [names.encode(opacity=alt.condition(with_room, alt.value(1), alt.value(0)))]
        whole = names.encode(opacity=alt.condition(f"!near && ({with_room})", alt.value(1), alt.value(0)))
        nearer = (
            names.transform_calculate(x="datum.inside[0]", y="datum.inside[1]")
            .transform_filter("near && datum.at !== near && indexof(datum.under, near) < 0")
            .encode(longitude="x:Q", latitude="y:Q")
        )
        corner = (
            letters.transform_filter("datum.at === near")
            .mark_text(align="left", baseline="top", fontSize=14, fontWeight="bold", color=LABEL, tooltip=None)
            .encode(x=alt.value(10), y=alt.value(10), text="region:N")
        )
        return [whole, nearer, corner]

    def points(self) -> alt.Chart:
        """Return the customers, coloured by the owner before or after, whichever the reader asked for."""
        say = self.say
        owners = alt.NamedData(name="owners")
        name_only = alt.LookupData(data=owners, key="r", fields=["o"])
        columns = [*"iyxba", *([] if self.many else ["n"]), *(["k"] if self.roles else [])]
        chart = (
            alt.Chart(alt.NamedData(name="customers"))
            .transform_flatten(columns)
            .transform_calculate(who="view === 'before' ? datum.b : datum.a")
            .transform_lookup(lookup="who", from_=alt.LookupData(data=owners, key="r", fields=["o", "c"]))
            .transform_lookup(lookup="b", from_=name_only, as_=["ob"])
            .transform_lookup(lookup="a", from_=name_only, as_=["oa"])
        )
        if self.roles:
            chart = chart.transform_filter("datum.k === role")
        tips = [
            alt.Tooltip(field="i" if self.many else "n", type="nominal", title=say("Customer")),
            alt.Tooltip(field="ob", type="nominal", title=say("Before")),
            alt.Tooltip(field="oa", type="nominal", title=say("After")),
        ]
        return chart.mark_circle(size=self.size, opacity=0.85).encode(
            longitude="x:Q", latitude="y:Q", color=self.colour(), tooltip=tips
        )

    def colour(self) -> alt.Color:
        """Return how owners are coloured: with a legend where they are few."""
        if len(self.hues) > MOST_LEGEND:
            return alt.Color(field="c", type="nominal", scale=None, legend=None)
        drawn = {int(one) for owner in (self.before, self.after) for one in np.unique(owner)} | set(self.homes.tolist())
        shown = [one for one in self.owners() if one["r"] in drawn]
        return alt.Color(
            field="o",
            type="nominal",
            scale=alt.Scale(domain=[one["o"] for one in shown], range=[one["c"] for one in shown]),
            legend=alt.Legend(title=None, orient="top", symbolType="circle", symbolOpacity=1, columns=4),
        )

    def houses(self) -> alt.Chart:
        """Return where reps live."""
        data = rows(
            {
                "x": np.round(self.home_lon, 3),
                "y": np.round(self.home_lat, 3),
                "o": self.brief.reps[self.homes],
                "c": self.hues[self.homes],
            }
        )
        size = 110 if len(self.homes) <= 40 else 60
        return (
            alt.Chart(data)
            .mark_point(shape=_HOUSE, size=size, filled=True, stroke="white", strokeWidth=1.2, opacity=1)
            .encode(
                longitude="x:Q",
                latitude="y:Q",
                color=self.colour(),
                tooltip=[alt.Tooltip(field="o", type="nominal", title=self.say("Home of"))],
            )
        )

    # ---- size ---------------------------------------------------------------------------------------------------

    def rings(self, shapes: list[dict[str, Any]]) -> list[FloatArray]:
        """Return the edges of what can be looked at: the whole first, then each region."""
        edges = [np.array(shape["geometry"]["coordinates"][0]) for shape in shapes]
        return [self.frame.ring(), *(np.c_[self.frame.from_centre(edge[:, 0]), edge[:, 1]] for edge in edges)]

    def layered(self, layers: list[Any], projection: dict[str, Any]) -> alt.LayerChart | alt.FacetChart:
        """Return layers upon each other, flattened in one way."""
        return alt.layer(*(layer.project(**projection) for layer in layers))

    def height(self, width: int) -> int:
        """Return how high the map is at a width, in pixels."""
        low, high = _HEIGHT_LIMITS
        return int(np.clip(width * self.frame.shape, low * width / STILL_WIDTH, high))


def _shape(name: str, **look: Any) -> alt.Chart:
    return alt.Chart(alt.NamedData(name=name)).mark_geoshape(tooltip=None, **look)


def _shown(owners: IntArray) -> IntArray:
    """Return owners as they are drawn: reps by position, nobody, and all of whom nothing is said."""
    return np.where(owners >= 0, owners, np.where(owners == -1, _NOBODY, _OTHERS))


def _homes(brief: Brief) -> tuple[FloatArray, FloatArray]:
    table = brief.evidence.reps
    if "lat" not in table or "lon" not in table:
        blank = np.full(len(table), np.nan)
        return blank, blank
    return table["lat"].to_numpy(float), table["lon"].to_numpy(float)
