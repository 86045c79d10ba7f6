"""Who has left, in the words of CRM exports: read once as ``active``, ``leave`` or ``left``, counted, and said."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import replace

import pandas as pd

from planner.aliases import plain
from planner.columns import STATUS_SPELLINGS
from planner.read import forms
from planner.read.problems import Problems, quoted
from planner.read.sheet import Written, blank_as_none

ACTIVE_HEADERS = frozenset(
    map(plain, ("active", "is active", "user active", "enabled", "is enabled", "在职", "是否在职", "启用", "是否启用"))
)
"""Headers under which yes is ``active`` and no is ``left``."""

GONE_HEADERS = frozenset(map(plain, ("deactivated", "is deactivated", "archived", "是否离职", "是否停用")))
"""Headers under which yes is ``left`` and no is ``active``."""


def with_known_statuses(columns: Mapping[str, Written], problems: Problems) -> dict[str, Written]:
    """Return the columns of reps, the spellings of ``status`` read as the words that the planner plans by.

    Yes and no are read so only where the header asks whether somebody is active (or gone) and every cell is a yes or
    no or a known word: a column ``Active`` that counts deals is no status.
    """
    column = columns.get("status")
    if column is None:
        return dict(columns)
    codes, texts = pd.factorize(column.cells)
    words = [unicodedata.normalize("NFKC", text).strip().casefold() for text in texts]
    flags = _flags(column.header)
    if not all(word in flags or word in STATUS_SPELLINGS for word in words):
        flags = {}
    meant = [STATUS_SPELLINGS.get(word, flags.get(word)) for word in words]
    counts = pd.Series(codes).value_counts()
    changed = [
        f"{quoted(text)} read as {word}, {counts[code]:,} time" + ("s" if counts[code] > 1 else "")
        for code, (text, word) in enumerate(zip(texts, meant, strict=True))
        if word is not None
    ]
    if not changed:
        return dict(columns)
    read = [word or text for text, word in zip(texts, meant, strict=True)]
    problems.add(
        "TP165",
        column.place(),
        found="; ".join(changed),
        hint=f"Try `columns: {{{column.header}: null}}` if it does not say who has left",
        severity="note",
        count=sum(int(counts[code]) for code, word in enumerate(meant) if word is not None),
    )
    cells = blank_as_none(read[code] if code >= 0 else None for code in codes)
    return {**columns, "status": replace(column, cells=cells)}


def _flags(header: str) -> dict[str, str]:
    if plain(header) in ACTIVE_HEADERS:
        yes, no = "active", "left"
    elif plain(header) in GONE_HEADERS:
        yes, no = "left", "active"
    else:
        return {}
    return {**dict.fromkeys(forms.TRUE_WORDS, yes), **dict.fromkeys(forms.FALSE_WORDS, no)}
