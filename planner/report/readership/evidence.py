"""The evidence of a plan: what a report may draw on, cut to what its reader may see before anything is made of it.

Whoever writes sections takes figures from here only. What the reader may not see is not in it: neither the customers
nor the reps of others, nor columns and measures that are kept from the reader.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from models.account import Account, account_of
from models.books import Band
from models.check.stays import FREE
from models.explain.exchange import value_moves
from models.explain.reasons import reasons_for, stays_told
from models.names import NOBODY, Texts, customer_names, rep_names
from models.org import BoolArray, FloatArray, IntArray, Org
from models.outcome import Outcome
from models.plan import Plan
from models.policy import CUSTOMERS, line_names
from models.presence import NO_OWNER
from models.summary import BudgetUse, Headline
from planner.report.readership.derived import presence_columns
from planner.report.readership.first_screen import headline_told
from planner.report.readership.scope import Scope

CUSTOMER_COLUMNS = (
    *("family_id", "region", "tier", "segment", "industry", "stage", "lat", "lon"),
    *("recency", "frequency", "monetary", "rfm"),
)
REP_COLUMNS = ("team", "manager_id", "role", "regions", "seniority", "lat", "lon")
CHOSEN, FORCED, NEW, POOLED = "chosen", "forced", "new", "pooled"
SOMEBODY_ELSE = -3
"""The code of an owner who may not be seen."""


@dataclass(frozen=True)
class Measure:
    """A measure that may be seen; ``customers`` counts them."""

    name: str
    unit: str


@dataclass(frozen=True)
class Evidence:
    """A plan as its report may tell it.

    Attributes
    ----------
    measures : tuple of Measure
        The number of customers first.
    worth : Measure or None
        What stands for revenue; None where there is none, or it may not be seen. ``customers`` has it as ``worth``.
    reps : DataFrame
        One row per rep that may be seen: rep_id, name, manager (a name), here (False: has left), gained, lost, frozen
        (worth that locks and holdouts keep), those of :data:`REP_COLUMNS` that there are, and for each measure m
        ``before:m``, ``after:m``, ``min:m``, ``max:m`` and, of the weightiest band on it, ``target:m``, ``low:m``,
        ``high:m`` (NaN where there is none).
    others : DataFrame
        measure, before, after: what all other reps carry together; no rows where all reps are seen.
    customers : DataFrame
        One row per customer and role that may be seen: customer_id, name, role, those of :data:`CUSTOMER_COLUMNS` that
        there are, before and after (positions in ``reps``; -1 nobody, -2 somebody who is not on the roster, -3 a rep
        who may not be seen), before_name, after_name, change (``chosen``, ``forced``, ``new``, ``pooled`` or blank),
        lapsed, frozen, why (without what staying would cost), staying_points, staying_alone, staying_evidence, worth,
        and ``m:NAME`` for each measure but ``customers``.
    flow_by : str
        ``manager_id`` or ``team``: of whom ``flows`` speaks; blank where reps have neither.
    flows : DataFrame
        giver, taker, count, worth: who gives how many customers to whom, moves only; what others give each other is
        left out where they may not be seen.
    budgets : tuple of BudgetUse
    bands : tuple of (line, measure, tolerance)
    headline : Headline
        The numbers of the first screen for the whole company, in customers where worth may not be seen. Its evenness
        compares two single reps: NaN, of nothing, for those who may not see all, or no band at all. Bands that may
        not be seen do not count, nor do locks.
    broken : tuple of str
        Hard rules that the plan breaks, in words; only of a plan that was measured.
    """

    measures: tuple[Measure, ...]
    worth: Measure | None
    reps: pd.DataFrame
    others: pd.DataFrame
    customers: pd.DataFrame
    roles: tuple[str, ...]
    flow_by: str
    flows: pd.DataFrame
    budgets: tuple[BudgetUse, ...]
    bands: tuple[tuple[str, str, float], ...]
    headline: Headline
    broken: tuple[str, ...]

    def measure(self, name: str) -> Measure | None:
        """Return a measure that may be seen."""
        return next((one for one in self.measures if one.name == name), None)


def read_evidence(outcome: Outcome, scope: Scope, reasons: Mapping[tuple[str, str], str]) -> Evidence:
    """Weigh a plan and keep what may be seen of it.

    Parameters
    ----------
    reasons
        By customer and role, what to say instead of the reason that is found anew: of those decided by hand.
    """
    return _Reader(outcome, scope, reasons).read()


class _Reader:
    def __init__(self, outcome: Outcome, scope: Scope, reasons: Mapping[tuple[str, str], str]) -> None:
        self.outcome, self.org, self.scope = outcome, outcome.org, scope
        self.account: Account = account_of(outcome)
        self.reasons = reasons
        owned = outcome.ownership
        self.shown_rep = np.flatnonzero(scope.reps)
        self.place = np.full(self.org.n_reps, SOMEBODY_ELSE, dtype=np.int64)
        self.place[self.shown_rep] = np.arange(len(self.shown_rep))
        mine = self._mine(owned.before) | self._mine(owned.after)
        if scope.whole:
            mine[:] = True
        order = np.lexsort((owned.role, owned.customer))
        self.member = order[mine[order]]
        self.bands = tuple(one for one in self.account.summary.bands if scope.line(f"balance[{one.line}]"))
        self.locks, self.holdouts = stays_told(outcome.policy.keep, scope)
        self.presence = all(scope.column(*one) for one in presence_columns(self.org))

    def _mine(self, owner: IntArray) -> BoolArray:
        return np.append(self.scope.reps, False)[np.maximum(owner, -1)]

    def read(self) -> Evidence:
        """Return the evidence."""
        outcome, scope, summary = self.outcome, self.scope, self.account.summary
        flow_by = summary.flow_by if scope.column("reps", summary.flow_by) else ""
        measures = tuple(
            Measure(name, outcome.scales.unit(name)) for name in outcome.scales.measures if scope.measure(name)
        )
        name, unit = outcome.scales.revenue()
        worth = Measure(name, unit) if name != CUSTOMERS and scope.measure(name) else None
        weight = outcome.scales.of_members(name, outcome.ownership.after) if worth is not None else None
        seen = {one.name for one in measures}
        return Evidence(
            measures=measures,
            worth=worth,
            reps=self._reps(measures, weight),
            others=self._others(measures),
            customers=self._customers(measures, weight),
            roles=scope.roles(outcome.policy.role_names),
            flow_by=flow_by,
            flows=self._flows(flow_by, weight),
            budgets=tuple(use for use in summary.budgets if scope.budget(use.name, use.label)),
            bands=tuple((one.line, one.measure, one.tolerance) for one in self.bands if one.measure in seen),
            headline=headline_told(outcome, scope, summary.headline, self.bands, self._kept()),
            broken=self._broken(outcome.plan),
        )

    # ---- reps ------------------------------------------------------------------------------------------------

    def _reps(self, measures: tuple[Measure, ...], weight: FloatArray | None) -> pd.DataFrame:
        org, at, summary = self.org, self.shown_rep, self.account.summary
        managers = self._managers()
        table: dict[str, object] = {
            "rep_id": org.rep_ids[at],
            "name": rep_names(org, at),
            "manager": managers[at],
            "here": ~self.outcome.judge.roster.departed[at] | (not self.presence),
            "gained": summary.gained[at],
            "lost": summary.lost[at],
            "frozen": self._frozen(weight)[at],
        }
        for column in REP_COLUMNS:
            if org.has("reps", column) and self.scope.column("reps", column):
                table[column] = org.reps[column].to_numpy()[at]
        if "manager_id" in table:
            table["manager_id"] = org.reps["manager_id"].where(pd.notna(managers), None).to_numpy(dtype=object)[at]
        seen = {one.name for one in measures}
        for book in summary.books:
            if book.measure not in seen:
                continue
            table[f"before:{book.measure}"], table[f"after:{book.measure}"] = book.before[at], book.after[at]
            limits = self._limits_told(book.measure)
            table[f"min:{book.measure}"], table[f"max:{book.measure}"] = (
                np.where(np.isfinite(limit) & limits, limit, np.nan)[at] for limit in (book.minimum, book.maximum)
            )
            band = next((one for one in self.bands if one.measure == book.measure), None)
            for name, values in zip(("target", "low", "high"), _band(band, org.n_reps), strict=True):
                table[f"{name}:{book.measure}"] = values[at]
        return pd.DataFrame(table)

    def _limits_told(self, measure: str) -> bool:
        """Tell whether all limits of reps in a measure may be told: only the tightest of them is known."""
        lines = self.outcome.policy.capacity
        return all(
            self.scope.line(f"capacity[{name}]")
            for name, line in zip(line_names(lines), lines, strict=True)
            if line.measure == measure and line.per == "rep"
        )

    def _managers(self) -> Texts:
        """Return what the manager of each rep is called: the name where the manager is a rep too.

        None where that is a rep who may not be seen.
        """
        org = self.org
        managers = np.full(org.n_reps, None, dtype=object)
        if org.has("reps", "manager_id") and self.scope.column("reps", "manager_id"):
            for at, manager in enumerate(org.reps["manager_id"].tolist()):
                if isinstance(manager, str) and self.scope.reps[at]:
                    known = org.rep_positions.get(manager)
                    if known is None:
                        managers[at] = manager
                    elif self.scope.reps[known]:
                        managers[at] = str(rep_names(org, np.array([known]))[0])
        return managers

    def _frozen(self, weight: FloatArray | None) -> FloatArray:
        """Return the worth that locks and holdouts keep with each rep; customers where worth is not seen."""
        owned = self.outcome.ownership
        kept = self._kept() & (owned.after >= 0)
        values = np.ones(len(kept)) if weight is None else weight
        return np.bincount(owned.after[kept], values[kept], minlength=self.org.n_reps).astype(float)

    def _kept(self) -> BoolArray:
        """Tell which members are kept by a lock or a holdout that may be told."""
        stays, outcome = self.outcome.judge.stays, self.outcome
        kept = np.zeros(len(outcome.ownership.customer), dtype=bool)
        kept |= outcome.of_members(stays.lock != FREE) & outcome.meant_by(self.locks)
        kept |= outcome.of_members(stays.holdout != FREE) & outcome.meant_by(self.holdouts)
        return kept

    def _others(self, measures: tuple[Measure, ...]) -> pd.DataFrame:
        rest, seen = ~self.scope.reps, {one.name for one in measures}
        rows = [
            (book.measure, float(book.before[rest].sum()), float(book.after[rest].sum()))
            for book in self.account.summary.books
            if book.measure in seen and rest.any()
        ]
        return pd.DataFrame(rows, columns=["measure", "before", "after"])

    # ---- customers -------------------------------------------------------------------------------------------

    def _customers(self, measures: tuple[Measure, ...], weight: FloatArray | None) -> pd.DataFrame:
        org, at, owned, changes = self.org, self.member, self.outcome.ownership, self.outcome.changes
        customer = owned.customer[at]
        change = np.select(
            [owned.after[at] < 0, changes.forced[at], changes.chosen[at], changes.newly[at]],
            [POOLED, FORCED, CHOSEN, NEW],
            default="",
        ).astype(object)
        change[(change == POOLED) & (owned.before[at] == owned.after[at])] = ""
        table: dict[str, object] = {
            "customer_id": org.customer_ids[customer],
            "name": customer_names(org, customer),
            "role": np.array(self.scope.roles(self.outcome.policy.role_names), dtype=object)[owned.role[at]],
            "before": self._seen(owned.before[at]),
            "after": self._seen(owned.after[at]),
            "before_name": self._names(self.account.previous_owners(at), owned.before[at]),
            "after_name": self._names(rep_names(org, owned.after[at]), owned.after[at]),
            "change": change,
            "lapsed": self.outcome.lapsed_of([*self.locks, *self.holdouts])[at],
            "frozen": self._kept()[at],
            "why": self._whys(at),
            **self._staying(at),
        }
        for column in CUSTOMER_COLUMNS:
            if org.has("customers", column) and self.scope.column("customers", column):
                table[column] = org.customers[column].to_numpy()[customer]
        if "family_id" in table and not self.scope.whole:
            table["family_id"] = self._families(customer)
        if weight is not None:
            table["worth"] = weight[at]
        for one in measures[1:]:
            table[f"m:{one.name}"] = self._carried(one.name, at)
        return pd.DataFrame(table)

    def _carried(self, measure: str, at: IntArray) -> FloatArray:
        """Return what customers weigh; NaN where that depends on an owner who may not be seen."""
        after = self.outcome.ownership.after[at]
        depends = measure in self.outcome.policy.measures and self.outcome.amounts.depends_on_rep(measure)
        out_of_sight = depends & (after >= 0) & ~self._mine(after)
        return np.where(out_of_sight, np.nan, self.account.carried[measure][at])

    def _families(self, customer: IntArray) -> Texts:
        """Return the families of customers, None for one that is called like a customer who may not be seen."""
        ids = self.org.customers["family_id"].to_numpy(dtype=object)[customer]
        shown = {str(one) for one in self.org.customer_ids[customer]}
        called = frozenset(self.org.customer_positions) - shown
        return np.array([None if one in called else one for one in ids], dtype=object)

    def _seen(self, owner: IntArray) -> IntArray:
        return np.where(owner >= 0, self.place[np.maximum(owner, 0)], owner)

    def _names(self, names: Texts, owner: IntArray) -> Texts:
        named = np.array([None if name == NOBODY else name for name in names], dtype=object)
        named[(owner >= 0) & ~self._mine(owner)] = None
        if not self.scope.whole:
            named[owner < -1] = None
        return named

    def _whys(self, at: IntArray) -> Texts:
        """Return the reasons, made of what may be told; none of a move from or to somebody who may not be seen."""
        owned, scope = self.outcome.ownership, self.scope
        roles = self.outcome.policy.role_names
        if scope.everything:
            texts = self.account.reasons[at].copy()
        else:
            texts = reasons_for(self.outcome, value_moves(self.outcome), scope)[at]
        for place, member in enumerate(at.tolist()):
            key = (str(self.org.customer_ids[owned.customer[member]]), roles[owned.role[member]])
            if key in self.reasons:
                said = self.reasons[key]
                texts[place] = said if scope.whole else said.partition(";")[0]
        if not scope.whole:
            before, after = owned.before[at], owned.after[at]
            told = (self._mine(before) | (before == NO_OWNER)) & (self._mine(after) | (after < 0))
            texts[~told] = None
            texts[[text is not None and scope.names_outside(text) for text in texts]] = None
        return texts

    def _staying(self, at: IntArray) -> dict[str, object]:
        staying = self.account.staying
        points = np.full(len(self.outcome.ownership.customer), np.nan)
        alone, evidence = points.copy(), np.full(len(points), None, dtype=object)
        if self.scope.everything:
            points[staying.member], evidence[staying.member] = staying.points, staying.evidence
            alone[staying.member] = staying.alone
        return {"staying_points": points[at], "staying_alone": alone[at], "staying_evidence": evidence[at]}

    # ---- flows, headline -----------------------------------------------------------------------------------------

    def _flows(self, by: str, weight: FloatArray | None) -> pd.DataFrame:
        columns = ["giver", "taker", "count", "worth"]
        if not by or not self.scope.column("reps", by):
            return pd.DataFrame(columns=columns)
        labels = np.append(self._labels(by), np.array([None], dtype=object))
        owned = self.outcome.ownership
        moved = np.flatnonzero(self.outcome.changes.moved)
        moved = moved[np.isin(moved, self.member)]
        before, after = (np.maximum(owner[moved], -1) for owner in (owned.before, owned.after))
        giver, taker = labels[before].copy(), labels[after].copy()
        for names, owner in ((giver, owned.before[moved]), (taker, owned.after[moved])):
            names[(owner >= 0) & ~self._mine(owner)] = None
        table = pd.DataFrame(
            {"giver": giver, "taker": taker, "count": 1, "worth": 0.0 if weight is None else weight[moved]}
        )
        return table.groupby(["giver", "taker"], dropna=False, as_index=False)[["count", "worth"]].sum()[columns]

    def _labels(self, by: str) -> Texts:
        if by == "manager_id":
            return self._managers()
        cells = self.org.reps[by].astype(object)
        return np.asarray(cells.where(cells.notna(), None).to_numpy(dtype=object))

    def _broken(self, plan: Plan) -> tuple[str, ...]:
        assert plan.judgement is not None
        if not self.scope.everything:
            return ()
        return tuple(f"{one.line}: {one.message}" for one in plan.judgement.violations)


def _band(band: Band | None, n_reps: int) -> tuple[FloatArray, FloatArray, FloatArray]:
    if band is None:
        blank = np.full(n_reps, np.nan)
        return blank, blank, blank
    target = np.where(band.banded, band.target, np.nan)
    return target, target * (1 - band.tolerance), target * (1 + band.tolerance)


def has_places(org: Org) -> bool:
    """Tell whether customers have places, so that a map can be drawn."""
    return org.has("customers", "lat") and org.has("customers", "lon")
