"""Reports that no plan ever made: each kind of block, small ones and large, with names that mean harm."""

from __future__ import annotations

from typing import Any

import numpy as np

from planner.report.blocks import (
    Block,
    Chart,
    Column,
    Difference,
    Fact,
    Facts,
    Report,
    Scorecard,
    ScorecardRow,
    Section,
    Sentences,
    Table,
)

REGIONS = ("west", "north", "coast", "hills")
REPS = ("Ada Long", "Ben Ono", "Chloé Marti", "Dai Wei", "Eve Stone")


def report_of(*blocks: Block, language: str = "en", **words: Any) -> Report:
    """Return a report of one section with these blocks."""
    return Report(
        **{
            "name": "plan",
            "title": "Territory plan",
            "headline": "A plan.",
            "sections": (Section("all", "Everything", blocks),),
            "language": language,
            **words,
        }
    )


def customers(count: int, *, seed: int = 7, **words: Any) -> Table:
    """Return a table of customers with a column of each kind."""
    rng = np.random.default_rng(seed)
    at = np.arange(count)
    revenue = np.round(rng.lognormal(11, 1.1, count), 2)
    revenue[3::17] = np.nan
    before, after = rng.integers(0, len(REPS), count), rng.integers(0, len(REPS), count)
    reps = np.array(REPS, dtype=object)
    kinds = ("stays with the rep who knows it", "fits the industry of its new rep", "balances the books of the west")
    why = np.array([f"{kinds[one % 3]}; {one % 97} km nearer, {one % 13} years known" for one in at], dtype=object)
    cells: dict[str, Any] = {
        "id": np.array([f"C{one:05d}" for one in at], dtype=object),
        "name": np.array([f"Customer number {one} of {REGIONS[one % 4]}" for one in at], dtype=object),
        "region": np.array([REGIONS[one % 4] if one % 29 else None for one in at], dtype=object),
        "giver": reps[before],
        "taker": reps[after],
        "revenue": revenue,
        "hours": rng.integers(1, 60, count),
        "share": revenue / np.nansum(revenue),
        "change": np.round(rng.normal(0, 40, count), 1),
        "kept": rng.random(count) < 0.3,
        "points": rng.random(count) * 9,
        "why": why,
    }
    columns = (
        Column("id", "Customer", "id"),
        Column("name", "Name"),
        Column("region", "Region", choice=True),
        Column("giver", "From", choice=True),
        Column("taker", "To", choice=True),
        Column("revenue", "Revenue", "number", "USD", bar=True, note="Of the last twelve months."),
        Column("hours", "Hours", "count", "h"),
        Column("share", "Share", "share"),
        Column("change", "Change", "change", "h", bar=True),
        Column("kept", "Locked", "flag", choice=True),
        Column("points", "Points", "points", "points"),
        Column("why", "Why"),
    )
    given = {"key": "customers", "title": "All customers", "searched": True, "sort": ("revenue", True)}
    return Table(columns=columns, cells=cells, **{"total": ("revenue", "hours"), **given, **words})


def scores() -> Scorecard:
    """Return three scenarios, the last of which breaks a rule."""
    nan, inf = float("nan"), float("inf")
    no = (False, False, False)
    rows = (
        ScorecardRow("Balance", "imbalance", "Imbalance", "points", "points", "less", (40.5, 12.25, 8),
                     (False, True, False)),
        ScorecardRow("Balance", "max_min", "Largest book ÷ smallest", "ratio", "ratio", "less", (2.5, 1.31, inf),
                     (False, True, False)),
        ScorecardRow("Disruption", "moved", "Customers that move", "count", "customers", "less", (0, 120, 1340),
                     (True, False, False)),
        ScorecardRow("Disruption", "share", "Revenue that moves", "share", "share", "less", (0.05, 0.172, 0.401),
                     (True, False, False), ((0, 1),)),
        ScorecardRow("Disruption", "risk", "Revenue at risk", "number", "CNY", "less", (1.2e6, 2.4e6, nan),
                     (True, False, False), (), (1.8e6, 3.1e6, nan)),
        ScorecardRow("Proof", "gap", "Certified gap", "share", "share", "", (0.0, 0.003, nan), no),
        ScorecardRow("Proof", "objective", "Objective", "points", "points", "less", (40.5, 12.25, 8), no,
                     instead=("", "proven", ""), meaning=(0, 0, 2)),
    )  # fmt: skip
    names = ("As today", "Fair books", "From scratch")
    return Scorecard(
        "scores", "Scenarios side by side", names, (True, True, False), rows, 0, "Lower is better in most rows."
    )


def differences(count: int = 300, *, seed: int = 3) -> Difference:
    """Return customers whose owners three scenarios choose; the first has no owner in the second, none in the third."""
    rng = np.random.default_rng(seed)
    base = rng.integers(0, len(REPS), count)
    owners = np.stack(
        [base, np.where(rng.random(count) < 0.1, (base + 1) % len(REPS), base), rng.integers(0, 5, count)], 1
    )
    owners[0] = (2, -1, -2)
    at = np.arange(count)
    table = Table(
        "who",
        "Customers with another owner",
        (
            Column("id", "Customer", "id"),
            Column("region", "Region", choice=True),
            Column("worth", "Revenue", "number", "USD", bar=True),
        ),
        {
            "id": np.array([f"C{one:05d}" for one in at], dtype=object),
            "region": np.array([REGIONS[one % 4] for one in at], dtype=object),
            "worth": 1000.0 + at,
        },
        total=("worth",),
        searched=True,
    )
    return Difference(
        "difference", "Who differs", ("As today", "Fair books", "From scratch"), table, owners.astype(np.int32), REPS
    )


def bars() -> Chart:
    """Return a small chart with its data inside."""
    rows = [
        {"rep": rep, "hours": 30 + 7 * at, "when": when} for at, rep in enumerate(REPS) for when in ("before", "after")
    ]
    rows = [{**row, "hours": row["hours"] * (1.1 if row["when"] == "after" else 1)} for row in rows]
    spec = {
        "$schema": "https://vega.github.io/schema/vega-lite/v6.json",
        "data": {"values": [*rows, *[{"rep": f"Rep {one}", "hours": one, "when": "after"} for one in range(20)]]},
        "width": 560,
        "layer": [
            {"mark": {"type": "bar", "tooltip": True}},
            {
                "mark": {"type": "rule", "color": "#333333"},
                "encoding": {"y": {"datum": 35}, "x": None, "color": {"value": "#333333"}},
            },
        ],
        "encoding": {
            "x": {"field": "rep", "type": "nominal", "title": "Rep"},
            "y": {"field": "hours", "type": "quantitative", "title": "Hours", "axis": {"format": ",.0f"}},
            "color": {"field": "when", "type": "nominal", "title": None},
            "xOffset": {"field": "when"},
        },
    }
    return Chart(
        "bars",
        "Hours per rep",
        spec,
        "Ada carries 30 hours before and 33 after; no book is over 70.",
        "The line is the target.",
    )


def places(count: int = 4000, *, seed: int = 5) -> Chart:
    """Return a map of many customers with a switch."""
    rng = np.random.default_rng(seed)
    rows = [
        {
            "name": f"Customer {at}",
            "lon": float(lon),
            "lat": float(lat),
            "before": REPS[at % 5],
            "after": REPS[(at // 7) % 5],
        }
        for at, (lon, lat) in enumerate(zip(rng.normal(-98, 9, count), rng.normal(39, 4, count), strict=True))
    ]
    spec = {
        "data": {"name": "customers"},
        "datasets": {"customers": rows},
        "width": 700,
        "height": 360,
        "params": [
            {
                "name": "when",
                "value": "after",
                "bind": {"input": "radio", "options": ["before", "after"], "name": "Owner "},
            }
        ],
        "transform": [{"calculate": "when == 'after' ? datum.after : datum.before", "as": "owner"}],
        "projection": {"type": "mercator"},
        "mark": {"type": "circle", "size": 14, "tooltip": True},
        "encoding": {
            "longitude": {"field": "lon", "type": "quantitative"},
            "latitude": {"field": "lat", "type": "quantitative"},
            "color": {"field": "owner", "type": "nominal", "title": "Owner"},
        },
    }
    return Chart("map", "Where customers are", spec, "Each owner's customers are spread over the country.")


def whole(language: str = "en") -> Report:
    """Return a report with every kind of block."""
    facts = Facts(
        "facts",
        (
            Fact("Customers that move", "120", "of 1,200 (10.0%)"),
            Fact("Imbalance", "−70%", "40.5 → 12.3 points", "good"),
            Fact("Budget of moves", "98%", "nearly used up", "warn"),
            Fact("Broken rules", "2", "must be decided by hand", "bad"),
        ),
    )
    sentences = Sentences(
        "policy", ("No rep may carry more than 60 hours.", "Customers with an open order stay."), "The rules"
    )
    return Report(
        "comparison",
        "Territories, first quarter 2027",
        "120 of 1,200 customers move and books are 70% fairer; no plan under these rules can be more than 0.3% better.",
        (
            Section("overview", "Overview", (facts, sentences)),
            Section("books", "Books", (bars(), places()), "What each rep carries, before and after."),
            Section("moves", "Moves", (customers(1200),)),
            Section("scenarios", "Scenarios", (scores(), differences())),
        ),
        language,
        subtitle="Worked example",
        scope="For Ada Long: her own customers; of all others only totals.",
        made=(("Planned", "1 Jan 2027"), ("Seed", "1"), ("customers.csv", "sha256 " + 8 * "0123abcd")),
    )
