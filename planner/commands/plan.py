"""``planner plan``: decide who owns whom."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, cast

import click

from planner.commands.options import (
    change_options,
    detail_option,
    project_argument,
    screen_options,
    solve_options,
)

if TYPE_CHECKING:
    from models.engines.stage import EngineName
    from models.warm import Warm
    from planner.project import Project


@click.command()
@project_argument
@change_options
@click.option("--out", type=click.Path(path_type=Path), metavar="DIR", help="Where to write; runs/NNN by default.")
@click.option("--force", is_flag=True, help="Replace an earlier run in --out.")
@click.option(
    "--warm",
    type=click.Path(path_type=Path),
    metavar="RUN",
    help="Begin with an earlier run's plan and prices: quick after a small change.",
)
@solve_options
@detail_option
@screen_options
def plan(
    project: Path,
    scenario: str | None,
    sets: tuple[str, ...],
    out: Path | None,
    force: bool,
    warm: Path | None,
    time_limit: float | None,
    gap: float | None,
    seed: int,
    engine: str,
    detail: bool,
    as_json: bool,
    quiet: bool,
) -> int:
    """Decide who owns whom, prove how good the plan is, and write it to a folder.

    Ctrl-C keeps the best plan found so far.
    """
    from models.account import account_for
    from models.solve import solve
    from models.stop import Stop
    from planner.console import Progress, messages, output
    from planner.exits import DONE, STOPPED, THE_ANSWER_IS_NO, print_json
    from planner.explaining.briefly import explained_briefly
    from planner.interruption import until_interrupted
    from planner.native_output import muted
    from planner.project import load
    from planner.screens.findings import show_warnings_briefly
    from planner.screens.plan import show_no_plan, show_plan, show_written
    from planner.screens.search import searching
    from planner.warm import warm_run
    from planner.write.folder import chosen_folder
    from planner.write.run import About, write_run
    from scenarios.definition import ScenarioKind

    target = chosen_folder(out, force=force) if out is not None else None
    with Progress(messages(), quiet=quiet) as progress:
        progress.say("reading tables and policy")
        loaded = load(project, scenario=scenario, sets=sets)
        begin = None if warm is None else _to_begin_with(warm, loaded)
        progress.say("looking for a plan")
        stop = Stop(time_limit=time_limit) if gap is None else Stop(time_limit=time_limit, gap=gap)
        with muted():
            found = until_interrupted(
                lambda: solve(
                    loaded.org,
                    loaded.policy,
                    engine=cast("EngineName", engine),
                    stop=stop,
                    seed=seed,
                    progress=lambda seen: progress.say(searching(seen)),
                    evaluate_only=loaded.kind is ScenarioKind.EVALUATED,
                    warm=begin,
                ),
                stop,
                lambda: progress.note("Stopping with the best plan so far; Ctrl-C again leaves at once."),
            )
        if found.status == "infeasible":
            progress.say("looking for the rules that conflict")
            with muted():
                without = found
                found = until_interrupted(
                    lambda: explained_briefly(loaded.org, loaded.policy, without, stop),
                    stop,
                    lambda: progress.note("Stopping with what is known so far; Ctrl-C again leaves at once."),
                )
        account = None
        if found.assignment is not None and found.status not in ("infeasible", "no_plan"):
            progress.say("explaining the plan")
            account = account_for(loaded.org, loaded.policy, found)
        progress.say("writing the plan")
        earlier = None if warm is None else warm_run(warm, loaded.folder).resolve().name
        about = About(loaded.name, scenario, sets, loaded.assumptions, loaded.files, warm=earlier, lines=loaded.lines)
        written = write_run(loaded.folder, about, loaded.org, loaded.policy, found, account, out=target)
    title = loaded.name if scenario is None else f"{loaded.name} · {scenario}"
    if not quiet:
        show_warnings_briefly(messages(), loaded.findings)
    if as_json:
        print_json({"run": str(written.folder), **written.record})
    elif account is None:
        show_no_plan(output(), found, title=title)
        if found.status == "infeasible":
            output().blank()
            output().paragraph("planner explain infeasible says where each rule stands, and what to type.", "quiet")
    else:
        show_plan(output(), account, title=title, assumptions=loaded.assumptions, detail=detail, warm=earlier)
    if not as_json:
        show_written(output(), written.folder)
    if account is not None:
        return DONE
    return THE_ANSWER_IS_NO if found.status == "infeasible" else STOPPED


def _to_begin_with(warm: Path, project: Project) -> Warm:
    """Read the run that --warm names; refuse it where nothing is searched for."""
    from models.findings import Finding, InputRefused, Place
    from planner.warm import read_warm
    from scenarios.definition import ScenarioKind

    if project.kind is ScenarioKind.EVALUATED:
        hint = "Try without --warm"
        raise InputRefused(
            [Finding("TP504", "A scenario that is only measured begins with no run", Place(), hint=hint)]
        )
    return read_warm(warm, project.folder)
