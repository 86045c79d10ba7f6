"""Orgs and plans for tests, from a few rows: every column left out stands at its default."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from models.check import judge
from models.org import Org, Period
from models.plan import POOLED, UNNEEDED, Assignment, Judgement
from models.policy import Policy
from planner.columns import TABLES, Table

FIRST_QUARTER = Period(dt.date(2027, 1, 1), dt.date(2027, 3, 31))

Rows = Sequence[Mapping[str, Any]]


def org_of(
    customers: Rows,
    reps: Rows,
    *,
    pairs: Rows | None = None,
    pairs_only: bool = False,
    regions: Rows | None = None,
    wishes: Rows | None = None,
    proposal: Rows | None = None,
    period: Period = FIRST_QUARTER,
) -> Org:
    """Make an org of rows; ``customers`` and ``reps`` need their ids only."""
    rows = {
        "customers": customers,
        "reps": reps,
        "pairs": pairs,
        "regions": regions,
        "wishes": wishes,
        "proposal": proposal,
    }
    frames = {name: frame_of(TABLES[name], one) for name, one in rows.items() if one is not None}
    return Org(
        customers=frames["customers"],
        reps=frames["reps"],
        period=period,
        pairs=frames.get("pairs"),
        pairs_only=pairs_only,
        regions=frames.get("regions"),
        wishes=frames.get("wishes"),
        proposal=frames.get("proposal"),
        given={name: frozenset(_written(one)) for name, one in rows.items() if one is not None},
    )


def assignment_of(org: Org, policy: Policy, **owners: Mapping[str, str | None]) -> Assignment:
    """Make an assignment of ``role={customer: rep}``; rep None is the pool, a customer left out needs no owner."""
    positions = np.full((len(policy.role_names), org.n_customers), UNNEEDED, dtype=np.int64)
    for role, named in owners.items():
        for customer, rep in named.items():
            owner = POOLED if rep is None else org.rep_positions[rep]
            positions[policy.role_names.index(role), org.customer_positions[customer]] = owner
    return Assignment(policy.role_names, positions)


def _written(rows: Rows) -> dict[str, None]:
    return dict.fromkeys(column for row in rows for column in row)


def frame_of(table: Table, rows: Rows) -> pd.DataFrame:
    """Make a table of rows, every column left out at its default."""
    columns: dict[str, pd.Series] = {}
    for name in dict.fromkeys([*_written(rows), *table.names]):
        column = table.column(name)
        values = [row.get(name) for row in rows]
        if column is not None:
            values = [column.default if value is None else value for value in values]
        kind = "any" if column is None else column.kind
        if kind == "number":
            columns[name] = pd.Series(values, dtype="float64")
        elif kind == "flag":
            columns[name] = pd.Series(values, dtype="bool")
        elif kind == "date":
            columns[name] = pd.to_datetime(pd.Series(values, dtype="object"))
        elif kind == "any":
            columns[name] = pd.Series(values).infer_objects()
        else:
            columns[name] = pd.Series(values, dtype="object")
    return pd.DataFrame(columns)


def judged(
    customers: Rows, reps: Rows, policy: Mapping[str, Any], plan: Mapping[str, str | None], **tables: Any
) -> Judgement:
    """Judge ``{customer: rep}`` in the only role, on an org of a few rows (``tables`` as in :func:`org_of`)."""
    org, rules = org_of(customers, reps, **tables), Policy.model_validate(policy)
    return judge(org, rules, assignment_of(org, rules, **{rules.first_role: plan}))


def complaints(judgement: Judgement) -> list[str]:
    """Return what is wrong as it would be printed: line and message."""
    return [f"{one.line}: {one.message}" for one in judgement.violations]
