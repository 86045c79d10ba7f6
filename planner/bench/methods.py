"""Who solves: every method that is compared, by the name a user gives it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from planner.bench.question import Answer, Asked, Found


@dataclass(frozen=True)
class Method:
    """A method: its label in tables, where it is written, and what it can do.

    ``threaded`` says whether it uses the threads it is allowed; ``bound_only`` that it makes no plan;
    ``traced`` that it tells of better plans while it works.
    """

    label: str
    home: str
    verb: str
    threaded: bool = False
    bound_only: bool = False
    traced: bool = True

    def load(self) -> Callable[[Asked, Found], Answer]:
        """Import the method; a solver is read only by the process that uses it."""
        solve: Callable[[Asked, Found], Answer] = getattr(import_module(f"planner.bench.{self.home}"), self.verb)
        return solve


METHODS = {
    "auto": Method("this planner", "engine", "with_this_planner", threaded=True),
    "highs": Method("HiGHS", "solvers", "with_highs"),
    "scip": Method("SCIP", "solvers", "with_scip"),
    "scip-concurrent": Method("SCIP, concurrent", "solvers", "with_scip_concurrent", threaded=True, traced=False),
    "cpsat": Method("CP-SAT", "solvers", "with_cpsat", threaded=True),
    "cbc": Method("CBC", "cbc", "with_cbc", threaded=True),
    "pdlp": Method("PDLP", "relaxation", "with_pdlp", threaded=True, bound_only=True, traced=False),
    "greedy": Method("greedy", "rules", "greedily", traced=False),
    "round-robin": Method("round robin", "rules", "in_turn", traced=False),
}
