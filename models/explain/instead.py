"""What would be instead: an answer to a what-if question in plain sentences, and what it changes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from models.explain.answer import Answer
from models.names import Texts, rep_names
from models.org import Org
from models.outcome import Outcome
from models.plan import UNNEEDED, Plan

MOST_NAMED = 5
_NOTHING = 5e-7


@dataclass(frozen=True)
class OtherOwner:
    """A customer, in a role, who is with somebody else in one plan than in another; all are positions.

    ``today`` is today's owner, negative where there is none on the roster.
    """

    customer: int
    role: int
    today: int
    planned: int
    instead: int

    @property
    def moves(self) -> bool:
        """Whether it stays with today's owner as planned and would move."""
        return self.planned == self.today

    @property
    def stays(self) -> bool:
        """Whether it moves as planned and would stay with today's owner."""
        return self.instead == self.today


@dataclass(frozen=True)
class BookInstead:
    """A rep's book on one balance line in two plans: deviation from the target in percent, and the half band."""

    rep: int
    line: str
    planned: float
    instead: float
    tolerance: float

    @property
    def beyond(self) -> float:
        """By how many percent of the target the book would be outside its band; negative below it."""
        if self.instead > self.tolerance:
            return self.instead - self.tolerance
        return min(self.instead + self.tolerance, 0.0)


@dataclass(frozen=True)
class Instead:
    """What the plan of an answer changes.

    Attributes
    ----------
    others : tuple of OtherOwner
        Who else has another owner, beside the customers asked about; those who would have to move come first.
    goals : mapping of goal to float
        By how much each goal's value grows, in its natural unit; goals that stay the same are left out.
    books : tuple of BookInstead
        Books that would be further outside their band, the worst first.
    """

    others: tuple[OtherOwner, ...]
    goals: Mapping[str, float]
    books: tuple[BookInstead, ...]


def what_changes(outcome: Outcome, answer: Answer) -> Instead:
    """Compare the plan of an answer with the one of an outcome.

    Raises
    ------
    ValueError
        When the answer has no plan.
    """
    plan = answer.plan
    if plan is None or plan.assignment is None or plan.judgement is None:
        raise ValueError(f"an answer that is {answer.state} changes nothing")
    assert outcome.plan.assignment is not None
    planned, instead = outcome.plan.assignment.owners, plan.assignment.owners
    before = np.full(planned.shape, UNNEEDED, dtype=np.int64)
    before[outcome.ownership.role, outcome.ownership.customer] = outcome.ownership.before
    others = [
        OtherOwner(int(c), int(k), int(before[k, c]), int(planned[k, c]), int(instead[k, c]))
        for k, c in zip(*answer.others, strict=True)
    ]
    others.sort(key=lambda one: not one.moves)
    goals = {}
    for name, value in plan.judgement.goals.items():
        change = value.value - outcome.judgement.goals[name].value
        if abs(change) > _NOTHING * max(1.0, abs(value.value)):
            goals[name] = change
    return Instead(tuple(others), goals, tuple(_books(outcome, plan)))


def _books(outcome: Outcome, plan: Plan) -> list[BookInstead]:
    assert plan.assignment is not None
    owner = outcome.of_members(plan.assignment.owners)
    found = []
    for band in outcome.bands:
        values = outcome.scales.of_members(band.measure, owner)
        owned = owner >= 0
        books = np.bincount(owner[owned], values[owned], minlength=outcome.org.n_reps).astype(float)
        planned, instead = band.deviation(band.after), band.deviation(books)
        for rep in np.flatnonzero(band.banded & (np.abs(books - band.after) > _NOTHING * np.maximum(1.0, books))):
            one = BookInstead(int(rep), band.line, float(planned[rep]), float(instead[rep]), 100 * band.tolerance)
            if abs(one.beyond) > max(abs(planned[rep]) - 100 * band.tolerance, 0.0) + 0.05:
                found.append(one)
    return sorted(found, key=lambda one: -abs(one.beyond))


def cost_in_words(answer: Answer) -> str:
    """Say what an answer costs and how sure that is: ``3.22 points (proven)``."""
    if answer.cost is None:
        return "an unknown number of points"
    of = "" if answer.priority is None else f" of priority {answer.priority}"
    if abs(answer.cost) <= _NOTHING and answer.evidence == "proven":
        return "nothing: another plan is as good (proven)"
    if answer.evidence == "proven":
        return f"{points(answer.cost)}{of} (proven)"
    if answer.evidence == "local":
        sure = "local" if answer.off <= 0.005 else f"local, to {answer.off:.2g}"
        return f"about {points(answer.cost)}{of} ({sure})"
    if answer.evidence == "estimate":
        return f"about {points(answer.cost)}{of} (estimate)"
    if not np.isfinite(answer.high):
        return f"at least {points(answer.low)}{of} (how good the best plan is, is not known)"
    return f"between {answer.low:,.2f} and {points(answer.high)}{of} (interval)"


def points(value: float) -> str:
    """Write points for people."""
    if abs(value) >= 1000:
        return f"{value:,.0f} points"
    text = f"{value:,.2f}" if abs(value) >= 0.01 or value == 0 else f"{value:.1g}"
    return f"{text} {'point' if text == '1.00' else 'points'}"


def others_in_words(org: Org, others: Sequence[OtherOwner]) -> str:
    """Say who would have to move instead, who would stay after all, and who would go to somebody else."""
    groups = (
        ("have to move instead", [one for one in others if one.moves]),
        ("stay after all", [one for one in others if one.stays]),
        ("go to somebody else", [one for one in others if not one.moves and not one.stays]),
    )
    return ", ".join(
        f"{_listed(org.customer_ids, [one.customer for one in some])} would {what}" for what, some in groups if some
    )


def books_in_words(org: Org, books: Sequence[BookInstead], most: int = 2) -> str:
    """Say whose books would be outside their bands."""
    return ", ".join(
        f"{rep_names(org, np.array([one.rep]))[0]}'s {one.line} {abs(one.beyond):.1f}% of target "
        f"{'over' if one.beyond > 0 else 'under'} the band"
        for one in books[:most]
    )


def _listed(ids: Texts, customers: Sequence[int]) -> str:
    named = [str(ids[c]) for c in dict.fromkeys(customers)]
    if len(named) > MOST_NAMED:
        return f"{', '.join(named[:MOST_NAMED])} and {len(named) - MOST_NAMED:,} others"
    return " and ".join([", ".join(named[:-1]), named[-1]] if len(named) > 1 else named)
