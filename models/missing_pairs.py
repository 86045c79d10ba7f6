"""MissingPairs: what all pairs that a policy allows say to the prices of a working problem, and which of them it lacks.

The Lagrangian bound of the whole is taken at the working problem's prices, part by part, and pairs that are cheaper
than what their unit has are added to it, until both bounds meet (column generation; Dantzig and Wolfe 1960,
doi:10.1287/opre.8.1.101).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from models.engines.dual import Dual
from models.engines.program import StageTask
from models.formulation.build import Formulation
from models.formulation.pairs import Pairs
from models.formulation.whole import Part
from models.org import FloatArray, IntArray

MOST_NEW = 8
"""Pairs that a unit gets at most in one round."""
STRICTLY = 2e-9
"""By how much a pair must be cheaper than the unit's best to be looked at, relative."""


@dataclass(frozen=True)
class MissingPairs:
    """The bound of the whole at some prices, and pairs that the working problem lacks.

    Attributes
    ----------
    bound : float
        What the prices prove for the whole, points.
    unit, rep : int arrays, shape (pairs,)
        Pairs that are not in the working problem, sorted by unit and rep.
    reduced : float array, shape (pairs,)
        Their priced costs above the least of the unit in the working problem: below 0 where they are cheaper.
    """

    bound: float
    unit: IntArray
    rep: IntArray
    reduced: FloatArray

    def cheaper(self) -> tuple[IntArray, IntArray]:
        """Return the pairs that are cheaper than all that their unit has."""
        some = self.reduced < 0
        return self.unit[some], self.rep[some]


def priced_out(
    formulation: Formulation, weights: Mapping[str, float], rows: FloatArray, limits: float, reach: float = 0.0
) -> MissingPairs:
    """Take the bound of the whole at the prices of a working problem.

    Parameters
    ----------
    weights
        Of the goals, earlier stages' times their multipliers included.
    rows : float array, shape (rows of the working problem,)
        The prices.
    limits
        What prices times limits add up to, points.
    reach
        Pairs that are dearer than the unit's best by up to this are listed, too, points.
    """
    problem, whole = formulation.problem, formulation.whole
    assert whole is not None
    nothing = np.zeros(0)
    with Dual(StageTask(problem, weights)) as dual:
        best, _ = dual.of_units(rows, nothing)
    limit = best + reach if reach > 0 else best - STRICTLY * np.maximum(1.0, np.abs(best))
    least = best.copy()
    variables = 0.0
    found: list[tuple[IntArray, IntArray, FloatArray]] = []
    held = Pairs(formulation.candidates.start, formulation.candidates.rep)
    for part in whole.parts(formulation.candidates, problem, weights, rows, limit):
        here = part.problem
        of_rows = np.where(part.row >= 0, np.append(rows, 0.0)[part.row], 0.0)
        if here.n_aux:
            variables += float(np.minimum(0.0, -(here.rows.aux.T @ of_rows)).sum())
        if here.n_candidates:
            found.append(_of_part(part, weights, of_rows, best, least, held, reach))
    nothing_found = np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64), np.zeros(0)
    unit, rep, reduced = (np.concatenate(part) for part in zip(nothing_found, *found, strict=True))
    order = np.lexsort((rep, unit))
    return MissingPairs(float(least.sum()) + variables + limits, unit[order], rep[order], reduced[order])


def _of_part(
    part: Part,
    weights: Mapping[str, float],
    rows: FloatArray,
    best: FloatArray,
    least: FloatArray,
    held: Pairs,
    reach: float,
) -> tuple[IntArray, IntArray, FloatArray]:
    """Lower ``least`` to what the part's units can have, and return what is worth having."""
    here, units = part.problem, part.units
    some = np.flatnonzero(np.diff(here.start) > 0)
    with Dual(StageTask(here, weights)) as dual:
        of_units, above = dual.of_units(rows, np.zeros(0))
    at, of_some = units[some], of_units[some]
    # where some pairs were left out, the unit's best may be among them
    least[at] = of_some if part.complete else np.minimum(least[at], of_some)
    unit = units[here.unit]
    reduced = above + of_units[here.unit] - best[unit]
    worth = np.flatnonzero(reduced <= (reach if reach > 0 else -STRICTLY * np.maximum(1.0, np.abs(best[unit]))))
    unit, rep, reduced = unit[worth], here.rep[worth], reduced[worth]
    new = ~held.find(unit, rep)[1]
    unit, rep, reduced = unit[new], rep[new], reduced[new]
    order = np.lexsort((reduced, unit))
    unit, rep, reduced = unit[order], rep[order], reduced[order]
    place = np.arange(len(unit)) - np.searchsorted(unit, unit)
    return unit[place < MOST_NEW], rep[place < MOST_NEW].astype(np.int64), reduced[place < MOST_NEW]
