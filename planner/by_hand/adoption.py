"""Adoption: an assignment edited by hand is checked, each deviation from the run is priced, and it becomes a run."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd

from models.account import Account
from models.explain.deviations import (
    BookChange,
    Deviation,
    GoalChange,
    book_changes,
    broken_by,
    goal_changes,
    price_deviations,
)
from models.findings import Finding
from models.names import customer_names, rep_names
from models.outcome import Outcome
from models.plan import Judgement, Plan, Violation
from planner.by_hand.basis import Basis, read_basis
from planner.by_hand.edited import read_edited
from planner.by_hand.filing import file_plan, plan_by_hand
from planner.record import AdoptedEntry
from planner.run_folder import RunFolder
from planner.write.files import sha256, write_csv
from planner.write.folder import chosen_folder
from planner.write.run import DEVIATIONS, RUN, About
from planner.write.tables import for_people, rep_ids


@dataclass(frozen=True)
class Adoption:
    """An edited assignment, and what it changes.

    Attributes
    ----------
    basis : Basis
        The run that was edited.
    file : Path
        The edited table.
    plan : Plan
        The edited assignment as a plan: ``optimal``, ``feasible``, or ``evaluated`` where it breaks hard rules.
    deviations : tuple of Deviation
        Every customer with another owner than the run gave, priced by itself.
    goals, books : tuples
        What they change together: goals, and the books that a limit or a band looks at.
    broken : tuple of Violation
        Hard rules that the edited assignment breaks and the run's plan does not.
    absent : tuple of (customer, role) positions
        Customers the file does not name: they keep the owner that the run gave.
    notes : tuple of Finding
        What is worth knowing of the file, and no error.
    folder : Path or None
        The run it was filed as; None where it was not filed.
    """

    basis: Basis
    file: Path
    plan: Plan
    deviations: tuple[Deviation, ...]
    goals: tuple[GoalChange, ...]
    books: tuple[BookChange, ...]
    broken: tuple[Violation, ...]
    absent: tuple[tuple[int, int], ...]
    notes: tuple[Finding, ...]
    folder: Path | None = None

    @property
    def judgement(self) -> Judgement:
        """What the checker says of the edited assignment."""
        assert self.plan.judgement is not None
        return self.plan.judgement

    @property
    def feasible(self) -> bool:
        """True when every hard rule holds."""
        return self.judgement.feasible

    @property
    def points(self) -> float:
        """By how many points the objective is worse than the run's (negative: better)."""
        assert self.basis.plan.judgement is not None
        return self.judgement.objective - self.basis.plan.judgement.objective

    @property
    def points_alone(self) -> float:
        """The prices of the deviations, each by itself, added up: not what they cost together."""
        return sum(one.points for one in self.deviations)


def adopt(
    run: str | Path | RunFolder | None,
    file: str | Path,
    *,
    out: str | Path | None = None,
    even_broken: bool = False,
    by: str | None = None,
    sheet: str | None = None,
    force: bool = False,
) -> Adoption:
    """Check a hand-edited assignment, price each deviation from the run, and file it as a run.

    Parameters
    ----------
    run
        A finished run: its folder, its number, or a project whose latest run is meant (None: the current folder).
    file
        An edited copy of ``assignments.csv`` (CSV, Excel, Parquet), or any table with ``customer_id``, ``rep_id`` and,
        with several roles, ``role``.
    out
        Where to write; the next numbered run of the project if None. ``force`` replaces an earlier run there.
    even_broken
        File it as ``evaluated`` when it breaks hard rules; else it is not filed.
    by
        Who edited it, for the record.
    sheet
        Of a workbook; the first one if None.

    Raises
    ------
    InputRefused
        When the run has no plan, or the file is no assignment of its customers; every problem at once.
    """
    target = None if out is None else chosen_folder(Path(out), RUN, force=force)
    basis = read_basis(run.folder if isinstance(run, RunFolder) else None if run is None else Path(run))
    adoption = weigh(basis, Path(file), by=by, sheet=sheet)
    if not adoption.feasible and not even_broken:
        return adoption
    about = About(basis.record.project, adopted=_entry(adoption, by))
    written = file_plan(
        basis,
        about,
        adoption.plan,
        target,
        explained=lambda account: _with_reasons(account, adoption.deviations),
        beside=lambda folder: write_csv(deviations_table(adoption), folder / DEVIATIONS),
    )
    return replace(adoption, folder=written.folder)


def weigh(basis: Basis, file: Path, *, by: str | None = None, sheet: str | None = None) -> Adoption:
    """Check an edited assignment and price it, without filing it."""
    edited = read_edited(file, basis, sheet)
    with Outcome(basis.run.org, basis.run.policy, basis.plan) as outcome:
        judgement = outcome.judge.of(edited.assignment)
        reason = f"edited by {_written(by or 'hand')} from run {basis.name} ({_written(file.name)})"
        return Adoption(
            basis=basis,
            file=file,
            plan=plan_by_hand(basis, outcome.judge, edited.assignment, reason),
            deviations=price_deviations(outcome, edited.assignment),
            goals=goal_changes(outcome.judgement, judgement),
            books=book_changes(outcome, edited.assignment),
            broken=broken_by(outcome.judgement, judgement),
            absent=edited.absent,
            notes=edited.notes,
        )


def deviations_table(adoption: Adoption) -> pd.DataFrame:
    """Return one row per deviation: what it costs by itself, goal by goal in points, and what it breaks."""
    org, policy, found = adoption.basis.run.org, adoption.basis.run.policy, adoption.deviations
    customer, role, planned, other = (
        np.array([getattr(one, what) for one in found], dtype=np.int64)
        for what in ("customer", "role", "planned", "other")
    )
    goals = [goal for stage in policy.stages for goal in stage.weights]
    return pd.DataFrame(
        {
            "customer_id": org.customer_ids[customer],
            "name": for_people(customer_names(org, customer)),
            "role": np.array(policy.role_names, dtype=object)[role],
            "planned_rep_id": rep_ids(org, planned),
            "planned_name": for_people(rep_names(org, planned)),
            "rep_id": rep_ids(org, other),
            "rep_name": for_people(rep_names(org, other)),
            "points": np.array([one.points for one in found], dtype=float),
            **{goal: np.array([one.goals.get(goal, 0.0) for one in found], dtype=float) for goal in goals},
            "breaks": for_people(np.array([_breaks(one.broken) for one in found], dtype=object)),
        }
    )


def _breaks(broken: Sequence[Violation] | None) -> str | None:
    if broken is None:
        return "not looked for"
    return "; ".join(f"{one.line}: {one.message}" for one in broken) or None


def _entry(adoption: Adoption, by: str | None) -> AdoptedEntry:
    return AdoptedEntry(
        run=adoption.basis.name,
        file=_written(adoption.file.name),
        sha256=sha256(adoption.file),
        by=None if by is None else _written(by),
        deviations=len(adoption.deviations),
        points=adoption.points,
    )


def _written(text: str) -> str:
    """Return a name as it can be written: bytes that are no text in any language are spelled out."""
    return text.encode("utf-8", errors="backslashreplace").decode("utf-8")


def _with_reasons(account: Account, deviations: Sequence[Deviation]) -> Account:
    """Say of those decided by hand that they were, and where the run had them."""
    reasons = account.reasons.copy()
    planned = {(one.role, one.customer): one.planned for one in deviations}
    keys = zip(account.ownership.role.tolist(), account.ownership.customer.tolist(), strict=True)
    for member, key in enumerate(keys):
        if key in planned:
            (rep,) = rep_names(account.org, np.array([planned[key]]))
            reasons[member] = f"decided by hand; planned with {rep}"
    return replace(account, reasons=reasons)
