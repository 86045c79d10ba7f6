"""``planner status``: where the quarter stands."""

from __future__ import annotations

from pathlib import Path

import click

from planner.commands.options import project_argument, screen_options


@click.command()
@project_argument
@screen_options
def status(project: Path, as_json: bool, quiet: bool) -> int:
    """Say where the quarter stands: the last runs, what is open, and the command to type next."""
    from planner.console import output
    from planner.exits import DONE, print_json
    from planner.quarter import look_at
    from planner.screens.quarter import show_quarter

    quarter = look_at(project.parent if project.is_file() else project)
    if as_json:
        print_json(
            {
                "project": str(project),
                "runs": [
                    {
                        "run": run.folder.name,
                        "written": run.written.isoformat(timespec="seconds"),
                        "scenario": run.record.scenario if run.record else None,
                        "status": run.record.status if run.record else None,
                        "objective": run.record.objective if run.record else None,
                        "gap": run.record.gap if run.record else None,
                        "warm": run.record.warm if run.record else None,
                        "verified": run.verified,
                    }
                    for run in quarter.runs
                ],
                "open": list(quarter.open),
                "next": quarter.next,
                "why": quarter.why,
            }
        )
    else:
        show_quarter(output(), quarter)
    return DONE
