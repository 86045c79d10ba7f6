"""Today's books: who owns whom before the plan, and which roles each customer needs."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from models.check.facts import Facts
from models.check.labels import Labels, labels
from models.check.roster import Roster
from models.org import BoolArray, IntArray, owner_column
from models.policy import Policy

NOBODY = -3
UNKNOWN = -4


@dataclass(frozen=True)
class Holdings:
    """Today's owners; every array has shape (roles, customers).

    ``owners`` holds rep positions, :data:`NOBODY` where a customer has none (or does not need the role) and
    :data:`UNKNOWN` for an owner who is not on the roster. ``present`` tells where the owner is there in the period.
    """

    needed: BoolArray
    owners: IntArray
    present: BoolArray
    as_written: tuple[Labels, ...]


def read_holdings(facts: Facts, policy: Policy, roster: Roster) -> Holdings:
    """Read who needs which role and who has it today."""
    org = facts.org
    needed, owners, written = [], [], []
    for role, line in policy.roles.items():
        need = facts.customer_true(line.when, role)
        column = owner_column(org, role, policy.first_role)
        ids = labels(org.customers, column) if column else Labels(np.full(org.n_customers, -1), ())
        positions = [org.rep_positions.get(name, UNKNOWN) for name in ids.names]
        owner = np.array([*positions, NOBODY], dtype=np.int64)[ids.codes]
        needed.append(need)
        owners.append(np.where(need, owner, NOBODY))
        written.append(ids)
    owner_of = np.array(owners)
    present = (owner_of >= 0) & ~np.append(roster.departed, True)[np.maximum(owner_of, -1)]
    return Holdings(np.array(needed), owner_of, present, tuple(written))
