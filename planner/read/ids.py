"""Ids: unique, never blank, kept as written, and suspicious where only case or spaces tell two apart."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from planner.read.problems import Problems, quoted
from planner.read.sheet import Cells, Written

_AS_NUMBER = re.compile(r"[0-9](?:\.[0-9]+)?[eE]\+?[0-9]{2}")


def check_key(column: Written, problems: Problems) -> None:
    """Report ids that are blank, double, or differ from another only in case or spaces."""
    cells = column.cells
    problems.cells(
        "TP131",
        column,
        np.flatnonzero(pd.isna(cells)).tolist(),
        expected="an id in every row",
        hint="Try filling it in, or removing the row",
    )
    report_doubles("TP132", column, cells, "every id once", problems)
    _report_twins(column, pd.unique(cells[~pd.isna(cells)]), problems)
    check_spelling(column, problems)


def report_doubles(code: str, column: Written, keys: Cells, expected: str, problems: Problems) -> None:
    """Report the rows whose key stands in an earlier row too; a missing key is never double."""
    series = pd.Series(keys, dtype=object)
    doubled = np.flatnonzero((series.duplicated() & series.notna()).to_numpy())
    if not len(doubled):
        return
    first: dict[object, int] = {}
    for position in np.flatnonzero(series.isin(series.iloc[doubled]).to_numpy()).tolist():
        first.setdefault(keys[position], position)
    problems.cells(
        code,
        column,
        doubled.tolist(),
        expected=expected,
        hint=lambda position: f"Try removing it here or in row {column.rows[first[keys[position]]]}",
        found=lambda position: quoted(_shown(keys[position])),
    )


def _shown(key: object) -> str:
    return " with ".join(map(str, key)) if isinstance(key, tuple) else str(key)


def check_spelling(column: Written, problems: Problems) -> None:
    """Warn of ids with spaces around them, and of ids that a spreadsheet wrote as rounded numbers."""
    codes, texts = pd.factorize(column.cells)
    spaced = [code for code, text in enumerate(texts) if text != text.strip()]
    rounded = [code for code, text in enumerate(texts) if _AS_NUMBER.fullmatch(text)]
    for code, which, expected, hint in (
        (
            "TP133",
            spaced,
            "an id without spaces around it; it is kept as written and differs from the one without",
            "Try removing the spaces in the source",
        ),
        (
            "TP135",
            rounded,
            "an id as it was before a spreadsheet rounded it",
            "Try formatting the column as text before pasting or importing the ids",
        ),
    ):
        if which:
            problems.cells(
                code,
                column,
                np.flatnonzero(np.isin(codes, which)).tolist(),
                expected=expected,
                hint=hint,
                severity="warning",
                together=True,
            )


def _report_twins(column: Written, unique: npt.NDArray[np.object_], problems: Problems) -> None:
    plain = pd.Series([text.strip().casefold() for text in unique], dtype=object)
    twins = np.flatnonzero(plain.duplicated(keep=False).to_numpy())
    if not len(twins):
        return
    pairs: dict[str, list[str]] = {}
    for position in twins:
        pairs.setdefault(plain[position], []).append(unique[position])
    examples: Sequence[str] = [" and ".join(map(quoted, pair)) for pair in pairs.values()]
    problems.add(
        "TP134",
        column.place(int(np.flatnonzero(column.cells == next(iter(pairs.values()))[1])[0])),
        found=examples[0],
        expected="ids that differ by more than case or spaces; these count as different",
        hint="Try one spelling if they are one and the same",
        severity="warning",
        count=len(pairs),
        examples=examples,
    )
