"""Leads: where prices say that limits cannot all hold, and which limits and customers that takes.

The prices of the elastic stage (:mod:`models.engines.elastic`) prove that no plan keeps every hard row when their bound
is above what the tolerances allow. Rows without a price play no part in that proof, so that those with one are a first,
small set to look at (Chinneck and Dravnieks 1991, *ORSA J. Computing* 3, 157-168, doi:10.1287/ijoc.3.2.157). Rows that
share no customer of the proof prove each for themselves.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import scipy.sparse as sp
from scipy.sparse.csgraph import connected_components

from models.conflicts.feasibility import Trials
from models.conflicts.terrain import ALWAYS, Terrain
from models.engines.elastic import ALLOWED, elastic
from models.engines.parts import part_of
from models.engines.prices import find_prices
from models.org import BoolArray, FloatArray, IntArray
from models.problem import Problem, RowBlock

NO_PRICE = 1e-7


@dataclass(frozen=True)
class Lead:
    """Limits that prices show to clash.

    Attributes
    ----------
    members : frozenset of int
        The limits; what says who may own whom comes on top.
    among : bool array, shape (entries,)
        Entries whose only owner the proof needs.
    entries : bool array, shape (entries,)
        Entries that bring something to it.
    """

    members: frozenset[int]
    among: BoolArray
    entries: BoolArray


def find_leads(trials: Trials, active: frozenset[int]) -> list[Lead]:
    """Return what prices prove by itself, greatest excess first; nothing where they prove nothing."""
    terrain, _ = trials.terrain(active)
    keep = trials.kept(terrain, active)
    some = np.zeros(terrain.units.count, dtype=bool)
    some[terrain.problem.unit[keep]] = True
    problem = replace(terrain.problem, blocks=tuple(_limited(terrain, active)))
    units = np.flatnonzero(some)
    if not len(units) or not problem.rows.count:
        return []
    part = part_of(problem, units, keep)
    loose = elastic(part.problem)
    if not loose.problem.rows.count:
        return []
    prices = find_prices(loose, None, lambda: trials.stop.reason is not None)
    if prices is None:
        return []
    hard = np.concatenate(
        [np.full(block.count, bool(np.isinf(block.over_points).any())) for block in part.problem.blocks]
    )
    return _proofs(trials, terrain, loose.problem, part.rows[hard], units, prices.rows)


def _limited(terrain: Terrain, active: frozenset[int]) -> list[RowBlock]:
    """Return the blocks with the limits of active members only."""
    members = np.array(sorted(active), dtype=np.int64)
    blocks, first = [], 0
    for block in terrain.problem.blocks:
        mine = slice(first, first + block.count)
        lower, upper = (
            np.where((of[mine] == ALWAYS) | np.isin(of[mine], members), limit, infinite)
            for of, limit, infinite in (
                (terrain.lower_of, block.lower, -np.inf),
                (terrain.upper_of, block.upper, np.inf),
            )
        )
        blocks.append(replace(block, lower=lower, upper=upper))
        first += block.count
    return blocks


def _proofs(
    trials: Trials, terrain: Terrain, problem: Problem, row_of: IntArray, units: IntArray, y: FloatArray
) -> list[Lead]:
    """Cut a proof into those that share no customer; ``row_of`` and ``units`` are positions on the terrain."""
    rows = problem.rows
    priced = np.abs(y) * np.maximum(1.0, rows.scale) > NO_PRICE
    y = np.where(priced, y, 0.0)
    charged = sp.csr_array(-sp.diags_array(y) @ rows.matrix)[np.flatnonzero(priced)]
    joint = np.minimum.reduceat(np.asarray(charged.sum(axis=0)).ravel(), problem.start[:-1])
    row, unit, least = _least(charged, problem)
    alone = np.bincount(unit, least, problem.n_units)
    # a unit left open could bring its least to each row by another candidate
    among = joint - alone > 1e-9
    matters = among | (np.abs(joint) > 1e-12)
    number = np.flatnonzero(priced)
    tied = matters[unit]
    aux = sp.coo_array(rows.aux[number]) if problem.n_aux else sp.coo_array((len(number), 0))
    size = len(number) + problem.n_units + aux.shape[1]
    ends = (
        np.r_[row[tied], aux.row],
        np.r_[len(number) + unit[tied], len(number) + problem.n_units + aux.col],
    )
    graph = sp.coo_array((np.ones(len(ends[0]), dtype=np.int8), ends), shape=(size, size))
    label = connected_components(graph, directed=False)[1]
    of_row, of_unit = label[: len(number)], label[len(number) : len(number) + problem.n_units]
    limits = np.where(y > 0, np.where(np.isfinite(rows.lower), rows.lower, 0.0), 0.0) * y
    limits += np.where(y < 0, np.where(np.isfinite(rows.upper), rows.upper, 0.0), 0.0) * y
    free = np.minimum(0.0, -(rows.aux.T @ y)) if problem.n_aux else np.zeros(0)
    found = []
    for one in np.unique(of_row):
        mine = number[of_row == one]
        of_aux = np.unique(aux.col[label[aux.row] == one])
        excess = joint[of_unit == one].sum() + limits[mine].sum() + free[of_aux].sum()
        if excess > ALLOWED * (1 + len(mine)):
            found.append(
                (float(excess), _lead(trials, terrain, row_of[mine], y[mine], units, of_unit == one, among, matters))
            )
    return [lead for _, lead in sorted(found, key=lambda pair: -pair[0])]


def _least(charged: sp.csr_array, problem: Problem) -> tuple[IntArray, IntArray, FloatArray]:
    """Return (row, unit, least) of what units bring to priced rows by the candidate that suits the row best."""
    part = sp.coo_array(charged)
    unit = problem.unit[part.col]
    key = part.row.astype(np.int64) * problem.n_units + unit
    order = np.argsort(key, kind="stable")
    key, value = key[order], part.data[order]
    edges = np.flatnonzero(np.diff(key, prepend=-1))
    if not len(edges):
        return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64), np.zeros(0)
    least = np.minimum.reduceat(value, edges)
    of_unit = key[edges] % problem.n_units
    some = np.diff(np.r_[edges, len(key)]) < np.diff(problem.start)[of_unit]
    return key[edges] // problem.n_units, of_unit, np.where(some, np.minimum(least, 0.0), least)


def _lead(
    trials: Trials,
    terrain: Terrain,
    rows: IntArray,
    y: FloatArray,
    units: IntArray,
    mine: BoolArray,
    among: BoolArray,
    matters: BoolArray,
) -> Lead:
    members = {int((terrain.lower_of if sign > 0 else terrain.upper_of)[i]) for i, sign in zip(rows, y, strict=True)}

    def entries(some: BoolArray) -> BoolArray:
        flags = np.zeros(trials.rules.n_entries, dtype=bool)
        flags[terrain.entry[np.isin(terrain.units.unit_of_member, units[some])]] = True
        return flags

    return Lead(frozenset(members - {ALWAYS}), entries(mine & among), entries(mine & matters))
