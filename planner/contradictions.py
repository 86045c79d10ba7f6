"""Contradictions: what the record and the assignments of a run say that a new judgement does not confirm."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from models.check.reported import Reported
from models.names import Texts, first_of
from models.org import BoolArray, IntArray, owner_column
from models.plan import Judgement
from planner.language import beside
from planner.record import MeasureEntry, Planned
from planner.run_folder import TOLD, AssignmentFile, RunFolder
from planner.write.run import ASSIGNMENTS

MOST_ROWS = 10
_TOLERANCE = 1e-6
_YES, _NO = ("true", "1", "yes"), ("false", "0", "no")


def same(one: float, other: float) -> bool:
    """Tell whether two amounts are equal but for rounding."""
    return abs(one - other) <= _TOLERANCE * max(1.0, abs(one), abs(other))


def of_the_plan(record: Planned, judgement: Judgement) -> Iterator[str]:
    """Yield what the record says of goals, objective, bounds and moves that the judgement does not confirm."""
    for name, goal in judgement.goals.items():
        said = record.goals[name].value if name in record.goals else None
        if said is None or not same(said, goal.value):
            yield f"{name} is {beside(f'{goal.value:,.6g}', goal.unit)}, the record says {_or_nothing(said)}"
    if not same(record.objective, judgement.objective):
        yield f"the objective is {judgement.objective:,.6g} points, the record says {record.objective:,.6g}"
    for name, bound in (("bound", record.bound), ("price bound", record.price_bound)):
        if bound is not None and judgement.objective < bound - _TOLERANCE * max(1.0, abs(bound)):
            yield f"the objective {judgement.objective:,.6g} is below the {name} {bound:,.6g} that was proven for it"
    moved = int(judgement.moved.any(axis=0).sum())
    for what, counted, told in (
        ("customers moved by choice", moved, record.moved_customers),
        ("forced moves", int(judgement.forced.sum()), record.forced_moves),
        ("newly assigned", int(judgement.newly.sum()), record.newly_assigned),
    ):
        if counted != told:
            yield f"{what}: {counted:,}, the record says {told:,}"
    for name, bound, said_gap in (
        ("bound", record.bound, record.gap),
        ("price bound", record.price_bound, record.certified_gap),
    ):
        if said_gap is None and bound is None:
            continue
        gap = None if bound is None else max(0.0, record.objective - bound) / max(abs(record.objective), 1e-9)
        if gap is None or said_gap is None or not np.isclose(gap, said_gap, rtol=1e-6, atol=1e-9):
            shown = ["unknown" if one is None else f"{one:.6%}" for one in (gap, said_gap)]
            yield f"the gap between objective and {name} is {shown[0]}, the record says {shown[1]}"


def of_the_counts(record: Planned, reported: Reported) -> Iterator[str]:
    """Yield what the record says of shares, the pool and measures that counting anew does not confirm.

    The share is judged by the number of moved customers on record, which is judged elsewhere.
    """
    share = record.moved_customers / reported.held if reported.held else 0.0
    if not same(share, record.moved_share):
        yield (
            f"{record.moved_customers:,} of {reported.held:,} customers moved by choice are {share:.6%}, "
            f"the record says {record.moved_share:.6%}"
        )
    if reported.pooled != record.pooled:
        yield f"without an owner: {reported.pooled:,}, the record says {record.pooled:,}"
    told_wishes = None if record.wishes is None else (record.wishes.count, record.wishes.honoured)
    if reported.wishes != told_wishes:
        yield f"wishes: {_of_all(reported.wishes)}, the record says {_of_all(told_wishes)}"
    for name, counted in reported.measures.items():
        said = record.measures.get(name)
        for what, amount, told in (
            ("in all", counted.total, None if said is None else said.total),
            ("moved by choice", counted.moved, None if said is None else said.moved),
        ):
            if told is None or not same(amount, told):
                unit = f" {counted.unit}" if counted.unit else ""
                yield f"{name} {what}: {amount:,.6g}{unit}, the record says {_or_nothing(told)}"
    yield from _unknown_measures(record.measures, reported)


def _of_all(wishes: tuple[int, int] | None) -> str:
    return "none" if wishes is None else f"{wishes[1]:,} of {wishes[0]:,} honoured"


def _unknown_measures(said: dict[str, MeasureEntry], reported: Reported) -> Iterator[str]:
    for name in said:
        if name not in reported.measures:
            yield f"the record speaks of the measure {name}, which the policy does not have"


def of_the_rows(run: RunFolder, file: AssignmentFile, judgement: Judgement, edited: BoolArray) -> Iterator[str]:
    """Yield what columns of the assignments tell that does not follow from the owners beside them.

    Rows whose owner was ``edited`` by hand (shape (roles, customers)) are left out: those are told by themselves.
    """
    rows = np.flatnonzero(~edited[file.role, file.customer])
    role, customer = file.role[rows], file.customer[rows]
    forced = judgement.forced[role, customer]
    right: dict[str, npt.NDArray[Any]] = {
        "previous_rep_id": _owners_today(run, file)[rows],
        "moved": forced | judgement.moved[role, customer],
        "forced": forced,
    }
    for column in TOLD:
        if column not in file.told:
            yield f"{ASSIGNMENTS} has no column {column}"
            continue
        told = file.told[column][rows]
        wrong = _other_flags(told, right[column]) if right[column].dtype == bool else _other_texts(told, right[column])
        if len(wrong):
            examples = [
                f"{run.org.customer_ids[customer[at]]} ({_shown(told[at])}, should be {_shown(right[column][at])})"
                for at in wrong[:MOST_ROWS]
            ]
            yield f"the column {column} of {ASSIGNMENTS} is wrong for {first_of(examples, MOST_ROWS, len(wrong))}"


def _owners_today(run: RunFolder, file: AssignmentFile) -> Texts:
    """Return today's owner of each row as the inputs have it."""
    owners: Texts = np.full(len(file.role), None, dtype=object)
    for k, role in enumerate(run.policy.role_names):
        column = owner_column(run.org, role, run.policy.first_role)
        if column is not None:
            mine = file.role == k
            owners[mine] = run.org.customers[column].to_numpy(dtype=object)[file.customer[mine]]
    return owners


def _other_texts(told: Texts, right: Texts) -> IntArray:
    blank, empty = pd.isna(told), pd.isna(right)
    return np.flatnonzero((blank != empty) | (~blank & ~empty & (told != right)))


def _other_flags(told: Texts, right: BoolArray) -> IntArray:
    codes, words = pd.factorize(told)
    said = [_flag(word) for word in words]
    yes, no = (np.array([*(flag is one for flag in said), False]) for one in (True, False))
    return np.flatnonzero(~np.where(right, yes[codes], no[codes]))


def _flag(word: object) -> bool | None:
    """Read a flag as a person or a spreadsheet may have written it."""
    text = str(word).strip().lower()
    return True if text in _YES else False if text in _NO else None


def _shown(value: object) -> str:
    if isinstance(value, (bool, np.bool_)):
        return "true" if value else "false"
    return str(value) if isinstance(value, str) else "blank"


def _or_nothing(value: float | None) -> str:
    return "nothing" if value is None else f"{value:,.6g}"
