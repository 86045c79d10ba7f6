"""Who may be with whom: families kept together, groups, conflicts, pairs of roles, and the pool."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from models.check.amounts import exceeds, falls_short
from models.check.facts import Facts
from models.check.families import Units
from models.check.holdings import Holdings
from models.check.labels import distinct_pairs, labels
from models.check.measures import COUNT
from models.check.roster import Roster
from models.check.wording import Wording, quantity
from models.org import BoolArray, IntArray
from models.plan import POOLED, UNNEEDED, Violation
from models.policy import Group, Policy


@dataclass(frozen=True)
class Company:
    """The rules on customers that share a rep, a team or a family.

    ``may_be_pooled`` and each group's entry in ``members`` have shape (roles, customers); ``paired_by`` holds, for
    each role paired with the first, the reps' values that must agree (-1 where blank).
    """

    policy: Policy
    wording: Wording
    roster: Roster
    holdings: Holdings
    units: Sequence[Units]
    may_be_pooled: BoolArray
    members: tuple[BoolArray, ...]
    paired_by: dict[int, IntArray]

    def unneeded(self, written: IntArray) -> Iterator[Violation]:
        """Yield the entries of a plan for roles that their customers do not need; they count nowhere else."""
        for role, customer in zip(*np.nonzero(~self.holdings.needed & (written != UNNEEDED)), strict=True):
            name, rep = self.policy.role_names[role], int(written[role, customer])
            message = f"{self.wording.customer(customer)} does not need the role {name}"
            yield self.wording.broken(f"roles[{name}]", message, customer=int(customer), rep=rep)

    def violations(self, planned: IntArray) -> Iterator[Violation]:
        """Yield every broken rule of an assignment; ``planned`` has shape (roles, customers)."""
        yield from self._missing(planned)
        yield from self._pool(planned)
        yield from self._families(planned)
        yield from self._pairs(planned)
        yield from self._conflicts(planned)
        for group, members in zip(self.policy.keep.groups, self.members, strict=True):
            yield from self._group(group, members, planned)

    def _missing(self, planned: IntArray) -> Iterator[Violation]:
        for role, customer in zip(*np.nonzero(self.holdings.needed & (planned == UNNEEDED)), strict=True):
            name, whom = self.policy.role_names[role], self.wording.customer(customer)
            message = f"{whom} needs an owner as {name} and has none"
            yield self.wording.broken(f"roles[{name}]", message, customer=int(customer))

    def _pool(self, planned: IntArray) -> Iterator[Violation]:
        pooled = (planned == POOLED) & self.holdings.needed
        if not pooled.any():
            return
        for role, units in enumerate(self.units):
            refused = np.zeros(len(units.size), dtype=bool)
            refused[units.of[self.holdings.needed[role] & ~self.may_be_pooled[role]]] = True
            customers = np.flatnonzero(pooled[role])
            for customer in customers[refused[units.of[customers]]].tolist():
                message = f"{self.wording.customer(customer)} may not be without an owner"
                if self.policy.pool is not None and self.may_be_pooled[role, customer]:
                    message += ", because one of its family may not"
                line = "pool" if self.policy.pool is None else "pool.when"
                yield self.wording.broken(line, message, customer=customer)

    def _families(self, planned: IntArray) -> Iterator[Violation]:
        for role, units in enumerate(self.units):
            if not len(units.members):
                continue
            owner, begin = planned[role][units.members], units.start[:-1]
            for unit in np.flatnonzero(np.minimum.reduceat(owner, begin) != np.maximum.reduceat(owner, begin)):
                members = units.members[units.start[unit] : units.start[unit + 1]]
                reps = planned[role][members]
                other = int(np.flatnonzero(reps != reps[0])[0])
                where = ", ".join(
                    f"{self.wording.customer(customer)} with {self.wording.rep(rep)}"
                    for customer, rep in zip(members.tolist(), reps.tolist(), strict=True)
                )
                yield self.wording.broken(
                    "keep.families",
                    f"a family that stays together is divided: {where}",
                    customer=int(members[other]),
                    rep=int(reps[other]),
                )

    def _pairs(self, planned: IntArray) -> Iterator[Violation]:
        for role, value in self.paired_by.items():
            first, second = planned[0], planned[role]
            both = self.holdings.needed[0] & self.holdings.needed[role] & (first >= POOLED) & (second >= POOLED)
            padded = np.append(value, -1)
            agree = (padded[first] >= 0) & (padded[first] == padded[second])
            alone = (first == POOLED) & (second == POOLED)
            name, column = self.policy.role_names[role], self.policy.roles[self.policy.role_names[role]].same
            for customer in np.flatnonzero(both & ~agree & ~alone).tolist():
                yield self.wording.broken(
                    f"roles[{name}].same",
                    f"{self.wording.customer(customer)} has {self.wording.rep(second[customer])} as {name} and "
                    f"{self.wording.rep(first[customer])} as {self.policy.first_role}, not of the same {column}",
                    customer=customer,
                    rep=int(second[customer]),
                )

    def _conflicts(self, planned: IntArray) -> Iterator[Violation]:
        for conflict in self.policy.keep.conflicts:
            positions = self.wording.org.customer_positions
            listed = np.array([positions[name] for name in conflict.customers if name in positions], dtype=np.int64)
            owner = planned[:, listed]
            customers, reps = distinct_pairs(np.broadcast_to(listed, owner.shape)[owner >= 0], owner[owner >= 0])
            for rep in np.flatnonzero(np.bincount(reps, minlength=1) > 1).tolist():
                names = " and ".join(map(self.wording.customer, customers[reps == rep].tolist()))
                yield self.wording.broken(
                    f"keep.conflicts[{conflict.name}]",
                    f"{self.wording.rep(rep)} has {names}, at most one of them is allowed",
                    customer=int(customers[reps == rep][-1]),
                    rep=rep,
                    found=float((reps == rep).sum()),
                    limit=1.0,
                    unit=COUNT,
                )

    def _group(self, group: Group, members: BoolArray, planned: IntArray) -> Iterator[Violation]:
        role, customers = np.nonzero(members & (planned >= 0))
        holder = planned[role, customers]
        served = np.flatnonzero(members.any(axis=1))
        present = self.roster.in_scope(served.tolist()) if len(served) else np.zeros_like(self.roster.departed)
        rows = np.flatnonzero(present)
        if group.per == "team":
            holder = self.roster.teams_of(holder)
            rows = np.unique(self.roster.teams.codes[rows])
            rows = rows[rows >= 0]
        _, holder = distinct_pairs(customers[holder >= 0], holder[holder >= 0])
        found = np.bincount(holder, minlength=int(rows.max(initial=0)) + 1)[rows].astype(np.float64)
        none = np.full(len(rows), np.nan)
        most = none if group.max is None else np.full(len(rows), float(group.max))
        least = none if group.min is None else np.full(len(rows), float(group.min))
        over, under = exceeds(found, most), falls_short(found, least)
        for row in np.flatnonzero(over | under).tolist():
            bound, word = (most[row], "at most") if over[row] else (least[row], "at least")
            at, per_rep = int(rows[row]), group.per == "rep"
            label = self.wording.rep(at) if per_rep else self.roster.teams.names[at]
            name = label if per_rep else f"team {label}"
            yield self.wording.broken(
                f"keep.groups[{group.name}]",
                f"{name} has {quantity(found[row], COUNT)}, {word} {quantity(bound, COUNT)}",
                rep=at if per_rep else None,
                found=found[row],
                limit=bound,
                unit=COUNT,
                label=label,
            )


def read_company(
    facts: Facts, policy: Policy, wording: Wording, roster: Roster, holdings: Holdings, units: Sequence[Units]
) -> Company:
    """Work out who may be pooled, who is in which group, and by what pairs of roles are compared."""
    if policy.pool is None:
        may_be_pooled = np.zeros_like(holdings.needed)
    else:
        may_be_pooled = np.array([facts.customer_true(policy.pool.when, role) for role in policy.role_names])
    members = tuple(
        holdings.needed & np.array([facts.customer_true(group.when, role) for role in policy.role_names])
        for group in policy.keep.groups
    )
    paired_by = {
        role: labels(facts.org.reps, line.same).codes
        for role, line in enumerate(policy.roles.values())
        if role > 0 and line.same is not None
    }
    return Company(policy, wording, roster, holdings, units, may_be_pooled, members, paired_by)
