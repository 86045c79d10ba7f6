"""What plans compared have in them, rep by rep and customer by customer, cut to what the reader may see."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt
import pandas as pd

from models.books import Band, MeasureBook
from models.findings import Finding, InputRefused, Place
from models.names import customer_names, rep_names
from models.org import FloatArray, IntArray, Org
from models.outcome import Outcome
from models.policy import CUSTOMERS
from models.presence import UNKNOWN_OWNER
from planner.comparison_record import ScenarioEntry
from planner.finished import finished_plan
from planner.record import NotPlanned, Planned
from planner.report.comparison.companies import Companies
from planner.report.comparison.runs import refuse_another_plan, short_place
from planner.report.readership.evidence import SOMEBODY_ELSE, Measure
from planner.report.readership.scope import Scope
from planner.run_folder import RunFolder
from planner.write.files import sha256
from planner.write.folder import RECORD

NOBODY, ABSENT = -1, -2
"""Codes of owners: nobody has the customer, and the scenario does not have it."""
CUSTOMER_COLUMNS = ("region", "tier", "segment")
REP_COLUMNS = ("team", "manager_id")
ScopeOf = Callable[[RunFolder], Scope]


@dataclass(frozen=True)
class Books:
    """One measure's books in one scenario, of the reps that may be seen; arrays have shape (reps,).

    ``target`` is NaN without a band; ``tolerance`` is half the width of the band as a fraction, NaN without one.
    """

    unit: str
    before: FloatArray
    after: FloatArray
    target: FloatArray
    tolerance: float

    @property
    def deviation(self) -> FloatArray:
        """How far books are from their targets as a fraction, NaN without a target."""
        return _deviation(self.after, self.target)

    @property
    def deviation_before(self) -> FloatArray:
        """How far today's books are from the targets."""
        return _deviation(self.before, self.target)

    @property
    def inside(self) -> npt.NDArray[np.bool_]:
        """Which books are inside the band."""
        return self._within(self.after)

    @property
    def banded(self) -> npt.NDArray[np.bool_]:
        """Which reps have a target."""
        return np.isfinite(self.target)

    def _within(self, books: FloatArray) -> npt.NDArray[np.bool_]:
        slack = 1e-6 * np.maximum(1.0, np.nan_to_num(self.target))
        near: npt.NDArray[np.bool_] = np.abs(books - self.target) <= self.tolerance * self.target + slack
        return near


@dataclass(frozen=True)
class Side:
    """One scenario's plan.

    Attributes
    ----------
    company : int
        Where ids are the same but the people and customers are others, plans are of several companies: 0, 1, …
    reps : DataFrame
        Those present whom the reader may see: rep_id, name, and those of :data:`REP_COLUMNS` that there are.
    books : mapping of measure to Books
        Measures that may be seen, the number of customers first.
    digest : str
        SHA-256 of the run's record.
    """

    name: str
    company: int
    reps: pd.DataFrame
    books: Mapping[str, Books]
    weightiest: str | None
    place: str
    digest: str
    record: Planned


@dataclass(frozen=True)
class PlansCompared:
    """The plans of a comparison.

    Attributes
    ----------
    sides : tuple of Side
        One per scenario with a plan, in the order of the comparison.
    customers : DataFrame
        One row per customer and role that may be seen: customer_id, name, role, those of :data:`CUSTOMER_COLUMNS` that
        there are, and worth.
    owners : int array, shape (customers, sides + 1)
        Today's owner, then each plan's: a position in ``names``, or one of the codes.
    worth : Measure or None
        What stands for revenue; None where there is none, or it may not be seen.
    scope : Scope or None
        Of the baseline, or of the first plan that the reader is part of; None where there is no plan.
    """

    sides: tuple[Side, ...]
    customers: pd.DataFrame
    owners: npt.NDArray[np.int32]
    names: tuple[str, ...]
    worth: Measure | None
    roles: tuple[str, ...]
    scope: Scope | None


def read_plans(runs: Iterable[tuple[ScenarioEntry, RunFolder]], baseline: str, scope_of: ScopeOf) -> PlansCompared:
    """Read the plans that were compared and keep what may be seen of them.

    Raises
    ------
    InputRefused
        When a plan is not the one that was compared any more, or nobody is called as the reader is in any of them.
    """
    return _Reader(baseline, scope_of).read(runs)


@dataclass
class _Members:
    """Customers and roles of one plan, those that may be seen; ``others`` are the keys of those that may not."""

    table: pd.DataFrame
    today: IntArray
    after: IntArray
    others: pd.MultiIndex | None


@dataclass
class _Reader:
    baseline: str
    scope_of: ScopeOf
    code: dict[tuple[int, str], int] = field(default_factory=dict)
    companies: Companies = field(default_factory=Companies)
    called: list[str] = field(default_factory=list)
    sides: list[Side] = field(default_factory=list)
    members: list[_Members] = field(default_factory=list)
    scopes: list[Scope] = field(default_factory=list)
    worths: list[Measure | None] = field(default_factory=list)
    roles: dict[str, None] = field(default_factory=dict)

    def read(self, runs: Iterable[tuple[ScenarioEntry, RunFolder]]) -> PlansCompared:
        """Return the plans."""
        unknown: list[InputRefused | None] = []
        home: dict[str, int] = {}
        for entry, run in runs:
            refused: InputRefused | None = None
            try:
                scope = self.scope_of(run)
            except InputRefused as error:
                scope, refused = _nobody(run.org), error
            company = self.companies.of(run.org)
            if refused is None and not scope.whole and company != home.setdefault("of", company):
                # who has the same id elsewhere is somebody else
                scope, refused = _nobody(run.org), _other_company()
            unknown.append(refused)
            self._take(entry, run, scope, company)
        known = [at for at, refused in enumerate(unknown) if refused is None]
        if unknown and not known:
            raise next(refused for refused in unknown if refused is not None)
        first = next((at for at in known if self.sides[at].name == self.baseline), known[0] if known else None)
        customers, owners = self._merged()
        joined: Scope | None = None
        if first is not None:
            joined = _strictest(self.scopes[first], [self.scopes[at] for at in known])
        sides = tuple(self.sides if joined is None else (_cut(side, joined) for side in self.sides))
        return PlansCompared(
            sides,
            customers,
            owners,
            self._names(),
            None if first is None else self.worths[first],
            tuple(self.roles),
            joined,
        )

    # ---- one plan ----------------------------------------------------------------------------------------------

    def _take(self, entry: ScenarioEntry, run: RunFolder, scope: Scope, company: int) -> None:
        assert not isinstance(run.record, NotPlanned)
        with Outcome(run.org, run.policy, finished_plan(run)) as outcome:
            refuse_another_plan(entry, run, outcome)
            shown = np.flatnonzero(scope.reps & ~outcome.judge.roster.departed)
            bands = [band for band in outcome.bands if _told(band, scope)]
            books = {one.measure: _books(one, shown, scope) for one in outcome.books if scope.measure(one.measure)}
            self.sides.append(
                Side(
                    entry.name,
                    company,
                    _reps(run.org, shown, scope),
                    books,
                    bands[0].measure if bands else None,
                    short_place(str(entry.run)),
                    sha256(run.folder / RECORD),
                    run.record,
                )
            )
            self.roles.update(dict.fromkeys(scope.roles(outcome.policy.role_names)))
            self.scopes.append(scope)
            self.members.append(self._members(outcome, scope, company))

    def _members(self, outcome: Outcome, scope: Scope, company: int) -> _Members:
        org, owned = outcome.org, outcome.ownership
        mine = np.append(scope.reps, False)
        seen = mine[np.maximum(owned.before, -1)] | mine[np.maximum(owned.after, -1)]
        at = np.arange(len(owned.customer)) if scope.whole else np.flatnonzero(seen)
        at = at[np.lexsort((owned.role[at], owned.customer[at]))]
        customer, roles = owned.customer[at], np.array(scope.roles(outcome.policy.role_names), dtype=object)
        table: dict[str, object] = {
            "company": np.full(len(at), company),
            "customer_id": org.customer_ids[customer],
            "role": roles[owned.role[at]],
            "name": customer_names(org, customer),
        }
        for column in CUSTOMER_COLUMNS:
            if org.has("customers", column) and scope.column("customers", column):
                cells = org.customers[column].astype(object)
                table[column] = cells.where(cells.notna(), None).to_numpy(dtype=object)[customer]
        name, unit = outcome.scales.revenue()
        worth = Measure(name, unit) if name != CUSTOMERS and scope.measure(name) else None
        self.worths.append(worth)
        if worth is not None:
            table["worth"] = outcome.scales.of_members(name, owned.after)[at]
        codes = self._codes(org, scope, company)
        others = None
        if not scope.whole:
            rest = np.flatnonzero(~seen)
            others = pd.MultiIndex.from_arrays(
                [np.full(len(rest), company), org.customer_ids[owned.customer[rest]], roles[owned.role[rest]]]
            )
        return _Members(
            pd.DataFrame(table), self._today(outcome, scope, codes, at, company), _coded(codes, owned.after[at]), others
        )

    def _codes(self, org: Org, scope: Scope, company: int) -> IntArray:
        """Return by position the code of each rep: one code for all who may not be seen."""
        codes = np.full(org.n_reps, SOMEBODY_ELSE, dtype=np.int64)
        shown = np.flatnonzero(scope.reps)
        for at, name in zip(shown.tolist(), rep_names(org, shown), strict=True):
            codes[at] = self._code(company, str(org.rep_ids[at]), str(name))
        return codes

    def _code(self, company: int, rep_id: str, name: str) -> int:
        if (company, rep_id) not in self.code:
            self.code[company, rep_id] = len(self.called)
            self.called.append(name)
        return self.code[company, rep_id]

    def _today(self, outcome: Outcome, scope: Scope, codes: IntArray, at: IntArray, company: int) -> IntArray:
        """Return today's owners; one who is not on the roster is called by the id, where everybody may be seen."""
        before = outcome.ownership.before[at]
        today = _coded(codes, before)
        unknown = np.flatnonzero(before == UNKNOWN_OWNER)
        today[unknown] = SOMEBODY_ELSE
        if scope.whole:
            for place in unknown.tolist():
                rep = str(outcome.owner_ids[at[place]])
                today[place] = self._code(company, rep, rep)
        return today

    # ---- all of them -------------------------------------------------------------------------------------------

    def _merged(self) -> tuple[pd.DataFrame, npt.NDArray[np.int32]]:
        """Put the customers of all plans into one table; what one plan says of a customer first, stays."""
        order = sorted(range(len(self.sides)), key=lambda at: self.sides[at].name != self.baseline)
        if not order:
            return pd.DataFrame(columns=["customer_id", "role", "name"]), np.empty((0, 1), dtype=np.int32)
        # what is worth something in another unit is not said in this one
        tables = [
            self.members[at].table.drop(
                columns="worth" if self.worths[at] != self.worths[order[0]] else [], errors="ignore"
            )
            for at in order
        ]
        everything = pd.concat(tables, ignore_index=True)
        keys = ["company", "customer_id", "role"]
        customers = everything.drop_duplicates(keys).reset_index(drop=True)
        places = pd.MultiIndex.from_frame(customers[keys])
        owners = np.full((len(customers), len(self.sides) + 1), ABSENT, dtype=np.int32)
        for at in reversed(order):
            member = self.members[at]
            row = places.get_indexer(pd.MultiIndex.from_frame(member.table[keys]))
            owners[row, 0], owners[row, at + 1] = member.today, member.after
        for at, member in enumerate(self.members):
            if member.others is not None:
                there = (owners[:, at + 1] == ABSENT) & places.isin(member.others)
                owners[there, at + 1] = SOMEBODY_ELSE
        return customers, owners

    def _names(self) -> tuple[str, ...]:
        """Return what owners are called, with the id where two have one name."""
        ids = list(self.code)
        often = Counter(self.called)
        return tuple(name if often[name] == 1 else f"{name} ({ids[at][1]})" for at, name in enumerate(self.called))


def _nobody(org: Org) -> Scope:
    return Scope("", np.zeros(org.n_reps, dtype=bool), labels=frozenset())


def _other_company() -> InputRefused:
    return InputRefused([Finding("TP546", "The run is of other people", Place())])


def _strictest(first: Scope, scopes: Sequence[Scope]) -> Scope:
    """Return a scope that hides what any of them hides."""
    lines = [scope.hidden_lines for scope in scopes]
    known = [line for line in lines if line is not None]
    return replace(
        first,
        hidden=frozenset[tuple[str, str]]().union(*(scope.hidden for scope in scopes)),
        hidden_measures=frozenset[str]().union(*(scope.hidden_measures for scope in scopes)),
        hidden_lines=frozenset[str]().union(*known) if len(known) == len(lines) else None,
        outside=frozenset[str]().union(*(scope.outside for scope in scopes)),
    )


def _cut(side: Side, scope: Scope) -> Side:
    """Leave out measures that may not be seen in another plan."""
    return replace(side, books={name: book for name, book in side.books.items() if scope.measure(name)})


def _reps(org: Org, shown: IntArray, scope: Scope) -> pd.DataFrame:
    table: dict[str, object] = {"rep_id": org.rep_ids[shown], "name": rep_names(org, shown)}
    for column in REP_COLUMNS:
        if org.has("reps", column) and scope.column("reps", column):
            cells = org.reps[column].astype(object)
            table[column] = cells.where(cells.notna(), None).to_numpy(dtype=object)[shown]
    told = pd.DataFrame(table)
    if "manager_id" in told:
        told["manager_id"] = [None if _is_out_of_sight(org, scope, one) else one for one in told["manager_id"]]
    return told


def _is_out_of_sight(org: Org, scope: Scope, manager: object) -> bool:
    """Tell whether a manager is a rep whose book may not be seen."""
    at = org.rep_positions.get(manager) if isinstance(manager, str) else None
    return at is not None and not scope.reps[at]


def _books(book: MeasureBook, shown: IntArray, scope: Scope) -> Books:
    band: Band | None = max((one for one in book.bands if _told(one, scope)), key=lambda one: one.weight, default=None)
    target = np.full(len(book.after), np.nan)
    if band is not None:
        target = np.where(band.banded, band.target, np.nan)
    tolerance = np.nan if band is None else band.tolerance
    return Books(book.unit, book.before[shown], book.after[shown], target[shown], float(tolerance))


def _told(band: Band, scope: Scope) -> bool:
    return scope.measure(band.measure) and scope.line(f"balance[{band.line}]")


def _coded(codes: IntArray, owner: IntArray) -> IntArray:
    return np.where(owner >= 0, codes[np.maximum(owner, 0)] if len(codes) else NOBODY, NOBODY)


def _deviation(books: FloatArray, target: FloatArray) -> FloatArray:
    return books / target - 1.0
