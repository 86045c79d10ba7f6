"""Local search: annealing by shifts, swaps and ejection chains, in blocks of related reps, with exact deltas.

At each step the reps are cut anew into blocks that have many candidates in common; units change hands within a block
only, so that all blocks are annealed at the same time. How many blocks there are, what each may use of the limits that
they share, and their seeds depend on the problem and the step alone, so that the result is the same on any number of
cores.
"""

from __future__ import annotations

import dataclasses
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import scipy.sparse as sp

from models.engines.dual import cores
from models.engines.program import StageTask
from models.org import BoolArray, FloatArray, IntArray
from models.problem import Listed, Problem, Valuation, evaluate
from models.stop import Stop

STEPS = 100
COLD_STEPS = 4
COOLING = 0.1
UNITS_PER_BLOCK = 2_500
ALONE = 2_000
"""Up to this many units the org is one block, and chains of different seeds share the cores."""
CHAINS = 2
HARDER = 1.15
NO_PART = 2**40
"""Sharers of a row among whom one gets no part of what is left to its limits."""


class Pace:
    """Lets a search cool within a share of the seconds that are left.

    Attributes
    ----------
    hurried : bool
        True once fewer proposals were allowed than planned: the result then depends on the machine.
    """

    def __init__(self, stop: Stop, share: float) -> None:
        self._stop, self._began = stop, stop.seconds_used
        self._budget = np.inf if stop.seconds_left is None else stop.seconds_left * share
        self._first: tuple[float, float] | None = None
        self.hurried = False

    def allowed(self, made: float, steps_left: int, planned: float) -> float:
        """Return how many proposals a unit gets per step, given how many it has had and how many steps are left.

        The speed is measured from the end of the first step, in which compiled code may have had to be loaded.
        """
        used = self._stop.seconds_used
        left = max(self._budget - (used - self._began), 0.0)
        if self._first is None:
            self._first = used, made
            return planned if left > 0 else 0.0
        speed = (made - self._first[1]) / max(used - self._first[0], 1e-9)
        allowed = speed * left / max(steps_left, 1)
        if allowed >= planned or not steps_left:
            return planned
        self.hurried = True
        return allowed


@dataclass(frozen=True)
class Effort:
    """How much a search tries.

    Attributes
    ----------
    per_unit : float
        Proposals per unit, all steps together.
    heat : float
        Where annealing begins, relative to the typical difference between two candidates of a unit.
    """

    per_unit: float
    heat: float = 0.3


def greedy(task: StageTask, cost: FloatArray | None = None) -> IntArray:
    """Return the cheapest candidate of each unit, today's owner first among equals; rows are not looked at.

    ``cost`` (shape (candidates,)) stands for the goals' own cost, such as one with the rows priced in.
    """
    problem = task.problem
    if cost is None:
        cost = problem.candidate_cost(task.weights)
    least = np.minimum.reduceat(cost, problem.start[:-1])
    ties = np.flatnonzero(cost == np.repeat(least, np.diff(problem.start)))
    unit = np.searchsorted(problem.start, ties, side="right") - 1
    first = np.r_[True, unit[1:] != unit[:-1]]
    choice = ties[first].copy()
    stays = problem.stay >= 0
    stays[stays] = cost[problem.stay[stays]] == least[stays]
    choice[stays] = problem.stay[stays]
    return choice


def search(
    task: StageTask,
    first: IntArray,
    effort: Effort,
    *,
    seed: int = 1,
    chains: int = CHAINS,
    ended: Callable[[], bool] = lambda: False,
    pace: Pace | None = None,
    prices: FloatArray | None = None,
    report: Callable[[IntArray], None] | None = None,
) -> IntArray:
    """Improve a choice; return the best one found, which breaks hard rows or caps only if no better was found.

    Parameters
    ----------
    first
        One candidate per unit, shape (units,).
    seed
        The same seed gives the same result as long as ``pace`` does not hurry and nobody ends it.
    chains
        Runs of different seeds, side by side, while the org is small enough to be one block.
    ended
        Tells whether to end early, with the best choice so far.
    pace
        With a time limit, lets the search cool in time; None makes all proposals that were planned.
    prices
        Points per unit of each row, shape (rows,), by which hard rows are charged at first.
    report
        Called with the best choice so far after each step.
    """
    ground = _Ground(task, prices)
    flag = np.zeros(1, dtype=np.int64)
    threading.Thread(target=_watch, args=(ended, flag), daemon=True).start()
    try:
        if task.problem.n_units > ALONE:
            return _Chain(ground, first, seed, flag).run(effort, pace, report)
        runs = [_Chain(ground, first, seed + 7919 * which, flag) for which in range(chains)]
        with ThreadPoolExecutor(max_workers=min(cores(), chains)) as pool:
            found = list(pool.map(lambda chain: chain.run(effort, pace, report), runs))
        return min([first, *found], key=lambda choice: _rank(task, evaluate(task.problem, choice)))
    finally:
        flag[0] = max(flag[0], 2)


def _watch(ended: Callable[[], bool], flag: IntArray) -> None:
    pause = threading.Event()
    while flag[0] == 0:
        if ended():
            flag[0] = 1
        pause.wait(0.05)


class _Ground:
    """A stage laid out for the compiled search."""

    def __init__(self, task: StageTask, prices: FloatArray | None) -> None:
        problem, rows = task.problem, task.problem.rows
        self.task, self.problem = task, problem
        self.start = problem.start
        self.rep = problem.rep.astype(np.int32)
        self.cost = problem.candidate_cost(task.weights)
        self.cap_cost = np.array([problem.candidate_cost(cap.weights) for cap in task.caps]).reshape(
            len(task.caps), problem.n_candidates
        )
        self.balance = task.weights.get("balance", 0.0)
        self.cap_balance = np.array([cap.weights.get("balance", 0.0) for cap in task.caps], dtype=float)
        self.cap_limit = np.array([cap.limit for cap in task.caps], dtype=float)
        self.row_of_book = np.ascontiguousarray(rows.row_of_book.T.astype(np.int32))
        self.amount = rows.amount
        self.listed, self.lower, self.upper = without_auxiliaries(problem)
        self.rows = dataclasses.replace(rows, listed=self.listed)
        self.hard = ~rows.soft
        self.typical = _typical_change(self.cost, problem)
        self.over, self.under = self._charges(prices)
        self.load, self.links = related(problem)

    def _charges(self, prices: FloatArray | None) -> tuple[FloatArray, FloatArray]:
        """Return points per unit outside each row: a hard row's typical coefficient costs some typical changes."""
        from models.engines.ascent import typical_coefficients

        rows = self.problem.rows
        coefficient = typical_coefficients(self.problem)
        price = 4.0 * self.typical / np.maximum(coefficient, 1e-6 * np.maximum(1.0, rows.scale))
        if prices is not None:
            price = np.maximum(price, 2.0 * np.abs(prices))
        over = np.where(self.hard, price, np.where(np.isfinite(rows.over_points), rows.over_points, 0.0))
        under = np.where(self.hard, price, np.where(np.isfinite(rows.under_points), rows.under_points, 0.0))
        return over, under


class _Chain:
    """One run of the search over a ground that others may share."""

    def __init__(self, ground: _Ground, first: IntArray, seed: int, flag: IntArray) -> None:
        self.ground, self.flag = ground, flag
        self.random = np.random.default_rng(seed)
        self.chosen = first.copy()
        self.over, self.under = ground.over.copy(), ground.under.copy()
        self.cap_penalty = np.full(len(ground.cap_limit), 10.0)
        self.best, self.best_rank = first, _rank(ground.task, evaluate(ground.problem, first))

    def run(self, effort: Effort, pace: Pace | None, report: Callable[[IntArray], None] | None) -> IntArray:
        ground = self.ground
        blocks = max(1, round(ground.problem.n_units / UNITS_PER_BLOCK)) if ground.problem.n_units > ALONE else 1
        heats = effort.heat * ground.typical * np.geomspace(1.0, COOLING, STEPS - COLD_STEPS + 1)
        heats = np.r_[heats, np.zeros(COLD_STEPS)]
        planned = tries = effort.per_unit / STEPS
        made = 0.0
        with ThreadPoolExecutor(max_workers=cores() if blocks > 1 else 1) as pool:
            for step in range(STEPS):
                self._step(pool, blocks, heats[step], heats[step + 1], tries)
                if report is not None:
                    report(self.best)
                if self.flag[0] != 0:
                    break
                made += tries
                if pace is not None:
                    tries = pace.allowed(made, STEPS - step - 1, planned)
                    if tries < 1e-3 * planned:
                        break
        return self.best

    def _step(self, pool: ThreadPoolExecutor, blocks: int, hottest: float, coolest: float, tries: float) -> None:
        from models.engines.annealing_kernels import anneal

        ground = self.ground
        block_of = self._blocks(blocks)
        activity = ground.rows.activity(self.chosen)
        sharers = self._sharers(block_of)
        reps_of = groups(block_of[:-1])
        local = np.full((len(reps_of), len(block_of)), -1, dtype=np.int32)
        for b, reps in enumerate(reps_of):
            local[b, reps] = np.arange(len(reps))
            local[b, -1] = len(reps)
        units_of = self._units(block_of, len(reps_of))
        whose = self._turns(units_of) if len(reps_of) > 1 else None
        cap_room = self._cap_room() / len(reps_of)
        seeds = self.random.integers(1, 2**31, size=len(reps_of))

        def one(b: int) -> None:
            anneal(
                seeds[b],
                units_of[b],
                reps_of[b],
                local[b],
                ground.start,
                ground.rep,
                ground.cost,
                ground.cap_cost,
                ground.row_of_book,
                ground.amount,
                ground.listed.start,
                ground.listed.candidate,
                ground.listed.row,
                ground.listed.value,
                activity,
                ground.lower,
                ground.upper,
                self.over,
                self.under,
                ground.hard,
                sharers if whose is None else np.where(whose < 0, sharers, np.where(whose == b, 1, NO_PART)),
                ground.balance,
                ground.cap_balance,
                cap_room,
                self.cap_penalty,
                self.chosen,
                hottest,
                coolest,
                tries,
                self.flag,
            )

        largest_first = np.argsort([-len(units) for units in units_of], kind="stable")
        list(pool.map(one, largest_first.tolist()))
        self._look()

    def _blocks(self, wanted: int) -> IntArray:
        """Cut the reps into about ``wanted`` blocks; return the block of each rep and, last, -1 for the pool."""
        from models.engines.annealing_kernels import grow_blocks

        ground = self.ground
        n = ground.problem.n_reps
        if wanted == 1:
            return np.asarray(np.r_[np.zeros(n, dtype=np.int64), -1])
        links = ground.links
        seed, order = int(self.random.integers(1, 2**31)), self.random.permutation(n)
        target = ground.load.sum() / wanted
        block = grow_blocks(seed, order, links.indptr, links.indices, links.data, ground.load, target)
        return np.asarray(np.r_[np.unique(block, return_inverse=True)[1].astype(np.int64), -1])

    def _units(self, block_of: IntArray, count: int) -> list[IntArray]:
        """Return the units of each block by today's choice; a pooled unit goes with one of its candidates' reps."""
        ground = self.ground
        block = block_of[ground.rep[self.chosen]]
        pooled = np.flatnonzero(block < 0)
        if len(pooled):
            width = np.diff(ground.start)[pooled]
            other = ground.start[pooled] + (self.random.random(len(pooled)) * width).astype(np.int64)
            block[pooled] = np.maximum(block_of[ground.rep[other]], 0)
        return groups(block, count)

    def _sharers(self, block_of: IntArray) -> IntArray:
        """Return how many blocks may change each row in this step."""
        ground = self.ground
        count = int(block_of.max()) + 1
        if count <= 1:
            return np.ones(len(ground.lower), dtype=np.int64)
        rows, blocks = [], []
        for row_of_rep in ground.row_of_book.T:
            inside = row_of_rep[:-1] >= 0
            rows.append(row_of_rep[:-1][inside].astype(np.int64))
            blocks.append(block_of[:-1][inside])
        listed = ground.listed
        for rep in (ground.rep[self.chosen][listed.unit], ground.rep[listed.candidate]):
            # a row is changed where a unit leaves a listed candidate or takes it
            rows.append(listed.row)
            blocks.append(np.maximum(block_of[rep], 0))
        pairs = np.unique(np.concatenate(rows) * count + np.concatenate(blocks))
        return np.bincount(pairs // count, minlength=len(ground.lower))

    def _turns(self, units_of: list[IntArray]) -> IntArray | None:
        """Return which block may change each row of one value, -1 elsewhere, shape (rows,); None without such rows.

        Parts of what such a row lacks (5: both roles in a team, or neither) are of no use: one block mends it, that of
        one of its units. Rows of the same units have the same.
        """
        ground = self.ground
        tied, listed = ground.lower == ground.upper, ground.listed
        entries = np.flatnonzero(tied[listed.row])
        if not len(entries):
            return None
        block = np.zeros(ground.problem.n_units, dtype=np.int64)
        for b, units in enumerate(units_of):
            block[units] = b
        order = self.random.permutation(ground.problem.n_units)
        whose = np.full(len(tied), -1, dtype=np.int64)
        last = np.full(len(tied), -1, dtype=np.int64)
        np.maximum.at(last, listed.row[entries], order[listed.unit[entries]])
        at = np.flatnonzero(last >= 0)
        whose[at] = block[np.argsort(order)[last[at]]]
        return whose

    def _cap_room(self) -> FloatArray:
        ground, task = self.ground, self.ground.task
        if not task.caps:
            return np.zeros(0)
        valuation = evaluate(ground.problem, self.chosen)
        now = np.array([valuation.value(cap.weights) for cap in task.caps])
        return np.asarray(ground.cap_limit - now)

    def _look(self) -> None:
        """Keep the choice when it is the best so far; what stays broken becomes dearer."""
        ground, task = self.ground, self.ground.task
        valuation = evaluate(ground.problem, self.chosen)
        rank = _rank(task, valuation)
        if rank < self.best_rank:
            self.best, self.best_rank = self.chosen.copy(), rank
        broken = valuation.excess > 0
        self.over[broken] *= HARDER
        self.under[broken] *= HARDER
        for q, cap in enumerate(task.caps):
            if valuation.value(cap.weights) > cap.limit + cap.tolerance:
                self.cap_penalty[q] *= HARDER


def groups(group: IntArray, count: int | None = None) -> list[IntArray]:
    """Return the positions of each group, ascending."""
    order = np.argsort(group, kind="stable")
    edges = np.searchsorted(group[order], np.arange((int(group.max()) + 1 if count is None else count) + 1))
    return [order[a:b] for a, b in pairwise(edges)]


def _rank(task: StageTask, valuation: Valuation) -> tuple[bool, float]:
    allowed = task.allows(valuation)
    if allowed:
        return False, valuation.value(task.weights)
    broken = float((valuation.excess / np.maximum(1.0, task.problem.rows.scale)).sum())
    for cap in task.caps:
        broken += max(valuation.value(cap.weights) - cap.limit, 0.0) / max(1.0, abs(cap.limit))
    return True, broken


def related(problem: Problem) -> tuple[FloatArray, sp.csr_array]:
    """Return each rep's share of the units, and how many units two reps could both own."""
    unit = np.repeat(np.arange(problem.n_units), np.diff(problem.start))
    owned = problem.rep >= 0
    unit, rep = unit[owned], problem.rep[owned]
    could = sp.csr_array((np.ones(len(rep), dtype=np.float32), (unit, rep)), shape=(problem.n_units, problem.n_reps))
    width = np.maximum(np.bincount(unit, minlength=problem.n_units), 1)
    load = np.bincount(rep, 1.0 / width[unit], minlength=problem.n_reps).astype(float)
    links = sp.csr_array((could.T @ could).astype(float))
    links.setdiag(0.0)
    links.eliminate_zeros()
    links.sort_indices()
    return load, links


def without_auxiliaries(problem: Problem) -> tuple[Listed, FloatArray, FloatArray]:
    """Return listed coefficients, lower and upper limits with each auxiliary as the sum of the events that define it.

    A customer that moves in two roles is then counted twice: upper limits are never weaker than the true ones.
    """
    rows, listed = problem.rows, problem.rows.listed
    if not problem.n_aux:
        return listed, rows.lower, rows.upper
    coefficients = rows.aux.tocsr()
    defining = np.flatnonzero(coefficients.min(axis=1).toarray().ravel() < 0)
    uses = coefficients.copy()
    uses.data = np.maximum(uses.data, 0.0)
    events = coefficients[defining]
    shape = (rows.count, problem.n_candidates)
    single = sp.csr_array(sp.coo_array((listed.value, (listed.row, listed.candidate)), shape=shape))
    lower, upper = rows.lower.copy(), rows.upper + uses @ (-events.T @ rows.upper[defining])
    spread = sp.coo_array(single + uses @ (-events.T @ single[defining]))
    keep = ~np.isin(spread.row, defining)
    order = np.lexsort((spread.row[keep], spread.col[keep]))
    row, candidate, value = (part[keep][order] for part in (spread.row, spread.col, spread.data))
    unit = np.searchsorted(problem.start, candidate, side="right") - 1
    lower[defining], upper[defining] = -np.inf, np.inf
    start = np.searchsorted(unit, np.arange(problem.n_units + 1))
    found = Listed(start, unit, candidate.astype(np.int64), row.astype(np.int64), value.astype(float))
    return found, lower, upper


def _typical_change(cost: FloatArray, problem: Problem) -> float:
    """Return the typical difference between two candidates of a unit, in points."""
    if not problem.n_units:
        return 1.0
    best = np.minimum.reduceat(cost, problem.start[:-1])
    spread = cost - np.repeat(best, np.diff(problem.start))
    positive: BoolArray = spread > 0
    return float(np.median(spread[positive])) if positive.any() else 1.0
