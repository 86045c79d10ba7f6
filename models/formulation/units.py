"""Units: what the solver moves, one family or lone customer in one role."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from models.expression import Expressions
from models.org import BoolArray, FloatArray, IntArray, Org, owner_column
from models.policy import Policy, Together
from models.presence import NO_OWNER, departed, owners_today


@dataclass(frozen=True)
class Units:
    """Units in the order of role and first member, with their members as one flat list.

    Attributes
    ----------
    role : int array, shape (units,)
        Position of the unit's role in the policy.
    start : int array, shape (units + 1,)
        Members of unit u stand in ``member[start[u]:start[u + 1]]``.
    member : int array, shape (members,)
        Customer positions, ascending within a unit.
    unit_of : int array, shape (roles, customers)
        The unit of a customer in a role, -1 where the customer does not need the role.
    owner : int array, shape (members,)
        Today's owner of each member: a rep position, NO_OWNER or UNKNOWN_OWNER.
    present : bool array, shape (members,)
        True where today's owner is on the roster and has not departed.
    """

    role: IntArray
    start: IntArray
    member: IntArray
    unit_of: IntArray
    owner: IntArray
    present: BoolArray

    @property
    def count(self) -> int:
        """Number of units."""
        return len(self.role)

    @property
    def size(self) -> IntArray:
        """Members of each unit, shape (units,)."""
        return np.diff(self.start)

    @property
    def unit_of_member(self) -> IntArray:
        """The unit of each member, shape (members,)."""
        return np.repeat(np.arange(self.count), self.size)

    @property
    def role_of_member(self) -> IntArray:
        """The role of each member's unit, shape (members,)."""
        return np.repeat(self.role, self.size)

    def total(self, values: FloatArray) -> FloatArray:
        """Sum ``values`` (one per member) over each unit, shape (units,)."""
        return np.add.reduceat(values, self.start[:-1]) if self.count else np.zeros(0)

    def only(self, some: IntArray) -> tuple[Units, IntArray]:
        """Return some units (positions, ascending) by themselves, and which members theirs are."""
        size = self.size[some]
        start = np.concatenate([np.zeros(1, dtype=np.int64), np.cumsum(size)])
        members = np.arange(int(start[-1])) + np.repeat(self.start[some] - start[:-1], size)
        unit_of = np.full(self.unit_of.shape, -1, dtype=np.int64)
        role = np.repeat(self.role[some], size)
        unit_of[role, self.member[members]] = np.repeat(np.arange(len(some)), size)
        part = Units(
            role=self.role[some],
            start=start,
            member=self.member[members],
            unit_of=unit_of,
            owner=self.owner[members],
            present=self.present[members],
        )
        return part, members

    def every(self, flags: BoolArray) -> BoolArray:
        """Tell for each unit whether ``flags`` (one per member) hold for all its members."""
        return np.logical_and.reduceat(flags, self.start[:-1]) if self.count else np.zeros(0, dtype=bool)


def needed_roles(org: Org, policy: Policy, expressions: Expressions) -> BoolArray:
    """Tell which customers need which role, shape (roles, customers)."""
    needed = np.ones((len(policy.roles), org.n_customers), dtype=bool)
    for k, (name, role) in enumerate(policy.roles.items()):
        if role.when is not None:
            needed[k] = expressions.customers(role.when, role=name).true()
    return needed


def form_units(org: Org, policy: Policy, expressions: Expressions) -> Units:
    """Join families as the policy says; every other customer is a unit of its own, once per role it needs."""
    needed = needed_roles(org, policy, expressions)
    owners = owners_today(org, policy)
    gone = departed(org)
    roles, starts, members, unit_owner = [], [np.zeros(1, dtype=np.int64)], [], []
    unit_of = np.full(needed.shape, -1, dtype=np.int64)
    base = placed = 0
    for k, name in enumerate(policy.role_names):
        customers = np.flatnonzero(needed[k])
        joined = _joined(org, policy, expressions, name, customers, owners[k])
        order = np.lexsort((customers, joined))
        group = joined[order]
        first = np.flatnonzero(np.r_[True, group[1:] != group[:-1]]) if len(group) else np.zeros(0, dtype=np.int64)
        sizes = np.diff(np.r_[first, len(group)])
        ordered = customers[order]
        unit_of[k, ordered] = base + np.repeat(np.arange(len(first)), sizes)
        base += len(first)
        roles.append(np.full(len(first), k, dtype=np.int64))
        starts.append(placed + np.cumsum(sizes))
        placed += len(ordered)
        members.append(ordered)
        unit_owner.append(owners[k, ordered])
    owner = np.concatenate(unit_owner)
    present = owner >= 0
    present[present] = ~gone[owner[present]]
    return Units(
        role=np.concatenate(roles),
        start=np.concatenate(starts),
        member=np.concatenate(members),
        unit_of=unit_of,
        owner=owner,
        present=present,
    )


def _joined(
    org: Org, policy: Policy, expressions: Expressions, role: str, customers: IntArray, owners: IntArray
) -> IntArray:
    """Return for each of ``customers`` the smallest position of a customer it must stay with (its own if none)."""
    alone = customers.copy()
    families = policy.keep.families
    if families == "free" or "family_id" not in org.customers:
        return alone
    family = org.customers["family_id"].to_numpy(dtype=object)[customers]
    joins = ~pd.isna(family)
    keys = pd.DataFrame({"family": family, "position": customers})
    if isinstance(families, Together):
        joins &= expressions.customers(families.together_when, role=role).true()[customers]
    elif families == "as_today":
        column = _owner_ids(org, policy, role)
        if column is None:
            return alone
        keys["owner"] = column[customers]
        joins &= owners[customers] != NO_OWNER
    by = ["family", "owner"] if "owner" in keys else ["family"]
    first = keys[joins].groupby(by, sort=False)["position"].transform("min")
    alone[joins] = first.to_numpy(dtype=np.int64)
    return alone


def _owner_ids(org: Org, policy: Policy, role: str) -> npt.NDArray[np.object_] | None:
    column = owner_column(org, role, policy.first_role)
    return None if column is None else org.customers[column].to_numpy(dtype=object)
