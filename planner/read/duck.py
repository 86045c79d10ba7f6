"""DuckDB as a reader of files: in memory, without the network, and everything as text."""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import numpy.typing as npt
import pandas as pd

from planner.read.sheet import Cells

_NOTHING_BUT_SPACES = r"[\s\x0b\x1c-\x1f\x85\p{Z}]*"
"""What Python takes for spaces, so that a blank cell is blank whoever reads it."""
_SAMPLE = 1_000
"""About so many cells tell whether a column repeats its texts."""


def connection() -> duckdb.DuckDBPyConnection:
    """Return a fresh database in memory that loads no extensions and draws no bar on the output."""
    database = duckdb.connect(
        ":memory:", config={"autoinstall_known_extensions": False, "autoload_known_extensions": False}
    )
    database.execute("SET enable_progress_bar = false")  # in a notebook it would be on
    return database


@contextlib.contextmanager
def duck_path(path: Path) -> Iterator[str]:
    """Give a path as DuckDB can read it, which takes only UTF-8: where a folder's name is none, a link leads there."""
    try:
        str(path).encode()
    except UnicodeEncodeError:
        with tempfile.TemporaryDirectory(prefix="planner-") as made:
            link = Path(made) / "folder"
            link.symlink_to(path.parent.absolute(), target_is_directory=True)
            yield str(link / path.name)
    else:
        yield str(path)


def literal_path(path: Path) -> bool:
    """Tell whether DuckDB takes the path for this one file (it reads ``*``, ``?`` and ``[`` as patterns)."""
    return not any(character in str(path) for character in "*?[]{}")


def blank_is_null(expression: str) -> str:
    """Return SQL that gives NULL for a text of nothing but spaces."""
    return f"case when regexp_full_match({expression}, '{_NOTHING_BUT_SPACES}') then null else {expression} end"


def fetched(result: duckdb.DuckDBPyConnection) -> tuple[Cells, ...]:
    """Return the columns of a result of text columns, NULL as None."""
    return tuple(_cells(np.ma.asarray(column)) for column in result.fetchnumpy().values())


def _cells(column: npt.NDArray[Any]) -> Cells:
    cells: Cells = np.ma.getdata(column).astype(object)
    cells[np.ma.getmaskarray(column)] = None
    return _each_text_once(cells)


def _each_text_once(cells: Cells) -> Cells:
    """Return cells of which equal ones are one text in memory, where many seem to be equal."""
    some = cells[:: max(1, len(cells) // _SAMPLE)].tolist()
    if 2 * len(set(some)) > len(some):
        return cells
    codes, texts = pd.factorize(cells)
    once: Cells = np.append(np.asarray(texts, dtype=object), np.array([None], dtype=object))[codes]
    return once
