"""What is solved: made-up orgs by size and variant, instances from files, a project of one's own."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from models.findings import Finding, InputRefused, did_you_mean
from planner.bench.or_library import Sense, best_known, read_instances
from planner.generate import PRESETS, generate
from planner.generate.gap import Instance, write_project

SIZES = {
    "S": (300, 15),
    "1000x40": (1_000, 40),
    "M": (5_000, 100),
    "L": (50_000, 500),
    "XL": (1_000_000, 4_000),
}
"""Customers and reps of the sizes with a name."""

_PARQUET_FROM = 20_000  # customers


@dataclass(frozen=True)
class Case:
    """Something to be solved.

    Attributes
    ----------
    family : str
        What it is, without the seed: cases of one family are summed up together.
    seed : int
        Of the made-up org, and of every method.
    make : function of a folder
        Writes the project there, or nothing, and returns where it is.
    best_known : float or None
        The best value that the literature knows, in the objective's points.
    sign : int
        -1 where the points are profits with the sign turned.
    """

    family: str
    seed: int
    make: Callable[[Path], Path]
    best_known: float | None = None
    sign: int = 1

    @property
    def name(self) -> str:
        """The family and the seed."""
        return f"{self.family}, seed {self.seed}"


def orgs(sizes: Iterable[str], variants: Iterable[str], seeds: Iterable[int]) -> Iterator[Case]:
    """Return made-up orgs: each size in each variant from each seed.

    Parameters
    ----------
    sizes
        Names of :data:`SIZES`, or customers and reps such as ``2000x60``.
    variants
        Presets of ``planner generate``; of the benchmark ones the last word will do (``soft``).

    Raises
    ------
    InputRefused
        When a size or a variant is none.
    """
    seeds, named = tuple(seeds), tuple(preset(variant) for variant in variants)
    for customers, reps in [size(text) for text in sizes]:
        for variant in named:
            for seed in seeds:
                make = partial(_generated, customers=customers, reps=reps, seed=seed, preset=variant)
                yield Case(f"{variant} {customers:,} × {reps:,}", seed, make)


def from_files(paths: Iterable[Path], seeds: Iterable[int], sense: Sense = "auto") -> Iterator[Case]:
    """Return the generalised-assignment instances of files in OR-Library format.

    Raises
    ------
    InputRefused
        When a file, or the table of best known values beside it, cannot be read.
    """
    seeds = tuple(seeds)
    for path in paths:
        known = best_known(path)
        for instance in read_instances(path, sense):
            sign = -1 if instance.maximise else 1
            best = known.get(instance.name)
            for seed in seeds:
                yield Case(
                    f"{instance.name} ({instance.jobs:,} × {instance.agents:,})",
                    seed,
                    partial(_written, instance=instance),
                    None if best is None else sign * best,
                    sign,
                )


def own(project: Path, seeds: Iterable[int]) -> Iterator[Case]:
    """Return a project of one's own."""
    for seed in seeds:
        yield Case(project.resolve().name, seed, lambda folder: project)


def size(text: str) -> tuple[int, int]:
    """Return customers and reps of a size.

    Examples
    --------
    >>> size("M"), size("2000x60")
    ((5000, 100), (2000, 60))

    Raises
    ------
    InputRefused
        When the text is no size.
    """
    if text.upper() in SIZES:
        return SIZES[text.upper()]
    numbers = re.fullmatch(r"(\d{1,8})[x×](\d{1,6})", text.strip(), re.IGNORECASE)
    if numbers is None:
        finding = Finding(
            "TP197",
            "This is no size of an org",
            found=text,
            expected=f"one of {', '.join(SIZES)}, or customers x reps",
            hint="Try 2000x60",
        )
        raise InputRefused([finding])
    return int(numbers.group(1)), int(numbers.group(2))


def preset(variant: str) -> str:
    """Return the preset that a variant names.

    Examples
    --------
    >>> preset("soft"), preset("gap-d")
    ('bench-soft', 'gap-d')

    Raises
    ------
    InputRefused
        When there is none.
    """
    for name in (variant, f"bench-{variant}"):
        if name in PRESETS:
            return name
    known = [name.removeprefix("bench-") for name in PRESETS]
    raise InputRefused(
        [Finding("TP191", "There is no such variant", found=repr(variant), hint=did_you_mean(variant, known))]
    )


def _generated(folder: Path, *, customers: int, reps: int, seed: int, preset: str) -> Path:
    parquet = customers >= _PARQUET_FROM or preset.startswith("gap-")
    generate(folder, customers=customers, reps=reps, seed=seed, preset=preset, parquet=parquet)
    return folder


def _written(folder: Path, instance: Instance) -> Path:
    write_project(instance, folder)
    return folder
