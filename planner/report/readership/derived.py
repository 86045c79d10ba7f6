"""What follows from what may not be seen: measures, lines of the policy and goals that would tell of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from models.amount import Amount
from models.org import Org
from models.policy import CUSTOMERS, Balance, Budget, Capacity, Group, Holdout, Lock, Policy, Rule, Together
from models.presence import leave_columns
from planner.language import is_known_measure, is_known_unit
from planner.report.readership.scope import Scope

_REGION = (("customers", "region"), ("reps", "regions"), ("regions", "parent"), ("regions", "neighbours"))
_SKILLS = (("customers", "required_skills"), ("reps", "skills"))
_WAY = (*((table, column) for table in ("customers", "reps") for column in ("lat", "lon")), ("pairs", "drive_minutes"))
_PRESENCE = ("available_from", "available_to", "ramp_until", "ramp", "status")
_PER = {"team": (("reps", "team"),), "region": _REGION, "rep": ()}


def with_what_follows(scope: Scope, org: Org, policy: Policy) -> Scope:
    """Return a scope that also hides what can be read from that which it hides."""
    if scope.everything:
        return scope
    measures = frozenset(
        name
        for name, line in policy.measures.items()
        if not scope.expression(line.value) or _named_like_somebody(scope, name, line.unit)
    )
    scope = replace(scope, hidden_measures=scope.hidden_measures | measures)
    return replace(scope, hidden_lines=frozenset(_Lines(scope, org, policy).hidden()))


def _named_like_somebody(scope: Scope, name: str, unit: str) -> bool:
    """Tell whether a measure or its unit is called like somebody out of sight, which its charts would say."""
    own = not is_known_measure(name) and scope.names_outside(name)
    return own or (not is_known_unit(unit) and scope.names_outside(unit))


def presence_columns(org: Org) -> tuple[tuple[str, str], ...]:
    """Return the columns that tell how much of the period a rep is there."""
    leaves = (column for pair in leave_columns(org.reps) for column in pair)
    return tuple(("reps", column) for column in (*_PRESENCE, *leaves))


class _Lines:
    def __init__(self, scope: Scope, org: Org, policy: Policy) -> None:
        self.scope, self.org, self.policy = scope, org, policy
        self.presence = presence_columns(org)

    def hidden(self) -> Iterator[str]:
        """Yield the path of every line that may not be told."""
        found = {path for path, told in self._all() if not told}
        yield from found
        yield from (f"goals[{name}]" for name in self._goals(found))

    def _all(self) -> Iterator[tuple[str, bool]]:
        policy = self.policy
        for path, line in policy.lines():
            named = path[path.index("[") + 1 : -1]
            yield path, self._tells(line) and not self.scope.names_outside(named)
        for name, measure in policy.measures.items():
            yield f"measures[{name}]", self.scope.measure(name) and not self.scope.names_outside(name, measure.unit)
        of_role = (("reps", "role"),) if len(policy.roles) > 1 else ()
        for name, role in policy.roles.items():
            same = () if role.same is None else (("customers", role.same), ("reps", role.same))
            told = self._texts(role.when) and self._columns((*same, *of_role))
            yield from ((f"roles[{name}]", told), (f"roles[{name}].same", told))
        eligibility, families = policy.eligibility, policy.keep.families
        yield "eligibility.region", eligibility.region == "any" or self._columns(_REGION)
        yield "eligibility.skills", eligibility.skills == "ignored" or self._columns(_SKILLS)
        yield "eligibility.nearest", eligibility.nearest is None or self._columns(_WAY)
        together = families.together_when if isinstance(families, Together) else None
        yield "keep.families", families == "free" or (self._texts(together) and self._columns([_FAMILY]))
        yield "disruption.move_cost", self._texts(policy.disruption.move_cost)
        if policy.pool is not None:
            yield "pool", self._texts(policy.pool.when, policy.pool.penalty)

    def _tells(self, line: object) -> bool:
        match line:
            case Rule():
                return self._texts(line.when, line.require, line.prefer, line.penalty)
            case Capacity():
                prorated = self.presence if line.per == "rep" and line.measure != CUSTOMERS else ()
                return (
                    self.scope.measure(line.measure)
                    and self._amounts(line.min, line.max)
                    and self._columns((*_PER[line.per], *prorated))
                )
            case Balance():
                within = _PER[line.within or "rep"]
                return (
                    self.scope.measure(line.measure)
                    and self._amounts(line.target)
                    and self._columns((*within, *self.presence))
                )
            case Lock() | Holdout():
                return self._texts(line.when)
            case Group():
                return self._texts(line.when) and self._columns(_PER[line.per])
            case Budget():
                # what is gained is measured against targets
                gained = line.side == "gained"
                targets = [one for one in self.policy.balance if gained and one.measure == line.of]
                base = (*self.presence, ("reps", "share")) if gained else ()
                return (
                    all(self._tells(one) for one in targets)
                    and self.scope.measure(line.of)
                    and self._amounts(line.max)
                    and self._columns((*_PER[line.per or "rep"], *base))
                )
            case _:  # a conflict names its customers
                return self.scope.whole

    def _goals(self, lines: set[str]) -> Iterator[str]:
        """Yield the goals whose value is made of what may not be seen."""
        policy = self.policy

        def hides(*kinds: str) -> bool:
            return any(path.startswith(kinds) for path in lines)

        prefers = {f"eligibility.rules[{rule.name}]" for rule in policy.eligibility.rules if rule.prefer is not None}
        preferred = policy.eligibility.skills == "preferred" and "eligibility.skills" in lines
        if hides("balance["):
            yield "balance"
        if hides("disruption.move_cost"):
            yield "disruption"
        if hides("pool"):
            yield "pool"
        if prefers & lines or preferred:
            yield "misfit"
        if not self._columns(_WAY) or not self._columns([("customers", "visits")]):
            yield "travel"
        if not self._columns([("wishes", one) for one in ("kind", "weight", "role")]):
            yield "wishes"
        if not self._columns([("proposal", "accepted"), ("proposal", "role")]):
            yield "changes"
        for goal in policy.goals:
            if goal.value is not None and not self._texts(goal.value):
                yield goal.goal

    def _columns(self, columns: Iterable[tuple[str, str]]) -> bool:
        return all(self.scope.column(*one) for one in columns)

    def _texts(self, *texts: str | None) -> bool:
        return all(self.scope.expression(text) for text in texts if text is not None)

    def _amounts(self, *amounts: Amount | None) -> bool:
        return all(self._amount(one) for one in amounts if one is not None)

    def _amount(self, amount: Amount) -> bool:
        if amount.by_label is not None:
            return all(self.scope.of_label(label) and self._amount(one) for label, one in amount.by_label.items())
        if amount.expression is None or amount.expression.strip() == "equal":
            return True
        text = amount.expression.strip()
        return self.scope.expression("rep.share" if text == "share" else text)


_FAMILY = ("customers", "family_id")
