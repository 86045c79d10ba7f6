"""What was accepted of a proposal and can no longer be: each customer, rep and rule that stands against it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from models.check.judge import Judge
from models.check.requests import ACCEPTED, OFF_ROSTER, REJECTED, Proposal
from models.org import BoolArray, IntArray
from models.plan import POOLED, UNNEEDED, Assignment, Violation

OF_OTHERS = ("capacity[", "keep.groups[", "keep.conflicts[", "disruption.budgets[")
"""Rules that what was accepted may break together; others may mend what falls short of a minimum."""


def broken_acceptance(judge: Judge) -> tuple[Violation, ...]:
    """Return the hard rules that accepted customers break, whoever owns the others; nothing without a proposal."""
    if judge.proposal is None or not judge.proposal.accepted.any():
        return ()
    return tuple(_against(judge, judge.proposal))


def _against(judge: Judge, proposal: Proposal) -> Iterator[Violation]:
    accepted = proposal.accepted & judge.holdings.needed
    for customer in np.flatnonzero((accepted & (proposal.rep == OFF_ROSTER)).any(axis=0)).tolist():
        who = judge.wording.customer(customer)
        message = f"{who} was accepted with a rep who is not on the roster"
        yield judge.wording.broken(ACCEPTED, message, customer=customer)
    sure = accepted & (proposal.rep != OFF_ROSTER)
    planned = np.where(sure, proposal.rep, UNNEEDED)
    _take_families_along(judge, planned)
    placed = _named(judge, planned != UNNEEDED)
    pooled = _named(judge, planned == POOLED)
    for violation in judge.of(Assignment(judge.policy.role_names, planned)).violations:
        if violation.line.startswith(OF_OTHERS):
            found, limit = violation.found, violation.limit
            if found is not None and limit is not None and found > limit:
                yield violation
        elif violation.line == REJECTED:
            message = (
                f"{violation.customer} was rejected with {violation.rep or 'nobody'}, where its family was accepted"
            )
            yield replace(violation, message=message)
        elif _is_of_what_was_accepted(violation, placed, pooled):
            yield violation


def _is_of_what_was_accepted(violation: Violation, placed: set[str], pooled: set[str]) -> bool:
    """Tell whether a rule is broken by an accepted customer, not by one of whose owner nothing is known yet."""
    if violation.rep is not None:
        return violation.customer in placed
    return violation.customer in pooled and not violation.line.startswith("roles[")


def _named(judge: Judge, flags: BoolArray) -> set[str]:
    """Return the ids of the customers who are flagged in some role; shape (roles, customers)."""
    return {judge.wording.customer(one) for one in np.flatnonzero(flags.any(axis=0)).tolist()}


def _take_families_along(judge: Judge, planned: IntArray) -> None:
    """Give to members of a unit about whom nothing was said the rep who was accepted for another member."""
    for role, units in enumerate(judge.units):
        for unit in np.unique(units.of[planned[role] != UNNEEDED]).tolist():
            members = units.members[units.start[unit] : units.start[unit + 1]]
            reps = planned[role, members]
            planned[role, members[reps == UNNEEDED]] = reps[reps != UNNEEDED][0]
