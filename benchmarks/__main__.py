"""`python -m benchmarks`: what can be measured.

gap FOLDER   generalised-assignment instances with known optima, through load and solve
orgs         synthetic orgs through `planner plan`: time, gap, memory
smoke        the smallest of each kind; fails when a value is worse than the stored one
"""

from __future__ import annotations

import sys
from pathlib import Path

import click

from benchmarks import gap_suite, orgs, smoke
from benchmarks.machine import machine, versions
from benchmarks.results import RESULTS, replace_between_markers, table


@click.group(help=__doc__)
def benchmarks() -> None:
    """Choose what to measure."""


@benchmarks.command("gap")
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--engine", default="auto", show_default=True)
@click.option("--write", is_flag=True, help="Put the table into RESULTS.md.")
def gap_command(folder: Path, engine: str, write: bool) -> None:
    """Solve every instance of FOLDER and compare with its optima.csv."""
    solved = []
    for one in gap_suite.solve_all(folder, engine=engine):
        solved.append(one)
        click.echo(
            f"{one.name}: {one.objective:g} (optimum {one.optimum:g}), {one.status}, {one.seconds:.2f} s", err=True
        )
    text = gap_suite.summary(solved)
    click.echo(text)
    if write:
        _write("gap", text)
    sys.exit(0 if all(one.proven for one in solved) else 1)


@benchmarks.command("orgs")
@click.option("--time-limit", default=orgs.TIME_LIMIT_SECONDS, show_default=True, help="Seconds for each plan.")
@click.option("--write", is_flag=True, help="Put the table into RESULTS.md.")
@click.option("--org", "named", multiple=True, metavar="PRESET:CUSTOMERS:REPS", help="Instead of the usual suite.")
@click.option("--seed", "seeds", multiple=True, type=int, help="Instead of seeds 1, 2, 3.")
def orgs_command(time_limit: float, write: bool, named: tuple[str, ...], seeds: tuple[int, ...]) -> None:
    """Plan synthetic orgs of several sizes and seeds, each in a process of its own."""
    suite = [(name, int(customers), int(reps)) for name, customers, reps in (one.split(":") for one in named)]
    runs = []
    for preset, customers, reps in suite or orgs.SUITE:
        for seed in seeds or orgs.SEEDS:
            run = orgs.measure(preset, customers, reps, seed, time_limit)
            runs.append(run)
            click.echo(f"{preset} {customers:,} x {reps:,} seed {seed}: {run.seconds:.1f} s", err=True)
    text = table(orgs.rows(runs))
    click.echo(text)
    if write:
        _write("orgs", text)
    sys.exit(0 if all(run.plan for run in runs) else 1)


@benchmarks.command("smoke")
@click.option("--store", is_flag=True, help="Store today's values as those to keep.")
def smoke_command(store: bool) -> None:
    """Solve the smallest of each kind with a fixed amount of work; exit 1 when a value got worse."""
    values = smoke.measure()
    if store:
        smoke.store(values)
    worse = smoke.worse(values)
    for name, value in values.items():
        click.echo(f"{name}: {value.objective:.6f} (gap {value.gap:.2%}){'  WORSE' if name in worse else ''}")
    sys.exit(1 if worse else 0)


def _write(name: str, text: str) -> None:
    replace_between_markers(RESULTS, name, f"{text}\n\n{machine()} at the end; {versions()}.\n")
    click.echo(f"written to {RESULTS.name}", err=True)


if __name__ == "__main__":
    benchmarks()
