"""A plan beside a frontier: where it lies when it is measured by what the frontier weighs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from models.findings import InputRefused
from planner.comparison_record import ComparisonRecord
from planner.frontier_record import FrontierRecord
from planner.record import Planned
from planner.run_folder import load_record
from planner.write.folder import RECORD, RUNS, run_folders
from scenarios.comparing.scorecard import Figures
from scenarios.definition import BASE

WHOLE = "customers moved"
_MOVED = " moved"


@dataclass(frozen=True)
class Placed:
    """A plan in the measures of a frontier; ``run`` says whether ``name`` is that of a run, not of a scenario."""

    name: str
    x: float
    y: float
    run: bool


def latest_plan(record: FrontierRecord, beside: Path | None) -> Placed | None:
    """Return the latest plan that was made from the same files for the same scenario; None where there is none.

    ``beside`` is a run of the same project.
    """
    runs = None if beside is None else next((one for one in beside.resolve().parents if one.name == RUNS), None)
    if runs is None:
        return None
    for folder in reversed(run_folders(runs.parent)):
        plan = _plan_in(folder)
        if plan is not None and _is_of_the_same(plan, record):
            x = _x(record, plan.moved_customers, {name: one.moved for name, one in plan.measures.items()}, _goals(plan))
            y = _y(record, _goals(plan))
            return None if x is None or y is None else Placed(folder.name, x, y, run=True)
    return None


def scenario_beside(record: FrontierRecord, comparison: ComparisonRecord) -> Placed | None:
    """Return the scenario of a comparison for which a frontier was traced; None where it is not in it, or not alike."""
    named = record.scenario or BASE
    one = next((one for one in comparison.scenarios if one.name == named and one.allowed), None)
    if one is None or one.figures is None or one.figures.moves is None or record.changed:
        return None
    goals = {name: goal.value for name, goal in one.figures.goals.items()}
    x = _x(record, one.figures.moves.chosen, _in_motion(one.figures), goals)
    y = _y(record, goals)
    return None if x is None or y is None else Placed(named, x, y, run=False)


def _plan_in(folder: Path) -> Planned | None:
    if not (folder / RECORD).is_file():
        return None
    try:
        record = load_record(folder)
    except InputRefused:
        return None
    return record if isinstance(record, Planned) and record.status != "evaluated" else None


def _is_of_the_same(plan: Planned, record: FrontierRecord) -> bool:
    named = (None, BASE) if record.scenario in (None, BASE) else (record.scenario,)
    return plan.scenario in named and plan.changed == record.changed and plan.sources == record.sources


def _goals(plan: Planned) -> dict[str, float]:
    return {name: goal.value for name, goal in plan.goals.items()}


def _in_motion(figures: Figures) -> dict[str, float]:
    return {name: one.in_motion for name, one in figures.measures.items()}


def _x(record: FrontierRecord, customers: int, moved: Mapping[str, float], goals: Mapping[str, float]) -> float | None:
    if record.x.name == WHOLE:
        return float(customers)
    if record.x.base is not None:
        return moved.get(record.x.name.removesuffix(_MOVED))
    return goals.get(record.x.name)


def _y(record: FrontierRecord, goals: Mapping[str, float]) -> float | None:
    weights = record.y.goals or {record.y.name: 1.0}
    return sum(weight * goals[name] for name, weight in weights.items()) if set(weights) <= set(goals) else None


def left_out(record: FrontierRecord) -> list[str]:
    """Return the goals that the plan itself weighs and the frontier does not, in the order of the policy."""
    traced = {*(record.y.goals or {record.y.name: 1.0}), record.x.name, "moves" if record.x.name == WHOLE else ""}
    return [name for name in _goals_set(record.points[0].set if record.points else {}) if name not in traced]


def _goals_set(settings: Mapping[str, object]) -> Iterable[str]:
    lines = settings.get("goals")
    return [str(one["goal"]) for one in lines if isinstance(one, dict)] if isinstance(lines, list) else []
