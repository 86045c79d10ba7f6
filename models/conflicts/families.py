"""Families as members: which customers stay together, and which rule says so."""

from __future__ import annotations

import numpy as np
import scipy.sparse as sp
from scipy.sparse.csgraph import connected_components

from models.conflicts.members import Member
from models.formulation.units import Units
from models.org import BoolArray, IntArray

FAMILIES = "keep.families"


def families_of(units: Units, singles: Units, first: int) -> tuple[IntArray, IntArray, list[Member]]:
    """Return which entries stay together, by which member, and the members, which are counted from ``first``.

    A family that stays together in several roles is one member, and so are units that share a customer.

    Returns
    -------
    int array, shape (entries,)
        Entries of one number stay together.
    int array, shape (entries,)
        The member that says so, -1 for an entry alone.
    list of Member
    """
    entry = singles.unit_of[units.role_of_member, units.member]
    unit = np.empty(len(entry), dtype=np.int64)
    unit[entry] = units.unit_of_member
    several = units.size[unit] > 1 if len(unit) else np.zeros(0, dtype=bool)
    n_customers = singles.unit_of.shape[1]
    links = sp.coo_array(
        (np.ones(int(several.sum())), (unit[several], units.count + singles.member[several])),
        shape=(units.count + n_customers,) * 2,
    )
    of_node = connected_components(links, directed=False)[1]
    member = np.full(len(unit), -1, dtype=np.int64)
    found: list[Member] = []
    for component in np.unique(of_node[unit[several]]):
        mine = several & (of_node[unit] == component)
        member[mine] = first + len(found)
        customers = tuple(int(c) for c in np.unique(singles.member[mine]))
        found.append(Member("family", FAMILIES, customers=customers))
    return unit, member, found


def tied_units(singles: Units, together: IntArray, tied: BoolArray) -> Units:
    """Return units of entries: those of one number in ``together`` as one where ``tied``, every other alone."""
    group = np.where(tied, together, int(together.max(initial=-1)) + 1 + np.arange(len(together)))
    _, first, number = np.unique(group, return_index=True, return_inverse=True)
    # entries stand by role and customer, and so do units by their first member
    rank = np.argsort(np.argsort(first))[number]
    order = np.lexsort((np.arange(len(group)), rank))
    size = np.bincount(rank, minlength=len(first))
    unit_of = np.full(singles.unit_of.shape, -1, dtype=np.int64)
    role = singles.role_of_member
    unit_of[role, singles.member] = rank
    start = np.r_[0, np.cumsum(size)].astype(np.int64)
    return Units(
        role=role[order][start[:-1]],
        start=start,
        member=singles.member[order],
        unit_of=unit_of,
        owner=singles.owner[order],
        present=singles.present[order],
    )
