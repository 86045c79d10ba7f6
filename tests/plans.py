"""Plans for tests: an assignment written down by hand, judged by the checker, with a bound made up beside it."""

from __future__ import annotations

from typing import Any

from models.account import Account, account_for
from models.check import judge
from models.org import Org
from models.plan import Assignment, Plan, StageResult
from models.policy import Policy
from tests.worked import OPTIMUM, worked_org, worked_plan, worked_policy


def plan_of(org: Org, policy: Policy, assignment: Assignment, **facts: Any) -> Plan:
    """Return a plan that is said to be optimal, unless ``facts`` say otherwise."""
    judgement = judge(org, policy, assignment)
    told: dict[str, Any] = {
        "status": "optimal",
        "bound": judgement.objective,
        "bound_by": "highs tree",
        "engine": "highs",
        "engine_reason": "small: 10 candidates",
        "seconds": 0.04,
        "seed": 1,
        "stopped_by": "optimal",
        "stages": tuple(
            StageResult(stage.priority, tuple(stage.weights), value, value, None, "optimal")
            for stage, value in zip(policy.stages, judgement.stage_values, strict=True)
        ),
    }
    return Plan(assignment=assignment, judgement=judgement, **{**told, **facts})


def no_plan(**facts: Any) -> Plan:
    """Return what is left of a search that assigned nobody."""
    told: dict[str, Any] = {
        "status": "infeasible",
        "bound": None,
        "bound_by": None,
        "engine": "highs",
        "engine_reason": "small: 10 candidates",
        "seconds": 0.04,
        "seed": 1,
        "stopped_by": "proof",
    }
    return Plan(assignment=None, judgement=None, **{**told, **facts})


def worked_account(reps: str = OPTIMUM, *, status: str = "optimal", **changes: Any) -> Account:
    """Explain a plan of the worked case; ``changes`` replace whole sections of its policy."""
    org, policy = worked_org(), worked_policy(**changes)
    return account_for(org, policy, plan_of(org, policy, worked_plan(org, policy, reps), status=status))
