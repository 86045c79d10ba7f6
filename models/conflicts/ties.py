"""Ties as members: what keeps a customer with one owner, or from one: locks, holdouts, answers to a proposal."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np

from models.check import Judge
from models.check.requests import ACCEPTED, REJECTED
from models.conflicts.members import Kind, Member
from models.formulation.units import Units
from models.org import BoolArray, IntArray
from models.policy import Keep

NO_COLUMN = -1
"""Of an owner who is not on the roster."""


@dataclass(frozen=True)
class Ties:
    """Ties of one sort, at most one for each entry (a customer in a role).

    Attributes
    ----------
    by : int array, shape (entries,)
        The member that ties the entry, -1 where none does.
    column : int array, shape (entries,)
        The owner it is about, as a column of the rulebook's tables: the pool, then the reps; or NO_COLUMN.
    to_it : bool
        The entry is kept with that owner; else it is kept from it.
    """

    by: IntArray
    column: IntArray
    to_it: bool = True

    def of(self, members: Iterable[int]) -> BoolArray:
        """Tell which entries some members tie, shape (entries,)."""
        return np.isin(self.by, sorted(members)) & (self.by >= 0)

    def forbids(self, entry: int, column: int) -> bool:
        """Tell whether a tied entry may not have the owner of a column."""
        return bool((self.column[entry] == column) != self.to_it)

    def narrow(self, allowed: BoolArray, rows: IntArray, entries: IntArray) -> None:
        """Take from rows of a table of who may own whom what the ties of their ``entries`` forbid."""
        column = self.column[entries]
        known = column != NO_COLUMN
        kept = allowed[rows, column] & known
        if self.to_it:
            allowed[rows] = False
            allowed[rows[kept], column[kept]] = True
        else:
            allowed[rows[known], column[known]] = False


def read_ties(judge: Judge, singles: Units, keep: Keep, first: int) -> tuple[list[Member], tuple[Ties, ...]]:
    """Return a member for each customer that something ties, numbered from ``first``, and the ties.

    Of a customer that is locked and held the lock is the tie, as for the checker.
    """
    known: dict[Member, int] = {}

    def numbered(members: Iterator[tuple[int, Kind, str]]) -> IntArray:
        by = np.full(len(singles.member), -1, dtype=np.int64)
        for entry, kind, line in members:
            member = Member(kind, line, customers=(int(singles.member[entry]),))
            by[entry] = known.setdefault(member, first + len(known))
        return by

    ties = [Ties(numbered(_stays(judge, singles, keep)), singles.owner + 1)]
    if judge.proposal is not None:
        proposal = judge.proposal
        rep = proposal.rep[singles.role, singles.member]
        column = np.where(rep >= -1, rep + 1, NO_COLUMN)
        for kind, line, flags in (
            ("accepted", ACCEPTED, proposal.accepted),
            ("rejected", REJECTED, proposal.rejected),
        ):
            answered = np.flatnonzero(flags[singles.role, singles.member]).tolist()
            by = numbered((entry, "accepted" if kind == "accepted" else "rejected", line) for entry in answered)
            ties.append(Ties(by, column, to_it=kind == "accepted"))
    return list(known), tuple(ties)


def _stays(judge: Judge, singles: Units, keep: Keep) -> Iterator[tuple[int, Kind, str]]:
    """Yield the entries that a lock or a holdout keeps, with its kind and line."""
    stays = judge.stays
    lock, held = (at[singles.role, singles.member] for at in (stays.lock, stays.holdout))
    for entry in np.flatnonzero((lock >= 0) | (held >= 0)).tolist():
        if lock[entry] >= 0:
            yield entry, "lock", f"keep.locks[{keep.locks[lock[entry]].name}]"
        else:
            yield entry, "holdout", f"keep.holdouts[{keep.holdouts[held[entry]].name}]"
