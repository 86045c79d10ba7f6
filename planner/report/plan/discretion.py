"""Discretion: which texts of users may be told to a reader, because they name nobody and no column that is kept back.

A policy, assumptions and wishes are free text in which ids and names stand. Where everything may be seen, every text
may be told; else only one that names no customer, rep or manager outside the reader's scope.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

import numpy as np
import pandas as pd

from models.org import BoolArray, Org
from planner.report.readership.evidence import Evidence
from planner.report.readership.scope import Scope


class Discretion:
    """Tells whether a text may be told."""

    def __init__(self, org: Org, scope: Scope, evidence: Evidence) -> None:
        self._open = scope.everything and not scope.hidden_measures
        self._scope = scope
        self._columns = {column for _, column in scope.hidden} | set(scope.hidden_measures)
        self._known: dict[str, bool] = {}
        self._names: frozenset[str] = frozenset() if scope.whole else frozenset(_outside(org, scope, evidence))

    def allows(self, text: str) -> bool:
        """Tell whether a text names nobody and nothing that is kept from the reader."""
        if text not in self._known:
            self._known[text] = self._open or self._names_nobody(text)
        return self._known[text]

    def _names_nobody(self, text: str) -> bool:
        if any(_stands_in(column, text) for column in self._columns) or self._scope.reads_hidden(text):
            return False
        return not any(name in text and _stands_in(name, text) for name in self._names)


def _stands_in(name: str, text: str) -> bool:
    """Tell whether a name stands in a text as a word of its own; a bare number only between quotation marks."""
    if name == text:
        return True
    quoted = rf"['\"]{re.escape(name)}['\"]"
    if name.isascii() and not name.isdigit():
        return re.search(rf"(?<!\w){re.escape(name)}(?!\w)|{quoted}", text) is not None
    return re.search(quoted, text) is not None if name.isdigit() else name in text


def _outside(org: Org, scope: Scope, evidence: Evidence) -> set[str]:
    """Return ids and names of customers, reps and managers whom the reader does not see."""
    seen = np.isin(org.customer_ids.astype(str), evidence.customers["customer_id"].astype(str).to_numpy())
    shown = {*_texts(org.customers, ("customer_id", "name", "family_id"), seen)}
    shown |= {*_texts(org.reps, ("rep_id", "name", "manager_id", "team"), scope.reps)}
    hidden = {*_texts(org.customers, ("customer_id", "name", "family_id"), ~seen)}
    hidden |= {*_texts(org.reps, ("rep_id", "name", "manager_id"), ~scope.reps)}
    owners = [column for column in map(str, org.customers) if column == "owner_id" or column.startswith("owner_id_")]
    hidden |= {*_texts(org.customers, owners, np.ones(org.n_customers, dtype=bool))}
    return hidden - shown


def _texts(table: pd.DataFrame, columns: Iterable[str], rows: BoolArray) -> Iterable[str]:
    for column in columns:
        if column in table:
            cells = table[column].to_numpy(dtype=object)[rows]
            yield from {cell for cell in cells.tolist() if isinstance(cell, str) and cell.strip()}
