"""The report of a plan: what changes, what it brings, how good it is, and where it comes from."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from planner.language import Language
from planner.record import NotPlanned
from planner.report.atlas.map import map_section
from planner.report.blocks import Report
from planner.report.plan.assignments import assignments
from planner.report.plan.books import books
from planner.report.plan.brief import Brief
from planner.report.plan.classes import classes
from planner.report.plan.discretion import Discretion
from planner.report.plan.flows import flows, managers
from planner.report.plan.headline import headline_sentence, overview
from planner.report.plan.limits import assumptions, budgets, wishes
from planner.report.plan.moves import moves
from planner.report.plan.provenance import provenance
from planner.report.plan.rules import rules
from planner.report.readership.evidence import Evidence
from planner.report.readership.scope import Scope
from planner.run_folder import RunFolder


def plan_report(
    run: RunFolder, evidence: Evidence, scope: Scope, say: Language, *, basemap: Mapping[str, Any] | None = None
) -> Report:
    """Return the report of a plan.

    Parameters
    ----------
    evidence
        What of the plan may be seen, for ``scope``.
    basemap : mapping, optional
        A GeoJSON document that is drawn below the map; only its geometry is used.

    Raises
    ------
    ValueError
        When the run has no plan.
    """
    record = run.record
    if isinstance(record, NotPlanned):
        raise ValueError(f"a run that is {record.status} has no plan to report")
    brief = Brief(evidence, record, run.policy, scope, say, Discretion(run.org, scope, evidence))
    sections = (
        overview(brief),
        books(brief),
        moves(brief),
        flows(brief),
        managers(brief),
        map_section(brief, basemap),
        classes(brief),
        budgets(brief),
        wishes(brief),
        rules(brief),
        assumptions(brief),
        assignments(brief),
    )
    period = say("{first} – {last}", first=say.day(record.period["start"]), last=say.day(record.period["end"]))
    return Report(
        name="plan",
        title=_title(brief, run),
        headline=headline_sentence(brief),
        sections=tuple(section for section in sections if section is not None),
        language=say.code,
        subtitle=period,
        scope=scope.label,
        folder=scope.folder,
        made=provenance(brief, run.folder),
    )


def _title(brief: Brief, run: RunFolder) -> str:
    record, say = brief.record, brief.say
    scenario = brief.told(record.scenario) if record.scenario is not None else ""
    named = (brief.told(record.project), scenario, brief.told(run.folder.name))
    return say(" · ").join(part for part in named if part) or say("Plan")
