"""``planner check``: look for problems before planning."""

from __future__ import annotations

from pathlib import Path

import click

from planner.commands.options import change_options, project_argument, screen_options, wishes_option


@click.command()
@project_argument
@change_options
@wishes_option
@screen_options
def check(
    project: Path, scenario: str | None, sets: tuple[str, ...], wishes: Path | None, as_json: bool, quiet: bool
) -> int:
    """Look for problems in tables and policy, and whether every customer has somebody who may own it.

    For each policy line: how many customers it touches and how many candidates it removes. A line that touches nobody
    is worth a second look.
    """
    from dataclasses import asdict, replace

    import numpy as np

    from models.survey import survey
    from planner.console import Progress, messages, output
    from planner.exits import DONE, THE_ANSWER_IS_NO, findings_as_json, print_json
    from planner.project import load
    from planner.project_file import further_tables
    from planner.screens.check import show_check
    from planner.to_type import command, typed

    with Progress(messages(), quiet=quiet) as progress:
        progress.say("reading tables and policy")
        loaded = load(project, scenario=scenario, sets=sets, tables=further_tables(project, wishes=wishes))
        progress.say("looking for candidates")
        seen = survey(loaded.org, loaded.policy)
        seen = replace(seen, findings=tuple(map(loaded.located, seen.findings)))
    if as_json:
        count = seen.candidates_per_unit if seen.units else np.zeros(1)
        print_json(
            {
                "project": loaded.name,
                "customers": loaded.org.n_customers,
                "reps": loaded.org.n_reps,
                "effects": [asdict(effect) for effect in seen.effects],
                "units": seen.units,
                "candidates": seen.candidates,
                "poolable": seen.poolable,
                "candidates_per_unit": {
                    "min": int(count.min()),
                    "median": float(np.median(count)),
                    "max": int(count.max()),
                },
                "without_candidate": [asdict(one) for one in seen.without_candidate],
                "frozen": [asdict(one) for one in seen.frozen],
                "frozen_revenue": seen.frozen_revenue,
                "total_revenue": seen.total_revenue,
                "assumptions": findings_as_json(loaded.assumptions),
                "findings": findings_as_json([*loaded.findings, *seen.findings]),
            }
        )
    else:
        measure = loaded.policy.measures.get("revenue")
        show_check(
            output(),
            loaded.org,
            seen,
            ready=command("plan", project, scenario=scenario, files=typed(wishes=wishes), sets=sets),
            title=loaded.name,
            findings=loaded.findings,
            assumptions=loaded.assumptions,
            unit=measure.unit if measure is not None else "",
        )
    return DONE if seen.possible else THE_ANSWER_IS_NO
