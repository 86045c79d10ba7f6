"""What an expression may name in an org: the columns of the source, the derived ones, and skill levels."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from sqlglot import exp

from models.expression.grammar import (
    CUSTOMER,
    PAIR,
    PERIOD,
    REGION,
    REP,
    TABLES,
    Expression,
    ExpressionError,
    UnqualifiedColumn,
    offset,
    parse,
    qualified,
    skill_table,
)
from models.expression.kinds import Written, date_literal
from models.expression.vocabulary import Kind
from models.findings import did_you_mean, nearest_word
from models.org import FloatArray, IntArray, Org, owner_column, since_column, skill_levels

DAYS_PER_YEAR = 365.25
TABLE_NAMES = {CUSTOMER: "customers", REP: "reps", PAIR: "pairs", REGION: "regions"}
ALWAYS_THERE = {CUSTOMER: ("tenure_years",), REP: ("share",)}
_EPOCH = np.datetime64("1970-01-01", "D")


@dataclass(frozen=True)
class Column:
    """One column, ready to be taken row by row.

    ``data`` is float64 with NaN for blank: numbers as they are, flags as 0 and 1, dates as days since 1970.
    Text is held as int64 codes into ``words`` (-1 for blank).
    """

    kind: Kind
    data: npt.NDArray[Any]
    words: npt.NDArray[np.object_] | None = None

    def take(self, rows: IntArray) -> npt.NDArray[Any]:
        """Return the values of some rows; row -1 is nobody, whose values are blank."""
        if not len(self.data):
            blank = -1 if self.words is not None else np.nan
            return np.full(len(rows), blank, dtype=self.data.dtype)
        taken = self.data[rows]
        taken[rows < 0] = -1 if self.words is not None else np.nan
        return taken

    @cached_property
    def codes(self) -> IntArray:
        """Whole numbers that are equal where the values are equal."""
        if self.words is not None:
            return self.data.astype(np.int64)
        codes, _ = pd.factorize(self.data, use_na_sentinel=True)
        return codes.astype(np.int64)


@dataclass(frozen=True)
class SkillLevels:
    """Levels of skills by (distinct skill text, skill): what ``skill(rep, …)`` looks up."""

    names: dict[str, int]
    levels: FloatArray
    texts: IntArray

    def of(self, name: str) -> FloatArray:
        """Return each row's level of one skill, 0 where it is missing."""
        at = self.names.get(name.strip().lower())
        if at is None:
            return np.zeros(len(self.texts))
        levels: FloatArray = self.levels[self.texts, at]
        return levels

    def lookup(self, rows: IntArray, words: npt.NDArray[np.object_], codes: IntArray) -> FloatArray:
        """Return the level of the skill that a column names, row by row: NaN for nobody, 0 where missing."""
        at = np.array([self.names.get(str(word).strip().lower(), -1) for word in words] + [-1], dtype=np.int64)[codes]
        known = (at >= 0) & (rows >= 0)
        levels = np.where(rows < 0, np.nan, 0.0)
        levels[known] = self.levels[self.texts[rows[known]], at[known]]
        return levels


class Columns:
    """What an expression may name in an org, and the values behind the names.

    ``customer.owner_id``, ``customer.owner_since`` and ``customer.tenure_years`` are those of the role that
    an expression is evaluated for: the first role where none is given.
    """

    def __init__(self, org: Org, first_role: str) -> None:
        self.org = org
        self.first_role = first_role
        self._frames = {CUSTOMER: org.customers, REP: org.reps, PAIR: org.pairs, REGION: org.regions}
        self._stored: dict[tuple[str, str, str], Column] = {}
        self._skills: dict[str, SkillLevels] = {}

    def names(self, table: str) -> tuple[str, ...]:
        """Return the columns of ``table`` that an expression may name."""
        if table == PERIOD:
            return ("start", "end")
        frame = self._frames.get(table)
        if frame is None:
            return ()
        given = self.org.given.get(TABLE_NAMES[table], frozenset())
        names = [str(name) for name in frame.columns if name in given]
        extra = list(ALWAYS_THERE.get(table, ()))
        if table == CUSTOMER:
            extra += [one for one in ("owner_id", "owner_since") if any(name.startswith(f"{one}_") for name in names)]
        return tuple(dict.fromkeys([*names, *extra]))

    def resolve(self, table: str, name: str, at: int | None = None) -> str:
        """Return the column's name as the table has it, whatever the case it was written in.

        Raises
        ------
        ExpressionError
            When the source has no such column; the hint names the nearest one.
        """
        names = self.names(table)
        if name in names:
            return name
        alike = [one for one in names if one.lower() == name.lower()]
        if len(alike) == 1:
            return alike[0]
        raise self._unknown(table, name, at)

    def proved(self, text: str, tables: Collection[str], unqualified: str | None = None) -> Expression:
        """Parse an expression; a column without its table gets a hint that knows the tables of the org."""
        try:
            return parse(text, tables, unqualified=unqualified)
        except UnqualifiedColumn as error:
            likely = [
                f"{table}.{near}"
                for table in error.tables
                if (near := nearest_word(error.name, self.names(table))) is not None
            ]
            exact = [one for one in likely if one.split(".", 1)[1].lower() == error.name.lower()]
            raise UnqualifiedColumn(error.name, error.tables, error.column, exact or likely) from None

    def _unknown(self, table: str, name: str, at: int | None) -> ExpressionError:
        frame, plural, written = self._frames.get(table), TABLE_NAMES[table], f"{table}.{name}"
        if frame is None:
            return ExpressionError(
                f"There is no table of {plural}",
                found=written,
                hint=f"Try to add {plural} under 'tables'",
                column=at,
            )
        names = self.names(table)
        elsewhere = [f"{one}.{name}" for one in TABLES if one != table and name in self.names(one)]
        if near := nearest_word(name, names) or _nearest_by_part(name, names):
            hint = f"Try {table}.{near}"
        elif elsewhere:
            hint = "Try " + " or ".join(elsewhere)
        elif name in frame.columns:
            hint = f"Try to add the column to {self.org.source(plural).file}, or to leave the line out"
        else:
            hint = did_you_mean(name, sorted(f"{table}.{one}" for one in names))
        return ExpressionError(
            f"The table of {plural} has no such column",
            found=written,
            hint=hint,
            column=at,
        )

    def column(self, table: str, name: str, role: str) -> Column:
        """Return a column by its exact name, for a role."""
        key = (table, name, role if table == CUSTOMER else "")
        if key not in self._stored:
            self._stored[key] = self._read(table, name, role)
        return self._stored[key]

    def _read(self, table: str, name: str, role: str) -> Column:
        frame = self._frames[table]
        assert frame is not None
        if table == CUSTOMER:
            if name == "tenure_years":
                return self._tenure(role)
            for asked, find in (("owner_id", owner_column), ("owner_since", since_column)):
                if name == asked:
                    source = find(self.org, role, self.first_role)
                    return _blank(len(frame)) if source is None else stored(frame[source])
        if name not in frame.columns:  # only columns that are always there
            return Column("number", np.ones(len(frame)))
        return stored(frame[name])

    def _tenure(self, role: str) -> Column:
        source = since_column(self.org, role, self.first_role)
        if source is None:
            return Column("number", np.zeros(self.org.n_customers))
        since = stored(self.org.customers[source]).data.astype(np.float64)
        start = float((np.datetime64(self.org.period.start, "D") - _EPOCH).astype(np.int64))
        return Column("number", np.nan_to_num(np.maximum(0.0, (start - since) / DAYS_PER_YEAR), nan=0.0))

    def skills(self, table: str) -> SkillLevels:
        """Return the skill levels of reps, or those that customers require."""
        if table not in self._skills:
            name = "skills" if table == REP else "required_skills"
            column = self.column(table, self.resolve(table, name), self.first_role)
            words = [] if column.words is None else list(column.words)
            try:
                levels = [skill_levels(str(word)) for word in words]
            except ValueError as error:
                raise ExpressionError(f"The {name} cannot be read", found=str(error)) from None
            names = {skill: i for i, skill in enumerate(sorted({one for each in levels for one in each}))}
            matrix = np.zeros((len(words) + 1, len(names)))
            for row, each in enumerate(levels):
                for skill, level in each.items():
                    matrix[row, names[skill]] = level
            texts = column.codes if column.words is not None else np.full(len(column.data), -1, dtype=np.int64)
            self._skills[table] = SkillLevels(names, matrix, texts)
        return self._skills[table]

    def writer(
        self, use: Callable[[exp.Column | exp.Anonymous, str], str], unqualified: str | None, role: str
    ) -> Callable[[exp.Column | exp.Anonymous], Written]:
        """Return how a column is written: ``use`` is told node and name, and returns the quoted name."""

        def write(node: exp.Column | exp.Anonymous) -> Written:
            if isinstance(node, exp.Anonymous):
                table = skill_table(node)
                self.resolve(table, "skills" if table == REP else "required_skills", offset(node))
                asked = node.expressions[1]
                if isinstance(asked, exp.Column):
                    written = write(asked)
                    if written.kind not in ("text", "null"):
                        raise ExpressionError(
                            "A skill is named by text", found=asked.sql(dialect="duckdb"), column=offset(node)
                        )
                return Written(use(node, table), "number")
            table, name = qualified(node, unqualified=unqualified)
            if table == PERIOD:
                period = self.org.period
                return date_literal(period.start if name.lower() == "start" else period.end)
            name = self.resolve(table, name, offset(node))
            kind = self.column(table, name, role).kind
            return Written("NULL", "null") if kind == "null" else Written(use(node, name), kind)

        return write


def _nearest_by_part(name: str, names: Collection[str]) -> str | None:
    """Return the only name of which one part looks like ``name``: ``capcity`` finds ``capacity_workload_hours``."""
    parts = {part for one in names for part in one.lower().split("_")}
    near = nearest_word(name, parts)
    alike = [one for one in names if near in one.lower().split("_")]
    return alike[0] if len(alike) == 1 else None


def stored(series: pd.Series) -> Column:
    """Return a table's column as it is evaluated: numbers, flags, dates (without time of day) or text."""
    dtype = series.dtype
    if pd.api.types.is_bool_dtype(dtype) or pd.api.types.is_numeric_dtype(dtype):
        kind: Kind = "flag" if pd.api.types.is_bool_dtype(dtype) else "number"
        return Column(kind, series.to_numpy(dtype=np.float64, na_value=np.nan))
    if pd.api.types.is_datetime64_any_dtype(dtype):
        return _dates(series)
    found = pd.api.types.infer_dtype(series, skipna=True)
    if found == "empty":
        return _blank(len(series))
    if found == "boolean":
        return Column("flag", series.astype("boolean").to_numpy(dtype=np.float64, na_value=np.nan))
    if found in ("integer", "floating", "mixed-integer-float", "decimal"):
        return Column("number", pd.to_numeric(series).to_numpy(dtype=np.float64, na_value=np.nan))
    if found in ("date", "datetime", "datetime64"):
        return _dates(pd.to_datetime(series))
    if found != "string":
        series = series.map(str, na_action="ignore")
    codes, words = pd.factorize(series, use_na_sentinel=True)
    return Column("text", codes.astype(np.int64), np.asarray(words, dtype=object))


def _dates(series: pd.Series) -> Column:
    naive = series.dt.tz_localize(None) if getattr(series.dtype, "tz", None) is not None else series
    days = naive.to_numpy(dtype="datetime64[D]")
    data = (days - _EPOCH).astype(np.float64)
    data[np.isnat(days)] = np.nan
    return Column("date", data)


def _blank(rows: int) -> Column:
    return Column("null", np.full(rows, np.nan))
