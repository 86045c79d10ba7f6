"""Small orgs without a plan, explained: what tests of causes share."""

from __future__ import annotations

from typing import Any

from models.conflicts.infeasibility import Infeasibility, explain_infeasible
from models.policy import Policy
from tests.tables import Rows, org_of

HOURS = {"measures": {"hours": {"value": "customer.hours", "unit": "h"}}}


def explained(customers: Rows, reps: Rows, policy: dict[str, Any], **tables: Any) -> Infeasibility:
    return explain_infeasible(org_of(customers, reps, **tables), Policy.model_validate(policy))


def paths(why: Infeasibility) -> list[list[tuple[str, str | None]]]:
    return [[(one.path, one.label) for one in conflict.members] for conflict in why.conflicts]


def ways(why: Infeasibility) -> list[str]:
    return [one.sentence for one in why.relaxations]


def customers(*hours: float, **columns: Any) -> list[dict[str, Any]]:
    return [{"customer_id": f"C{n}", "hours": one, **columns} for n, one in enumerate(hours, start=1)]
