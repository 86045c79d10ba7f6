"""Tallies: rows that count customers by what happens to them, each customer once whatever the number of its roles.

Where several roles of a customer can make the same happen (leave a team, come to a group), a variable between 0 and
1 says whether it does; it is at least each role's part, and at most their sum where a row has a minimum.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from models.check.amounts import Amounts
from models.check.budgets import Allowance
from models.check.candidates import Candidates, Chunk
from models.check.company import Company
from models.check.multipliers import Multipliers
from models.check.stays import Stays
from models.org import BoolArray, FloatArray, IntArray
from models.policy import Budget

LINE = "customers counted once"

Holders = Callable[[int, IntArray, IntArray, BoolArray], IntArray]


@dataclass(frozen=True)
class Tally:
    """What happens to customers under the name ``event``, and what it costs by the multipliers of the rows.

    Attributes
    ----------
    names : tuple of str
        Who holds the count: reps, teams, or one blank name for the whole org.
    holders : callable
        Gives (role, customers, reps, chosen) the holder that each entry counts for, -1 where it counts for none.
    prices : tuple of (array, array)
        Multipliers by holder, and what each customer counts; one per policy line.
    shared : int array or None
        holder x customers + customer of what several roles may make happen, sorted; None where the candidates tell.
    """

    event: str
    names: tuple[str, ...]
    holders: Holders
    prices: tuple[tuple[FloatArray, FloatArray], ...]
    shared: IntArray | None
    has_least: bool = False

    def amount(self, holder: IntArray, customer: IntArray) -> FloatArray:
        """Return multiplier times amount, summed over the lines."""
        total: FloatArray = np.zeros(len(customer))
        for by_holder, by_customer in self.prices:
            total += by_holder[holder] * by_customer[customer]
        return total

    @property
    def priced(self) -> bool:
        """True when some row has a multiplier."""
        return any(by_holder.any() and by_customer.any() for by_holder, by_customer in self.prices)


@dataclass(frozen=True)
class Counted:
    """A tally with the multipliers of the rows that define its variables.

    ``parts`` has shape (roles, variables): of ``role's part <= variable``. ``sums`` has shape (variables,): of
    ``variable <= sum of the parts``.
    """

    tally: Tally
    shared: IntArray
    parts: FloatArray
    sums: FloatArray
    n_customers: int

    def of(self, chunk: Chunk) -> FloatArray:
        """Return multiplier times coefficient of each entry, shape (entries,)."""
        holder = self.tally.holders(chunk.role, chunk.customers, chunk.reps, chunk.chosen)
        paid: FloatArray = np.zeros(len(holder))
        at = np.flatnonzero(holder >= 0)
        paid[at] = self.tally.amount(holder[at], chunk.customers[at])
        if len(self.shared):
            keys = holder[at] * self.n_customers + chunk.customers[at]
            place = np.minimum(np.searchsorted(self.shared, keys), len(self.shared) - 1)
            shared = self.shared[place] == keys
            paid[at] = np.where(shared, self.parts[chunk.role, place] - self.sums[place], paid[at])
        return paid

    @property
    def variables(self) -> float:
        """What the variables add to the bound, points: each is 1 where that pays."""
        amount = self.tally.amount(self.shared // self.n_customers, self.shared % self.n_customers)
        return float(np.minimum(0.0, self.parts.sum(axis=0) - self.sums - amount).sum())


def count(
    tallies: Sequence[Tally], multipliers: Multipliers, amounts: Amounts, candidates: Candidates
) -> tuple[Counted, ...]:
    """Take the multipliers of the rows that define variables, having found out where there are any."""
    org, roles = amounts.facts.org, amounts.policy.role_names
    defined = any(True for _ in multipliers.labels(LINE))
    used = [tally for tally in tallies if tally.priced or defined]
    keys = _shared_by_candidates(used, len(roles), org.n_customers, candidates)
    counted = []
    for tally, shared in zip(used, keys, strict=True):
        parts, sums = np.zeros((len(roles), len(shared))), np.zeros(len(shared))
        for place, key in enumerate(shared.tolist() if defined else ()):
            holder, customer = divmod(key, org.n_customers)
            label = f"{tally.event} {tally.names[holder]}".rstrip() + f", {org.customer_ids[customer]}"
            for role, name in enumerate(roles):
                parts[role, place] = multipliers.of(f"{LINE}[{label}, {name}]", np.nan, 0.0)
            if tally.has_least:
                sums[place] = multipliers.of(f"{LINE}[{label}, at most]", np.nan, 0.0)
        counted.append(Counted(tally, shared, parts, sums, org.n_customers))
    return tuple(counted)


def _shared_by_candidates(
    tallies: Sequence[Tally], n_roles: int, n_customers: int, candidates: Candidates
) -> list[IntArray]:
    """Return for each tally the keys that candidates of several roles have in common."""
    none = np.zeros(0, dtype=np.int64)
    unknown = [tally for tally in tallies if tally.shared is None]
    found: list[list[IntArray]] = [[] for _ in unknown]
    for role in range(n_roles) if n_roles > 1 and unknown else ():
        mine: list[list[IntArray]] = [[none] for _ in unknown]
        for chunk in candidates.chunks(role):
            for tally, keys in zip(unknown, mine, strict=True):
                holder = tally.holders(role, chunk.customers, chunk.reps, chunk.chosen)
                keys.append(np.unique((holder * n_customers + chunk.customers)[holder >= 0]))
        for of_roles, keys in zip(found, mine, strict=True):
            of_roles.append(np.unique(np.concatenate(keys)))
    shared = iter([_repeated(np.concatenate([none, *of_roles])) for of_roles in found])
    return [next(shared) if tally.shared is None else tally.shared for tally in tallies]


def _repeated(keys: IntArray) -> IntArray:
    """Return the keys that occur more than once, sorted."""
    distinct, times = np.unique(keys, return_counts=True)
    return distinct[times > 1]


def read_tallies(
    multipliers: Multipliers, amounts: Amounts, allowances: Sequence[Allowance], company: Company, stays: Stays
) -> Iterator[Tally]:
    """Take the multipliers of budgets, groups and conflicts, and yield what they count."""
    org, roster = amounts.facts.org, amounts.roster
    ones = np.ones(org.n_customers)
    for per, side in dict.fromkeys((_kind(one.budget)) for one in allowances):
        lines = [one for one in allowances if _kind(one.budget) == (per, side)]
        prices = tuple(_spending(multipliers, amounts, line) for line in lines)
        yield _moves(amounts, stays, per, side, prices)
    for group, members in zip(company.policy.keep.groups, company.members, strict=True):
        served = np.flatnonzero(members.any(axis=1)).tolist()
        present = roster.in_scope(served) if served else np.zeros(org.n_reps, dtype=bool)
        names, at = amounts.rows(group.per, present)
        low = np.nan if group.min is None else float(group.min)
        high = np.nan if group.max is None else float(group.max)
        path = f"keep.groups[{group.name}]"
        every, of_holders = _holder_names(amounts, group.per)
        by_holder = np.zeros(len(every))
        by_holder[at] = [multipliers.of(f"{path}[{name}]", low, high) for name in names]
        inside = _among(members, of_holders)
        yield Tally(f"{group.name} in", every, inside, ((by_holder, ones),), None, group.min is not None)
    for conflict in company.policy.keep.conflicts:
        listed = np.zeros_like(company.holdings.needed)
        listed[:, [org.customer_positions[one] for one in conflict.customers if one in org.customer_positions]] = True
        every, of_holders = _holder_names(amounts, "rep")
        path = f"keep.conflicts[{conflict.name}]"
        by_holder = np.array([multipliers.of(f"{path}[{name}]", np.nan, 1.0) for name in every], dtype=np.float64)
        yield Tally(f"{conflict.name} with", every, _among(listed, of_holders), ((by_holder, ones),), None)


def _kind(budget: Budget) -> tuple[str, str]:
    """Return what a budget counts by: ``moved`` for the whole org and its regions, else per and side."""
    return (budget.per or "", budget.side) if budget.side is not None else ("", "moved")


def _spending(multipliers: Multipliers, amounts: Amounts, line: Allowance) -> tuple[FloatArray, FloatArray]:
    """Take a budget's multipliers: by holder, and what each customer counts (by its region, for regions)."""
    names = line.names if line.budget.per is not None else ("overall",)
    found = np.array(
        [multipliers.of(f"{line.line}[{name}]", np.nan, most) for name, most in zip(names, line.most, strict=True)],
        dtype=np.float64,
    )
    if line.budget.per is None:
        return found, line.values
    if line.budget.per == "region":
        of_regions = dict(zip(names, found, strict=True))
        within = [sum(of_regions.get(name, 0.0) for name in chain) for chain in amounts.places.lineage]
        return np.ones(1), np.array([*within, 0.0])[amounts.places.regions.codes] * line.values
    by_holder = np.zeros(len(_holder_names(amounts, line.budget.per)[0]))
    by_holder[line.at] = found
    return by_holder, line.values


def _holder_names(amounts: Amounts, per: str) -> tuple[tuple[str, ...], Callable[[IntArray], IntArray]]:
    """Return the names of all reps or teams, and a function that gives the holder of rep positions, -1 for none."""
    if per == "team":
        return amounts.roster.teams.names, amounts.roster.teams_of
    return tuple(str(rep) for rep in amounts.facts.org.rep_ids), np.asarray


def _among(members: BoolArray, of_holders: Callable[[IntArray], IntArray]) -> Holders:
    """Count the ``members`` (shape (roles, customers)) for the rep or team they come to."""

    def holders(role: int, customers: IntArray, reps: IntArray, chosen: BoolArray) -> IntArray:
        return np.where(members[role, customers] & (reps >= 0), of_holders(reps), -1)

    return holders


def _moves(
    amounts: Amounts, stays: Stays, per: str, side: str, prices: tuple[tuple[FloatArray, FloatArray], ...]
) -> Tally:
    """Count chosen moves: of the whole org, or by the rep or team that loses or gains a customer."""
    owners, n_customers = amounts.holdings.owners, amounts.facts.org.n_customers
    if side == "moved":

        def moved(role: int, customers: IntArray, reps: IntArray, chosen: BoolArray) -> IntArray:
            return np.where(chosen, 0, -1)

        several = np.flatnonzero(np.count_nonzero(stays.may_stay, axis=0) > 1)
        return Tally("moved", ("",), moved, prices, several)
    names, of_holders = _holder_names(amounts, per)

    def crossing(role: int, customers: IntArray, reps: IntArray, chosen: BoolArray) -> IntArray:
        before, after = of_holders(owners[role, customers]), of_holders(reps)
        return np.where(chosen & (before != after), before if side == "lost" else after, -1)

    if side == "gained":
        return Tally("entered", names, crossing, prices, None)
    if per == "rep":
        # no rep has a customer in two roles and can lose both: one of them would be a lock
        return Tally("left", names, crossing, prices, np.zeros(0, dtype=np.int64))
    role, customer = np.nonzero(stays.may_stay)
    team = of_holders(owners[role, customer])
    return Tally("left team", names, crossing, prices, _repeated((team * n_customers + customer)[team >= 0]))
