"""Edits by hand: who has another owner in a run's assignments than the run gave."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

import duckdb
import numpy as np
import pandas as pd

from models.check.holdings import NOBODY
from models.names import Texts
from models.org import BoolArray, IntArray, owner_column
from models.plan import POOLED, UNNEEDED, Assignment
from planner.run_folder import RunFolder, positions
from planner.write.files import read_csv_as_text
from planner.write.run import MOVES

_NEEDED = ("customer_id", "role", "to")
_UNKNOWN = -9


class _Moves(NamedTuple):
    """The run's moves by position; ``written`` is the new owner as the table has it."""

    customer: IntArray
    role: IntArray
    to: IntArray
    written: Texts


@dataclass(frozen=True)
class HandEdits:
    """Which customers have another owner than the run gave.

    Attributes
    ----------
    rows : bool array, shape (roles, customers)
    told : tuple of str
        Each customer with the rep it has, and the one the run gave.
    """

    rows: BoolArray
    told: tuple[str, ...]


def planned_owners(run: RunFolder, today: IntArray, assignment: Assignment) -> IntArray | None:
    """Return the owners that a run gave, shape (roles, customers), whatever was edited in its assignments since.

    They are put together of today's owners and the run's table of moves. Of customers without an owner today neither
    tells anything: they have the owner of ``assignment``. None where the table of moves cannot be read.
    """
    moves = _moves(run)
    if moves is None:
        return None
    planned = np.where(today == NOBODY, assignment.owners, today)
    planned[moves.role, moves.customer] = moves.to
    return planned


def hand_edits(run: RunFolder, today: IntArray, assignment: Assignment) -> HandEdits:
    """Compare an assignment with today's owners and the run's table of moves.

    ``today`` holds today's owners as the checker reads them, shape (roles, customers). Whoever is not among the moves
    stayed with today's owner; of those without one nothing can be told, and of nobody where the table of moves
    cannot be read.
    """
    moves = _moves(run)
    if moves is None:
        return HandEdits(np.zeros(today.shape, dtype=bool), ())
    planned = today.copy()
    planned[moves.role, moves.customer] = moves.to
    edited = (assignment.owners != UNNEEDED) & (planned != NOBODY) & (planned != assignment.owners)
    return HandEdits(edited, tuple(_told(run, assignment, edited, moves)))


def _told(run: RunFolder, assignment: Assignment, edited: BoolArray, moves: _Moves) -> Iterator[str]:
    mine = np.flatnonzero(edited[moves.role, moves.customer])
    moved = {(moves.role[at], moves.customer[at]): moves.written[at] for at in mine.tolist()}
    for k, name in enumerate(assignment.roles):
        column = owner_column(run.org, name, run.policy.first_role)
        today = run.org.customers[column].to_numpy(dtype=object) if column else np.full(run.org.n_customers, None)
        for c in np.flatnonzero(edited[k]).tolist():
            rep, said = assignment.owners[k, c], moved.get((k, c), today[c])
            now = run.org.rep_ids[rep] if rep >= 0 else "nobody"
            yield f"{run.org.customer_ids[c]} ({now}, planned {'nobody' if pd.isna(said) else said})"


def _moves(run: RunFolder) -> _Moves | None:
    """Read the table of moves; None where it cannot be read."""
    try:
        table = read_csv_as_text(run.folder / MOVES, _NEEDED)
    except (OSError, duckdb.Error):
        return None
    if not set(_NEEDED) <= set(table.columns):
        return None
    customer = positions(table["customer_id"], run.org.customer_ids)
    role = positions(table["role"], np.array(run.policy.role_names, dtype=object))
    to = positions(table["to"], run.org.rep_ids)
    to = np.where(table["to"].isna().to_numpy(), POOLED, np.where(to < 0, _UNKNOWN, to))
    known = (customer >= 0) & (role >= 0)
    return _Moves(customer[known], role[known], to[known], table["to"].to_numpy(dtype=object)[known])
