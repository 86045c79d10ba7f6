"""The map as a chart: customers coloured by owner, before or after, homes of reps, and shapes below."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import altair as alt
import numpy as np

from models.names import Texts
from models.org import BoolArray, FloatArray, IntArray
from planner.report.atlas.basemap import shapes_of
from planner.report.atlas.colours import colours_of
from planner.report.atlas.frame import Frame, frame_of
from planner.report.atlas.shapes import edge, net, net_labels, patches
from planner.report.blocks import Chart, Section
from planner.report.drawing import STILL_WIDTH, rows, specification
from planner.report.palette import LAND, NOBODY, OTHERS, OWNERS
from planner.report.plan.brief import Brief, text_cells

MOST_NAMED = 20_000
"""Of more customers than this, only ids are told on the map: names would double its size."""
MOST_LEGEND = 8
MOST_REGIONS = 40
_HEIGHT_LIMITS = (320, 720)
_HOUSE = "M-0.9,0.95L-0.9,-0.05L-1.25,-0.05L0,-1.2L1.25,-0.05L0.9,-0.05L0.9,0.95Z"
_NOBODY, _OTHERS = -1, -2


@dataclass(frozen=True)
class _Places:
    """Rows of the map: customers that have a place, each in one role."""

    at: IntArray
    lat: FloatArray
    lon: FloatArray


def map_section(brief: Brief, basemap: Mapping[str, Any] | None) -> Section | None:
    """Return the map; None where customers have no places."""
    say, table = brief.say, brief.evidence.customers
    if "lat" not in table or "lon" not in table:
        return None
    lat, lon = table["lat"].to_numpy(float), table["lon"].to_numpy(float)
    known = np.isfinite(lat) & np.isfinite(lon)
    if not known.any():
        return None
    at = np.flatnonzero(known)
    sheet = _Sheet(brief, _Places(at, lat[at], lon[at]), basemap)
    intro = say("Each point is a customer in the colour of its owner; houses are where reps live.")
    if not known.all():
        missing = int((~known).sum())
        intro += say.plural(missing, " {count} row has no place.", " {count} rows have no place.")
    return Section("map", say("Map"), (sheet.chart(),), intro)


class _Sheet:
    def __init__(self, brief: Brief, places: _Places, basemap: Mapping[str, Any] | None) -> None:
        self.brief, self.say, self.places = brief, brief.say, places
        home_lat, home_lon = _homes(brief)
        lives = np.isfinite(home_lat) & np.isfinite(home_lon)
        self.homes = np.flatnonzero(lives)
        self.home_lat, self.home_lon = home_lat[lives], home_lon[lives]
        self.frame: Frame = frame_of(np.r_[places.lat, self.home_lat], np.r_[places.lon, self.home_lon])
        self.before, self.after = _shown(brief.before[places.at]), _shown(brief.after[places.at])
        hues = colours_of(places.lat, places.lon, (self.before, self.after), len(brief.reps))
        self.hues = np.array([OWNERS[hue] for hue in hues], dtype=object)
        self.shapes = [] if basemap is None else shapes_of(basemap, self.frame)
        self.many = len(places.at) > MOST_NAMED
        self.roles = brief.evidence.roles if brief.several_roles else ()
        self.size = 60 if len(places.at) <= 300 else 34 if len(places.at) <= 3000 else 16 if not self.many else 7

    # ---- data --------------------------------------------------------------------------------------------------

    def customers(self) -> alt.InlineData:
        """Return a row of text for each customer; a blank owner after stands for the one before."""
        brief, at = self.brief, self.places.at
        table = brief.evidence.customers
        roles = {name: place for place, name in enumerate(self.roles)}
        columns = {
            "i": table["customer_id"].to_numpy(dtype=object)[at],
            "y": [f"{value:.3f}".rstrip("0").rstrip(".") for value in self.places.lat.tolist()],
            "x": [f"{value:.3f}".rstrip("0").rstrip(".") for value in self.places.lon.tolist()],
            "b": self.before.tolist(),
            "a": np.where(self.after == self.before, "", self.after.astype(str)).tolist(),
        }
        if not self.many:
            columns["n"] = table["name"].to_numpy(dtype=object)[at]
        if self.roles:
            columns["k"] = [roles[role] for role in table["role"].to_numpy(dtype=object)[at]]
        lines = [",".join(columns)]
        lines += [",".join(map(_cell, row)) for row in zip(*columns.values(), strict=True)]
        parse = {
            "i": "string",
            "n": "string",
            "x": "number",
            "y": "number",
            "b": "number",
            "a": "string",
            "k": "number",
        }
        form = alt.CsvDataFormat(type="csv", parse={key: kind for key, kind in parse.items() if key in columns})
        return alt.InlineData(values="\n".join(lines), format=form)

    def owners(self) -> list[dict[str, Any]]:
        """Return what each owner is called, with its colour."""
        named = [
            {"r": place, "o": name, "c": hue}
            for place, (name, hue) in enumerate(zip(self.brief.reps.tolist(), self.hues.tolist(), strict=True))
        ]
        nobody = {"r": _NOBODY, "o": self.say("nobody"), "c": NOBODY}
        return [*named, nobody, {"r": _OTHERS, "o": self.say("others"), "c": OTHERS}]

    # ---- layers ------------------------------------------------------------------------------------------------

    def ground(self) -> list[alt.Chart]:
        """Return what lies below: the frame, the user's own base map, regions and the net."""
        frame = self.frame
        below = [
            _shape(
                [edge(frame)], filled=True, fillOpacity=0.05, fill=LAND, stroke=LAND, strokeOpacity=0.6, strokeWidth=1
            )
        ]
        if self.shapes:
            below.append(
                _shape(
                    self.shapes,
                    filled=True,
                    fill=LAND,
                    fillOpacity=0.16,
                    stroke=LAND,
                    strokeOpacity=0.8,
                    strokeWidth=0.8,
                )
            )
        below.append(_shape(net(frame), filled=False, stroke=LAND, strokeOpacity=0.4, strokeWidth=0.6))
        labels = alt.Chart(alt.Data(values=net_labels(frame)))
        for side, align, baseline in (("centre", "center", "bottom"), ("left", "left", "middle")):
            below.append(
                labels.transform_filter(alt.FieldEqualPredicate(field="side", equal=side))
                .mark_text(align=align, baseline=baseline, fontSize=9, color=LAND)
                .encode(longitude="lon:Q", latitude="lat:Q", text="text:N")
            )
        regions = self.regions()
        if regions is not None:
            shapes, labels_of = regions
            below.insert(
                1 + bool(self.shapes),
                _shape(
                    shapes, filled=True, fill=LAND, fillOpacity=0.1, stroke=LAND, strokeOpacity=0.55, strokeDash=[4, 3]
                ),
            )
            below.append(
                alt.Chart(alt.Data(values=labels_of))
                .mark_text(baseline="middle", fontSize=11, fontStyle="italic", color=LAND)
                .encode(longitude="lon:Q", latitude="lat:Q", text="region:N")
            )
        return below

    def regions(self) -> tuple[list[dict[str, Any]], list[dict[str, Any]]] | None:
        """Return patches of regions and their labels; None where there are none, or too many."""
        table = self.brief.evidence.customers
        if "region" not in table:
            return None
        named: Texts = text_cells(table["region"].iloc[self.places.at])
        count = len({name for name in named if name is not None})
        if not 1 <= count <= MOST_REGIONS:
            return None
        return patches(self.frame, self.places.lat, self.places.lon, named)

    def points(self, owner: str, data: alt.InlineData) -> alt.Chart:
        """Return the customers, coloured by an owner: an expression that yields its number."""
        say = self.say
        owners = alt.Data(values=self.owners())
        lookup = alt.LookupData(data=owners, key="r", fields=["o", "c"])
        name_only = alt.LookupData(data=owners, key="r", fields=["o"])
        chart = (
            alt.Chart(data)
            .transform_calculate(a="datum.a === null || datum.a === '' ? datum.b : toNumber(datum.a)")
            .transform_calculate(w=owner, was="datum.b", now="datum.a")
            .transform_lookup(lookup="w", from_=lookup)
            .transform_lookup(lookup="was", from_=name_only, as_=["ob"])
            .transform_lookup(lookup="now", from_=name_only, as_=["oa"])
        )
        tips = [
            alt.Tooltip(field="i" if self.many else "n", type="nominal", title=say("Customer")),
            alt.Tooltip(field="ob", type="nominal", title=say("Before")),
            alt.Tooltip(field="oa", type="nominal", title=say("After")),
        ]
        return chart.mark_circle(size=self.size, opacity=0.85, stroke=None).encode(
            longitude="x:Q",
            latitude="y:Q",
            color=self.colour(),
            tooltip=tips,
        )

    def colour(self) -> alt.Color:
        """Return how owners are coloured: with a legend where they are few."""
        owners = self.owners()
        if len(self.hues) > MOST_LEGEND:
            return alt.Color(field="c", type="nominal", scale=None, legend=None)
        drawn = {int(one) for owner in (self.before, self.after) for one in np.unique(owner)} | set(self.homes.tolist())
        shown = [one for one in owners if one["r"] in drawn]
        return alt.Color(
            field="o",
            type="nominal",
            scale=alt.Scale(domain=[one["o"] for one in shown], range=[one["c"] for one in shown]),
            legend=alt.Legend(title=None, orient="top", symbolType="circle", symbolOpacity=1, columns=4),
        )

    def houses(self) -> alt.Chart:
        """Return where reps live."""
        here = self.brief.evidence.reps["here"].to_numpy(bool)[self.homes]
        data = rows(
            {
                "x": np.round(self.home_lon, 3),
                "y": np.round(self.home_lat, 3),
                "o": self.brief.reps[self.homes],
                "c": self.hues[self.homes],
                "here": here,
            }
        )
        tips = [alt.Tooltip(field="o", type="nominal", title=self.say("Home of"))]
        return (
            alt.Chart(data)
            .mark_point(shape=_HOUSE, size=110, filled=True, stroke="white", strokeWidth=1.2, opacity=1)
            .encode(
                longitude="x:Q",
                latitude="y:Q",
                color=self.colour(),
                tooltip=tips,
            )
        )

    # ---- charts ------------------------------------------------------------------------------------------------

    def chart(self) -> Chart:
        """Return the map to be switched, and for paper two maps side by side."""
        say, data = self.say, self.customers()
        view = alt.param(
            name="view",
            value="after",
            bind=alt.binding_radio(
                options=["before", "after"], labels=[say("Before"), say("After")], name=say("Owners") + " "
            ),
        )
        names = self.brief.reps.tolist()
        picked = alt.selection_point(
            name="picked",
            fields=["o"],
            on="click",
            clear="dblclick",
            bind=alt.binding_select(options=[None, *names], labels=[say("all"), *names], name=say("Rep") + " "),
        )
        points = self.points("view === 'before' ? datum.b : datum.a", data)
        points = points.encode(opacity=alt.when(picked).then(alt.value(0.9)).otherwise(alt.value(0.06)))
        points = points.add_params(picked)
        houses = self.houses().encode(opacity=alt.when(picked).then(alt.value(1)).otherwise(alt.value(0.12)))
        params = [view]
        if self.roles:
            role = alt.param(
                name="role",
                value=0,
                bind=alt.binding_select(
                    options=list(range(len(self.roles))), labels=list(self.roles), name=say("Role") + " "
                ),
            )
            params.append(role)
            points = points.transform_filter("datum.k === role")
        layers = [*self.ground(), points, *([houses] if len(self.homes) else [])]
        whole = self._layered(layers).properties(height=self._height(STILL_WIDTH)).add_params(*params)
        spec = {**specification(whole), "width": "container"}
        if self.many:
            spec["usermeta"] = {"embedOptions": {"renderer": "canvas"}}
        return Chart("map", say("Customers by owner"), spec, self._finding(), self._note(), self._still(data))

    def _still(self, data: alt.InlineData) -> dict[str, Any]:
        say = self.say
        panels = []
        wide = STILL_WIDTH // 2 + 60
        for owner, title in (("datum.b", say("Before")), ("datum.a", say("After"))):
            points = self.points(owner, data)
            if self.roles:
                points = points.transform_filter("datum.k === 0")
            layers = [*self.ground(), points, *([self.houses()] if len(self.homes) else [])]
            panels.append(self._layered(layers).properties(width=wide, height=self._height(wide), title=title))
        return specification(alt.hconcat(*panels, spacing=16))

    def _layered(self, layers: list[alt.Chart]) -> alt.LayerChart:
        return alt.layer(*(layer.project(**self.frame.projection) for layer in layers))

    def _height(self, width: int) -> int:
        low, high = _HEIGHT_LIMITS
        return int(np.clip(width * self.frame.shape, low * width / STILL_WIDTH, high))

    def _finding(self) -> str:
        say = self.say
        changed: BoolArray = self.before != self.after
        return say(
            "Of {all} customers on the map, {count} have another owner after the plan; {owners} reps own them.",
            all=say.number(len(self.before)),
            count=say.number(int(changed.sum())),
            owners=say.number(len(set(self.after[self.after >= 0].tolist()))),
        )

    def _note(self) -> str:
        say = self.say
        note = say("Neighbouring reps differ in colour as far as eight colours go; pick one to see the own customers.")
        if self.many:
            note += say(" Places are rounded to about a hundred metres.")
        return note


def _shape(features: list[dict[str, Any]], **look: Any) -> alt.Chart:
    return alt.Chart(alt.Data(values=features)).mark_geoshape(tooltip=None, **look)


def _shown(owners: IntArray) -> IntArray:
    """Return owners as they are drawn: reps by position, nobody, and all of whom nothing is said."""
    return np.where(owners >= 0, owners, np.where(owners == -1, _NOBODY, _OTHERS))


def _homes(brief: Brief) -> tuple[FloatArray, FloatArray]:
    table = brief.evidence.reps
    if "lat" not in table or "lon" not in table:
        blank = np.full(len(table), np.nan)
        return blank, blank
    return table["lat"].to_numpy(float), table["lon"].to_numpy(float)


def _cell(value: object) -> str:
    """Return a cell of a row of text."""
    text = str(value)
    if any(mark in text for mark in ',"\n\r'):
        return '"' + text.replace('"', '""') + '"'
    return text
