"""The command ``generate``: a synthetic org of any size from a seed."""

from __future__ import annotations

from pathlib import Path

import click

from planner.commands.options import screen_options

_PRESETS = (
    "us (the default), china, bench-soft, bench-capacity, bench-budget, bench-three, bench-families, "
    "gap-c, gap-d, gap-e (generalised assignment: jobs are customers, agents reps)"
)


@click.command()
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.option("--customers", default=300, show_default=True, help="How many customers, up to a million.")
@click.option("--reps", default=15, show_default=True, help="How many reps.")
@click.option("--seed", default=1, show_default=True, help="The same seed makes the same org.")
@click.option("--preset", default="us", metavar="NAME", help=f"What kind of org: {_PRESETS}.")
@click.option(
    "--geography",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="Places of your own: a CSV file with lat, lng, population and, if you like, name and region.",
)
@click.option("--parquet", is_flag=True, help="Write Parquet instead of CSV: for the larger orgs.")
@click.option("--force", is_flag=True, help="Replace tables and planner.yaml that are already in DIR.")
@screen_options
def generate(
    folder: Path,
    customers: int,
    reps: int,
    seed: int,
    preset: str,
    geography: Path | None,
    parquet: bool,
    force: bool,
    as_json: bool,
    quiet: bool,
) -> int:
    """Make a synthetic project in DIR: customers, reps, regions and a commented policy.

    Revenue and potential are skewed, cities are real, families, skills, tenures and an unfair assignment of today are
    made up. The policy always has a plan; only of the generalised assignments of the literature, which are drawn as
    published, the very small ones may have none.
    """
    from planner.console import messages
    from planner.exits import DONE, print_json
    from planner.generate import generate as generate_project
    from planner.shell import quoted

    made = generate_project(
        folder,
        customers=customers,
        reps=reps,
        seed=seed,
        preset=preset,
        geography=geography,
        parquet=parquet,
        force=force,
    )
    if as_json:
        print_json(
            {
                "folder": str(made.folder),
                "customers": made.customers,
                "reps": made.reps,
                "seed": seed,
                "preset": preset,
                "files": list(made.files),
            }
        )
    elif not quiet:
        paper = messages()
        paper.line(f"{made.customers:,} customers and {made.reps:,} reps in {made.folder}: {', '.join(made.files)}")
        if made.places_left_out:
            paper.line(f"{made.places_left_out:,} places without people were left out")
        paper.line(f"Next: planner check {quoted(made.folder)}, planner plan {quoted(made.folder)}")
    return DONE
