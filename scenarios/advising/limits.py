"""Ideas about limits: each one that binds, a step wider."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from models.amount import Amount
from models.org import FloatArray
from models.policy import CUSTOMERS, Capacity, line_names
from models.problem import RowBlock
from scenarios.advising.called import called_reps
from scenarios.advising.idea import Idea, Kind
from scenarios.advising.standing import Ground

STEP = 0.1
"""By which part a capacity limit is moved."""
MOST_LABELS = 25
"""Up to so many labels are written out where the limit of one of them is moved."""
_OF_COLUMN = re.compile(r"^\s*rep\.(\w+)\s*$")


@dataclass(frozen=True)
class PricedBlock:
    """The rows of one policy line with what one more unit of each is worth.

    Attributes
    ----------
    more : float array, shape (rows,)
        Points that one more unit of the upper limit saves; 0 where that is nothing.
    less : float array, shape (rows,)
        Points that one unit less of the lower limit saves.
    """

    block: RowBlock
    more: FloatArray
    less: FloatArray

    @property
    def name(self) -> str:
        """The name of the policy line."""
        return self.block.line[self.block.line.index("[") + 1 : -1]


def priced_blocks(ground: Ground, prices: FloatArray) -> list[PricedBlock]:
    """Return the coupling rows of a plan's problem with prices, line by line; ``prices`` has shape (rows,)."""
    found, first = [], 0
    for block in ground.formulation.problem.blocks:
        mine = prices[first : first + block.count]
        found.append(PricedBlock(block, np.maximum(-mine, 0.0), np.maximum(mine, 0.0)))
        first += block.count
    return found


def next_percent(share: float) -> float:
    """Return the next sensible percentage, both as fractions.

    >>> next_percent(0.1), next_percent(0.03), next_percent(0.25), next_percent(0.125)
    (0.12, 0.04, 0.3, 0.14)
    """
    percent = 100 * share
    step = 1 if percent < 5 else 2 if percent < 20 else 5 if percent < 50 else 10
    return round((math.floor(percent / step + 1e-9) + 1) * step / 100, 6)


class Limits:
    """Ideas about the limits of a policy that bind at a plan."""

    def __init__(self, ground: Ground, prices: FloatArray, document: Mapping[str, Any]) -> None:
        self.policy, self.org = ground.formulation.policy, ground.formulation.org
        self.blocks = priced_blocks(ground, prices)
        self.ground, self.called = ground, called_reps(self.org)
        self.text = json.dumps(document.get("policy"), default=str)

    def ideas(self) -> Iterator[Idea]:
        """Yield a step for each limit that binds."""
        yield from self.capacities()
        yield from self.budgets()
        yield from self.groups()
        yield from self.goals()
        yield from self.bands()

    # ---- capacity --------------------------------------------------------------------------------------

    def capacities(self) -> Iterator[Idea]:
        """Yield each capacity limit that binds, moved by a tenth for one rep, team or region."""
        names = line_names(self.policy.capacity)
        told: set[str] = set()
        for priced in self.blocks:
            if priced.block.kind != "capacity":
                continue
            line = self.policy.capacity[names.index(priced.name)]
            for upper, worth in ((True, priced.more), (False, priced.less)):
                given = line.max if upper else line.min
                if given is None:
                    continue
                for j in np.flatnonzero(worth).tolist():
                    hoped = float(worth[j] * STEP * priced.block.scale[j])
                    idea = self._capacity(priced, line, given, j, hoped, upper)
                    if idea is not None and idea.title not in told:
                        told.add(idea.title)
                        yield idea

    def _capacity(
        self, priced: PricedBlock, line: Capacity, given: Amount, j: int, hoped: float, upper: bool
    ) -> Idea | None:
        label = priced.block.labels[j].split(", ")[0] if self._by_role(line) else priced.block.labels[j]
        rep = self.org.rep_positions.get(label) if line.per == "rep" else None
        who = self.called[rep] if rep is not None else label
        kind: Kind = "capacity" if upper else "minimum"
        what = f"the limit of {line.measure}" if upper else f"the least {line.measure}"
        verb = "Raise" if upper else "Lower"
        column = _OF_COLUMN.match(given.expression or "")
        if rep is not None and column and self.org.has("reps", column[1]):
            now = float(self.org.reps[column[1]].iloc[rep])
            then = self._moved(now, line.measure, upper)
            scenario: dict[str, Any] = {"reps": {"change": [{"rep": [label], column[1]: then}]}}
            relaxes = self.text.count(f"rep.{column[1]}") == 1
            title = f"{verb} {what} of {who} from {self._said(now, line)} to {self._said(then, line)}"
            return Idea(kind, title, scenario, hoped, relaxes)
        path = f"capacity[{priced.name}].{'max' if upper else 'min'}"
        one = self._of_one(given, line, label, rep, self._labels(priced), upper)
        if one is not None:
            value, told = one
            title = f"{verb} {what} of {who} {told}"
        else:
            value = self._of_all(given, line.measure, upper)
            title = f"{verb} {what} of every {line.per} by {STEP:.0%}"
        return Idea(kind, title, {"set": {path: value}}, hoped, True)

    def _labels(self, priced: PricedBlock) -> tuple[str, ...]:
        """Return all labels of a line, those of its other roles included."""
        same = [other.block.labels for other in self.blocks if other.block.line == priced.block.line]
        return tuple(dict.fromkeys(label for labels in same for label in labels))

    def _by_role(self, line: Capacity) -> bool:
        return line.role is None and len(self.policy.roles) > 1 and line.per != "rep"

    def _of_one(
        self, given: Amount, line: Capacity, label: str, rep: int | None, labels: tuple[str, ...], upper: bool
    ) -> tuple[Any, str] | None:
        """Return a limit that is moved for one label only, and the move in words; None where it cannot be written."""
        if given.by_label is not None:
            if label not in given.by_label:
                return None
            now = given.by_label[label]
            if now.number is None and now.percent is None:
                return None
            moved = self._written(now, line.measure, upper)
            others = {one: _plain(amount) for one, amount in given.by_label.items()}
            return {**others, label: moved}, self._from_to(now, moved, line)
        if rep is not None and given.percent is None:
            inner = f"{given.number:g}" if given.number is not None else f"({given.expression})"
            if given.number is not None:
                then = self._moved(given.number, line.measure, upper)
                text = f"case when rep.rep_id = {_quoted(label)} then {then} else {inner} end"
                return text, f"from {self._said(given.number, line)} to {self._said(then, line)}"
            factor = 1 + STEP if upper else 1 - STEP
            return f"{inner} * case when rep.rep_id = {_quoted(label)} then {factor:g} else 1 end", f"by {STEP:.0%}"
        if given.expression is None and len(labels) <= MOST_LABELS and not self._by_role(line):
            moved = self._written(given, line.measure, upper)
            return {one: _plain(given) for one in labels} | {label: moved}, self._from_to(given, moved, line)
        return None

    def _of_all(self, given: Amount, measure: str, upper: bool) -> Any:
        if given.by_label is not None:
            return {label: self._of_all(one, measure, upper) for label, one in given.by_label.items()}
        if given.expression is not None:
            return f"({given.expression}) * {1 + STEP if upper else 1 - STEP:g}"
        return self._written(given, measure, upper)

    def _written(self, given: Amount, measure: str, upper: bool) -> Any:
        if given.percent is not None:
            return f"{100 * given.percent * (1 + STEP if upper else 1 - STEP):.6g}%"
        assert given.number is not None
        return self._moved(given.number, measure, upper)

    def _moved(self, now: float, measure: str, upper: bool) -> float | int:
        then = now * (1 + STEP if upper else 1 - STEP)
        if measure == CUSTOMERS:
            return max(math.ceil(then - 1e-9), int(now) + 1) if upper else min(math.floor(then + 1e-9), int(now) - 1)
        return _number(then)

    def _from_to(self, now: Amount, then: Any, line: Capacity) -> str:
        before = self._said(now.number, line) if now.number is not None else str(now)
        after = then if isinstance(then, str) else self._said(then, line)
        return f"from {before} to {after}"

    def _said(self, value: float, line: Capacity) -> str:
        measure = self.policy.measures.get(line.measure)
        return f"{value:,.10g} {measure.unit if measure is not None else ''}".rstrip()

    # ---- budgets ---------------------------------------------------------------------------------------

    def budgets(self) -> Iterator[Idea]:
        """Yield each budget that binds, at the next sensible step."""
        lines = self.policy.disruption.budgets
        names = line_names(lines)
        for priced in self.blocks:
            if priced.block.kind != "budget" or not priced.more.any():
                continue
            line = lines[names.index(priced.name)]
            value, factor, told = self._next(line.max, line.of, priced)
            hoped = float((priced.more * priced.block.scale).sum() * (factor - 1)) if np.isfinite(factor) else 0.0
            whose = "" if line.per is None else f" per {line.per}"
            title = f"Raise the budget {priced.name!r}{whose} {told}"
            yield Idea("budget", title, {"set": {f"disruption.budgets[{priced.name}].max": value}}, hoped, True)

    def _next(self, given: Amount, measure: str, priced: PricedBlock) -> tuple[Any, float, str]:
        """Return the next step of a budget as written, how many times it is what it was, and the step in words."""
        if given.by_label is not None:
            worth = priced.more * np.maximum(priced.block.scale, 1.0)
            label = priced.block.labels[int(np.argmax(worth))]
            value, factor, told = self._next(given.by_label[label], measure, priced)
            others = {one: _plain(amount) for one, amount in given.by_label.items()}
            return {**others, label: value}, factor, f"of {label} {told}"
        if given.percent is not None:
            then = next_percent(given.percent)
            factor = then / given.percent if given.percent else math.inf
            return f"{100 * then:g}%", factor, f"from {100 * given.percent:g}% to {100 * then:g}%"
        assert given.number is not None
        step = max(1, math.ceil(given.number * STEP)) if measure == CUSTOMERS else given.number * STEP or 1.0
        value = _number(given.number + step)
        return value, value / given.number if given.number else math.inf, f"from {given.number:,g} to {value:,g}"

    # ---- groups, goals, bands --------------------------------------------------------------------------

    def groups(self) -> Iterator[Idea]:
        """Yield each group whose limit binds, by one customer."""
        by_name = {line.name: line for line in self.policy.keep.groups}
        for priced in self.blocks:
            if priced.block.kind != "group":
                continue
            line = by_name[priced.name]
            if priced.more.any() and line.max is not None:
                title = f"Allow {line.max + 1} instead of {line.max} per {line.per} of {priced.name!r}"
                scenario = {"set": {f"keep.groups[{priced.name}].max": line.max + 1}}
                yield Idea("group", title, scenario, float(priced.more.sum()), True)
            if priced.less.any() and line.min:
                title = f"Ask for {line.min - 1} instead of {line.min} per {line.per} of {priced.name!r}"
                scenario = {"set": {f"keep.groups[{priced.name}].min": line.min - 1}}
                yield Idea("group", title, scenario, float(priced.less.sum()), True)

    def goals(self) -> Iterator[Idea]:
        """Yield each goal whose limit binds, by a tenth."""
        prices = self.ground.prices[-1].caps
        for price, goal in zip(prices, self.policy.ceilings, strict=False):
            if price <= 0 or goal.limit is None:
                continue
            step = abs(goal.limit) * STEP or 1.0
            then = _number(goal.limit + (max(1, math.ceil(step)) if goal.goal == "moves" else step))
            title = f"Allow {goal.goal} up to {then:,g} instead of {goal.limit:,g}"
            hoped = float(price * (then - goal.limit))
            yield Idea("goal", title, {"set": {f"goals[{goal.goal}].max": then}}, hoped, True)

    def bands(self) -> Iterator[Idea]:
        """Yield each balance band that binds, a step wider."""
        names = line_names(self.policy.balance)
        for name, line in zip(names, self.policy.balance, strict=True):
            worth = 0.0
            for priced in self.blocks:
                if priced.block.kind == "balance" and priced.name == name:
                    target = priced.block.upper / (1.0 + line.tolerance)
                    worth += float(((priced.more + priced.less) * target).sum())
            if worth > 0:
                then = next_percent(line.tolerance)
                title = f"Widen the band of {name} from {100 * line.tolerance:g}% to {100 * then:g}%"
                scenario = {"set": {f"balance[{name}].tolerance": f"{100 * then:g}%"}}
                yield Idea("band", title, scenario, worth * (then - line.tolerance), True, redefines=True)


def _plain(given: Amount) -> Any:
    """Return an amount as a project file has it."""
    if given.by_label is not None:
        return {label: _plain(one) for label, one in given.by_label.items()}
    if given.percent is not None:
        return f"{100 * given.percent:.12g}%"
    return given.number if given.number is not None else given.expression


def _number(value: float) -> float | int:
    return int(value) if value == int(value) else round(value, 6)


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
