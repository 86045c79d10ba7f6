"""The planner's own engine, called as any user of the library would."""

from __future__ import annotations

from models.solve import Progress, solve
from models.stop import Stop
from planner.bench.question import Answer, Asked, Found


def with_this_planner(asked: Asked, found: Found) -> Answer:
    """Let ``auto`` choose, within the time."""

    def told(seen: Progress) -> None:
        if seen.objective is not None:
            found(seen.objective)

    plan = solve(asked.org, asked.policy, stop=Stop(time_limit=asked.seconds), seed=asked.seed, progress=told)
    assignment = plan.assignment if plan.status in ("optimal", "feasible") else None
    return Answer(assignment, plan.bound, f"{plan.status}, {plan.engine_reason}", price_bound=plan.price_bound)
