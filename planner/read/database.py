"""A query on an SQL database, through SQLAlchemy."""

from __future__ import annotations

import os
import re
from pathlib import Path

import numpy as np
import sqlalchemy as sa
from sqlalchemy.exc import SQLAlchemyError

from models.findings import Place, did_you_mean
from planner.read.problems import Problems
from planner.read.sheet import Sheet, as_rows, blank_as_none
from planner.read.source import without_password
from planner.read.text import as_text

_VARIABLE = re.compile(r"\$\{(\w+)\}")


def read_query(sql: str, url: str, folder: Path, problems: Problems) -> Sheet | None:
    """Run a query and return its rows; None where the database does not answer (which is then among the problems).

    ``${NAME}`` in the url stands for the environment variable of that name. SQLite files are looked for beside the
    project file. No finding shows a password.
    """
    label = without_password(url)
    place = Place(file=label)
    missing = sorted({name for name in _VARIABLE.findall(url) if name not in os.environ})
    if missing:
        problems.add(
            "TP108",
            place,
            found=f"no environment variable {', '.join(missing)}",
            expected="a database url",
            hint=f"Try export {missing[0]}=... before running the planner",
        )
        return None
    whole = _VARIABLE.sub(lambda name: os.environ[name.group(1)], url)
    try:
        address = _beside(sa.make_url(whole), folder, place, problems)
        if address is None:
            return None
        engine = sa.create_engine(address)
        try:
            with engine.connect() as database:
                result = database.exec_driver_sql(sql)
                if not result.returns_rows:
                    problems.add(
                        "TP108", place, found="a statement without rows", expected="a query", hint="Try SELECT ..."
                    )
                    return None
                headers = tuple(map(str, result.keys()))
                records = result.fetchall()
        finally:
            engine.dispose()
    except (SQLAlchemyError, ImportError, OSError, ValueError, UnicodeError) as wrong:
        problems.add(
            "TP108",
            place,
            found=_without_secrets(wrong, url, whole),
            expected="rows",
            hint="Try the query and the url in a database client",
        )
        return None
    columns = tuple(blank_as_none(as_text(record[position]) for record in records) for position in range(len(headers)))
    return Sheet(label, headers, columns or (np.empty(0, dtype=object),), as_rows(2, len(records)))


def _beside(address: sa.URL, folder: Path, place: Place, problems: Problems) -> sa.URL | None:
    """Return the url, that of an SQLite file from the project folder on; None where the file is missing."""
    name = address.database
    if address.get_backend_name() != "sqlite" or not name or name == ":memory:" or name.startswith("file:"):
        return address
    path = folder / name
    if not path.is_file():
        near = [one.name for one in path.parent.iterdir()] if path.parent.is_dir() else []
        hint = did_you_mean(path.name, near) if near else "Try putting it beside planner.yaml"
        problems.add("TP101", place, found=name, expected="an SQLite file", hint=hint)
        return None
    return address.set(database=str(path))


def _without_secrets(wrong: Exception, url: str, whole: str) -> str:
    """Return the first line of an error, with whatever the url kept secret masked."""
    text = (str(wrong).splitlines() or [type(wrong).__name__])[0].replace(whole, without_password(url))
    secrets = [os.environ[name] for name in _VARIABLE.findall(url)]
    try:
        secrets.append(sa.make_url(whole).password or "")
    except (SQLAlchemyError, ValueError):
        text = "the url cannot be read"
    for secret in sorted(filter(None, secrets), key=len, reverse=True):
        text = text.replace(secret, "***")
    return without_password(text)
