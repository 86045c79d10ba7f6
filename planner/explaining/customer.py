"""``planner explain customer``: why a customer is where it is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from models.explain.answer import Answer
from models.explain.contenders import Contender
from models.explain.customer import Story, explain_customer
from models.explain.instead import Instead, cost_in_words
from models.org import Org
from models.stop import Stop
from planner.explaining.explained import Explained
from planner.explaining.whom import plan_to_explain, position_of
from planner.plain_values import finite, rep_id
from planner.run_folder import RunFolder
from planner.screens.customer_story import show_stories


def explain(run: RunFolder, whom: str, stop: Stop, say: Callable[[str], None]) -> Explained:
    """Explain one customer in each of its roles, solving again to learn what would be if it had stayed.

    Raises
    ------
    InputRefused
        When there is no such customer, or no plan.
    """
    say("looking what would be instead")
    return _explained(run, whom, stop, solve_again=True)


def explain_by_prices(run: RunFolder, whom: str, stop: Stop, say: Callable[[str], None]) -> Explained:
    """Explain one customer in each of its roles from the plan's prices alone.

    Raises
    ------
    InputRefused
        When there is no such customer, or no plan.
    """
    say("looking at prices")
    return _explained(run, whom, stop, solve_again=False)


def _explained(run: RunFolder, whom: str, stop: Stop, *, solve_again: bool) -> Explained:
    customer = position_of(run, "customers", whom)
    plan = plan_to_explain(run, "customer")
    stories = explain_customer(run.org, run.policy, plan, customer, stop, solve_again=solve_again)
    document = {
        "customer_id": str(run.org.customer_ids[customer]),
        "feasible": plan.judgement is not None and plan.judgement.feasible,
        "roles": [_story(run, story) for story in stories],
    }
    return Explained(document, lambda paper: show_stories(paper, run, plan, stories))


def _story(run: RunFolder, story: Story) -> dict[str, Any]:
    org = run.org
    return {
        "role": run.policy.role_names[story.role],
        "previous_rep_id": story.owner_id,
        "rep_id": rep_id(org, story.after),
        "change": story.change,
        "reason": story.reason,
        "family": [str(org.customer_ids[c]) for c in story.family],
        "candidates": [_contender(org, one, place) for place, one in enumerate(story.contenders, start=1)],
        "excluded": [
            {
                "rep_id": rep_id(org, one.rep),
                "rules": [
                    {"line": line, "why": why, "place": str(run.place(f"policy.{line}"))} for line, why in one.rules
                ],
            }
            for one in story.excluded
        ],
        "staying": None if story.staying is None else answer_document(run, story.staying, story.instead),
    }


def _contender(org: Org, one: Contender, rank: int) -> dict[str, Any]:
    return {
        "rank": rank,
        "rep_id": rep_id(org, one.rep),
        "beyond_points": one.beyond,
        "points": one.points,
        "goals": dict(one.goals),
        "prices": [
            {"line": charge.line, "label": charge.label, "amount": charge.amount, "points": charge.points}
            for charge in one.charges
        ],
        "alone": None if one.alone is None else {"feasible": one.alone.feasible, "goals": dict(one.alone.goals)},
    }


def answer_document(run: RunFolder, answer: Answer, instead: Instead | None) -> dict[str, Any]:
    """Return an answer to a what-if question as plain data; points are of the stage with the priority named."""
    org = run.org
    document: dict[str, Any] = {
        "state": answer.state,
        "cost_points": answer.cost,
        "priority": answer.priority,
        "evidence": answer.evidence,
        "low": finite(answer.low),
        "high": finite(answer.high),
        "off_by_at_most": answer.off,
        "by_prices": answer.by_prices,
        "opened_reps": [str(org.rep_ids[r]) for r in answer.opened],
        "in_words": cost_in_words(answer) if answer.state == "found" else answer.state,
    }
    if instead is not None:
        document["others"] = [
            {
                "customer_id": str(org.customer_ids[one.customer]),
                "role": run.policy.role_names[one.role],
                "planned_rep_id": rep_id(org, one.planned),
                "rep_id": rep_id(org, one.instead),
                "would_move": one.moves,
                "would_stay": one.stays,
            }
            for one in instead.others
        ]
        document["goals"] = dict(instead.goals)
        document["books"] = [
            {
                "rep_id": rep_id(org, one.rep),
                "balance": one.line,
                "planned_percent": one.planned,
                "percent": one.instead,
                "tolerance_percent": one.tolerance,
            }
            for one in instead.books
        ]
    return document
