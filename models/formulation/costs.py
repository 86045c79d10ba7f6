"""Costs: what each candidate adds to each goal, in the goal's natural unit."""

from __future__ import annotations

import numpy as np

from models.expression import parse
from models.findings import Finding, InputRefused, Place
from models.formulation.amounts import PAIR_TABLES, Amounts
from models.formulation.nearest import one_way_minutes
from models.formulation.screens import meets_skills
from models.formulation.spread import Spread
from models.org import LARGEST, BoolArray, FloatArray, IntArray
from models.policy import Rule


def candidate_costs(amounts: Amounts, spread: Spread, goals: frozenset[str]) -> dict[str, FloatArray]:
    """Return the cost of each candidate for each goal in ``goals`` but ``balance``, shape (candidates,) each.

    Raises
    ------
    InputRefused
        When a cost is blank or not finite for some candidate; all goals are looked at first.
    """
    makers = {
        "moves": _moves,
        "disruption": _disruption,
        "misfit": _misfit,
        "travel": _travel,
        "cost": _cost,
        "pool": _pool,
    }
    costs: dict[str, FloatArray] = {}
    findings: list[Finding] = []
    for goal, make in makers.items():
        if goal in goals:
            try:
                costs[goal] = make(amounts, spread)
            except InputRefused as refused:
                findings += refused.findings
    if findings:
        raise InputRefused(findings)
    return costs


def _moves(amounts: Amounts, spread: Spread) -> FloatArray:
    return spread.sum(spread.moves.astype(float))


def _disruption(amounts: Amounts, spread: Spread) -> FloatArray:
    text = amounts.policy.disruption.move_cost or "1"
    moving = spread.moves
    values = _pair_numbers(amounts, spread, text, moving, "disruption.move_cost")
    return spread.sum(values, moving)


def _misfit(amounts: Amounts, spread: Spread) -> FloatArray:
    policy = amounts.policy
    misfit = np.zeros(len(spread.candidates.rep))
    for rule in policy.eligibility.rules:
        if rule.prefer is not None:
            broken = _breaks(amounts, spread, rule)
            path = f"eligibility.rules[{rule.name}].penalty"
            misfit += spread.sum(_pair_numbers(amounts, spread, rule.penalty_points, broken, path), broken)
    if policy.eligibility.skills == "preferred":
        points = policy.eligibility.skills_penalty
        meets = meets_skills(amounts.org, np.arange(amounts.org.n_customers))
        owned = spread.owned
        lacks = ~meets[amounts.units.member[spread.member[owned]], spread.rep[owned]]
        misfit += spread.sum(np.where(lacks, 1.0 if points is None else points, 0.0), owned)
    return misfit


def _breaks(amounts: Amounts, spread: Spread, rule: Rule) -> BoolArray:
    """Tell which entries break a preference: ``when`` is true and ``prefer`` is not."""
    breaks = spread.owned.copy()
    for text, wanted in ((rule.when, True), (rule.prefer, False)):
        if text is not None:
            breaks[breaks] = _true(amounts, spread, text, breaks) == wanted
    return breaks


def _true(amounts: Amounts, spread: Spread, text: str, entries: BoolArray) -> BoolArray:
    member, rep = spread.member[entries], spread.rep[entries]
    true = np.zeros(len(member), dtype=bool)
    role = amounts.units.role_of_member[member]
    for k, name in enumerate(amounts.policy.role_names):
        mine = np.flatnonzero(role == k)
        if len(mine):
            read = amounts.expressions.pairs(text, amounts.units.member[member[mine]], rep[mine], role=name)
            true[mine] = read.true()
    return true


def _travel(amounts: Amounts, spread: Spread) -> FloatArray:
    goal = amounts.policy.goal("travel")
    owned = spread.owned
    customers, reps = amounts.units.member[spread.member[owned]], spread.rep[owned]
    hours = one_way_minutes(amounts.org, amounts.policy, customers, reps) / 60.0
    if goal is not None and goal.default is not None:
        hours = np.where(np.isnan(hours), goal.default, hours)
    unknown = np.isnan(hours)
    if unknown.any():
        raise InputRefused([_unknown_travel(amounts, np.unique(customers[unknown]))])
    visits = np.ones(amounts.org.n_customers)
    if "visits" in amounts.org.customers:
        given = amounts.org.customers["visits"].to_numpy(float)
        visits = np.where(np.isnan(given), 1.0, given)
    return spread.sum(visits[customers] * 2.0 * hours, owned)


def _cost(amounts: Amounts, spread: Spread) -> FloatArray:
    goal = amounts.policy.goal("cost")
    assert goal is not None
    assert goal.value is not None
    owned = spread.owned
    values = _pair_numbers(amounts, spread, goal.value, owned, "goals[cost].value", goal.default)
    return spread.sum(values, owned)


def _pool(amounts: Amounts, spread: Spread) -> FloatArray:
    pool = amounts.policy.pool
    if pool is None:
        return np.zeros(len(spread.candidates.rep))
    pooled = ~spread.owned
    return spread.sum(_pair_numbers(amounts, spread, pool.penalty, pooled, "pool.penalty"), pooled)


def _pair_numbers(
    amounts: Amounts, spread: Spread, text: str, entries: BoolArray, path: str, default: float | None = None
) -> FloatArray:
    """Evaluate a number for the selected entries; blank and infinite ones are refused."""
    try:
        return np.full(int(entries.sum()), float(text))
    except ValueError:
        pass
    member, rep = spread.member[entries], spread.rep[entries]
    expression = parse(text, PAIR_TABLES)
    if expression.uses("rep") or expression.uses("pair"):
        values = amounts.pair_numbers(text, member, rep)
    else:
        by_member = np.zeros(len(amounts.units.member))
        role = amounts.units.role_of_member
        for k, name in enumerate(amounts.policy.role_names):
            mine = role == k
            read = amounts.expressions.customers(text, role=name).numbers()
            by_member[mine] = read[amounts.units.member[mine]]
        values = by_member[member]
    if default is not None:
        values = np.where(np.isnan(values), default, values)
    wrong = ~(np.abs(values) <= LARGEST)
    penal = path.startswith(("disruption", "eligibility", "pool"))
    if penal:
        wrong |= values < 0
    if wrong.any():
        org, at = amounts.org, np.flatnonzero(wrong)
        names = tuple(
            str(org.customer_ids[amounts.units.member[member[i]]])
            + (f" with {org.rep_ids[rep[i]]}" if rep[i] >= 0 else "")
            for i in at[:5]
        )
        found = "blank" if np.isnan(values[at[0]]) else f"{values[at[0]]:g}"
        raise InputRefused(
            [
                Finding(
                    "TP304",
                    f"{path} has no usable value for {len(at):,} pairs",
                    Place(path=f"policy.{path}"),
                    found=f"{found} for {names[0]}",
                    expected="a number of at least 0" if penal else "a finite number",
                    hint="Try coalesce(..., 0), or a 'default' where the line has one",
                    count=len(at),
                    examples=names,
                )
            ]
        )
    return values


def _unknown_travel(amounts: Amounts, customers: IntArray) -> Finding:
    ids = [str(amounts.org.customer_ids[c]) for c in customers[:5]]
    place = amounts.org.source("customers").place(int(customers[0]), "lat")
    return Finding(
        "TP305",
        f"No travel time is known for {len(customers):,} customers",
        place,
        found=f"no coordinates and no drive_minutes for {ids[0]} and some candidate",
        expected="lat and lon of customer and rep, or pair.drive_minutes",
        hint="Try filling the cells, or '{goal: travel, default: 0.5}' (hours one way)",
        count=len(customers),
        examples=tuple(ids),
    )
