"""A few books opened: some customers of related reps may change hands, all others stay where the plan has them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from models.engines.parts import Part, part_of
from models.engines.program import Cap, StageTask
from models.engines.shortlist import shortlist
from models.engines.stage import Beginning, StageOutcome, solve_stage
from models.engines.stages import Staged, solve_stages
from models.org import BoolArray, FloatArray, IntArray
from models.problem import Problem
from models.stop import Stop
from models.valuation import evaluate

MOST_REPS = 8


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

    @property
    def all_of_them(self) -> BoolArray:
        """Every candidate of the part, pins or not."""
        return np.ones(self.part.problem.n_candidates, dtype=bool)

    @cached_property
    def elsewhere(self) -> tuple[float, ...]:
        """What all outside the part adds to each stage's value, in points."""
        return tuple(self.others_add(stage.weights) for stage in self.problem.stages)

    def others_add(self, weights: Mapping[str, float]) -> float:
        """Return what all outside the part adds to weighted goals, in points."""
        whole = evaluate(self.problem, self.choice).value(weights)
        return whole - evaluate(self.part.problem, self.part.narrowed(self.choice)).value(weights)

    def solved(self, keep: BoolArray, ceilings: tuple[Cap, ...], stop: Stop, seed: int) -> Staged:
        """Solve the part with some of its candidates; choices are of the flagged candidates by themselves."""
        short = shortlist(self.part.problem, keep)
        mine = tuple(Cap(cap.weights, cap.limit - self.others_add(cap.weights), cap.name) for cap in ceilings)

        def solve(at: int, caps: tuple[Cap, ...], choice: IntArray | None) -> StageOutcome:
            task = StageTask(short.problem, short.problem.stages[at].weights, caps)
            return solve_stage(task, "highs", stop, seed, _silent, Beginning(choice))

        return solve_stages(short.problem.stages, mine, solve, self.elsewhere)

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


def _silent(doing: str, objective: float | None, bound: float | None) -> None:
    """Tell nobody."""
