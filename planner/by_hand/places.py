"""Where the rules stand that a plan by hand breaks: the user's own file and line."""

from __future__ import annotations

from models.findings import Place
from models.plan import Violation
from planner.run_folder import RunFolder

_OF_THE_POLICY = ("eligibility", "capacity", "keep", "disruption", "goals", "roles", "pool", "measures")


def place_of(run: RunFolder, broken: Violation) -> Place | None:
    """Return the place of the policy line that is broken; None for what no line says, such as who has left."""
    if not broken.line.startswith(_OF_THE_POLICY):
        return None
    return run.place(f"policy.{broken.line}")
