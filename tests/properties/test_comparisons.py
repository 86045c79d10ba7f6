"""What is said of scenarios side by side holds for every kind of org and policy."""

import io

import numpy as np
import pytest

from models.check import Judge
from models.outcome import Outcome
from models.plan import POOLED, UNNEEDED, Assignment
from models.solve import solve
from models.summary import summarise
from planner.console import Paper
from planner.screens.comparison import show_comparison
from planner.screens.difference import show_difference
from planner.write.comparison import comparison_page, write_comparison, write_difference
from scenarios.comparing.comparison import Entry, compare
from scenarios.comparing.difference import difference
from scenarios.comparing.figures import Figures, figures_of, figures_without_plan
from scenarios.comparing.gate import names_for
from tests.plans import plan_of
from tests.tiny import tiny

ROWS = ("capacity", "keep.groups", "keep.conflicts", "roles[", "disruption.budgets")
PAIRS = ("presence", "eligibility", "tables.pairs", "keep.locks", "keep.holdouts", "pool", "roles[")


def another_plan(org, policy, plan, seed):
    """Give every customer of a plan to any rep, or to nobody, whatever the rules say."""
    rng = np.random.default_rng(seed)
    owners = rng.integers(POOLED if policy.pool is not None else 0, org.n_reps, plan.assignment.owners.shape)
    return plan_of(
        org, policy, Assignment(policy.role_names, np.where(plan.assignment.owners == UNNEEDED, UNNEEDED, owners))
    )


def each_difference_is_valued_exactly(org, policy, plan, found):
    """Compare what explains a customer with the checker's judgement of the plan in which only it is elsewhere."""
    one_role = len(policy.roles) == 1
    with Judge(org, policy) as judge:
        for change in found.changes:
            owners = plan.assignment.owners.copy()
            at = policy.role_names.index(change.role), org.customer_positions[change.customer_id]
            owners[at] = POOLED if change.owner_a is None else org.rep_positions[change.owner_a]
            other = judge.of(Assignment(policy.role_names, owners))
            broken = {one.line for one in other.violations}
            if change.kind == "rule":
                assert any(line.startswith(PAIRS) for line in broken), (change, broken)
                continue
            grown = {goal: other.goals[goal].value - plan.judgement.goals[goal].value for goal in change.changes}
            assert dict(change.changes) == pytest.approx(grown, abs=1e-6)
            if change.kind == "limit":
                assert any(line.startswith(ROWS) for line in broken), (change, broken)
            elif one_role:
                assert not [line for line in broken if not line.startswith("keep.families")], (change, broken)


def everything_compared_holds(seed, folder):
    org, policy = tiny(seed)
    plan = solve(org, policy)
    if plan.status not in ("optimal", "feasible"):
        figures = figures_without_plan(plan)
        assert figures.explanation
        assert Figures.model_validate_json(figures.model_dump_json()) == figures
        return
    other = another_plan(org, policy, plan, seed)
    with Outcome(org, policy, plan) as b, Outcome(org, policy, other) as a:
        figures = [figures_of(outcome, summarise(outcome)) for outcome in (b, a)]
        found = difference(a, b, "any", "best")
    for one in figures:
        assert Figures.model_validate_json(one.model_dump_json()) == one
        assert one.moves is None or one.moves.retention is None or 0 <= one.moves.retention <= 1
        assert all(0 <= spread.gini < 1 for measure in one.measures.values() if (spread := measure.after))
    assert figures[0].shares_goals(figures[1])
    comparison = compare([Entry("best", figures[0]), Entry("any", figures[1]), Entry("=none", None, "failed")])
    assert set(comparison.rows) <= set(names_for([policy]))
    for width in (80, 140):
        paper = io.StringIO()
        show_comparison(Paper(paper, width=width), comparison, title="tiny")
        show_difference(Paper(paper, width=width), found, everything=True)
        assert max(map(len, paper.getvalue().splitlines())) <= width
    write_comparison(folder, comparison, project="tiny")
    write_difference(folder, found)
    assert comparison_page(comparison, title="tiny").count("|\n") > 10
    each_difference_is_valued_exactly(org, policy, plan, found)


@pytest.mark.parametrize("seed", range(8))
def test_a_measured_plan_is_told_apart_in_its_own_goals(seed):
    org, policy = tiny(seed)
    plan = solve(org, policy, evaluate_only=True)
    with Outcome(org, policy, plan) as b, Outcome(org, policy, another_plan(org, policy, plan, seed)) as a:
        figures, found = figures_of(b, summarise(b)), difference(a, b, "any", "status quo")
    assert figures.moves.chosen == 0
    assert figures.stages[-1].bound is None
    with Judge(org, policy) as judge:
        for change in found.changes:
            owners = plan.assignment.owners.copy()
            at = policy.role_names.index(change.role), org.customer_positions[change.customer_id]
            owners[at] = POOLED if change.owner_a is None else org.rep_positions[change.owner_a]
            other = judge.of(Assignment(policy.role_names, owners))
            grown = {goal: other.goals[goal].value - plan.judgement.goals[goal].value for goal in change.changes}
            assert dict(change.changes) == pytest.approx(grown, abs=1e-6)


@pytest.mark.parametrize("seed", range(12))
def test_scenarios_are_compared_and_told_apart(seed, tmp_path):
    everything_compared_holds(seed, tmp_path)


@pytest.mark.long
@pytest.mark.parametrize("seed", range(12, 400))
def test_all_scenarios_are_compared_and_told_apart(seed, tmp_path):
    everything_compared_holds(seed, tmp_path)
