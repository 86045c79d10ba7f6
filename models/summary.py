"""The summary of a plan in the units people think in: customers, money, hours and percent, never points."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from models.books import Band, MeasureBook, bands_of
from models.check.stays import FREE
from models.formulation.budgets import budget_limits, budget_rows, customer_values
from models.formulation.counted_once import Auxiliaries
from models.names import rep_names
from models.org import BoolArray, FloatArray, IntArray
from models.outcome import Outcome
from models.policy import CUSTOMERS, line_names

NOTHING = 1e-9
"""A difference this small beside what it is the difference of is rounding."""


@dataclass(frozen=True)
class Portion:
    """An amount out of a whole, both in ``unit``."""

    amount: float
    whole: float
    unit: str = ""

    @property
    def share(self) -> float:
        """The amount as a fraction of the whole, 0 of nothing."""
        return self.amount / self.whole if self.whole else 0.0


@dataclass(frozen=True)
class Shift:
    """A number before and after the plan."""

    before: float
    after: float


@dataclass(frozen=True)
class Loss:
    """What one rep loses of the own revenue by chosen moves; ``forced`` is lost besides, by forced ones."""

    rep: int
    name: str
    portion: Portion
    forced: float


@dataclass(frozen=True)
class Headline:
    """The numbers of the first screen.

    Attributes
    ----------
    chosen : Portion
        Customers that move by choice, of those whose owner is present.
    forced, newly, pooled : int
        Rows (customer and role) whose owner may not keep them, that had no owner, that nobody owns now.
    worth : str
        The measure that stands for revenue; ``customers`` where the tables say nothing of revenue.
    revenue : Portion
        Revenue that moves by choice, of that with a present owner.
    banded_reps : int
        Reps with a target; ``inside`` counts those inside all their bands.
    evenness : Shift
        Heaviest book per share divided by the lightest one, in ``evenness_of``.
    largest_loss : Loss or None
        Of the rep who loses the greatest part of the own revenue.
    frozen : Portion
        Revenue that locks and holdouts keep in place, of all.
    """

    chosen: Portion
    forced: int
    newly: int
    pooled: int
    worth: str
    revenue: Portion
    inside: Shift
    banded_reps: int
    evenness: Shift
    evenness_of: str
    largest_loss: Loss | None
    frozen: Portion


@dataclass(frozen=True)
class Flow:
    """What the reps of a manager (or of a team) gain and lose; moves among them are ``within``."""

    label: str
    gained: int
    lost: int
    within: int
    newly: int
    revenue_gained: float
    revenue_lost: float


@dataclass(frozen=True)
class BudgetUse:
    """How much of one budget the chosen moves use up; ``label`` is a rep, a team, a region or ``overall``.

    ``too_small`` tells that nothing is used and that even the smallest move is greater than the limit.
    """

    name: str
    label: str
    used: float
    limit: float
    unit: str
    too_small: bool = False

    @property
    def share(self) -> float:
        """The used part of the limit; 0 where nothing is used, also of a limit of 0."""
        if self.used <= 0:
            return 0.0
        return self.used / self.limit if self.limit > 0 else float("inf")


@dataclass(frozen=True)
class Moves:
    """Chosen and forced moves: lapsed locks first, then the greatest revenue; all arrays have shape (moves,).

    ``before`` is a rep position, or UNKNOWN_OWNER; ``after`` a rep position or POOLED; ``member`` the position
    among the outcome's members; ``lapsed`` tells that a lock or a holdout lapsed, because the owner has gone.
    """

    member: IntArray
    customer: IntArray
    role: IntArray
    before: IntArray
    after: IntArray
    forced: BoolArray
    lapsed: BoolArray
    revenue: FloatArray


@dataclass(frozen=True)
class Summary:
    """A plan in a person's words and units.

    Attributes
    ----------
    books : tuple of MeasureBook
        Every measure's books, the number of customers first.
    gained, lost : int arrays, shape (reps,)
        Customers (and roles) that came to and left each rep, forced and newly assigned ones included.
    flows : tuple of Flow
        By ``flow_by``: ``manager_id``, ``team``, or nothing.
    """

    headline: Headline
    books: tuple[MeasureBook, ...]
    gained: IntArray
    lost: IntArray
    flow_by: str
    flows: tuple[Flow, ...]
    budgets: tuple[BudgetUse, ...]
    moves: Moves

    @property
    def bands(self) -> tuple[Band, ...]:
        """The balance bands, the weightiest first."""
        return bands_of(self.books)


def summarise(outcome: Outcome) -> Summary:
    """Sum up what a plan changes and how fair its books are."""
    books = outcome.books
    worth, unit = outcome.scales.revenue()
    revenue = outcome.scales.of_members(worth, outcome.ownership.after)
    ownership, changed = outcome.ownership, _changes_hands(outcome)
    flow_by, flows = _flows(outcome, revenue)
    return Summary(
        headline=_headline(outcome, revenue, worth, unit),
        books=books,
        gained=_count(ownership.after[changed], outcome.org.n_reps),
        lost=_count(ownership.before[changed], outcome.org.n_reps),
        flow_by=flow_by,
        flows=flows,
        budgets=budgets_used(outcome),
        moves=_moves(outcome, revenue),
    )


def budgets_used(outcome: Outcome) -> tuple[BudgetUse, ...]:
    """Return every budget with what the plan uses of it, in the order of the policy."""
    auxiliaries = Auxiliaries()
    blocks = list(budget_rows(outcome.amounts, outcome.as_planned, auxiliaries))
    aux = _least_aux(auxiliaries)
    budgets = outcome.policy.disruption.budgets
    used = []
    for name, budget, block in zip(line_names(budgets), budgets, blocks, strict=True):
        values = customer_values(outcome.amounts, budget.of)
        labels, limits = budget_limits(outcome.amounts, budget, values)
        carried = np.bincount(block.row, block.value, minlength=block.count).astype(float)
        carried += np.bincount(block.aux_row, block.aux_value * aux[block.aux], minlength=block.count)
        # the row reads: carried <= limit - constant, where carried + constant is what the moves use
        spent = limits - (block.upper - carried)
        spent[spent <= NOTHING * np.maximum(np.abs(limits), np.abs(carried))] = 0.0
        least = np.full(block.count, np.inf)
        np.minimum.at(least, np.r_[block.row, block.aux_row], np.abs(np.r_[block.value, block.aux_value]))
        too_small = (spent == 0) & (limits > 0) & np.isfinite(least) & (limits * (1 + 1e-6) + 1e-6 < least)
        unit = "customers" if budget.of == CUSTOMERS else outcome.scales.unit(budget.of)
        used += [
            BudgetUse(name, label, float(use), float(limit), unit, bool(small))
            for label, use, limit, small in zip(labels, spent, limits, too_small, strict=True)
        ]
    return tuple(used)


def _least_aux(auxiliaries: Auxiliaries) -> FloatArray:
    """Return the auxiliary variables as small as the rows that define them allow."""
    aux = np.zeros(auxiliaries.count)
    if auxiliaries.count:
        block = auxiliaries.block()
        events = np.bincount(block.row, block.value, minlength=block.count)
        np.maximum.at(aux, block.aux, (events - block.upper)[block.aux_row])
    return np.clip(aux, 0.0, 1.0)


def _headline(outcome: Outcome, revenue: FloatArray, worth: str, unit: str) -> Headline:
    ownership, changes = outcome.ownership, outcome.changes
    customers = np.ones(len(revenue))
    stays = outcome.judge.stays
    frozen = outcome.of_members((stays.lock != FREE) | (stays.holdout != FREE))
    everyone = np.ones(len(revenue), dtype=bool)
    bands = outcome.bands
    inside = [
        np.logical_and.reduce([band.inside(getattr(band, when)) for band in bands]) for when in ("before", "after")
    ]
    banded = np.logical_or.reduce([band.banded for band in bands]) if bands else np.zeros(outcome.org.n_reps, bool)
    even = bands[0] if bands else _even_share(outcome, worth)
    return Headline(
        chosen=Portion(
            of_customers(outcome, customers, changes.chosen),
            of_customers(outcome, customers, ownership.present),
            CUSTOMERS,
        ),
        forced=int(changes.forced.sum()),
        newly=int(changes.newly.sum()),
        pooled=int((ownership.after < 0).sum()),
        worth=worth,
        revenue=Portion(
            of_customers(outcome, revenue, changes.chosen), of_customers(outcome, revenue, ownership.present), unit
        ),
        inside=Shift(*(float((flags & banded).sum()) if bands else 0.0 for flags in inside)),
        banded_reps=int(banded.sum()),
        evenness=Shift(even.heaviest_to_lightest(even.before), even.heaviest_to_lightest(even.after)),
        evenness_of=even.measure,
        largest_loss=_largest_loss(outcome, revenue, unit),
        frozen=Portion(of_customers(outcome, revenue, frozen), of_customers(outcome, revenue, everyone), unit),
    )


def of_customers(outcome: Outcome, values: FloatArray, flags: BoolArray) -> float:
    """Sum ``values`` over the customers with a flagged member; each counts once, with its first role's value."""
    first = np.zeros(outcome.org.n_customers)
    first[outcome.ownership.customer[::-1]] = values[::-1]
    flagged = np.zeros(outcome.org.n_customers, dtype=bool)
    flagged[outcome.ownership.customer[flags]] = True
    return float(first[flagged].sum())


def _even_share(outcome: Outcome, worth: str) -> Band:
    """Return what the books would be by share alone, for a policy without balance lines."""
    book = next((one for one in outcome.books if one.measure == worth), outcome.books[0])
    target = outcome.amounts.shares() * outcome.amounts.presence
    return Band("", book.measure, book.unit, 0.0, 0.0, target, book.before, book.after)


def given_up(outcome: Outcome, revenue: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return what each rep gives up by choice, what by force, and the book today; shape (reps,) each."""
    before, n_reps = outcome.ownership.before, outcome.org.n_reps

    def lost(flags: BoolArray) -> FloatArray:
        return np.bincount(before[flags], revenue[flags], minlength=n_reps).astype(float)

    forced = outcome.changes.forced & outcome.ownership.present
    return lost(outcome.changes.chosen), lost(forced), lost(before >= 0)


def _largest_loss(outcome: Outcome, revenue: FloatArray, unit: str) -> Loss | None:
    chosen, forced, book = given_up(outcome, revenue)
    share = np.divide(chosen, book, out=np.zeros(len(book)), where=book > 0)
    if not share.any():
        return None
    rep = int(share.argmax())
    name = str(rep_names(outcome.org, np.array([rep]))[0])
    return Loss(rep, name, Portion(float(chosen[rep]), float(book[rep]), unit), float(forced[rep]))


def _changes_hands(outcome: Outcome) -> BoolArray:
    changes: BoolArray = outcome.ownership.before != outcome.ownership.after
    return changes


def _count(reps: IntArray, n_reps: int) -> IntArray:
    return np.bincount(reps[reps >= 0], minlength=n_reps).astype(np.int64)


def _flows(outcome: Outcome, revenue: FloatArray) -> tuple[str, tuple[Flow, ...]]:
    for column in ("manager_id", "team"):
        code, names = outcome.amounts.labels(column)
        if len(names) and outcome.org.has("reps", column):
            break
    else:
        return "", ()
    # the last two places stand for reps without a label and for nobody
    label = np.r_[np.where(code < 0, len(names), code), len(names) + 1]
    before, after = (label[np.maximum(owner, -1)] for owner in (outcome.ownership.before, outcome.ownership.after))
    moved, newly, size = outcome.changes.moved, outcome.changes.newly, len(names) + 2
    crosses = moved & (before != after)

    def count(where: IntArray, flags: BoolArray, values: FloatArray | None = None) -> FloatArray:
        weights = None if values is None else values[flags]
        return np.bincount(where[flags], weights, minlength=size).astype(float)

    gained, lost, within = count(after, crosses), count(before, crosses), count(after, moved & ~crosses)
    new, money_in, money_out = count(after, newly), count(after, crosses, revenue), count(before, crosses, revenue)
    shown = [*names, "none"]
    flows = tuple(
        Flow(
            str(shown[j]),
            int(gained[j]),
            int(lost[j]),
            int(within[j]),
            int(new[j]),
            float(money_in[j]),
            float(money_out[j]),
        )
        for j in range(len(names) + 1)
        if j < len(names) or gained[j] or lost[j] or within[j] or new[j]
    )
    return column, flows


def _moves(outcome: Outcome, revenue: FloatArray) -> Moves:
    member = np.flatnonzero(outcome.changes.moved)
    member = member[np.lexsort((-revenue[member], ~outcome.lapsed[member]))]
    ownership = outcome.ownership
    return Moves(
        member,
        ownership.customer[member],
        ownership.role[member],
        ownership.before[member],
        ownership.after[member],
        outcome.changes.forced[member],
        outcome.lapsed[member],
        revenue[member],
    )
