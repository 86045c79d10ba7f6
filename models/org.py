"""The org: who the customers and the reps are, and in which period they are planned for."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from models.findings import Place

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]
BoolArray = npt.NDArray[np.bool_]
PositionArray = npt.NDArray[Any]
"""Integer positions of 32 or 64 bits: candidates are so many that their reps are held in 32."""

EARTH_RADIUS_KM = 6371.0088
LARGEST = 1e100
"""No number of tables or policy is larger: sums, weights and percentages of such numbers are still finite."""


@dataclass(frozen=True)
class Period:
    """The period planned for; both days belong to it."""

    start: dt.date
    end: dt.date

    @property
    def days(self) -> int:
        """Number of days, the first and the last included."""
        return (self.end - self.start).days + 1


@dataclass(frozen=True)
class Source:
    """Where the rows of a table came from, so that a finding can name file, row and column.

    ``rows`` holds the spreadsheet row number of each table row (header = 1); None means position + 2.
    ``headers`` maps a column of the table to the header the user wrote. Rows from a position on may come from
    somewhere else (``rest``).
    """

    file: str
    sheet: str | None = None
    rows: IntArray | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    rest: tuple[int, Source] | None = None

    def of_rows(self, kept: IntArray) -> Source:
        """Return where some of the rows came from: ``kept`` are their positions, ascending."""
        begin, more = (None, None) if self.rest is None else self.rest
        mine = kept if begin is None else kept[kept < begin]
        rows = self.rows[mine] if self.rows is not None else mine + 2
        rest = None if begin is None or more is None else (len(mine), more.of_rows(kept[kept >= begin] - begin))
        return replace(self, rows=rows, rest=rest)

    def followed_by(self, count: int, other: Source) -> Source:
        """Return where the rows came from after those of another source follow the ``count`` rows there are."""
        if self.rest is None:
            return replace(self, rest=(count, other))
        begin, more = self.rest
        return replace(self, rest=(begin, more.followed_by(count - begin, other)))

    def place(self, position: int | None = None, column: str | None = None) -> Place:
        """Return the place of a cell, a row or a column."""
        if position is not None and self.rest is not None and position >= self.rest[0]:
            return self.rest[1].place(position - self.rest[0], column)
        row = None
        if position is not None:
            row = int(self.rows[position]) if self.rows is not None else int(position) + 2
        header = self.headers.get(column, column) if column else None
        return Place(file=self.file, sheet=self.sheet, row=row, column=header)


@dataclass(frozen=True)
class Org:
    """Tables, typed and complete: every known column is there, with its default where the source lacked it.

    ``customers``, ``reps``, ``pairs`` and ``regions`` have a RangeIndex. Text columns are object or str and hold
    None/NaN for blank; numbers are float64 with NaN for blank; dates are datetime64 with NaT for blank; flags
    are bool. Ids are text, unique and never blank. ``given[table]`` names the columns that the source really
    had: a policy line may use no other (except derived ones).

    ``wishes`` have customer_id, rep_id, kind, weight and role; a ``proposal`` has customer_id, role, rep_id and
    accepted (yes, no or blank).

    ``readers`` tells who may see a column (table, column), by the job: nobody where the set is empty, and everybody a
    column that is not in it. It is kept with the org for those who report on it; no plan depends on it.

    Owners: ``owner_id`` (and ``owner_id_<role>``) hold the id as written, which may be of nobody on the roster.
    """

    customers: pd.DataFrame
    reps: pd.DataFrame
    period: Period
    pairs: pd.DataFrame | None = None
    pairs_only: bool = False
    regions: pd.DataFrame | None = None
    wishes: pd.DataFrame | None = None
    proposal: pd.DataFrame | None = None
    given: Mapping[str, frozenset[str]] = field(default_factory=dict)
    sources: Mapping[str, Source] = field(default_factory=dict)
    readers: Mapping[tuple[str, str], frozenset[str]] = field(default_factory=dict)

    @property
    def tables(self) -> dict[str, pd.DataFrame]:
        """The tables that are there, by name."""
        every = {
            "customers": self.customers,
            "reps": self.reps,
            "pairs": self.pairs,
            "regions": self.regions,
            "wishes": self.wishes,
            "proposal": self.proposal,
        }
        return {name: table for name, table in every.items() if table is not None}

    @property
    def unanswered(self) -> Org:
        """The same org with a proposal that nobody has accepted or rejected yet."""
        if self.proposal is None:
            return self
        return replace(self, proposal=self.proposal.assign(accepted=None))

    @property
    def n_customers(self) -> int:
        """Number of customers."""
        return len(self.customers)

    @property
    def n_reps(self) -> int:
        """Number of reps on the roster, departed ones included."""
        return len(self.reps)

    @cached_property
    def customer_ids(self) -> npt.NDArray[np.object_]:
        """Customer ids in input order."""
        return self.customers["customer_id"].to_numpy(dtype=object)

    @cached_property
    def rep_ids(self) -> npt.NDArray[np.object_]:
        """Rep ids in input order."""
        return self.reps["rep_id"].to_numpy(dtype=object)

    @cached_property
    def rep_positions(self) -> dict[str, int]:
        """Position of each rep by id."""
        return {rep: position for position, rep in enumerate(self.rep_ids)}

    @cached_property
    def customer_positions(self) -> dict[str, int]:
        """Position of each customer by id."""
        return {customer: position for position, customer in enumerate(self.customer_ids)}

    def has(self, table: str, column: str) -> bool:
        """Tell whether the source of ``table`` had ``column``."""
        return column in self.given.get(table, frozenset())

    def source(self, table: str) -> Source:
        """Return where ``table`` came from."""
        return self.sources.get(table, Source(file=table))


def owner_column(org: Org, role: str, first_role: str) -> str | None:
    """Return the column that holds today's owners in ``role``: ``owner_id_<role>``, or ``owner_id`` for the first.

    None when the source has neither: then nobody owns anything in that role today.
    """
    for column in (f"owner_id_{role}", *(("owner_id",) if role == first_role else ())):
        if org.has("customers", column):
            return str(column)
    return None


def since_column(org: Org, role: str, first_role: str) -> str | None:
    """Return the column with the day on which today's owner in ``role`` took over, or None."""
    for column in (f"owner_since_{role}", *(("owner_since",) if role == first_role else ())):
        if org.has("customers", column):
            return str(column)
    return None


def skill_levels(text: str) -> dict[str, float]:
    """Parse ``cloud:3;german`` into ``{"cloud": 3.0, "german": 1.0}``; a skill without a level has level 1.

    Skill names are compared in lower case. A skill named twice keeps its highest level.

    Raises
    ------
    ValueError
        When a name is blank or a level is not a number above 0 and finite.
    """
    levels: dict[str, float] = {}
    for part in text.split(";"):
        if not part.strip():
            continue
        name, colon, level_text = part.partition(":")
        name = name.strip().lower()
        if not name:
            raise ValueError(f"a skill without a name in {text!r}")
        level = float(level_text) if colon else 1.0
        if not 0 < level < float("inf"):
            raise ValueError(f"the level of {name!r} is {level_text.strip()!r}")
        levels[name] = max(level, levels.get(name, 0.0))
    return levels


def listed(text: str) -> tuple[str, ...]:
    """Parse ``north;east`` into ``("north", "east")``: blanks dropped, order kept, duplicates removed."""
    return tuple(dict.fromkeys(part.strip() for part in text.split(";") if part.strip()))


@dataclass(frozen=True)
class Points:
    """Points on the globe, made ready once for distances to many others.

    Attributes
    ----------
    lat, lon : float arrays
        In radians.
    cos_lat : float array
    """

    lat: FloatArray
    lon: FloatArray
    cos_lat: FloatArray

    @classmethod
    def of_degrees(cls, lat: FloatArray, lon: FloatArray) -> Points:
        """Return points given in degrees."""
        lat, lon = np.radians(lat), np.radians(lon)
        return cls(lat, lon, np.cos(lat))

    def __getitem__(self, at: Any) -> Points:
        """Return some of the points, or all of them in another shape, as numpy indexes arrays."""
        return Points(self.lat[at], self.lon[at], self.cos_lat[at])

    def km_to(self, other: Points) -> FloatArray:
        """Return great-circle distances in km (haversine; mean radius 6371.0088 km); shapes are broadcast."""
        half = np.sin((other.lat - self.lat) / 2) ** 2
        half += self.cos_lat * other.cos_lat * np.sin((other.lon - self.lon) / 2) ** 2
        distance: FloatArray = 2 * EARTH_RADIUS_KM * np.arcsin(np.sqrt(np.clip(half, 0.0, 1.0)))
        return distance


def great_circle_km(lat_a: FloatArray, lon_a: FloatArray, lat_b: FloatArray, lon_b: FloatArray) -> FloatArray:
    """Return great-circle distances in km between points given in degrees."""
    return Points.of_degrees(lat_a, lon_a).km_to(Points.of_degrees(lat_b, lon_b))
