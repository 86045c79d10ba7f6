"""Parquet files, by DuckDB; every value as the text a person would write."""

from __future__ import annotations

from pathlib import Path

import duckdb

from models.findings import Place
from planner.read.duck import blank_is_null, connection, duck_path, fetched, literal_path
from planner.read.problems import Problems
from planner.read.sheet import Sheet, as_rows

EXACT_FLOATS = 2**53
"""Below this, a floating-point number that is whole is one whole number and no other."""


def read_parquet(path: Path, file: str, problems: Problems) -> Sheet | None:
    """Read a Parquet file; None where it is none (which is then among the problems)."""
    place = Place(file=file)
    if not literal_path(path):
        problems.add(
            "TP105",
            place,
            found="a path with one of * ? [ ] { }",
            expected="a path without them",
            hint="Try renaming the file or folder",
        )
        return None
    try:
        with connection() as duck, duck_path(path) as readable:
            described = duck.execute("describe select * from read_parquet($path)", {"path": readable}).fetchall()
            # one column at a time: a text's memory can be used again only where its neighbours go with it
            columns = tuple(
                cells
                for name, kind, *_ in described
                for cells in fetched(
                    duck.execute(
                        f"select {blank_is_null(_as_text(_identifier(name), kind))} from read_parquet($path)",
                        {"path": readable},
                    )
                )
            )
    except (duckdb.Error, UnicodeError) as wrong:
        problems.add(
            "TP105",
            place,
            found=str(wrong).splitlines()[0],
            expected="a Parquet file",
            hint="Try writing the file again",
        )
        return None
    headers = tuple(str(name) for name, *_ in described)
    return Sheet(file, headers, columns, as_rows(2, len(columns[0])))


def _identifier(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _as_text(column: str, kind: str) -> str:
    """Return SQL that writes a column as text: 123.0 as 123, dates as ISO, lists with semicolons."""
    if kind in ("DOUBLE", "FLOAT"):
        whole = f"abs({column}) < {EXACT_FLOATS} and {column} = trunc({column})"
        return f"case when {whole} then cast(cast({column} as bigint) as varchar) else cast({column} as varchar) end"
    if kind == "TIMESTAMP WITH TIME ZONE":
        return f"cast(cast({column} as timestamp) as varchar)"
    if kind.endswith("[]") and kind.count("[]") == 1 and not kind.startswith(("STRUCT", "MAP")):
        return f"array_to_string({column}, ';')"
    return f"cast({column} as varchar)"
