"""An assignment edited by hand: a table of customers and reps, read beside the run that it was edited from."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from models.findings import Finding, InputRefused, Place, did_you_mean, errors_among
from models.names import NOBODY
from models.org import IntArray, owner_column
from models.plan import POOLED, UNNEEDED, Assignment
from planner.aliases import plain
from planner.by_hand.basis import Basis
from planner.known_ids import ESCAPE, UNKNOWN, Known
from planner.read.ids import report_doubles
from planner.read.origin import read_sheet
from planner.read.problems import Problems, quoted
from planner.read.sheet import Cells, Sheet, Written
from planner.read.source import WORKBOOKS, Origin

CUSTOMER, ROLE, REP, PREVIOUS = "customer_id", "role", "rep_id", "previous_rep_id"
COLUMNS = (CUSTOMER, ROLE, REP, PREVIOUS)


@dataclass(frozen=True)
class Edited:
    """What was read.

    Attributes
    ----------
    assignment : Assignment
        Who owns whom by the file; customers it does not name keep the owner that the run gave them.
    absent : tuple of (customer, role) positions
        Those it does not name.
    notes : tuple of Finding
        Warnings and notes, what is no reason to refuse the file.
    """

    assignment: Assignment
    absent: tuple[tuple[int, int], ...]
    notes: tuple[Finding, ...]


def read_edited(path: Path, basis: Basis, sheet: str | None = None) -> Edited:
    """Read an edited assignment, ``sheet`` of a workbook or its first one.

    Raises
    ------
    InputRefused
        When it cannot be read, lacks a column, or has a row that is no assignment: all problems at once.
    """
    problems = Problems()
    read = _sheet(path, sheet, problems)
    if read is None:
        raise InputRefused(problems.findings)
    columns = _columns(read, basis, problems)
    if errors_among(problems.findings):
        raise InputRefused(problems.findings)
    rows = _rows(columns, basis, problems)
    if errors_among(problems.findings):
        raise InputRefused(problems.findings)
    assert basis.plan.assignment is not None
    owners = basis.plan.assignment.owners.copy()
    named = owners == UNNEEDED
    named[rows.role, rows.customer] = True
    owners[rows.role, rows.customer] = rows.rep
    if PREVIOUS in columns:
        _tell_edited_owners(columns[PREVIOUS], rows, basis, problems)
    absent = tuple((int(c), int(k)) for c, k in np.argwhere(~named.T))
    return Edited(Assignment(basis.plan.assignment.roles, owners), absent, tuple(problems.findings))


def _sheet(path: Path, sheet: str | None, problems: Problems) -> Sheet | None:
    if sheet is not None and path.suffix.lower() not in WORKBOOKS:
        hint = "Try without --sheet"
        problems.findings.append(Finding("TP540", "Only workbooks have sheets", Place(file=str(path)), hint=hint))
        return None
    if not path.exists():
        beside = sorted(one.name for one in path.parent.iterdir()) if path.parent.is_dir() else []
        hint = did_you_mean(path.name, beside) if beside else "Try the path of an edited copy of assignments.csv"
        problems.add("TP101", Place(file=str(path)), expected="an edited copy of assignments.csv", hint=hint)
        return None
    read = read_sheet(Origin(file=path.name, sheet=sheet), path.parent, problems)
    if read is None:
        return None
    filled = np.zeros(len(read.rows), dtype=bool)
    for cells in read.cells:
        filled |= ~pd.isna(cells)
    if not filled.any():
        problems.add("TP109", read.place, expected="a row per customer", hint="Try exporting the table again")
    return read.kept(filled)


def _columns(sheet: Sheet, basis: Basis, problems: Problems) -> dict[str, Written]:
    """Return the columns that count, by name; what else a table has is nobody's business here."""
    at: dict[str, int] = {}
    for position, header in enumerate(sheet.headers):
        name = next((one for one in COLUMNS if plain(one) == plain(header)), None)
        if name is not None and name in at:
            problems.add(
                "TP114",
                sheet.column(position).place(),
                found=f"{quoted(sheet.headers[at[name]])} and {quoted(header)}",
                expected=f"one column {name}",
                hint="Try removing one of them",
            )
        elif name is not None:
            at[name] = position
    for name in (CUSTOMER, REP, *((ROLE,) if len(basis.run.policy.role_names) > 1 else ())):
        if name not in at:
            others = [header for header in sheet.headers if header.strip()]
            near = "to" if name == REP and "to" in others else None
            problems.add(
                "TP117",
                sheet.place,
                found="the headers " + ", ".join(quoted(header) for header in others[:12]),
                expected=name,
                hint=f"Try renaming the header {near or 'that holds it'} to {name}",
            )
    return {name: sheet.column(position) for name, position in at.items()}


@dataclass(frozen=True)
class _Rows:
    """The rows that count: where they stand in the file, and the positions of customer, role and rep (or POOLED)."""

    at: IntArray
    customer: IntArray
    role: IntArray
    rep: IntArray


def _rows(columns: dict[str, Written], basis: Basis, problems: Problems) -> _Rows:
    org, policy = basis.run.org, basis.run.policy
    customer = _known(columns[CUSTOMER], Known.customers(org), "TP541", "TP131", problems)
    role = _roles(columns, basis, problems)
    rep = _reps(columns[REP], basis, problems)
    _report_repeated(columns[CUSTOMER], customer, role, basis, problems)
    both = np.flatnonzero((customer >= 0) & (role >= 0))
    assert basis.plan.assignment is not None
    needless = both[basis.plan.assignment.owners[role[both], customer[both]] == UNNEEDED]
    owned = needless[rep[needless] != POOLED]
    problems.cells(
        "TP543",
        columns[CUSTOMER],
        owned.tolist(),
        found=lambda at: f"{org.customer_ids[customer[at]]} as {policy.role_names[role[at]]}",
        expected="roles that the policy says the customer needs",
        hint="Try removing the row",
    )
    kept = np.setdiff1d(np.arange(len(rep)), needless)
    return _Rows(kept, customer[kept], role[kept], rep[kept])


def _known(column: Written, known: Known, unknown: str, blank: str, problems: Problems) -> IntArray:
    """Return positions, and report ids that are blank or nobody's."""
    empty = pd.isna(column.cells)
    found = known.positions(column.cells)
    problems.cells(
        blank,
        column,
        np.flatnonzero(empty).tolist(),
        expected="an id in every row",
        hint="Try filling it in, or removing the row",
    )
    problems.cells(
        unknown,
        column,
        np.flatnonzero((found == UNKNOWN) & ~empty).tolist(),
        expected="an id of the tables that the run was made from",
        hint=lambda at: known.hint(column.cells[at]),
    )
    return found


def _reps(column: Written, basis: Basis, problems: Problems) -> IntArray:
    """Return the reps; a blank, or ``nobody``, is the pool where the policy has one."""
    known = Known.reps(basis.run.org)
    rep = known.positions(column.cells)
    blank = pd.isna(column.cells)
    nobody = blank | ((rep == UNKNOWN) & np.array([_is_nobody(cell) for cell in column.cells], dtype=bool))
    if basis.run.policy.pool is None:
        problems.cells(
            "TP544",
            column,
            np.flatnonzero(nobody).tolist(),
            expected="a rep in every row: this policy has no pool",
            hint="Try a rep, or removing the row to keep the owner that the run gave",
        )
    rep[nobody] = POOLED
    problems.cells(
        "TP542",
        column,
        np.flatnonzero(rep == UNKNOWN).tolist(),
        expected="a rep_id of the tables that the run was made from",
        hint=lambda at: known.hint(column.cells[at]),
    )
    return rep


def _is_nobody(cell: object) -> bool:
    return isinstance(cell, str) and cell.strip().casefold() == NOBODY


def _roles(columns: dict[str, Written], basis: Basis, problems: Problems) -> IntArray:
    names = basis.run.policy.role_names
    if ROLE not in columns:
        return np.zeros(len(columns[CUSTOMER].cells), dtype=np.int64)
    column = columns[ROLE]
    role = pd.Index(np.array(names, dtype=object)).get_indexer(pd.Index(column.cells)).astype(np.int64)
    if len(names) == 1:
        role[pd.isna(column.cells)] = 0
    problems.cells(
        "TP148",
        column,
        np.flatnonzero(role < 0).tolist(),
        expected="one of the roles " + ", ".join(names),
        hint=lambda at: did_you_mean(column.cells[at] or "", names),
    )
    return role


def _report_repeated(column: Written, customer: IntArray, role: IntArray, basis: Basis, problems: Problems) -> None:
    """Report customers with several rows for one role."""
    names, ids = basis.run.policy.role_names, basis.run.org.customer_ids
    keys: Cells = np.full(len(customer), None, dtype=object)
    for at in np.flatnonzero((customer >= 0) & (role >= 0)).tolist():
        one = str(ids[customer[at]])
        keys[at] = one if len(names) == 1 else (one, names[role[at]])
    expected = "every customer once" if len(names) == 1 else "every customer once for each role"
    report_doubles("TP132", column, keys, expected, problems)


def _tell_edited_owners(column: Written, rows: _Rows, basis: Basis, problems: Problems) -> None:
    """Tell where today's owner was edited, which changes nothing: it stands in the table of customers."""
    told = list(_edited_owners(column, rows, basis))
    if told:
        problems.add(
            "TP545",
            column.place(told[0][0]),
            found=told[0][1],
            expected="today's owners as the tables of the run have them; they stay as they are",
            hint="Try the table of customers, and planner plan again",
            severity="warning",
            count=len(told),
            examples=[f"row {column.rows[at]}: {text}" for at, text in told],
        )


def _edited_owners(column: Written, rows: _Rows, basis: Basis) -> Iterator[tuple[int, str]]:
    org, policy = basis.run.org, basis.run.policy
    for k, name in enumerate(policy.role_names):
        table = owner_column(org, name, policy.first_role)
        today = np.full(org.n_customers, None) if table is None else org.customers[table].to_numpy(dtype=object)
        for at, customer in zip(rows.at[rows.role == k], rows.customer[rows.role == k], strict=True):
            written, owner = column.cells[at], today[customer]
            if pd.isna(written) and pd.isna(owner):
                continue
            if written not in (owner, f"{ESCAPE}{owner}"):
                yield int(at), f"{org.customer_ids[customer]}: {quoted(written)} instead of {_shown(owner)}"


def _shown(owner: object) -> str:
    return quoted(owner) if isinstance(owner, str) else "a blank"
