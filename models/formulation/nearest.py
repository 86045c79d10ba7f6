"""``nearest: K``: of the reps who pass every other hard rule, the K closest to each unit."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.spatial import cKDTree

from models.formulation.units import Units
from models.org import BoolArray, FloatArray, IntArray, Org, great_circle_km
from models.policy import Policy

DEFAULT_SPEED_KMH = 60.0
CHUNK = 4_000_000


def one_way_minutes(org: Org, policy: Policy, customers: IntArray, reps: IntArray) -> FloatArray:
    """Return the one-way travel time of each pair: ``pair.drive_minutes``, else great circle at the goal's speed.

    NaN where neither is known.
    """
    goal = policy.goal("travel")
    speed = goal.speed_kmh if goal is not None and goal.speed_kmh is not None else DEFAULT_SPEED_KMH
    minutes = np.full(len(customers), np.nan)
    if _located(org):
        at, base = org.customers, org.reps
        minutes = (
            great_circle_km(
                at["lat"].to_numpy(float)[customers],
                at["lon"].to_numpy(float)[customers],
                base["lat"].to_numpy(float)[reps],
                base["lon"].to_numpy(float)[reps],
            )
            / speed
            * 60.0
        )
    if org.pairs is not None and "drive_minutes" in org.pairs:
        known = pair_values(org, "drive_minutes", customers, reps)
        minutes = np.where(np.isnan(known), minutes, known)
    return minutes


def pair_values(org: Org, column: str, customers: IntArray, reps: IntArray) -> FloatArray:
    """Look up a numeric column of the pairs table, NaN where the pair is not listed or the cell is blank."""
    assert org.pairs is not None
    c = pd.Index(org.customer_ids).get_indexer(pd.Index(org.pairs["customer_id"].astype(object)))
    r = pd.Index(org.rep_ids).get_indexer(pd.Index(org.pairs["rep_id"].astype(object)))
    known = (c >= 0) & (r >= 0)
    keys = (c * org.n_reps + r)[known]
    values = org.pairs[column].to_numpy(float)[known]
    order = np.argsort(keys, kind="stable")
    keys, values = keys[order], values[order]
    sought = customers * org.n_reps + reps
    at = np.minimum(np.searchsorted(keys, sought), max(len(keys) - 1, 0))
    result = np.full(len(sought), np.nan)
    if len(keys):
        hit = keys[at] == sought
        result[hit] = values[at[hit]]
    return result


def nearest_candidates(
    org: Org,
    policy: Policy,
    units: Units,
    table: BoolArray,
    row: IntArray,
    k: int,
    pairs: tuple[IntArray, IntArray] | None = None,
) -> tuple[IntArray, IntArray]:
    """Keep the ``k`` nearest reps of each unit, a family by the sum over its members, ties by ``rep_id``.

    Parameters
    ----------
    table, row
        Rep masks, shape (rows, reps), and each unit's row; used where ``pairs`` is None.
    pairs
        (unit, rep) to choose among, sorted.

    Returns
    -------
    unit, rep : int arrays, sorted by both
    """
    rank = np.argsort(np.argsort(org.rep_ids.astype(str), kind="stable"), kind="stable")
    kept_unit, kept_rep = [], []
    if pairs is None:
        single = units.size == 1
        rest = np.flatnonzero(~single)
        for line in np.unique(row[single]):
            mine = np.flatnonzero(single & (row == line))
            reps = np.flatnonzero(table[line])
            far, near = _by_tree(org, policy, units.member[units.start[mine]], reps, k, rank)
            kept_unit.append(np.repeat(mine, near.shape[1]))
            kept_rep.append(near.ravel())
            rest = np.r_[rest, mine[far]]
            if far.any():
                keep = np.repeat(~far, near.shape[1])
                kept_unit[-1], kept_rep[-1] = kept_unit[-1][keep], kept_rep[-1][keep]
        rest = np.sort(rest)
        count = table.sum(axis=1)[row[rest]]
        for chunk in _chunks(count * units.size[rest]):
            some = rest[chunk]
            line, rep = np.nonzero(table[row[some]])
            unit, chosen = _by_sum(org, policy, units, some[line], rep, k, rank)
            kept_unit.append(unit)
            kept_rep.append(chosen)
    else:
        of_unit, of_rep = pairs
        edges = np.flatnonzero(np.r_[True, of_unit[1:] != of_unit[:-1]]) if len(of_unit) else np.zeros(0, int)
        ends = np.r_[edges[1:], len(of_unit)]
        for chunk in _chunks((ends - edges) * units.size[of_unit[edges]]):
            part = slice(edges[chunk][0], ends[chunk][-1])
            unit, chosen = _by_sum(org, policy, units, of_unit[part], of_rep[part], k, rank)
            kept_unit.append(unit)
            kept_rep.append(chosen)
    unit = np.concatenate([*kept_unit, np.zeros(0, dtype=np.int64)]).astype(np.int64)
    rep = np.concatenate([*kept_rep, np.zeros(0, dtype=np.int64)]).astype(np.int64)
    order = np.lexsort((rep, unit))
    return unit[order], rep[order]


def _located(org: Org) -> bool:
    return all(c in org.customers for c in ("lat", "lon")) and all(c in org.reps for c in ("lat", "lon"))


def _chunks(cost: IntArray) -> list[slice]:
    """Cut a list of pieces into slices of about CHUNK each."""
    if not len(cost):
        return []
    part = (np.cumsum(cost) - cost) // CHUNK
    edges = np.flatnonzero(np.r_[True, part[1:] != part[:-1]])
    return [slice(a, b) for a, b in zip(edges, np.r_[edges[1:], len(cost)], strict=True)]


def _by_sum(
    org: Org, policy: Policy, units: Units, unit: IntArray, rep: IntArray, k: int, rank: IntArray
) -> tuple[IntArray, IntArray]:
    """Rank (unit, rep) pairs by the summed time of the unit's members; pairs of a unit stand together."""
    if not len(unit):
        return unit, rep
    size = units.size[unit]
    of_pair = np.repeat(np.arange(len(unit)), size)
    member = np.arange(size.sum()) - np.repeat(np.cumsum(size) - size, size) + units.start[unit][of_pair]
    minutes = one_way_minutes(org, policy, units.member[member], rep[of_pair])
    total = np.add.reduceat(minutes, np.cumsum(size) - size)
    order = np.lexsort((rank[rep], total, unit))
    unit, rep = unit[order], rep[order]
    first = np.flatnonzero(np.r_[True, unit[1:] != unit[:-1]])
    place = np.arange(len(unit)) - np.repeat(first, np.diff(np.r_[first, len(unit)]))
    return unit[place < k], rep[place < k]


def _by_tree(
    org: Org, policy: Policy, customers: IntArray, reps: IntArray, k: int, rank: IntArray
) -> tuple[BoolArray, IntArray]:
    """Find the nearest reps of each customer with a tree.

    Returns
    -------
    far : bool array, shape (customers,)
        True where ties reach beyond what was asked of the tree, or places are unknown: these must be ranked in full.
    near : int array, shape (customers, min(k, reps))
    """
    far = np.zeros(len(customers), dtype=bool)
    near = np.broadcast_to(reps[:k], (len(customers), min(k, len(reps)))).copy()
    if len(reps) <= k:
        return far, near
    at = _on_sphere(org.customers["lat"].to_numpy(float)[customers], org.customers["lon"].to_numpy(float)[customers])
    base = _on_sphere(org.reps["lat"].to_numpy(float)[reps], org.reps["lon"].to_numpy(float)[reps])
    placed = np.asarray(np.isfinite(at).all(axis=1))
    known = np.asarray(np.isfinite(base).all(axis=1))
    far[~placed] = True
    if known.sum() < k:
        far[:] = True
    if far.all():
        return far, near
    ask = min(k + 8, int(known.sum()))
    distance, found = cKDTree(base[known]).query(at[placed], k=ask)
    distance, found = np.reshape(distance, (-1, ask)), np.reshape(found, (-1, ask))
    rep = reps[known][found]
    minutes = one_way_minutes(org, policy, np.repeat(customers[placed], ask), rep.ravel()).reshape(rep.shape)
    order = np.lexsort((rank[rep], minutes), axis=1)
    near[placed] = np.take_along_axis(rep, order, axis=1)[:, :k]
    far[placed] = (ask < known.sum()) & (distance[:, -1] <= distance[:, k - 1] * (1 + 1e-9) + 1e-12)
    return far, near


def _on_sphere(lat: FloatArray, lon: FloatArray) -> FloatArray:
    lat, lon = np.radians(lat), np.radians(lon)
    return np.stack([np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)], axis=1)
