"""A second scorer of assignments, with loops and nothing clever, straight from the meaning of each policy line.

It exists to be compared with ``models.check``. Slow; for tiny orgs only.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from models.amount import Amount
from models.org import Org
from models.plan import POOLED, UNNEEDED, Assignment
from models.policy import Balance, Budget, Capacity, Group, Policy, line_names
from tests.naive_org import NaiveOrg


@dataclass(frozen=True)
class Score:
    """The policy lines that are broken, each goal's value, the stages' values, and who moves: (role, customer)."""

    broken: frozenset[str]
    goals: dict[str, float]
    stages: tuple[float, ...]
    moved: frozenset[tuple[int, int]]
    forced: frozenset[tuple[int, int]]
    newly: frozenset[tuple[int, int]]


def score(org: Org, policy: Policy, assignment: Assignment, known: NaiveOrg | None = None) -> Score:
    """Score one assignment; ``known`` saves reading the org again."""
    plan = _Plan(known or NaiveOrg(org, policy), assignment)
    goals = {name: plan.goal(name) for stage in policy.stages for name in stage.weights}
    return Score(
        broken=frozenset(plan.broken()),
        goals=goals,
        stages=tuple(sum(w * goals[name] for name, w in stage.weights.items()) for stage in policy.stages),
        moved=frozenset(plan.moved),
        forced=frozenset(plan.forced),
        newly=frozenset(plan.newly),
    )


def over(found: float, limit: float) -> bool:
    return found > limit + 1e-6 * max(1.0, abs(limit))


def under(found: float, limit: float) -> bool:
    return found < limit - 1e-6 * max(1.0, abs(limit))


class _Plan:
    def __init__(self, org: NaiveOrg, assignment: Assignment) -> None:
        self.org, self.policy = org, org.policy
        self.written = assignment.owners.tolist()
        self.to = [[self.written[k][c] if org.needs[k][c] else UNNEEDED for c in org.C] for k in org.K]
        self.moved: list[tuple[int, int]] = []
        self.forced: list[tuple[int, int]] = []
        self.newly: list[tuple[int, int]] = []
        for k in org.K:
            for c in org.C:
                if not org.needs[k][c] or self.to[k][c] == UNNEEDED:
                    continue
                owner = org.owner[k][c]
                if owner is None:
                    if self.to[k][c] >= 0:
                        self.newly.append((k, c))
                elif owner != self.to[k][c]:
                    (self.moved if org.stay[k][c] else self.forced).append((k, c))

    def owned(self, roles: Iterable[int]) -> Iterator[tuple[int, int, int]]:
        for k in roles:
            for c in self.org.C:
                if self.to[k][c] >= 0:
                    yield k, c, self.to[k][c]

    # hard rules

    def broken(self) -> Iterator[str]:
        org, policy = self.org, self.policy
        for k in org.K:
            for c in org.C:
                yield from self._broken_by_customer(k, c)
        for conflict in policy.keep.conflicts:
            together = [
                [
                    c
                    for c in org.C
                    if org.customers[c]["customer_id"] in conflict.customers and any(self.to[k][c] == r for k in org.K)
                ]
                for r in org.R
            ]
            if any(len(customers) > 1 for customers in together):
                yield f"keep.conflicts[{conflict.name}]"
        for group in policy.keep.groups:
            if self._group_broken(group):
                yield f"keep.groups[{group.name}]"
        for name, line in zip(line_names(policy.capacity), policy.capacity, strict=True):
            if self._capacity_broken(line):
                yield f"capacity[{name}]"
        for name, budget in zip(line_names(policy.disruption.budgets), policy.disruption.budgets, strict=True):
            if self._budget_broken(budget):
                yield f"disruption.budgets[{name}]"

    def _broken_by_customer(self, k: int, c: int) -> Iterator[str]:
        org, policy, to, role = self.org, self.policy, self.to[k][c], self.org.roles[k]
        if org.needs[k][c] != (self.written[k][c] != UNNEEDED):
            yield f"roles[{role}]"
        proposed = org.proposed(k, c)
        if proposed is not None and to != UNNEEDED:
            if proposed[1] == "yes" and proposed[0] != to:
                yield "proposal.accepted"
            if proposed[1] == "no" and proposed[0] == to:
                yield "proposal.rejected"
        if to >= 0 and not (org.lock[k][c] is not None and org.owner[k][c] == to):
            yield from org.rules_broken(k, c, to)
        if not org.needs[k][c]:
            return
        unit = org.unit[k][c]
        if to == POOLED and policy.pool is None:
            yield "pool"
        elif to == POOLED and not all(org.true(policy.pool.when, k, one, -1) for one in unit):
            yield "pool.when"
        if any(self.to[k][one] != to for one in unit):
            yield "keep.families"
        judged = to >= 0 and not any(
            org.lock[k][one] or (org.present(k, one) and org.owner[k][one] == to) for one in unit
        )
        if judged and org.rank(k, unit, to) > (policy.eligibility.nearest or math.inf):
            yield "eligibility.nearest"
        if org.lock[k][c] is not None:
            if org.owner[k][c] != to:
                yield f"keep.locks[{org.lock[k][c]}]"
        elif org.held(k, c) is not None and org.owner[k][c] != to:
            yield f"keep.holdouts[{org.held(k, c)}]"
        same = policy.roles[role].same
        if same is not None and k > 0 and org.needs[0][c] and UNNEEDED not in (to, self.to[0][c]):
            first = self.to[0][c]
            if (first == POOLED) != (to == POOLED):
                yield f"roles[{role}].same"
            elif to >= 0:
                mine, theirs = org.reps[to][same], org.reps[first][same]
                if mine is None or mine != theirs:
                    yield f"roles[{role}].same"

    def _group_broken(self, group: Group) -> bool:
        org = self.org
        members = [(k, c) for k in org.K for c in org.C if org.needs[k][c] and org.true(group.when, k, c, -1)]
        roles = {k for k, _ in members}
        reps = [r for r in org.R if org.at_work(r, roles)]
        for holders in self._holders(group.per, reps):
            count = len({c for k, c in members if self.to[k][c] in holders})
            if (group.max is not None and count > group.max) or (group.min is not None and count < group.min):
                return True
        return False

    def _holders(self, per: str, reps: list[int]) -> list[list[int]]:
        """Each rep alone, or everybody of each team that has one of the reps."""
        if per == "rep":
            return [[r] for r in reps]
        teams = sorted({self.org.reps[r]["team"] for r in reps} - {None})
        return [[r for r in self.org.R if self.org.reps[r]["team"] == team] for team in teams]

    def _scopes(self, role: str | None) -> list[list[int]]:
        if role == "all":
            return [list(self.org.K)]
        return [[k] for k in self.org.K if role is None or self.org.roles[k] == role]

    def _capacity_broken(self, line: Capacity) -> bool:
        return any(
            (
                line.max is not None
                and (most := self._limit(line, line.max, label, scope)) is not None
                and over(load, most)
            )
            or (
                line.min is not None
                and (least := self._limit(line, line.min, label, scope)) is not None
                and under(load, least)
            )
            for scope in self._scopes(line.role)
            for label, load in self._loads(line, scope)
        )

    def _loads(self, line: Capacity, scope: list[int]) -> Iterator[tuple[str, float]]:
        org = self.org
        if line.per == "region":
            for g in self._all_regions():
                yield g, sum(org.measure(line.measure, k, c, r) for k, c, r in self.owned(scope) if self._inside(c, g))
            return
        reps = [r for r in org.R if org.at_work(r, scope)]
        for holders in self._holders(line.per, reps):
            label = org.reps[holders[0]]["rep_id" if line.per == "rep" else "team"]
            yield label, sum(org.measure(line.measure, k, c, r) for k, c, r in self.owned(scope) if r in holders)

    def _all_regions(self) -> list[str]:
        return sorted({g for c in self.org.customers if c["region"] for g in self.org.above(c["region"])})

    def _inside(self, c: int, region: str) -> bool:
        mine = self.org.customers[c]["region"]
        return mine is not None and region in self.org.above(mine)

    def _limit(self, line: Capacity, amount: Amount, label: str, scope: list[int]) -> float | None:
        org = self.org
        limit = self._amount(amount, line.per, label, lambda: org.total(line.measure, scope))
        if limit is None or line.per != "rep" or line.measure == "customers":
            return limit
        return limit * org.availability[org.org.rep_positions[label]]

    def _amount(self, amount: Amount, per: str | None, label: str, base) -> float | None:
        if amount.by_label is not None:
            return None if label not in amount.by_label else self._amount(amount.by_label[label], per, label, base)
        if amount.number is not None:
            return amount.number
        if amount.percent is not None:
            return amount.percent * base()
        if per == "rep":
            value = self.org.value(amount.expression, 0, 0, self.org.org.rep_positions[label])
        else:
            rows = [row["region"] for row in self.org.regions]
            if label not in rows:
                return None
            value = float(self.org.expressions.regions(amount.expression).numbers()[rows.index(label)])
        return None if math.isnan(value) else value

    # budgets

    def _once(self, measure: str, c: int) -> float:
        return next((self.org.measure(measure, k, c, -1) for k in self.org.K if self.org.needs[k][c]), 0.0)

    def _sum(self, measure: str, customers: Iterable[int]) -> float:
        return sum(self._once(measure, c) for c in set(customers))

    def _budget_broken(self, line: Budget) -> bool:
        org = self.org
        have_owner = [c for c in org.C if any(org.present(k, c) for k in org.K)]
        gone = [c for _, c in self.moved]
        if line.per is None:
            most = self._amount(line.max, None, "", lambda: self._sum(line.of, have_owner))
            return over(self._sum(line.of, gone), most)
        if line.per == "region":
            regions = line.max.by_label or {c["region"]: None for c in org.customers if c["region"]}
            for g in regions:
                most = self._amount(
                    line.max, "region", g, lambda g=g: self._sum(line.of, [c for c in have_owner if self._inside(c, g)])
                )
                if most is not None and over(self._sum(line.of, [c for c in gone if self._inside(c, g)]), most):
                    return True
            return False
        reps = [r for r in org.R if org.at_work(r, org.K)]
        for holders in self._holders(line.per, reps):
            label = org.reps[holders[0]]["rep_id" if line.per == "rep" else "team"]
            if line.side == "lost":
                crossed = [c for k, c in self.moved if org.owner[k][c] in holders and self.to[k][c] not in holders]
                book = [c for k in org.K for c in org.C if org.present(k, c) and org.owner[k][c] in holders]
                most = self._amount(line.max, line.per, label, lambda b=book: self._sum(line.of, b))
            else:
                crossed = [c for k, c in self.moved if org.owner[k][c] not in holders and self.to[k][c] in holders]
                most = self._amount(
                    line.max, line.per, label, lambda h=holders: sum(self._due(line.of, r) for r in h if r in reps)
                )
            if most is not None and over(self._sum(line.of, crossed), most):
                return True
        return False

    def _due(self, measure: str, r: int) -> float:
        for line in self.policy.balance:
            for scope in self._scopes(line.role):
                if line.measure == measure and self.org.at_work(r, scope):
                    return self.targets(line, scope)[r]
        roles = [[k] for k in self.org.K if self.org.serves(r, k)]
        return self.targets(Balance(measure=measure, target="share"), roles[0])[r] if roles else 0.0

    # goals

    def targets(self, line: Balance, scope: list[int]) -> list[float]:
        org = self.org
        if line.target.number is not None:
            return [line.target.number * org.availability[r] if org.at_work(r, scope) else 0.0 for r in org.R]
        weight = []
        for r in org.R:
            if line.target.expression == "equal":
                s = 1.0
            else:
                text = "rep.share" if line.target.expression == "share" else line.target.expression
                s = org.value(text, 0, 0, r)
            weight.append(s * org.availability[r] if org.at_work(r, scope) and not math.isnan(s) else 0.0)
        needs = [(k, c, org.measure(line.measure, k, c, -1)) for k in scope for c in org.C if org.needs[k][c]]
        if line.within == "region":
            return self._within_regions(needs, weight)
        if line.within == "team":
            return self._within_teams(needs, weight)
        return _shared(sum(q for _, _, q in needs), weight)

    def _within_regions(self, needs: list[tuple[int, int, float]], weight: list[float]) -> list[float]:
        org = self.org
        region = {c: org.customers[c]["region"] for _, c, _ in needs}
        regions = {g for g in region.values() if g is not None}
        targets = _shared(sum(q for _, c, q in needs if region[c] is None), weight)
        for g in regions:
            pull = []
            for r in org.R:
                many = sum(org.covers(r, other) for other in regions)
                pull.append(weight[r] / many if org.covers(r, g) else 0.0)
            share = _shared(sum(q for _, c, q in needs if region[c] == g), pull)
            targets = [one + more for one, more in zip(targets, share, strict=True)]
        return targets

    def _within_teams(self, needs: list[tuple[int, int, float]], weight: list[float]) -> list[float]:
        org = self.org
        targets, rest = [0.0] * len(weight), 0.0
        for k, c, q in needs:
            owner = org.owner[k][c]
            team = org.reps[owner]["team"] if isinstance(owner, int) else None
            own = [weight[r] if org.reps[r]["team"] == team else 0.0 for r in org.R]
            if team is None or sum(own) == 0:
                rest += q
            else:
                targets = [one + more for one, more in zip(targets, _shared(q, own), strict=True)]
        return [one + more for one, more in zip(targets, _shared(rest, weight), strict=True)]

    def goal(self, name: str) -> float:
        return float(getattr(self, f"_{name}")())

    def _balance(self) -> float:
        points = 0.0
        for line in self.policy.balance:
            for scope in self._scopes(line.role):
                for r, target in enumerate(self.targets(line, scope)):
                    if target > 0:
                        load = sum(self.org.measure(line.measure, k, c, r) for k, c, to in self.owned(scope) if to == r)
                        outside = max(load - target * (1 + line.tolerance), target * (1 - line.tolerance) - load, 0.0)
                        points += line.weight * 100 * outside / target
        return points

    def _disruption(self) -> float:
        text = self.policy.disruption.move_cost or "1"
        return sum(self.org.value(text, k, c, self.to[k][c]) for k, c in self.moved)

    def _moves(self) -> float:
        return len(self.moved)

    def _misfit(self) -> float:
        org, how, points = self.org, self.policy.eligibility, 0.0
        for k, c, r in self.owned(org.K):
            if how.skills == "preferred" and not org.skilled(c, r):
                points += 1.0 if how.skills_penalty is None else how.skills_penalty
            for rule in how.rules:
                if rule.prefer is not None and org.true(rule.when, k, c, r) and not org.true(rule.prefer, k, c, r):
                    points += org.value(rule.penalty_points, k, c, r)
        return points

    def _travel(self) -> float:
        line = self.policy.goal("travel")
        hours = 0.0
        for _, c, r in self.owned(self.org.K):
            minutes = self.org.minutes(c, r)
            visits = self.org.customers[c]["visits"]
            hours += (1.0 if visits is None else visits) * 2 * (line.default if minutes is None else minutes / 60)
        return hours

    def _cost(self) -> float:
        line = self.policy.goal("cost")
        values = [self.org.value(line.value, k, c, r) for k, c, r in self.owned(self.org.K)]
        return sum(line.default if math.isnan(value) else value for value in values)

    def _pool(self) -> float:
        pooled = [(k, c) for k in self.org.K for c in self.org.C if self.org.needs[k][c] and self.to[k][c] == POOLED]
        return sum(self.org.value(self.policy.pool.penalty, k, c, -1) for k, c in pooled)

    def _wishes(self) -> float:
        points = 0.0
        for k in self.org.K:
            for c in self.org.C:
                for wish in self.org.wishes_of(k, c) if self.org.needs[k][c] else ():
                    to = self.to[k][c]
                    if wish["kind"] == "keep":
                        honoured = to >= 0 and to == self.org.owner[k][c]
                    else:
                        mine = to >= 0 and self.org.reps[to]["rep_id"] == wish["rep_id"]
                        honoured = mine == (wish["kind"] == "with")
                    points += 0.0 if honoured else wish["weight"]
        return points

    def _changes(self) -> float:
        proposed = [
            (self.org.proposed(k, c), self.to[k][c]) for k in self.org.K for c in self.org.C if self.org.needs[k][c]
        ]
        return sum(one is not None and one[0] != to for one, to in proposed)


def _shared(total: float, weight: list[float]) -> list[float]:
    whole = sum(weight)
    return [total * one / whole if whole > 0 else 0.0 for one in weight]
