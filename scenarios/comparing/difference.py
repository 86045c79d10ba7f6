"""The difference of two plans, customer by customer: who is with whom in each, and which goal explains it.

Explained is the second plan: what it would lose if only this customer were with its owner of the first plan, valued
exactly by the second plan's own goals and rows.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from models.check.nearest import Ranking, beyond_nearest
from models.check.stays import FREE
from models.explain.exchange import Exchange, value_owners
from models.explain.reasons import needs_in_words, rule_in_words
from models.names import Texts, customer_names, rep_names
from models.org import BoolArray, FloatArray, IntArray
from models.outcome import Outcome
from models.plan import POOLED

Kind = Literal["goal", "limit", "rule", "exchange", "tie"]
_NOTHING = 1e-6
_MISSING = -9
"""Stands for an owner who is not on the roster of the second plan."""


@dataclass(frozen=True)
class OwnerChange:
    """A customer (in one role) that two plans give to different reps.

    Attributes
    ----------
    owner_a, owner_b : str or None
        Rep ids, None where nobody has the customer; ``name_a`` and ``name_b`` are what people call them.
    revenue : float
        What the customer is worth in the second plan.
    kind : str
        ``goal``: the second plan would be worse; ``limit``: a hard limit would be broken; ``rule``: the owner of the
        first plan may not have it; ``exchange``: by itself the other owner would be better, so that the customer is
        part of an exchange; ``tie``: both are equally good.
    goal : str or None
        The goal that would worsen most, where ``kind`` is ``goal``.
    points : float
        By how many points (the goal's own weight counted) it would worsen.
    because : str
        One plain line.
    changes : mapping of goal to float
        By how much each goal would grow with the owner of the first plan, in its natural unit; empty where that owner
        may not have the customer.
    """

    customer_id: str
    name: str
    role: str
    owner_a: str | None
    name_a: str
    owner_b: str | None
    name_b: str
    revenue: float
    kind: Kind
    goal: str | None
    points: float
    because: str
    changes: Mapping[str, float]


@dataclass(frozen=True)
class Explained:
    """How many of the customers one thing explains, their revenue, and how many points."""

    what: str
    customers: int
    revenue: float
    points: float


@dataclass(frozen=True)
class Difference:
    """Two plans, told apart: ``changes`` with the greatest revenue first.

    ``compared`` counts customers and roles that both plans assign; ``only_a`` and ``only_b`` are ids of customers that
    exist on one side only, ``reps_only_a`` and ``reps_only_b`` those of reps.
    """

    name_a: str
    name_b: str
    worth: str
    unit: str
    compared: int
    changes: tuple[OwnerChange, ...]
    only_a: tuple[str, ...]
    only_b: tuple[str, ...]
    reps_only_a: tuple[str, ...]
    reps_only_b: tuple[str, ...]

    @property
    def summary(self) -> tuple[Explained, ...]:
        """What explains how many customers: goals by points, then limits, rules, exchanges and ties."""
        groups: dict[str, list[OwnerChange]] = defaultdict(list)
        for change in self.changes:
            groups[change.goal or change.kind].append(change)
        explained = [
            Explained(what, len(some), sum(one.revenue for one in some), sum(one.points for one in some))
            for what, some in groups.items()
        ]
        order = ("limit", "rule", "exchange", "tie")
        return tuple(
            sorted(
                explained,
                key=lambda one: (order.index(one.what) + 1 if one.what in order else 0, -one.points, one.what),
            )
        )


def difference(a: Outcome, b: Outcome, name_a: str, name_b: str) -> Difference:
    """Compare the plans of two outcomes; the second one's choice is explained.

    Customers, reps and roles are matched by their ids and names; a customer that does not need a role on one side is
    not compared in it.
    """
    at, member = _matched(a, b)
    owner_a = _positions_in(b, a, a.ownership.after[at])
    compared = len(member)
    differs = np.flatnonzero(owner_a != b.ownership.after[member])
    at, member, owner_a = at[differs], member[differs], owner_a[differs]
    worth, unit = b.scales.revenue()
    revenue = b.scales.of_members(worth, b.ownership.after)[member]
    names_a, names_b = rep_names(a.org, a.ownership.after[at]), rep_names(b.org, b.ownership.after[member])
    forbidden = _forbidden(b, member, owner_a, names_a)
    open_to = np.setdiff1d(np.arange(len(member)), np.fromiter(forbidden, dtype=np.int64))
    explained = _valued(b, member[open_to], owner_a[open_to], names_a[open_to])
    whys = {int(i): why for i, why in zip(open_to, explained, strict=True)}
    whys.update({i: _Why("rule", None, 0.0, rule, {}) for i, rule in forbidden.items()})
    customers = customer_names(b.org, b.ownership.customer[member])
    changes = [
        OwnerChange(
            customer_id=str(b.org.customer_ids[b.ownership.customer[member[i]]]),
            name=str(customers[i]),
            role=b.policy.role_names[b.ownership.role[member[i]]],
            owner_a=_id(a, int(a.ownership.after[at[i]])),
            name_a=str(names_a[i]),
            owner_b=_id(b, int(b.ownership.after[member[i]])),
            name_b=str(names_b[i]),
            revenue=float(revenue[i]),
            kind=whys[i].kind,
            goal=whys[i].goal,
            points=whys[i].points,
            because=whys[i].because,
            changes=whys[i].changes,
        )
        for i in np.argsort(-revenue, kind="stable").tolist()
    ]
    return Difference(
        name_a,
        name_b,
        worth,
        unit,
        compared,
        tuple(changes),
        *_only(a.org.customer_ids, b.org.customer_ids),
        *_only(a.org.rep_ids, b.org.rep_ids),
    )


@dataclass(frozen=True)
class _Why:
    kind: Kind
    goal: str | None
    points: float
    because: str
    changes: Mapping[str, float]


def _matched(a: Outcome, b: Outcome) -> tuple[IntArray, IntArray]:
    """Return the members of both outcomes that are the same customer in the same role, by the second's order."""
    keys_a, keys_b = _keys(a), _keys(b)
    found = keys_a.get_indexer(keys_b)
    member = np.flatnonzero(found >= 0)
    return found[member].astype(np.int64), member.astype(np.int64)


def _keys(outcome: Outcome) -> pd.MultiIndex:
    customers = outcome.org.customer_ids[outcome.ownership.customer]
    roles = np.array(outcome.policy.role_names, dtype=object)[outcome.ownership.role]
    return pd.MultiIndex.from_arrays([customers, roles])


def _positions_in(b: Outcome, a: Outcome, owners: IntArray) -> IntArray:
    """Return where the first plan's owners stand on the second's roster, _MISSING where they do not."""
    where = np.array([b.org.rep_positions.get(str(rep), _MISSING) for rep in a.org.rep_ids], dtype=np.int64)
    return np.append(where, POOLED)[np.where(owners < 0, len(where), owners)]


def _id(outcome: Outcome, owner: int) -> str | None:
    return None if owner < 0 else str(outcome.org.rep_ids[owner])


def _only(one: Texts, other: Texts) -> tuple[tuple[str, ...], tuple[str, ...]]:
    first, second = set(one), set(other)
    return tuple(str(x) for x in one if x not in second), tuple(str(x) for x in other if x not in first)


# ---- who may not -------------------------------------------------------------------------------------------


def _forbidden(b: Outcome, member: IntArray, owner: IntArray, names: Texts) -> dict[int, str]:
    """Say for which of ``member`` the other owner may not have it in the second plan, and why."""
    said: dict[int, str] = {}
    for i in np.flatnonzero(owner == _MISSING).tolist():
        said[i] = f"{names[i]} is not on this roster"
    pooled = np.flatnonzero((owner == POOLED) & ~_may_be_pooled(b)[member])
    said.update(dict.fromkeys(pooled.tolist(), "has to have an owner"))
    _say_stays(b, member, said)
    for k in range(len(b.policy.role_names)):
        mine = (b.ownership.role[member] == k) & (owner >= 0)
        at = np.array([i for i in np.flatnonzero(mine).tolist() if i not in said], dtype=np.int64)
        if not len(at):
            continue
        # a lock keeps a customer with today's owner even against the rules
        locked = (b.of_members(b.judge.stays.lock)[member[at]] != FREE) & (b.ownership.before[member[at]] == owner[at])
        at = at[~locked]
        customers, reps = b.ownership.customer[member[at]], owner[at]
        for test in b.judge.eligibility.tests(k, customers, reps):
            for j in np.flatnonzero(~test.holds).tolist():
                gone = test.line == "presence"
                rule = "has left" if gone else rule_in_words(b, test.line, int(customers[j]), int(reps[j]))
                said.setdefault(int(at[j]), f"{names[at[j]]} may not have it: {rule}")
        _say_distance(b, k, at, member, owner, names, said)
    return said


def _may_be_pooled(b: Outcome) -> BoolArray:
    """Tell which members may be left without an owner: with all of their families, shape (members,)."""
    allowed = np.zeros(b.units.count, dtype=bool)
    for k, units in enumerate(b.judge.units):
        mine = np.flatnonzero(b.ownership.role == k)
        unit = units.of[b.ownership.customer[mine]]
        refused = np.zeros(len(units.size), dtype=bool)
        refused[unit[~b.of_members(b.judge.company.may_be_pooled)[mine]]] = True
        allowed[mine] = ~refused[unit]
    return allowed


def _say_stays(b: Outcome, member: IntArray, said: dict[int, str]) -> None:
    """Name the lock or the holdout that keeps a customer with the owner it has today and in the second plan."""
    keep, stays = b.policy.keep, b.judge.stays
    lock, holdout = b.of_members(stays.lock)[member], b.of_members(stays.holdout)[member]
    kept = b.ownership.before[member] == b.ownership.after[member]
    for held, lines in ((lock, keep.locks), (holdout, keep.holdouts)):
        for i in np.flatnonzero(kept & (held != FREE)).tolist():
            said.setdefault(i, f"stays where it is: {lines[held[i]].name}")


def _say_distance(
    b: Outcome,
    role: int,
    at: IntArray,
    member: IntArray,
    owner: IntArray,
    names: Texts,
    said: dict[int, str],
) -> None:
    nearest = b.policy.eligibility.nearest
    if nearest is None or not len(at):
        return
    holdings, units = b.judge.holdings, b.judge.units[role]
    planned = np.full(b.org.n_customers, POOLED, dtype=np.int64)
    planned[b.ownership.customer[member[at]]] = owner[at]
    owners = np.where(holdings.present[role], holdings.owners[role], -1)
    locked = b.judge.stays.lock[role] != FREE
    ranking = Ranking(b.judge.eligibility, role, units)
    found = beyond_nearest(ranking, owners, planned, locked, nearest)
    ranks = {(int(unit), int(rep)): int(rank) for unit, rep, rank in zip(*found, strict=True)}
    for i in at.tolist():
        rank = ranks.get((int(units.of[b.ownership.customer[member[i]]]), int(owner[i])))
        if rank is not None:
            said.setdefault(i, f"{names[i]} is not among its {nearest} nearest")


# ---- what would be lost ------------------------------------------------------------------------------------


def _valued(b: Outcome, member: IntArray, owner: IntArray, names: Texts) -> list[_Why]:
    """Explain the second plan's owners against others who may have the customers; members may come in any order."""
    if not len(member):
        return []
    order = np.argsort(member)
    exchange = value_owners(b, member[order], owner[order])
    changes = _changes(b, exchange)
    other = names[order]
    limits: dict[int, str] = {}
    mine = rep_names(b.org, b.ownership.after[exchange.member])
    for need in exchange.needs:
        for i, text in needs_in_words(b, need, other, mine):
            limits.setdefault(i, text)
    together = b.of_family(exchange.member)
    whys: dict[int, _Why] = {}
    for i, place in enumerate(order.tolist()):
        lost = {goal: float(values[i]) for goal, values in changes.items()}
        if i in limits:
            whys[place] = _Why("limit", None, 0.0, limits[i], lost)
        else:
            whys[place] = _why(b, int(exchange.member[i]), str(other[i]), lost, bool(together[i]))
    return [whys[place] for place in range(len(member))]


def _changes(b: Outcome, exchange: Exchange) -> dict[str, FloatArray]:
    """Return by how much each goal would grow, in its natural unit, shape (members of the exchange,)."""
    changes = dict(exchange.goals)
    if exchange.bands:
        changes["balance"] = np.asarray(sum(band.relief + band.filling for band in exchange.bands))
    return {goal: changes[goal] for stage in b.policy.stages for goal in stage.weights if goal in changes}


def _why(b: Outcome, member: int, other: str, lost: Mapping[str, float], together: bool) -> _Why:
    """Say what decides against the other owner: the first stage in which the two owners are not equally good."""
    if b.plan.status == "evaluated" and b.ownership.before[member] == b.ownership.after[member]:
        return _Why("rule", None, 0.0, "stays with today's owner", lost)
    for stage in b.policy.stages:
        points = {goal: weight * lost[goal] for goal, weight in stage.weights.items() if goal in lost}
        net = sum(points.values())
        if net > _NOTHING:
            goal = max(points, key=lambda name: points[name])
            return _Why("goal", goal, points[goal], f"{goal} would be {_points(points[goal])} worse", lost)
        if net < -_NOTHING and not together:
            because = f"part of an exchange: by itself it would be {_points(-net)} better with {other}"
            return _Why("exchange", None, 0.0, because, lost)
    if together:
        return _Why("exchange", None, 0.0, "goes with its family", lost)
    return _Why("tie", None, 0.0, "both owners are equally good", lost)


def _points(points: float) -> str:
    text = f"{points:,.1f}" if points >= 10 else f"{points:.3g}"
    return f"{text} {'point' if text == '1' else 'points'}"
