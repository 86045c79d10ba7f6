"""``planner books``: today's books, before any plan."""

from __future__ import annotations

from pathlib import Path

import click

from planner.commands.options import project_argument, screen_options


@click.command()
@project_argument
@click.option("--detail", is_flag=True, help="All books, not only the heaviest and the lightest.")
@screen_options
def books(project: Path, detail: bool, as_json: bool, quiet: bool) -> int:
    """Show today's books before any plan: by rep, team and region, and what is wrong with them."""
    from planner.books import as_document, todays_books
    from planner.console import Progress, messages, output
    from planner.exits import DONE, findings_as_json, print_json
    from planner.project import load
    from planner.screens.findings import show_warnings_briefly
    from planner.screens.todays_books import show_todays_books

    with Progress(messages(), quiet=quiet) as progress:
        progress.say("reading tables and policy")
        loaded = load(project)
        progress.say("weighing today's books")
        of_roles = todays_books(loaded.org, loaded.policy)
    if as_json:
        print_json(
            {
                "project": loaded.name,
                "period": {"start": str(loaded.org.period.start), "end": str(loaded.org.period.end)},
                "books": [{**as_document(one), "findings": findings_as_json(one.findings)} for one in of_roles],
                "findings": findings_as_json(loaded.findings),
            }
        )
    else:
        show_todays_books(output(), of_roles, title=loaded.name, period=loaded.org.period, everything=detail)
        if not quiet:
            show_warnings_briefly(messages(), loaded.findings)
    return DONE
