"""Compiled loops over units and reps: the least that a pair can cost by the straight line between the two.

All arrays are contiguous. ``at`` are points on the unit sphere, shape (3, points); ``way`` is what a member's way costs
per radian, in points; ``charge`` what a unit of each kind of book costs with each rep, shape (books, reps).
"""

from __future__ import annotations

import numba
import numpy as np

from models.org import FloatArray, IntArray, PositionArray

HAIR = 1e-13
"""What a squared chord on the unit sphere may be wrong by, computed from a product of unit vectors."""


@numba.njit(cache=True, nogil=True)
def _floors(
    u: int,
    start: IntArray,
    at: FloatArray,
    way: FloatArray,
    amount: FloatArray,
    rep_at: FloatArray,
    charge: FloatArray,
    floor: FloatArray,
) -> None:
    """Write the floor of unit ``u`` with each rep."""
    reps = len(floor)
    for j in range(reps):
        floor[j] = 0.0
    for k in range(charge.shape[0]):
        a = amount[u, k]
        if a != 0.0:
            for j in range(reps):
                floor[j] += a * charge[k, j]
    for m in range(start[u], start[u + 1]):
        w = way[m]
        if w > 0.0:
            x, y, z = at[0, m], at[1, m], at[2, m]
            for j in range(reps):
                d = 2.0 - HAIR - 2.0 * (x * rep_at[0, j] + y * rep_at[1, j] + z * rep_at[2, j])
                d = d if d > 0.0 else 0.0
                floor[j] += w * np.sqrt(d)


@numba.njit(cache=True, nogil=True)
def reps_below(
    units: IntArray,
    first: int,
    last: int,
    start: IntArray,
    at: FloatArray,
    way: FloatArray,
    amount: FloatArray,
    reps: PositionArray,
    rep_at: FloatArray,
    charge: FloatArray,
    limit: FloatArray,
    found_unit: IntArray,
    found_rep: PositionArray,
) -> tuple[int, int]:
    """List the pairs of ``units[first:last]`` whose floor is at most the unit's limit.

    Returns
    -------
    next, written : int
        The place of the first unit that was not looked at, for want of room in ``found_unit`` and ``found_rep``, and
        how many pairs stand there.
    """
    floor = np.empty(len(reps))
    written = 0
    for i in range(first, last):
        if written + len(reps) > len(found_unit):
            return i, written
        u = units[i]
        _floors(u, start, at, way, amount, rep_at, charge, floor)
        most = limit[u]
        for j in range(len(reps)):
            if floor[j] <= most:
                found_unit[written] = u
                found_rep[written] = reps[j]
                written += 1
    return last, written


@numba.njit(cache=True, nogil=True)
def least_of(costs: FloatArray, ties: FloatArray, most: int, kept: IntArray) -> int:
    """Write the places of the ``most`` least costs to ``kept``, by ``ties`` where equal; return how many there are."""
    count = 0
    for j in range(len(costs)):
        if count == most:
            worst = kept[count - 1]
            if costs[j] > costs[worst] or (costs[j] == costs[worst] and ties[j] >= ties[worst]):
                continue
        else:
            count += 1
        place = count - 1
        while place > 0:
            other = kept[place - 1]
            if costs[other] < costs[j] or (costs[other] == costs[j] and ties[other] <= ties[j]):
                break
            kept[place] = other
            place -= 1
        kept[place] = j
    return count


@numba.njit(cache=True, nogil=True)
def nearest_reps(
    units: IntArray,
    first: int,
    last: int,
    start: IntArray,
    at: FloatArray,
    way: FloatArray,
    amount: FloatArray,
    reps: PositionArray,
    rep_at: FloatArray,
    charge: FloatArray,
    most: int,
    found: PositionArray,
) -> None:
    """Write the ``most`` reps of least floor of ``units[first:last]`` to ``found``, shape (last - first, most)."""
    floor, ties = np.empty(len(reps)), np.arange(len(reps)).astype(np.float64)
    kept = np.empty(most, dtype=np.int64)
    for i in range(first, last):
        _floors(units[i], start, at, way, amount, rep_at, charge, floor)
        least_of(floor, ties, most, kept)
        kept.sort()
        for j in range(most):
            found[i - first, j] = reps[kept[j]]


@numba.njit(cache=True, nogil=True)
def flag_least(start: IntArray, costs: FloatArray, ties: FloatArray, most: int, flags: np.ndarray) -> None:
    """Flag the ``most`` entries of least cost of each group, which has the entries ``start[g]:start[g + 1]``."""
    kept = np.empty(most, dtype=np.int64)
    for g in range(len(start) - 1):
        a, b = start[g], start[g + 1]
        count = least_of(costs[a:b], ties[a:b], most, kept)
        for j in range(count):
            flags[a + kept[j]] = True
