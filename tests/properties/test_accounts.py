"""What is said of a plan holds for every kind of org and policy."""

import dataclasses
import io

import numpy as np
import pytest

from models.account import account_for
from models.check import Judge
from models.explain.exchange import value_moves
from models.outcome import Outcome
from models.plan import Assignment
from models.solve import solve
from planner.console import Paper
from planner.screens.plan import show_no_plan, show_plan
from planner.verification import verify_run
from planner.write.run import About, write_run
from tests.tiny import tiny

LINES_OF_ROWS = ("capacity", "keep.groups", "keep.conflicts")


def the_way_back_is_valued_exactly(org, policy, plan):
    """Compare each move's gains and needs with the checker's judgement of the plan without it."""
    with Outcome(org, policy, plan) as outcome, Judge(org, policy) as judge:
        exchange, ownership = value_moves(outcome), outcome.ownership
        for i, member in enumerate(exchange.member):
            owners = plan.assignment.owners.copy()
            owners[ownership.role[member], ownership.customer[member]] = ownership.before[member]
            back = judge.of(Assignment(plan.assignment.roles, owners))
            gained = {goal: float(values[i]) for goal, values in exchange.goals.items()}
            if exchange.bands:
                gained["balance"] = sum(float(band.relief[i] + band.filling[i]) for band in exchange.bands)
            lost = {goal: back.goals[goal].value - plan.judgement.goals[goal].value for goal in gained}
            assert gained == pytest.approx(lost, abs=1e-6)
            needs = {need.line for need in exchange.needs if np.any(need.move == i)}
            broken = {violation.line for violation in back.violations}
            assert needs == {line for line in broken if line.startswith(LINES_OF_ROWS)}


def everything_said_holds(seed, folder):
    org, policy = tiny(seed)
    plan = solve(org, policy)
    paper = Paper(io.StringIO(), width=80)
    account = None
    if plan.status in ("optimal", "feasible"):
        account = account_for(org, policy, plan)
        assert all(isinstance(reason, str) and reason for reason in account.reasons)
        assert all(use.used <= use.limit + 1e-6 * max(1.0, use.limit) for use in account.summary.budgets)
        show_plan(paper, account, title="tiny", detail=True)
        the_way_back_is_valued_exactly(org, policy, plan)
    else:
        show_no_plan(paper, plan, org, title="tiny")
    written = write_run(folder, About("tiny"), org, policy, dataclasses.replace(plan, seconds=0.0), account)
    verification = verify_run(written.folder)
    assert verification.passed, (verification.violations, verification.differences)


@pytest.mark.parametrize("seed", range(8))
def test_a_run_is_explained_written_and_verified(seed, tmp_path):
    everything_said_holds(seed, tmp_path)


@pytest.mark.long
@pytest.mark.parametrize("seed", range(8, 500))
def test_every_run_is_explained_written_and_verified(seed, tmp_path):
    everything_said_holds(seed, tmp_path)
