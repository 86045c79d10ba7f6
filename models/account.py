"""The account a planner gives of a plan: what changed, what it is worth, and why, ready to be shown or written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from models.books import Ownership
from models.explain.exchange import value_moves
from models.explain.reasons import reasons_for
from models.explain.staying import Staying, cost_of_staying
from models.names import Texts, rep_names
from models.org import FloatArray, IntArray, Org
from models.outcome import Changes, Outcome
from models.plan import Plan
from models.policy import Policy
from models.presence import UNKNOWN_OWNER
from models.summary import Summary, summarise


@dataclass(frozen=True)
class Account:
    """A plan explained; arrays of ``ownership``, ``changes`` and ``carried`` have one entry per customer and role.

    Attributes
    ----------
    summary : Summary
        Headline numbers, books, flows, budgets and moves.
    reasons : object array, shape (members,)
        One plain line each.
    staying : Staying
        What it would cost to leave those who move by choice where they are.
    owner_ids : object array, shape (members,)
        Today's owners as the table has them, None where there is none.
    carried : mapping of measure to float array, shape (members,)
        What each member weighs with its new owner; ``customers`` is not among them.
    """

    org: Org
    policy: Policy
    plan: Plan
    ownership: Ownership
    changes: Changes
    summary: Summary
    reasons: Texts
    staying: Staying
    owner_ids: Texts
    carried: Mapping[str, FloatArray]

    def whys(self, members: IntArray) -> Texts:
        """Return the reasons of members, and for chosen moves what staying would cost."""
        texts = np.full(len(self.reasons), "", dtype=object)
        texts[self.staying.member] = self.staying.texts
        return np.array(
            [
                f"{reason}; {text}" if text else reason
                for reason, text in zip(self.reasons[members], texts[members], strict=True)
            ],
            dtype=object,
        )

    def previous_owners(self, members: IntArray) -> Texts:
        """Return what people call today's owners of members; the id of one who is not on the roster."""
        owners = self.ownership.before[members]
        named = rep_names(self.org, owners)
        unknown = owners == UNKNOWN_OWNER
        named[unknown] = self.owner_ids[members[unknown]]
        return named


def account_for(org: Org, policy: Policy, plan: Plan) -> Account:
    """Explain a plan.

    Raises
    ------
    ValueError
        When the plan assigns nobody (infeasible, or stopped before there was a plan).
    """
    with Outcome(org, policy, plan) as outcome:
        return account_of(outcome)


def account_of(outcome: Outcome, summary: Summary | None = None) -> Account:
    """Explain the plan of an outcome; ``summary`` is the outcome's own, where there is one already."""
    carried = {
        measure: outcome.scales.of_members(measure, outcome.ownership.after) for measure in outcome.scales.measures[1:]
    }
    exchange = value_moves(outcome)
    return Account(
        outcome.org,
        outcome.policy,
        outcome.plan,
        outcome.ownership,
        outcome.changes,
        summarise(outcome) if summary is None else summary,
        reasons_for(outcome, exchange),
        cost_of_staying(outcome, exchange),
        outcome.owner_ids,
        carried,
    )
