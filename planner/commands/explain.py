"""``planner explain``: why, and why not."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

import click

from planner.commands.options import screen_options, seconds_option

if TYPE_CHECKING:
    from planner.explaining.explained import Explain


@click.command()
@click.argument("words", metavar="[DIR] customer ID | rep ID | capacity | infeasible", nargs=-1)
@click.option("--by-prices", is_flag=True, help="Answer from the plan's prices alone, without solving again.")
@seconds_option
@screen_options
def explain(words: tuple[str, ...], by_prices: bool, time_limit: float | None, as_json: bool, quiet: bool) -> int:
    r"""Say why, from a finished run: DIR is a run folder, its number, or a project whose latest run is meant.

    \b
    customer ID   why it is where it is, who else may own it, and what would happen if it stayed
    rep ID        why the book looks so: before and after, who came, who left, what binds
    capacity      what more capacity is worth, and the best single changes, each verified by planning again
    infeasible    which rules conflict when no plan exists, and the cheapest ways out; exits 3 when nothing was found
    """
    from models.stop import Stop
    from planner.console import Progress, messages, output
    from planner.exits import DONE, STOPPED, print_json
    from planner.explaining.subject import read_subject
    from planner.interruption import until_interrupted
    from planner.native_output import muted
    from planner.run_folder import find_run, open_run

    subject = read_subject(words)
    module = importlib.import_module(f"planner.explaining.{subject.about}")
    if by_prices and not hasattr(module, "explain_by_prices"):
        raise click.UsageError(f"--by-prices says nothing about {subject.about}: there is nothing to estimate.")
    answer: Explain = module.explain_by_prices if by_prices else module.explain
    stop = Stop(time_limit=time_limit)
    with Progress(messages(), quiet=quiet) as progress:
        folder = find_run(subject.run)
        progress.say(f"reading {folder}")
        run = open_run(folder)
        with muted():
            explained = until_interrupted(
                lambda: answer(run, subject.whom, stop, progress.say),
                stop,
                lambda: progress.note("Stopping with what is known so far; Ctrl-C again leaves at once."),
            )
    if as_json:
        print_json({"run": str(folder), **explained.document})
    else:
        explained.show(output())
    return DONE if explained.known else STOPPED
