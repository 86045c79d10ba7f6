"""Who is there in the period: departures, availability, roles and teams of the reps."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from models.check.labels import Labels, labels
from models.org import BoolArray, FloatArray, IntArray, Org
from models.policy import Policy

GONE_STATUSES = frozenset({"left", "departed", "terminated", "inactive"})
LEAVE_STATUSES = frozenset({"leave", "on leave"})
DEFAULT_RAMP = 0.5
_LEAVE = re.compile(r"leave_(?:from|to)(_.*)")

DayArray = npt.NDArray[np.datetime64]


@dataclass(frozen=True)
class Roster:
    """The reps by position: departed or not, availability (0-1), team, and which of the roles each has.

    ``serves`` has shape (roles, reps). ``order`` ranks the reps by rep_id, which breaks ties.
    """

    departed: BoolArray
    availability: FloatArray
    teams: Labels
    roles: Labels
    serves: BoolArray
    order: IntArray

    def in_scope(self, roles: Sequence[int]) -> BoolArray:
        """Tell which reps are present and have one of the roles."""
        served: BoolArray = self.serves[list(roles)].any(axis=0) & ~self.departed
        return served

    def teams_of(self, reps: IntArray) -> IntArray:
        """Return the team codes of reps; -1 for nobody and for reps without a team."""
        padded = np.append(self.teams.codes, -1)
        return padded[np.where(reps >= 0, reps, len(padded) - 1)]


def read_roster(org: Org, policy: Policy) -> Roster:
    """Read the roster of ``org`` for the roles of ``policy``."""
    reps = org.reps
    status = _lower(reps, "status")
    start, end = np.datetime64(org.period.start), np.datetime64(org.period.end)
    available_to = days(reps, "available_to")
    departed = np.isin(status, sorted(GONE_STATUSES)) | (available_to < end)
    roles = labels(reps, "role")
    serves = np.ones((1, len(reps)), dtype=bool)
    if len(policy.role_names) > 1:
        serves = np.array([(roles.codes >= 0) & (roles.codes == roles.code(name)) for name in policy.role_names])
    order = np.empty(len(reps), dtype=np.int64)
    order[np.argsort(org.rep_ids.astype(str), kind="stable")] = np.arange(len(reps))
    calendar = np.arange(start, end + 1, dtype="datetime64[D]")
    availability = np.where(departed, 0.0, _availability(reps, status, calendar))
    return Roster(departed, availability, labels(reps, "team"), roles, serves, order)


def _availability(reps: pd.DataFrame, status: npt.NDArray[np.str_], calendar: DayArray) -> FloatArray:
    """Mean over the days of presence times ramp (SEMANTICS of a[r]); comparisons with a blank day are false."""
    day = calendar[None, :]
    dated, away = np.zeros(len(reps), dtype=bool), np.zeros((len(reps), calendar.size), dtype=bool)
    for ending in dict.fromkeys(["", *(match[1] for name in reps.columns if (match := _LEAVE.match(str(name))))]):
        leave_from, leave_to = days(reps, f"leave_from{ending}"), days(reps, f"leave_to{ending}")
        said = ~(np.isnat(leave_from) & np.isnat(leave_to))
        away |= said[:, None] & ~(day < leave_from[:, None]) & ~(day > leave_to[:, None])
        dated |= said
    before = day < days(reps, "available_from")[:, None]
    after = day > days(reps, "available_to")[:, None]
    ramp = _numbers(reps, "ramp", DEFAULT_RAMP)
    strength = np.where(day < days(reps, "ramp_until")[:, None], ramp[:, None], 1.0)
    present = ~before & ~after & ~away & ~(np.isin(status, sorted(LEAVE_STATUSES)) & ~dated)[:, None]
    mean: FloatArray = np.where(present, strength, 0.0).mean(axis=1)
    return mean


def _lower(frame: pd.DataFrame, column: str) -> npt.NDArray[np.str_]:
    read = labels(frame, column)
    names = np.array([*(name.lower() for name in read.names), ""], dtype=str)
    return names[read.codes]


def days(frame: pd.DataFrame, column: str) -> DayArray:
    """Return a column of dates, NaT where blank or where there is no such column."""
    if column not in frame.columns:
        return np.full(len(frame), "NaT", dtype="datetime64[D]")
    return pd.to_datetime(frame[column]).to_numpy().astype("datetime64[D]")


def _numbers(frame: pd.DataFrame, column: str, blank: float) -> FloatArray:
    """Return a column of numbers, ``blank`` where a cell is empty or there is no such column."""
    if column not in frame.columns:
        return np.full(len(frame), blank)
    values = frame[column].to_numpy(dtype=np.float64)
    return np.where(np.isnan(values), blank, values)
