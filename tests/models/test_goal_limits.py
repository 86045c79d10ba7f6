"""Goals with a hard limit: it holds in every stage, whatever the goal weighs, and is judged and proven like any row."""

import numpy as np
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from models.check import Judge, judge
from models.check.bound import price_bound
from models.check.multipliers import CertificateRefused
from models.findings import Place
from models.org import Org
from models.policy import Goal, Policy
from models.policy_review import review
from models.solve import ENGINES, solve
from models.stop import Stop
from models.warm import Warm
from tests.middling import middling_org, middling_policy
from tests.oracle import _plans, every_plan
from tests.sizes import solve_as_if_large, stream_everything
from tests.tiny import tiny
from tests.worked import ALL_STAY, OPTIMUM, SECOND, worked_org, worked_plan, worked_policy


def goals(**limits):
    """The worked case's three goals, some with other keys."""
    return [{"goal": goal, **limits.get(goal, {})} for goal in ("balance", "disruption", "misfit")]


def who(org, plan):
    assert plan.assignment is not None
    return " ".join(str(org.rep_ids[rep]) for rep in plan.assignment.owners[0])


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ({"max": "10%"}, "'max' of a goal is a number in the goal's own unit, not '10%'"),
        ({"max": "rep.share"}, "'max' of a goal is a number in the goal's own unit, not 'rep.share'"),
        ({"max": {"west": 3}}, "'max' of a goal is a number in the goal's own unit"),
        ({"max": -1}, "'max' is at least 0: the goal 'travel' is never below it"),
    ],
)
def test_a_limit_is_a_number_in_the_goals_own_unit(line, told):
    with pytest.raises(ValidationError, match=told.replace("(", r"\(")):
        Goal.model_validate({"goal": "travel", **line})


def test_the_weight_stays_one_beside_a_limit():
    goal = Goal.model_validate({"goal": "travel", "max": 120})
    assert (goal.points_per_unit, goal.limit) == (1.0, 120.0)
    assert Goal.model_validate({"goal": "cost", "value": "pair.cost", "max": -5}).limit == -5


def test_a_goal_that_only_limits_is_no_goal_without_effect():
    policy = worked_policy(goals=goals(disruption={"weight": 0, "max": 3}))
    found = review(worked_org(), policy, lambda path: Place())
    assert not [one for one in found if one.code == "TP235"]


def test_a_plan_above_the_limit_is_told_so_in_words():
    org, policy = worked_org(), worked_policy(goals=goals(disruption={"weight": 0, "max": 3}))
    assert judge(org, policy, worked_plan(org, policy, OPTIMUM)).feasible
    (one,) = judge(org, policy, worked_plan(org, policy, SECOND)).violations
    assert (one.line, one.found, one.limit, one.unit) == ("goals[disruption]", 4.0, 3.0, "points")
    assert one.message == "the goal disruption comes to 4 points, at most 3 points"


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(
    ("limits", "plan"),
    [
        ({"balance": {"max": 5}}, SECOND),
        ({"disruption": {"weight": 0, "max": 3}, "misfit": {"weight": 0}}, OPTIMUM),
        ({"disruption": {"max": 2.9}}, ALL_STAY),
        ({"misfit": {"weight": 0}, "balance": {"weight": 0, "max": 1.2}}, SECOND),
    ],
)
def test_every_engine_keeps_a_limit(engine, limits, plan):
    org, policy = worked_org(), worked_policy(goals=goals(**limits))
    found = solve(org, policy, engine=engine)
    assert found.status == "optimal"
    assert who(org, found) == plan
    assert found.objective == pytest.approx(every_plan(org, policy).objective)


def test_a_limit_holds_in_every_stage():
    lines = [
        {"goal": "disruption", "priority": 2, "max": 3},
        {"goal": "balance", "priority": 1},
        {"goal": "misfit", "priority": 2},
    ]
    found = solve(worked_org(), worked_policy(goals=lines))
    assert [stage.value for stage in found.stages] == pytest.approx([8 + 8 / 9, 3])
    assert found.status == "optimal"


@pytest.mark.parametrize("engine", ENGINES)
def test_a_limit_that_no_plan_can_keep_is_proven_so(engine):
    found = solve(worked_org(), worked_policy(goals=goals(balance={"max": 1})), engine=engine)
    assert found.status == "infeasible"
    assert found.stopped_by == "proof"
    # as evidence the plan that comes closest
    assert found.explanation == ("the goal balance comes to 1.11111% of target, at most 1% of target",)


def test_the_status_quo_is_measured_by_limits_and_not_held_to_them():
    found = solve(worked_org(), worked_policy(goals=goals(balance={"max": 1})), evaluate_only=True)
    assert found.status == "evaluated"
    assert found.judgement is not None
    assert "goals[balance]" in [one.line for one in found.judgement.violations]


def test_the_multiplier_of_a_limit_proves_what_rows_alone_do_not():
    org, policy = worked_org(), worked_policy(goals=goals(disruption={"weight": 0, "max": 2.9}))
    found = solve(org, policy)
    prices = {name: float(values[0]) for name, values in found.prices.items()}
    assert prices["goals[disruption]"] > 0
    assert price_bound(org, policy, prices) == pytest.approx(found.price_bound)
    assert price_bound(org, policy, {**prices, "goals[disruption]": 0.0}) < found.price_bound - 1
    with pytest.raises(CertificateRefused, match="must be at least 0"):
        price_bound(org, policy, {**prices, "goals[disruption]": -1.0})
    without = worked_policy(goals=goals(disruption={"weight": 0}))
    with pytest.raises(CertificateRefused, match=r"there is no row goals\[disruption\]"):
        price_bound(org, without, prices)


@pytest.mark.long
def test_a_warm_start_carries_the_multiplier_of_a_limit():
    org, policy = (
        middling_org(),
        middling_policy(goals=[{"goal": "balance"}, {"goal": "travel", "weight": 0, "max": 180}]),
    )
    first = solve(org, policy, stop=Stop(effort=0.2))
    assert first.status in ("optimal", "feasible")
    assert first.judgement is not None
    assert first.judgement.goals["travel"].value <= 180.001
    warm = Warm(
        org.customer_ids,
        np.full(org.n_customers, "owner", dtype=object),
        org.rep_ids[first.assignment.owners[0]],
        {name: float(values[0]) for name, values in first.prices.items()},
        first.gap,
    )
    again = solve(org, policy, stop=Stop(effort=0.2), warm=warm)
    assert again.objective <= first.objective * 1.001
    assert again.price_bound == pytest.approx(first.price_bound, rel=1e-3)


# ---- tiny orgs, against every plan ---------------------------------------------------------------------------


def limited(seed: int) -> tuple[Org, Policy] | None:
    """Return a tiny org whose policy limits one of its goals to a value between the least and the most of any plan."""
    rng = np.random.default_rng(seed)
    org, policy = tiny(seed)
    with Judge(org, policy) as judging:
        judged = [judging.of(plan) for plan in _plans(judging)]
    values = {line.goal: sorted({round(one.goals[line.goal].value, 6) for one in judged}) for line in policy.goals}
    several = [goal for goal, found in values.items() if len(found) > 1]
    if not several:
        return None
    goal = several[int(rng.integers(len(several)))]
    among = values[goal]
    limit = among[int(rng.integers(len(among)))] + 1e-3 * float(rng.choice([-1, 1]))
    if limit < 0 and goal != "cost":
        return None
    weight = float(rng.choice([0, 1, 3]))
    lines = [
        line.model_dump(exclude_none=True, exclude={"max", "slack"})
        | ({"slack": str(line.slack)} if line.slack is not None else {})
        | ({"max": limit, "weight": weight} if line.goal == goal else {})
        for line in policy.goals
    ]
    lines = [{key: value for key, value in line.items() if value != ""} for line in lines]
    return org, policy.model_copy(update={"goals": tuple(map(Goal.model_validate, lines))})


def is_the_best_of_all(seed: int, effort: float = 1.0) -> str | None:
    drawn = limited(seed)
    if drawn is None:
        return None
    org, policy = drawn
    best, plan = every_plan(org, policy), solve(org, policy, stop=Stop(effort=effort))
    where = f"limited({seed})"
    if best.stages is None:
        assert plan.status in ("infeasible", "no_plan"), where
        return plan.status
    assert plan.status != "infeasible", where
    if plan.status == "no_plan":
        return "missed"
    assert plan.judgement is not None
    assert plan.judgement.feasible, where
    prices = {name: float(values[0]) for name, values in plan.prices.items()}
    proven = price_bound(org, policy, prices, [stage.cap for stage in plan.stages[:-1]])
    assert plan.price_bound == pytest.approx(min(proven, plan.objective), rel=1e-6, abs=1e-6), where
    first = 2e-6 * max(1.0, abs(best.stages[0]))
    assert plan.stages[0].bound <= best.stages[0] + first, where
    if plan.status == "optimal":
        assert [stage.value for stage in plan.stages] == pytest.approx(best.stages, rel=2e-6, abs=2e-6), where
    return plan.status


some = settings(derandomize=True, deadline=None, phases=(Phase.generate,), database=None)


@settings(some, max_examples=20)
@given(st.integers(0, 10**9))
def test_the_plan_found_within_a_limit_is_the_best_of_all(seed):
    assert is_the_best_of_all(seed) in (None, "optimal", "infeasible")


@pytest.mark.long
def test_a_limit_holds_on_the_way_of_large_orgs(monkeypatch):
    solve_as_if_large(monkeypatch)
    monkeypatch.setattr("models.engines.search.STEPS", 20)
    told = [is_the_best_of_all(seed, effort=0.2) for seed in range(14)]
    assert told.count("missed") == 0
    assert told.count("infeasible") > 0
    assert told.count("optimal") + told.count("feasible") > 4


@pytest.mark.long
def test_a_limit_holds_where_pairs_are_streamed(monkeypatch):
    stream_everything(monkeypatch)
    told = [is_the_best_of_all(seed, effort=0.1) for seed in range(14)]
    assert told.count("missed") == 0
    assert told.count("optimal") + told.count("feasible") > 3
