"""``planner check``: look for problems before planning."""

from __future__ import annotations

from pathlib import Path

import click

from planner.commands.options import change_options, project_argument, screen_options


@click.command()
@project_argument
@change_options
@screen_options
def check(project: Path, scenario: str | None, sets: tuple[str, ...], as_json: bool, quiet: bool) -> int:
    """Look for problems in tables and policy, and whether every customer has somebody who may own it.

    For each policy line: how many customers it touches and how many candidates it removes. A line that touches nobody
    is worth a second look.
    """
    from dataclasses import asdict

    from models.survey import survey
    from planner.console import Progress, messages, output
    from planner.exits import DONE, THE_ANSWER_IS_NO, findings_as_json, print_json
    from planner.project import load
    from planner.screens.check import show_check

    with Progress(messages(), quiet=quiet) as progress:
        progress.say("reading tables and policy")
        loaded = load(project, scenario=scenario, sets=sets)
        progress.say("looking for candidates")
        seen = survey(loaded.org, loaded.policy)
    if as_json:
        per_unit = seen.candidates_per_unit
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
                    "min": int(per_unit.min(initial=0)) if not len(per_unit) else int(per_unit.min()),
                    "median": float(sorted(per_unit)[len(per_unit) // 2]) if len(per_unit) else 0.0,
                    "max": int(per_unit.max(initial=0)),
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
            title=loaded.name,
            findings=loaded.findings,
            assumptions=loaded.assumptions,
            unit=measure.unit if measure is not None else "",
        )
    return THE_ANSWER_IS_NO if seen.without_candidate else DONE
