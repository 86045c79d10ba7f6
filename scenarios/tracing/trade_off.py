"""A trade-off between two things that a policy knows, as settings of the policy: each point is an ordinary scenario."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from models.check import Judge
from models.findings import Finding, InputRefused, Place, did_you_mean
from models.goal_units import goal_unit
from models.org import Org
from models.policy import GOALS, Policy
from scenarios.comparing.scorecard import Figures
from scenarios.tracing.frontier import AT_ONCE, Ask, Frontier, Reached, trace

CUSTOMERS = "customers"
BUDGET = "frontier"
LARGEST_IN_ORDER = 60_000
"""Up to so many pairs of customer and rep ``y`` and ``x`` are made small one after the other; beyond, together."""
LITTLE = 1e-3
"""What a step along all of ``x`` counts beside one along all of ``y`` where both are made small together."""

Settings = tuple[tuple[str, Any], ...]
SolveOrders = Callable[[Sequence[Settings]], "Sequence[Found | None]"]


@dataclass(frozen=True)
class Found:
    """What a frontier needs to know of a finished plan.

    Attributes
    ----------
    status : str
        ``optimal``, ``feasible``, ``infeasible`` or ``no_plan``.
    goals : mapping of goal to its value in its natural unit
    moved : float
        What chosen moves carry: customers, or the measure that was asked for, each customer once.
    stage_bounds : tuple of float
        The proven bound of each stage, points.
    """

    status: str
    goals: Mapping[str, float]
    moved: float
    stage_bounds: tuple[float, ...]


@dataclass(frozen=True)
class TradeOff:
    """What is made small (``y``), against what (``x``), and how a point becomes settings.

    Attributes
    ----------
    goals : mapping of goal to weight
        ``y``: one goal in its natural unit (weight 1), or several weighed in points.
    against : str
        ``customers`` or a measure, of which chosen moves carry ``x``; or a goal.
    unit, y_unit : str
        Of ``x`` and of ``y``.
    base : float or None
        What ``x`` is a share of: all customers with a present owner, or what they carry; None for a goal.
    in_order : bool
        ``y`` and ``x`` are made small one after the other, so that a point proven is one of the true frontier.
    """

    goals: Mapping[str, float]
    against: str
    unit: str
    y_unit: str
    base: float | None
    in_order: bool
    several_roles: bool
    move_cost: str | None
    beyond_budget: bool
    policy: Mapping[str, Any]

    @property
    def of_moves(self) -> bool:
        """Whether ``x`` is what chosen moves carry, not a goal."""
        return self.base is not None

    @property
    def whole(self) -> bool:
        """Whether ``x`` counts whole things."""
        return self.against == CUSTOMERS

    @property
    def y(self) -> str:
        """What is made small, in words."""
        return " + ".join(self.goals)

    @property
    def x(self) -> str:
        """What it is traced against, in words."""
        return f"{self.against} moved" if self.of_moves else self.against

    @property
    def measure(self) -> str | None:
        """The measure that chosen moves carry; None for a goal."""
        return self.against if self.of_moves else None

    @property
    def _x_goal(self) -> str:
        """The goal that stands for ``x``."""
        if not self.of_moves:
            return self.against
        return "moves" if self.whole else "disruption"

    def settings(self, ask: Ask, weight: float = 0.0) -> Settings:
        """Return the values of the policy, by readable path, that ask a question.

        Parameters
        ----------
        weight
            Points per unit of ``x`` where both are made small together.
        """
        limit = None if ask.limit is None else int(ask.limit) if self.whole else float(ask.limit)
        changes: list[tuple[str, Any]] = [("goals", self._goal_lines(ask, limit, weight))]
        if self.of_moves:
            changes.append(("disruption.budgets", self._budgets(limit)))
        if self.move_cost is not None:
            changes.append(("disruption.move_cost", self.move_cost))
        return tuple(changes)

    def _goal_lines(self, ask: Ask, limit: float | None, weight: float) -> list[dict[str, Any]]:
        written = {line["goal"]: line for line in self.policy.get("goals") or []}
        ours = [*self.goals, self._x_goal]
        lines = []
        for goal in [*ours, *(goal for goal in written if goal not in ours)]:
            line = {key: value for key, value in written.get(goal, {}).items() if key not in ("priority", "slack")}
            line = {"goal": goal, **line, "weight": self.goals.get(goal, 0.0)}
            if goal == self._x_goal:
                line["weight"] = 1.0 if ask.least or self.in_order else weight
                line = self._limited(line, None if self.of_moves else limit)
            if ask.least or self.in_order:
                first = goal == self._x_goal if ask.least else goal in self.goals
                line["priority"] = 1 if first else 2
            lines.append(line)
        return lines

    def _limited(self, line: dict[str, Any], limit: float | None) -> dict[str, Any]:
        own = None if self.beyond_budget else line.get("max")
        limits = [float(one) for one in (own, limit) if one is not None]
        line = {key: value for key, value in line.items() if key != "max"}
        return {**line, "max": min(limits)} if limits else line

    def _budgets(self, limit: float | None) -> list[dict[str, Any]]:
        disruption = self.policy.get("disruption") or {}
        kept = [
            line
            for line in disruption.get("budgets") or []
            if not (self.beyond_budget and line.get("of") == self.against and line.get("per") is None)
        ]
        name = BUDGET
        while any(line.get("name") == name for line in kept):
            name += " limit"
        own = [] if limit is None else [{"name": name, "of": self.against, "max": limit}]
        return [*kept, *own]

    def reached(self, ask: Ask, found: Found | None, weight: float = 0.0, payload: object = None) -> Reached:
        """Return the answer that a finished plan gives to a question; None is no answer."""
        if found is None or found.status == "no_plan":
            return Reached(None, None, -math.inf, "no_plan")
        if found.status == "infeasible":
            return Reached(None, None, math.inf, found.status, math.inf if ask.least else -math.inf)
        y = math.fsum(weight * found.goals[goal] for goal, weight in self.goals.items())
        x = found.moved if self.of_moves else found.goals[self.against]
        x = float(round(x)) if self.whole else x
        if ask.least:
            least = found.stage_bounds[0]
            if self.whole and math.isfinite(least):
                least = math.ceil(least - 1e-6)
            if self.several_roles and self.of_moves:
                least = 0.0  # the goal counts every role
            return Reached(x, y, min(found.stage_bounds[1], y), found.status, min(least, x), payload)
        bound = found.stage_bounds[0]
        if not self.in_order and weight:
            # y + weight * x is at least the bound, and x at most the limit
            bound -= weight * (ask.limit or 0.0)
        return Reached(x, y, min(bound, y), found.status, payload=payload)


def trade_off(
    org: Org,
    policy: Policy,
    document: Mapping[str, Any],
    *,
    goals: Sequence[str] = ("balance",),
    against: str = CUSTOMERS,
    beyond_budget: bool = False,
) -> TradeOff:
    """Read what is to be traded for what.

    Parameters
    ----------
    document
        The policy as plain values, as the project file has it.
    goals
        One goal, or several that are weighed as the policy does.
    against
        ``customers`` (or ``moves``), a measure or a goal.
    beyond_budget
        Lift the policy's own overall budget on what is moved, or its own limit on the goal.

    Raises
    ------
    InputRefused
        When there is no such goal or measure, or one is traded for itself.
    """
    against = CUSTOMERS if against == "moves" else against
    of_moves = against == CUSTOMERS or against in policy.measures
    goals = tuple(dict.fromkeys(goals))
    if policy.pool is not None and "pool" not in (*goals, against):
        goals = (*goals, "pool")  # as in every policy with a pool
    findings = [*_unknown(policy, goals, against, of_moves)]
    if not findings:
        findings = [*_the_same(policy, goals, against, of_moves)]
    if findings:
        raise InputRefused(findings)
    weights = {goal: 1.0 if (line := policy.goal(goal)) is None else line.points_per_unit for goal in goals}
    if len(goals) == 1:
        weights = {goals[0]: 1.0}
    base, measured = None, policy.measures.get(against)
    if of_moves:
        with Judge(org, policy) as judge:
            if against != CUSTOMERS and judge.measures.depends_on_rep(against):
                raise InputRefused([_of_pairs(against)])
            held = judge.holdings.present.any(axis=0)
            base = float(held.sum() if against == CUSTOMERS else judge.measures.once(against)[held].sum())
    move_cost = None
    if measured is not None and of_moves:
        empty = "" if measured.default is None else f"coalesce({measured.value}, {measured.default!r})"
        move_cost = empty or measured.value
    unit = CUSTOMERS if against == CUSTOMERS else measured.unit if measured is not None else goal_unit(policy, against)
    return TradeOff(
        goals=weights,
        against=against,
        unit=unit,
        y_unit=goal_unit(policy, goals[0]) if len(goals) == 1 else "points",
        base=base,
        in_order=org.n_customers * org.n_reps <= LARGEST_IN_ORDER,
        several_roles=len(policy.roles) > 1,
        move_cost=move_cost,
        beyond_budget=beyond_budget,
        policy=document,
    )


def _unknown(policy: Policy, goals: Sequence[str], against: str, of_moves: bool) -> list[Finding]:
    findings = []
    for goal in goals:
        if goal not in GOALS:
            title = "There is no such goal to trace"
            findings.append(
                Finding("TP240", title, Place(file="--goal"), found=repr(goal), hint=did_you_mean(goal, GOALS))
            )
    names = [CUSTOMERS, *policy.measures, *GOALS]
    if not of_moves and against not in GOALS:
        title = "There is neither a measure nor a goal to trace against"
        findings.append(
            Finding("TP240", title, Place(file="--against"), found=repr(against), hint=did_you_mean(against, names))
        )
    for option, goal in [*(("--goal", goal) for goal in goals), *([] if of_moves else [("--against", against)])]:
        without = policy.pool is None if goal == "pool" else policy.goal(goal) is None
        if goal in ("cost", "balance", "misfit", "pool", "wishes", "changes") and without:
            title = f"The policy has nothing by which to measure the goal {goal!r}"
            hint = "Try a goal that is listed under 'goals'"
            findings.append(Finding("TP240", title, Place(file=option), found=goal, hint=hint))
    return findings


def _the_same(policy: Policy, goals: Sequence[str], against: str, of_moves: bool) -> list[Finding]:
    place = Place(file="--against")
    if against in goals or (against == CUSTOMERS and "moves" in goals):
        title = "A goal cannot be traced against itself"
        return [Finding("TP240", title, place, found=against, hint="Try another --goal or --against")]
    measured = of_moves and against != CUSTOMERS
    if measured and "disruption" in goals:
        title = "What a move costs cannot be traced against a measure that moves"
        hint = "Try --against customers, or --goal balance"
        return [Finding("TP240", title, place, found=against, hint=hint)]
    if measured and (line := policy.goal("disruption")) is not None and line.max is not None:
        title = "With a limit on the goal 'disruption' nothing can be traced against a measure that moves"
        return [Finding("TP240", title, place, found=against, hint="Try --against customers, or --against disruption")]
    return []


def _of_pairs(measure: str) -> Finding:
    title = "A measure that differs from rep to rep cannot be counted in moves"
    hint = "Try --against customers"
    return Finding("TP240", title, Place(file="--against"), found=measure, hint=hint)


def found_in(figures: Figures, against: str | None) -> Found:
    """Return what a frontier needs of a plan's figures; ``against`` is what its chosen moves are counted in."""
    if figures.status not in ("optimal", "feasible") or figures.moves is None:
        return Found(figures.status, {}, math.nan, ())
    moved = float(figures.moves.chosen)
    if against is not None and against != CUSTOMERS:
        moved = figures.measures[against].in_motion
    goals = {name: goal.value for name, goal in figures.goals.items()}
    bounds = tuple(-math.inf if stage.bound is None else stage.bound for stage in figures.stages)
    return Found(figures.status, goals, moved, bounds)


def trace_trade_off(
    trade: TradeOff,
    solve_orders: SolveOrders,
    points: int,
    *,
    at_once: int = AT_ONCE,
    stopped: Callable[[], str | None] = lambda: None,
) -> Frontier:
    """Trace a trade-off; ``solve_orders`` plans with each of several settings and may do so at the same time.

    The payload of each point are its settings.
    """
    scale = _Scale()

    def solve_batch(asks: Sequence[Ask]) -> list[Reached]:
        weights = [scale.weight(ask, trade) for ask in asks]
        orders = [trade.settings(ask, weight) for ask, weight in zip(asks, weights, strict=True)]
        answers = [
            trade.reached(ask, found, weight, order)
            for ask, found, weight, order in zip(asks, solve_orders(orders), weights, orders, strict=False)
        ]
        scale.learn(answers)
        return answers

    frontier = trace(solve_batch, points, whole=trade.whole, at_once=at_once, stopped=stopped)
    if trade.in_order:
        return frontier
    # what is made small together with a little of x may be beaten by a hair
    return replace(frontier, complete=False, stopped_by=frontier.stopped_by.replace("complete", "closed"))


@dataclass
class _Scale:
    """How long the two axes are, known once the ends are."""

    wide: float = 0.0
    tall: float = 0.0

    def learn(self, answers: Sequence[Reached]) -> None:
        ends = [(one.x, one.y) for one in answers if one.x is not None and one.y is not None]
        if not self.wide and len(ends) == 2:
            (x0, y0), (x1, y1) = ends
            self.wide, self.tall = abs(x1 - x0), abs(y1 - y0)

    def weight(self, ask: Ask, trade: TradeOff) -> float:
        """Return the weight of ``x`` beside ``y``, 0 where nothing bounds ``x``."""
        if trade.in_order or ask.limit is None or not self.wide:
            return 0.0
        return LITTLE * self.tall / self.wide
