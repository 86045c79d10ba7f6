"""The whole: every pair that a policy allows, where they are too many to be held, as problems of some units at a time.

What is held is a *working* problem with the cheapest pairs of each unit. Its rows, limits and budgets are those of the
whole; the parts here have the coefficients of all pairs in these rows.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import scipy.sparse as sp
from scipy.sparse.csgraph import connected_components

from models.expression import Expressions
from models.formulation.amounts import Amounts
from models.formulation.candidates import Candidates, candidates_of
from models.formulation.compilation import Aims, row_blocks
from models.formulation.costs import candidate_costs
from models.formulation.eligible import Eligible
from models.formulation.floor_kernels import flag_least
from models.formulation.floors import Floors, cost_floors, priced_floors
from models.formulation.oversize import charged_for_size
from models.formulation.pairs import Pairs, parts, starts
from models.formulation.requests import UNASKED
from models.formulation.screens import Effect
from models.formulation.spread import Spread
from models.org import BoolArray, FloatArray, IntArray, Org
from models.policy import Policy
from models.problem import NOTHING_LISTED, Problem, RowBlock

MOST_HELD = 10_000_000
"""Pairs up to which a problem holds all that the policy allows. Twice as many take a minute more and a gigabyte."""
CHEAPEST = 16
"""Pairs of each unit in the first working problem, by all goals together and by those of each stage."""
NEAR = 4
"""How many times as many of the nearest are ranked for that, where ways tell who can be cheap."""
PAIRS_AT_ONCE = 4_000_000
UNITS_AT_ONCE = 25_000
"""Units of a part where floors leave only few pairs to look at."""


def is_streamed(org: Org, policy: Policy, eligible: Eligible) -> bool:
    """Tell whether the policy allows more pairs than a problem holds; ``nearest`` and a list of pairs allow few."""
    if org.pairs_only or policy.eligibility.nearest is not None:
        return False
    return int(eligible.count.sum()) > MOST_HELD


@dataclass(frozen=True)
class Part:
    """Some units with all pairs that the policy allows them, or all that may matter.

    Attributes
    ----------
    units : int array
        Positions in the whole, ascending.
    problem : Problem
        Its limits are not those of the whole, and are of no use.
    row : int array, shape (rows of the part,)
        The working problem's row, -1 where that has none.
    complete : bool
        Whether no pair that the policy allows was left out.
    """

    units: IntArray
    problem: Problem
    row: IntArray
    complete: bool


@dataclass(frozen=True)
class Whole:
    """All pairs that a policy allows.

    Attributes
    ----------
    open : bool array, shape (units,), or None
        Units for which pairs beside the working problem's are looked at; all when None.
    """

    org: Org
    policy: Policy
    eligible: Eligible
    amounts: Amounts
    aims: Aims
    open: BoolArray | None = None

    @property
    def _counts_once(self) -> bool:
        """Whether some row may count a customer once who has several roles."""
        policy = self.policy
        return len(policy.roles) > 1 and bool(policy.keep.groups or policy.keep.conflicts or policy.disruption.budgets)

    @cached_property
    def _group(self) -> IntArray:
        return _bound_together(self.policy, self.eligible, self.org)

    @property
    def pairs(self) -> int:
        """How many pairs of unit and rep the rules on customers and reps allow."""
        return int(self.eligible.count.sum())

    # ---- the working problem -------------------------------------------------------------------------------

    def cheapest(self, expressions: Expressions, most: int | None = None) -> Candidates:
        """Return the ``most`` cheapest candidates of each unit (CHEAPEST if None), by all goals and by each stage's.

        Today's owners, where eligible, and the pool, where open, are among them whatever they cost.
        """
        most = CHEAPEST if most is None else most
        floors = self._cost_floors(self._together())
        if floors is not None and not floors.way.any():
            floors = None
        found = []
        for some in self._units_of_parts(self.eligible.count, floors is not None):
            eligible, members = self.eligible.of(some)
            among = None if floors is None else floors.nearest(some, NEAR * most)
            candidates = candidates_of(self.org, self.policy, eligible, expressions, among)
            spread = Spread(eligible.units, candidates)
            costs = candidate_costs(self.amounts.of(eligible.units, members), spread, self.aims.goals)
            allowed = candidates.count if among is None else _allowed(eligible, candidates)
            cheapest = _cheapest(candidates, spread, costs, self._rankings(), most)
            found.append((some, members, dataclasses.replace(cheapest, allowed=allowed)))
        return self._joined(found)

    def by(self, expressions: Expressions) -> Whole:
        """Return the same, evaluated by another database, the first having been closed."""
        return dataclasses.replace(self, amounts=self.amounts.by(expressions))

    def _together(self) -> dict[str, float]:
        """Return the weights of all stages' goals added up."""
        total: dict[str, float] = {}
        for stage in self.aims.stages:
            for goal, weight in stage.weights.items():
                total[goal] = total.get(goal, 0.0) + weight
        return total

    def _rankings(self) -> list[Mapping[str, float]]:
        rankings: list[Mapping[str, float]] = [self._together()]
        if len(self.aims.stages) > 1:
            rankings += [stage.weights for stage in self.aims.stages if set(stage.weights) != {"balance"}]
        return rankings

    def _joined(self, found: list[tuple[IntArray, IntArray, Candidates]]) -> Candidates:
        """Put the candidates of parts together."""
        units = self.eligible.units
        count, last_removed_by = np.zeros(units.count, dtype=np.int64), np.full(units.count, -1, dtype=np.int64)
        allowed = np.zeros(units.count, dtype=np.int64)
        flags = {name: np.zeros(len(units.member), dtype=bool) for name in ("forced", "locked", "held", "lapsed")}
        for some, members, part in found:
            count[some] = part.count
            allowed[some] = part.count if part.allowed is None else part.allowed
            last_removed_by[some] = part.last_removed_by
            for name, flag in flags.items():
                flag[members] = getattr(part, name)
        start = starts(count)
        rep = np.empty(int(start[-1]), dtype=np.int32)
        for some, _, part in found:
            rep[np.repeat(start[some] - part.start[:-1], np.diff(part.start)) + np.arange(len(part.rep))] = part.rep
        effects = self.eligible.effects
        screened = len(effects)
        for several in zip(*(part.effects[screened:] for _, _, part in found), strict=True):
            customers, removed = sum(one.customers for one in several), sum(one.removed for one in several)
            effects = (*effects, Effect(several[0].path, customers, removed))
        return Candidates(start, rep, **flags, effects=effects, last_removed_by=last_removed_by, allowed=allowed)

    # ---- all pairs -----------------------------------------------------------------------------------------

    def only(self, open_: BoolArray) -> Whole:
        """Return the same where only the flagged units have pairs beside the working problem's."""
        return dataclasses.replace(self, open=open_)

    def parts(
        self,
        candidates: Candidates,
        working: Problem,
        weights: Mapping[str, float],
        rows: FloatArray,
        limit: FloatArray,
    ) -> Iterator[Part]:
        """Yield all pairs that the policy allows, or at least those that cost less than a limit at some prices.

        Parameters
        ----------
        candidates, working
            The working problem's.
        weights
            Of the goals in the cost that ``limit`` speaks of.
        rows
            Prices of the working problem's rows.
        limit : float array, shape (units,)
            Pairs known to cost more, and today's owners, may be left out.
        """
        with Expressions(self.org, self.policy) as expressions:
            amounts = self.amounts.by(expressions)
            floors = self._cost_floors(weights)
            if self._counts_once:
                # whether a customer is counted by a variable depends on all pairs
                floors = None
            if floors is not None:
                spread = Spread(self.eligible.units, candidates)
                floors = priced_floors(floors, amounts, spread, working, weights, rows)
            rows_of_names = _numbered(working)
            for some, among in self._looked_at(floors, limit):
                eligible, members = self.eligible.of(some)
                yield self._part(amounts, expressions, working, rows_of_names, eligible, members, some, among)

    def _part(
        self,
        amounts: Amounts,
        expressions: Expressions,
        working: Problem,
        rows_of_names: Mapping[str, int],
        eligible: Eligible,
        members: IntArray,
        some: IntArray,
        among: Pairs | None,
    ) -> Part:
        found = candidates_of(self.org, self.policy, eligible, expressions, among)
        of_part = amounts.of(eligible.units, members)
        spread = Spread(eligible.units, found)
        costs = candidate_costs(of_part, spread, self.aims.goals)
        listed, n_aux = row_blocks(of_part, spread, self.aims.balanced, books=False)
        listed = [block for block in listed if block.count]
        blocks: list[RowBlock] = []
        row: list[IntArray] = []
        first = 0
        for block in working.blocks:
            if block.books:
                books = tuple(
                    dataclasses.replace(book, start=found.start, rep=found.rep, amount=book.amount[some])
                    for book in block.books
                )
                blocks.append(dataclasses.replace(block, books=books, listed=NOTHING_LISTED))
                row.append(np.arange(first, first + block.count))
            first += block.count
        for block in listed:
            names = (f"{block.line}[{label}]" for label in block.labels)
            row.append(np.array([rows_of_names.get(name, -1) for name in names], dtype=np.int64))
        problem = Problem(
            start=found.start,
            rep=found.rep,
            n_reps=working.n_reps,
            costs=costs,
            blocks=(*blocks, *listed),
            n_aux=n_aux,
            stages=working.stages,
            stay=np.full(len(some), -1, dtype=np.int64),
        )
        return Part(some, charged_for_size(problem), np.concatenate([np.zeros(0, dtype=np.int64), *row]), among is None)

    def _looked_at(self, floors: Floors | None, limit: FloatArray) -> Iterator[tuple[IntArray, Pairs | None]]:
        """Yield parts of the units with the pairs to look at: all if None."""
        group = self._group
        for part in self._units_of_parts(self.eligible.count, floors is not None):
            waiting = [part]
            while waiting:
                some = waiting.pop()
                among = None if floors is None else floors.below(some, limit)
                several = group[some[0]] != group[some[-1]] or len(np.unique(group[some])) > 1
                if among is None or len(among.rep) <= PAIRS_AT_ONCE or not several:
                    yield some, among
                    continue
                middle = np.median(group[some])
                lower = group[some] <= middle
                if lower.all():
                    lower = group[some] < middle
                waiting += [some[~lower], some[lower]]

    def _cost_floors(self, weights: Mapping[str, float]) -> Floors | None:
        return cost_floors(self.eligible, self.amounts, weights)

    def _units_of_parts(self, count: IntArray, by_floor: bool) -> Iterator[IntArray]:
        """Cut the units into parts; those that share a customer, or a conflict, are never cut apart."""
        group = self._group
        looked = np.arange(len(group)) if self.open is None else np.flatnonzero(self.open)
        order = looked[np.argsort(group[looked], kind="stable")]
        edges = np.flatnonzero(np.diff(group[order], prepend=-1))
        weight = np.add.reduceat(np.ones(len(order)) if by_floor else count[order] + 1, edges) if len(order) else edges
        edges = np.append(edges, len(order))
        for run in parts(starts(weight.astype(np.int64)), UNITS_AT_ONCE if by_floor else PAIRS_AT_ONCE):
            yield np.sort(order[edges[run.start] : edges[run.stop]])


def _numbered(problem: Problem) -> dict[str, int]:
    """Return the rows that list coefficients by name."""
    numbered, first = {}, 0
    for block in problem.blocks:
        if not block.books:
            for at, label in enumerate(block.labels):
                numbered[f"{block.line}[{label}]"] = first + at
        first += block.count
    return numbered


def _bound_together(policy: Policy, eligible: Eligible, org: Org) -> IntArray:
    """Number units so that those have one number that a customer with several roles, or a conflict, ties together."""
    units = eligible.units
    if len(policy.roles) == 1 and not policy.keep.conflicts:
        return np.arange(units.count)
    n = units.count
    one, other = [units.unit_of_member], [n + units.member]
    for conflict in policy.keep.conflicts:
        listed = n + np.array([org.customer_positions[customer] for customer in conflict.customers], dtype=np.int64)
        one.append(np.repeat(listed[:1], len(listed)))
        other.append(listed)
    ends = np.concatenate(one), np.concatenate(other)
    size = n + org.n_customers
    graph = sp.coo_array((np.ones(len(ends[0]), dtype=np.int8), ends), shape=(size, size))
    label = connected_components(graph, directed=False)[1][:n]
    first = np.unique(label, return_index=True, return_inverse=True)
    order = np.argsort(np.argsort(first[1]))
    return np.asarray(order[first[2]])


def _allowed(eligible: Eligible, candidates: Candidates) -> IntArray:
    """Return how many candidates the policy allows each unit, when only some reps were looked at."""
    fixed = candidates.locked | candidates.held | (eligible.pinned != UNASKED)
    kept = ~eligible.units.every(~fixed)
    pooled = np.bincount(candidates.unit[candidates.rep < 0], minlength=eligible.units.count)
    return np.where(kept, candidates.count, eligible.count + pooled)


def _cheapest(
    candidates: Candidates,
    spread: Spread,
    costs: Mapping[str, FloatArray],
    rankings: list[Mapping[str, float]],
    most: int,
) -> Candidates:
    """Leave of each unit the cheapest candidates by each ranking, today's owners and the pool."""
    start, rep = candidates.start, candidates.rep
    keep = rep < 0
    unit = candidates.unit
    # equally cheap reps are taken in turns, so that not all units have the same
    first = spread.units.member[spread.units.start[unit]]
    ties = ((rep.astype(np.int64) * 7_919 + first * 104_729) % 1_000_003).astype(np.float64)
    for weights in rankings:
        cost: FloatArray = np.zeros(len(rep))
        for goal, weight in weights.items():
            if goal in costs:
                cost += weight * costs[goal]
        flag_least(start, cost, ties, most, keep)
    stays = np.zeros(len(rep), dtype=bool)
    units = spread.units
    owned = np.flatnonzero(units.present & ~candidates.forced)
    at, found = Pairs(start, rep).find(units.unit_of_member[owned], units.owner[owned])
    stays[at[found]] = True
    keep |= stays
    count = np.bincount(unit[keep], minlength=len(start) - 1)
    return dataclasses.replace(candidates, start=starts(count), rep=rep[keep])
