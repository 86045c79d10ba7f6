"""What-if questions to a finished plan: what the best plan would be, and cost, if some customers were elsewhere.

The answer is computed by solving again with those customers fixed. Small orgs are solved as a whole. In large ones the
books of a few reps are opened and all others stay; what that costs is exact for the books that were opened, and the
plan's own prices bound it for all.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from types import TracebackType

import numpy as np

from models.check import Judge
from models.engines.prices import Prices, find_prices
from models.engines.program import Cap, StageTask
from models.engines.shortlist import shortlist
from models.engines.split import solve_in_pieces
from models.engines.stage import TINY_CANDIDATES, Beginning, StageOutcome
from models.engines.stages import Staged, solve_stages
from models.explain.answer import Answer, Others, Pin
from models.explain.fewest import choice_of, with_fewest_changes
from models.explain.opened import open_books, silent
from models.expression import Expressions
from models.formulation.build import Formulation, formulate
from models.formulation.candidates import candidates_of
from models.formulation.pairs import Pairs
from models.org import BoolArray, IntArray, Org
from models.plan import UNNEEDED, Assignment, Judgement, Plan, StageResult, Status, is_optimal
from models.policy import Policy
from models.problem import Problem
from models.solve import ceilings_of
from models.stop import Stop
from models.warm import Warm

WHOLE_EFFORT = 0.3
"""Part of the usual work that a whole org is solved again with: it begins with a good plan."""
OPENED = (2_000, 8_000)
"""How many candidates are searched in opened books at first, and when that allows no plan."""


class Questions:
    """Asks what-if questions about a plan that keeps every hard rule; use it in a ``with``.

    Parameters
    ----------
    formulation
        That of org and policy, where there is one already.
    customers
        Positions of those who will be asked about. Where pairs are streamed only theirs are all at hand.
    most_as_a_whole
        With more candidates than this, a few books are opened instead of solving everything again.

    Raises
    ------
    ValueError
        When the plan assigns nobody, or breaks hard rules: then there is nothing to compare with.
    """

    def __init__(
        self,
        org: Org,
        policy: Policy,
        plan: Plan,
        formulation: Formulation | None = None,
        most_as_a_whole: int = TINY_CANDIDATES,
        customers: Sequence[int] = (),
    ) -> None:
        if plan.assignment is None or plan.judgement is None or not plan.judgement.feasible:
            raise ValueError(f"a plan that is {plan.status} cannot be asked what would be instead")
        self.org, self.policy, self.plan, self.assignment = org, policy, plan, plan.assignment
        formulation = formulate(org, policy) if formulation is None else formulation
        self.formulation = _with_pairs(formulation, self.assignment, customers)
        self.problem, self.most_as_a_whole = self.formulation.problem, most_as_a_whole
        self.stages = _known_stages(self.problem, plan, plan.judgement)
        self.warm = Warm.of_plan(org, plan)
        self.choice = self.warm.choice(self.formulation)
        if (self.choice < 0).any():
            raise ValueError("the plan gives a customer to a rep who may not own it")

    def __enter__(self) -> Questions:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if "judge" in self.__dict__:
            self.judge.close()

    @cached_property
    def judge(self) -> Judge:
        """The checker of the org, for every answer."""
        return Judge(self.org, self.policy)

    @cached_property
    def _caps(self) -> tuple[Cap, ...]:
        """The caps of the plan's last stage."""
        caps = ceilings_of(self.policy)
        for at, (stage, result) in enumerate(zip(self.problem.stages, self.stages, strict=False)):
            if at < len(self.problem.stages) - 1:
                caps = (*caps, Cap(stage.weights, stage.cap(result.value), f"stage {at + 1}"))
        return caps

    @cached_property
    def _asked(self) -> Problem:
        """The problem that answers are found for: the fewest other changes count last."""
        return with_fewest_changes(self.problem, self.choice, self.formulation.units.size)

    @property
    def last_task(self) -> StageTask:
        """The plan's last stage."""
        return StageTask(self.problem, self.problem.stages[-1].weights, self._caps)

    @cached_property
    def prices(self) -> Prices:
        """The multipliers of the plan at its last stage, with the bound that they prove here."""
        if not self.plan.prices and self.problem.rows.count:
            found = find_prices(self.last_task)  # a plan that was only measured, or made by hand, brings none
            if found is not None:
                return found
        return self.warm.prices_of(self.last_task)

    def unit_of(self, pin: Pin) -> int:
        """Return the unit of a pin's customer; -1 where the customer does not need the role."""
        return int(self.formulation.units.unit_of[pin.role, pin.customer])

    def estimate(self, pins: Sequence[Pin]) -> float:
        """Return what pins cost by the plan's prices, in points of the last stage; infinite where they cannot be.

        Each unit's priced cost against that of its candidate by the plan: what the change is worth if everything else
        adapts to it at the margin.
        """
        reduced, left = self.prices.reduced, self._left(pins)
        least = sum(float(np.min(reduced[mine], initial=np.inf)) for mine in left.values())
        return least - float(reduced[self.choice[list(left)]].sum())

    def estimated(self, pins: Sequence[Pin]) -> Answer:
        """Answer from the plan's prices alone, without solving again: no plan, and no word of what else changes."""
        estimate = self.estimate(pins)
        if not np.isfinite(estimate):
            return Answer("impossible", low=np.inf, evidence="proven")
        priority = self._priority(len(self.problem.stages) - 1)
        least = self._least_cost(pins)
        cost = max(estimate, least)
        return Answer("found", None, cost, priority, low=least, evidence="estimate", by_prices=cost)

    def ask(self, pins: Sequence[Pin], stop: Stop | None = None) -> Answer:
        """Find the best plan in which every pin holds, and what it costs.

        Parameters
        ----------
        stop
            When to stop; by default after a counted amount of work.
        """
        stop = Stop() if stop is None else stop
        keep = self._allowed(pins)
        for pin in pins:
            unit = self.unit_of(pin)
            if unit < 0 or not keep[self.problem.start[unit] : self.problem.start[unit + 1]].any():
                return Answer("impossible", low=np.inf, evidence="proven", pair=pin)
        holds = bool(keep[self.choice].all())
        if holds and (_all_optimal(self.stages) or self.problem.n_candidates > self.most_as_a_whole):
            return self._as_it_is()
        least = self._least_cost(pins)
        if self.problem.n_candidates <= self.most_as_a_whole:
            found = self._whole(pins, keep, least, stop)
            return self._as_it_is() if holds and (found.cost is None or found.cost >= 0) else found
        return self._local(pins, keep, least, stop)

    def _as_it_is(self) -> Answer:
        """Answer that the plan has it all already; exact where it is proven best, else within what its bound allows."""
        first = next((stage for stage in self.stages if stage.status != "optimal"), None)
        if first is None:
            return Answer("found", self.plan, 0.0, None, 0.0, 0.0, "proven")
        return Answer("found", self.plan, 0.0, None, 0.0, max(0.0, first.value - first.bound), "interval")

    # ---- what pins leave -----------------------------------------------------------------------------------

    def _allowed(self, pins: Sequence[Pin]) -> BoolArray:
        """Flag the candidates that the pins leave, shape (candidates,)."""
        keep = np.ones(self.problem.n_candidates, dtype=bool)
        for unit, mine in self._left(pins).items():
            keep[self.problem.start[unit] : self.problem.start[unit + 1]] = False
            keep[mine] = True
        return keep

    def _left(self, pins: Sequence[Pin]) -> dict[int, IntArray]:
        """Return the candidates that the pins leave to each of their units, by unit."""
        left: dict[int, IntArray] = {}
        for pin in pins:
            unit = self.unit_of(pin)
            if unit >= 0:
                mine = left.get(unit, np.arange(self.problem.start[unit], self.problem.start[unit + 1]))
                left[unit] = mine[(self.problem.rep[mine] == pin.rep) == pin.kept]
        return left

    @cached_property
    def _least_of_all(self) -> float:
        """What the prices prove of any plan, points; only of a single stage is anything known."""
        if len(self.problem.stages) > 1:
            return -np.inf
        if self.formulation.whole is not None:
            # what these prices prove of the pairs at hand, the plan's bound proves of all
            return -np.inf if self.plan.price_bound is None else self.plan.price_bound
        return self.prices.bound

    def _least_cost(self, pins: Sequence[Pin]) -> float:
        """Return what the pins, which leave each unit a candidate, cost at least by the prices."""
        dearer = (float(self.prices.reduced[mine].min()) for mine in self._left(pins).values())
        return max(0.0, self._least_of_all + sum(dearer) - (self.plan.objective or 0.0))

    # ---- the whole org -------------------------------------------------------------------------------------

    def _whole(self, pins: Sequence[Pin], keep: BoolArray, least: float, stop: Stop) -> Answer:
        short = shortlist(self._asked, keep)
        place = np.full(self.problem.n_candidates, -1, dtype=np.int64)
        place[short.kept] = np.arange(len(short.kept))
        hoped = place[self.choice]
        rule = stop.with_effort(WHOLE_EFFORT)

        def solve(at: int, caps: tuple[Cap, ...], choice: IntArray | None) -> StageOutcome:
            task = StageTask(short.problem, short.problem.stages[at].weights, caps)
            begin = Beginning(choice, hoped=hoped if choice is None else choice)
            return solve_in_pieces(task, "auto", rule, self.plan.seed, silent, begin)

        found = solve_stages(short.problem.stages, ceilings_of(self.policy), solve)
        choice = choice_of(found, len(self.problem.stages))
        if choice is None:
            ruled_out = found.outcomes[-1].state == "infeasible" and self.formulation.whole is None
            if ruled_out:
                return Answer("impossible", low=np.inf, evidence="proven")
            return Answer("unknown", low=least)
        plan = self._judged(short.widened(choice), _results(self.problem, found), stop)
        at, cost = _first_difference(self.stages, plan.stages)
        mine, base = plan.stages[at], self.stages[at]
        proven = _all_optimal(plan.stages[: at + 1]) and _all_optimal(self.stages[: at + 1])
        proven &= self.formulation.whole is None
        below = mine.bound - base.value if self.formulation.whole is None else 0.0
        low = cost if proven else max(least, below, 0.0)
        return Answer(
            state="found",
            plan=plan,
            cost=cost,
            priority=self._priority(at),
            low=low,
            high=cost if proven else max(low, mine.value - base.bound),
            evidence="proven" if proven else "interval",
            others=self._others(plan, pins),
        )

    # ---- a few books ---------------------------------------------------------------------------------------

    def _local(self, pins: Sequence[Pin], keep: BoolArray, least: float, stop: Stop) -> Answer:
        units = np.unique([self.unit_of(pin) for pin in pins])
        ceilings = ceilings_of(self.policy)
        for size in OPENED:
            books = open_books(self._asked, self.choice, self.prices.reduced, keep, units, size)
            keep_of_books = books.worth_solving(len(self.problem.stages) - 1, self._caps, self.prices, self.plan.seed)
            pinned = keep_of_books & books.pinned
            found = books.solved(pinned, ceilings, stop, self.plan.seed)
            choice = choice_of(found, len(self.problem.stages))
            if choice is not None or stop.reason is not None:
                break
        if choice is None:
            return Answer("unknown", low=least, opened=books.reps)
        before = books.solved(keep_of_books, ceilings, stop, self.plan.seed)
        results = _results(self.problem, found, books.elsewhere)
        plan = self._judged(books.widened(pinned, choice), results, stop)
        base = _results(self.problem, before, books.elsewhere)
        if len(base) < len(self.problem.stages):
            base = self.stages  # out of time: the plan stands as it is
        at, cost = _first_difference(base, plan.stages)
        off = sum(
            0.0 if one.state == "optimal" or one.value is None else one.value - one.bound
            for one in (found.outcomes[at], before.outcomes[min(at, len(before.outcomes) - 1)])
        )
        stands = self.stages[at]
        return Answer(
            state="found",
            plan=plan,
            cost=cost,
            priority=self._priority(at),
            low=least,
            high=max(least, plan.stages[at].value - stands.bound),
            evidence="local",
            by_prices=max(self.estimate(pins), least),
            off=off,
            opened=books.reps,
            others=self._others(plan, pins),
            improved=0.0 if is_optimal(stands.value, base[at].value) else stands.value - base[at].value,
        )

    # ---- what was found ------------------------------------------------------------------------------------

    def _judged(self, choice: IntArray, stages: tuple[StageResult, ...], stop: Stop) -> Plan:
        assignment = self.formulation.assignment(choice)
        return Plan(
            status="optimal" if _all_optimal(stages) else "feasible",
            assignment=assignment,
            judgement=self.judge.of(assignment),
            bound=None,
            bound_by=None,
            engine="auto",
            engine_reason="solved again with some customers fixed",
            seconds=stop.seconds_used,
            seed=self.plan.seed,
            stopped_by=stop.reason or "work",
            stages=stages,
        )

    def _priority(self, at: int) -> int | None:
        return self.problem.stages[at].priority if len(self.problem.stages) > 1 else None

    def _others(self, plan: Plan, pins: Sequence[Pin]) -> Others:
        """Return all whose owner is another one than by the plan asked about, but for the units of the pins."""
        assert plan.assignment is not None
        differs = plan.assignment.owners != self.assignment.owners
        differs &= self.assignment.owners != UNNEEDED
        for pin in pins:
            differs[pin.role] &= self.formulation.units.unit_of[pin.role] != self.unit_of(pin)
        return Others(*np.nonzero(differs))


def _known_stages(problem: Problem, plan: Plan, judgement: Judgement) -> tuple[StageResult, ...]:
    """Return what is known of a plan's stages: of one that was only measured, or made by hand, the values alone."""
    if plan.status != "evaluated" and len(plan.stages) == len(problem.stages):
        return plan.stages
    return tuple(
        StageResult(stage.priority, tuple(stage.weights), value, -np.inf, None, "feasible")
        for stage, value in zip(problem.stages, judgement.stage_values, strict=True)
    )


def _with_pairs(formulation: Formulation, assignment: Assignment, customers: Sequence[int]) -> Formulation:
    """Return the formulation with each unit's candidate of the plan, and every candidate of some customers' units.

    Where pairs are not streamed it has them all.
    """
    if formulation.whole is None:
        return formulation
    units = formulation.units
    owner = assignment.owners[units.role, units.member[units.start[:-1]]]
    unit, rep = [np.arange(units.count)], [owner]
    asked = np.unique(units.unit_of[:, list(customers)])
    with Expressions(formulation.org, formulation.policy) as expressions:
        for one in asked[asked >= 0]:
            alone = formulation.whole.eligible.of(np.array([one]))[0]
            found = candidates_of(formulation.org, formulation.policy, alone, expressions)
            unit.append(np.full(len(found.rep), one))
            rep.append(found.rep.astype(np.int64))
    units_of, reps = np.concatenate(unit), np.concatenate(rep)
    missing = ~Pairs(formulation.problem.start, formulation.problem.rep).find(units_of, reps)[1]
    pairs = np.unique(np.stack([units_of[missing], reps[missing]]), axis=1)
    return formulation.widened(*pairs) if missing.any() else formulation


def _results(problem: Problem, found: Staged, elsewhere: Sequence[float] | None = None) -> tuple[StageResult, ...]:
    """Return the stages' values, and their bounds where nothing was left out (``elsewhere`` None)."""
    results = []
    for at, (stage, outcome) in enumerate(zip(problem.stages, found.outcomes, strict=False)):  # one more counts changes
        if outcome.value is None:
            break
        value = outcome.value + (0.0 if elsewhere is None else elsewhere[at])
        status: Status = "optimal" if outcome.state == "optimal" else "feasible"
        bound = outcome.bound if elsewhere is None else -np.inf
        results.append(StageResult(stage.priority, tuple(stage.weights), value, bound, None, status))
    return tuple(results)


def _all_optimal(stages: Sequence[StageResult]) -> bool:
    return all(stage.status == "optimal" for stage in stages)


def _first_difference(base: Sequence[StageResult], instead: Sequence[StageResult]) -> tuple[int, float]:
    """Return the first stage in which two plans differ in value (the last one if in none), and by how many points."""
    for at, (one, other) in enumerate(zip(base, instead, strict=True)):
        if abs(other.value - one.value) > 2e-6 * max(1.0, abs(one.value)):
            return at, other.value - one.value
    return len(base) - 1, 0.0
