"""The record of a comparison, ``comparison.json``: every scenario's figures, and every row with what it marks.

The JSON schema in ``schemas/comparison.schema.json`` is made from these classes. Shares and gaps are fractions, not
percent; ``infinite`` stands where the lightest book is empty.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any, Literal

from pydantic import Field

from planner.record import Entry
from scenarios.comparing.comparison import Comparison, Row
from scenarios.comparing.gate import Judged, Verdict
from scenarios.comparing.scorecard import Figures

SCHEMA: Literal[1] = 1
Number = float | Literal["infinite"] | None


class ScenarioEntry(Entry):
    """One scenario: its figures, or why it has none."""

    name: str
    status: Literal["optimal", "feasible", "infeasible", "no_plan", "evaluated", "failed"]
    allowed: bool = Field(description="there is a plan, and it breaks no hard rule")
    explanation: list[str] = Field(description="why there is no plan, or which hard rules are broken")
    run: str | None = Field(description="folder of the run, which planner verify judges")
    figures: Figures | None


class RowEntry(Entry):
    """One figure of every scenario, by the scenario's name."""

    name: str
    label: str
    unit: str = Field(description="share, ratio, index, points, or the unit of the number; blank for a count")
    better: Literal["less", "more"] | None
    values: dict[str, Number]
    deltas: dict[str, Number] = Field(
        description="value less the baseline's; null for the baseline, and where values mean something else"
    )
    best: list[str] = Field(description="the best of those allowed; empty where all are equal")
    uncertain: list[tuple[str, str]] = Field(description="pairs whose intervals [bound, value] overlap")
    upto: str | None = Field(description="the row with the upper end of a range of which this is the lower end")
    meaning: dict[str, int] = Field(
        description="only values with the same number can be compared: the others are of other goals, bands or units; "
        "empty where all can"
    )
    units: dict[str, str] = Field(description="the unit of each value, where not all are in the row's; else empty")


class SectionEntry(Entry):
    """Rows that belong together."""

    title: str
    rows: list[RowEntry]


class JudgedEntry(Entry):
    """A scenario that fails a gate, with the values of the names that the gate uses."""

    scenario: str
    values: dict[str, float | str | None]


class GateEntry(Entry):
    """A condition that fails a comparison, and what it says of this one."""

    condition: str
    passed: bool
    failing: list[JudgedEntry]
    unknown: list[str] = Field(description="scenarios of which nothing can be said, a value being missing")


class ComparisonRecord(Entry):
    """Scenarios side by side."""

    schema_: Literal[1] = Field(SCHEMA, alias="schema")
    project: str
    baseline: str
    revenue_at_risk: tuple[float, float] = Field(description="shares of the revenue in transition, from and to")
    scenarios: list[ScenarioEntry]
    sections: list[SectionEntry]
    gates: list[GateEntry]
    versions: dict[str, str]


def comparison_record(
    comparison: Comparison,
    *,
    project: str,
    versions: Mapping[str, str],
    verdicts: Sequence[Verdict] = (),
    runs: Mapping[str, str] | None = None,
) -> ComparisonRecord:
    """Return the record of a comparison, with what gates say of it; ``runs`` are folders by scenario."""
    scenarios = [
        {
            "name": entry.name,
            "status": entry.status,
            "allowed": entry.allowed,
            "explanation": list(entry.explanation),
            "run": (runs or {}).get(entry.name),
            "figures": entry.figures,
        }
        for entry in comparison.entries
    ]
    return ComparisonRecord.model_validate(
        {
            "schema": SCHEMA,
            "project": project,
            "baseline": comparison.names[comparison.baseline],
            "revenue_at_risk": comparison.risk,
            "scenarios": scenarios,
            "sections": [
                {"title": section.title, "rows": [_row(row, comparison.names) for row in section.rows]}
                for section in comparison.sections
            ],
            "gates": [_gate(verdict) for verdict in verdicts],
            "versions": dict(versions),
        }
    )


def comparison_document(record: ComparisonRecord) -> dict[str, Any]:
    """Return the record as plain data."""
    return record.model_dump(mode="json", by_alias=True)


def comparison_schema() -> dict[str, Any]:
    """Return the JSON schema of ``comparison.json``."""
    schema = ComparisonRecord.model_json_schema(by_alias=True)
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema, "title": "comparison.json"}


def _row(row: Row, names: Sequence[str]) -> RowEntry:
    return RowEntry(
        name=row.name,
        label=row.label,
        unit=row.unit,
        better=row.better,
        values={name: _number(value) for name, value in zip(names, row.values, strict=True)},
        deltas={name: _number(value) for name, value in zip(names, row.deltas, strict=True)},
        best=[name for name, best in zip(names, row.best, strict=True) if best],
        uncertain=[(names[a], names[b]) for a, b in row.uncertain],
        upto=row.upto,
        meaning=dict(zip(names, row.meaning, strict=True)) if row.meaning else {},
        units=dict(zip(names, row.units, strict=True)) if row.units else {},
    )


def _gate(verdict: Verdict) -> GateEntry:
    return GateEntry(
        condition=verdict.text,
        passed=verdict.passed,
        failing=[JudgedEntry(scenario=one.scenario, values=_finite(one)) for one in verdict.failing],
        unknown=[one.scenario for one in verdict.unknown],
    )


def _finite(judged: Judged) -> dict[str, float | str | None]:
    return {
        name: "infinite" if isinstance(value, float) and math.isinf(value) else value
        for name, value in judged.values.items()
    }


def _number(value: float | None) -> Number:
    return "infinite" if value is not None and math.isinf(value) else value
