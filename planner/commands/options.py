"""Flags that several commands share, each written once."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

Command = TypeVar("Command", bound=Callable[..., Any])

LONGEST_SECONDS = 365 * 86_400
LARGEST_SEED = 2**31 - 1  # what every solver takes
ENGINES = ("auto", "highs", "scip", "cpsat", "cbc")


class _Number(click.FloatRange):
    """A number in a range; NaN, which compares with nothing, is in none."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        number: float = super().convert(value, param, ctx)
        if math.isnan(number):
            self.fail(f"{value} is not a number.", param, ctx)
        return number


def _project(ctx: click.Context, parameter: click.Parameter, value: Path) -> Path:
    if not value.exists():
        raise click.BadParameter(f"there is no folder {value}")
    return value


def project_argument(command: Command) -> Command:
    """Add PROJECT, a folder or its project file; the current folder by default."""
    return click.argument("project", type=click.Path(path_type=Path), default=Path(), callback=_project)(command)


def run_argument(command: Command) -> Command:
    """Add DIR, a run; the latest by default."""
    return click.argument("run", metavar="[DIR]", type=click.Path(path_type=Path), required=False)(command)


def change_options(command: Command) -> Command:
    """Add --scenario and --set, which change project and policy for one command."""
    command = click.option(
        "--set",
        "sets",
        multiple=True,
        metavar="PATH=VALUE",
        help="Change one policy value, such as 'disruption.budgets[moved customers].max=3%'. Repeatable.",
    )(command)
    return click.option("--scenario", metavar="NAME", help="Plan for a scenario, or for SWEEP: VALUE.")(command)


def solve_options(command: Command) -> Command:
    """Add what limits and steers the search for a plan."""
    for option in (
        click.option("--engine", type=click.Choice(ENGINES), default="auto", show_default=True, help="Who solves."),
        click.option(
            "--seed",
            type=click.IntRange(0, LARGEST_SEED),
            metavar="INTEGER",
            default=1,
            show_default=True,
            help="Same seed, same plan.",
        ),
        click.option(
            "--gap",
            type=_Number(0, 1, max_open=True),
            metavar="FRACTION",
            help="Stop when no plan can be better by more, such as 0.01.",
        ),
        seconds_option,
    ):
        command = option(command)
    return command


def seconds_option(command: Command) -> Command:
    """Add --time-limit."""
    return click.option(
        "--time-limit",
        type=_Number(0, LONGEST_SECONDS, min_open=True),
        metavar="SECONDS",
        help="Stop after so long and keep the best found so far.",
    )(command)


def crew_options(command: Command) -> Command:
    """Add --jobs and --cluster: who plans many scenarios, and how many at a time."""
    command = click.option("--cluster", metavar="ADDRESS", help="Plan on a Dask cluster, such as tcp://10.0.0.5:8786.")(
        command
    )
    return click.option(
        "--jobs", type=click.IntRange(1, 1024), metavar="N", help="So many at a time; one per core if not stated."
    )(command)


def screen_options(command: Command) -> Command:
    """Add --json, --quiet, --detail and --debug."""
    for option in (
        click.option("--debug", is_flag=True, expose_value=False, help="Show tracebacks."),
        click.option("--quiet", is_flag=True, help="No progress and no messages, only results and errors."),
        click.option("--json", "as_json", is_flag=True, help="Results as JSON on stdout, and nothing else there."),
    ):
        command = option(command)
    return command


def report_options(command: Command) -> Command:
    """Add --images, --sheet-per-manager and --basemap: what a report has beside page and workbook."""
    for option in (
        click.option(
            "--basemap",
            type=click.Path(path_type=Path),
            metavar="FILE",
            help="GeoJSON with outlines to draw under the map; without it no borders are drawn.",
        ),
        click.option("--sheet-per-manager", is_flag=True, help="In the workbook also a sheet per manager."),
        click.option("--images", is_flag=True, help="Also every chart as PNG and SVG."),
    ):
        command = option(command)
    return command


def audience_options(command: Command) -> Command:
    """Add --for and --job: for whom a report is."""
    command = click.option(
        "--job",
        type=click.Choice(("sales", "service", "leadership")),
        help="Which columns may be seen (visible_to); by default those of the person's role.",
    )(command)
    return click.option(
        "--for", "person", metavar="manager:ID|rep:ID", help="Write only what this person may see: the own team's."
    )(command)


def wishes_option(command: Command) -> Command:
    """Add --wishes, a table that comes to those of the project."""
    return click.option(
        "--wishes",
        type=click.Path(path_type=Path),
        metavar="FILE",
        help="What managers wish for: customer, rep, kind (with, not, keep), weight, who.",
    )(command)


def detail_option(command: Command) -> Command:
    """Add --detail."""
    return click.option("--detail", is_flag=True, help="Also goals in points, bounds and all reps.")(command)
