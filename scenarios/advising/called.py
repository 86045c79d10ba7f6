"""What people call the reps and customers of ideas: two of one name are told apart by their ids."""

from __future__ import annotations

from collections import Counter

import numpy as np

from models.names import customer_names, rep_names
from models.org import IntArray, Org


def called_reps(org: Org) -> list[str]:
    """Return what each rep is called."""
    return _apart(rep_names(org, np.arange(org.n_reps)), org.rep_ids)


def called_customers(org: Org, positions: IntArray) -> list[str]:
    """Return what each of some customers is called, apart from all others."""
    every = Counter(map(str, customer_names(org, np.arange(org.n_customers))))
    named = customer_names(org, positions)
    return [
        str(name) if every[str(name)] == 1 else f"{name} ({org.customer_ids[at]})"
        for name, at in zip(named, positions, strict=True)
    ]


def _apart(names: np.ndarray, ids: np.ndarray) -> list[str]:
    count = Counter(map(str, names))
    return [str(name) if count[str(name)] == 1 else f"{name} ({one})" for name, one in zip(names, ids, strict=True)]
