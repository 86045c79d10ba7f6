"""The finished run that hands change: its plan as it was written, neither edited in place nor missing."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from models.findings import Finding, InputRefused, Place
from models.plan import Plan
from planner.finished import priced_plan
from planner.record import NotPlanned, Planned
from planner.run_folder import RunFolder, find_run, open_run
from planner.write.files import sha256
from planner.write.folder import RUNS
from planner.write.run import ASSIGNMENTS


@dataclass(frozen=True)
class Basis:
    """A finished run and its plan, with the prices of its certificate."""

    run: RunFolder
    record: Planned
    plan: Plan

    @property
    def name(self) -> str:
        """What the run is called: its folder, as it stands under ``runs/``."""
        return self.run.folder.resolve().name

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
    if not path.is_file() or sha256(path) != record.files.get(ASSIGNMENTS):
        raise _refused(
            path,
            "The assignments are not those the run wrote",
            "a file edited in place" if path.is_file() else "no such file",
            f"Try moving it elsewhere, making the same plan anew by planner plan, and planner adopt {path.name}",
        )
    return Basis(run, record, priced_plan(run))


def _refused(path: Path, title: str, found: str, hint: str) -> InputRefused:
    return InputRefused([Finding("TP540", title, Place(file=str(path)), found=found, hint=hint)])
