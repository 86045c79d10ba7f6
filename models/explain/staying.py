"""What it would cost to leave each moved customer with today's owner, for all moves of a plan at once.

Few moves of a tiny org are each answered by solving again. All others are estimated from the plan's prices: the priced
cost of staying against that of the planned owner, which is what the change is worth if everything else adapts to it at
the margin. It is never said to be more than what the way back alone costs, which is known exactly.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from models.explain.answer import Pin
from models.explain.exchange import Exchange
from models.explain.instead import cost_in_words, others_in_words, points, what_changes
from models.explain.question import Questions
from models.names import Texts
from models.org import FloatArray, IntArray
from models.outcome import Outcome
from models.stop import Stop

MOST_PROVEN, MOST_PAIRS = 8, 60
"""So many moves of an org with so many pairs of customer and rep are each answered by solving again."""
EFFORT = 0.01
"""Part of the usual work that each of them may take; one that is not proven then is estimated."""
_NOTHING = 0.005
_FAR = 1.05
"""What the way back alone costs is told beside an estimate that it is so much greater than."""


@dataclass(frozen=True)
class Staying:
    """What staying would cost; all arrays have shape (moves,).

    Attributes
    ----------
    member : int array
        The members that move by choice, ascending.
    points : float array
        What it costs if they stay, in points of the last stage (where it is proven, of the first one that is worse);
        infinite where no plan allows it, NaN where nothing is known.
    evidence : object array
        ``proven`` or ``estimate``; None where nothing is known.
    alone : float array
        What it costs if nobody else changes for it: NaN where that breaks a hard limit, or is not known.
    texts : object array
        What to say of it; blank where nothing is known.
    """

    member: IntArray
    points: FloatArray
    alone: FloatArray
    evidence: Texts
    texts: Texts


def cost_of_staying(outcome: Outcome, exchange: Exchange) -> Staying:
    """Tell for every chosen move what it would cost not to make it; ``exchange`` values the moves alone."""
    member = exchange.member
    count = len(member)
    staying = Staying(
        member,
        np.full(count, np.nan),
        np.full(count, np.nan),
        np.full(count, None, dtype=object),
        np.full(count, "", dtype=object),
    )
    if not count or not outcome.judgement.feasible:
        return staying
    _estimate(outcome, exchange, staying)
    pairs = outcome.units.count * outcome.org.n_reps
    if count <= MOST_PROVEN and outcome.plan.status == "optimal" and pairs <= MOST_PAIRS:
        with Questions(outcome.org, outcome.policy, outcome.plan) as questions:
            for at in range(count):
                _ask(outcome, questions, staying, at)
    return staying


def _ask(outcome: Outcome, questions: Questions, staying: Staying, at: int) -> None:
    own, member = outcome.ownership, staying.member[at]
    pin = Pin(int(own.customer[member]), int(own.role[member]), int(own.before[member]))
    answer = questions.ask([pin], Stop(effort=EFFORT))
    if answer.evidence != "proven":
        return
    staying.alone[at] = np.nan  # what others do is part of the answer
    if answer.state == "impossible":
        staying.points[at], staying.evidence[at] = np.inf, answer.evidence
        staying.texts[at] = "no plan keeps every rule if it stays (proven)"
    elif answer.cost is not None:
        staying.points[at], staying.evidence[at] = answer.cost, answer.evidence
        others = others_in_words(outcome.org, what_changes(outcome, answer).others)
        staying.texts[at] = f"staying would cost {cost_in_words(answer)}" + (f": {others}" if others else "")


def _estimate(outcome: Outcome, exchange: Exchange, staying: Staying) -> None:
    if outcome.plan.staying is None:
        return
    priced = outcome.of_members(outcome.plan.staying)[staying.member]
    alone = np.full(len(priced), np.inf)
    if len(outcome.policy.stages) == 1:
        alone = _alone(outcome, exchange)
        priced = np.minimum(priced, alone)
    known = ~np.isnan(priced)
    # what is within the rounding of prices is nothing
    staying.points[known] = np.where(priced[known] < _NOTHING, 0.0, priced[known])
    staying.alone[known] = np.where(np.isfinite(alone[known]), np.maximum(alone[known], staying.points[known]), np.nan)
    staying.evidence[known] = "estimate"
    of = "" if len(outcome.policy.stages) == 1 else f" of priority {outcome.policy.stages[-1].priority}"
    for at in np.flatnonzero(known).tolist():
        cost = staying.points[at]
        text = "next to nothing" if cost < _NOTHING else f"about {points(cost)}{of}"
        if np.isfinite(alone[at]) and alone[at] > _FAR * cost + _NOTHING:
            text = f"{text} if others adapt, {points(float(alone[at]))} if nobody does"
        staying.texts[at] = f"staying would cost {text} (estimate)"


def _alone(outcome: Outcome, exchange: Exchange) -> FloatArray:
    """Return what the way back alone costs, infinite where it breaks a hard limit; NaN comparisons leave the price."""
    weights = outcome.policy.stages[-1].weights
    cost = np.zeros(len(exchange.member))
    for goal, gain in exchange.goals.items():
        cost += weights.get(goal, 0.0) * gain
    for band in exchange.bands:
        cost += weights.get("balance", 0.0) * (band.relief + band.filling)
    for need in exchange.needs:
        cost[need.move] = np.inf
    # a customer of a family moves with it: alone it is no way back
    cost[outcome.of_family(exchange.member)] = np.inf
    if len(outcome.policy.roles) > 1:
        cost[:] = np.inf
    return cost
