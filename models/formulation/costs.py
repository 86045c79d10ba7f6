"""Costs: what each candidate adds to each goal, in the goal's natural unit."""

from __future__ import annotations

from typing import Protocol

import numpy as np

from models.findings import Finding, InputRefused
from models.formulation.amounts import Amounts
from models.formulation.pair_numbers import PairNumbers
from models.formulation.requests import NOT_PROPOSED
from models.formulation.spread import Spread
from models.org import BoolArray, FloatArray, IntArray
from models.policy import Rule


def candidate_costs(amounts: Amounts, spread: Spread, goals: frozenset[str]) -> dict[str, FloatArray]:
    """Return the cost of each candidate for each goal in ``goals`` but ``balance``, shape (candidates,) each.

    Raises
    ------
    InputRefused
        When a cost is blank or not finite for some candidate; all goals are looked at first.
    """
    makers = {goal: maker(amounts) for goal, maker in _MAKERS.items() if goal in goals}
    costs = {goal: np.empty(len(spread.candidates.rep)) for goal in makers}
    failed: dict[str, tuple[Finding, ...]] = {}
    for where, part in spread.parts():
        for goal, maker in makers.items():
            if goal not in failed:
                try:
                    costs[goal][where] = maker.costs(part)
                except InputRefused as refused:
                    failed[goal] = refused.findings
    findings = [one for goal, maker in makers.items() for one in failed.get(goal, maker.findings())]
    if findings:
        raise InputRefused(findings)
    return costs


class _Maker(Protocol):
    """Costs of one goal, part by part; ``findings`` tells in the end what had no usable value."""

    def __init__(self, amounts: Amounts) -> None: ...

    def costs(self, part: Spread) -> FloatArray: ...

    def findings(self) -> tuple[Finding, ...]: ...


class _Moves:
    def __init__(self, amounts: Amounts) -> None:
        pass

    def costs(self, part: Spread) -> FloatArray:
        return part.sum(part.moves.astype(float))

    def findings(self) -> tuple[Finding, ...]:
        return ()


class _Disruption:
    def __init__(self, amounts: Amounts) -> None:
        text = amounts.policy.disruption.move_cost or "1"
        self._points = PairNumbers(amounts, text, "disruption.move_cost", penal=True)

    def costs(self, part: Spread) -> FloatArray:
        return part.sum(self._points.of(part, part.moves), part.moves)

    def findings(self) -> tuple[Finding, ...]:
        return self._points.findings()


class _Misfit:
    def __init__(self, amounts: Amounts) -> None:
        self._amounts = amounts
        eligibility = amounts.policy.eligibility
        self._rules = [
            (rule, PairNumbers(amounts, rule.penalty_points, f"eligibility.rules[{rule.name}].penalty", penal=True))
            for rule in eligibility.rules
            if rule.prefer is not None
        ]
        self._skills = amounts.skills_met if eligibility.skills == "preferred" else None
        self._skill_points = 1.0 if eligibility.skills_penalty is None else eligibility.skills_penalty

    def costs(self, part: Spread) -> FloatArray:
        misfit = np.zeros(len(part.candidates.rep))
        for rule, points in self._rules:
            broken = self._breaks(part, rule)
            misfit += part.sum(points.of(part, broken), broken)
        if self._skills is not None:
            kind, meets = self._skills
            customers = self._amounts.units.member[part.member[part.owned]]
            lacks = ~meets[kind[customers], part.rep[part.owned]]
            misfit += part.sum(np.where(lacks, self._skill_points, 0.0), part.owned)
        return misfit

    def _breaks(self, part: Spread, rule: Rule) -> BoolArray:
        """Tell which entries break a preference: ``when`` is true and ``prefer`` is not."""
        breaks = part.owned.copy()
        for text, wanted in ((rule.when, True), (rule.prefer, False)):
            if text is not None:
                breaks[breaks] = self._amounts.pair_flags(text, part.member[breaks], part.rep[breaks]) == wanted
        return breaks

    def findings(self) -> tuple[Finding, ...]:
        return tuple(finding for _, points in self._rules for finding in points.findings())


class _Travel:
    def __init__(self, amounts: Amounts) -> None:
        org, goal = amounts.org, amounts.policy.goal("travel")
        self._amounts = amounts
        self._travel = amounts.travel
        self._default = None if goal is None else goal.default
        self._unknown: list[IntArray] = []
        self._visits = np.ones(org.n_customers)
        if "visits" in org.customers:
            given = org.customers["visits"].to_numpy(float)
            self._visits = np.where(np.isnan(given), 1.0, given)

    def costs(self, part: Spread) -> FloatArray:
        customers, reps = self._amounts.units.member[part.member[part.owned]], part.rep[part.owned]
        hours = self._travel.minutes(customers, reps) / 60.0
        unknown = np.isnan(hours)
        if self._default is not None:
            hours[unknown] = self._default
        elif unknown.any():
            self._unknown.append(np.unique(customers[unknown]))
        return part.sum(self._visits[customers] * 2.0 * hours, part.owned)

    def findings(self) -> tuple[Finding, ...]:
        if not self._unknown:
            return ()
        org, customers = self._amounts.org, np.unique(np.concatenate(self._unknown))
        ids = [str(org.customer_ids[c]) for c in customers[:5]]
        unknown = Finding(
            "TP305",
            f"No travel time is known for {len(customers):,} customers",
            org.source("customers").place(int(customers[0]), "lat"),
            found=f"no coordinates and no drive_minutes for {ids[0]} and some candidate",
            expected="lat and lon of customer and rep, or pair.drive_minutes",
            hint="Try filling the cells, or '{goal: travel, default: 0.5}' (hours one way)",
            count=len(customers),
            examples=tuple(ids),
        )
        return (unknown,)


class _Cost:
    def __init__(self, amounts: Amounts) -> None:
        goal = amounts.policy.goal("cost")
        assert goal is not None
        assert goal.value is not None
        self._value = PairNumbers(amounts, goal.value, "goals[cost].value", goal.default)

    def costs(self, part: Spread) -> FloatArray:
        return part.sum(self._value.of(part, part.owned), part.owned)

    def findings(self) -> tuple[Finding, ...]:
        return self._value.findings()


class _Pool:
    def __init__(self, amounts: Amounts) -> None:
        pool = amounts.policy.pool
        self._penalty = None if pool is None else PairNumbers(amounts, pool.penalty, "pool.penalty", penal=True)

    def costs(self, part: Spread) -> FloatArray:
        if self._penalty is None:
            return np.zeros(len(part.candidates.rep))
        pooled = ~part.owned
        return part.sum(self._penalty.of(part, pooled), pooled)

    def findings(self) -> tuple[Finding, ...]:
        return () if self._penalty is None else self._penalty.findings()


class _Wishes:
    def __init__(self, amounts: Amounts) -> None:
        self._units, self._points = amounts.units, amounts.asked.wishes

    def costs(self, part: Spread) -> FloatArray:
        units = self._units
        return part.sum(self._points.of(units.role_of_member[part.member], units.member[part.member], part.rep))

    def findings(self) -> tuple[Finding, ...]:
        return ()


class _Changes:
    def __init__(self, amounts: Amounts) -> None:
        self._proposed = None
        if amounts.asked.proposal is not None:
            units = amounts.units
            self._proposed = amounts.asked.proposal.owner[units.role_of_member, units.member]

    def costs(self, part: Spread) -> FloatArray:
        if self._proposed is None:
            return np.zeros(len(part.candidates.rep))
        proposed = self._proposed[part.member]
        return part.sum(((proposed != NOT_PROPOSED) & (proposed != part.rep)).astype(float))

    def findings(self) -> tuple[Finding, ...]:
        return ()


_MAKERS: dict[str, type[_Maker]] = {
    "moves": _Moves,
    "disruption": _Disruption,
    "misfit": _Misfit,
    "travel": _Travel,
    "cost": _Cost,
    "pool": _Pool,
    "wishes": _Wishes,
    "changes": _Changes,
}
