"""What managers ask for: wishes, and what they answered to a circulated proposal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from models.check.families import Units
from models.check.holdings import Holdings
from models.check.roster import Roster
from models.check.wording import Wording
from models.org import BoolArray, FloatArray, IntArray, Org
from models.plan import POOLED, UNNEEDED, Violation

OFF_ROSTER = -7
OPEN = -8
"""Where a proposal says nothing."""
ACCEPTED, REJECTED = "proposal.accepted", "proposal.rejected"


def _rows_of_roles(
    table: pd.DataFrame, org: Org, roster: Roster, roles: Sequence[str]
) -> Iterator[tuple[int, IntArray]]:
    """Yield each role with the rows of a table that speak of it and of a customer there is.

    A row that names no role speaks of its rep's; without a rep, of every role.
    """
    known = table["customer_id"].isin(org.customer_positions).to_numpy()
    said = table["role"].astype(object).where(table["role"].notna(), None).to_numpy()
    named = reps_named(table, org)
    silent = np.array([role is None for role in said], dtype=bool)
    for role, name in enumerate(roles):
        serving = np.append(roster.serves[role], False)[np.maximum(named, -1)]
        yield role, np.flatnonzero(known & ((said == name) | (silent & (serving | (named < 0)))))


def reps_named(table: pd.DataFrame, org: Org) -> IntArray:
    """Return the rep of each row, POOLED where the cell is blank, :data:`OFF_ROSTER` where nobody is called so."""
    cells = table["rep_id"].astype(object)
    positions = cells.map(org.rep_positions).fillna(OFF_ROSTER).to_numpy(dtype=np.int64)
    return np.where(cells.isna().to_numpy(), POOLED, positions)


@dataclass(frozen=True)
class Wishes:
    """The wishes, one entry for each role that a wish speaks of and its customer needs; sorted by role and customer.

    Attributes
    ----------
    row : int array, shape (wishes,)
        Where the wish stands in the table.
    role, customer : int arrays, shape (wishes,)
    kind : object array, shape (wishes,)
        ``with``, ``not`` or ``keep``.
    rep : int array, shape (wishes,)
        Whom the wish is about: for ``keep`` today's owner, below 0 where there is none on the roster.
    weight : float array, shape (wishes,)
        Points.
    """

    row: IntArray
    role: IntArray
    customer: IntArray
    kind: np.ndarray
    rep: IntArray
    weight: FloatArray

    def refused(self, role: int, customers: IntArray, reps: IntArray) -> tuple[IntArray, FloatArray]:
        """Return the pairs (customers[i], reps[i]) that refuse wishes, once each, and the weight of these wishes."""
        mine = np.flatnonzero(self.role == role)
        first = np.searchsorted(self.customer[mine], customers, side="left")
        many = np.searchsorted(self.customer[mine], customers, side="right") - first
        pair = np.repeat(np.arange(len(customers)), many)
        wish = mine[np.arange(len(pair)) + np.repeat(first - (np.cumsum(many) - many), many)]
        broken = ~self.met(wish, reps[pair])
        at, place = np.unique(pair[broken], return_inverse=True)
        return at, np.bincount(place, self.weight[wish[broken]], len(at)).astype(np.float64)

    def met(self, wish: IntArray, reps: IntArray) -> BoolArray:
        """Tell whether some wishes are honoured when ``reps`` (one each) own their customers."""
        is_it = (self.rep[wish] == reps) & (reps >= 0)
        met: BoolArray = np.where(self.kind[wish] == "not", ~is_it, is_it)
        return met

    def honoured(self, planned: IntArray) -> BoolArray:
        """Tell which wishes an assignment (shape (roles, customers)) honours, shape (wishes,)."""
        return self.met(np.arange(len(self.row)), planned[self.role, self.customer])


def read_wishes(org: Org, roles: Sequence[str], roster: Roster, holdings: Holdings) -> Wishes | None:
    """Read the wishes of an org, None where it has none."""
    table = org.wishes
    if table is None:
        return None
    row, role, customer = [], [], []
    of_customer = table["customer_id"].map(org.customer_positions).fillna(-1).to_numpy(dtype=np.int64)
    for position, rows in _rows_of_roles(table, org, roster, roles):
        rows = rows[holdings.needed[position, of_customer[rows]]]
        rows = rows[np.argsort(of_customer[rows], kind="stable")]
        row.append(rows)
        role.append(np.full(len(rows), position))
        customer.append(of_customer[rows])
    at, in_role, who = np.concatenate(row), np.concatenate(role), np.concatenate(customer)
    kind = table["kind"].to_numpy(dtype=object)[at]
    rep = np.where(kind == "keep", holdings.owners[in_role, who], reps_named(table, org)[at])
    return Wishes(at, in_role, who, kind, rep, table["weight"].to_numpy(dtype=np.float64)[at])


@dataclass(frozen=True)
class Proposal:
    """A circulated proposal; arrays have shape (roles, customers).

    ``rep`` is whom it proposes: POOLED for nobody, :data:`OFF_ROSTER`, or :data:`OPEN` where it says nothing.
    ``accepted`` and ``rejected`` tell what was answered.
    """

    rep: IntArray
    accepted: BoolArray
    rejected: BoolArray

    def changed(self, role: int, customers: IntArray, reps: IntArray) -> IntArray:
        """Return the pairs (customers[i], reps[i]) that are not as proposed."""
        proposed = self.rep[role, customers]
        return np.flatnonzero((proposed != OPEN) & (proposed != reps))

    def allows(self, role: int, customers: IntArray, reps: IntArray) -> BoolArray:
        """Tell which pairs (customers[i], reps[i]) are as was answered."""
        as_proposed = self.rep[role, customers] == reps
        allowed: BoolArray = np.where(as_proposed, ~self.rejected[role, customers], ~self.accepted[role, customers])
        return allowed

    def violations(self, wording: Wording, planned: IntArray) -> Iterator[Violation]:
        """Yield what was accepted and is otherwise, and what was rejected and is so."""
        for role, customers in enumerate(self.rep):
            everyone = np.arange(len(customers))
            broken = ~self.allows(role, everyone, planned[role]) & (planned[role] != UNNEEDED)
            for customer in np.flatnonzero(broken).tolist():
                who, rep = wording.customer(customer), int(planned[role, customer])
                said = wording.rep(rep)
                if self.rejected[role, customer]:
                    message = f"{who} is with {said}, which was rejected"
                    yield wording.broken(REJECTED, message, customer=customer, rep=rep)
                else:
                    message = f"{who} was accepted with {self.named(wording, role, customer)}, but is with {said}"
                    yield wording.broken(ACCEPTED, message, customer=customer, rep=rep)

    def named(self, wording: Wording, role: int, customer: int) -> str:
        """Return what people call the rep who is proposed."""
        rep = int(self.rep[role, customer])
        return "somebody who is not on the roster" if rep == OFF_ROSTER else wording.rep(rep)

    def closes_pool(self, units: Units, role: int, members: IntArray, begin: IntArray) -> BoolArray:
        """Tell which units, as :meth:`Units.expand` has their members, may not be pooled."""
        return ~units.every(self.allows(role, members, np.full(len(members), POOLED)), begin)


def read_proposal(org: Org, roles: Sequence[str], roster: Roster, holdings: Holdings) -> Proposal | None:
    """Read the proposal of an org, None where it has none."""
    table = org.proposal
    if table is None:
        return None
    rep = np.full(holdings.needed.shape, OPEN, dtype=np.int64)
    answer = np.full(holdings.needed.shape, None, dtype=object)
    of_customer = table["customer_id"].map(org.customer_positions).fillna(-1).to_numpy(dtype=np.int64)
    named, said = reps_named(table, org), table["accepted"].to_numpy(dtype=object)
    for role, rows in _rows_of_roles(table, org, roster, roles):
        rep[role, of_customer[rows]] = named[rows]
        answer[role, of_customer[rows]] = said[rows]
    return Proposal(rep, answer == "yes", answer == "no")
