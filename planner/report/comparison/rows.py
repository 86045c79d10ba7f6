"""The rows of a comparison as a scorecard: what each is called in a language, and which a reader may not see."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from itertools import chain

from models.policy import CUSTOMERS
from planner.comparison_record import ComparisonRecord, Number, RowEntry
from planner.language import Language, begun, label
from planner.report.blocks import Kind, Scorecard, ScorecardRow
from planner.report.readership.scope import Scope
from scenarios.comparing.row_definition import CERTIFIED_GAP, GAP, INDEX, POINTS, RATIO, SHARE
from scenarios.definition import BUILT_IN

_OF_WORTH = frozenset(
    {
        "revenue_moved_share",
        "revenue_at_risk_low",
        "revenue_at_risk_high",
        "revenue_moved",
        "revenue_moved_forced",
        "revenue_frozen_share",
        "reps_losing_over_20",
        "largest_loss_share",
    }
)
_OF_BANDS = frozenset({"reps_inside_band_share", "reps_inside_band", "reps_over_band", "reps_under_band"})
_OF_GOALS: Mapping[str, str] = {"misfits": "misfit", "travel_hours": "travel"}
_ENDINGS = frozenset({"cv", "max_min", "inside_share", "gini", "moved", "moved_forced"})
_CAPACITY = frozenset({"used_share", "fullest_share"})
_COUNTED = frozenset(
    {
        "forced_moves",
        "reps_losing_over_20",
        "reps",
        "reps_inside_band",
        "reps_over_band",
        "reps_under_band",
        "moved_customers",
        "newly_assigned",
        "pooled",
        "misfits",
        "violations",
    }
)
_STATES: Mapping[str, str] = {
    "optimal": "proven best",
    "feasible": "not proven best",
    "evaluated": "as it would be",
    "infeasible": "no plan can exist",
    "no_plan": "no plan was found",
    "failed": "failed",
}


class ComparisonRows:
    """The rows of a comparison that a reader may see, in a language; without a scope everything may be seen.

    Attributes
    ----------
    names : list of str
        What the scenarios are called; by number where a name tells of somebody who may not be seen.
    shown : mapping of name to RowEntry
    """

    def __init__(self, record: ComparisonRecord, say: Language, scope: Scope | None = None) -> None:
        self.record, self.say, self.scope = record, say, scope
        figures = [one.figures for one in record.scenarios if one.figures is not None]
        self._measures = list(dict.fromkeys(chain([CUSTOMERS], *(one.measures for one in figures))))
        self._capacity = {use.line: use.measure for one in figures for use in one.capacity}
        worths = [one.revenue.measure for one in figures if one.revenue is not None]
        self._worth = worths[-1] if worths else "revenue"
        self._evenness = {one.reps.evenness_of for one in figures if one.reps is not None}
        self._goals = list(dict.fromkeys(chain(*(one.goals for one in figures))))
        self._written = [one.name for one in record.scenarios]
        self._position = {name: at for at, name in enumerate(self._written)}
        self.names = [self._called(at, name) for at, name in enumerate(self._written)]
        self.all = {row.name: row for section in record.sections for row in section.rows}
        self.shown = {name: row for name, row in self.all.items() if self._may_be_seen(name)}

    def scorecard(self, note: str = "") -> Scorecard:
        """Return the scorecard of all rows; the upper end of a range stands in the row of the lower one."""
        record, say = self.record, self.say
        ends = {row.upto for row in self.all.values()}
        rows = [
            self._row(say(section.title), row)
            for section in record.sections
            for row in section.rows
            if row.name in self.shown and row.name not in ends
        ]
        return Scorecard(
            key="scorecard",
            title=say("All figures, scenario by scenario"),
            scenarios=tuple(self.names),
            allowed=tuple(one.allowed for one in record.scenarios),
            rows=tuple(rows),
            baseline=self._position[record.baseline],
            note=note,
            states=tuple(self.state(at) for at in range(len(self.names))),
        )

    def name(self, scenario: str) -> str:
        """Return what a scenario is called."""
        return self.names[self._position[scenario]]

    def position(self, scenario: str) -> int:
        """Return where a scenario stands."""
        return self._position[scenario]

    def state(self, at: int) -> str:
        """Return in words what became of a scenario."""
        entry = self.record.scenarios[at]
        if entry.figures is not None and entry.figures.has_plan and not entry.allowed:
            broken = entry.figures.violations
            return begun(self.say.plural(broken, "breaks {count} hard rule", "breaks {count} hard rules"))
        return begun(self.say(_STATES[entry.status]))

    def label(self, row: RowEntry) -> str:
        """Return what a row is called; of balance what it counts."""
        if row.name == "goals.balance":
            return begun(self.say("imbalance"))
        return begun(label(self.say, row.label))

    def values(self, name: str) -> tuple[float, ...]:
        """Return the values of a row, NaN where there is none or it may not be seen."""
        row = self.shown.get(name)
        return tuple(math.nan for _ in self.names) if row is None else self._values(row)

    def best(self, name: str) -> list[int]:
        """Return the positions of the best scenarios in a row."""
        row = self.shown.get(name)
        return [] if row is None else [self._position[one] for one in row.best]

    def best_among(self, name: str, among: Sequence[int]) -> list[int]:
        """Return the positions of the best of some scenarios, of those that can be held against the baseline.

        None are where all are equal.
        """
        row = self.shown.get(name)
        if row is None or row.better is None:
            return []
        values, meaning = self._values(row), [row.meaning.get(one, 0) for one in self._written]
        known = [at for at in among if not math.isnan(values[at])]
        base = self._position[self.record.baseline]
        if not math.isnan(values[base]):
            known = [at for at in known if meaning[at] == meaning[base]]
        if len(known) < 2 or len({meaning[at] for at in known}) > 1:
            return []
        top = (min if row.better == "less" else max)(values[at] for at in known)
        best = [at for at in known if values[at] == top or math.isclose(values[at], top, rel_tol=1e-9, abs_tol=1e-9)]
        return best if len(best) < len(known) else []

    def uncertain(self, name: str) -> list[tuple[int, int]]:
        """Return the pairs of scenarios of which a row does not tell which one is better."""
        row = self.shown.get(name)
        return [] if row is None else self._pairs(row)

    def text(self, name: str, at: int) -> str:
        """Return a value as a person reads it, with its upper end if it is a range; a dash where there is none."""
        row = self.shown.get(name)
        if row is None:
            return self.say.number(math.nan)
        if name == CERTIFIED_GAP and self.record.scenarios[at].status == "optimal":
            return self.say("proven")
        value = self._values(row)[at]
        said = self._said(row, value, at)
        if row.upto is not None and not math.isnan(value):
            upto = self._said(row, self._values(self.all[row.upto])[at], at)
            return said if upto == said else f"{said} – {upto}"
        return said

    def sees(self, measure: str) -> bool:
        """Tell whether a measure may be seen."""
        return self.scope is None or self.scope.measure(measure)

    def hides(self, condition: str) -> bool:
        """Tell whether a gate's condition may speak of a row that may not be seen."""
        if self.scope is None or self.scope.everything:
            return False
        hidden = [name for name in self.all if name not in self.shown]
        hidden += [measure for measure in (*self._measures, self._worth) if not self.sees(measure)]
        told = any(name in condition for name in hidden)
        return told or "scenario" in condition or self.scope.names_outside(condition)

    def _row(self, section: str, row: RowEntry) -> ScorecardRow:
        upto = () if row.upto is None else self._values(self.all[row.upto])
        proven = self.say("proven")
        instead: tuple[str, ...] = ()
        if row.name in (CERTIFIED_GAP, GAP):
            instead = tuple(proven if one.status == "optimal" else "" for one in self.record.scenarios)
        if row.units:
            others = [row.units[name] != row.unit for name in self._written]
            instead = tuple(self.text(row.name, at) if other else "" for at, other in enumerate(others))
        return ScorecardRow(
            section=section,
            name=row.name,
            label=self.label(row),
            kind=_kind(row, self._values(row)),
            unit=self._unit(row),
            better=row.better or "",
            values=self._values(row),
            best=tuple(name in row.best for name in self._written),
            uncertain=tuple(self._pairs(row)),
            upto=upto,
            instead=instead,
            meaning=tuple(row.meaning[name] for name in self._written) if row.meaning else (),
        )

    def _unit(self, row: RowEntry) -> str:
        """Return the unit beside a label, blank where the label or the kind says it."""
        if row.unit in (SHARE, RATIO, INDEX) or row.unit == row.label.lower():
            return ""
        return self.say(row.unit)

    def _pairs(self, row: RowEntry) -> list[tuple[int, int]]:
        return [(self._position[a], self._position[b]) for a, b in row.uncertain]

    def _values(self, row: RowEntry) -> tuple[float, ...]:
        return tuple(_plain(row.values[name]) for name in self._written)

    def _said(self, row: RowEntry, value: float, at: int) -> str:
        say = self.say
        if row.unit == SHARE:
            return say.percent(value)
        if row.unit in (RATIO, INDEX):
            return say.number(value, 2)
        return say.brief_amount(value, row.units.get(self._written[at], row.unit))

    def _called(self, at: int, name: str) -> str:
        if self.scope is not None and self.scope.names_outside(name):
            return self.say("scenario {number}", number=at + 1)
        called = self.say(name) if name in BUILT_IN else name
        return name if called in self._written else called

    def _may_be_seen(self, name: str) -> bool:
        """Tell whether a row may be seen: not where what it is made of may not."""
        scope = self.scope
        if scope is None or scope.everything:
            return True
        if name in ("objective", "bound"):
            return all(scope.goal(goal) for goal in self._goals)
        if name in _OF_WORTH:
            return scope.measure(self._worth)
        if name in _OF_BANDS:
            return scope.goal("balance")
        if name == "heaviest_to_lightest":
            return scope.goal("balance") and all(scope.measure(measure) for measure in self._evenness)
        if name in _OF_GOALS:
            return scope.goal(_OF_GOALS[name])
        start, _, ending = name.rpartition(".")
        if start == "goals":
            return scope.goal(ending)
        if start == "quota":
            return scope.column("reps", "quota") and scope.measure("potential")
        if start.startswith("capacity.") and ending in _CAPACITY:
            line = start.removeprefix("capacity.")
            return scope.measure(self._capacity.get(line, "")) and scope.line(f"capacity[{line}]")
        measure = start.removeprefix("measures.")
        if ending in _ENDINGS and measure in self._measures:
            return scope.measure(measure) and (ending != "inside_share" or scope.goal("balance"))
        return True


def _kind(row: RowEntry, values: Sequence[float]) -> Kind:
    if row.unit == SHARE:
        return "share"
    if row.unit == RATIO:
        return "ratio"
    if row.unit == POINTS:
        return "points"
    whole = all(value == round(value) for value in values if math.isfinite(value))
    return "count" if row.name in _COUNTED and whole else "number"


def _plain(value: Number) -> float:
    if value is None:
        return math.nan
    return math.inf if value == "infinite" else float(value)
