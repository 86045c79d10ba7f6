"""Spellings mapped to values (``values`` in the project file), counted, so that nobody wonders what was changed."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import replace

import pandas as pd

from models.findings import did_you_mean
from planner.columns import Table
from planner.read.problems import EXAMPLES, Problems, quoted
from planner.read.sheet import Sheet, Written, blank_as_none

Map = Mapping[str, str | None]


def mapped(
    columns: Mapping[str, Written],
    values: Mapping[str, Map],
    table: Table,
    sheet: Sheet,
    problems: Problems,
) -> dict[str, Written]:
    """Return the columns with their spellings mapped; in lists and skills, name by name."""
    result = dict(columns)
    for name, spellings in values.items():
        if name not in columns:
            problems.add(
                "TP167",
                sheet.place,
                found=f"values for {quoted(name)}",
                expected="a column of this source",
                hint=did_you_mean(name, columns),
            )
            continue
        spec = table.column(name)
        kind = spec.kind if spec else "any"
        result[name] = _mapped_column(columns[name], spellings, kind, problems)
    return result


def _mapped_column(column: Written, spellings: Map, kind: str, problems: Problems) -> Written:
    codes, texts = pd.factorize(column.cells)
    occurs: Counter[str] = Counter()
    tally = pd.Series(codes).value_counts()
    change = {"list": _in_list, "skills": _in_skills}.get(kind, _whole)
    changed: list[str | None] = []
    for code, text in enumerate(texts):
        new, used = change(text, spellings)
        changed.append(new)
        for spelling in used:
            occurs[spelling] += int(tally[code])
    for spelling, count in occurs.items():
        problems.add(
            "TP165",
            column.place(),
            found=f"{quoted(spelling)} read as {quoted(spellings[spelling])}, {count:,} times",
            severity="note",
            count=count,
        )
    never = [spelling for spelling in spellings if spelling not in occurs]
    if never:
        problems.add(
            "TP166",
            column.place(),
            found=", ".join(map(quoted, never[:EXAMPLES])) + (" …" if len(never) > EXAMPLES else ""),
            expected="a spelling that is in the column",
            hint=did_you_mean(never[0], texts) if len(texts) else "Try removing it: the column is blank",
            severity="warning",
            count=len(never),
            examples=never,
        )
    return replace(column, cells=blank_as_none(changed[code] if code >= 0 else None for code in codes))


Changed = tuple[str | None, list[str]]


def _whole(text: str, spellings: Map) -> Changed:
    """Map a cell as a whole, as written or without the spaces around it."""
    key = text if text in spellings else text.strip()
    return (spellings[key], [key]) if key in spellings else (text, [])


def _in_list(text: str, spellings: Map) -> Changed:
    return _by_name(text, spellings, lambda part: (part.strip(), ""))


def _in_skills(text: str, spellings: Map) -> Changed:
    return _by_name(text, spellings, _skill)


def _skill(part: str) -> tuple[str, str]:
    match = re.fullmatch(r"\s*(.*?)\s*(:.*)?", part, re.DOTALL)
    return (match.group(1), match.group(2) or "") if match else (part, "")


def _by_name(text: str, spellings: Map, split: Callable[[str], tuple[str, str]]) -> Changed:
    whole, used = _whole(text, spellings)
    if used:
        return whole, used
    parts: list[str] = []
    for part in text.split(";"):
        name, rest = split(part)
        if name in spellings:
            used.append(name)
            new = spellings[name]
            if new is not None:
                parts.append(new + rest)
        else:
            parts.append(part)
    return (";".join(parts), used) if used else (text, [])
