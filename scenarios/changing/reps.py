"""Changes to the roster: who leaves, who is hired, who is on leave, and what changes about a rep."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from models.expression import REP, ExpressionError
from models.findings import Finding, Place, did_you_mean
from models.formulation.regions import region_map
from models.org import BoolArray, Org, listed
from models.presence import ON_LEAVE, departed, leave_columns
from scenarios.changing.cells import Cells, by_column, is_number
from scenarios.changing.evaluation import Evaluations
from scenarios.changing.tables import Tables
from scenarios.definition import Absence, Hire, RepChange, RepChanges
from scenarios.setting import Where

LEFT = "left"


def leave(org: Org, ids: Sequence[str], place: Place, findings: list[Finding]) -> Org:
    """Return the org without some reps: they stay on the roster with the status ``left``, as departed."""
    positions = _present(org, ids, "who is to leave", place, findings)
    if not positions:
        return org
    status = org.reps["status"].astype(object) if "status" in org.reps else pd.Series([None] * org.n_reps, dtype=object)
    status = status.copy()
    status.iloc[positions] = LEFT
    return _without_acceptance(_with_reps(org, org.reps.assign(status=status), {"status"}), positions, place, findings)


def _without_acceptance(org: Org, gone: Sequence[int], place: Place, findings: list[Finding]) -> Org:
    """Let what was accepted of a proposal lapse where it names reps who leave, as locks lapse with their owner."""
    if org.proposal is None:
        return org
    answers = org.proposal["accepted"].to_numpy(dtype=object).copy()
    lapsed = (answers == "yes") & org.proposal["rep_id"].isin(org.rep_ids[np.asarray(gone)]).to_numpy()
    if not lapsed.any():
        return org
    answers[lapsed] = None
    title = "What was accepted with a rep who leaves lapses"
    names = ", ".join(map(repr, org.proposal["customer_id"][lapsed].astype(str).head(5)))
    found = f"{int(lapsed.sum()):,} customers: {names}" if lapsed.sum() > 1 else names
    findings.append(Finding("TP208", title, place, found=found, severity="note"))
    return replace(org, proposal=org.proposal.assign(accepted=pd.Series(answers, dtype=object)))


def hire(org: Org, line: Hire, roles: Sequence[str], tables: Tables, place: Place, findings: list[Finding]) -> Org:
    """Return the org with new reps, each with the stated columns and the table's defaults in the others.

    ``region`` stands for ``regions``. A ``ramp`` without ``ramp_until`` holds for the whole period.
    """
    stated = by_column(line.columns)
    if len(roles) > 1 and "role" not in stated:
        title = "A new rep needs a role, since the policy has several"
        findings.append(Finding("TP208", title, place, expected=" or ".join(roles), hint=f"Try 'role: {roles[0]}'"))
        return org
    cells = Cells(org, tables)
    values, wrong = cells.read(stated, lambda name: place)
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
    hired = _with_reps(org, _appended(org.reps, rows), set(values) | ({"ramp_until"} if "ramp" in values else set()))
    return hired if {"lat", "lon"} & set(values) else _in_the_middle(hired, line.count, place, findings)


def regions_stated(changes: RepChanges, place_of: Callable[[Where], Place]) -> Iterator[tuple[str, Place]]:
    """Yield the regions that hires and changes name, each with its place."""
    stated: dict[str, Sequence[Hire | RepChange]] = {"hire": changes.hire, "change": changes.change}
    for kind, lines in stated.items():
        for at, line in enumerate(lines):
            for name in ("region", "regions"):
                value = line.columns.get(name)
                named = value if isinstance(value, list) else listed(value) if isinstance(value, str) else []
                yield from ((str(one), place_of((kind, at, name))) for one in named)


def _in_the_middle(org: Org, count: int, place: Place, findings: list[Finding]) -> Org:
    """Place the last ``count`` reps in the middle of the customers whom they cover, where the tables know places."""
    if not (org.has("reps", "lat") and org.has("reps", "lon") and org.has("customers", "lat")):
        return org
    regions = region_map(org)
    at = regions.of_customer
    covered = (at < 0) | regions.covers[-1, np.maximum(at, 0)] if len(regions.names) else np.ones(len(at), dtype=bool)
    lat, lon = (org.customers[name].to_numpy(dtype=float)[covered] for name in ("lat", "lon"))
    known = np.isfinite(lat) & np.isfinite(lon)
    if not known.any():
        return org
    middle = (float(lat[known].mean()), float(lon[known].mean()))
    reps = org.reps.copy()
    for name, value in zip(("lat", "lon"), middle, strict=True):
        column = reps[name].to_numpy(dtype=float).copy()
        column[-count:] = value
        reps[name] = column
    title = "New reps without lat and lon live in the middle of the customers whom they may have"
    found = f"{', '.join(map(str, org.rep_ids[-count:]))}: lat {middle[0]:.2f}, lon {middle[1]:.2f}"
    findings.append(Finding("TP208", title, place, found, hint="Try 'lat' and 'lon' of their own", severity="note"))
    return replace(org, reps=reps)


def take_leave(org: Org, line: Absence, place: Place, findings: list[Finding]) -> Org:
    """Return the org with reps on leave: who is away part of the period carries less, and keeps the book.

    Absences of one rep add up, those of the table included, and each day counts once.
    """
    start, end = np.datetime64(org.period.start, "D"), np.datetime64(org.period.end, "D")
    first = start if line.first is None else np.datetime64(line.first, "D")
    last = end if line.last is None else np.datetime64(line.last, "D")
    if first > end or last < start:
        title = "The leave is outside the period: nothing changes"
        found = f"{line.first or 'the beginning'} to {line.last or 'the end'}"
        period = f"days of {org.period.start} to {org.period.end}"
        findings.append(Finding("TP208", title, place, found, expected=period, severity="warning"))
        return org
    wanted = (max(first, start), min(last, end))
    pairs = leave_columns(org.reps)
    columns = {name: _days(org, name) for pair in pairs for name in pair}
    undated = np.array([isinstance(one, str) and one.strip().lower() in ON_LEAVE for one in _column(org, "status")])
    changed = False
    for at in _present(org, line.rep, "who is to be on leave", place, findings):
        spans = [(columns[first_day][at], columns[last_day][at]) for first_day, last_day in pairs]
        before = _joined([_closed(span, start, end) for span in spans if not np.isnat(span).all()])
        after = _joined([*before, wanted])
        if (undated[at] and not before) or after == before:
            title, rep = "A rep who is to be on leave is so already on these days: nothing changes", org.rep_ids[at]
            findings.append(Finding("TP208", title, place, found=repr(str(rep)), severity="warning"))
            continue
        changed = True
        for days in columns.values():
            days[at] = np.datetime64("NaT")
        for pair, days_of_leave in zip(_enough(pairs), after, strict=False):
            for name, day in zip(pair, days_of_leave, strict=True):
                columns.setdefault(name, np.full(org.n_reps, np.datetime64("NaT", "D")))[at] = day
    if not changed:
        return org
    dates = {name: pd.Series(days.astype("datetime64[s]")) for name, days in columns.items()}
    stated = {name for name in dates if org.has("reps", name) or not dates[name].isna().all()}
    return _with_reps(org, org.reps.assign(**dates), stated)


def _closed(span: tuple[Any, Any], start: Any, end: Any) -> tuple[Any, Any]:
    """Return a leave with both days: one that is open at a side reaches at least to that side of the period."""
    first, last = span
    if np.isnat(first):
        return min(start, last), last
    return first, max(end, first) if np.isnat(last) else last


def _enough(pairs: Sequence[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    """Yield pairs of columns for leaves: those there are, and then new ones without end."""
    yield from pairs
    further = ((f"leave_from_{number}", f"leave_to_{number}") for number in itertools.count(2))
    yield from (pair for pair in further if pair not in pairs)


def _joined(spans: Sequence[tuple[Any, Any]]) -> list[tuple[Any, Any]]:
    """Return spans of days in order, those that overlap or follow each other made one."""
    joined: list[tuple[Any, Any]] = []
    for first, last in sorted(spans):
        if joined and first <= joined[-1][1] + 1:
            joined[-1] = (joined[-1][0], max(joined[-1][1], last))
        else:
            joined.append((first, last))
    return joined


def change(
    org: Org,
    line: RepChange,
    roles: Sequence[str],
    tables: Tables,
    place_of: Callable[[Where], Place],
    evaluated: Evaluations,
    findings: list[Finding],
) -> Org:
    """Return the org with columns of reps changed: values as for a hire, numbers also as expressions over reps.

    An expression (``share * 0.5``) sees the values before the change. A ``ramp`` without ``ramp_until`` holds for the
    whole period. A change that touches nobody, or says what is so already, is told.
    """
    touched = _touched(org, line, place_of, evaluated, findings)
    stated, cells = by_column(line.columns), Cells(org, tables)
    written = {"regions" if name == "region" else name: name for name in line.columns}
    wrong: list[Finding] = []
    columns: dict[str, pd.Series] = {}
    plain = {}
    for name, value in stated.items():
        place = place_of((written[name],))
        if name == "rep_id":
            wrong.append(Finding("TP208", "The ids of reps stay", place, found=f"rep_id: {value}"))
        elif name == "role" and len(roles) > 1 and value not in roles:
            hint = did_you_mean(str(value), roles)
            wrong.append(Finding("TP208", "There is no such role", place, found=str(value), hint=hint))
        elif isinstance(value, str) and name in org.reps and cells.is_number(name) and not is_number(value):
            try:
                columns[name] = _evaluated(org, name, value, touched, cells, evaluated)
            except ExpressionError as error:
                wrong.append(error.finding("TP210", place))
            except ValueError as error:
                title = "The value does not fit the column"
                wrong.append(Finding("TP208", title, place, found=f"{name}: {value}", expected=str(error)))
        else:
            plain[name] = value
    values, unfit = cells.read(plain, lambda name: place_of((written[name],)))
    findings.extend([*wrong, *unfit])
    if wrong or unfit or touched is None:
        return org
    for name, value in values.items():
        old = org.reps[name]
        new = pd.Series([value] * org.n_reps, index=old.index, dtype=old.dtype)
        columns[name] = old.where(~touched, new)
    if "ramp" in columns and "ramp_until" not in columns:
        forever = pd.Timestamp(org.period.end + dt.timedelta(days=1))
        open_ended = touched & _column(org, "ramp_until").isna().to_numpy()
        columns["ramp_until"] = pd.to_datetime(_column(org, "ramp_until")).where(~open_ended, forever)
    changed = org.reps.assign(**columns)
    if changed.equals(org.reps):
        title = "The change of reps changes nothing: that is so already"
        findings.append(Finding("TP208", title, place_of(()), severity="warning"))
        return org
    changed_org = _with_reps(org, changed, set(columns))
    crossed = _crossed(changed_org, touched, place_of(()))
    findings.extend(crossed)
    return org if crossed else changed_org


def _touched(
    org: Org,
    line: RepChange,
    place_of: Callable[[Where], Place],
    evaluated: Evaluations,
    findings: list[Finding],
) -> BoolArray | None:
    """Tell who is changed; None, with the reason told, where that is nobody."""
    touched = np.ones(org.n_reps, dtype=bool)
    if line.rep:
        touched[:] = False
        touched[_present(org, line.rep, "who is to change", place_of(("rep",)), findings, also_departed=True)] = True
        if not touched.any():
            return None
    if line.where is not None:
        try:
            touched &= evaluated.of(org).reps(line.where, unqualified=REP).true()
        except ExpressionError as error:
            findings.append(error.finding("TP210", place_of(("where",))))
            return None
        if not touched.any():
            among = "none of the reps that are named" if line.rep else "no rep"
            title = f"The change touches nothing: the condition is true for {among}"
            findings.append(Finding("TP208", title, place_of(("where",)), found=line.where, severity="warning"))
            return None
    return touched


def _evaluated(
    org: Org, name: str, text: str, touched: BoolArray | None, cells: Cells, evaluated: Evaluations
) -> pd.Series:
    """Return a column of numbers with the values of an expression where it is touched."""
    old = org.reps[name]
    values = evaluated.of(org).reps(text, unqualified=REP)
    if touched is None:
        return old
    numbers = values.numbers()
    cells.check_range(name, numbers[touched & ~np.isnan(numbers)])
    if name in ("share", "ramp") and np.isnan(numbers[touched]).any():
        raise ValueError("a number for every rep")
    return old.where(~touched, pd.Series(numbers, index=old.index))


def _crossed(org: Org, touched: BoolArray, place: Place) -> list[Finding]:
    """Return what is wrong with spans of time that end before they begin."""
    found = []
    for first, last in (("available_from", "available_to"), *leave_columns(org.reps)):
        begins, ends = _days(org, first), _days(org, last)
        for at in np.flatnonzero((ends < begins) & touched)[:1]:
            said = f"{org.rep_ids[at]}: {first} {begins[at]}, {last} {ends[at]}"
            title = "It ends before it begins"
            found.append(Finding("TP208", title, place, found=said, expected=f"{last} on or after {first}"))
    return found


def _present(
    org: Org,
    ids: Sequence[str],
    who: str,
    place: Place,
    findings: list[Finding],
    *,
    also_departed: bool = False,
) -> list[int]:
    """Return the positions of reps, each once; who is not on the roster is told, and who has left."""
    gone = departed(org)
    positions: dict[int, None] = {}
    for rep in ids:
        at = org.rep_positions.get(rep)
        if at is None:
            hint = did_you_mean(rep, [str(one) for one in org.rep_ids])
            title = f"A rep {who} is not on the roster"
            findings.append(Finding("TP208", title, place, found=repr(rep), hint=hint))
        elif gone[at] and not also_departed:
            title = f"A rep {who} has already left: nothing changes"
            findings.append(Finding("TP208", title, place, found=repr(rep), severity="warning"))
        else:
            positions[at] = None
    return list(positions)


def _column(org: Org, name: str) -> pd.Series:
    return org.reps[name] if name in org.reps else pd.Series([None] * org.n_reps, dtype=object)


def _days(org: Org, name: str) -> Any:
    """Return a copy of a column of dates by day, NaT where it is blank or not there."""
    return pd.to_datetime(_column(org, name)).to_numpy().astype("datetime64[D]").copy()


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


def _with_reps(org: Org, reps: pd.DataFrame, given: set[str]) -> Org:
    return replace(org, reps=reps, given={**org.given, "reps": org.given.get("reps", frozenset()) | given})
