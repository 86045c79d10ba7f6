"""Compiled loops over units and their candidates, for prices of large problems.

Every function works on the units ``first`` to ``last`` (not included), so that several threads can share the work. All
arrays are contiguous; those named as sums are added to. The pool is rep -1, which stands for the last line of
``book_price``.
"""

from __future__ import annotations

import numba
import numpy as np

from models.org import FloatArray, IntArray

NEGLIGIBLE = 40.0
"""Heats above the least cost from which a candidate's share is taken for 0 (a share of 4e-18)."""


@numba.njit(cache=True, nogil=True)
def _widest(first: int, last: int, start: IntArray) -> int:
    """Return the most candidates that a unit has, at least 1."""
    widest = 1
    for u in range(first, last):
        widest = max(widest, start[u + 1] - start[u])
    return widest


@numba.njit(cache=True, nogil=True, inline="always")
def _priced(
    u: int,
    begin: int,
    end: int,
    rep: IntArray,
    cost: FloatArray,
    amount: FloatArray,
    book_price: FloatArray,
    listed_start: IntArray,
    listed_candidate: IntArray,
    listed_row: IntArray,
    listed_value: FloatArray,
    row_price: FloatArray,
    priced: FloatArray,
) -> float:
    """Write the priced costs of a unit's candidates, ``begin`` to ``end``, to ``priced``; return the least."""
    at, stop = listed_start[u], listed_start[u + 1]
    least = np.inf
    for e in range(begin, end):
        r = rep[e]
        c = cost[e]
        for k in range(amount.shape[1]):
            c -= amount[u, k] * book_price[r, k]
        while at < stop and listed_candidate[at] == e:
            c -= listed_value[at] * row_price[listed_row[at]]
            at += 1
        priced[e - begin] = c
        least = min(least, c)
    return least


@numba.njit(cache=True, nogil=True)
def shares(
    first: int,
    last: int,
    start: IntArray,
    rep: IntArray,
    cost: FloatArray,
    amount: FloatArray,
    book_price: FloatArray,
    listed_start: IntArray,
    listed_candidate: IntArray,
    listed_row: IntArray,
    listed_value: FloatArray,
    row_price: FloatArray,
    cap_cost: FloatArray,
    heat: float,
    book_sum: FloatArray,
    row_sum: FloatArray,
    cap_sum: FloatArray,
) -> tuple[float, float]:
    """Share each unit out among its candidates in proportion to exp(-priced cost / heat).

    Parameters
    ----------
    start, rep, cost
        Candidates by unit, shapes (units + 1,), (candidates,), (candidates,) in points.
    amount, book_price
        What a unit adds to each kind of book, shape (units, books), and the points per unit of it with each rep,
        shape (reps + 1, books).
    listed_start, listed_candidate, listed_row, listed_value, row_price
        Coefficients of single candidates by unit, and points per unit of each row, shape (rows,).
    cap_cost : shape (caps, candidates)
        What each candidate adds to what each cap limits, in points.
    heat
        Temperature of the smoothed minimum, points.
    book_sum, row_sum, cap_sum
        Sums of what the shares add to books (reps + 1, books), to rows by listed coefficients, and to caps.

    Returns
    -------
    value, cost : float
        The sum of the smoothed minima, and of the shared priced costs, in points.
    """
    books, caps = amount.shape[1], cap_cost.shape[0]
    priced = np.empty(_widest(first, last, start))
    value, shared = 0.0, 0.0
    for u in range(first, last):
        begin, end = start[u], start[u + 1]
        least = _priced(
            u,
            begin,
            end,
            rep,
            cost,
            amount,
            book_price,
            listed_start,
            listed_candidate,
            listed_row,
            listed_value,
            row_price,
            priced,
        )
        total, weighted = 0.0, 0.0
        for j in range(end - begin):
            d = (priced[j] - least) / heat
            if d < NEGLIGIBLE:
                w = np.exp(-d)
                priced[j] = w
                total += w
                weighted += w * d
            else:
                priced[j] = 0.0
        value += least - heat * np.log(total)
        shared += least + heat * weighted / total
        for j in range(end - begin):
            if priced[j] > 0.0:
                share = priced[j] / total
                priced[j] = share
                r = rep[begin + j]
                for k in range(books):
                    book_sum[r, k] += amount[u, k] * share
                for q in range(caps):
                    cap_sum[q] += cap_cost[q, begin + j] * share
        for i in range(listed_start[u], listed_start[u + 1]):
            row_sum[listed_row[i]] += listed_value[i] * priced[listed_candidate[i] - begin]
    return value, shared


@numba.njit(cache=True, nogil=True)
def least_priced(
    first: int,
    last: int,
    start: IntArray,
    rep: IntArray,
    cost: FloatArray,
    amount: FloatArray,
    book_price: FloatArray,
    listed_start: IntArray,
    listed_candidate: IntArray,
    listed_row: IntArray,
    listed_value: FloatArray,
    row_price: FloatArray,
    reduced: FloatArray,
    least_of_unit: FloatArray,
) -> float:
    """Return the sum of each unit's least priced cost; write every candidate's cost above it to ``reduced``.

    ``reduced`` has shape (candidates,), or (0,) when only the sum is wanted; ``least_of_unit`` has shape (units,), or
    (0,). Other parameters as in :func:`shares`.
    """
    wanted = len(reduced) > 0
    priced = np.empty(_widest(first, last, start))
    total = 0.0
    for u in range(first, last):
        begin, end = start[u], start[u + 1]
        least = _priced(
            u,
            begin,
            end,
            rep,
            cost,
            amount,
            book_price,
            listed_start,
            listed_candidate,
            listed_row,
            listed_value,
            row_price,
            priced,
        )
        total += least
        if len(least_of_unit) > 0:
            least_of_unit[u] = least
        if wanted:
            for e in range(begin, end):
                reduced[e] = priced[e - begin] - least
    return total
