"""What limits are worth at a plan: the prices of everything that binds, summed up by region, team and skill."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np

from models.formulation.build import Formulation
from models.org import FloatArray, listed
from models.policy import CUSTOMERS, line_names
from models.valuation import least_aux
from scenarios.advising.called import called_reps
from scenarios.advising.limits import PricedBlock, priced_blocks
from scenarios.advising.rent import Rent, read_demand
from scenarios.advising.standing import Ground

Side = Literal["most", "least"]
_TOLD = ("capacity", "balance", "group", "budget", "conflict")
_NOTHING = 1e-7
"""A limit whose tenth is worth less, relative to the objective, is worth nothing."""


@dataclass(frozen=True)
class LimitWorth:
    """One limit that binds.

    Attributes
    ----------
    line, kind : str
        Path of the policy line, and what sort of line it is: ``capacity``, ``balance``, ``group``, ``budget``,
        ``conflict``, ``goal``, ``stage``.
    label, who : str
        The rep, team or region as the tables have it, and what people call it; ``overall`` where it is nobody's.
    side : str
        ``most`` for an upper limit or the upper edge of a band, ``least`` for a lower one.
    price : float
        Points that one unit more (of ``least``: less) saves.
    used, limit : float
        What the plan has of it, and the limit, in ``unit``.
    """

    line: str
    kind: str
    label: str
    who: str
    side: Side
    measure: str
    unit: str
    price: float
    used: float
    limit: float


@dataclass(frozen=True)
class SharedWorth:
    """What more room in the books of some reps is worth: those of a region or of a team.

    Attributes
    ----------
    price : float
        Points that one unit more of room saves, the mean over the reps.
    binding, reps : int
        For how many of how many reps the limit or the band's upper edge binds.
    """

    line: str
    kind: str
    label: str
    measure: str
    unit: str
    price: float
    binding: int
    reps: int


@dataclass(frozen=True)
class SkillWorth:
    """What the customers who need a skill pay for room, points per customer, beside those who do not.

    With one more able rep who has room to spare they would be so much cheaper.
    """

    skill: str
    customers: int
    paid: float
    others: float


@dataclass(frozen=True)
class StageWorth:
    """What is worth something in one stage, the dearest first.

    ``point`` says what one point is, in each goal's own unit.
    """

    goals: tuple[str, ...]
    point: tuple[str, ...]
    limits: tuple[LimitWorth, ...]
    regions: tuple[SharedWorth, ...]
    teams: tuple[SharedWorth, ...]
    skills: tuple[SkillWorth, ...]


@dataclass(frozen=True)
class Worth:
    """What everything that binds is worth, stage by stage."""

    stages: tuple[StageWorth, ...]


def worth_of(ground: Ground) -> Worth:
    """Say what the limits of a plan are worth, at the multipliers of its certificate."""
    return Worth(tuple(_Stage(ground, k).worth() for k in range(len(ground.prices))))


class _Stage:
    """One stage of a plan, priced."""

    def __init__(self, ground: Ground, k: int) -> None:
        self.ground, self.k = ground, k
        self.formulation: Formulation = ground.formulation
        self.prices = ground.prices[k]
        self.least = _NOTHING * max(1.0, abs(ground.standing.stages[k].value))
        self.blocks = priced_blocks(ground, self.prices.rows)

    def worth(self) -> StageWorth:
        """Return what is worth something."""
        stage = self.formulation.problem.stages[self.k]
        limits = [*self._limits(), *self._caps()]
        weight = {id(one): one.price * max(abs(one.limit), 1.0) for one in limits}
        return StageWorth(
            goals=tuple(stage.weights),
            point=tuple(_points(self.formulation, stage.weights)),
            limits=tuple(sorted(limits, key=lambda one: -weight[id(one)])),
            regions=tuple(self._shared(self._by_region)),
            teams=tuple(self._shared(self._by_team)),
            skills=tuple(self._skills()),
        )

    # ---- limits ----------------------------------------------------------------------------------------

    def _limits(self) -> Iterator[LimitWorth]:
        first = 0
        for priced in self.blocks:
            block = priced.block
            if block.kind in _TOLD:
                measure, unit = self._measure(priced)
                for side, worth in (("most", priced.more), ("least", priced.less)):
                    for j in np.flatnonzero(worth * 0.1 * np.maximum(block.scale, 1.0) > self.least).tolist():
                        used, limit = self._used(priced, j, first + j, side == "most")
                        yield LimitWorth(
                            block.line,
                            block.kind,
                            block.labels[j],
                            self._who(block.labels[j]),
                            "most" if side == "most" else "least",
                            measure,
                            unit,
                            float(worth[j]),
                            used,
                            limit,
                        )
            first += block.count

    def _caps(self) -> Iterator[LimitWorth]:
        policy, judgement = self.formulation.policy, self.ground.plan.judgement
        assert judgement is not None
        for goal, price in zip(policy.ceilings, self.prices.caps, strict=False):
            if price > 0 and goal.limit is not None:
                value = judgement.goals[goal.goal]
                name = f"goals[{goal.goal}]"
                yield LimitWorth(
                    name, "goal", goal.goal, "", "most", goal.goal, value.unit, float(price), value.value, goal.limit
                )
        earlier = self.ground.standing.stages[self.k].caps
        later = self.prices.caps[len(policy.ceilings) :]
        for cap, price, used in zip(earlier, later, judgement.stage_values, strict=False):
            if price > 0:
                goals = " and ".join(cap.weights)
                yield LimitWorth(
                    cap.name, "stage", cap.name, "", "most", goals, "points", float(price), used, cap.limit
                )

    def _measure(self, priced: PricedBlock) -> tuple[str, str]:
        """Return what a line counts, and in which unit."""
        policy, name = self.formulation.policy, priced.name
        if priced.block.kind == "capacity":
            measure = policy.capacity[line_names(policy.capacity).index(name)].measure
        elif priced.block.kind == "balance":
            measure = policy.balance[line_names(policy.balance).index(name)].measure
        elif priced.block.kind == "budget":
            budgets = policy.disruption.budgets
            measure = budgets[line_names(budgets).index(name)].of
        else:
            measure = CUSTOMERS
        line = policy.measures.get(measure)
        return measure, CUSTOMERS if measure == CUSTOMERS else line.unit if line is not None else ""

    def _used(self, priced: PricedBlock, j: int, row: int, upper: bool) -> tuple[float, float]:
        """Return what a row has of its limit, and the limit, as the policy states them."""
        block = priced.block
        limit = float(block.upper[j] if upper else block.lower[j])
        if block.kind == "balance":
            line = self.formulation.policy.balance[line_names(self.formulation.policy.balance).index(priced.name)]
            return self._book(line.measure, self.formulation.org.rep_positions[block.labels[j]]), limit
        # rows of regions and budgets are shifted by what is always there
        shift = 0.0
        if block.kind in ("capacity", "budget"):
            end = block.upper[j] if np.isfinite(block.upper[j]) else block.lower[j]
            shift = float(block.scale[j] - end) if (np.isfinite(end) and end >= 0) or block.kind == "budget" else 0.0
            if block.kind == "capacity" and self._is_by_region(priced):
                shift = float(block.scale[j] - end)
        return float(self._activity[row]) + shift, limit + shift

    def _is_by_region(self, priced: PricedBlock) -> bool:
        lines = self.formulation.policy.capacity
        return lines[line_names(lines).index(priced.name)].per == "region"

    def _book(self, measure: str, rep: int) -> float:
        """Return what a rep's book carries of a measure."""
        units, assignment = self.formulation.units, self.ground.plan.assignment
        assert assignment is not None
        owner = assignment.owners[units.role_of_member, units.member]
        mine = np.flatnonzero(owner == rep)
        values = self._with_reps(measure)
        return float(values[mine].sum())

    def _with_reps(self, measure: str) -> FloatArray:
        if measure not in self._weighed:
            amounts, units, assignment = (
                self.formulation.amounts,
                self.formulation.units,
                self.ground.plan.assignment,
            )
            assert assignment is not None
            values = np.zeros(len(units.member))
            if amounts.depends_on_rep(measure):
                from models.expression import Expressions

                owner = assignment.owners[units.role_of_member, units.member]
                owned = np.flatnonzero(owner >= 0)
                with Expressions(self.formulation.org, self.formulation.policy) as expressions:
                    values[owned] = amounts.by(expressions).of_pairs(measure, owned, owner[owned])
            else:
                values = amounts.of_members(measure)
            self._weighed[measure] = values
        return self._weighed[measure]

    @cached_property
    def _weighed(self) -> dict[str, FloatArray]:
        return {}

    @cached_property
    def _activity(self) -> FloatArray:
        problem, choice = self.formulation.problem, self.ground.choice
        activity: FloatArray = problem.rows.activity(np.maximum(choice, 0), choice >= 0)
        if problem.n_aux:
            activity = activity + problem.rows.aux @ least_aux(problem, activity)
        return activity

    def _who(self, label: str) -> str:
        org = self.formulation.org
        position = org.rep_positions.get(label)
        return label if position is None else self._called[position]

    @cached_property
    def _called(self) -> list[str]:
        return called_reps(self.formulation.org)

    # ---- regions, teams, skills ------------------------------------------------------------------------

    def _shared(self, kinds: Mapping[str, set[str]]) -> Iterator[SharedWorth]:
        """Yield what room is worth, line by line, for sets of reps by label."""
        found = []
        for line in dict.fromkeys(one.block.line for one in self.blocks if one.block.kind in ("capacity", "balance")):
            same = [one for one in self.blocks if one.block.line == line]
            price = {
                label: float(more - less)
                for one in same
                for label, more, less in zip(one.block.labels, one.more, one.less, strict=True)
            }
            measure, unit = self._measure(same[0])
            scale = max(float(one.block.scale.max(initial=0.0)) for one in same)
            for label, reps in kinds.items():
                mine = [price[rep] for rep in reps if rep in price]
                if not mine or not any(one > 0 for one in mine):
                    continue
                mean = float(np.mean(mine))
                if mean * 0.1 * max(scale, 1.0) > self.least:
                    binding = sum(one > 0 for one in mine)
                    kind = same[0].block.kind
                    worth = SharedWorth(line, kind, label, measure, unit, mean, binding, len(mine))
                    found.append((mean * scale, worth))
        yield from (worth for _, worth in sorted(found, key=lambda one: -one[0]))

    @cached_property
    def _by_region(self) -> dict[str, set[str]]:
        org = self.formulation.org
        found: dict[str, set[str]] = {}
        for rep, cell in zip(org.rep_ids, org.reps.get("regions", ()), strict=False):
            for region in listed(cell) if isinstance(cell, str) else ():
                found.setdefault(region, set()).add(str(rep))
        return found

    @cached_property
    def _by_team(self) -> dict[str, set[str]]:
        org = self.formulation.org
        found: dict[str, set[str]] = {}
        for rep, team in zip(org.rep_ids, org.reps.get("team", ()), strict=False):
            if isinstance(team, str) and team.strip():
                found.setdefault(team, set()).add(str(rep))
        return found

    def _skills(self) -> Iterator[SkillWorth]:
        """Yield the skills whose customers pay more for room than others do, the dearest first."""
        demand, rent = read_demand(self.ground), Rent(self.ground, self.prices.rows)
        size = self.formulation.units.size
        found = []
        for s, skill in enumerate(demand.names):
            need = demand.need[:, s] > 0
            if not need.any():
                continue
            customers = int(size[need].sum())
            paid = float(rent.paid[need].sum()) / customers
            others = float(rent.paid[~need].sum()) / max(int(size[~need].sum()), 1)
            if paid > max(self.least, others):
                found.append(SkillWorth(skill, customers, paid, others))
        yield from sorted(found, key=lambda one: -one.paid)


def _points(formulation: Formulation, weights: Mapping[str, float]) -> Iterator[str]:
    """Yield what one point is in the unit of each goal that counts."""
    policy = formulation.policy
    for goal, weight in weights.items():
        if weight <= 0:
            continue
        much = 1.0 / weight
        if goal == "balance":
            for name, line in zip(line_names(policy.balance), policy.balance, strict=True):
                if line.weight > 0:
                    yield f"{much / line.weight:.4g}% of one rep's target of {name} outside the band"
        elif goal == "disruption" and policy.disruption.move_cost is not None:
            yield f"a cost of moves of {much:.4g}"
        elif goal in ("disruption", "moves"):
            yield f"{much:.4g} {'customer' if much == 1 else 'customers'} moved by choice"
        elif goal == "travel":
            yield f"{much:.4g} h of travel"
        elif goal == "cost":
            line_of_cost = policy.goal("cost")
            unit = line_of_cost.unit if line_of_cost is not None else ""
            yield f"{much:.4g} {unit or 'of cost'}"
        elif goal == "misfit":
            yield f"a penalty of {much:.4g} for a customer who does not fit"
        elif goal == "changes":
            yield f"{much:.4g} {'customer' if much == 1 else 'customers'} with another owner than in the proposal"
        elif goal == "wishes":
            yield f"a weight of {much:.4g} of a wish that is not honoured"
        else:
            yield f"a penalty of {much:.4g} for a customer in the pool"
