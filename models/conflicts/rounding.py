"""Rounding: large programs through their linear relaxation, which leaves few units undecided."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from models.engines.mip import Answer, Effort, solve_program
from models.engines.program import Program
from models.org import IntArray

LARGE_COLUMNS = 1_000
"""Programs with more columns than this go through their relaxation."""
NODES = 20
WHOLE = 1 - 1e-6


def relaxed(program: Program, seconds: float | None) -> Answer:
    """Solve the linear relaxation: ``infeasible`` is a proof for the program, too."""
    return solve_program(program, "glop", Effort(seconds=seconds), relaxed=True)


def rounded(program: Program, unit: IntArray, seconds: float | None) -> Answer:
    """Solve a program near its linear relaxation.

    A vertex of the relaxation splits at most as many units as there are tight rows. Those that it does not split stay
    as they are, and a small program decides the others. The bound is that of the relaxation.

    Parameters
    ----------
    unit : int array, shape (candidates of the program,)
        The unit of each of the first columns.
    """
    first = relaxed(program, seconds)
    if first.values is None:
        return first
    n = len(unit)
    value = first.values
    taken = value[:n] > WHOLE
    decided = np.zeros(int(unit.max(initial=-1)) + 1, dtype=bool)
    decided[unit[taken]] = True
    columns = np.r_[np.flatnonzero(taken | ~decided[unit]), np.arange(n, len(program.cost))]
    smaller = replace(
        program,
        cost=program.cost[columns],
        upper=program.upper[columns],
        integer=program.integer[columns],
        matrix=program.matrix[:, columns],
    )
    found = solve_program(smaller, "highs", Effort(seconds=seconds, nodes=NODES))
    if found.values is None:
        return Answer("unknown", None, first.bound)
    values = np.zeros(len(program.cost))
    values[columns] = found.values
    best = float(program.cost @ values)
    close = best - first.bound <= 1e-6 * max(1.0, abs(best))
    return Answer("optimal" if close else "feasible", values, first.bound)
