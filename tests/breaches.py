"""Every assignment of a tiny org, families and rules or not, with what the checker reports against each."""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from functools import cached_property

import numpy as np

from models.check import Judge
from models.conflicts.members import TIES, Member
from models.org import Org
from models.plan import POOLED, UNNEEDED, Assignment, Violation
from models.policy import Policy

NEVER = ("presence", "roles[", "pool", "measures[")
"""What no plan may break, whatever rule is left aside; ``roles[...].same`` is a rule."""


class Breaches:
    """Tries every assignment of customers to reps, one by one."""

    def __init__(self, org: Org, policy: Policy) -> None:
        self.org, self.policy = org, policy

    @cached_property
    def choices(self) -> list[tuple[int, int, list[int]]]:
        """Role, customer and the owners that are not out of the question; left out where there are none at all."""
        with Judge(self.org, self.policy) as judge:
            nobody = np.full_like(judge.holdings.owners, UNNEEDED)
            found: dict[tuple[int, int], list[int]] = {}
            for role, customer in zip(*np.nonzero(judge.holdings.needed), strict=True):
                found[int(role), int(customer)] = []
            owners = [*range(self.org.n_reps), *([POOLED] if self.policy.pool is not None else [])]
            for (role, customer), owner in itertools.product(found, owners):
                planned = nobody.copy()
                planned[role, customer] = owner
                wrong = judge.of(Assignment(self.policy.role_names, planned)).violations
                mine = str(self.org.customer_ids[customer])
                name = self.policy.role_names[role]
                of_role = [one for one in wrong if not one.line.startswith("roles[") or one.line == f"roles[{name}]"]
                if not any(one.customer == mine and _never(one) for one in of_role):
                    found[role, customer].append(owner)
        return [(role, customer, some) for (role, customer), some in found.items() if some]

    @property
    def count(self) -> int:
        """Number of assignments."""
        return int(np.prod([len(some) for _, _, some in self.choices], dtype=float))

    @cached_property
    def all(self) -> list[tuple[Violation, ...]]:
        """What the checker reports against each assignment that is not out of the question."""
        found = []
        with Judge(self.org, self.policy) as judge:
            for owners in itertools.product(*(some for _, _, some in self.choices)):
                planned = np.full_like(judge.holdings.owners, UNNEEDED)
                for (role, customer, _), owner in zip(self.choices, owners, strict=True):
                    planned[role, customer] = owner
                violations = judge.of(Assignment(self.policy.role_names, planned)).violations
                if not any(map(_never, violations)):
                    found.append(violations)
        return found

    def possible(self, members: Iterable[Member], aside: Iterable[int] = ()) -> bool:
        """Tell whether some assignment breaks none of the members; of customers set aside nothing is asked."""
        members = list(members)
        exempt = {str(self.org.customer_ids[c]) for c in aside}
        return any(not any(self.breaks(one, members, exempt) for one in violations) for violations in self.all)

    def breaks(self, violation: Violation, members: Iterable[Member], exempt: set[str]) -> bool:
        """Tell whether a violation is one of a member."""
        return any(self.is_of(violation, member, exempt) for member in members)

    def is_of(self, violation: Violation, member: Member, exempt: set[str]) -> bool:
        """Tell whether a violation is of a member: the same line, side, label and customers."""
        if violation.line != member.line:
            return False
        if member.side is not None:
            assert violation.found is not None
            assert violation.limit is not None
            side = "max" if violation.found > violation.limit else "min"
            return side == member.side and (violation.label or "overall") == (member.label or "overall")
        if member.kind in (*TIES, "family"):
            mine = {str(self.org.customer_ids[c]) for c in member.customers}
            return violation.customer in mine and violation.customer not in exempt
        return not (member.kind == "eligibility" and violation.customer in exempt)


def _never(violation: Violation) -> bool:
    if violation.line.endswith(".same") or "needs an owner" in violation.message:
        return False
    return violation.line.startswith(NEVER)
