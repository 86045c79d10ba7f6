"""``planner explain rep``: why a book looks so."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from models.explain.book import Passage, explain_book
from models.stop import Stop
from planner.explaining.explained import Explained
from planner.explaining.whom import plan_to_explain, position_of
from planner.run_folder import RunFolder
from planner.screens.book_story import show_book


def explain(run: RunFolder, whom: str, stop: Stop, say: Callable[[str], None]) -> Explained:
    """Explain one rep's book.

    Raises
    ------
    InputRefused
        When there is no such rep, or no plan.
    """
    del stop  # nothing is solved
    rep = position_of(run, "reps", whom)
    plan = plan_to_explain(run, "book")
    say("weighing the book")
    story = explain_book(run.org, run.policy, plan, rep)
    document = {
        "rep_id": str(run.org.rep_ids[rep]),
        "stayed": story.stayed,
        "measures": [{key: _finite(value) for key, value in asdict(one).items()} for one in story.weights],
        "came": _passage(run, story.came, "from"),
        "left": _passage(run, story.left, "to"),
        "binds": [{**asdict(one), "place": str(run.place(f"policy.{one.line}"))} for one in story.bindings],
    }
    return Explained(document, lambda paper: show_book(paper, run, story))


def _passage(run: RunFolder, passage: Passage, other: str) -> list[dict[str, Any]]:
    return [
        {
            "customer_id": str(run.org.customer_ids[customer]),
            "role": run.policy.role_names[role],
            other: None if whom is None else str(whom),
            "kind": kind,
            "reason": reason,
        }
        for customer, role, whom, kind, reason in zip(
            passage.customer, passage.role, passage.other_id, passage.kind, passage.reason, strict=True
        )
    ]


def _finite(value: Any) -> Any:
    return None if isinstance(value, float) and not math.isfinite(value) else value
