"""What people call a customer or a rep: the name, or the id where there is none."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import numpy.typing as npt
import pandas as pd

from models.org import IntArray, Org

Texts = npt.NDArray[np.object_]

NOBODY = "nobody"


def customer_names(org: Org, positions: IntArray) -> Texts:
    """Return the name of each customer, shape of ``positions``."""
    return _names(org.customers, org.customer_ids, positions)


def rep_names(org: Org, positions: IntArray) -> Texts:
    """Return the name of each rep, ``nobody`` for a position below 0; shape of ``positions``."""
    everybody = _names(org.reps, org.rep_ids, np.arange(org.n_reps))
    named: Texts = np.append(everybody, np.array([NOBODY], dtype=object))[np.maximum(positions, -1)]
    return named


def customer_labels(org: Org, positions: IntArray) -> Texts:
    """Return each customer as a sentence calls it: ``Acme (C1)``, so that it can be known and typed."""
    return _labels(org.customer_ids[positions], customer_names(org, positions))


def rep_labels(org: Org, positions: IntArray) -> Texts:
    """Return each rep as a sentence calls it: ``Ana Diaz (R1)``, the id alone where the name says no more."""
    return _labels(org.rep_ids[positions], _names(org.reps, org.rep_ids, positions))


def _labels(ids: Texts, names: Texts) -> Texts:
    pairs = zip(ids.tolist(), names.tolist(), strict=True)
    labels = [one if str(one).casefold() == name.strip().casefold() else f"{name} ({one})" for one, name in pairs]
    return np.array(labels, dtype=object)


def first_of(texts: Iterable[object], most: int, count: int | None = None) -> str:
    """List the first of some texts, and how many more there are; ``count`` of them where not all are given.

    Examples
    --------
    >>> first_of("abc", 3), first_of("abcde", 3), first_of("ab", 3, 1_200)
    ('a, b, c', 'a, b, c and 2 more', 'a, b and 1,198 more')
    """
    known = [str(text) for text in texts]
    more = (len(known) if count is None else count) - len(known[:most])
    return ", ".join(known[:most]) + (f" and {more:,} more" if more > 0 else "")


def _names(table: pd.DataFrame, ids: Texts, positions: IntArray) -> Texts:
    named = ids[positions].copy()
    if "name" in table:
        names = table["name"].to_numpy(dtype=object)[positions]
        given = np.array([isinstance(name, str) and bool(name.strip()) for name in names], dtype=bool)
        named[given] = names[given]
    return named
