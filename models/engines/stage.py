"""One stage solved: which engines look at it, in which order, and what they prove together."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np

from models.engines.dives import BLOCKS, Dives
from models.engines.elastic import Hardness
from models.engines.incumbent import Incumbent
from models.engines.neighbourhood import CANDIDATES, Neighbourhoods, Rounds
from models.engines.pace import Effort
from models.engines.packing import Packing, worth_packing
from models.engines.prices import Prices, climb, find_prices, price
from models.engines.program import StageTask
from models.engines.scout import Scout
from models.engines.tree import NAMES, TreeSolver, branch_and_bound, solve_core, worth_keeping
from models.org import IntArray
from models.plan import is_optimal
from models.stop import Stop

EngineName = Literal["auto", "highs", "scip", "cpsat", "cbc"]
Proof = Literal["thorough", "alone", "none"]
ENGINES: tuple[EngineName, ...] = ("auto", "highs", "scip", "cpsat", "cbc")

# Measured crossovers (benchmarks/RESULTS.md): up to TINY candidates HiGHS is done before a search has begun; up to
# DIRECT its own heuristics are better than a start from the search; beyond TREE its root no longer pays for itself;
# beyond NEIGHBOURHOODS the search alone finds more in the same time.
TINY_CANDIDATES = 600
DIRECT_CANDIDATES = 6_000
TREE_CANDIDATES = 60_000
NEIGHBOURHOOD_CANDIDATES = 300_000
SHORTLIST_PER_UNIT = 4
FIRST_PER_UNIT, MOST_PER_UNIT = 4_000, 20_000
SHARE_BEFORE_TREE = 0.25
SECOND_HEAT = 0.3
WARM_EFFORT = 0.2
SWEEPS = 3
MOST_ROUNDS = 40
FIRST_BLOCKS = 150
# beside the tree
CORE_PER_UNIT, CORE_NODES, CORE_SHARE = 4, 300, 0.5
SMALL_NEIGHBOURHOOD = 400
BESIDE_ROUNDS, MOST_BESIDE = 12, 1_000_000
BESIDE_SHARE = 0.4


@dataclass(frozen=True)
class StageOutcome:
    """What the engines found in one stage.

    ``state`` is ``optimal``, ``feasible``, ``infeasible`` (proven by ``bound_by``) or ``unknown``.
    """

    state: Literal["optimal", "feasible", "infeasible", "unknown"]
    choice: IntArray | None
    value: float | None
    bound: float
    bound_by: str
    prices: Prices | None
    stopped_by: str
    engine: str
    reason: str


@dataclass(frozen=True)
class Beginning:
    """Where a stage may begin.

    Attributes
    ----------
    choice : int array, shape (units,), or None
        One candidate per unit that keeps every row and cap, of an earlier stage.
    hoped : int array, shape (units,), or None
        One candidate per unit, of an earlier run, or -1; rows need not hold.
    prices : Prices or None
        Multipliers of an earlier run, not to be trusted but to begin with.
    gap : float or None
        The gap (a fraction) that the earlier run ended with: as good is good enough.
    settled : bool
        The multipliers are the final ones, and their bound is one of the whole: nothing is climbed.
    proof : str
        Where a search finds the plan: ``thorough``, a tree proves how good it is while searches go on beside it;
        ``alone``, the tree has one core and nothing is beside it; ``none``, the bound is that of the prices.
    """

    choice: IntArray | None = None
    hoped: IntArray | None = None
    prices: Prices | None = None
    gap: float | None = None
    settled: bool = False
    proof: Proof = "thorough"


Report = Callable[[str, float | None, float | None], None]


def solve_stage(
    task: StageTask, engine: EngineName, stop: Stop, seed: int, report: Report, start: Beginning | None = None
) -> StageOutcome:
    """Minimise one stage.

    Parameters
    ----------
    start
        Where to begin; from nothing when None.
    report
        Called with what is being done, the best objective and the best bound so far.
    """
    return _Stage(task, engine, stop, seed, report, Beginning() if start is None else start).solved()


class _Stage:
    def __init__(
        self, task: StageTask, engine: EngineName, stop: Stop, seed: int, report: Report, start: Beginning
    ) -> None:
        self.task, self.engine, self.seed, self.start = task, engine, seed, start
        self.stop = stop if start.gap is None else dataclasses.replace(stop, gap=max(stop.gap, start.gap))
        self.size = task.problem.n_candidates
        self.best = Incumbent(task, start.choice)
        self.tell = report
        self.prices: Prices | None = None
        self.dives: Dives | None = None
        self.searched = engine == "auto" and self.size > TINY_CANDIDATES
        if start.hoped is not None:
            self.stop = dataclasses.replace(self.stop, effort=WARM_EFFORT * self.stop.effort)

    @cached_property
    def scout(self) -> Scout:
        """Searches, once the prices are known."""
        proved = self.size <= TREE_CANDIDATES or self.packing is not None
        return Scout(
            self.task,
            self.best,
            self.prices,
            self.stop,
            self.seed,
            self.report,
            most_per_unit=FIRST_PER_UNIT if proved else MOST_PER_UNIT,
            share=SHARE_BEFORE_TREE if proved else 1.0,
        )

    @cached_property
    def packing(self) -> Packing | None:
        """The stage as books to pack, where it is that and packing pays."""
        return worth_packing(self.task) if self.searched and self.size <= NEIGHBOURHOOD_CANDIDATES else None

    @cached_property
    def hardness(self) -> Hardness:
        """What the hard rows allow by themselves."""
        return Hardness(self.task, self.stop, self.seed, self.report)

    def report(self, doing: str) -> None:
        self.tell(doing, self.best.value, self.best.bound if np.isfinite(self.best.bound) else None)

    @property
    def over(self) -> bool:
        """Whether to stop now: asked to, out of time, or as good as wanted."""
        return self.stop.reason is not None or self.best.proven(self.stop.gap)

    def solved(self) -> StageOutcome:
        best, stop = self.best, self.stop
        self.report("pricing")
        self._price()
        if self.searched and not self.over:
            self._search()
        if self.packing is not None and not self.over and (best.choice is not None or not self.hardness.impossible):
            self._pack(self.packing)
        proof: Literal["infeasible"] | None = None
        if self.searched and best.choice is None and stop.reason is None:
            proof = self._without_plan()
        if proof is None and not self.over and self._wants_tree:
            proof = self._prove()
        elif proof is None and not self.over and self.dives is not None and best.choice is not None:
            self._repack(self.dives)
        elif proof is None and not self.over and self.size <= NEIGHBOURHOOD_CANDIDATES:
            self._neighbourhoods(Rounds(self._rounds()))
        return self._outcome(proof)

    def _outcome(self, proof: Literal["infeasible"] | None) -> StageOutcome:
        best, stop, reason = self.best, self.stop, _reason(self.engine, self.size, self.dives is not None)
        named = self.engine, reason
        if proof is not None and best.choice is None:
            return StageOutcome("infeasible", None, None, np.inf, best.bound_by, self.prices, "proof", *named)
        out_of_time = "time limit" if self.scout.hurried else "work"
        stopped_by = stop.reason or ("gap" if best.proven(stop.gap) else out_of_time)
        if best.choice is None or best.value is None:
            return StageOutcome("unknown", None, None, best.bound, best.bound_by, self.prices, stopped_by, *named)
        # the solver's own tolerance may put a proven bound a hair above the value
        bound = min(best.bound, best.value)
        optimal = is_optimal(best.value, bound)
        state: Literal["optimal", "feasible"] = "optimal" if optimal else "feasible"
        stopped_by = "proof" if optimal else stopped_by
        return StageOutcome(state, best.choice, best.value, bound, best.bound_by, self.prices, stopped_by, *named)

    # ---- pricing -------------------------------------------------------------------------------------------

    def _price(self) -> None:
        problem, given = self.task.problem, self.start.prices
        if given is not None and self.start.settled:
            # a part of the whole gets them without a bound
            self.prices = given if np.isfinite(given.bound) else price(self.task, given.rows, given.caps)
        elif given is not None and self.size > TREE_CANDIDATES and problem.rows.count:
            self.prices = climb(self.task, lambda: self.stop.reason is not None, given)
        else:
            seconds = None if self.stop.seconds_left is None else 0.3 * self.stop.seconds_left
            self.prices = find_prices(self.task, seconds, lambda: self.stop.reason is not None)
        if self.prices is not None:
            self.best.prove(self.prices.bound, "prices")

    # ---- search --------------------------------------------------------------------------------------------

    def _search(self) -> None:
        if self.start.hoped is not None:
            self.scout.again(self.start.hoped, lambda: self.over)
            if self.best.choice is not None:
                return
        self.scout.explore(self.hardness, lambda: self.over)
        if self.size > TREE_CANDIDATES and not self.over and self.packing is None:
            self.scout.settle(lambda: self.over)

    # ---- packing -------------------------------------------------------------------------------------------

    def _pack(self, packing: Packing) -> None:
        """Pack book by book, which proves more than the prices and leads to better plans where limits are tight."""
        if self.prices is None:
            return
        doing = "packing books"
        self.report(doing)
        first = self.stop.part(SHARE_BEFORE_TREE)
        over = _either(lambda: self.over, lambda: first.reason is not None)
        self.dives = Dives(self.best, packing, self.prices, self.seed, over, lambda: self.report(doing))
        self.dives.climb()
        if not over():
            self.dives.plans()
        if not over():
            self.dives.neighbourhoods(max(1, int(FIRST_BLOCKS * self.stop.effort)))
        self.dives.ended = lambda: self.over

    def _repack(self, dives: Dives, beside: Incumbent | None = None) -> None:
        """Pack a few books anew until the work or the time is used up."""
        blocks = MOST_BESIDE if self.stop.seconds_left is not None else max(1, int(BLOCKS * self.stop.effort))
        dives.neighbourhoods(blocks, beside, busy=0 if beside is None else 1)

    def _without_plan(self) -> Literal["infeasible"] | None:
        """Prove that no plan keeps every hard row and cap, or find one by looking at nothing else."""
        if self.hardness.impossible:
            self.best.bound_by = "prices"
            return "infeasible"
        if self.size > TREE_CANDIDATES and self.best.offer(self.hardness.searched()):
            self.scout.settle(lambda: self.over)
        return None

    # ---- neighbourhoods and trees --------------------------------------------------------------------------

    @property
    def _wants_tree(self) -> bool:
        """Whether a tree may still prove something: a packed stage only where little is left to look at."""
        if self.searched and self.start.proof == "none":
            return False
        if self.engine != "auto" or self.dives is None or self.best.choice is None:
            return self.engine != "auto" or self.size <= TREE_CANDIDATES
        keep = worth_keeping(self.best, self.prices)
        return keep is None or int(keep.sum()) <= DIRECT_CANDIDATES

    def _rounds(self) -> int:
        keep = SHORTLIST_PER_UNIT * self.task.problem.n_units
        return int(np.clip(SWEEPS * self.stop.effort * keep / 2_800, 1, MOST_ROUNDS))

    def _neighbourhoods(
        self, rounds: Rounds, ended: Callable[[], bool] = lambda: False, beside: Incumbent | None = None
    ) -> None:
        best, stop = self.best if beside is None else beside, self.stop
        if best.choice is None or self.task.problem.n_units < 2:
            return
        self.report("improving neighbourhoods")
        keep = self.scout.short(2 * SHORTLIST_PER_UNIT)
        worth = worth_keeping(best, self.prices)
        if worth is not None:
            keep &= worth
        Neighbourhoods(best, keep, self.seed).run(
            rounds,
            lambda: stop.seconds_left,
            lambda: ended() or self.over,
            lambda: self.report("improving neighbourhoods"),
            busy=0 if beside is None else 1,
        )

    def _prove(self) -> Literal["infeasible"] | None:
        best = self.best
        solver: TreeSolver = "highs" if self.engine == "auto" else self.engine
        if not self.searched:
            self.report(f"proving with {NAMES[solver].split()[0]}")
            answer = branch_and_bound(best, solver, self.stop, self.seed)
        else:
            self.report("proving with HiGHS")
            beside = Incumbent(self.task, best.choice)
            answer = branch_and_bound(
                best,
                solver,
                self.stop,
                self.seed,
                keep=worth_keeping(best, self.prices),
                start_from_best=best.choice is not None and self.size > DIRECT_CANDIDATES,
                meanwhile=lambda ended: self._beside(beside, ended),
            )
            proven = answer is not None and answer.state == "optimal"
            if beside.choice is not None and not proven:
                best.offer(beside.choice)
        if answer is not None and answer.state == "infeasible" and best.choice is None:
            best.bound_by = NAMES[solver]
            return "infeasible"
        return None

    def _beside(self, beside: Incumbent, ended: Callable[[], bool]) -> None:
        """Improve the plan on the other cores while the tree proves; the tree does not hear of it."""
        if beside.choice is None or ended() or self.start.proof == "alone":
            return
        if self.dives is not None:
            self.dives.ended = _either(ended, lambda: self.over)
            self._repack(self.dives, beside)
            return
        effort = Effort(MOST_PER_UNIT * self.stop.effort, heat=SECOND_HEAT)
        self.scout.search(self.scout.length, effort, share=1.0, ended=ended, beside=beside)
        self.scout.settle(lambda: ended() or self.over, BESIDE_SHARE, beside, MOST_PER_UNIT)
        small = self.size <= DIRECT_CANDIDATES
        if small and not ended() and self.stop.reason is None:
            seconds = None if self.stop.seconds_left is None else CORE_SHARE * self.stop.seconds_left
            nodes = max(1, int(CORE_NODES * self.stop.effort)) if seconds is None else None
            found = solve_core(beside, self.scout.short(CORE_PER_UNIT), seconds, nodes, self.seed, ended)
            if found is not None:
                beside.offer(found)
        rounds = int(BESIDE_ROUNDS * self.stop.effort) if self.stop.seconds_left is None else MOST_BESIDE
        self._neighbourhoods(Rounds(max(1, rounds), SMALL_NEIGHBOURHOOD if small else CANDIDATES), ended, beside)


def _either(one: Callable[[], bool], other: Callable[[], bool]) -> Callable[[], bool]:
    return lambda: one() or other()


def _reason(engine: EngineName, size: int, packed: bool) -> str:
    if engine != "auto":
        return f"{engine} was asked for"
    if packed:
        return f"{size:,} candidates, a hard limit per book: knapsacks prove the bound, search and dives find the plan"
    if size <= TINY_CANDIDATES:
        return f"{size:,} candidates: HiGHS alone proves the optimum"
    if size <= TREE_CANDIDATES:
        return f"{size:,} candidates: prices, search and neighbourhoods find the plan, HiGHS proves how good it is"
    if size <= NEIGHBOURHOOD_CANDIDATES:
        return f"{size:,} candidates: prices prove the bound, search and neighbourhoods find the plan"
    return f"{size:,} candidates: prices prove the bound, search in the shortlist finds the plan"
