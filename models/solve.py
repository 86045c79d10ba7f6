"""Solve: org and policy in, a checked plan with its certificate out."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from models.check import Judge, judge
from models.check.acceptance import broken_acceptance
from models.engines.elastic import least_violated
from models.engines.prices import price
from models.engines.program import Cap, StageTask
from models.engines.split import solve_in_pieces
from models.engines.stage import ENGINES, Beginning, EngineName, Proof, StageOutcome
from models.engines.stages import solve_stages
from models.formulation.build import Formulation, formulate
from models.formulation.candidates import reason_without_candidate
from models.org import FloatArray, IntArray, Org
from models.plan import Assignment, Judgement, Plan, StageResult, Status
from models.policy import Keep, Policy, Role
from models.problem import Problem
from models.stop import Stop
from models.streamed import solve_streamed
from models.tight_limits import clash_in_words, sums_that_clash
from models.valuation import evaluate
from models.warm import Warm

__all__ = ["ENGINES", "CheckFailed", "Progress", "solve"]

LEAST_KNOWN = 0.5
"""Share of the units that an earlier run must have placed for a warm start; else it is another org."""


@dataclass(frozen=True)
class Progress:
    """Where a solve stands: stage (from 1) of how many, what is being done, best objective and bound in points."""

    stage: int
    stages: int
    doing: str
    objective: float | None
    bound: float | None
    seconds: float


class CheckFailed(Exception):
    """Engine and checker disagree about a plan: a defect of the planner, never of the input."""


def solve(
    org: Org,
    policy: Policy,
    *,
    engine: EngineName = "auto",
    stop: Stop | None = None,
    seed: int = 1,
    progress: Callable[[Progress], None] | None = None,
    evaluate_only: bool = False,
    warm: Warm | None = None,
    proof: Proof = "thorough",
) -> Plan:
    """Plan who owns whom.

    Parameters
    ----------
    engine
        ``auto`` chooses by size; ``highs``, ``scip``, ``cpsat`` and ``cbc`` (through PuLP) solve one mixed-integer
        program.
    stop
        When to stop; by default after a counted amount of work.
    seed
        The same seed gives the same plan as long as no time limit fires.
    progress
        Called now and then with a :class:`Progress`.
    evaluate_only
        *Status quo*: every customer whose owner is eligible stays, the rest are placed by the goals, other hard rules
        are reported but not enforced. The plan's status is then ``evaluated``.

    warm
        An earlier run to begin with: after a small change this takes a fraction of the time, and stops as soon as the
        plan is proven as well as the earlier one was.
    proof
        How hard to prove how good a plan is that a search has found, beyond a few hundred candidates: ``thorough``;
        ``alone``, by a tree on one core without searches beside it; ``none``, when the bound is that of the prices,
        which is weaker and takes a fraction of the time.

    Returns
    -------
    Plan
        Judged by ``models.check``. Infeasible input is an answer: status ``infeasible`` or ``no_plan``.

    Raises
    ------
    InputRefused
        When a measure, a cost or a limit has no usable value.
    CheckFailed
        When engine and checker disagree.
    """
    stop = Stop() if stop is None else stop
    solved_policy = _without_hard_rows(policy) if evaluate_only else policy
    formulation = formulate(org.unanswered if evaluate_only else org, solved_policy)
    if evaluate_only:
        formulation = _staying(formulation)
    problem = formulation.problem
    if problem.n_units and np.diff(problem.start).min() == 0:
        return _no_candidates(formulation, policy, engine, stop, seed)
    hoped = None if warm is None or evaluate_only else warm.choice(formulation)
    if hoped is not None and (hoped >= 0).sum() < LEAST_KNOWN * len(hoped):
        hoped = warm = None
    n_stages = len(problem.stages)

    def solve_one(at: int, caps: tuple[Cap, ...], choice: IntArray | None) -> StageOutcome:
        nonlocal formulation
        weights = formulation.problem.stages[at].weights
        task = StageTask(formulation.problem, weights, caps)

        def report(doing: str, objective: float | None, bound: float | None) -> None:
            if progress is not None:
                progress(Progress(at + 1, n_stages, doing, objective, bound, stop.seconds_used))

        begin = Beginning(choice, proof=proof)
        if warm is not None and hoped is not None:
            last = at == n_stages - 1
            begin = Beginning(
                choice,
                hoped=hoped if choice is None else choice,
                prices=warm.prices_of(task) if last else None,
                gap=warm.gap_to_reach if last else None,
                proof=proof,
            )
        if formulation.whole is None:
            return solve_in_pieces(task, engine, stop, seed, report, begin)
        formulation, outcome = solve_streamed(formulation, weights, caps, engine, stop, seed, report, begin)
        return outcome

    outcomes, caps = solve_stages(problem.stages, ceilings_of(solved_policy), solve_one)
    problem, last = formulation.problem, outcomes[-1]
    weights = problem.stages[len(outcomes) - 1].weights
    if last.choice is None:
        task = StageTask(problem, weights, ceilings_of(solved_policy))
        return _without_plan(formulation, policy, task, last, stop, seed)
    choice, task = last.choice, StageTask(problem, weights, caps)
    assignment = formulation.assignment(choice)
    judgement = judge(org, policy, assignment)
    if not evaluate_only:
        _agree(problem, choice, judgement)
    plan = _plan(task, assignment, judgement, outcomes, engine, stop, seed, evaluate_only)
    return plan if evaluate_only else dataclasses.replace(plan, staying=_staying_costs(formulation, task, last))


def ceilings_of(policy: Policy) -> tuple[Cap, ...]:
    """Return the hard limits on goals, which hold in every stage."""
    return tuple(
        Cap({goal.goal: 1.0}, goal.limit, f"goals[{goal.goal}]") for goal in policy.ceilings if goal.limit is not None
    )


def _plan(
    task: StageTask,
    assignment: Assignment,
    judgement: Judgement,
    outcomes: list[StageOutcome],
    engine: EngineName,
    stop: Stop,
    seed: int,
    evaluated: bool,
) -> Plan:
    """Return the plan; ``task`` is that of the last stage."""
    problem, last = task.problem, outcomes[-1]
    results = []
    for stage, outcome, cap in zip(problem.stages, outcomes, _caps(problem, outcomes), strict=True):
        assert outcome.value is not None
        state: Status = "optimal" if outcome.state == "optimal" else "feasible"
        results.append(StageResult(stage.priority, tuple(stage.weights), outcome.value, outcome.bound, cap, state))
    status: Status = "optimal" if all(result.status == "optimal" for result in results) else "feasible"
    stopped = [outcome.stopped_by for outcome in outcomes if outcome.stopped_by != "proof"]
    return Plan(
        status="evaluated" if evaluated else status,
        assignment=assignment,
        judgement=judgement,
        bound=None if evaluated else min(last.bound, judgement.objective),
        bound_by=None if evaluated else last.bound_by,
        engine=engine,
        engine_reason=last.reason,
        seconds=stop.seconds_used,
        seed=seed,
        stopped_by=stopped[0] if stopped else "proof",
        price_bound=None if evaluated or last.prices is None else min(last.prices.bound, judgement.objective),
        prices={} if evaluated else _named(task, last),
        stages=tuple(results),
    )


def _staying_costs(formulation: Formulation, task: StageTask, outcome: StageOutcome) -> FloatArray | None:
    """Return what staying costs by the prices, shape (roles, customers); see :class:`~models.plan.Plan`."""
    prices = outcome.prices
    if prices is None or outcome.choice is None:
        return None
    if formulation.whole is not None:
        prices = price(task, prices.rows, prices.caps)  # those of all pairs come without reduced costs
    problem, reduced = formulation.problem, prices.reduced
    costs: FloatArray = np.full(problem.n_units, np.nan)
    stays = problem.stay >= 0
    costs[stays] = reduced[problem.stay[stays]] - reduced[outcome.choice[stays]]
    unit_of = formulation.units.unit_of
    staying: FloatArray = np.where(unit_of >= 0, costs[np.maximum(unit_of, 0)] if problem.n_units else np.nan, np.nan)
    return staying


def _caps(problem: Problem, outcomes: list[StageOutcome]) -> list[float | None]:
    """Return the cap each stage leaves to later ones; the last leaves none."""
    values = [outcome.value for outcome in outcomes]
    caps: list[float | None] = [
        stage.cap(value) for stage, value in zip(problem.stages, values, strict=True) if value is not None
    ]
    return [*caps[:-1], None]


def _named(task: StageTask, outcome: StageOutcome) -> dict[str, FloatArray]:
    """Return the multipliers by the names of rows and caps, in points per unit of the row."""
    problem = task.problem
    if outcome.prices is None:
        return {}
    used = np.flatnonzero(outcome.prices.rows)
    named = {problem.rows.names[i]: np.array([outcome.prices.rows[i]]) for i in used}
    for cap, multiplier in zip(task.caps, outcome.prices.caps, strict=True):
        named[cap.name] = np.array([multiplier])
    return named


def _agree(problem: Problem, choice: IntArray, judgement: Judgement) -> None:
    """Compare the engine's values with the checker's."""
    valuation = evaluate(problem, choice)
    wrong = [str(violation.message) for violation in judgement.violations]
    for goal, value in judgement.goals.items():
        mine = valuation.goals.get(goal, 0.0)
        if abs(mine - value.value) > 1e-6 * max(1.0, abs(value.value)):
            wrong.append(f"goal {goal}: the engine counts {mine:.9g}, the checker {value.value:.9g}")
    if wrong:
        raise CheckFailed("the engine's plan does not pass the checker: " + "; ".join(wrong[:10]))


def _without_hard_rows(policy: Policy) -> Policy:
    """Return the policy with eligibility, locks, holdouts and goals without limits only."""
    keep = Keep(families="free", locks=policy.keep.locks, holdouts=policy.keep.holdouts)
    roles = {name: Role(when=role.when) for name, role in policy.roles.items()}
    disruption = policy.disruption.model_copy(update={"budgets": ()})
    goals = tuple(goal.model_copy(update={"max": None}) for goal in policy.goals)
    hard = {"capacity": (), "keep": keep, "roles": roles, "disruption": disruption, "goals": goals}
    return policy.model_copy(update=hard)


def _staying(formulation: Formulation) -> Formulation:
    """Leave every unit that may stay only that candidate."""
    from models.engines.shortlist import shortlist

    problem, candidates = formulation.problem, formulation.candidates
    keep = np.ones(problem.n_candidates, dtype=bool)
    stays = problem.stay >= 0
    keep[stays[problem.unit]] = False
    keep[problem.stay[stays]] = True
    short = shortlist(problem, keep)
    narrowed = dataclasses.replace(candidates, start=short.problem.start, rep=short.problem.rep)
    whole = None if formulation.whole is None else formulation.whole.only(~stays)
    return dataclasses.replace(formulation, problem=short.problem, candidates=narrowed, whole=whole)


def _no_candidates(formulation: Formulation, policy: Policy, engine: EngineName, stop: Stop, seed: int) -> Plan:
    units, candidates = formulation.units, formulation.candidates
    lines = []
    for u in np.flatnonzero(np.diff(candidates.start) == 0):
        members = units.member[units.start[u] : units.start[u + 1]]
        who = ", ".join(str(formulation.org.customer_ids[c]) for c in members[:5])
        path = reason_without_candidate(candidates.effects, int(candidates.last_removed_by[u]))
        lines.append(f"{who}: no rep may own {'it' if len(members) == 1 else 'them together'} ({path})")
    return Plan(
        status="infeasible",
        assignment=None,
        judgement=None,
        bound=None,
        bound_by="eligibility",
        engine=engine,
        engine_reason="some customers have no candidate",
        seconds=stop.seconds_used,
        seed=seed,
        stopped_by="proof",
        explanation=(*_against_what_was_accepted(formulation.org, policy), *lines),
    )


def _without_plan(
    formulation: Formulation,
    policy: Policy,
    task: StageTask,
    outcome: StageOutcome,
    stop: Stop,
    seed: int,
) -> Plan:
    """Return ``infeasible`` or ``no_plan`` with the least violated plan of a task as evidence."""
    evidence = least_violated(task, stop, seed)
    assignment = judgement = None
    lines = _against_what_was_accepted(formulation.org, policy)
    lines += tuple(clash_in_words(clash) for clash in sums_that_clash(formulation))
    if evidence is not None:
        assignment = formulation.assignment(evidence)
        judgement = judge(formulation.org, policy, assignment)
        lines += tuple(one for violation in judgement.violations if (one := violation.message) not in lines)
    return Plan(
        status="infeasible" if outcome.state == "infeasible" else "no_plan",
        assignment=assignment,
        judgement=judgement,
        bound=None,
        bound_by=outcome.bound_by,
        engine=outcome.engine,
        engine_reason=outcome.reason,
        seconds=stop.seconds_used,
        seed=seed,
        stopped_by=outcome.stopped_by,
        explanation=lines,
    )


def _against_what_was_accepted(org: Org, policy: Policy) -> tuple[str, ...]:
    """Say which rules forbid what was accepted of a proposal."""
    if org.proposal is None:
        return ()
    with Judge(org, policy) as one:
        broken = broken_acceptance(one)
    return tuple(dict.fromkeys(f"what was accepted breaks {one.line}: {one.message}" for one in broken))
