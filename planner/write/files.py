"""Files as DuckDB writes and reads them: the same table gives the same bytes."""

from __future__ import annotations

import errno
import hashlib
import json
from collections.abc import Collection
from pathlib import Path

import duckdb
import pandas as pd

from planner.read.duck import connection, duck_path
from planner.read.text import without_halves


def write_csv(table: pd.DataFrame, path: Path) -> None:
    """Write a table as UTF-8 CSV: numbers in full, flags as true and false, blank where there is no value."""
    _copy(table, path, "FORMAT csv, HEADER")


def write_parquet(table: pd.DataFrame, path: Path) -> None:
    """Write a table as Parquet."""
    _copy(table, path, "FORMAT parquet, COMPRESSION zstd")


def read_parquet(path: Path) -> pd.DataFrame:
    """Read a table written by :func:`write_parquet`."""
    with connection() as database, duck_path(path) as readable:
        return database.read_parquet(readable).df()


def read_csv_as_text(path: Path, only: Collection[str] | None = None) -> pd.DataFrame:
    """Read a CSV without guessing: every cell is text as written, None where it is blank.

    ``only`` names the columns to read; those that are not there are left out.
    """
    with connection() as database, duck_path(path) as readable:
        table = database.read_csv(readable, header=True, all_varchar=True, sep=",", quotechar='"')
        if only is not None and any(column in only for column in table.columns):
            quoted = ['"' + column.replace('"', '""') + '"' for column in table.columns if column in only]
            table = table.project(", ".join(quoted))
        return table.df()


def write_json(document: object, path: Path) -> None:
    """Write a document as indented JSON."""
    text = json.dumps(document, indent=2, ensure_ascii=False, allow_nan=False)
    path.write_text(without_halves(text) + "\n", encoding="utf-8")


def sha256(path: Path) -> str:
    """Return the SHA-256 of a file in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _copy(table: pd.DataFrame, path: Path, options: str) -> None:
    with connection() as database, duck_path(path) as writable:
        database.register("written", table)
        quoted = writable.replace("'", "''")
        try:
            database.execute(f"COPY written TO '{quoted}' ({options})")
        except duckdb.IOException as error:  # a full disk, for one
            raise OSError(errno.EIO, str(error).splitlines()[0], str(path)) from error
