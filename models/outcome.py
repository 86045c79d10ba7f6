"""The outcome of a plan: its assignment seen through the measures, the rows and the costs of the problem.

Every customer is looked at by itself, in each role it needs, whatever families it moved with.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from types import TracebackType
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from models.books import Band, MeasureBook, Ownership, Scales, bands_of, weigh_books
from models.check import Judge
from models.formulation.amounts import Amounts
from models.formulation.candidates import Candidates
from models.formulation.regions import region_map
from models.formulation.spread import Spread
from models.formulation.units import Units, form_units
from models.names import Texts
from models.org import BoolArray, IntArray, Org, owner_column
from models.plan import Assignment, Judgement, Plan
from models.policy import Holdout, Lock, Policy
from models.presence import NO_OWNER

_Kind = TypeVar("_Kind", bound=np.generic)


@dataclass(frozen=True)
class Changes:
    """What changed for each member: ``chosen``, ``forced`` and ``newly`` have shape (members,)."""

    chosen: BoolArray
    forced: BoolArray
    newly: BoolArray

    @property
    def moved(self) -> BoolArray:
        """Chosen and forced moves alike."""
        moved: BoolArray = self.chosen | self.forced
        return moved


class Outcome:
    """A plan that has an assignment, with what is needed to weigh and to explain it; use it in a ``with``.

    Attributes
    ----------
    units : Units
        One unit per customer and role that the customer needs, so that members and units are the same.
    ownership : Ownership
        Who owned and who owns each member.
    changes : Changes
        What the checker says of each member.
    judge : Judge
        The checker, for what it knows of locks, families and eligibility.
    """

    def __init__(self, org: Org, policy: Policy, plan: Plan) -> None:
        if plan.assignment is None or plan.judgement is None:
            raise ValueError(f"a plan that is {plan.status} has no outcome")
        self.org, self.policy, self.plan = org, policy, plan
        self.judgement: Judgement = plan.judgement
        self.judge = Judge(org, policy)
        alone = policy.model_copy(update={"keep": policy.keep.model_copy(update={"families": "free"})})
        self.units = form_units(org, alone, self.judge.expressions)
        self.amounts = Amounts(org, policy, self.units, region_map(org), self.judge.expressions)
        self.scales = Scales(self.amounts)
        self.ownership = _ownership(self.units, plan.assignment)
        self.changes = Changes(
            *(self.of_members(flags) for flags in (plan.judgement.moved, plan.judgement.forced, plan.judgement.newly))
        )

    def __enter__(self) -> Outcome:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.judge.close()

    def of_members(self, values: npt.NDArray[_Kind]) -> npt.NDArray[_Kind]:
        """Return ``values`` (shape (roles, customers)) for each member."""
        return values[self.ownership.role, self.ownership.customer]

    @cached_property
    def books(self) -> tuple[MeasureBook, ...]:
        """Every rep's book before and after, one entry per measure; the number of customers comes first."""
        return weigh_books(self.amounts, self.ownership, self.scales)

    @property
    def bands(self) -> tuple[Band, ...]:
        """The balance bands, the weightiest first."""
        return bands_of(self.books)

    @cached_property
    def owner_ids(self) -> Texts:
        """Today's owner of each member as the table has it, None where there is none."""
        ids = np.full(self.units.count, None, dtype=object)
        for k, role in enumerate(self.policy.role_names):
            mine = (self.ownership.role == k) & (self.ownership.before != NO_OWNER)
            column = owner_column(self.org, role, self.policy.first_role)
            if column is not None:
                ids[mine] = self.org.customers[column].to_numpy(dtype=object)[self.ownership.customer[mine]]
        return ids

    @cached_property
    def lapsed(self) -> BoolArray:
        """Tell which members a lock or a holdout would keep if today's owner had not gone."""
        return self.lapsed_of((*self.policy.keep.locks, *self.policy.keep.holdouts))

    def lapsed_of(self, lines: Iterable[Lock | Holdout]) -> BoolArray:
        """Tell which members one of some locks and holdouts would keep if today's owner had not gone."""
        ownership = self.ownership
        lapsed: BoolArray = self.meant_by(lines) & ~ownership.present & (ownership.before != NO_OWNER)
        return lapsed

    def meant_by(self, lines: Iterable[Lock | Holdout]) -> BoolArray:
        """Tell for which members one of some locks and holdouts is meant, whether or not it can keep them."""
        ownership = self.ownership
        meant = np.zeros(self.units.count, dtype=bool)
        for line in lines:
            for k, name in enumerate(self.policy.role_names):
                mine = ownership.role == k
                meant[mine] |= self.judge.facts.customer_true(line.when, name)[ownership.customer[mine]]
        return meant

    def of_family(self, members: IntArray) -> BoolArray:
        """Tell which members belong to a unit of several customers, shape of ``members``."""
        together = np.zeros(len(members), dtype=bool)
        for k, units in enumerate(self.judge.units):
            at = np.flatnonzero(self.ownership.role[members] == k)
            together[at] = units.size[units.of[self.ownership.customer[members[at]]]] > 1
        return together

    @cached_property
    def as_planned(self) -> Spread:
        """Every member with its new owner as its only candidate."""
        return self._spread(np.arange(self.units.count + 1), self.ownership.after)

    def with_others(self, members: IntArray, others: IntArray) -> Spread:
        """Return every member with its new owner and, for those of ``members``, another one, by ascending position.

        ``others`` are rep positions (POOLED: nobody), one for each of ``members``.
        """
        count = np.ones(self.units.count, dtype=np.int64)
        count[members] = 2
        start = np.r_[0, np.cumsum(count)]
        rep = np.empty(start[-1], dtype=np.int64)
        after = self.ownership.after
        rep[start[:-1]] = after
        rep[start[members]] = np.minimum(after[members], others)
        rep[start[members] + 1] = np.maximum(after[members], others)
        return self._spread(start, rep)

    def only(self, members: IntArray, others: IntArray) -> Spread:
        """Return ``members`` (ascending) alone, each with its new owner and, after it, the other one."""
        count = np.zeros(self.units.count, dtype=np.int64)
        count[members] = 2
        rep = np.stack([self.ownership.after[members], others], axis=1)
        return self._spread(np.r_[0, np.cumsum(count)], rep.ravel())

    def _spread(self, start: IntArray, rep: IntArray) -> Spread:
        nobody = np.zeros(self.units.count, dtype=bool)
        chosen_from = Candidates(
            start=start,
            rep=rep,
            forced=self.changes.forced,
            locked=nobody,
            held=nobody,
            lapsed=nobody,
            effects=(),
            last_removed_by=np.full(self.units.count, -1, dtype=np.int64),
        )
        return Spread(self.units, chosen_from)


def _ownership(units: Units, assignment: Assignment) -> Ownership:
    customer, role = units.member, units.role_of_member
    return Ownership(customer, role, units.owner, assignment.owners[role, customer], units.present)
