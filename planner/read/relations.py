"""What one cell says of another: spans that end before they begin, owners off the roster, pairs of nobody."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

import numpy as np
import pandas as pd

from models.findings import did_you_mean
from models.org import Period
from models.presence import leave_columns
from planner.read.ids import report_doubles
from planner.read.problems import EXAMPLES, Problems, quoted
from planner.read.sheet import Cells, Written

Columns = Mapping[str, Written]

NOBODY_KNOWN = (
    "No owner is on the roster, so that every owned customer would have to move. Try taking owners and reps from one "
    "system, or mapping another header to owner_id or rep_id under `columns`"
)


def check_spans(reps: pd.DataFrame, columns: Columns, problems: Problems) -> None:
    """Report reps whose availability or leave ends before it begins."""
    for first, last in (("available_from", "available_to"), *leave_columns(reps)):
        if first in columns and last in columns:
            begins, ends = reps[first].to_numpy(), reps[last].to_numpy()
            problems.cells(
                "TP151",
                columns[last],
                np.flatnonzero(ends < begins).tolist(),
                found=partial(_span, columns[first], columns[last]),
                expected=f"{last} on or after {first}",
                hint="Try swapping the two, or emptying one",
            )


def _span(first: Written, last: Written, position: int) -> str:
    return f"{first.header} {first.cells[position]}, {last.header} {last.cells[position]}"


def check_owners(
    customers: pd.DataFrame, columns: Columns, reps: Columns, period: Period, strict: bool, problems: Problems
) -> None:
    """Report owners who are not on the roster (with ``strict`` each row), and owners since a day in the period."""
    known = frozenset(rep for rep in reps["rep_id"].cells if rep is not None)
    by_plain = {rep.strip().casefold(): rep for rep in known}
    names = {_folded(name) for name in reps["name"].cells if name is not None} if "name" in reps else set()
    for name, column in columns.items():
        if name == "owner_id" or name.startswith("owner_id_"):
            codes, owners = pd.factorize(column.cells)
            unknown = [code for code, owner in enumerate(owners) if owner not in known]
            positions = np.flatnonzero(np.isin(codes, unknown)).tolist()
            by_name = [code for code in unknown if _folded(owners[code]) in names]
            remedy = _name_remedy(name, columns, reps, known) if by_name else ""
            if len(unknown) == len(owners) and 2 * len(by_name) > len(unknown):
                named = np.flatnonzero(np.isin(codes, by_name)).tolist()
                problems.add(
                    "TP160",
                    column.place(named[0]),
                    found=f"names of reps, such as {quoted(column.cells[named[0]])}, and no rep_id",
                    expected="rep_ids of the reps table",
                    hint=remedy,
                    count=len(named),
                    examples=[f"row {column.rows[one]}: {quoted(column.cells[one])}" for one in named[:EXAMPLES]],
                )
            elif strict:
                problems.cells(
                    "TP154",
                    column,
                    positions,
                    expected="a rep_id of the reps table (strict)",
                    hint=partial(_owner_hint, column, by_plain),
                )
            elif positions:
                if by_name:
                    hint = f"{quoted(owners[by_name[0]])} is the name of a rep, not a rep_id. {remedy}"
                elif len(unknown) == len(owners):
                    hint = NOBODY_KNOWN
                else:
                    hint = "Try adding them to the reps, if they are still there"
                _warn_of_unknown_owners(column, positions, [owners[code] for code in unknown], by_plain, hint, problems)
        elif name == "owner_since" or name.startswith("owner_since_"):
            after = customers[name].to_numpy() > np.datetime64(period.start, "s")
            problems.cells(
                "TP157",
                column,
                np.flatnonzero(after).tolist(),
                expected=f"a day not after {period.start}, when the period begins; it counts as 0 years",
                hint="Try the day on which the owner took over, or check `period`",
                severity="warning",
                together=True,
            )


def _folded(name: str) -> str:
    return " ".join(name.split()).casefold()


def _name_remedy(owner: str, columns: Columns, reps: Columns, known: frozenset[str]) -> str:
    """Return what to write under `columns` where owners are names: the header with ids if there is one."""
    for name, column in columns.items():
        ids = pd.unique(column.cells[pd.notna(column.cells)])
        if not name.startswith("owner_id") and len(ids) and all(one in known for one in ids):
            return f"Try `columns: {{{column.header}: {owner}}}` in the customers table: it holds rep_ids"
    by_id, by_name = reps["rep_id"].header, reps["name"].header
    aside = f"{by_id}: null, " if by_id.strip().casefold() == "rep_id" else ""
    return f"Try `columns: {{{aside}{by_name}: rep_id}}` in the reps table, or writing owners by rep_id"


def _owner_hint(column: Written, by_plain: Mapping[str, str], position: int) -> str:
    owner = column.cells[position]
    twin = by_plain.get(owner.strip().casefold())
    if twin is not None:
        return f"Try {quoted(twin)}, as the roster writes it"
    near = did_you_mean(owner, by_plain.values()) if len(by_plain) <= 500 else ""
    return f"{near}, or an empty cell" if near.startswith("Try '") else "Try adding the rep, or emptying the cell"


def _warn_of_unknown_owners(
    column: Written,
    positions: list[int],
    owners: list[str],
    by_plain: Mapping[str, str],
    hint: str,
    problems: Problems,
) -> None:
    twins = {owner: by_plain[fold] for owner in owners if (fold := owner.strip().casefold()) in by_plain}
    if twins:
        written, twin = next(iter(twins.items()))
        hint = f"Try writing owners as the roster does: {quoted(twin)}, not {quoted(written)}"
    names = ", ".join(map(quoted, owners[:EXAMPLES])) + (" …" if len(owners) > EXAMPLES else "")
    problems.add(
        "TP154",
        column.place(positions[0]),
        found=f"{names}, owning {len(positions):,} customer" + ("s" if len(positions) > 1 else ""),
        expected="a rep_id of the reps table; these count as departed, so their customers must move",
        hint=hint,
        severity="warning",
        count=len(positions),
        examples=[f"row {column.rows[one]}: {quoted(column.cells[one])}" for one in positions[:EXAMPLES]],
    )


def check_locks(customers: pd.DataFrame, columns: Columns, period: Period, problems: Problems) -> None:
    """Note locks that ended before the period begins."""
    if "lock_until" in columns and "locked" in columns:
        expired = customers["locked"].to_numpy() & (
            customers["lock_until"].to_numpy() < np.datetime64(period.start, "s")
        )
        problems.cells(
            "TP158",
            columns["lock_until"],
            np.flatnonzero(expired).tolist(),
            expected=f"a day not before {period.start}; these locks are ignored",
            hint="Try a later day, or an empty cell for a lock without end",
            severity="note",
            together=True,
        )


def check_pairs(pairs: Columns, customers: Cells, reps: Cells, problems: Problems) -> None:
    """Report pairs whose customer or rep is in no table, and pairs that are listed twice."""
    for name, known in (("customer_id", customers), ("rep_id", reps)):
        column = pairs[name]
        codes, ids = pd.factorize(column.cells)
        odd = np.flatnonzero(~pd.Index(ids).isin(pd.Index(known)))
        problems.cells(
            "TP155",
            column,
            np.flatnonzero(np.isin(codes, odd)).tolist(),
            expected=f"a {name} of the {'customers' if name == 'customer_id' else 'reps'} table",
            hint="Try removing the row, or adding whom it names",
        )
        problems.cells(
            "TP131",
            column,
            np.flatnonzero(codes < 0).tolist(),
            expected="an id in every row",
            hint="Try filling it in, or removing the row",
        )
    both = list(zip(pairs["customer_id"].cells, pairs["rep_id"].cells, strict=True))
    keys = np.empty(len(both), dtype=object)
    keys[:] = [None if None in pair else pair for pair in both]
    report_doubles("TP156", pairs["customer_id"], keys, "each pair once", problems)
