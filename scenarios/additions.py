"""Lines that a scenario adds to the lists of a policy, each as the policy would write it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PlainSerializer, WrapValidator
from pydantic import ValidatorFunctionWrapHandler as Handler

from models.policy import Balance, Budget, Capacity, Conflict, Goal, Group, Holdout, Lock, Rule


def _as_written(value: Any, judge: Handler) -> Any:
    """Judge a line as the policy does, and keep it as it was written: it becomes part of a document of plain values."""
    judge(value)
    return value


def _several(value: object) -> object:
    return [value] if isinstance(value, Mapping) else value


_KEPT = (WrapValidator(_as_written), PlainSerializer(lambda value: value))
_LIST = (BeforeValidator(_several), Field(min_length=1))


class Additions(BaseModel):
    """Lines by the readable path of the list that they are added to; a single line needs no list around it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    rules: Annotated[tuple[Annotated[Rule, *_KEPT], ...] | None, *_LIST] = Field(
        default=None, alias="eligibility.rules"
    )
    capacity: Annotated[tuple[Annotated[Capacity, *_KEPT], ...] | None, *_LIST] = None
    balance: Annotated[tuple[Annotated[Balance, *_KEPT], ...] | None, *_LIST] = None
    conflicts: Annotated[tuple[Annotated[Conflict, *_KEPT], ...] | None, *_LIST] = Field(
        default=None, alias="keep.conflicts"
    )
    locks: Annotated[tuple[Annotated[Lock, *_KEPT], ...] | None, *_LIST] = Field(default=None, alias="keep.locks")
    holdouts: Annotated[tuple[Annotated[Holdout, *_KEPT], ...] | None, *_LIST] = Field(
        default=None, alias="keep.holdouts"
    )
    groups: Annotated[tuple[Annotated[Group, *_KEPT], ...] | None, *_LIST] = Field(default=None, alias="keep.groups")
    budgets: Annotated[tuple[Annotated[Budget, *_KEPT], ...] | None, *_LIST] = Field(
        default=None, alias="disruption.budgets"
    )
    goals: Annotated[tuple[Annotated[Goal, *_KEPT], ...] | None, *_LIST] = None

    @property
    def lines(self) -> Mapping[str, tuple[Any, ...]]:
        """The lines as written, by the path of their list."""
        found = {(field.alias or name): getattr(self, name) for name, field in type(self).model_fields.items()}
        return {path: lines for path, lines in found.items() if lines is not None}
