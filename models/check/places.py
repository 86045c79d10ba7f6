"""Regions: which rep covers which customer, and which customers a region (its children included) holds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd
from scipy import sparse

from models.check.labels import Labels, labels, totals
from models.org import BoolArray, FloatArray, IntArray, Org, listed


@dataclass(frozen=True)
class Places:
    """Regions of customers and reps.

    ``regions`` are the labels on customers. ``lineage`` holds for each of them the region itself and what lies
    above it. ``territories`` are the distinct lists of regions that reps have; ``covered`` has shape
    (territories, regions) and tells which customers' regions a list covers as in ``region: same``.
    """

    regions: Labels
    lineage: tuple[tuple[str, ...], ...]
    territories: Labels
    covered: BoolArray
    neighbouring: BoolArray

    def covers(
        self, customers: IntArray, reps: IntArray, mode: Literal["same", "neighbour", "any"] = "same"
    ) -> BoolArray:
        """Tell for each (customer, rep), broadcast, whether the rep's regions allow the customer."""
        region, territory = self.regions.codes[customers], self.territories.codes[reps]
        free: BoolArray = (region < 0) | (territory < 0)
        if mode == "any":
            return np.ones_like(free)
        table = self.covered if mode == "same" else self.covered | self.neighbouring
        if not table.size:
            return free
        return free | table[territory, region]

    def reaches(self, regions: IntArray) -> BoolArray:
        """Tell which reps cover which of the regions (codes) as in ``region: same``; shape (reps, regions)."""
        everywhere = np.ones((1, len(regions)), dtype=bool)
        reached: BoolArray = np.vstack([self.covered[:, regions], everywhere])[self.territories.codes]
        return reached

    def rows(self) -> tuple[str, ...]:
        """Return the regions on customers and those above them: the rows of a capacity per region."""
        return tuple(dict.fromkeys(name for chain in self.lineage for name in chain))

    def sums(self, amounts: FloatArray, rows: tuple[str, ...]) -> FloatArray:
        """Sum amounts per customer over each of the regions named, their children included."""
        coded = self.regions.codes >= 0
        plain = totals(self.regions.codes[coded], amounts[coded], len(self.regions.names))
        position = {name: row for row, name in enumerate(rows)}
        within = np.zeros(len(rows))
        for amount, chain in zip(plain, self.lineage, strict=True):
            for name in chain:
                if name in position:
                    within[position[name]] += amount
        return within


def read_places(org: Org) -> Places:
    """Read the regions of customers and reps, their parents and their neighbours."""
    regions = labels(org.customers, "region")
    territories = labels(org.reps, "regions")
    parents, borders = _map(org.regions)
    lineage = tuple(_lineage(name, parents) for name in regions.names)
    lists = [listed(text) for text in territories.names]
    known = dict.fromkeys(
        name for names in (regions.names, *lists, parents, parents.values(), *borders) for name in names
    )
    position = {name: place for place, name in enumerate(known)}
    above = _incidence([_lineage(name, parents) for name in known], position)
    on_customers = above[[position[name] for name in regions.names]] if regions.names else above[:0]
    on_reps = _incidence(lists, position)
    touching = _incidence([], position, borders)
    covered = _any(on_reps @ on_customers.T)
    neighbouring = _any((on_reps @ above.T) @ touching @ on_customers.T)
    # A blank list that is not blank text, such as ";", covers everything like an empty cell.
    for place, names in enumerate(lists):
        if not names:
            covered[place] = True
    return Places(regions, lineage, territories, covered, neighbouring)


def _map(table: pd.DataFrame | None) -> tuple[dict[str, str], list[tuple[str, str]]]:
    """Return the parent of each region, and the pairs of regions that touch."""
    parents: dict[str, str] = {}
    borders: list[tuple[str, str]] = []
    if table is None:
        return parents, borders
    region, parent, around = (labels(table, column) for column in ("region", "parent", "neighbours"))
    for own, above, near in zip(region.codes, parent.codes, around.codes, strict=True):
        if own < 0:
            continue
        name = region.names[own]
        if above >= 0:
            parents[name] = parent.names[above]
        if near >= 0:
            borders.extend((name, other) for other in listed(around.names[near]))
    return parents, borders


def _lineage(name: str, parents: Mapping[str, str]) -> tuple[str, ...]:
    chain = [name]
    while (above := parents.get(chain[-1])) is not None and above not in chain:
        chain.append(above)
    return tuple(chain)


def _incidence(
    rows: list[tuple[str, ...]], position: Mapping[str, int], borders: list[tuple[str, str]] | None = None
) -> sparse.csr_array:
    """Return a 0/1 matrix rows x regions; with ``borders`` the symmetric matrix of regions that touch."""
    if borders is None:
        entries = [(row, position[name]) for row, names in enumerate(rows) for name in names]
        shape = (len(rows), len(position))
    else:
        entries = [(position[a], position[b]) for one, other in borders for a, b in ((one, other), (other, one))]
        shape = (len(position), len(position))
    at = np.array(entries, dtype=np.int64).reshape(-1, 2)
    return sparse.csr_array((np.ones(len(at)), (at[:, 0], at[:, 1])), shape=shape)


def _any(product: sparse.csr_array) -> BoolArray:
    reached: BoolArray = product.toarray() > 0
    return reached
