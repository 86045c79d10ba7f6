"""Scenarios side by side: every figure in a row, against a baseline, the best marked, and what is not certain."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from models.findings import Finding, InputRefused, Place, did_you_mean
from scenarios.comparing.risk import LITERATURE, Risk
from scenarios.comparing.row_definition import IN_SHORT, OBJECTIVE, Better, Read, RowDefinition
from scenarios.comparing.row_shape import Shape
from scenarios.comparing.rows import definitions
from scenarios.comparing.scorecard import Figures

Pair = tuple[int, int]
_SAME = 1e-9
_PROVEN = 1e-6


@dataclass(frozen=True)
class Entry:
    """A scenario to compare: its figures, or the trouble that kept it from having any."""

    name: str
    figures: Figures | None
    trouble: str | None = None

    @property
    def status(self) -> str:
        """The plan's status; ``failed`` where there is none."""
        return "failed" if self.figures is None else self.figures.status

    @property
    def allowed(self) -> bool:
        """True when there is a plan that breaks no hard rule."""
        return self.figures is not None and self.figures.allowed

    @property
    def explanation(self) -> tuple[str, ...]:
        """Why there is no plan, or which hard rules it breaks."""
        if self.figures is None:
            return (self.trouble,) if self.trouble else ()
        return self.figures.explanation


@dataclass(frozen=True)
class Row:
    """One figure of every scenario; all tuples have one entry per scenario.

    Attributes
    ----------
    values : tuple
        None where there is no value; infinite where the lightest book is empty.
    deltas : tuple
        Value less the baseline's, None where one of them is missing, infinite or of another meaning, and for the
        baseline itself.
    best : tuple of bool
        The best values among allowed plans; none where all are equal.
    uncertain : tuple of pairs of positions
        Scenarios that share their goals and whose intervals [bound, value] overlap: which one is better is not certain.
    meaning : tuple of int
        Scenarios with the same number can be compared, the others are of other goals, bands or units; empty where all
        mean the same.
    other : tuple of bool
        Values that mean something else than the baseline's, so that nothing can be said of both.
    units : tuple of str
        The unit of each value, where they are not all in ``unit``; else empty.
    """

    name: str
    section: str
    label: str
    unit: str
    better: Better | None
    values: tuple[float | None, ...]
    deltas: tuple[float | None, ...]
    best: tuple[bool, ...]
    uncertain: tuple[Pair, ...] = ()
    upto: str | None = None
    meaning: tuple[int, ...] = ()
    other: tuple[bool, ...] = ()
    units: tuple[str, ...] = ()

    def unit_at(self, at: int) -> str:
        """Return the unit of a scenario's value."""
        return self.units[at] if self.units else self.unit


@dataclass(frozen=True)
class Section:
    """Rows that belong together."""

    title: str
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class Comparison:
    """Scenarios side by side; ``baseline`` is the position of the one against which the others are held."""

    entries: tuple[Entry, ...]
    baseline: int
    risk: Risk
    sections: tuple[Section, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the scenarios."""
        return tuple(entry.name for entry in self.entries)

    @cached_property
    def rows(self) -> dict[str, Row]:
        """Every row by its name."""
        return {row.name: row for section in self.sections for row in section.rows}


def compare(entries: Sequence[Entry], baseline: str | None = None, risk: Risk = LITERATURE) -> Comparison:
    """Put scenarios side by side.

    Parameters
    ----------
    entries
        The scenarios in the order in which they are shown.
    baseline
        Name of the one against which the others are held; the first by default.
    risk
        What part of the revenue in transition is at risk, from and to, each 0 to 1.

    Raises
    ------
    InputRefused
        When no scenario has the baseline's name.
    ValueError
        When there is nothing to compare, two have one name, or ``risk`` is no range of shares.
    """
    names = [entry.name for entry in entries]
    if not names or len(set(names)) < len(names):
        raise ValueError("a comparison needs scenarios with names of their own")
    if not 0 <= risk[0] <= risk[1] <= 1:
        raise ValueError(f"the revenue at risk is {risk}, expected two shares of 0 to 1 in order")
    if baseline is not None and baseline not in names:
        title = "The baseline is none of the scenarios compared"
        raise InputRefused([Finding("TP511", title, Place(), found=repr(baseline), hint=did_you_mean(baseline, names))])
    at = 0 if baseline is None else names.index(baseline)
    comparing = _Comparing(tuple(entries), at, risk)
    first = [entries[at], *entries]  # the baseline's units are those of rows
    shape = Shape.of_figures(entry.figures for entry in first if entry.figures is not None)
    sections = tuple(
        Section(title, rows)
        for title, defined in itertools.groupby(definitions(shape), key=lambda one: one.section)
        if (rows := tuple(comparing.rows(defined)))
    )
    return Comparison(tuple(entries), at, risk, sections)


@dataclass(frozen=True)
class _Comparing:
    entries: tuple[Entry, ...]
    baseline: int
    risk: Risk

    def rows(self, defined: Iterator[RowDefinition]) -> Iterator[Row]:
        """Yield the rows that have a value for some scenario; the first section is always whole."""
        for definition in defined:
            row = self._row(definition)
            if definition.section == IN_SHORT or any(value is not None for value in row.values):
                yield row

    def _row(self, definition: RowDefinition) -> Row:
        values = self._read(definition.read)
        meaning = self._meaning(definition)
        planned = self._planned(self.baseline) is not None
        other = tuple(
            value is not None and planned and bool(meaning) and meaning[at] != meaning[self.baseline]
            for at, value in enumerate(values)
        )
        return Row(
            definition.name,
            definition.section,
            definition.label,
            definition.unit,
            definition.better,
            values,
            self._deltas(values, other),
            self._best(definition, values, meaning),
            tuple(self._uncertain(definition)),
            definition.upto,
            meaning,
            other,
            self._units(definition, values),
        )

    def _planned(self, at: int) -> Figures | None:
        figures = self.entries[at].figures
        return figures if figures is not None and figures.has_plan else None

    def _meaning(self, definition: RowDefinition) -> tuple[int, ...]:
        """Number what the values mean: by the first scenario that means the same; empty where all mean the same."""
        if definition.meaning is None:
            return ()
        means = {at: definition.meaning(one) for at in range(len(self.entries)) if (one := self._planned(at))}
        first = {meant: at for at, meant in reversed(means.items())}
        return (
            tuple(first[means[at]] if at in means else at for at in range(len(self.entries))) if len(first) > 1 else ()
        )

    def _units(self, definition: RowDefinition, values: Sequence[float | None]) -> tuple[str, ...]:
        if definition.unit_of is None:
            return ()
        units = tuple(
            definition.unit if value is None or (one := self._planned(at)) is None else definition.unit_of(one)
            for at, value in enumerate(values)
        )
        return () if set(units) == {definition.unit} else units

    def _read(self, read: Read) -> tuple[float | None, ...]:
        return tuple(None if entry.figures is None else read(entry.figures, self.risk) for entry in self.entries)

    def _deltas(self, values: Sequence[float | None], other: Sequence[bool]) -> tuple[float | None, ...]:
        base = values[self.baseline]

        def delta(at: int, value: float | None) -> float | None:
            if at == self.baseline or other[at] or value is None or base is None:
                return None
            if math.isinf(value) or math.isinf(base):
                return None
            return 0.0 if _same(value, base) else value - base

        return tuple(delta(at, value) for at, value in enumerate(values))

    def _best(
        self, definition: RowDefinition, values: Sequence[float | None], meaning: Sequence[int]
    ) -> tuple[bool, ...]:
        if definition.rank is not None:
            values = self._read(definition.rank)
        judged = {at: value for at, value in enumerate(values) if value is not None and self.entries[at].allowed}
        if meaning:
            # without a plan the baseline means nothing, and nobody is best where the others differ
            judged = {at: value for at, value in judged.items() if meaning[at] == meaning[self.baseline]}
        if definition.better is None or len(judged) < 2:
            return (False,) * len(values)
        pick = min if definition.better == "less" else max
        top = pick(judged.values())
        best = tuple(at in judged and _same(judged[at], top) for at in range(len(values)))
        return best if sum(best) < len(judged) else (False,) * len(values)

    def _uncertain(self, definition: RowDefinition) -> Iterator[Pair]:
        """Yield the pairs of scenarios between which the row's values do not decide."""
        if definition.name != OBJECTIVE and definition.goal is None:
            return
        for a, b in itertools.combinations(range(len(self.entries)), 2):
            one, other = self.entries[a], self.entries[b]
            if not (one.figures and other.figures and one.allowed and other.allowed):
                continue
            if one.figures.shares_goals(other.figures):
                intervals = _interval(definition, one.figures), _interval(definition, other.figures)
                if intervals[0] is not None and intervals[1] is not None and _overlap(intervals[0], intervals[1]):
                    yield a, b


def _interval(definition: RowDefinition, figures: Figures) -> tuple[float, float] | None:
    """Return what is proven of the objective, or of a goal that is a stage of its own: [bound, value]."""
    if definition.goal is None:
        value, bound, weight = figures.objective, figures.bound, 1.0
    else:
        stage = next((stage for stage in figures.stages if set(stage.weights) == {definition.goal}), None)
        if stage is None:
            return None
        value, bound, weight = stage.value, stage.bound, stage.weights[definition.goal]
    if value is None or weight <= 0:
        return None
    if figures.status == "evaluated":  # measured, not searched for: it is what it is
        bound = value
    return None if bound is None else (min(bound, value) / weight, value / weight)


def _overlap(one: tuple[float, float], other: tuple[float, float]) -> bool:
    """Tell whether two intervals overlap, so that one does not know which true value is less.

    Where both are proven to a point there is nothing uncertain, equal or not.
    """
    room = _PROVEN * max(1.0, *map(abs, one), *map(abs, other))
    if one[1] - one[0] <= room and other[1] - other[0] <= room:
        return False
    return max(one[0], other[0]) <= min(one[1], other[1]) + room


def _same(one: float, other: float) -> bool:
    return one == other or math.isclose(one, other, rel_tol=_SAME, abs_tol=_SAME)
