"""Why a customer is where it is: who else might own it, at what price, and what would be if it had stayed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from models.explain.answer import Answer, Pin
from models.explain.contenders import Contender, Excluded, contenders, excluded
from models.explain.instead import Instead, what_changes
from models.explain.question import Questions
from models.explain.reasons import reasons_for
from models.names import Texts
from models.org import BoolArray, IntArray, Org
from models.outcome import Outcome
from models.plan import Plan
from models.policy import Policy
from models.stop import Stop

Change = Literal["stays", "chosen", "forced", "newly assigned"]


@dataclass(frozen=True)
class Story:
    """One customer in one role.

    Attributes
    ----------
    customer, role, before, after : int
        Positions; ``before`` is today's owner (negative: nobody on the roster), ``after`` the plan's (or POOLED).
    owner_id : str or None
        Today's owner as the table has it.
    change : str
        What the plan does.
    reason : str
        One plain line.
    family : int array
        Positions of the customers who move with it.
    contenders : tuple of Contender
        The best by the plan's prices first; empty where the plan breaks hard rules.
    excluded : tuple of Excluded
    staying : Answer or None
        What would be if it stayed with today's owner; None where it stays or may not stay.
    instead : Instead or None
        What the plan of ``staying`` changes; None where it has none.
    """

    customer: int
    role: int
    before: int
    after: int
    owner_id: str | None
    change: Change
    reason: str
    family: IntArray
    contenders: tuple[Contender, ...]
    excluded: tuple[Excluded, ...]
    staying: Answer | None
    instead: Instead | None


def explain_customer(
    org: Org, policy: Policy, plan: Plan, customer: int, stop: Stop | None = None, *, solve_again: bool = True
) -> tuple[Story, ...]:
    """Explain where a customer is, role by role.

    Parameters
    ----------
    plan
        With its prices, if it has any: contenders are ranked by them.
    customer
        A position.
    solve_again
        Solve again to learn what would be if it had stayed; otherwise that is estimated from prices.

    Raises
    ------
    ValueError
        When the plan assigns nobody.
    """
    stop = Stop() if stop is None else stop
    with Outcome(org, policy, plan) as outcome:
        reasons = reasons_for(outcome)
        mine = np.flatnonzero(outcome.ownership.customer == customer)
        if not outcome.judgement.feasible:
            return tuple(_story(outcome, None, int(member), reasons, None) for member in mine)
        with Questions(org, policy, plan, customers=[customer]) as questions:
            rule = stop if solve_again else None
            return tuple(_story(outcome, questions, int(member), reasons, rule) for member in mine)


def _story(outcome: Outcome, questions: Questions | None, member: int, reasons: Texts, stop: Stop | None) -> Story:
    own, changes = outcome.ownership, outcome.changes
    customer, role = int(own.customer[member]), int(own.role[member])
    before, after = int(own.before[member]), int(own.after[member])
    kinds: tuple[tuple[BoolArray, Change], ...] = (
        (changes.chosen, "chosen"),
        (changes.forced, "forced"),
        (changes.newly, "newly assigned"),
    )
    change: Change = next((kind for flags, kind in kinds if flags[member]), "stays")
    ranked: list[Contender] = []
    barred: list[Excluded] = []
    staying = instead = None
    if questions is not None:
        unit = int(questions.formulation.units.unit_of[role, customer])
        ranked, barred = contenders(questions, unit), excluded(outcome, questions, unit)
        if change == "chosen":
            pins = [Pin(customer, role, before)]
            staying = questions.estimated(pins) if stop is None else questions.ask(pins, stop)
            instead = what_changes(outcome, staying) if staying.plan is not None else None
    units = outcome.judge.units[role]
    group = int(units.of[customer])
    family = units.members[units.start[group] : units.start[group + 1]]
    owner = outcome.owner_ids[member]
    return Story(
        customer=customer,
        role=role,
        before=before,
        after=after,
        owner_id=None if owner is None else str(owner),
        change=change,
        reason=str(reasons[member]),
        family=family[family != customer],
        contenders=tuple(ranked),
        excluded=tuple(barred),
        staying=staying,
        instead=instead,
    )
