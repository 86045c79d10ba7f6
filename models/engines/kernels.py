"""Compiled loops of the local search. Imported only where a search runs, so that small orgs do not wait for numba.

All arrays are contiguous. Of those passed to :func:`anneal`, ``chosen``, ``over``, ``under`` and ``cap_penalty`` are
written.
"""

from __future__ import annotations

import numba
import numpy as np

from models.org import BoolArray, FloatArray, IntArray


@numba.njit(cache=True, nogil=True, inline="always")
def _below(count: int) -> int:
    """Draw a whole number from 0 up to, not including, ``count``, from the compiled code's own seeded stream."""
    return np.random.randint(count)  # noqa: NPY002


@numba.njit(cache=True, nogil=True, inline="always")
def _uniform() -> float:
    """Draw from 0 to 1, from the compiled code's own seeded stream."""
    return np.random.random()  # noqa: NPY002


@numba.njit(cache=True, nogil=True, inline="always")
def _outside(activity: float, lower: float, upper: float) -> float:
    """Return by how much a row is over (positive) or under (negative) its limits."""
    if activity > upper:
        return activity - upper
    if activity < lower:
        return activity - lower
    return 0.0


@numba.njit(cache=True, nogil=True)
def _apply(
    e: int,
    sign: float,
    activity: FloatArray,
    lower: FloatArray,
    upper: FloatArray,
    over: FloatArray,
    under: FloatArray,
    hard: BoolArray,
    indptr: IntArray,
    row: IntArray,
    value: FloatArray,
    totals: FloatArray,
) -> None:
    """Add a candidate to the rows (or take it out), adding to ``totals``: soft points, hard penalty."""
    for j in range(indptr[e], indptr[e + 1]):
        i = row[j]
        before = _outside(activity[i], lower[i], upper[i])
        activity[i] += sign * value[j]
        after = _outside(activity[i], lower[i], upper[i])
        if before != after:
            change = 0.0
            change += after * over[i] if after > 0 else -after * under[i]
            change -= before * over[i] if before > 0 else -before * under[i]
            if hard[i]:
                totals[1] += change
            else:
                totals[0] += change


@numba.njit(cache=True, nogil=True)
def _find(rep: IntArray, first: int, last: int, wanted: int) -> int:
    """Return where ``wanted`` stands, or would stand, in the ascending ``rep[first:last]``."""
    while first < last:
        middle = (first + last) // 2
        if rep[middle] < wanted:
            first = middle + 1
        else:
            last = middle
    return first


@numba.njit(cache=True, nogil=True)
def anneal(
    seed: int,
    start: IntArray,
    rep: IntArray,
    cost: FloatArray,
    cap_cost: FloatArray,
    balance_weight: float,
    cap_balance: FloatArray,
    cap_limit: FloatArray,
    cap_penalty: FloatArray,
    indptr: IntArray,
    row: IntArray,
    value: FloatArray,
    lower: FloatArray,
    upper: FloatArray,
    over: FloatArray,
    under: FloatArray,
    hard: BoolArray,
    chosen: IntArray,
    n_reps: int,
    movable: IntArray,
    temperatures: FloatArray,
    proposals: int,
    stop: IntArray,
) -> IntArray:
    """Anneal by shifts and swaps; return the choice that breaks hard rows and caps the least, the best of such.

    Parameters
    ----------
    start, rep
        Candidates by unit, shapes (units + 1,) and (candidates,); -1 is the pool.
    cost : shape (candidates,), points
    cap_cost : shape (caps, candidates), points that each candidate adds to an earlier stage's goals
    balance_weight, cap_balance : points per point of soft rows in the objective and in each cap, shape (caps,)
    cap_limit, cap_penalty : shape (caps,), points, and points per point above it
    indptr, row, value
        Coefficients of each candidate (columns of the rows' matrix), shapes (candidates + 1,), (entries,), (entries,).
    lower, upper, over, under, hard : shape (rows,)
        Limits, points per unit outside them, and which rows are hard: their points are a penalty, which grows where a
        row stays broken (``over``, ``under`` and ``cap_penalty`` are left as the next call should begin).
    chosen : shape (units,)
        The choice to begin with; left at the last one visited.
    movable
        The units with more than one candidate.
    temperatures : shape (steps,), points
        Each step tries ``proposals`` changes.
    stop : shape (1,)
        Set above 0 by another thread to end early.
    """
    # numba's stream is the thread's own, not numpy's global one: seeded here, it depends on nothing but ``seed``
    np.random.seed(seed)  # noqa: NPY002
    n, m, k = len(start) - 1, len(lower), len(cap_limit)
    activity = np.zeros(m)
    # books: the units of each rep (the pool is the last one), for swaps
    size = np.zeros(n_reps + 1, np.int64)
    for u in range(n):
        size[rep[chosen[u]]] += 1
    room = np.zeros(n_reps + 2, np.int64)
    # every rep could hold all units that have it as a candidate
    most = np.zeros(n_reps + 1, np.int64)
    for e in range(len(rep)):
        most[rep[e]] += 1
    for r in range(n_reps + 1):
        room[r + 1] = room[r] + most[r]
    book = np.empty(room[n_reps + 1], np.int64)
    place = np.empty(n, np.int64)
    size[:] = 0
    for u in range(n):
        r = rep[chosen[u]]
        if r < 0:
            r = n_reps
        place[u] = size[r]
        book[room[r] + size[r]] = u
        size[r] += 1
    totals = np.zeros(2)
    value_now = 0.0
    cap_now = np.zeros(k)
    zero = np.zeros(m)
    for u in range(n):
        e = chosen[u]
        value_now += cost[e]
        for q in range(k):
            cap_now[q] += cap_cost[q, e]
        for j in range(indptr[e], indptr[e + 1]):
            activity[row[j]] += value[j]
    soft, broken = 0.0, 0.0
    for i in range(m):
        d = _outside(activity[i], lower[i], upper[i])
        points = d * over[i] if d > 0 else -d * under[i]
        if hard[i]:
            broken += points
        else:
            soft += points
    for q in range(k):
        cap_now[q] += cap_balance[q] * soft
    value_now += balance_weight * soft
    best = chosen.copy()
    best_value = np.inf
    best_broken = np.inf
    d_cap = np.zeros(k)
    for step in range(len(temperatures)):
        heat = temperatures[step]
        for _ in range(proposals):
            if len(movable) == 0:
                break
            u = movable[_below(len(movable))]
            e0 = chosen[u]
            width = start[u + 1] - start[u]
            e1 = start[u] + _below(width - 1)
            if e1 >= e0:
                e1 += 1
            r0, r1 = rep[e0], rep[e1]
            if r0 < 0:
                r0 = n_reps
            if r1 < 0:
                r1 = n_reps
            v, f0, f1 = -1, -1, -1
            if _uniform() < 0.5 and size[r1] > 0 and r0 != n_reps:
                v = book[room[r1] + _below(size[r1])]
                f0 = chosen[v]
                f1 = _find(rep, start[v], start[v + 1], r0)
                if f1 >= start[v + 1] or rep[f1] != r0:
                    v = -1
            totals[0] = 0.0
            totals[1] = 0.0
            change = cost[e1] - cost[e0]
            for q in range(k):
                d_cap[q] = cap_cost[q, e1] - cap_cost[q, e0]
            _apply(e0, -1.0, activity, lower, upper, over, under, hard, indptr, row, value, totals)
            _apply(e1, 1.0, activity, lower, upper, over, under, hard, indptr, row, value, totals)
            if v >= 0:
                change += cost[f1] - cost[f0]
                for q in range(k):
                    d_cap[q] += cap_cost[q, f1] - cap_cost[q, f0]
                _apply(f0, -1.0, activity, lower, upper, over, under, hard, indptr, row, value, totals)
                _apply(f1, 1.0, activity, lower, upper, over, under, hard, indptr, row, value, totals)
            change += balance_weight * totals[0]
            penalty = totals[1]
            for q in range(k):
                d_cap[q] += cap_balance[q] * totals[0]
                penalty += cap_penalty[q] * (
                    max(0.0, cap_now[q] + d_cap[q] - cap_limit[q]) - max(0.0, cap_now[q] - cap_limit[q])
                )
            worse = change + penalty
            if worse <= 0.0 or (heat > 0.0 and _uniform() < np.exp(-worse / heat)):
                value_now += change
                broken += totals[1]
                for q in range(k):
                    cap_now[q] += d_cap[q]
                chosen[u] = e1
                _move(u, r0, r1, book, room, size, place)
                if v >= 0:
                    chosen[v] = f1
                    _move(v, r1, r0, book, room, size, place)
            else:
                _apply(e1, -1.0, activity, lower, upper, over, under, hard, indptr, row, value, totals)
                _apply(e0, 1.0, activity, lower, upper, over, under, hard, indptr, row, value, totals)
                if v >= 0:
                    _apply(f1, -1.0, activity, lower, upper, over, under, hard, indptr, row, value, totals)
                    _apply(f0, 1.0, activity, lower, upper, over, under, hard, indptr, row, value, totals)
        # sums drift: once a step everything is added up anew, and rows that stay broken become dearer
        activity[:] = zero
        value_now = 0.0
        cap_now[:] = 0.0
        for u in range(n):
            e = chosen[u]
            value_now += cost[e]
            for q in range(k):
                cap_now[q] += cap_cost[q, e]
            for j in range(indptr[e], indptr[e + 1]):
                activity[row[j]] += value[j]
        soft, broken = 0.0, 0.0
        excess = 0.0
        for i in range(m):
            d = _outside(activity[i], lower[i], upper[i])
            if hard[i]:
                scale = max(1.0, abs(upper[i]) if d > 0 else abs(lower[i]))
                if abs(d) > 1e-7 * scale:
                    excess += abs(d) / scale
                    over[i] *= 1.15
                    under[i] *= 1.15
                broken += d * over[i] if d > 0 else -d * under[i]
            else:
                soft += d * over[i] if d > 0 else -d * under[i]
        value_now += balance_weight * soft
        for q in range(k):
            cap_now[q] += cap_balance[q] * soft
            if cap_now[q] > cap_limit[q] + 1e-7 * max(1.0, abs(cap_limit[q])):
                excess += (cap_now[q] - cap_limit[q]) / max(1.0, abs(cap_limit[q]))
                cap_penalty[q] *= 1.15
        if excess < best_broken - 1e-12 or (excess <= best_broken + 1e-12 and value_now < best_value - 1e-12):
            best_broken, best_value = excess, value_now
            best[:] = chosen
        if stop[0] != 0:
            break
    return best


@numba.njit(cache=True, nogil=True)
def _move(u: int, r0: int, r1: int, book: IntArray, room: IntArray, size: IntArray, place: IntArray) -> None:
    """Take unit u out of the book of r0 and put it into the book of r1."""
    last = book[room[r0] + size[r0] - 1]
    book[room[r0] + place[u]] = last
    place[last] = place[u]
    size[r0] -= 1
    book[room[r1] + size[r1]] = u
    place[u] = size[r1]
    size[r1] += 1
