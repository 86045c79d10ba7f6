"""``planner frontier``: what each bit of change buys."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from planner.commands.options import change_options, crew_options, project_argument, screen_options, solve_options
from planner.commands.reporting import Reporting, with_report_options

if TYPE_CHECKING:
    from planner.language import Language
    from planner.project import Project
    from planner.report.blocks import Report
    from planner.report.readership.audience import Audience

MOST_POINTS = 1000
SHARE, LEAST_SECONDS = 0.1, 2.0
"""Of a time limit that is up, so much more for why no plan can exist."""
USUAL_POINTS, EVERY_POINT = 12, 200
SMALL_PAIRS = 2_000
"""Up to so many pairs of customer and rep a plan takes a moment, and all points are looked for."""


@click.command()
@project_argument
@change_options
@click.option(
    "--goal",
    "goals",
    multiple=True,
    default=("balance",),
    metavar="GOAL",
    show_default=True,
    help="What to make small. Repeatable: several are weighed as in the policy.",
)
@click.option(
    "--against",
    default="customers",
    metavar="WHAT",
    show_default=True,
    help="What it costs: customers moved, a measure of which moves carry something, or a goal.",
)
@click.option(
    "--points",
    type=click.IntRange(2, MOST_POINTS),
    metavar="N",
    help="How many points are wanted; 12 if not stated, or all there are where the org is small.",
)
@click.option("--beyond-budget", is_flag=True, help="Lift the policy's own overall limit on what it is traced against.")
@with_report_options
@click.option("--out", type=click.Path(path_type=Path), metavar="DIR", help="Where to write; runs/NNN by default.")
@click.option("--force", is_flag=True, help="Replace an earlier frontier in --out.")
@crew_options
@solve_options
@screen_options
def frontier(
    project: Path,
    scenario: str | None,
    sets: tuple[str, ...],
    goals: tuple[str, ...],
    against: str,
    points: int | None,
    beyond_budget: bool,
    report: bool,
    images: bool,
    person: str | None,
    job: str | None,
    out: Path | None,
    force: bool,
    jobs: int | None,
    cluster: str | None,
    time_limit: float | None,
    gap: float | None,
    seed: int,
    engine: str,
    as_json: bool,
    quiet: bool,
) -> int:
    """Trace balance against moves, or any two things: the points no plan beats, and the band around them.

    --time-limit is shared out among all points. Ctrl-C keeps the points found so far.
    """
    from models.stop import Stop
    from planner.console import Progress, messages, output
    from planner.exits import DONE, STOPPED, THE_ANSWER_IS_NO, print_json
    from planner.explaining.briefly import why_briefly
    from planner.frontier_record import frontier_document, frontier_record
    from planner.interruption import until_interrupted
    from planner.native_output import muted
    from planner.project import load
    from planner.screens.findings import show_warnings_briefly
    from planner.screens.frontier import show_frontier, show_frontier_written
    from planner.screens.plan import show_put_beside
    from planner.screens.report import show_files
    from planner.to_type import command
    from planner.together.crews import crew_for
    from planner.together.order import Limits
    from planner.together.points import Points
    from planner.together.solved import Together
    from planner.versions import versions
    from planner.write.files import sha256
    from planner.write.folder import chosen_folder
    from planner.write.frontier import FRONTIER, write_frontier
    from scenarios.definition import BASE
    from scenarios.tracing.trade_off import trace_trade_off, trade_off

    reporting = Reporting(report, images, person, job)
    target = chosen_folder(out, FRONTIER, force=force) if out is not None else None
    with Progress(messages(), quiet=quiet) as progress:
        progress.say("reading tables and policy")
        loaded = load(project, scenario=scenario, sets=sets)
        _refuse_what_is_measured(loaded)
        trade = trade_off(
            loaded.org,
            loaded.policy,
            loaded.document.get("policy") or {},
            goals=goals,
            against=against,
            beyond_budget=beyond_budget,
        )
        wanted = _wanted(points, loaded.org.n_customers * loaded.org.n_reps)
        stop = Stop(time_limit=time_limit)
        limits = Limits(gap=0.0 if gap is None else gap, engine=engine, seed=seed)
        together = Together(project, limits, sets=sets)
        with crew_for(together.contents, jobs, cluster) as crew:
            crew.get_ready()
            answers = Points(
                together,
                crew,
                BASE if scenario is None else scenario,
                trade.measure,
                stop,
                2 * wanted,
                lambda done, doing: progress.say(f"{done} plans so far; {doing}"),
            )
            found = until_interrupted(
                lambda: trace_trade_off(trade, answers.solve, wanted, stopped=lambda: stop.reason),
                stop,
                lambda: progress.note("Stopping with the points found so far; Ctrl-C again leaves at once."),
            )
        explanation: tuple[str, ...] = ()
        if found.status == "infeasible":
            progress.say("looking for the rules that conflict")
            with muted():
                explanation = until_interrupted(
                    lambda: why_briefly(loaded.org, loaded.policy, stop.after_it(SHARE, LEAST_SECONDS)),
                    stop,
                    lambda: progress.note("Stopping with what is known so far; Ctrl-C again leaves at once."),
                )
        about = {
            "project": loaded.name,
            "scenario": scenario,
            "changed": list(sets),
            "explanation": list(explanation),
            "seconds": round(stop.seconds_used, 3),
            "seed": seed,
            "sources": {name: sha256(path) for name, path in loaded.files.items()},
            "versions": versions(),
        }
        record = frontier_record(found, trade, about, answers.runs)
        progress.say("writing the frontier")
        reported: list[Path] = []
        folder = write_frontier(
            loaded.folder, record, target, lambda made: reported.extend(reporting.write(made, report_of_frontier))
        )
        files = [folder / file for file in reported]
    show_put_beside(messages(), out, folder)
    if not quiet:
        show_warnings_briefly(messages(), loaded.findings)
    if as_json:
        listed = {"files": [str(file) for file in files]} if report else {}
        print_json({"run": str(folder), **listed, **frontier_document(record)})
    else:
        title = loaded.name if scenario is None else f"{loaded.name} · {scenario}"
        explain = [
            command("plan", project, scenario=scenario, sets=sets),
            command("explain", loaded.folder, "infeasible"),
        ]
        show_frontier(output(), found, trade, title=title, explanation=explanation, explain=explain)
        show_frontier_written(output(), folder, len(found.points))
        show_files(output(), files)
    for lost in answers.lost:
        messages().paragraph(lost, "warn")
    if answers.lost:
        return STOPPED
    if found.points:
        return DONE
    return THE_ANSWER_IS_NO if found.status == "infeasible" else STOPPED


def report_of_frontier(folder: Path, audience: Audience, say: Language) -> Report:
    """Return the report of a frontier; what draws is loaded when it is drawn."""
    from planner.report.comparison.report import report_of_frontier as report_of

    return report_of(folder, audience, say)


def _wanted(points: int | None, pairs: int) -> int:
    if points is not None:
        return points
    return EVERY_POINT if pairs <= SMALL_PAIRS else USUAL_POINTS


def _refuse_what_is_measured(project: Project) -> None:
    """Refuse a scenario that is measured and not planned: it is one point."""
    from models.findings import Finding, InputRefused, Place
    from scenarios.definition import ScenarioKind

    if project.kind is ScenarioKind.EVALUATED:
        title = "A scenario that is only measured has no frontier"
        raise InputRefused(
            [Finding("TP240", title, Place(file="--scenario"), found=project.scenario, hint="Try another scenario")]
        )
