"""Scenarios for tests: written as the project file writes them, applied to an org of a few rows or to a policy."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from models.findings import Finding, Place
from models.org import Org
from scenarios.changing.change import Change, Changed
from scenarios.changing.tables import NoTables, Tables
from scenarios.definition import Scenario


def change_of(
    name: str, scenarios: Mapping[str, Any], *settings: tuple[str, Any], tables: Tables | None = None
) -> Change:
    """Return one of several scenarios, ready to be applied; findings have the path in the project file as place."""
    typed = {key: Scenario.model_validate(value) for key, value in scenarios.items()}
    return Change(name, typed, settings, _place, tables or NoTables())


def applied(org: Org, scenario: Mapping[str, Any], tables: Tables | None = None) -> tuple[Org, list[Finding]]:
    """Apply a scenario to an org."""
    return change_of("it", {"it": scenario}, tables=tables).of_org(org, {})


def of_policy(policy: Mapping[str, Any], scenario: Mapping[str, Any]) -> Changed:
    """Apply a scenario to a policy."""
    return change_of("it", {"it": scenario}).of_document({"policy": policy}, policy=True)


def told(findings: Any) -> list[tuple[str, str]]:
    """Return findings as severity and the last steps of their path, which is all that most tests look at."""
    return [(one.severity, (one.place.path or "").removeprefix("scenarios.it.")) for one in findings]


def _place(where: tuple[str | int, ...]) -> Place:
    return Place("planner.yaml", path=".".join(map(str, where)))
