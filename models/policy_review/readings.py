"""The texts of a policy: each is an expression, and may look at these tables and no others."""

from __future__ import annotations

from models.amount import Amount
from models.expression import CUSTOMER, PAIR, REGION, REP
from models.policy import Together
from models.policy_review.notes import CONDITION, NUMBERS, Notes, Path

PAIRS = (CUSTOMER, REP, PAIR)
PLAIN_TARGETS = ("equal", "share")


def review_expressions(notes: Notes) -> None:
    """Prove every expression of the policy in its context."""
    policy = notes.policy
    for name, measure in policy.measures.items():
        notes.expression(("measures", name, "value"), measure.value, PAIRS, NUMBERS)
    for at, rule in enumerate(policy.eligibility.rules):
        for key, kinds in (("when", CONDITION), ("require", CONDITION), ("prefer", CONDITION), ("penalty", NUMBERS)):
            text = getattr(rule, key)
            if text is not None:
                notes.expression(("eligibility", "rules", at, key), text, PAIRS, kinds)
    for at, limit in enumerate(policy.capacity):
        for key in ("min", "max"):
            _amount(notes, ("capacity", at, key), getattr(limit, key), limit.per)
    for at, band in enumerate(policy.balance):
        target = (band.target.expression or "").strip()
        if target.isidentifier() and target not in PLAIN_TARGETS:
            notes.known("TP241", "target", target, (*PLAIN_TARGETS, "rep.share"), ("balance", at, "target"))
        elif target not in PLAIN_TARGETS:
            _amount(notes, ("balance", at, "target"), band.target, "rep")
    _keep(notes)
    if policy.disruption.move_cost is not None:
        notes.expression(("disruption", "move_cost"), policy.disruption.move_cost, PAIRS, NUMBERS)
    for name, role in policy.roles.items():
        if role.when is not None:
            notes.expression(("roles", name, "when"), role.when, (CUSTOMER,), CONDITION)
    if policy.pool is not None:
        notes.expression(("pool", "when"), policy.pool.when, (CUSTOMER,), CONDITION)
        notes.expression(("pool", "penalty"), policy.pool.penalty, (CUSTOMER,), NUMBERS)
    for at, goal in enumerate(policy.goals):
        if goal.value is not None:
            notes.expression(("goals", at, "value"), goal.value, PAIRS, NUMBERS)


def _keep(notes: Notes) -> None:
    keep = notes.policy.keep
    if isinstance(keep.families, Together):
        path: Path = ("keep", "families", "together_when")
        notes.expression(path, keep.families.together_when, (CUSTOMER,), CONDITION)
    for kind in ("locks", "holdouts", "groups"):
        for at, line in enumerate(getattr(keep, kind)):
            notes.expression(("keep", kind, at, "when"), line.when, (CUSTOMER,), CONDITION)


def _amount(notes: Notes, path: Path, amount: Amount | None, per: str) -> None:
    if amount is None or amount.expression is None:
        return
    if per == "team":
        notes.add(
            "TP241",
            "A limit per team is a number, a percentage, or one per team",
            path,
            found=amount.expression,
            hint="Try {west: 400, east: 350}",
        )
        return
    notes.expression(path, amount.expression, (REGION if per == "region" else REP,), NUMBERS)
