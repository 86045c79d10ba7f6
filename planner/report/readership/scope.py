"""Who reads a report: everybody's figures for leadership, the own team's customers for a manager or a rep.

Whoever takes something for a report from elsewhere than the evidence, such as the policy's words, asks the scope first.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from models.expression import ExpressionError, columns_read, texts_named
from models.expression.reading import SINCE
from models.names import Texts, rep_names
from models.org import BoolArray, Org
from planner.report.readership.naming import EVERYBODY

_DIGITS = 3
OVERALL = "overall"
"""The label of a budget for all."""


@dataclass(frozen=True)
class Scope:
    """What the reader of a report may see.

    Attributes
    ----------
    label : str
        For whom it is, in words; blank where everything may be seen.
    folder : str
        The name of the reader's own folder.
    reps : bool array, shape (reps,)
        The reps whose books and customers it shows; of all others only totals.
    hidden : frozenset of (str, str)
        Columns (table, column) that the reader may not see.
    hidden_measures : frozenset of str
        Measures whose expression reads one of them.
    labels : frozenset of str or None
        The reps, teams and regions whose own limits and budgets may be seen; None: all.
    hidden_lines : frozenset of str or None
        Lines of the policy, by their readable path, that may not be told: they read a hidden column or name somebody
        outside. None: not found out, and so none is told unless everything may be seen.
    outside : frozenset of str
        Ids and names of customers, and of reps and managers who may not be seen, in lower case; the customers of
        everybody, for what a policy line says of one it says to all.
    """

    label: str
    reps: BoolArray
    hidden: frozenset[tuple[str, str]] = field(default_factory=frozenset)
    hidden_measures: frozenset[str] = field(default_factory=frozenset)
    labels: frozenset[str] | None = None
    hidden_lines: frozenset[str] | None = None
    outside: frozenset[str] = field(default_factory=frozenset)
    folder: str = EVERYBODY

    @property
    def whole(self) -> bool:
        """Whether every rep's book may be seen."""
        return self.labels is None and bool(self.reps.all())

    @property
    def everything(self) -> bool:
        """Whether nothing at all is kept from the reader."""
        return self.whole and not self.hidden

    def column(self, table: str, column: str) -> bool:
        """Tell whether a column may be seen."""
        return not self._covers(table, column.lower())

    def measure(self, name: str) -> bool:
        """Tell whether a measure, or a column of the customers that stands for one, may be seen."""
        return name not in self.hidden_measures and self.column("customers", name)

    def line(self, path: str) -> bool:
        """Tell whether a line of the policy may be told, by its readable path: ``capacity[workload]``, ``pool``."""
        if self.everything:
            return True
        return self.hidden_lines is not None and path not in self.hidden_lines

    def goal(self, name: str) -> bool:
        """Tell whether the value of a goal may be told."""
        return self.line(f"goals[{name}]")

    def budget(self, name: str, label: str) -> bool:
        """Tell whether the use of a budget may be seen."""
        return self.line(f"disruption.budgets[{name}]") and self.of_label(label)

    def of_label(self, label: str) -> bool:
        """Tell whether limits of a rep, a team or a region may be seen."""
        return self.labels is None or label in self.labels or label == OVERALL

    def roles(self, names: Sequence[str]) -> tuple[str, ...]:
        """Return what roles are called; by number where one is called like somebody outside."""
        return tuple(f"#{at}" if self.names_outside(name) else name for at, name in enumerate(names, start=1))

    def expression(self, text: str) -> bool:
        """Tell whether an expression may be shown: it reads nothing hidden and names nobody outside."""
        if self.everything:
            return True
        try:
            return not any(self._covers(*one) for one in columns_read(text)) and not self.names_outside(
                *texts_named(text)
            )
        except ExpressionError:
            return False

    def reads_hidden(self, text: str) -> bool:
        """Tell whether a text is an expression that reads a hidden column; no other text does."""
        if not self.hidden:
            return False
        try:
            return any(self._covers(*one) for one in columns_read(text))
        except ExpressionError:
            return False

    def names_outside(self, *texts: str | None) -> bool:
        """Tell whether a text names a customer, or a rep who may not be seen.

        A number of up to three digits in a longer text is taken for a quantity, not for an id.
        """
        return any(self._mentions(text.lower()) for text in texts if text and self.outside)

    def _mentions(self, text: str) -> bool:
        if text.strip() in self.outside:
            return True
        words = _words(text)
        return any(
            " ".join(words[first : first + length]) in self._outside_in_words
            and (length > 1 or not _small(words[first]))
            for length in range(1, min(len(words), self._longest) + 1)
            for first in range(len(words) - length + 1)
        )

    @cached_property
    def _outside_in_words(self) -> frozenset[str]:
        return frozenset(" ".join(_words(one)) for one in self.outside) - {""}

    @cached_property
    def _longest(self) -> int:
        return max((one.count(" ") + 1 for one in self._outside_in_words), default=0)

    def _covers(self, table: str, column: str) -> bool:
        """Tell whether a column is hidden; since when somebody owns is hidden with that of any role."""
        if (table, column) in self._hidden:
            return True
        return (table, column) == ("customers", SINCE) and any(
            of == table and one.startswith(f"{SINCE}_") for of, one in self._hidden
        )

    @cached_property
    def _hidden(self) -> frozenset[tuple[str, str]]:
        return frozenset((table, column.lower()) for table, column in self.hidden)


def everything(org: Org) -> Scope:
    """Return the scope of those who may see everything."""
    return Scope("", np.ones(org.n_reps, dtype=bool))


def called(org: Org, reps: BoolArray) -> Texts:
    """Return ids and names of some reps."""
    at = np.flatnonzero(reps)
    return np.concatenate([org.rep_ids[at], rep_names(org, at)])


def _small(word: str) -> bool:
    return word.isdecimal() and len(word) <= _DIGITS


def _words(text: str) -> list[str]:
    return "".join(one if one.isalnum() else " " for one in text).split()
