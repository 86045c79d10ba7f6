"""A few books opened: some customers of related reps may change hands, all others stay where the plan has them.

Which customers are worth opening is found by searching: from the plan with the pins in force, several times among all
customers of these reps. What the searches change, and what is cheapest to change by prices, is then solved exactly.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from models.engines.pace import Effort
from models.engines.parts import Part, part_of
from models.engines.prices import Prices
from models.engines.program import Cap, StageTask
from models.engines.search import search
from models.engines.shortlist import shortlist
from models.engines.stage import Beginning, StageOutcome, solve_stage
from models.engines.stages import Staged, solve_stages
from models.org import BoolArray, FloatArray, IntArray
from models.problem import Problem
from models.stop import Stop
from models.valuation import evaluate

MOST_REPS = 8
SEARCHES, PER_UNIT, HEAT = 3, 2_000.0, 0.1
MOST_CHANGES = 60
"""So many candidates beside those of the plan are solved exactly."""
EXACT_EFFORT = 0.1


@dataclass(frozen=True)
class Opened:
    """The part of a problem that may change.

    Attributes
    ----------
    problem : Problem
        The whole.
    choice : int array, shape (units,)
        The plan, which everything outside the part keeps.
    part : Part
    reps : int array
        The reps whose books are opened, ascending.
    pinned : bool array, shape (candidates of the part,)
        Candidates that the pins leave.
    """

    problem: Problem
    choice: IntArray
    part: Part
    reps: IntArray
    pinned: BoolArray

    @cached_property
    def planned(self) -> BoolArray:
        """Tell which candidates of the part are the plan, shape (candidates of the part,)."""
        planned = np.zeros(self.part.problem.n_candidates, dtype=bool)
        planned[self.part.narrowed(self.choice)] = True
        return planned

    @cached_property
    def elsewhere(self) -> tuple[float, ...]:
        """What all outside the part adds to each stage's value, in points."""
        return tuple(self.others_add(stage.weights) for stage in self.problem.stages)

    def others_add(self, weights: Mapping[str, float]) -> float:
        """Return what all outside the part adds to weighted goals, in points."""
        whole = evaluate(self.problem, self.choice).value(weights)
        return whole - evaluate(self.part.problem, self.part.narrowed(self.choice)).value(weights)

    def worth_solving(self, at: int, caps: tuple[Cap, ...], prices: Prices, seed: int) -> BoolArray:
        """Flag the candidates that may make a good plan with the pins, shape (candidates of the part,).

        ``at`` is the stage whose goals are searched, ``caps`` those of the whole.
        """
        problem = self.part.problem
        short = shortlist(problem, self.pinned)
        reduced = prices.reduced[self.part.candidates]
        task = StageTask(short.problem, problem.stages[at].weights, self._within(caps))
        now = np.where(self.planned & self.pinned, -1.0, reduced)[short.kept]
        first = np.flatnonzero(now == np.minimum.reduceat(now, short.problem.start[:-1])[short.problem.unit])
        first = first[np.searchsorted(short.problem.unit[first], np.arange(problem.n_units))]
        rows = prices.rows[self.part.rows]
        votes = np.zeros(problem.n_candidates)
        best = np.inf
        for which in range(SEARCHES):
            found = search(
                task,
                first,
                Effort(PER_UNIT, HEAT),
                seed=seed + which,
                chains=1,
                prices=rows,
                reduced=reduced[short.kept],
            )
            valuation = evaluate(short.problem, found)
            value = valuation.value(task.weights) if task.allows(valuation) else np.inf
            votes[short.widened(found)] += 1.0 if value >= best else SEARCHES
            best = min(best, value)
        regret = reduced - reduced[self.planned][problem.unit]
        least = regret.min()
        votes += np.exp(-(regret - least))  # among equals, the cheapest
        votes[self.planned] = -1.0
        keep = self.planned.copy()
        keep[np.argsort(-votes, kind="stable")[:MOST_CHANGES]] = True
        torn = np.isin(problem.unit, problem.unit[~self.pinned])
        return np.asarray(keep | torn)

    def _within(self, caps: tuple[Cap, ...]) -> tuple[Cap, ...]:
        """Return caps of the whole as those of the part."""
        return tuple(Cap(cap.weights, cap.limit - self.others_add(cap.weights), cap.name) for cap in caps)

    def solved(self, keep: BoolArray, ceilings: tuple[Cap, ...], stop: Stop, seed: int) -> Staged:
        """Solve the part with some of its candidates; choices are of the flagged candidates by themselves."""
        short = shortlist(self.part.problem, keep)
        rule = stop.with_effort(EXACT_EFFORT)

        def solve(at: int, caps: tuple[Cap, ...], choice: IntArray | None) -> StageOutcome:
            task = StageTask(short.problem, short.problem.stages[at].weights, caps)
            return solve_stage(task, "highs", rule, seed, silent, Beginning(choice))

        return solve_stages(short.problem.stages, self._within(ceilings), solve, self.elsewhere)

    def widened(self, keep: BoolArray, choice: IntArray) -> IntArray:
        """Return the whole plan for a choice of the flagged candidates of the part."""
        whole = self.choice.copy()
        whole[self.part.units] = self.part.widened(np.flatnonzero(keep)[choice])
        return whole


def open_books(
    problem: Problem, choice: IntArray, reduced: FloatArray, keep: BoolArray, units: IntArray, size: int
) -> Opened:
    """Open the books that a change of some units touches.

    Parameters
    ----------
    choice
        The plan: one candidate per unit.
    reduced
        Priced cost of each candidate above the least of its unit, points, shape (candidates,).
    keep
        Candidates that pins leave, shape (candidates,).
    units
        The pinned units.
    size
        About how many candidates the part has beside those of the plan: the ones that cost least by prices.
    """
    regret = reduced - reduced[choice][problem.unit]
    owner = problem.rep[choice]
    opened = np.zeros(problem.n_reps + 1, dtype=bool)  # the last is the pool, which is always open
    opened[-1] = True
    mine = np.flatnonzero(np.isin(problem.unit, units))
    opened[owner[units]] = True
    for unit in units:
        allowed = mine[(problem.unit[mine] == unit) & keep[mine]]
        opened[problem.rep[allowed[np.argmin(reduced[allowed])]]] = True
    unlike = np.flatnonzero(regret > 0)
    typical = float(np.median(regret[unlike])) if len(unlike) else 1.0
    giver, taker = owner[problem.unit], problem.rep
    swap = (giver != taker) & (giver >= 0) & (taker >= 0)
    likely = np.where(swap, np.exp(-np.maximum(regret, 0.0) / typical), 0.0)
    while opened[:-1].sum() < min(MOST_REPS, problem.n_reps):
        out, in_ = opened[giver] & ~opened[taker] & swap, ~opened[giver] & opened[taker] & swap
        ties = np.zeros(problem.n_reps)
        ties += np.bincount(taker[out], likely[out], minlength=problem.n_reps)
        ties += np.bincount(giver[in_], likely[in_], minlength=problem.n_reps)
        if ties.max(initial=0.0) <= 0:
            break
        opened[int(np.argmax(ties))] = True
    inside = opened[giver] & opened[taker] & (giver != taker)
    inside[mine] = False
    candidates = np.flatnonzero(inside)
    candidates = candidates[np.argsort(regret[candidates], kind="stable")[:size]]
    kept = np.zeros(problem.n_candidates, dtype=bool)
    kept[candidates] = True
    kept[mine] = opened[taker[mine]]
    free = np.union1d(problem.unit[candidates], units)
    kept[choice[free]] = True
    others = np.ones(problem.n_units, dtype=bool)
    others[free] = False
    part = part_of(problem, free, kept, problem.rows.activity(choice, others))
    reps = np.unique(np.concatenate([owner[free], problem.rep[part.candidates]]))
    return Opened(problem, choice, part, reps[reps >= 0], keep[part.candidates])


def silent(doing: str, objective: float | None, bound: float | None) -> None:
    """Tell nobody."""
