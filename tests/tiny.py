"""Random tiny orgs with policies of every kind: the same seed always gives the same org.

An assignment is planted first and the limits are drawn around it, so that most orgs can be planned, narrowly, and
some cannot. Sizes are such that every plan can be tried.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from models.org import Org
from models.policy import Policy
from tests import tiny_policy
from tests.tables import FIRST_QUARTER, org_of

REGIONS = ("west", "coast", "hills", "east")
SPOTS = ((40.71, -74.0), (39.95, -75.16), (42.36, -71.06), (38.9, -77.04), (41.3, -72.9))


@dataclass
class Draft:
    """An org in the making: rows of the tables, and who is planted where."""

    rng: np.random.Generator
    roles: tuple[str, ...] = ("owner",)
    pool: bool = False
    customers: list[dict[str, Any]] = field(default_factory=list)
    reps: list[dict[str, Any]] = field(default_factory=list)
    pairs: list[dict[str, Any]] | None = None
    pairs_only: bool = False
    regions: list[dict[str, Any]] | None = None
    planted: dict[tuple[str, str], str] = field(default_factory=dict)

    def chance(self, probability: float) -> bool:
        """Draw yes or no."""
        return bool(self.rng.random() < probability)

    def pick(self, *choices: Any) -> Any:
        """Draw one of the choices."""
        return choices[int(self.rng.integers(len(choices)))]

    def whole(self, low: int, high: int) -> int:
        """Draw a whole number, both ends included."""
        return int(self.rng.integers(low, high + 1))

    def near(self, amount: float) -> float:
        """Draw an amount around the planted one: mostly a little above, now and then below."""
        return round(amount * self.pick(0.8, 1.0, 1.0, 1.05, 1.1, 1.2, 1.35, 1.6), 2)

    @property
    def rep_ids(self) -> list[str]:
        """The reps' ids in row order."""
        return [rep["rep_id"] for rep in self.reps]

    @property
    def customer_ids(self) -> list[str]:
        """The customers' ids in row order."""
        return [customer["customer_id"] for customer in self.customers]

    def book(self, rep: str) -> list[dict[str, Any]]:
        """Return the rows of the customers planted with a rep."""
        mine = {customer for (_, customer), owner in self.planted.items() if owner == rep}
        return [row for row in self.customers if row["customer_id"] in mine]

    def load(self, column: str, rep: str) -> float:
        """Sum a column over a rep's planted book."""
        return sum(row[column] or 0.0 for row in self.book(rep))

    def org(self) -> Org:
        """Return the org as it stands."""
        return org_of(self.customers, self.reps, pairs=self.pairs, pairs_only=self.pairs_only, regions=self.regions)


def tiny(seed: int) -> tuple[Org, Policy]:
    """Return a random org of at most 8 customers and 3 reps, and a random policy that fits its tables."""
    org, policy = tiny_document(seed)
    return org, Policy.model_validate(policy)


def tiny_document(seed: int) -> tuple[Org, dict[str, Any]]:
    """Return what :func:`tiny` does, the policy as a project file would write it."""
    draft = Draft(np.random.default_rng(seed))
    if draft.chance(0.33):
        draft.roles = ("sales", "service")
    draft.pool = draft.chance(0.3)
    n_reps = 3 if len(draft.roles) == 2 else draft.pick(1, 2, 2, 3, 3, 3)
    most = {1: 8, 2: 8, 3: 7}[n_reps] - 2 * draft.pool * (n_reps == 3) - 2 * (len(draft.roles) - 1)
    _add_reps(draft, n_reps)
    _add_customers(draft, draft.whole(2, most))
    _plant(draft)
    _add_owners(draft)
    _fit_reps(draft)
    _add_regions(draft)
    _add_pairs(draft)
    policy = tiny_policy.policy_for(draft)
    return draft.org(), policy


def _date(draft: Draft, first: str, days: int) -> dt.date:
    return dt.date.fromisoformat(first) + dt.timedelta(days=draft.whole(0, days))


def _add_reps(draft: Draft, n: int) -> None:
    ids = [str(one) for one in draft.rng.permutation(["ana", "bob", "eve"])][:n]
    first = draft.whole(0, 1)
    for place, rep_id in enumerate(ids):
        lat, lon = draft.pick(*SPOTS)
        rep: dict[str, Any] = {
            "rep_id": rep_id,
            "team": draft.pick("red", "red", "blue", None),
            "manager_id": draft.pick("m1", "m2"),
            "role": draft.roles[(place + first) % len(draft.roles)],
            "seniority": draft.whole(1, 4),
            "share": draft.pick(1.0, 1.0, 1.0, 0.5, 2.0),
            "lat": lat,
            "lon": lon,
            "status": draft.pick(None, "active", "active"),
        }
        if draft.chance(0.12):
            rep["available_from"] = _date(draft, "2027-01-10", 50)
        if draft.chance(0.1):
            rep["ramp_until"] = _date(draft, "2027-01-10", 120)
            rep["ramp"] = draft.pick(0.25, 0.5, None)
        if draft.chance(0.1):
            rep["leave_from"] = _date(draft, "2027-02-01", 20)
            rep["leave_to"] = draft.pick(None, _date(draft, "2027-02-25", 60))
        if n > 1 and draft.chance(0.06):
            rep.update(draft.pick({"status": "Left"}, {"available_to": dt.date(2027, 2, 1)}, {"status": "leave"}))
        draft.reps.append(rep)
    if draft.chance(0.03):
        draft.reps[0]["role"] = "mascot"


def _add_customers(draft: Draft, n: int) -> None:
    families = draft.chance(0.5)
    for place in range(n):
        lat, lon = draft.pick(*SPOTS)
        draft.customers.append(
            {
                "customer_id": f"C{place + 1}",
                "family_id": draft.pick("F1", "F1", "F2", None) if families else None,
                "region": draft.pick(*REGIONS, None),
                "lat": round(lat + float(draft.rng.normal(0, 0.5)), 4),
                "lon": round(lon + float(draft.rng.normal(0, 0.5)), 4),
                "tier": draft.pick("A", "B", "B", "C", "C", None),
                "segment": draft.pick("strategic", "core", None),
                "workload_hours": float(draft.whole(1, 9)),
                "visits": draft.pick(1.0, 2.0, 4.0, None),
                "revenue": float(draft.whole(1, 40)),
                "potential": draft.pick(0.0, 5.0, 12.5, 20.0, 31.0, None),
                "locked": draft.chance(0.12),
                "lock_until": draft.pick(None, None, dt.date(2026, 12, 31), dt.date(2027, 1, 1)),
                "next_renewal": draft.pick(None, None, dt.date(2027, 2, 1), dt.date(2027, 9, 1)),
            }
        )


def _plant(draft: Draft) -> None:
    """Give every customer a rep in every role; members of a family often the same."""
    for role in draft.roles:
        able = [
            rep["rep_id"]
            for rep in draft.reps
            if (len(draft.roles) == 1 or rep["role"] == role)
            and (rep["status"] or "").lower() != "left"
            and "available_to" not in rep
        ]
        by_family: dict[str, str] = {}
        for row in draft.customers:
            if able:
                rep = draft.pick(*able)
                if row["family_id"] and draft.chance(0.8):
                    rep = by_family.setdefault(row["family_id"], rep)
                draft.planted[role, row["customer_id"]] = rep


def _add_owners(draft: Draft) -> None:
    two = len(draft.roles) == 2
    for place, role in enumerate(draft.roles):
        suffix = f"_{role}" if two and (place or draft.chance(0.5)) else ""
        for row in draft.customers:
            planted = draft.planted.get((role, row["customer_id"]))
            fate = draft.rng.random()
            same_role = [rep["rep_id"] for rep in draft.reps if not two or rep["role"] == role]
            if fate < 0.5 and planted:
                owner = planted
            elif fate < 0.78 and same_role:
                owner = draft.pick(*same_role)
            elif fate < 0.8:
                owner = draft.pick(*draft.rep_ids)
            else:
                owner = draft.pick("dan", None, None)
            row[f"owner_id{suffix}"] = owner
            row[f"owner_since{suffix}"] = _date(draft, "2021-01-01", 2500) if draft.chance(0.8) else None


def _fit_reps(draft: Draft) -> None:
    """Give reps the regions, skills and capacities that their planted books need, nearly always."""
    for row in draft.customers:
        row["required_skills"] = draft.pick(None, None, None, "cloud", "cloud:2", "cloud:2;german")
    for rep in draft.reps:
        book = draft.book(rep["rep_id"])
        regions = {row["region"] for row in book if row["region"] and draft.chance(0.98)}
        extra = {draft.pick(*REGIONS) for _ in range(draft.pick(0, 1, 2, 3))}
        rep["regions"] = ";".join(sorted(regions | extra)) if draft.chance(0.85) else None
        needs = ";".join(row["required_skills"] for row in book if row["required_skills"] and draft.chance(0.98))
        rep["skills"] = ";".join(filter(None, [needs, draft.pick(None, "cloud:1", "cloud:2;german", "german:3")]))
        hours = draft.load("workload_hours", rep["rep_id"])
        rep["capacity_workload_hours"] = draft.pick(draft.near(hours), draft.near(hours) + 3, None)
        rep["max_customers"] = draft.pick(len(book), len(book) + 1, None)


def _add_regions(draft: Draft) -> None:
    if draft.chance(0.5):
        parents = draft.pick(
            {}, {"coast": "west"}, {"coast": "west", "hills": "west"}, {"hills": "coast", "coast": "west"}
        )
        near = draft.pick({}, {"west": "east"}, {"hills": "east", "east": "coast"})
        draft.regions = [
            {
                "region": name,
                "parent": parents.get(name),
                "neighbours": near.get(name),
                "most_hours": draft.pick(None, draft.near(sum(row["workload_hours"] for row in draft.customers))),
            }
            for name in REGIONS
        ]


def _add_pairs(draft: Draft) -> None:
    if not draft.chance(0.45):
        return
    draft.pairs_only = draft.chance(0.3)
    planted = {(customer, rep) for (_, customer), rep in draft.planted.items()}
    draft.pairs = [
        {
            "customer_id": customer,
            "rep_id": rep,
            "drive_minutes": draft.pick(None, *(float(10 * one) for one in range(1, 10))),
            "cost": draft.pick(None, *(float(one) for one in range(-1, 9))),
            "load": draft.pick(None, *(float(one) for one in range(1, 7))),
            "fit": draft.whole(0, 3),
        }
        for customer in draft.customer_ids
        for rep in draft.rep_ids
        if draft.chance(0.97 if (customer, rep) in planted else 0.6)
    ]
    if not draft.pairs:
        draft.pairs, draft.pairs_only = None, False


assert FIRST_QUARTER.days == 90  # the dates above are drawn around it
