"""Units that alone are too large for a book: what they cost outside its band is theirs, whoever else is in it.

A unit ``u`` with ``q[u,m,r]`` above the band's upper end puts ``r`` over it by at least the difference, which is
therefore a cost of the candidate, and only what fits counts in the row (3). For whole choices this says the same, and
nothing of a fractional one is lost: a relaxation that splits such a unit over several books no longer hides what it
costs (coefficient tightening; Savelsbergh 1994, doi:10.1287/ijoc.6.4.445).
"""

from __future__ import annotations

import dataclasses

import numpy as np

from models.org import FloatArray, IntArray
from models.problem import Problem, RowBlock


def charged_for_size(problem: Problem) -> Problem:
    """Charge each candidate for what its unit alone is above the band of its rep's book; others stay as they are."""
    points = np.zeros(0)
    blocks = []
    for block in problem.blocks:
        row, candidate, excess = _above(problem, block) if block.kind == "balance" else (_NONE, _NONE, np.zeros(0))
        if len(row):
            points = points if len(points) else np.zeros(problem.n_candidates)
            np.add.at(points, candidate, block.over_points[row] * excess)
            listed = tuple(np.concatenate(both) for both in zip(block.listed, (row, candidate, -excess), strict=True))
            block = dataclasses.replace(block, listed=(listed[0], listed[1], listed[2]))
        blocks.append(block)
    if not len(points):
        return problem
    return dataclasses.replace(problem, blocks=tuple(blocks), costs={**problem.costs, "balance": points})


_NONE = np.zeros(0, dtype=np.int64)


def _above(problem: Problem, block: RowBlock) -> tuple[IntArray, IntArray, FloatArray]:
    """Return (row, candidate, amount) where a unit alone is above a row's upper limit."""
    rows, candidates, amounts = [], [], []
    least = float(block.upper.min(initial=np.inf))
    for book in block.books:
        large = np.flatnonzero(book.amount > least)
        width = np.diff(problem.start)[large]
        first = np.cumsum(width) - width
        candidate = np.arange(width.sum()) + np.repeat(problem.start[large] - first, width)
        rep = problem.rep[candidate]
        row = np.where(rep >= 0, book.row_of_rep[rep], -1)
        in_row = row >= 0
        rows.append(row[in_row])
        candidates.append(candidate[in_row])
        amounts.append(np.repeat(book.amount[large], width)[in_row])
    row, candidate, amount = (
        np.concatenate([*part, listed]) for part, listed in zip((rows, candidates, amounts), block.listed, strict=True)
    )
    excess = amount - block.upper[row]
    at = np.flatnonzero(excess > 0)
    return row[at], candidate[at], excess[at]
