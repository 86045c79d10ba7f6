"""Books: what each rep carries before and after a plan, by measure, beside target, band and limits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from models.formulation.amounts import Amounts
from models.org import BoolArray, FloatArray, IntArray
from models.policy import CUSTOMERS, line_names

REVENUE = "revenue"


@dataclass(frozen=True)
class Band:
    """One balance line: each rep's target and the band around it that costs nothing.

    Attributes
    ----------
    line : str
        Name of the balance line.
    tolerance, weight : float
        Half the width of the band as a fraction of the target; points per percent outside it.
    target : float array, shape (reps,)
        In the measure's unit; 0 where the rep has no band.
    before, after : float arrays, shape (reps,)
        The books, in the measure's unit.
    """

    line: str
    measure: str
    unit: str
    tolerance: float
    weight: float
    target: FloatArray
    before: FloatArray
    after: FloatArray

    @property
    def banded(self) -> BoolArray:
        """Tell which reps have a target, shape (reps,)."""
        return self.target > 0

    def deviation(self, books: FloatArray) -> FloatArray:
        """Return how far books are above (+) or below (-) target in percent of it; NaN without a target."""
        percent = np.full(len(books), np.nan)
        banded = self.banded
        percent[banded] = 100.0 * (books[banded] / self.target[banded] - 1.0)
        return percent

    def inside(self, books: FloatArray) -> BoolArray:
        """Tell which books lie inside the band; a rep without a target always does."""
        slack = 1e-6 * np.maximum(1.0, self.target)
        inside: BoolArray = np.abs(books - self.target) <= self.tolerance * self.target + slack
        return inside | ~self.banded

    def heaviest_to_lightest(self, books: FloatArray) -> float:
        """Return the heaviest book per share divided by the lightest: 1 is even, infinite if one is empty."""
        relative = books[self.banded] / self.target[self.banded]
        if not len(relative) or relative.max() <= 0:
            return 1.0
        return float(relative.max() / relative.min()) if relative.min() > 0 else float("inf")


@dataclass(frozen=True)
class MeasureBook:
    """What each rep carries of one measure.

    Attributes
    ----------
    before, after : float arrays, shape (reps,)
        Summed over the customers each rep owns, in ``unit``.
    minimum, maximum : float arrays, shape (reps,)
        The tightest hard limits of the capacity lines per rep; infinite where there is none.
    bands : tuple of Band
        The balance lines on this measure.
    """

    measure: str
    unit: str
    before: FloatArray
    after: FloatArray
    minimum: FloatArray
    maximum: FloatArray
    bands: tuple[Band, ...]


@dataclass(frozen=True)
class Ownership:
    """Who owned each member of a unit, and who owns it after the plan.

    Attributes
    ----------
    customer, role : int arrays, shape (members,)
        Positions of the customer and of the role.
    before : int array, shape (members,)
        Today's owner: a rep position, NO_OWNER or UNKNOWN_OWNER.
    after : int array, shape (members,)
        A rep position or POOLED.
    present : bool array, shape (members,)
        True where today's owner is on the roster and has not departed.
    """

    customer: IntArray
    role: IntArray
    before: IntArray
    after: IntArray
    present: BoolArray


class Scales:
    """Weighs customers: the value of any measure for members and their owners; blanks weigh nothing."""

    def __init__(self, amounts: Amounts) -> None:
        self._amounts = amounts
        self._weighed: dict[str, FloatArray] = {}

    @property
    def measures(self) -> tuple[str, ...]:
        """The measures of the policy, the number of customers first."""
        return (CUSTOMERS, *(name for name in self._amounts.policy.measures if name != CUSTOMERS))

    def unit(self, measure: str) -> str:
        """Return the unit of a measure, blank where the policy states none."""
        line = self._amounts.policy.measures.get(measure)
        return line.unit if line is not None else ""

    def of_members(self, measure: str, owner: IntArray) -> FloatArray:
        """Return what each member weighs when ``owner`` (negative: nobody) has it; both have shape (members,)."""
        if measure in self._amounts.policy.measures and self._amounts.depends_on_rep(measure):
            return self._with_owner(measure, owner)
        if measure not in self._weighed:
            self._weighed[measure] = self._of_customers(measure)
        return self._weighed[measure]

    def revenue(self) -> tuple[str, str]:
        """Return the measure that stands for revenue and its unit: ``customers`` where there is no revenue."""
        amounts = self._amounts
        if REVENUE in amounts.policy.measures and not amounts.depends_on_rep(REVENUE):
            return REVENUE, self.unit(REVENUE)
        if amounts.org.has("customers", REVENUE):
            return REVENUE, ""
        return CUSTOMERS, ""

    def _of_customers(self, measure: str) -> FloatArray:
        amounts, units = self._amounts, self._amounts.units
        if measure == CUSTOMERS:
            return np.ones(len(units.member))
        line = amounts.policy.measures.get(measure)
        if line is None:
            column: FloatArray = np.nan_to_num(amounts.org.customers[measure].to_numpy(float), nan=0.0)
            return column[units.member]
        values = np.zeros(len(units.member))
        for k, role in enumerate(amounts.policy.role_names):
            mine = units.role_of_member == k
            values[mine] = amounts.expressions.customers(line.value, role=role).numbers()[units.member[mine]]
        weighed: FloatArray = np.nan_to_num(values, nan=line.default or 0.0)
        return weighed

    def _with_owner(self, measure: str, owner: IntArray) -> FloatArray:
        line = self._amounts.policy.measures[measure]
        values = np.zeros(len(owner))
        owned = np.flatnonzero(owner >= 0)
        values[owned] = self._amounts.pair_numbers(line.value, owned, owner[owned])
        return np.nan_to_num(values, nan=line.default or 0.0)


def weigh_books(amounts: Amounts, ownership: Ownership, scales: Scales) -> tuple[MeasureBook, ...]:
    """Weigh every rep's book before and after, one entry per measure; the number of customers comes first."""
    books = []
    for measure in scales.measures:
        before, after = (
            _carried(amounts, scales.of_members(measure, owner), owner) for owner in (ownership.before, ownership.after)
        )
        minimum, maximum = _limits(amounts, measure)
        bands = _bands(amounts, measure, scales.unit(measure), before, after)
        books.append(MeasureBook(measure, scales.unit(measure), before, after, minimum, maximum, bands))
    return tuple(books)


def bands_of(books: Sequence[MeasureBook]) -> tuple[Band, ...]:
    """Return the bands of all books, the one with the greatest weight first."""
    bands = [band for book in books for band in book.bands]
    return tuple(sorted(bands, key=lambda band: -band.weight))


def _carried(amounts: Amounts, values: FloatArray, owner: IntArray) -> FloatArray:
    owned = owner >= 0
    return np.bincount(owner[owned], values[owned], minlength=amounts.org.n_reps).astype(float)


def _bands(amounts: Amounts, measure: str, unit: str, before: FloatArray, after: FloatArray) -> tuple[Band, ...]:
    balance = amounts.policy.balance
    return tuple(
        Band(name, measure, unit, line.tolerance, line.weight, amounts.targets(line), before, after)
        for name, line in zip(line_names(balance), balance, strict=True)
        if line.measure == measure
    )


def _limits(amounts: Amounts, measure: str) -> tuple[FloatArray, FloatArray]:
    """Return the tightest limits per rep; a departed rep, or one without the role, has none."""
    lowest = np.full(amounts.org.n_reps, -np.inf)
    highest = np.full(amounts.org.n_reps, np.inf)
    for line in amounts.policy.capacity:
        if line.measure != measure or line.per != "rep":
            continue
        for role, reps in amounts.roles_of(line):
            mine = reps & amounts.here
            low = amounts.rep_limit(line.min, measure, role, -np.inf)
            high = amounts.rep_limit(line.max, measure, role, np.inf)
            lowest[mine] = np.maximum(lowest[mine], low[mine])
            highest[mine] = np.minimum(highest[mine], high[mine])
    return lowest, highest
