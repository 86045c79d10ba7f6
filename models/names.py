"""What people call a customer or a rep: the name, or the id where there is none."""

from __future__ import annotations

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


def _names(table: pd.DataFrame, ids: Texts, positions: IntArray) -> Texts:
    named = ids[positions].copy()
    if "name" in table:
        names = table["name"].to_numpy(dtype=object)[positions]
        given = np.array([isinstance(name, str) and bool(name.strip()) for name in names], dtype=bool)
        named[given] = names[given]
    return named
