"""Packing: a stage whose every row is one rep's book with a hard upper limit, laid out rep by rep.

Only (1) ties such books together: at given values of the units each book is a knapsack of its own, and what all of them
are worth proves a bound (Lagrangian relaxation of (1), as strong as the columns of Dantzig and Wolfe 1960,
doi:10.1287/opre.8.1.101).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from models.engines.program import StageTask, row_room
from models.org import BoolArray, FloatArray, IntArray
from models.problem import CouplingRows

CELLS_A_UNIT, LEAST_CELLS, MOST_CELLS = 128, 1_024, 4_096
"""Cells of a limit where loads are no whole numbers; more of them find no better plans, and take longer."""
FINE_CELLS = 32_768
LARGEST_TABLE = 100_000_000
WHOLE_IN = (1.0, 10.0, 100.0, 1_000.0)
"""Loads may be whole in these parts of their unit."""
UNLIMITED = 1.0
MOST_UNITS, UNITS_A_BOOK = 5_000, 100


@dataclass(frozen=True)
class Packing:
    """Entries, which are candidates ordered by rep; the pool, and every rep without a limit, has room for all.

    Attributes
    ----------
    start : int array, shape (books + 1,)
        Entries of book r stand at ``start[r]:start[r + 1]``; there is a book per rep and, last, the pool.
    candidate, unit, rep : int arrays, shape (entries,)
        Position in the problem, its unit, and its book.
    cost, load : float arrays, shape (entries,)
        Points, and what it adds to its book.
    limit, cell : float arrays, shape (books,)
        What a book may carry, and the load of a cell, in which knapsacks count.
    exact : bool array, shape (books,)
        Whether loads are whole numbers of cells.
    n_units : int
    """

    start: IntArray
    candidate: IntArray
    unit: IntArray
    rep: IntArray
    cost: FloatArray
    load: FloatArray
    limit: FloatArray
    cell: FloatArray
    exact: BoolArray
    n_units: int

    @cached_property
    def cells(self) -> IntArray:
        """Loads in cells, to the nearest, shape (entries,)."""
        return np.rint(self.load / self.cell[self.rep]).astype(np.int64)

    @cached_property
    def room(self) -> IntArray:
        """Limits in cells, shape (books,)."""
        return np.floor(self.limit / self.cell + 1e-9).astype(np.int64)

    @cached_property
    def entry_of(self) -> IntArray:
        """Entries ordered by unit, shape (entries,)."""
        return np.argsort(self.unit, kind="stable")

    @cached_property
    def first(self) -> IntArray:
        """Where a unit's entries begin in ``entry_of``, shape (units + 1,)."""
        return np.concatenate([[0], np.cumsum(np.bincount(self.unit, minlength=self.n_units))])

    def fits(self, entries: IntArray) -> bool:
        """Tell whether a choice of one entry per unit, shape (units,), is within every limit."""
        load = np.bincount(self.rep[entries], self.load[entries], minlength=len(self.limit))
        return bool((load <= self.limit + 1e-9 * np.maximum(1.0, self.limit)).all())

    def rounded_down(self, book: int) -> tuple[IntArray, int]:
        """Return a book's loads in cells, such that whatever fits, fits in the cells too, and its room in cells."""
        at = slice(self.start[book], self.start[book + 1])
        if self.exact[book]:
            return self.cells[at], int(self.room[book])
        fine = int(min(FINE_CELLS, LARGEST_TABLE // max(at.stop - at.start, 1)))
        return np.floor(np.minimum(self.load[at] / max(self.limit[book], 1e-9), 2.0) * fine).astype(np.int64), fine

    def part(self, entries: IntArray, units: IntArray, books: IntArray) -> Packing:
        """Return some units with some entries, ascending, all of them theirs and in the given books."""
        unit = np.searchsorted(units, self.unit[entries])
        rep = np.searchsorted(books, self.rep[entries])
        return Packing(
            np.searchsorted(rep, np.arange(len(books) + 1)),
            self.candidate[entries],
            unit,
            rep,
            self.cost[entries],
            self.load[entries],
            self.limit[books],
            self.cell[books],
            self.exact[books],
            len(units),
        )


def packing_of(task: StageTask) -> Packing | None:
    """Return a stage as books to pack; None where it is something else.

    Rows that no plan can break are left out. What is left must be hard upper limits of amounts that are not negative,
    at most one per rep, and nothing else may tie units together.
    """
    problem = task.problem
    if task.caps or problem.n_aux or not problem.n_units or np.diff(problem.start).min() == 0:
        return None
    rows = problem.rows
    row, candidate, value = _entries(rows)
    binding = _may_bind(rows, problem.unit[candidate], row, value)
    kept = binding[row]
    row, candidate, value = row[kept], candidate[kept], value[kept]
    book = np.where(problem.rep >= 0, problem.rep, problem.n_reps)
    upper_only = np.isneginf(rows.lower) & np.isfinite(rows.upper) & ~rows.soft
    ordered = np.unique(np.stack([row, book[candidate]]), axis=1)
    if (
        not len(row)
        or not upper_only[binding].all()
        or (value < 0).any()
        or (rows.upper[binding] < 0).any()
        or (book[candidate] == problem.n_reps).any()
        or len(np.unique(ordered[0])) != ordered.shape[1]
        or len(np.unique(ordered[1])) != ordered.shape[1]
    ):
        return None
    load = np.zeros(problem.n_candidates)
    np.add.at(load, candidate, value)
    limit = np.zeros(problem.n_reps + 1)
    limit[ordered[1]] = (rows.upper + row_room(problem))[ordered[0]]
    limited = np.zeros(problem.n_reps + 1, dtype=bool)
    limited[ordered[1]] = True
    entry = np.argsort(book, kind="stable")
    rep = book[entry]
    cell, exact = _grid(rep, load[entry], limit, limited)
    return Packing(
        np.searchsorted(rep, np.arange(problem.n_reps + 2)),
        entry,
        problem.unit[entry],
        rep,
        problem.candidate_cost(task.weights)[entry],
        load[entry],
        limit,
        cell,
        exact,
        problem.n_units,
    )


def worth_packing(task: StageTask) -> Packing | None:
    """Return a stage as books to pack where packing pays: books are small, and so are the tables to pack them."""
    problem = task.problem
    limited = len(np.unique(problem.rep[problem.rep >= 0]))
    if problem.n_units > MOST_UNITS or problem.n_units > UNITS_A_BOOK * max(limited, 1):
        return None
    return packing_of(task)


def _entries(rows: CouplingRows) -> tuple[IntArray, IntArray, FloatArray]:
    coefficients = rows.matrix.tocoo()
    some = coefficients.data != 0
    return coefficients.row[some].astype(np.int64), coefficients.col[some].astype(np.int64), coefficients.data[some]


def _may_bind(rows: CouplingRows, unit: IntArray, row: IntArray, value: FloatArray) -> BoolArray:
    """Flag rows that some choice of one candidate per unit might break, shape (rows,)."""
    least, most = np.zeros(rows.count), np.zeros(rows.count)
    if len(row):
        order = np.lexsort((unit, row))
        row, unit, value = row[order], unit[order], value[order]
        new = np.flatnonzero(np.r_[True, (row[1:] != row[:-1]) | (unit[1:] != unit[:-1])])
        np.add.at(most, row[new], np.maximum(np.maximum.reduceat(value, new), 0.0))
        np.add.at(least, row[new], np.minimum(np.minimum.reduceat(value, new), 0.0))
    return np.asarray((most > rows.upper) | (least < rows.lower))


def _grid(rep: IntArray, load: FloatArray, limit: FloatArray, limited: BoolArray) -> tuple[FloatArray, BoolArray]:
    """Return the load of a cell in each book, and whether loads are whole numbers of cells, shapes (books,)."""
    cell, exact = np.full(len(limit), UNLIMITED), np.ones(len(limit), dtype=bool)
    start = np.searchsorted(rep, np.arange(len(limit) + 1))
    for book in np.flatnonzero(limited):
        mine = load[start[book] : start[book + 1]]
        mine = mine[mine <= limit[book]]
        for parts in WHOLE_IN:
            whole = np.rint(mine * parts)
            if np.abs(mine * parts - whole).max(initial=0.0) <= 1e-9 * max(1.0, whole.max(initial=0.0)):
                divisor = max(int(np.gcd.reduce(whole.astype(np.int64))), 1) if len(whole) else 1
                cell[book] = divisor / parts
                break
        else:
            cell[book] = 0.0
        if cell[book] <= 0.0 or limit[book] / cell[book] > FINE_CELLS:
            usual = float(mine.mean()) if len(mine) else 0.0
            wanted = CELLS_A_UNIT * limit[book] / max(usual, 1e-9 * max(limit[book], 1e-9))
            cell[book] = max(limit[book], 1e-9) / np.clip(np.rint(wanted), LEAST_CELLS, MOST_CELLS)
            exact[book] = False
    return cell, exact
