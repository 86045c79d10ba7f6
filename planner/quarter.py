"""Where the quarter stands: the last runs of a project, what is open, and the command to type next."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from models.findings import InputRefused
from planner.record import NotPlanned, Planned
from planner.run_folder import load_record
from planner.shell import quoted
from planner.verification import verified
from planner.write.files import sha256
from planner.write.folder import RECORD, RUNS, SCENARIOS, run_folders
from planner.write.inputs import PROJECT_FILE
from planner.write.run import ASSIGNMENTS

TABLES = ("customers", "reps")
_ENDINGS = (".csv", ".parquet", ".xlsx")


@dataclass(frozen=True)
class RunSeen:
    """One run of the project; ``record`` is None where it cannot be read."""

    folder: Path
    written: dt.datetime
    record: Planned | NotPlanned | None
    verified: bool | None


@dataclass(frozen=True)
class Quarter:
    """Where a project stands.

    Attributes
    ----------
    runs : tuple of RunSeen
        The oldest first.
    open : tuple of str
        What wants attention, a sentence each.
    next : str
        The command to type next.
    why : str
        What it is good for.
    """

    project: Path
    runs: tuple[RunSeen, ...]
    open: tuple[str, ...]
    next: str
    why: str


def look_at(project: Path) -> Quarter:
    """Look at a project's folder: its runs, and what happened to files since the last one."""
    here = "" if project == Path() else f" {quoted(project)}"
    runs = tuple(_seen(folder) for folder in run_folders(project) if (folder / RECORD).is_file())
    if not runs:
        if not _is_project(project):
            told = ("There is no planner.yaml and no table of customers here.",)
            return Quarter(project, (), told, "planner demo", "makes a sample project and plans it")
        told = ("Nothing was planned yet.",)
        if (project / RUNS / SCENARIOS).is_dir():
            told = ("Scenarios were compared; none of them is the plan yet.",)
            return Quarter(project, (), told, f"planner plan{here} --scenario NAME", "makes the chosen one the plan")
        return Quarter(project, (), told, f"planner check{here}", "looks for problems before planning")
    last = runs[-1]
    record = last.record
    changed = tuple(_changed(project, record.sources)) if record is not None else ()
    return Quarter(project, runs, tuple(_open(last, changed)), *_next(last, bool(changed), here))


def _next(last: RunSeen, changed: bool, here: str) -> tuple[str, str]:
    if changed:
        return f"planner check{here}", "looks at what has changed"
    if isinstance(last.record, NotPlanned) or last.record is None:
        return f"planner plan{here}", "plans again, once rules or tables have changed"
    if not last.verified:
        return f"planner verify {quoted(last.folder)}", "judges the run again, independently"
    return f"planner plan{here}", f"plans again; {last.folder / ASSIGNMENTS} is ready to hand out"


def _is_project(project: Path) -> bool:
    return (project / PROJECT_FILE).is_file() or any((project / f"customers{ending}").is_file() for ending in _ENDINGS)


def _seen(folder: Path) -> RunSeen:
    written = dt.datetime.fromtimestamp((folder / RECORD).stat().st_mtime)
    try:
        record = load_record(folder)
    except InputRefused:
        return RunSeen(folder, written, None, None)
    return RunSeen(folder, written, record, verified(folder))


def _changed(project: Path, sources: Mapping[str, str]) -> Iterator[str]:
    for name, digest in sources.items():
        path = project / name
        if not path.is_file():
            yield f"{name} is gone since the last run."
        elif sha256(path) != digest:
            yield f"{name} has changed since the last run."


def _open(last: RunSeen, changed: tuple[str, ...]) -> Iterator[str]:
    record, name = last.record, last.folder.name
    if record is None:
        yield f"The record of run {name} cannot be read."
        return
    yield from changed
    if record.status == "infeasible":
        yield f"Run {name} found that no plan can exist: {_first(record.explanation)}"
    elif record.status == "no_plan":
        yield f"Run {name} stopped before it found a plan ({record.stopped_by})."
    if isinstance(record, NotPlanned):
        return
    yield from _open_in_plan(last, record)


def _open_in_plan(last: RunSeen, record: Planned) -> Iterator[str]:
    name = last.folder.name
    assignments = last.folder / ASSIGNMENTS
    if assignments.is_file() and sha256(assignments) != record.files.get(ASSIGNMENTS):
        yield f"{ASSIGNMENTS} of run {name} was edited by hand."
    if last.verified is False:
        yield f"Run {name} did not pass its verification."
    elif last.verified is None:
        yield f"Run {name} has not been verified."
    if record.violations:
        yield f"Run {name} breaks {len(record.violations):,} rules, as a plan that was only measured may."
    inside = record.headline.reps_inside_band.after
    if inside is not None and inside < record.headline.reps_with_band:
        outside = record.headline.reps_with_band - round(inside)
        yield f"{outside:,} of {record.headline.reps_with_band:,} reps are outside their band."
    if record.headline.frozen_share > 0.4:
        yield f"Locks and holdouts freeze {record.headline.frozen_share:.0%} of the revenue."


def _first(explanation: list[str]) -> str:
    return explanation[0] if explanation else "see plan.json"
