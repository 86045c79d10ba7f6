"""What scenarios and figures of a comparison mean that do not say it by their names."""

from __future__ import annotations

from collections.abc import Iterator

from planner.language import Language
from planner.report.comparison.rows import ComparisonRows
from scenarios.definition import BASE, GREENFIELD, MINIMAL_MOVES, STATUS_QUO


def meanings(rows: ComparisonRows, say: Language) -> Iterator[str]:
    """Yield a line for each scenario that every project has, and for each figure that wants a word, if it is there."""
    scenarios = {
        BASE: say("the project as it is written"),
        STATUS_QUO: say("everybody keeps the own customers as far as that is allowed; measured, not planned"),
        MINIMAL_MOVES: say("as few customers move as the hard rules allow"),
        GREENFIELD: say("planned anew: no budgets, costs of moving or holdouts; locks stay"),
    }
    compared = {one.name for one in rows.record.scenarios}
    for name, what in scenarios.items():
        if name in compared:
            yield say("{name}: {what}.", name=rows.name(name), what=what)
    figures = {
        "goals.balance": say(
            "how far books are outside their bands, all reps together, as the policy weighs it; 0 is best"
        ),
        "retention": say("of the customers whose owner is still there, those who stay with that owner"),
        "customers.cv": say("how far books are from the mean, as a part of it; 0 is even"),
        "customers.gini": say("0 where all books are alike, near 1 where one book holds nearly everything"),
    }
    for name, what in figures.items():
        if name in rows.shown:
            yield say("{name}: {what}.", name=rows.label(rows.shown[name]), what=what)
