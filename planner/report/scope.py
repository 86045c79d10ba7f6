"""Who reads a report: everybody's figures for leadership, the own team's customers for a manager or a rep."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from models.org import BoolArray, Org


@dataclass(frozen=True)
class Scope:
    """What the reader of a report may see.

    Attributes
    ----------
    label : str
        For whom it is, in words; blank where everything may be seen.
    reps : bool array, shape (reps,)
        The reps whose books and customers it shows; of all others only totals.
    hidden : frozenset of (str, str)
        Columns (table, column) that the reader may not see.
    hidden_measures : frozenset of str
        Measures whose expression reads one of them.
    labels : frozenset of str or None
        The reps, teams and regions whose own limits and budgets may be seen; None: all.
    """

    label: str
    reps: BoolArray
    hidden: frozenset[tuple[str, str]] = field(default_factory=frozenset)
    hidden_measures: frozenset[str] = field(default_factory=frozenset)
    labels: frozenset[str] | None = None

    @property
    def whole(self) -> bool:
        """Whether every rep's book may be seen."""
        return bool(self.reps.all())

    def column(self, table: str, column: str) -> bool:
        """Tell whether a column may be seen."""
        return (table, column) not in self.hidden

    def measure(self, name: str) -> bool:
        """Tell whether a measure, or a column of the customers that stands for one, may be seen."""
        return name not in self.hidden_measures and self.column("customers", name)

    def budget(self, name: str, label: str) -> bool:
        """Tell whether the use of a budget may be seen."""
        del name
        return self.labels is None or label in self.labels or label == "overall"


def everything(org: Org) -> Scope:
    """Return the scope of those who may see everything."""
    return Scope("", np.ones(org.n_reps, dtype=bool))
