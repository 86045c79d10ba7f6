"""Changes to the roster: who leaves and who is hired."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from models.findings import Finding, Place, did_you_mean, nearest_word
from models.org import Org, listed, skill_levels
from models.presence import departed
from scenarios.definition import Hire

LEFT = "left"
_PERCENT = re.compile(r"^\s*(-?\d+(?:\.\d+)?)\s*%\s*$")
_OPEN_ENDED = ("capacity_", "max_", "min_")


def leave(org: Org, ids: Sequence[str], place: Place, findings: list[Finding]) -> Org:
    """Return the org without some reps: they stay on the roster with the status ``left``, as departed."""
    gone = departed(org)
    positions = []
    for rep in ids:
        at = org.rep_positions.get(rep)
        if at is None:
            title = "A rep who is to leave is not on the roster"
            hint = did_you_mean(rep, [str(one) for one in org.rep_ids])
            findings.append(Finding("TP208", title, place, found=repr(rep), hint=hint))
        elif gone[at]:
            title = "A rep who is to leave has already left: nothing changes"
            findings.append(Finding("TP208", title, place, found=repr(rep), severity="warning"))
        else:
            positions.append(at)
    if not positions:
        return org
    status = org.reps["status"].astype(object) if "status" in org.reps else pd.Series([None] * org.n_reps, dtype=object)
    status = status.copy()
    status.iloc[positions] = LEFT
    return _with_reps(org, org.reps.assign(status=status), {"status"})


def hire(org: Org, line: Hire, roles: Sequence[str], place: Place, findings: list[Finding]) -> Org:
    """Return the org with new reps, each with the stated columns and the table's defaults in the others.

    ``region`` stands for ``regions``. A ``ramp`` without ``ramp_until`` holds for the whole period.
    """
    stated = {"regions" if name == "region" else name: value for name, value in line.columns.items()}
    if len(roles) > 1 and "role" not in stated:
        title = "A new rep needs a role, since the policy has several"
        findings.append(Finding("TP208", title, place, expected=" or ".join(roles), hint=f"Try 'role: {roles[0]}'"))
        return org
    values, wrong = _values(org, stated, place)
    if wrong:
        findings.extend(wrong)
        return org
    if "ramp" in values and "ramp_until" not in values:
        values["ramp_until"] = pd.Timestamp(org.period.end + dt.timedelta(days=1))
    taken = set(map(str, org.rep_ids))
    wanted = values.pop("rep_id", None)
    if wanted is not None and (line.count > 1 or wanted in taken):
        title = "The id of a new rep must be new, and of one rep only"
        findings.append(Finding("TP208", title, place, found=repr(wanted), hint="Try to leave rep_id out"))
        return org
    ids = [wanted] if wanted is not None else _new_ids(line.count, taken)
    rows = pd.DataFrame({"rep_id": ids}).assign(**{name: [value] * line.count for name, value in values.items()})
    rows["name"] = values.get("name") or [f"New hire {rep.rsplit('-', 1)[-1]}" for rep in ids]
    if org.pairs_only:
        title = "New reps are candidates for nobody: only listed pairs are, and they are in none"
        findings.append(Finding("TP208", title, place, severity="warning", hint="Try 'only: false' on the pairs"))
    return _with_reps(org, _appended(org.reps, rows), set(values) | ({"ramp_until"} if "ramp" in values else set()))


def _new_ids(count: int, taken: set[str]) -> list[str]:
    ids: list[str] = []
    number = 0
    while len(ids) < count:
        number += 1
        if f"hire-{number}" not in taken:
            ids.append(f"hire-{number}")
    return ids


def _appended(reps: pd.DataFrame, rows: pd.DataFrame) -> pd.DataFrame:
    """Return the roster with rows added; a column that they do not state is blank, or has its default."""
    columns: dict[str, pd.Series] = {}
    for name in reps.columns:
        old = reps[name]
        if name in rows:
            new = rows[name]
        elif name == "share":
            new = pd.Series([1.0] * len(rows))
        elif name == "ramp":
            new = pd.Series([0.5] * len(rows))
        else:
            new = pd.Series([False if old.dtype == bool else None] * len(rows), dtype=object)
        joined = pd.concat([old.astype(object), new.astype(object)], ignore_index=True)
        columns[name] = _as_dtype(joined, old)
    return pd.DataFrame(columns)


def _as_dtype(values: pd.Series, like: pd.Series) -> pd.Series:
    if pd.api.types.is_datetime64_any_dtype(like.dtype):
        return pd.to_datetime(values)
    if pd.api.types.is_bool_dtype(like.dtype) and like.dtype == bool:
        return values.astype(bool)
    if pd.api.types.is_numeric_dtype(like.dtype):
        return pd.Series(pd.to_numeric(values), dtype=np.float64)
    return values.astype(like.dtype)


def _values(org: Org, stated: Mapping[str, Any], place: Place) -> tuple[dict[str, Any], list[Finding]]:
    """Read the stated columns as their tables hold them."""
    values: dict[str, Any] = {}
    wrong: list[Finding] = []
    for name, value in stated.items():
        if name not in org.reps or (name not in org.given.get("reps", frozenset()) and name.startswith(_OPEN_ENDED)):
            known = [str(column) for column in org.reps.columns]
            hint = did_you_mean(name, known) if nearest_word(name, known) else f"Try to add {name} to the reps' table"
            wrong.append(Finding("TP208", "The reps have no such column", place, found=name, hint=hint))
            continue
        try:
            values[name] = _value(name, value, org.reps[name])
        except ValueError as error:
            title = "The value does not fit the column"
            wrong.append(Finding("TP208", title, place, found=f"{name}: {value}", expected=str(error)))
    return values, wrong


def _value(name: str, value: Any, column: pd.Series) -> Any:
    if isinstance(value, dict):
        raise ValueError("one value")
    if pd.api.types.is_datetime64_any_dtype(column.dtype):
        try:
            return pd.Timestamp(dt.date.fromisoformat(str(value)[:10]))
        except ValueError:
            raise ValueError("a date such as 2027-01-31") from None
    if pd.api.types.is_bool_dtype(column.dtype):
        if not isinstance(value, bool):
            raise ValueError("true or false")
        return value
    if pd.api.types.is_numeric_dtype(column.dtype):
        return _number(value)
    text = ";".join(map(str, value)) if isinstance(value, list) else str(value)
    if name == "skills":
        skill_levels(text)
    elif name == "regions":
        text = ";".join(listed(text))
    return text


def _number(value: Any) -> float:
    if isinstance(value, str) and (match := _PERCENT.match(value)):
        return float(match[1]) / 100
    if isinstance(value, bool) or not isinstance(value, int | float) or not np.isfinite(value):
        raise ValueError("a number")
    return float(value)


def _with_reps(org: Org, reps: pd.DataFrame, given: set[str]) -> Org:
    return replace(org, reps=reps, given={**org.given, "reps": org.given.get("reps", frozenset()) | given})
