"""Units: which customers stay together in a role."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from models.check.facts import Facts
from models.check.labels import Labels, labels
from models.org import BoolArray, IntArray
from models.policy import Keep, Together

_Number = TypeVar("_Number", np.int64, np.float64)


@dataclass(frozen=True)
class Units:
    """The units of one role: ``of`` gives each customer's unit (-1 where the role is not needed).

    ``members[start[u]:start[u + 1]]`` are the customers of unit ``u``, in input order.
    """

    of: IntArray
    members: IntArray
    start: IntArray

    @cached_property
    def size(self) -> IntArray:
        """Number of members of each unit."""
        return np.diff(self.start)

    def expand(self, units: IntArray) -> tuple[IntArray, IntArray, IntArray]:
        """Return every member of the given units: (index into ``units``, customer), and where each unit begins."""
        if len(self.members) == len(self.start) - 1:
            each = np.arange(len(units))
            return each, self.members[units], each
        count = self.size[units]
        begin = np.cumsum(count) - count
        index = np.repeat(np.arange(len(units)), count)
        offset = np.arange(len(index)) - np.repeat(begin, count)
        return index, self.members[self.start[units[index]] + offset], begin

    def every(self, flags: BoolArray, begin: IntArray) -> BoolArray:
        """Tell for each group of flags, as :meth:`expand` has them, whether all hold."""
        return flags if len(flags) == len(begin) else np.logical_and.reduceat(flags, begin)

    def total(self, amounts: npt.NDArray[_Number], begin: IntArray) -> npt.NDArray[_Number]:
        """Sum amounts over each group, as :meth:`expand` has them, along the first axis."""
        return amounts if len(amounts) == len(begin) else np.add.reduceat(amounts, begin)


def read_units(facts: Facts, keep: Keep, role: str, needed: BoolArray, owners: Labels) -> Units:
    """Join the customers that need ``role`` as the policy's families say.

    ``owners`` are today's owners as written, of whom nothing is asked but that they are the same.
    """
    family = labels(facts.org.customers, "family_id").codes
    if keep.families == "free":
        joined = np.zeros(len(family), dtype=bool)
    elif keep.families == "together":
        joined = family >= 0
    elif isinstance(keep.families, Together):
        joined = (family >= 0) & facts.customer_true(keep.families.together_when, role)
    else:
        joined = (family >= 0) & (owners.codes >= 0)
        family = family * (len(owners.names) + 1) + owners.codes
    alone = np.arange(len(family)) + family.max(initial=0) + 1
    members = np.flatnonzero(needed)
    _, unit = np.unique(np.where(joined, family, alone)[members], return_inverse=True)
    of = np.full(len(family), -1, dtype=np.int64)
    of[members] = unit
    start = np.searchsorted(np.sort(unit), np.arange(unit.max(initial=-1) + 2))
    return Units(of, members[np.argsort(unit, kind="stable")], start)
