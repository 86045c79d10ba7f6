"""Goals that come with a table: wishes count wherever they are given, a circulated proposal comes before all else."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def listed_goals(policy: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the lines under ``goals`` that are lines at all."""
    goals = policy.get("goals")
    return [line for line in goals if isinstance(line, dict)] if isinstance(goals, list) else []


def after_others(policy: Mapping[str, Any], first: str) -> list[dict[str, Any]]:
    """Return the goals of a policy but ``first``, each one priority later, so that one stage fits before them all.

    The pool, which joins the first stage where it is not listed, is listed with the policy's own first goals.
    """
    later = [
        {**line, "priority": line["priority"] + 1 if isinstance(line.get("priority"), int) else 2}
        for line in listed_goals(policy)
        if line.get("goal") != first
    ]
    if policy.get("pool") and not any(line.get("goal") == "pool" for line in later):
        later.append({"goal": "pool", "priority": min((line["priority"] for line in later), default=2)})
    return later


def with_wishes(policy: Mapping[str, Any]) -> dict[str, Any]:
    """Return a policy in which the goal ``wishes`` counts: where it is not listed, with weight 1 in the first stage."""
    goals = listed_goals(policy)
    unreadable = policy.get("goals") is not None and policy["goals"] != goals  # which is told where it is read
    if unreadable or any(line.get("goal") == "wishes" for line in goals):
        return dict(policy)
    ranked = [line["priority"] for line in goals if isinstance(line.get("priority"), int)]
    line = {"goal": "wishes", "weight": 1, **({"priority": min(ranked)} if ranked else {})}
    if ranked:
        slack = next(
            (one["slack"] for one in goals if one.get("priority") == line["priority"] and "slack" in one), None
        )
        line |= {} if slack is None else {"slack": slack}
    return {**policy, "goals": [*goals, line]}


def changes_first(policy: Mapping[str, Any]) -> dict[str, Any]:
    """Return a policy that first changes as little as possible of the proposal, and only then has its own goals."""
    if policy.get("goals") is not None and policy["goals"] != listed_goals(policy):
        return dict(policy)
    stated = next((line for line in listed_goals(policy) if line.get("goal") == "changes"), {})
    first = {"goal": "changes", "priority": 1, **({"max": stated["max"]} if "max" in stated else {})}
    return {**policy, "goals": [*after_others(policy, "changes"), first]}
