"""Regions: which reps cover which customers, parents and neighbours included."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from models.org import BoolArray, IntArray, Org, listed

NOWHERE = -1


@dataclass(frozen=True)
class RegionMap:
    """The regions of an org by position.

    Attributes
    ----------
    names : object array, shape (regions,)
    of_customer : int array, shape (customers,)
        NOWHERE where the customer has no region.
    covers : bool array, shape (reps, regions)
        True where one of the rep's regions is the region or an ancestor of it; a rep without regions covers all.
    reaches : bool array, shape (reps, regions)
        Like ``covers``, or a region of the rep's borders the region.
    inside : bool array, shape (regions, regions)
        ``inside[g, h]``: g is h or a descendant of h.
    """

    names: npt.NDArray[np.object_]
    of_customer: IntArray
    covers: BoolArray
    reaches: BoolArray
    inside: BoolArray

    def of_customers_in(self, region: int) -> BoolArray:
        """Tell which customers are in the region or in one of its descendants."""
        known = self.of_customer >= 0
        found = np.zeros(len(self.of_customer), dtype=bool)
        found[known] = self.inside[self.of_customer[known], region]
        return found

    @property
    def on_customers(self) -> IntArray:
        """Positions of the regions that customers have, and of their ancestors, ascending."""
        used = np.unique(self.of_customer[self.of_customer >= 0])
        return np.flatnonzero(self.inside[used].any(axis=0)) if len(used) else used


def region_map(org: Org) -> RegionMap:
    """Read regions, parents and neighbours from the tables; regions that appear only in a cell count too."""
    cells = org.customers["region"] if "region" in org.customers else pd.Series([None] * org.n_customers)
    rep_cells = [listed(cell) if isinstance(cell, str) else () for cell in org.reps.get("regions", ())]
    rep_cells = rep_cells or [()] * org.n_reps
    parent_of: dict[str, str] = {}
    borders: list[tuple[str, str]] = []
    table_names: list[str] = []
    if org.regions is not None:
        table_names = list(org.regions["region"])
        for name, parent in zip(table_names, org.regions.get("parent", [None] * len(table_names)), strict=True):
            if isinstance(parent, str) and parent.strip():
                parent_of[name] = parent.strip()
        for name, cell in zip(table_names, org.regions.get("neighbours", [None] * len(table_names)), strict=True):
            borders += [(name, other) for other in (listed(cell) if isinstance(cell, str) else ())]
    codes, labels = pd.factorize(cells, use_na_sentinel=True)
    names = list(
        dict.fromkeys(
            [
                *table_names,
                *map(str, labels),
                *(one for cell in rep_cells for one in cell),
                *parent_of.values(),
            ]
            + [other for _, other in borders]
        )
    )
    position = {name: g for g, name in enumerate(names)}
    inside = np.eye(len(names), dtype=bool)
    for name in names:
        above, seen = name, {name}
        while above in parent_of and parent_of[above] not in seen:
            above = parent_of[above]
            seen.add(above)
            inside[position[name], position[above]] = True
    touches = np.zeros_like(inside)
    for one, other in borders:
        touches[position[one], position[other]] = touches[position[other], position[one]] = True
    own = np.zeros((org.n_reps, len(names)), dtype=bool)
    for r, cell in enumerate(rep_cells):
        own[r, [position[one] for one in cell]] = True
    anywhere = ~np.asarray(own.any(axis=1))
    covers = (own @ inside.T) | anywhere[:, None]
    # a rep's region, or a descendant of it, borders the customer's region, or an ancestor of that
    within_own = own @ inside.T
    reaches = covers | ((within_own @ touches) @ inside.T)
    relabel = np.array([position[str(label)] for label in labels], dtype=np.int64)
    of_customer = np.full(org.n_customers, NOWHERE, dtype=np.int64)
    of_customer[codes >= 0] = relabel[codes[codes >= 0]] if len(relabel) else NOWHERE
    return RegionMap(np.array(names, dtype=object), of_customer, covers, reaches, inside)
