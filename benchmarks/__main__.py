"""`python -m benchmarks`: what can be measured. With --write each rewrites its own table in RESULTS.md.

methods      this planner beside other solvers and rules of thumb, at equal time and threads
orgs         synthetic orgs through `planner plan`: time, gap, memory
curve        how time and memory grow from M to XL, each planned until a gap of 1 %
variants     the same for the harder variants, at size M
classes      generalised assignment of kinds D and E: distance to the bound and to the best known
gap FOLDER   generalised-assignment instances with known optima, through load and solve
warm         planning again after one rep has left, anew and from the plan before
smoke        the smallest of each kind; fails when a value is worse than the stored one
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import click

from benchmarks import gap_suite, orgs, side_by_side, smoke, warm
from benchmarks.results import RESULTS, put, table
from models.findings import InputRefused
from planner.bench.contest import compete, cores
from planner.bench.instance import orgs as org_cases
from planner.bench.machine import machine, versions
from planner.bench.methods import METHODS

_write = click.option("--write", is_flag=True, help="Put the table into RESULTS.md.")
_sizes = click.option("--size", "sizes", multiple=True, help="S, 1000x40, M, L, XL or CUSTOMERSxREPS.")
_seeds = click.option("--seed", "seeds", multiple=True, type=int, help="Instead of the usual seeds.")


@click.group(help="What can be measured. With --write each rewrites its own table in RESULTS.md.")
def benchmarks() -> None:
    """Choose what to measure."""


@benchmarks.command("methods")
@_sizes
@_seeds
@click.option("--variant", "variants", multiple=True, default=("soft",), show_default=True)
@click.option("--method", "methods", multiple=True, type=click.Choice(list(METHODS)), help="All unless stated.")
@click.option("--time-limit", default=side_by_side.TIME_LIMIT_SECONDS, show_default=True, help="Seconds for each.")
@click.option("--threads", default=cores(), show_default=True, help="Processor cores for each.")
@_write
def methods_command(
    sizes: tuple[str, ...],
    seeds: tuple[int, ...],
    variants: tuple[str, ...],
    methods: tuple[str, ...],
    time_limit: float,
    threads: int,
    write: bool,
) -> None:
    """Let all methods solve the same orgs, one after the other."""
    outcomes = [
        compete(case, methods or tuple(METHODS), seconds=time_limit, threads=threads, tell=_tell)
        for case in org_cases(sizes or side_by_side.SIZES, variants, seeds or side_by_side.SEEDS)
    ]
    said = side_by_side.remarks(outcomes)
    terms = f"{time_limit:g} s and {threads} threads for each method on each of the seeds "
    text = table(side_by_side.rows(outcomes)) + "\n\n" + terms + _listed(seeds or side_by_side.SEEDS) + "."
    _show("methods", text + ("\n\n" + "\n".join(said) if said else ""), write)
    sys.exit(0 if all(one.best_objective is not None for one in outcomes) else 1)


@benchmarks.command("orgs")
@_sizes
@_seeds
@click.option("--time-limit", type=float, help="Seconds for each plan, instead of each size's own.")
@_write
def orgs_command(sizes: tuple[str, ...], seeds: tuple[int, ...], time_limit: float | None, write: bool) -> None:
    """Plan synthetic orgs of several sizes and seeds, each in a process of its own."""
    limit = _limit(orgs.limit_of, time_limit)
    runs = list(orgs.measure_all(sizes or tuple(orgs.TIME_LIMITS), ["soft"], seeds or orgs.SEEDS, limit, _tell))
    _show("orgs", table(orgs.rows(runs)), write)
    sys.exit(0 if all(run.plan for run in runs) else 1)


@benchmarks.command("curve")
@_sizes
@_seeds
@click.option("--gap", default=orgs.CURVE_GAP, show_default=True, help="Plan until this gap.")
@_write
def curve_command(sizes: tuple[str, ...], seeds: tuple[int, ...], gap: float, write: bool) -> None:
    """Plan orgs of growing size until the same gap, and divide what it took by the candidates."""
    limit = _limit(orgs.limit_of, orgs.CURVE_TIME_LIMIT)
    runs = list(orgs.measure_all(sizes or orgs.CURVE, ["soft"], seeds or (1,), limit, _tell, gap))
    said = f"Until a gap of {100 * gap:g}%, at most {orgs.CURVE_TIME_LIMIT:g} s; seeds {_listed(seeds or (1,))}."
    _show("curve", f"{table(orgs.curve_rows(runs))}\n\n{said}", write)
    sys.exit(0 if all(run.plan for run in runs) else 1)


@benchmarks.command("variants")
@_sizes
@_seeds
@click.option("--variant", "variants", multiple=True, default=orgs.VARIANTS, show_default=True)
@click.option("--time-limit", default=orgs.VARIANT_TIME_LIMIT, show_default=True, help="Seconds for each plan.")
@_write
def variants_command(
    sizes: tuple[str, ...], seeds: tuple[int, ...], variants: tuple[str, ...], time_limit: float, write: bool
) -> None:
    """Plan the harder variants, each in a process of its own."""
    limit = _limit(orgs.limit_of, time_limit)
    runs = list(orgs.measure_all(sizes or ("M",), variants, seeds or orgs.SEEDS, limit, _tell))
    _show("variants", table(orgs.rows(runs)), write)
    sys.exit(0 if all(run.plan for run in runs) else 1)


@benchmarks.command("classes")
@_sizes
@_seeds
@click.option("--kind", "kinds", multiple=True, type=click.Choice(["gap-c", "gap-d", "gap-e"]), help="D and E if none.")
@click.option("--file", "files", multiple=True, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--time-limit", default=54.0, show_default=True, help="Seconds for each instance.")
@_write
def classes_command(
    sizes: tuple[str, ...],
    seeds: tuple[int, ...],
    kinds: tuple[str, ...],
    files: tuple[Path, ...],
    time_limit: float,
    write: bool,
) -> None:
    """Solve generalised assignments of 100 to 1,600 jobs, drawn anew or from files in OR-Library format."""
    outcomes = list(gap_suite.solve_kinds(gap_suite.cases(sizes, kinds, seeds or (1,), files), time_limit, _tell))
    _show("classes", table(gap_suite.kind_rows(outcomes)), write)
    sys.exit(0 if all(outcome.best_objective is not None for outcome in outcomes) else 1)


@benchmarks.command("gap")
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--engine", type=click.Choice(["auto", "highs", "scip", "cpsat", "cbc"]), default="auto")
@_write
def gap_command(folder: Path, engine: Any, write: bool) -> None:
    """Solve every instance of FOLDER and compare with its optima.csv."""
    solved = []
    for one in gap_suite.solve_all(folder, engine=engine):
        solved.append(one)
        _tell(f"{one.name}: {one.objective:g} (optimum {one.optimum:g}), {one.status}, {one.seconds:.2f} s")
    _show("gap", gap_suite.summary(solved), write)
    sys.exit(0 if all(one.proven for one in solved) else 1)


@benchmarks.command("warm")
@_sizes
@_seeds
@_write
def warm_command(sizes: tuple[str, ...], seeds: tuple[int, ...], write: bool) -> None:
    """Plan, let one rep leave, and plan again: anew, and from the plan before."""
    if not warm.possible():
        raise click.UsageError("This version of planner plan has no --warm, so there is nothing to measure.")
    runs = list(warm.measure_all(sizes or warm.SIZES, seeds or warm.SEEDS, _tell))
    _show("warm", table(warm.rows(runs)), write)
    sys.exit(0 if all(run.warm[1] for run in runs) else 1)


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


def _limit(usual: Callable[[str], float], asked: float | None) -> Callable[[str], float]:
    return usual if asked is None else lambda size: asked


def _listed(seeds: Sequence[int]) -> str:
    return ", ".join(str(seed) for seed in seeds)


def _tell(text: str) -> None:
    click.echo(text, err=True)


def _show(name: str, text: str, write: bool) -> None:
    click.echo(text)
    if write:
        put(RESULTS, name, f"{text}\n\n{machine()} at the end; {versions()}.\n")
        _tell(f"written to {RESULTS.name}")


if __name__ == "__main__":
    try:
        benchmarks()
    except InputRefused as refused:
        click.echo("\n".join(str(finding) for finding in refused.findings), err=True)
        sys.exit(2)
