"""What a project without a file is taken to be: tables under their usual names, planned for the next quarter."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from models.org import Period
from planner.columns import TABLES

ENDINGS = (".csv", ".parquet", ".pq", ".xlsx", ".xlsm", ".xls", ".ods")


def next_quarter(today: dt.date) -> Period:
    """Return the calendar quarter after the one that a day is in.

    >>> next_quarter(dt.date(2026, 11, 20))
    Period(start=datetime.date(2027, 1, 1), end=datetime.date(2027, 3, 31))
    """
    months = today.year * 12 + (today.month - 1) // 3 * 3 + 3
    start, after = (dt.date(at // 12, at % 12 + 1, 1) for at in (months, months + 3))
    return Period(start, after - dt.timedelta(days=1))


def tables_in(folder: Path) -> dict[str, str]:
    """Return the tables that a folder holds under their usual names, such as ``customers.csv`` and ``reps.xlsx``."""
    there = {path.name.lower(): path.name for path in sorted(folder.iterdir()) if path.is_file()}
    found = {}
    for table in TABLES:
        name = next((there[table + ending] for ending in ENDINGS if table + ending in there), None)
        if name is not None:
            found[table] = name
    return found
