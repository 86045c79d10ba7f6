"""Plans who owns which customer: fair books, kept relationships, and a proven distance to the optimum.

In a notebook::

    from planner import compare, load, solve

    project = load("my-project")
    plan = solve(project.org, project.policy)
    comparison = compare("my-project", ["base", "greenfield"])

What stands here is imported when it is first used, so that the command line starts at once.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from models.conflicts.infeasibility import Infeasibility, explain_infeasible
    from models.explain.answer import Pin
    from models.explain.book import explain_book
    from models.explain.customer import explain_customer
    from models.explain.question import Questions
    from models.explain.wishes import hear_wishes
    from models.findings import Finding, InputRefused
    from models.org import Org, Period
    from models.plan import Assignment, Plan
    from models.policy import Policy
    from models.solve import solve
    from models.stop import Stop
    from planner.by_hand.adoption import Adoption, adopt
    from planner.by_hand.trial import Trial, try_moves
    from planner.circulated import read_circulated
    from planner.notebook import compare, frontier
    from planner.project import Project, load
    from planner.report.writing import make_report
    from planner.together.order import Limits
    from scenarios.advising.advice import Advice, advise
    from scenarios.comparing.comparison import Comparison
    from scenarios.tracing.frontier import Frontier

_HOMES = {
    "Adoption": "planner.by_hand.adoption",
    "Advice": "scenarios.advising.advice",
    "Assignment": "models.plan",
    "Comparison": "scenarios.comparing.comparison",
    "Finding": "models.findings",
    "Frontier": "scenarios.tracing.frontier",
    "Infeasibility": "models.conflicts.infeasibility",
    "InputRefused": "models.findings",
    "Limits": "planner.together.order",
    "Org": "models.org",
    "Period": "models.org",
    "Pin": "models.explain.answer",
    "Plan": "models.plan",
    "Policy": "models.policy",
    "Project": "planner.project",
    "Questions": "models.explain.question",
    "Stop": "models.stop",
    "Trial": "planner.by_hand.trial",
    "adopt": "planner.by_hand.adoption",
    "advise": "scenarios.advising.advice",
    "compare": "planner.notebook",
    "explain_infeasible": "models.conflicts.infeasibility",
    "explain_book": "models.explain.book",
    "explain_customer": "models.explain.customer",
    "frontier": "planner.notebook",
    "hear_wishes": "models.explain.wishes",
    "load": "planner.project",
    "make_report": "planner.report.writing",
    "read_circulated": "planner.circulated",
    "solve": "models.solve",
    "try_moves": "planner.by_hand.trial",
}

__all__ = [
    "Adoption",
    "Advice",
    "Assignment",
    "Comparison",
    "Finding",
    "Frontier",
    "Infeasibility",
    "InputRefused",
    "Limits",
    "Org",
    "Period",
    "Pin",
    "Plan",
    "Policy",
    "Project",
    "Questions",
    "Stop",
    "Trial",
    "adopt",
    "advise",
    "compare",
    "explain_book",
    "explain_customer",
    "explain_infeasible",
    "frontier",
    "hear_wishes",
    "load",
    "make_report",
    "read_circulated",
    "solve",
    "try_moves",
]


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        return getattr(import_module(_HOMES[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *_HOMES})
