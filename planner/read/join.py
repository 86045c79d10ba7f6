"""Further sources joined to a table: what finds no partner is listed both ways, and no row is lost or doubled."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from models.findings import did_you_mean
from models.org import IntArray
from planner.read.problems import EXAMPLES, Problems, quoted
from planner.read.sheet import Sheet, Written

Columns = dict[str, Written]


def joined(
    left: Columns, left_sheet: Sheet, right: Columns, right_sheet: Sheet, on: tuple[str, ...], problems: Problems
) -> Columns:
    """Return the columns of ``left`` with those of ``right`` added, row by row, where the columns ``on`` agree.

    Rows of ``left`` without a partner get blanks; rows of ``right`` without one are left away; both are reported.
    """
    for key in on:
        for columns, sheet in ((left, left_sheet), (right, right_sheet)):
            if key not in columns:
                problems.add(
                    "TP161",
                    sheet.place,
                    found="the columns " + ", ".join(map(quoted, list(columns)[:12])),
                    expected=key,
                    hint=did_you_mean(key, columns) + f"; or `columns: {{HEADER: {key}}}`",
                )
    if any(key not in left or key not in right for key in on):
        return left
    left_keys, right_keys = _keys(left, on), _keys(right, on)
    positions = _partners(left_keys, right_keys, right, on, problems)
    _report_unmatched(left[on[0]], np.flatnonzero(positions < 0), right_sheet.file, "kept, with blanks", problems)
    matched = np.zeros(len(right_keys), dtype=bool)
    matched[positions[positions >= 0]] = True
    known = right_keys.isin(left_keys.dropna())
    unused = np.flatnonzero(~matched & ~known.to_numpy())
    _report_unmatched(right[on[0]], unused, left_sheet.file, "not used", problems)
    return _merged(left, right, on, positions, problems)


def _keys(columns: Mapping[str, Written], on: tuple[str, ...]) -> pd.Series:
    """Return each row's key as text, None where a part of it is blank."""
    if len(on) == 1:
        return pd.Series(columns[on[0]].cells, dtype=object)
    parts = zip(*(columns[key].cells for key in on), strict=True)
    return pd.Series([None if None in part else "\x1f".join(part) for part in parts], dtype=object)


def _partners(
    left: pd.Series, right: pd.Series, columns: Mapping[str, Written], on: tuple[str, ...], problems: Problems
) -> IntArray:
    """Return for each left row the position of its right row, -1 where there is none."""
    filled = right.dropna()
    doubled = filled[filled.duplicated()]
    if len(doubled):
        key = columns[on[0]]
        first = filled[~filled.duplicated()]
        row_of = dict(zip(first, key.rows[first.index], strict=True))
        problems.cells(
            "TP162",
            key,
            doubled.index.tolist(),
            expected=f"one row per {' and '.join(on)}",
            hint=lambda position: f"Try keeping one of the rows {row_of[right[position]]} and {key.rows[position]}",
        )
    unique = filled[~filled.duplicated()]
    codes = pd.Index(unique).get_indexer(pd.Index(left))
    positions = np.where(codes >= 0, unique.index.to_numpy(dtype=np.int64)[codes] if len(unique) else -1, -1)
    positions[left.isna().to_numpy()] = -1
    return positions


def _report_unmatched(key: Written, positions: IntArray, other: str, fate: str, problems: Problems) -> None:
    if len(positions):
        examples = [f"row {key.rows[one]}: {quoted(key.cells[one])}" for one in positions[:EXAMPLES]]
        problems.add(
            "TP163",
            key.place(),
            found=f"{len(positions):,} rows whose {key.header} is not in {other}; they are {fate}",
            expected=f"every {key.header} in both",
            hint="Try comparing how both sources write it, or mapping spellings under `values`",
            severity="warning",
            count=len(positions),
            examples=examples,
        )


def _merged(left: Columns, right: Columns, on: tuple[str, ...], positions: IntArray, problems: Problems) -> Columns:
    merged = dict(left)
    for name, column in right.items():
        if name in on:
            continue
        twin = next((one for one in left if one.casefold() == name.casefold()), None)
        if twin is None:
            merged[name] = column.taken(positions)
            continue
        problems.add(
            "TP164",
            column.place(),
            found=f"{quoted(name)} in {left[twin].file} too, which is the one that is used",
            expected="each column in one source",
            hint=f"Try `columns: {{{column.header}: null}}` to leave this one out, or give it another name there",
            severity="warning",
        )
    return merged
