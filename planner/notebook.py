"""For notebooks: scenarios of a project side by side, and frontiers, in a line each."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from models.stop import Stop
from planner.project import load
from planner.together.chosen import chosen_scenarios, looked_at
from planner.together.crews import crew_for
from planner.together.gathered import from_solved, usual_baseline
from planner.together.order import Limits
from planner.together.points import Points
from planner.together.solved import Together, Wanted
from scenarios.comparing.comparison import Comparison
from scenarios.comparing.comparison import compare as side_by_side
from scenarios.comparing.risk import LITERATURE, Risk
from scenarios.definition import BASE
from scenarios.tracing.frontier import Frontier
from scenarios.tracing.trade_off import trace_trade_off, trade_off

USUAL_POINTS = 12


def compare(
    project: str | Path,
    scenarios: Sequence[str] = (),
    *,
    sweeps: Sequence[str] = (),
    sets: Sequence[str] = (),
    baseline: str | None = None,
    risk: Risk = LITERATURE,
    limits: Limits | None = None,
    jobs: int | None = None,
    cluster: str | None = None,
) -> Comparison:
    """Plan scenarios of a project side by side and compare them; what was planned before is found again.

    Parameters
    ----------
    project
        A folder, or its project file.
    scenarios, sweeps
        By name; all scenarios when none is named.
    sets
        PATH=VALUE settings that hold for all.
    baseline
        Against which the others are held; base, or else the first one, if None.
    risk
        What part of the revenue that changes hands is at risk, from and to, 0 to 1.
    jobs
        How many at a time; one per core if None. ``cluster`` is the address of a Dask scheduler instead.

    Raises
    ------
    InputRefused
        When the project cannot be planned with, or a name is not there. A scenario that cannot be applied is an entry
        without figures.
    """
    together = Together(Path(project), limits or Limits(), sets=sets)
    wanted = [Wanted(name) for name in chosen_scenarios(together.contents, scenarios, sweeps, baseline)]
    with crew_for(together.contents, jobs, cluster) as crew:
        looked_at(together, wanted, (), crew)
        entries = from_solved(together.solve(wanted, crew)).entries
    return side_by_side(entries, baseline or usual_baseline([entry.name for entry in entries]), risk)


def frontier(
    project: str | Path,
    *,
    goals: Sequence[str] = ("balance",),
    against: str = "customers",
    scenario: str | None = None,
    points: int = USUAL_POINTS,
    beyond_budget: bool = False,
    sets: Sequence[str] = (),
    limits: Limits | None = None,
    jobs: int | None = None,
) -> Frontier:
    """Trace goals against customers moved, a measure that moves carry, or another goal.

    Raises
    ------
    InputRefused
        When the project cannot be planned with, or there is no such goal or measure.
    """
    limits = limits or Limits()
    loaded = load(project, scenario=None if scenario == BASE else scenario, sets=sets)
    document = loaded.document.get("policy") or {}
    trade = trade_off(loaded.org, loaded.policy, document, goals=goals, against=against, beyond_budget=beyond_budget)
    together = Together(Path(project), limits, sets=sets)
    with crew_for(together.contents, jobs, None) as crew:
        stop = Stop(time_limit=limits.seconds)
        answers = Points(together, crew, scenario or BASE, trade.measure, stop, 2 * points, lambda done, doing: None)
        return trace_trade_off(trade, answers.solve, points, stopped=lambda: stop.reason)
