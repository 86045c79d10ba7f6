"""The customers of a made-up org: places, families, what they are worth and what they need."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from models.org import BoolArray, FloatArray, IntArray, Period
from planner.generate.geography import Geography
from planner.generate.people import SENIOR, Roster
from planner.generate.words import Words

FULL_LOAD_HOURS = 480.0
"""Hours a full-time rep works in a quarter."""
LOADED = 0.72
"""Part of all working hours that the customers take."""

_FAMILY_SIZES = np.array([2, 3, 4, 5, 6, 8, 12])
_FAMILY_ODDS = np.array([0.46, 0.24, 0.13, 0.08, 0.05, 0.03, 0.01])


@dataclass(frozen=True)
class Demand:
    """The customers, by position.

    Families are numbered, -1 = no family; ``leader`` is the parent of each family's members, and oneself elsewhere.
    """

    place: IntArray
    leaf: IntArray
    lat: FloatArray
    lon: FloatArray
    family: IntArray
    leader: IntArray
    industry: IntArray
    level: IntArray
    tier: IntArray
    segment: IntArray
    potential: FloatArray
    revenue: FloatArray
    workload_hours: FloatArray
    visits: IntArray
    satisfaction: FloatArray

    def __len__(self) -> int:
        """Number of customers."""
        return len(self.place)

    @property
    def needs_senior(self) -> BoolArray:
        """Strategic customers: only a senior rep may own them."""
        return self.segment == 0


def court(rng: np.random.Generator, geography: Geography, roster: Roster, customers: int) -> Demand:
    """Draw ``customers``: near cities, a quarter of them in families, a few worth as much as all the rest.

    What a customer requires is never more than the second-best staffed rep of its region knows, so that everybody has
    a rep.
    """
    place, leaf, family, leader = _places(rng, geography, _pull(geography, roster), customers)
    lat = (geography.lat[place] + rng.normal(0, geography.spread_degrees, customers)).clip(-89, 89).round(4)
    lon = (geography.lon[place] + rng.normal(0, geography.spread_degrees, customers)).clip(-179, 179).round(4)
    industry = rng.choice(
        roster.level.shape[1], customers, p=_falling(roster.level.shape[1])
    )  # some industries are larger
    industry = industry[leader]
    potential, revenue, satisfaction = _worth(rng, customers, len(roster))
    rank = np.empty(customers)
    rank[np.argsort(-potential, kind="stable")] = (np.arange(customers) + 0.5) / customers
    tier = np.digitize(rank, [0.10, 0.40])
    segment = np.digitize(rank * np.exp(rng.normal(0, 0.3, customers)), [0.02, 0.12, 0.45])
    level = _levels(rng, roster, leaf, industry, segment == 0, family, leader)
    workload = (potential / np.median(potential)) ** 0.4 * np.exp(rng.normal(0, 0.35, customers))
    hours = LOADED * FULL_LOAD_HOURS * float((roster.share * roster.here).sum())
    workload = np.maximum((workload * hours / workload.sum()).round(2), 0.05)
    visits = rng.poisson(np.minimum(workload / 8, 6) + 0.2)
    return Demand(
        place=place,
        leaf=leaf,
        lat=lat,
        lon=lon,
        family=family,
        leader=leader,
        industry=industry,
        level=level,
        tier=tier,
        segment=segment,
        potential=potential,
        revenue=revenue,
        workload_hours=workload,
        visits=visits,
        satisfaction=satisfaction,
    )


def _pull(geography: Geography, roster: Roster) -> FloatArray:
    """Return the share of customers each place draws: nearly as many per region as its reps can look after."""
    of_leaf = np.bincount(geography.region, geography.pull, len(geography.leaves))
    spread = roster.covers * of_leaf
    hours = roster.share * roster.here
    staffed = (spread / spread.sum(axis=1, keepdims=True) * hours[:, None]).sum(axis=0) / hours.sum()
    pull = geography.pull * (0.1 + 0.9 * (staffed / of_leaf)[geography.region])
    return pull / pull.sum()


def _places(
    rng: np.random.Generator, geography: Geography, pull: FloatArray, customers: int
) -> tuple[IntArray, IntArray, IntArray, IntArray]:
    """Draw a city for each customer and put a quarter of them into families, all of one region."""
    place = rng.choice(len(geography.names), customers, p=pull)
    family = np.full(customers, -1, dtype=np.int64)
    leader = np.arange(customers)
    related = rng.permutation(customers)[: customers // 4]
    sizes = rng.choice(_FAMILY_SIZES, len(related) // 2 + 1, p=_FAMILY_ODDS)
    numbers = np.repeat(np.arange(len(sizes)), sizes)[: len(related)]
    if len(numbers) > 1 and numbers[-1] != numbers[-2]:  # nobody is left alone in the last family
        numbers[-1] = numbers[-2]
    if len(numbers) > 1:
        family[related] = numbers
        first = np.searchsorted(numbers, numbers)
        leader[related] = related[first]
    away = geography.region[place] != geography.region[place[leader]]
    home = away | (rng.random(customers) < 0.5)
    place = np.where(home, place[leader], place)
    return place, geography.region[place], family, leader


def _worth(rng: np.random.Generator, customers: int, reps: int) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Draw potential (log-normal with a Pareto tail), revenue as a part of it, and satisfaction that goes with it.

    The tail is cut where one customer alone would fill a fifth of an average book.
    """
    body = np.exp(rng.normal(10.6, 1.05, customers))
    large = rng.random(customers) < 0.06
    tail = np.exp(10.6 + 1.3) * (1 + rng.pareto(1.6, customers))
    potential = np.where(large, tail, body)
    book = potential.sum() / reps
    potential = np.minimum(potential, max(book / 5, float(np.median(potential)))).round(-1) + 10
    liking = rng.normal(0, 1, customers)
    penetration = 1 / (1 + np.exp(-(-0.4 + 0.6 * liking + rng.normal(0, 0.6, customers))))
    prospect = rng.random(customers) < 0.04
    revenue = np.where(prospect, 0.0, (potential * penetration).round(-1))
    satisfaction = np.clip((7.1 + 1.4 * liking + rng.normal(0, 0.8, customers)).round(1), 1, 10)
    satisfaction[rng.random(customers) < 0.15] = np.nan
    return potential, revenue, satisfaction


def _levels(
    rng: np.random.Generator,
    roster: Roster,
    leaf: IntArray,
    industry: IntArray,
    strategic: BoolArray,
    family: IntArray,
    leader: IntArray,
) -> IntArray:
    """Draw the level each customer requires in its industry: 0 for most, the same within a family."""
    customers = len(leaf)
    wanted = rng.choice([0, 1, 2, 3], customers, p=[0.64, 0.16, 0.14, 0.06])[leader]
    seniors_only = strategic | (family >= 0)
    staffed = roster.stays & roster.owns_today
    known = np.zeros((len(roster.covers[0]), roster.level.shape[1], 2), dtype=np.int64)
    for region in range(known.shape[0]):
        for needs_senior in (0, 1):
            able = staffed & roster.covers[:, region] & (roster.seniority >= SENIOR * needs_senior)
            levels = np.sort(roster.level[able], axis=0)
            known[region, :, needs_senior] = levels[-2] if len(levels) > 1 else levels.sum(axis=0)
    return np.minimum(wanted, known[leaf, industry, seniors_only.astype(np.int64)])


def customers_table(
    rng: np.random.Generator, geography: Geography, words: Words, period: Period, demand: Demand
) -> pd.DataFrame:
    """Put the customers into a table, with dates and states that go with what they are worth; owners come later."""
    n = len(demand)
    digits = max(4, len(str(n)))
    ids = np.array([f"C{number:0{digits}d}" for number in range(1, n + 1)], dtype=object)
    related = demand.family >= 0
    parent = np.where(related & (demand.leader != np.arange(n)), ids[demand.leader], "")
    family = np.full(n, "", dtype=object)
    family[related] = [f"F{number + 1:0{digits - 1}d}" for number in demand.family[related].tolist()]
    start, day = np.datetime64(period.start, "D"), np.timedelta64(1, "D")
    stage = _stages(rng, demand)
    idle = np.where(stage == 5, rng.integers(200, 500, n), rng.exponential(18, n).astype(np.int64))
    bought = idle + rng.exponential(np.where(stage == 4, 150, 45), n).astype(np.int64)
    renewal = start + rng.integers(-5, 360, n) * day
    no_contract = (demand.revenue == 0) | (rng.random(n) < 0.45)
    selling = rng.random(n) < 0.12
    close = start + rng.integers(-10, 170, n) * day
    never = np.datetime64("NaT", "D")
    return pd.DataFrame(
        {
            "customer_id": ids,
            "name": _names(rng, words, demand),
            "family_id": family,
            "parent_id": parent,
            "region": _labels(demand.leaf, [leaf.name for leaf in geography.leaves]),
            "city": _labels(demand.place, geography.names),
            "lat": demand.lat,
            "lon": demand.lon,
            "industry": _labels(demand.industry, words.industries),
            "segment": _labels(demand.segment, words.segments),
            "tier": _labels(demand.tier, ("A", "B", "C")),
            "stage": _labels(stage, words.stages),
            "required_skills": _labels(
                np.where(demand.level > 0, demand.industry * 4 + demand.level, 0),
                ["", *(f"{words.industries[code // 4]}:{code % 4}" for code in range(1, 4 * len(words.industries)))],
            ),
            "workload_hours": demand.workload_hours,
            "visits": demand.visits,
            "potential": demand.potential,
            "revenue": demand.revenue,
            "satisfaction": demand.satisfaction,
            "last_activity": start - (1 + idle) * day,
            "last_purchase": np.where(demand.revenue > 0, start - (1 + bought) * day, never),
            "next_renewal": np.where(no_contract, never, renewal),
            "open_opportunity": selling,
            "opportunity_close": np.where(selling, close, never),
        }
    )


def _stages(rng: np.random.Generator, demand: Demand) -> IntArray:
    """Draw the stage of the life cycle: prospects buy nothing, the discontent are at risk or gone."""
    n = len(demand)
    stage = rng.choice([1, 2, 3], n, p=[0.1, 0.35, 0.55])
    discontent = np.nan_to_num(demand.satisfaction, nan=7.0) < 5
    stage = np.where(discontent, rng.choice([3, 4, 5], n, p=[0.3, 0.5, 0.2]), stage)
    return np.where(demand.revenue == 0, 0, stage)


def _names(rng: np.random.Generator, words: Words, demand: Demand) -> np.ndarray:
    """Draw company names; the members of a family carry their parent's name with an addition."""
    n = len(demand)
    first = np.array(words.company_names, dtype=object)[rng.integers(0, len(words.company_names), n)]
    second = np.array(words.company_names, dtype=object)[rng.integers(0, len(words.company_names), n)]
    longer = rng.random(n) < min(0.85, n / 2000)  # many customers need longer names to tell them apart
    first = np.where(longer & (first != second), first + words.space + second, first)
    kinds = np.array(words.kinds, dtype=object)
    kind = kinds[demand.industry, rng.integers(0, kinds.shape[1], n)]
    name = (first + words.space + kind)[demand.leader]
    addition = np.array(words.subsidiaries, dtype=object)[rng.integers(0, len(words.subsidiaries), n)]
    return np.where(demand.leader != np.arange(n), name + words.space + addition, name)


def _labels(codes: IntArray, labels: Sequence[str]) -> pd.Categorical[str]:
    """Put words for codes, kept as codes in memory; two codes may share a word."""
    words = {label: number for number, label in enumerate(dict.fromkeys(labels))}
    code = np.array([words[label] for label in labels], dtype=np.int32)
    return pd.Categorical.from_codes(code[codes], categories=pd.Index(list(words)))


def _falling(number: int) -> FloatArray:
    """Probabilities that fall off slowly: the first industry is about twice as common as the last."""
    weight = np.linspace(2, 1, number)
    return weight / weight.sum()
