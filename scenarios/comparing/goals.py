"""Goals as scenarios share them or not: what defines each one, and what each stage reached."""

from __future__ import annotations

import hashlib
import json
import math
from typing import Any

from models.outcome import Outcome
from models.policy import Policy
from scenarios.comparing.scorecard import BANDS, StageFigure


def goal_definitions(policy: Policy) -> dict[str, str]:
    """Return for each goal, and for the bands, a short hash of all that defines it, its weight and priority apart."""
    balance = [
        {**line.model_dump(mode="json", exclude={"name"}), "defined": _dump(policy.measures.get(line.measure))}
        for line in policy.balance
    ]
    preferences = [
        rule.model_dump(mode="json", exclude={"name"}) for rule in policy.eligibility.rules if rule.prefer is not None
    ]
    skills = policy.eligibility.skills_penalty if policy.eligibility.skills == "preferred" else "not a preference"
    said: dict[str, Any] = {
        "balance": balance,
        "disruption": policy.disruption.move_cost,
        "moves": None,
        "misfit": [preferences, skills],
        "pool": _dump(policy.pool),
    }
    hashes = {}
    for goal in sorted({goal for stage in policy.stages for goal in stage.weights}):
        line = policy.goal(goal)
        details = None if line is None else line.model_dump(mode="json", include={"value", "default", "speed_kmh"})
        hashes[goal] = _hash([said.get(goal), details])
    for measure in {line["measure"] for line in balance}:
        lines = [line for line in balance if line["measure"] == measure]
        hashes[f"{BANDS}{measure}"] = _hash([{**line, "weight": None} for line in lines])
    return hashes


def _hash(said: Any) -> str:
    return hashlib.sha256(json.dumps(said, sort_keys=True, default=str).encode()).hexdigest()[:16]


def _dump(line: Any) -> Any:
    return None if line is None else line.model_dump(mode="json", exclude={"unit"})


def stage_figures(outcome: Outcome) -> tuple[StageFigure, ...]:
    """Return every stage with its weights, its value, and its bound where there is one."""
    values = outcome.judgement.stage_values
    bounds = [stage.bound for stage in outcome.plan.stages] if len(outcome.plan.stages) == len(values) else []
    if outcome.plan.status == "evaluated":
        bounds = []
    elif len(values) == 1:
        bounds = [bound for bound in (outcome.plan.bound,) if bound is not None]
    return tuple(
        StageFigure(
            priority=stage.priority,
            weights=dict(stage.weights),
            value=value,
            bound=_bound(bounds[at], value) if at < len(bounds) else None,
        )
        for at, (stage, value) in enumerate(zip(outcome.policy.stages, values, strict=True))
    )


def _bound(bound: float, value: float) -> float | None:
    """Return a bound that is not above the value it bounds, None where nothing is proven."""
    return min(bound, value) if math.isfinite(bound) else None
