"""Amounts: what customers measure, what each rep should carry, and what each may carry at most."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pandas as pd

from models.amount import Amount
from models.expression import Expressions, Values, parse
from models.findings import Finding, InputRefused, Place
from models.formulation.regions import RegionMap
from models.formulation.requests import Asked, roles_of_reps
from models.formulation.screens import skills_met
from models.formulation.travel import Travel
from models.formulation.units import Units
from models.org import LARGEST, BoolArray, FloatArray, IntArray, Org, PositionArray
from models.policy import CUSTOMERS, EVERY_ROLE, Balance, Capacity, Policy
from models.presence import availability, departed

PAIR_TABLES = ("customer", "rep", "pair", "period")


@dataclass(frozen=True)
class RowLimits:
    """Rows of one policy line: a label, a lower and an upper limit each (NaN-free; infinite where there is none)."""

    labels: tuple[str, ...]
    lower: FloatArray
    upper: FloatArray


class Amounts:
    """The amounts of one org under one policy.

    Attributes
    ----------
    presence : float array, shape (reps,)
        Mean availability over the period (a[r]); 0 for departed reps.
    rep_role : int array, shape (reps,)
        Position of each rep's role, -1 where it has none.
    """

    def __init__(self, org: Org, policy: Policy, units: Units, regions: RegionMap, expressions: Expressions) -> None:
        self.org, self.policy, self.units, self.regions, self.expressions = (
            org,
            policy,
            units,
            regions,
            expressions,
        )
        self.presence = availability(org)
        self.here = ~departed(org)
        self.rep_role = roles_of_reps(org, policy)
        self._by_member: dict[str, FloatArray] = {CUSTOMERS: np.ones(len(units.member))}
        self._numbers: dict[str, FloatArray] = {}
        self._flags: dict[str, BoolArray] = {}
        self._whole: Amounts | None = None
        self._place: IntArray | None = None

    def of(self, units: Units, members: IntArray) -> Amounts:
        """Return the same amounts seen from some of the units: totals, targets and limits stay those of all.

        Parameters
        ----------
        units
            Some units by themselves, see :meth:`Units.only`.
        members
            Which members of all units theirs are, shape (members of ``units``,).
        """
        part = copy.copy(self)
        part.units, part._whole, part._place = units, self.whole, members
        part._by_member = {CUSTOMERS: np.ones(len(members))}
        return part

    def by(self, expressions: Expressions) -> Amounts:
        """Return the same amounts, evaluated by another database, the first having been closed."""
        again = copy.copy(self)
        again.expressions = expressions
        return again

    @property
    def whole(self) -> Amounts:
        """The amounts of all units."""
        return self if self._whole is None else self._whole

    @cached_property
    def travel(self) -> Travel:
        """The way between customers and reps."""
        if self._whole is not None:
            return self._whole.travel
        return Travel(self.org, self.policy)

    @cached_property
    def skills_met(self) -> tuple[IntArray, BoolArray]:
        """Each customer's kind by required skills, and which reps meet which kind."""
        if self._whole is not None:
            return self._whole.skills_met
        return skills_met(self.org)

    @cached_property
    def asked(self) -> Asked:
        """What the tables of wishes and of a proposal ask for."""
        return Asked(self.org, self.policy, self.units) if self._whole is None else self._whole.asked

    # ---- measures ------------------------------------------------------------------------------------------

    def depends_on_rep(self, measure: str) -> bool:
        """Tell whether a measure's value depends on who owns the customer."""
        if measure == CUSTOMERS:
            return False
        expression = parse(self.policy.measures[measure].value, PAIR_TABLES)
        return expression.uses("rep") or expression.uses("pair")

    def of_members(self, measure: str) -> FloatArray:
        """Return a measure's value for each member, shape (members,); not for measures with pair values.

        Raises
        ------
        InputRefused
            When the measure is blank, not finite or negative for some customer.
        """
        if measure not in self._by_member and self._whole is not None:
            self._by_member[measure] = self._whole.of_members(measure)[self._place]
        if measure not in self._by_member:
            line = self.policy.measures[measure]
            values = self.member_numbers(line.value)
            if line.default is not None:
                values = np.where(np.isnan(values), line.default, values)
            self._refuse_unusable(measure, values, self.units.member)
            self._by_member[measure] = values
        return self._by_member[measure]

    def of_pairs(self, measure: str, member: IntArray, rep: PositionArray) -> FloatArray:
        """Return a measure's value for pairs of member and rep position, shape (pairs,)."""
        if not self.depends_on_rep(measure):
            return self.of_members(measure)[member]
        line = self.policy.measures[measure]
        values = self.pair_numbers(line.value, member, rep)
        if line.default is not None:
            values = np.where(np.isnan(values), line.default, values)
        self._refuse_unusable(measure, values, self.units.member[member], rep)
        return values

    def pair_numbers(self, text: str, member: IntArray, rep: PositionArray) -> FloatArray:
        """Evaluate a number for pairs of member and rep position (-1: nobody), NaN where NULL."""
        values = np.zeros(len(member))
        for mine, read in self._of_pairs(text, member, rep):
            values[mine] = read.numbers()
        return values

    def pair_flags(self, text: str, member: IntArray, rep: PositionArray) -> BoolArray:
        """Evaluate a condition for pairs of member and rep position (-1: nobody), False where NULL."""
        flags = np.zeros(len(member), dtype=bool)
        for mine, read in self._of_pairs(text, member, rep):
            flags[mine] = read.true()
        return flags

    def _of_pairs(self, text: str, member: IntArray, rep: PositionArray) -> Iterator[tuple[IntArray | slice, Values]]:
        """Yield the values of an expression for pairs, role by role, with where they stand."""
        customer, names = self.units.member[member], self.policy.role_names
        if len(names) == 1:
            yield slice(None), self.expressions.pairs(text, customer, rep, role=names[0])
            return
        role = self.units.role_of_member[member]
        for k, name in enumerate(names):
            mine = np.flatnonzero(role == k)
            if len(mine):
                yield mine, self.expressions.pairs(text, customer[mine], rep[mine], role=name)

    def member_numbers(self, text: str) -> FloatArray:
        """Evaluate a number over customers for each member, in its role, NaN where NULL; shape (members,)."""
        if self._whole is not None:
            return self._whole.member_numbers(text)[self._place]
        if text not in self._numbers:
            values = np.zeros(len(self.units.member))
            role = self.units.role_of_member
            for k, name in enumerate(self.policy.role_names):
                mine = role == k
                values[mine] = self.expressions.customers(text, role=name).numbers()[self.units.member[mine]]
            self._numbers[text] = values
        return self._numbers[text]

    def member_flags(self, text: str) -> BoolArray:
        """Tell which members satisfy a condition over customers, in their role; shape (members,)."""
        if self._whole is not None:
            return self._whole.member_flags(text)[self._place]
        if text not in self._flags:
            true = np.zeros(len(self.units.member), dtype=bool)
            role = self.units.role_of_member
            for k, name in enumerate(self.policy.role_names):
                mine = role == k
                true[mine] = self.expressions.customers(text, role=name).true()[self.units.member[mine]]
            self._flags[text] = true
        return self._flags[text]

    def _refuse_unusable(
        self, measure: str, values: FloatArray, customers: IntArray, reps: PositionArray | None = None
    ) -> None:
        text = self.policy.measures[measure].value
        fill = f"Try filling the cells, or 'default: 0' under measures.{measure}"
        for wrong, title, expected, hint in (
            (np.isnan(values), "is blank", "a number", fill),
            (np.isinf(values), "is not finite", "a finite number", "Try a condition for what divides by 0"),
            (values > LARGEST, "is too large", f"a number of at most {LARGEST:g}", "Try a greater unit"),
            (values < 0, "is negative", "a number of at least 0", f"Try greatest({text}, 0)"),
        ):
            if wrong.any():
                raise InputRefused(
                    [self._unusable(measure, title, expected, hint, np.flatnonzero(wrong), values, customers, reps)]
                )

    def _unusable(
        self,
        measure: str,
        title: str,
        expected: str,
        hint: str,
        wrong: IntArray,
        values: FloatArray,
        customers: IntArray,
        reps: PositionArray | None,
    ) -> Finding:
        ids, rep_ids = self.org.customer_ids, self.org.rep_ids
        names = [str(ids[customers[i]]) + (f" with {rep_ids[reps[i]]}" if reps is not None else "") for i in wrong[:5]]
        what = "pair" if reps is not None else "customer"
        place = self.org.source("customers").place(int(customers[wrong[0]])) if reps is None else Place()
        return Finding(
            "TP303",
            f"The measure {measure!r} {title} for {len(wrong):,} {what if len(wrong) == 1 else what + 's'}",
            Place(place.file, place.sheet, place.row, place.column, path=f"policy.measures.{measure}"),
            found=f"{values[wrong[0]]:g} for {names[0]}",
            expected=expected,
            hint=hint,
            count=len(wrong),
            examples=tuple(names),
        )

    # ---- totals and targets --------------------------------------------------------------------------------

    def total(self, measure: str, role: int | None) -> float:
        """Return a measure's total over all customers of a role, or of all roles."""
        if self._whole is not None:
            return self._whole.total(measure, role)
        values = self.of_members(measure)
        return float(values.sum() if role is None else values[self.units.role_of_member == role].sum())

    def roles_of(self, line: Balance | Capacity) -> Iterator[tuple[int | None, BoolArray]]:
        """Yield the roles a line applies to (None: all at once) with the reps that have them."""
        if line.role == EVERY_ROLE:
            yield None, self.rep_role >= 0
            return
        for k, name in enumerate(self.policy.role_names):
            if line.role is None or line.role == name:
                yield k, self.rep_role == k

    def targets(self, line: Balance) -> FloatArray:
        """Return each rep's target, shape (reps,), in the measure's unit; 0 where the line gives the rep none."""
        if self._whole is not None:
            return self._whole.targets(line)
        targets = np.zeros(self.org.n_reps)
        for role, reps in self.roles_of(line):
            if line.target.number is not None:
                targets[reps] = line.target.number * self.presence[reps]
                continue
            weight = np.where(reps, self._relative(line.target) * self.presence, 0.0)
            if line.within == "region":
                targets += self._within_regions(line.measure, role, weight)
            elif line.within == "team":
                targets += self._within_teams(line.measure, role, weight, reps)
            elif weight.sum() > 0:
                targets += self.total(line.measure, role) * weight / weight.sum()
        targets[~self.here] = 0.0
        return targets

    def _relative(self, target: Amount) -> FloatArray:
        text = (target.expression or "equal").strip()
        if text == "equal":
            return np.ones(self.org.n_reps)
        if text in ("share", "rep.share"):
            return self.shares()
        read = self.expressions.reps(text).numbers()
        return np.where(np.isnan(read), 0.0, read)

    def shares(self) -> FloatArray:
        """Return each rep's ``share``, 1 where it is not given, shape (reps,)."""
        if "share" not in self.org.reps:
            return np.ones(self.org.n_reps)
        share = self.org.reps["share"].to_numpy(float)
        return np.where(np.isnan(share), 1.0, share)

    def _within_regions(self, measure: str, role: int | None, weight: FloatArray) -> FloatArray:
        mine = slice(None) if role is None else self.units.role_of_member == role
        region = self.regions.of_customer[self.units.member][mine]
        values = self.of_members(measure)[mine]
        present = np.unique(region[region >= 0])
        targets = np.zeros(self.org.n_reps)
        if (region < 0).any() and weight.sum() > 0:
            targets += values[region < 0].sum() * weight / weight.sum()
        if not len(present):
            return targets
        totals = np.bincount(region[region >= 0], values[region >= 0], minlength=len(self.regions.names))[present]
        covers = self.regions.covers[:, present]
        spread = covers * (weight / np.maximum(covers.sum(axis=1), 1))[:, None]
        among = spread.sum(axis=0)
        return np.asarray(targets + (spread[:, among > 0] * (totals[among > 0] / among[among > 0])).sum(axis=1))

    def _within_teams(self, measure: str, role: int | None, weight: FloatArray, reps: BoolArray) -> FloatArray:
        teams, names = self.teams()
        # reps without a team form a team of their own here
        label = np.where(teams < 0, len(names), teams)
        mine = np.ones(len(self.units.member), dtype=bool) if role is None else self.units.role_of_member == role
        values, owner = self.of_members(measure)[mine], self.units.owner[mine]
        team = np.full(len(owner), -1, dtype=np.int64)
        known = owner >= 0
        team[known] = teams[owner[known]]
        among = np.bincount(label, weight, minlength=len(names) + 1)
        team[(team >= 0) & (among[team] <= 0)] = -1
        totals = np.bincount(team[team >= 0], values[team >= 0], minlength=len(names) + 1).astype(float)
        if among.sum() > 0:
            totals = totals + values[team < 0].sum() * among / among.sum()
        per_weight = np.divide(totals, among, out=np.zeros_like(totals), where=among > 0)
        return np.asarray(weight * per_weight[label])

    def teams(self) -> tuple[IntArray, npt.NDArray[np.object_]]:
        """Return each rep's team by position (-1: none) and the team names."""
        return self.labels("team")

    def labels(self, column: str) -> tuple[IntArray, npt.NDArray[np.object_]]:
        """Return the position of each rep's value in a text column (-1: blank), and the distinct values."""
        if column not in self.org.reps:
            return np.full(self.org.n_reps, -1, dtype=np.int64), np.zeros(0, dtype=object)
        cells = self.org.reps[column].astype(object)
        blank = cells.isna() | cells.astype(str).str.strip().eq("")
        codes, names = pd.factorize(cells.where(~blank, None))
        return codes.astype(np.int64), np.array([str(name) for name in names], dtype=object)

    # ---- limits --------------------------------------------------------------------------------------------

    def rep_limit(self, given: Amount | None, measure: str, role: int | None, missing: float) -> FloatArray:
        """Return a limit for each rep, shape (reps,), prorated by presence; ``missing`` where there is none."""
        limit = np.full(self.org.n_reps, missing)
        if given is None:
            return limit
        if given.by_label is not None:
            for label, one in given.by_label.items():
                r = self.org.rep_positions[label]
                limit[r] = self._absolute(one, measure, role)
        elif given.expression is not None:
            read = self.expressions.reps(given.expression).numbers()
            limit = np.where(np.isnan(read), missing, read)
        else:
            limit[:] = self._absolute(given, measure, role)
        if measure == CUSTOMERS:
            return limit
        bounded = np.isfinite(limit)
        limit[bounded] *= self.presence[bounded]
        return limit

    def label_limit(
        self, given: Amount | None, labels: tuple[str, ...], measure: str, role: int | None, missing: float
    ) -> FloatArray:
        """Return a limit for each label (team or region name), not prorated; ``missing`` where there is none."""
        limit = np.full(len(labels), missing)
        if given is None:
            return limit
        if given.by_label is not None:
            for j, label in enumerate(labels):
                if label in given.by_label:
                    limit[j] = self._absolute(given.by_label[label], measure, role)
        elif given.expression is not None:
            assert self.org.regions is not None
            read = dict(
                zip(
                    self.org.regions["region"],
                    self.expressions.regions(given.expression).numbers(),
                    strict=True,
                )
            )
            for j, label in enumerate(labels):
                if not np.isnan(read.get(label, np.nan)):
                    limit[j] = read[label]
        else:
            limit[:] = self._absolute(given, measure, role)
        return limit

    def _absolute(self, given: Amount, measure: str, role: int | None) -> float:
        if given.percent is not None:
            return given.percent * self.total(measure, role)
        assert given.number is not None
        return given.number
