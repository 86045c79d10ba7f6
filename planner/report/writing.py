"""A finished run as a report: read, cut to what its reader may see, and written as page, workbook and pictures."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from models.findings import Finding, InputRefused, Place
from models.outcome import Outcome
from planner.finished import priced_plan
from planner.language import Language
from planner.record import NotPlanned
from planner.report.audience import Audience, scope_for
from planner.report.blocks import Report
from planner.report.evidence import read_evidence
from planner.report.plan_report import plan_report
from planner.run_folder import RunFolder
from planner.write.files import read_csv_as_text
from planner.write.run import ASSIGNMENTS

BY_HAND = "decided by hand"
"""How the reason begins of who was placed by hand."""


@dataclass(frozen=True)
class Wanted:
    """What to write: which pictures and sheets beside page and workbook."""

    images: bool = False
    sheet_per_manager: bool = False


def report_of_run(run: RunFolder, audience: Audience, say: Language) -> Report:
    """Return the report of a finished run, cut to what its audience may see.

    Raises
    ------
    InputRefused
        When the run has no plan, its assignments cannot be read, or nobody is called as the audience is.
    """
    if isinstance(run.record, NotPlanned):
        hint = "Try planner explain infeasible" if run.record.status == "infeasible" else "Try planner plan again"
        raise InputRefused([Finding("TP540", "The run has no plan to report", Place(file=str(run.folder)), hint=hint)])
    scope = scope_for(run, audience, say)
    with Outcome(run.org, run.policy, priced_plan(run)) as outcome:
        evidence = read_evidence(outcome, scope, _decided_by_hand(run))
    return plan_report(run, evidence, scope, say)


def write_report(report: Report, folder: Path, wanted: Wanted) -> list[Path]:
    """Write a report into a folder that exists, and return the files: page, workbook, then pictures."""
    from planner.report.page import page
    from planner.report.pictures import write_pictures
    from planner.report.workbook import write_workbook

    files = [folder / f"{report.name}.html", folder / f"{report.name}.xlsx"]
    files[0].write_text(page(report), encoding="utf-8")
    write_workbook(report, files[1], sheet_per_manager=wanted.sheet_per_manager)
    return [*files, *(write_pictures(report, folder / "images") if wanted.images else ())]


def _decided_by_hand(run: RunFolder) -> dict[tuple[str, str], str]:
    """Return the reasons of those decided by hand, by customer and role: no plan's prices know them."""
    if getattr(run.record, "adopted", None) is None:
        return {}
    table = read_csv_as_text(run.folder / ASSIGNMENTS, ("customer_id", "role", "reason"))
    mine = table[table["reason"].astype(str).str.startswith(BY_HAND)]
    return {(row.customer_id, row.role): row.reason for row in mine.itertuples()}
