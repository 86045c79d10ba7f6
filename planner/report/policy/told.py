"""A policy as it may be told: without the lines that read a hidden column or name somebody out of sight."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeVar

from models.policy import Goal, Line, Policy, Role, Together, line_names
from planner.report.readership.scope import Scope

OneLine = TypeVar("OneLine", bound=Line)


def told_policy(policy: Policy, scope: Scope) -> tuple[Policy, int]:
    """Return what a reader may know of a policy, and how many of its lines are left out.

    It is for reading only: what is left of it would make other plans.
    """
    if scope.everything:
        return policy, 0

    def told(kind: str, names: Iterable[str], lines: Iterable[OneLine]) -> tuple[OneLine, ...]:
        return tuple(line for name, line in zip(names, lines, strict=True) if scope.line(f"{kind}[{name}]"))

    keep, eligibility, disruption = policy.keep, policy.eligibility, policy.disruption
    rules = told("eligibility.rules", [one.name for one in eligibility.rules], eligibility.rules)
    capacity = told("capacity", line_names(policy.capacity), policy.capacity)
    balance = told("balance", line_names(policy.balance), policy.balance)
    locks = told("keep.locks", [one.name for one in keep.locks], keep.locks)
    holdouts = told("keep.holdouts", [one.name for one in keep.holdouts], keep.holdouts)
    conflicts = told("keep.conflicts", [one.name for one in keep.conflicts], keep.conflicts)
    groups = told("keep.groups", [one.name for one in keep.groups], keep.groups)
    budgets = told("disruption.budgets", line_names(disruption.budgets), disruption.budgets)
    measures = {name: one for name, one in policy.measures.items() if scope.line(f"measures[{name}]")}
    roles = {name: _role(one, scope) for name, one in policy.roles.items()}
    move_cost = disruption.move_cost if scope.line("disruption.move_cost") else None
    families = keep.families
    if isinstance(families, Together) and not scope.expression(families.together_when):
        families = Together(together_when="…")
    left = policy.model_copy(
        update={
            "measures": measures,
            "eligibility": eligibility.model_copy(update={"rules": rules}),
            "capacity": capacity,
            "balance": balance,
            "keep": keep.model_copy(
                update={
                    "families": families,
                    "locks": locks,
                    "holdouts": holdouts,
                    "conflicts": conflicts,
                    "groups": groups,
                }
            ),
            "disruption": disruption.model_copy(update={"budgets": budgets, "move_cost": move_cost}),
            "roles": roles,
            "pool": policy.pool if scope.line("pool") else None,
            "goals": tuple(_goal(one, scope) for one in policy.goals),
        }
    )
    return left, _count(policy) - _count(left)


def _role(role: Role, scope: Scope) -> Role:
    when = role.when if role.when is None or scope.expression(role.when) else "…"
    return role.model_copy(update={"when": when})


def _goal(goal: Goal, scope: Scope) -> Goal:
    """Return a goal that is striven for; not what it is made of, nor what its value may be, where that is hidden."""
    if scope.goal(goal.goal):
        return goal
    return goal.model_copy(update={"value": None, "max": None, "slack": None, "default": None, "unit": ""})


def _count(policy: Policy) -> int:
    pool, move_cost = policy.pool is not None, policy.disruption.move_cost is not None
    return len(list(policy.lines())) + len(policy.measures) + pool + move_cost
