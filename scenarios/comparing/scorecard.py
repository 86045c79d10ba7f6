"""The figures of one finished scenario, as they are kept: natural units, fractions instead of percent, plain JSON.

Nothing here depends on other scenarios or on a choice of the reader, so that figures can be kept and compared later.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

LOSES_MUCH = 0.2
"""A rep who gives up more than this part of the own revenue by chosen moves is named."""
NEAR_QUOTA = (0.8, 1.2)
"""A book whose potential is this many times the quota, or between, fits the quota."""

BANDS = "bands on "
"""How the definitions begin that are of the bands on a measure: its balance lines but for their weights."""

Share = Annotated[float, Field(ge=0)]


class Part(BaseModel):
    """A part of the figures: it takes no unknown key, and no number that JSON has not."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class BeforeAfter(Part):
    """A number before and after the plan; null where it is not known, or without bound."""

    before: float | None
    after: float | None


class GoalFigure(Part):
    """A goal's value in its natural unit, and what it adds to the objective in points."""

    value: float
    unit: str
    weighted: float


class StageFigure(Part):
    """One stage: its goals with their weights, its value and its bound in points, given the caps before it."""

    priority: int
    weights: dict[str, float]
    value: float
    bound: float | None


class Spread(Part):
    """How unevenly books per share are spread: 0 (for ``max_min``: 1) is even.

    ``max_min`` is null where the lightest book is empty: without bound. ``inside`` is the part of the reps with a
    target whose book is inside all bands on the measure; null where there is no band.
    """

    cv: float = Field(description="standard deviation divided by the mean")
    max_min: float | None = Field(description="heaviest divided by lightest; null: the lightest is empty")
    gini: float = Field(description="Gini coefficient, 0 to 1")
    inside: float | None = Field(description="share of the reps inside the band")


class MeasureFigure(Part):
    """One measure: how much there is, how much moves, and how evenly it is spread over present reps."""

    unit: str
    total: float = Field(description="over all customers, with their owners after the plan")
    by_owner: bool = Field(default=False, description="what a customer brings depends on who owns it")
    chosen: float = Field(description="carried by chosen moves")
    forced: float = Field(description="carried by forced moves")
    in_motion: float = Field(description="carried by customers that move by choice, each once, as budgets count them")
    before: Spread | None = Field(description="null where no present rep, or nothing to spread")
    after: Spread | None


class Moves(Part):
    """Customers (each once) that move; ``forced``, ``newly_assigned`` and ``pooled`` count customer and role."""

    chosen: int
    base: int = Field(description="customers with a present owner")
    share: Share = Field(description="chosen / base")
    forced: int
    newly_assigned: int
    pooled: int = Field(description="without an owner after the plan")
    kept: int = Field(description="customers with a present owner who stays in every role")
    retention: float | None = Field(description="kept / base; null where nobody has a present owner")


class Revenue(Part):
    """Revenue that moves; ``customers`` stands in where the tables say nothing of revenue."""

    measure: str
    unit: str
    total: float
    base: float = Field(description="with a present owner")
    chosen: float
    share: Share = Field(description="chosen / base")
    forced_present: float = Field(description="taken from a present owner who may not keep it")
    forced_departed: float = Field(description="of owners who have left")
    frozen_share: Share = Field(description="kept in place by locks and holdouts, of the total")

    @property
    def in_transition(self) -> float:
        """Revenue of all customers who had an owner and get another one, whatever the reason."""
        return self.chosen + self.forced_present + self.forced_departed


class Reps(Part):
    """Who is inside, over and under the band; a rep over in one measure and under in another counts as both."""

    present: int
    banded: int = Field(description="with a target")
    inside: BeforeAfter = Field(description="inside all bands")
    over: BeforeAfter
    under: BeforeAfter
    evenness: BeforeAfter = Field(description="heaviest / lightest book per share; null: the lightest is empty")
    evenness_of: str = Field(description="measure of the weightiest balance line")


class Losses(Part):
    """Reps who give up much of their own revenue by chosen moves."""

    over_fifth: int = Field(description="reps who lose more than 20 %")
    names: tuple[str, ...] = Field(description="some of them, the greatest loss first")
    largest: Share
    largest_name: str | None


class CapacityUse(Part):
    """How full one capacity line is; null where the room is without bound or nothing."""

    line: str
    measure: str
    unit: str
    used: float
    room: float
    share: float | None = Field(description="used / room")
    fullest: str | None = Field(description="rep, team or region with the fullest book")
    fullest_share: float | None


class QuotaSpread(Part):
    """Potential divided by quota, book by book."""

    minimum: float
    median: float
    maximum: float
    cv: float
    near: float = Field(description="share of the books with 0.8 to 1.2 times the quota")


class QuotaFigure(Part):
    """Potential beside quota, over present reps who have one."""

    reps: int
    before: QuotaSpread
    after: QuotaSpread


class Figures(Part):
    """Everything a comparison needs to know of one finished scenario.

    ``definitions`` tells what each goal means in the policy, and the bands on each measure, as a short hash of all that
    defines them: two scenarios share a goal when both hashes are equal. Without a plan there is a status and an
    explanation, and little else.
    """

    status: Literal["optimal", "feasible", "infeasible", "no_plan", "evaluated"]
    seconds: float
    stopped_by: str
    objective: float | None = None
    bound: float | None = None
    bound_by: str | None = None
    price_bound: float | None = None
    gap: float | None = None
    certified_gap: float | None = None
    definitions: dict[str, str] = {}
    stages: tuple[StageFigure, ...] = ()
    goals: dict[str, GoalFigure] = {}
    violations: int = Field(default=0, description="hard rules that the plan breaks; only a measured one may")
    explanation: tuple[str, ...] = Field(default=(), description="why there is no plan, or which rules are broken")
    moves: Moves | None = None
    revenue: Revenue | None = None
    reps: Reps | None = None
    losses: Losses | None = None
    measures: dict[str, MeasureFigure] = {}
    travel_hours: BeforeAfter | None = Field(default=None, description="null unless every way is known")
    misfits: BeforeAfter | None = Field(default=None, description="customers with an owner who breaks a preference")
    capacity: tuple[CapacityUse, ...] = ()
    quota: QuotaFigure | None = None

    @property
    def has_plan(self) -> bool:
        """True when everybody is assigned, be it against hard rules."""
        return self.status in ("optimal", "feasible", "evaluated")

    @property
    def allowed(self) -> bool:
        """True when there is a plan that breaks no hard rule."""
        return self.has_plan and self.violations == 0

    @property
    def all_goals(self) -> tuple[object, ...]:
        """What points are of: the goals with their definitions, weights and priorities."""
        stages = ((stage.priority, *sorted(stage.weights.items())) for stage in self.stages)
        return (*stages, *sorted((goal, text) for goal, text in self.definitions.items() if not goal.startswith(BANDS)))

    def shares_goals(self, other: Figures) -> bool:
        """Tell whether both plans were made for the same goals, with the same weights and priorities."""
        return self.has_plan and other.has_plan and self.all_goals == other.all_goals
