"""Who is there in the period, for how much of it, and who owned whom at its start."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from models.org import BoolArray, FloatArray, IntArray, Org, owner_column
from models.policy import Policy

NO_OWNER = -1
UNKNOWN_OWNER = -2

LEFT = frozenset({"left", "departed", "terminated", "inactive"})
ON_LEAVE = frozenset({"leave", "on leave"})


def departed(org: Org) -> BoolArray:
    """Tell for each rep whether they are gone: status ``left``, or available only to a day before the period's end.

    Returns
    -------
    bool array, shape (reps,)
    """
    gone = _status(org, LEFT)
    until = _days(org, "available_to")
    if until is not None:
        gone |= until < np.datetime64(org.period.end, "D")
    return gone


def availability(org: Org) -> FloatArray:
    """Return the mean presence of each rep over the period's days, ramping days counted at the rep's ``ramp``.

    Returns
    -------
    float array, shape (reps,), 0 to 1; 0 for departed reps.
    """
    days = np.datetime64(org.period.start, "D") + np.arange(org.period.days)
    begin, until = _days(org, "available_from"), _days(org, "available_to")
    ramp_until = _days(org, "ramp_until")
    present = np.ones((org.n_reps, len(days)))
    if begin is not None:
        present[days[None, :] < begin[:, None]] = 0.0
    if until is not None:
        present[days[None, :] > until[:, None]] = 0.0
    away_dated = np.zeros(org.n_reps, dtype=bool)
    never = np.full(org.n_reps, np.datetime64("NaT", "D"))
    for first_day, last_day in leave_columns(org.reps):
        leave_begin, leave_until = _days(org, first_day), _days(org, last_day)
        first = leave_begin if leave_begin is not None else never
        last = leave_until if leave_until is not None else never
        dated = ~(np.isnat(first) & np.isnat(last))
        away = ~(days[None, :] < first[:, None]) & ~(days[None, :] > last[:, None])
        present[away & dated[:, None]] = 0.0
        away_dated |= dated
    present[_status(org, ON_LEAVE) & ~away_dated] = 0.0
    if ramp_until is not None:
        ramp = np.full(org.n_reps, 0.5)
        if "ramp" in org.reps:
            given = org.reps["ramp"].to_numpy(dtype=float)
            ramp = np.where(np.isnan(given), 0.5, given)
        present *= np.where(days[None, :] < ramp_until[:, None], ramp[:, None], 1.0)
    share: FloatArray = present.mean(axis=1)
    share[departed(org)] = 0.0
    return share


def leave_columns(reps: pd.DataFrame) -> list[tuple[str, str]]:
    """Return the pairs of columns that hold a leave: ``leave_from`` and ``leave_to``, and those of further leaves.

    A further leave has an ending of its own, such as ``leave_from_2`` and ``leave_to_2``.
    """
    first, last = "leave_from", "leave_to"
    names = [str(name) for name in reps.columns]
    endings = [name.removeprefix(kind) for kind in (first, last) for name in names if name.startswith(f"{kind}_")]
    return [(first, last), *((first + ending, last + ending) for ending in sorted(set(endings)))]


def owners_today(org: Org, policy: Policy) -> IntArray:
    """Return today's owners by position, :data:`NO_OWNER` where blank, :data:`UNKNOWN_OWNER` where not on the roster.

    Returns
    -------
    int array, shape (roles, customers)
    """
    owners = np.full((len(policy.roles), org.n_customers), NO_OWNER, dtype=np.int64)
    for k, role in enumerate(policy.role_names):
        column = owner_column(org, role, policy.first_role)
        if column is None:
            continue
        ids = org.customers[column]
        found = pd.Index(org.rep_ids).get_indexer(pd.Index(ids.astype(object)))
        owners[k] = np.where(ids.isna().to_numpy(), NO_OWNER, np.where(found < 0, UNKNOWN_OWNER, found))
    return owners


def _status(org: Org, words: frozenset[str]) -> BoolArray:
    if "status" not in org.reps:
        return np.zeros(org.n_reps, dtype=bool)
    status = org.reps["status"]
    said: BoolArray = np.array([isinstance(one, str) and one.strip().lower() in words for one in status], dtype=bool)
    return said


def _days(org: Org, column: str) -> npt.NDArray[np.datetime64] | None:
    """Return a date column of the reps by day (NaT compares as False), or None where it holds nothing."""
    if column not in org.reps or org.reps[column].isna().all():
        return None
    return pd.to_datetime(org.reps[column]).to_numpy().astype("datetime64[D]")
