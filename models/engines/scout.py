"""The scout: searches shortlists of promising candidates, and finds out how wide they should be."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from models.engines.elastic import Hardness
from models.engines.incumbent import Incumbent
from models.engines.pace import KEPT, Effort, Pace
from models.engines.prices import Prices
from models.engines.program import StageTask
from models.engines.search import CHAINS, greedy, search
from models.engines.shortlist import shortlist
from models.org import BoolArray, IntArray
from models.stop import Stop
from models.valuation import evaluate

# candidates a unit
SHORTLISTS, LONGER_SHORTLISTS = (1.3, 1.6, 2.0, 2.5, 3.0, 4.0), (8.0, 25.0)
WARM_SHORTLIST = 2.0
PATIENCE = 2  # shortlists that lead to nothing better before wider ones are left untried
EXPLORING, EXPLORING_SHARE, FINAL_SHARE = 0.25, 0.15, 0.75
REHEATED, REHEATING, REHEATING_HEAT = 20, 0.1, 0.05
"""How often a plan is annealed again from little heat, the part of the usual work each takes, and that heat."""
REHEATED_SHORTLIST = 4.0
PROPOSALS = 150_000_000
LEAST_PER_UNIT = 1_000
WARM_HEAT = 0.05
LEAST_SECONDS = 0.2
SEEDS_APART = 104_729


def per_unit(units: int, most: float) -> float:
    """Return how many proposals a unit gets in a search of usual length."""
    return float(np.clip(PROPOSALS / max(units, 1), LEAST_PER_UNIT, most))


@dataclass
class Scout:
    """Searches for one stage.

    Attributes
    ----------
    most_per_unit : float
        Proposals a unit gets at most in one search.
    share : float
        The part of the remaining seconds that all searching may use, relative to the shares of single searches.
    length : float
        The shortlist that was best so far, in candidates a unit.
    hurried : bool
        Whether a search had to be quicker than planned, by the clock.
    searches : int
        How many there have been: each has a seed of its own.
    """

    task: StageTask
    best: Incumbent
    prices: Prices | None
    stop: Stop
    seed: int
    report: Callable[[str], None]
    most_per_unit: float
    share: float = 1.0
    length: float = 4.0
    hurried: bool = False
    searches: int = 0

    def explore(self, hardness: Hardness, over: Callable[[], bool]) -> None:
        """Search shortlists from narrow to wide, and remember the best.

        How wide a list should be depends on how often one customer weighs on a book, and on how tight the hard rows
        are: large books want hardly more than one candidate a unit, small and tight ones several.
        """
        worse, value, last = 0, np.inf, None
        for length in (*SHORTLISTS, *LONGER_SHORTLISTS):
            if length > SHORTLISTS[-1] and (self.best.choice is not None or hardness.impossible):
                return
            last = self.search(length, self.effort(EXPLORING), share=EXPLORING_SHARE, last=last)
            found = evaluate(self.task.problem, last)
            reached = found.value(self.task.weights) if self.task.allows(found) else np.inf
            if reached < value:
                worse, value, self.length = 0, reached, length
            elif np.isfinite(value):
                worse += 1
            if over() or worse == PATIENCE:
                return

    def settle(
        self,
        over: Callable[[], bool],
        share: float = FINAL_SHARE,
        beside: Incumbent | None = None,
        per_unit: float | None = None,
    ) -> None:
        """Improve the best choice: heat it a little and let it cool, again and again.

        Where there is none yet, the best shortlist is searched at length first. ``per_unit`` are the proposals of the
        usual work instead of those of a first search.
        """
        best = self.best if beside is None else beside
        if best.choice is None:
            self.search(self.length, self.effort(1.0), share=share)
        effort = self.effort(REHEATING, REHEATING_HEAT)
        if per_unit is not None:
            effort = Effort(REHEATING * self.stop.effort * per_unit, REHEATING_HEAT)
        left = self.stop.seconds_left
        kept = 0.0 if left is None else (1.0 - share) * left
        for _ in range(REHEATED):
            if best.choice is None or over():
                return
            left = self.stop.seconds_left
            if left is not None and left <= kept + LEAST_SECONDS:
                return
            self.search(
                max(self.length, REHEATED_SHORTLIST),
                effort,
                best.choice,
                share=1.0 if left is None else (1.0 - kept / left) / self.share,
                ended=over,
                beside=beside,
            )

    def again(self, hoped: IntArray, over: Callable[[], bool]) -> None:
        """Begin from an earlier run's choice, -1 where it has none.

        It is kept as far as it is still the cheapest at today's prices. Measured: from there the search finds more
        than from the whole of the earlier choice, which it leaves only with difficulty where the prices have moved.
        """
        prices = self.prices
        cheapest = greedy(self.task, None if prices is None else prices.reduced)
        self.best.offer(np.where(hoped >= 0, hoped, cheapest))
        still = hoped >= 0
        if prices is not None:
            still[still] = prices.reduced[hoped[still]] <= 0
        first = np.where(still, hoped, cheapest)
        self.best.offer(first)
        if not over():
            self.search(WARM_SHORTLIST, self.effort(1.0, WARM_HEAT), first, share=FINAL_SHARE)

    def search(
        self,
        length: float,
        effort: Effort,
        first: IntArray | None = None,
        *,
        share: float,
        last: IntArray | None = None,
        ended: Callable[[], bool] = lambda: False,
        beside: Incumbent | None = None,
    ) -> IntArray:
        """Search the shortlist with ``length`` candidates a unit; return what was found, allowed or not.

        Parameters
        ----------
        first
            Where to begin; the cheapest at the prices when None.
        share
            The part of the remaining seconds that may be used.
        last
            What a narrower list led to: its candidates are kept.
        beside
            The incumbent to improve instead of the stage's, on a single core.
        """
        self.report("searching")
        self.searches += 1
        task, best, prices = self.task, self.best if beside is None else beside, self.prices
        keep = self.short(length)
        for one in (first, last, best.choice):
            if one is not None:
                keep[one] = True
        short = shortlist(task.problem, keep)
        small = StageTask(short.problem, task.weights, task.caps)
        if first is not None:
            begin = short.narrowed(first)
        else:
            begin = greedy(small, None if prices is None else prices.reduced[short.kept])
        pace = None if self.stop.seconds_left is None else Pace(self.stop, share * self.share, KEPT)
        found = search(
            small,
            begin,
            effort,
            seed=self.seed + SEEDS_APART * self.searches,
            chains=CHAINS if beside is None else 1,
            ended=lambda: self.stop.interrupted.is_set() or ended(),
            pace=pace,
            prices=None if prices is None else prices.rows,
            reduced=None if prices is None else prices.reduced[short.kept],
            report=lambda _: self.report("searching"),
        )
        self.hurried |= pace is not None and pace.hurried
        found = short.widened(found)
        best.offer(found)
        return found

    def short(self, length: float) -> BoolArray:
        """Flag the candidates of least reduced cost, ``length`` a unit on average, shape (candidates,)."""
        problem, prices = self.task.problem, self.prices
        most = int(length * problem.n_units)
        if prices is None or most >= problem.n_candidates:
            return np.ones(problem.n_candidates, dtype=bool)
        return np.asarray(prices.reduced <= np.partition(prices.reduced, most)[most])

    def effort(self, part: float, heat: float | None = None) -> Effort:
        """Return a part of the usual effort."""
        tries = part * self.stop.effort * per_unit(self.task.problem.n_units, self.most_per_unit)
        return Effort(tries) if heat is None else Effort(tries, heat)
