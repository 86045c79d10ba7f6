"""Prices of rows that add up book by book: capacities, bands and pairs of roles; what each pair pays for them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from models.check.amounts import Amounts, Scope, scopes
from models.check.books import Limits
from models.check.candidates import Chunk
from models.check.company import Company
from models.check.goals import Goals
from models.check.labels import labels
from models.check.multipliers import CertificateRefused, Multipliers
from models.check.placements import Placement
from models.org import FloatArray, IntArray
from models.plan import Violation
from models.policy import line_names


@dataclass(frozen=True)
class Paired:
    """Multipliers of the rows that pair two roles, by ``keys`` = customer x (values + 1) + value + 1, sorted.

    ``values`` are the reps' values that must agree, -1 where blank.
    """

    role: int
    values: IntArray
    keys: IntArray
    multipliers: FloatArray

    def of(self, chunk: Chunk) -> FloatArray:
        """Return multiplier times coefficient of each entry: 1 in the first role, -1 in the other, 1 if blank."""
        paid = np.zeros(len(chunk.reps))
        if chunk.role not in (0, self.role) or not len(self.keys):
            return paid
        owned = np.flatnonzero(chunk.reps >= 0)
        value = self.values[chunk.reps[owned]]
        wanted = chunk.customers[owned] * (self.values.max(initial=-1) + 2) + value + 1
        at = np.minimum(np.searchsorted(self.keys, wanted), len(self.keys) - 1)
        sign = np.where((value < 0) | (chunk.role == 0), 1.0, -1.0)
        paid[owned] = np.where(self.keys[at] == wanted, sign * self.multipliers[at], 0.0)
        return paid


@dataclass(frozen=True)
class Band:
    """What a unit costs that alone is above a band; ``most`` and ``points`` have shape (reps + 1,).

    ``most`` is the band's upper end, infinite where there is none and for the pool, the last. ``points`` is what each
    unit of the measure above it adds to the priced cost: what leaving the band costs, and the row's multiplier, which
    only what fits in the band pays.
    """

    scope: Scope
    measure: str
    most: FloatArray
    points: FloatArray


@dataclass(frozen=True)
class RowPrices:
    """Multipliers by role and measure: ``by_rep`` has shape (reps + 1,), ``by_region`` (regions on customers + 1,).

    The last entry of each is 0: for the pool, and for customers without a region.
    """

    amounts: Amounts
    by_rep: Mapping[tuple[int, str], FloatArray]
    by_region: Mapping[tuple[int, str], FloatArray]
    paired: tuple[Paired, ...]
    bands: tuple[Band, ...]

    def of(self, chunk: Chunk) -> FloatArray:
        """Return the sum of multiplier times coefficient over the rows, for each entry; shape (entries,).

        Raises
        ------
        CertificateRefused
            When a measure has no value for some pair.
        """
        paid: FloatArray = np.zeros(len(chunk.reps))
        region = self.amounts.places.regions.codes[chunk.customers]
        for (role, measure), by_rep in self.by_rep.items():
            if role != chunk.role:
                continue
            price = by_rep[chunk.reps] + np.where(chunk.reps >= 0, self.by_region[role, measure][region], 0.0)
            at = np.flatnonzero(price)
            paid[at] += price[at] * self._carried(measure, chunk, at)
        for paired in self.paired:
            paid += paired.of(chunk)
        return paid

    def above_bands(self, chunk: Chunk) -> FloatArray:
        """Return what each candidate costs more because its unit alone is above a band, shape (candidates,).

        Nothing else in the book can make up for that: a plan pays it in full, whatever the multipliers say.
        """
        points: FloatArray = np.zeros(int(chunk.start[-1]))
        for band in self.bands:
            if chunk.role not in band.scope or not self._may_be_above(band, chunk):
                continue
            owned = np.flatnonzero(np.isfinite(band.most[chunk.reps]))
            load = np.bincount(chunk.candidate[owned], self._carried(band.measure, chunk, owned), minlength=len(points))
            rep = np.full(len(points), -1)
            rep[chunk.candidate] = chunk.reps
            above = np.flatnonzero(load > band.most[rep])
            points[above] += band.points[rep[above]] * (load[above] - band.most[rep[above]])
        return points

    def _may_be_above(self, band: Band, chunk: Chunk) -> bool:
        """Tell, at a glance, whether some unit of the chunk may be above a band by itself."""
        measures = self.amounts.measures
        if measures.depends_on_rep(band.measure):
            return True
        alone = len(chunk.candidate) == chunk.start[-1]
        most_members = 1 if alone else int(np.bincount(chunk.candidate).max(initial=1))
        largest = measures.of_customers(band.measure, chunk.role)[chunk.customers].max(initial=0.0)
        return bool(most_members * largest > band.most.min())

    def _carried(self, measure: str, chunk: Chunk, at: IntArray) -> FloatArray:
        """Return the measure of the entries at some positions, shape (len(at),)."""
        pairs = Placement(chunk.role, chunk.customers[at], chunk.reps[at], np.zeros(0, dtype=np.int64))
        missing: list[Violation] = []
        carried = self.amounts.measures.carried(measure, pairs, missing)
        if missing:
            raise CertificateRefused(missing[0].message)
        return carried


def read_row_prices(
    multipliers: Multipliers,
    amounts: Amounts,
    limits: Sequence[Limits],
    goals: Goals,
    company: Company,
    balance_weight: float,
) -> RowPrices:
    """Take the multipliers of capacities, balance bands and pairs of roles; ``balance_weight`` is points per percent.

    Raises
    ------
    CertificateRefused
        When one is not allowed.
    """
    by_rep: dict[tuple[int, str], FloatArray] = {}
    by_region: dict[tuple[int, str], FloatArray] = {}

    def add(scope: Sequence[int], measure: str, reps: FloatArray, regions: FloatArray) -> None:
        for role in scope:
            key = (role, measure)
            by_rep[key] = by_rep.get(key, 0.0) + np.append(reps, 0.0)
            by_region[key] = by_region.get(key, 0.0) + np.append(regions, 0.0)

    policy, n_reps = amounts.policy, amounts.facts.org.n_reps
    bands: list[Band] = []
    nowhere = np.zeros(len(amounts.places.regions.names))
    for limit in limits:
        found = np.array(
            [
                multipliers.of(f"{limit.line}[{label}]", least, most)
                for label, least, most in zip(_labels(limit, amounts), limit.least, limit.most, strict=True)
            ],
            dtype=np.float64,
        )
        if limit.capacity.per == "region":
            of_regions = dict(zip(limit.names, found, strict=True))
            within = [sum(of_regions.get(name, 0.0) for name in chain) for chain in amounts.places.lineage]
            add(limit.scope, limit.capacity.measure, np.zeros(n_reps), np.array(within, dtype=np.float64))
            continue
        every = np.zeros(n_reps if limit.capacity.per == "rep" else len(amounts.roster.teams.names) + 1)
        every[limit.at] = found
        of_reps = every if limit.capacity.per == "rep" else every[amounts.roster.teams.codes]
        add(limit.scope, limit.capacity.measure, of_reps, nowhere)
    for position, (name, line) in enumerate(zip(line_names(policy.balance), policy.balance, strict=True)):
        for scope in scopes(policy, line.role):
            target = goals.target(position, line, scope)
            of_reps, highest, dearest = np.zeros(n_reps), np.full(n_reps + 1, np.inf), np.zeros(n_reps + 1)
            for rep in np.flatnonzero(target > 0):
                least, most = target[rep] * (1 - line.tolerance), target[rep] * (1 + line.tolerance)
                highest[rep], dearest[rep] = most, balance_weight * 100 * line.weight / target[rep]
                label = f"balance[{name}][{amounts.facts.org.rep_ids[rep]}]"
                of_reps[rep] = multipliers.of(label, least, most, float(dearest[rep]))
            add(scope, line.measure, of_reps, nowhere)
            bands.append(Band(scope, line.measure, highest, dearest + np.append(of_reps, 0.0)))
    paired = tuple(_paired(multipliers, amounts, company, role) for role in company.paired_by)
    return RowPrices(amounts, by_rep, by_region, paired, tuple(bands))


def _labels(limit: Limits, amounts: Amounts) -> tuple[str, ...]:
    """Return what each row is for; a line that has a row per label and role names the role too."""
    policy = amounts.policy
    if limit.capacity.per == "rep" or limit.capacity.role is not None or len(policy.role_names) == 1:
        return limit.names
    return tuple(f"{name}, {policy.role_names[limit.scope[0]]}" for name in limit.names)


def _paired(multipliers: Multipliers, amounts: Amounts, company: Company, role: int) -> Paired:
    """Take the multipliers of the rows ``<customer>, team red`` and ``<customer>, no team`` of a pair of roles."""
    name, org = company.policy.role_names[role], amounts.facts.org
    column = company.policy.roles[name].same or ""
    values = labels(org.reps, column)
    found: dict[int, float] = {}
    for label in multipliers.labels(f"roles[{name}].same"):
        for word, most_alike in ((f", {column} ", values.names), (f", no {column}", ("",))):
            customer, _, value = label.partition(word)
            position = org.customer_positions.get(customer)
            if position is None or value not in most_alike or word not in label:
                continue
            if company.holdings.needed[[0, role], position].all():
                code = values.code(value)
                least = 0.0 if code >= 0 else np.nan
                key = position * (len(values.names) + 1) + code + 1
                found[key] = multipliers.of(f"roles[{name}].same[{label}]", least, 0.0)
    keys = np.array(sorted(found), dtype=np.int64)
    return Paired(role, values.codes, keys, np.array([found[key] for key in keys.tolist()], dtype=np.float64))
