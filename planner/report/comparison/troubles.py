"""What stands in the way of scenarios without a plan that keeps all rules: which rule, and of whom."""

from __future__ import annotations

import re
from collections.abc import Iterable

import numpy as np

from planner.language import Language, begun
from planner.report.blocks import Column, Section, Table
from planner.report.comparison.books import PlansCompared
from planner.report.comparison.rows import ComparisonRows
from planner.report.rule_words import rule_and_why


def troubles_section(rows: ComparisonRows, plans: PlansCompared, say: Language, *, closed: bool) -> Section | None:
    """Return why scenarios have no plan or break rules; None where all have one.

    Reasons name reps and customers, and are for all eyes only: they are left out where it is ``closed``.
    """
    scenarios = rows.record.scenarios
    at = [place for place, one in enumerate(scenarios) if not one.allowed]
    if not at:
        return None
    called = _Names(plans)
    told = [
        (rows.names[place], rows.state(place), rule, begun(called.beside_ids(why)))
        for place in at
        for line in ([] if closed else scenarios[place].explanation) or [""]
        for rule, why in [rule_and_why(line, say)]
    ]
    titles = (
        ("scenario", say("Scenario")),
        ("state", say("What became of it")),
        ("rule", say("Rule")),
        ("why", say("Why")),
    )
    cells = {key: _texts(row[place] for row in told) for place, (key, _) in enumerate(titles)}
    columns = tuple(
        Column(key, title) for key, title in titles if key in ("scenario", "state") or any(map(bool, cells[key]))
    )
    table = Table("troubles", say("Without a plan that keeps all rules"), columns,
                  {column.key: cells[column.key] for column in columns})  # fmt: skip
    return Section("troubles", say("What stands in the way"), (table,))


class _Names:
    """What reps and customers are called, by id; of ids that are numbers nobody knows whether they are meant."""

    def __init__(self, plans: PlansCompared) -> None:
        pairs = [
            *(pair for side in plans.sides for pair in zip(side.reps["rep_id"], side.reps["name"], strict=True)),
            *zip(plans.customers["customer_id"], plans.customers["name"], strict=True),
        ]
        self._names: dict[str, str] = {
            str(ident): str(name)
            for ident, name in reversed(pairs)
            if isinstance(name, str) and name != str(ident) and not str(ident).isdigit()
        }
        self._known = re.compile(r"[^\s,;:()']+")

    def beside_ids(self, text: str) -> str:
        """Return a text in which the name of each rep and customer stands before the id."""
        return self._known.sub(lambda word: self._called(word[0]), text)

    def _called(self, word: str) -> str:
        return f"{self._names[word]} ({word})" if word in self._names else word


def _texts(values: Iterable[str]) -> np.ndarray:
    return np.array(list(values), dtype=object)
