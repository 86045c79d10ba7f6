"""Locks, holdouts and today's owners: who must stay, who may stay, and so which moves are forced."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from models.check.eligibility import Eligibility
from models.check.facts import Facts
from models.check.families import Units
from models.check.holdings import Holdings
from models.check.roster import days
from models.check.wording import Wording
from models.org import BoolArray, IntArray
from models.plan import Violation
from models.policy import Holdout, Lock, Policy

FREE = -1


@dataclass(frozen=True)
class Stays:
    """Who stays; every array has shape (roles, customers).

    ``lock`` and ``holdout`` give the position of the policy line that holds a customer, :data:`FREE` where none
    does. ``may_stay`` tells where today's owner is among the eligible reps of the customer's unit: leaving such an
    owner is a chosen move, leaving any other a forced one.
    """

    lock: IntArray
    holdout: IntArray
    may_stay: BoolArray

    def violations(self, policy: Policy, wording: Wording, owners: IntArray, planned: IntArray) -> Iterator[Violation]:
        """Yield the locked or held customers that do not stay with today's owner."""
        for kind, lines, held in (
            ("locks", policy.keep.locks, self.lock),
            ("holdouts", policy.keep.holdouts, np.where(self.lock == FREE, self.holdout, FREE)),
        ):
            for role, customer in zip(*np.nonzero((held != FREE) & (owners != planned)), strict=True):
                owner, rep = int(owners[role, customer]), int(planned[role, customer])
                yield wording.broken(
                    f"keep.{kind}[{lines[held[role, customer]].name}]",
                    f"{wording.customer(customer)} stays with {wording.rep(owner)}, but is with {wording.rep(rep)}",
                    customer=int(customer),
                    rep=rep,
                )


def read_stays(eligibility: Eligibility, holdings: Holdings, units: Sequence[Units]) -> Stays:
    """Find who stays with a present owner: a lock even against eligibility, a holdout while the pair is eligible."""
    facts, policy = eligibility.facts, eligibility.policy
    lock = _first_line(facts, policy, policy.keep.locks)
    lock[:, days(facts.org.customers, "lock_until") < np.datetime64(facts.org.period.start)] = FREE
    lock[~holdings.present] = FREE
    may_stay = np.array(
        [_may_stay(eligibility, role, of_role, holdings, lock[role] != FREE) for role, of_role in enumerate(units)]
    )
    holdout = _first_line(facts, policy, policy.keep.holdouts)
    holdout[~may_stay] = FREE
    return Stays(lock, holdout, may_stay)


def _first_line(facts: Facts, policy: Policy, lines: Sequence[Lock | Holdout]) -> IntArray:
    """Return for each role and customer the first line whose ``when`` holds, :data:`FREE` where none does."""
    first = np.full((len(policy.role_names), facts.org.n_customers), FREE, dtype=np.int64)
    for role, name in enumerate(policy.role_names):
        for position, line in reversed(list(enumerate(lines))):
            first[role, facts.customer_true(line.when, name)] = position
    return first


def _may_stay(eligibility: Eligibility, role: int, units: Units, holdings: Holdings, locked: BoolArray) -> BoolArray:
    """Tell for which customers today's owner is eligible for their whole unit, locked members agreeing to their own."""
    owners = holdings.owners[role]
    owned = np.flatnonzero(holdings.present[role])
    width = eligibility.facts.org.n_reps
    keys, back = np.unique(units.of[owned] * width + owners[owned], return_inverse=True)
    index, customers, begin = units.expand(keys // width)
    reps = (keys % width)[index]
    fits = eligibility.allowed(role, customers, reps) | (locked[customers] & (owners[customers] == reps))
    may_stay = np.zeros(len(owners), dtype=bool)
    if len(begin):
        may_stay[owned] = units.every(fits, begin)[back]
    return may_stay
