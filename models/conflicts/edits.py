"""Edits: easings as changes of the tables and of the policy, so that what is proposed can be typed and is tried."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from models.amount import Amount
from models.conflicts.change import Change, NewRow, SetCell, SetValue, Typed
from models.conflicts.easing import Easing, Remedy
from models.conflicts.figures import outward, readable, written
from models.conflicts.members import Member
from models.conflicts.rulebook import Rulebook
from models.org import Org, skill_levels
from models.plan import Violation
from models.policy import CUSTOMERS, Policy, Pool, line_names

_COLUMN = re.compile(r"^\s*(customer|rep|region)\.([A-Za-z_][A-Za-z_0-9]*)\s*$")
MOST_CASES = 12
"""With more limits than this an expression gives way to a value for each rep or region: it may be only so long."""
_TABLE = {"customer": "customers", "rep": "reps", "region": "regions"}


@dataclass(frozen=True)
class Edited:
    """Org and policy after some changes."""

    org: Org
    policy: Policy
    changes: tuple[Change, ...]


def edited(rules: Rulebook, remedy: Remedy) -> Edited:
    """Make a remedy's changes; limits move just as far as its plan goes beyond them."""
    draft = _Draft(rules)
    broken = rules.broken_by(remedy.witness.judgement)
    found: dict[int, float] = {}
    for easing in remedy.easings:
        for n in easing.members if easing.way == "limit" else ():
            values = [_of_first_role(rules.members[n], one) for one in broken.get(n, [])]
            if values:
                found[n] = max(values) if rules.members[n].side == "max" else min(values)
    changes = [*draft.limits(remedy.easings, found)]
    for easing in remedy.easings:
        if easing.way != "limit":
            member = rules.members[easing.members[0]]
            size = 1.0
            if easing.way == "nearest" and rules.policy.eligibility.nearest is not None:
                size = int(easing.what) / rules.policy.eligibility.nearest - 1.0
            changes.append(Change(easing, member, None, None, size, tuple(draft.made(easing, member))))
    return Edited(draft.org, draft.policy, tuple(changes))


class _Draft:
    def __init__(self, rules: Rulebook) -> None:
        self.rules, self.org, self.policy = rules, rules.org, rules.policy

    # ---- limits --------------------------------------------------------------------------------------------

    def limits(self, easings: Iterable[Easing], found: Mapping[int, float]) -> Iterable[Change]:
        by_line: dict[str, list[tuple[Easing, int]]] = {}
        for easing in easings:
            mine = [n for n in easing.members if n in found]
            for n in mine[:1] if self.rules.members[easing.members[0]].kind == "group" else mine:
                by_line.setdefault(self.rules.members[n].path, []).append((easing, n))
        for moved in by_line.values():
            yield from self._of_line(moved, found)

    def _of_line(self, moved: list[tuple[Easing, int]], found: Mapping[int, float]) -> Iterable[Change]:
        first = self.rules.members[moved[0][1]]
        up = first.side == "max"
        needed: dict[int, float] = {}
        for easing, n in moved:
            seen = [found[one] for one in easing.members if one in found]
            needed[n] = outward(max(seen) if up else min(seen), up=up)
        values = {n: readable(value, up=up) for n, value in needed.items()}
        given = self._amount(first)
        new, typed = self._new_amount(first, given, values)
        if new is not None:
            self._set(first, new)
        for easing, n in moved:
            member = self.rules.members[n]
            assert member.limit is not None
            before, after = member.limit, values[n]
            size = abs(needed[n] - before) / member.base
            mine = tuple(one for one in typed if not isinstance(one, SetCell) or one.row == self._row(member))
            yield Change(easing, member, before, after, size, mine)

    def _amount(self, member: Member) -> Amount:
        line = self._line(member)
        if member.kind == "group":
            return Amount(number=float(line.min if member.side == "min" else line.max))
        amount: Amount = line.min if member.side == "min" else line.max
        return amount

    def _line(self, member: Member) -> Any:
        policy = self.policy
        if member.kind == "capacity":
            return dict(zip(_paths("capacity", policy.capacity), policy.capacity, strict=True))[member.line]
        if member.kind == "budget":
            budgets = policy.disruption.budgets
            return dict(zip(_paths("disruption.budgets", budgets), budgets, strict=True))[member.line]
        if member.kind == "goal":
            return next(goal for goal in policy.goals if f"goals[{goal.goal}]" == member.line)
        return next(group for group in policy.keep.groups if f"keep.groups[{group.name}]" == member.line)

    def _set(self, member: Member, amount: Amount) -> None:
        policy, line = self.policy, self._line(member)
        value: Any = amount
        if member.kind == "group":
            assert amount.number is not None
            value = round(amount.number)
        new = line.model_copy(update={member.side or "max": value})
        if member.kind == "capacity":
            self.policy = policy.model_copy(update={"capacity": _swapped(policy.capacity, line, new)})
        elif member.kind == "budget":
            budgets = _swapped(policy.disruption.budgets, line, new)
            disruption = policy.disruption.model_copy(update={"budgets": budgets})
            self.policy = policy.model_copy(update={"disruption": disruption})
        elif member.kind == "goal":
            self.policy = policy.model_copy(update={"goals": _swapped(policy.goals, line, new)})
        else:
            keep = policy.keep.model_copy(update={"groups": _swapped(policy.keep.groups, line, new)})
            self.policy = policy.model_copy(update={"keep": keep})

    def _new_amount(
        self, first: Member, given: Amount, values: Mapping[int, float]
    ) -> tuple[Amount | None, list[Typed]]:
        """Return the amount a line should have, None where cells change instead, and what to type."""
        rules = self.rules
        members = {n: rules.members[n] for n in values}
        raw = {str(one.label): self._raw(one, values[n]) for n, one in members.items()}
        if given.expression is not None:
            column = _COLUMN.match(given.expression)
            if column is not None and self._has(_TABLE[column[1]], column[2]):
                return None, [
                    self._cell(_TABLE[column[1]], one, column[2], raw[str(one.label)]) for one in members.values()
                ]
            if len(raw) > MOST_CASES:
                amount = Amount(by_label=self._by_value(first, raw))
                return amount, [SetValue(first.path, written(amount, whole=False))]
            table, key = ("rep", "rep_id") if first.per == "rep" else ("region", "region")
            cases = " ".join(f"when {table}.{key} = {_quoted(label)} then {raw[label]:.12g}" for label in raw)
            amount = Amount(expression=f"case {cases} else ({given.expression}) end")
            return amount, [SetValue(first.path, amount.expression)]
        if first.per is None or first.kind == "group":
            (n,) = values
            amount = self._scaled(given, members[n], values[n], first.side)
        else:
            amount = Amount(by_label=self._by_label(first, given, values))
        return amount, [SetValue(first.path, written(amount, whole=first.kind == "group"))]

    def _by_value(self, first: Member, new: Mapping[str, float]) -> dict[str, Amount]:
        """Return for each label what it may have: the new value, or what the expression says today."""
        found = {}
        for member in self.rules.members:
            if member.path == first.path and member.label is not None and member.limit is not None:
                label = str(member.label)
                today = member.limit / self._presence(member) if member.limit else 0.0
                found[label] = Amount(number=new[label] if label in new else float(f"{today:.12g}"))
        return found

    def _by_label(self, first: Member, given: Amount, values: Mapping[int, float]) -> dict[str, Amount]:
        rules = self.rules
        new = {str(rules.members[n].label): (rules.members[n], value) for n, value in values.items()}
        found = {}
        for member in rules.members:
            lifted = given.by_label is not None and member.label not in given.by_label
            if member.path == first.path and member.label is not None and not lifted:
                old = given if given.by_label is None else given.by_label[member.label]
                found[member.label] = old
                if member.label in new:
                    found[member.label] = self._scaled(old, *new[member.label], first.side)
        return found

    def _scaled(self, old: Amount, member: Member, value: float, side: str | None) -> Amount:
        """Return an amount of the kind of the old one: a percentage stays one, rounded to what is enough."""
        assert member.limit is not None
        if old.percent is not None and member.limit:
            up = side == "max"
            share = old.percent * value / member.limit * 1000
            rounded = (math.ceil(share - 1e-6) if up else math.floor(share + 1e-6)) / 1000
            return Amount(percent=rounded)
        return Amount(number=self._raw(member, value))

    def _raw(self, member: Member, value: float) -> float:
        """Return what the policy has to say for a limit to be ``value``: a rep's is multiplied by presence."""
        presence = self._presence(member)
        return value if presence == 1.0 else readable(value / presence, up=member.side == "max")

    def _presence(self, member: Member) -> float:
        if member.kind == "capacity" and member.per == "rep" and member.unit != CUSTOMERS:
            return float(self.rules.amounts.presence[self.org.rep_positions[str(member.label)]])
        return 1.0

    # ---- cells ---------------------------------------------------------------------------------------------

    def _has(self, table: str, column: str) -> bool:
        frame = getattr(self.org, table)
        return frame is not None and column in frame.columns and self.org.has(table, column)

    def _row(self, member: Member) -> int | None:
        if member.per == "rep" and member.label is not None:
            return self.org.rep_positions[member.label]
        if member.per == "region" and self.org.regions is not None:
            return int(np.flatnonzero(self.org.regions["region"].to_numpy(dtype=object) == member.label)[0])
        return None

    def _cell(self, table: str, member: Member, column: str, value: object) -> SetCell:
        row = self._row(member)
        assert row is not None
        return self._put(table, row, column, value)

    def _put(self, table: str, row: int, column: str, value: object) -> SetCell:
        frame: pd.DataFrame = getattr(self.org, table).copy()
        cells = frame[column].tolist()
        cells[row] = value
        frame[column] = pd.Series(cells, dtype=frame[column].dtype)
        changed: dict[str, Any] = {table: frame}
        self.org = replace(self.org, **changed)
        return SetCell(table, row, column, value)

    # ---- everything but limits -----------------------------------------------------------------------------

    def made(self, easing: Easing, member: Member) -> Iterable[Typed]:
        """Make one easing and yield what to type for it."""
        if easing.way == "free":
            yield from self._freed(easing) if member.kind in ("lock", "holdout") else self._taken_back(easing, member)
        elif easing.way == "lift":
            yield self._lifted(member)
        elif easing.way == "split":
            for customer in member.customers:
                yield self._put("customers", customer, "family_id", None)
        elif easing.way == "drop":
            yield self._dropped(member)
        elif easing.way == "cover":
            assert easing.rep is not None
            regions = self.org.reps["regions"].iloc[easing.rep]
            yield self._put("reps", easing.rep, "regions", f"{regions};{easing.what}")
        elif easing.way == "train":
            yield self._trained(easing)
        elif easing.way == "except":
            yield self._excepted(easing, member)
        elif easing.way == "list":
            yield self._listed(easing)
        elif easing.way == "pool":
            yield self._pooled(easing)
        elif easing.way == "nearest":
            eligibility = self.policy.eligibility.model_copy(update={"nearest": int(easing.what)})
            self.policy = self.policy.model_copy(update={"eligibility": eligibility})
            yield SetValue("eligibility.nearest", int(easing.what))

    def _freed(self, easing: Easing) -> Iterable[Typed]:
        """Take a customer out of the locks and holdouts that keep it."""
        assert easing.customer is not None
        keep, at = self.policy.keep, easing.customer
        expressions, names = self.rules.judge.expressions, self.policy.role_names
        for kind in ("locks", "holdouts"):
            for line in getattr(keep, kind):
                column = _COLUMN.match(line.when)
                if not any(expressions.customers(line.when, role=name).true()[at] for name in names):
                    continue
                if column is not None and column[1] == "customer" and self._is_flag(column[2]):
                    yield self._put("customers", at, column[2], False)
                    continue
                current = self.policy.keep
                mine = next(one for one in getattr(current, kind) if one.name == line.name)
                new = mine.model_copy(update={"when": _without(mine.when, str(self.org.customer_ids[at]))})
                lines = _swapped(getattr(current, kind), mine, new)
                self.policy = self.policy.model_copy(update={"keep": current.model_copy(update={kind: lines})})
                yield SetValue(f"keep.{kind}[{line.name}].when", new.when)

    def _taken_back(self, easing: Easing, member: Member) -> Iterable[Typed]:
        """Leave open what was answered about a customer."""
        assert easing.customer is not None
        assert self.org.proposal is not None
        proposal, answer = self.org.proposal, "yes" if member.kind == "accepted" else "no"
        mine = (proposal["customer_id"] == self.org.customer_ids[easing.customer]) & (proposal["accepted"] == answer)
        for row in np.flatnonzero(mine.to_numpy()).tolist():
            yield self._put("proposal", row, "accepted", None)

    def _is_flag(self, column: str) -> bool:
        return self._has("customers", column) and self.org.customers[column].dtype == bool

    def _lifted(self, member: Member) -> Typed:
        """Leave a rep without a limit: a label that a mapping does not name has none, nor has a blank."""
        given = self._amount(member)
        if given.expression is not None:
            text = f"case when rep.rep_id = {_quoted(str(member.label))} then null else ({given.expression}) end"
            self._set(member, Amount(expression=text))
            return SetValue(member.path, text)
        left = self._by_label(member, given, {})
        del left[str(member.label)]
        if not left:
            return self._taken_out(member)
        self._set(member, Amount(by_label=left))
        return SetValue(member.path, written(Amount(by_label=left), whole=False))

    def _taken_out(self, member: Member) -> Typed:
        """Take the maximum out of a capacity line, and the line with it where that was all it said."""
        line, lines = self._line(member), self.policy.capacity
        if line.min is None:
            left = tuple(one for one in lines if one is not line)
            self.policy = self.policy.model_copy(update={"capacity": left})
            return SetValue(member.line, None)
        self.policy = self.policy.model_copy(
            update={"capacity": _swapped(lines, line, line.model_copy(update={"max": None}))}
        )
        return SetValue(member.path, None)

    def _dropped(self, member: Member) -> Typed:
        if member.kind == "conflict":
            keep = self.policy.keep
            left = tuple(one for one in keep.conflicts if f"keep.conflicts[{one.name}]" != member.line)
            self.policy = self.policy.model_copy(update={"keep": keep.model_copy(update={"conflicts": left})})
            return SetValue(member.line, None)
        roles = {
            name: role.model_copy(update={"same": None}) if f"roles[{name}].same" == member.line else role
            for name, role in self.policy.roles.items()
        }
        self.policy = self.policy.model_copy(update={"roles": roles})
        return SetValue(member.line, None)

    def _trained(self, easing: Easing) -> Typed:
        assert easing.rep is not None
        cell = self.org.reps["skills"].iloc[easing.rep]
        name, _, level = easing.what.partition(":")
        has = skill_levels(cell) if isinstance(cell, str) else {}
        has[name] = max(float(level), has.get(name, 0.0))
        return self._put("reps", easing.rep, "skills", ";".join(f"{one}:{at:g}" for one, at in has.items()))

    def _excepted(self, easing: Easing, member: Member) -> Typed:
        assert easing.customer is not None
        eligibility = self.policy.eligibility
        rule = next(one for one in eligibility.rules if f"eligibility.rules[{one.name}]" == member.line)
        new = rule.model_copy(update={"when": _without(rule.when, str(self.org.customer_ids[easing.customer]))})
        rules = _swapped(eligibility.rules, rule, new)
        self.policy = self.policy.model_copy(update={"eligibility": eligibility.model_copy(update={"rules": rules})})
        return SetValue(f"{member.line}.when", new.when)

    def _pooled(self, easing: Easing) -> Typed:
        assert easing.customer is not None
        one = f"customer.customer_id = {_quoted(str(self.org.customer_ids[easing.customer]))}"
        pool = self.policy.pool
        if pool is None:
            pool = Pool(when=one, penalty="1")
        else:
            pool = pool.model_copy(update={"when": f"({pool.when}) or {one}"})
        self.policy = self.policy.model_copy(update={"pool": pool})
        return SetValue("pool", {"when": pool.when, "penalty": pool.penalty})

    def _listed(self, easing: Easing) -> Typed:
        assert easing.customer is not None
        assert easing.rep is not None
        assert self.org.pairs is not None
        pair = {
            "customer_id": self.org.customer_ids[easing.customer],
            "rep_id": self.org.rep_ids[easing.rep],
        }
        pairs = pd.concat([self.org.pairs, pd.DataFrame([pair])], ignore_index=True)
        self.org = replace(self.org, pairs=pairs)
        return NewRow("pairs", tuple(pair.items()))


def _of_first_role(member: Member, violation: Violation) -> float:
    """Return what was found as if the limit had been the member's: a percentage is another amount in another role."""
    assert violation.found is not None
    if not violation.limit or not member.limit:
        return violation.found
    return violation.found * member.limit / violation.limit


def _paths(kind: str, lines: tuple[Any, ...]) -> list[str]:
    return [f"{kind}[{name}]" for name in line_names(lines)]


def _swapped(lines: tuple[Any, ...], old: Any, new: Any) -> tuple[Any, ...]:
    return tuple(new if line is old else line for line in lines)


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _without(when: str | None, customer: str) -> str:
    other = f"customer.customer_id <> {_quoted(customer)}"
    return other if when is None else f"({when}) and {other}"
