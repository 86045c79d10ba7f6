"""An expression made ready for an org and a role: its SQL, and the columns it takes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from sqlglot import exp

from models.expression.columns import Column, Columns
from models.expression.grammar import REP, Expression, qualified, skill_table
from models.expression.kinds import Written, write
from models.expression.vocabulary import Kind
from models.org import FloatArray, IntArray

Rows = Mapping[str, IntArray]

_COLUMN: dict[Kind, str] = {
    "number": "{}",
    "flag": "CAST({} AS BOOLEAN)",
    "date": "(DATE '1970-01-01' + CAST({} AS INTEGER))",
    "text": "CAST({} AS VARCHAR)",
}


class Query:
    """A proven expression, written anew for an org and a role: its SQL and the columns it takes."""

    def __init__(self, expression: Expression, columns: Columns, unqualified: str | None, role: str) -> None:
        self.expression, self.role = expression, role
        self._all, self._unqualified = columns, unqualified
        self._used: dict[tuple[str, str], str] = {}
        self._skills: dict[tuple[str, str, str], str] = {}
        self.written: Written = write(expression.tree, columns.writer(self._use, unqualified, role))

    def uses(self, table: str) -> bool:
        """Tell whether the expression uses a column of ``table``."""
        return self.expression.uses(table)

    def _use(self, node: exp.Column | exp.Anonymous, name: str) -> str:
        if isinstance(node, exp.Anonymous):
            table, asked = skill_table(node), node.expressions[1]
            if isinstance(asked, exp.Literal):
                key = (table, "", asked.name)
            else:
                other, column = qualified(asked, unqualified=self._unqualified)
                key = (table, other, self._all.resolve(other, column))
            return self._skills.setdefault(key, f'"skill {len(self._skills)}"')
        key_of_column = (qualified(node, unqualified=self._unqualified)[0], name)
        return self._used.setdefault(key_of_column, f'"column {len(self._used)}"')

    def frame(self, rows: Rows, n: int) -> tuple[pd.DataFrame, str]:
        """Return the columns that the SQL names for some rows, and the projection that types them."""
        data: dict[str, Any] = {"row": np.zeros(n)}
        projection = ["1 AS one"]
        for (table, name), quoted in self._used.items():
            column = self._all.column(table, name, self.role)
            data[quoted.strip('"')] = _series(column, column.take(rows[table]))
            projection.append(f"{_COLUMN[column.kind].format(quoted)} AS {quoted}")
        for (table, other, name), quoted in self._skills.items():
            data[quoted.strip('"')] = self._levels(rows, table, other, name)
            projection.append(quoted)
        return pd.DataFrame(data, copy=False), ", ".join(projection)

    def _levels(self, rows: Rows, table: str, other: str, name: str) -> FloatArray:
        skills, at = self._all.skills(table), rows[table]
        if not other:
            return Column("number", skills.of(name)).take(at).astype(np.float64)
        column = self._all.column(other, name, self.role)
        if column.words is None:
            return np.where(at < 0, np.nan, 0.0)
        return skills.lookup(at, column.words, column.take(rows[other]).astype(np.int64))

    def codes(self, table: str, rows: IntArray) -> tuple[IntArray, int]:
        """Number the combinations of values that the used columns of a table take in some rows.

        Returns a code for each row and how many codes there are; nobody (row -1) has a code of its own.
        """
        used = [self._all.column(one, name, self.role) for one, name in self._used if one == table]
        for skill_of, other, name in self._skills:
            if skill_of == table:
                used.append(self._all.column(table, "skills" if table == REP else "required_skills", self.role))
            if other == table:
                used.append(self._all.column(other, name, self.role))
        codes = np.where(rows < 0, 1, 0) if used else np.zeros(len(rows), dtype=np.int64)
        for column in used:
            each = pd.factorize(column.take(rows), use_na_sentinel=True)[0].astype(np.int64) + 1
            codes = codes * (int(each.max(initial=0)) + 1) + each
            codes = pd.factorize(codes)[0].astype(np.int64)
        return codes, int(codes.max(initial=-1)) + 1


def _series(column: Column, taken: npt.NDArray[Any]) -> FloatArray | pd.Categorical[str]:
    if column.words is None:
        numbers: FloatArray = taken
        return numbers
    return pd.Categorical.from_codes(taken, categories=pd.Index(column.words, dtype=object))
