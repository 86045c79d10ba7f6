"""``planner verify``: judge a finished run again."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import click

from planner.commands.options import run_argument, screen_options


@click.command()
@run_argument
@screen_options
def verify(run: Path | None, as_json: bool, quiet: bool) -> int:
    """Check a finished run again, from its own inputs, by code that shares nothing with the engines.

    DIR is a run folder, its number, or a project whose latest run is meant. A plan that was edited by hand is judged
    as it is now: every rule it breaks is named, with customer and rep. The price bound is recomputed from the
    multipliers in certificate.npz.
    """
    from planner.console import Progress, messages, output
    from planner.exits import DONE, THE_ANSWER_IS_NO, print_json
    from planner.run_folder import find_run
    from planner.screens.verification import show_verification
    from planner.verification import remember, verify_run

    folder = find_run(run)
    with Progress(messages(), quiet=quiet) as progress:
        progress.say(f"judging {folder} again")
        verification = verify_run(folder)
    remember(verification)
    if as_json:
        print_json(
            {
                "run": str(folder),
                "verified": verification.passed,
                "status": verification.run.record.status,
                "price_bound": verification.price_bound,
                "violations": [asdict(violation) for violation in verification.violations],
                "differences": list(verification.differences),
                "notes": list(verification.notes),
            }
        )
    else:
        show_verification(output(), verification)
    return DONE if verification.passed else THE_ANSWER_IS_NO
