"""Laws that hold for every org and policy, told by the values of proven optima on tiny random ones."""

import dataclasses
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from models.amount import Amount
from models.check import judge
from models.engines.prices import find_prices, price
from models.engines.program import StageTask
from models.engines.stage import solve_stage
from models.formulation.build import formulate
from models.org import Org
from models.policy import Lock, Policy
from models.presence import departed, owners_today
from models.problem import Problem, RowBlock
from models.solve import solve
from models.stop import Stop
from models.valuation import evaluate, least_aux
from tests.tiny import tiny

SEEDS = st.integers(min_value=0, max_value=10**9)
some = settings(derandomize=True, deadline=None, phases=(Phase.generate,), database=None)


def best(org: Org, policy: Policy) -> list[float] | None:
    """Return the stages' values of the best plan, None where no plan exists."""
    plan = solve(org, policy)
    assert plan.status in ("optimal", "infeasible")
    return [stage.value for stage in plan.stages] if plan.status == "optimal" else None


def same_values(one: list[float] | None, other: list[float] | None) -> bool:
    if one is None or other is None:
        return one is other
    return one == pytest.approx(other, rel=2e-6, abs=2e-6)


def a_plan_passes_the_checker_and_is_worth_what_it_says(seed: int) -> None:
    org, policy = tiny(seed)
    plan = solve(org, policy)
    if plan.status == "infeasible":
        return
    assert plan.assignment is not None
    judgement = judge(org, policy, plan.assignment)
    assert judgement.feasible
    assert judgement.objective == plan.objective
    *earlier, last = zip(plan.stages, judgement.stage_values, strict=True)
    assert last[0].value == pytest.approx(last[1])
    for stage, value in earlier:  # later stages may use up the slack
        assert stage.cap is not None
        assert value <= stage.cap + 1e-6 * max(1.0, abs(stage.cap))


def a_bound_is_never_above_the_plan(seed: int) -> None:
    org, policy = tiny(seed)
    plan = solve(org, policy)
    for stage in plan.stages:
        assert stage.bound <= stage.value
    if plan.price_bound is not None:
        assert plan.bound is not None
        assert plan.objective is not None
        assert plan.price_bound <= plan.bound + 1e-6 * max(1.0, abs(plan.bound))
        assert plan.bound <= plan.objective


def whatever_prices_prove_is_below_the_best_plan(seed: int) -> None:
    org, policy = tiny(seed)
    plan = solve(org, policy)
    if plan.status == "infeasible":
        return
    problem, value = formulate(org, policy).problem, plan.stages[0].value
    task = StageTask(problem, problem.stages[0].weights)
    best_prices = find_prices(task)
    assert best_prices is not None
    room = 1e-6 * max(1.0, abs(value))
    assert best_prices.bound <= value + room
    rng = np.random.default_rng(seed)
    for size in (0.01, 1.0, 100.0):
        drawn = best_prices.rows + size * rng.normal(size=problem.rows.count)
        assert price(task, drawn, np.zeros(0)).bound <= best_prices.bound + room


def the_order_of_rows_does_not_matter(seed: int) -> None:
    org, policy = tiny(seed)
    rng = np.random.default_rng(seed)
    tables: dict[str, Any] = {}
    for name in ("customers", "reps", "pairs", "regions"):
        table = getattr(org, name)
        if table is not None:
            tables[name] = table.iloc[rng.permutation(len(table))].reset_index(drop=True)
    assert same_values(best(org, policy), best(dataclasses.replace(org, **tables), policy))


def names_do_not_matter(seed: int) -> None:
    org, policy = tiny(seed)
    assert same_values(best(org, policy), best(*renamed(org, policy)))


def renamed(org: Org, policy: Policy) -> tuple[Org, Policy]:
    """Rename customers and reps; the order of the ids stays, for it settles ties of ``nearest``."""

    def table(name: str) -> Any:
        frame = getattr(org, name)
        if frame is None:
            return None
        frame = frame.copy()
        for column in frame.columns:
            if column in ("customer_id", "rep_id") or column.startswith("owner_id"):
                frame[column] = frame[column].map(lambda cell: f"no. {cell}", na_action="ignore")
        return frame

    def by_rep(amount: Amount | None, per: str | None) -> Amount | None:
        if amount is None or amount.by_label is None or per != "rep":
            return amount
        return Amount(by_label={f"no. {rep}": one for rep, one in amount.by_label.items()})

    capacity = tuple(
        line.model_copy(update={"min": by_rep(line.min, line.per), "max": by_rep(line.max, line.per)})
        for line in policy.capacity
    )
    budgets = tuple(line.model_copy(update={"max": by_rep(line.max, line.per)}) for line in policy.disruption.budgets)
    conflicts = tuple(
        line.model_copy(update={"customers": tuple(f"no. {one}" for one in line.customers)})
        for line in policy.keep.conflicts
    )
    sections = {
        "capacity": capacity,
        "disruption": policy.disruption.model_copy(update={"budgets": budgets}),
        "keep": policy.keep.model_copy(update={"conflicts": conflicts}),
    }
    tables = {name: table(name) for name in ("customers", "reps", "pairs")}
    return dataclasses.replace(org, **tables), policy.model_copy(update=sections)


def a_rule_less_is_never_worse(seed: int) -> None:
    org, policy = tiny(seed)
    found = best(org, policy)
    rng = np.random.default_rng(seed)
    freer = [
        policy.model_copy(update={"capacity": without_one(policy.capacity, rng)}),
        policy.model_copy(
            update={
                "disruption": policy.disruption.model_copy(
                    update={"budgets": without_one(policy.disruption.budgets, rng)}
                )
            }
        ),
        policy.model_copy(update={"keep": policy.keep.model_copy(update={"groups": (), "conflicts": ()})}),
    ]
    changed = [one for one in freer if one != policy]
    if found is None or not changed:
        return
    loosened = best(org, changed[int(rng.integers(len(changed)))])
    assert loosened is not None
    assert loosened[0] <= found[0] + 2e-6 * max(1.0, abs(found[0]))


def without_one(lines: tuple[Any, ...], rng: np.random.Generator) -> tuple[Any, ...]:
    named = tuple(line.model_copy(update={"name": f"line {at}"}) for at, line in enumerate(lines))
    if not lines:
        return lines
    gone = int(rng.integers(len(lines)))
    return named[:gone] + named[gone + 1 :]


def the_unit_of_a_measure_does_not_matter(seed: int) -> None:
    org, policy = tiny(seed)
    assert same_values(best(org, policy), best(org, in_thousandths(policy)))


def in_thousandths(policy: Policy) -> Policy:
    """Count every measure in a unit a thousand times smaller, and every limit with it."""

    def finer(amount: Amount | None, measure: str) -> Amount | None:
        if amount is None or measure == "customers":
            return amount
        if amount.by_label is not None:
            labels = {label: finer(one, measure) for label, one in amount.by_label.items()}
            return Amount(by_label={label: one for label, one in labels.items() if one is not None})
        if amount.number is not None:
            return Amount(number=amount.number * 1000)
        return amount if amount.expression is None else Amount(expression=f"({amount.expression}) * 1000")

    measures = {
        name: one.model_copy(
            update={"value": f"({one.value}) * 1000", "default": None if one.default is None else one.default * 1000}
        )
        for name, one in policy.measures.items()
    }
    capacity = tuple(
        line.model_copy(update={"min": finer(line.min, line.measure), "max": finer(line.max, line.measure)})
        for line in policy.capacity
    )
    balance = tuple(
        line.model_copy(update={"target": finer(line.target, line.measure)}) if line.target.number else line
        for line in policy.balance
    )
    budgets = tuple(line.model_copy(update={"max": finer(line.max, line.of)}) for line in policy.disruption.budgets)
    disruption = policy.disruption.model_copy(update={"budgets": budgets})
    update = {"measures": measures, "capacity": capacity, "balance": balance, "disruption": disruption}
    return policy.model_copy(update=update)


def a_locked_customer_stays(seed: int) -> None:
    org, policy = tiny(seed)
    rng = np.random.default_rng(seed)
    owners = owners_today(org, policy)
    stays = (owners >= 0) & ~departed(org)[np.maximum(owners, 0)]
    until = org.customers["lock_until"]
    stays &= (until.isna() | (until >= np.datetime64(org.period.start))).to_numpy()
    if not stays.any():
        return
    role, customer = rng.permutation(np.argwhere(stays))[0]
    lock = Lock(name="this one", when=f"customer.customer_id = '{org.customer_ids[customer]}'")
    keep = policy.keep.model_copy(update={"locks": (*policy.keep.locks, lock)})
    plan = solve(org, policy.model_copy(update={"keep": keep}))
    if plan.status == "infeasible":
        return
    assert plan.assignment is not None
    needed = plan.assignment.owners[role, customer] != -2
    assert not needed or plan.assignment.owners[role, customer] == owners[role, customer]


def the_same_seed_gives_the_same_plan(seed: int) -> None:
    org, policy = tiny(seed)
    one, other = solve(org, policy), solve(org, policy)
    assert one.status == other.status
    assert one.bound == other.bound
    if one.assignment is not None:
        assert other.assignment is not None
        assert one.assignment.owners.tolist() == other.assignment.owners.tolist()


def limits_around_a_plan_never_exclude_it(seed: int) -> None:
    org, policy = tiny(seed)
    problem = formulate(org, policy).problem
    width = np.diff(problem.start)
    if width.min(initial=1) == 0:
        return
    rng = np.random.default_rng(seed)
    planted = problem.start[:-1] + (rng.random(len(width)) * width).astype(np.int64)
    around = limited(problem, planted)
    task = StageTask(around, around.stages[0].weights)
    value = evaluate(around, planted).value(task.weights)
    for engine in ("auto", "scip", "cpsat"):
        outcome = solve_stage(task, engine, Stop(), 1, lambda *_: None)
        assert outcome.state == "optimal"
        assert outcome.value is not None
        assert outcome.value <= value + 1e-6 * max(1.0, abs(value))


def limited(problem: Problem, planted: np.ndarray) -> Problem:
    """Draw every hard limit as tight around a plan as it can be."""
    chosen = np.zeros(problem.n_candidates)
    chosen[planted] = 1.0
    rows = problem.rows
    activity = rows.matrix @ chosen
    if problem.n_aux:
        activity = activity + rows.aux @ least_aux(problem, activity)
    blocks: list[RowBlock] = []
    at = 0
    for block in problem.blocks:
        mine = activity[at : at + block.count]
        at += block.count
        if block.kind in ("capacity", "group", "budget"):
            upper = np.where(np.isfinite(block.upper), mine, np.inf)
            lower = np.where(np.isfinite(block.lower), mine, -np.inf)
            block = dataclasses.replace(block, lower=lower, upper=upper, scale=np.abs(mine))
        elif block.kind in ("conflict", "pairing"):
            block = dataclasses.replace(block, lower=np.minimum(block.lower, mine), upper=np.maximum(block.upper, mine))
        blocks.append(block)
    return dataclasses.replace(problem, blocks=tuple(blocks))


LAWS: tuple[Callable[[int], None], ...] = (
    a_plan_passes_the_checker_and_is_worth_what_it_says,
    a_bound_is_never_above_the_plan,
    whatever_prices_prove_is_below_the_best_plan,
    the_order_of_rows_does_not_matter,
    names_do_not_matter,
    a_rule_less_is_never_worse,
    the_unit_of_a_measure_does_not_matter,
    a_locked_customer_stays,
    the_same_seed_gives_the_same_plan,
    limits_around_a_plan_never_exclude_it,
)


@pytest.mark.parametrize("law", LAWS, ids=lambda law: law.__name__)
@settings(some, max_examples=10)
@given(SEEDS)
def test_it_is_a_law_that(law, seed):
    law(seed)


@pytest.mark.long
@pytest.mark.parametrize("law", LAWS, ids=lambda law: law.__name__)
@settings(some, max_examples=150)
@given(SEEDS)
def test_it_is_a_law_for_many_orgs_that(law, seed):
    law(seed)
