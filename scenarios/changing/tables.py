"""What scenarios ask of the tables outside: rows of a further file, and which numbers a column may hold."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import pandas as pd

from models.findings import Finding, Place
from models.org import Org, Source

Origin = str | Mapping[str, Any]
"""A file of the project folder, or how to read one, as the project file's ``tables`` say it."""


@dataclass(frozen=True)
class NewCustomers:
    """Customers read from a file, typed as the customers' table.

    Attributes
    ----------
    rows : DataFrame
        Every column of the customers' table in its type, and those that only the file has.
    given : frozenset of str
        The columns that the file really had.
    source : Source
        Where the rows stand.
    """

    rows: pd.DataFrame
    given: frozenset[str]
    source: Source


class Tables(Protocol):
    """The tables of a project, as far as scenarios need them beyond the org."""

    def new_customers(self, origin: Origin, org: Org, place: Place, findings: list[Finding]) -> NewCustomers | None:
        """Read new customers beside those of ``org``; None, and findings with file and row, where they do not fit."""
        ...

    def range_of(self, table: str, column: str) -> tuple[float | None, float | None]:
        """Return the least and the greatest number that a column may hold, None where there is no limit."""
        ...


class NoTables:
    """Stands for the tables where there is no project folder: nothing can be read."""

    def new_customers(self, origin: Origin, org: Org, place: Place, findings: list[Finding]) -> NewCustomers | None:
        """Refuse the file."""
        title = "New customers come from a file of a project folder, and there is none"
        findings.append(Finding("TP208", title, place, found=str(origin)))
        return None

    def range_of(self, table: str, column: str) -> tuple[float | None, float | None]:
        """Return no limits."""
        return None, None
