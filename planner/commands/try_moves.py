"""``planner try``: what if these customers went elsewhere."""

from __future__ import annotations

from pathlib import Path

import click

from planner.commands.options import run_argument, screen_options, seconds_option


@click.command("try")
@run_argument
@click.option("--move", "moves", multiple=True, metavar="CUSTOMER=REP", help="With this rep; no rep: the pool.")
@click.option("--keep", "keeps", multiple=True, metavar="CUSTOMER", help="With today's owner.")
@click.option("--not", "nots", multiple=True, metavar="CUSTOMER=REP", help="With anyone but this rep.")
@click.option("--out", type=click.Path(path_type=Path), metavar="DIR", help="Write the best plan there, as a run.")
@click.option("--force", is_flag=True, help="Replace an earlier run in --out.")
@seconds_option
@screen_options
def try_(
    run: Path | None,
    moves: tuple[str, ...],
    keeps: tuple[str, ...],
    nots: tuple[str, ...],
    out: Path | None,
    force: bool,
    time_limit: float | None,
    as_json: bool,
    quiet: bool,
) -> int:
    """Try wishes on a finished run: what just these would break, and the best plan that honours them.

    DIR is a run folder, its number, or a project whose latest run is meant. Ids as in the tables; with several roles
    CUSTOMER:ROLE. All options may be repeated. Exits 1 when no plan can honour the wishes.
    """
    from models.stop import Stop
    from planner.by_hand.documents import trial_document
    from planner.by_hand.trial import try_moves
    from planner.console import Progress, messages, output
    from planner.exits import DONE, STOPPED, THE_ANSWER_IS_NO, print_json
    from planner.interruption import until_interrupted
    from planner.native_output import muted
    from planner.screens.plan import show_put_beside
    from planner.screens.trial import show_trial

    stop = Stop(time_limit=time_limit)
    with Progress(messages(), quiet=quiet) as progress, muted():
        progress.say("trying")
        trial = until_interrupted(
            lambda: try_moves(run, moves, keeps, nots, out=out, force=force, stop=stop),
            stop,
            lambda: progress.note("Stopping with what is known so far; Ctrl-C again leaves at once."),
        )
    if trial.folder is not None:
        show_put_beside(messages(), out, trial.folder)
    if as_json:
        print_json(trial_document(trial))
    else:
        show_trial(output(), trial)
    if trial.can_be is None:
        return STOPPED
    return DONE if trial.can_be else THE_ANSWER_IS_NO
