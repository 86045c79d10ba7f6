"""Why a rep's book looks so: before and after, who came, who left, what binds."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from models.explain.question import Questions
from models.explain.reasons import reasons_for
from models.names import Texts
from models.org import IntArray, Org
from models.outcome import Outcome
from models.plan import Plan
from models.policy import Policy
from models.summary import budgets_used

NEARLY = 0.05
"""A limit with a price counts as binding within this part of it: prices are those of books that may be divided."""
_NOTHING = 1e-9


@dataclass(frozen=True)
class Weight:
    """A book on one measure: before and after, hard limits, and each balance line on it.

    ``target``, ``tolerance`` and the deviations (percent of the target) are those of ``line``; None without one.
    """

    measure: str
    unit: str
    line: str | None
    before: float
    after: float
    minimum: float
    maximum: float
    target: float | None
    tolerance: float | None
    deviation_before: float | None
    deviation: float | None


@dataclass(frozen=True)
class Passage:
    """Customers who came to a rep, or left; arrays have shape (passages,).

    ``other`` are the reps they came from or went to (negative: nobody on the roster), ``other_id`` their ids, ``kind``
    is ``chosen``, ``forced`` or ``newly assigned``.
    """

    customer: IntArray
    role: IntArray
    other: IntArray
    other_id: Texts
    kind: Texts
    reason: Texts


@dataclass(frozen=True)
class Binding:
    """A limit or band of the rep that is reached, or that has a price.

    ``points`` is what one more unit of room is worth, 0 where nothing is known to be gained. Of a budget ``carried`` is
    what chosen moves use of it; ``unit`` is a budget's own, blank where it is that of the line's measure.
    """

    line: str
    kind: str
    side: str
    carried: float
    limit: float
    points: float
    unit: str = ""


@dataclass(frozen=True)
class BookStory:
    """What became of a rep's book."""

    rep: int
    weights: tuple[Weight, ...]
    came: Passage
    left: Passage
    stayed: int
    bindings: tuple[Binding, ...]


def explain_book(org: Org, policy: Policy, plan: Plan, rep: int) -> BookStory:
    """Explain a rep's book.

    Raises
    ------
    ValueError
        When the plan assigns nobody.
    """
    with Outcome(org, policy, plan) as outcome:
        own = outcome.ownership
        came, left = (own.after == rep) & (own.before != rep), (own.before == rep) & (own.after != rep)
        reasons = reasons_for(outcome)
        bindings: tuple[Binding, ...] = ()
        if outcome.judgement.feasible:
            with Questions(org, policy, plan) as questions:
                bindings = tuple(_bindings(questions, outcome, rep))
        return BookStory(
            rep,
            tuple(_weights(outcome, rep)),
            _passage(outcome, np.flatnonzero(came), own.before, outcome.owner_ids, reasons),
            _passage(outcome, np.flatnonzero(left), own.after, _ids(org, own.after), reasons),
            int(((own.after == rep) & (own.before == rep)).sum()),
            bindings,
        )


def _weights(outcome: Outcome, rep: int) -> list[Weight]:
    weights = []
    for book in outcome.books:
        for band in book.bands or (None,):
            banded = band is not None and bool(band.banded[rep])
            weights.append(
                Weight(
                    measure=book.measure,
                    unit=book.unit,
                    line=band.line if band is not None and banded else None,
                    before=float(book.before[rep]),
                    after=float(book.after[rep]),
                    minimum=float(book.minimum[rep]),
                    maximum=float(book.maximum[rep]),
                    target=float(band.target[rep]) if band is not None and banded else None,
                    tolerance=band.tolerance if band is not None and banded else None,
                    deviation_before=float(band.deviation(band.before)[rep]) if band is not None and banded else None,
                    deviation=float(band.deviation(band.after)[rep]) if band is not None and banded else None,
                )
            )
    return weights


def _passage(outcome: Outcome, members: IntArray, other: IntArray, ids: Texts, reasons: Texts) -> Passage:
    own, changes = outcome.ownership, outcome.changes
    kind = np.where(changes.newly[members], "newly assigned", np.where(changes.forced[members], "forced", "chosen"))
    return Passage(
        own.customer[members], own.role[members], other[members], ids[members], kind.astype(object), reasons[members]
    )


def _ids(org: Org, positions: IntArray) -> Texts:
    ids: Texts = np.append(org.rep_ids, np.array([None], dtype=object))[np.maximum(positions, -1)]
    return ids


def _bindings(questions: Questions, outcome: Outcome, rep: int) -> list[Binding]:
    """Return the rep's own limits and bands that are reached, or priced and nearly reached, the dearest first."""
    label = str(outcome.org.rep_ids[rep])
    # in its row a customer larger than a band counts as the band only
    books = {f"balance[{band.line}]": float(band.after[rep]) for band in outcome.bands}
    budgets = {f"disruption.budgets[{use.name}]": use for use in budgets_used(outcome) if use.label == label}
    rows, prices = questions.problem.rows, questions.prices.rows
    activity = rows.activity(questions.choice)
    kinds = np.array([block.kind for block in questions.problem.blocks for _ in range(block.count)], dtype=object)
    found = []
    for at, name in enumerate(rows.names):
        line, _, mine = name.rpartition("[")
        if mine.removesuffix("]") != label or kinds[at] not in ("capacity", "balance", "group", "budget"):
            continue
        carried = books.get(line, float(activity[at]))
        budget = budgets.get(line)
        # the row of what a rep loses counts what stays, so that its limit is below 0
        apart = 0.0 if budget is None else budget.limit - float(rows.upper[at])
        unit = "" if budget is None else budget.unit
        for side, limit, beyond, points in (
            ("at most", rows.upper[at], carried - rows.upper[at], max(-prices[at], 0.0)),
            ("at least", rows.lower[at], rows.lower[at] - carried, max(prices[at], 0.0)),
        ):
            near = NEARLY * abs(limit) if points > _NOTHING else max(rows.tolerance[at], 1e-6 * abs(limit))
            if np.isfinite(limit) and beyond >= -near:
                found.append(
                    Binding(line, str(kinds[at]), side, carried + apart, float(limit) + apart, float(points), unit)
                )
    return sorted(found, key=lambda one: -one.points)
