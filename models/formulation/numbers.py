"""Whole numbers by the million: each once, looked up, or put in groups, all by sorting, which beats hashing them."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from models.org import BoolArray, IntArray


def distinct(numbers: IntArray) -> IntArray:
    """Return each number once, ascending.

    Examples
    --------
    >>> distinct(np.array([3, 1, 3])).tolist()
    [1, 3]
    """
    ordered = np.sort(numbers)
    first = np.ones(len(ordered), dtype=bool)
    first[1:] = ordered[1:] != ordered[:-1]
    once: IntArray = ordered[first]
    return once


def repeated(numbers: IntArray) -> BoolArray:
    """Flag the entries whose number stands somewhere else, too.

    Examples
    --------
    >>> repeated(np.array([3, 1, 3])).tolist()
    [True, False, True]
    """
    order = np.argsort(numbers, kind="stable")
    alike = np.diff(numbers[order]) == 0
    flags = np.zeros(len(numbers), dtype=bool)
    flags[order[1:][alike]] = True
    flags[order[:-1][alike]] = True
    return flags


def among(numbers: IntArray, ascending: IntArray) -> BoolArray:
    """Flag the numbers that stand in an ascending list."""
    if not len(ascending):
        return np.zeros(len(numbers), dtype=bool)
    at = np.minimum(np.searchsorted(ascending, numbers), len(ascending) - 1)
    found: BoolArray = ascending[at] == numbers
    return found


def grouped(group: IntArray, count: int) -> list[IntArray]:
    """Return where the entries of each group stand, ascending; entries of group -1 are left out.

    Examples
    --------
    >>> [places.tolist() for places in grouped(np.array([1, -1, 0, 1]), 3)]
    [[2], [0, 3], []]
    """
    order = np.argsort(group, kind="stable")
    edges = np.searchsorted(group[order], np.arange(count + 1))
    return [order[first:last] for first, last in pairwise(edges)]
