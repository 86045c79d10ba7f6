"""``planner init``: begin a project."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import click

from planner.commands.options import screen_options


@click.command()
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.option(
    "--from",
    "tables",
    nargs=2,
    metavar="CUSTOMERS REPS",
    type=click.Path(path_type=Path),
    help="Start from these two tables: CSV, Parquet or Excel. They are copied.",
)
@click.option("--force", is_flag=True, help="Replace the tables and planner.yaml that are already in DIR.")
@screen_options
def init(folder: Path, tables: tuple[Path, Path] | None, force: bool, as_json: bool, quiet: bool) -> int:
    """Begin a project in DIR: a commented planner.yaml, and empty tables to fill in or copies of yours.

    The headers of usual CRM exports are recognised. The policy is the usual one for the columns there are.
    """
    from planner.beginning import begin
    from planner.exits import DONE, findings_as_json, print_json
    from planner.screens.beginning import show_beginning

    customers, reps = tables or (None, None)
    begun = begin(folder, today=dt.date.today(), customers=customers, reps=reps, force=force)
    if as_json:
        print_json(
            {
                "folder": str(begun.folder),
                "files": list(begun.files),
                "recognised": begun.recognised,
                "given_up": list(begun.given_up),
                "findings": findings_as_json(begun.findings),
            }
        )
    elif not quiet:
        from planner.console import messages

        show_beginning(messages(), begun)
    return DONE
