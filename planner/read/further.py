"""Customers from a further file: read, typed and checked as the customers' table is, and beside it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pandas as pd

from models.findings import Finding
from models.org import Org, Source
from planner.columns import TABLES
from planner.read.currency import CurrencyRates
from planner.read.org import ReadTable, read_table
from planner.read.places import check_coordinates, check_use_of_regions
from planner.read.problems import Problems
from planner.read.relations import check_locks, check_owners
from planner.read.sheet import Written, as_rows, blank_as_none
from planner.read.source import TableSource

OF_OTHER_FILES = frozenset({"TP118", "TP166", "TP167"})
"""What is no mistake where headers and spellings are read as another file's: that some are not there."""


def read_further_customers(
    source: TableSource,
    folder: Path,
    org: Org,
    *,
    strict: bool = False,
    currency: CurrencyRates | None = None,
    as_another: bool = False,
) -> tuple[pd.DataFrame, frozenset[str], Source, list[Finding]]:
    """Read customers who are new beside those of an org.

    Parameters
    ----------
    source
        The file, and how to read it.
    folder
        The project folder.
    org
        The customers there are, whose ids are taken and whose columns have their kinds, and the reps and regions.
    strict
        Whether an owner who is not on the roster is an error.
    currency
        Rates by which money is converted.
    as_another
        Headers and spellings are read as those of another file, which may have more of them.

    Returns
    -------
    rows : DataFrame
        The new customers in the columns and types of ``org.customers``; columns that only the file has come last.
    given : frozenset of str
        The columns that the file really had.
    source : Source
        Where the rows stand.
    findings : list of Finding
        With an error among them the rows are good for nothing.
    """
    problems = Problems()
    read = read_table(source, TABLES["customers"], folder, currency, problems)
    rows = org.customers.iloc[:0] if read is None else _checked(read, org, strict, problems)
    left_out = {"TP109"} | (OF_OTHER_FILES if as_another else set())  # no rows: told as a change that touches nothing
    findings = [one for one in problems.findings if one.code not in left_out]
    if read is None:
        return rows, frozenset(), Source(source.label), findings
    return rows, read.given, read.source, findings


def _checked(read: ReadTable, org: Org, strict: bool, problems: Problems) -> pd.DataFrame:
    """Check the rows beside the tables there are, and return them in the form of the customers' table."""
    ids = read.columns["customer_id"]
    taken = [at for at, one in enumerate(ids.cells) if one in org.customer_positions and one is not None]
    problems.cells("TP132", ids, taken, expected="an id that no customer has yet", hint="Try another id")
    check_coordinates(read.columns, problems)
    check_locks(read.frame, read.columns, org.period, problems)
    reps = _written(org.reps, org.source("reps").file, ("rep_id", "name"))
    check_owners(read.frame, read.columns, reps, org.period, strict, problems)
    if org.regions is not None:
        regions = _written(org.regions, org.source("regions").file, ("region",))
        check_use_of_regions(read.columns, {}, regions, problems)
    return _fitted(read, org, problems)


def _written(table: pd.DataFrame, file: str, names: tuple[str, ...]) -> Mapping[str, Written]:
    """Return columns of a table as if they had just been read."""
    rows = as_rows(2, len(table))
    return {
        name: Written(name, blank_as_none(one if isinstance(one, str) else None for one in table[name]), rows, file)
        for name in names
        if name in table
    }


def _fitted(read: ReadTable, org: Org, problems: Problems) -> pd.DataFrame:
    """Return the rows with each column of the kind that the customers' table has it in."""
    given = org.given.get("customers", frozenset())
    columns: dict[str, pd.Series] = {str(name): read.frame[name] for name in read.frame}
    twins = {header: name for name, header in org.source("customers").headers.items() if header in org.customers}
    for header, name in twins.items():
        if header not in columns and name in read.columns:
            columns[header] = read.frame[name]
    for name, new in list(columns.items()):
        written = read.columns.get(name) or read.columns.get(twins.get(name, ""))
        if name not in org.customers or name not in given or written is None:
            continue
        old = org.customers[name]
        if old.dtype.kind == new.dtype.kind:
            continue
        if old.dtype == object:
            columns[name] = pd.Series(written.cells, dtype=object)
        elif np.asarray(pd.isna(written.cells)).all():
            del columns[name]
        else:
            problems.add(
                "TP168",
                written.place(),
                found=_KINDS.get(new.dtype.kind, "text"),
                expected=f"{_KINDS.get(old.dtype.kind, 'text')}, as in {org.source('customers').file}",
                hint="Try mending the cells that are not like the others",
            )
    return pd.DataFrame(columns)


_KINDS = {"f": "numbers", "i": "numbers", "b": "yes and no", "M": "dates", "O": "text"}
