"""What the policy's expressions say about customers and pairs, each evaluated once where that is possible."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from models.check.labels import combined, labels
from models.expression import CUSTOMER, PAIR, REGION, REP, Expressions, parse
from models.org import BoolArray, FloatArray, IntArray, Org

SMALL = 4_096
LARGEST_TABLE = 4_000_000
OF_A_ROLE = ("owner_id", "owner_since")

Kind = Literal["true", "numbers"]


class ClassTable(NamedTuple):
    """A condition on (customer, rep) by classes of equal customers and of equal reps: ``true[customer, rep]``."""

    customer_class: IntArray
    rep_class: IntArray
    true: BoolArray


@dataclass
class Facts:
    """The org seen through the policy's expressions.

    Values per customer are kept; on an org of a few customers the values of all pairs are kept too, so that
    thousands of plans can be judged quickly. Rep position -1 stands for nobody.
    """

    org: Org
    expressions: Expressions
    _kept: dict[tuple[str, str, Kind, bool], npt.NDArray[Any]] = field(default_factory=dict)

    def customer_true(self, text: str | None, role: str) -> BoolArray:
        """Tell for which customers a condition holds; where it is NULL it does not, without one it always does."""
        if text is None:
            return np.ones(self.org.n_customers, dtype=bool)
        return self._by_customer(text, role, "true")

    def customer_numbers(self, text: str, role: str) -> FloatArray:
        """Return an expression's value for each customer, NaN where it is NULL."""
        return self._by_customer(text, role, "numbers")

    def pair_true(self, text: str | None, role: str, customers: IntArray, reps: IntArray) -> BoolArray:
        """Tell for which (customer, rep) a condition holds; without one it holds everywhere."""
        if text is None:
            return np.ones(len(customers), dtype=bool)
        return self._by_pair(text, role, customers, reps, "true")

    def pair_numbers(self, text: str, role: str, customers: IntArray, reps: IntArray) -> FloatArray:
        """Return an expression's value for each (customer, rep), NaN where it is NULL."""
        return self._by_pair(text, role, customers, reps, "numbers")

    def rep_numbers(self, text: str) -> FloatArray:
        """Return an expression's value for each rep, NaN where it is NULL."""
        return self.expressions.reps(text).numbers()

    def region_numbers(self, text: str) -> dict[str, float]:
        """Return an expression's value for each region of the regions table."""
        if self.org.regions is None:
            return {}
        names = labels(self.org.regions, "region")
        values = self.expressions.regions(text).numbers()
        return {names.names[code]: float(value) for code, value in zip(names.codes, values, strict=True) if code >= 0}

    def class_table(self, text: str, role: str) -> ClassTable | None:
        """Evaluate a condition once per class of customers and of reps that look alike to it.

        None when it uses values of pairs or derived ones, or when there are too many classes.
        """
        columns = parse(text).columns
        classes: dict[str, IntArray] = {}
        for table, frame in ((CUSTOMER, self.org.customers), (REP, self.org.reps)):
            used = sorted(column for one, column in columns if one == table)
            if any(column not in frame.columns or column.startswith(OF_A_ROLE) for column in used):
                return None
            classes[table] = _classes(frame, used)
        if any(table in (PAIR, REGION) for table, _ in columns):
            return None
        customers = np.unique(classes[CUSTOMER], return_index=True)[1]
        reps = np.unique(classes[REP], return_index=True)[1]
        if len(customers) * len(reps) > LARGEST_TABLE:
            return None
        true = self.pair_true(text, role, np.repeat(customers, len(reps)), np.tile(reps, len(customers)))
        return ClassTable(classes[CUSTOMER], classes[REP], true.reshape(len(customers), len(reps)))

    def _by_customer(self, text: str, role: str, kind: Kind) -> npt.NDArray[Any]:
        key = (text, role, kind, True)
        if key not in self._kept:
            values = self.expressions.customers(text, role=role)
            self._kept[key] = values.true() if kind == "true" else values.numbers()
        return self._kept[key]

    def _by_pair(self, text: str, role: str, customers: IntArray, reps: IntArray, kind: Kind) -> npt.NDArray[Any]:
        expression = parse(text)
        if not expression.uses(REP) and not expression.uses(PAIR):
            return self._by_customer(text, role, kind)[customers]
        n, m = self.org.n_customers, self.org.n_reps + 1
        if n * m > SMALL:
            return self._evaluated(text, role, customers, reps, kind)
        key = (text, role, kind, False)
        if key not in self._kept:
            everybody = np.append(np.arange(self.org.n_reps), -1)
            self._kept[key] = self._evaluated(
                text, role, np.tile(np.arange(n), m), np.repeat(everybody, n), kind
            ).reshape(m, n)
        return self._kept[key][reps, customers]

    def _evaluated(self, text: str, role: str, customers: IntArray, reps: IntArray, kind: Kind) -> npt.NDArray[Any]:
        if not len(customers):
            return np.empty(0, dtype=bool if kind == "true" else np.float64)
        values = self.expressions.pairs(text, customers, reps, role=role)
        return values.true() if kind == "true" else values.numbers()


def _classes(frame: pd.DataFrame, columns: list[str]) -> IntArray:
    """Number the rows so that rows equal in all the columns share a number, counted from 0 without gaps."""
    codes = (pd.factorize(frame[column].astype(object), use_na_sentinel=False)[0] for column in columns)
    return combined(codes, len(frame))
