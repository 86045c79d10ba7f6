"""Contenders: the reps who may be a unit's cheapest at given prices, where there are too many to ask about each.

The straight line between two points is no longer than the way around the globe, and whatever else a pair pays cannot
make it cheaper. So a pair whose *floor*, the line's price and what books charge, is above what the unit pays for
another pair, computed exactly, is not the cheapest. What is left is few, and priced exactly by whoever asks.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from models.check.families import Units
from models.check.neighbourhoods import read_map
from models.check.row_prices import RowPrices
from models.check.shortlists import PAIRS, Shortlist, Shortlists
from models.check.tallies import Counted
from models.expression import PAIR, REP, parse
from models.org import EARTH_RADIUS_KM, BoolArray, FloatArray, IntArray

CHORD_ROUNDING, ROUNDING = 1e-13, 1e-9
"""What a squared chord on a globe of radius 1 may be wrong by, and a sum of prices, relative."""
IN_CACHE = 40_000
"""Pairs whose floors are computed at a time: they stay close to the processor, and in one thread."""
MANY = 5_000_000
"""Pairs of customer and rep from which on contenders are looked for."""

Exactly = Callable[[Shortlist], FloatArray]
"""Gives the least that each unit of a shortlist pays: for one of its reps, today's owner or the pool."""


@dataclass(frozen=True)
class Contenders:
    """Floors of the pairs of one role.

    Attributes
    ----------
    way : float array, shape (customers,)
        Points per radian between customer and rep.
    customer_at, rep_at : float arrays, shapes (customers, 3), (reps, 3)
        Points on the unit sphere.
    amounts, prices : float arrays, shapes (customers, measures), (measures, reps)
        What a customer weighs in the books, and what a rep's books charge for it; no price, and it is free.
    owned : float array, shape (customers,)
        What a customer pays with whatever rep, points.
    moved : float array, shape (customers,)
        What a customer pays at least with any other rep than today's, points.
    """

    way: FloatArray
    customer_at: FloatArray
    rep_at: FloatArray
    amounts: FloatArray
    prices: FloatArray
    owned: FloatArray
    moved: FloatArray

    def shortlists(self, every: Shortlists, exactly: Exactly) -> Iterator[Shortlist]:
        """Yield for all units the reps who may be the cheapest; today's owner may be missing."""
        waiting: list[Shortlist] = []
        pairs = 0
        for units, reps in every.alike():
            rows = max(PAIRS // max(len(reps), 1), 1)
            for first in range(0, len(units), rows):
                waiting.append(self._among(every.units, units[first : first + rows], reps, exactly))
                pairs += len(waiting[-1].unit) + len(waiting[-1].units)
                if pairs >= PAIRS:
                    yield _together(waiting)
                    waiting, pairs = [], 0
        if waiting:
            yield _together(waiting)

    def _among(self, units: Units, some: IntArray, reps: IntArray, exactly: Exactly) -> Shortlist:
        if not len(reps):
            return Shortlist(some, reps, reps)
        rep_at, prices = np.ascontiguousarray(self.rep_at[reps].T), np.ascontiguousarray(self.prices[:, reps])
        floor = np.empty((len(some), len(reps)))
        rows = max(IN_CACHE // len(reps), 1)
        for first in range(0, len(some), rows):
            self._floors(units, some[first : first + rows], rep_at, prices, floor[first : first + rows])
        lowest = floor.argmin(axis=1)
        known = exactly(Shortlist(some, np.arange(len(some)), reps[lowest]))
        at = np.flatnonzero(floor <= (known + ROUNDING * np.maximum(1.0, np.abs(known)))[:, None])
        return Shortlist(some, at // len(reps), reps[at % len(reps)])

    def _floors(self, units: Units, some: IntArray, rep_at: FloatArray, prices: FloatArray, floor: FloatArray) -> None:
        """Write the floor of each unit with each rep, shape (units, reps)."""
        _, customers, begin = units.expand(some)
        alone = len(customers) == len(some)
        of_customers = floor if alone else np.empty((len(customers), floor.shape[1]))
        np.matmul(self.customer_at[customers], rep_at, out=of_customers)
        of_customers *= -2.0
        of_customers += 2.0 - CHORD_ROUNDING
        np.maximum(of_customers, 0.0, out=of_customers)
        np.sqrt(of_customers, out=of_customers)
        of_customers *= self.way[customers][:, None]
        of_customers += self.amounts[customers] @ prices
        of_customers += (self.owned[customers] + (self.moved[customers] if alone else 0.0))[:, None]
        if not alone:
            np.add.reduceat(of_customers, begin, axis=0, out=floor)


def read_contenders(
    every: Shortlists, weights: Mapping[str, float], rows: RowPrices, counted: Sequence[Counted], may_stay: BoolArray
) -> Contenders | None:
    """Return the contenders of a role; None where something may make a pair cheaper than its floor, or pairs are few.

    Parameters
    ----------
    weights
        Of the goals, in points.
    may_stay : bool array, shape (customers,)
        Whose leaving is a chosen move.
    """
    eligibility, role = every.eligibility, every.role
    policy, org, facts = eligibility.policy, eligibility.facts.org, eligibility.facts
    weighed = {goal for goal, weight in weights.items() if weight and goal != "balance"}
    if org.n_customers * org.n_reps < MANY or policy.eligibility.nearest is not None or org.pairs_only:
        return None
    if not eligibility.roughly_is_exactly(role) or "cost" in weighed or min(weights.values(), default=0.0) < 0:
        return None
    if any(paired.multipliers.any() for paired in rows.paired) or not _only_dearer(counted, len(policy.role_names)):
        return None
    way, at, rep_at = np.zeros(org.n_customers), np.zeros((org.n_customers, 3)), np.zeros((org.n_reps, 3))
    if "travel" in weighed:
        places = read_map(eligibility.listings)
        at, rep_at = places.customers, places.reps
        if eligibility.listings.drives or not (np.isfinite(at).all() and np.isfinite(rep_at).all()):
            return None
        visits = np.ones(org.n_customers)
        if "visits" in org.customers.columns:
            visits = np.nan_to_num(org.customers["visits"].to_numpy(dtype=np.float64), nan=1.0)
        way = weights["travel"] * visits * 2 * EARTH_RADIUS_KM / eligibility.listings.speed_kmh
        if not (way >= 0).all():
            return None

    def never_below_zero(text: str | None) -> FloatArray | None:
        if text is None:
            return np.ones(org.n_customers)
        expression = parse(text)
        if expression.uses(REP) or expression.uses(PAIR):
            return None
        values = facts.customer_numbers(text, policy.role_names[role])
        return values if (values >= 0).all() else None

    moved = np.full(org.n_customers, weights.get("moves", 0.0))
    if "disruption" in weighed:
        cost = never_below_zero(policy.disruption.move_cost)
        if cost is None:
            return None
        moved += weights["disruption"] * cost
    if "misfit" in weighed:
        penalties = [rule.penalty_points for rule in policy.eligibility.rules if rule.prefer is not None]
        if any(never_below_zero(text) is None for text in penalties):
            return None
    amounts, prices, owned = [], [], np.zeros(org.n_customers)
    region = rows.amounts.places.regions.codes
    for (of_role, measure), by_rep in rows.by_rep.items():
        by_region = rows.by_region[of_role, measure]
        if of_role != role or not (by_rep.any() or by_region.any()):
            continue
        if rows.amounts.measures.depends_on_rep(measure):
            return None
        amount = rows.amounts.measures.of_customers(measure, role)
        amounts.append(amount)
        prices.append(-by_rep[:-1])
        owned -= by_region[region] * amount
    return Contenders(
        way,
        at,
        rep_at,
        np.ascontiguousarray(np.array(amounts).reshape(-1, org.n_customers).T),
        np.array(prices).reshape(-1, org.n_reps),
        owned,
        np.where(may_stay, moved, 0.0),
    )


def _only_dearer(counted: Sequence[Counted], n_roles: int) -> bool:
    """Tell whether what rows count can only make pairs dearer."""
    if n_roles > 1 and counted:
        return False
    return all((by_holder <= 0).all() and (by >= 0).all() for one in counted for by_holder, by in one.tally.prices)


def _together(parts: list[Shortlist]) -> Shortlist:
    offset = np.cumsum([0, *(len(part.units) for part in parts)])
    return Shortlist(
        np.concatenate([part.units for part in parts]),
        np.concatenate([part.unit + first for part, first in zip(parts, offset, strict=False)]),
        np.concatenate([part.rep for part in parts]),
    )
