"""A frontier as a report: what each bit of change buys, and how far from the truth that can be."""

from __future__ import annotations

import numpy as np

from planner.frontier_record import FrontierRecord
from planner.language import Language
from planner.report.blocks import Block, Column, Report, Section, Sentences, Table
from planner.report.frontier.placed import Placed
from planner.report.frontier.words import FrontierWords
from planner.report.readership.naming import EVERYBODY
from planner.report.readership.scope import Scope
from planner.report.versions import versions_told

_SECONDS = "{seconds} s"


def frontier_report(
    record: FrontierRecord, say: Language, scope: Scope | None = None, placed: Placed | None = None
) -> Report:
    """Return the report of a frontier by itself; ``scope`` is that of a reader who may not see everything.

    ``placed`` is the plan to mark beside it.
    """
    words = FrontierWords(record, say, placed, scope)
    blocks: list[Block] = []
    if record.points:
        blocks.append(words.facts())
    blocks.append(Sentences("certainty", (words.standing(), words.widest()) if record.points else (words.headline(),)))
    sections = [Section("overview", say("Overview"), tuple(blocks))]
    if record.points:
        section = words.section()
        sections.append(Section(section.key, section.title, section.blocks))
    sections.append(Section("provenance", say("Where it comes from"), (_sources(record, say, scope),)))
    scenario = record.scenario
    if scenario is not None and scope is not None and scope.names_outside(scenario):
        scenario = None
    project = "" if scope is not None and scope.names_outside(record.project) else record.project
    subtitle = " · ".join(part for part in (project, scenario) if part)
    return Report(
        name="frontier",
        title=words.title(),
        headline=words.headline(),
        sections=tuple(sections),
        language=say.code,
        subtitle=subtitle,
        scope="" if scope is None else scope.label,
        folder=EVERYBODY if scope is None else scope.folder,
        made=_made(record, project, scenario, say, closed=scope is not None and not scope.everything),
    )


def may_see_frontier(record: FrontierRecord, scope: Scope) -> bool:
    """Tell whether a reader may see a frontier: what is weighed, and against what."""
    against = record.x.name.removesuffix(" moved")
    seen = scope.goal(against) if record.x.base is None else scope.measure(against)
    return seen and all(scope.goal(goal) for goal in record.y.goals or {record.y.name: 1.0})


def _made(
    record: FrontierRecord, project: str, scenario: str | None, say: Language, *, closed: bool
) -> tuple[tuple[str, str], ...]:
    """Return how a frontier was found; what was changed may name somebody, and is for all eyes only."""
    changed = () if closed else tuple((say("Changed"), change) for change in record.changed)
    return (
        (say("Project"), project),
        *(() if scenario is None else ((say("Scenario"), scenario),)),
        *changed,
        (say("Seed"), str(record.seed)),
        (say("Plans made"), say.number(record.solves)),
        (say("Time"), say(_SECONDS, seconds=say.number(record.seconds))),
        *versions_told(record.versions, say),
    )


def _sources(record: FrontierRecord, say: Language, scope: Scope | None) -> Table:
    files = [say("not shown") if scope is not None and scope.names_outside(one) else one for one in record.sources]
    columns = (Column("file", say("File")), Column("digest", "SHA-256", "id"))
    cells = {
        "file": np.array(files, dtype=object),
        "digest": np.array(list(record.sources.values()), dtype=object),
    }
    return Table("sources", say("Files that were read"), columns, cells)
