"""Ideas about ties: customers that are held, rules and conflicts that one might do without."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from models.expression import Expressions
from models.org import FloatArray
from models.policy import Holdout, Lock
from scenarios.advising.called import called_customers
from scenarios.advising.idea import Idea
from scenarios.advising.limits import priced_blocks
from scenarios.advising.rent import Rent
from scenarios.advising.standing import Ground

MOST_HELD = 60
"""So many held units are looked at, those that pay most."""


def unlocked(ground: Ground, rent: Rent) -> Iterator[Idea]:
    """Yield each unit that a lock or a holdout keeps, the dearest first, set free."""
    formulation = ground.formulation
    units, policy = formulation.units, formulation.policy
    flags = formulation.candidates.locked | formulation.candidates.held
    held = np.unique(units.unit_of_member[flags])
    if not len(held):
        return
    weights = formulation.problem.stages[-1].weights
    cost = formulation.problem.candidate_cost(weights)
    chosen = ground.choice[held]
    worth = rent.paid[held] + np.where(chosen >= 0, cost[np.maximum(chosen, 0)], 0.0)
    lines: list[tuple[str, Lock | Holdout]] = [("locks", line) for line in policy.keep.locks]
    lines += [("holdouts", line) for line in policy.keep.holdouts]
    with Expressions(formulation.org, policy) as expressions:
        applies = [
            [expressions.customers(line.when, role=role).true() for role in policy.role_names] for _, line in lines
        ]
    for at in np.argsort(-worth, kind="stable")[:MOST_HELD].tolist():
        unit = held[at]
        members = units.member[units.start[unit] : units.start[unit + 1]]
        role = int(units.role[unit])
        settings: dict[str, Any] = {}
        for (section, line), by_role in zip(lines, applies, strict=True):
            mine = members[by_role[role][members]]
            if len(mine):
                ids = [str(formulation.org.customer_ids[one]) for one in mine]
                settings[f"keep.{section}[{line.name}].when"] = f"({line.when}) and {_other_than(ids)}"
        if not settings:
            continue
        names = called_customers(formulation.org, members[:3])
        who = " and ".join(names) if len(members) <= 3 else f"{names[0]} and {len(members) - 1} more of its family"
        yield Idea("unlock", f"Unlock {who}", {"set": settings}, max(float(worth[at]), 0.0))


def without_rules(ground: Ground, prices: FloatArray) -> Iterator[Idea]:
    """Yield each conflict, and each hard rule of who may own whom, left out; and a wider choice of near reps."""
    policy = ground.formulation.policy
    worth: dict[str, float] = {}
    for priced in priced_blocks(ground, prices):
        if priced.block.kind == "conflict":
            worth[priced.name] = worth.get(priced.name, 0.0) + float(priced.more.sum())
    for line in policy.keep.conflicts:
        if worth.get(line.name, 0.0) > 0:
            title = f"Let {' and '.join(line.customers[:3])} be with one rep ({line.name})"
            yield Idea("rule", title, {"off": [f"keep.conflicts[{line.name}]"]}, worth[line.name], True)
    for rule in policy.eligibility.rules:
        if rule.require is not None:
            title = f"Do without the rule {rule.name!r}"
            yield Idea("rule", title, {"off": [f"eligibility.rules[{rule.name}]"]}, 0.0)
    if (few := policy.eligibility.nearest) is not None and few < ground.formulation.org.n_reps:
        more = few + max(1, few // 5)
        title = f"Let each customer choose among the {more} nearest reps instead of {few}"
        yield Idea("nearest", title, {"set": {"eligibility.nearest": more}}, 0.0)


def _other_than(ids: list[str]) -> str:
    quoted = ["'" + one.replace("'", "''") + "'" for one in ids]
    if len(quoted) == 1:
        return f"customer.customer_id <> {quoted[0]}"
    return f"customer.customer_id not in ({', '.join(quoted)})"
