"""What a scenario is: a named set of changes to the policy and to the org."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from enum import Enum
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, field_validator, model_validator

from models.policy import Points
from scenarios.additions import Additions

BASE = "base"
STATUS_QUO, MINIMAL_MOVES, GREENFIELD = "status quo", "minimal moves", "greenfield"
BUILT_IN = (BASE, STATUS_QUO, MINIMAL_MOVES, GREENFIELD)
MOST_PATHS, MOST_POINTS = 2, 400


class ScenarioKind(Enum):
    """How a scenario is to be solved."""

    PLANNED = "planned"
    """As a plan: every hard rule holds, the goals are made small."""
    EVALUATED = "evaluated"
    """As *status quo*: eligible pairs stay, the rest are placed by the goals, other hard rules are measured only."""


class _Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


def _text(value: object) -> object:
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else value


def _texts(value: object) -> object:
    """Read one id or several; ids that look like numbers are text."""
    if isinstance(value, str | int | float) and not isinstance(value, bool):
        value = [value]
    return [_text(one) for one in value] if isinstance(value, list) else value


def _several(value: object) -> object:
    return [value] if isinstance(value, Mapping) else value


def _expression(value: object) -> object:
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    return str(value) if isinstance(value, int | float) else value


def _one_name(value: str) -> str:
    if ";" in value or not value.strip():
        raise ValueError("expected a name without semicolons, which stand between names")
    return value.strip()


def _once(columns: Mapping[str, Any]) -> None:
    if {"region", "regions"} <= set(columns):
        raise ValueError("'region' stands for 'regions': only one of the two can be said")


Id = Annotated[str, BeforeValidator(_text), Field(min_length=1)]
NewName = Annotated[Id, AfterValidator(_one_name)]
Ids = Annotated[tuple[str, ...], BeforeValidator(_texts)]
Sql = Annotated[str, BeforeValidator(_expression), Field(min_length=1)]
GoalName = Literal["balance", "disruption", "moves", "misfit", "travel", "cost", "pool", "wishes", "changes"]


class Hire(BaseModel):
    """New reps: ``count`` alike, each with the given columns of the reps' table."""

    model_config = ConfigDict(frozen=True, extra="allow")

    count: int = Field(default=1, ge=1, le=10_000)

    @model_validator(mode="after")
    def _each_column_once(self) -> Hire:
        _once(self.columns)
        return self

    @property
    def columns(self) -> Mapping[str, Any]:
        """The columns stated for the new reps."""
        return self.model_extra or {}


class Absence(_Section):
    """Reps on leave: both days belong to it; open at the side on which no day is given."""

    rep: Annotated[Ids, Field(min_length=1)]
    first: dt.date | None = Field(default=None, alias="from")
    last: dt.date | None = Field(default=None, alias="to")

    @model_validator(mode="after")
    def _some_days(self) -> Absence:
        if self.first is None and self.last is None:
            raise ValueError("an absence needs 'from', 'to' or both")
        if self.first is not None and self.last is not None and self.last < self.first:
            raise ValueError("the absence ends before it begins")
        return self


class RepChange(BaseModel):
    """Columns of reps set to values: for those named, for those for whom ``where`` is true, or for who is both."""

    model_config = ConfigDict(frozen=True, extra="allow")

    rep: Ids = ()
    where: Sql | None = None

    @model_validator(mode="after")
    def _who_and_what(self) -> RepChange:
        if not self.rep and self.where is None:
            raise ValueError("a change of reps needs 'rep', 'where' or both: for everybody, 'where: true'")
        if not self.columns:
            raise ValueError("a change of reps needs a column and its new value, such as 'share: 0.5'")
        _once(self.columns)
        return self

    @property
    def columns(self) -> Mapping[str, Any]:
        """The columns that change, with their new values."""
        return self.model_extra or {}


class RepChanges(_Section):
    """Who leaves, is hired, is on leave, and what changes about those who are there; applied in this order."""

    leave: Ids = ()
    hire: Annotated[tuple[Hire, ...], BeforeValidator(_several)] = ()
    change: Annotated[tuple[RepChange, ...], BeforeValidator(_several)] = ()
    absent: Annotated[tuple[Absence, ...], BeforeValidator(_several)] = ()

    @model_validator(mode="after")
    def _something(self) -> RepChanges:
        if not (self.leave or self.hire or self.absent or self.change):
            raise ValueError("'reps' needs 'leave', 'hire', 'absent' or 'change'")
        return self


class CustomerChange(_Section):
    """Customers for whom ``where`` is true (all without it) get columns set or are removed; or new ones are added.

    ``add`` names a file of the project folder, or says how to read one as ``tables`` does.
    """

    where: Sql | None = None
    set: dict[str, Sql] = Field(default_factory=dict)
    remove: bool = False
    add: str | dict[str, Any] | None = None

    @model_validator(mode="after")
    def _one_thing(self) -> CustomerChange:
        said = [key for key in ("set", "remove", "add") if getattr(self, key)]
        if len(said) != 1:
            raise ValueError("a change of customers has one of 'set', 'remove: true' and 'add'")
        if self.add is not None and self.where is not None:
            raise ValueError("'where' goes with 'set' and 'remove'; 'add' takes every row of its file")
        return self


class RegionMerge(_Section):
    """Regions that become one."""

    regions: Annotated[Ids, Field(min_length=1)]
    into: NewName


class RegionSplit(_Section):
    """A part of a region, the customers for whom ``when`` is true, that becomes a region of its own."""

    region: Id
    when: Sql
    into: NewName
    reps: Ids = ()


class RegionChanges(_Section):
    """Regions merged, and then regions split."""

    merge: Annotated[tuple[RegionMerge, ...], BeforeValidator(_several)] = ()
    split: Annotated[tuple[RegionSplit, ...], BeforeValidator(_several)] = ()

    @model_validator(mode="after")
    def _something(self) -> RegionChanges:
        if not (self.merge or self.split):
            raise ValueError("'regions' needs 'merge' or 'split'")
        return self


class Scenario(_Section):
    """A what-if, applied in this order.

    Scenarios combined, policy lines switched off and added, goals reweighted, values of the policy set, regions, reps
    and customers changed. ``parent`` changes nothing: it names the scenario whose plan the search begins with.
    """

    description: str | None = None
    parent: Id | None = None
    combine: Ids = ()
    off: Ids = ()
    add: Additions = Additions()
    goals: dict[GoalName, Points] = Field(default_factory=dict)
    set: dict[str, Any] = Field(default_factory=dict)
    regions: RegionChanges | None = None
    reps: RepChanges | None = None
    customers: Annotated[tuple[CustomerChange, ...], BeforeValidator(_several)] = ()

    @property
    def is_empty(self) -> bool:
        """True when the scenario changes nothing."""
        return not (self.combine or self.off or self.add.lines or self.goals or self.set or self.changes_org)

    @property
    def changes_org(self) -> bool:
        """True when it changes customers, reps or regions itself, not only through what it combines."""
        return bool(self.regions or self.reps or self.customers)


class Sweep(_Section):
    """A grid of scenarios: one or two values of the policy, each varied over a list, with other scenarios combined."""

    over: dict[str, Annotated[tuple[Any, ...], Field(min_length=1)]]
    combine: Ids = ()

    @field_validator("over")
    @classmethod
    def _a_grid(cls, value: dict[str, tuple[Any, ...]]) -> dict[str, tuple[Any, ...]]:
        if not 1 <= len(value) <= MOST_PATHS:
            raise ValueError(f"a sweep varies one value or two, not {len(value)}")
        points = 1
        for path, values in value.items():
            points *= len(values)
            shown = [written(one) for one in values]
            twice = next((one for one in shown if shown.count(one) > 1), None)
            if twice is not None:
                raise ValueError(f"{twice} stands twice under {path}")
        if points > MOST_POINTS:
            raise ValueError(f"a sweep has at most {MOST_POINTS} points; these lists make {points:,}")
        return value


def written(value: Any) -> str:
    """Return a value of the project file as a person writes it: ``5%``, ``true``, ``[1, 2]``.

    >>> written("5%"), written(3), written(True), written([1, "a"]), written({"west": 2})
    ('5%', '3', 'true', '[1, a]', '{west: 2}')
    """
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{key}: {written(one)}" for key, one in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(written, value)) + "]"
    return str(value)


def order_of(name: str, scenarios: Mapping[str, Scenario]) -> list[str]:
    """Return the scenarios that make up one, in the order in which they are applied; each once.

    Raises
    ------
    KeyError
        When one of them is not defined; its argument is the name.
    ValueError
        When a scenario combines itself.
    """
    order: list[str] = []

    def visit(one: str, above: tuple[str, ...]) -> None:
        if one in above:
            raise ValueError(" → ".join([*above[above.index(one) :], one]))
        if one not in scenarios and one not in BUILT_IN:
            raise KeyError(one)
        if one in order:
            return
        for part in scenarios[one].combine if one in scenarios else ():
            visit(part, (*above, one))
        order.append(one)

    visit(name, ())
    return order


def ancestors(name: str, scenarios: Mapping[str, Scenario]) -> list[str]:
    """Return the declared parent of a scenario, the parent of that, and so on; empty where there is none.

    Raises
    ------
    KeyError
        When one of them is not defined; its argument is the name.
    ValueError
        When a scenario is its own ancestor.
    """
    above: list[str] = []
    parent = scenarios[name].parent if name in scenarios else None
    while parent is not None:
        if parent == name or parent in above:
            raise ValueError(" → ".join([name, *above, parent]))
        if parent not in scenarios and parent not in BUILT_IN:
            raise KeyError(parent)
        above.append(parent)
        parent = scenarios[parent].parent if parent in scenarios else None
    return above


def names(scenarios: Iterable[str]) -> tuple[str, ...]:
    """Return the names of all scenarios there are, the built-in ones first."""
    return (*BUILT_IN, *(name for name in scenarios if name not in BUILT_IN))
