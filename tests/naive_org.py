"""A tiny org read with loops, on purpose as plain as can be: who is there, who may own whom, who stays.

``tests.naive`` scores assignments with it, to be compared with ``models.check``: two readings of one text.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterable
from typing import Any

import numpy as np
import pandas as pd

from models.expression import Expressions
from models.org import Org, great_circle_km, listed, owner_column, skill_levels
from models.policy import Policy, Together

LEFT = ("left", "departed", "terminated", "inactive")


class NaiveOrg:
    """What org and policy say, whatever the assignment. Roles, customers and reps go by position."""

    def __init__(self, org: Org, policy: Policy) -> None:
        self.org, self.policy = org, policy
        self.customers, self.reps = _rows(org.customers), _rows(org.reps)
        self.roles = list(policy.roles)
        self.expressions = Expressions(org, policy)
        self.values: dict[tuple[str, str, str], list[list[Any]]] = {}
        self.parents: dict[str, str] = {}
        self.borders: set[tuple[str, str]] = set()
        self.regions = [] if org.regions is None else _rows(org.regions)
        for row in self.regions:
            if row.get("parent"):
                self.parents[row["region"]] = row["parent"]
            for other in listed(row.get("neighbours") or ""):
                self.borders |= {(row["region"], other), (other, row["region"])}
        self.pairs: dict[tuple[str, str], dict[str, Any]] = {}
        for row in _rows(org.pairs) if org.pairs is not None else []:
            self.pairs[row["customer_id"], row["rep_id"]] = row
        self.wishes = [] if org.wishes is None else _rows(org.wishes)
        self.proposal = [] if org.proposal is None else _rows(org.proposal)
        self.departed = [self._has_left(rep) for rep in self.reps]
        self.availability = [self._availability(r) for r in range(len(self.reps))]
        self.needs = [[self.true(policy.roles[k].when, k, c, -1) for c in self.C] for k in self.roles]
        self.owner = [[self._owner(k, c) for c in self.C] for k in range(len(self.roles))]
        self.unit = [self._units(k) for k in range(len(self.roles))]
        self.lock = [[self._locked(k, c) for c in self.C] for k in range(len(self.roles))]
        self.stay = [[self._may_stay(k, c) for c in self.C] for k in range(len(self.roles))]

    @property
    def C(self) -> range:
        return range(len(self.customers))

    @property
    def R(self) -> range:
        return range(len(self.reps))

    @property
    def K(self) -> range:
        return range(len(self.roles))

    # what an expression says of one pair

    def value(self, text: str, role: int | str, c: int, r: int, kind: str = "number") -> Any:
        name = role if isinstance(role, str) else self.roles[role]
        key = (text, name, kind)
        if key not in self.values:
            customers = np.repeat(np.array(self.C), len(self.reps) + 1)
            reps = np.tile(np.array([*self.R, -1]), len(self.customers))
            found = self.expressions.pairs(text, customers, reps, role=name)
            flat = found.true() if kind == "true" else found.numbers()
            self.values[key] = flat.reshape(len(self.customers), len(self.reps) + 1).tolist()
        return self.values[key][c][r]

    def true(self, text: str | None, role: int | str, c: int, r: int) -> bool:
        return True if text is None else self.value(text, role, c, r, "true")

    def measure(self, name: str, k: int, c: int, r: int) -> float:
        if name == "customers":
            return 1.0
        value = self.value(self.policy.measures[name].value, k, c, r)
        if math.isnan(value):
            value = self.policy.measures[name].default
        return value

    def total(self, name: str, roles: Iterable[int]) -> float:
        return sum(self.measure(name, k, c, -1) for k in roles for c in self.C if self.needs[k][c])

    # who is there

    def _has_left(self, rep: dict[str, Any]) -> bool:
        if (rep["status"] or "").lower() in LEFT:
            return True
        return rep["available_to"] is not None and rep["available_to"] < self.org.period.end

    def _availability(self, r: int) -> float:
        if self.departed[r]:
            return 0.0
        rep, day, work = self.reps[r], self.org.period.start, 0.0
        while day <= self.org.period.end:
            here = True
            if rep["available_from"] is not None and day < rep["available_from"]:
                here = False
            if rep["available_to"] is not None and day > rep["available_to"]:
                here = False
            if rep["leave_from"] is not None or rep["leave_to"] is not None:
                first, last = rep["leave_from"] or dt.date.min, rep["leave_to"] or dt.date.max
                if first <= day <= last:
                    here = False
            elif (rep["status"] or "").lower() in ("leave", "on leave"):
                here = False
            if here:
                ramping = rep["ramp_until"] is not None and day < rep["ramp_until"]
                work += rep["ramp"] if ramping else 1.0
            day += dt.timedelta(days=1)
        return work / self.org.period.days

    def serves(self, r: int, k: int) -> bool:
        return len(self.roles) == 1 or self.reps[r]["role"] == self.roles[k]

    def at_work(self, r: int, roles: Iterable[int]) -> bool:
        return not self.departed[r] and any(self.serves(r, k) for k in roles)

    def _owner(self, k: int, c: int) -> int | str | None:
        column = owner_column(self.org, self.roles[k], self.policy.first_role)
        if column is None or self.customers[c][column] is None:
            return None
        return self.org.rep_positions.get(self.customers[c][column], self.customers[c][column])

    def present(self, k: int, c: int) -> bool:
        owner = self.owner[k][c]
        return self.needs[k][c] and isinstance(owner, int) and not self.departed[owner]

    # what managers asked for

    def speaks_of(self, row: dict[str, Any], k: int) -> bool:
        """Does a row of wishes or of a proposal speak of a role?"""
        if row["role"] is not None:
            return row["role"] == self.roles[k]
        rep = next((rep for rep in self.reps if rep["rep_id"] == row["rep_id"]), None)
        return rep is None or len(self.roles) == 1 or rep["role"] == self.roles[k]

    def _of(self, rows: list[dict[str, Any]], k: int, c: int) -> list[dict[str, Any]]:
        me = self.customers[c]["customer_id"]
        return [row for row in rows if row["customer_id"] == me and self.speaks_of(row, k)]

    def wishes_of(self, k: int, c: int) -> list[dict[str, Any]]:
        return self._of(self.wishes, k, c)

    def proposed(self, k: int, c: int) -> tuple[int, str | None] | None:
        """Whom the proposal names (-1: nobody, -9: nobody known) and what was answered."""
        rows = self._of(self.proposal, k, c)
        if not rows:
            return None
        rep = rows[-1]["rep_id"]
        return (-1 if rep is None else self.org.rep_positions.get(rep, -9)), rows[-1]["accepted"]

    # where a region lies

    def above(self, region: str) -> list[str]:
        chain = [region]
        while chain[-1] in self.parents:
            chain.append(self.parents[chain[-1]])
        return chain

    def covers(self, r: int, region: str | None, neighbours: bool = False) -> bool:
        mine = listed(self.reps[r]["regions"] or "")
        if region is None or not mine:
            return True
        if any(one in self.above(region) for one in mine):
            return True
        if not neighbours:
            return False
        known = {row["region"] for row in self.regions} | set(mine)
        below = [one for one in known if any(top in mine for top in self.above(one))]
        return any((one, other) in self.borders for one in below for other in self.above(region))

    # who may own whom

    def rules_broken(self, k: int, c: int, r: int) -> list[str]:
        if self.departed[r]:
            return ["presence"]
        broken, customer, rep = [], self.customers[c], self.reps[r]
        if not self.serves(r, k):
            broken.append(f"roles[{self.roles[k]}]")
        how = self.policy.eligibility
        if how.region != "any" and not self.covers(r, customer["region"], how.region == "neighbour"):
            broken.append("eligibility.region")
        if how.skills == "required" and not self.skilled(c, r):
            broken.append("eligibility.skills")
        if self.org.pairs_only and (customer["customer_id"], rep["rep_id"]) not in self.pairs:
            broken.append("tables.pairs.only")
        for rule in how.rules:
            if rule.require is not None and self.true(rule.when, k, c, r) and not self.true(rule.require, k, c, r):
                broken.append(f"eligibility.rules[{rule.name}]")
        return broken

    def skilled(self, c: int, r: int) -> bool:
        has = skill_levels(self.reps[r]["skills"] or "")
        return all(
            has.get(skill, 0) >= level
            for skill, level in skill_levels(self.customers[c]["required_skills"] or "").items()
        )

    def fits_unit(self, k: int, members: list[int], r: int) -> bool:
        return all(
            not self.rules_broken(k, c, r) or (self.lock[k][c] is not None and self.owner[k][c] == r) for c in members
        )

    def _units(self, k: int) -> list[list[int]]:
        """For each customer the members of its unit."""
        families = self.policy.keep.families
        key: list[Any] = []
        for c in self.C:
            family = self.customers[c]["family_id"]
            joined = family is not None and self.needs[k][c] and families != "free"
            if isinstance(families, Together):
                joined = joined and self.true(families.together_when, k, c, -1)
            if families == "as_today":
                joined = joined and self.owner[k][c] is not None
            key.append((family, self.owner[k][c] if families == "as_today" else None) if joined else c)
        return [[other for other in self.C if key[other] == key[c] and self.needs[k][other]] for c in self.C]

    def _locked(self, k: int, c: int) -> str | None:
        until = self.customers[c]["lock_until"]
        if not self.present(k, c) or (until is not None and until < self.org.period.start):
            return None
        return next((line.name for line in self.policy.keep.locks if self.true(line.when, k, c, -1)), None)

    def _may_stay(self, k: int, c: int) -> bool:
        return self.present(k, c) and self.fits_unit(k, self.unit[k][c], self.owner[k][c])

    def held(self, k: int, c: int) -> str | None:
        if not self.stay[k][c]:
            return None
        return next((line.name for line in self.policy.keep.holdouts if self.true(line.when, k, c, -1)), None)

    def minutes(self, c: int, r: int) -> float | None:
        customer, rep = self.customers[c], self.reps[r]
        pair = self.pairs.get((customer["customer_id"], rep["rep_id"]), {})
        if pair.get("drive_minutes") is not None:
            return pair["drive_minutes"]
        travel = self.policy.goal("travel")
        speed = (travel and travel.speed_kmh) or 60.0
        at = [customer["lat"], customer["lon"], rep["lat"], rep["lon"]]
        return None if None in at else float(great_circle_km(*(np.array(one) for one in at))) * (60 / speed)

    def rank(self, k: int, members: list[int], r: int) -> int:
        """Position from 1 of a rep among the eligible ones, nearest first; 0 for one who is not eligible."""
        order = []
        for other in self.R:
            if self.fits_unit(k, members, other):
                away = [self.minutes(c, other) for c in members]
                order.append((math.inf if None in away else sum(away), str(self.reps[other]["rep_id"]), other))
        return next((place for place, one in enumerate(sorted(order), start=1) if one[2] == r), 0)


def _rows(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Rows as dictionaries: None for blank, dates as dates."""
    return [{name: _plain(value) for name, value in row.items()} for row in frame.to_dict("records")]


def _plain(value: Any) -> Any:
    if pd.isna(value):
        return None
    return value.date() if isinstance(value, pd.Timestamp) else value
