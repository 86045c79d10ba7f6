"""Compiled loops of packing: knapsacks, the volume algorithm on their prices, and dives.

Imported only where books are packed, so that small orgs do not wait for the compiler. Entries are candidates ordered by
rep; a unit's *value* is what placing it is worth at the prices of the moment.
"""

from __future__ import annotations

from typing import Any

import numba
import numpy as np
import numpy.typing as npt

from models.engines.random_kernels import seeded, uniform
from models.org import BoolArray, FloatArray

Ints = npt.NDArray[np.integer[Any]]

NEXT_TO_NOTHING = 1e-12
PATIENCE, CALMER, BOLDER = 20, 0.66, 1.1
MOST_STEP, LEAST_STEP = 2.0, 1e-4
LIGHTEST, LARGEST_MIX = 0.01, 0.1
DIVE_STEP = 0.02


@numba.njit(cache=True, nogil=True)
def _layer(old: FloatArray, new: FloatArray, take: BoolArray, points: float, cells: int, room: int) -> None:
    for c in range(cells):
        new[c] = old[c]
        take[c] = False
    for c in range(cells, room + 1):
        without, by_it = old[c], old[c - cells] + points
        new[c] = max(without, by_it)
        take[c] = by_it > without


@numba.njit(cache=True, nogil=True)
def _pack(
    n: int,
    entry: Ints,
    points: FloatArray,
    cells: Ints,
    room: int,
    values: FloatArray,
    take: BoolArray,
    inside: BoolArray,
) -> Any:
    """Solve one knapsack; flag what is inside and return its points.

    Items that the relaxation's reduced costs put in or out for sure are left to no dynamic program (Balas, Zemel 1980).
    """
    weight, total = 0, 0.0
    for i in range(n):
        weight += cells[i]
        total += points[i]
    if weight <= room:
        for i in range(n):
            inside[entry[i]] = True
        return total
    density = np.empty(n)
    for i in range(n):
        density[i] = -points[i] / max(cells[i], 1e-9)
    order = np.argsort(density)
    left, greedy, price, most = room, 0.0, -1.0, 0.0
    for i in order:
        if cells[i] <= left:
            left -= cells[i]
            greedy += points[i]
        elif price < 0.0:
            price = points[i] / cells[i]
            most = greedy + left * price
    gap = most - greedy + 1e-9 * abs(most) + NEXT_TO_NOTHING
    total = 0.0
    left, m = room, 0
    for i in order:
        reduced = points[i] - price * cells[i]
        if reduced > gap:
            inside[entry[i]] = True
            left -= cells[i]
            total += points[i]
        elif reduced >= -gap:
            order[m] = i
            m += 1
    for c in range(left + 1):
        values[0, c] = 0.0
    now = 0
    for k in range(m):
        i = order[k]
        if cells[i] <= left:
            _layer(values[now], values[1 - now], take[k], points[i], cells[i], left)
            now = 1 - now
    total += values[now, left]
    for k in range(m - 1, -1, -1):
        i = order[k]
        if cells[i] <= left and take[k, left]:
            inside[entry[i]] = True
            left -= cells[i]
    return total


@numba.njit(cache=True, nogil=True)
def _relaxed(
    worth: FloatArray,
    start: Ints,
    unit: Ints,
    cost: FloatArray,
    cells: Ints,
    room: Ints,
    is_open: BoolArray,
    inside: BoolArray,
    space: Any,
) -> float:
    """Pack every book by itself; return the Lagrangian value: what units are worth, less what books are worth."""
    entry, points, weight, values, take = space
    total = 0.0
    for u in range(len(worth)):
        if is_open[u]:
            total += worth[u]
    inside[:] = False
    for r in range(len(room)):
        n = 0
        for e in range(start[r], start[r + 1]):
            gain = worth[unit[e]] - cost[e]
            if gain > NEXT_TO_NOTHING and is_open[unit[e]] and cells[e] <= room[r]:
                entry[n], points[n], weight[n] = e, gain, cells[e]
                n += 1
        total -= _pack(n, entry, points, weight, room[r], values, take, inside)
    return total


@numba.njit(cache=True, nogil=True)
def _space(n: int, widest: int) -> Any:
    return (
        np.empty(n, np.int64),
        np.empty(n),
        np.empty(n, np.int64),
        np.empty((2, widest + 1)),
        np.empty((n, widest + 1), np.bool_),
    )


@numba.njit(cache=True, nogil=True)
def relaxed(
    worth: FloatArray, start: Ints, unit: Ints, cost: FloatArray, cells: Ints, room: Ints, first: int, last: int
) -> float:
    """Return what some books are worth at given values of the units, points; ``first`` is the first of them."""
    most = 0
    for r in range(first, last):
        most = max(most, start[r + 1] - start[r])
    entry, points, weight, values, take = _space(most, room[first:last].max())
    inside = np.zeros(len(unit), np.bool_)
    total = 0.0
    for r in range(first, last):
        n = 0
        for e in range(start[r], start[r + 1]):
            gain = worth[unit[e]] - cost[e]
            if gain > 0.0 and cells[e] <= room[r]:
                entry[n], points[n], weight[n] = e, gain, cells[e]
                n += 1
        total += _pack(n, entry, points, weight, room[r], values, take, inside)
    return total


@numba.njit(cache=True, nogil=True)
def _volume(
    worth: FloatArray,
    share: FloatArray,
    step: float,
    rounds: int,
    scale: float,
    start: Ints,
    unit: Ints,
    cost: FloatArray,
    cells: Ints,
    room: Ints,
    is_open: BoolArray,
    inside: BoolArray,
    space: Any,
    stop: Ints,
) -> float:
    """Climb with the volume algorithm; ``worth`` and ``share`` are written, the last step size is returned.

    ``share`` is a moving average of the books packed on the way, which comes close to the relaxation's solution
    (Barahona and Anbil 2000); a first entry below 0 says that there is none yet.
    """
    n = len(worth)
    best = _relaxed(worth, start, unit, cost, cells, room, is_open, inside, space)
    if len(share) > 0 and share[0] < 0.0:
        for e in range(len(share)):
            share[e] = 1.0 if inside[e] else 0.0
    open_units = 0
    for u in range(n):
        open_units += 1 if is_open[u] else 0
    lacks, lacks_now, tried = np.empty(n), np.empty(n), worth.copy()
    failures = 0
    for _ in range(rounds):
        if stop[0] != 0:
            break
        for u in range(n):
            lacks[u] = 1.0 if is_open[u] else 0.0
        for e in range(len(share)):
            if is_open[unit[e]]:
                lacks[unit[e]] -= share[e]
        norm = (lacks * lacks).sum()
        if norm < 1e-9:
            break
        for u in range(n):
            tried[u] = worth[u] + step * scale * open_units / norm * lacks[u]
        value = _relaxed(tried, start, unit, cost, cells, room, is_open, inside, space)
        for u in range(n):
            lacks_now[u] = 1.0 if is_open[u] else 0.0
        for e in range(len(share)):
            if inside[e]:
                lacks_now[unit[e]] -= 1.0
        square, slope, along = 0.0, 0.0, 0.0
        for u in range(n):
            change = lacks_now[u] - lacks[u]
            square += change * change
            slope += lacks[u] * change
            along += lacks_now[u] * lacks[u]
        mix = LARGEST_MIX if square <= 0.0 else min(max(-slope / square, LIGHTEST), LARGEST_MIX)
        for e in range(len(share)):
            share[e] = (1.0 - mix) * share[e] + (mix if inside[e] else 0.0)
        if value > best + 1e-12 * abs(best):
            best, failures = value, 0
            worth[:] = tried
            if along > 0.0:
                step = min(BOLDER * step, MOST_STEP)
        else:
            failures += 1
            if failures == PATIENCE:
                step, failures = max(CALMER * step, LEAST_STEP), 0
    return step


@numba.njit(cache=True, nogil=True)
def climb(
    worth: FloatArray,
    share: FloatArray,
    rounds: int,
    scale: float,
    start: Ints,
    unit: Ints,
    cost: FloatArray,
    cells: Ints,
    room: Ints,
    stop: Ints,
) -> None:
    """Improve what units are worth, and average the books packed on the way.

    Parameters
    ----------
    worth : shape (units,), points; written
    share : shape (entries,), between 0 and 1; written; a first entry below 0 says that there is none yet
    rounds
        How often every book is packed.
    scale
        Points a unit by which the value may hope to rise.
    start, unit, cost, cells, room
        Entries by rep: the unit, points, and whole cells of the rep's ``room``.
    stop : shape (1,)
        Set above 0 by another thread to end early.
    """
    is_open = np.ones(len(worth), np.bool_)
    inside = np.zeros(len(unit), np.bool_)
    space = _space(len(worth), room.max())
    _volume(worth, share, 0.1, rounds, scale, start, unit, cost, cells, room, is_open, inside, space, stop)


@numba.njit(cache=True, nogil=True)
def dive(
    seed: int,
    worth: FloatArray,
    share: FloatArray,
    rounds: int,
    part: float,
    sure: float,
    noise: float,
    scale: float,
    start: Ints,
    unit: Ints,
    rep: Ints,
    cost: FloatArray,
    load: FloatArray,
    cells: Ints,
    limit: FloatArray,
    cell: FloatArray,
    first: Ints,
    entry_of: Ints,
    stop: Ints,
) -> Ints:
    """Place units for good where books agree on them, climb on in what is left, and so on; return each unit's entry.

    Rows may be broken by the units for which nothing was left.

    Parameters
    ----------
    rounds
        How often books are packed between two placements.
    part, sure
        The part of the open units that is placed at a time, and the share from which any unit is.
    noise
        By how much shares are disturbed.
    rep, load, limit, cell
        Rep of each entry, its exact load, each rep's limit, and the load of a cell.
    first, entry_of
        Entries by unit.
    """
    n = len(worth)
    state = seeded(seed)
    worth, share, left_over = worth.copy(), share.copy(), limit.copy()
    found = np.full(n, -1, np.int64)
    is_open = np.ones(n, np.bool_)
    inside = np.zeros(len(unit), np.bool_)
    room = np.empty(len(limit), np.int64)
    for r in range(len(limit)):
        room[r] = np.int64(left_over[r] / cell[r] + 1e-9)
    space = _space(n, room.max())
    best, where = np.empty(n), np.empty(n, np.int64)
    left = n
    while left > 0 and stop[0] == 0:
        for u in range(n):
            best[u] = -1.0
            if is_open[u]:
                for k in range(first[u], first[u + 1]):
                    e = entry_of[k]
                    if load[e] <= left_over[rep[e]]:
                        chance = share[e] + noise * uniform(state)
                        if chance > best[u]:
                            best[u], where[u] = chance, e
        wanted, placed = max(1, int(part * left)), 0
        for u in np.argsort(-best):
            if best[u] < 0.0 or (placed >= wanted and best[u] < sure):
                break
            e = where[u]
            if load[e] <= left_over[rep[e]]:
                found[u] = e
                is_open[u] = False
                left_over[rep[e]] -= load[e]
                room[rep[e]] = np.int64(max(left_over[rep[e]], 0.0) / cell[rep[e]] + 1e-9)
                placed += 1
        if placed == 0:
            break
        left -= placed
        if left > 0:
            _volume(
                worth, share, DIVE_STEP, rounds, scale, start, unit, cost, cells, room, is_open, inside, space, stop
            )
    for u in range(n):
        if found[u] < 0:
            least = np.inf
            for k in range(first[u], first[u + 1]):
                e = entry_of[k]
                # what is above the limit by a part of the load is worth as many units as that
                broken = max(load[e] - left_over[rep[e]], 0.0) / max(load[e], 1e-9)
                if broken < least:
                    least, found[u] = broken, e
            left_over[rep[found[u]]] -= load[found[u]]
    return found
