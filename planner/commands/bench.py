"""``planner bench``: this planner beside everything one could call instead."""

from __future__ import annotations

import math
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import click

from planner.bench.methods import METHODS
from planner.commands.options import LARGEST_SEED, LONGEST_SECONDS, screen_options

if TYPE_CHECKING:
    from planner.bench.contest import Outcome
    from planner.bench.instance import Case
    from planner.bench.or_library import Sense


def _seconds(ctx: click.Context, parameter: click.Parameter, value: float) -> float:
    """Refuse what is no number of seconds; NaN, which compares with nothing, passes every range."""
    if math.isnan(value):
        raise click.BadParameter("this is not a number of seconds")
    return value


_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_FOLDER = click.Path(exists=True, path_type=Path)


@click.command()
@click.option("--size", "sizes", multiple=True, metavar="SIZE", help="S, 1000x40, M, L, XL, or CUSTOMERSxREPS.")
@click.option(
    "--variant",
    "variants",
    multiple=True,
    metavar="NAME",
    help="soft, capacity, budget, three, families, gap-c, gap-d or gap-e; soft unless stated.",
)
@click.option("--gap-file", "gap_files", multiple=True, type=_FILE, help="Problems in the format of the OR-Library.")
@click.option(
    "--gap-sense",
    type=click.Choice(["auto", "minimise", "maximise"]),
    default="auto",
    show_default=True,
    help="What the problems of --gap-file want; auto maximises gap1.txt to gap12.txt.",
)
@click.option("--project", "projects", multiple=True, type=_FOLDER, help="A project of your own.")
@click.option(
    "--method", "methods", multiple=True, type=click.Choice(list(METHODS)), help="Only these; all unless stated."
)
@click.option(
    "--seed",
    "seeds",
    multiple=True,
    type=click.IntRange(0, LARGEST_SEED),
    metavar="INTEGER",
    help="Of the made-up orgs and of the methods; 1 unless stated.",
)
@click.option(
    "--time-limit",
    type=click.FloatRange(0, LONGEST_SECONDS, min_open=True),
    default=30.0,
    show_default=True,
    metavar="SECONDS",
    callback=_seconds,
    help="For each method on each case.",
)
@click.option(
    "--threads",
    type=click.IntRange(1, 1024),
    metavar="INTEGER",
    help="Processor cores for each method; all of this machine unless stated.",
)
@screen_options
def bench(
    sizes: tuple[str, ...],
    variants: tuple[str, ...],
    gap_files: tuple[Path, ...],
    gap_sense: str,
    projects: tuple[Path, ...],
    methods: tuple[str, ...],
    seeds: tuple[int, ...],
    time_limit: float,
    threads: int | None,
    as_json: bool,
    quiet: bool,
) -> int:
    """Compare this planner with other solvers and with rules of thumb, on equal terms.

    Every method gets the same problem, the same time and the same processor cores, in a process of its own, and
    every plan is judged by the checker, so that each objective is real. Made-up orgs (--size, --variant),
    generalised-assignment problems from the literature (--gap-file) and projects of your own (--project) can be mixed;
    a small org unless any is named. Repeat an option for several.

    Ends with 1 where this planner has no plan and another has one, or somebody's bound is wrong.
    """
    from planner.bench import instance
    from planner.bench.contest import compete, cores, summed_up
    from planner.bench.machine import machine, versions
    from planner.console import Progress, messages, output
    from planner.exits import DONE, STOPPED, THE_ANSWER_IS_NO, print_json
    from planner.screens.bench import show_outcome, show_summaries, show_where

    asked, seeds = tuple(dict.fromkeys(methods)) or tuple(METHODS), tuple(dict.fromkeys(seeds)) or (1,)
    threads = cores() if threads is None else min(threads, cores())
    cases: list[Case] = []
    if sizes or variants or not (gap_files or projects):
        cases += instance.orgs(sizes or ("S",), variants or ("soft",), seeds)
    cases += instance.from_files(gap_files, seeds, cast("Sense", gap_sense))
    for project in projects:
        cases += instance.own(project, seeds)
    outcomes: list[Outcome] = []
    with Progress(messages(), quiet=quiet) as progress:
        try:
            for case in cases:
                outcomes.append(compete(case, asked, seconds=time_limit, threads=threads, tell=progress.say))
        except KeyboardInterrupt:
            progress.note(f"Stopped after {len(outcomes)} of {len(cases)} cases.")
    where, which = machine(), versions()
    if as_json:
        document = {"machine": where, "versions": which, "time_limit": time_limit, "threads": threads}
        print_json({**document, "cases": [_record(outcome) for outcome in outcomes]})
    else:
        for outcome in outcomes:
            show_outcome(output(), outcome, seconds=time_limit, threads=threads)
        if len(seeds) > 1 and outcomes:
            show_summaries(output(), summed_up(outcomes))
        if outcomes:
            show_where(output(), where, which)
    if any(_defeated(outcome) for outcome in outcomes):
        return THE_ANSWER_IS_NO
    makes_plans = any(not METHODS[method].bound_only for method in asked)
    nothing = not outcomes or (makes_plans and all(outcome.best_objective is None for outcome in outcomes))
    return STOPPED if nothing else DONE


def _defeated(outcome: Outcome) -> bool:
    """Tell whether a bound was wrong, or this planner alone had no plan."""
    without = any(one.method == "auto" and one.objective is None for one in outcome.attempts)
    wrong = any(outcome.disproved(one) for one in outcome.attempts)
    return wrong or (without and outcome.best_objective is not None)


def _record(outcome: Outcome) -> dict[str, Any]:
    """Return a case as plain data: points as they are minimised, gaps as fractions, seconds, GB."""
    case = outcome.case
    first = next((one for one in outcome.attempts if one.customers is not None), None)
    return {
        "case": case.family,
        "seed": case.seed,
        "customers": None if first is None else first.customers,
        "reps": None if first is None else first.reps,
        "candidates": outcome.candidates,
        "best_bound": outcome.best_bound,
        "best_objective": outcome.best_objective,
        "best_known": case.best_known,
        "methods": [
            {
                **asdict(one),
                "gap": outcome.gap(one),
                "to_best_known": outcome.to_best_known(one),
                "bound_disproved": outcome.disproved(one),
                "seconds_to_1_percent": outcome.seconds_to(one, 0.01),
                "seconds_to_0.1_percent": outcome.seconds_to(one, 0.001),
            }
            for one in outcome.attempts
        ],
    }
