"""Reports of plans made in tests: projects of a few rows, planned by the real commands or by hand."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from models.outcome import Outcome
from planner.finished import priced_plan
from planner.language import language
from planner.report.blocks import Report
from planner.report.evidence import Evidence, read_evidence
from planner.report.plan_report import plan_report
from planner.report.scope import Scope, everything
from planner.run_folder import RunFolder, open_run


def evidence_of(run: RunFolder, scope: Scope | None = None) -> Evidence:
    """Weigh the plan of a run."""
    with Outcome(run.org, run.policy, priced_plan(run)) as outcome:
        return read_evidence(outcome, scope or everything(run.org), {})


def report_of(
    run: RunFolder, scope: Scope | None = None, code: str = "en", basemap: Mapping[str, Any] | None = None
) -> Report:
    """Return the report of a run."""
    evidence = evidence_of(run, scope)
    return plan_report(run, evidence, scope or everything(run.org), language(code), basemap=basemap)


def run_in(folder: Path) -> RunFolder:
    """Read a finished run."""

    return open_run(folder)
