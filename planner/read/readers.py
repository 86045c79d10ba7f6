"""Who may see a column: what the tables of a project file say with ``visible_to`` and ``confidential``."""

from __future__ import annotations

from collections.abc import Mapping

from planner.read.source import Job, TableSource

__all__ = ["Job", "Readers", "readers_of", "stricter"]

Readers = Mapping[tuple[str, str], frozenset[str]]
"""By (table, column), the jobs that may see it; none where it is confidential."""


def readers_of(tables: Mapping[str, TableSource]) -> Readers:
    """Return who may see the columns that tables mark; everybody may see the others."""
    return {
        (table, column): jobs
        for table, source in tables.items()
        for column, jobs in (
            *((column, frozenset(jobs)) for column, jobs in source.visible_to.items()),
            *((column, frozenset[str]()) for column in source.confidential),
        )
    }


def stricter(one: Readers, other: Readers) -> Readers:
    """Return who may see a column by both of two markings, whatever the case of its name.

    Examples
    --------
    >>> one = {("customers", "margin"): frozenset({"sales", "leadership"})}
    >>> sorted(stricter(one, {("customers", "Margin"): frozenset({"leadership"})}).values())
    [frozenset({'leadership'}), frozenset({'leadership'})]
    """
    both: dict[tuple[str, str], frozenset[str]] = {}
    for table, column in (*one, *other):
        both[table, column] = frozenset.intersection(
            *(
                jobs
                for marks in (one, other)
                for (of, name), jobs in marks.items()
                if of == table and name.lower() == column.lower()
            )
        )
    return both
