"""Conflicts and relaxations in words: those of the policy and of the tables, with units."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from models.check.wording import quantity
from models.conflicts.cells import Cell, cells_of
from models.conflicts.change import Change, SetValue
from models.conflicts.conflict import Conflict, Need
from models.conflicts.figures import readable
from models.conflicts.members import ANSWERS, OVERALL, Kind, Member
from models.conflicts.rulebook import POOL, Rulebook
from models.conflicts.ties import NO_COLUMN
from models.names import NOBODY, customer_labels, first_of, rep_labels
from models.org import IntArray
from models.policy import EVERY_ROLE, line_names

MOST_NAMED = 6
REST_KEPT, AT_BEST = "with the rest kept, ", "at best, "
"""How a sum begins where a conflict has other members, and where it has none."""
_TIED: dict[Kind, str] = {
    "lock": "is locked with",
    "holdout": "stays with",
    "accepted": "was accepted with",
    "rejected": "was rejected with",
}


@dataclass(frozen=True)
class Told:
    """A member as a sentence, with the cells that it draws on."""

    member: Member
    words: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True)
class ConflictTold:
    """A conflict in words.

    Attributes
    ----------
    title : str
        One sentence: who cannot be served, or what cannot all hold.
    clash, given : tuple of Told
    sums : tuple of str
        The arithmetic: what each limit would have to be if the rest is kept.
    """

    title: str
    clash: tuple[Told, ...]
    given: tuple[Told, ...]
    sums: tuple[str, ...]


def named(names: Iterable[object], most: int = MOST_NAMED) -> str:
    """List names as a sentence does, the first few of many.

    Examples
    --------
    >>> named(["C5", "C6"]), named("abcdefgh")
    ('C5 and C6', 'a, b, c, d, e, f and 2 more')
    """
    listed = [str(name) for name in names]
    if len(listed) > most:
        return first_of(listed, most)
    return " and ".join(filter(None, [", ".join(listed[:-1]), *listed[-1:]]))


def told(rules: Rulebook, conflict: Conflict) -> ConflictTold:
    """Put a conflict into words."""
    words = _Words(rules)

    def of(members: Iterable[Member]) -> tuple[Told, ...]:
        return tuple(
            Told(one, words.of(one), cells_of(rules, one, conflict.customers, conflict.reps if one.is_given else ()))
            for one in members
        )

    clash, given = of(conflict.clash), of(conflict.given)
    return ConflictTold(words.title(conflict), clash, given, tuple(words.sums(conflict)))


class _Words:
    def __init__(self, rules: Rulebook) -> None:
        self.rules, self.org, self.policy = rules, rules.org, rules.policy
        self.capacity = {
            f"capacity[{name}]": line
            for name, line in zip(line_names(self.policy.capacity), self.policy.capacity, strict=True)
        }
        budgets = self.policy.disruption.budgets
        self.budgets = {
            f"disruption.budgets[{name}]": line for name, line in zip(line_names(budgets), budgets, strict=True)
        }

    def customers(self, positions: Iterable[int]) -> str:
        return named(customer_labels(self.org, np.fromiter(positions, dtype=np.int64)))

    def reps(self, positions: Iterable[int]) -> str:
        return named(rep_labels(self.org, np.fromiter(positions, dtype=np.int64)))

    # ---- members -------------------------------------------------------------------------------------------

    def of(self, member: Member) -> str:
        """Say what a member asks for."""
        if member.limit is not None:
            asked = self.stated(member, "at least" if member.side == "min" else "at most", member.limit)
            return asked + self._prorated(member)
        if member.kind in _TIED:
            said = f"{self.customers(member.customers)} {_TIED[member.kind]} {self.owner_of(member)}"
            return said if member.kind in ANSWERS else f"{said} ({name_in(member.line)})"
        if member.kind == "family":
            return f"{self.customers(member.customers)} are one family and stay together"
        if member.kind == "conflict":
            return f"of {self.customers(member.customers)} no two may be with one rep"
        if member.kind == "pairing":
            role = name_in(member.line)
            same = self.policy.roles[role].same
            return f"the owners of a customer as {self.policy.first_role} and as {role} are of the same {same}"
        return self.rule(member)

    def _prorated(self, member: Member) -> str:
        """Say what a rep's limit would be for the whole period, where the rep is not there for all of it."""
        if member.kind != "capacity" or member.per != "rep" or member.counts_customers:
            return ""
        presence = float(self.rules.amounts.presence[self.org.rep_positions[str(member.label)]])
        if presence >= 1.0 or presence <= 0.0 or not member.limit:
            return "" if presence >= 1.0 else ", away for the whole period" if presence <= 0.0 else ""
        return f" ({quantity(member.limit / presence, member.unit)}, there for {100 * presence:.3g}% of the period)"

    def rule(self, member: Member) -> str:
        """Say what a rule on who may own whom asks for."""
        if member.line == "eligibility.region":
            near = " or next to them" if self.policy.eligibility.region == "neighbour" else ""
            return f"a rep owns customers of the own regions{near} only"
        if member.line == "eligibility.skills":
            return "a rep has the skills that a customer requires"
        if member.line == "eligibility.nearest":
            nearest = self.policy.eligibility.nearest
            return (
                "only the nearest rep may own a customer"
                if nearest == 1
                else (f"only the {nearest} nearest reps may own a customer")
            )
        if member.line == "tables.pairs.only":
            return "only the listed pairs of customer and rep are allowed"
        name = name_in(member.line)
        require = next(rule.require for rule in self.policy.eligibility.rules if rule.name == name)
        return f"the rule '{name}' ({require})"

    def stated(self, member: Member, word: str, value: float) -> str:
        """Say how much what a limit limits is: ``eve has at least 2 customers``."""
        amount = quantity(value, member.unit)
        if member.counts_customers and member.kind in ("capacity", "group"):
            of = f" of the group '{name_in(member.line)}'" if member.kind == "group" else ""
            verb = "are owned" if member.per == "region" else "has"
            if member.per == "region":
                return f"{word} {amount} {verb} in {self.label(member)}{self.as_role(member)}"
            return f"{self.label(member)} {verb} {word} {amount}{of}{self.as_role(member)}"
        if member.kind == "budget":
            side = self.budgets[member.line].side
            if side is not None:
                verb = "loses" if side == "lost" else "gains"
                return f"{self.label(member)} {verb} {word} {amount} by chosen moves"
            where = "" if member.label == OVERALL else f" in {self.label(member)}"
            return f"chosen moves take {word} {amount}{where}"
        return f"{self.amount_of(member)} is {word} {amount}"

    def as_role(self, member: Member) -> str:
        line = self.capacity.get(member.line)
        if line is None or line.role is None or len(self.policy.roles) == 1:
            return ""
        return " in all roles" if line.role == EVERY_ROLE else f" as {line.role}"

    def amount_of(self, member: Member) -> str:
        """Name what a limit limits: ``the workload of eve``."""
        if member.kind == "capacity":
            measure = self.capacity[member.line].measure
            return f"the {measure} of {self.label(member)}{self.as_role(member)}"
        if member.kind == "group":
            return f"the group '{name_in(member.line)}'"
        if member.kind == "budget":
            whose = "" if member.label == OVERALL else f" for {self.label(member)}"
            return f"the budget '{name_in(member.line)}'{whose}"
        return f"the goal {name_in(member.line)}"

    def label(self, member: Member) -> str:
        if member.per == "rep" and member.label in self.org.rep_positions:
            return self.reps([self.org.rep_positions[str(member.label)]])
        return str(member.label) if member.per in ("rep", None) else f"{member.per} {member.label}"

    def owner_of(self, member: Member) -> str:
        """Name the owner to whom a tie ties a customer, or from whom it keeps it."""
        number = self.rules.members.index(member)
        columns = [ties.column[entry] for ties in self.rules.ties for entry in np.flatnonzero(ties.by == number)]
        return named(dict.fromkeys(self.owner_in(int(column)) for column in columns))

    def owner_in(self, column: int) -> str:
        """Name the owner in a column of the rulebook's tables."""
        if column == NO_COLUMN:
            return "somebody who is not on the roster"
        return NOBODY if column == POOL else self.reps([column - 1])

    # ---- conflicts -----------------------------------------------------------------------------------------

    def title(self, conflict: Conflict) -> str:
        """Say in a sentence what is wrong."""
        who = self.customers(conflict.customers)
        if not conflict.members:
            return f"There is nobody on the roster who could own {who}"
        if not conflict.clash:
            them = "" if len(conflict.customers) == 1 else ", each by itself"
            return f"Nobody may own {who}{them}"
        if not any(member.limit is not None for member in conflict.clash) and conflict.customers:
            return f"Nobody is left for {who}" if len(conflict.clash) == 1 else f"These cannot all hold for {who}"
        return "This cannot hold" if len(conflict.clash) == 1 else "These cannot all hold"

    def sums(self, conflict: Conflict) -> Iterable[str]:
        """Yield the arithmetic of a conflict."""
        yield from self._who_may(conflict)
        for need in conflict.needs:
            yield self._need(conflict, need)

    def _need(self, conflict: Conflict, need: Need) -> str:
        member = need.member
        value = readable(need.value, up=member.side == "max")
        difference = quantity(readable(abs(value - need.limit), up=True), member.unit)
        whom = f" (with {self.customers(conflict.customers)})" if 0 < len(conflict.customers) <= MOST_NAMED else ""
        rest = REST_KEPT if len(conflict.members) > 1 else AT_BEST
        sure = "" if need.proven else " in the best plan found"
        word, than = ("at most", "less than the minimum") if member.side == "min" else ("at least", "more than allowed")
        return f"{rest}{self.stated(member, word, value)}{whom}{sure}: {difference} {than}"

    def _who_may(self, conflict: Conflict) -> Iterable[str]:
        """Yield whom the given rules leave to whom."""
        rules = self.rules
        if not conflict.given or not conflict.customers:
            return
        numbers = {n for n, member in enumerate(rules.members) if member in conflict.given}
        allowed = rules.reach[:, 1:].copy()
        for n in numbers:
            allowed &= ~rules.barred[n]
        entries = np.flatnonzero(np.isin(rules.singles.member, conflict.customers))
        if not conflict.clash:
            yield from self._forbidden(numbers, entries)
            return
        least = [
            r for r in conflict.reps if any(m.side == "min" and m.label == self.org.rep_ids[r] for m in conflict.clash)
        ]
        if least:
            for rep in least:
                mine = np.unique(rules.singles.member[allowed[:, rep]])
                yield (
                    f"only {self.customers(mine)} may be with {self.reps([rep])}"
                    if len(mine)
                    else (f"nobody may be with {self.reps([rep])}")
                )
            return
        some = np.flatnonzero(allowed[entries].any(axis=0))
        yield f"only {self.reps(some)} may own {self.customers(conflict.customers)}"

    def _forbidden(self, numbers: set[int], entries: IntArray) -> Iterable[str]:
        """Yield for each given rule the reps whom it keeps from customers that nobody may own."""
        rules = self.rules
        first = int(entries[0])
        whom = self.customers([int(rules.singles.member[first])])
        for n in sorted(numbers):
            reps = np.flatnonzero(rules.barred[n][first] & rules.reach[first, 1:])
            if len(reps):
                yield f"{rules.members[n].line} keeps {self.reps(reps)} from {whom}: {self._lack(n, first)}"

    def _lack(self, number: int, entry: int) -> str:
        """Say what a customer needs that reps do not have."""
        line, customer = self.rules.members[number].line, int(self.rules.singles.member[entry])
        if line == "eligibility.region":
            return f"it is in {self.org.customers['region'].iloc[customer]}"
        if line == "eligibility.skills":
            return f"it requires {self.org.customers['required_skills'].iloc[customer]}"
        return self.rule(self.rules.members[number])

    # ---- changes -------------------------------------------------------------------------------------------

    def change(self, change: Change) -> str:
        """Say what to change."""
        easing, member = change.easing, change.member
        if easing.way == "limit":
            return self._limit_change(change)
        rep = None if easing.rep is None else self.reps([easing.rep])
        customer = None if easing.customer is None else self.customers([easing.customer])
        if easing.way == "free":
            return {
                "lock": f"unlock {customer}",
                "holdout": f"release {customer} from '{name_in(member.line)}'",
                "accepted": f"take back that {customer} was accepted with {self.owner_of(member)}",
                "rejected": f"take back that {customer} was rejected with {self.owner_of(member)}",
            }[member.kind]
        if easing.way == "split":
            return f"let {self.customers(member.customers)} have reps of their own"
        if easing.way == "drop":
            return self._drop(member)
        if easing.way == "lift":
            amount = self.amount_of(member).removeprefix("the ")
            return f"lift the maximum of {amount}, who is away"
        if easing.way == "nearest":
            nearest = self.policy.eligibility.nearest
            return f"let the {easing.what} nearest reps own a customer instead of {nearest}"
        return {
            "cover": f"let {rep} cover {easing.what}",
            "train": f"train {rep} in {easing.what}",
            "except": f"leave {customer} out of the rule '{name_in(member.line)}'",
            "list": f"list the pair of {customer} and {rep}",
            "pool": f"leave {customer} without an owner",
            "hire": f"hire {easing.what}",
        }[easing.way]

    def _drop(self, member: Member) -> str:
        if member.kind == "conflict":
            return f"let {self.customers(member.customers)} be with one rep"
        role = name_in(member.line)
        same = self.policy.roles[role].same
        return f"let the owners of a customer as {self.policy.first_role} and as {role} be of different {same}s"

    def _limit_change(self, change: Change) -> str:
        member = change.member
        assert change.before is not None
        assert change.after is not None
        difference = abs(change.after - change.before)
        to = quantity(change.after, "" if member.counts_customers else member.unit)
        by = quantity(readable(difference, up=True), "" if member.counts_customers else member.unit)
        share = next(
            (f" ({one.value})" for one in change.typed if isinstance(one, SetValue) and str(one.value).endswith("%")),
            "",
        )
        whole = float(difference).is_integer()
        if member.kind == "budget" and member.counts_customers and whole:
            count = f"{difference:,.0f} more {'move' if difference == 1 else 'moves'}"
            return f"admit {count}, {to} in all{share}, in {self.amount_of(member)}"
        verb, side = ("lower", "minimum") if member.side == "min" else ("raise", "maximum")
        return f"{verb} the {side} of {self.amount_of(member).removeprefix('the ')} by {by} to {to}{share}"


def changes_in_words(rules: Rulebook, changes: Iterable[Change]) -> tuple[str, ...]:
    """Say what each change is, in the order of the changes."""
    words = _Words(rules)
    return tuple(words.change(change) for change in changes)


def name_in(line: str) -> str:
    """Return the name of a line from its path.

    Examples
    --------
    >>> name_in("keep.locks[locked in the CRM]"), name_in("goals[travel]")
    ('locked in the CRM', 'travel')
    """
    return line.split("[", 1)[1].rsplit("]", 1)[0] if "[" in line else line
