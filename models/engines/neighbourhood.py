"""Neighbourhoods: the books of a few related reps solved anew as one mixed-integer program, the rest left as it is.

(Large neighbourhood search, Shaw 1998, doi:10.1007/3-540-49481-2_30; the reps of a neighbourhood have many candidates
in common.) Several neighbourhoods that share no unit are solved at the same time; which ones, and in what order
their plans are taken, depends on the seed alone.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial

import numpy as np

from models.cores import cores
from models.engines.blocks import groups
from models.engines.ground import related
from models.engines.incumbent import Incumbent
from models.engines.mip import Effort, SolverFailed, solve_program
from models.engines.parts import part_of
from models.engines.program import Cap, StageTask, program
from models.org import BoolArray, IntArray
from models.problem import NONE
from models.valuation import evaluate

AT_ONCE = 4
NODES = 300
SECONDS = 20.0
LEAST_SECONDS = 0.5
CANDIDATES = 700


@dataclass(frozen=True)
class Rounds:
    """How many rounds of neighbourhoods to solve, and how many candidates each may have."""

    count: int
    candidates: int = CANDIDATES


class Neighbourhoods:
    """Improves an incumbent, round after round.

    Parameters
    ----------
    keep
        Candidates that may be chosen, shape (candidates,).
    """

    def __init__(self, best: Incumbent, keep: BoolArray, seed: int) -> None:
        self.best, self.keep = best, keep
        self.random = np.random.default_rng(seed)
        problem = best.task.problem
        _, self.links = related(problem)
        owned = problem.rep[keep]
        per_rep = np.bincount(owned[owned >= 0], minlength=problem.n_reps)
        # a candidate is in a neighbourhood only where its unit is, too
        self.weight = np.maximum(per_rep, 1) / 2.0

    def run(
        self,
        rounds: Rounds,
        seconds_left: Callable[[], float | None],
        ended: Callable[[], bool],
        report: Callable[[], None] = lambda: None,
        busy: int = 0,
    ) -> None:
        """Solve rounds of neighbourhoods.

        Parameters
        ----------
        seconds_left
            Seconds that may still be used; None without a limit.
        ended
            Tells whether to stop before the next round.
        report
            Called after each round.
        busy
            Cores that something else needs.
        """
        best = self.best
        with ThreadPoolExecutor(max_workers=max(1, cores() - busy)) as pool:
            for _ in range(rounds.count):
                left = seconds_left()
                if best.choice is None or ended() or (left is not None and left < LEAST_SECONDS):
                    return
                blocks = self._blocks(rounds.candidates)
                some = self.random.permutation(len(blocks))[:AT_ONCE]
                seeds = self.random.integers(1, 2**31, size=len(some))
                limit = None if left is None else min(left, SECONDS)
                solve = partial(self._solved, best.choice, limit)
                for units, chosen in pool.map(solve, [blocks[at] for at in some], seeds.tolist()):
                    if len(units):
                        changed = best.choice.copy()
                        changed[units] = chosen
                        best.offer(changed)
                report()

    def _blocks(self, size: int) -> list[IntArray]:
        from models.engines.block_kernels import grow_blocks

        links, n = self.links, self.best.task.problem.n_reps
        seed, order = int(self.random.integers(1, 2**31)), self.random.permutation(n)
        block = grow_blocks(seed, order, links.indptr, links.indices, links.data, self.weight, float(size))
        return groups(np.unique(block, return_inverse=True)[1].astype(np.int64))

    def _solved(self, choice: IntArray, seconds: float | None, reps: IntArray, seed: int) -> tuple[IntArray, IntArray]:
        """Solve one neighbourhood; return its units and their new candidates, none where nothing better was found."""
        task, problem = self.best.task, self.best.task.problem
        inside = np.zeros(problem.n_reps + 1, dtype=bool)
        inside[reps] = True
        inside[-1] = True
        owner = problem.rep[choice]
        units = np.flatnonzero(inside[owner])
        allowed = self.keep & inside[problem.rep]
        allowed[choice] = True
        units = units[np.add.reduceat(allowed.astype(np.int64), problem.start[:-1])[units] > 1]
        if not len(units):
            return NONE, NONE
        others = np.ones(problem.n_units, dtype=bool)
        others[units] = False
        part = part_of(problem, units, allowed, problem.rows.activity(choice, others))
        now = part.narrowed(choice)
        here, whole = evaluate(part.problem, now), evaluate(problem, choice)
        caps = tuple(
            Cap(cap.weights, cap.limit - whole.value(cap.weights) + here.value(cap.weights)) for cap in task.caps
        )
        written = program(StageTask(part.problem, task.weights, caps))
        effort = Effort(seconds=seconds, nodes=NODES, seed=seed)
        try:
            answer = solve_program(written, "highs", effort, written.hint(part.problem, now))
        except SolverFailed:
            return NONE, NONE
        return (NONE, NONE) if answer.values is None else (units, part.widened(written.choice(answer.values)))
