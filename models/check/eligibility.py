"""Which rep may own which customer, judged pair by pair: presence, role, region, skills, rules, listed pairs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from models.check.facts import ClassTable, Facts
from models.check.labels import combined
from models.check.listings import Listings
from models.check.places import Places
from models.check.roster import Roster
from models.check.skills import Skills
from models.check.wording import Wording
from models.org import BoolArray, IntArray
from models.plan import Violation
from models.policy import Policy, Rule


class Test(NamedTuple):
    """One hard rule on pairs: its policy path, and for each pair whether it holds."""

    line: str
    holds: BoolArray


@dataclass
class Eligibility:
    """The hard rules on a (customer, rep) pair, all but ``nearest``."""

    facts: Facts
    policy: Policy
    wording: Wording
    roster: Roster
    places: Places
    skills: Skills
    listings: Listings
    _tables: dict[tuple[str | None, int], ClassTable | None] = field(default_factory=dict)

    @property
    def hard_rules(self) -> tuple[Rule, ...]:
        """The rules that no plan may break."""
        return tuple(rule for rule in self.policy.eligibility.rules if rule.require is not None)

    def tests(self, role: int, customers: IntArray, reps: IntArray) -> Iterator[Test]:
        """Yield every rule with whether it holds for each of the pairs (customers[i], reps[i])."""
        name = self.policy.role_names[role]
        yield Test("presence", ~self.roster.departed[reps])
        yield Test(f"roles[{name}]", self.roster.serves[role, reps])
        if self.policy.eligibility.region != "any":
            holds = self.places.covers(customers, reps, self.policy.eligibility.region)
            yield Test("eligibility.region", holds)
        if self.policy.eligibility.skills == "required":
            yield Test("eligibility.skills", self.skills.met(customers, reps))
        if self.facts.org.pairs_only:
            yield Test("tables.pairs.only", self.listings.listed(customers, reps))
        for rule in self.hard_rules:
            yield Test(f"eligibility.rules[{rule.name}]", self._kept(rule, name, customers, reps))

    def allowed(self, role: int, customers: IntArray, reps: IntArray) -> BoolArray:
        """Tell for each pair whether every rule holds."""
        allowed = np.ones(len(customers), dtype=bool)
        for test in self.tests(role, customers, reps):
            allowed &= test.holds
        return allowed

    def roughly_allowed(self, role: int, customers: IntArray) -> BoolArray:
        """Tell which reps pass all rules that are cheap to know for whole blocks; shape (customers, reps).

        What it forbids is forbidden; what it allows may still break a rule on pairs, or not be listed.
        """
        name = self.policy.role_names[role]
        everyone = np.arange(self.facts.org.n_reps)
        allowed = np.broadcast_to(
            self.roster.serves[role] & ~self.roster.departed, (len(customers), len(everyone))
        ).copy()
        if self.policy.eligibility.region != "any":
            allowed &= self.places.covers(customers[:, None], everyone[None, :], self.policy.eligibility.region)
        if self.policy.eligibility.skills == "required":
            allowed &= self.skills.met_by_all(customers)
        for when, require in self._tabled_rules(name):
            kept = _spread(require, customers)
            if when is not None:
                kept |= ~_spread(when, customers)
            allowed &= kept
        return allowed

    def finely_allowed(self, role: int, customers: IntArray, reps: IntArray) -> BoolArray:
        """Tell for each pair that is roughly allowed whether the rules hold that need a look at each pair."""
        name = self.policy.role_names[role]
        allowed = np.ones(len(customers), dtype=bool)
        if self.facts.org.pairs_only:
            allowed &= self.listings.listed(customers, reps)
        for rule in self.hard_rules:
            if not self._is_tabled(rule, name):
                allowed &= self._kept(rule, name, customers, reps)
        return allowed

    def kinds(self, role: int) -> IntArray:
        """Number the customers so that those of one number have the same reps by :meth:`roughly_allowed`."""
        columns = []
        if self.policy.eligibility.region != "any":
            columns.append(self.places.regions.codes + 1)
        if self.policy.eligibility.skills == "required":
            columns.append(self.skills.required.codes + 1)
        for tables in self._tabled_rules(self.policy.role_names[role]):
            columns.extend(table.customer_class for table in tables if table is not None)
        return combined(columns, self.facts.org.n_customers)

    def roughly_is_exactly(self, role: int) -> bool:
        """Tell whether :meth:`roughly_allowed` leaves nothing to judge: no listed pairs, no rule on values of pairs."""
        name = self.policy.role_names[role]
        return not self.facts.org.pairs_only and all(self._is_tabled(rule, name) for rule in self.hard_rules)

    def explain(self, test: Test, role: int, customer: int, rep: int) -> Violation:
        """Say which rule a pair breaks and why."""
        who, whom = self.wording.rep(rep), self.wording.customer(customer)
        if test.line == "presence":
            message = f"{whom} is with {who}, who has left"
        elif test.line.startswith("roles["):
            message = f"{whom} is with {who}, whose role is {self.roster.roles.at(rep)}"
        elif test.line == "eligibility.region":
            message = f"{whom} is in {self.places.regions.at(customer)}, {who} covers {self.places.territories.at(rep)}"
        elif test.line == "eligibility.skills":
            needs, has = self.skills.lacking(customer, rep)
            message = f"{whom} needs {needs}, {who} has {has}"
        elif test.line == "tables.pairs.only":
            message = f"{whom} with {who} is not among the listed pairs"
        else:
            message = f"{whom} with {who} does not meet the rule"
        return self.wording.broken(test.line, message, customer=customer, rep=rep)

    def _kept(self, rule: Rule, role: str, customers: IntArray, reps: IntArray) -> BoolArray:
        """Tell for which pairs the rule does not apply, or applies and is met; ``require`` is asked only then."""
        kept = np.ones(len(customers), dtype=bool)
        asked = np.flatnonzero(self.facts.pair_true(rule.when, role, customers, reps))
        kept[asked] = self.facts.pair_true(rule.require, role, customers[asked], reps[asked])
        return kept

    def _tabled_rules(self, role: str) -> Iterator[tuple[ClassTable | None, ClassTable]]:
        """Yield when a rule applies (None: always) and what it requires, for rules known by classes."""
        for rule in self.hard_rules:
            require = self._table(rule.require, role)
            if require is not None and self._is_tabled(rule, role):
                yield self._table(rule.when, role), require

    def _is_tabled(self, rule: Rule, role: str) -> bool:
        return all(self._table(text, role) is not None for text in (rule.when, rule.require) if text is not None)

    def _table(self, text: str | None, role: str) -> ClassTable | None:
        if text is None:
            return None
        key = (text, self.policy.role_names.index(role))
        if key not in self._tables:
            self._tables[key] = self.facts.class_table(text, role)
        return self._tables[key]


def _spread(table: ClassTable, customers: IntArray) -> BoolArray:
    """Return a class table's answers for all reps; shape (customers, reps)."""
    spread: BoolArray = table.true[table.customer_class[customers]][:, table.rep_class]
    return spread
