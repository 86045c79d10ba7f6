"""Shortlist: the same problem with only some of its candidates, where a search has fewer to try."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

import numpy as np

from models.org import BoolArray, IntArray
from models.problem import Problem


@dataclass(frozen=True)
class Shortlist:
    """A smaller problem, and where its candidates stand in the whole one."""

    problem: Problem
    kept: IntArray

    def widened(self, choice: IntArray) -> IntArray:
        """Return a choice of the smaller problem in positions of the whole one."""
        return self.kept[choice]

    def narrowed(self, choice: IntArray) -> IntArray:
        """Return a choice of the whole problem in positions of the smaller one; all of it must have been kept."""
        return np.searchsorted(self.kept, choice)


def shortlist(problem: Problem, keep: BoolArray) -> Shortlist:
    """Keep the flagged candidates; every unit must have one."""
    kept = np.flatnonzero(keep)
    start = np.r_[0, np.cumsum(np.bincount(problem.unit[kept], minlength=problem.n_units))]
    # one place more than candidates: the last one is that of a unit's missing stay
    place = np.full(problem.n_candidates + 1, -1, dtype=np.int64)
    place[kept] = np.arange(len(kept))
    blocks = []
    rep = problem.rep[kept]
    for block in problem.blocks:
        row, candidate, value = block.listed
        inside = place[candidate] >= 0
        books = tuple(dataclasses.replace(book, start=start, rep=rep) for book in block.books)
        listed = row[inside], place[candidate[inside]], value[inside]
        blocks.append(dataclasses.replace(block, books=books, listed=listed))
    stay = place[problem.stay]
    costs = {goal: cost[kept] for goal, cost in problem.costs.items()}
    smaller = Problem(start, rep, problem.n_reps, costs, tuple(blocks), problem.n_aux, problem.stages, stay)
    return Shortlist(smaller, kept)
