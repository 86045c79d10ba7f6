"""Who owns whom today: an unfair assignment as it grows over years, and what it leaves behind."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.spatial import cKDTree

from models.org import BoolArray, FloatArray, IntArray, Period
from planner.generate.customers import FULL_LOAD_HOURS, Demand
from planner.generate.people import SENIOR, Roster
from planner.generate.words import Words

NEAR = 8
"""Among how many of the nearest able reps an owner is drawn."""
NOBODY, LONG_GONE = -1, -2


@dataclass(frozen=True)
class Books:
    """Who owns each customer today and who could own it next.

    ``owner`` is a position on the roster, :data:`NOBODY` or :data:`LONG_GONE`; ``planted`` is a rep who may own the
    customer: today's owner where that is allowed. All hard rules of the generated policy are met by ``planted``.
    """

    owner: IntArray
    planted: IntArray
    locked: BoolArray
    capacity_hours: FloatArray
    max_customers: IntArray


def settle(rng: np.random.Generator, roster: Roster, demand: Demand) -> Books:
    """Draw today's owners and plant a plan that meets every hard limit.

    Popular reps have collected more than their share. New hires own nobody, some who left still own their book, 1 % of
    the customers belong to people who are long gone, 1.5 % to nobody, and 1.5 % to a rep who should not have them.
    One in fifty is locked where it is.
    """
    n = len(demand)
    fame = np.exp(rng.normal(0, 0.3, len(roster))) * roster.share * np.where(roster.stays, roster.here, 0.6)
    first, second = rng.random(n), rng.random(n)
    staying = roster.stays
    usual = FULL_LOAD_HOURS * roster.share
    hours = demand.workload_hours
    owner = _draw(_near(roster, demand, roster.owns_today), fame, first, hours, 1.1 * usual)
    spare = usual * roster.here / (0.3 + fame)
    planted = _draw(_near(roster, demand, staying), spare, second, hours, usual * roster.here)
    shared = (demand.family >= 0) & (rng.random(n)[demand.leader] < 0.75)
    owner, planted = np.where(shared, owner[demand.leader], owner), np.where(shared, planted[demand.leader], planted)
    fate = (rng.permutation(n) + 0.5) / n
    owner[fate < 0.015] = NOBODY
    owner[(fate >= 0.015) & (fate < 0.025)] = LONG_GONE
    misplaced = np.flatnonzero((fate >= 0.025) & (fate < 0.04))
    owner[misplaced] = rng.choice(np.flatnonzero(roster.owns_today), len(misplaced))
    keeps = owner >= 0
    keeps[keeps] = staying[owner[keeps]] & _able(roster, demand, np.flatnonzero(keeps), owner[keeps])
    locked = np.zeros(n, dtype=bool)
    lockable = np.flatnonzero((owner >= 0) & (demand.family < 0))
    locked[rng.permutation(lockable)[: max(2, n // 50)]] = True
    stays = keeps | (locked & staying[np.maximum(owner, 0)])  # a lock holds even where the rules do not
    planted = np.where(stays, owner, planted)
    load = np.bincount(planted, hours, len(roster))
    needed = 1.08 * load / np.where(roster.here > 0, roster.here, 1.0)
    number = np.bincount(planted, minlength=len(roster))
    most = max(1.6 * n / max(1, int(staying.sum())), 1.0)
    return Books(
        owner=owner,
        planted=planted,
        locked=locked,
        capacity_hours=np.ceil(np.maximum(usual, needed) / 10) * 10,
        max_customers=np.ceil(np.maximum(most * roster.share, 1.08 * number + 1)).astype(np.int64),
    )


def owner_columns(
    rng: np.random.Generator, roster: Roster, demand: Demand, books: Books, words: Words, period: Period
) -> pd.DataFrame:
    """Return the columns that say who owns whom, since when, and which customers are locked."""
    n = len(demand)
    gone = len(roster.rep_id) + rng.integers(0, len(roster.gone_ids), n)
    code = np.where(books.owner == LONG_GONE, gone, books.owner)
    owner = pd.Categorical.from_codes(code, categories=pd.Index([*roster.rep_id, *roster.gone_ids]))
    start, day = np.datetime64(period.start, "D"), np.timedelta64(1, "D")
    tenure = np.minimum(20 + rng.gamma(1.6, 520, n), 3600).astype(np.int64)
    since = np.where(books.owner == NOBODY, np.datetime64("NaT", "D"), start - tenure * day)
    locked = books.locked
    expired = locked & (rng.random(n) < 0.15)
    until = np.where(expired, start - 20 * day, start + rng.integers(60, 500, n) * day)
    reason = rng.integers(0, len(words.lock_reasons), n)
    manager = rng.integers(1, 4, n)
    return pd.DataFrame(
        {
            "owner_id": owner,
            "owner_since": since,
            "locked": locked,
            "lock_reason": pd.Categorical.from_codes(
                np.where(locked, reason, -1), categories=pd.Index(words.lock_reasons)
            ),
            "lock_until": np.where(locked & (rng.random(n) < 0.6) | expired, until, np.datetime64("NaT", "D")),
            "locked_by": pd.Categorical.from_codes(
                np.where(locked, manager - 1, -1), categories=pd.Index(["M01", "M02", "M03"])
            ),
        }
    )


def could_share(roster: Roster, demand: Demand, one: int, other: int) -> bool:
    """Tell whether some rep could own both of two customers."""
    reps = np.flatnonzero(roster.stays)
    both = [_able(roster, demand, np.full(len(reps), customer), reps) for customer in (one, other)]
    return bool((both[0] & both[1]).any())


def _able(roster: Roster, demand: Demand, customers: IntArray, reps: IntArray) -> BoolArray:
    """Tell for each pair whether the rep covers the region, knows the industry well enough and is senior enough."""
    able: BoolArray = (
        roster.covers[reps, demand.leaf[customers]]
        & (roster.level[reps, demand.industry[customers]] >= demand.level[customers])
        & ((roster.seniority[reps] >= SENIOR) | ~demand.needs_senior[customers])
    )
    return able


def _near(roster: Roster, demand: Demand, among: BoolArray) -> IntArray:
    """Return the nearest able reps of each customer, shape (customers, :data:`NEAR`), -1 where there are fewer.

    A family's customers ask for a senior rep, so that one rep can own them all.
    """
    senior = (demand.needs_senior | (demand.family >= 0)).astype(np.int64)
    levels = int(demand.level.max()) + 1
    kind = ((demand.leaf * roster.level.shape[1] + demand.industry) * levels + demand.level) * 2 + senior
    order = np.argsort(kind, kind="stable")
    first = np.unique(kind[order], return_index=True)[1]
    rep_points, customer_points = on_sphere(roster.lat, roster.lon), on_sphere(demand.lat, demand.lon)
    near = np.full((len(demand), NEAR), -1, dtype=np.int64)
    for members in np.split(order, first[1:]):
        one = members[0]
        able = among & roster.covers[:, demand.leaf[one]] & (roster.seniority >= SENIOR * senior[one])
        able &= roster.level[:, demand.industry[one]] >= demand.level[one]
        reps = np.flatnonzero(able)
        k = min(NEAR, len(reps))
        _, found = cKDTree(rep_points[reps]).query(customer_points[members], k=k)
        near[members, :k] = reps[found.reshape(len(members), k)]
    return near


def _draw(near: IntArray, weight: FloatArray, drawn: FloatArray, hours: FloatArray, most_hours: FloatArray) -> IntArray:
    """Draw one of the near reps for each customer: by weight, and the nearer the likelier.

    Who comes out with more than ``most_hours`` of work becomes less attractive, three times over.
    """
    customers = np.arange(len(near))
    nearness = 1 / np.arange(1, near.shape[1] + 1)
    for _ in range(4):
        odds = np.where(near >= 0, weight[near] * nearness, 0.0).cumsum(axis=1)
        owner = near[customers, (odds > drawn[:, None] * odds[:, -1:]).argmax(axis=1)]
        load = np.bincount(owner, hours, len(weight))
        weight = weight * np.minimum(1.0, np.maximum(most_hours, 1e-9) / np.maximum(load, 1e-9)) ** 1.5
        weight = np.maximum(weight, 1e-12)
    return owner


def on_sphere(lat: FloatArray, lon: FloatArray) -> FloatArray:
    """Return points on the unit sphere, shape (points, 3), so that straight distances order like great circles."""
    phi, theta = np.radians(lat), np.radians(lon)
    return np.stack([np.cos(phi) * np.cos(theta), np.cos(phi) * np.sin(theta), np.sin(phi)], axis=1)
