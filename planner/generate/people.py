"""The reps of a made-up org: where they sit, what they cover and know, and how much of them there is."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from models.org import BoolArray, FloatArray, IntArray, Period
from planner.generate.geography import Geography
from planner.generate.words import Words

SENIOR = 3
"""Seniority from which a rep may own a strategic customer."""
MOST_LEVEL = 4
REPS_PER_TEAM = 7

_STAFFED, _NEW, _LEFT, _ON_LEAVE = range(4)


@dataclass(frozen=True)
class Roster:
    """The reps, by position. ``covers`` has shape (reps, leaves), ``level`` (reps, industries).

    ``here`` is the part of the period that the rep is at work (a new hire's ramp included); ``gone_ids`` are ids of
    people who have left the roster altogether.
    """

    rep_id: list[str]
    gone_ids: list[str]
    lat: FloatArray
    lon: FloatArray
    covers: BoolArray
    level: IntArray
    seniority: IntArray
    share: FloatArray
    here: FloatArray
    kind: IntArray
    anywhere: bool
    columns: dict[str, object] = field(repr=False)

    def __len__(self) -> int:
        """Number of reps on the roster."""
        return len(self.rep_id)

    @property
    def owns_today(self) -> BoolArray:
        """Who has a book today: everybody but new hires."""
        return self.kind != _NEW

    @property
    def stays(self) -> BoolArray:
        """Who can own customers in the period: everybody who has not left."""
        return self.kind != _LEFT

    def table(self, capacity_hours: FloatArray, max_customers: IntArray) -> pd.DataFrame:
        """The table of reps with the capacities found for them."""
        return pd.DataFrame(
            {
                **self.columns,
                "capacity_workload_hours": capacity_hours,
                "max_customers": max_customers,
            }
        )


def hire(rng: np.random.Generator, geography: Geography, words: Words, period: Period, reps: int) -> Roster:
    """Draw a roster of ``reps`` people.

    Few reps cover whole parent regions, very few cover everything, many cover one region each and some of them a
    neighbouring one. One in 25 has left, one in 15 is new and has no book, one in 50 is on leave.
    """
    covers, regions, group = _territories(rng, geography, reps)
    kind = _kinds(rng, reps, group)
    seniority = np.clip(np.round(rng.normal(2.8, 1.1, reps)), 1, 5).astype(np.int64)
    seniority[kind == _NEW] = np.minimum(seniority[kind == _NEW], 2)
    for number in np.unique(group):  # every territory can serve strategic customers, and not by one person alone
        staffed = np.flatnonzero((group == number) & (kind == _STAFFED))
        seniority[staffed[:2]] = np.maximum(seniority[staffed[:2]], SENIOR)
    level = _skills(rng, seniority, len(words.industries))
    place = _homes(rng, geography, covers)
    share = np.where(seniority < SENIOR, 0.8, 1.0) * rng.choice([1.0, 0.5], reps, p=[0.93, 0.07])
    rep_id, gone_ids = _ids(rng, reps)
    presence = _presence(rng, period, kind)
    lat = (geography.lat[place] + rng.normal(0, geography.spread_degrees / 3, reps)).round(4)
    lon = (geography.lon[place] + rng.normal(0, geography.spread_degrees / 3, reps)).round(4)
    columns: dict[str, object] = {
        "rep_id": rep_id,
        "name": _names(rng, words, reps),
        "team": _teams(geography, group),
        "manager_id": [f"M{number + 1:02d}" for number in _team_numbers(group)],
        "regions": regions,
        "city": [geography.names[position] for position in place],
        "lat": lat,
        "lon": lon,
        "skills": [
            ";".join(f"{words.industries[one]}:{levels[one]}" for one in np.flatnonzero(levels)) for levels in level
        ],
        "seniority": seniority,
        "performance": np.clip(rng.normal(0.82 + 0.06 * seniority, 0.18), 0.4, 1.6).round(2),
        "share": share,
        **presence.columns,
    }
    return Roster(
        rep_id=rep_id,
        gone_ids=gone_ids,
        lat=lat,
        lon=lon,
        covers=covers,
        level=level,
        seniority=seniority,
        share=share,
        here=presence.here,
        kind=kind,
        anywhere=not any(regions),
        columns=columns,
    )


def _territories(rng: np.random.Generator, geography: Geography, reps: int) -> tuple[BoolArray, list[str], IntArray]:
    """Return what each rep covers (reps × leaves), the same in words, and the number of the rep's territory."""
    pull = np.bincount(geography.region, geography.pull, len(geography.leaves))
    parent = geography.parent_of_leaf()
    if reps < 3 * len(geography.parents):
        everywhere = np.ones((reps, len(geography.leaves)), dtype=bool)
        return everywhere, [""] * reps, np.zeros(reps, dtype=np.int64)
    if reps < 4 * len(geography.leaves):
        group = _spread(np.bincount(parent, pull, len(geography.parents)), reps, least=3)
        return (
            parent[None, :] == group[:, None],
            [geography.parents[number].name for number in group],
            group,
        )
    group = _spread(pull, reps, least=3)
    covers = np.arange(len(geography.leaves))[None, :] == group[:, None]
    names = [geography.leaves[number].name for number in group]
    position = {leaf.name: number for number, leaf in enumerate(geography.leaves)}
    for rep in np.flatnonzero(rng.random(reps) < 0.2):
        beside = geography.leaves[group[rep]].neighbours
        if beside:
            other = beside[int(rng.integers(len(beside)))]
            covers[rep, position[other]] = True
            names[rep] += f";{other}"
    return covers, names, group


def _spread(weight: np.ndarray, reps: int, least: int) -> IntArray:
    """Share ``reps`` out over territories in proportion to ``weight``, at least ``least`` each; sorted by territory."""
    wanted = weight / weight.sum() * (reps - least * len(weight))
    number = np.floor(wanted).astype(np.int64)
    rest = reps - least * len(weight) - int(number.sum())
    number[np.argsort(-(wanted - number), kind="stable")[:rest]] += 1
    return np.repeat(np.arange(len(weight)), number + least)


def _kinds(rng: np.random.Generator, reps: int, group: IntArray) -> IntArray:
    """Draw who is new, has left or is on leave; two people of each territory stay as they are."""
    kind = np.full(reps, _STAFFED, dtype=np.int64)
    first = np.searchsorted(group, group)
    free = rng.permutation(np.flatnonzero(np.arange(reps) - first >= 2))
    new, left, leave = max(1, round(reps / 15)), max(1, round(reps / 25)), round(reps / 50)
    kind[free[:new]] = _NEW
    kind[free[new : new + left]] = _LEFT
    kind[free[new + left : new + left + leave]] = _ON_LEAVE
    return kind


def _skills(rng: np.random.Generator, seniority: IntArray, industries: int) -> IntArray:
    """Draw levels: three to six industries each, better known by senior people."""
    reps = len(seniority)
    known = np.argsort(np.argsort(rng.random((reps, industries)), axis=1), axis=1) < rng.integers(3, 7, (reps, 1))
    level = np.clip(np.round(rng.normal(0.7 + 0.6 * seniority[:, None], 0.8, (reps, industries))), 1, MOST_LEVEL)
    return np.where(known, level, 0).astype(np.int64)


def _homes(rng: np.random.Generator, geography: Geography, covers: BoolArray) -> IntArray:
    """Draw the place each rep lives in, inside the first region covered."""
    home = np.empty(len(covers), dtype=np.int64)
    drawn = rng.random(len(covers))
    for rep, leaves in enumerate(covers):
        inside = np.flatnonzero(leaves[geography.region])
        cumulated = np.cumsum(geography.pull[inside])
        home[rep] = inside[
            np.searchsorted(cumulated / cumulated[-1], drawn[rep], side="right").clip(0, len(inside) - 1)
        ]
    return home


def _ids(rng: np.random.Generator, reps: int) -> tuple[list[str], list[str]]:
    """Return the ids on the roster in order, and a few in between of people long gone."""
    gone = max(1, reps // 40)
    digits = max(3, len(str(reps + gone)))
    missing = set(rng.choice(reps + gone, gone, replace=False).tolist())
    ids = [f"R{number + 1:0{digits}d}" for number in range(reps + gone)]
    return (
        [one for number, one in enumerate(ids) if number not in missing],
        [one for number, one in enumerate(ids) if number in missing],
    )


def _names(rng: np.random.Generator, words: Words, reps: int) -> list[str]:
    """Draw names, without repetition as far as there are enough."""
    pairs = [(first, last) for first in words.first_names for last in words.last_names]
    order = rng.permutation(len(pairs))
    drawn = (pairs[order[number % len(pairs)]] for number in range(reps))
    return [f"{last}{first}" if words.surname_first else f"{first} {last}" for first, last in drawn]


def _team_numbers(group: IntArray) -> IntArray:
    """Cut each territory into teams of about seven; number them through."""
    place = np.arange(len(group)) - np.searchsorted(group, group)
    size = np.bincount(group)
    teams = np.maximum(1, np.round(size / REPS_PER_TEAM)).astype(np.int64)
    return np.concatenate([[0], np.cumsum(teams)])[group] + place * teams[group] // size[group]


def _teams(geography: Geography, group: IntArray) -> list[str]:
    """Name the teams after their territory."""
    territories = len(np.unique(group))
    if territories == 1:
        names = [geography.name]
    else:
        regions = geography.parents if territories == len(geography.parents) else geography.leaves
        names = [region.name for region in regions]
    number = _team_numbers(group)
    first = {int(one): int(number[group == one].min()) for one in np.unique(group)}
    count = {int(one): len(np.unique(number[group == one])) for one in np.unique(group)}
    return [
        names[one] if count[one] == 1 else f"{names[one]} {team - first[one] + 1}"
        for one, team in zip(group.tolist(), number.tolist(), strict=True)
    ]


@dataclass(frozen=True)
class _Presence:
    here: FloatArray
    columns: dict[str, object]


def _presence(rng: np.random.Generator, period: Period, kind: IntArray) -> _Presence:
    """Draw dates of joining, leaving, ramp and leave, and the part of the period that is left of each rep."""
    reps = len(kind)
    start, day = np.datetime64(period.start, "D"), np.timedelta64(1, "D")
    blank = np.full(reps, np.datetime64("NaT"), dtype="datetime64[D]")
    joined = start - rng.integers(200, 4000, reps) * day
    until, ramp_until, leave_from, leave_to = blank.copy(), blank.copy(), blank.copy(), blank.copy()
    ramp = np.full(reps, np.nan)
    here = np.ones(reps)
    new, left, away = kind == _NEW, kind == _LEFT, kind == _ON_LEAVE
    ramp_days = rng.integers(20, 70, reps)
    joined[new] = (start - rng.integers(5, 60, reps) * day)[new]
    ramp_until[new] = (start + ramp_days * day)[new]
    ramp[new] = 0.5
    here[new] = 1 - 0.5 * ramp_days[new] / period.days
    until[left] = (start - rng.integers(5, 40, reps) * day)[left]
    here[left] = 0.0
    leave_days = rng.integers(20, 60, reps)
    leave_from[away] = start
    leave_to[away] = (start + (leave_days - 1) * day)[away]
    here[away] = 1 - leave_days[away] / period.days
    status = np.select([left, away], ["left", "leave"], "active")
    return _Presence(
        here,
        {
            "available_from": joined,
            "available_to": until,
            "leave_from": leave_from,
            "leave_to": leave_to,
            "ramp_until": ramp_until,
            "ramp": ramp,
            "status": status,
        },
    )
