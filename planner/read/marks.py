"""Checks who may see which column, as a project file says: whether there is such a column, and it can be kept back."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping

from models.findings import Finding, Place, did_you_mean
from models.org import Org
from planner.columns import TABLES, Table
from planner.read.source import TableSource

_VISIBLE, _CONFIDENTIAL = "visible_to", "confidential"
_TOLD = frozenset({"customer_id", "rep_id", "region", "name", "owner_id"})
"""Without these no report could say anything: what everything is called, and whose it is."""


def check_marks(
    tables: Mapping[str, TableSource], org: Org, place_of: Callable[[tuple[str | int, ...]], Place]
) -> Iterator[Finding]:
    """Yield what is wrong with ``visible_to`` and ``confidential`` of the tables; ``place_of`` knows their lines."""
    for name, source in tables.items():
        if name not in TABLES or name not in org.given:
            continue
        table, columns = TABLES[name], [str(column) for column in org.tables[name].columns]
        known = sorted({*table.names, *columns})
        headers = {header.lower(): column for column, header in org.source(name).headers.items()}
        for path, column in _marked(name, source):
            place = place_of(path)
            if column not in known and (column.endswith("*") or not _described(table, column)):
                yield Finding(
                    "TP214",
                    f"The table of {name} has no such column",
                    place,
                    found=repr(column),
                    hint=_hint(column, known, headers),
                )
            elif column in _TOLD & {*table.key, "name", "owner_id"} or column.startswith("owner_id_"):
                yield Finding(
                    "TP216",
                    "Nothing could be said without this column, so that it cannot be kept back",
                    place,
                    found=repr(column),
                    hint="Try another column, or leave it out of the table by 'columns'",
                )
            elif path[2] == _CONFIDENTIAL and column.lower() in _folded(source.visible_to):
                yield Finding(
                    "TP215",
                    "A confidential column is visible to nobody",
                    place,
                    found=f"{column!r}, which 'visible_to' names as well",
                    hint=f"Try either {_VISIBLE!r} or {_CONFIDENTIAL!r}",
                )


def _marked(name: str, source: TableSource) -> Iterator[tuple[tuple[str | int, ...], str]]:
    for column in source.visible_to:
        yield ("tables", name, _VISIBLE, column), column
    for number, column in enumerate(source.confidential):
        yield ("tables", name, _CONFIDENTIAL, number), column


def _described(table: Table, column: str) -> bool:
    """Tell whether the planner knows a column by the beginning of its name: ``capacity_hours``."""
    line = table.column(column)
    return line is not None and line.name != f"{column}*"


def _hint(column: str, known: Iterable[str], headers: Mapping[str, str]) -> str:
    meant = headers.get(column.lower())
    return f"Try {meant!r}, as which {column!r} is read" if meant is not None else did_you_mean(column, known)


def _folded(names: Iterable[str]) -> frozenset[str]:
    return frozenset(name.lower() for name in names)
