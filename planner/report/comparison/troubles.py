"""What stands in the way of scenarios without a plan that keeps all rules: which rule, and of whom."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from models.names import Called
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
    called = _called(plans)
    told = [
        (rows.names[place], rows.state(place), rule, begun(called.in_words(why)))
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
                  {column.key: cells[column.key] for column in columns}, tab=say("Without a plan"))  # fmt: skip
    return Section("troubles", say("What stands in the way"), (table,))


def _called(plans: PlansCompared) -> Called:
    reps = (pair for side in plans.sides for pair in zip(side.reps["rep_id"], side.reps["name"], strict=True))
    return Called([*reps, *zip(plans.customers["customer_id"], plans.customers["name"], strict=True)])


def _texts(values: Iterable[str]) -> np.ndarray:
    return np.array(list(values), dtype=object)
