"""Screens: the hard eligibility rules that read customers and reps, one after another.

Whether a rep may own a customer depends on few columns of the customer: its region, its required skills, and the
columns that rules name. Customers alike in all of them share one *profile*, and screens are judged once per
profile and rep.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from models.expression import Expressions, parse
from models.findings import Finding, InputRefused
from models.formulation.regions import RegionMap
from models.formulation.units import Units
from models.org import BoolArray, FloatArray, IntArray, Org, skill_levels
from models.policy import Policy, Rule
from models.presence import departed

MOST_CELLS = 2_000_000_000
ROSTER = "roster"


@dataclass(frozen=True)
class Effect:
    """What one policy line does to eligibility: the customers it touches and the candidates it removes.

    ``removed`` counts (customer, rep) pairs that the lines before it had left.
    """

    path: str
    customers: int
    removed: int


@dataclass(frozen=True)
class Profiles:
    """Profiles of members, and the reps that the screens leave to each.

    Attributes
    ----------
    of_member : int array, shape (members,)
    allowed : bool array, shape (profiles, reps)
    last_removed_by : int array, shape (profiles,)
        Position in ``effects`` of the screen that removed the last rep, -1 where some are left.
    effects : tuple of Effect
    """

    of_member: IntArray
    allowed: BoolArray
    last_removed_by: IntArray
    effects: tuple[Effect, ...]


def rule_path(rule: Rule) -> str:
    """Return the readable path of an eligibility rule."""
    return f"eligibility.rules[{rule.name}]"


def reads_pairs(rule: Rule) -> bool:
    """Tell whether a rule reads the pairs table, so that it must be judged pair by pair."""
    texts = [text for text in (rule.when, rule.require, rule.prefer) if text is not None]
    return any(parse(text, ("customer", "rep", "pair", "period")).uses("pair") for text in texts)


def screen(org: Org, policy: Policy, units: Units, regions: RegionMap, expressions: Expressions) -> Profiles:
    """Judge roster, region, skills and every ``require`` rule that does not read the pairs table.

    Raises
    ------
    InputRefused
        When the customers are of so many profiles that profiles x reps cannot be held in memory.
    """
    rules = [rule for rule in policy.eligibility.rules if rule.require is not None and not reads_pairs(rule)]
    of_member, first = _profiles(org, policy, units, regions, rules)
    customer, role = units.member[first], units.role_of_member[first]
    members = np.bincount(of_member, minlength=len(first))
    if len(first) * org.n_reps > MOST_CELLS:
        raise InputRefused(
            [
                Finding(
                    "TP301",
                    "Too many kinds of customers for the eligibility rules",
                    found=f"{len(first):,} kinds of customers x {org.n_reps:,} reps",
                    expected=f"at most {MOST_CELLS:,} combinations",
                    hint="Try rules that name columns with few different values, such as a tier instead of an amount",
                )
            ]
        )
    allowed = _roster(org, policy)[role]
    effects = [Effect(ROSTER, len(units.member), 0)]
    last_removed_by = np.where(allowed.any(axis=1), -1, 0)

    def apply(path: str, touched: BoolArray, keeps: BoolArray) -> None:
        before = allowed.sum(axis=1)
        np.logical_and(allowed, keeps, out=allowed)
        after = allowed.sum(axis=1)
        last_removed_by[(after == 0) & (before > 0)] = len(effects)
        effects.append(Effect(path, int(members[touched].sum()), int((members * (before - after)).sum())))

    if policy.eligibility.region != "any":
        reach = regions.covers if policy.eligibility.region == "same" else regions.reaches
        region = regions.of_customer[customer]
        keeps = np.ones((len(first), org.n_reps), dtype=bool)
        keeps[region >= 0] = reach[:, region[region >= 0]].T
        apply("eligibility.region", np.asarray(region >= 0), keeps)
    if policy.eligibility.skills == "required":
        kind, meets = skills_met(org)
        apply("eligibility.skills", _requires_skills(org, customer), meets[kind[customer]])
    for rule in rules:
        when, keeps = _judge(rule, customer, role, org.n_reps, policy, expressions)
        apply(rule_path(rule), np.asarray(when.any(axis=1)), keeps)
    return Profiles(of_member, allowed, last_removed_by, tuple(effects))


def _profiles(
    org: Org, policy: Policy, units: Units, regions: RegionMap, rules: list[Rule]
) -> tuple[IntArray, IntArray]:
    """Return each member's profile, and for each profile the position of a member that has it."""
    code = units.role_of_member.copy()
    if policy.eligibility.region != "any":
        code = _paired(code, regions.of_customer[units.member])
    if policy.eligibility.skills == "required" and "required_skills" in org.customers:
        code = _paired(code, pd.factorize(org.customers["required_skills"])[0][units.member])
    used: set[str] = set()
    for rule in rules:
        for text in (rule.when, rule.require):
            if text is not None:
                used |= {
                    column
                    for table, column in parse(text, ("customer", "rep", "period")).columns
                    if table == "customer"
                }
    for column in sorted(used):
        code = _paired(code, _codes(org, policy, column, units))
    profile, kinds = pd.factorize(code)
    first = np.full(len(kinds), len(code), dtype=np.int64)
    np.minimum.at(first, profile, np.arange(len(code)))
    return profile.astype(np.int64), first


def _paired(code: IntArray, other: IntArray) -> IntArray:
    """Return one code per distinct pair of codes."""
    pairs = code * (int(other.max(initial=0)) + 2) + (other + 1)
    return pd.factorize(pairs)[0].astype(np.int64)


def _codes(org: Org, policy: Policy, column: str, units: Units) -> IntArray:
    """Return one code per distinct value of a customer column; a derived column's values depend on others."""
    if column in org.customers and not column.startswith("owner_"):
        return pd.factorize(org.customers[column])[0].astype(np.int64)[units.member]
    return units.member.astype(np.int64)


def _roster(org: Org, policy: Policy) -> BoolArray:
    """Tell which reps may own customers in which role at all, shape (roles, reps)."""
    here = ~departed(org)
    if len(policy.roles) == 1:
        return here[None, :].copy()
    role = org.reps["role"].to_numpy(dtype=object) if "role" in org.reps else np.full(org.n_reps, None, dtype=object)
    return np.array([here & (role == name) for name in policy.role_names], dtype=bool)


def _requires_skills(org: Org, customers: IntArray) -> BoolArray:
    cells = org.customers["required_skills"].to_numpy(dtype=object)[customers]
    return np.array([isinstance(cell, str) and bool(skill_levels(cell)) for cell in cells], dtype=bool)


def skills_met(org: Org) -> tuple[IntArray, BoolArray]:
    """Tell which reps have every skill that customers require, at its level or above.

    Returns
    -------
    int array, shape (customers,)
        Customers of one kind require the same.
    bool array, shape (kinds, reps)
    """
    kind, cells = pd.factorize(org.customers["required_skills"].to_numpy(dtype=object))
    names = {name: s for s, name in enumerate(sorted({n for cell in cells for n in skill_levels(str(cell))}))}
    has: FloatArray = np.zeros((len(names), org.n_reps))
    for r, cell in enumerate(org.reps.get("skills", ())):
        for name, level in (skill_levels(cell) if isinstance(cell, str) else {}).items():
            if name in names:
                has[names[name], r] = level
    meets = np.ones((len(cells) + 1, org.n_reps), dtype=bool)
    for kind_of, cell in enumerate(cells):
        for name, level in skill_levels(str(cell)).items():
            meets[kind_of] &= has[names[name]] >= level
    return np.where(kind < 0, len(cells), kind), meets


def _judge(
    rule: Rule, customer: IntArray, role: IntArray, n_reps: int, policy: Policy, expressions: Expressions
) -> tuple[BoolArray, BoolArray]:
    """Return where a rule applies and which reps it keeps, both of shape (profiles, reps) or broadcastable."""

    def true(text: str) -> BoolArray:
        tables = parse(text, ("customer", "rep", "period"))
        if not tables.uses("rep"):
            found = np.zeros((len(customer), 1), dtype=bool)
            for k, name in enumerate(policy.role_names):
                mine = role == k
                if mine.any():
                    found[mine, 0] = expressions.customers(text, role=name).true()[customer[mine]]
            return found
        if not tables.uses("customer"):
            return expressions.reps(text).true()[None, :]
        found = np.zeros((len(customer), n_reps), dtype=bool)
        for k, name in enumerate(policy.role_names):
            mine = np.flatnonzero(role == k)
            if len(mine):
                pairs = expressions.pairs(
                    text, np.repeat(customer[mine], n_reps), np.tile(np.arange(n_reps), len(mine)), role=name
                )
                found[mine] = pairs.true().reshape(len(mine), n_reps)
        return found

    when = np.ones((len(customer), 1), dtype=bool) if rule.when is None else true(rule.when)
    assert rule.require is not None
    return np.broadcast_to(when, (len(customer), max(when.shape[1], 1))), ~when | true(rule.require)
