"""Compiled loops of the local search: annealing in a block of reps, by shifts, swaps and ejection chains.

Imported only where a search runs, so that small orgs do not wait for the compiler. All arrays are contiguous.
"""

from __future__ import annotations

from typing import Any

import numba
import numpy as np
import numpy.typing as npt

from models.engines.random_kernels import below, draw, seeded, uniform
from models.engines.row_kernels import add_change, join, list_changes, list_once
from models.org import BoolArray, FloatArray

Ints = npt.NDArray[np.integer[Any]]

LEVELS = 8
"""Temperatures within one call, from the first to the last in equal ratios."""
NEVER = 1e18
"""Points that no gain pays for."""
CHECKED_EVERY = 2048
"""Proposals after which the wish to stop is looked at."""


@numba.njit(cache=True, nogil=True)
def _take_out(v: int, r: int, book: Ints, room: Ints, size: Ints, place: Ints) -> None:
    last = book[room[r] + size[r] - 1]
    book[room[r] + place[v]] = last
    place[last] = place[v]
    size[r] -= 1


@numba.njit(cache=True, nogil=True)
def _put_in(v: int, r: int, book: Ints, room: Ints, size: Ints, place: Ints) -> None:
    book[room[r] + size[r]] = v
    place[v] = size[r]
    size[r] += 1


@numba.njit(cache=True, nogil=True)
def anneal(
    seed: int,
    units: Ints,
    reps: Ints,
    local_rep: Ints,
    start: Ints,
    rep: Ints,
    cost: FloatArray,
    cap_cost: FloatArray,
    row_of_book: Ints,
    amount: FloatArray,
    listed_start: Ints,
    listed_candidate: Ints,
    listed_row: Ints,
    listed_value: FloatArray,
    activity: FloatArray,
    lower: FloatArray,
    upper: FloatArray,
    over: FloatArray,
    under: FloatArray,
    is_hard: BoolArray,
    sharers: Ints,
    balance_weight: float,
    cap_balance: FloatArray,
    cap_room: FloatArray,
    cap_penalty: FloatArray,
    chosen: Ints,
    hottest: float,
    coolest: float,
    per_unit: float,
    stop: Ints,
    plain: int,
    once_start: Ints,
    once_row: Ints,
    once_value: FloatArray,
) -> int:
    """Anneal the books of some reps among themselves; return the number of accepted changes.

    Parameters
    ----------
    units
        The units that these reps own in ``chosen``, ascending; pooled ones may be among them.
    reps, local_rep
        The reps of the block, and the position in ``reps`` of every rep, -1 for others, shape (reps + 1,); the last
        stands for the pool, which every block has.
    start, rep, cost
        Candidates by unit; points.
    cap_cost : shape (caps, candidates), points that each candidate adds to what a cap limits
    row_of_book, amount
        Rows to which a rep's books belong, shape (reps + 1, books), and what a unit brings, shape (units, books).
    listed_start, listed_candidate, listed_row, listed_value
        Coefficients of single candidates, by unit.
    activity, lower, upper, over, under, is_hard : shape (rows,)
        Each row's sum over all units, limits, points per unit outside them, and whether it must hold.
    sharers : shape (rows,)
        How many blocks change a row at the same time: each gets its part of what is left to the limits.
    balance_weight, cap_balance : points per point of soft rows in the objective and in each cap
    cap_room, cap_penalty : shape (caps,), points that this block may add to each cap, and points per point above
    chosen : shape (units,)
        The candidate of every unit; those of ``units`` are written.
    hottest, coolest
        Temperatures to begin and to end with, points; 0 accepts nothing that is worse.
    per_unit
        Proposals per unit that has a choice.
    stop : shape (1,)
        Set above 0 by another thread to end early.
    plain
        How many books, the first ones, share no row with others or with listed coefficients; those of the rest are
        written out for the block's candidates.
    once_start, once_row, once_value
        What rows gain when one of the last ``len(once_start) - 1`` rows, which number events, is not 0.
    """
    books, every_book, caps = plain, amount.shape[1], len(cap_room)
    numbers = len(lower) - (len(once_start) - 1)
    pool = len(reps)
    # ---- the block's own candidates, rows and books --------------------------------------------------------
    n = 0
    wide = 0
    for u in units:
        inside = 0
        for e in range(start[u], start[u + 1]):
            if local_rep[rep[e]] >= 0:
                inside += 1
        if inside > 1:
            n += 1
            wide += inside
    if n == 0:
        return 0
    mine = np.empty(n, np.int64)
    first = np.empty(n + 1, np.int32)
    of_rep = np.empty(wide, np.int32)
    price = np.empty(wide)
    place_of = np.empty(wide, np.int64)
    held = np.empty(n, np.int32)
    brings = np.empty((n, books))
    n, wide, entries = 0, 0, 0
    first[0] = 0
    for u in units:
        before = wide
        for e in range(start[u], start[u + 1]):
            r = local_rep[rep[e]]
            if r >= 0:
                of_rep[wide] = r
                price[wide] = cost[e]
                place_of[wide] = e
                if chosen[u] == e:
                    held[n] = wide
                wide += 1
        if wide - before > 1:
            mine[n] = u
            for k in range(books):
                brings[n, k] = amount[u, k]
            n += 1
            first[n] = wide
            entries += listed_start[u + 1] - listed_start[u] + (wide - before) * (every_book - books)
        else:
            wide = before
        if n == len(mine):
            break
    row_at = np.full(len(lower), -1, np.int32)
    count = 0
    rows_of = np.full((pool + 1, books), -1, np.int32)
    global_row = np.empty(len(lower) if len(once_start) > 1 else (pool + 1) * books + entries, np.int64)
    for r in range(pool):
        for k in range(books):
            i = row_of_book[reps[r], k]
            if i >= 0:
                if row_at[i] < 0:
                    row_at[i] = count
                    global_row[count] = i
                    count += 1
                rows_of[r, k] = row_at[i]
    single_first = np.zeros(wide + 1, np.int32)
    single_row = np.empty(entries, np.int32)
    single_value = np.empty(entries)
    entries = 0
    widest = 0
    if len(single_row) > 0:
        for v in range(n):
            u = mine[v]
            at = listed_start[u]
            most = 0
            for j in range(first[v], first[v + 1]):
                single_first[j] = entries
                e = place_of[j]
                while at < listed_start[u + 1] and listed_candidate[at] < e:
                    at += 1
                while at < listed_start[u + 1] and listed_candidate[at] == e:
                    i = listed_row[at]
                    if row_at[i] < 0:
                        row_at[i] = count
                        global_row[count] = i
                        count += 1
                    single_row[entries] = row_at[i]
                    single_value[entries] = listed_value[at]
                    entries += 1
                    at += 1
                for k in range(books, every_book if of_rep[j] < pool else books):
                    i = row_of_book[reps[of_rep[j]], k]
                    if i >= 0 and amount[u, k] != 0.0:
                        if row_at[i] < 0:
                            row_at[i] = count
                            global_row[count] = i
                            count += 1
                        entries = join(row_at[i], amount[u, k], single_first[j], entries, single_row, single_value)
                most = max(most, entries - single_first[j])
            widest = max(widest, most)
        single_first[wide] = entries
    # the rows that read how often customers have an event
    events, uses, longest = count, 0, 0
    for i in range(events if len(once_start) > 1 else 0):
        if global_row[i] >= numbers:
            at = global_row[i] - numbers
            uses += once_start[at + 1] - once_start[at]
            longest = max(longest, once_start[at + 1] - once_start[at])
    use_first = np.zeros(events + 1 if uses > 0 else 1, np.int32)
    use_row = np.empty(uses, np.int32)
    use_value = np.empty(uses)
    uses = 0
    for i in range(len(use_first) - 1):
        if global_row[i] >= numbers:
            for at in range(once_start[global_row[i] - numbers], once_start[global_row[i] - numbers + 1]):
                if row_at[once_row[at]] < 0:
                    row_at[once_row[at]] = count
                    global_row[count] = once_row[at]
                    count += 1
                use_row[uses] = row_at[once_row[at]]
                use_value[uses] = once_value[at]
                uses += 1
        use_first[i + 1] = uses
    limits = np.empty((count, 5))
    hard = np.empty(count, np.bool_)
    for i in range(count):
        g = global_row[i]
        a = activity[g]
        parts = max(sharers[g], 1)
        limits[i, 0] = a
        limits[i, 1] = a + (lower[g] - a) / parts
        limits[i, 2] = a + (upper[g] - a) / parts
        limits[i, 3] = over[g]
        limits[i, 4] = under[g]
        hard[i] = is_hard[g]
        if g >= numbers and parts > 1:
            # another block has this customer in this step
            limits[i, 1:] = a, a, NEVER, NEVER
            hard[i] = True
    most_of = np.zeros(pool + 2, np.int64)
    for j in range(wide):
        most_of[of_rep[j] + 1] += 1
    room = np.cumsum(most_of)
    size = np.zeros(pool + 1, np.int64)
    book = np.empty(wide, np.int32)
    place = np.empty(n, np.int32)
    for v in range(n):
        _put_in(v, of_rep[held[v]], book, room, size, place)
    # ---- proposals -----------------------------------------------------------------------------------------
    state = seeded(seed)
    totals = np.zeros(2)
    cap_now = np.zeros(caps)
    cap_change = np.zeros(caps)
    listed_rows = np.empty(4 * widest * (1 + longest) + 1, np.int32)
    listed_changes = np.empty(len(listed_rows))
    accepted = 0
    made, planned = 0, np.int64(per_unit * n)
    ratio = 1.0
    if hottest > 0.0 and coolest > 0.0:
        ratio = (coolest / hottest) ** (1.0 / max(LEVELS - 1, 1))
    heat = hottest
    for _level in range(LEVELS):
        for _ in range(planned // LEVELS):
            made += 1
            if made % CHECKED_EVERY == 0 and stop[0] != 0:
                break
            u = below(state, n)
            e0 = held[u]
            width = first[u + 1] - first[u]
            e1 = first[u] + below(state, width - 1)
            if e1 >= e0:
                e1 += 1
            r0, r1 = of_rep[e0], of_rep[e1]
            bits = draw(state)
            v, f0, f1, r2 = -1, -1, -1, -1
            if (bits & np.uint64(1)) == np.uint64(0) and size[r1] > 0:
                v = book[room[r1] + below(state, size[r1])]
                f0 = held[v]
                if (bits & np.uint64(2)) == np.uint64(0):
                    # a swap, where the other unit may go back to the first rep
                    f1 = first[v]
                    while f1 < first[v + 1] and of_rep[f1] != r0:
                        f1 += 1
                    if f1 == first[v + 1]:
                        f1 = -1
                if f1 < 0:
                    # an ejection chain: the other unit goes on to a third rep
                    f1 = first[v] + below(state, first[v + 1] - first[v] - 1)
                    if f1 >= f0:
                        f1 += 1
                r2 = of_rep[f1]
            change = price[e1] - price[e0]
            totals[0] = 0.0
            totals[1] = 0.0
            if v < 0:
                for k in range(books):
                    i0, i1 = rows_of[r0, k], rows_of[r1, k]
                    if i0 != i1:
                        add_change(i0, -brings[u, k], limits, hard, totals)
                        add_change(i1, brings[u, k], limits, hard, totals)
            else:
                change += price[f1] - price[f0]
                for k in range(books):
                    i0, i1, i2 = rows_of[r0, k], rows_of[r1, k], rows_of[r2, k]
                    d0, d1, d2 = -brings[u, k], brings[u, k] - brings[v, k], brings[v, k]
                    if i2 == i0:
                        d0 += d2
                        d2 = 0.0
                    elif i2 == i1:
                        d1 += d2
                        d2 = 0.0
                    if i1 == i0:
                        d0 += d1
                        d1 = 0.0
                    add_change(i0, d0, limits, hard, totals)
                    add_change(i1, d1, limits, hard, totals)
                    add_change(i2, d2, limits, hard, totals)
            listed = 0
            if widest > 0:
                listed = list_changes(
                    e0, -1.0, single_first, single_row, single_value, listed_rows, listed_changes, listed
                )
                listed = list_changes(
                    e1, 1.0, single_first, single_row, single_value, listed_rows, listed_changes, listed
                )
                if v >= 0:
                    listed = list_changes(
                        f0, -1.0, single_first, single_row, single_value, listed_rows, listed_changes, listed
                    )
                    listed = list_changes(
                        f1, 1.0, single_first, single_row, single_value, listed_rows, listed_changes, listed
                    )
                if uses > 0:
                    listed = list_once(limits, use_first, use_row, use_value, listed_rows, listed_changes, listed)
                for j in range(listed):
                    add_change(listed_rows[j], listed_changes[j], limits, hard, totals)
            change += balance_weight * totals[0]
            worse = change + totals[1]
            for q in range(caps):
                more = cap_cost[q, place_of[e1]] - cap_cost[q, place_of[e0]]
                if v >= 0:
                    more += cap_cost[q, place_of[f1]] - cap_cost[q, place_of[f0]]
                more += cap_balance[q] * totals[0]
                cap_change[q] = more
                worse += cap_penalty[q] * (
                    max(cap_now[q] + more - cap_room[q], 0.0) - max(cap_now[q] - cap_room[q], 0.0)
                )
            if worse > 0.0 and (worse > 20.0 * heat or uniform(state) >= np.exp(-worse / heat)):
                continue
            accepted += 1
            for k in range(books):
                i0, i1 = rows_of[r0, k], rows_of[r1, k]
                if i0 >= 0:
                    limits[i0, 0] -= brings[u, k]
                if i1 >= 0:
                    limits[i1, 0] += brings[u, k]
                if v >= 0:
                    i2 = rows_of[r2, k]
                    if i1 >= 0:
                        limits[i1, 0] -= brings[v, k]
                    if i2 >= 0:
                        limits[i2, 0] += brings[v, k]
            for j in range(listed):
                limits[listed_rows[j], 0] += listed_changes[j]
            for q in range(caps):
                cap_now[q] += cap_change[q]
            held[u] = e1
            _take_out(u, r0, book, room, size, place)
            if v >= 0:
                held[v] = f1
                _take_out(v, r1, book, room, size, place)
                _put_in(v, r2, book, room, size, place)
            _put_in(u, r1, book, room, size, place)
        heat *= ratio
    for v in range(n):
        chosen[mine[v]] = place_of[held[v]]
    return accepted
