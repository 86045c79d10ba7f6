"""The policy: rules, capacities, balance bands, what to keep, disruption limits and goals, typed.

A policy comes from YAML through :meth:`Policy.model_validate`; unknown keys are refused. What each line means is
written in ``models/README.md``; which columns it may use is judged against an org by ``models.policy_review``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, field_validator, model_validator

from models.amount import Amount, amount, fraction

GOALS = ("balance", "disruption", "moves", "misfit", "travel", "cost", "pool", "wishes", "changes")
DEFAULT_ROLE = "owner"
CUSTOMERS = "customers"
"""The measure that is always there: every customer counts 1."""
EVERY_ROLE = "all"


def _text(value: object) -> object:
    """Let ``require: true`` and ``value: 1`` stand for the expressions TRUE and 1."""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    return str(value) if isinstance(value, int | float) else value


AmountField = Annotated[Amount, BeforeValidator(amount)]
Fraction = Annotated[float, BeforeValidator(fraction)]
Sql = Annotated[str, BeforeValidator(_text), Field(min_length=1)]
Points = Annotated[float, Field(ge=0, allow_inf_nan=False)]


class Line(BaseModel):
    """What every policy line has in common: it is frozen and takes no unknown key."""

    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True)


class Measure(Line):
    """A quantity summed over a book: an expression over customer, rep and pair columns."""

    value: Sql
    unit: str = ""
    default: float | None = Field(default=None, allow_inf_nan=False)


class Rule(Line):
    """An eligibility rule: where ``when`` holds, ``require`` must hold, or ``prefer`` should at ``penalty`` points."""

    name: str
    when: Sql | None = None
    require: Sql | None = None
    prefer: Sql | None = None
    penalty: Sql | None = None

    @model_validator(mode="after")
    def _one_kind(self) -> Rule:
        if (self.require is None) == (self.prefer is None):
            raise ValueError("a rule has either 'require' (hard) or 'prefer' with a 'penalty'")
        if self.require is not None and self.penalty is not None:
            raise ValueError("'penalty' goes with 'prefer'; a 'require' rule is hard")
        return self

    @property
    def penalty_points(self) -> str:
        """The penalty in points per customer that breaks the preference, an expression; 1 unless stated."""
        return self.penalty if self.penalty is not None else "1"


class Eligibility(Line):
    """Who may own whom. Where nothing is said: any region, skills ignored, all pairs."""

    region: Literal["same", "neighbour", "any"] = "any"
    skills: Literal["required", "preferred", "ignored"] = "ignored"
    skills_penalty: Points | None = None
    nearest: int | None = Field(default=None, ge=1)
    rules: tuple[Rule, ...] = ()

    @model_validator(mode="after")
    def _penalty_has_an_effect(self) -> Eligibility:
        if self.skills_penalty is not None and self.skills != "preferred":
            raise ValueError("'skills_penalty' has an effect only with 'skills: preferred'")
        return self


class Capacity(Line):
    """Hard limits on what a rep, a team or a region carries."""

    name: str | None = None
    measure: str
    per: Literal["rep", "team", "region"] = "rep"
    role: str | None = None
    min: AmountField | None = None
    max: AmountField | None = None

    @model_validator(mode="after")
    def _some_limit(self) -> Capacity:
        if self.min is None and self.max is None:
            raise ValueError("a capacity line needs 'min', 'max' or both")
        return self


class Balance(Line):
    """A soft band around each rep's target; one point per percent of target outside it, times ``weight``."""

    name: str | None = None
    measure: str
    target: AmountField = Amount(expression="equal")
    tolerance: Fraction = 0.0
    weight: Points = 1.0
    within: Literal["region", "team"] | None = None
    role: str | None = None


class Lock(Line):
    """Customers that stay with today's owner, even against eligibility."""

    name: str
    when: Sql


class Holdout(Line):
    """Customers that stay with today's owner while the pair is eligible."""

    name: str
    when: Sql


class Conflict(Line):
    """Customers of which no two may be with one rep."""

    name: str
    customers: Annotated[tuple[str, ...], Field(min_length=2)]

    @field_validator("customers", mode="before")
    @classmethod
    def _ids_are_text(cls, value: object) -> object:
        return tuple(str(one) for one in value) if isinstance(value, list | tuple) else value


class Group(Line):
    """A class of customers of which each rep (team, region) has at least ``min`` and at most ``max``."""

    name: str
    when: Sql
    per: Literal["rep", "team"] = "rep"
    min: int | None = Field(default=None, ge=0)
    max: int | None = Field(default=None, ge=0)

    @model_validator(mode="after")
    def _some_limit(self) -> Group:
        if self.min is None and self.max is None:
            raise ValueError("a group needs 'min', 'max' or both")
        return self


class Together(Line):
    """Families of which the members for which ``together_when`` is true stay together."""

    together_when: Sql


class Keep(Line):
    """What stays as it is, and who belongs together or apart."""

    families: Literal["as_today", "together", "free"] | Together = "as_today"
    conflicts: tuple[Conflict, ...] = ()
    locks: tuple[Lock, ...] = ()
    holdouts: tuple[Holdout, ...] = ()
    groups: tuple[Group, ...] = ()


class Budget(Line):
    """A hard limit on chosen moves, overall, per rep, team or region, in customers or any measure."""

    name: str | None = None
    of: str
    per: Literal["rep", "team", "region"] | None = None
    side: Literal["lost", "gained"] | None = None
    max: AmountField

    @model_validator(mode="after")
    def _side(self) -> Budget:
        if self.per in ("rep", "team") and self.side is None:
            raise ValueError(f"a budget per {self.per} needs 'side: lost' or 'side: gained'")
        if self.per not in ("rep", "team") and self.side is not None:
            raise ValueError("'side' goes with 'per: rep' or 'per: team'")
        return self


class Disruption(Line):
    """How much may change, and what a chosen move costs (points per customer)."""

    budgets: tuple[Budget, ...] = ()
    move_cost: Sql | None = None


class Role(Line):
    """A kind of ownership; ``when`` says which customers need it, ``same`` pairs its owner with the first role's."""

    when: Sql | None = None
    same: str | None = None


class Pool(Line):
    """Customers that may be left without an owner, at ``penalty`` points each."""

    when: Sql
    penalty: Sql


class Goal(Line):
    """A thing to make small, with a weight, or with a priority and the slack it leaves to later ones.

    ``max`` is a hard limit on its value, in its natural unit, whatever it weighs.
    """

    goal: Literal["balance", "disruption", "moves", "misfit", "travel", "cost", "pool", "wishes", "changes"]
    weight: Points | None = None
    priority: int | None = Field(default=None, ge=1)
    slack: AmountField | None = None
    max: AmountField | None = None
    value: Sql | None = None
    unit: str = ""
    default: float | None = Field(default=None, allow_inf_nan=False)
    speed_kmh: float | None = Field(default=None, gt=0, allow_inf_nan=False)

    @property
    def points_per_unit(self) -> float:
        """The weight, 1 unless stated."""
        return 1.0 if self.weight is None else self.weight

    @property
    def limit(self) -> float | None:
        """What the goal may be at most, in its natural unit; None where there is no limit."""
        return None if self.max is None else self.max.number

    @model_validator(mode="after")
    def _keys_fit_the_goal(self) -> Goal:
        if self.goal == "cost" and self.value is None:
            raise ValueError("the goal 'cost' needs a 'value', such as pair.cost")
        if self.goal != "cost" and (self.value is not None or self.unit):
            raise ValueError("'value' and 'unit' belong to the goal 'cost'")
        if self.goal != "travel" and self.speed_kmh is not None:
            raise ValueError("'speed_kmh' belongs to the goal 'travel'")
        if self.goal not in ("travel", "cost") and self.default is not None:
            raise ValueError("'default' belongs to the goals 'travel' and 'cost'")
        if self.max is not None:
            if self.max.number is None:
                raise ValueError(f"'max' of a goal is a number in the goal's own unit, not {str(self.max)!r}")
            if self.max.number < 0 and self.goal != "cost":
                raise ValueError(f"'max' is at least 0: the goal {self.goal!r} is never below it")
        if self.slack is not None:
            if self.priority is None:
                raise ValueError("'slack' goes with 'priority'")
            if self.slack.number is None and self.slack.percent is None:
                raise ValueError("'slack' is a percentage or a number of points")
            if (self.slack.number or self.slack.percent or 0.0) < 0:
                raise ValueError("'slack' is at least 0")
        return self


class Policy(Line):
    """Everything the plan must respect and strive for."""

    measures: dict[str, Measure] = Field(default_factory=dict)
    eligibility: Eligibility = Eligibility()
    capacity: tuple[Capacity, ...] = ()
    balance: tuple[Balance, ...] = ()
    keep: Keep = Keep()
    disruption: Disruption = Disruption()
    roles: dict[str, Role] = Field(default_factory=lambda: {DEFAULT_ROLE: Role()})
    pool: Pool | None = None
    goals: tuple[Goal, ...] = ()
    strict: bool = False

    @field_validator("measures", mode="before")
    @classmethod
    def _short_measures(cls, value: object) -> object:
        """Read ``workload: customer.hours`` as ``workload: {value: customer.hours}``."""
        if isinstance(value, Mapping):
            return {name: one if isinstance(one, Mapping | Measure) else {"value": one} for name, one in value.items()}
        return value

    @field_validator("roles", mode="before")
    @classmethod
    def _bare_roles(cls, value: object) -> object:
        """Read ``sales:`` without anything behind it as ``sales: {}``."""
        if isinstance(value, Mapping):
            return {name: {} if one is None else one for name, one in value.items()}
        return value

    @property
    def role_names(self) -> tuple[str, ...]:
        """Names of the roles, in the order of the policy."""
        return tuple(self.roles)

    @property
    def first_role(self) -> str:
        """The role whose owners stand in ``owner_id``."""
        return next(iter(self.roles))

    def goal(self, name: str) -> Goal | None:
        """Return the goal's line, or None when it is not listed."""
        return next((goal for goal in self.goals if goal.goal == name), None)

    @property
    def ceilings(self) -> tuple[Goal, ...]:
        """The goals that have a hard limit, in the order of the policy."""
        return tuple(goal for goal in self.goals if goal.max is not None)

    @property
    def stages(self) -> tuple[Stage, ...]:
        """Weighted goals, one stage per priority; a single stage when the goals have weights only.

        ``pool`` always counts: where it is not listed it joins the first stage with weight 1.
        """
        by_priority: dict[int, dict[str, float]] = {}
        slack: dict[int, Amount] = {}
        for goal in self.goals:
            priority = goal.priority or 1
            by_priority.setdefault(priority, {})[goal.goal] = goal.points_per_unit
            if goal.slack is not None:
                slack[priority] = goal.slack
        if not by_priority:
            by_priority[1] = {}
        if self.pool is not None and self.goal("pool") is None:
            by_priority[min(by_priority)]["pool"] = 1.0
        return tuple(
            Stage(weights=weights, slack=slack.get(priority, Amount(number=0.0)), priority=priority)
            for priority, weights in sorted(by_priority.items())
        )

    def lines(self) -> Iterator[tuple[str, Line]]:
        """Yield every line that constrains or costs, with its readable path (``capacity[workload]``)."""
        for rule in self.eligibility.rules:
            yield f"eligibility.rules[{rule.name}]", rule
        for kind, lines in (("capacity", self.capacity), ("balance", self.balance)):
            for name, line in zip(line_names(lines), lines, strict=True):
                yield f"{kind}[{name}]", line
        for kind in ("locks", "holdouts", "conflicts", "groups"):
            for line in getattr(self.keep, kind):
                yield f"keep.{kind}[{line.name}]", line
        for name, budget in zip(line_names(self.disruption.budgets), self.disruption.budgets, strict=True):
            yield f"disruption.budgets[{name}]", budget


@dataclass(frozen=True)
class Stage:
    """Goals that are weighed against each other, and the slack that later stages may use up."""

    weights: Mapping[str, float]
    slack: Amount
    priority: int = 1

    def cap(self, value: float) -> float:
        """Return what the goals may be worth in later stages when they are worth ``value`` here."""
        return value + (self.slack.percent or 0.0) * abs(value) + (self.slack.number or 0.0)


def line_names(lines: tuple[Any, ...]) -> tuple[str, ...]:
    """Return the names by which capacity, balance or budget lines are addressed.

    A line's own ``name``; else its measure where no other unnamed line has it; else measure and position (from 1).
    """
    unnamed = [line.measure if hasattr(line, "measure") else line.of for line in lines if line.name is None]
    names = []
    for position, line in enumerate(lines, start=1):
        measure = line.measure if hasattr(line, "measure") else line.of
        names.append(line.name or (measure if unnamed.count(measure) == 1 else f"{measure} #{position}"))
    return tuple(names)
