"""Loads a project: its file, its tables, its policy and a scenario, with everything that is wrong in one pass."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from models.findings import Finding, InputRefused, Place, errors_among
from models.org import Org, Period
from models.policy import Policy
from models.policy_review import review
from planner.bare_files import next_quarter, tables_in
from planner.circulated import Circulated
from planner.defaults import assumed, infer_policy
from planner.document import Lines, read_document, read_scalar
from planner.new_customers import ProjectTables
from planner.project_file import PROJECT_FILE, ProjectFile, readable_parts, validated, without_blank_sections
from planner.read import TableSource, read_org
from planner.read.marks import check_marks
from planner.read.text import without_halves
from planner.remainder import sound_policy
from planner.what_if import what_if_problems
from planner.wish_review import review_wishes, unknown_roles
from scenarios.changing.change import Change, without_customers
from scenarios.changing.table_goals import changes_first, with_wishes
from scenarios.definition import Scenario, ScenarioKind, Sweep
from scenarios.setting import SettingError, assignment, set_and_locate
from scenarios.sweep import placed


@dataclass(frozen=True)
class Project:
    """A project that can be planned.

    Attributes
    ----------
    org, policy
        With the scenario and the settings applied.
    kind : ScenarioKind
        ``EVALUATED`` for *status quo*: today's assignment is measured, hard rules are reported and not enforced.
    findings : tuple of Finding
        Warnings and notes; a project with errors is refused.
    assumptions : tuple of Finding
        What was assumed where nothing was said, with the YAML that says otherwise.
    document : dict
        The project file as plain values, inferred policy, scenario and settings included.
    lines : Lines
        Where each part of the document stands.
    scenarios : mapping of str to Scenario
        Those of the project file and those that its sweeps make; the built-in ones are not among them.
    files : mapping of str to Path
        The files that were read, by the name that findings use.
    """

    folder: Path
    name: str
    org: Org
    policy: Policy
    kind: ScenarioKind
    scenario: str | None
    findings: tuple[Finding, ...]
    assumptions: tuple[Finding, ...]
    document: Mapping[str, Any]
    lines: Lines
    scenarios: Mapping[str, Scenario]
    sweeps: Mapping[str, Sweep]
    files: Mapping[str, Path]

    def place(self, path: tuple[str | int, ...]) -> Place:
        """Return where a path of the policy stands: file and line."""
        return self.lines.place(("policy", *path))

    def located(self, finding: Finding) -> Finding:
        """Return a finding that has only a readable path of the policy with its file and line."""
        path = finding.place.path
        if finding.place.file is not None or path is None or not path.startswith("policy."):
            return finding
        try:
            where = set_and_locate(self.document, path, None)[1]
        except SettingError:
            return finding
        return replace(finding, place=replace(self.lines.place(where), path=path))


def load(
    folder: str | Path,
    *,
    scenario: str | None = None,
    sets: Sequence[str] = (),
    settings: Sequence[tuple[str, Any]] = (),
    today: dt.date | None = None,
    tables: Mapping[str, Any] | None = None,
    circulated: Circulated | None = None,
) -> Project:
    """Read a project folder.

    Parameters
    ----------
    folder
        A folder with ``planner.yaml`` and tables, or with tables only (``customers.csv`` and ``reps.csv``); or the
        path of the project file.
    scenario
        A scenario of the project file or of its sweeps (``SWEEP: VALUE``), or *status quo*, *minimal moves*,
        *greenfield* or *base*, which is the project as it is written.
    sets
        Settings ``PATH=VALUE``, applied after the scenario.
    settings
        The same as pairs of path and value, applied last.
    today
        The day from which the next quarter is counted where no period is given; today by default.
    tables
        Further tables, or others in their stead, as the project file's ``tables`` say them.
    circulated
        A proposal that was circulated, with its answers: as little as possible of it is changed.

    Raises
    ------
    InputRefused
        With every problem of project file, tables, policy and scenario.
    """
    reading = _Reading(Path(folder), scenario, sets, settings, today or dt.date.today(), tables or {}, circulated)
    return reading.project()


class _Reading:
    """One pass over a project."""

    def __init__(
        self,
        folder: Path,
        scenario: str | None,
        sets: Sequence[str],
        settings: Sequence[tuple[str, Any]],
        today: dt.date,
        tables: Mapping[str, Any],
        circulated: Circulated | None,
    ) -> None:
        self.file = PROJECT_FILE
        if folder.is_file() and folder.suffix.lower() in (".yaml", ".yml"):
            self.file, folder = folder.name, folder.parent
        self.folder, self.scenario, self.today = folder, scenario, today
        self.tables, self.circulated = tables, circulated
        self.findings: list[Finding] = []
        self.assumptions: list[Finding] = []
        self.settings = [setting for text in sets if (setting := self._setting(text)) is not None]
        self.settings += settings

    def project(self) -> Project:
        self._check_folder()
        document, lines = self._document()
        written = document
        typed = validated({**document, "policy": None}, lines)[0] or readable_parts(document)
        place_of = placed(typed.sweeps, lines.place)
        change = Change(self.scenario, typed.every_scenario, self.settings, place_of)
        if self.scenario in typed.every_scenario or not self._is_written(document):
            self.findings += change.problems()  # one that is written, but wrongly, is told by its own lines
        early = change.of_document(document, policy=False)
        self.findings += early.findings
        lines = lines.changed(early.said, early.moved)
        document = early.document
        typed = validated({**document, "policy": None}, lines)[0] or readable_parts(document)
        org = self._org(document, typed)
        tables = self._tables(document, typed)
        change = replace(change, tables=tables)
        if document.get("policy") is None and not errors_among(self.findings):
            document = self._with_inferred_policy(document, org)
        document = self._with_wishes(self._with_a_goal(document), org)
        written, today = {**written, "policy": document.get("policy")}, org
        late = change.of_document(document, policy=True)
        self.findings += late.findings
        org, changes = change.of_org(org, late.document)
        self.findings += changes
        left = without_customers(late.document, today, org)
        lines = lines.changed(late.said, late.moved).changed({}, left.moved)
        document = self._with_goals_of_tables(left.document, org)
        checked, problems = validated(document, lines)
        self.findings += problems
        policy = self._reviewed(document, checked, org, lines)
        self.findings += [] if checked is None else check_marks(checked.tables, org, lines.place)
        if checked is not None and not errors_among(self.findings):
            others = self._tables(document, checked)
            self.findings += what_if_problems(checked, written, today, change.parts, lines, others)
        if checked is not None and policy is not None and not errors_among(self.findings):
            self.findings += unknown_roles(org, policy) or review_wishes(org, policy)
        if errors_among(self.findings) or checked is None or policy is None:
            raise InputRefused(self._placed(lines))
        return Project(
            folder=self.folder,
            name=checked.name or without_halves(self.folder.resolve().name),
            org=org,
            policy=policy.model_copy(update={"strict": checked.is_strict}),
            kind=change.kind,
            scenario=self.scenario,
            findings=tuple(self._placed(lines)),
            assumptions=tuple(self.assumptions),
            document=without_blank_sections(document),
            lines=lines,
            scenarios=checked.every_scenario,
            sweeps=checked.sweeps,
            files={**self._files(checked), **tables.files, **self._answers()},
        )

    def _is_written(self, document: Mapping[str, Any]) -> bool:
        written = document.get("scenarios")
        return isinstance(written, Mapping) and self.scenario in written

    def _setting(self, text: str) -> tuple[str, Any] | None:
        try:
            path, value = assignment(text)
            return path, read_scalar(value)
        except SettingError as error:
            self.findings.append(error.finding(Place(file="--set")))
        except ValueError as error:
            title = "The value of a setting is no YAML"
            self.findings.append(Finding("TP206", title, Place(file="--set", path=path), found=f"{value}: {error}"))
        return None

    def _check_folder(self) -> None:
        if self.folder.is_dir():
            return
        title = "This is a file, not a project folder" if self.folder.exists() else "There is no such folder"
        hint = "Try the folder that holds planner.yaml, or 'planner init DIR' to make one"
        raise InputRefused([Finding("TP209", title, Place(file=str(self.folder)), hint=hint)])

    def _document(self) -> tuple[dict[str, Any], Lines]:
        path = self.folder / self.file
        there = tables_in(self.folder)
        if not path.exists():
            if "customers" not in there and "reps" not in there:
                raise InputRefused([self._nothing_here()])
            self.assumptions.append(assumed("There is no planner.yaml: everything is assumed"))
            return self._with_tables({"tables": self._assume_tables(there)}), Lines(self.file)
        document = read_document(path, self.file)
        self.findings += document.findings
        values = {} if document.values is None else document.values
        if not isinstance(values, dict):
            place = Place(file=self.file, line=1)
            title = "The project file holds no keys and values"
            self.findings.append(Finding("TP201", title, place, hint="Try 'version: 1' as its first line"))
            values = {}
        if document.values is None and document.findings:
            raise InputRefused([*self.findings, *self._of_tables_alone(there)])
        if values.get("tables") is None:
            values = {**values, "tables": self._assume_tables(there)}
        return self._with_tables(values), document.lines

    def _with_tables(self, values: dict[str, Any]) -> dict[str, Any]:
        """Put the tables that were handed in beside those of the project, or in their stead."""
        stated = values.get("tables")
        if not self.tables or not isinstance(stated, Mapping):
            return values
        return {**values, "tables": {**stated, **self.tables}}

    def _of_tables_alone(self, there: Mapping[str, str]) -> list[Finding]:
        """Return what is wrong with the tables where the project file cannot be read at all."""
        if not {"customers", "reps"} <= set(there):
            return []
        sources = {name: TableSource.model_validate(file) for name, file in there.items()}
        return read_org(sources, self.folder, next_quarter(self.today))[1]

    def _nothing_here(self) -> Finding:
        return Finding(
            "TP209",
            "There is no project here: neither planner.yaml nor tables of customers and reps",
            Place(file=str(self.folder)),
            expected="planner.yaml, or customers.csv and reps.csv",
            hint="Try 'planner init DIR' to begin one, or 'planner demo' to see one",
        )

    def _assume_tables(self, there: Mapping[str, str]) -> dict[str, str]:
        if there:
            self.assumptions.append(assumed(f"The tables are {', '.join(there.values())}", {"tables": dict(there)}))
        return dict(there)

    def _org(self, document: Mapping[str, Any], typed: ProjectFile) -> Org:
        period = self._period(document, typed)
        strict = _is_strict(document, typed)
        org, findings = read_org(typed.tables, self.folder, period, strict=strict, currency=typed.currency)
        tables = document.get("tables")
        stated = set(tables) if isinstance(tables, Mapping) else {"customers", "reps"}
        # a table whose own lines are wrong is not missing as well
        unread = {f"tables.{name}" for name in stated - set(typed.tables)}
        self.findings += [one for one in findings if not (one.code == "TP110" and one.place.path in unread)]
        if self.circulated is not None:
            org, told = self.circulated.put_into(org)
            self.findings += (*self.circulated.findings, *told)
        return org

    def _tables(self, document: Mapping[str, Any], typed: ProjectFile) -> ProjectTables:
        return ProjectTables(self.folder, typed, strict=_is_strict(document, typed))

    def _period(self, document: Mapping[str, Any], typed: ProjectFile) -> Period:
        if typed.period is not None:
            return typed.period.period
        period = next_quarter(self.today)
        if document.get("period") is None:
            stated = {"start": period.start, "end": period.end}
            self.assumptions.append(
                assumed(f"The period is the next quarter, {period.start} to {period.end}", {"period": stated})
            )
        return period

    def _with_inferred_policy(self, document: Mapping[str, Any], org: Org) -> dict[str, Any]:
        from planner.fitting import fitted  # brings the solver, which a written policy does not need

        inferred = fitted(org, infer_policy(org))
        self.assumptions += inferred.assumptions
        self.findings += inferred.findings
        return {**document, "policy": inferred.policy}

    def _with_a_goal(self, document: dict[str, Any]) -> dict[str, Any]:
        """Let a policy of hard lines only, which says nothing of goals, change as little as it must."""
        policy = document.get("policy")
        if not isinstance(policy, Mapping) or not policy or "goals" in policy or _counts_in_a_goal(policy):
            return document
        goals = [{"goal": "disruption", "weight": 1}]
        said = "The policy names no goal: as few customers as possible are moved"
        self.assumptions.append(assumed(said, {"policy": {"goals": goals}}))
        return {**document, "policy": {**policy, "goals": goals}}

    def _with_wishes(self, document: dict[str, Any], org: Org) -> dict[str, Any]:
        """Let wishes count beside the goals of a policy that says nothing of them."""
        policy = document.get("policy")
        if org.wishes is None or not isinstance(policy, Mapping):
            return document
        changed = with_wishes(policy)
        if changed != policy:
            line = {"goal": "wishes", "weight": 1}
            said = "Wishes that are not honoured count beside the other goals, in points"
            self.assumptions.append(assumed(said, {"policy": {"goals": [line]}}))
        return {**document, "policy": changed}

    def _with_goals_of_tables(self, document: dict[str, Any], org: Org) -> dict[str, Any]:
        """Let wishes count whatever a scenario made of the goals, and a circulated proposal before all of them."""
        policy = document.get("policy")
        if not isinstance(policy, Mapping):
            return document
        changed = dict(policy) if org.wishes is None else with_wishes(policy)
        return {**document, "policy": changed if self.circulated is None else changes_first(changed)}

    def _reviewed(
        self, document: Mapping[str, Any], checked: ProjectFile | None, org: Org, lines: Lines
    ) -> Policy | None:
        """Review the policy against the org, as far as both can be understood."""
        whole = checked.policy if checked is not None else None
        if checked is not None and checked.strict is False and whole is not None and whole.strict:
            title = "'strict' is said twice, once yes and once no"
            self.findings.append(Finding("TP205", title, lines.place(("strict",)), hint="Try to say it once"))
        if not {"customers", "reps"} <= set(org.given):
            return whole
        if whole is not None:
            self.findings += review(org, whole, lambda path: lines.place(("policy", *path)))
        elif document.get("policy") is not None:
            self.findings += sound_policy(document["policy"], lines).findings(org)
        return whole

    def _files(self, checked: ProjectFile) -> dict[str, Path]:
        names = [self.file] if (self.folder / self.file).exists() else []
        for source in checked.tables.values():
            names += [one.file for one in (source, *source.join) if one.file is not None]
        return {name: self.folder / name for name in dict.fromkeys(names)}

    def _answers(self) -> dict[str, Path]:
        if self.circulated is None:
            return {}
        here = self.folder.resolve()
        return {os.path.relpath(file.resolve(), here): file for file in self.circulated.files}

    def _placed(self, lines: Lines) -> list[Finding]:
        """Return the findings, those about the project file's tables with their lines."""
        placed = []
        for one in dict.fromkeys(self.findings):
            if one.place.file is None and one.place.path and one.place.path.startswith("tables"):
                place = lines.place(tuple(one.place.path.split(".")))
                one = replace(one, place=replace(place, path=one.place.path))
            placed.append(one)
        of_file = [one for one in placed if one.place.file == self.file]
        of_tables = [one for one in placed if one.place.file != self.file]
        return sorted(of_file, key=lambda one: one.place.line or 0) + of_tables


def _is_strict(document: Mapping[str, Any], typed: ProjectFile) -> bool:
    policy = document.get("policy")
    return bool(typed.strict) or (isinstance(policy, Mapping) and policy.get("strict") is True)


def _counts_in_a_goal(policy: Mapping[str, Any]) -> bool:
    """Tell whether a written policy has a line that means nothing without its goal."""
    eligibility, disruption = policy.get("eligibility"), policy.get("disruption")
    if policy.get("balance") or (isinstance(disruption, Mapping) and "move_cost" in disruption):
        return True
    if not isinstance(eligibility, Mapping):
        return False
    rules = eligibility.get("rules")
    prefers = isinstance(rules, list) and any(isinstance(rule, Mapping) and "prefer" in rule for rule in rules)
    return prefers or eligibility.get("skills") == "preferred"
