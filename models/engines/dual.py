"""The Lagrangian dual of a stage: its value, exact or smoothed, over the units in parallel.

Units are cut into parts whose number depends on the problem alone, and the parts' sums are added in their order, so
that the result is the same on any number of cores.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TypeVar

import numpy as np

from models.cores import cores
from models.engines.pricing_kernels import least_priced, shares
from models.engines.program import StageTask
from models.org import FloatArray, IntArray

CANDIDATES_PER_PART = 60_000
MOST_PARTS = 32

_Result = TypeVar("_Result")


@dataclass(frozen=True)
class Smoothed:
    """The smoothed dual at some prices.

    Attributes
    ----------
    least : float
        Sum over the units of the smoothed minimum, points.
    shared_cost : float
        Priced cost of the units shared out among their candidates, points.
    activity : float array, shape (rows,)
        What the shares add up to in each row, auxiliaries left out.
    caps : float array, shape (caps,)
        What they add to the goals of caps, candidates' costs only.
    """

    least: float
    shared_cost: float
    activity: FloatArray
    caps: FloatArray


class Dual:
    """The candidates of a stage, laid out for pricing; use it in a ``with``, which ends its threads.

    Parameters
    ----------
    units
        Positions of the units to price, ascending; all when None. What they add up to is multiplied so that it
        stands for all of them.
    """

    def __init__(self, task: StageTask, units: IntArray | None = None) -> None:
        problem, rows = task.problem, task.problem.rows
        listed = rows.listed
        cost = problem.candidate_cost(task.weights)
        cap_cost = np.empty((len(task.caps), problem.n_candidates))
        for q, cap in enumerate(task.caps):
            cap_cost[q] = problem.candidate_cost(cap.weights)
        self.rows, self.multiple = rows, 1.0
        self.start, self.rep, self.cost, self.cap_cost = problem.start, problem.rep, cost, cap_cost
        self.amount = rows.amount
        self.listed = (listed.start, listed.candidate, listed.row, listed.value)
        if units is not None:
            self._take(units, problem.start, listed.start)
        self._book_rows = rows.row_of_book.T
        n = len(self.start) - 1
        parts = int(np.clip(len(self.rep) // CANDIDATES_PER_PART, 1, min(MOST_PARTS, max(n, 1))))
        self._edges = np.linspace(0, n, parts + 1).astype(np.int64)
        self._pool = ThreadPoolExecutor(max_workers=cores()) if parts > 1 else None

    def _take(self, units: IntArray, start: IntArray, listed_start: IntArray) -> None:
        candidate, self.start = _within(start, units)
        entry, of_units = _within(listed_start, units)
        place = np.zeros(len(self.rep), dtype=np.int64)
        place[candidate] = np.arange(len(candidate))
        self.multiple = (len(start) - 1) / max(len(units), 1)
        self.rep, self.cost = self.rep[candidate], self.cost[candidate]
        self.cap_cost, self.amount = np.ascontiguousarray(self.cap_cost[:, candidate]), self.amount[units]
        _, listed_candidate, row, value = self.listed
        self.listed = of_units, place[listed_candidate[entry]], row[entry], value[entry]

    def __enter__(self) -> Dual:
        return self

    def __exit__(self, *_: object) -> None:
        if self._pool is not None:
            self._pool.shutdown()

    def exact(self, y: FloatArray, caps: FloatArray) -> float:
        """Return the sum of the units' least priced costs."""
        return self._least(y, caps, np.zeros(0), np.zeros(0))

    def reduced(self, y: FloatArray, caps: FloatArray) -> tuple[float, FloatArray]:
        """Return the sum of the units' least priced costs, and by how much each candidate is above it."""
        reduced = np.empty(len(self.rep))
        return self._least(y, caps, reduced, np.zeros(0)), reduced

    def of_units(self, y: FloatArray, caps: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Return each unit's least priced cost, and by how much each candidate is above its unit's."""
        reduced, least = np.empty(len(self.rep)), np.empty(len(self.start) - 1)
        self._least(y, caps, reduced, least)
        return least, reduced

    def _least(self, y: FloatArray, caps: FloatArray, reduced: FloatArray, least: FloatArray) -> float:
        cost, price = self._priced(caps), self._book_price(y)

        def part(first: int, last: int) -> float:
            return float(
                least_priced(
                    first, last, self.start, self.rep, cost, self.amount, price, *self.listed, y, reduced, least
                )
            )

        return self.multiple * sum(self._each(part))

    def smoothed(self, y: FloatArray, caps: FloatArray, heat: float) -> Smoothed:
        """Return the smoothed minima and what the shares add up to, at prices ``y`` (rows,) and ``caps`` (caps,)."""
        cost, price = self._priced(caps), self._book_price(y)

        def part(first: int, last: int) -> tuple[float, float, FloatArray, FloatArray, FloatArray]:
            books, single, of_caps = np.zeros_like(price), np.zeros(len(y)), np.zeros(len(caps))
            value, shared = shares(
                first,
                last,
                self.start,
                self.rep,
                cost,
                self.amount,
                price,
                *self.listed,
                y,
                self.cap_cost,
                heat,
                books,
                single,
                of_caps,
            )
            return value, shared, books, single, of_caps

        least = shared = 0.0
        books, activity, of_caps = np.zeros_like(price), np.zeros(len(y)), np.zeros(len(caps))
        for one in self._each(part):
            least += one[0]
            shared += one[1]
            books += one[2]
            activity += one[3]
            of_caps += one[4]
        inside = self._book_rows >= 0
        activity += np.bincount(self._book_rows[inside], books[inside], minlength=len(y))
        multiple = self.multiple
        return Smoothed(multiple * least, multiple * shared, multiple * activity, multiple * of_caps)

    def _priced(self, caps: FloatArray) -> FloatArray:
        return self.cost + caps @ self.cap_cost if caps.any() else self.cost

    def _book_price(self, y: FloatArray) -> FloatArray:
        return np.ascontiguousarray(np.where(self._book_rows >= 0, y[self._book_rows], 0.0))

    def _each(self, part: Callable[[int, int], _Result]) -> Iterator[_Result]:
        if self._pool is None:
            return iter([part(0, len(self.start) - 1)])
        return self._pool.map(part, self._edges[:-1].tolist(), self._edges[1:].tolist())


def _within(start: IntArray, units: IntArray) -> tuple[IntArray, IntArray]:
    """Return the positions that stand at ``start[u]:start[u + 1]`` for each of ``units``, and where each begins."""
    count = np.diff(start)[units]
    edges = np.r_[0, np.cumsum(count)]
    return np.arange(edges[-1]) + np.repeat(start[units] - edges[:-1], count), edges
