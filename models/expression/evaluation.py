"""Evaluates proven expressions over the tables of an org, in a DuckDB that can reach nothing else."""

from __future__ import annotations

from collections.abc import Collection
from functools import cached_property
from types import TracebackType
from typing import Any

import duckdb
import numpy as np
import numpy.typing as npt

from models.expression.columns import Columns
from models.expression.grammar import (
    CUSTOMER,
    PAIR,
    PERIOD,
    REGION,
    REP,
    EvaluationFailed,
    Expression,
    ExpressionError,
)
from models.expression.query import Query, Rows
from models.expression.values import Values
from models.expression.vocabulary import Kind
from models.org import IntArray, Org, PositionArray
from models.policy import Policy

CHUNK = 1_000_000
NOBODY = -1
_LOCKED: dict[str, str | bool | int | float | list[str]] = {
    "enable_external_access": "false",
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "python_enable_replacements": "false",
    "threads": "1",
}
_RESULT: dict[Kind, str] = {
    "number": "CAST({} AS DOUBLE)",
    "flag": "CAST({} AS DOUBLE)",
    "date": "CAST({} - DATE '1970-01-01' AS DOUBLE)",
    "text": "CAST({} AS VARCHAR)",
}


class Expressions:
    """Evaluates the expressions of a policy over an org. ``close()`` (or ``with``) frees the database.

    Parameters
    ----------
    org
        The tables.
    policy
        Tells the roles, and where an expression stands that fails.
    beside
        Others whose database is used, which is open for as long as they are.
    """

    def __init__(self, org: Org, policy: Policy, *, beside: Expressions | None = None) -> None:
        self.org = org
        self._policy = policy
        self._columns = Columns(org, policy.first_role)
        self._database: duckdb.DuckDBPyConnection = _locked_database() if beside is None else beside._database

    def __enter__(self) -> Expressions:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Free the database."""
        self._database.close()

    def columns(self, table: str) -> tuple[str, ...]:
        """Return what an expression may name in ``customer``, ``rep`` …, derived columns included."""
        return self._columns.names(table)

    def check(self, text: str, tables: Collection[str], *, unqualified: str | None = None) -> tuple[Expression, Kind]:
        """Prove an expression against the org without evaluating it, and tell the kind of its values.

        Raises
        ------
        ExpressionError
            When it is no expression, names a column that is not there, or mixes kinds.
        """
        expression = self._columns.proved(text, tables, unqualified)
        return expression, Query(expression, self._columns, unqualified, self._columns.first_role).written.kind

    def constant(self, text: str) -> float | bool | str | None:
        """Return what an expression without columns comes to, None for NULL."""
        expression = self._columns.proved(text, (PERIOD,))
        values = self._run(Query(expression, self._columns, None, self._columns.first_role), {}, 1)
        return None if values.missing[0] else values.data[0].item() if values.kind != "text" else values.data[0]

    def customers(self, text: str, *, role: str | None = None, unqualified: str | None = None) -> Values:
        """Evaluate an expression over customers: shape (n_customers,).

        ``role`` chooses whose owner ``customer.owner_id``, ``owner_since`` and ``tenure_years`` speak of.
        """
        return self._table(text, CUSTOMER, self.org.n_customers, role, unqualified)

    def reps(self, text: str, *, unqualified: str | None = None) -> Values:
        """Evaluate an expression over reps: shape (n_reps,)."""
        return self._table(text, REP, self.org.n_reps, None, unqualified)

    def regions(self, text: str, *, unqualified: str | None = None) -> Values:
        """Evaluate an expression over the regions table: one value a row."""
        n = 0 if self.org.regions is None else len(self.org.regions)
        return self._table(text, REGION, n, None, unqualified)

    def pairs(self, text: str, customers: IntArray, reps: PositionArray, *, role: str | None = None) -> Values:
        """Evaluate an expression over (customer, rep) pairs: shape (k,).

        Parameters
        ----------
        text
            May name customer, rep, pair and period columns.
        customers, reps
            Positions, shape (k,). Rep -1 is nobody: every ``rep`` column is NULL. ``pair`` columns are NULL
            where the pair is not listed.
        role
            As in :meth:`customers`.
        """
        expression = self._columns.proved(text, (CUSTOMER, REP, PAIR, PERIOD))
        query = Query(expression, self._columns, None, role or self._columns.first_role)
        customers, reps = np.asarray(customers, dtype=np.int64), np.asarray(reps)
        if not query.uses(PAIR):
            few = self._by_combination(query, customers, reps)
            if few is not None:
                return few
        parts = []
        for start in range(0, max(len(customers), 1), CHUNK):
            rows = {CUSTOMER: customers[start : start + CHUNK], REP: reps[start : start + CHUNK]}
            if query.uses(PAIR):
                rows[PAIR] = self._listed(rows[CUSTOMER], rows[REP])
            parts.append(self._run(query, rows, len(rows[CUSTOMER])))
        return _joined(parts)

    def _table(self, text: str, table: str, n: int, role: str | None, unqualified: str | None) -> Values:
        expression = self._columns.proved(text, (table, PERIOD), unqualified)
        query = Query(expression, self._columns, unqualified, role or self._columns.first_role)
        every = np.arange(n, dtype=np.int64)
        parts = [
            self._run(query, {table: every[start : start + CHUNK]}, min(CHUNK, n - start))
            for start in range(0, max(n, 1), CHUNK)
        ]
        return _joined(parts)

    def _by_combination(self, query: Query, customers: IntArray, reps: IntArray) -> Values | None:
        """Evaluate once for each combination of values that occurs; None where that saves nothing."""
        customer_code, customer_of = _coded(query, CUSTOMER, customers, self.org.n_customers)
        rep_code, rep_of = _coded(query, REP, reps, self.org.n_reps)
        grid = len(customer_of) * len(rep_of)
        if grid > max(len(customers), 1):
            return None
        seen = np.zeros(grid, dtype=bool)
        chunks = [slice(start, start + CHUNK) for start in range(0, len(customers), CHUNK)]
        for chunk in chunks:
            seen[customer_code[customers[chunk]] * len(rep_of) + rep_code[reps[chunk]]] = True
        cells = np.flatnonzero(seen)
        rows = {CUSTOMER: customer_of[cells // len(rep_of)], REP: rep_of[cells % len(rep_of)]}
        parts = [
            self._run(
                query,
                {table: row[start : start + CHUNK] for table, row in rows.items()},
                len(cells[start:][:CHUNK]),
            )
            for start in range(0, max(len(cells), 1), CHUNK)
        ]
        values = _joined(parts)
        if not len(customers):
            return values
        at = np.empty(grid, dtype=np.int64)
        at[cells] = np.arange(len(cells))
        return _joined([values.take(at[customer_code[customers[c]] * len(rep_of) + rep_code[reps[c]]]) for c in chunks])

    @cached_property
    def _pair_keys(self) -> tuple[IntArray, IntArray]:
        """The listed pairs as sorted keys customer x n_reps + rep, and the row of each."""
        if self.org.pairs is None:
            return np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64)
        customers = self.org.pairs["customer_id"].map(self.org.customer_positions)
        reps = self.org.pairs["rep_id"].map(self.org.rep_positions)
        known = np.flatnonzero((customers.notna() & reps.notna()).to_numpy())
        keys = customers.to_numpy(dtype=np.float64, na_value=0)[known].astype(np.int64) * max(
            self.org.n_reps, 1
        ) + reps.to_numpy(dtype=np.float64, na_value=0)[known].astype(np.int64)
        order = np.argsort(keys, kind="stable")
        return keys[order], known[order].astype(np.int64)

    def _listed(self, customers: IntArray, reps: IntArray) -> IntArray:
        """Return the row of each pair in the pairs table, -1 where it is not listed."""
        keys, rows = self._pair_keys
        if not len(keys):
            return np.full(len(customers), NOBODY, dtype=np.int64)
        asked = customers * self.org.n_reps + reps
        at = np.minimum(np.searchsorted(keys, asked), len(keys) - 1)
        found: IntArray = np.where((keys[at] == asked) & (reps >= 0), rows[at], NOBODY)
        return found

    def _run(self, query: Query, rows: Rows, n: int) -> Values:
        """Run a query over rows: positions by table."""
        written = query.written
        if written.kind == "null":
            return Values("null", np.full(n, np.nan), np.ones(n, dtype=bool), query.expression.text)
        if written.kind == "span":
            raise ExpressionError("A span of time is no value", found=query.expression.text, hint="Try a date plus it")
        if n == 0:
            return _typed(written.kind, np.empty(0, object if written.kind == "text" else float), query)
        frame, projection = query.frame(rows, n)
        result = _RESULT[written.kind].format(written.sql)
        sql = f"SELECT {result} AS value FROM (SELECT {projection} FROM frame_of_rows)"
        try:
            self._database.register("frame_of_rows", frame)
            found: Any = self._database.execute(sql).fetchnumpy()["value"]
        except duckdb.Error as error:
            raise self._failed(query.expression.text, error) from None
        finally:
            self._database.unregister("frame_of_rows")
        return _typed(written.kind, found, query)

    def _failed(self, text: str, error: duckdb.Error) -> EvaluationFailed:
        """Return a database error in a line that a person can act on."""
        said = str(error).split("\n")[0]
        _, _, reason = said.partition(": ")
        return EvaluationFailed(text, (reason or said).strip(), _standing(text, self._policy.model_dump()))


def _locked_database() -> duckdb.DuckDBPyConnection:
    database = duckdb.connect(":memory:", config=_LOCKED)
    database.execute("SET enable_progress_bar = false")
    database.execute("SET lock_configuration = true")
    return database


def _coded(query: Query, table: str, rows: PositionArray, n: int) -> tuple[IntArray, IntArray]:
    """Number the combinations of values that an expression reads in rows (-1: nobody) of a table of ``n``.

    Returns
    -------
    int array, shape (n + 1,)
        The code of each row that occurs; the last row is nobody.
    int array, shape (codes,)
        A row that has the code.
    """
    occurs = np.zeros(n + 1, dtype=bool)
    occurs[rows] = True
    some = np.flatnonzero(occurs)
    some[some == n] = NOBODY
    codes, count = query.codes(table, some)
    code = np.zeros(n + 1, dtype=np.int64)
    code[some] = codes
    one = np.empty(count, dtype=np.int64)
    one[codes[::-1]] = some[::-1]
    return code, one


def _typed(kind: Kind, found: npt.NDArray[Any], query: Query) -> Values:
    """Return a database column as values; NaN is NULL."""
    missing = np.ma.getmaskarray(found).copy()
    data = np.ma.getdata(found)
    text = query.expression.text
    if kind == "text":
        words = data.astype(object)
        words[missing] = None
        return Values(kind, words, missing, text)
    numbers = data.astype(np.float64)
    missing |= np.isnan(numbers)
    numbers[missing] = np.nan
    if kind == "flag":
        return Values(kind, np.nan_to_num(numbers).astype(bool), missing, text)
    if kind == "date":
        days = np.nan_to_num(numbers).astype(np.int64).astype("datetime64[D]")
        days[missing] = np.datetime64("NaT")
        return Values(kind, days, missing, text)
    return Values(kind, numbers, missing, text)


def _joined(parts: list[Values]) -> Values:
    if len(parts) == 1:
        return parts[0]
    return Values(
        parts[0].kind,
        np.concatenate([part.data for part in parts]),
        np.concatenate([part.missing for part in parts]),
        parts[0].expression,
    )


def _standing(text: str, values: Any, path: str = "") -> str | None:
    """Return the path of the first policy value that is this text, None where none is."""
    if isinstance(values, dict):
        steps = [(f"{path}.{key}" if path else str(key), value) for key, value in values.items()]
    elif isinstance(values, (list, tuple)):
        steps = [(f"{path}[{_called(value) or f'#{at + 1}'}]", value) for at, value in enumerate(values)]
    else:
        return path if isinstance(values, str) and values.strip() == text.strip() else None
    return next((found for step, value in steps if (found := _standing(text, value, step)) is not None), None)


def _called(line: Any) -> str | None:
    names = ("name", "measure", "of", "goal")
    return next((line[key] for key in names if line.get(key)), None) if isinstance(line, dict) else None
