"""The problem: what every engine reads, and nothing else.

A sparse list of candidates with a cost per goal, and coupling rows over them. Symbols and equation numbers are those
of ``models/README.md``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np
import scipy.sparse as sp

from models.org import BoolArray, FloatArray, IntArray

RowKind = Literal["capacity", "balance", "group", "conflict", "budget", "pairing", "counted once"]


NONE = np.zeros(0, dtype=np.int64)


@dataclass(frozen=True)
class Books:
    """Coefficients that add up books: candidate (u, r) has ``amount[u]`` in row ``row_of_rep[r]``.

    Attributes
    ----------
    start, rep
        The problem's candidates, see :class:`Problem`.
    row_of_rep : int array, shape (reps,)
        The row of each rep's book, -1 where it is in none; the pool is in none.
    amount : float array, shape (units,)
    """

    start: IntArray
    rep: IntArray
    row_of_rep: IntArray
    amount: FloatArray

    def entries(self) -> tuple[IntArray, IntArray, FloatArray]:
        """Return (row, candidate, value) of every coefficient that is not 0."""
        row = np.where(self.rep >= 0, self.row_of_rep[self.rep], -1)
        value = np.repeat(self.amount, np.diff(self.start))
        at = np.flatnonzero((row >= 0) & (value != 0))
        return row[at], at, value[at]


@dataclass(frozen=True)
class RowBlock:
    """The coupling rows of one policy line.

    A candidate's coefficients come from ``books``, where its rep's book is added up, and from a list of single ones.

    Attributes
    ----------
    line : str
        Path of the policy line.
    labels : tuple of str, length (rows,)
        What each row is for: a rep, a team, a region.
    lower, upper : float arrays, shape (rows,)
        Limits, infinite where there is none.
    scale : float array, shape (rows,)
        Magnitude of the limit as the user wrote it; a hard row may be exceeded by 1e-6 x max(1, scale).
    over_points, under_points : float arrays, shape (rows,)
        Points of the goal ``balance`` per unit outside the limits; infinite where the row is hard.
    books : tuple of Books
    listed : (row, candidate, value), arrays of shape (entries,)
        Coefficients of single candidates, beside those of ``books``.
    aux_row, aux, aux_value : arrays, shape (auxiliary entries,)
        Coefficients of auxiliary variables, each between 0 and 1 and without cost.
    """

    line: str
    kind: RowKind
    labels: tuple[str, ...]
    lower: FloatArray
    upper: FloatArray
    scale: FloatArray
    over_points: FloatArray
    under_points: FloatArray
    books: tuple[Books, ...]
    listed: tuple[IntArray, IntArray, FloatArray]
    aux_row: IntArray
    aux: IntArray
    aux_value: FloatArray

    @property
    def count(self) -> int:
        """Number of rows."""
        return len(self.labels)

    @cached_property
    def _entries(self) -> tuple[IntArray, IntArray, FloatArray]:
        parts = [*(book.entries() for book in self.books), self.listed]
        row, candidate, value = (np.concatenate(part) for part in zip(*parts, strict=True))
        return row.astype(np.int64), candidate.astype(np.int64), value.astype(float)

    @property
    def row(self) -> IntArray:
        """The row of each coefficient, shape (entries,); all of them are written out at the first call."""
        return self._entries[0]

    @property
    def candidate(self) -> IntArray:
        """The candidate of each coefficient, shape (entries,)."""
        return self._entries[1]

    @property
    def value(self) -> FloatArray:
        """Each coefficient, shape (entries,)."""
        return self._entries[2]


NOTHING_LISTED = (NONE, NONE, np.zeros(0))


def hard_block(
    line: str,
    kind: RowKind,
    labels: tuple[str, ...],
    lower: FloatArray,
    upper: FloatArray,
    listed: tuple[IntArray, IntArray, FloatArray] = NOTHING_LISTED,
    scale: FloatArray | None = None,
    aux: tuple[IntArray, IntArray, FloatArray] | None = None,
    books: tuple[Books, ...] = (),
) -> RowBlock:
    """Return rows that must hold; ``listed`` are (row, candidate, value)."""
    if scale is None:
        finite = [np.where(np.isfinite(limit), np.abs(limit), 0.0) for limit in (lower, upper)]
        scale = np.maximum(*finite)
    hard = np.full(len(labels), np.inf)
    aux_row, aux_at, aux_value = aux if aux is not None else NOTHING_LISTED
    return RowBlock(line, kind, labels, lower, upper, scale, hard, hard, books, listed, aux_row, aux_at, aux_value)


@dataclass(frozen=True)
class Stage:
    """One stage: weights of the goals it minimises, and the slack it leaves (a fraction of |V|, or points)."""

    priority: int
    weights: Mapping[str, float]
    slack_fraction: float
    slack_points: float

    def cap(self, value: float) -> float:
        """Return the limit that later stages must keep, given this stage's value V."""
        return value + self.slack_fraction * abs(value) + self.slack_points


@dataclass(frozen=True)
class Problem:
    """Units, candidates, costs by goal, coupling rows and stages.

    Attributes
    ----------
    start : int array, shape (units + 1,)
        Candidates of unit u stand at ``start[u]:start[u + 1]``.
    rep : int array, shape (candidates,)
        Rep position, -1 for the pool.
    costs : mapping of goal to float array, shape (candidates,)
        Each goal's natural value per candidate; of ``balance`` only what a unit alone is above a band, if any is: the
        rest is in its rows.
    stay : int array, shape (units,)
        The candidate by which a unit stays with today's owner, -1 where there is none.
    """

    start: IntArray
    rep: IntArray
    n_reps: int
    costs: Mapping[str, FloatArray]
    blocks: tuple[RowBlock, ...]
    n_aux: int
    stages: tuple[Stage, ...]
    stay: IntArray

    @property
    def n_units(self) -> int:
        """Number of units."""
        return len(self.start) - 1

    @property
    def n_candidates(self) -> int:
        """Number of candidates, the pool included."""
        return len(self.rep)

    @cached_property
    def unit(self) -> IntArray:
        """The unit of each candidate, shape (candidates,)."""
        return np.repeat(np.arange(self.n_units), np.diff(self.start))

    @cached_property
    def rows(self) -> CouplingRows:
        """All coupling rows, numbered through."""
        return _stacked(self)

    def candidate_cost(self, weights: Mapping[str, float]) -> FloatArray:
        """Return the weighted cost of each candidate in points, shape (candidates,)."""
        cost = np.zeros(self.n_candidates)
        for goal, weight in weights.items():
            if goal in self.costs:
                cost += weight * self.costs[goal]
        return cost


@dataclass(frozen=True)
class CouplingRows:
    """All coupling rows of a problem.

    Attributes
    ----------
    row_of_book : int array, shape (books, reps + 1)
        The row to which each kind of book adds a rep's customers, -1 where there is none; the last rep is the pool.
    amount : float array, shape (units, books)
        What a unit adds to each kind of book.
    listed : Listed
        Coefficients of single candidates.
    aux : CSR, shape (rows, auxiliary variables)
    lower, upper, scale, over_points, under_points : float arrays, shape (rows,)
    names : tuple of str
        ``<line>[<label>]``, the name under which a multiplier is stored.
    """

    start: IntArray
    rep: IntArray
    row_of_book: IntArray
    amount: FloatArray
    listed: Listed
    aux: sp.csr_array
    lower: FloatArray
    upper: FloatArray
    scale: FloatArray
    over_points: FloatArray
    under_points: FloatArray
    names: tuple[str, ...]

    @property
    def count(self) -> int:
        """Number of rows."""
        return len(self.lower)

    @cached_property
    def soft(self) -> BoolArray:
        """Rows that may be left at a price."""
        return np.isfinite(self.over_points) | np.isfinite(self.under_points)

    @cached_property
    def tolerance(self) -> FloatArray:
        """By how much a hard row may be exceeded."""
        return 1e-6 * np.maximum(1.0, self.scale)

    @cached_property
    def matrix(self) -> sp.csr_array:
        """Every coefficient of the candidates, shape (rows, candidates): written out, so for small problems."""
        parts = [(self.listed.row, self.listed.candidate, self.listed.value)]
        for row_of_rep, amount in zip(self.row_of_book, self.amount.T, strict=True):
            parts.append(Books(self.start, self.rep, row_of_rep[:-1], amount).entries())
        row, candidate, value = (np.concatenate(part) for part in zip(*parts, strict=True))
        matrix = sp.csr_array(sp.coo_array((value, (row, candidate)), shape=(self.count, len(self.rep))))
        # where a listed coefficient takes back what a book brings, nothing is left
        matrix.eliminate_zeros()
        return matrix

    def activity(self, choice: IntArray, only: BoolArray | None = None) -> FloatArray:
        """Add up the rows for a choice of one candidate per unit, auxiliaries left out; shape (rows,).

        ``only`` flags the units to add up, shape (units,); all when None.
        """
        total = np.zeros(self.count)
        rep, listed = self.rep[choice], self.listed
        for row_of_rep, amount in zip(self.row_of_book, self.amount.T, strict=True):
            row = row_of_rep[rep]
            inside = row >= 0 if only is None else (row >= 0) & only
            total += np.bincount(row[inside], amount[inside], minlength=self.count)
        chosen = choice[listed.unit] == listed.candidate
        if only is not None:
            chosen &= only[listed.unit]
        return total + np.bincount(listed.row[chosen], listed.value[chosen], minlength=self.count)


@dataclass(frozen=True)
class Listed:
    """Coefficients of single candidates, ordered by candidate.

    Attributes
    ----------
    start : int array, shape (units + 1,)
        Those of unit u stand at ``start[u]:start[u + 1]``.
    unit, candidate, row : int arrays, shape (entries,)
    value : float array, shape (entries,)
    """

    start: IntArray
    unit: IntArray
    candidate: IntArray
    row: IntArray
    value: FloatArray


def _stacked(problem: Problem) -> CouplingRows:
    blocks, n_reps = problem.blocks, problem.n_reps
    offset = np.cumsum([0, *(block.count for block in blocks)])
    total = int(offset[-1])

    def numbers(parts: Iterable[FloatArray]) -> FloatArray:
        return np.concatenate([np.zeros(0), *parts])

    def positions(parts: Iterable[IntArray]) -> IntArray:
        return np.concatenate([NONE, *parts])

    row_of_book, amount = [], []
    for block, first in zip(blocks, offset, strict=False):
        for book in block.books:
            of_rep = np.full(n_reps + 1, -1, dtype=np.int64)
            of_rep[:n_reps] = np.where(book.row_of_rep >= 0, book.row_of_rep + first, -1)
            row_of_book.append(of_rep)
            amount.append(book.amount)
    row = positions(block.listed[0] + at for block, at in zip(blocks, offset, strict=False))
    candidate = positions(block.listed[1] for block in blocks)
    order = np.argsort(candidate, kind="stable")
    candidate, row = candidate[order], row[order]
    unit = np.searchsorted(problem.start, candidate, side="right") - 1
    listed = Listed(
        start=np.searchsorted(unit, np.arange(problem.n_units + 1)),
        unit=unit,
        candidate=candidate,
        row=row,
        value=numbers(block.listed[2] for block in blocks)[order],
    )
    aux_row = positions(block.aux_row + at for block, at in zip(blocks, offset, strict=False))
    aux = sp.coo_array(
        (numbers(block.aux_value for block in blocks), (aux_row, positions(b.aux for b in blocks))),
        shape=(total, problem.n_aux),
    )
    return CouplingRows(
        start=problem.start,
        rep=problem.rep,
        row_of_book=np.array(row_of_book, dtype=np.int64).reshape(-1, n_reps + 1),
        amount=np.ascontiguousarray(np.array(amount, dtype=float).reshape(len(amount), problem.n_units).T),
        listed=listed,
        aux=sp.csr_array(aux),
        lower=numbers(block.lower for block in blocks),
        upper=numbers(block.upper for block in blocks),
        scale=numbers(block.scale for block in blocks),
        over_points=numbers(block.over_points for block in blocks),
        under_points=numbers(block.under_points for block in blocks),
        names=tuple(f"{block.line}[{label}]" for block in blocks for label in block.labels),
    )
