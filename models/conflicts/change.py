"""Changes that would let a plan exist, as somebody would type them: values, cells and rows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from models.conflicts.easing import Easing
from models.conflicts.members import Member


@dataclass(frozen=True)
class SetValue:
    """A policy value to set: ``path`` without ``policy.``, and what YAML would have there; None removes it."""

    path: str
    value: Any


@dataclass(frozen=True)
class SetCell:
    """A cell to change: table, position of the row, column, and its new content."""

    table: str
    row: int
    column: str
    value: Any


@dataclass(frozen=True)
class NewRow:
    """A row to add to a table: columns with their content, the blank ones left out."""

    table: str
    cells: tuple[tuple[str, Any], ...]


Typed = SetValue | SetCell | NewRow


@dataclass(frozen=True)
class Change:
    """One easing as it would be made.

    Attributes
    ----------
    easing : Easing
    member : Member
        The rule that is eased; of a group for all its reps or teams, the tightest.
    before, after : float or None
        The limit, in the member's unit; of a group what the line says.
    size : float
        What it counts: the relative change of a limit, else 1.
    typed : tuple of SetValue, SetCell or NewRow
        What to type for it.
    """

    easing: Easing
    member: Member
    before: float | None
    after: float | None
    size: float
    typed: tuple[Typed, ...]
