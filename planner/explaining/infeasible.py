"""``planner explain infeasible``: the conflicts that make a plan impossible, and the cheapest ways out."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from models.conflicts.change import NewRow, SetCell
from models.conflicts.conflict import Conflict
from models.conflicts.infeasibility import Infeasibility, explain_infeasible
from models.conflicts.members import Member
from models.conflicts.relaxation import Relaxation
from models.conflicts.wording import ConflictTold, Told
from models.findings import Place
from models.names import customer_names, rep_names
from models.org import Org
from models.plan import Assignment
from models.stop import Stop
from planner.console import Paper, Said
from planner.explaining.explained import Explained
from planner.explaining.typing import Typing, settled
from planner.record import Planned
from planner.run_folder import RunFolder
from planner.screens.conflicts import Places, show_infeasibility


def explain(run: RunFolder, whom: str, stop: Stop, say: Callable[[str], None]) -> Explained:
    """Say why a run has no plan; that there is nothing to explain where it has one."""
    del whom
    if isinstance(run.record, Planned):
        return _planned(run.record)
    why = explain_infeasible(run.org, run.policy, stop=stop, progress=say)
    places = Places(run.place, Typing.of_run(run))
    document = {"about": "infeasible", "status": run.record.status, **infeasibility_document(run, why)}
    known = why.plan_exists or bool(why.conflicts)
    return Explained(document, lambda paper: show_infeasibility(paper, why, places), known)


def infeasibility_document(run: RunFolder, why: Infeasibility) -> dict[str, Any]:
    """Return conflicts with their places in the user's files, and ways out with what to type."""
    typing = Typing.of_run(run)
    return {
        "plan_exists": why.plan_exists,
        "complete": why.complete,
        "conflicts": [_conflict(run, conflict, told) for conflict, told in zip(why.conflicts, why.told, strict=True)],
        "relaxations": [_relaxation(run.org, typing, one) for one in why.relaxations],
    }


def _planned(record: Planned) -> Explained:
    sentence = "This run has a plan: there is nothing infeasible to explain."
    if record.status == "evaluated" and record.violations:
        sentence = (
            f"This run was only measured, and breaks {len(record.violations):,} hard rules. "
            "Try planner plan without the scenario, and explain that run."
        )

    def show(paper: Paper) -> None:
        paper.blank()
        paper.paragraph([Said(sentence)])

    return Explained({"about": "infeasible", "status": record.status, "plan_exists": True, "message": sentence}, show)


def _conflict(run: RunFolder, conflict: Conflict, told: ConflictTold) -> dict[str, Any]:
    org = run.org
    return {
        "title": told.title,
        "minimal": conflict.minimal,
        "clash": [_member(run, one) for one in told.clash],
        "given": [_member(run, one) for one in told.given],
        "arithmetic": list(told.sums),
        "customers": [str(org.customer_ids[c]) for c in conflict.customers],
        "customer_names": customer_names(org, np.array(conflict.customers, dtype=np.int64)).tolist(),
        "reps": [str(org.rep_ids[r]) for r in conflict.reps],
        "rep_names": rep_names(org, np.array(conflict.reps, dtype=np.int64)).tolist(),
        "set_aside": [str(org.customer_ids[c]) for c in conflict.aside],
        "needs": [
            {
                "path": need.member.path,
                "label": need.member.label,
                "value": need.value,
                "limit": need.limit,
                "unit": need.member.unit,
                "proven": need.proven,
            }
            for need in conflict.needs
        ],
        "witnesses": [
            {
                "without": {"path": member.path, "label": member.label},
                "assignment": None if witness is None else _owners(org, witness.assignment),
            }
            for member, witness in conflict.witnesses
        ],
    }


def _member(run: RunFolder, told: Told) -> dict[str, Any]:
    member, org = told.member, run.org
    return {
        "kind": member.kind,
        "path": member.path,
        "label": member.label,
        "words": told.words,
        "limit": member.limit,
        "unit": member.unit,
        "customers": [str(org.customer_ids[c]) for c in member.customers],
        "customer_names": customer_names(org, np.array(member.customers, dtype=np.int64)).tolist(),
        **_rep_name(org, member),
        "place": _place(run.place(f"policy.{member.path}")),
        "cells": [
            {**_place(org.source(cell.table).place(cell.row, cell.column)), "table": cell.table, "value": cell.value}
            for cell in told.cells
        ],
    }


def _rep_name(org: Org, member: Member) -> dict[str, str]:
    """Return the name of the rep whose limit it is; nothing where it is of something else."""
    at = org.rep_positions.get(str(member.label)) if member.per == "rep" else None
    return {} if at is None else {"rep_name": str(rep_names(org, np.array([at]))[0])}


def _relaxation(org: Org, typing: Typing, one: Relaxation) -> dict[str, Any]:
    values, cells, rows = settled(one)
    return {
        "words": one.sentence,
        "size": one.size,
        "cheapest": one.cheapest,
        "at_least": one.least,
        "spared": [{"path": member.path, "label": member.label} for member in one.spared],
        "changes": [
            {
                "words": words,
                "way": change.easing.way,
                "path": change.member.path,
                "label": change.member.label,
                **_rep_name(org, change.member),
                "before": change.before,
                "after": change.after,
                "unit": change.member.unit,
                "size": change.size,
            }
            for change, words in zip(one.changes, one.words, strict=True)
        ],
        "set": values,
        "cells": [_cell(org, cell) for cell in cells],
        "new_rows": [_new_row(org, row) for row in rows],
        "type": list(typing.lines(one)),
        "assignment": _owners(one.org, one.assignment),
    }


def _cell(org: Org, cell: SetCell) -> dict[str, Any]:
    place = org.source(cell.table).place(cell.row, cell.column)
    return {**_place(place), "table": cell.table, "value": cell.value}


def _new_row(org: Org, row: NewRow) -> dict[str, Any]:
    return {"file": org.source(row.table).file, "table": row.table, "values": dict(row.cells)}


def _place(place: Place) -> dict[str, Any]:
    parts = {"file": place.file, "sheet": place.sheet, "row": place.row, "column": place.column, "line": place.line}
    return {key: value for key, value in parts.items() if value is not None}


def _owners(org: Org, assignment: Assignment) -> dict[str, dict[str, str | None]]:
    """Return who owns whom by role and customer; None is nobody."""
    return {
        role: {
            str(org.customer_ids[c]): None if owner < 0 else str(org.rep_ids[owner])
            for c, owner in enumerate(owners.tolist())
            if owner >= -1
        }
        for role, owners in zip(assignment.roles, assignment.owners, strict=True)
    }
