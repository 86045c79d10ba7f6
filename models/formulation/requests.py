"""Requests: what the tables of wishes and of a circulated proposal ask for, by position."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from models.formulation.units import Units
from models.org import BoolArray, FloatArray, IntArray, Org, PositionArray
from models.plan import POOLED
from models.policy import Policy

NOBODY_KNOWN, NOT_PROPOSED, UNASKED = -3, -4, -5
"""Of a rep who is not on the roster; of a customer whom the proposal does not have; of one who is not pinned."""


def roles_of_reps(org: Org, policy: Policy) -> IntArray:
    """Return the position of each rep's role, -1 where it has none, shape (reps,)."""
    if len(policy.roles) == 1:
        return np.zeros(org.n_reps, dtype=np.int64)
    known = {name: k for k, name in enumerate(policy.role_names)}
    cells = org.reps["role"] if "role" in org.reps else [None] * org.n_reps
    return np.array([known.get(cell, -1) if isinstance(cell, str) else -1 for cell in cells], dtype=np.int64)


@dataclass(frozen=True)
class Requests:
    """Rows that each name a customer, a role and a rep; a row that is of several roles is there once for each.

    Attributes
    ----------
    row : int array, shape (requests,)
        Where the request stands in its table.
    role, customer, rep : int arrays, shape (requests,)
        Positions; the rep is POOLED where the cell is blank, and NOBODY_KNOWN where it names nobody on the roster.
    """

    row: IntArray
    role: IntArray
    customer: IntArray
    rep: IntArray


def read_requests(table: pd.DataFrame, org: Org, policy: Policy) -> Requests:
    """Read who is named in a table; rows of customers or roles that are not there are left out.

    A row without a role is of the role of the rep it names, and of every role where it names none.
    """
    customer = _found(table["customer_id"], org.customer_ids)
    rep = _found(table["rep_id"], org.rep_ids)
    rep = np.where(table["rep_id"].isna().to_numpy(), POOLED, np.where(rep < 0, NOBODY_KNOWN, rep))
    n_roles, row = len(policy.roles), np.arange(len(table))
    blank = table["role"].isna().to_numpy()
    own = np.where(rep >= 0, roles_of_reps(org, policy)[np.maximum(rep, 0)], -1)
    role = np.where(blank, own, _found(table["role"], np.array(policy.role_names, dtype=object)))
    every = blank & (rep < 0)
    rows = np.concatenate([row[~every], np.repeat(row[every], n_roles)])
    roles = np.concatenate([role[~every], np.tile(np.arange(n_roles), int(every.sum()))])
    known = (customer[rows] >= 0) & (roles >= 0)
    rows, roles = rows[known], roles[known]
    order = np.argsort(rows, kind="stable")
    rows, roles = rows[order], roles[order]
    return Requests(rows, roles, customer[rows], rep[rows])


def _found(cells: pd.Series, ids: np.ndarray) -> IntArray:
    found: IntArray = pd.Index(ids).get_indexer(pd.Index(cells.astype(object))).astype(np.int64)
    return found


@dataclass(frozen=True)
class WishPoints:
    """What wishes cost that are not honoured, by role, customer and rep.

    Attributes
    ----------
    base : float array, shape (roles, customers)
        Points where no rep is named: every wish to be with somebody is refused.
    key : int array, shape (reps named,)
        Role, customer and rep in one number, ascending.
    more : float array, shape (reps named,)
        What that rep costs more than the base; negative where it is wished for.
    """

    base: FloatArray
    key: IntArray
    more: FloatArray
    n_reps: int

    def of(self, role: IntArray, customer: IntArray, rep: PositionArray) -> FloatArray:
        """Return the points of wishes that are not honoured when ``rep`` (POOLED: nobody) owns ``customer``."""
        points: FloatArray = self.base[role, customer]
        if len(self.key):
            key = (role * self.base.shape[1] + customer) * self.n_reps + rep
            at = np.minimum(np.searchsorted(self.key, key), len(self.key) - 1)
            named = (self.key[at] == key) & (rep >= 0)
            points[named] += self.more[at[named]]
        # what is left of a sum of weights that are all honoured is nothing
        return np.where(points > 1e-12 * (1.0 + self.base[role, customer]), points, 0.0)


def wish_points(org: Org, policy: Policy, units: Units) -> WishPoints:
    """Add up the weights of wishes; ``units`` are all there are, and know today's owners."""
    shape = len(policy.roles), org.n_customers
    base = np.zeros(shape)
    if org.wishes is None:
        return WishPoints(base, np.zeros(0, dtype=np.int64), np.zeros(0), org.n_reps)
    asked = read_requests(org.wishes, org, policy)
    kind = org.wishes["kind"].to_numpy(dtype=object)[asked.row]
    weight = org.wishes["weight"].to_numpy(dtype=float)[asked.row]
    away = kind == "not"
    rep = np.where(kind == "keep", _owners(units)[asked.role, asked.customer], asked.rep)
    np.add.at(base, (asked.role[~away], asked.customer[~away]), weight[~away])
    of_rep = rep >= 0
    key = (asked.role * org.n_customers + asked.customer) * org.n_reps + rep
    keys, place = np.unique(key[of_rep], return_inverse=True)
    more = np.bincount(place, np.where(away, weight, -weight)[of_rep], minlength=len(keys)).astype(float)
    return WishPoints(base, keys, more, org.n_reps)


def _owners(units: Units) -> IntArray:
    """Return today's owners, shape (roles, customers); below 0 where there is none that is known."""
    owners = np.full(units.unit_of.shape, -1, dtype=np.int64)
    owners[units.role_of_member, units.member] = units.owner
    return owners


@dataclass(frozen=True)
class Proposal:
    """A circulated proposal and what was answered.

    Attributes
    ----------
    owner : int array, shape (roles, customers)
        The rep whom it proposes, POOLED for nobody, NOBODY_KNOWN for one who is not on the roster, NOT_PROPOSED where
        it does not have the customer.
    accepted, rejected : bool arrays, shape (roles, customers)
        What must be as proposed, and what must not.
    """

    owner: IntArray
    accepted: BoolArray
    rejected: BoolArray

    def pinned(self, units: Units) -> IntArray:
        """Return whom each member must have, UNASKED where that is open; shape (members,)."""
        at = units.role_of_member, units.member
        return np.where(self.accepted[at], self.owner[at], UNASKED)

    def barred(self, units: Units) -> IntArray:
        """Return whom each member must not have, UNASKED where that is open; shape (members,)."""
        at = units.role_of_member, units.member
        return np.where(self.rejected[at], self.owner[at], UNASKED)


def read_proposal(org: Org, policy: Policy) -> Proposal | None:
    """Read the proposal that an org has; None where there is none."""
    if org.proposal is None:
        return None
    shape = len(policy.roles), org.n_customers
    asked = read_requests(org.proposal, org, policy)
    answer = org.proposal["accepted"].to_numpy(dtype=object)[asked.row]
    owner = np.full(shape, NOT_PROPOSED, dtype=np.int64)
    owner[asked.role, asked.customer] = asked.rep
    flags = {word: np.zeros(shape, dtype=bool) for word in ("yes", "no")}
    for word, flag in flags.items():
        flag[asked.role, asked.customer] = answer == word
    return Proposal(owner, flags["yes"], flags["no"])


class Asked:
    """What the tables of an org ask for: ``units`` are all there are."""

    def __init__(self, org: Org, policy: Policy, units: Units) -> None:
        self.wishes = wish_points(org, policy, units)
        self.proposal = read_proposal(org, policy)
