"""Compiled loop that tries every combination of a dozen changes among a few reps, and takes the best.

Imported only where a search runs, so that small orgs do not wait for the compiler. All arrays are contiguous.
"""

from __future__ import annotations

from typing import Any

import numba
import numpy as np
import numpy.typing as npt

from models.engines.random_kernels import below, seeded, uniform
from models.org import BoolArray, FloatArray

Ints = npt.NDArray[np.integer[Any]]

STRIDE = 24
"""Units that are skipped at most in a book to draw one of them."""
POOLED_AT_ONCE = 100
"""Pooled units that are looked at for one group of reps."""
BETTER = -1e-7
"""Points that a combination must win."""


@numba.njit(cache=True, nogil=True, inline="always")
def _points(activity: float, limits: FloatArray, i: int) -> float:
    """Return what a row costs outside its limits; ``limits`` are lower, upper, points over and under."""
    lower, upper, over, under = limits[i, 0], limits[i, 1], limits[i, 2], limits[i, 3]
    outside: float = 0.0
    if activity > upper:
        outside = (activity - upper) * over
    elif activity < lower:
        outside = (lower - activity) * under
    return outside


@numba.njit(cache=True, nogil=True)
def _link(v: int, r: int, head: Ints, following: Ints, before: Ints) -> None:
    before[v] = -1
    following[v] = head[r]
    if head[r] >= 0:
        before[head[r]] = v
    head[r] = v


@numba.njit(cache=True, nogil=True)
def _unlink(v: int, r: int, head: Ints, following: Ints, before: Ints) -> None:
    if before[v] >= 0:
        following[before[v]] = following[v]
    else:
        head[r] = following[v]
    if following[v] >= 0:
        before[following[v]] = before[v]


@numba.njit(cache=True, nogil=True)
def _is_anothers(rows: Ints, by: FloatArray, numbers: int, sharers: Ints) -> bool:
    """Tell whether a change alters a number of events that another block has; those are rows from ``numbers`` on."""
    for i in rows:
        if i >= numbers and sharers[i] > 1:
            net = 0.0
            for j in range(len(rows)):
                if rows[j] == i:
                    net += by[j]
            if net != 0.0:
                return True
    return False


@numba.njit(cache=True, nogil=True)
def combine(
    seed: int,
    rounds: int,
    most_reps: int,
    most_changes: int,
    noise: float,
    units: Ints,
    reps: Ints,
    local_rep: Ints,
    start: Ints,
    rep: Ints,
    cost: FloatArray,
    reduced: FloatArray,
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
    hard: BoolArray,
    sharers: Ints,
    balance_weight: float,
    cap_balance: FloatArray,
    cap_room: FloatArray,
    cap_penalty: FloatArray,
    chosen: Ints,
    following: Ints,
    before: Ints,
    stop: Ints,
    once_start: Ints,
    once_row: Ints,
    once_value: FloatArray,
) -> int:
    """Improve the books of some reps among themselves; return the number of combinations taken.

    In each round a few reps who have candidates in common are drawn, and for the units that could cheaply change
    hands among them one other candidate each. Of all combinations of these changes the best is taken if it is an
    improvement; they are run through in the order of a Gray code (Knuth, TAOCP 4A, 7.2.1.1), one change at a time.

    Parameters
    ----------
    rounds, most_reps, most_changes
        How many rounds, and how many reps and changes there are in each.
    noise
        Points, uniformly drawn up to which, that are added to the reduced costs by which changes are ranked.
    units, reps, local_rep, start, rep, cost, cap_cost, row_of_book, amount, listed_*, activity, lower, upper, over,
    under, hard, sharers, balance_weight, cap_balance, cap_room, cap_penalty, chosen, stop, once_*
        As in :func:`models.engines.annealing_kernels.anneal`.
    reduced : shape (candidates,), points
        Each candidate's priced cost above the least of its unit's.
    following, before : shape (units,)
        Room for the lists of books; those of ``units`` are written.
    """
    books, caps, pool = amount.shape[1], len(cap_room), len(reps)
    if pool == 0 or len(units) == 0:
        return 0
    head = np.full(pool + 1, -1, np.int64)
    for u in units:
        _link(u, local_rep[rep[chosen[u]]], head, following, before)
    first_activity, now = activity, activity.copy()
    widest = 0
    for u in units:
        at = listed_start[u]
        while at < listed_start[u + 1]:
            end = at
            while end < listed_start[u + 1] and listed_candidate[end] == listed_candidate[at]:
                end += 1
            widest = max(widest, end - at)
            at = end
    width = 2 * (books + widest)
    group, grouped = np.empty(most_reps, np.int64), np.zeros(pool + 1, np.bool_)
    of_unit, to, rank = np.empty(most_changes, np.int64), np.empty(most_changes, np.int64), np.empty(most_changes)
    row, by = np.empty((most_changes, width), np.int64), np.empty((most_changes, width))
    touched, price, sign = np.empty(most_changes, np.int64), np.empty(most_changes), np.empty(most_changes)
    cap_price = np.empty((caps, most_changes))
    cap_change = np.empty(caps)
    cap_now = np.zeros(caps)
    place = np.full(len(lower), -1, np.int32)
    numbers = len(lower) - (len(once_start) - 1)
    longest = np.int64(0)
    for i in range(len(once_start) - 1):
        longest = max(longest, once_start[i + 1] - once_start[i])
    most_rows = most_changes * width * (1 + longest)
    use_first = np.zeros(most_rows + 1, np.int64)
    use_row, use_value = np.empty(most_rows, np.int64), np.empty(most_rows)
    rows, sums, points = np.empty(most_rows, np.int64), np.empty(most_rows), np.empty(most_rows)
    limits = np.empty((most_rows, 4))
    is_hard, weight = np.empty(most_rows, np.bool_), np.empty(most_rows)
    state = seeded(seed)
    taken = 0
    for _ in range(rounds):
        if stop[0] != 0:
            break
        # ---- a few reps who have candidates in common --------------------------------------------------------
        group[0] = below(state, pool)
        grouped[group[0]] = True
        g = 1
        for _try in range(3 * most_reps):
            if g == most_reps:
                break
            u = head[group[below(state, g)]]
            if u < 0:
                continue
            for _step in range(below(state, STRIDE)):
                if following[u] < 0:
                    break
                u = following[u]
            r = local_rep[rep[start[u] + below(state, start[u + 1] - start[u])]]
            if r >= 0 and r != pool and not grouped[r]:
                grouped[r] = True
                group[g] = r
                g += 1
        # ---- changes that cost little ------------------------------------------------------------------------
        grouped[pool] = True
        n = 0
        for j in range(g + 1):
            u = head[group[j]] if j < g else head[pool]
            left = POOLED_AT_ONCE if j == g else len(units)
            while u >= 0 and left > 0:
                left -= 1
                e0 = chosen[u]
                least, e1 = np.inf, -1
                for e in range(start[u], start[u + 1]):
                    r = local_rep[rep[e]]
                    if e != e0 and r >= 0 and grouped[r]:
                        one = reduced[e] - reduced[e0] + noise * uniform(state)
                        if one < least:
                            least, e1 = one, e
                if e1 >= 0 and (n < most_changes or least < rank[n - 1]):
                    if n < most_changes:
                        n += 1
                    i = n - 1
                    while i > 0 and rank[i - 1] > least:
                        rank[i], of_unit[i], to[i] = rank[i - 1], of_unit[i - 1], to[i - 1]
                        i -= 1
                    rank[i], of_unit[i], to[i] = least, u, e1
                u = following[u]
        for j in range(g):
            grouped[group[j]] = False
        if n == 0:
            continue
        # ---- what each adds to its rows ----------------------------------------------------------------------
        m = 0
        for t in range(n):
            u, e1 = of_unit[t], to[t]
            e0 = chosen[u]
            price[t] = cost[e1] - cost[e0]
            sign[t] = 1.0
            for q in range(caps):
                cap_price[q, t] = cap_cost[q, e1] - cap_cost[q, e0]
            count = 0
            for k in range(books):
                i0, i1 = row_of_book[rep[e0], k], row_of_book[rep[e1], k]
                if i0 != i1 and amount[u, k] != 0.0:
                    if i0 >= 0:
                        row[t, count], by[t, count] = i0, -amount[u, k]
                        count += 1
                    if i1 >= 0:
                        row[t, count], by[t, count] = i1, amount[u, k]
                        count += 1
            for at in range(listed_start[u], listed_start[u + 1]):
                if listed_candidate[at] == e0:
                    row[t, count], by[t, count] = listed_row[at], -listed_value[at]
                    count += 1
                elif listed_candidate[at] == e1:
                    row[t, count], by[t, count] = listed_row[at], listed_value[at]
                    count += 1
            if longest > 0 and _is_anothers(row[t, :count], by[t, :count], numbers, sharers):
                # another block has this customer in this step
                to[t], price[t], count = e0, 0.0, 0
                cap_price[:, t] = 0.0
            touched[t] = count
            for c in range(count):
                i = row[t, c]
                if place[i] < 0:
                    place[i] = m
                    rows[m] = i
                    m += 1
                row[t, c] = place[i]
        uses, counting = 0, m if longest > 0 else 0
        for j in range(counting):
            if rows[j] >= numbers:
                for at in range(once_start[rows[j] - numbers], once_start[rows[j] - numbers + 1]):
                    i = once_row[at]
                    if place[i] < 0:
                        place[i] = m
                        rows[m] = i
                        m += 1
                    use_row[uses], use_value[uses] = place[i], once_value[at]
                    uses += 1
            use_first[j + 1] = uses
        for j in range(m):
            i = rows[j]
            place[i] = -1
            a, parts = first_activity[i], max(sharers[i], 1)
            sums[j] = now[i]
            limits[j, 0] = a + (lower[i] - a) / parts
            limits[j, 1] = a + (upper[i] - a) / parts
            limits[j, 2], limits[j, 3] = over[i], under[i]
            is_hard[j] = hard[i]
            weight[j] = 1.0 if is_hard[j] else balance_weight
            points[j] = _points(sums[j], limits, j)
        # ---- every combination -------------------------------------------------------------------------------
        total, soft, best, best_at = 0.0, 0.0, BETTER, 0
        cap_change[:] = 0.0
        for at in range(1, 1 << n):
            t, bits = 0, at
            while bits & 1 == 0:
                bits >>= 1
                t += 1
            s = sign[t]
            sign[t] = -s
            total += s * price[t]
            for c in range(touched[t]):
                i = row[t, c]
                sums[i] += s * by[t, c]
                after = _points(sums[i], limits, i)
                total += weight[i] * (after - points[i])
                if not is_hard[i]:
                    soft += after - points[i]
                points[i] = after
                if i < counting and use_first[i] < use_first[i + 1]:
                    once = min(sums[i], 1.0) - min(sums[i] - s * by[t, c], 1.0)
                    for at_use in range(use_first[i], use_first[i + 1] if once != 0.0 else use_first[i]):
                        j = use_row[at_use]
                        sums[j] += once * use_value[at_use]
                        after = _points(sums[j], limits, j)
                        total += weight[j] * (after - points[j])
                        if not is_hard[j]:
                            soft += after - points[j]
                        points[j] = after
            worth = total
            for q in range(caps):
                cap_change[q] += s * cap_price[q, t]
                used = cap_now[q] - cap_room[q]
                more = cap_change[q] + cap_balance[q] * soft
                worth += cap_penalty[q] * (max(used + more, 0.0) - max(used, 0.0))
            if worth < best:
                best, best_at = worth, at
        if best_at == 0:
            continue
        # ---- take the best -----------------------------------------------------------------------------------
        taken += 1
        code = best_at ^ (best_at >> 1)
        for i in range(m):
            sums[i] = now[rows[i]]
            points[i] = _points(sums[i], limits, i)
        for t in range(n):
            if (code >> t) & 1:
                u = of_unit[t]
                for c in range(touched[t]):
                    now[rows[row[t, c]]] += by[t, c]
                for q in range(caps):
                    cap_now[q] += cap_price[q, t]
                _unlink(u, local_rep[rep[chosen[u]]], head, following, before)
                _link(u, local_rep[rep[to[t]]], head, following, before)
                chosen[u] = to[t]
        for i in range(counting):
            once = min(now[rows[i]], 1.0) - min(sums[i], 1.0)
            for j in range(use_first[i], use_first[i + 1]):
                now[rows[use_row[j]]] += once * use_value[j]
        if caps > 0:
            soft = 0.0
            for i in range(m):
                if not is_hard[i]:
                    soft += _points(now[rows[i]], limits, i) - points[i]
            for q in range(caps):
                cap_now[q] += cap_balance[q] * soft
    return taken
