"""Every engine against an oracle that tries all plans of a tiny org, and the formulation against the checker."""

import numpy as np
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from models.check import Judge
from models.formulation.build import Formulation, formulate
from models.org import IntArray
from models.solve import solve
from models.valuation import evaluate
from tests.oracle import every_plan
from tests.tiny import tiny

SEEDS = st.integers(min_value=0, max_value=10**9)
ALTERNATIVES = ("highs", "scip", "cpsat", "cbc")

# the same orgs every time; a smaller seed is no simpler an org, so there is nothing to shrink
settings.register_profile("tiny", derandomize=True, deadline=None, phases=(Phase.generate,), database=None)
some = settings.get_profile("tiny")


def find_the_best(seed: int, engine: str) -> None:
    org, policy = tiny(seed)
    best = every_plan(org, policy)
    plan = solve(org, policy, engine=engine)
    where = f"tiny({seed}) with {engine}"
    if best.stages is None:
        assert plan.status == "infeasible", where
        return
    assert plan.status == "optimal", f"{where}: {plan.explanation}"
    # each stage to 1e-6 of its own value; what an earlier cap allows moves later ones as much again
    assert [stage.value for stage in plan.stages] == pytest.approx(best.stages, rel=2e-6, abs=2e-6), where
    assert plan.judgement is not None
    assert plan.judgement.feasible, where
    assert plan.bound is not None
    assert plan.bound <= best.stages[-1] + 2e-6 * max(1.0, abs(best.stages[-1])), where


def choices(formulation: Formulation, rng: np.random.Generator, count: int) -> list[IntArray]:
    """Draw plans of candidates only, some of them near today's books."""
    problem = formulation.problem
    width = np.diff(problem.start)
    drawn = [problem.start[:-1] + (rng.random(len(width)) * width).astype(np.int64) for _ in range(count)]
    stays = problem.stay >= 0
    for choice in drawn[::2]:
        near = stays & (rng.random(len(width)) < 0.7)
        choice[near] = problem.stay[near]
    return drawn


def agree_on_any_plan(seed: int) -> None:
    org, policy = tiny(seed)
    formulation = formulate(org, policy)
    if np.diff(formulation.problem.start).min(initial=1) == 0:
        return
    with Judge(org, policy) as judge:
        for choice in choices(formulation, np.random.default_rng(seed), 12):
            assignment = formulation.assignment(choice)
            judgement, valuation = judge.of(assignment), evaluate(formulation.problem, choice)
            where = f"tiny({seed}): {assignment.owners.tolist()}"
            judged = {goal: value.value for goal, value in judgement.goals.items()}
            assert {goal: valuation.goals.get(goal, 0.0) for goal in judged} == pytest.approx(judged), where
            assert valuation.feasible == judgement.feasible, f"{where}: {judgement.violations}"


@settings(some, max_examples=40)
@given(SEEDS)
def test_the_plan_found_is_the_best_of_all(seed):
    find_the_best(seed, "auto")


@pytest.mark.long
@settings(some, max_examples=2000)
@given(SEEDS)
def test_the_plan_found_is_the_best_of_all_on_two_thousand_orgs(seed):
    find_the_best(seed, "auto")


@pytest.mark.parametrize("engine", ALTERNATIVES)
@settings(some, max_examples=3)
@given(SEEDS)
def test_each_engine_finds_the_best_by_itself(engine, seed):
    find_the_best(seed, engine)


@pytest.mark.long
@pytest.mark.parametrize("engine", ALTERNATIVES)
@settings(some, max_examples=150)
@given(SEEDS)
def test_each_engine_finds_the_best_by_itself_on_many_orgs(engine, seed):
    find_the_best(seed, engine)


@settings(some, max_examples=20)
@given(SEEDS)
def test_rows_and_goals_of_any_plan_are_those_of_the_checker(seed):
    agree_on_any_plan(seed)


@pytest.mark.long
@settings(some, max_examples=2000)
@given(SEEDS)
def test_rows_and_goals_of_any_plan_are_those_of_the_checker_on_two_thousand_orgs(seed):
    agree_on_any_plan(seed)
