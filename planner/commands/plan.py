"""``planner plan``: decide who owns whom."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, TypeVar, cast

import click

from planner.commands.options import (
    change_options,
    detail_option,
    project_argument,
    screen_options,
    solve_options,
    wishes_option,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from models.engines.stage import EngineName
    from models.warm import Warm
    from planner.circulated import Circulated
    from planner.project import Project


Result = TypeVar("Result")


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
@wishes_option
@click.option(
    "--after",
    type=click.Path(path_type=Path),
    metavar="RUN",
    help="Change as little as possible of an earlier run that was circulated as a proposal.",
)
@click.option(
    "--accepted",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="What was answered to the run of --after, such as its moves.csv with a column accepted (yes or no).",
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
    wishes: Path | None,
    after: Path | None,
    accepted: Path | None,
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
    from models.explain.wishes import hear_wishes
    from models.solve import solve
    from models.stop import Stop
    from planner.circulated import SINCE
    from planner.console import Progress, messages, output
    from planner.exits import DONE, STOPPED, THE_ANSWER_IS_NO, print_json
    from planner.explaining.briefly import explained_briefly
    from planner.interruption import until_interrupted
    from planner.native_output import muted
    from planner.project import load
    from planner.project_file import further_tables
    from planner.screens.conflicts import show_explain
    from planner.screens.findings import show_findings, show_warnings_briefly
    from planner.screens.plan import show_no_plan, show_plan, show_put_beside, show_written
    from planner.screens.search import searching
    from planner.to_type import command, typed
    from planner.warm import warm_run
    from planner.write.folder import chosen_folder
    from planner.write.run import RUN, About, write_run
    from scenarios.definition import ScenarioKind

    target = chosen_folder(out, RUN, force=force) if out is not None else None
    with Progress(messages(), quiet=quiet) as progress:
        progress.say("reading tables and policy")
        circulated = _circulated(after, accepted, warm, project)
        tables = further_tables(wishes=wishes, project=project)
        loaded = load(project, scenario=scenario, sets=sets, tables=tables, circulated=circulated)
        begin = None if warm is None else _to_begin_with(warm, loaded)
        if circulated is not None:
            _refuse_where_nothing_is_searched(loaded, "--after")
            begin = circulated.warm
        stop = Stop(time_limit=time_limit) if gap is None else Stop(time_limit=time_limit, gap=gap)

        def done(what: str, work: Callable[[], Result], interrupted: str) -> Result:
            progress.say(what)
            with muted():
                note = f"{interrupted}; Ctrl-C again leaves at once."
                return until_interrupted(work, stop, lambda: progress.note(note))

        found = done(
            "looking for a plan",
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
            "Stopping with the best plan so far",
        )
        solved, account, heard = found, None, None
        if solved.status == "infeasible":
            found = done(
                "looking for the rules that conflict",
                lambda: explained_briefly(loaded.org, loaded.policy, solved, stop),
                "Stopping with what is known so far",
            )
        elif solved.assignment is not None and solved.status != "no_plan":
            account = done(
                "explaining the plan",
                lambda: account_for(loaded.org, loaded.policy, solved),
                "The plan is being explained and written",
            )
        if account is not None and loaded.org.wishes is not None:
            heard = done(
                "asking what refused wishes would cost",
                lambda: hear_wishes(loaded.org, loaded.policy, solved, stop),
                "Telling the rest by prices",
            )
        progress.say("writing the plan")
        earlier = None if warm is None else warm_run(warm, loaded.folder).resolve().name
        proposed = None if circulated is None else circulated.name
        about = About(
            loaded.name,
            scenario,
            sets,
            loaded.assumptions,
            loaded.files,
            warm=earlier,
            after=proposed,
            typed=typed(wishes=wishes, after=after, accepted=accepted),
            lines=loaded.lines,
        )
        written = write_run(loaded.folder, about, loaded.org, loaded.policy, found, account, heard, out=target)
    show_put_beside(messages(), out, written.folder)
    title = loaded.name if scenario is None else f"{loaded.name} · {scenario}"
    if not quiet:
        since = [one for one in loaded.findings if one.code in SINCE]
        show_findings(messages(), since if circulated is not None else [])
        show_warnings_briefly(messages(), [one for one in loaded.findings if circulated is None or one not in since])
    if as_json:
        print_json({"run": str(written.folder), **written.record})
    elif account is None:
        show_no_plan(output(), found, loaded.org, title=title)
        if found.status == "infeasible":
            show_explain(output(), [command("explain", written.folder, "infeasible")])
    else:
        show_plan(
            output(),
            account,
            title=title,
            assumptions=loaded.assumptions,
            detail=detail,
            warm=earlier,
            heard=heard,
            after=proposed,
        )
    if not as_json:
        show_written(output(), written.folder)
    if account is not None:
        return DONE
    return THE_ANSWER_IS_NO if found.status == "infeasible" else STOPPED


def _circulated(after: Path | None, accepted: Path | None, warm: Path | None, project: Path) -> Circulated | None:
    """Read the run that --after names, with the answers to it."""
    if after is None:
        if accepted is not None:
            raise click.UsageError("--accepted goes with --after RUN, the proposal that was answered.")
        return None
    if warm is not None:
        raise click.UsageError("--after begins with its own run; leave --warm out.")
    from planner.circulated import read_circulated

    return read_circulated(after, accepted, project if project.is_dir() else project.parent)


def _to_begin_with(warm: Path, project: Project) -> Warm:
    """Read the run that --warm names; refuse it where nothing is searched for."""
    from planner.warm import read_warm

    _refuse_where_nothing_is_searched(project, "--warm")
    return read_warm(warm, project.folder)


def _refuse_where_nothing_is_searched(project: Project, option: str) -> None:
    """Refuse to begin with a run where a scenario is only measured."""
    from models.findings import Finding, InputRefused, Place
    from scenarios.definition import ScenarioKind

    if project.kind is ScenarioKind.EVALUATED:
        hint = f"Try without {option}"
        raise InputRefused(
            [Finding("TP504", "A scenario that is only measured begins with no run", Place(), hint=hint)]
        )
