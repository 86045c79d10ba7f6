"""What people call a customer or a rep: the name, or the id where there is none."""

from __future__ import annotations

import re
from collections.abc import Iterable

import numpy as np
import numpy.typing as npt
import pandas as pd

from models.org import IntArray, Org

Texts = npt.NDArray[np.object_]

NOBODY = "nobody"
_WORD = re.compile(r"[^\s,;:()']+")


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


class Called:
    """What customers and reps are called, for sentences that know their ids only.

    Parameters
    ----------
    pairs
        Ids with names, the more important first; of ids that are numbers nobody knows whether they are meant.

    Examples
    --------
    >>> Called([("ana", "Ana Diaz"), ("C1", "Acme"), ("7", "Zed")]).in_words("ana carries 7 h (with C1)")
    'Ana Diaz (ana) carries 7 h (with Acme (C1))'
    """

    def __init__(self, pairs: Iterable[tuple[object, object]]) -> None:
        self._labels = {
            str(one): _label(str(one), name)
            for one, name in reversed(list(pairs))
            if isinstance(name, str) and not str(one).isdigit()
        }

    @classmethod
    def of(cls, org: Org) -> Called:
        """Return what everybody of an org is called."""
        reps, customers = np.arange(org.n_reps), np.arange(org.n_customers)
        return cls(
            [
                *zip(org.rep_ids, rep_names(org, reps), strict=True),
                *zip(org.customer_ids, customer_names(org, customers), strict=True),
            ]
        )

    def in_words(self, text: str) -> str:
        """Return a text in which the name of each rep and customer stands before the id."""
        return _WORD.sub(lambda word: self._labels.get(word[0], word[0]), text)


def _label(one: str, name: str) -> str:
    return one if one.casefold() == name.strip().casefold() else f"{name} ({one})"


def _labels(ids: Texts, names: Texts) -> Texts:
    return np.array([_label(str(one), name) for one, name in zip(ids, names, strict=True)], dtype=object)


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
