"""In what people read the goals."""

from __future__ import annotations

from models.policy import Policy

TARGET = "% of target"
_UNITS = {
    "disruption": "points",
    "moves": "moves",
    "misfit": "points",
    "travel": "h",
    "pool": "points",
    "wishes": "points",
    "changes": "customers",
}


def goal_unit(policy: Policy, goal: str) -> str:
    """Return the unit of a goal's value, blank where the policy states none.

    Balance sums how many percent of their target books are outside the band, each line times its weight: percent where
    all lines weigh 1, points else.
    """
    if goal == "balance":
        return TARGET if all(line.weight == 1 for line in policy.balance) else "points"
    line = policy.goal(goal)
    if goal == "cost":
        return line.unit if line is not None else ""
    return _UNITS[goal]
