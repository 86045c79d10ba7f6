"""What is wrong with scenarios and sweeps that were not asked for: worth knowing, no reason to refuse a plan."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from contextlib import closing
from dataclasses import replace
from typing import Any

from models.findings import Finding
from models.org import Org
from planner.document import Lines
from planner.project_file import ProjectFile, validated
from scenarios.changing.change import Change, Changed
from scenarios.changing.evaluation import Evaluations
from scenarios.changing.tables import Tables
from scenarios.definition import Scenario, Sweep
from scenarios.sweep import placed, points_of


def what_if_problems(
    checked: ProjectFile,
    document: Mapping[str, Any],
    org: Org,
    applied: Collection[str],
    lines: Lines,
    tables: Tables,
) -> list[Finding]:
    """Return the problems of scenarios that are not ``applied``, and of sweeps, as warnings.

    Each scenario is applied to the project as it is written, with all that it combines, and the policy that comes of
    it is read. Of a sweep each value is tried once, not each point of the grid.
    """
    whole = {name: part for name, part in document.items() if name not in ("scenarios", "sweeps")}
    asked = Change(None, checked.every_scenario, (), placed(checked.sweeps, lines.place), tables)
    with closing(Evaluations(kept=True)) as evaluations:
        found = [
            *_of_scenarios(checked.scenarios, asked, whole, org, applied, lines, evaluations),
            *_of_sweeps(checked.sweeps, asked, whole, lines),
        ]
    return [replace(one, severity="warning") for one in found if one.severity != "note"]


def _of_scenarios(
    scenarios: Mapping[str, Scenario],
    asked: Change,
    document: Mapping[str, Any],
    org: Org,
    applied: Collection[str],
    lines: Lines,
    evaluations: Evaluations,
) -> Iterator[Finding]:
    for name, scenario in scenarios.items():
        if scenario.is_empty:
            yield Finding("TP208", "The scenario changes nothing", lines.place(("scenarios", name)), severity="warning")
        if name in applied:
            continue
        change = replace(asked, name=name)
        problems = change.problems()
        yield from problems
        if not problems:
            yield from _of_policy(change, document, lines)
            if scenario.changes_org:  # what it combines is looked at as scenarios of their own
                yield from change.of_org(org, document, evaluations)[1]


def _of_sweeps(
    sweeps: Mapping[str, Sweep], asked: Change, document: Mapping[str, Any], lines: Lines
) -> Iterator[Finding]:
    for name, sweep in sweeps.items():
        points = [point for point in points_of(name, sweep) if _is_on_an_edge(point.scenario, sweep)]
        problems = replace(asked, name=points[0].name).problems()
        yield from problems
        for point in points if not problems else ():
            found = _of_policy(replace(asked, name=point.name), document, lines)
            yield from (one for one in found if one.severity != "note")  # a value may be today's


def _is_on_an_edge(scenario: Scenario, sweep: Sweep) -> bool:
    """Tell whether all but one path have their first value: these points show every value."""
    return sum(scenario.set[path] != values[0] for path, values in sweep.over.items()) <= 1


def _of_policy(change: Change, document: Mapping[str, Any], lines: Lines) -> Iterator[Finding]:
    """Yield what is wrong with the changes to the document, and with what comes of them."""
    early = change.of_document(document, policy=False)
    late = change.of_document(early.document, policy=True)
    yield from (*early.findings, *late.findings)
    yield from validated(late.document, _moved(_moved(lines, early), late))[1]


def _moved(lines: Lines, changed: Changed) -> Lines:
    return lines.changed(changed.said, changed.moved)
