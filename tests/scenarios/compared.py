"""Finished scenarios for tests: plans of the worked case written down by hand."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from models.org import Org
from models.outcome import Outcome
from models.policy import Policy
from models.summary import summarise
from scenarios.comparing.comparison import Entry
from scenarios.comparing.figures import Figures, figures_of, figures_without_plan
from tests.plans import no_plan, plan_of
from tests.tables import assignment_of, org_of
from tests.worked import ALL_STAY, OPTIMUM, OVERLOADED, SECOND, worked_org, worked_plan, worked_policy

MEASURED = {"status": "evaluated", "bound": None, "bound_by": None}


def worked_figures(reps: str = OPTIMUM, facts: Mapping[str, Any] | None = None, **changes: Any) -> Figures:
    """Take the figures of a plan of the worked case; ``changes`` replace sections of its policy."""
    org, policy = worked_org(), worked_policy(**changes)
    return figures_for(org, policy, reps, facts)


def figures_for(org: Org, policy: Policy, reps: str, facts: Mapping[str, Any] | None = None) -> Figures:
    """Take the figures of a plan that gives the customers, in order, to the reps named."""
    plan = plan_of(org, policy, worked_plan(org, policy, reps), **(facts or {}))
    with Outcome(org, policy, plan) as outcome:
        return figures_of(outcome, summarise(outcome))


def figures_by_hand(customers, reps, policy, owners, **tables) -> Figures:
    """Take the figures of ``{customer: rep}`` in the only role, on an org of a few rows."""
    org, rules = org_of(customers, reps, **tables), Policy.model_validate(policy)
    plan = plan_of(org, rules, assignment_of(org, rules, **{rules.first_role: owners}))
    with Outcome(org, rules, plan) as outcome:
        return figures_of(outcome, summarise(outcome))


def worked_entries() -> list[Entry]:
    """Return six scenarios: measured, optimal, not proven best, not allowed, infeasible and failed."""
    return [
        Entry("status quo", worked_figures(ALL_STAY, MEASURED)),
        Entry("base", worked_figures(OPTIMUM, {"price_bound": 11.8})),
        Entry("light touch", worked_figures(SECOND, {"status": "feasible", "bound": 11.0, "price_bound": 11.0})),
        Entry("everything to Eve", worked_figures(OVERLOADED, MEASURED)),
        Entry("lose Ana", figures_without_plan(no_plan(explanation=("C2: no rep may own it (eligibility.skills)",)))),
        Entry("west grows", None, "TP302 The measure 'potential' has no column"),
    ]
