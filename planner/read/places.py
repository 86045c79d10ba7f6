"""Regions and coordinates: named as the regions table names them, in a tree, and complete."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from functools import partial

import numpy as np
import pandas as pd

from models.findings import did_you_mean
from models.org import listed
from planner.read.problems import Problems, quoted
from planner.read.sheet import Written
from planner.read.typed import folded

Columns = Mapping[str, Written]


def check_regions(regions: Columns, problems: Problems) -> None:
    """Report parents and neighbours that are no regions, and regions that contain each other."""
    known = _names(regions)
    for name in ("parent", "neighbours"):
        if name in regions:
            _report_unknown(regions[name], known, name == "neighbours", problems)
    if "parent" not in regions:
        return
    parents = dict(zip(regions["region"].cells, regions["parent"].cells, strict=True))
    for position, region in enumerate(regions["region"].cells):
        path = [region]
        while (above := parents.get(path[-1])) is not None and above not in path:
            path.append(above)
        if above == region and region is not None and region == min(path):
            problems.add(
                "TP153",
                regions["parent"].place(position),
                found=" in ".join(map(quoted, [*path, region])),
                expected="regions that end in one without a parent",
                hint="Try emptying the parent of the largest of them",
            )


def check_use_of_regions(customers: Columns, reps: Columns, regions: Columns | None, problems: Problems) -> None:
    """Report regions of customers and reps that the regions table does not know, or that only one side spells so."""
    if regions is not None:
        known = _names(regions)
        for columns, name, many in ((customers, "region", False), (reps, "regions", True)):
            if name in columns:
                _report_unknown(columns[name], known, many, problems)
    elif "region" in customers and "regions" in reps:
        _report_spellings(customers["region"], reps["regions"], problems)


def _names(regions: Columns) -> frozenset[str]:
    return frozenset(name for name in regions["region"].cells if name is not None)


def _parts(text: str, many: bool) -> tuple[str, ...]:
    return listed(text) if many else (text,)


def _report_unknown(column: Written, known: Collection[str], many: bool, problems: Problems) -> None:
    codes, texts = pd.factorize(column.cells)
    unknown = {
        code: odd
        for code, text in enumerate(texts)
        if (odd := [part for part in _parts(text, many) if part not in known])
    }
    if unknown:
        problems.cells(
            "TP152",
            column,
            np.flatnonzero(np.isin(codes, list(unknown))).tolist(),
            expected="a region of the regions table",
            found=lambda position: ", ".join(map(quoted, unknown[int(codes[position])])),
            hint=lambda position: _hint(unknown[int(codes[position])][0], known, many),
        )


def _hint(text: str, known: Collection[str], many: bool) -> str:
    if many and (split := _split(text, known)):
        return f"Try {split}"
    return did_you_mean(text, sorted(known)) if known else "Try filling in the regions table"


def _split(text: str, known: Iterable[str]) -> str | None:
    """Return names between semicolons where ``text`` has known names between other separators, else None."""
    for separator in (",", "，", "、", "|", "/"):
        parts = listed(text.replace(separator, ";"))
        if separator in text and set(parts) <= set(known):
            return ";".join(parts)
    return None


def _report_spellings(customers: Written, reps: Written, problems: Problems) -> None:
    """Without a regions table: warn where a rep's region is no customer's, and a separator or spelling explains it."""
    wanted = {text for text in pd.unique(customers.cells) if text is not None}
    by_fold = {folded(text): text for text in wanted}
    for position, text in enumerate(reps.cells):
        for part in listed(text or ""):
            if part in wanted:
                continue
            split, twin = _split(part, wanted), by_fold.get(folded(part))
            if split or twin:
                problems.cells(
                    "TP149" if split else "TP147",
                    reps,
                    [position],
                    found=partial(_named, part),
                    expected="regions between semicolons, as the customers write them",
                    hint=f"Try {split or twin}",
                    severity="warning",
                )


def _named(part: str, _position: int) -> str:
    return quoted(part)


def check_coordinates(columns: Columns, problems: Problems) -> None:
    """Warn of rows with a latitude and no longitude, or the reverse."""
    for one, other in (("lat", "lon"), ("lon", "lat")):
        if one in columns:
            lacking = ~pd.isna(columns[one].cells)
            if other in columns:
                lacking &= pd.isna(columns[other].cells)
            problems.cells(
                "TP159",
                columns[one],
                np.flatnonzero(lacking).tolist(),
                expected=f"{other} as well; without it the place counts as unknown",
                hint=f"Try filling in {other}",
                severity="warning",
                together=True,
            )
