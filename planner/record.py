"""The record of a run, ``plan.json``: what it says, in which units, for each status a plan can have.

The JSON schema in ``schemas/plan.schema.json`` is made from these classes. Shares and gaps are fractions, not
percent.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

SCHEMA: Literal[1] = 1


class Entry(BaseModel):
    """A part of the record: it takes no unknown key, and no number that JSON has not."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class GoalEntry(Entry):
    """A goal's value in its natural unit, and what it adds to the objective."""

    value: float
    unit: str
    weighted: float = Field(description="in points")


class StageEntry(Entry):
    """One stage of a plan by priorities; its bound holds given the caps before it."""

    priority: int
    goals: list[str]
    value: float | None
    bound: float | None
    cap: float | None = Field(description="what later stages may not exceed, in points; null for the last stage")
    status: str


class ShiftEntry(Entry):
    """A number before and after the plan; null where it is infinite or not known."""

    before: float | None
    after: float | None


class BandEntry(Entry):
    """How fair the books are by one balance line."""

    line: str
    tolerance: float
    reps: int = Field(description="reps with a target")
    inside: ShiftEntry = Field(description="how many of them are inside the band")
    heaviest_to_lightest: ShiftEntry = Field(description="heaviest book per share divided by the lightest")


class MeasureEntry(Entry):
    """One measure: how much of it there is, and how much chosen moves carry."""

    unit: str
    total: float = Field(description="over all customers, with their owners after the plan")
    moved: float = Field(description="carried by chosen moves")
    bands: list[BandEntry]


class AssumptionEntry(Entry):
    """What was assumed because nobody said it, and what to write to say otherwise."""

    assumed: str
    hint: str | None = None
    examples: list[str] = []


class LossEntry(Entry):
    """The rep who loses the greatest part of the own revenue by chosen moves."""

    rep_id: str
    amount: float
    share: float


class HeadlineEntry(Entry):
    """What the first screen shows beyond the moves."""

    revenue_measure: str = Field(description="the measure that stands for revenue")
    revenue_moved: float
    revenue_moved_share: float
    reps_with_band: int
    reps_inside_band: ShiftEntry
    heaviest_to_lightest: ShiftEntry
    largest_loss: LossEntry | None
    frozen_revenue: float
    frozen_share: float


class BudgetEntry(Entry):
    """How much of a budget the chosen moves use up."""

    name: str
    label: str = Field(description="a rep, a team, a region, or overall")
    used: float
    limit: float
    unit: str


class WishesEntry(Entry):
    """What became of wishes; one that speaks of several roles counts once for each."""

    count: int
    honoured: int
    refused: int
    refused_points: float = Field(description="weights of the refused wishes")


class ViolationEntry(Entry):
    """A hard rule that is broken."""

    line: str
    message: str
    customer: str | None = None
    rep: str | None = None
    found: float | None = None
    limit: float | None = None
    unit: str = ""


class AdoptedEntry(Entry):
    """The edited assignment that a plan was adopted from."""

    run: str = Field(description="name of the run that was edited")
    file: str = Field(description="the edited table")
    sha256: str
    by: str | None = Field(description="who edited it; null where nobody said")
    deviations: int = Field(description="customers, in each role, with another owner than the run gave")
    points: float | None = Field(description="by how much the objective is worse than the run's")


class TriedEntry(Entry):
    """The wishes that a plan honours, beyond the rules."""

    run: str = Field(description="name of the run on which they were tried")
    wishes: list[str] = Field(description="as on the command line, such as --move C1=R7")
    evidence: str = Field(description="how sure it is that no plan with these wishes is better")
    pinned: bool = Field(description="whether the run's own inputs hold it to them, as answers to a proposal")


class Run(Entry):
    """What every run's record says, whatever became of it."""

    schema_: Literal[1] = Field(SCHEMA, alias="schema")
    project: str
    scenario: str | None
    changed: list[str] = Field(default=[], description="values changed by --set, as PATH=VALUE")
    period: dict[Literal["start", "end"], dt.date]
    customers: int
    reps: int
    roles: list[str]
    engine: str
    engine_reason: str
    seconds: float
    seed: int
    warm: str | None = Field(default=None, description="name of the run that this one began with; null without --warm")
    after: str | None = Field(
        default=None,
        description="name of the circulated run of which as little as possible changes; null without --after",
    )
    typed: dict[Literal["wishes", "after", "accepted"], str] = Field(
        default={}, description="files and runs named on the command line beside the project, as they were typed"
    )
    adopted: AdoptedEntry | None = Field(default=None, description="null unless edited by hand")
    tried: TriedEntry | None = Field(default=None, description="null unless wishes were tried")
    stopped_by: str
    bound: float | None = Field(description="best proven lower bound of the (last stage's) objective, in points")
    bound_by: str | None
    price_bound: float | None = Field(description="lower bound that the multipliers in certificate.npz prove")
    stages: list[StageEntry]
    assumptions: list[AssumptionEntry]
    explanation: list[str]
    inputs: dict[str, str] = Field(description="SHA-256 of each file in inputs/")
    sources: dict[str, str] = Field(description="SHA-256 of each file of the project that was read")
    versions: dict[str, str]


class Planned(Run):
    """A plan that assigns everybody."""

    status: Literal["optimal", "feasible", "evaluated"]
    objective: float = Field(description="in points")
    gap: float | None
    certified_gap: float | None
    goals: dict[str, GoalEntry]
    measures: dict[str, MeasureEntry]
    moved_customers: int = Field(description="customers that move by choice, each once")
    moved_share: float = Field(description="of the customers whose owner is present")
    forced_moves: int = Field(description="rows of assignments.csv whose owner may not stay")
    newly_assigned: int = Field(description="rows of assignments.csv that had no owner")
    pooled: int = Field(description="rows of assignments.csv without an owner after the plan")
    headline: HeadlineEntry
    budgets: list[BudgetEntry]
    wishes: WishesEntry | None = Field(default=None, description="null where there is no table of wishes")
    violations: list[ViolationEntry] = Field(description="hard rules broken; only an evaluated plan may have some")
    files: dict[str, str] = Field(
        description="SHA-256 of assignments.csv, moves.csv, reps.csv, certificate.npz and, if there, wishes.csv"
    )


class NotPlanned(Run):
    """No plan: none can exist, or none was found before a limit."""

    status: Literal["infeasible", "no_plan"]
    objective: None = None
    gap: None = None
    certified_gap: None = None
    violations: list[ViolationEntry] = Field(description="what the closest attempt breaks, where there was one")


Record = Annotated[Planned | NotPlanned, Field(discriminator="status")]

_ADAPTER: TypeAdapter[Planned | NotPlanned] = TypeAdapter(Record)


def read_record(text: str | bytes) -> Planned | NotPlanned:
    """Read ``plan.json``.

    Raises
    ------
    pydantic.ValidationError
        When it is not JSON, or not a record of this schema.
    """
    return _ADAPTER.validate_json(text)


def record_document(record: Planned | NotPlanned) -> Mapping[str, Any]:
    """Return the record as plain data, ``schema`` and ``status`` first."""
    document = _ADAPTER.dump_python(record, mode="json", by_alias=True)
    return {"schema": document.pop("schema"), "status": document.pop("status"), **document}


def record_schema() -> dict[str, Any]:
    """Return the JSON schema of ``plan.json``."""
    schema = _ADAPTER.json_schema(by_alias=True)
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "plan.json", **schema}
