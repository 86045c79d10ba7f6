"""Parts of a problem: some of its units by themselves, or the pieces into which it falls apart."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp
from scipy.sparse.csgraph import connected_components

from models.org import BoolArray, FloatArray, IntArray
from models.problem import Problem, RowBlock
from models.valuation import least_aux

BUNDLE = 600
"""Pieces with fewer candidates than this are solved together."""
UNITS_AT_ONCE = 100_000


@dataclass(frozen=True)
class Part:
    """Some units of a problem, as a problem of its own.

    Attributes
    ----------
    units, candidates, rows : int arrays
        What they are in the whole problem.
    """

    problem: Problem
    units: IntArray
    candidates: IntArray
    rows: IntArray

    def narrowed(self, choice: IntArray) -> IntArray:
        """Return a choice of the whole problem for these units; its candidates must be among the part's."""
        return np.searchsorted(self.candidates, choice[self.units])

    def widened(self, choice: IntArray) -> IntArray:
        """Return a choice of the part in positions of the whole problem, shape (units of the part,)."""
        return self.candidates[choice]


def part_of(
    problem: Problem, units: IntArray, keep: BoolArray | None = None, elsewhere: FloatArray | None = None
) -> Part:
    """Cut units out of a problem, with the rows that they touch.

    Parameters
    ----------
    units
        Positions, ascending.
    keep
        Candidates to keep, shape (candidates,); all when None. Every unit must keep one.
    elsewhere
        What the other units add to each row, shape (rows,): it is taken off the limits.
    """
    count = np.diff(problem.start)[units]
    edges = np.cumsum(count) - count
    candidates = np.arange(count.sum()) + np.repeat(problem.start[units] - edges, count)
    of_unit = np.repeat(np.arange(len(units)), count)
    if keep is not None:
        kept = keep[candidates]
        candidates, of_unit = candidates[kept], of_unit[kept]
    start = np.r_[0, np.cumsum(np.bincount(of_unit, minlength=len(units)))]
    rep = problem.rep[candidates]
    place = np.full(problem.n_candidates + 1, -1, dtype=np.int64)
    place[candidates] = np.arange(len(candidates))
    touched = [_touched(block, units, start, rep, place) for block in problem.blocks]
    lower, upper = problem.rows.lower, problem.rows.upper
    if elsewhere is not None:
        lower, upper = lower - elsewhere, upper - elsewhere
    number = np.zeros(0, dtype=np.int64)
    if problem.n_aux:
        kept_rows, counted, always = _counted_once(problem, np.concatenate(touched), elsewhere)
        touched = np.split(kept_rows, np.cumsum([block.count for block in problem.blocks])[:-1])
        lower, upper = lower - always, upper - always
        number = np.where(counted, np.cumsum(counted) - 1, -1)
    blocks, rows, offset = [], [], 0
    for block, flags in zip(problem.blocks, touched, strict=True):
        kept = np.flatnonzero(flags)
        if len(kept):
            cut = _cut(block, units, start, rep, place, kept, number)
            blocks.append(dataclasses.replace(cut, lower=lower[offset + kept], upper=upper[offset + kept]))
            rows.append(offset + kept)
        offset += block.count
    costs = {goal: cost[candidates] for goal, cost in problem.costs.items()}
    stay = place[problem.stay[units]]
    n_aux = int(number.max(initial=-1)) + 1
    smaller = Problem(start, rep, problem.n_reps, costs, tuple(blocks), n_aux, problem.stages, stay)
    return Part(smaller, units, candidates, np.concatenate([np.zeros(0, dtype=np.int64), *rows]))


def _touched(block: RowBlock, units: IntArray, start: IntArray, rep: IntArray, place: IntArray) -> BoolArray:
    """Tell in which rows of a block the kept candidates have coefficients, shape (rows of the block,)."""
    touched = np.zeros(block.count, dtype=bool)
    touched[block.listed[0][place[block.listed[1]] >= 0]] = True
    for book in block.books:
        # exactly the rows to which a unit brings something: a row must not count in two parts
        brings = np.repeat(book.amount[units], np.diff(start)) != 0
        mine = book.row_of_rep[rep[brings & (rep >= 0)]]
        touched[mine[mine >= 0]] = True
    return touched


def _counted_once(
    problem: Problem, touched: BoolArray, elsewhere: FloatArray | None
) -> tuple[BoolArray, BoolArray, FloatArray]:
    """Find the auxiliary variables of a part, given the rows that its units touch, shape (rows,).

    Without others, all variables of a row belong to the part, and all of their rows. With others, those do that the
    part's units may change; the rest keep the values that the others give them.

    Returns
    -------
    bool array, bool array, float array
        The rows of the part, its variables, and what other variables add to each row.
    """
    aux = problem.rows.aux.tocoo()
    if elsewhere is None:
        rows, counted = touched.copy(), np.zeros(problem.n_aux, dtype=bool)
        while True:
            counted[aux.col[rows[aux.row]]] = True
            more = aux.row[counted[aux.col] & ~rows[aux.row]]
            if not len(more):
                return rows, counted, np.zeros(len(rows))
            rows[more] = True
    defines = aux.data < 0
    counted = np.zeros(problem.n_aux, dtype=bool)
    counted[aux.col[defines & touched[aux.row]]] = True
    rows = touched.copy()
    rows[aux.row[counted[aux.col]]] = True
    fixed = np.where(counted, 0.0, least_aux(problem, elsewhere))
    return rows, counted, problem.rows.aux @ fixed


def _cut(
    block: RowBlock,
    units: IntArray,
    start: IntArray,
    rep: IntArray,
    place: IntArray,
    kept: IntArray,
    aux_number: IntArray,
) -> RowBlock:
    """Return some rows of a block over a part's candidates; ``aux_number`` are variables' new places, or -1."""
    row, candidate, value = block.listed
    number = np.full(block.count + 1, -1, dtype=np.int64)
    number[kept] = np.arange(len(kept))
    inside = place[candidate] >= 0
    books = tuple(
        dataclasses.replace(book, start=start, rep=rep, row_of_rep=number[book.row_of_rep], amount=book.amount[units])
        for book in block.books
    )
    read = number[block.aux_row] >= 0
    if len(aux_number):
        read &= aux_number[block.aux] >= 0
    return dataclasses.replace(
        block,
        labels=tuple(block.labels[i] for i in kept),
        scale=block.scale[kept],
        over_points=block.over_points[kept],
        under_points=block.under_points[kept],
        books=books,
        listed=(number[row[inside]], place[candidate[inside]], value[inside]),
        aux_row=number[block.aux_row[read]],
        aux=aux_number[block.aux[read]] if len(aux_number) else block.aux[read],
        aux_value=block.aux_value[read],
    )


def pieces(problem: Problem) -> list[IntArray]:
    """Return the units of each piece that shares no coupling row with another, small pieces together.

    Pieces stand in the order of their first unit.
    """
    if not problem.n_units:
        return [np.arange(0)]
    rows, listed = problem.rows, problem.rows.listed
    # nodes are rows; a unit ties the rows of its candidates to the first one that it touches
    first = np.full(problem.n_units, -1, dtype=np.int64)
    links = [np.zeros((2, 0), dtype=np.int64)]

    def tie(unit: IntArray, row: IntArray) -> None:
        new = first[unit] < 0
        first[unit[new][::-1]] = row[new][::-1]
        pairs = np.unique(first[unit] * rows.count + row)
        links.append(np.stack([pairs // rows.count, pairs % rows.count]))

    for row_of_rep, amount in zip(rows.row_of_book, rows.amount.T, strict=True):
        for a in range(0, problem.n_units, UNITS_AT_ONCE):
            b = min(a + UNITS_AT_ONCE, problem.n_units)
            unit = np.repeat(np.arange(a, b), np.diff(problem.start[a : b + 1]))
            row = row_of_rep[problem.rep[problem.start[a] : problem.start[b]]]
            tied = (row >= 0) & (amount[unit] != 0)
            tie(unit[tied], row[tied])
    tie(listed.unit, listed.row)
    if problem.n_aux:
        # a variable that counts a customer once ties the rows that define it and those that read it
        of_aux = rows.aux.tocoo()
        row_of_aux = np.zeros(problem.n_aux, dtype=np.int64)
        row_of_aux[of_aux.col] = of_aux.row
        links.append(np.stack([row_of_aux[of_aux.col], of_aux.row]))
    ends = np.concatenate(links, axis=1)
    graph = sp.coo_array((np.ones(ends.shape[1], dtype=np.int8), (ends[0], ends[1])), shape=(rows.count, rows.count))
    of_row = connected_components(graph, directed=False)[1] if rows.count else np.zeros(0, dtype=np.int64)
    label = np.arange(problem.n_units) + rows.count
    label[first >= 0] = of_row[first[first >= 0]]
    _, begins, label = np.unique(label, return_index=True, return_inverse=True)
    label = np.argsort(np.argsort(begins))[label]
    weight = np.bincount(label, np.diff(problem.start))
    bundle, filled, number = np.zeros(len(weight), dtype=np.int64), 0.0, -1
    for piece, size in enumerate(weight):
        if number < 0 or filled + size > BUNDLE:
            number, filled = number + 1, 0.0
        bundle[piece] = number
        filled += size
    of_unit = bundle[label]
    order = np.argsort(of_unit, kind="stable")
    return np.split(order, np.flatnonzero(np.diff(of_unit[order])) + 1)
