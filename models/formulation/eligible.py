"""Eligible: what the hard rules that read customers and reps leave to units, before any pair is looked at."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from models.expression import Expressions
from models.formulation.regions import RegionMap
from models.formulation.requests import UNASKED, read_proposal
from models.formulation.screens import Effect, Profiles, reads_pairs, screen
from models.formulation.units import Units
from models.org import BoolArray, IntArray, Org
from models.policy import Policy, Rule
from models.presence import NO_OWNER


@dataclass(frozen=True)
class Eligible:
    """What units, or some of them, may have by the screens, and what locks, holdouts and the pool say of them.

    Attributes
    ----------
    table : bool array, shape (rows, reps)
        Rep masks; that of unit u is ``table[row[u]]``.
    locked, held, lapsed, poolable : bool arrays, shape (members,)
        Members that a lock or a holdout keeps, those whose lock or holdout lapsed with a departed owner, and those to
        whom the pool is open.
    pinned, barred : int arrays, shape (members,)
        The rep (POOLED: the pool) of a proposal that was accepted or rejected, UNASKED where neither.
    locks, holdouts : bool
        Whether any unit of the org has a locked or held member.
    effects : tuple of Effect
        What the screens removed.
    last_removed_by : int array, shape (units,)
        Position in ``effects`` of the screen that removed a unit's last rep, -1 where some are left.
    """

    units: Units
    table: BoolArray
    row: IntArray
    locked: BoolArray
    held: BoolArray
    lapsed: BoolArray
    poolable: BoolArray
    pinned: IntArray
    barred: IntArray
    locks: bool
    holdouts: bool
    effects: tuple[Effect, ...]
    last_removed_by: IntArray

    @property
    def count(self) -> IntArray:
        """How many reps the screens leave to each unit, shape (units,)."""
        return np.asarray(np.count_nonzero(self.table, axis=1)[self.row])

    def of(self, some: IntArray) -> tuple[Eligible, IntArray]:
        """Return the same of some units (positions, ascending) by themselves, and which members theirs are."""
        units, members = self.units.only(some)
        part = replace(
            self,
            units=units,
            row=self.row[some],
            locked=self.locked[members],
            held=self.held[members],
            lapsed=self.lapsed[members],
            poolable=self.poolable[members],
            pinned=self.pinned[members],
            barred=self.barred[members],
            last_removed_by=self.last_removed_by[some],
        )
        return part, members

    def owners(self) -> tuple[IntArray, IntArray]:
        """List (unit, present owner of a member) where the screens allow it, each once, sorted."""
        return self._allowed_to(self.units.owner, self.units.present)

    def accepted(self) -> tuple[IntArray, IntArray]:
        """List (unit, rep whom a member must have) where the screens allow it, each once, sorted."""
        return self._allowed_to(self.pinned, self.pinned >= 0)

    def _allowed_to(self, rep: IntArray, members: BoolArray) -> tuple[IntArray, IntArray]:
        """List (unit, rep) of the flagged members where the screens allow it, each once, sorted."""
        width = self.table.shape[1]
        unit, owner = self.units.unit_of_member[members], rep[members]
        allowed = self.table[self.row[unit], owner]
        keys = unit[allowed] * width + owner[allowed]
        if not (keys[1:] > keys[:-1]).all():
            keys = np.unique(keys)
        return keys // width, keys % width


def pair_rules(policy: Policy) -> list[Rule]:
    """Return the ``require`` rules that must be judged pair by pair."""
    return [rule for rule in policy.eligibility.rules if rule.require is not None and reads_pairs(rule)]


def read_eligible(org: Org, policy: Policy, units: Units, regions: RegionMap, expressions: Expressions) -> Eligible:
    """Judge the screens, and ask locks, holdouts and the pool, for all units."""
    profiles = screen(org, policy, units, regions, expressions)
    locked, held, lapsed = _kept(org, policy, units, expressions)
    effects = list(profiles.effects)
    table, row = _unit_rows(profiles, units, locked, org.n_reps)
    alive = np.asarray(table.any(axis=1))[row]
    last_removed_by = np.where(alive, -1, profiles.last_removed_by[profiles.of_member[units.start[:-1]]])
    together = ~alive & (last_removed_by < 0)
    if together.any():
        last_removed_by[together] = len(effects)
        effects.append(Effect("keep.families", int(units.size[together].sum()), 0))
    poolable = _poolable(policy, units, expressions)
    some = bool(locked.any()), bool(held.any())
    proposal = read_proposal(org, policy)
    unasked = np.full(len(units.member), UNASKED, dtype=np.int64)
    pinned, barred = (unasked, unasked) if proposal is None else (proposal.pinned(units), proposal.barred(units))
    return Eligible(
        units, table, row, locked, held, lapsed, poolable, pinned, barred, *some, tuple(effects), last_removed_by
    )


def _poolable(policy: Policy, units: Units, expressions: Expressions) -> BoolArray:
    """Tell to which members the pool is open, shape (members,)."""
    may = np.zeros(len(units.member), dtype=bool)
    if policy.pool is not None:
        role = units.role_of_member
        for k, name in enumerate(policy.role_names):
            mine = role == k
            may[mine] = expressions.customers(policy.pool.when, role=name).true()[units.member[mine]]
    return may


def _kept(org: Org, policy: Policy, units: Units, expressions: Expressions) -> tuple[BoolArray, BoolArray, BoolArray]:
    """Return which members are locked, held, and whose lock or holdout lapsed with a departed owner."""
    locked = np.zeros(len(units.member), dtype=bool)
    held = np.zeros(len(units.member), dtype=bool)
    role = units.role_of_member
    valid = np.ones(org.n_customers, dtype=bool)
    if "lock_until" in org.customers:
        until = pd.to_datetime(org.customers["lock_until"]).to_numpy().astype("datetime64[D]")
        valid = ~(until < np.datetime64(org.period.start, "D"))
    for k, name in enumerate(policy.role_names):
        mine = role == k
        customers = units.member[mine]
        for lock in policy.keep.locks:
            locked[mine] |= (expressions.customers(lock.when, role=name).true() & valid)[customers]
        for holdout in policy.keep.holdouts:
            held[mine] |= expressions.customers(holdout.when, role=name).true()[customers]
    had_owner = units.owner != NO_OWNER
    lapsed = (locked | held) & ~units.present & had_owner
    return locked & units.present, held & units.present, lapsed


def _unit_rows(profiles: Profiles, units: Units, locked: BoolArray, n_reps: int) -> tuple[BoolArray, IntArray]:
    """Return a table of rep masks and each unit's row in it: the intersection over its members' profiles.

    A locked member may stay with its owner even against eligibility.
    """
    first = profiles.of_member[units.start[:-1]]
    row = first.copy()
    barred = locked.copy()
    barred[locked] = ~profiles.allowed[profiles.of_member[locked], units.owner[locked]]
    same = units.every((profiles.of_member == np.repeat(first, units.size)) & ~barred)
    rows: dict[tuple[tuple[int, int], ...], int] = {}
    extra: list[BoolArray] = []
    for u in np.flatnonzero(~same):
        members = range(units.start[u], units.start[u + 1])
        key = tuple(sorted({(int(profiles.of_member[i]), int(units.owner[i]) if barred[i] else -1) for i in members}))
        if key not in rows:
            mask = np.ones(n_reps, dtype=bool)
            for profile, owner in key:
                own = profiles.allowed[profile].copy()
                if owner >= 0:
                    own[owner] = True
                mask &= own
            rows[key] = len(profiles.allowed) + len(extra)
            extra.append(mask)
        row[u] = rows[key]
    return (np.vstack([profiles.allowed, *extra]) if extra else profiles.allowed), row
