"""The record of a frontier, ``frontier.json``: its points, the band around it, and the knee.

The JSON schema in ``schemas/frontier.schema.json`` is made from these classes. Shares and gaps are fractions, not
percent.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

from pydantic import Field

from planner.exchange_rates import Rates
from planner.plain_values import finite
from planner.record import Entry
from scenarios.tracing.frontier import Frontier, Point
from scenarios.tracing.trade_off import TradeOff


class AxisEntry(Entry):
    """What is traced, or against what."""

    name: str
    unit: str
    goals: dict[str, float] | None = Field(default=None, description="of y: points per unit of each goal")
    base: float | None = Field(default=None, description="of x: what its shares are of; null for a goal")


class PointEntry(Entry):
    """A plan that no other plan found beats in both."""

    x: float
    x_share: float | None = Field(description="of the base; null where there is none")
    y: float
    bound: float | None = Field(description="no plan with as little x has a smaller y; null where nothing is proven")
    gap: float | None = Field(description="(y - bound) / |y|")
    status: Literal["optimal", "feasible"] = Field(description="of the plan, given the limit on x")
    rate: float | None = Field(description="how much y one unit of x buys on the way to the next point")
    knee: bool
    run: str | None = Field(description="folder of the run, which planner verify judges")
    set: dict[str, Any] = Field(description="policy values by path, as a scenario's 'set', that lead to this point")


class KneeEntry(Entry):
    """Where the frontier bends most."""

    x: float
    y: float
    before: float = Field(description="how much y one unit of x buys on the way from the first point to it")
    after: float = Field(description="and from it to the last point")
    reason: str


class BandEntry(Entry):
    """Where the true frontier lies: two falling step functions of x.

    For x above ``lower_to[i - 1]`` and up to ``lower_to[i]`` it is not below ``lower[i]``; from ``upper_from[i]`` on it
    is not above ``upper[i]``.
    """

    least_x: float | None = Field(description="no plan has a smaller x; null where nothing is proven")
    lower_to: list[float | None] = Field(description="null: without end")
    lower: list[float | None] = Field(description="null: nothing is proven")
    upper_from: list[float]
    upper: list[float]


class FrontierRecord(Entry):
    """A frontier, and how it was found."""

    schema_: Literal[1] = Field(1, alias="schema")
    status: Literal["feasible", "infeasible", "no_plan"]
    project: str
    scenario: str | None
    changed: list[str] = Field(description="values changed by --set, as PATH=VALUE")
    y: AxisEntry
    x: AxisEntry
    complete: bool = Field(description="every point of the true frontier is here")
    stopped_by: str
    explanation: list[str] = Field(default_factory=list, description="why no plan can exist, where none can")
    solves: int
    seconds: float
    seed: int
    points: list[PointEntry]
    knee: KneeEntry | None
    band: BandEntry
    sources: dict[str, str] = Field(description="SHA-256 of each file of the project that was read")
    versions: dict[str, str]


def frontier_record(
    frontier: Frontier, trade: TradeOff, about: Mapping[str, Any], runs: Mapping[str, str] | None = None
) -> FrontierRecord:
    """Return the record; ``about`` holds what is not of the frontier itself, by field, ``runs`` folders by settings."""
    knee, rates = frontier.knee, frontier.rates
    points = [
        _point(point, trade, rates[at] if at < len(rates) else None, knee is not None and knee.at == at, runs or {})
        for at, point in enumerate(frontier.points)
    ]
    said = None
    if knee is not None:
        at = frontier.points[knee.at]
        reason = Rates(trade).knee(knee)
        said = KneeEntry(x=at.x, y=at.y, before=knee.before, after=knee.after, reason=reason)
    band = BandEntry(
        least_x=finite(frontier.least_x),
        lower_to=_all(frontier.lower_to),
        lower=_all(frontier.lower),
        upper_from=[point.x for point in frontier.points],
        upper=[point.y for point in frontier.points],
    )
    return FrontierRecord.model_validate(
        {
            "schema": 1,
            "status": frontier.status,
            "y": AxisEntry(name=trade.y, unit=trade.y_unit, goals=dict(trade.goals)),
            "x": AxisEntry(name=trade.x, unit=trade.unit, base=trade.base),
            "complete": frontier.complete,
            "stopped_by": frontier.stopped_by,
            "solves": frontier.solves,
            "points": points,
            "knee": said,
            "band": band,
            **about,
        }
    )


def frontier_document(record: FrontierRecord) -> dict[str, Any]:
    """Return the record as plain data."""
    return record.model_dump(mode="json", by_alias=True)


def frontier_schema() -> dict[str, Any]:
    """Return the JSON schema of ``frontier.json``."""
    schema = FrontierRecord.model_json_schema(by_alias=True)
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema, "title": "frontier.json"}


def _point(point: Point, trade: TradeOff, rate: float | None, knee: bool, runs: Mapping[str, str]) -> PointEntry:
    bound = finite(point.bound)
    settings = point.payload if isinstance(point.payload, tuple) else ()
    return PointEntry(
        x=point.x,
        x_share=None if not trade.base else point.x / trade.base,
        y=point.y,
        bound=bound,
        gap=None if bound is None else max(0.0, point.y - bound) / max(abs(point.y), 1e-9),
        status="optimal" if point.proven else "feasible",
        rate=rate,
        knee=knee,
        run=runs.get(str(settings)),
        set=dict(settings),
    )


def _all(values: Sequence[float]) -> list[float | None]:
    return [finite(value) for value in values]
