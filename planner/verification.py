"""Verification: is a finished run what it says, judged again from its own inputs by code no engine shares."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from models.check import judge
from models.plan import Judgement, Violation
from planner.record import NotPlanned, Planned
from planner.run_folder import RunFolder, open_run, read_assignment
from planner.write.files import sha256, write_json
from planner.write.run import ASSIGNMENTS, INPUTS

VERIFIED = "verified.json"
_TOLERANCE = 1e-6


@dataclass(frozen=True)
class Verification:
    """What was found when a run was judged again.

    Attributes
    ----------
    differences : tuple of str
        Where the record says something else than the assignments and the inputs.
    violations : tuple of Violation
        Hard rules that the assignments break.
    notes : tuple of str
        What is worth knowing and no fault.
    judgement : Judgement or None
        None for a run without a plan.
    """

    run: RunFolder
    differences: tuple[str, ...]
    violations: tuple[Violation, ...]
    notes: tuple[str, ...]
    judgement: Judgement | None

    @property
    def passed(self) -> bool:
        """True when the run is what it says."""
        return not self.differences and not self.violations


def verify_run(folder: Path) -> Verification:
    """Judge a run again from its own inputs.

    Raises
    ------
    InputRefused
        When its files cannot be read.
    """
    run = open_run(folder)
    differences = [*_changed(run.folder / INPUTS, run.record.inputs, f"{INPUTS}/")]
    if isinstance(run.record, NotPlanned):
        return Verification(
            run, tuple(differences), (), (f"The run has no plan to judge: it is {run.record.status}.",), None
        )
    assignment, unreadable = read_assignment(run)
    judgement = judge(run.org, run.policy, assignment)
    notes = [
        f"{name} was changed after the run; its rows were judged as they are now."
        if name == ASSIGNMENTS
        else f"{name} was changed after the run; it is not judged."
        for name, digest in run.record.files.items()
        if _digest(run.folder / name) != digest
    ]
    expected = run.record.status == "evaluated"
    violations = (*unreadable, *(() if expected else judgement.violations))
    differences += _contradictions(run.record, judgement)
    return Verification(run, tuple(differences), violations, tuple(notes), judgement)


def remember(verification: Verification) -> None:
    """Leave a mark in the run folder that says how the verification of these very files ended."""
    folder = verification.run.folder
    mark = {"passed": verification.passed, "assignments": _digest(folder / ASSIGNMENTS)}
    try:
        write_json(mark, folder / VERIFIED)
    except PermissionError:
        return


def verified(folder: Path) -> bool | None:
    """Return how the last verification of the files as they are now ended; None when there was none."""
    try:
        mark = json.loads((folder / VERIFIED).read_text(encoding="utf-8"))
        return bool(mark["passed"]) if mark["assignments"] == _digest(folder / ASSIGNMENTS) else None
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _contradictions(record: Planned, judgement: Judgement) -> Iterator[str]:
    """Yield what the record says of goals, objective, bounds and moves that the judgement does not confirm."""
    for name, goal in judgement.goals.items():
        said = record.goals[name].value if name in record.goals else None
        if said is None or not _same(said, goal.value):
            yield f"{name} is {goal.value:,.6g} {goal.unit}, the record says {_or_nothing(said)}"
    if not _same(record.objective, judgement.objective):
        yield f"the objective is {judgement.objective:,.6g} points, the record says {record.objective:,.6g}"
    for name, bound in (("bound", record.bound), ("price bound", record.price_bound)):
        if bound is not None and judgement.objective < bound - _TOLERANCE * max(1.0, abs(bound)):
            yield f"the objective {judgement.objective:,.6g} is below the {name} {bound:,.6g} that was proven for it"
    moved = int(judgement.moved.any(axis=0).sum())
    for what, counted, said in (
        ("customers moved by choice", moved, record.moved_customers),
        ("forced moves", int(judgement.forced.sum()), record.forced_moves),
        ("newly assigned", int(judgement.newly.sum()), record.newly_assigned),
    ):
        if counted != said:
            yield f"{what}: {counted:,}, the record says {said:,}"
    if record.gap is not None and record.bound is not None:
        gap = max(0.0, record.objective - record.bound) / max(abs(record.objective), 1e-9)
        if not np.isclose(gap, record.gap, rtol=1e-6, atol=1e-9):
            yield f"the gap between objective and bound is {gap:.6%}, the record says {record.gap:.6%}"


def _changed(folder: Path, digests: dict[str, str], prefix: str) -> Iterator[str]:
    for name, digest in digests.items():
        if _digest(folder / name) != digest:
            yield f"{prefix}{name} is not the file the plan was made from"


def _digest(path: Path) -> str | None:
    return sha256(path) if path.is_file() else None


def _same(one: float, other: float) -> bool:
    return abs(one - other) <= _TOLERANCE * max(1.0, abs(one), abs(other))


def _or_nothing(value: float | None) -> str:
    return "nothing" if value is None else f"{value:,.6g}"
