"""Changes to customers: columns set to expressions, for those for whom a condition holds."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pandas as pd

from models.expression import CUSTOMER, ExpressionError, Expressions, Values
from models.findings import Finding, Place, did_you_mean
from models.org import Org
from models.policy import Policy
from scenarios.definition import CustomerChange
from scenarios.setting import Where

_FITS = {"number": "a number", "date": "a date", "flag": "yes or no", "text": "text"}


def change_customers(
    org: Org, change: CustomerChange, place_of: Callable[[Where], Place], findings: list[Finding]
) -> Org:
    """Return the org with columns of customers set; expressions see the values before the change.

    Columns may be named without ``customer.``. A change that touches nobody is reported.
    """
    customers = org.customers
    given = org.given.get("customers", frozenset())
    with Expressions(org, Policy()) as expressions:
        touched = np.ones(org.n_customers, dtype=bool)
        if change.where is not None:
            try:
                touched = expressions.customers(change.where, unqualified=CUSTOMER).true()
            except ExpressionError as error:
                findings.append(error.finding("TP210", place_of(("where",))))
                return org
            if not touched.any():
                title = "The change touches nothing: the condition is true for no customer"
                findings.append(Finding("TP208", title, place_of(("where",)), found=change.where, severity="warning"))
        columns: dict[str, pd.Series] = {}
        for name, text in change.set.items():
            place = place_of(("set", name))
            if name == "customer_id" or name not in given:
                title = "The ids of customers stay" if name == "customer_id" else "The customers have no such column"
                findings.append(Finding("TP208", title, place, found=name, hint=did_you_mean(name, sorted(given))))
                continue
            try:
                values = expressions.customers(text, unqualified=CUSTOMER)
                columns[name] = _column(customers[name], values, touched)
            except ExpressionError as error:
                findings.append(error.finding("TP210", place))
    return replace(org, customers=customers.assign(**columns)) if columns else org


def _column(old: pd.Series, values: Values, touched: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> pd.Series:
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
