"""What wishes and a proposal say of customers and reps: blank, unknown or double rows."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from models.org import IntArray
from planner.known_ids import Known
from planner.read.problems import Problems
from planner.read.sheet import Cells, Written

Columns = Mapping[str, Written]


def check_wishes(wishes: pd.DataFrame, columns: Columns, customers: Known, reps: Known, problems: Problems) -> None:
    """Report wishes of whom or for what nothing is said, and those about somebody who is in no table."""
    kind = wishes["kind"].to_numpy(dtype=object)
    written = columns["kind"].cells
    _blank(columns["customer_id"], np.flatnonzero(pd.isna(columns["customer_id"].cells)), "a customer", problems)
    _blank(columns["kind"], np.flatnonzero(pd.isna(written)), "with, not or keep", problems)
    _unknown(columns["customer_id"], customers, "customer_id", "customers", problems)
    lacking = np.flatnonzero(np.isin(kind.astype(str), ("with", "not")) & wishes["rep_id"].isna().to_numpy())
    if "rep_id" in columns:
        _blank(columns["rep_id"], lacking, "a rep, for with and not", problems)
        _unknown(columns["rep_id"], reps, "rep_id", "reps", problems)
    elif len(lacking):
        place = columns["kind"]
        problems.cells("TP181", place, lacking.tolist(), expected="a column rep_id", hint="Try adding it")


def check_proposal(proposal: pd.DataFrame, columns: Columns, customers: Known, reps: Known, problems: Problems) -> None:
    """Report rows without a customer and double ones, and tell who is in no table."""
    _blank(columns["customer_id"], np.flatnonzero(proposal["customer_id"].isna().to_numpy()), "a customer", problems)
    for name, table, known in (("customer_id", "customers", customers), ("rep_id", "reps", reps)):
        column = columns[name]
        problems.cells(
            "TP185",
            column,
            _strangers(column, known.ids).tolist(),
            expected=f"a {name} of the {table} table; it counts as gone since",
            hint="Try removing the row, if it is long gone",
            severity="warning",
            together=True,
        )
    double = np.flatnonzero(proposal.duplicated(["customer_id", "role"]).to_numpy() & proposal["customer_id"].notna())
    problems.cells("TP186", columns["customer_id"], double.tolist(), expected="each customer and role once", hint=_LESS)


_LESS = "Try removing one of the rows"


def _blank(column: Written, positions: IntArray, expected: str, problems: Problems) -> None:
    hint = "Try filling it in, or removing the row"
    problems.cells("TP181", column, positions.tolist(), expected=expected, hint=hint)


def _unknown(column: Written, known: Known, name: str, table: str, problems: Problems) -> None:
    problems.cells(
        "TP182",
        column,
        _strangers(column, known.ids).tolist(),
        expected=f"a {name} of the {table} table",
        hint=lambda position: known.hint(column.cells[position]),
    )


def _strangers(column: Written, known: Cells) -> IntArray:
    """Return the positions of the cells that name nobody in ``known``; blank ones name nobody at all."""
    codes, ids = pd.factorize(column.cells)
    odd = np.flatnonzero(~pd.Index(ids).isin(pd.Index(known)))
    return np.flatnonzero(np.isin(codes, odd))
