"""Applies scenarios: first to the project document, then to the org that was read with it."""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from models.findings import Finding, Place, did_you_mean
from models.org import Org
from scenarios.customers import change_customers
from scenarios.definition import (
    GREENFIELD,
    MINIMAL_MOVES,
    STATUS_QUO,
    Scenario,
    ScenarioKind,
    names,
    order_of,
)
from scenarios.reps import hire, leave
from scenarios.setting import POLICY, SettingError, Where, root_of, set_and_locate

Document = dict[str, Any]
PlaceOf = Callable[[Where], Place]


@dataclass(frozen=True)
class Changed:
    """A document with the changes of a scenario, how it is to be solved, and who changed what."""

    document: Document
    kind: ScenarioKind = ScenarioKind.PLANNED
    said: Mapping[Where, str] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True)
class Change:
    """A chosen scenario with everything it is made of, and the settings of the command line on top.

    ``settings`` are (path, value) pairs; ``place_of`` tells where a part of the project file stands.
    """

    name: str | None
    scenarios: Mapping[str, Scenario]
    settings: Sequence[tuple[str, Any]] = ()
    place_of: PlaceOf = lambda where: Place()

    @property
    def kind(self) -> ScenarioKind:
        """How the scenario is to be solved."""
        evaluated = STATUS_QUO in self.parts
        return ScenarioKind.EVALUATED if evaluated else ScenarioKind.PLANNED

    @property
    def parts(self) -> list[str]:
        """The scenarios that are applied, in order; empty where the name is unknown or goes in circles."""
        if self.name is None:
            return []
        try:
            return order_of(self.name, self.scenarios)
        except (KeyError, ValueError):
            return []

    def problems(self) -> list[Finding]:
        """Return what forbids applying it: a name that is not defined, a circle."""
        if self.name is None:
            return []
        place = self.place_of(("scenarios", self.name, "combine"))
        try:
            order_of(self.name, self.scenarios)
        except KeyError as error:
            valid = names(self.scenarios)
            missing = str(error.args[0])
            asked = Place() if missing == self.name else place
            title = "There is no such scenario"
            return [Finding("TP207", title, asked, found=repr(missing), hint=did_you_mean(missing, valid))]
        except ValueError as error:
            title = "A scenario combines itself"
            return [Finding("TP207", title, place, found=str(error), hint="Try to leave one of them out of 'combine'")]
        return []

    def of_document(self, document: Mapping[str, Any], *, policy: bool) -> Changed:
        """Apply the part that concerns the policy (or everything else) of a document.

        The two are apart because a policy may be inferred from the tables, which the rest of the document names.
        """
        changed = copy.deepcopy(dict(document))
        said: dict[Where, str] = {}
        findings: list[Finding] = []
        for part in self.parts:
            if policy and part in _BUILT_IN and isinstance(changed.get(POLICY) or {}, dict):
                changed = _BUILT_IN[part](changed)
            if part in self.scenarios:
                for path, value in self.scenarios[part].set.items():
                    place = self.place_of(("scenarios", part, "set", path))
                    changed = self._set(changed, path, value, place, f"scenario {part}", policy, said, findings)
        for path, value in self.settings:
            place = Place(file="--set", path=path)
            changed = self._set(changed, path, value, place, "--set", policy, said, findings)
        return Changed(changed, self.kind, said, tuple(findings))

    @staticmethod
    def _set(
        document: Document,
        path: str,
        value: Any,
        place: Place,
        who: str,
        policy: bool,
        said: dict[Where, str],
        findings: list[Finding],
    ) -> Document:
        try:
            if (root_of(path, document) == POLICY) != policy:
                return document
        except SettingError as error:  # a path that begins nowhere is told once
            findings.extend([error.finding(place)] if policy else [])
            return document
        try:
            changed, where = set_and_locate(document, path, value)
        except SettingError as error:
            findings.append(error.finding(place))
            return document
        if changed == document:
            findings.append(
                Finding(
                    "TP208",
                    "The setting changes nothing: that is the value already",
                    place,
                    found=f"{path} = {value}",
                    severity="note",
                )
            )
        said[where] = who
        return changed

    def of_org(self, org: Org, document: Mapping[str, Any]) -> tuple[Org, list[Finding]]:
        """Apply to an org: who leaves, who is hired, and the columns of customers that change."""
        findings: list[Finding] = []
        policy = document.get(POLICY)
        roles = list((policy.get("roles") if isinstance(policy, Mapping) else None) or {})
        for part in self.parts:
            scenario = self.scenarios.get(part)
            if scenario is None:
                continue
            place_of = _within(self.place_of, ("scenarios", part))
            if scenario.reps is not None:
                if scenario.reps.leave:
                    org = leave(org, scenario.reps.leave, place_of(("reps", "leave")), findings)
                for at, one in enumerate(scenario.reps.hire):
                    org = hire(org, one, roles, place_of(("reps", "hire", at)), findings)
            for at, change in enumerate(scenario.customers):
                org = change_customers(org, change, _within(place_of, ("customers", at)), findings)
        return org, findings


def _within(place_of: PlaceOf, before: Where) -> PlaceOf:
    return lambda where: place_of((*before, *where))


def _status_quo(document: Document) -> Document:
    return document


def _minimal_moves(document: Document) -> Document:
    """Lift the budgets, and put the number of chosen moves before all goals of the policy."""
    policy = document[POLICY] = document.get(POLICY) or {}
    _without(policy, "disruption", "budgets")
    later = [
        {**goal, "priority": goal["priority"] + 1 if isinstance(goal.get("priority"), int) else 2}
        for goal in policy.get("goals") or []
        if isinstance(goal, dict) and _goal(goal) != "moves"
    ]
    if policy.get("pool") and not any(_goal(goal) == "pool" for goal in later):
        later.append({"goal": "pool", "priority": min((goal["priority"] for goal in later), default=2)})
    policy["goals"] = [{"goal": "moves", "priority": 1}, *later]
    return document


def _greenfield(document: Document) -> Document:
    """Lift budgets, move costs and holdouts; locks stay."""
    policy = document[POLICY] = document.get(POLICY) or {}
    _without(policy, "disruption", "budgets")
    _without(policy, "disruption", "move_cost")
    _without(policy, "keep", "holdouts")
    if isinstance(policy.get("goals"), list):
        policy["goals"] = [goal for goal in policy["goals"] if _goal(goal) not in ("disruption", "moves")]
    return document


_BUILT_IN: dict[str, Callable[[Document], Document]] = {
    STATUS_QUO: _status_quo,
    MINIMAL_MOVES: _minimal_moves,
    GREENFIELD: _greenfield,
}


def _goal(line: Any) -> Any:
    return line.get("goal") if isinstance(line, dict) else None


def _without(policy: dict[str, Any], section: str, key: str) -> None:
    if isinstance(policy.get(section), dict):
        policy[section] = {name: value for name, value in policy[section].items() if name != key}
