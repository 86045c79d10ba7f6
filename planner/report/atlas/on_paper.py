"""The map where nobody can click: before and after side by side, and below them what the colours mean."""

from __future__ import annotations

from typing import Any

import altair as alt
import numpy as np

from planner.report.atlas.owner_key import MOST_KEYED, Keyed, caption, key_list, numbers, spots_of
from planner.report.atlas.sheet import MOST_LEGEND, Sheet
from planner.report.drawing import specification

_PANEL_WIDTH, _BETWEEN = 420, 16


def maps_on_paper(sheet: Sheet) -> dict[str, Any]:
    """Return both maps with their key as a specification."""
    say, keyed = sheet.say, _keyed(sheet)
    is_numbered = len(sheet.hues) > MOST_LEGEND and len(keyed.reps) <= MOST_KEYED
    houses = [sheet.houses()] if len(sheet.homes) and not sheet.crowded else []
    panels, named = [], {**sheet.below, "owners": sheet.owners()}
    lookup = alt.LookupData(data=alt.NamedData(name="owners"), key="r", fields=["o", "c"])
    for key, owner, title in (("before", sheet.before, say("Before")), ("after", sheet.after, say("After"))):
        named[key] = [sheet.grains(owner)]
        points = (
            alt.Chart(alt.NamedData(name=key))
            .transform_flatten(["x", "y", "w"])
            .transform_lookup(lookup="w", from_=lookup)
            .mark_circle(size=max(6, sheet.size // 2), opacity=0.85)
            .encode(longitude="x:Q", latitude="y:Q", color=sheet.colour())
        )
        layers = [*sheet.ground(is_still=True), points, *houses]
        if is_numbered:
            homes = dict(zip(sheet.homes.tolist(), zip(sheet.home_lat, sheet.home_lon, strict=True), strict=True))
            homes = homes if houses else {}
            spots = spots_of(sheet.frame, (sheet.places.lat, sheet.places.lon, owner), homes, keyed.reps)
            marked = np.c_[sheet.frame.from_centre(sheet.home_lon), sheet.home_lat] if houses else np.zeros((0, 2))
            layers += numbers(sheet.frame, _PANEL_WIDTH, spots, marked)
        made = sheet.layered(layers, sheet.frame.projection)
        panels.append(made.properties(width=_PANEL_WIDTH, height=sheet.height(_PANEL_WIDTH), title=title))
    both = alt.hconcat(*panels, spacing=_BETWEEN)
    if len(sheet.hues) <= MOST_LEGEND or not len(keyed.reps):
        return specification(both, named)
    width = 2 * _PANEL_WIDTH + _BETWEEN
    told = say(
        "{count} reps own them: each colour stands for several, so that neighbours differ.",
        count=say.number(len(keyed.reps)),
    )
    below = key_list(keyed, width, say) if is_numbered else caption(told, width)
    return specification(alt.vconcat(both, below, spacing=12), named)


def _keyed(sheet: Sheet) -> Keyed:
    """Return who is drawn before or after, or whose house is."""
    owners = np.unique(np.concatenate([sheet.before, sheet.after, [] if sheet.crowded else sheet.homes]).astype(int))
    reps = owners[owners >= 0]
    called = {one["r"]: (one["o"], one["c"]) for one in sheet.owners()}
    shown = [called[owner] for owner in (*reps.tolist(), *owners[owners < 0][::-1].tolist())]
    return Keyed(reps, tuple(name for name, _ in shown), tuple(colour for _, colour in shown))
