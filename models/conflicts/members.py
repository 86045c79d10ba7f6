"""Members of a conflict: the single limits, stays, families and lines that a plan keeps or breaks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from models.policy import CUSTOMERS, Policy, line_names

Kind = Literal[
    "capacity",
    "group",
    "budget",
    "goal",
    "conflict",
    "pairing",
    "lock",
    "holdout",
    "accepted",
    "rejected",
    "family",
    "eligibility",
    "pool",
    "hire",
]
Side = Literal["min", "max"]
ANSWERS: tuple[Kind, ...] = ("accepted", "rejected")
"""Kinds of members that are answers to a proposal."""
TIES: tuple[Kind, ...] = ("lock", "holdout", *ANSWERS)
"""Kinds of members that keep one customer with an owner, or from one: stays, and answers to a proposal."""
OVERALL = "overall"
"""The label of a budget that is not per rep, team or region."""


@dataclass(frozen=True)
class Member:
    """One rule that a plan keeps or breaks, as small as the policy can state it.

    Attributes
    ----------
    line : str
        Path of the policy line without ``policy.``: ``capacity[workload]``, ``keep.locks[CRM]``.
    side : ``min``, ``max`` or None
    label : str or None
        Whom a limit is for: a rep, a team, a region; None where the line has one limit, or none.
    per : ``rep``, ``team``, ``region`` or None
        What the label is.
    customers : tuple of int
        Positions of the customers that a tie, a family or a conflict is about.
    limit : float or None
        In ``unit``, as the checker has it: a rep's share of the period is taken into account.
    base : float
        What a change of the limit is compared with: the limit, or what a customer brings on average where it is 0.
    """

    kind: Kind
    line: str
    side: Side | None = None
    label: str | None = None
    per: str | None = None
    customers: tuple[int, ...] = ()
    limit: float | None = None
    unit: str = ""
    base: float = 1.0

    @property
    def path(self) -> str:
        """The policy path with its side: ``capacity[workload].max``."""
        return self.line if self.side is None else f"{self.line}.{self.side}"

    @property
    def is_given(self) -> bool:
        """Whether it says who may own whom, so that a conflict has it as a given and not as one of those that clash."""
        return self.kind == "eligibility"

    @property
    def counts_customers(self) -> bool:
        """Whether its limit is a number of customers."""
        return self.unit == CUSTOMERS


def per_of_lines(policy: Policy) -> dict[str, str | None]:
    """Return what each line with limits speaks of: ``rep``, ``team``, ``region``, or None, by path."""
    return dict(_per(policy))


def _per(policy: Policy) -> Iterator[tuple[str, str | None]]:
    for name, line in zip(line_names(policy.capacity), policy.capacity, strict=True):
        yield f"capacity[{name}]", line.per
    for group in policy.keep.groups:
        yield f"keep.groups[{group.name}]", group.per
    budgets = policy.disruption.budgets
    for name, budget in zip(line_names(budgets), budgets, strict=True):
        yield f"disruption.budgets[{name}]", budget.per
