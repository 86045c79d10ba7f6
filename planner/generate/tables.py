"""Writing tables: CSV for people, Parquet for a million rows; blanks stay blank, dates are ISO."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from planner.read.duck import connection, duck_path


def write_table(table: pd.DataFrame, path: Path) -> None:
    """Write ``table`` as the suffix of ``path`` says (``.csv`` or ``.parquet``), byte for byte the same each time."""
    columns = ", ".join(_written(name, table[name]) for name in table.columns)
    form = "FORMAT parquet, COMPRESSION zstd" if path.suffix == ".parquet" else "FORMAT csv, HEADER"
    with connection() as database, duck_path(path) as writable:
        database.execute("SET threads = 1")
        database.register("source", table)
        target = writable.replace("'", "''")
        database.execute(f"COPY (SELECT {columns} FROM source) TO '{target}' ({form})")


def _written(name: str, column: pd.Series) -> str:
    quoted = '"' + name.replace('"', '""') + '"'
    if pd.api.types.is_datetime64_any_dtype(column.dtype):
        return f"{quoted}::DATE AS {quoted}"
    if pd.api.types.is_float_dtype(column.dtype):
        return f"CASE WHEN isnan({quoted}) THEN NULL ELSE {quoted} END AS {quoted}"
    if pd.api.types.is_numeric_dtype(column.dtype):
        return quoted
    return f"nullif({quoted}::VARCHAR, '') AS {quoted}"
