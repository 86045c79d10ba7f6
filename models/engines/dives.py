"""Dives: plans from books packed one by one, and neighbourhoods in which a few books are packed anew.

What units are worth is found by the volume algorithm (Barahona and Anbil 2000, doi:10.1007/s101070050002). A dive
places the units on which the books packed on the way agree, climbs on in what is left, and so on (diving heuristics:
Sadykov, Vanderbeck, Pessoa, Tahiri and Uchoa 2019, doi:10.1287/ijoc.2018.0822). Which dives are made, and in what order
their plans are taken, depends on the seed alone.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial

import numpy as np

from models.cores import cores
from models.engines.blocks import groups
from models.engines.ground import related, typical_change
from models.engines.incumbent import Incumbent
from models.engines.pace import Effort
from models.engines.packing import Packing
from models.engines.prices import Prices
from models.engines.program import StageTask
from models.engines.search import search
from models.engines.shortlist import shortlist
from models.org import FloatArray, IntArray
from models.problem import NONE

BY = "packing"
PER_UNIT, LEAST_PER_UNIT = 10, 4
SCALE = 0.003
"""How much a unit's value may hope to rise, in typical differences between two candidates."""
CLIMBS, ROUNDS, PART, SURE, NOISE = 400, 20, 0.05, 0.98, 0.05
PLANS, BLOCKS = 4, 600
BLOCK_UNITS = (30.0, 60.0, 120.0)
BLOCK_CLIMBS, BLOCK_ROUNDS, BLOCK_NOISE = 50, 10, 0.1
POLISH = Effort(2_000, 0.01)


@dataclass
class Dives:
    """Packs the books of one stage.

    Attributes
    ----------
    best : Incumbent
        Told of every plan, and of the bound that the packed books prove.
    ended : function
        Tells whether to stop, with the best plan so far.
    """

    best: Incumbent
    packing: Packing
    prices: Prices
    seed: int
    ended: Callable[[], bool]
    report: Callable[[], None] = lambda: None

    def __post_init__(self) -> None:
        problem = self.best.task.problem
        cost = problem.candidate_cost(self.best.task.weights)
        self.scale = SCALE * typical_change(self.best.task)
        # what a unit is worth is what its cheapest candidate costs with the rows priced in
        priced = cost - problem.rows.matrix.T @ self.prices.rows
        self.worth: FloatArray = np.minimum.reduceat(priced, problem.start[:-1])
        self.short = self._shortlist()
        self.share = np.full(len(self.short.unit), -1.0)
        self.random = np.random.default_rng(self.seed)

    def climb(self) -> None:
        """Find what units are worth, and prove what they show."""
        from models.engines.packing_kernels import climb

        short = self.short
        with self._watched() as flag:
            climb(
                self.worth,
                self.share,
                CLIMBS,
                self.scale,
                short.start,
                short.unit,
                short.cost,
                short.cells,
                short.room,
                flag,
            )
        self.best.prove(proven_by(self.packing, self.worth, cores()), BY)
        self.report()

    def plans(self, count: int = PLANS) -> None:
        """Dive from the whole, and polish what was found."""
        seeds = self.random.integers(1, 2**31, size=count).tolist()

        def one(which: int) -> IntArray:
            noise = NOISE if which else 0.0
            return self._dive(self.short, self.worth, self.share, ROUNDS, noise, seeds[which], flag)

        with self._watched() as flag, ThreadPoolExecutor(max_workers=min(cores(), count)) as pool:
            found = [self.short.candidate[entries] for entries in pool.map(one, range(count))]
        for choice in found:
            self.best.offer(choice)
            if self.ended():
                return
            self.best.offer(self._polished(choice))
            self.report()

    def neighbourhoods(self, blocks: int, best: Incumbent | None = None, busy: int = 0) -> None:
        """Pack a few books anew, again and again.

        Parameters
        ----------
        blocks
            How often at most.
        best
            The incumbent to improve instead of the stage's.
        busy
            Cores that something else needs.
        """
        from models.engines.block_kernels import grow_blocks

        best, problem = self.best if best is None else best, self.best.task.problem
        if best.choice is None:
            return
        _, links = related(problem)
        entry_at = np.full(problem.n_candidates, -1, dtype=np.int64)
        short = self._shortlist(best.choice)
        entry_at[short.candidate] = np.arange(len(short.candidate))
        now = entry_at[best.choice]
        turn = 0
        with self._watched() as flag, ThreadPoolExecutor(max_workers=max(1, cores() - busy)) as pool:
            while blocks > 0 and not self.ended():
                size = BLOCK_UNITS[turn % len(BLOCK_UNITS)]
                turn += 1
                held = np.bincount(short.rep[now], minlength=problem.n_reps + 1)[:-1]
                weight = np.maximum(held.astype(float), 0.5)
                seed, order = int(self.random.integers(1, 2**31)), self.random.permutation(problem.n_reps)
                block = grow_blocks(seed, order, links.indptr, links.indices, links.data, weight, size)
                cut = groups(np.unique(block, return_inverse=True)[1].astype(np.int64))[:blocks]
                blocks -= len(cut)
                seeds = self.random.integers(1, 2**31, size=len(cut)).tolist()

                found = list(pool.map(partial(self._packed_anew, short, now, flag), cut, seeds))
                now = now.copy()
                for units, entries in found:
                    now[units] = entries
                best.offer(short.candidate[now])
                self.report()

    def _packed_anew(
        self, short: Packing, now: IntArray, flag: IntArray, reps: IntArray, seed: int
    ) -> tuple[IntArray, IntArray]:
        """Pack the books of some reps anew; return their units and entries, none where that led to something worse."""
        from models.engines.packing_kernels import climb

        books = np.r_[reps, len(short.limit) - 1]
        inside = np.zeros(len(short.limit), dtype=bool)
        inside[books] = True
        mine = inside[short.rep[now]]
        units = np.flatnonzero(mine)
        if len(units) < 2:
            return NONE, NONE
        entries = np.flatnonzero(inside[short.rep] & mine[short.unit])
        part = short.part(entries, units, books)
        worth, share = self.worth[units], np.full(len(entries), -1.0)
        climb(worth, share, BLOCK_CLIMBS, self.scale, part.start, part.unit, part.cost, part.cells, part.room, flag)
        found = self._dive(part, worth, share, BLOCK_ROUNDS, BLOCK_NOISE, seed, flag)
        before = short.cost[now[units]].sum()
        worse = part.cost[found].sum() > before + 1e-9 * abs(before)
        return (NONE, NONE) if worse or not part.fits(found) else (units, entries[found])

    def _dive(
        self, part: Packing, worth: FloatArray, share: FloatArray, rounds: int, noise: float, seed: int, flag: IntArray
    ) -> IntArray:
        from models.engines.packing_kernels import dive

        return np.asarray(
            dive(
                seed,
                worth,
                share,
                rounds,
                PART,
                SURE,
                noise,
                self.scale,
                part.start,
                part.unit,
                part.rep,
                part.cost,
                part.load,
                part.cells,
                part.limit,
                part.cell,
                part.first,
                part.entry_of,
                flag,
            )
        )

    def _polished(self, choice: IntArray) -> IntArray:
        task = self.best.task
        keep = np.zeros(task.problem.n_candidates, dtype=bool)
        keep[self.short.candidate] = True
        keep[choice] = True
        short = shortlist(task.problem, keep)
        found = search(
            StageTask(short.problem, task.weights),
            short.narrowed(choice),
            POLISH,
            seed=self.seed,
            ended=self.ended,
            prices=self.prices.rows,
            reduced=self.prices.reduced[short.kept],
        )
        return short.widened(found)

    def _shortlist(self, choice: IntArray | None = None) -> Packing:
        """Return the entries that cost least at the prices, and those of a choice."""
        packing = self.packing
        reduced = self.prices.reduced[packing.candidate]
        # a unit's rank of each of its entries
        order = np.lexsort((reduced, packing.unit))
        rank = np.empty(len(order), dtype=np.int64)
        rank[order] = np.arange(len(order)) - packing.first[packing.unit[order]]
        keep = rank < LEAST_PER_UNIT
        most = PER_UNIT * packing.n_units
        keep |= reduced <= (np.partition(reduced, most)[most] if most < len(reduced) else np.inf)
        if choice is not None:
            chosen = np.zeros(self.best.task.problem.n_candidates, dtype=bool)
            chosen[choice] = True
            keep |= chosen[packing.candidate]
        books = np.arange(len(packing.limit))
        return packing.part(np.flatnonzero(keep), np.arange(packing.n_units), books)

    @contextmanager
    def _watched(self) -> Iterator[IntArray]:
        """Yield a flag that rises when it is time to end."""
        flag, done = np.zeros(1, dtype=np.int64), threading.Event()

        def watch() -> None:
            while not done.wait(0.05):
                if self.ended():
                    flag[0] = 1
                    return

        threading.Thread(target=watch, daemon=True).start()
        try:
            yield flag
        finally:
            done.set()


def proven_by(packing: Packing, worth: FloatArray, workers: int = 1) -> float:
    """Return the bound that values of the units prove, points: their sum, less what the best books are worth.

    Loads are whole numbers of cells, or rounded down on a fine grid, so that no plan is lost. Where every cost is a
    whole number, so is the objective of the best plan.

    Parameters
    ----------
    worth : float array, shape (units,), points
    """
    from models.engines.packing_kernels import relaxed

    def one(book: int) -> float:
        cells, room = packing.rounded_down(book)
        at = slice(packing.start[book], packing.start[book + 1])
        start, limit = np.array([0, at.stop - at.start]), np.array([room])
        return float(relaxed(worth, start, packing.unit[at], packing.cost[at], cells, limit, 0, 1))

    with ThreadPoolExecutor(max_workers=workers) as pool:
        bound = float(worth.sum()) - sum(pool.map(one, range(len(packing.limit))))
    bound -= 1e-9 * max(1.0, abs(bound), float(np.abs(worth).sum()))
    whole = bool((packing.cost == np.rint(packing.cost)).all()) and abs(bound) < 2.0**40
    return max(bound, float(np.ceil(bound - 1e-6))) if whole else bound
