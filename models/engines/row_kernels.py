"""Compiled account of rows: what a change of some rows costs, and short lists of such changes."""

from __future__ import annotations

from typing import Any

import numba
import numpy as np
import numpy.typing as npt

from models.org import BoolArray, FloatArray

Ints = npt.NDArray[np.integer[Any]]


@numba.njit(cache=True, nogil=True, inline="always")
def points_outside(activity: float, lower: float, upper: float, over: float, under: float) -> float:
    """Return what a row costs outside its limits."""
    if activity > upper:
        return (activity - upper) * over
    if activity < lower:
        return (lower - activity) * under
    return 0.0


@numba.njit(cache=True, nogil=True, inline="always")
def add_change(i: int, by: float, limits: FloatArray, hard: BoolArray, totals: FloatArray) -> None:
    """Add to ``totals`` (soft, hard) what a row costs more when its activity changes."""
    if i >= 0 and by != 0.0:
        a, lower, upper, over, under = limits[i, 0], limits[i, 1], limits[i, 2], limits[i, 3], limits[i, 4]
        change = points_outside(a + by, lower, upper, over, under) - points_outside(a, lower, upper, over, under)
        if hard[i]:
            totals[1] += change
        else:
            totals[0] += change


@numba.njit(cache=True, nogil=True)
def note(i: int, by: float, rows: Ints, amounts: FloatArray, count: int) -> int:
    """Add a change of a row to a short list of changes; return the list's length."""
    for j in range(count):
        if rows[j] == i:
            amounts[j] += by
            return count
    if count < len(rows):
        rows[count] = i
        amounts[count] = by
    return count + 1


@numba.njit(cache=True, nogil=True, inline="always")
def list_changes(
    e: int, sign: float, first: Ints, row: Ints, value: FloatArray, rows: Ints, amounts: FloatArray, count: int
) -> int:
    """Add the listed coefficients of a candidate that is taken (or left: sign -1) to a list of changes."""
    for j in range(first[e], first[e + 1]):
        count = note(row[j], sign * value[j], rows, amounts, count)
    return count


@numba.njit(cache=True, nogil=True)
def list_once(
    limits: FloatArray, first: Ints, row: Ints, value: FloatArray, rows: Ints, amounts: FloatArray, count: int
) -> int:
    """Add to a list of changes what follows where a number of events comes from 0 or falls to it."""
    for j in range(count):
        i = rows[j]
        if i < len(first) - 1 and first[i] < first[i + 1]:
            by = min(limits[i, 0] + amounts[j], 1.0) - min(limits[i, 0], 1.0)
            if by != 0.0:
                for k in range(first[i], first[i + 1]):
                    count = note(row[k], by * value[k], rows, amounts, count)
    return count


@numba.njit(cache=True, nogil=True)
def join(i: int, by: float, begin: int, end: int, row: Ints, value: FloatArray) -> int:
    """Add a coefficient to those of a candidate, ``begin`` to ``end``; return their new end."""
    for j in range(begin, end):
        if row[j] == i:
            value[j] += by
            return end
    row[end] = i
    value[end] = by
    return end + 1
