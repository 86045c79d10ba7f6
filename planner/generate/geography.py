"""Where customers and reps are: places with coordinates and population, and the sales regions they form."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from importlib import resources
from itertools import pairwise
from pathlib import Path

import numpy as np
import pandas as pd

from models.findings import Finding, InputRefused, Place
from models.org import FloatArray, IntArray

_HEADERS = {
    "lat": ("lat", "latitude"),
    "lon": ("lon", "lng", "long", "longitude"),
    "population": ("population", "pop"),
    "name": ("name", "city", "place", "zip", "zcta", "postcode"),
    "region": ("region",),
}


@dataclass(frozen=True)
class Region:
    """A sales region, the region it belongs to, and the regions next to it."""

    name: str
    parent: str = ""
    neighbours: tuple[str, ...] = ()


@dataclass(frozen=True)
class Geography:
    """Places with their weight, and regions: parents first, then the leaves that places belong to.

    ``lat``, ``lon`` (degrees), ``population`` and ``region`` (position in ``leaves``) have shape (places,).
    ``spread_degrees`` is how far around a place its customers are scattered (one standard deviation);
    ``left_out`` counts the places of a file in which nobody lives.
    """

    name: str
    names: Sequence[str]
    lat: FloatArray
    lon: FloatArray
    population: FloatArray
    region: IntArray
    parents: tuple[Region, ...]
    leaves: tuple[Region, ...]
    spread_degrees: float
    left_out: int = 0

    @property
    def pull(self) -> FloatArray:
        """Share of customers that each place draws: large places draw more, but less than in proportion."""
        pull = self.population**0.8
        return pull / pull.sum()

    def parent_of_leaf(self) -> IntArray:
        """Position in ``parents`` of each leaf."""
        position = {parent.name: index for index, parent in enumerate(self.parents)}
        return np.array([position[leaf.parent] for leaf in self.leaves], dtype=np.int64)

    def regions_table(self) -> pd.DataFrame:
        """The table of regions: region, parent, neighbours."""
        regions = self.parents + self.leaves
        return pd.DataFrame(
            {
                "region": [region.name for region in regions],
                "parent": [region.parent for region in regions],
                "neighbours": [";".join(region.neighbours) for region in regions],
            }
        )


def united_states() -> Geography:
    """The largest cities of the United States in nine sales regions."""
    table = _own_table("us.csv")
    return _geography(
        "United States",
        table,
        parents={
            "east": ("new england", "mid-atlantic", "southeast"),
            "central": ("great lakes", "plains", "texas"),
            "west": ("mountain", "northwest", "california"),
        },
        borders=(
            ("new england", "mid-atlantic"),
            ("mid-atlantic", "southeast"),
            ("mid-atlantic", "great lakes"),
            ("southeast", "great lakes"),
            ("southeast", "texas"),
            ("southeast", "plains"),
            ("great lakes", "plains"),
            ("plains", "texas"),
            ("plains", "mountain"),
            ("texas", "mountain"),
            ("mountain", "northwest"),
            ("mountain", "california"),
            ("northwest", "california"),
        ),
        spread_degrees=0.25,
    )


def china() -> Geography:
    """The largest cities of China in the seven customary sales regions."""
    table = _own_table("china.csv")
    return _geography(
        "China",
        table,
        parents={
            "北区": ("华北", "东北", "西北"),
            "东区": ("华东",),
            "南区": ("华中", "华南", "西南"),
        },
        borders=(
            ("华北", "东北"),
            ("华北", "西北"),
            ("华北", "华东"),
            ("华北", "华中"),
            ("华东", "华中"),
            ("华东", "华南"),
            ("华中", "华南"),
            ("华中", "西南"),
            ("华中", "西北"),
            ("华南", "西南"),
            ("西南", "西北"),
        ),
        spread_degrees=0.2,
    )


def read_geography(path: Path) -> Geography:
    """Read places from a CSV file: latitude, longitude, population, and a name and a region where it has them.

    Headers may be ``lat``/``latitude``, ``lon``/``lng``/``longitude``, ``population``/``pop``, and ``name``/``zip``.
    Places without people (0 or blank) are left out and counted.
    Without a ``region`` column the places are cut into eight made-up regions
    of equal population: four strips from west to east, each with a north and a south.

    Raises
    ------
    InputRefused
        When the file cannot be read, lacks a column, or has a value that is no coordinate or population.
    """
    table, left_out = _read_places(path)
    if "region" in table:
        names = sorted(set(table["region"]))
        everywhere = {"everywhere": tuple(names)}
        made = _geography(path.stem, table, parents=everywhere, borders=(), spread_degrees=0.03)
        return replace(made, left_out=left_out)
    table["region"], strips = _cut_into_strips(table)
    borders = [(f"{strip} north", f"{strip} south") for strip in strips]
    for west, east in pairwise(strips):
        borders += [(f"{west} {half}", f"{east} {half}") for half in ("north", "south")]
    halves = {strip: (f"{strip} north", f"{strip} south") for strip in strips}
    made = _geography(path.stem, table, parents=halves, borders=tuple(borders), spread_degrees=0.03)
    return replace(made, left_out=left_out)


def _own_table(file: str) -> pd.DataFrame:
    """Read one of the tables that come with the planner; ``places/SOURCES.md`` says where they are from."""
    with (resources.files("planner.generate") / "places" / file).open(encoding="utf-8") as source:
        return pd.read_csv(source, keep_default_na=False)


def _geography(
    name: str,
    table: pd.DataFrame,
    *,
    parents: Mapping[str, tuple[str, ...]],
    borders: Sequence[tuple[str, str]],
    spread_degrees: float,
) -> Geography:
    next_to: dict[str, list[str]] = {leaf: [] for leaves in parents.values() for leaf in leaves}
    for one, other in borders:
        next_to[one].append(other)
        next_to[other].append(one)
    leaves = tuple(Region(leaf, parent, tuple(next_to[leaf])) for parent, names in parents.items() for leaf in names)
    position = {leaf.name: index for index, leaf in enumerate(leaves)}
    return Geography(
        name=name,
        names=tuple(table["name"].astype(str)),
        lat=table["lat"].to_numpy(dtype=np.float64),
        lon=table["lon"].to_numpy(dtype=np.float64),
        population=table["population"].to_numpy(dtype=np.float64),
        region=np.array([position[region] for region in table["region"]], dtype=np.int64),
        parents=tuple(Region(parent) for parent in parents),
        leaves=leaves,
        spread_degrees=spread_degrees,
    )


def _read_places(path: Path) -> tuple[pd.DataFrame, int]:
    try:
        raw = pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8-sig")
    except OSError as error:
        raise _refused(path, "The file of places cannot be read", found=error.strerror) from error
    except (UnicodeDecodeError, pd.errors.ParserError, pd.errors.EmptyDataError) as error:
        raise _refused(path, "The file of places is no CSV table in UTF-8", found=str(error)) from error
    headers = {str(header).strip().lower(): header for header in raw.columns}
    table = pd.DataFrame(index=raw.index)
    for column, spellings in _HEADERS.items():
        header = next((headers[spelling] for spelling in spellings if spelling in headers), None)
        if header is not None:
            table[column] = raw[header].str.strip()
        elif column in ("lat", "lon", "population"):
            raise _refused(
                path,
                f"The file of places has no {column} column",
                found=", ".join(map(str, raw.columns)),
                expected=" or ".join(spellings),
                hint="Try a CSV file with the headers lat, lng, population",
            )
    table["population"] = table["population"].replace("", "0")
    for column, lowest, highest in (("lat", -90, 90), ("lon", -180, 180), ("population", 0, math.inf)):
        numbers = pd.to_numeric(table[column], errors="coerce")
        wrong = ~numbers.between(lowest, highest, inclusive="both") | np.isinf(numbers)
        if wrong.any():
            row = int(np.flatnonzero(wrong)[0])
            raise InputRefused(
                [
                    Finding(
                        "TP190",
                        "A place has a value that cannot be",
                        Place(file=path.name, row=row + 2, column=column),
                        found=repr(table[column].iloc[row]),
                        expected=f"a number of at least {lowest}"
                        + ("" if math.isinf(highest) else f" and at most {highest}"),
                        count=int(wrong.sum()),
                        hint="Try to correct the cell or to take the row out",
                    )
                ]
            )
        table[column] = numbers
    if "name" not in table:
        table["name"] = [f"place {number}" for number in range(1, len(table) + 1)]
    inhabited = table[table["population"] > 0].reset_index(drop=True)
    if len(inhabited) < 8:
        raise _refused(path, "The file has too few inhabited places", found=str(len(inhabited)), expected="at least 8")
    return inhabited, len(table) - len(inhabited)


def _cut_into_strips(table: pd.DataFrame) -> tuple[list[str], list[str]]:
    """Name each place's region; return the names and the strips from west to east."""
    strips = ["west", "central west", "central east", "east"]
    people = table["population"].to_numpy(dtype=np.float64)
    strip = _quantile(table["lon"].to_numpy(dtype=np.float64), people, 4)
    north = np.zeros(len(table), dtype=bool)
    for number in range(4):
        inside = strip == number
        north[inside] = _quantile(table["lat"].to_numpy(dtype=np.float64)[inside], people[inside], 2) == 1
    return [f"{strips[number]} {'north' if up else 'south'}" for number, up in zip(strip, north, strict=True)], strips


def _quantile(values: FloatArray, weights: FloatArray, parts: int) -> IntArray:
    """Cut into ``parts`` of about equal weight along ``values``; every part gets a value where there are enough."""
    order = np.argsort(values, kind="stable")
    middle = (np.cumsum(weights[order]) - weights[order] / 2) / weights.sum()
    part = np.empty(len(values), dtype=np.int64)
    part[order] = np.minimum((middle * parts).astype(np.int64), parts - 1)
    if len(np.unique(part)) < min(parts, len(values)):
        part[order] = np.arange(len(values)) * parts // len(values)
    return part


def _refused(
    path: Path,
    title: str,
    *,
    found: str | None = None,
    expected: str | None = None,
    hint: str = "Try a CSV file with one place per row: lat, lng, population",
) -> InputRefused:
    return InputRefused([Finding("TP190", title, Place(file=path.name), found=found, expected=expected, hint=hint)])
