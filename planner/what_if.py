"""What is wrong with scenarios and sweeps that were not asked for: worth knowing, no reason to refuse a plan."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from typing import Any

from models.findings import Finding
from models.org import Org
from planner.document import Lines
from planner.project_file import ProjectFile
from scenarios.change import Change
from scenarios.setting import SettingError, set_value


def what_if_problems(
    checked: ProjectFile, document: Mapping[str, Any], org: Org, applied: Collection[str], lines: Lines
) -> list[Finding]:
    """Return the problems of scenarios that are not ``applied``, and of sweeps, as warnings."""
    found = [*_of_scenarios(checked, document, org, applied, lines), *_of_sweeps(checked, document, lines)]
    return [replace(one, severity="warning") if one.severity == "error" else one for one in found]


def _of_scenarios(
    checked: ProjectFile, document: Mapping[str, Any], org: Org, applied: Collection[str], lines: Lines
) -> Iterator[Finding]:
    for name, scenario in checked.scenarios.items():
        if name in applied:
            continue
        yield from Change(name, checked.scenarios, (), lines.place).problems()
        alone = Change(name, {name: scenario.model_copy(update={"combine": ()})}, (), lines.place)
        for policy in (False, True):
            yield from alone.of_document(document, policy=policy).findings
        yield from alone.of_org(org, document)[1]
        if scenario.is_empty:
            yield Finding("TP208", "The scenario changes nothing", lines.place(("scenarios", name)), severity="warning")


def _of_sweeps(checked: ProjectFile, document: Mapping[str, Any], lines: Lines) -> Iterator[Finding]:
    for name, sweep in checked.sweeps.items():
        for path, values in sweep.over.items():
            try:
                set_value(document, path, values[0])
            except SettingError as error:
                yield error.finding(lines.place(("sweeps", name, "over", path)))
