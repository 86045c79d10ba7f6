"""Wishes and circulated proposals on random tiny orgs: engine, checker and naive scorer count them alike."""

from dataclasses import replace

import numpy as np
import pytest

from models.check import Judge
from models.check.bound import price_bound
from models.explain.wishes import hear_wishes
from models.formulation.build import formulate
from models.plan import Plan
from models.policy import Policy
from models.solve import solve
from models.stop import Stop
from models.valuation import evaluate
from tests.asked import asked
from tests.models.test_check_twice import assignments, positions
from tests.naive import score
from tests.naive_org import NaiveOrg
from tests.oracle import best_of, every_plan, judged_plans
from tests.properties.test_engines_against_every_plan import choices
from tests.sizes import stream_everything


def scorers_agree(seed: int) -> None:
    org, policy = asked(seed)
    known = NaiveOrg(org, policy)
    with Judge(org, policy) as judge:
        for assignment in assignments(judge, seed):
            found, expected = judge.of(assignment), score(org, policy, assignment, known)
            where = f"asked({seed}): {assignment.owners.tolist()}"
            assert {one.line for one in found.violations} == expected.broken, where
            assert {name: goal.value for name, goal in found.goals.items()} == pytest.approx(expected.goals), where
            assert [positions(one) for one in (found.moved, found.forced, found.newly)] == [
                expected.moved,
                expected.forced,
                expected.newly,
            ], where


def proven(plan: Plan, org, policy: Policy) -> float:
    prices = {name: float(values[0]) for name, values in plan.prices.items()}
    return price_bound(org, policy, prices, [stage.cap for stage in plan.stages[:-1]])


def the_best_is_found(seed: int) -> str:
    org, policy = asked(seed)
    best, plan = every_plan(org, policy), solve(org, policy)
    where = f"asked({seed})"
    if best.stages is None:
        assert plan.status == "infeasible", where
        return plan.status
    assert plan.status == "optimal", f"{where}: {plan.explanation}"
    assert [stage.value for stage in plan.stages] == pytest.approx(best.stages, rel=2e-6, abs=2e-6), where
    if plan.price_bound is not None:
        told = min(proven(plan, org, policy), plan.objective)
        assert plan.price_bound == pytest.approx(told, rel=1e-6, abs=1e-6), where
    return plan.status


def any_plan_is_valued_alike(seed: int) -> None:
    org, policy = asked(seed)
    formulation = formulate(org, policy)
    if np.diff(formulation.problem.start).min(initial=1) == 0:
        return
    with Judge(org, policy) as judge:
        for choice in choices(formulation, np.random.default_rng(seed), 8):
            assignment = formulation.assignment(choice)
            judgement, valuation = judge.of(assignment), evaluate(formulation.problem, choice)
            judged = {goal: value.value for goal, value in judgement.goals.items()}
            assert {goal: valuation.goals.get(goal, 0.0) for goal in judged} == pytest.approx(judged), seed
            assert valuation.feasible == judgement.feasible, f"asked({seed}): {judgement.violations}"


def test_both_scorers_count_wishes_changes_and_answers_alike():
    for seed in range(8):
        scorers_agree(seed)


def test_the_best_plan_with_wishes_and_answers_is_found():
    told = [the_best_is_found(seed) for seed in range(8)]
    assert told.count("optimal") >= 2


def test_goals_and_rules_of_any_plan_are_those_of_the_checker():
    for seed in range(8):
        any_plan_is_valued_alike(seed)


@pytest.mark.long
@pytest.mark.parametrize("first", range(100, 1100, 250))
def test_hundreds_of_orgs_are_scored_and_planned_alike(first):
    for seed in range(first, first + 250):
        scorers_agree(seed)
        any_plan_is_valued_alike(seed)
    told = [the_best_is_found(seed) for seed in range(first, first + 250)]
    assert told.count("optimal") >= 80


def an_answer_never_makes_a_chosen_move_a_forced_one(seeds: range) -> None:
    for seed in seeds:
        org, policy = asked(seed)
        if org.proposal is None:
            continue
        with Judge(org, policy) as answered, Judge(org.unanswered, policy) as open_:
            for assignment in assignments(answered, seed):
                assert (answered.of(assignment).forced == open_.of(assignment).forced).all(), f"asked({seed})"


def test_an_answer_never_makes_a_chosen_move_a_forced_one():
    an_answer_never_makes_a_chosen_move_a_forced_one(range(8))


def as_little_as_must_is_changed(seeds: range) -> int:
    planned = 0
    for seed in seeds:
        org, policy = asked(seed)
        if org.proposal is None:
            continue
        goals = [line.model_copy(update={"priority": 2, "slack": None}) for line in policy.goals]
        goals = [line for line in goals if line.goal != "changes"]
        first = Policy.model_validate({"goals": [{"goal": "changes", "priority": 1}]}).goals
        policy = policy.model_copy(update={"goals": (*first, *goals)})
        best, plan = every_plan(org, policy), solve(org, policy)
        assert (plan.status == "infeasible") == (best.stages is None), f"asked({seed})"
        if best.stages is not None:
            assert plan.stages[0].value == best.stages[0], f"asked({seed})"
            planned += 1
    return planned


def test_whoever_is_asked_to_change_least_changes_no_more_than_any_plan_must():
    assert as_little_as_must_is_changed(range(8)) >= 1


@pytest.mark.long
def test_answers_force_nothing_and_change_least_on_hundreds_of_orgs():
    an_answer_never_makes_a_chosen_move_a_forced_one(range(100, 400))
    assert as_little_as_must_is_changed(range(100, 400)) >= 60


def refusals_are_right(seed: int) -> int:
    """Hold what is told of refused wishes to the best of all plans that honour them; return how many were told of."""
    org, policy = asked(seed)
    plan = solve(org, policy)
    if org.wishes is None or plan.assignment is None or not plan.judgement.feasible:
        return 0
    heard, judged = hear_wishes(org, policy, plan), judged_plans(org, policy)
    for wish, refusal in heard.refusals.items():
        honouring = [one for one in judged if heard.wishes.honoured(one[0].owners)[wish]]
        best, where = best_of(policy, honouring), f"asked({seed}), wish {wish}: {refusal.why}"
        assert refusal.evidence == "proven", where
        assert (refusal.cost is None) == (best.stages is None), where
        if best.stages is not None:
            stages = zip([stage.value for stage in plan.stages], best.stages, strict=True)
            cost = next((other - one for one, other in stages if abs(other - one) > 2e-6 * max(1.0, abs(one))), 0.0)
            assert refusal.cost == pytest.approx(cost, rel=1e-5, abs=1e-5), where
    return len(heard.refusals)


def test_what_a_refused_wish_would_have_cost_is_what_every_plan_shows():
    assert sum(refusals_are_right(seed) for seed in range(2, 12)) >= 3


@pytest.mark.long
def test_what_refused_wishes_would_have_cost_on_hundreds_of_orgs():
    assert sum(refusals_are_right(seed) for seed in range(100, 500)) >= 150


@pytest.fixture
def streaming(monkeypatch):
    """Stream whatever can be, from a working problem of very few pairs."""
    stream_everything(monkeypatch, cheapest=1)
    monkeypatch.setattr("models.formulation.whole.NEAR", 1)
    monkeypatch.setattr("models.check.contenders.MANY", 0)


def what_is_told_of_streamed_pairs_is_true(seed: int) -> str:
    org, policy = asked(seed)
    policy = policy.model_copy(update={"eligibility": policy.eligibility.model_copy(update={"nearest": None})})
    if org.pairs_only:
        return "pairs only"
    best, plan = every_plan(org, policy), solve(org, policy, stop=Stop(effort=0.05))
    if best.stages is None:
        assert plan.status in ("infeasible", "no_plan"), seed
        return plan.status
    assert plan.status in ("optimal", "feasible", "no_plan"), f"asked({seed}): {plan.explanation}"
    if plan.status == "no_plan":
        return "missed"
    assert plan.price_bound == pytest.approx(min(proven(plan, org, policy), plan.objective), rel=1e-6, abs=1e-6), seed
    if len(policy.stages) == 1:
        assert plan.price_bound <= best.objective + 2e-6 * max(1.0, abs(best.objective)), seed
        if plan.status == "optimal":
            assert plan.objective == pytest.approx(best.objective, rel=2e-6, abs=2e-6), seed
    return "planned"


def test_streamed_pairs_count_wishes_and_answers_too(streaming):
    told = [what_is_told_of_streamed_pairs_is_true(seed) for seed in range(5)]
    assert told.count("planned") >= 1
    assert told.count("missed") == 0


@pytest.mark.long
def test_streamed_pairs_count_wishes_and_answers_on_hundreds_of_orgs(streaming):
    told = [what_is_told_of_streamed_pairs_is_true(seed) for seed in range(100, 400)]
    assert told.count("planned") >= 60
    assert told.count("missed") <= 3


def test_an_unanswered_proposal_without_its_goal_changes_nothing():
    for seed in range(5):
        org, policy = asked(seed)
        goals = tuple(line for line in policy.goals if line.goal != "changes")
        if org.proposal is None or not goals:
            continue
        policy = policy.model_copy(update={"goals": goals})
        with_it, without = (
            best_of(policy, judged_plans(one, policy)) for one in (org.unanswered, replace(org, proposal=None))
        )
        assert (with_it.stages, with_it.feasible) == (without.stages, without.feasible), f"asked({seed})"
