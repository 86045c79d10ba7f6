"""Numbers that the policy gives to pairs of member and rep: costs, penalties, what a move costs."""

from __future__ import annotations

from functools import cached_property

import numpy as np

from models.expression import parse
from models.findings import Finding, Place
from models.formulation.amounts import PAIR_TABLES, Amounts
from models.formulation.spread import Spread
from models.org import LARGEST, BoolArray, FloatArray, IntArray

EXAMPLES = 5


class PairNumbers:
    """A number of the policy, evaluated part by part; what is blank or infinite is remembered.

    Parameters
    ----------
    text
        The number or expression.
    path
        Where it stands in the policy.
    default
        What stands for a blank, if anything does.
    penal
        The number makes something dearer, so that it may not be negative.
    """

    def __init__(
        self, amounts: Amounts, text: str, path: str, default: float | None = None, *, penal: bool = False
    ) -> None:
        self._amounts, self._text, self._path = amounts, text, path
        self._default, self._penal = default, penal
        self._wrong = 0
        self._examples: list[tuple[str, float]] = []

    def of(self, part: Spread, entries: BoolArray) -> FloatArray:
        """Return the number for the selected entries of a part, shape (selected,)."""
        if self._constant is not None:
            return np.full(int(np.count_nonzero(entries)), self._constant)
        member = part.member[entries]
        if self._by_member is not None:
            values = self._by_member[member]
        else:
            values = self._amounts.pair_numbers(self._text, member, part.rep[entries])
        if self._default is not None:
            values = np.where(np.isnan(values), self._default, values)
        wrong = ~(np.abs(values) <= LARGEST)
        if self._penal:
            wrong |= values < 0
        if wrong.any():
            self._remember(part, np.flatnonzero(entries)[wrong], values[wrong])
        return values

    @cached_property
    def _constant(self) -> float | None:
        try:
            return float(self._text)
        except ValueError:
            return None

    @cached_property
    def _by_member(self) -> FloatArray | None:
        """The number of each member, shape (members,); None where it depends on the rep."""
        expression = parse(self._text, PAIR_TABLES)
        if expression.uses("rep") or expression.uses("pair"):
            return None
        return self._amounts.member_numbers(self._text)

    def _remember(self, part: Spread, entries: IntArray, values: FloatArray) -> None:
        org, units = self._amounts.org, self._amounts.units
        self._wrong += len(entries)
        for entry, value in zip(entries[: EXAMPLES - len(self._examples)], values, strict=False):
            rep = part.rep[entry]
            name = str(org.customer_ids[units.member[part.member[entry]]])
            self._examples.append((name + (f" with {org.rep_ids[rep]}" if rep >= 0 else ""), float(value)))

    def findings(self) -> tuple[Finding, ...]:
        """Return what was wrong with the numbers evaluated so far."""
        if not self._wrong:
            return ()
        name, value = self._examples[0]
        unusable = Finding(
            "TP304",
            f"{self._path} has no usable value for {self._wrong:,} pairs",
            Place(path=f"policy.{self._path}"),
            found=f"{'blank' if np.isnan(value) else f'{value:g}'} for {name}",
            expected="a number of at least 0" if self._penal else "a finite number",
            hint="Try coalesce(..., 0), or a 'default' where the line has one",
            count=self._wrong,
            examples=tuple(name for name, _ in self._examples),
        )
        return (unusable,)
