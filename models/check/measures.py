"""Measures: what each customer weighs in each book, and what all of them weigh together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from models.check.facts import Facts
from models.check.placements import Placement
from models.check.wording import Wording
from models.expression import PAIR, REP, parse
from models.org import BoolArray, FloatArray, IntArray
from models.plan import Violation
from models.policy import Measure, Policy

COUNT = "customers"


@dataclass
class Measures:
    """The policy's measures. ``needed`` has shape (roles, customers).

    ``problems`` collects the customers without a value; such a value counts 0.
    """

    facts: Facts
    policy: Policy
    wording: Wording
    needed: BoolArray
    problems: dict[tuple[str, int], Violation] = field(default_factory=dict)
    _by_customer: dict[tuple[str, int], FloatArray] = field(default_factory=dict)

    def unit(self, name: str) -> str:
        """Return the measure's unit."""
        return COUNT if name == COUNT else self.policy.measures[name].unit

    def depends_on_rep(self, name: str) -> bool:
        """Tell whether the measure has one value per (customer, rep)."""
        if name == COUNT:
            return False
        expression = parse(self.policy.measures[name].value)
        return expression.uses(REP) or expression.uses(PAIR)

    def of_customers(self, name: str, role: int) -> FloatArray:
        """Return the measure of each customer who needs the role, 0 for the others."""
        key = (name, role)
        if key not in self._by_customer:
            if name == COUNT:
                values = np.ones(self.needed.shape[1])
            else:
                measure = self.policy.measures[name]
                values = self.facts.customer_numbers(measure.value, self.policy.role_names[role])
            customers = np.flatnonzero(self.needed[role])
            kept = np.zeros(self.needed.shape[1])
            kept[customers], missing = self._filled(name, values[customers])
            for customer in customers[missing].tolist():
                self.problems[name, customer] = self.wording.broken(
                    f"measures[{name}]", f"{self.wording.customer(customer)} has no value", customer=customer
                )
            self._by_customer[key] = kept
        return self._by_customer[key]

    def total(self, name: str, roles: Sequence[int]) -> float:
        """Return T: the measure over all customers that need the roles, pooled ones included."""
        return float(sum(self.of_customers(name, role).sum() for role in roles))

    def once(self, name: str) -> FloatArray:
        """Return the measure of each customer in the first role it needs: what budgets count."""
        values = np.zeros(self.needed.shape[1])
        for role in reversed(range(len(self.needed))):
            values = np.where(self.needed[role], self.of_customers(name, role), values)
        return values

    def carried(self, name: str, placement: Placement, violations: list[Violation]) -> FloatArray:
        """Return the measure of each owned customer of a placement, for the rep who owns it."""
        if not self.depends_on_rep(name):
            return self.of_customers(name, placement.role)[placement.customers]
        customers, reps = placement.customers, placement.reps
        text = self.policy.measures[name].value
        values = self.facts.pair_numbers(text, self.policy.role_names[placement.role], customers, reps)
        filled, missing = self._filled(name, values)
        for pair in missing:
            customer, rep = int(customers[pair]), int(reps[pair])
            violations.append(
                self.wording.broken(
                    f"measures[{name}]",
                    f"{self.wording.customer(customer)} has no value for {self.wording.rep(rep)}",
                    customer=customer,
                    rep=rep,
                )
            )
        return filled

    def _filled(self, name: str, values: FloatArray) -> tuple[FloatArray, IntArray]:
        """Put the measure's default where there is no value; return where even that is missing."""
        missing = np.isnan(values)
        default = self.policy.measures.get(name, Measure(value="1")).default
        if default is not None:
            return np.where(missing, default, values), np.empty(0, dtype=np.int64)
        return np.where(missing, 0.0, values), np.flatnonzero(missing)
