"""Floors: what a pair costs at least, known by the straight line between customer and rep, without looking closer.

A chord of the globe is no longer than the way around it, and other goals and limits only make a pair dearer. So where
even the floor of a pair is above what the unit can have for less, the pair need not be looked at: on an org spread over
a continent that leaves some tens of thousands of reps, whatever their number.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import pandas as pd

from models.cores import cores
from models.expression import parse
from models.formulation.amounts import PAIR_TABLES, Amounts
from models.formulation.eligible import Eligible, pair_rules
from models.formulation.floor_kernels import nearest_reps, reps_below
from models.formulation.pairs import Pairs, starts
from models.formulation.spread import Spread
from models.formulation.travel import DEFAULT_SPEED_KMH
from models.org import EARTH_RADIUS_KM, FloatArray, IntArray, PositionArray
from models.policy import line_names
from models.problem import Problem

UNITS_AT_ONCE = 2_048
FOUND_AT_ONCE = 1_000_000
SLACK = 1e-9
"""By how much floors may be too high for rounding, relative to the limit they are compared with."""


@dataclass(frozen=True)
class Floors:
    """Floors of all pairs at given weights of the goals and prices of the rows.

    Attributes
    ----------
    at, rep_at : float arrays, shapes (3, members), (3, reps)
        Points on the unit sphere.
    way : float array, shape (members,)
        What a radian of a member's way costs, points.
    amount, charge : float arrays, shapes (units, books), (books, reps)
        What a unit brings to each kind of book, and what a unit of that costs with each rep, points.
    leaving : float array, shape (units,)
        What a unit costs at least with another owner than today's, points.
    """

    eligible: Eligible
    at: FloatArray
    rep_at: FloatArray
    way: FloatArray
    amount: FloatArray
    charge: FloatArray
    leaving: FloatArray

    def below(self, some: IntArray, limit: FloatArray) -> Pairs:
        """Return the pairs of some units (ascending) whose floor is at most ``limit``, shape (all units,).

        Units are counted among ``some``. Today's owners may be left out.
        """
        most = limit - self.leaving
        most = most + SLACK * np.maximum(1.0, np.abs(limit))

        def look(units: IntArray, reps: PositionArray, rep_at: FloatArray, charge: FloatArray) -> list[IntArray]:
            found, first = [], 0
            room = max(FOUND_AT_ONCE, len(reps))
            unit, rep = np.empty(room, dtype=np.int64), np.empty(room, dtype=np.int32)
            while first < len(units):
                first, written = reps_below(
                    units,
                    first,
                    len(units),
                    self.eligible.units.start,
                    self.at,
                    self.way,
                    self.amount,
                    reps,
                    rep_at,
                    charge,
                    most,
                    unit,
                    rep,
                )
                found.append(np.stack([unit[:written], rep[:written]]))
            return found

        with ThreadPoolExecutor(max_workers=cores()) as pool:
            listed = [one for group in pool.map(lambda task: look(*task), self._tasks(some)) for one in group]
        return _sorted(some, np.concatenate([np.zeros((2, 0), dtype=np.int64), *listed], axis=1))

    def nearest(self, some: IntArray, most: int) -> Pairs:
        """Return the ``most`` reps of least floor of some units (ascending), which are counted among ``some``."""

        def look(units: IntArray, reps: PositionArray, rep_at: FloatArray, charge: FloatArray) -> IntArray:
            found = np.empty((len(units), min(most, len(reps))), dtype=np.int32)
            nearest_reps(
                units,
                0,
                len(units),
                self.eligible.units.start,
                self.at,
                self.way,
                self.amount,
                reps,
                rep_at,
                charge,
                found.shape[1],
                found,
            )
            return np.stack([np.repeat(units, found.shape[1]), found.ravel()])

        with ThreadPoolExecutor(max_workers=cores()) as pool:
            listed = list(pool.map(lambda task: look(*task), self._tasks(some)))
        return _sorted(some, np.concatenate([np.zeros((2, 0), dtype=np.int64), *listed], axis=1))

    def _tasks(self, some: IntArray) -> Iterator[tuple[IntArray, PositionArray, FloatArray, FloatArray]]:
        """Yield units that share a row of the table, with the reps that it allows and what they cost."""
        row = self.eligible.row[some]
        order = np.argsort(row, kind="stable")
        edges = np.flatnonzero(np.diff(row[order])) + 1
        for places in np.split(order, edges):
            if not len(places):
                continue
            reps = np.flatnonzero(self.eligible.table[row[places[0]]]).astype(np.int32)
            rep_at, charge = np.ascontiguousarray(self.rep_at[:, reps]), np.ascontiguousarray(self.charge[:, reps])
            for first in range(0, len(places) if len(reps) else 0, UNITS_AT_ONCE):
                yield some[places[first : first + UNITS_AT_ONCE]], reps, rep_at, charge


def cost_floors(eligible: Eligible, amounts: Amounts, weights: Mapping[str, float]) -> Floors | None:
    """Return the floors of what candidates cost by the goals alone; None where distances do not tell."""
    travel = amounts.travel
    weighed = {goal for goal, weight in weights.items() if weight and goal != "balance"}
    if any(weight < 0 for weight in weights.values()) or pair_rules(amounts.policy) or "cost" in weighed:
        return None
    if "travel" in weighed and (not travel.located or travel.driven):
        return None
    units, org = eligible.units, amounts.org
    at = np.zeros((3, len(units.member)))
    rep_at, way = np.zeros((3, org.n_reps)), np.zeros(len(units.member))
    if "travel" in weighed:
        at, rep_at = _on_sphere(org.customers)[:, units.member], _on_sphere(org.reps)
        if not (np.isfinite(at).all() and np.isfinite(rep_at).all()):
            return None
        goal = amounts.policy.goal("travel")
        speed = DEFAULT_SPEED_KMH if goal is None or goal.speed_kmh is None else goal.speed_kmh
        visits = np.ones(org.n_customers)
        if "visits" in org.customers:
            visits = np.nan_to_num(org.customers["visits"].to_numpy(float), nan=1.0)
        way = weights["travel"] * 2.0 * visits[units.member] * EARTH_RADIUS_KM / speed
        if not (np.isfinite(way).all() and (way >= 0).all()):
            return None
    nothing = np.zeros((units.count, 0)), np.zeros((0, org.n_reps)), np.zeros(units.count)
    return Floors(eligible, np.ascontiguousarray(at), rep_at, way, *nothing)


def priced_floors(
    costs: Floors, amounts: Amounts, spread: Spread, problem: Problem, weights: Mapping[str, float], rows: FloatArray
) -> Floors | None:
    """Return floors with prices of the rows added; None where listed coefficients may make some pair cheaper.

    Parameters
    ----------
    costs
        The floors of the costs, by the same weights.
    spread
        That of the working problem.
    rows
        Prices of the working problem's rows, shape (rows,).
    """
    if _may_be_cheaper(amounts, problem, rows):
        return None
    coupling = problem.rows
    row_of_book = coupling.row_of_book[:, :-1]
    charge = -np.where(row_of_book >= 0, rows[row_of_book], 0.0) if len(rows) else np.zeros(row_of_book.shape)
    leaving = _leaving(amounts, spread, weights)
    return Floors(costs.eligible, costs.at, costs.rep_at, costs.way, coupling.amount, charge, leaving)


def _may_be_cheaper(amounts: Amounts, problem: Problem, rows: FloatArray) -> bool:
    """Tell whether a listed coefficient may take something off a pair's cost, today's owner and the pool apart."""
    budgets = amounts.policy.disruption.budgets
    left_teams = {
        f"disruption.budgets[{name}]"
        for name, budget in zip(line_names(budgets), budgets, strict=True)
        if budget.per == "team" and budget.side == "lost"
    }
    first = 0
    for block in problem.blocks:
        price = rows[first : first + block.count]
        first += block.count
        if block.kind in ("capacity", "balance", "group", "conflict"):
            listed = not block.books
            if listed and (price > 0).any():
                return True
        elif (block.kind in ("pairing", "counted once") or block.line in left_teams) and price.any():
            return True
    return False


def _leaving(amounts: Amounts, spread: Spread, weights: Mapping[str, float]) -> FloatArray:
    """Return what a unit of one member costs at least when it moves by choice, 0 where that is not known."""
    units = amounts.units
    cost = np.zeros(len(units.member))
    cost += weights.get("moves", 0.0)
    weight = weights.get("disruption", 0.0)
    if weight:
        cost += weight * np.maximum(np.nan_to_num(_move_cost(amounts)), 0.0)
    cost = np.where(spread.movable, cost, 0.0)
    return np.where(units.size == 1, cost[units.start[:-1]], 0.0)


def _move_cost(amounts: Amounts) -> FloatArray:
    """Return what a chosen move costs, shape (members,); 0 where that depends on the new owner."""
    text = amounts.policy.disruption.move_cost or "1"
    expression = parse(text, PAIR_TABLES)
    if expression.uses("rep") or expression.uses("pair"):
        return np.zeros(len(amounts.units.member))
    return amounts.member_numbers(text)


def _sorted(some: IntArray, listed: IntArray) -> Pairs:
    """Return listed pairs of unit and rep as pairs of ``some`` units, reps ascending already within a unit."""
    unit = np.searchsorted(some, listed[0])
    order = np.argsort(unit, kind="stable")
    return Pairs(starts(np.bincount(unit, minlength=len(some))), listed[1][order].astype(np.int32))


def _on_sphere(frame: pd.DataFrame) -> FloatArray:
    lat, lon = np.radians(frame["lat"].to_numpy(float)), np.radians(frame["lon"].to_numpy(float))
    return np.stack([np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)])
