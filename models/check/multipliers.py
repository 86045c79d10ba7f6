"""Multipliers: the prices of rows as a certificate states them, each used once and only within what it may be."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np

ROUNDING = 1e-9


class CertificateRefused(Exception):
    """The multipliers prove nothing: one is no number, or of no row of the problem, or beyond what its row allows."""


@dataclass
class Multipliers:
    """Multipliers by row name; those asked for must be allowed, and at the end none may be left over.

    ``limits`` is the sum of multiplier times limit over the rows asked for so far, points.
    """

    given: Mapping[str, float]
    limits: float = 0.0
    _asked: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        """Refuse what is not a finite number."""
        for name, value in self.given.items():
            if not np.isfinite(value):
                raise CertificateRefused(f"the multiplier of {name} is {value:g}")

    def of(self, name: str, least: float, most: float, dearest: float = np.inf) -> float:
        """Return the multiplier of a row with the given limits, 0 where none is stated.

        Parameters
        ----------
        least, most
            The row's limits, NaN or infinite where there is none. A positive multiplier prices the lower one, a
            negative the upper one.
        dearest
            What a unit outside the limits costs: the multiplier may not be beyond it, for rounding apart.

        Raises
        ------
        CertificateRefused
            When the row has no such limit, the multiplier is too large, or two rows have the name.
        """
        value = self.given.get(name, 0.0)
        if not value:
            self._asked.add(name)
            return 0.0
        if name in self._asked:
            raise CertificateRefused(f"two rows are called {name}")
        self._asked.add(name)
        limit = least if value > 0 else most
        if not np.isfinite(limit):
            side = "lower" if value > 0 else "upper"
            raise CertificateRefused(f"the multiplier of {name} is {value:g}, and the row has no {side} limit")
        if abs(value) > dearest * (1 + ROUNDING):
            raise CertificateRefused(f"the multiplier of {name} is {value:g}, beyond the {dearest:g} points it may be")
        value = float(np.clip(value, -dearest, dearest))
        self.limits += value * limit
        return value

    def at_least_zero(self, name: str, most: float) -> float:
        """Return the multiplier of an upper limit that is stated without its sign, 0 where none is stated."""
        value = self.given.get(name, 0.0)
        self._asked.add(name)
        if value < 0:
            raise CertificateRefused(f"the multiplier of {name} is {value:g}, and must be at least 0")
        if value and not np.isfinite(most):
            raise CertificateRefused(f"the multiplier of {name} is {value:g}, and nothing says what the stage leaves")
        if value:
            self.limits -= value * most
        return value

    def labels(self, line: str) -> Iterator[str]:
        """Yield the labels of the rows of a line that have a multiplier."""
        for name, value in self.given.items():
            if value and name.startswith(f"{line}[") and name.endswith("]"):
                yield name[len(line) + 1 : -1]

    def refuse_others(self) -> None:
        """Refuse multipliers of rows that nobody asked for.

        Raises
        ------
        CertificateRefused
            When there are some.
        """
        others = [name for name, value in self.given.items() if value and name not in self._asked]
        if others:
            more = f" and {len(others) - 1:,} more" if len(others) > 1 else ""
            raise CertificateRefused(f"there is no row {others[0]}{more}")
