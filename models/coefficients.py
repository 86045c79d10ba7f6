"""Coefficients of coupling rows by unit, added up without writing out those of books."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np

from models.formulation.pairs import parts, starts
from models.org import BoolArray, FloatArray, IntArray
from models.problem import Books, Problem, RowBlock


def units_touched(problem: Problem, blocks: Iterable[RowBlock]) -> BoolArray:
    """Tell which units have a candidate with a coefficient in some row of the blocks, shape (units,)."""
    blocks = tuple(blocks)
    touched = np.zeros(problem.n_units, dtype=bool)
    for block in blocks:
        candidate = block.listed[1]
        if len(candidate):
            single = np.zeros(problem.n_candidates, dtype=bool)
            single[candidate] = True
            for units, inside in _runs(problem):
                touched[units] |= _any(single[inside], problem.start[units.start : units.stop + 1])
        for book in block.books:
            in_book = np.r_[book.row_of_rep >= 0, False]
            for units, inside in _runs(problem):
                owned = _any(in_book[book.rep[inside]], problem.start[units.start : units.stop + 1])
                touched[units] |= owned & (book.amount[units] != 0)
    return touched


def brought(problem: Problem, block: RowBlock, counted: BoolArray, fold: np.ufunc) -> FloatArray:
    """Return what each unit brings to the counted rows together, by the candidate that ``fold`` picks.

    Parameters
    ----------
    counted : bool array, shape (rows,)
        The rows of the block that count.
    fold
        ``numpy.minimum`` or ``numpy.maximum``. Every unit must have a candidate.

    Returns
    -------
    float array, shape (units,)
    """
    row, candidate, value = block.listed
    single: FloatArray | None = None
    if len(row):
        mine = counted[row]
        single = np.bincount(candidate[mine], value[mine], minlength=problem.n_candidates).astype(float)
    of_book = [_counted_reps(book, counted) for book in block.books]
    found = np.zeros(problem.n_units)
    for units, inside in _runs(problem):
        start = problem.start[units.start : units.stop + 1]
        total = np.zeros(inside.stop - inside.start)
        for book, in_book in zip(block.books, of_book, strict=True):
            amount = np.repeat(book.amount[units], np.diff(start))
            total += np.where(in_book[book.rep[inside]], amount, 0.0)
        if single is not None:
            total += single[inside]
        found[units] = fold.reduceat(total, start[:-1] - start[0])
    return found


def _counted_reps(book: Books, counted: BoolArray) -> BoolArray:
    """Tell which reps' books are in a counted row, shape (reps + 1,); the last is the pool, which is in none."""
    row = np.r_[book.row_of_rep, -1]
    found: BoolArray = (row >= 0) & counted[row]
    return found


def _runs(problem: Problem) -> Iterator[tuple[slice, slice]]:
    """Yield runs of units, and where their candidates stand."""
    for units in parts(problem.start):
        yield units, slice(int(problem.start[units.start]), int(problem.start[units.stop]))


def _any(flags: BoolArray, start: IntArray) -> BoolArray:
    """Tell which units have a flagged candidate; a unit may have no candidates at all."""
    edges = starts(flags.astype(np.int64))[start - start[0]]
    found: BoolArray = edges[1:] > edges[:-1]
    return found
