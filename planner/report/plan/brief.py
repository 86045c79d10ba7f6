"""The brief: what every section of a plan's report is made from, and how it calls reps, managers and measures."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from models.names import Texts
from models.org import BoolArray, FloatArray, IntArray
from models.policy import CUSTOMERS, Policy
from planner.language import Language, begun, measure_word
from planner.record import Planned
from planner.report.blocks import Column
from planner.report.plan.discretion import Discretion
from planner.report.readership.evidence import CHOSEN, FORCED, NEW, POOLED, SOMEBODY_ELSE, Evidence, Measure
from planner.report.readership.scope import Scope

_CHANGES = {CHOSEN: "chosen", FORCED: "forced", NEW: "newly assigned", POOLED: "without owner now", "": ""}


@dataclass(frozen=True)
class Brief:
    """A plan's evidence and record, and the language they are told in."""

    evidence: Evidence
    record: Planned
    policy: Policy
    scope: Scope
    say: Language
    discretion: Discretion

    # ---- people ----------------------------------------------------------------------------------------------

    @cached_property
    def reps(self) -> Texts:
        """What each rep is called, shape (reps,): the name, with the id where several have it."""
        table = self.evidence.reps
        return distinct(table["name"].tolist(), table["rep_id"].tolist())

    @cached_property
    def managers(self) -> Texts:
        """What the manager of each rep is called; None for none. With the id where two managers share a name."""
        table = self.evidence.reps
        names = table["manager"].to_numpy(dtype=object)
        if "manager_id" not in table:
            return names
        ids = table["manager_id"].to_numpy(dtype=object)
        known = {ident: name for ident, name in zip(ids, names, strict=True) if isinstance(name, str)}
        called = dict(zip(known, distinct(list(known.values()), list(known)), strict=True))
        return np.array([called.get(ident) for ident in ids], dtype=object)

    @cached_property
    def groups(self) -> Texts:
        """The manager, or else the team, of each rep; None for none."""
        if self.evidence.flow_by == "team":
            return _column(self.evidence.reps, "team")
        return self.managers

    @property
    def group_title(self) -> str:
        """What ``groups`` are: managers or teams."""
        return self.say("Team") if self.evidence.flow_by == "team" else self.say("Manager")

    def owners(self, positions: IntArray, names: Texts) -> Texts:
        """Return what owners are called: reps who are seen, nobody, and those of whom nothing may be said."""
        called = np.append(self.reps, np.array([None], dtype=object))[np.maximum(positions, -1)]
        called[positions == -1] = self.say("nobody")
        called[positions == SOMEBODY_ELSE] = self.say("another rep")
        gone = np.flatnonzero((positions < 0) & (positions != -1) & (positions != SOMEBODY_ELSE))
        for at in gone.tolist():
            called[at] = names[at] if isinstance(names[at], str) else self.say("somebody who has left")
        return called

    @cached_property
    def before_names(self) -> Texts:
        """What the owner of each customer was called."""
        return self.owners(self.before, self.evidence.customers["before_name"].to_numpy(dtype=object))

    @cached_property
    def after_names(self) -> Texts:
        """What the owner of each customer is called now."""
        return self.owners(self.after, self.evidence.customers["after_name"].to_numpy(dtype=object))

    @property
    def before(self) -> IntArray:
        """Owners before, as positions of reps (see Evidence)."""
        return self.evidence.customers["before"].to_numpy(dtype=np.int64)

    @property
    def after(self) -> IntArray:
        """Owners after, as positions of reps (see Evidence)."""
        return self.evidence.customers["after"].to_numpy(dtype=np.int64)

    def of_owner(self, values: Texts, positions: IntArray) -> Texts:
        """Return a value of each owner, such as the manager; None for those who are not reps that are seen."""
        return np.append(values, np.array([None], dtype=object))[np.maximum(positions, -1)]

    def of_reps(self, column: str) -> Texts:
        """Return a column of the reps as text, None where it is blank or not there."""
        return _column(self.evidence.reps, column)

    # ---- customers -----------------------------------------------------------------------------------------------

    @cached_property
    def moved(self) -> BoolArray:
        """Which customers move, by choice or by force."""
        return np.asarray(self.evidence.customers["change"].isin((CHOSEN, FORCED)).to_numpy())

    @cached_property
    def changes(self) -> Texts:
        """What becomes of each customer, in words; blank where nothing does."""
        return self.change_words(self.evidence.customers["change"].to_numpy(dtype=object))

    def change_words(self, kinds: Texts) -> Texts:
        """Return kinds of changes in words."""
        said = {kind: self.say(text) if text else "" for kind, text in _CHANGES.items()}
        return np.array([said[kind] for kind in kinds], dtype=object)

    @cached_property
    def worths(self) -> FloatArray:
        """What each customer is worth; 1 where nothing says."""
        table = self.evidence.customers
        return table["worth"].to_numpy(float) if "worth" in table else np.ones(len(table))

    @property
    def several_roles(self) -> bool:
        """Whether there are several kinds of ownership, so that a customer has a row for each."""
        return len(self.evidence.roles) > 1

    # ---- measures --------------------------------------------------------------------------------------------

    def title(self, measure: Measure) -> str:
        """Return what a measure is called: as the policy does, and the number of customers in words."""
        return self.say("Customers") if measure.name == CUSTOMERS else measure_word(measure.name, self.say)

    def heading(self, measure: Measure) -> str:
        """Return what a measure is called at the beginning of a line."""
        return begun(self.title(measure))

    def amount(self, value: float, measure: Measure) -> str:
        """Return an amount of a measure with its unit."""
        return self.say.amount(value, "customers" if measure.name == CUSTOMERS else measure.unit)

    @property
    def worth_title(self) -> str:
        """What stands for revenue, as the policy calls it."""
        return self.title(self.evidence.worth) if self.evidence.worth is not None else self.say("Customers")

    def worth_column(self, key: str, title: str, *, bar: bool = False) -> Column:
        """Return a column in which worth stands."""
        worth, title = self.evidence.worth, begun(title)
        if worth is None:
            return Column(key, title, "count", bar=bar)
        return Column(key, title, "number", worth.unit, bar=bar)

    @cached_property
    def sorted_measures(self) -> tuple[tuple[int, Measure], ...]:
        """The measures with their places: those that are balanced first, in the order of their bands' weights."""
        balanced = [measure for _, measure, _ in self.evidence.bands]
        last = len(balanced)
        return tuple(
            sorted(
                enumerate(self.evidence.measures),
                key=lambda one: (balanced.index(one[1].name) if one[1].name in balanced else last, one[0]),
            )
        )

    def rep_values(self, column: str, measure: Measure) -> FloatArray:
        """Return a figure of each rep's book, such as ``after``; NaN where there is none."""
        table, key = self.evidence.reps, f"{column}:{measure.name}"
        return table[key].to_numpy(float) if key in table else np.full(len(table), np.nan)

    def told(self, text: str, instead: str = "") -> str:
        """Return a text of the user where it may be told, else ``instead``."""
        return text if self.discretion.allows(text) else instead


def distinct(names: Sequence[str], ids: Sequence[str]) -> Texts:
    """Return names, each with its id behind it where others have the same name.

    Examples
    --------
    >>> distinct(["Li Na", "Ana", "Li Na"], ["r1", "r2", "r3"]).tolist()
    ['Li Na (r1)', 'Ana', 'Li Na (r3)']
    """
    count = Counter(names)
    return np.array(
        [name if count[name] == 1 else f"{name} ({ident})" for name, ident in zip(names, ids, strict=True)],
        dtype=object,
    )


def text_cells(cells: pd.Series) -> Texts:
    """Return cells as text, None where they are blank; a whole number without its decimals."""
    said = np.full(len(cells), None, dtype=object)
    for at, cell in enumerate(cells.tolist()):
        if cell is None or cell is pd.NaT or (isinstance(cell, float) and np.isnan(cell)) or cell is pd.NA:
            continue
        said[at] = f"{cell:g}" if isinstance(cell, float) else str(cell)
    return said


def _column(table: pd.DataFrame, column: str) -> Texts:
    return text_cells(table[column]) if column in table else np.full(len(table), None, dtype=object)
