"""An order: one scenario of a project to be planned, written to a folder and summed up in figures."""

from __future__ import annotations

import dataclasses
import datetime as dt
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from models.stop import Stop
from planner.together.kept import Kept, write_kept
from scenarios.definition import BASE, ScenarioKind
from scenarios.running.processes import Tell

if TYPE_CHECKING:
    from models.engines.stage import EngineName
    from models.warm import Warm
    from planner.project import Project


ASKED_OF_EACH = 3
"""For how many refused wishes of each scenario is solved again; what others would cost is told by prices."""


@dataclass(frozen=True)
class Limits:
    """How each scenario is solved: the same for all.

    Attributes
    ----------
    seconds : float or None
        For all of them together; None counts work instead.
    gap : float
        A plan within this fraction of the bound is good enough.
    effort : float
        Multiple of the usual amount of counted work.
    """

    seconds: float | None = None
    gap: float = 0.0
    effort: float = 1.0
    engine: str = "auto"
    seed: int = 1


@dataclass(frozen=True)
class Order:
    """What the one who plans a scenario is told; it can be sent to another process or machine.

    Attributes
    ----------
    key : str
        The hash of everything that the plan depends on.
    scenario : str
        Its name; ``base`` for the project as written.
    sets : tuple of str
        PATH=VALUE settings of the command line.
    settings : tuple of (path, value)
        Settings applied last.
    limits : Limits
        ``seconds`` is this scenario's own share.
    today : date
        From which the next quarter is counted where no period is given.
    target : Path
        The folder that the run becomes.
    parent : Path or None
        The run to begin with.
    parent_name : str or None
        The scenario that was solved there.
    """

    key: str
    project: Path
    scenario: str
    sets: tuple[str, ...]
    settings: tuple[tuple[str, Any], ...]
    limits: Limits
    today: dt.date
    target: Path
    parent: Path | None = None
    parent_name: str | None = None


def carry_out(order: Order, stop: Stop, tell: Tell) -> Kept:
    """Plan a scenario, write its run with the figures beside it, and return the figures.

    Raises
    ------
    InputRefused
        When project or scenario cannot be planned with.
    """
    from models.account import account_of
    from models.explain.wishes import hear_wishes
    from models.outcome import Outcome
    from models.solve import solve
    from planner.native_output import muted
    from planner.project import load
    from planner.screens.search import searching
    from planner.write.run import About, write_run
    from scenarios.comparing.figures import figures_of, figures_without_plan

    tell("reading tables and policy", None, None)
    named = None if order.scenario == BASE else order.scenario
    project = load(order.project, scenario=named, sets=order.sets, settings=order.settings, today=order.today)
    warm = _to_begin_with(order, project)
    limits = order.limits
    limited = dataclasses.replace(stop, time_limit=limits.seconds, gap=limits.gap, effort=limits.effort)
    with muted():
        plan = solve(
            project.org,
            project.policy,
            engine=cast("EngineName", limits.engine),
            stop=limited,
            seed=limits.seed,
            progress=lambda seen: tell(searching(seen), seen.objective, seen.bound),
            evaluate_only=project.kind is ScenarioKind.EVALUATED,
            warm=warm,
        )
    account = None
    if plan.assignment is None or plan.status in ("infeasible", "no_plan"):
        figures = figures_without_plan(plan)
    else:
        tell("weighing the plan", plan.objective, plan.bound)
        with Outcome(project.org, project.policy, plan) as outcome:
            account = account_of(outcome)
            figures = figures_of(outcome, account.summary)
    heard = None
    if account is not None and project.org.wishes is not None:
        tell("asking what refused wishes would cost", plan.objective, plan.bound)
        with muted():
            heard = hear_wishes(project.org, project.policy, plan, limited, ASKED_OF_EACH)
    kept = Kept(schema=1, key=order.key, scenario=order.scenario, seconds_allowed=limits.seconds, figures=figures)
    about = About(
        project.name,
        named,
        order.sets,
        project.assumptions,
        project.files,
        warm=order.parent_name if warm is not None else None,
        lines=project.lines,
    )
    write_run(
        order.project,
        about,
        project.org,
        project.policy,
        plan,
        account,
        heard,
        out=order.target,
        beside=lambda folder: write_kept(kept, folder),
    )
    return kept


def _to_begin_with(order: Order, project: Project) -> Warm | None:
    """Read the parent's run; None where there is none, where it has no plan, or where nothing is searched for."""
    from planner.record import NotPlanned
    from planner.run_folder import load_record
    from planner.warm import read_warm
    from planner.write.folder import RECORD

    if order.parent is None or project.kind is ScenarioKind.EVALUATED or not (order.parent / RECORD).is_file():
        return None
    if isinstance(load_record(order.parent), NotPlanned):
        return None
    return read_warm(order.parent, order.project)
