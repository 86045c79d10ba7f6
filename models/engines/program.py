"""A stage of a problem as one mixed-integer program: sparse arrays that any solver can be given."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp

from models.org import BoolArray, FloatArray, IntArray
from models.problem import Problem
from models.valuation import Valuation, least_aux


@dataclass(frozen=True)
class Cap:
    """A hard limit on weighted goals: one that the policy states, or what an earlier stage leaves to later ones.

    ``name`` is that of its multiplier: ``goals[travel]``, or ``stage 1``.
    """

    weights: Mapping[str, float]
    limit: float
    name: str = ""

    @property
    def tolerance(self) -> float:
        """How far the cap may be exceeded: half of the 1e-6 to which goals are compared, the rest is for rounding."""
        return 5e-7 * max(1.0, abs(self.limit))


@dataclass(frozen=True)
class StageTask:
    """What an engine is asked: minimise the weighted goals within the rows and the caps."""

    problem: Problem
    weights: Mapping[str, float]
    caps: tuple[Cap, ...] = ()

    def allows(self, valuation: Valuation) -> bool:
        """Tell whether a valued choice keeps every hard row and every cap."""
        return valuation.feasible and all(
            valuation.value(cap.weights) <= cap.limit + 2 * cap.tolerance for cap in self.caps
        )


@dataclass(frozen=True)
class Program:
    """``minimise cost @ z`` with ``row_lower <= matrix @ z <= row_upper``, ``0 <= z <= upper``, integers flagged.

    The first ``len(kept)`` columns are the candidates in ``kept``; then come amounts over and under soft rows,
    auxiliaries and, in an elastic program, what each hard row may be exceeded by.
    """

    cost: FloatArray
    upper: FloatArray
    integer: BoolArray
    matrix: sp.csr_array
    row_lower: FloatArray
    row_upper: FloatArray
    kept: IntArray
    start: IntArray
    over_row: IntArray
    under_row: IntArray
    row_scale: FloatArray
    n_aux: int

    @property
    def first_row(self) -> int:
        """Position of the first coupling row; one row per unit stands before."""
        return len(self.start) - 1

    @property
    def amounts(self) -> slice:
        """Columns of the amounts over and under soft rows."""
        return slice(len(self.kept), len(self.kept) + len(self.over_row) + len(self.under_row))

    def dearest(self, values: FloatArray) -> float:
        """Return the most that one candidate per unit can add up to; ``values`` has shape (len(kept),)."""
        return float(np.maximum.reduceat(values, self.start[:-1]).sum()) if len(values) else 0.0

    def choice(self, values: FloatArray) -> IntArray:
        """Return the candidate of each unit with the largest value, shape (units,)."""
        x = values[: len(self.kept)]
        unit = np.repeat(np.arange(len(self.start) - 1), np.diff(self.start))
        order = np.lexsort((-x, unit))
        return self.kept[order[self.start[:-1]]]

    def hint(self, problem: Problem, choice: IntArray) -> FloatArray | None:
        """Return the values of all columns for a choice, None where a chosen candidate was not kept."""
        x = np.zeros(problem.n_candidates)
        x[choice] = 1.0
        if x[self.kept].sum() != problem.n_units:
            return None
        rows = problem.rows
        activity = rows.matrix @ x
        aux = np.zeros(self.n_aux)
        if self.n_aux:
            aux = least_aux(problem, activity)
            activity = activity + rows.aux @ aux
        over = np.maximum(activity - rows.upper, 0.0) * self.row_scale
        under = np.maximum(rows.lower - activity, 0.0) * self.row_scale
        values = np.concatenate([x[self.kept], over[self.over_row], under[self.under_row], aux])
        return np.concatenate([values, np.zeros(len(self.cost) - len(values))])


def row_scales(problem: Problem) -> FloatArray:
    """Return a factor for each coupling row that brings its numbers near 1 (hard rows) or into points (soft rows)."""
    rows = problem.rows
    points = np.maximum(
        np.where(np.isfinite(rows.over_points), rows.over_points, 0.0),
        np.where(np.isfinite(rows.under_points), rows.under_points, 0.0),
    )
    largest = np.maximum(_largest(rows.matrix), _largest(rows.aux))
    largest = np.maximum(np.where(largest > 0, largest, 1.0), rows.scale)
    scale = np.where(rows.soft & (points > 0), points, 1.0 / largest)
    return scale


def program(task: StageTask, keep: BoolArray | None = None, elastic: bool = False) -> Program:
    """Write a stage as a mixed-integer program over the candidates flagged in ``keep`` (all when None).

    An elastic program minimises by how much hard rows and caps are exceeded, relative to their limits, and nothing
    else.
    """
    problem, rows = task.problem, task.problem.rows
    kept = np.arange(problem.n_candidates) if keep is None else np.flatnonzero(keep)
    unit = problem.unit[kept]
    start = np.r_[0, np.cumsum(np.bincount(unit, minlength=problem.n_units))]
    scale = row_scales(problem)
    room = row_room(problem)
    lower, upper = (rows.lower - room) * scale, (rows.upper + room) * scale
    over_row = np.flatnonzero(np.isfinite(rows.over_points) & np.isfinite(rows.upper))
    under_row = np.flatnonzero(np.isfinite(rows.under_points) & np.isfinite(rows.lower))
    balance = task.weights.get("balance", 0.0)
    over_points = rows.over_points[over_row] / scale[over_row]
    under_points = rows.under_points[under_row] / scale[under_row]
    if elastic:
        # limits that cross are both exceeded by the same amount wherever the row ends between them
        lower = np.minimum(lower, upper)
    n, m = len(kept), rows.count
    diagonal = sp.diags_array(scale)
    assign = sp.csr_array((np.ones(n), (unit, np.arange(n))), shape=(problem.n_units, n))
    coupling = diagonal @ rows.matrix[:, kept]
    over = sp.csr_array((-np.ones(len(over_row)), (over_row, np.arange(len(over_row)))), shape=(m, len(over_row)))
    under = sp.csr_array((np.ones(len(under_row)), (under_row, np.arange(len(under_row)))), shape=(m, len(under_row)))
    aux = diagonal @ rows.aux
    hard = np.flatnonzero(np.isinf(rows.over_points) & ~rows.soft) if elastic else np.zeros(0, dtype=np.int64)
    give = sp.csr_array((-np.ones(len(hard)), (hard, np.arange(len(hard)))), shape=(m, len(hard)))
    n_caps = len(task.caps) if elastic else 0
    widths = [n, len(over_row), len(under_row), problem.n_aux, len(hard), len(hard), n_caps]

    def line(*parts: sp.csr_array) -> list[sp.csr_array]:
        height = parts[0].shape[0]
        return [*parts, *(sp.csr_array((height, width)) for width in widths[len(parts) :])]

    blocks = [line(assign), line(coupling, over, under, aux, give, -give)]
    row_lower = [np.ones(problem.n_units), lower]
    row_upper = [np.ones(problem.n_units), upper]
    for at, cap in enumerate(task.caps):
        weight = cap.weights.get("balance", 0.0)
        size = 1.0 / max(1.0, abs(cap.limit))
        blocks.append(
            line(
                _row(problem.candidate_cost(cap.weights)[kept] * size),
                _row(over_points * weight * size),
                _row(under_points * weight * size),
                *(sp.csr_array((1, width)) for width in widths[3:6]),
                sp.csr_array(-np.eye(len(task.caps))[at : at + 1, :n_caps]),
            )
        )
        row_lower.append(np.full(1, -np.inf))
        row_upper.append(np.full(1, (cap.limit + cap.tolerance) * size))
    cost = np.concatenate(
        [
            problem.candidate_cost(task.weights)[kept],
            over_points * balance,
            under_points * balance,
            np.zeros(problem.n_aux),
            np.zeros(2 * len(hard)),
            np.zeros(n_caps),
        ]
    )
    if elastic:
        limit = np.maximum(rows.scale[hard], 1e-9)
        cost[:] = 0.0
        first = len(cost) - 2 * len(hard) - n_caps
        cost[first:] = np.r_[np.tile(1.0 / (scale[hard] * limit), 2), np.ones(n_caps)]
    slack = np.full(len(over_row) + len(under_row), np.inf)
    bound = np.concatenate([np.ones(n), slack, np.ones(problem.n_aux), np.full(2 * len(hard) + n_caps, np.inf)])
    integer = np.zeros(len(cost), dtype=bool)
    integer[:n] = True
    return Program(
        cost,
        bound,
        integer,
        sp.csr_array(sp.block_array(blocks, format="csr")),
        np.concatenate(row_lower),
        np.concatenate(row_upper),
        kept,
        start,
        over_row,
        under_row,
        scale,
        problem.n_aux,
    )


def _largest(matrix: sp.csr_array) -> FloatArray:
    """Return the largest absolute value of each row, 0 where it has none."""
    return abs(matrix).max(axis=1).toarray().ravel() if matrix.nnz else np.zeros(matrix.shape[0])


def row_room(problem: Problem) -> FloatArray:
    """Return by how much limits may be exceeded, a hair less than the checker allows; shape (rows,).

    Only rows of amounts have room: what counts whole customers, or ties variables together, holds exactly.
    """
    of_amounts = [np.full(block.count, block.kind in ("capacity", "budget")) for block in problem.blocks]
    return 0.99 * np.where(np.concatenate([np.zeros(0, dtype=bool), *of_amounts]), problem.rows.tolerance, 0.0)


def _row(values: FloatArray) -> sp.csr_array:
    return sp.csr_array(values[None, :])
