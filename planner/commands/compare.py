"""``planner compare``: scenarios side by side."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from click.core import ParameterSource

from planner.commands.options import crew_options, screen_options, solve_options
from planner.commands.reporting import Reporting, with_report_options

if TYPE_CHECKING:
    from planner.language import Language
    from planner.report.blocks import Report
    from planner.report.readership.audience import Audience
    from planner.together.gathered import Gathered
    from planner.together.order import Limits
    from planner.together.solved import Solved, Together
    from scenarios.running.runner import Ended, Said


_OF_PLANNING = ("scenarios", "sweeps", "sets", "jobs", "cluster", "time_limit", "gap", "seed", "engine")


@click.command()
@click.argument("places", metavar="[PROJECT | RUN RUN ...]", type=click.Path(path_type=Path), nargs=-1)
@click.option(
    "--scenario", "scenarios", multiple=True, metavar="NAME", help="Compare this one. Repeatable; all if none."
)
@click.option("--sweep", "sweeps", multiple=True, metavar="NAME", help="Compare the scenarios of a sweep. Repeatable.")
@click.option("--baseline", metavar="NAME", help="Hold the others against it; base, or the first one, if not stated.")
@click.option(
    "--set",
    "sets",
    multiple=True,
    metavar="PATH=VALUE",
    help="Change one policy value in every scenario. Repeatable.",
)
@click.option(
    "--risk",
    metavar="LOW-HIGH",
    default="13%-17%",
    show_default=True,
    help="Share of a moved customer's revenue that is at risk in the first year.",
)
@click.option(
    "--fail-if",
    "gates",
    multiple=True,
    metavar="CONDITION",
    help="Exit 1 when it is true of a scenario, such as 'moved_share > 0.1 or gap > 0.01'. Repeatable.",
)
@click.option("--brief", is_flag=True, help="Show the eight numbers only; all are written.")
@click.option("--customers", is_flag=True, help="Of two scenarios or runs: which customers differ, and why.")
@with_report_options
@click.option(
    "--frontier",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Show a frontier in the report that planner frontier has written there.",
)
@click.option("--out", type=click.Path(path_type=Path), metavar="DIR", help="Where to write; runs/NNN by default.")
@click.option("--force", is_flag=True, help="Replace an earlier comparison in --out.")
@crew_options
@solve_options
@screen_options
def compare(
    places: tuple[Path, ...],
    scenarios: tuple[str, ...],
    sweeps: tuple[str, ...],
    baseline: str | None,
    sets: tuple[str, ...],
    risk: str,
    gates: tuple[str, ...],
    brief: bool,
    customers: bool,
    report: bool,
    images: bool,
    person: str | None,
    job: str | None,
    frontier: Path | None,
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
    """Plan scenarios side by side and show what each buys; or put finished RUNs side by side.

    What was planned before is found again. --time-limit is for all of them together. Ctrl-C shows those that are
    finished; the same command goes on from there.
    """
    from planner.console import messages, output
    from planner.exits import print_json
    from planner.screens.comparison import show_comparison, show_verdict
    from planner.screens.plan import show_put_beside, show_written
    from planner.screens.report import show_files
    from planner.together.gathered import from_solved, is_run, usual_baseline
    from planner.together.order import Limits
    from planner.write.comparison import COMPARISON, FRONTIER, difference_document, write_comparison, write_difference
    from planner.write.files import write_json
    from planner.write.folder import chosen_folder
    from planner.write.publishing import publish
    from scenarios.comparing.comparison import compare as side_by_side
    from scenarios.comparing.gate import judge_gate, names_in, read_gate
    from scenarios.comparing.risk import risk_of

    shares = risk_of(risk)
    reporting = Reporting(report, images, person, job)
    beside = _frontier(frontier, reporting)
    target = None if out is None else chosen_folder(out, COMPARISON, force=force)
    project = places[0] if places else Path()
    if len(places) > 1 or is_run(project):
        _refuse_with_runs()
        from planner.together.finished_runs import from_runs, home_of

        gathered, title, home = from_runs(places), "Finished runs", home_of(places)
        left_out: tuple[str, ...] = ()
    else:
        limits = Limits(time_limit, 0.0 if gap is None else gap, engine=engine, seed=seed)
        asked = _Asked(scenarios, sweeps, sets, baseline, gates, 2 if customers else None)
        together, solved = _solved(project, asked, limits, jobs, cluster, quiet)
        gathered, title, home = from_solved(solved), together.contents.title, together.contents.folder
        left_out = () if scenarios or sweeps else tuple(together.contents.swept)
    names = [entry.name for entry in gathered.entries]
    comparison = side_by_side(gathered.entries, usual_baseline(names) if baseline is None else baseline, shares)
    if customers and len(gathered.folders) != 2:
        raise click.UsageError(f"--customers tells two plans apart; there are {len(gathered.folders)} here")
    verdicts = [judge_gate(comparison, read_gate(text, names_in(comparison))) for text in gates]
    told = None
    if customers:
        from planner.together.finished_runs import told_apart

        told = told_apart(gathered)
    records: list[dict[str, object]] = []
    reported: list[Path] = []
    runs = {name: str(run) for name, run in gathered.folders.items()}

    def write(folder: Path) -> None:
        records.append(write_comparison(folder, comparison, project=title, verdicts=verdicts, runs=runs))
        if told is not None:
            write_difference(folder, told)
        if beside is not None:
            write_json(beside, folder / FRONTIER)
        reported.extend(reporting.write(folder, report_of_comparison))

    folder = publish(target, home, write)
    show_put_beside(messages(), out, folder)
    files = [folder / file for file in reported]
    if as_json:
        apart = {} if told is None else {"customers": difference_document(told)}
        listed = {"files": [str(file) for file in files]} if report else {}
        print_json({"comparison": str(folder), **listed, "runs": runs, **records[0], **apart})
    else:
        paper = output(wide=True)
        show_comparison(paper, comparison, title=title, everything=told is None and not brief)
        if told is not None:
            from planner.screens.difference import show_difference

            show_difference(paper, told)
    for verdict in verdicts:
        show_verdict(messages() if as_json else output(), verdict)
    if not as_json:
        for sweep in left_out:
            output().paragraph(f'The points of a sweep are compared when it is named: --sweep "{sweep}"', "quiet")
        show_written(output(), folder)
        show_files(output(), files)
    return _exit_code(gathered, all(verdict.passed for verdict in verdicts))


def report_of_comparison(folder: Path, audience: Audience, say: Language) -> Report:
    """Return the report of a comparison; what draws is loaded when it is drawn."""
    from planner.report.comparison.report import report_of_comparison as report_of

    return report_of(folder, audience, say)


def _frontier(folder: Path | None, reporting: Reporting) -> dict[str, Any] | None:
    """Return the record of the frontier to show beside the scenarios."""
    if folder is None:
        return None
    if not reporting.report:
        raise click.UsageError("--frontier is of a report: add --report")
    from planner.frontier_record import frontier_document
    from planner.report.comparison.runs import read_frontier

    return frontier_document(read_frontier(folder))


@dataclass(frozen=True)
class _Asked:
    """What was asked of the scenarios of a project; ``count`` is how many there must be."""

    scenarios: tuple[str, ...]
    sweeps: tuple[str, ...]
    sets: tuple[str, ...]
    baseline: str | None
    gates: tuple[str, ...]
    count: int | None


def _refuse_with_runs() -> None:
    """Refuse what has an effect on plans only: finished runs are not planned anew."""
    context = click.get_current_context()
    for option in context.command.params:
        name = option.name or ""
        if name in _OF_PLANNING and context.get_parameter_source(name) is ParameterSource.COMMANDLINE:
            raise click.UsageError(f"{option.opts[0]} is for the scenarios of a project, not for finished runs")


def _solved(
    project: Path, asked: _Asked, limits: Limits, jobs: int | None, cluster: str | None, quiet: bool
) -> tuple[Together, list[Solved]]:
    """Solve what was asked for, and show how far each scenario is."""
    from planner.console import Board, messages
    from planner.interruption import asked_to_stop
    from planner.screens.findings import show_warnings_briefly
    from planner.screens.progress import show_ended
    from planner.together.chosen import chosen_scenarios, looked_at
    from planner.together.crews import crew_for
    from planner.together.solved import Together, Wanted
    from scenarios.running.runner import Ended

    together = Together(project, limits, sets=asked.sets)
    names = chosen_scenarios(together.contents, asked.scenarios, asked.sweeps, asked.baseline)
    if asked.count is not None and len(names) != asked.count:
        raise click.UsageError(
            f"--customers compares {asked.count} scenarios, not {len(names)}: name them by --scenario"
        )
    wanted = [Wanted(name) for name in names]
    board = Board(messages(), [job.name for job in together.jobs(wanted)], quiet=quiet)

    def told(name: str, news: Said | Ended) -> None:
        if isinstance(news, Ended):
            show_ended(board, name, news)
        else:
            board.say(name, news.doing)

    with crew_for(together.contents, jobs, cluster) as crew:
        warnings = looked_at(together, wanted, asked.gates, crew)
        note = "Stopping with the plans found so far; Ctrl-C again leaves at once."
        with board, asked_to_stop(lambda: board.note(note)) as stopped:
            solved = together.solve(wanted, crew, told=told, interrupted=stopped)
    if not quiet:
        show_warnings_briefly(messages(), warnings)
    return together, solved


def _exit_code(gathered: Gathered, passed: bool) -> int:
    """Return 0 when all went well; what was refused, broke or was stopped is not passed over in silence."""
    from planner.exits import BAD_INPUT, DEFECT, DONE, STOPPED, THE_ANSWER_IS_NO

    kinds = {trouble.kind for trouble in gathered.troubles.values()}
    if "defect" in kinds:
        return DEFECT
    if "refused" in kinds:
        return BAD_INPUT
    if not passed:
        return THE_ANSWER_IS_NO
    if kinds:
        return STOPPED
    if gathered.folders:
        return DONE
    unfinished = any(entry.status == "no_plan" for entry in gathered.entries)
    return STOPPED if unfinished else THE_ANSWER_IS_NO
