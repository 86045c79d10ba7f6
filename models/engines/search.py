"""Local search: annealing by shifts, swaps and ejection chains, in blocks of related reps, with exact deltas.

At each step the reps are cut anew into blocks that have many candidates in common; units change hands within a block
only, so that all blocks are annealed at the same time. How many blocks there are, what each may use of the limits that
they share, and their seeds depend on the problem and the step alone, so that the result is the same on any number of
cores.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial

import numpy as np
import numpy.typing as npt

from models.cores import cores
from models.engines.blocks import cut_reps, groups, sharers, turns, units_of_blocks
from models.engines.ground import Ground
from models.engines.pace import Effort, Pace
from models.engines.program import StageTask
from models.org import FloatArray, IntArray
from models.valuation import Valuation, evaluate

STEPS = 100
COLD_STEPS = 4
COOLING = 0.1
UNITS_PER_BLOCK = 2_500
ALONE = 2_000
"""Up to this many units the org is one block, and chains of different seeds share the cores."""
CHAINS = 2
HARDER = 1.15
COMBINING_STEPS = 10
MOST_REPS, MOST_CHANGES = 4, 12
"""Combinations of so many changes among so many reps are tried."""
NOISE = 0.05
"""By how much the ranking of changes is disturbed, relative to the typical difference between two candidates."""
NO_PART = 2**40
"""Sharers of a row among whom one gets no part of what is left to its limits."""


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
    reduced: FloatArray | None = None,
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
    reduced
        Reduced cost of each candidate, shape (candidates,), by which changes are ranked; the costs alone when None.
    report
        Called with the best choice so far after each step.
    """
    ground = Ground(task, prices, reduced)
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


@dataclass(frozen=True)
class _Block:
    """Reps that exchange units among themselves in one step.

    ``sharers`` says how many blocks may change each row, ``cap_room`` by how many points this one may add to each cap.
    """

    seed: int
    units: IntArray
    reps: IntArray
    local_rep: npt.NDArray[np.int32]
    activity: FloatArray
    sharers: IntArray
    cap_room: FloatArray


class _Chain:
    """One run of the search over a ground that others may share."""

    def __init__(self, ground: Ground, first: IntArray, seed: int, flag: IntArray) -> None:
        self.ground, self.flag = ground, flag
        self.random = np.random.default_rng(seed)
        self.chosen = first.copy()
        self.over, self.under = ground.over.copy(), ground.under.copy()
        self.cap_penalty = np.full(len(ground.cap_limit), 10.0)
        self.best, self.best_rank = first, _rank(ground.task, evaluate(ground.problem, first))
        self.following = np.full(ground.problem.n_units, -1, dtype=np.int64)
        self.before = self.following.copy()

    def run(self, effort: Effort, pace: Pace | None, report: Callable[[IntArray], None] | None) -> IntArray:
        ground = self.ground
        blocks = max(1, round(ground.problem.n_units / UNITS_PER_BLOCK)) if ground.problem.n_units > ALONE else 1
        heats = effort.heat * ground.typical * np.geomspace(1.0, COOLING, STEPS - COLD_STEPS + 1)
        heats = np.r_[heats, np.zeros(COLD_STEPS)]
        planned = tries = effort.per_unit / STEPS
        made = 0.0
        with ThreadPoolExecutor(max_workers=cores() if blocks > 1 else 1) as pool:
            for step in range(STEPS):
                self._step(pool, blocks, partial(self._anneal, heats[step], heats[step + 1], tries))
                if report is not None:
                    report(self.best)
                if self.flag[0] != 0:
                    return self.best
                made += tries
                if pace is not None:
                    tries = pace.allowed(made, STEPS - step - 1, planned)
                    if tries < 1e-3 * planned:
                        break
            self._combined(pool, blocks, effort, pace, report)
        return self.best

    def _combined(
        self,
        pool: ThreadPoolExecutor,
        blocks: int,
        effort: Effort,
        pace: Pace | None,
        report: Callable[[IntArray], None] | None,
    ) -> None:
        """Improve the best choice by combinations of changes, which annealing is unlikely to hit upon."""
        problem = self.ground.problem
        planned = rounds = effort.rounds(problem.n_units, problem.n_reps) / COMBINING_STEPS
        made = 0.0
        self.chosen = self.best.copy()
        if pace is not None:
            pace.rest()
        for step in range(COMBINING_STEPS):
            self._step(pool, blocks, partial(self._combine, rounds))
            if report is not None:
                report(self.best)
            made += rounds
            if pace is not None:
                rounds = pace.allowed(made, COMBINING_STEPS - step - 1, planned)
            if self.flag[0] != 0 or rounds < 1e-3 * planned:
                return

    def _step(self, pool: ThreadPoolExecutor, blocks: int, work: Callable[[_Block], None]) -> None:
        """Cut the reps into blocks and let each be worked on."""
        ground = self.ground
        block_of = cut_reps(ground, self.random, blocks)
        activity = ground.events.activity(self.chosen)
        reps_of = groups(block_of[:-1])
        local = np.full((len(reps_of), len(block_of)), -1, dtype=np.int32)
        for b, reps in enumerate(reps_of):
            local[b, reps] = np.arange(len(reps))
            local[b, -1] = len(reps)
        units_of = units_of_blocks(ground, self.random, self.chosen, block_of, len(reps_of))
        whose = turns(ground, self.random, units_of) if len(reps_of) > 1 else None
        parts = sharers(ground, self.chosen, block_of, whose)
        cap_room = self._cap_room() / len(reps_of)
        seeds = self.random.integers(1, 2**31, size=len(reps_of))

        def one(b: int) -> None:
            mine = parts if whose is None else np.where(whose < 0, parts, np.where(whose == b, 1, NO_PART))
            work(_Block(int(seeds[b]), units_of[b], reps_of[b], local[b], activity, mine, cap_room))

        largest_first = np.argsort([-len(units) for units in units_of], kind="stable")
        list(pool.map(one, largest_first.tolist()))
        self._look()

    def _anneal(self, hottest: float, coolest: float, tries: float, block: _Block) -> None:
        from models.engines.annealing_kernels import anneal

        ground, once = self.ground, self.ground.events.uses
        anneal(
            block.seed,
            block.units,
            block.reps,
            block.local_rep,
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
            block.activity,
            ground.lower,
            ground.upper,
            self.over,
            self.under,
            ground.hard,
            block.sharers,
            ground.balance,
            ground.cap_balance,
            block.cap_room,
            self.cap_penalty,
            self.chosen,
            hottest,
            coolest,
            tries,
            self.flag,
            ground.plain,
            once.indptr,
            once.indices,
            once.data,
        )

    def _combine(self, rounds: float, block: _Block) -> None:
        from models.engines.combination_kernels import combine

        ground, once = self.ground, self.ground.events.uses
        combine(
            block.seed,
            max(1, round(rounds * len(block.reps))),
            MOST_REPS,
            MOST_CHANGES,
            NOISE * ground.typical,
            block.units,
            block.reps,
            block.local_rep,
            ground.start,
            ground.rep,
            ground.cost,
            ground.reduced,
            ground.cap_cost,
            ground.row_of_book,
            ground.amount,
            ground.listed.start,
            ground.listed.candidate,
            ground.listed.row,
            ground.listed.value,
            block.activity,
            ground.lower,
            ground.upper,
            self.over,
            self.under,
            ground.hard,
            block.sharers,
            ground.balance,
            ground.cap_balance,
            block.cap_room,
            self.cap_penalty,
            self.chosen,
            self.following,
            self.before,
            self.flag,
            once.indptr,
            once.indices,
            once.data,
        )

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
        broken = np.flatnonzero(valuation.excess > 0)
        self.over[broken] *= HARDER
        self.under[broken] *= HARDER
        for q, cap in enumerate(task.caps):
            if valuation.value(cap.weights) > cap.limit + cap.tolerance:
                self.cap_penalty[q] *= HARDER


def _rank(task: StageTask, valuation: Valuation) -> tuple[bool, float]:
    allowed = task.allows(valuation)
    if allowed:
        return False, valuation.value(task.weights)
    broken = float((valuation.excess / np.maximum(1.0, task.problem.rows.scale)).sum())
    for cap in task.caps:
        broken += max(valuation.value(cap.weights) - cap.limit, 0.0) / max(1.0, abs(cap.limit))
    return True, broken
