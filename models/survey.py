"""The survey: what a policy would do to an org, before anything is solved."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from models.coefficients import units_touched
from models.expression import Expressions
from models.findings import Finding, Place, errors_among
from models.formulation.build import Formulation, formulate
from models.formulation.candidates import Candidates, reason_without_candidate
from models.formulation.screens import ROSTER
from models.formulation.units import Units
from models.org import BoolArray, FloatArray, IntArray, Org
from models.policy import Policy
from models.presence import NO_OWNER
from models.problem import RowBlock
from models.tight_limits import quantity, sums_that_clash, tight_budgets, unit_of

MOST_FROZEN_SHARE = 0.4
REMOVES = ("eligibility.region", "eligibility.skills", "eligibility.nearest", "eligibility.rules", "tables.pairs")


@dataclass(frozen=True)
class LineEffect:
    """What one policy line does: the customers it touches, the candidates it removes, and a note."""

    path: str
    customers: int
    removed: int
    note: str | None = None


@dataclass(frozen=True)
class Unplaceable:
    """A customer whom nobody may own in a role, and the line that removed the last rep."""

    customer: str
    role: str
    reason: str


@dataclass(frozen=True)
class FrozenBy:
    """What one lock or holdout keeps in place."""

    path: str
    customers: int
    revenue: float


@dataclass(frozen=True)
class Survey:
    """What there is to plan with.

    Attributes
    ----------
    candidates_per_unit : int array, shape (units,)
        Reps who may own each unit, the pool not counted.
    frozen_revenue, total_revenue : float
        Revenue of customers that locks and holdouts keep in place (each once), and of all.
    """

    effects: tuple[LineEffect, ...]
    units: int
    candidates: int
    poolable: int
    candidates_per_unit: IntArray
    without_candidate: tuple[Unplaceable, ...]
    frozen: tuple[FrozenBy, ...]
    frozen_revenue: float
    total_revenue: float
    findings: tuple[Finding, ...]

    @property
    def possible(self) -> bool:
        """False where it is sure that no plan exists."""
        return not self.without_candidate and not errors_among(self.findings)


def survey(org: Org, policy: Policy) -> Survey:
    """Tell for each policy line what it touches and removes, who can own whom, and what is frozen.

    Raises
    ------
    InputRefused
        When a measure, a cost or a limit has no usable value.
    """
    formulation = formulate(org, policy)
    units, candidates = formulation.units, formulation.candidates
    pooled = np.searchsorted(candidates.start, np.flatnonzero(candidates.rep < 0), side="right") - 1
    allowed = candidates.count if candidates.allowed is None else candidates.allowed
    owned = allowed - np.bincount(pooled, minlength=units.count)
    with Expressions(org, policy) as expressions:
        reading = _Reading(formulation, expressions)
        effects = reading.effects()
        frozen, frozen_revenue, total_revenue, findings = reading.frozen()
    tight = [*tight_budgets(formulation), *sums_that_clash(formulation)]
    findings = [*_about_effects(org, effects), *tight, *findings]
    share = frozen_revenue / total_revenue if total_revenue > 0 else 0.0
    if share > MOST_FROZEN_SHARE:
        findings.append(
            Finding(
                "TP321",
                "Locks and holdouts freeze much of the revenue",
                Place(path="policy.keep"),
                found=f"{share:.0%} of the revenue",
                expected=f"at most {MOST_FROZEN_SHARE:.0%}",
                hint="Try fewer locks, or holdouts with a shorter window",
                severity="warning",
            )
        )
    return Survey(
        effects=tuple(effects),
        units=units.count,
        candidates=int(owned.sum()),
        poolable=len(pooled),
        candidates_per_unit=owned,
        without_candidate=_unplaceable(org, policy, units, candidates),
        frozen=tuple(frozen),
        frozen_revenue=frozen_revenue,
        total_revenue=total_revenue,
        findings=tuple(findings),
    )


def _unplaceable(org: Org, policy: Policy, units: Units, candidates: Candidates) -> tuple[Unplaceable, ...]:
    found = []
    for u in np.flatnonzero(np.diff(candidates.start) == 0):
        reason = reason_without_candidate(candidates.effects, int(candidates.last_removed_by[u]))
        for customer in units.member[units.start[u] : units.start[u + 1]]:
            found.append(Unplaceable(str(org.customer_ids[customer]), policy.role_names[units.role[u]], reason))
    return tuple(found)


def _about_effects(org: Org, effects: list[LineEffect]) -> list[Finding]:
    findings = []
    owned = any(name.startswith("owner_id") for name in org.given.get("customers", ()))
    for effect in effects:
        if not owned and effect.path.startswith(("disruption", "keep.locks", "keep.holdouts")):
            continue  # the review has told that nobody has an owner today
        if effect.customers == 0:
            title, hint = "A policy line touches no customer", "Try whether its condition says what you mean"
        elif effect.path.startswith(REMOVES) and effect.removed == 0 and effect.note is None:
            title, hint = (
                "An eligibility line removes no candidate",
                "Try leaving it out, or look at the lines before it",
            )
        else:
            continue
        findings.append(Finding("TP320", title, Place(path=f"policy.{effect.path}"), hint=hint, severity="warning"))
    return findings


class _Reading:
    """One look at a formulation, line by line."""

    def __init__(self, formulation: Formulation, expressions: Expressions) -> None:
        self.formulation, self.expressions = formulation, expressions
        self.org, self.policy = formulation.org, formulation.policy
        self.units = formulation.units

    def where(self, text: str | None) -> BoolArray:
        """Tell for each member whether a condition over customers is true; True where there is none."""
        true = np.ones(len(self.units.member), dtype=bool)
        if text is None:
            return true
        role = self.units.role_of_member
        for k, name in enumerate(self.policy.role_names):
            mine = role == k
            true[mine] = self.expressions.customers(text, role=name).true()[self.units.member[mine]]
        return true

    def among(self, members: BoolArray) -> IntArray:
        """Return the customers among members, each once, ascending."""
        found = np.zeros(self.org.n_customers, dtype=bool)
        found[self.units.member[members]] = True
        return np.flatnonzero(found)

    def customers(self, members: BoolArray) -> int:
        """Count the customers among members."""
        return len(self.among(members))

    def effects(self) -> list[LineEffect]:
        """Return the effect of every line, eligibility first."""
        seen = {effect.path: effect for effect in self.formulation.candidates.effects}
        effects = [
            LineEffect(effect.path, effect.customers, effect.removed)
            for effect in self.formulation.candidates.effects
            if effect.path not in (ROSTER, "keep.locks", "keep.holdouts", "keep.families")
        ]
        if self.policy.eligibility.skills == "preferred":
            required = self.org.customers["required_skills"].notna().to_numpy()[self.units.member]
            effects.append(LineEffect("eligibility.skills", self.customers(required), 0, "preference"))
        # a line has a block of rows for each role it speaks of
        blocks: dict[str, list[RowBlock]] = {}
        for block in self.formulation.problem.blocks:
            blocks.setdefault(block.line, []).append(block)
        for path, line in self.policy.lines():
            if path.startswith("eligibility.rules") and path not in seen:
                effects.append(self._preference(path, line))
            elif path.startswith(("keep.locks", "keep.holdouts")):
                effects.append(LineEffect(path, self.customers(self._kept(path, line)), 0, "keeps the owner"))
            elif path.startswith(("capacity", "balance", "keep.conflicts", "keep.groups", "disruption")):
                of_line = blocks.get(path, [])
                rows = sum(block.count for block in of_line)
                note = f"{rows:,} {'band' if path.startswith('balance') else 'limit'}{'' if rows == 1 else 's'}"
                shifted = path.startswith("capacity") and getattr(line, "per", "") == "region"
                if rows == 1 and path.startswith(("capacity", "disruption")) and not shifted:
                    note = self._limit(path, line, next(block for block in of_line if block.count))
                if path.startswith("disruption"):
                    effects.append(LineEffect(path, self._movable(), 0, note))
                elif path.startswith("capacity") and getattr(line, "per", "") == "region" and rows:
                    effects.append(LineEffect(path, self.org.n_customers, 0, note))
                else:
                    effects.append(LineEffect(path, self._touched(of_line), 0, note))
        if self.policy.pool is not None:
            effects.append(LineEffect("pool", self.customers(self.where(self.policy.pool.when)), 0, "may be pooled"))
        return effects

    def _limit(self, path: str, line: object, block: RowBlock) -> str:
        """Return the one limit of a line in its unit."""
        if path.startswith("disruption"):
            return f"at most {quantity(block.scale[0])} {unit_of(self.formulation, getattr(line, 'of', ''))}"
        sides = (("at least", block.lower[0]), ("at most", block.upper[0]))
        words = [f"{word} {quantity(value)}" for word, value in sides if np.isfinite(value)]
        return f"{' and '.join(words)} {unit_of(self.formulation, getattr(line, 'measure', ''))}"

    def _touched(self, blocks: list[RowBlock]) -> int:
        touched = units_touched(self.formulation.problem, blocks)
        return self.customers(np.repeat(touched, self.units.size))

    def _movable(self) -> int:
        return self.customers(self.units.present & ~self.formulation.candidates.forced)

    def _preference(self, path: str, line: object) -> LineEffect:
        text = getattr(line, "when", None)
        try:
            touched = self.customers(self.where(text))
        except ValueError:
            touched = self.org.n_customers
        return LineEffect(path, touched, 0, "preference")

    def _kept(self, path: str, line: object) -> BoolArray:
        candidates = self.formulation.candidates
        flags = candidates.locked if path.startswith("keep.locks") else candidates.held
        return self.where(getattr(line, "when", None)) & flags

    def frozen(self) -> tuple[list[FrozenBy], float, float, list[Finding]]:
        """Return what each lock and holdout freezes, revenue frozen and in all, and findings about locks."""
        revenue = self._revenue()
        frozen = []
        every = np.zeros(len(self.units.member), dtype=bool)
        for kind in ("locks", "holdouts"):
            for line in getattr(self.policy.keep, kind):
                path = f"keep.{kind}[{line.name}]"
                members = self._kept(path, line)
                every |= members
                customers = self.among(members)
                frozen.append(FrozenBy(path, len(customers), float(revenue[customers].sum())))
        together = self.among(every)
        return frozen, float(revenue[together].sum()), float(revenue.sum()), self._about_locks()

    def _revenue(self) -> FloatArray:
        revenue = np.zeros(self.org.n_customers)
        line = self.policy.measures.get("revenue")
        if line is not None and not self.formulation.amounts.depends_on_rep("revenue"):
            # later roles first, so that the first role's value is the one that stays
            for name, unit_of in list(zip(self.policy.role_names, self.units.unit_of, strict=True))[::-1]:
                read = self.expressions.customers(line.value, role=name).numbers()
                revenue[unit_of >= 0] = np.nan_to_num(read, nan=line.default or 0.0)[unit_of >= 0]
        elif "revenue" in self.org.customers:
            revenue = np.nan_to_num(self.org.customers["revenue"].to_numpy(float))
        return revenue

    def _about_locks(self) -> list[Finding]:
        findings = []
        ids, member = self.org.customer_ids, self.units.member
        asked = np.zeros(len(member), dtype=bool)
        for lock in self.policy.keep.locks:
            asked |= self.where(lock.when)
        expired = asked & self._expired()[member]
        lapsed = self.formulation.candidates.lapsed & ~expired
        nobody = asked & (self.units.owner == NO_OWNER)
        for flags, title, hint in (
            (expired, "Locks that have expired are ignored", "Try a later lock_until where they should still hold"),
            (lapsed, "Locks or holdouts lapse because the owner has departed", "Try giving them a new owner first"),
            (nobody, "Locked customers have no owner", "Try giving them an owner, or take the lock away"),
        ):
            customers = self.among(flags)
            if len(customers):
                names = tuple(str(ids[c]) for c in customers[:5])
                findings.append(
                    Finding(
                        "TP322",
                        title,
                        self.org.source("customers").place(int(customers[0])),
                        found=f"{len(customers):,} customers, such as {', '.join(names)}",
                        hint=hint,
                        severity="warning",
                        count=len(customers),
                        examples=names,
                    )
                )
        return findings

    def _expired(self) -> BoolArray:
        if "lock_until" not in self.org.customers:
            return np.zeros(self.org.n_customers, dtype=bool)
        until = pd.to_datetime(self.org.customers["lock_until"]).to_numpy().astype("datetime64[D]")
        expired: BoolArray = until < np.datetime64(self.org.period.start, "D")
        return expired
