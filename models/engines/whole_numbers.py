"""A program in whole numbers, for CP-SAT, which knows no others and would round amounts to whole points.

Every coefficient is multiplied by a factor of its row and rounded; limits are then widened by all that rounding can
change. So each solution of the program is one of its whole-number form, and a bound or a proof that there is none
carries over. Amounts over and under soft rows share one unit, a tiny fraction of a point, and so have the
coefficient 1 wherever they stand.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp

from models.engines.program import Program
from models.org import BoolArray, FloatArray, IntArray

LARGEST = 2.0**44
LARGEST_GIVEN = 2.0**31


@dataclass(frozen=True)
class WholeNumbers:
    """A program of whole numbers, and how its objective compares with that of the original.

    Attributes
    ----------
    factor : float
        Units of this program's objective per point.
    error : float
        By how much rounding may put the objective above the original's, in units.
    """

    program: Program
    factor: float
    error: float

    def bound(self, bound: float) -> float:
        """Return the lower bound of the original objective that a bound of this one proves."""
        return (bound - self.error) / self.factor

    def hint(self, values: FloatArray) -> FloatArray:
        """Return the values of all columns for a solution of the original program, shape (columns,)."""
        program = self.program
        whole = np.round(values)
        whole[program.amounts] = 0.0
        activity = program.matrix @ whole
        over, under = program.first_row + program.over_row, program.first_row + program.under_row
        needed = np.r_[activity[over] - program.row_upper[over], program.row_lower[under] - activity[under]]
        whole[program.amounts] = np.maximum(needed, 0.0)
        return whole


def in_whole_numbers(program: Program) -> WholeNumbers:
    """Write a program that is not elastic in whole numbers."""
    matrix = sp.csr_array(program.matrix)
    entries = _Entries(program, matrix)
    unit = entries.unit_of_amounts()
    factor_of = entries.factors(unit)
    exact = matrix.data * factor_of[entries.row] / np.where(entries.of_amount, unit, 1.0)
    # a cap is never narrowed by rounding the price of an amount down
    whole = np.where(entries.of_amount & (exact > 0), np.floor(exact + 1e-9), np.round(exact))
    error_of = entries.sums(np.where(entries.of_amount, 0.0, np.abs(whole - exact)))
    lower, upper = program.row_lower * factor_of, program.row_upper * factor_of
    lower = np.ceil(lower - error_of - _noise(lower))
    upper = np.floor(upper + error_of + _noise(upper))
    most = entries.sums(np.where(entries.of_amount, 0.0, np.maximum(whole, 0.0)))
    least = entries.sums(np.where(entries.of_amount, 0.0, np.minimum(whole, 0.0)))
    over, under = program.first_row + program.over_row, program.first_row + program.under_row
    highest = program.upper.copy()
    highest[program.amounts] = np.maximum(np.r_[most[over] - upper[over], lower[under] - least[under]], 0.0)
    # limits that nothing can reach might not fit into 64 bits
    upper = np.where(entries.hard, np.maximum(upper, least - 1), upper)
    upper[entries.hard & (upper >= most)] = np.inf
    lower = np.where(entries.hard, np.minimum(lower, most + 1), lower)
    lower[entries.hard & (lower <= least)] = -np.inf
    factor = entries.objective_factor(unit)
    exact_cost = program.cost * factor
    exact_cost[program.amounts] /= unit
    cost = np.round(exact_cost)
    cost[program.amounts] = np.floor(exact_cost[program.amounts] + 1e-9)
    off = np.abs(cost - exact_cost)[: len(program.kept)]
    written = dataclasses.replace(
        program,
        cost=cost,
        upper=highest,
        integer=np.ones(len(cost), dtype=bool),
        matrix=sp.csr_array((whole, matrix.indices, matrix.indptr), shape=matrix.shape),
        row_lower=lower,
        row_upper=upper,
    )
    return WholeNumbers(written, factor, program.dearest(off) + 1e-12 * float(np.abs(cost).max(initial=0.0)))


class _Entries:
    """The coefficients of a program, one by one, with their rows."""

    def __init__(self, program: Program, matrix: sp.csr_array) -> None:
        self.program, self.data = program, matrix.data
        self.rows = matrix.shape[0]
        self.row: IntArray = np.repeat(np.arange(self.rows), np.diff(matrix.indptr))
        amount = np.zeros(matrix.shape[1], dtype=bool)
        amount[program.amounts] = True
        self.of_amount: BoolArray = amount[matrix.indices]
        self.size = np.where(self.of_amount, 0.0, np.abs(self.data))
        self.range = self.sums(self.size)
        self.hard = self.sums(self.of_amount) == 0
        self.cap: BoolArray = np.arange(self.rows) >= program.first_row + len(program.row_scale)
        # what a unit of an amount costs, in each cap and in the objective: the least where it is not the same
        self.weight = np.full(self.rows, np.inf)
        np.minimum.at(self.weight, self.row[self.of_amount], np.abs(self.data[self.of_amount]))
        dear = program.cost[program.amounts]
        self.weight_of_objective = float(dear[dear > 0].min(initial=np.inf))

    def sums(self, values: FloatArray | BoolArray) -> FloatArray:
        """Add up values of the entries by row."""
        return np.bincount(self.row, values, minlength=self.rows).astype(float)

    def unit_of_amounts(self) -> float:
        """Return how many units a point has: as many as the largest sum allows."""
        soft = ~self.hard
        points = self.range[soft & ~self.cap].sum() + (self.range[soft & self.cap] / self.weight[soft & self.cap]).sum()
        points += self.program.dearest(np.abs(self.program.cost[: len(self.program.kept)])) / self.weight_of_objective
        return _power_of_two(LARGEST / max(float(points), 1.0))

    def factors(self, unit: float) -> FloatArray:
        """Return what each row is multiplied by: as much as is safe, or what restores the whole numbers once given."""
        factor = 2.0 ** np.floor(np.log2(LARGEST / np.maximum(self.range, 1.0)))
        scale = np.ones(self.rows)
        scale[self.program.first_row : self.program.first_row + len(self.program.row_scale)] = self.program.row_scale
        given = self.data / scale[self.row]
        strays = np.abs(given - np.round(given)) > 1e-9
        plain = self.hard & ~self.cap & (self.sums(strays) == 0) & (self.range / scale < LARGEST_GIVEN)
        factor[plain] = 1.0 / scale[plain]
        return np.where(self.hard, factor, np.where(self.cap, unit / self.weight, unit))

    def objective_factor(self, unit: float) -> float:
        """Return what the objective is multiplied by."""
        if np.isfinite(self.weight_of_objective):
            return unit / self.weight_of_objective
        return _power_of_two(
            LARGEST / max(self.program.dearest(np.abs(self.program.cost[: len(self.program.kept)])), 1.0)
        )


def _power_of_two(number: float) -> float:
    return float(2.0 ** np.floor(np.log2(number)))


def _noise(limit: FloatArray) -> FloatArray:
    """What the arithmetic before may have put beside a limit, and far less than any tolerance."""
    return 1e-9 + 1e-12 * np.abs(limit)
