"""Ideas about people: whom to hire, whom to train in what, who might cover which region as well."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from models.formulation.regions import RegionMap
from models.org import BoolArray, FloatArray, IntArray, listed, skill_levels
from scenarios.advising.called import called_reps
from scenarios.advising.idea import Idea
from scenarios.advising.rent import Demand, Rent, read_demand
from scenarios.advising.standing import Ground

_ALWAYS = ("regions", "skills", "seniority", "share")
_OPEN_ENDED = ("capacity_", "max_", "min_")
_OWN = frozenset({"rep_id", "name", "lat", "lon", "status", "locked", "available_from", "available_to", "city"})
"""Columns that say who somebody is, or since when: no type has them."""
_SKILL_ASKED = re.compile(r"skill\(\s*rep\s*,\s*'([^']+)'\s*\)\s*>=?\s*(\d+(?:\.\d+)?)")
MOST_SKILLS = 3
"""So many skills of a hire are named in its title."""
_AT_ONCE = 4_000_000
"""Pairs of unit and rep that are looked at together."""


@dataclass(frozen=True)
class People:
    """The roster and what customers ask of it, ready for ideas.

    ``document`` is the project document with the policy as plain values.
    """

    ground: Ground
    rent: Rent
    document: Mapping[str, Any]

    # ---- who is there ----------------------------------------------------------------------------------

    @cached_property
    def demand(self) -> Demand:
        """Which skills units need."""
        return read_demand(self.ground)

    @property
    def regions(self) -> RegionMap:
        """The regions and who covers them."""
        return self.ground.formulation.amounts.regions

    @cached_property
    def here(self) -> IntArray:
        """Reps who are not departed and have a role, ascending."""
        amounts = self.ground.formulation.amounts
        return np.flatnonzero(amounts.here & (amounts.rep_role >= 0))

    @cached_property
    def region_of_unit(self) -> IntArray:
        """The region of each unit's first member, -1 where it has none; shape (units,)."""
        units = self.ground.formulation.units
        found: IntArray = self.regions.of_customer[units.member[units.start[:-1]]]
        return found

    @cached_property
    def by_region(self) -> bool:
        """Whether the policy heeds regions."""
        return self.ground.formulation.policy.eligibility.region != "any"

    @cached_property
    def by_skill(self) -> bool:
        """Whether the policy heeds required skills."""
        return self.ground.formulation.policy.eligibility.skills != "ignored"

    @cached_property
    def policy_text(self) -> str:
        """The policy as one text, to see which columns it names."""
        return json.dumps(self.document.get("policy"), default=str)

    # ---- hire ------------------------------------------------------------------------------------------

    def hires(self) -> Iterator[Idea]:
        """Yield one new rep of each kind there is: alike in role and regions, with what is usual among them.

        Where customers of these regions need skills that such a rep lacks, the same with all of them, too.
        """
        formulation = self.ground.formulation
        if formulation.org.pairs_only:
            return
        roles = formulation.policy.role_names
        cells = self._cells("regions")
        kinds: dict[tuple[int, str], list[int]] = {}
        for rep in self.here.tolist():
            kinds.setdefault((int(formulation.amounts.rep_role[rep]), cells[rep]), []).append(rep)
        for (role, regions), reps in kinds.items():
            columns = self._usual(np.array(reps))
            if len(roles) > 1:
                columns["role"] = roles[role]
            where = f" in {_listed(regions)}" if regions and self.by_region else ""
            there = " there" if where else ""
            covered = self._covered(reps[0]) & (formulation.units.role == role)
            what = f" {roles[role]}" if len(roles) > 1 else ""
            usual = str(columns.get("skills") or "")
            yield self._hire(columns, f"Hire one{what} rep{where}{_with(usual)}", covered)
            every = self._every_skill(covered, usual) if self.by_skill else usual
            if every != usual:
                able = {**columns, "skills": every}
                yield self._hire(
                    able, f"Hire one{what} rep{where} with every skill that customers{there} need", covered
                )

    def _hire(self, columns: Mapping[str, Any], title: str, covered: BoolArray) -> Idea:
        has = skill_levels(str(columns.get("skills") or ""))
        able = covered.copy()
        if self.by_skill:
            for s, name in enumerate(self.demand.names):
                able &= self.demand.need[:, s] <= has.get(name, 0.0)
        hoped = float(np.maximum(self.rent.paid[able], 0.0).sum())
        return Idea("hire", title, {"reps": {"hire": [dict(columns)]}}, hoped)

    def _usual(self, reps: IntArray) -> dict[str, Any]:
        """Return the columns of a rep as is usual among some: the middle of numbers, the most frequent text."""
        org = self.ground.formulation.org
        columns: dict[str, Any] = {}
        for name in map(str, org.reps.columns):
            if name in _OWN or not org.has("reps", name):
                continue
            named = name.startswith(_OPEN_ENDED) or f"rep.{name}" in self.policy_text
            if not (named or name in _ALWAYS or (name == "team" and self._by_team)):
                continue
            column = org.reps[name].iloc[reps]
            if pd.api.types.is_datetime64_any_dtype(column.dtype) or name == "role":
                continue
            if name == "skills":
                value: Any = self._usual_skills(column)
            elif pd.api.types.is_bool_dtype(column.dtype):
                value = bool(column.mean() > 0.5)
            elif pd.api.types.is_numeric_dtype(column.dtype):
                known = column.dropna().to_numpy(dtype=float)
                value = _number(_middle(known)) if len(known) else None
            else:
                texts = column.dropna().astype(str)
                value = None if texts.empty else str(texts.mode().iloc[0])
            if value is not None and value != "":
                columns[name] = value
        return columns

    @cached_property
    def _by_team(self) -> bool:
        return any(f'"{key}": "team"' in self.policy_text for key in ("per", "within", "same"))

    def _usual_skills(self, column: pd.Series) -> str:
        """Return the skills that at least half of some reps have, each at the level that is usual among these."""
        levels = [skill_levels(cell) if isinstance(cell, str) else {} for cell in column]
        names = dict.fromkeys(name for one in levels for name in one)
        found = []
        for name in names:
            having = [one[name] for one in levels if name in one]
            if 2 * len(having) >= len(levels):
                found.append(f"{name}:{np.floor(np.median(having)):g}")
        return ";".join(found)

    def _every_skill(self, units: BoolArray, usual: str) -> str:
        """Return skills, raised to what some units need."""
        levels = skill_levels(usual)
        needed = self.demand.need[units].max(axis=0, initial=0.0)
        for name, level in zip(self.demand.names, needed.tolist(), strict=True):
            if level > levels.get(name, 0.0):
                levels[name] = level
        return ";".join(f"{name}:{level:g}" for name, level in levels.items())

    def _covered(self, rep: int) -> BoolArray:
        """Tell which units are of a region that a rep may have customers of, shape (units,)."""
        if not self.by_region:
            return np.ones(len(self.region_of_unit), dtype=bool)
        return np.asarray((self.region_of_unit < 0) | self._reach[rep, np.maximum(self.region_of_unit, 0)])

    @cached_property
    def _reach(self) -> BoolArray:
        near = self.ground.formulation.policy.eligibility.region == "neighbour"
        reach = self.regions.reaches if near else self.regions.covers
        return reach if reach.shape[1] else np.ones((len(reach), 1), dtype=bool)

    # ---- train -----------------------------------------------------------------------------------------

    def trainings(self) -> Iterator[Idea]:
        """Yield each rep trained in each skill that it lacks: to the highest level that its customers may need."""
        org = self.ground.formulation.org
        if "skills" not in org.reps or not org.has("reps", "skills"):
            return
        names = called_reps(org)
        cells = self._cells("skills")
        hoped: dict[tuple[int, str, float], float] = {}
        for s, skill in enumerate(self.demand.names if self.by_skill else ()):
            units = np.flatnonzero(self.demand.need[:, s] > 0)
            gain = self._gain(units, self.demand.met_but(units, s)) * self.demand.lacking(s)[units]
            for rep in self.here.tolist():
                asked = units[gain[:, rep] > 0]
                if len(asked):
                    level = float(self.demand.need[asked, s].max())
                    hoped[rep, skill, level] = float(gain[:, rep].sum())
        for skill, level in _SKILL_ASKED.findall(self.policy_text):
            for rep in self.here.tolist():
                if skill_levels(cells[rep]).get(skill.lower(), 0.0) < float(level):
                    hoped.setdefault((rep, skill.lower(), float(level)), 0.0)
        for (rep, skill, level), points in hoped.items():
            levels = {**skill_levels(cells[rep]), skill: level}
            skills = ";".join(f"{name}:{one:g}" for name, one in levels.items())
            scenario = {"reps": {"change": [{"rep": [str(org.rep_ids[rep])], "skills": skills}]}}
            yield Idea("train", f"Train {names[rep]} in {skill} to level {level:g}", scenario, points)

    def _gain(self, units: IntArray, may: BoolArray) -> FloatArray:
        """Return what room would be cheaper for units with reps who may have them, shape (units, reps); at least 0."""
        if len(units) * len(self.regions.covers) > _AT_ONCE:
            # the dearest ones decide
            dear = np.argsort(-self.rent.paid[units], kind="stable")
            keep = np.zeros(len(units), dtype=bool)
            keep[dear[: max(1, _AT_ONCE // len(self.regions.covers))]] = True
        else:
            keep = np.ones(len(units), dtype=bool)
        gain = np.zeros(may.shape)
        kept = np.flatnonzero(keep)
        gain[kept] = np.maximum(self.rent.paid[units[kept], None] - self.rent.at(units[kept]), 0.0)
        if self.by_region:
            region = self.region_of_unit[units]
            gain *= (region[:, None] < 0) | self._reach[:, np.maximum(region, 0)].T
        roles = self.ground.formulation.amounts.rep_role[None, :] == self.ground.formulation.units.role[units][:, None]
        found: FloatArray = gain * may * roles
        return found

    # ---- cover -----------------------------------------------------------------------------------------

    def covers(self) -> Iterator[Idea]:
        """Yield each rep covering one more region: a bordering one where borders are known, else any other."""
        org, regions = self.ground.formulation.org, self.regions
        if not self.by_region or not org.has("reps", "regions"):
            return
        names, cells = called_reps(org), self._cells("regions")
        bordered = bool((regions.reaches & ~regions.covers).any())
        near = self.ground.formulation.policy.eligibility.region == "neighbour"
        for g in np.unique(self.region_of_unit[self.region_of_unit >= 0]).tolist():
            units = np.flatnonzero(self.region_of_unit == g)
            able = self.demand.met_but(units, -1) if self.by_skill else np.ones((len(units), org.n_reps), dtype=bool)
            gain = np.maximum(self.rent.paid[units, None] - self.rent.at(units), 0.0) * able
            for rep in self.here.tolist():
                if not cells[rep] or self._reach[rep, g] or (bordered and not near and not regions.reaches[rep, g]):
                    continue
                more = [*listed(cells[rep]), str(regions.names[g])]
                scenario = {"reps": {"change": [{"rep": [str(org.rep_ids[rep])], "regions": ";".join(more)}]}}
                yield Idea(
                    "cover", f"Let {names[rep]} cover {regions.names[g]} too", scenario, float(gain[:, rep].sum())
                )

    def _cells(self, column: str) -> list[str]:
        """Return a text column of the reps, blank where there is nothing."""
        org = self.ground.formulation.org
        if column not in org.reps:
            return [""] * org.n_reps
        return [cell if isinstance(cell, str) else "" for cell in org.reps[column]]


def _middle(known: FloatArray) -> float:
    """Return the median; a whole number where all are, as nobody has half a grade."""
    middle = float(np.median(known))
    return math.floor(middle) if (known == np.floor(known)).all() else middle


def _number(value: float) -> float | int:
    return int(value) if value == int(value) else round(value, 6)


def _listed(regions: str) -> str:
    return " and ".join(listed(regions))


def _with(skills: str) -> str:
    named = skills.split(";") if skills else []
    more = f" and {len(named) - MOST_SKILLS} more skills" if len(named) > MOST_SKILLS + 1 else ""
    shown = named[:MOST_SKILLS] if more else named
    return f" with {', '.join(shown)}{more}" if shown else ""
