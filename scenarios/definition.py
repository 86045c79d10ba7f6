"""What a scenario is: a named set of changes to the policy and to the org."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import Enum
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, field_validator, model_validator

STATUS_QUO, MINIMAL_MOVES, GREENFIELD = "status quo", "minimal moves", "greenfield"
BUILT_IN = (STATUS_QUO, MINIMAL_MOVES, GREENFIELD)


class ScenarioKind(Enum):
    """How a scenario is to be solved."""

    PLANNED = "planned"
    """As a plan: every hard rule holds, the goals are made small."""
    EVALUATED = "evaluated"
    """As *status quo*: eligible pairs stay, the rest are placed by the goals, other hard rules are measured only."""


class _Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


def _texts(value: object) -> object:
    """Read one id or several; ids that look like numbers are text."""
    if isinstance(value, str | int | float) and not isinstance(value, bool):
        value = [value]
    return [str(one) if isinstance(one, int | float) else one for one in value] if isinstance(value, list) else value


def _expression(value: object) -> object:
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    return str(value) if isinstance(value, int | float) else value


Ids = Annotated[tuple[str, ...], BeforeValidator(_texts)]
Sql = Annotated[str, BeforeValidator(_expression), Field(min_length=1)]


class Hire(BaseModel):
    """New reps: ``count`` alike, each with the given columns of the reps' table."""

    model_config = ConfigDict(frozen=True, extra="allow")

    count: int = Field(default=1, ge=1, le=10_000)

    @property
    def columns(self) -> Mapping[str, Any]:
        """The columns stated for the new reps."""
        return self.model_extra or {}


class RepChanges(_Section):
    """Who leaves, and who is hired."""

    leave: Ids = ()
    hire: tuple[Hire, ...] = ()

    @model_validator(mode="after")
    def _something(self) -> RepChanges:
        if not self.leave and not self.hire:
            raise ValueError("'reps' needs 'leave' or 'hire'")
        return self


class CustomerChange(_Section):
    """Columns of customers set to expressions, for those for whom ``where`` is true; for all without it."""

    where: Sql | None = None
    set: dict[str, Sql] = Field(min_length=1)


class Scenario(_Section):
    """A what-if: other scenarios combined, values of the policy set, reps and customers changed, in this order."""

    description: str | None = None
    combine: Ids = ()
    set: dict[str, Any] = Field(default_factory=dict)
    reps: RepChanges | None = None
    customers: tuple[CustomerChange, ...] = ()

    @field_validator("customers", mode="before")
    @classmethod
    def _one_or_several(cls, value: object) -> object:
        return [value] if isinstance(value, Mapping) else value

    @property
    def is_empty(self) -> bool:
        """True when the scenario changes nothing."""
        return not (self.combine or self.set or self.reps or self.customers)


class Sweep(_Section):
    """One or more values of the policy varied together over a list of settings."""

    over: dict[str, Annotated[tuple[Any, ...], Field(min_length=1)]] = Field(min_length=1)

    @model_validator(mode="after")
    def _same_length(self) -> Sweep:
        lengths = {len(values) for values in self.over.values()}
        if len(lengths) > 1:
            raise ValueError("the lists under 'over' are varied together and need the same length")
        return self


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


def names(scenarios: Iterable[str]) -> tuple[str, ...]:
    """Return the names of all scenarios there are, the built-in ones first."""
    return (*BUILT_IN, *(name for name in scenarios if name not in BUILT_IN))
