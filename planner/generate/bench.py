"""The benchmark orgs: plain ones, in which only the measured difficulty matters.

Cities over the United States, customers and reps around them, eight industries as skills, log-normal potential, an
owner drawn unfairly among the near ones who know the industry. 1 % have no owner, 1 % a departed one. A customer's
candidates are the 25 nearest able reps and today's owner.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.spatial import cKDTree

from models.findings import Finding, InputRefused
from models.org import FloatArray, IntArray
from planner.generate.incumbents import on_sphere

VARIANTS = {
    "soft": "benchmark: two tight soft bands (5 %)",
    "capacity": "benchmark: workload limits that are 95 % used, no bands",
    "budget": "benchmark: two soft bands, at most 5 % of the customers moved",
    "three": "benchmark: three measures with bands of 5, 5 and 10 %",
    "families": "benchmark: two soft bands, families of 2 to 6 stay together, few reps know an industry",
}

_INDUSTRIES = ("health", "finance", "retail", "energy", "public", "media", "food", "metal")
_NEAR = 8
_START = np.datetime64("2027-01-01")


@dataclass(frozen=True)
class _Draw:
    """What chance decides, in the order in which it is drawn."""

    city: IntArray
    customer_at: FloatArray
    rep_at: FloatArray
    industry: IntArray
    knows: np.ndarray
    potential: FloatArray
    revenue: FloatArray
    hours: FloatArray
    owner: IntArray
    planted: IntArray
    since: np.ndarray
    fate: FloatArray


def bench_org(
    rng: np.random.Generator, variant: str, customers: int, reps: int, extension: str
) -> tuple[dict[str, pd.DataFrame], str]:
    """Return the tables and the policy of a benchmark org."""
    drawn = _draw(rng, variant, customers, reps)
    family = _families(rng, drawn) if variant == "families" else np.full(customers, "", dtype=object)
    rep_id = np.array([f"R{number:05d}" for number in range(reps)], dtype=object)
    owner = rep_id[drawn.owner]
    owner[drawn.fate < 0.02] = "GONE"
    owner[drawn.fate < 0.01] = ""
    names = np.array(_INDUSTRIES, dtype=object)
    load = np.bincount(drawn.planted, drawn.hours, reps)
    tables = {
        "customers": pd.DataFrame(
            {
                "customer_id": [f"C{number:07d}" for number in range(customers)],
                "family_id": family,
                "owner_id": owner,
                "owner_since": drawn.since,
                "lat": drawn.customer_at[:, 0],
                "lon": drawn.customer_at[:, 1],
                "industry": names[drawn.industry],
                "required_skills": names[drawn.industry],
                "workload_hours": drawn.hours,
                "visits": np.ceil(drawn.hours).astype(np.int64),
                "potential": drawn.potential,
                "revenue": drawn.revenue,
            }
        ),
        "reps": pd.DataFrame(
            {
                "rep_id": rep_id,
                "lat": drawn.rep_at[:, 0],
                "lon": drawn.rep_at[:, 1],
                "skills": [";".join(names[known]) for known in drawn.knows],
                # the planted plan uses 95 %, so that the limits can be met
                "capacity_workload_hours": np.ceil(load / 0.95 * 100) / 100,
            }
        ),
    }
    return tables, _policy(variant, extension)


def _draw(rng: np.random.Generator, variant: str, customers: int, reps: int) -> _Draw:
    cities = max(8, reps // 10)
    centre = rng.uniform([26, -122], [47, -72], (cities, 2))
    size = rng.dirichlet(np.full(cities, 0.8))
    city = rng.choice(cities, customers, p=size)
    home = rng.choice(cities, reps, p=0.85 * size + 0.15 / cities)
    customer_at = (centre[city] + rng.normal(0, 0.8, (customers, 2))).round(5)
    rep_at = (centre[home] + rng.normal(0, 0.4, (reps, 2))).round(5)
    industry = rng.integers(0, len(_INDUSTRIES), customers)
    knows = rng.random((reps, len(_INDUSTRIES))) < (0.25 if variant == "families" else 0.45)
    knows[np.arange(reps), rng.integers(0, len(_INDUSTRIES), reps)] = True
    potential = np.exp(rng.normal(9.5, 1.1, customers)).round(2)
    revenue = (potential * rng.beta(2, 4, customers)).round(2)
    hours = np.exp(rng.normal(0.8, 0.6, customers)).round(3)
    owner, planted = _owners(rng, customer_at, rep_at, industry, knows)
    tenure_days = rng.integers(30, 365 * 6, customers)
    return _Draw(
        city=city,
        customer_at=customer_at,
        rep_at=rep_at,
        industry=industry,
        knows=knows,
        potential=potential,
        revenue=revenue,
        hours=hours,
        owner=owner,
        planted=planted,
        since=_START - tenure_days.astype("timedelta64[D]"),
        fate=rng.random(customers),
    )


def _owners(
    rng: np.random.Generator, customer_at: FloatArray, rep_at: FloatArray, industry: IntArray, knows: np.ndarray
) -> tuple[IntArray, IntArray]:
    """Draw today's owner by fame, and another possible one evenly, among the nearest who know the industry."""
    owner = np.empty(len(industry), dtype=np.int64)
    planted = np.empty(len(industry), dtype=np.int64)
    fame = rng.dirichlet(np.full(len(rep_at), 1.5))
    customer_point, rep_point = on_sphere(*customer_at.T), on_sphere(*rep_at.T)
    for kind in range(len(_INDUSTRIES)):
        able, asking = np.flatnonzero(knows[:, kind]), np.flatnonzero(industry == kind)
        if not len(able):
            raise InputRefused(
                [
                    Finding(
                        "TP193",
                        "Too few reps for eight industries: nobody knows one of them",
                        found=f"{len(rep_at):,} reps",
                        hint="Try more reps or another seed",
                    )
                ]
            )
        each, k = np.arange(len(asking)), min(_NEAR, len(able))
        _, near = cKDTree(rep_point[able]).query(customer_point[asking], k=k)
        near = able[near.reshape(len(asking), k)]
        planted[asking] = near[each, rng.integers(0, k, len(asking))]
        odds = (fame[near] / fame[near].sum(axis=1, keepdims=True)).cumsum(axis=1)
        owner[asking] = near[each, (odds > rng.random((len(asking), 1))).argmax(axis=1)]
    return owner, planted


def _families(rng: np.random.Generator, drawn: _Draw) -> np.ndarray:
    """Cut the customers, by city and industry, into runs of one to six; a run inside one industry is a family."""
    customers = len(drawn.city)
    order = np.lexsort((drawn.industry, drawn.city))
    family = np.full(customers, "", dtype=object)
    first = 0
    while first < customers:
        size = int(rng.integers(1, 7))
        members = order[first : first + size]
        if size > 1 and np.unique(drawn.industry[members]).size == 1:
            family[members] = f"F{first:07d}"
        first += size
    return family


def _policy(variant: str, extension: str) -> str:
    """Return planner.yaml of a variant."""
    bands = {"potential": "5%", "workload": "5%"}
    if variant == "three":
        bands["revenue"] = "10%"
    lines = [
        f"# Benchmark org, variant {variant}. All customers and reps are made up.",
        "version: 1",
        "period: {start: 2027-01-01, end: 2027-03-31}",
        f"tables: {{customers: customers.{extension}, reps: reps.{extension}}}",
        "policy:",
        "  measures:",
        "    workload: {value: customer.workload_hours, unit: h}",
        "    potential: {value: customer.potential, unit: USD}",
        "    revenue: {value: customer.revenue, unit: USD}",
        "  eligibility: {region: any, skills: required, nearest: 25}",
        f"  keep: {{families: {'together' if variant == 'families' else 'free'}}}",
    ]
    if variant == "capacity":
        lines += ["  capacity:", "    - {measure: workload, max: rep.capacity_workload_hours}"]
    else:
        lines.append("  balance:")
        lines += [
            f"    - {{measure: {measure}, target: equal, tolerance: {tolerance}, weight: 1}}"
            for measure, tolerance in bands.items()
        ]
    lines.append("  disruption:")
    if variant == "budget":
        lines += ["    budgets:", "      - {name: moved customers, of: customers, max: 5%}"]
    lines += ["    move_cost: 0.5 + 0.5 * least(customer.tenure_years, 4)", "  goals:"]
    if variant != "capacity":
        lines.append("    - {goal: balance, weight: 5}")
    lines += ["    - {goal: disruption, weight: 1}", "    - {goal: travel, weight: 0.5}"]
    return "\n".join(lines) + "\n"
