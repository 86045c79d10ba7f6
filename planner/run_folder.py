"""A run read back: from its own ``inputs/``, its record and its assignments, and from nothing else."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pandas as pd
from pydantic import ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from models.findings import Finding, InputRefused, Place, errors_among
from models.names import Texts
from models.org import IntArray, Org, Period, Source
from models.plan import POOLED, UNNEEDED, Assignment, Violation
from models.policy import Policy
from planner.document import Lines, read_document
from planner.read.readers import readers_of
from planner.read.source import TableSource
from planner.record import NotPlanned, Planned, read_record
from planner.write.files import read_csv_as_text, read_parquet, sha256
from planner.write.folder import INPUTS, RECORD, RUNS, run_folders
from planner.write.inputs import PROJECT_FILE, read_given
from planner.write.places import read_places
from planner.write.run import ASSIGNMENTS
from scenarios.setting import SettingError, set_and_locate

_NEEDED = ("customer_id", "role", "rep_id")
_OF_THE_POLICY = ("eligibility", "capacity", "keep", "disruption", "goals", "roles", "pool", "measures")
TOLD = ("previous_rep_id", "moved", "forced")
"""Columns of the assignments that only tell people what follows from the others."""


@dataclass(frozen=True)
class RunFolder:
    """A finished run: its folder and what it was made from.

    ``document`` is the run's own project file as plain values; ``lines`` tell where the policy stands in the user's.
    """

    folder: Path
    record: Planned | NotPlanned
    org: Org
    policy: Policy
    document: Mapping[str, Any]
    lines: Lines

    def place(self, path: str) -> Place:
        """Return where a path such as ``policy.capacity[workload].max`` stands in the user's project file."""
        try:
            where = set_and_locate(self.document, path, None)[1]
        except SettingError:
            return Place(path=path)
        return replace(self.lines.place(where), path=path)

    def place_of(self, broken: Violation) -> Place | None:
        """Return where a rule stands that is broken; None of what no line says, such as who has left."""
        return self.place(f"policy.{broken.line}") if broken.line.startswith(_OF_THE_POLICY) else None


@dataclass(frozen=True)
class AssignmentFile:
    """``assignments.csv`` as it is now.

    Attributes
    ----------
    wrong : tuple of Violation
        What in it cannot be an assignment at all.
    role, customer : int arrays, shape (rows,)
        Positions, of the rows that are an assignment.
    told : mapping of column to object array, shape (rows,)
        Those of :data:`TOLD` that are there, as written; None or NaN where blank.
    """

    assignment: Assignment
    wrong: tuple[Violation, ...]
    role: IntArray
    customer: IntArray
    told: Mapping[str, Texts]


def find_run(named: Path | None) -> Path:
    """Return the run that ``named`` means: a run folder, a project's latest run, or a run's number.

    Raises
    ------
    InputRefused
        When there is no such run.
    """
    place = named or Path()
    if (place / RECORD).is_file():
        return place
    if (numbered := Path(RUNS) / place).is_dir() and (numbered / RECORD).is_file() and named is not None:
        return numbered
    runs = [folder for folder in run_folders(place) if (folder / RECORD).is_file()]
    if runs:
        return runs[-1]
    raise _refused(
        place, "There is no run here", found=None, hint="Try planner plan first, or name a folder under runs/"
    )


def open_run(folder: Path) -> RunFolder:
    """Read a run back.

    Raises
    ------
    InputRefused
        When a file is missing or cannot be read.
    """
    record = load_record(folder)
    inputs = folder / INPUTS
    try:
        with (inputs / PROJECT_FILE).open(encoding="utf-8") as file:
            document = YAML(typ="safe").load(file)
        tables = {name: read_parquet(inputs / f"{name}.parquet") for name in document["tables"]}
        period = _period(document["period"])
        pairs = document["tables"].get("pairs")
        sources, lines = read_places(inputs)
        org = Org(
            customers=tables["customers"],
            reps=tables["reps"],
            period=period,
            pairs=tables.get("pairs"),
            pairs_only=isinstance(pairs, Mapping) and bool(pairs.get("only")),
            regions=tables.get("regions"),
            wishes=tables.get("wishes"),
            proposal=tables.get("proposal"),
            given=read_given(inputs),
            sources={name: sources.get(name, Source(f"{INPUTS}/{name}.parquet")) for name in tables},
            readers=readers_of({name: TableSource.model_validate(one) for name, one in document["tables"].items()}),
        )
        _ = org.customer_ids, org.rep_ids  # without which it is no table of them
        policy = Policy.model_validate(document["policy"])
    except (OSError, ValueError, KeyError, TypeError, AttributeError, YAMLError, duckdb.Error) as error:
        raise _refused(inputs, "The inputs of the run cannot be read", found=_first_line(error)) from error
    _refuse_edited_policy(inputs / PROJECT_FILE, record, org, policy)
    return RunFolder(folder, record, org, policy, document, lines or Lines(f"{INPUTS}/{PROJECT_FILE}"))


def _refuse_edited_policy(file: Path, record: Planned | NotPlanned, org: Org, policy: Policy) -> None:
    """Refuse a policy that was edited since the run, if nothing could be planned by it: a line at a time."""
    if record.inputs.get(PROJECT_FILE) == sha256(file):
        return
    from models.policy_review import review

    lines = read_document(file, str(file)).lines
    wrong = errors_among(review(org, policy, lambda path: lines.place(("policy", *path))))
    if wrong:
        raise InputRefused(wrong)


def _period(stated: Mapping[str, Any]) -> Period:
    start, end = stated["start"], stated["end"]
    if not (isinstance(start, dt.date) and isinstance(end, dt.date)):
        raise ValueError(f"a period from {start!r} to {end!r}")
    return Period(start, end)


def load_record(folder: Path) -> Planned | NotPlanned:
    """Read the record of a run.

    Raises
    ------
    InputRefused
        When it is missing, or not a record.
    """
    try:
        return read_record((folder / RECORD).read_bytes())
    except OSError as error:
        raise _refused(folder / RECORD, "The record of the run is missing", found=error.strerror) from error
    except ValidationError as error:
        raise _refused(
            folder / RECORD, "The record of the run cannot be read", found=_first_fault(error, below=1)
        ) from error


def read_assignment(run: RunFolder) -> AssignmentFile:
    """Read ``assignments.csv`` as it is now, and what in it cannot be an assignment at all.

    A row that names nobody known is left out and told; a customer without a row then has no owner.

    Raises
    ------
    InputRefused
        When the file cannot be read, or lacks a column.
    """
    path = run.folder / ASSIGNMENTS
    try:
        table = read_csv_as_text(path, (*_NEEDED, *TOLD))
        missing = [column for column in _NEEDED if column not in table]
        found = ", ".join(read_csv_as_text(path).columns) if missing else ""
    except (OSError, duckdb.Error) as error:
        raise _refused(path, "The assignments cannot be read", found=_first_line(error)) from error
    if missing:
        raise _refused(path, "The assignments lack columns", found=found, expected=", ".join(missing))
    roles = run.policy.role_names
    customer = positions(table["customer_id"], run.org.customer_ids)
    role = positions(table["role"], np.array(roles, dtype=object))
    rep = positions(table["rep_id"], run.org.rep_ids)
    pooled = table["rep_id"].isna().to_numpy()
    rep[pooled] = POOLED
    wrong = [
        *_unknown(table, customer < 0, "customer_id", "customer", "customers"),
        *_unknown(table, role < 0, "role", "role", "the policy"),
        *_unknown(table, (rep < 0) & ~pooled, "rep_id", "rep", "reps"),
    ]
    known = (customer >= 0) & (role >= 0) & ((rep >= 0) | pooled)
    owners = np.full((len(roles), run.org.n_customers), UNNEEDED, dtype=np.int64)
    owners[role[known], customer[known]] = rep[known]
    rows = np.bincount(role[known] * run.org.n_customers + customer[known], minlength=owners.size)
    for one in np.unique(np.flatnonzero(rows > 1) % max(run.org.n_customers, 1)).tolist():
        whom = str(run.org.customer_ids[one])
        wrong.append(Violation(ASSIGNMENTS, f"{whom} has more than one row for a role", customer=whom))
    told = {column: table[column].to_numpy(dtype=object)[known] for column in TOLD if column in table}
    return AssignmentFile(Assignment(roles, owners), tuple(wrong), role[known], customer[known], told)


def positions(cells: pd.Series, ids: np.ndarray) -> IntArray:
    """Return the position of each cell among some ids, -1 where it is none of them."""
    return pd.Index(ids.astype(object)).get_indexer(pd.Index(cells.astype(object))).astype(np.int64)


def _unknown(table: pd.DataFrame, rows: np.ndarray, column: str, what: str, where: str) -> list[Violation]:
    """Tell which rows name a customer, role or rep that does not exist; ``row`` as a spreadsheet counts."""
    found = []
    for row in np.flatnonzero(rows):
        cell, customer = table[column].iloc[row], table["customer_id"].iloc[row]
        shown = "blank" if pd.isna(cell) else f"{cell!r}"
        message = f"row {row + 2}: the {what} {shown} is not in {where}"
        found.append(Violation(ASSIGNMENTS, message, customer=None if pd.isna(customer) else str(customer)))
    return found


def _refused(
    place: Path, title: str, *, found: str | None, expected: str | None = None, hint: str | None = None
) -> InputRefused:
    return InputRefused(
        [
            Finding(
                "TP502",
                title,
                Place(file=str(place) if place != Path() else "the current folder"),
                found=found,
                expected=expected,
                hint=hint,
            )
        ]
    )


def _first_line(error: Exception) -> str:
    if isinstance(error, ValidationError):
        return _first_fault(error)
    return (str(error).splitlines() or [type(error).__name__])[0]


def _first_fault(error: ValidationError, below: int = 0) -> str:
    first = error.errors(include_url=False)[0]
    return f"{'.'.join(str(part) for part in first['loc'][below:])}: {first['msg']}"
