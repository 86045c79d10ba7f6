"""Obstacles: the hard rules because of which a wish cannot be honoured, whoever owns the other customers."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from models.check.judge import Judge
from models.check.requests import Wishes
from models.check.stays import FREE
from models.org import BoolArray, IntArray


def obstacles(judge: Judge, wishes: Wishes) -> tuple[str | None, ...]:
    """Return for each wish one reason in plain words why no plan can honour it, None where none is known.

    Locks, holdouts, answers to a proposal and rules on a customer and a rep are looked at, for the whole family that
    stays together; what follows from distances, from rules on several customers or from limits is not.
    """
    found: list[str | None] = [None] * len(wishes.row)
    for role in range(len(judge.units)):
        mine = np.flatnonzero(wishes.role == role)
        _by_rules(judge, wishes, role, mine, found)
        _by_stays(judge, wishes, role, mine, found)
    for wish in np.flatnonzero((wishes.kind != "not") & (wishes.rep < 0)).tolist():
        found[wish] = f"{judge.wording.customer(wishes.customer[wish])} {_nobody(wishes, wish)}"
    return tuple(found)


def _nobody(wishes: Wishes, wish: int) -> str:
    if wishes.kind[wish] == "with":
        return "is wished for somebody who is not on the roster"
    return "has no owner on the roster today with whom it could stay"


def _by_rules(judge: Judge, wishes: Wishes, role: int, mine: IntArray, found: list[str | None]) -> None:
    """Find the rule that forbids a rep who is wished for, to the customer or to one of its family."""
    some = mine[(wishes.kind[mine] != "not") & (wishes.rep[mine] >= 0)]
    units = judge.units[role]
    of, customers, _ = units.expand(units.of[wishes.customer[some]])
    reps = wishes.rep[some][of]
    locked = (judge.stays.lock[role, customers] != FREE) & (judge.holdings.owners[role, customers] == reps)
    for test in judge.eligibility.tests(role, customers, reps):
        for pair in np.flatnonzero(~test.holds & ~locked).tolist():
            wish = int(some[of[pair]])
            if found[wish] is None:
                customer, rep = int(customers[pair]), int(reps[pair])
                found[wish] = f"{judge.eligibility.explain(test, role, customer, rep).message} ({test.line})"


def _by_stays(judge: Judge, wishes: Wishes, role: int, mine: IntArray, found: list[str | None]) -> None:
    """Find the lock, the holdout or the answer that keeps a customer, or one of its family, where it is."""
    units, stays, wording = judge.units[role], judge.stays, judge.wording
    of, customers, _ = units.expand(units.of[wishes.customer[mine]])
    owners = judge.holdings.owners[role, customers]
    ties = [
        _Tie(stays.lock[role, customers] != FREE, owners, True, "is locked to"),
        _Tie(stays.holdout[role, customers] != FREE, owners, True, "is held with"),
    ]
    if judge.proposal is not None:
        proposed = judge.proposal.rep[role, customers]
        ties.append(_Tie(judge.proposal.accepted[role, customers], proposed, True, "was accepted with"))
        ties.append(_Tie(judge.proposal.rejected[role, customers], proposed, False, "was rejected with"))
    for tie in ties:
        for at in np.flatnonzero(tie.holds).tolist():
            wish, rep = int(mine[of[at]]), int(tie.rep[at])
            if found[wish] is None and tie.forbids(wishes.kind[wish], rep == int(wishes.rep[wish])):
                found[wish] = f"{wording.customer(int(customers[at]))} {tie.said} {wording.rep(rep)}"


class _Tie(NamedTuple):
    """What ties customers to reps, or (not ``to_it``) keeps them away: one entry each."""

    holds: BoolArray
    rep: IntArray
    to_it: bool
    said: str

    def forbids(self, kind: str, same: bool) -> bool:
        """Tell whether a wish cannot be honoured; ``same``: it is about the rep of the tie."""
        if kind == "not":
            return self.to_it and same
        return same != self.to_it
