"""Which rows a comparison can have: the goals, measures and capacity lines of what is compared."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from models.policy import CUSTOMERS, Policy, line_names
from models.policy import GOALS as ALL_GOALS
from scenarios.comparing.scorecard import Figures


@dataclass(frozen=True)
class Shape:
    """What rows there can be: goals, measures with their units, and capacity lines of the policies compared."""

    goals: tuple[tuple[str, str], ...]
    measures: tuple[tuple[str, str], ...]
    capacities: tuple[str, ...]
    revenue: tuple[str, str]

    @classmethod
    def of_figures(cls, figures: Iterable[Figures]) -> Shape:
        """Return the shape of finished scenarios; where units differ those of the first one count."""
        goals: dict[str, str] = {}
        measures: dict[str, str] = {CUSTOMERS: ""}
        capacities: dict[str, None] = {}
        revenue: tuple[str, str] | None = None
        for one in figures:
            for name, goal in one.goals.items():
                goals.setdefault(name, goal.unit)
            for name, measure in one.measures.items():
                measures.setdefault(name, measure.unit)
            capacities.update(dict.fromkeys(use.line for use in one.capacity))
            if one.revenue is not None:
                revenue = revenue or (one.revenue.measure, one.revenue.unit)
        return cls(tuple(goals.items()), tuple(measures.items()), tuple(capacities), revenue or ("revenue", ""))

    @classmethod
    def of_policies(cls, policies: Iterable[Policy]) -> Shape:
        """Return the shape that scenarios of these policies can have at most: a scenario may add any goal."""
        goals = dict.fromkeys(ALL_GOALS, "")
        measures: dict[str, str] = {CUSTOMERS: ""}
        capacities: dict[str, None] = {}
        for policy in policies:
            measures.update({name: measure.unit for name, measure in policy.measures.items()})
            capacities.update(dict.fromkeys(line_names(policy.capacity)))
        return cls(tuple(goals.items()), tuple(measures.items()), tuple(capacities), ("revenue", ""))
