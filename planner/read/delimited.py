"""Text with separators (CSV): well-formed files by DuckDB, all others record by record to name every bad row."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import duckdb
import numpy as np

from models.findings import Place
from planner.read.duck import blank_is_null, connection, duck_path, fetched, literal_path
from planner.read.encoding import decode
from planner.read.problems import Problems, quoted
from planner.read.sheet import Cells, Sheet, as_rows, blank_as_none

DELIMITERS = (",", ";", "\t", "|")
_SAMPLE_RECORDS = 20
_SAMPLE_CHARACTERS = 200_000
_EXCEL_HINT = re.compile(r"\Asep=(.)\r?\n", re.IGNORECASE)
_BLANK_LINES = ("\n\n", "\r\n\r\n", "\r\r")


def read_delimited(
    path: Path, file: str, delimiter: str | None, encoding: str | None, problems: Problems
) -> Sheet | None:
    """Read a CSV file. All cells are text; the problems of its form are collected, each with its row.

    Parameters
    ----------
    path, file
        Where the file lies, and what findings call it.
    delimiter, encoding
        As stated in the project file; None: found out.
    problems
        What is wrong is added here.

    Returns
    -------
    Sheet or None
        None where nothing could be read.
    """
    place = Place(file=file)
    decoded = decode(path.read_bytes(), encoding, place, problems)
    if decoded is None:
        return None
    text = decoded.text.rstrip("\r\n")
    if not text.strip():
        problems.add("TP104", place, expected="a header and rows", hint="Try exporting the table again")
        return None
    if stated := _EXCEL_HINT.match(text):
        return _careful(text[stated.end() :], delimiter or stated.group(1), 2, place, problems)
    delimiter = delimiter or delimiter_of(text)
    headers = next(_records(text[:_SAMPLE_CHARACTERS], delimiter), (0, []))[1]
    regular = headers and text[0] not in "\r\n" and not any(blank in text for blank in _BLANK_LINES)
    if decoded.plain_utf8 and regular:
        columns = _fast(path, delimiter, len(headers))
        if columns is not None:
            return Sheet(file, tuple(headers), columns, as_rows(2, len(columns[0])))
    return _careful(text, delimiter, 1, place, problems)


def delimiter_of(text: str) -> str:
    r"""Return the delimiter that splits the first records into the same number of cells, the most cells winning.

    >>> delimiter_of("rep_id;regions\nana;'north,east'\n")
    ';'
    """
    sample = text[:_SAMPLE_CHARACTERS]

    def fitness(delimiter: str) -> tuple[bool, int]:
        widths = [len(cells) for _, cells in islice(_records(sample, delimiter), _SAMPLE_RECORDS)]
        whole = widths if len(sample) == len(text) or len(widths) < 2 else widths[:-1]
        return (bool(whole) and len(set(whole)) == 1 and whole[0] > 1, whole[0] if whole else 0)

    return max(DELIMITERS, key=fitness)


def _fast(path: Path, delimiter: str, width: int) -> tuple[Cells, ...] | None:
    """Return the columns below the header, or None where DuckDB finds the file malformed."""
    if not literal_path(path):
        return None
    names = [f"c{position}" for position in range(width)]
    cells = ", ".join(blank_is_null(name) for name in names)
    query = (
        f"select {cells} from read_csv($path, auto_detect=false, header=false, delim=$delimiter, quote='\"', "
        "escape='\"', strict_mode=true, null_padding=false, nullstr='', columns=$columns)"
    )
    parameters = {"delimiter": delimiter, "columns": dict.fromkeys(names, "VARCHAR")}
    try:
        with connection() as duck, duck_path(path) as readable:
            columns = fetched(duck.execute(query, {"path": readable, **parameters}))
    except (duckdb.Error, UnicodeError):
        return None
    return tuple(column[1:] for column in columns)


def _records(text: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """Yield position (from 1) and cells of each record that is not empty; malformed ones are passed over."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    position = 0
    while True:
        position += 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error:
            continue
        if any(cell.strip() for cell in cells):
            yield position, cells


def _careful(text: str, delimiter: str | None, first_row: int, place: Place, problems: Problems) -> Sheet | None:
    """Read record by record, so that each malformed one is reported with its row."""
    delimiter = delimiter or delimiter_of(text)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    headers: list[str] = []
    rows: list[int] = []
    records: list[list[str]] = []
    ragged: list[tuple[int, str]] = []
    malformed: list[tuple[int, str]] = []
    row = first_row - 1
    while True:
        row += 1
        try:
            cells = next(reader)
        except StopIteration:
            break
        except csv.Error as wrong:
            malformed.append((row, str(wrong)))
            continue
        if not headers:
            headers = cells if any(cell.strip() for cell in cells) else []
            continue
        width = len(headers)
        if any(cell.strip() for cell in cells) and (len(cells) < width or any(map(str.strip, cells[width:]))):
            ragged.append((row, f"{len(cells)} cells, from {quoted(cells[0])} to {quoted(cells[-1])}"))
        rows.append(row)
        records.append((cells + [""] * (width - len(cells)))[:width])
    problems.rows(
        "TP115",
        place,
        ragged,
        expected=f"{len(headers)} cells, as in the header",
        hint=f'Try quoting cells that contain the separator {quoted(delimiter)}: "Smith{delimiter} Ltd"',
    )
    problems.rows(
        "TP116",
        place,
        malformed,
        expected='cells in quotation marks that close, with "" for a quotation mark inside',
        hint="Try exporting the table again, or closing the quotation mark in this row",
    )
    if not headers:
        if not malformed:
            problems.add("TP104", place, expected="a header and rows", hint="Try exporting the table again")
        return None
    columns = tuple(blank_as_none(cells) for cells in zip(*records, strict=True)) if records else None
    return Sheet(
        place.file or "",
        tuple(headers),
        columns or tuple(np.empty(0, dtype=object) for _ in headers),
        np.array(rows, dtype=np.int64),
    )
