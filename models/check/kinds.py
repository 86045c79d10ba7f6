"""Kinds of units: those to whom the cheap rules allow the same reps, so that the rules are asked once a kind."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from models.check.eligibility import Eligibility
from models.check.families import Units
from models.check.labels import combined, distinct
from models.org import BoolArray, IntArray


@dataclass(frozen=True)
class Kinds:
    """The kinds of a role's units: ``of`` has shape (units,), ``example`` gives a unit of each kind."""

    eligibility: Eligibility
    role: int
    units: Units
    of: IntArray
    example: IntArray

    def allowed(self, kinds: IntArray) -> BoolArray:
        """Tell which reps every member may have by the rules known for blocks; shape (kinds, reps)."""
        _, members, begin = self.units.expand(self.example[kinds])
        return self.units.every(self.eligibility.roughly_allowed(self.role, members), begin)


def read_kinds(eligibility: Eligibility, role: int, units: Units) -> Kinds:
    """Put units into one kind whose members are of the same kinds, however many there are of each."""
    of_customer = eligibility.kinds(role)
    width, n_units = int(of_customer.max(initial=0)) + 1, len(units.size)
    keys = distinct(units.of[units.members] * width + of_customer[units.members])
    unit, kind = keys // width, keys % width
    place = np.arange(len(keys)) - np.searchsorted(unit, unit)
    columns = []
    for at in range(int(place.max(initial=-1)) + 1):
        column = np.zeros(n_units, dtype=np.int64)
        here = place == at
        column[unit[here]] = kind[here] + 1
        columns.append(column)
    of = combined(columns, n_units)
    example = np.zeros(int(of.max(initial=-1)) + 1, dtype=np.int64)
    example[of[::-1]] = np.arange(n_units)[::-1]
    return Kinds(eligibility, role, units, of, example)
