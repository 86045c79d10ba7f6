"""All tables of a project, read, joined, typed and checked together: one pass, every problem."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from models.findings import Finding, Place, did_you_mean
from models.org import Org, Period, Source
from planner.aliases import plain
from planner.columns import TABLES, Column, Table
from planner.known_ids import Known
from planner.read.currency import converted, report_rates_without_column
from planner.read.headers import named_columns, report_missing
from planner.read.ids import check_key, check_spelling
from planner.read.join import joined
from planner.read.origin import read_sheet
from planner.read.places import check_coordinates, check_regions, check_use_of_regions
from planner.read.problems import Problems
from planner.read.readers import readers_of
from planner.read.relations import check_locks, check_owners, check_pairs, check_spans
from planner.read.requests import check_proposal, check_wishes
from planner.read.sheet import Sheet, Written
from planner.read.source import CurrencyRates, Origin, TableSource
from planner.read.spelling import mapped
from planner.read.statuses import with_known_statuses
from planner.read.typed import defaults, typed

REQUIRED = ("customers", "reps")
LATER = ("transactions",)


def read_org(
    tables: Mapping[str, TableSource],
    folder: Path,
    period: Period,
    *,
    strict: bool = False,
    currency: CurrencyRates | None = None,
) -> tuple[Org, list[Finding]]:
    """Read customers, reps and, where given, the other tables, and say everything that is wrong with them.

    Parameters
    ----------
    tables
        The ``tables`` of the project file, by name.
    folder
        The project folder, at which relative paths begin.
    period
        The period planned for; dates are judged against it.
    strict
        Whether an owner who is not on the roster is an error for each row, rather than one warning.
    currency
        Rates by which money in several currencies is converted.

    Returns
    -------
    org : Org
        The tables, complete with defaults. With an error among the findings it holds what could be read, which is
        good for naming columns, not for planning; ``given`` lacks a table that could not be read at all.
    findings : list of Finding
        Errors, warnings and notes, table by table. No input raises an exception.
    """
    problems = Problems()
    _check_names(tables, problems)
    read: dict[str, ReadTable] = {}
    for name, table in TABLES.items():
        if name in tables:
            found = read_table(tables[name], table, folder, currency, problems)
            if found is not None:
                read[name] = found
    written = {name: one.columns for name, one in read.items()}
    report_rates_without_column(written, currency, problems)
    _check_together(read, period, strict, problems)
    empty = {name: _typed({}, TABLES[name], 0, None, problems) for name in REQUIRED}
    frames = {**empty, **{name: one.frame for name, one in read.items()}}
    org = Org(
        customers=frames["customers"],
        reps=frames["reps"],
        period=period,
        pairs=frames.get("pairs"),
        pairs_only="pairs" in tables and tables["pairs"].only,
        regions=frames.get("regions"),
        wishes=frames.get("wishes"),
        proposal=frames.get("proposal"),
        given={name: one.given for name, one in read.items()},
        sources={name: one.source for name, one in read.items()},
        readers=readers_of(tables),
    )
    return org, problems.findings


@dataclass(frozen=True)
class ReadTable:
    """One table: as written by column, and typed; ``given`` are the columns that do not stand at their defaults."""

    columns: Mapping[str, Written]
    frame: pd.DataFrame
    given: frozenset[str]
    source: Source


def _check_names(tables: Mapping[str, TableSource], problems: Problems) -> None:
    for name in REQUIRED:
        if name not in tables:
            problems.add(
                "TP110",
                Place(path=f"tables.{name}"),
                expected=f"a table of {name}",
                hint=f"Try `tables: {{{name}: {name}.csv}}`",
            )
    for name, source in tables.items():
        if name in LATER:
            problems.add(
                "TP111",
                Place(path=f"tables.{name}"),
                found=name,
                expected="a table the plan depends on; this one is not read yet",
                hint="Try removing the line until then",
                severity="warning",
            )
        elif name not in TABLES:
            problems.add(
                "TP111",
                Place(path=f"tables.{name}"),
                found=name,
                expected="one of " + ", ".join(TABLES),
                hint=did_you_mean(name, TABLES),
            )
        if source.only and name != "pairs":
            problems.add(
                "TP111",
                Place(path=f"tables.{name}.only"),
                found="only",
                expected="`only` on pairs",
                hint="Try removing it here",
            )


def read_table(
    source: TableSource, table: Table, folder: Path, rates: CurrencyRates | None, problems: Problems
) -> ReadTable | None:
    """Read one table and everything joined to it, checked by itself; None where its ids cannot be had."""
    main = _read_columns(source, table, folder, problems)
    if main is None:
        return None
    sheet, columns = main
    for join in source.join:
        other = _read_columns(join, table, folder, problems)
        if other is not None:
            columns = joined(columns, sheet, other[1], other[0], join.on, problems)
    if report_missing(tuple(columns), table, sheet, problems):
        return None
    if not len(sheet.rows):
        problems.add(
            "TP109",
            sheet.place,
            found="a header and nothing below it",
            expected="rows",
            hint="Try exporting the table again, or removing it from `tables`",
            severity="error" if table.name in REQUIRED else "warning",
        )
    if table.unique:
        check_key(columns[table.key[0]], problems)
    for name, column in columns.items():
        spec = table.column(name)
        if spec is not None and spec.kind == "id" and (name not in table.key or not table.unique):
            check_spelling(column, problems)
    settled = with_known_statuses(columns, problems) if table.name == "reps" else columns
    typed_table = _typed(settled, table, len(sheet.rows), rates, problems)
    stated = {plain(header) for origin in (source, *source.join) for header in origin.columns}
    frame = _with_own_headers(typed_table, columns, table, stated)
    given = frozenset(frame.columns) - (frozenset(table.names) - frozenset(columns))
    headers = {
        name: column.header if column.file == sheet.file else f"{column.header} of {column.file}"
        for name, column in columns.items()
    }
    return ReadTable(columns, frame, given, Source(sheet.file, sheet.sheet, sheet.rows, headers))


def _read_columns(
    origin: Origin, table: Table, folder: Path, problems: Problems
) -> tuple[Sheet, dict[str, Written]] | None:
    sheet = read_sheet(origin, folder, problems)
    if sheet is None:
        return None
    sheet = _without_empty_rows(sheet, problems)
    columns = named_columns(sheet, table, origin.columns, problems)
    return sheet, mapped(columns, origin.values, table, sheet, problems)


def _without_empty_rows(sheet: Sheet, problems: Problems) -> Sheet:
    empty = np.ones(len(sheet.rows), dtype=bool)
    for cells in sheet.cells:
        if not empty.any():
            return sheet
        empty &= pd.isna(cells)
    if not empty.any():
        return sheet
    counted_rows = "1 row" if empty.sum() == 1 else f"{int(empty.sum()):,} rows"
    problems.add(
        "TP122",
        Place(file=sheet.file, sheet=sheet.sheet, row=int(sheet.rows[empty][0])),
        found=f"{counted_rows} without any value",
        severity="note",
        count=int(empty.sum()),
    )
    return sheet.kept(~empty)


def _typed(
    columns: Mapping[str, Written], table: Table, count: int, rates: CurrencyRates | None, problems: Problems
) -> pd.DataFrame:
    """Return the table typed: the known columns first, each with its default where the source lacks it."""
    arrays = {
        spec.name: typed(columns[spec.name], spec, problems) if spec.name in columns else defaults(spec, count)
        for spec in table.plain
    }
    for name, column in columns.items():
        if name not in arrays:
            arrays[name] = typed(
                column, table.column(name) or Column(name, "any", "a column of the user's own"), problems
            )
    columns_of = {name: pd.Series(array, dtype=array.dtype, copy=False) for name, array in arrays.items()}
    frame = pd.DataFrame(columns_of, copy=False)
    return converted(frame, columns, table, rates, problems)


def _with_own_headers(
    frame: pd.DataFrame, columns: Mapping[str, Written], table: Table, stated: Collection[str]
) -> pd.DataFrame:
    """Return the table with every column that was recognised by an alias under its own header as well.

    A policy may call ``Rating`` what was also read as ``tier``; text is then what all its values are.
    """
    names = {name.casefold() for name in frame.columns}
    own: dict[str, pd.Series] = {}
    for name, column in columns.items():
        header = column.header.strip()
        if plain(header) == plain(name) or plain(header) in stated or header.casefold() in names:
            continue
        spec = table.column(name)
        if spec is not None and spec.kind in ("id", "text"):
            array = typed(column, Column(header, "any", "a column of the user's own"), Problems())
            own[header] = pd.Series(array, dtype=array.dtype)
        else:
            own[header] = frame[name]
        names.add(header.casefold())
    return pd.concat([frame, pd.DataFrame(own)], axis=1) if own else frame


def _check_together(read: Mapping[str, ReadTable], period: Period, strict: bool, problems: Problems) -> None:
    """Check what one table says of another, as far as they could be read."""
    customers, reps = read.get("customers"), read.get("reps")
    pairs, regions = read.get("pairs"), read.get("regions")
    for one in (customers, reps):
        if one is not None:
            check_coordinates(one.columns, problems)
    if reps is not None:
        check_spans(reps.frame, reps.columns, problems)
    if customers is not None:
        check_locks(customers.frame, customers.columns, period, problems)
    if regions is not None:
        check_regions(regions.columns, problems)
    if customers is None or reps is None:
        return
    roster = reps.columns["rep_id"].cells
    check_owners(customers.frame, customers.columns, reps.columns, period, strict, problems)
    check_use_of_regions(customers.columns, reps.columns, regions.columns if regions else None, problems)
    if pairs is not None:
        check_pairs(pairs.columns, customers.columns["customer_id"].cells, roster, problems)
    known = (_known(customers, "customer_id"), _known(reps, "rep_id"))
    for name, check in (("wishes", check_wishes), ("proposal", check_proposal)):
        asked = read.get(name)
        if asked is not None:
            check(asked.frame, asked.columns, *known, problems)


def _known(table: ReadTable, ident: str) -> Known:
    """Return the ids of a table and the names beside them."""
    names = table.columns.get("name")
    return Known(table.columns[ident].cells, None if names is None else names.cells)
