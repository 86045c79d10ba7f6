"""What is undecided of a trial: the program that is left once everything that decides itself is out of the way."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import scipy.sparse as sp

from models.conflicts.terrain import ALWAYS, Terrain
from models.engines.program import Program
from models.org import BoolArray, FloatArray, IntArray

ROUNDS = 4
TINY = 1e-9


@dataclass(frozen=True)
class Undecided:
    """What is left of a trial.

    Attributes
    ----------
    program : Program or None
        None where nothing is left to decide.
    open : int array
        Candidates of the terrain that the program's first columns stand for.
    settled : int array
        Candidates that suit every limit at least as well as any other of their unit.
    limits : int
        Rows of the program beside those that give each unit one owner.
    """

    program: Program | None
    open: IntArray
    settled: IntArray
    limits: int = 0


class _Rows:
    """The rows that hold, over the candidates that are allowed, with limits that move as units are settled."""

    def __init__(self, terrain: Terrain, whole: Program, active: frozenset[int]) -> None:
        members = np.array(sorted(active), dtype=np.int64)

        def off(of: IntArray) -> BoolArray:
            return np.asarray((of != ALWAYS) & ~np.isin(of, members))

        first, last = whole.first_row, whole.first_row + len(terrain.lower_of)
        lower, upper = whole.row_lower.copy(), whole.row_upper.copy()
        lower[first:last][off(terrain.lower_of)] = -np.inf
        upper[first:last][off(terrain.upper_of)] = np.inf
        upper[last:][off(terrain.cap_of)] = np.inf
        rows = first + np.flatnonzero(np.isfinite(lower[first:]) | np.isfinite(upper[first:]))
        self.lower, self.upper = lower[rows], upper[rows]
        matrix = whole.matrix[rows]
        n = terrain.problem.n_candidates
        self.coupling = sp.csc_array(matrix[:, :n])
        self.others = sp.csr_array(matrix[:, n:])
        self.unit = terrain.problem.unit
        self.bounds = whole.upper[n:]

    def ranges(self, columns: IntArray) -> tuple[FloatArray, FloatArray]:
        """Return the least and the most that units can bring to each row with some candidates, one each."""
        part = sp.coo_array(self.coupling[:, columns])
        count = len(self.lower)
        least, most = np.zeros(count), np.zeros(count)
        if not part.nnz:
            return least, most
        unit = self.unit[columns]
        width = np.bincount(unit)
        key = part.row.astype(np.int64) * len(width) + unit[part.col]
        order = np.argsort(key, kind="stable")
        key, value = key[order], part.data[order]
        edges = np.flatnonzero(np.diff(key, prepend=-1))
        low, high = np.minimum.reduceat(value, edges), np.maximum.reduceat(value, edges)
        some = np.diff(np.r_[edges, len(key)]) < width[key[edges] % len(width)]
        low, high = np.where(some, np.minimum(low, 0.0), low), np.where(some, np.maximum(high, 0.0), high)
        row = key[edges] // len(width)
        return np.bincount(row, low, count).astype(float), np.bincount(row, high, count).astype(float)

    def take(self, columns: IntArray) -> None:
        """Settle units on some candidates."""
        brought = np.asarray(self.coupling[:, columns].sum(axis=1)).ravel()
        self.lower, self.upper = self.lower - brought, self.upper - brought

    def leave_open(self, columns: IntArray) -> None:
        """Let the units of some candidates bring to each row whatever suits it, or nothing."""
        least, most = self.ranges(columns)
        self.lower, self.upper = self.lower - np.maximum(most, 0.0), self.upper - np.minimum(least, 0.0)

    def relax(self, columns: IntArray) -> bool:
        """Drop limits that cannot be broken any more; False where one cannot be kept."""
        least, most = self.ranges(columns)
        low, high = self._of_others()
        least, most = least + low, most + high
        if (least > self.upper + TINY).any() or (most < self.lower - TINY).any():
            return False
        self.upper = np.where(most <= self.upper, np.inf, self.upper)
        self.lower = np.where(least >= self.lower, -np.inf, self.lower)
        return True

    def _of_others(self) -> tuple[FloatArray, FloatArray]:
        part = sp.coo_array(self.others)
        count = len(self.lower)
        free = np.isinf(self.bounds[part.col])
        bound = np.where(free, 1.0, self.bounds[part.col])
        low = np.bincount(part.row, np.minimum(part.data * bound, 0.0), count).astype(float)
        high = np.bincount(part.row, np.maximum(part.data * bound, 0.0), count).astype(float)
        low[part.row[free & (part.data < 0)]] = -np.inf
        high[part.row[free & (part.data > 0)]] = np.inf
        return low, high

    def best(self, columns: IntArray, cost: FloatArray | None) -> IntArray:
        """Return candidates that suit every row, and the cost, at least as well as any other of their unit."""
        part = sp.coo_array(self.coupling[:, columns])
        up, low = np.isfinite(self.upper)[part.row], np.isfinite(self.lower)[part.row]
        harms = np.zeros(len(columns), dtype=bool)
        helps = np.zeros(len(columns), dtype=bool)
        harms[part.col[((part.data > 0) & up) | ((part.data < 0) & low)]] = True
        helps[part.col[((part.data < 0) & up) | ((part.data > 0) & low)]] = True
        if cost is not None:
            harms |= cost[columns] > 0
            helps |= cost[columns] < 0
        unit = self.unit[columns]
        helpers = np.bincount(unit, helps, int(unit.max(initial=0)) + 1)
        good = ~harms & (helpers[unit] == helps)
        found = columns[good]
        return np.asarray(found[np.unique(self.unit[found], return_index=True)[1]])


def undecided(
    terrain: Terrain,
    whole: Program,
    keep: BoolArray,
    active: frozenset[int],
    matters: BoolArray,
    cost: FloatArray | None = None,
) -> Undecided | None:
    """Cut what a trial has to decide out of the whole program; None where some row cannot be kept by any choice.

    Parameters
    ----------
    keep : bool array, shape (candidates,)
        Candidates that are allowed.
    active
        Members that hold.
    matters : bool array, shape (units,)
        Units that must have one owner; others bring to each row what suits it, or nothing.
    cost : float array, shape (columns of the whole,), or None
        What to make small.
    """
    rows = _Rows(terrain, whole, active)
    unit = terrain.problem.unit
    left = np.flatnonzero(keep & matters[unit])
    if not matters.all():
        rows.leave_open(np.flatnonzero(keep & ~matters[unit]))
    settled: list[IntArray] = []
    for _ in range(ROUNDS):
        if not rows.relax(left):
            return None
        taken = rows.best(left, cost)
        if not len(taken):
            break
        rows.take(taken)
        settled.append(taken)
        done = np.zeros(terrain.units.count, dtype=bool)
        done[unit[taken]] = True
        left = left[~done[unit[left]]]
    chosen = np.concatenate([np.zeros(0, dtype=np.int64), *settled])
    holds = np.isfinite(rows.lower) | np.isfinite(rows.upper)
    if not len(left) and not holds.any():
        return Undecided(None, left, chosen)
    return Undecided(_program(whole, rows, left, holds, cost), left, chosen, int(holds.sum()))


def _program(whole: Program, rows: _Rows, left: IntArray, holds: BoolArray, cost: FloatArray | None) -> Program:
    n = rows.coupling.shape[1]
    columns = np.r_[left, np.arange(n, len(whole.cost))]
    units, place = np.unique(rows.unit[left], return_inverse=True)
    assign = sp.csr_array((np.ones(len(left)), (place, np.arange(len(left)))), shape=(len(units), len(columns)))
    coupling = sp.hstack([rows.coupling[:, left], rows.others])
    matrix = sp.csr_array(sp.vstack([assign, sp.csr_array(coupling)[np.flatnonzero(holds)]]))
    return replace(
        whole,
        cost=np.zeros(len(columns)) if cost is None else cost[columns],
        upper=whole.upper[columns],
        integer=whole.integer[columns],
        matrix=matrix,
        row_lower=np.r_[np.ones(len(units)), rows.lower[holds]],
        row_upper=np.r_[np.ones(len(units)), rows.upper[holds]],
        kept=left,
    )
