"""Round two: a finished run that was circulated as a proposal, and what managers answered to it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd

from models.account import Account
from models.findings import Finding, Place
from models.org import Org, Source
from models.warm import Warm
from planner.columns import ANSWERS
from planner.read import TableSource
from planner.read.org import ReadTable, read_table
from planner.read.problems import EXAMPLES, Problems, quoted
from planner.read.text import without_halves
from planner.warm import read_warm, warm_run
from planner.write.run import ASSIGNMENTS

SINCE = ("TP185", "TP190")
"""Codes of what is told of customers who came or went since a proposal."""


@dataclass(frozen=True)
class Circulated:
    """A proposal with its answers.

    Attributes
    ----------
    name : str
        The run that was circulated.
    table : DataFrame
        customer_id, role, rep_id, accepted (yes, no or None): the org's table ``proposal``.
    source : Source
        Where its rows stand.
    warm : Warm
        What the run leaves to a new one.
    findings : tuple of Finding
        What is wrong with the answers.
    files : tuple of Path
        The files that were read.
    """

    name: str
    table: pd.DataFrame
    source: Source
    warm: Warm
    findings: tuple[Finding, ...]
    files: tuple[Path, ...]

    def put_into(self, org: Org) -> tuple[Org, list[Finding]]:
        """Return the org with the proposal as a table, and who is new or gone since."""
        there = self.table["customer_id"].isin(org.customer_ids).to_numpy()
        named = set(self.table["customer_id"])
        new = [str(one) for one in org.customer_ids if one not in named]
        gone = list(dict.fromkeys(self.table["customer_id"][~there]))
        told = [
            *_told("TP190", self.source.place(), new, "new since: planned freely"),
            *_told("TP185", self.source.place(), gone, "gone since: what was answered lapses"),
        ]
        kept = np.flatnonzero(there)
        table = self.table.iloc[kept].reset_index(drop=True)
        given = {**org.given, "proposal": frozenset(table.columns)}
        sources = {**org.sources, "proposal": self.source.of_rows(kept)}
        return replace(org, proposal=table, given=given, sources=sources), told


@dataclass(frozen=True)
class Changed:
    """A member of a plan with another owner than was proposed: its place in the plan, the proposed rep, the answer."""

    member: int
    proposed: str | None
    answer: str | None


def changed_since(account: Account) -> list[Changed]:
    """Return the customers whom a plan has with others than the proposal of its org does, in the order of the plan."""
    org, owned, roles = account.org, account.ownership, account.policy.role_names
    if org.proposal is None:
        return []
    rows = (org.proposal[name] for name in ("customer_id", "role", "rep_id", "accepted"))
    said = {(customer, role): (rep, answer) for customer, role, rep, answer in zip(*rows, strict=True)}
    found = []
    for member, (customer, role, after) in enumerate(zip(owned.customer, owned.role, owned.after, strict=True)):
        proposed = said.get((org.customer_ids[customer], roles[role]))
        if proposed is not None and proposed[0] != (org.rep_ids[after] if after >= 0 else None):
            found.append(Changed(member, *proposed))
    return found


def _told(code: str, place: Place, ids: Sequence[str], what: str) -> list[Finding]:
    if not ids:
        return []
    problems = Problems()
    names = ", ".join(map(quoted, ids[:EXAMPLES])) + (" …" if len(ids) > EXAMPLES else "")
    problems.add(code, place, found=f"{names}, {what}", severity="warning", count=len(ids))
    return problems.findings


def read_circulated(after: Path, accepted: Path | None, project: Path) -> Circulated:
    """Read a run that was circulated and, where there is one, the file with the answers.

    Parameters
    ----------
    after
        A run folder, or the number of one of the project's runs.
    accepted
        A table with customer_id and optionally role, rep_id (or to) and accepted; without that column every row is
        accepted.
    project
        The project's folder.

    Raises
    ------
    InputRefused
        When there is no such run, or it has no plan. What is wrong with the answers is among the findings.
    """
    folder = warm_run(after, project)
    warm = read_warm(after, project, "--after")
    table = pd.DataFrame(
        {
            "customer_id": pd.Series(warm.customers, dtype=object),
            "role": pd.Series(warm.roles, dtype=object),
            "rep_id": pd.Series(warm.reps, dtype=object),
        }
    )
    problems = Problems()
    answers = np.full(len(table), None, dtype=object)
    if accepted is not None:
        source = TableSource.model_validate({"file": str(accepted)})
        read = read_table(source, ANSWERS, Path(), None, problems)
        if read is not None:
            answers = _answers(table, read, problems)
    return Circulated(
        without_halves(folder.resolve().name),
        table.assign(accepted=pd.Series(answers, dtype=object)),
        Source(str(folder / ASSIGNMENTS)),
        warm,
        tuple(problems.findings),
        tuple(one for one in (folder / ASSIGNMENTS, accepted) if one is not None),
    )


def _answers(proposal: pd.DataFrame, read: ReadTable, problems: Problems) -> np.ndarray:
    """Return what was answered to each row of the proposal: yes, no or None."""
    roles, reps = proposal["role"].to_numpy(dtype=object), proposal["rep_id"].to_numpy(dtype=object)
    rows_of: dict[str, list[int]] = {}
    for row, customer in enumerate(proposal["customer_id"]):
        rows_of.setdefault(customer, []).append(row)
    frame, every = read.frame, "accepted" not in read.given
    answers = np.full(len(proposal), None, dtype=object)
    wrong: dict[str, list[int]] = {code: [] for code in ("TP181", "TP188", "TP187", "TP189", "TP186")}
    for at, (customer, role, rep, answer) in enumerate(
        zip(
            *(frame[name].to_numpy(dtype=object) for name in ("customer_id", "role", "rep_id", "accepted")), strict=True
        )
    ):
        if customer is None:
            wrong["TP181"].append(at)
            continue
        rows = rows_of.get(customer, [])
        in_role = [row for row in rows if role is None or roles[row] == role]
        meant = [row for row in in_role if rep is None or reps[row] == rep]
        said = "yes" if every else answer
        if not meant:
            wrong["TP188" if not rows else "TP187" if not in_role else "TP189"].append(at)
        elif said is not None:
            if any(answers[row] not in (None, said) for row in meant):
                wrong["TP186"].append(at)
            answers[meant] = said
    for code, positions in wrong.items():
        if positions:
            _tell(code, positions, read, rows_of, reps, problems)
    return answers


def _tell(
    code: str,
    positions: list[int],
    read: ReadTable,
    rows_of: dict[str, list[int]],
    reps: np.ndarray,
    problems: Problems,
) -> None:
    def proposed(at: int) -> str:
        customer = str(read.frame["customer_id"].iloc[at])
        named = ["nobody" if reps[row] is None else quoted(reps[row]) for row in rows_of[customer]]
        return f"the proposal has {quoted(customer)} with {' and '.join(named)}, the row says " + quoted(
            read.frame["rep_id"].iloc[at]
        )

    column = {"TP187": "role", "TP189": "rep_id"}.get(code, "customer_id")
    expected, hint = {
        "TP181": ("a customer in every row", "Try filling it in, or removing the row"),
        "TP188": ("a customer of the proposal", "Try removing the row, or a wish for this customer (--wishes)"),
        "TP187": ("a role in which the proposal has the customer", "Try leaving the cell blank"),
        "TP189": ("the rep of the proposal, or nothing", "Try 'no' beside that rep, and a wish for another (--wishes)"),
        "TP186": ("one answer for each customer and role", "Try removing one of the rows"),
    }[code]
    found = proposed if code == "TP189" else None
    problems.cells(code, read.columns[column], positions, expected=expected, hint=hint, found=found)
