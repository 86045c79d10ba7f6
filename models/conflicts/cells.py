"""Cells: the table cells that a member of a conflict draws on, for the customers and reps of that conflict."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import pandas as pd

from models.conflicts.members import Member
from models.conflicts.rulebook import Rulebook
from models.expression import ExpressionError, parse
from models.org import Org, owner_column
from models.policy import CUSTOMERS, line_names

MOST_CELLS = 12
"""Of so many customers or reps at most, cells are named."""
_PRESENCE = ("available_from", "available_to", "leave_from", "leave_to", "ramp_until", "status")


@dataclass(frozen=True)
class Cell:
    """A cell of a table: ``row`` is the position of the row; ``value`` what stands there, None where it is blank."""

    table: str
    row: int
    column: str
    value: Any


def cells_of(rules: Rulebook, member: Member, customers: Iterable[int], reps: Iterable[int]) -> tuple[Cell, ...]:
    """Return the cells that a member draws on; of rules on many, those of the customers and reps named."""
    return tuple(dict.fromkeys(_cells(rules, member, list(customers)[:MOST_CELLS], list(reps)[:MOST_CELLS])))


def _cells(rules: Rulebook, member: Member, customers: list[int], reps: list[int]) -> Iterator[Cell]:
    org, policy = rules.org, rules.policy
    if member.kind == "capacity":
        yield from _of_limit(rules, member)
    elif member.kind in ("lock", "holdout"):
        lines = policy.keep.locks if member.kind == "lock" else policy.keep.holdouts
        when = next(line.when for line in lines if line.name == member.line.split("[", 1)[1][:-1])
        yield from _of_expression(org, when, member.customers, ())
        yield from _owners(rules, member.customers)
    elif member.kind == "family":
        yield from _of_columns(org, "customers", member.customers[:MOST_CELLS], ("family_id",))
    elif member.kind == "group":
        group = next(one for one in policy.keep.groups if f"keep.groups[{one.name}]" == member.line)
        yield from _of_expression(org, group.when, customers, ())
    elif member.line == "eligibility.region":
        yield from _of_columns(org, "customers", customers, ("region",))
        yield from _of_columns(org, "reps", reps, ("regions",))
    elif member.line == "eligibility.skills":
        yield from _of_columns(org, "customers", customers, ("required_skills",))
        yield from _of_columns(org, "reps", reps, ("skills",))
    elif member.line.startswith("eligibility.rules["):
        rule = next(one for one in policy.eligibility.rules if f"eligibility.rules[{one.name}]" == member.line)
        for text in (rule.when, rule.require):
            if text is not None:
                yield from _of_expression(org, text, customers, reps)


def _of_limit(rules: Rulebook, member: Member) -> Iterator[Cell]:
    org = rules.org
    capacity = rules.policy.capacity
    line = next(
        one for name, one in zip(line_names(capacity), capacity, strict=True) if f"capacity[{name}]" == member.line
    )
    amount = line.min if member.side == "min" else line.max
    text = None if amount is None else amount.expression
    if member.per == "rep" and member.label is not None:
        rep = org.rep_positions[member.label]
        if text is not None:
            yield from _of_expression(org, text, (), (rep,))
        if line.measure != CUSTOMERS and rules.amounts.presence[rep] < 1.0:
            yield from (cell for cell in _of_columns(org, "reps", (rep,), _PRESENCE) if cell.value is not None)
    elif member.per == "region" and text is not None and org.regions is not None:
        row = int((org.regions["region"] == member.label).to_numpy().argmax())
        names = [column for table, column in parse(text).columns if table == "region"]
        yield from _of_columns(org, "regions", (row,), sorted(names))


def _owners(rules: Rulebook, customers: Iterable[int]) -> Iterator[Cell]:
    for role in rules.policy.role_names:
        column = owner_column(rules.org, role, rules.policy.first_role)
        if column is not None:
            yield from _of_columns(rules.org, "customers", customers, (column,))


def _of_expression(org: Org, text: str, customers: Iterable[int], reps: Iterable[int]) -> Iterator[Cell]:
    try:
        columns = sorted(parse(text).columns)
    except ExpressionError:
        return
    for table, rows in (("customer", customers), ("rep", reps)):
        names = [column for used, column in columns if used == table]
        yield from _of_columns(org, f"{table}s", rows, names)


def _of_columns(org: Org, table: str, rows: Iterable[int], columns: Iterable[str]) -> Iterator[Cell]:
    frame: pd.DataFrame = getattr(org, table)
    names = [column for column in columns if column in frame and org.has(table, column)]
    for row in rows:
        for column in names:
            value = frame[column].iloc[row]
            yield Cell(table, int(row), column, None if pd.isna(value) else _plain(value))


def _plain(value: Any) -> Any:
    if isinstance(value, pd.Timestamp):
        return value.date().isoformat()
    return value.item() if hasattr(value, "item") else value
