"""Changes to customers: columns set to expressions, customers who are gone, and new ones from a file."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pandas as pd

from models.expression import CUSTOMER, ExpressionError, Values
from models.findings import Finding, Place, did_you_mean
from models.org import BoolArray, Org, Source
from scenarios.changing.cells import check_range
from scenarios.changing.evaluation import Evaluations
from scenarios.changing.tables import NewCustomers, Origin, Tables
from scenarios.definition import CustomerChange
from scenarios.setting import Where

PlaceOf = Callable[[Where], Place]

ABOUT_CUSTOMERS = ("pairs", "wishes", "proposal")
_FITS = {"number": "a number", "date": "a date", "flag": "yes or no", "text": "text"}


def change_customers(
    org: Org,
    change: CustomerChange,
    tables: Tables,
    place_of: PlaceOf,
    evaluated: Evaluations,
    findings: list[Finding],
) -> Org:
    """Return the org with customers changed, without some of them, or with new ones.

    Expressions see the values before the change; columns may be named without ``customer.``. A change that touches
    nobody is reported.
    """
    if change.add is not None:
        return _added(org, change.add, tables, place_of(("add",)), findings)
    touched = np.ones(org.n_customers, dtype=bool)
    if change.where is not None:
        try:
            touched = evaluated.of(org).customers(change.where, unqualified=CUSTOMER).true()
        except ExpressionError as error:
            findings.append(error.finding("TP210", place_of(("where",))))
            return org
        if not touched.any():
            title = "The change touches nothing: the condition is true for no customer"
            findings.append(Finding("TP208", title, place_of(("where",)), found=change.where, severity="warning"))
    if change.remove:
        return _removed(org, touched, place_of(("remove",)), findings)
    return _set(org, change, touched, tables, place_of, evaluated, findings)


def _set(
    org: Org,
    change: CustomerChange,
    touched: BoolArray,
    tables: Tables,
    place_of: PlaceOf,
    evaluated: Evaluations,
    findings: list[Finding],
) -> Org:
    customers = org.customers
    given = org.given.get("customers", frozenset())
    columns: dict[str, pd.Series] = {}
    for name, text in change.set.items():
        place = place_of(("set", name))
        if name == "customer_id" or name not in given:
            title = "The ids of customers stay" if name == "customer_id" else "The customers have no such column"
            findings.append(Finding("TP208", title, place, found=name, hint=did_you_mean(name, sorted(given))))
            continue
        try:
            values = evaluated.of(org).customers(text, unqualified=CUSTOMER)
            new = _column(customers[name], values, touched)
            if pd.api.types.is_numeric_dtype(new.dtype) and new.dtype != bool:
                check_range("customers", name, new.to_numpy()[touched], tables)
        except ExpressionError as error:
            findings.append(error.finding("TP210", place))
            continue
        except ValueError as error:
            title, said = "The value does not fit the column", f"{name}: {text}"
            findings.append(Finding("TP208", title, place, found=said, expected=str(error)))
            continue
        columns[name] = new
        if touched.any() and columns[name].equals(customers[name]):
            title = "The change touches nothing: that is the value already"
            said = f"{name}: {text}"
            findings.append(Finding("TP208", title, place, found=said, severity="warning"))
    return replace(org, customers=customers.assign(**columns)) if columns else org


def _removed(org: Org, gone: BoolArray, place: Place, findings: list[Finding]) -> Org:
    """Return the org without some customers: they are in no table and in no total."""
    if gone.all():
        title = "All customers would be removed, and nothing would be left to plan"
        findings.append(Finding("TP208", title, place, hint="Try a condition ('where') that fewer of them meet"))
        return org
    if not gone.any():
        return org
    kept = np.flatnonzero(~gone)
    sources: dict[str, Source] = dict(org.sources)
    others: dict[str, pd.DataFrame] = {}
    if "customers" in sources:
        sources["customers"] = sources["customers"].of_rows(kept)
    for name in ABOUT_CUSTOMERS:
        table = org.tables.get(name)
        if table is None:
            continue
        rows = np.flatnonzero(~table["customer_id"].isin(org.customer_ids[gone]).to_numpy())
        others[name] = table.iloc[rows].reset_index(drop=True)
        if name in sources:
            sources[name] = sources[name].of_rows(rows)
        if name != "pairs" and len(rows) < len(table):
            title = "What was asked of customers who are removed is dropped"
            found = f"{len(table) - len(rows):,} rows of the table {name}"
            findings.append(Finding("TP208", title, place, found=found, severity="note"))
    customers = org.customers.iloc[kept].reset_index(drop=True)
    return replace(
        org,
        customers=customers,
        pairs=others.get("pairs"),
        wishes=others.get("wishes"),
        proposal=others.get("proposal"),
        sources=sources,
    )


def _added(org: Org, origin: Origin, tables: Tables, place: Place, findings: list[Finding]) -> Org:
    """Return the org with the customers of a file after its own."""
    new = tables.new_customers(origin, org, place, findings)
    if new is None:
        return org
    if not len(new.rows):
        title = "The file holds no customers: nothing changes"
        findings.append(Finding("TP208", title, place, found=str(origin), severity="warning"))
        return org
    if org.pairs_only:
        title = "New customers can be with nobody: only listed pairs are candidates, and they are in none"
        findings.append(Finding("TP208", title, place, severity="warning", hint="Try 'only: false' on the pairs"))
    given = {**org.given, "customers": org.given.get("customers", frozenset()) | new.given}
    sources = dict(org.sources)
    if "customers" in sources:
        sources["customers"] = sources["customers"].followed_by(org.n_customers, new.source)
    return replace(org, customers=_joined(org.customers, new), given=given, sources=sources)


def _joined(old: pd.DataFrame, new: NewCustomers) -> pd.DataFrame:
    """Return the rows of both, in the columns of both; a column that only one has is blank in the other's rows."""
    columns: dict[str, pd.Series] = {}
    for name in dict.fromkeys([*old.columns, *new.rows.columns]):
        like = old[name] if name in old else new.rows[name]
        parts = [frame[name] if name in frame else _blank(len(frame), like) for frame in (old, new.rows)]
        columns[str(name)] = pd.concat(parts, ignore_index=True).astype(like.dtype)
    return pd.DataFrame(columns)


def _blank(count: int, like: pd.Series) -> pd.Series:
    if like.dtype == bool:
        return pd.Series(np.zeros(count, dtype=bool))
    if pd.api.types.is_numeric_dtype(like.dtype):
        return pd.Series(np.full(count, np.nan), dtype=like.dtype)
    if pd.api.types.is_datetime64_any_dtype(like.dtype):
        return pd.Series(np.full(count, np.datetime64("NaT", "s")), dtype=like.dtype)
    return pd.Series([None] * count, dtype=like.dtype)


def _column(old: pd.Series, values: Values, touched: BoolArray) -> pd.Series:
    """Return a column with new values where it is touched, in the type it had."""
    if pd.api.types.is_bool_dtype(old.dtype):
        if values.kind not in ("flag", "null"):
            raise _unfit(values, "flag")
        new = pd.Series(values.true(), index=old.index)
        return old.where(~touched, new).astype(bool) if old.dtype == bool else old.where(~touched, new)
    if pd.api.types.is_numeric_dtype(old.dtype):
        return old.where(~touched, pd.Series(values.numbers(), index=old.index))
    if pd.api.types.is_datetime64_any_dtype(old.dtype):
        if values.kind not in ("date", "null"):
            raise _unfit(values, "date")
        days = values.data.astype("datetime64[s]") if values.kind == "date" else np.datetime64("NaT", "s")
        return old.where(~touched, pd.Series(days, index=old.index))
    if values.kind not in ("text", "null"):
        raise _unfit(values, "text")
    return old.where(
        ~touched, pd.Series(values.text() if values.kind == "text" else None, index=old.index, dtype=object)
    )


def _unfit(values: Values, kind: str) -> ExpressionError:
    return ExpressionError(
        "The value does not fit the column",
        found=f"{values.expression} ({_FITS.get(values.kind, values.kind)})",
        expected=_FITS[kind],
    )
