"""Money in several currencies: converted by stated rates to one, or refused."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from models.findings import Place, did_you_mean
from planner.columns import Table
from planner.read.problems import Problems, quoted
from planner.read.sheet import Written
from planner.read.source import CurrencyRates

CURRENCY, ORIGINAL = "currency", "original_currency"


def converted(
    frame: pd.DataFrame, columns: Mapping[str, Written], table: Table, rates: CurrencyRates | None, problems: Problems
) -> pd.DataFrame:
    """Return the table with its money in the base currency; ``original_currency`` keeps each row's own.

    Without rates, one currency is fine and several are refused. Without a currency column nothing happens.
    """
    if CURRENCY not in columns:
        return frame
    column = columns[CURRENCY]
    codes, currencies = pd.factorize(column.cells)
    names = [str(one) for one in currencies]
    counts = np.bincount(codes[codes >= 0], minlength=len(names))
    listed = ", ".join(f"{name} ({count:,} rows)" for name, count in zip(names, counts, strict=True))
    if rates is None:
        if len(names) > 1:
            problems.add(
                "TP171",
                column.place(),
                found=listed,
                expected="one currency, or rates",
                hint=f"Try `currency: {{base: {names[0]}, rates: {{{names[1]}: 1.0}}}}` with the true rate",
            )
        _report_blank(column, codes, names[0] if len(names) == 1 else None, problems)
        return frame
    factors = [rates.rate(name) for name in names]
    unknown = [code for code, factor in enumerate(factors) if factor is None]
    if unknown:
        known = [rates.base, *rates.rates]
        problems.cells(
            "TP172",
            column,
            np.flatnonzero(np.isin(codes, unknown)).tolist(),
            expected="one of " + ", ".join(dict.fromkeys(known)),
            hint=lambda position: (
                did_you_mean(str(column.cells[position]), known)
                if str(column.cells[position]).strip().upper() in known
                else f"Try adding a rate for {column.cells[position]} under `currency`"
            ),
        )
    money = [name for name in (rates.columns or table.money) if name in columns]
    _report_blank(column, codes, rates.base, problems)
    by_code = np.array([*(np.nan if factor is None else factor for factor in factors), 1.0])
    changed = frame.copy(deep=False)
    for name in money:
        if frame[name].dtype != np.float64:
            problems.add(
                "TP141",
                columns[name].place(),
                found="a column that is not all numbers",
                expected="money",
                hint="Try mending its other cells",
            )
            continue
        changed[name] = frame[name].to_numpy() * by_code[codes]
    changed[ORIGINAL] = pd.Series(column.cells, dtype=object)
    changed[CURRENCY] = pd.Series([rates.base] * len(frame), dtype=object)
    problems.add(
        "TP173",
        column.place(),
        found=f"{', '.join(money) or 'no column'} converted to {rates.base}: {listed}",
        severity="note",
        count=len(frame),
        hint="Try `columns` under `currency` to name other columns",
    )
    return changed


def _report_blank(column: Written, codes: np.ndarray, base: str | None, problems: Problems) -> None:
    blank = np.flatnonzero(codes < 0).tolist()
    if blank and len(blank) < len(codes):
        problems.cells(
            "TP174",
            column,
            blank,
            expected="a currency in every row",
            hint=f"Try filling it in; until then these rows count as {base}" if base else "Try filling it in",
            severity="warning" if base else "error",
            together=True,
        )


def report_rates_without_column(
    tables: Mapping[str, Mapping[str, Written]], rates: CurrencyRates | None, problems: Problems
) -> None:
    """Report rates that no table has a currency column for, and money columns that no table has."""
    if rates is None:
        return
    if not any(CURRENCY in columns for columns in tables.values()):
        problems.add(
            "TP175",
            Place(path="currency"),
            found="no column named currency",
            expected="each row's currency",
            hint="Try `columns: {HEADER: currency}` in the table's source, or removing the rates",
            severity="warning",
        )
    every = sorted({name for columns in tables.values() for name in columns})
    for name in rates.columns or ():
        if name not in every:
            problems.add(
                "TP175",
                Place(path="currency.columns"),
                found=quoted(name),
                expected="a column",
                hint=did_you_mean(name, every),
            )
