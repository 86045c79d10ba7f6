"""Changes to regions: several become one, or a part of one becomes a region of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from models.expression import CUSTOMER, ExpressionError
from models.findings import Finding, Place, did_you_mean
from models.org import Org, listed
from scenarios.changing.evaluation import Evaluations
from scenarios.definition import RegionMerge, RegionSplit
from scenarios.setting import Where

_OF_THE_MAP = ("region", "parent", "neighbours")


def merge(org: Org, line: RegionMerge, place: Place, findings: list[Finding]) -> Org:
    """Return the org with regions made one: for customers, in the reps' regions and in the regions table.

    The new region has the neighbours of all of them, and their parent where they share one.
    """
    known = known_regions(org)
    unknown = [one for one in line.regions if one not in known]
    if unknown:
        findings += [_no_such(one, known, place) for one in unknown]
        return org
    if set(line.regions) == {line.into}:
        title = "The regions to be merged are one already: nothing changes"
        findings.append(Finding("TP208", title, place, found=line.into, severity="warning"))
        return org
    into = {*line.regions, line.into}

    def renamed(names: Iterable[str]) -> list[str]:
        return list(dict.fromkeys(line.into if one in into else one for one in names))

    regions = _column(org.customers, "region")
    org = _with_customers(org, regions.mask(regions.isin(into), line.into))
    org = _with_reps(org, [renamed(names) for names in _rep_regions(org)])
    if org.regions is None:
        return org
    return replace(org, regions=_merged(org.regions, line, into, renamed, place, findings))


def split(
    org: Org,
    line: RegionSplit,
    place_of: Callable[[Where], Place],
    evaluated: Evaluations,
    findings: list[Finding],
) -> Org:
    """Return the org with a part of a region made a region of its own.

    The named reps serve the new region instead of the old one; without names, whoever serves the old one serves both.
    The new region has the parent and the neighbours of the old one, and the two are neighbours.
    """
    known = known_regions(org)
    wrong = []
    if line.region not in known:
        wrong.append(_no_such(line.region, known, place_of(("region",))))
    if line.into in known:
        title, hint = "The new region is there already", "Try 'customers: [{where: …, set: {region: …}}]' to move them"
        wrong.append(Finding("TP208", title, place_of(("into",)), found=repr(line.into), hint=hint))
    for rep in line.reps:
        if rep not in org.rep_positions:
            hint = did_you_mean(rep, [str(one) for one in org.rep_ids])
            title = "A rep who is to serve the new region is not on the roster"
            wrong.append(Finding("TP208", title, place_of(("reps",)), found=repr(rep), hint=hint))
    moving = np.zeros(org.n_customers, dtype=bool)
    try:
        moving = evaluated.of(org).customers(line.when, unqualified=CUSTOMER).true()
    except ExpressionError as error:
        wrong.append(error.finding("TP210", place_of(("when",))))
    findings.extend(wrong)
    if wrong:
        return org
    moving &= (_column(org.customers, "region") == line.region).to_numpy()
    if not moving.any():
        title = f"The split touches nothing: the condition is true for no customer of {line.region}"
        findings.append(Finding("TP208", title, place_of(("when",)), found=line.when, severity="warning"))
        return org
    org = _with_customers(org, _column(org.customers, "region").mask(moving, line.into))
    org = _with_reps(org, _serving(org, line, place_of(("reps",)), findings))
    if org.regions is None:
        return org
    given = {**org.given, "regions": org.given.get("regions", frozenset()) | {"neighbours"}}
    return replace(org, regions=_divided(org.regions, line), given=given)


def _serving(org: Org, line: RegionSplit, place: Place, findings: list[Finding]) -> list[list[str]]:
    """Return each rep's regions after a split."""
    chosen = {org.rep_positions[rep] for rep in line.reps}
    serving: list[list[str]] = []
    for at, names in enumerate(_rep_regions(org)):
        if at in chosen and not names:
            title = "A rep who is to serve the new region serves all regions: nothing changes for them"
            findings.append(Finding("TP208", title, place, found=repr(str(org.rep_ids[at])), severity="warning"))
        elif at in chosen:
            names = [line.into if one == line.region else one for one in names]
            names += [] if line.into in names else [line.into]
        elif not chosen and line.region in names:
            names = [*names, line.into]
        serving.append(list(names))
    return serving


def _merged(
    table: pd.DataFrame,
    line: RegionMerge,
    into: set[str],
    renamed: Callable[[Iterable[str]], list[str]],
    place: Place,
    findings: list[Finding],
) -> pd.DataFrame:
    """Return the regions table with one row in place of several; columns in which they differ are blank."""
    mine = table["region"].isin(into)
    rows = table[mine]
    if rows.empty:
        return table
    parents = {str(one): above for one, above in zip(table["region"], _texts(table, "parent"), strict=True) if above}
    outside = list(dict.fromkeys(parents[one] for one in rows["region"] if one in parents and parents[one] not in into))
    outside = [one for one in outside if not _is_inside(one, into, parents)]
    if len(outside) > 1:
        title = "The regions to be merged are in different regions: the new one is in none"
        findings.append(Finding("TP208", title, place, found=", ".join(outside), severity="warning"))
    near = renamed(one for cell in _texts(rows, "neighbours") for one in listed(cell or ""))
    values: dict[str, Any] = {
        "region": line.into,
        "parent": outside[0] if len(outside) == 1 else None,
        "neighbours": ";".join(one for one in near if one != line.into) or None,
    }
    differ = []
    for name in table.columns:
        if name not in _OF_THE_MAP:
            same = rows[name].nunique(dropna=False) == 1
            values[name] = rows[name].iloc[0] if same else False if rows[name].dtype == bool else None
            differ += [] if same else [str(name)]
    if differ:
        title = "Columns in which the merged regions differ are blank for the new one"
        findings.append(Finding("TP208", title, place, found=", ".join(differ), severity="note"))
    changed = table.copy()
    if "parent" in changed:
        above = [None if one is None else renamed([one])[0] for one in _texts(table, "parent")]
        changed["parent"] = pd.Series(above, index=table.index, dtype=object)
    if "neighbours" in changed:
        beside = [None if one is None else ";".join(renamed(listed(one))) for one in _texts(table, "neighbours")]
        changed["neighbours"] = pd.Series(beside, index=table.index, dtype=object)
    first = int(np.flatnonzero(mine.to_numpy())[0])
    kept = changed[~mine | (np.arange(len(changed)) == first)].copy()
    for name in kept.columns:
        cells = list(kept[name])
        cells[first] = values[name]  # no row before the first of them was left out
        kept[name] = _as(cells, table[name], kept.index)
    one: pd.DataFrame = kept.reset_index(drop=True)
    return one


def _is_inside(region: str, into: set[str], parents: dict[str, str]) -> bool:
    """Tell whether a region lies within one of those that are merged, so that it cannot contain them."""
    seen: set[str] = set()
    while region in parents and region not in seen:
        seen.add(region)
        region = parents[region]
        if region in into:
            return True
    return False


def _divided(table: pd.DataFrame, line: RegionSplit) -> pd.DataFrame:
    """Return the regions table with the new region, like the old one and next to it."""
    table = table.assign(neighbours=pd.Series(_texts(table, "neighbours"), index=table.index, dtype=object))
    old = np.flatnonzero((table["region"] == line.region).to_numpy())
    columns: dict[str, pd.Series] = {}
    for name in table.columns:
        cells = list(table[name])
        if name == "neighbours":
            cells = [_beside(cell, line, str(region)) for cell, region in zip(cells, table["region"], strict=True)]
            near = listed(str(table[name].iloc[old[0]])) if len(old) and table[name].iloc[old[0]] else ()
            new: Any = ";".join(dict.fromkeys([*near, line.region]))
        elif name == "region":
            new = line.into
        else:
            new = table[name].iloc[old[0]] if len(old) else False if table[name].dtype == bool else None
        columns[name] = _as([*cells, new], table[name], pd.RangeIndex(len(cells) + 1))
    return pd.DataFrame(columns)


def _beside(cell: str | None, line: RegionSplit, region: str) -> str | None:
    """Return the neighbours of a region after a split: who was next to the old one is next to the new one too."""
    names = list(listed(cell or ""))
    if line.region in names or region == line.region:
        names.append(line.into)
    return ";".join(dict.fromkeys(names)) or None


def _as(cells: Sequence[Any], like: pd.Series, index: pd.Index) -> pd.Series:
    blank = [None if cell is None or cell is pd.NaT else cell for cell in cells]
    return pd.Series(blank, index=index, dtype=like.dtype)


def known_regions(org: Org) -> tuple[str, ...]:
    """Return the regions that customers, reps or the regions table name."""
    names = [str(one) for one in _column(org.customers, "region").dropna().unique()]
    names += [one for regions in _rep_regions(org) for one in regions]
    if org.regions is not None:
        names += [str(one) for one in org.regions["region"].dropna()]
    return tuple(dict.fromkeys(names))


def unknown_regions(drawn: Org, after: Org, stated: Iterable[tuple[str, Place]]) -> list[Finding]:
    """Return which regions stated for reps are neither there once regions are ``drawn`` nor of customers after."""
    customers = after.customers["region"].dropna().unique() if "region" in after.customers else ()
    table = after.regions["region"].dropna() if after.regions is not None else ()
    known = tuple(dict.fromkeys([*known_regions(drawn), *map(str, customers), *map(str, table)]))
    return [_no_such(one, known, place) for one, place in stated if known and one not in known]


def _no_such(region: str, known: Sequence[str], place: Place) -> Finding:
    hint = did_you_mean(region, known) if known else "Try a column 'region' for customers"
    return Finding("TP208", "There is no such region", place, found=repr(region), hint=hint)


def _column(table: pd.DataFrame, name: str) -> pd.Series:
    return table[name] if name in table else pd.Series([None] * len(table), dtype=object)


def _texts(table: pd.DataFrame, name: str) -> list[str | None]:
    return [cell if isinstance(cell, str) and cell.strip() else None for cell in _column(table, name)]


def _rep_regions(org: Org) -> list[list[str]]:
    return [list(listed(cell)) if isinstance(cell, str) else [] for cell in _column(org.reps, "regions")]


def _with_customers(org: Org, regions: pd.Series) -> Org:
    if "region" not in org.customers:
        return org
    return replace(org, customers=org.customers.assign(region=regions.astype(org.customers["region"].dtype)))


def _with_reps(org: Org, regions: Sequence[Sequence[str]]) -> Org:
    """Return the org with the reps' regions; the cells of those for whom nothing changes stay as written."""
    if "regions" not in org.reps:
        return org
    old = org.reps["regions"]
    cells = [
        cell if list(before) == list(now) else ";".join(now)
        for cell, before, now in zip(old, _rep_regions(org), regions, strict=True)
    ]
    return replace(org, reps=org.reps.assign(regions=pd.Series(cells, index=old.index, dtype=object)))
