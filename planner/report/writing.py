"""Finished work as a report: read, cut to what its reader may see, and written as page, workbook and pictures."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from models.findings import Finding, InputRefused, Place
from models.outcome import Outcome
from models.plan import Plan
from planner.contradictions import of_the_plan
from planner.finished import priced_plan, with_staying
from planner.language import Language
from planner.language import language as speak
from planner.read.readers import Job
from planner.record import NotPlanned, Planned
from planner.report.atlas.basemap import read_basemap
from planner.report.blocks import Report, Table
from planner.report.comparison.report import report_of_comparison, report_of_frontier
from planner.report.plan.report import plan_report
from planner.report.readership.audience import Audience, scope_for
from planner.report.readership.evidence import read_evidence
from planner.run_folder import RunFolder, find_run, open_run
from planner.to_type import quoted
from planner.write.comparison import RECORD as COMPARISON
from planner.write.files import read_csv_as_text, sha256
from planner.write.folder import IMAGES, REPORTS, RUNS, Kind, chosen_folder, pages_of
from planner.write.frontier import RECORD as FRONTIER
from planner.write.publishing import publish
from planner.write.run import ASSIGNMENTS

BY_HAND = "decided by hand"
"""How the reason begins of who was placed by hand."""
_MOST_WRONG = 3


@dataclass(frozen=True)
class Wanted:
    """What to write: which pictures and sheets beside page and workbook."""

    images: bool = False
    sheet_per_manager: bool = False


@dataclass(frozen=True)
class Made:
    """A report that was written: of what, what it tells, its files (the page first), and the folder asked for.

    ``warnings`` tells what was asked for in vain.
    """

    folder: Path
    report: Report
    files: tuple[Path, ...]
    wanted: Path
    warnings: tuple[Finding, ...] = ()


def finished_folder(named: Path | None) -> Path:
    """Return the folder that is meant: of a comparison, of a frontier, or a run as ``find_run`` finds it.

    Raises
    ------
    InputRefused
        When there is none.
    """
    place = named or Path()
    for folder in (place, Path(RUNS) / place):
        if any((folder / record).is_file() for record in (COMPARISON, FRONTIER)):
            return folder
    return find_run(named)


def report_of(folder: Path, audience: Audience, say: Language, *, basemap: Path | None = None) -> Report:
    """Return the report of what a folder holds: a run, a comparison or a frontier.

    Raises
    ------
    InputRefused
        When it cannot be read, has no plan, or nobody is called as the audience is.
    """
    if basemap is not None and any((folder / record).is_file() for record in (COMPARISON, FRONTIER)):
        raise InputRefused([_without_effect(folder, "--basemap", "only the report of a plan has a map")])
    shapes = None if basemap is None else read_basemap(basemap)
    if (folder / COMPARISON).is_file():
        return report_of_comparison(folder, audience, say)
    if (folder / FRONTIER).is_file():
        return report_of_frontier(folder, audience, say)
    return report_of_run(open_run(folder), audience, say, shapes)


def make_report(
    place: str | Path | None = None,
    *,
    out: str | Path | None = None,
    force: bool = False,
    person: str | None = None,
    job: Job | None = None,
    language: str = "en",
    basemap: str | Path | None = None,
    images: bool = False,
    sheet_per_manager: bool = False,
    progress: Callable[[str], None] = lambda doing: None,
) -> Made:
    """Write page and workbook of finished work, and pictures if asked for.

    Parameters
    ----------
    place
        A folder that plan, compare or frontier wrote, the number of a run, or a project whose latest run is meant.
    out
        Where to write; beside the work, in ``report/``, if None.
    person, job
        For whom: ``manager:ID`` or ``rep:ID``, and which job decides what columns may be seen; everything if None.
    language : ``en`` or ``zh``
    basemap
        GeoJSON with outlines for the map of a plan.

    Raises
    ------
    InputRefused
        When there is nothing to report, nobody is called so, or ``out`` holds something else.
    """
    audience = Audience(person, job)
    folder = finished_folder(None if place is None else Path(place))
    progress(f"reading {folder}")
    report = report_of(folder, audience, speak(language), basemap=None if basemap is None else Path(basemap))
    warnings: tuple[Finding, ...] = ()
    if sheet_per_manager and not any(table.per for table in report.blocks(Table)):
        told = _without_effect(folder, "--sheet-per-manager", "no table in it names managers")
        warnings = (replace(told, severity="warning"),)
    progress("writing page and workbook")
    wanted = Wanted(images=images, sheet_per_manager=sheet_per_manager)
    out = None if out is None else Path(out)
    files = publish_report(report, folder, wanted, out=out, force=force)
    return Made(folder, report, tuple(files), folder_for(report, folder, out), warnings)


def _without_effect(folder: Path, option: str, why: str) -> Finding:
    return Finding(
        "TP565",
        f"{option} would change nothing here",
        Place(file=str(folder)),
        found=why,
        hint=f"Try without {option}",
    )


def report_of_run(
    run: RunFolder, audience: Audience, say: Language, basemap: Mapping[str, Any] | None = None
) -> Report:
    """Return the report of a finished run, cut to what its audience may see.

    Raises
    ------
    InputRefused
        When the run has no plan, its assignments cannot be read or are not those that were planned, or nobody is
        called as the audience is.
    """
    if isinstance(run.record, NotPlanned):
        explained = f"Try planner explain {quoted(run.folder)} infeasible, or name another run"
        hint = explained if run.record.status == "infeasible" else "Try planner plan again, or name another run"
        raise InputRefused([Finding("TP540", "The run has no plan to report", Place(file=str(run.folder)), hint=hint)])
    scope = scope_for(run, audience, say)
    plan = priced_plan(run)
    _refuse_another_plan(run, run.record, plan)
    with Outcome(run.org, run.policy, with_staying(run, plan)) as outcome:
        evidence = read_evidence(outcome, scope, _decided_by_hand(run))
    return plan_report(run, evidence, scope, say, basemap=basemap)


def _refuse_another_plan(run: RunFolder, record: Planned, plan: Plan) -> None:
    """Refuse files that were edited since the run: what was proven of its plan is not proven of theirs."""
    assert plan.judgement is not None
    wrong = list(of_the_plan(record, plan.judgement))
    if record.status != "evaluated":
        wrong += [f"{one.line}: {one.message}" for one in plan.judgement.violations]
    if wrong:
        table = run.folder / ASSIGNMENTS
        edited = sha256(table) != record.files.get(ASSIGNMENTS)
        again, adopted = f"planner verify {quoted(run.folder)}", f"planner adopt {quoted(table)} {quoted(run.folder)}"
        ways = f"{adopted} and report that" if edited else again
        raise InputRefused(
            [
                Finding(
                    "TP566",
                    "The run was edited: its plan is not the one that was made",
                    Place(file=str(table if edited else run.folder)),
                    found="; ".join(wrong[:_MOST_WRONG]),
                    hint=f"Try {ways}, or planner plan again",
                )
            ]
        )


def publish_report(
    report: Report,
    folder: Path,
    wanted: Wanted,
    *,
    out: Path | None = None,
    force: bool = False,
) -> list[Path]:
    """Write a report to ``out``, or beside what it is of, whole or not at all; return its files.

    An earlier report of the same audience is replaced; another folder only by ``force``, if it holds a report and
    nothing else.

    Raises
    ------
    InputRefused
        When there is something else.
    """
    kind = Kind("a report", f"{report.name}.html", pages_of(report.name))
    target = chosen_folder(folder_for(report, folder, out), kind, force=force or out is None)
    written: list[Path] = []

    def write(work: Path) -> None:
        written.extend(one.relative_to(work) for one in write_report(report, work, wanted))

    made = publish(target, folder, write)
    return [made / one for one in written]


def folder_for(report: Report, folder: Path, out: Path | None) -> Path:
    """Return where the report of a folder is to be written: beside it, if nothing else is asked for."""
    return folder / REPORTS / report.folder if out is None else out


def write_report(report: Report, folder: Path, wanted: Wanted) -> list[Path]:
    """Write a report into a folder that exists, and return the files: page, workbook, then pictures."""
    from planner.report.page import page
    from planner.report.pictures import write_pictures
    from planner.report.workbook import write_workbook

    files = [folder / f"{report.name}.html", folder / f"{report.name}.xlsx"]
    files[0].write_text(page(report), encoding="utf-8")
    write_workbook(report, files[1], sheet_per_manager=wanted.sheet_per_manager)
    return [*files, *(write_pictures(report, folder / IMAGES) if wanted.images else ())]


def _decided_by_hand(run: RunFolder) -> dict[tuple[str, str], str]:
    """Return the reasons of those decided by hand, by customer and role: no plan's prices know them."""
    if getattr(run.record, "adopted", None) is None:
        return {}
    table = read_csv_as_text(run.folder / ASSIGNMENTS, ("customer_id", "role", "reason"))
    mine = table[table["reason"].astype(str).str.startswith(BY_HAND)]
    columns = (mine[name].astype(str) for name in ("customer_id", "role", "reason"))
    return {(customer, role): reason for customer, role, reason in zip(*columns, strict=True)}
