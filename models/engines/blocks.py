"""Blocks: reps who have many candidates in common, cut anew at each step of the search, and what each may change."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from models.engines.ground import Ground
from models.org import IntArray


def cut_reps(ground: Ground, random: np.random.Generator, wanted: int) -> IntArray:
    """Cut the reps into about ``wanted`` blocks; return the block of each rep and, last, -1 for the pool."""
    from models.engines.block_kernels import grow_blocks

    n = ground.problem.n_reps
    if wanted == 1:
        return np.asarray(np.r_[np.zeros(n, dtype=np.int64), -1])
    links = ground.links
    seed, order = int(random.integers(1, 2**31)), random.permutation(n)
    target = ground.load.sum() / wanted
    block = grow_blocks(seed, order, links.indptr, links.indices, links.data, ground.load, target)
    return np.asarray(np.r_[np.unique(block, return_inverse=True)[1].astype(np.int64), -1])


def units_of_blocks(
    ground: Ground, random: np.random.Generator, chosen: IntArray, block_of: IntArray, count: int
) -> list[IntArray]:
    """Return the units of each block by today's choice; a pooled unit goes with one of its candidates' reps."""
    block = block_of[ground.rep[chosen]]
    pooled = np.flatnonzero(block < 0)
    if len(pooled):
        width = np.diff(ground.start)[pooled]
        other = ground.start[pooled] + (random.random(len(pooled)) * width).astype(np.int64)
        block[pooled] = np.maximum(block_of[ground.rep[other]], 0)
    return groups(block, count)


def sharers(ground: Ground, chosen: IntArray, block_of: IntArray, whose: IntArray | None) -> IntArray:
    """Return how many blocks may change each row in this step; ``whose`` are the rows that one block has."""
    count = int(block_of.max()) + 1
    if count <= 1:
        return np.ones(len(ground.lower), dtype=np.int64)
    rows, blocks = [], []
    for row_of_rep in ground.row_of_book.T:
        inside = row_of_rep[:-1] >= 0
        rows.append(row_of_rep[:-1][inside].astype(np.int64))
        blocks.append(block_of[:-1][inside])
    listed = ground.listed
    for rep in (ground.rep[chosen][listed.unit], ground.rep[listed.candidate]):
        # a row is changed where a unit leaves a listed candidate or takes it
        rows.append(listed.row)
        blocks.append(np.maximum(block_of[rep], 0))
    if whose is not None and ground.problem.n_aux:
        uses = ground.events.uses
        rows.append(uses.indices.astype(np.int64))
        blocks.append(np.repeat(np.maximum(whose[ground.events.first :], 0), np.diff(uses.indptr)))
    pairs = np.unique(np.concatenate(rows) * count + np.concatenate(blocks))
    return np.bincount(pairs // count, minlength=len(ground.lower))


def turns(ground: Ground, random: np.random.Generator, units_of: list[IntArray]) -> IntArray | None:
    """Return which block may change each row of one value, -1 elsewhere, shape (rows,); None without such rows.

    Parts of what such a row lacks (5: both roles in a team, or neither) are of no use: one block mends it, that of
    one of its units. Rows of the same units have the same. So it is with the number of a customer's events: two
    blocks that change it at the same time would not know whether the customer counts.
    """
    tied, listed = ground.lower == ground.upper, ground.listed
    tied[ground.events.first :] = True
    entries = np.flatnonzero(tied[listed.row])
    if not len(entries):
        return None
    block = np.zeros(ground.problem.n_units, dtype=np.int64)
    for b, units in enumerate(units_of):
        block[units] = b
    order = random.permutation(ground.problem.n_units)
    whose = np.full(len(tied), -1, dtype=np.int64)
    last = np.full(len(tied), -1, dtype=np.int64)
    np.maximum.at(last, listed.row[entries], order[listed.unit[entries]])
    at = np.flatnonzero(last >= 0)
    whose[at] = block[np.argsort(order)[last[at]]]
    return whose


def groups(group: IntArray, count: int | None = None) -> list[IntArray]:
    """Return the positions of each group, ascending."""
    order = np.argsort(group, kind="stable")
    edges = np.searchsorted(group[order], np.arange((int(group.max()) + 1 if count is None else count) + 1))
    return [order[a:b] for a, b in pairwise(edges)]
