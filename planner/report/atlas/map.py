"""The map as a chart: customers coloured by owner, before or after, homes of reps, and shapes below."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import altair as alt
import numpy as np

from models.org import BoolArray
from planner.report.atlas.on_paper import maps_on_paper
from planner.report.atlas.sheet import Places, Sheet
from planner.report.atlas.zoom import zooming
from planner.report.blocks import Chart, Section
from planner.report.drawing import STILL_WIDTH, specification
from planner.report.plan.brief import Brief


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
    sheet = Sheet(brief, Places(at, lat[at], lon[at]), basemap)
    intro = say("Each point is a customer in the colour of its owner; houses are where reps live.")
    if not known.all():
        missing = int((~known).sum())
        intro += say.plural(missing, " {count} row has no place.", " {count} rows have no place.")
    return Section("map", say("Map"), (_chart(sheet),), intro)


def _chart(sheet: Sheet) -> Chart:
    """Return the map to be switched, and for paper two maps side by side."""
    say = sheet.say
    labels = [say("Before"), say("After")]
    radio = alt.binding_radio(options=["before", "after"], labels=labels, name=say("Owners") + " ")
    params: list[alt.Parameter] = [alt.param(name="view", value="after", bind=radio)]
    if sheet.roles:
        places = list(range(len(sheet.roles)))
        choice = alt.binding_select(options=places, labels=list(sheet.roles), name=say("Role") + " ")
        params.append(alt.param(name="role", value=0, bind=choice))
    names = sheet.brief.reps.tolist()
    picked = alt.selection_point(
        name="picked",
        fields=["o"],
        on="click",
        clear="dblclick",
        bind=alt.binding_select(options=[None, *names], labels=[say("all"), *names], name=say("Rep") + " "),
    )
    points = sheet.points().add_params(picked)
    points = points.encode(opacity=alt.when(picked).then(alt.value(0.9)).otherwise(alt.value(0.06)))
    layers = [*sheet.ground(), points]
    if len(sheet.homes):
        only = alt.when(picked, empty=not sheet.crowded)
        faint = 0 if sheet.crowded else 0.12
        layers.append(sheet.houses().encode(opacity=only.then(alt.value(1)).otherwise(alt.value(faint))))
    projection, sizes = _zoom(sheet, params)
    whole = sheet.layered(layers, projection).properties(height=sheet.height(STILL_WIDTH)).add_params(*params)
    named = {**sheet.below, "customers": [sheet.customers()], "owners": sheet.owners()}
    spec = {**specification(whole, named), "width": "container"}
    spec["params"] = [*spec.get("params", []), *sizes]
    if sheet.many:
        spec["usermeta"] = {"embedOptions": {"renderer": "canvas"}}
    return Chart("map", say("Customers by owner"), spec, _finding(sheet), _note(sheet), maps_on_paper(sheet))


def _zoom(sheet: Sheet, params: list[alt.Parameter]) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Return how the globe is flattened, nearer to a region if the reader wishes so."""
    shapes = sheet.below.get("regions", [])
    if len(shapes) < 2:
        return sheet.frame.projection, []
    rings = sheet.rings(shapes)
    names = [shape["properties"]["region"] for shape in shapes]
    choice = alt.binding_select(
        options=list(range(len(rings))), labels=[sheet.say("all"), *names], name=sheet.say("Show") + " "
    )
    params.append(alt.param(name="near", value=0, bind=choice))
    return zooming(sheet.frame, rings)


def _finding(sheet: Sheet) -> str:
    say = sheet.say
    changed: BoolArray = sheet.before != sheet.after
    return say.plural(
        len(set(sheet.after[sheet.after >= 0].tolist())),
        "Customers on the map: {all}, of them with another owner after the plan: {changed}; {count} rep owns them.",
        "Customers on the map: {all}, of them with another owner after the plan: {changed}; {count} reps own them.",
        all=say.number(len(sheet.before)),
        changed=say.number(int(changed.sum())),
    )


def _note(sheet: Sheet) -> str:
    say = sheet.say
    note = say("Neighbouring reps differ in colour as far as eight colours go; pick one to see the own customers.")
    if sheet.crowded:
        note += say(" Houses are drawn for the rep that is picked.")
    if sheet.many:
        note += say(" Places are rounded to about a hundred metres.")
    return note
