"""The project file ``planner.yaml``: what may stand in it, and what is wrong with it, line by line."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from models.findings import Finding, nearest_word
from models.org import Period
from models.policy import Policy
from planner.document import Lines, Where
from planner.read.source import CurrencyRates, TableSource
from scenarios.definition import BUILT_IN, Scenario, Sweep
from scenarios.shape import inside, keys
from scenarios.sweep import collisions, with_points

PROJECT_FILE = "planner.yaml"
LONGEST_PERIOD_DAYS = 3_660


class PeriodSection(BaseModel):
    """The period planned for; both days belong to it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    start: dt.date
    end: dt.date

    @model_validator(mode="after")
    def _in_order(self) -> PeriodSection:
        if self.end < self.start:
            raise ValueError("the period ends before it starts")
        if (self.end - self.start).days > LONGEST_PERIOD_DAYS:
            raise ValueError("the period is longer than ten years")
        return self

    @property
    def period(self) -> Period:
        """The period as the models know it."""
        return Period(self.start, self.end)


class ProjectFile(BaseModel):
    """Everything that may stand in ``planner.yaml``."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    version: Literal[1] = 1
    name: str | None = None
    period: PeriodSection | None = None
    tables: dict[str, TableSource] = Field(default_factory=dict)
    currency: CurrencyRates | None = None
    strict: bool | None = None
    policy: Policy | None = None
    scenarios: dict[str, Scenario] = Field(default_factory=dict)
    sweeps: dict[str, Sweep] = Field(default_factory=dict)

    @field_validator("scenarios", "sweeps")
    @classmethod
    def _named(cls, value: dict[str, Any]) -> dict[str, Any]:
        if any(not name.strip() for name in value):
            raise ValueError("a scenario or sweep needs a name")
        return value

    @field_validator("scenarios")
    @classmethod
    def _not_built_in(cls, value: dict[str, Scenario]) -> dict[str, Scenario]:
        taken = [name for name in value if name in BUILT_IN]
        if taken:
            raise ValueError(f"the scenario {taken[0]!r} is always there; choose another name")
        return value

    @cached_property
    def every_scenario(self) -> dict[str, Scenario]:
        """The scenarios of the file and those that its sweeps make."""
        return with_points(self.scenarios, self.sweeps)

    @property
    def is_strict(self) -> bool:
        """Whether owners who are not on the roster are errors."""
        return bool(self.strict) or (self.policy is not None and self.policy.strict)


def further_tables(project: Path, **files: Path | None) -> dict[str, str]:
    """Return tables by name as a project file says them: from its folder where they are inside, else in full."""
    base = (project if project.is_dir() else project.parent).absolute()
    whole = {name: file.absolute() for name, file in files.items() if file is not None}
    return {name: str(one.relative_to(base) if one.is_relative_to(base) else one) for name, one in whole.items()}


def validated(document: Mapping[str, Any], lines: Lines) -> tuple[ProjectFile | None, list[Finding]]:
    """Return the document typed, or None with everything that is wrong with it."""
    document = without_blank_sections(document)
    try:
        checked = ProjectFile.model_validate(document)
    except ValidationError as error:
        return None, _findings(error, document, lines)
    doubled = list(collisions(checked.scenarios, checked.sweeps, lines.place))
    return (None if doubled else checked), doubled


def readable_parts(document: Mapping[str, Any]) -> ProjectFile:
    """Return what can be understood of a document with mistakes, so that its tables can be looked at as well."""
    document = without_blank_sections(document)
    parts: dict[str, Any] = {}
    for name in ("period", "tables", "currency", "strict", "scenarios", "sweeps"):
        value = document.get(name)
        if name in ("tables", "scenarios", "sweeps") and isinstance(value, Mapping):
            kept = {key: one for key, one in value.items() if _valid({name: {key: one}})}
            parts[name] = kept
        elif value is not None and _valid({name: value}):
            parts[name] = value
    return ProjectFile.model_validate(parts)


def _valid(part: Mapping[str, Any]) -> bool:
    try:
        ProjectFile.model_validate(part)
    except ValidationError:
        return False
    return True


def without_blank_sections(document: Mapping[str, Any]) -> dict[str, Any]:
    """Return the document without sections that hold nothing but comments (``scenarios:``)."""

    def kept(section: Mapping[str, Any], inside: tuple[str, ...]) -> dict[str, Any]:
        return {
            name: kept(value, ()) if name in inside and isinstance(value, Mapping) else value
            for name, value in section.items()
            if value is not None
        }

    whole = kept(document, ())
    if isinstance(whole.get("policy"), Mapping):
        whole["policy"] = kept(whole["policy"], ("eligibility", "keep", "disruption"))
    return whole


def _findings(error: ValidationError, document: Mapping[str, Any], lines: Lines) -> list[Finding]:
    """Return one finding per problem; the alternatives of a choice are one problem."""
    found: dict[tuple[Where, str], Finding] = {}
    for problem in error.errors(include_url=False):
        where = in_document(problem["loc"], document, problem["type"])
        finding = _finding(problem, where, lines)
        found.setdefault((where, finding.title), finding)
    unfit = [where for where, title in found if title == _UNFIT]
    return [
        finding
        for (where, title), finding in found.items()
        if not any(title != _UNFIT and where[: len(one)] == one and len(where) > len(one) for one in unfit)
    ]


def in_document(loc: tuple[int | str, ...], document: Any, kind: str) -> Where:
    """Return where in the document a problem is: pydantic also names the alternatives of a choice."""
    where: list[str | int] = []
    at = document
    for number, step in enumerate(loc):
        last = number == len(loc) - 1
        if isinstance(at, Mapping) and (step in at or (last and kind == "missing")):
            at = at.get(step)
        elif isinstance(at, list | tuple) and isinstance(step, int) and step < len(at):
            at = at[step]
        else:
            continue
        where.append(step)
    return tuple(where)


_UNFIT = "The value does not fit"
_SAID = {
    "string_type": "text",
    "dict_type": "keys and values",
    "model_type": "keys and values",
    "model_attributes_type": "keys and values",
    "tuple_type": "a list",
    "list_type": "a list",
    "float_type": "a number",
    "float_parsing": "a number",
    "int_type": "a whole number",
    "int_parsing": "a whole number",
    "int_from_float": "a whole number",
    "bool_type": "true or false",
    "bool_parsing": "true or false",
    "date_type": "a date such as 2027-01-31",
    "date_parsing": "a date such as 2027-01-31",
    "date_from_datetime_parsing": "a date such as 2027-01-31",
    "date_from_datetime_inexact": "a date without a time",
    "string_too_short": "text that is not empty",
}


def _finding(problem: Mapping[str, Any], where: Where, lines: Lines) -> Finding:
    kind, place = problem["type"], lines.place(where)
    if kind == "extra_forbidden":
        key = str(where[-1]) if where else str(problem["loc"][-1])
        known = sorted(_keys(where[:-1]))
        near = nearest_word(key, known)
        hint = f"Try {near!r}" if near else "Try one of: " + ", ".join(known)
        return Finding("TP203", "Unknown key", place, found=repr(key), hint=hint)
    if kind == "missing":
        title = f"The key {where[-1]!r} is missing" if where else "Something is missing"
        return Finding("TP204", title, lines.place(where[:-1]), expected=f"'{where[-1] if where else ''}: …'")
    value = problem.get("input")
    shown = _shown(value)
    if kind == "value_error":
        said = str(problem["ctx"]["error"])
        wrong_value = isinstance(value, str | int | float | bool) and "expected" in said
        if wrong_value:
            expected = said.split(", found")[0].removeprefix("expected ")
            return Finding("TP205", _UNFIT, place, found=shown, expected=expected)
        return Finding("TP205", said[0].upper() + said[1:], place, found=None if isinstance(value, Mapping) else shown)
    if kind == "literal_error":
        words = re.findall(r"'([^']*)'", str(problem["ctx"]["expected"])) or [str(problem["ctx"]["expected"])]
        word = nearest_word(str(value), words) if isinstance(value, str) else None
        try_word = f"Try {word!r}" if word else None
        return Finding("TP205", _UNFIT, place, found=shown, expected=" or ".join(words), hint=try_word)
    if kind == "too_short":
        return Finding("TP205", _UNFIT, place, found=shown, expected=f"at least {problem['ctx']['min_length']} of them")
    message = str(problem["msg"]).removeprefix("Input should be ").removeprefix("Value error, ")
    return Finding("TP205", _UNFIT, place, found=shown, expected=_SAID.get(kind, message[:1].lower() + message[1:]))


def _shown(value: Any) -> str:
    if value is None:
        return "nothing"
    if isinstance(value, Mapping):
        return "keys and values"
    if isinstance(value, list | tuple):
        return "a list"
    text = repr(value) if isinstance(value, str) else str(value)
    return text if len(text) <= 80 else text[:79] + "…"


def _keys(where: Where) -> tuple[str, ...]:
    """Return the keys that may stand at a place of the project file."""
    kind: Any = ProjectFile
    for step in where:
        kind = inside(kind, step)
    return keys(kind)
