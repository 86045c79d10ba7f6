"""Compiled loop that cuts reps into blocks; imported only where a search runs."""

from __future__ import annotations

from typing import Any

import numba
import numpy as np
import numpy.typing as npt

from models.engines.random_kernels import seeded, uniform
from models.org import FloatArray

Ints = npt.NDArray[np.integer[Any]]


@numba.njit(cache=True)
def grow_blocks(
    seed: int, order: Ints, first: Ints, near: Ints, shared: FloatArray, load: FloatArray, target: float
) -> Ints:
    """Cut reps into blocks that have many candidates in common; return the block of each rep, shape (reps,).

    Parameters
    ----------
    order
        The reps in the order in which they begin a block if no other has taken them.
    first, near, shared
        For each rep, other reps and how many units they could both own (a sparse matrix by rows).
    load, target
        What each rep adds to its block's size, and the size at which a block is full.
    """
    state = seeded(seed)
    block = np.full(len(order), -1, np.int64)
    pull = np.zeros(len(order))
    touched = np.empty(len(order), np.int64)
    count = 0
    last, last_size = -1, 0.0
    for begin in order:
        if block[begin] >= 0:
            continue
        size, n = 0.0, 0
        r = begin
        # what is left over between full blocks joins the one before it
        mine = count
        while r >= 0:
            block[r] = mine
            size += load[r]
            if size >= target:
                break
            for j in range(first[r], first[r + 1]):
                s = near[j]
                if block[s] < 0:
                    if pull[s] == 0.0:
                        touched[n] = s
                        n += 1
                    pull[s] += shared[j] * (0.5 + uniform(state))
            r = -1
            strongest = 0.0
            for j in range(n):
                s = touched[j]
                if block[s] < 0 and pull[s] > strongest:
                    strongest = pull[s]
                    r = s
        for j in range(n):
            pull[touched[j]] = 0.0
        if size < 0.25 * target and last >= 0 and last_size < 1.5 * target:
            for s in range(len(order)):
                if block[s] == mine:
                    block[s] = last
            last_size += size
        else:
            last, last_size = mine, size
            count += 1
    return block
