"""Customers counted once: where any of a customer's roles makes an event, the customer counts, and counts one.

An auxiliary variable between 0 and 1 stands for each such event of a customer with several roles.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from models.formulation.amounts import Amounts
from models.formulation.numbers import among, distinct, grouped
from models.org import FloatArray, IntArray
from models.problem import RowBlock, hard_block


@dataclass
class Auxiliaries:
    """Auxiliary variables under construction, with the rows that define them.

    A variable is at least each event (``event - variable <= limit``) and, where a minimum reads it, at most their sum.
    """

    count: int = 0
    labels: list[str] = field(default_factory=list)
    limit: list[float] = field(default_factory=list)
    row: list[int] = field(default_factory=list)
    candidate: list[int] = field(default_factory=list)
    value: list[float] = field(default_factory=list)
    owner: list[int] = field(default_factory=list)
    aux_value: list[float] = field(default_factory=list)
    known: dict[tuple[str, int], int] = field(default_factory=dict)

    def at_least(self, variable: int, label: str, limit: float, candidates: IntArray, value: float) -> None:
        """Add a row ``value * sum(candidates) - variable <= limit``."""
        self._add(variable, -1.0, label, limit, candidates, value)

    def at_most(self, variable: int, label: str, candidates: IntArray) -> None:
        """Add a row ``variable - sum(candidates) <= 0``."""
        self._add(variable, 1.0, label, 0.0, candidates, -1.0)

    def _add(self, variable: int, sign: float, label: str, limit: float, candidates: IntArray, value: float) -> None:
        at = len(self.labels)
        self.aux_value.append(sign)
        self.labels.append(label)
        self.limit.append(limit)
        self.owner.append(variable)
        self.row += [at] * len(candidates)
        self.candidate += candidates.tolist()
        self.value += [value] * len(candidates)

    def variable(self, event: str, customer: int) -> tuple[int, bool]:
        """Return the variable of an event of a customer, and whether it is new."""
        new = (event, customer) not in self.known
        if new:
            self.known[event, customer] = self.count
            self.count += 1
        return self.known[event, customer], new

    def block(self) -> RowBlock:
        """Return the defining rows."""
        n = len(self.labels)
        entries = (
            np.array(self.row, np.int64),
            np.array(self.candidate, np.int64),
            np.array(self.value, float),
        )
        aux = np.arange(n), np.array(self.owner, np.int64), np.array(self.aux_value, float)
        lower = np.full(n, -np.inf)
        return hard_block(
            "customers counted once",
            "counted once",
            tuple(self.labels),
            lower,
            np.array(self.limit),
            entries,
            np.ones(n),
            aux,
        )


@dataclass
class Entries:
    """Coefficients of a block's rows under construction."""

    rows: list[IntArray] = field(default_factory=list)
    candidates: list[IntArray] = field(default_factory=list)
    values: list[FloatArray] = field(default_factory=list)
    aux_rows: list[IntArray] = field(default_factory=list)
    aux: list[IntArray] = field(default_factory=list)
    aux_values: list[FloatArray] = field(default_factory=list)

    def add(self, row: IntArray | int, candidate: IntArray, value: FloatArray) -> None:
        """Add coefficients of candidates; ``row`` is one row for all, or one each."""
        self.rows.append(np.broadcast_to(np.asarray(row, dtype=np.int64), candidate.shape))
        self.candidates.append(candidate)
        self.values.append(value)

    def add_aux(self, row: int, aux: IntArray, value: FloatArray) -> None:
        """Add coefficients of auxiliary variables to one row."""
        self.aux_rows.append(np.full(len(aux), row, dtype=np.int64))
        self.aux.append(aux)
        self.aux_values.append(value)

    @property
    def of_candidates(self) -> tuple[IntArray, IntArray, FloatArray]:
        """Rows, candidates and values."""
        return _joined(self.rows), _joined(self.candidates), _joined(self.values).astype(float)

    @property
    def of_aux(self) -> tuple[IntArray, IntArray, FloatArray]:
        """Rows, auxiliary variables and values."""
        return _joined(self.aux_rows), _joined(self.aux), _joined(self.aux_values).astype(float)


@dataclass(frozen=True)
class Events:
    """What happens to customers when candidates are chosen: one entry per candidate and customer of its unit.

    Attributes
    ----------
    row, candidate, customer, role : int arrays, shape (entries,)
    name : str
        What the event is called, such as ``entered team``.
    """

    row: IntArray
    candidate: IntArray
    customer: IntArray
    role: IntArray
    name: str


def add_counted_once(
    entries: Entries,
    events: Events,
    value: FloatArray,
    labels: tuple[str, ...],
    amounts: Amounts,
    auxiliaries: Auxiliaries,
    least: bool = False,
) -> None:
    """Add events to rows so that a customer with an event in several roles counts once.

    Parameters
    ----------
    value
        What each customer counts, shape (customers,).
    least
        The rows have a lower limit, so that a customer must not count without an event.
    """
    if not len(events.role) or events.role.min() == events.role.max():
        entries.add(events.row, events.candidate, value[events.customer])
        return
    key = events.row * len(value) + events.customer
    roles = len(amounts.policy.roles)
    pairs = distinct(key * roles + events.role) // roles
    several = distinct(pairs[:-1][pairs[1:] == pairs[:-1]])
    by_many = among(key, several)
    once, shared = ~by_many, np.flatnonzero(by_many)
    entries.add(events.row[once], events.candidate[once], value[events.customer[once]])
    of_each = grouped(np.searchsorted(several, key[shared]), len(several))
    for one, places in zip(several, of_each, strict=True):
        j, c = divmod(int(one), len(value))
        variable, new = auxiliaries.variable(f"{events.name} {labels[j]}", c)
        entries.add_aux(j, np.array([variable]), np.array([value[c]]))
        mine = shared[places]
        label = f"{events.name} {labels[j]}, {amounts.org.customer_ids[c]}"
        if new:
            role = events.role[mine]
            for k in np.unique(role):
                in_role = f"{label}, {amounts.policy.role_names[k]}"
                auxiliaries.at_least(variable, in_role, 0.0, events.candidate[mine[role == k]], 1.0)
        if least:
            auxiliaries.at_most(variable, f"{label}, at most", events.candidate[mine])


def _joined(parts: list[IntArray] | list[FloatArray]) -> IntArray:
    return np.concatenate([np.zeros(0, dtype=np.int64), *parts])
