"""A made-up project on disk: drawn from a seed, written in one go."""

from __future__ import annotations

import datetime as dt
import shutil
import tempfile
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

import numpy as np
import pandas as pd

from models.findings import Finding, InputRefused, Place, did_you_mean
from models.org import Period
from planner.generate.bench import VARIANTS, bench_org
from planner.generate.customers import Demand, court, customers_table
from planner.generate.gap import INSTANCE_FILE, KINDS, drawn, tables_of
from planner.generate.geography import Geography, china, read_geography, united_states
from planner.generate.incumbents import Books, could_share, owner_columns, settle
from planner.generate.people import Roster, hire
from planner.generate.policy import Terms, policy_text
from planner.generate.tables import write_table
from planner.generate.words import Words, words
from planner.to_type import quoted

PERIOD = Period(dt.date(2027, 1, 1), dt.date(2027, 3, 31))
"""The quarter every generated org plans for: fixed, because a seed must mean the same org tomorrow."""

PRESETS = {
    "us": "a sales force in the United States (the default)",
    "china": "a sales force in China, in Chinese",
    **{f"bench-{variant}": text for variant, text in VARIANTS.items()},
    **{f"gap-{kind}": text for kind, text in KINDS.items()},
}

FIRST_WORDS = "# A synthetic org: "

NEAREST = 25
"""Candidates per customer in orgs so large that nobody could look at all pairs."""


@dataclass(frozen=True)
class Generated:
    """What was written: the folder, how much is in it, and how many places of a file nobody lives in."""

    folder: Path
    customers: int
    reps: int
    files: tuple[str, ...]
    places_left_out: int = 0


def generate(
    folder: Path,
    *,
    customers: int,
    reps: int,
    seed: int = 1,
    preset: str = "us",
    geography: Path | None = None,
    parquet: bool = False,
    force: bool = False,
) -> Generated:
    """Write a synthetic project into ``folder``: tables and a commented planner.yaml that has a plan.

    The same arguments write the same bytes. With ``force`` the files of a former project are replaced; other files
    in the folder are left alone.

    Raises
    ------
    InputRefused
        When the sizes make no org, the preset is unknown, the places cannot be read, or the folder is not empty.
    """
    _refuse_nonsense(customers, reps, seed, preset, geography)
    _refuse_to_overwrite(folder, force)
    rng = np.random.default_rng(seed)
    extension = "parquet" if parquet else "csv"
    left_out = 0
    texts: dict[str, str] = {}
    if preset.startswith("bench-"):
        tables, yaml = bench_org(rng, preset.removeprefix("bench-"), customers, reps, extension)
    elif preset.startswith("gap-"):
        instance = drawn(rng, preset.removeprefix("gap-"), customers, reps)
        texts[INSTANCE_FILE] = instance.text()
        tables, yaml = tables_of(instance, extension)
    else:
        if geography is not None:
            places = read_geography(geography)
            left_out = places.left_out
        else:
            places = china() if preset == "china" else united_states()
        spoken = words("chinese" if preset == "china" else "english")
        command = f"planner generate --customers {customers} --reps {reps} --seed {seed} --preset {preset}"
        if geography is not None:
            command += f" --geography {quoted(geography.name)}"
        tables, yaml = _org(rng, places, spoken, customers, reps, extension, command)
    files = {f"{name}.{extension}": table for name, table in tables.items()}
    with tempfile.TemporaryDirectory(dir=_nearest_folder(folder)) as made:
        for name, table in files.items():
            write_table(table, Path(made) / name)
        texts["planner.yaml"] = yaml
        for name, text in texts.items():
            (Path(made) / name).write_text(text, encoding="utf-8")
        folder.mkdir(parents=True, exist_ok=True)
        written = (*files, *texts)
        for name in written:
            shutil.move(Path(made) / name, folder / name)
    return Generated(folder, customers, reps, written, left_out)


def sample(folder: Path, *, customers: int, reps: int, seed: int) -> bool:
    """Make sure that ``folder`` holds a synthetic project; return False where one is there already.

    Raises
    ------
    InputRefused
        When something else is in the folder.
    """
    project = folder / "planner.yaml"
    if project.is_file() and project.read_text(encoding="utf-8", errors="replace").startswith(FIRST_WORDS):
        return False
    generate(folder, customers=customers, reps=reps, seed=seed)
    return True


def _org(
    rng: np.random.Generator,
    places: Geography,
    spoken: Words,
    customers: int,
    reps: int,
    extension: str,
    command: str,
) -> tuple[dict[str, pd.DataFrame], str]:
    roster = hire(rng, places, spoken, PERIOD, reps)
    demand = court(rng, places, roster, customers)
    books = settle(rng, roster, demand)
    table = customers_table(rng, places, spoken, PERIOD, demand)
    owners = owner_columns(rng, roster, demand, books, spoken, PERIOD)
    table = pd.concat([table.iloc[:, :4], owners.iloc[:, :2], table.iloc[:, 4:], owners.iloc[:, 2:]], axis=1)
    strategic = np.bincount(books.planted[demand.segment == 0], minlength=reps)
    yaml = policy_text(
        Terms(
            period=PERIOD,
            extension=extension,
            currency=spoken.currency,
            industry=spoken.industries[0],
            region_same=not roster.anywhere,
            strategic=spoken.segments[0],
            most_strategic=max(2, int(strategic.max())),
            rivals=_rivals(table, roster, demand, books),
            nearest=NEAREST if reps > 2 * NEAREST * len(places.parents) else None,
            leaving=roster.rep_id[int(np.bincount(books.planted, demand.revenue, reps).argmax())],
            hire=_hire(places, spoken, int(books.max_customers.max())),
            seed_line=f"{FIRST_WORDS}{command}",
            names=spoken.lines,
        )
    )
    return (
        {
            "customers": table,
            "reps": roster.table(books.capacity_hours, books.max_customers),
            "regions": places.regions_table(),
        },
        yaml,
    )


def _hire(places: Geography, spoken: Words, max_customers: int) -> str:
    """Describe two new reps in the largest place, as a scenario would hire them."""
    at = int(places.population.argmax())
    skills = ";".join(f"{industry}:2" for industry in spoken.industries[:3])
    return (
        f'{{count: 2, regions: {places.leaves[places.region[at]].name}, skills: "{skills}", seniority: 3, '
        f"lat: {places.lat[at]:g}, lon: {places.lon[at]:g},\n"
        f"              capacity_workload_hours: 480, max_customers: {max_customers}, "
        "ramp: 50%, ramp_until: 2027-02-15}"
    )


def _rivals(table: pd.DataFrame, roster: Roster, demand: Demand, books: Books) -> list[str]:
    """Pick two large customers that one rep could own, but does not, and that no family ties together."""
    alone = np.flatnonzero(demand.family < 0)
    large = alone[np.argsort(-demand.potential[alone], kind="stable")][:30]
    ids = table["customer_id"].to_numpy(dtype=object)
    for one, other in combinations(large.tolist(), 2):
        apart = books.planted[other] != books.planted[one] and books.owner[other] != books.owner[one]
        if apart and could_share(roster, demand, one, other):
            return [str(ids[one]), str(ids[other])]
    return []


def _refuse_nonsense(customers: int, reps: int, seed: int, preset: str, geography: Path | None) -> None:
    findings = []
    if preset not in PRESETS:
        findings.append(
            Finding("TP191", "There is no such preset", found=repr(preset), hint=did_you_mean(preset, PRESETS))
        )
    if geography is not None and preset != "us":
        findings.append(
            Finding(
                "TP192",
                "Places of your own go with the preset us only",
                found=f"preset {preset}, places {geography.name}",
                hint="Try without --preset",
            )
        )
    if reps < 2 or customers < 2 * reps or customers < 10:
        findings.append(
            Finding(
                "TP193",
                "These numbers make no sales force",
                found=f"{customers:,} customers and {reps:,} reps",
                expected="at least 10 customers, 2 reps, and 2 customers for each rep",
                hint="Try --customers 300 --reps 15",
            )
        )
    if seed < 0:
        findings.append(Finding("TP194", "A seed is not negative", found=str(seed), hint="Try --seed 1"))
    if findings:
        raise InputRefused(findings)


def _refuse_to_overwrite(folder: Path, force: bool) -> None:
    if folder.is_file():
        raise InputRefused(
            [Finding("TP195", "This is a file, not a folder", Place(file=str(folder)), hint="Try another name")]
        )
    if folder.is_dir() and any(folder.iterdir()) and not force:
        raise InputRefused(
            [
                Finding(
                    "TP195",
                    "The folder is not empty",
                    Place(file=str(folder)),
                    expected="a new or an empty folder",
                    hint="Try another folder",
                )
            ]
        )


def _nearest_folder(folder: Path) -> Path:
    """Return the nearest folder above that exists: on the same disk, so that files can be moved into place."""
    folder = folder.absolute()
    while not folder.is_dir():
        folder = folder.parent
    return folder
