"""The finished run that hands change: its plan as it was written, neither edited in place nor missing."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from models.check import Judge
from models.findings import Finding, InputRefused, Place
from models.plan import UNNEEDED, Assignment, Plan
from planner.contradictions import of_the_plan
from planner.finished import priced_plan
from planner.hand_edits import planned_owners
from planner.read.text import without_halves
from planner.record import NotPlanned, Planned
from planner.run_folder import RunFolder, find_run, open_run, read_assignment
from planner.shell import quoted
from planner.write.files import sha256
from planner.write.folder import RUNS
from planner.write.run import ASSIGNMENTS, MOVES


@dataclass(frozen=True)
class Basis:
    """A finished run and its plan, with the prices of its certificate.

    ``restored`` tells that its assignments were edited in place, and the plan was put together again.
    """

    run: RunFolder
    record: Planned
    plan: Plan
    restored: bool = False

    @property
    def name(self) -> str:
        """What the run is called: its folder, as it stands under ``runs/``."""
        return without_halves(self.run.folder.resolve().name)

    @property
    def project(self) -> Path:
        """The project to which the run belongs; the current folder where that cannot be told."""
        for folder in (self.run.folder, self.run.folder.resolve()):
            home = next((above.parent for above in folder.parents if above.name == RUNS), None)
            if home is not None:
                return home
        return Path()


def read_basis(named: Path | None) -> Basis:
    """Open the run that is meant, as :func:`planner.run_folder.find_run` finds it.

    Raises
    ------
    InputRefused
        When there is none, it has no plan, or its assignments are not what the run wrote.
    """
    run = open_run(find_run(named))
    record = run.record
    if isinstance(record, NotPlanned):
        raise _refused(
            run.folder,
            "The run has no plan",
            f"a run that is {record.status}",
            "Try planner explain infeasible" if record.status == "infeasible" else "Try planner plan again",
        )
    path = run.folder / ASSIGNMENTS
    if not path.is_file():
        raise _refused(path, "The assignments of the run are missing", "no such file", "Try planner plan again")
    if sha256(path) == record.files.get(ASSIGNMENTS):
        return Basis(run, record, priced_plan(run))
    plan = _restored(run, record)
    if plan is None:
        raise _refused(
            path,
            "The assignments are not those the run wrote",
            "a file edited in place, from which the plan cannot be put together again",
            "Try moving it elsewhere, making the same plan anew by planner plan, and "
            f"planner adopt {quoted(path.name)}",
        )
    return Basis(run, record, plan, restored=True)


def _restored(run: RunFolder, record: Planned) -> Plan | None:
    """Return the plan as the run wrote it, though its assignments were edited since; None where it cannot be told.

    It is put together of today's owners and the table of moves, and must be worth what the record says.
    """
    moves = run.folder / MOVES
    if not moves.is_file() or sha256(moves) != record.files.get(MOVES):
        return None
    now = read_assignment(run).assignment
    with Judge(run.org, run.policy) as judge:
        owners = planned_owners(run, judge.holdings.owners, now)
        if owners is None or owners.min(initial=0) < UNNEEDED:
            return None
        owners = np.where(judge.holdings.needed, owners, UNNEEDED)
        judgement = judge.of(Assignment(now.roles, owners))
    if next(of_the_plan(record, judgement), None) is not None:
        return None
    return priced_plan(run, Assignment(now.roles, owners))


def _refused(path: Path, title: str, found: str, hint: str) -> InputRefused:
    return InputRefused([Finding("TP540", title, Place(file=str(path)), found=found, hint=hint)])
