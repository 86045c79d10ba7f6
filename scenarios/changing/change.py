"""Applies scenarios: first to the project document, then to the org that was read with it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from models.findings import Finding, Place, did_you_mean
from models.org import Org
from scenarios.changing.customers import change_customers
from scenarios.changing.draft import Document, Draft
from scenarios.changing.evaluation import Evaluations
from scenarios.changing.regions import merge, split, unknown_regions
from scenarios.changing.reps import change, hire, leave, regions_stated, take_leave
from scenarios.changing.table_goals import after_others
from scenarios.changing.tables import NoTables, Tables
from scenarios.definition import (
    GREENFIELD,
    MINIMAL_MOVES,
    STATUS_QUO,
    Scenario,
    ScenarioKind,
    ancestors,
    names,
    order_of,
)
from scenarios.setting import POLICY, SettingError, Where, root_of, set_and_locate

PlaceOf = Callable[[Where], Place]


@dataclass(frozen=True)
class Changed:
    """A document with the changes of a scenario, and how it is to be solved.

    ``said`` and ``moved`` tell where things stand now, as :class:`~scenarios.changing.draft.Draft` notes it.
    """

    document: Document
    kind: ScenarioKind = ScenarioKind.PLANNED
    said: Mapping[Where, Place] = field(default_factory=dict)
    moved: Mapping[Where, Sequence[int | None]] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True)
class Change:
    """A chosen scenario with everything it is made of, and the settings of the command line on top.

    ``settings`` are (path, value) pairs; ``place_of`` tells where a part of the project file stands; ``tables`` reads
    files with new customers.
    """

    name: str | None
    scenarios: Mapping[str, Scenario]
    settings: Sequence[tuple[str, Any]] = ()
    place_of: PlaceOf = lambda where: Place()
    tables: Tables = field(default_factory=NoTables)

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
        """Return what forbids applying it: a name that is not defined, a circle of parts or of parents."""
        if self.name is None:
            return []
        place = self.place_of(("scenarios", self.name, "combine"))
        try:
            order_of(self.name, self.scenarios)
        except KeyError as error:
            return [self._unknown(str(error.args[0]), Place() if error.args[0] == self.name else place)]
        except ValueError as error:
            title = "A scenario combines itself"
            return [Finding("TP207", title, place, found=str(error), hint="Try to leave one of them out of 'combine'")]
        place = self.place_of(("scenarios", self.name, "parent"))
        try:
            ancestors(self.name, self.scenarios)
        except KeyError as error:
            return [self._unknown(str(error.args[0]), place)]
        except ValueError as error:
            title = "A scenario is its own parent"
            return [Finding("TP207", title, place, found=str(error), hint="Try 'parent: base' for one of them")]
        return []

    def _unknown(self, name: str, place: Place) -> Finding:
        hint = did_you_mean(name, names(self.scenarios))
        return Finding("TP207", "There is no such scenario", place, found=repr(name), hint=hint)

    def of_document(self, document: Mapping[str, Any], *, policy: bool) -> Changed:
        """Apply the part that concerns the policy (or everything else) of a document.

        The two are apart because a policy may be inferred from the tables, which the rest of the document names.
        """
        draft = Draft(document)
        for part in self.parts:
            if policy and part in _BUILT_IN and isinstance(draft.document.get(POLICY) or {}, dict):
                draft.document = _BUILT_IN[part](draft.document)
            if part in self.scenarios:
                place_of = _within(self.place_of, ("scenarios", part))
                if policy:
                    _change_lines(draft, self.scenarios[part], place_of)
                for path, value in self.scenarios[part].set.items():
                    _set(draft, path, value, place_of(("set", path)), policy)
        for path, value in self.settings:
            place = Place(file="--set", path=path)
            if policy and _names_nothing(draft.document, path) and not _names_nothing(document, path):
                title = "The setting is of something that this scenario lifts: it changes nothing here"
                draft.findings.append(Finding("TP208", title, place, found=f"{path} = {value}", severity="note"))
                continue
            _set(draft, path, value, place, policy)
        return Changed(draft.document, self.kind, draft.said, draft.moved, tuple(draft.findings))

    def of_org(
        self, org: Org, document: Mapping[str, Any], evaluations: Evaluations | None = None
    ) -> tuple[Org, list[Finding]]:
        """Apply to an org, each scenario in the order regions, reps, customers.

        ``evaluations`` may be handed in to share what it has read of the org with other scenarios.
        """
        findings: list[Finding] = []
        policy = document.get(POLICY)
        roles = list((policy.get("roles") if isinstance(policy, Mapping) else None) or {})
        with evaluations or Evaluations() as evaluated:
            for part in self.parts:
                if part in self.scenarios:
                    place_of = _within(self.place_of, ("scenarios", part))
                    org = self._of_org(org, self.scenarios[part], roles, place_of, evaluated, findings)
        return org, findings

    def _of_org(
        self,
        org: Org,
        scenario: Scenario,
        roles: Sequence[str],
        place_of: PlaceOf,
        evaluated: Evaluations,
        findings: list[Finding],
    ) -> Org:
        if scenario.regions is not None:
            for at, one in enumerate(scenario.regions.merge):
                org = merge(org, one, place_of(("regions", "merge", at)), findings)
            for at, part in enumerate(scenario.regions.split):
                org = split(org, part, _within(place_of, ("regions", "split", at)), evaluated, findings)
        drawn = org
        if scenario.reps is not None:
            if scenario.reps.leave:
                org = leave(org, scenario.reps.leave, place_of(("reps", "leave")), findings)
            for at, line in enumerate(scenario.reps.hire):
                org = hire(org, line, roles, self.tables, place_of(("reps", "hire", at)), findings)
            for at, altered in enumerate(scenario.reps.change):
                inside = _within(place_of, ("reps", "change", at))
                org = change(org, altered, roles, self.tables, inside, evaluated, findings)
            for at, absence in enumerate(scenario.reps.absent):
                org = take_leave(org, absence, place_of(("reps", "absent", at)), findings)
        for at, altered_customers in enumerate(scenario.customers):
            inside = _within(place_of, ("customers", at))
            org = change_customers(org, altered_customers, self.tables, inside, evaluated, findings)
        if scenario.reps is not None:
            findings += unknown_regions(drawn, org, regions_stated(scenario.reps, _within(place_of, ("reps",))))
        return org


def without_customers(document: Mapping[str, Any], before: Org, after: Org) -> Changed:
    """Return a document whose conflicts no longer name customers who are gone; one about nobody else goes too."""
    draft = Draft(document)
    policy = draft.document.get(POLICY)
    keep = policy.get("keep") if isinstance(policy, dict) else None
    conflicts = keep.get("conflicts") if isinstance(keep, dict) else None
    if before.customers is not after.customers and isinstance(conflicts, list):
        for at in reversed(range(len(conflicts))):
            named = conflicts[at].get("customers") if isinstance(conflicts[at], dict) else None
            ids = [str(one) for one in named] if isinstance(named, list) else []
            gone = {one for one in ids if one in before.customer_positions and one not in after.customer_positions}
            if gone and len(gone) > len(ids) - 2:
                draft.remove((POLICY, "keep", "conflicts", at))
            elif gone:
                conflicts[at]["customers"] = [one for one in ids if one not in gone]
    return Changed(draft.document, moved=draft.moved)


def _change_lines(draft: Draft, scenario: Scenario, place_of: PlaceOf) -> None:
    """Switch lines off, add lines and reweight goals."""
    for at, path in enumerate(scenario.off):
        draft.switch_off(path, place_of(("off", at)))
    for path, lines in scenario.add.lines.items():
        draft.append(path, lines, _numbered(place_of, ("add", path)))
    for goal, weight in scenario.goals.items():
        draft.weigh(goal, weight, place_of(("goals", goal)))


def _numbered(place_of: PlaceOf, where: Where) -> Callable[[int], Place]:
    return lambda at: place_of((*where, at))


def _set(draft: Draft, path: str, value: Any, place: Place, policy: bool) -> None:
    """Set a value in the part of the document that is being changed."""
    try:
        if (root_of(path, draft.document) == POLICY) == policy:
            draft.set(path, value, place)
    except SettingError as error:  # a path that begins nowhere is told once
        draft.findings.extend([error.finding(place)] if policy else [])


def _names_nothing(document: Mapping[str, Any], path: str) -> bool:
    try:
        set_and_locate(document, path, None)
    except SettingError:
        return True
    return False


def _within(place_of: PlaceOf, before: Where) -> PlaceOf:
    return lambda where: place_of((*before, *where))


def _status_quo(document: Document) -> Document:
    return document


def _minimal_moves(document: Document) -> Document:
    """Lift the budgets, and put the number of chosen moves before all goals of the policy."""
    policy = document[POLICY] = document.get(POLICY) or {}
    _without(policy, "disruption", "budgets")
    policy["goals"] = [{"goal": "moves", "priority": 1}, *after_others(policy, "moves")]
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
