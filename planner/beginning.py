"""The beginning of a project: tables to fill in or to start from, and a commented policy that fits their columns."""

from __future__ import annotations

import csv
import datetime as dt
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from models.findings import Finding, InputRefused, Place, errors_among
from models.org import Org, Period
from planner.bare_files import next_quarter
from planner.columns import TABLES
from planner.defaults import PolicyDocument, flow, infer_policy
from planner.fitting import fitted
from planner.project_file import PROJECT_FILE
from planner.read import TableSource, read_org

USUAL_COLUMNS = {
    "customers": (
        *("customer_id", "name", "family_id", "owner_id", "owner_since", "region", "tier", "required_skills"),
        *("revenue", "workload_hours", "next_renewal", "opportunity_close", "locked", "lock_reason"),
    ),
    "reps": (
        *("rep_id", "name", "team", "manager_id", "regions", "skills", "seniority", "share"),
        *("capacity_workload_hours", "available_from", "available_to", "status"),
    ),
}
"""The columns of empty tables: the ones most plans use. docs/columns.md has all."""

_EXAMPLE = {"customers": {"customer_id": "C1", "owner_id": "R1", "revenue": "1"}, "reps": {"rep_id": "R1"}}
"""What empty tables look like with a row, to find the policy that fits them when they are filled in."""

WIDEST = 110
_COMMENTS = {
    "measures": "what is summed over a book; `customers` (each counts 1) is always there",
    "eligibility": "who may own whom at all",
    "capacity": "hard limits",
    "balance": "soft: each percent of a rep's target outside the band costs points",
    "keep": "what stays, and who belongs together",
    "disruption": "how much may change; moves that a rule forces are not counted",
    "goals": "what is made small, in points",
}
_IDEAS = {
    "eligibility": ("rules:", "  - {name: key customers, when: customer.tier = 'A', require: rep.seniority >= 3}"),
    "capacity": ("- {measure: customers, max: 60}",),
    "disruption": ("move_cost: 1 + 0.5 * least(customer.tenure_years, 4)   # points for a chosen move; 1 if not said",),
}


@dataclass(frozen=True)
class Begun:
    """What was written, and what was found in the tables it was made from.

    ``recognised`` maps, per table, the header as written to the column it was read as, where the two differ;
    ``given_up`` says which usual rules were left out or softened, because no plan could keep them.
    """

    folder: Path
    files: tuple[str, ...]
    recognised: Mapping[str, Mapping[str, str]]
    given_up: tuple[str, ...]
    findings: tuple[Finding, ...]


def begin(
    folder: Path, *, today: dt.date, customers: Path | None = None, reps: Path | None = None, force: bool = False
) -> Begun:
    """Begin a project in ``folder``, from two existing tables or with empty ones.

    Tables are copied, never changed. The policy is the usual one for the columns they have.

    Raises
    ------
    InputRefused
        When a table cannot be read at all, or a file of the folder would be overwritten and ``force`` is not set.
    """
    given = {name: path for name, path in (("customers", customers), ("reps", reps)) if path is not None}
    files = {name: f"{name}{given[name].suffix.lower() if name in given else '.csv'}" for name in USUAL_COLUMNS}
    _refuse_missing(given)
    _refuse_to_overwrite(folder, (*files.values(), PROJECT_FILE), given, force)
    period = next_quarter(today)
    with tempfile.TemporaryDirectory(prefix="planner-init-") as made:
        draft = Path(made)
        for name, columns in USUAL_COLUMNS.items():
            if name not in given:
                _write_table(draft / files[name], columns, [_EXAMPLE[name]])
        sources = {name: TableSource(file=str(given.get(name, draft / files[name]).absolute())) for name in files}
        org, findings = read_org(sources, draft, period)
        if any(TABLES[name].key[0] not in org.given.get(name, frozenset()) for name in given):
            raise InputRefused(findings)
        inferred, given_up = _usual_policy(org, plannable=bool(given) and not errors_among(findings))
        text = project_text(org, inferred, files, period, from_tables=bool(given))
        (draft / PROJECT_FILE).write_text(text, encoding="utf-8")
        folder.mkdir(parents=True, exist_ok=True)
        for name in given:
            if not _same(given[name], folder / files[name]):
                shutil.copyfile(given[name], folder / files[name])
        for name in files.keys() - given.keys():
            _write_table(draft / files[name], USUAL_COLUMNS[name], [])
        for path in sorted(draft.iterdir()):
            shutil.copyfile(path, folder / path.name)
    recognised = {
        name: {header: column for column, header in org.source(name).headers.items() if header != column}
        for name in given
    }
    return Begun(folder, (*files.values(), PROJECT_FILE), recognised, given_up, tuple(findings) if given else ())


def _usual_policy(org: Org, *, plannable: bool) -> tuple[PolicyDocument, tuple[str, ...]]:
    """Return the usual policy for the columns there are, and what of it some table makes impossible."""
    inferred = infer_policy(org)
    if not plannable:
        return inferred.policy, ()
    usual = {assumption.title for assumption in inferred.assumptions}
    inferred = fitted(org, inferred)
    return inferred.policy, tuple(one.title for one in inferred.assumptions if one.title not in usual)


def project_text(
    org: Org, policy: PolicyDocument, files: Mapping[str, str], period: Period, *, from_tables: bool
) -> str:
    """Return a commented ``planner.yaml`` with a policy."""
    lines = [
        "# Who owns whom? Written by `planner init`"
        + (" for the columns that your tables have." if from_tables else "; fill in the tables beside it."),
        "# Change any line: docs/policy.md explains them all, `planner check` says what each one does.",
        "version: 1",
        f"period: {{start: {period.start}, end: {period.end}}}      # the quarter planned for, both days included",
        "",
        "tables:                                # CSV, Parquet, Excel, or {sql: ..., url: ...}",
        *(f"  {name}: {file}" for name, file in files.items()),
        "  # pairs: pairs.csv                   # values for a customer and a rep, such as drive_minutes or cost",
        "  # regions: regions.csv               # region, parent, neighbours",
        "  # wishes: wishes.csv                 # what managers wish for: customer, rep, kind, weight",
        "",
        "policy:",
        *_policy_lines(policy),
        "",
        "scenarios:                             # try one: planner plan --scenario NAME",
        *(f"  {line}" for line in _scenarios(org)),
    ]
    return "\n".join(lines) + "\n"


def _policy_lines(policy: Mapping[str, Any]) -> Iterator[str]:
    """Write the sections in their usual order, each with what it is for, and what could stand there."""
    for number, (section, comment) in enumerate(_COMMENTS.items()):
        value, ideas = policy.get(section), _IDEAS.get(section, ())
        if not value and not ideas:
            continue
        if number:
            yield ""
        if value:
            yield f"  {section}:".ljust(39) + f"# {comment}"
            yield from _body(value, 4)
        else:
            yield f"  # {section}:".ljust(39) + f"# {comment}"
        for idea in ideas:
            yield f"    # {idea}" if value else f"  #   {idea}"


def _body(value: Any, indent: int) -> Iterator[str]:
    """Write keys below each other; lists of lines one line each; what is small in one line."""
    space = " " * indent
    if isinstance(value, list):
        for one in value:
            line = f"{space}- {flow(one)}"
            if len(line) <= WIDEST or not isinstance(one, Mapping):
                yield line
                continue
            for number, (key, part) in enumerate(one.items()):
                yield f"{space}{'  ' if number else '- '}{key}: {flow(part)}"
        return
    for key, one in value.items():
        if isinstance(one, list) and one:
            yield f"{space}{flow(str(key))}:"
            yield from _body(one, indent + 2)
        else:
            yield f"{space}{flow(str(key))}: {flow(one)}"


def _scenarios(org: Org) -> Iterator[str]:
    if org.has("customers", "owner_id"):
        yield 'light touch: {set: {"disruption.budgets[moved customers].max": 3%}}'
    leaving = str(org.rep_ids[0])
    yield f"# somebody leaves: {{reps: {{leave: [{flow(leaving)}]}}}}"


def _refuse_missing(given: Mapping[str, Path]) -> None:
    missing = [
        Finding("TP101", "The file does not exist", Place(file=str(path)), hint=f"Try the path of your table of {name}")
        for name, path in given.items()
        if not path.is_file()
    ]
    if missing:
        raise InputRefused(missing)


def _refuse_to_overwrite(folder: Path, files: tuple[str, ...], given: Mapping[str, Path], force: bool) -> None:
    if folder.is_file():
        raise InputRefused(
            [Finding("TP195", "This is a file, not a folder", Place(file=str(folder)), hint="Try another name")]
        )
    kept = {path.resolve() for path in given.values()}
    there = [name for name in files if (folder / name).exists() and (folder / name).resolve() not in kept]
    if there and not force:
        raise InputRefused(
            [
                Finding(
                    "TP195",
                    "The folder holds a project already",
                    Place(file=str(folder)),
                    found=", ".join(there),
                    hint="Try another folder, or --force to replace these files",
                )
            ]
        )


def _same(one: Path, other: Path) -> bool:
    return other.exists() and one.samefile(other)


def _write_table(path: Path, columns: tuple[str, ...], rows: list[dict[str, str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as target:
        table = csv.DictWriter(target, columns, lineterminator="\n")
        table.writeheader()
        table.writerows(rows)
