"""Candidates: the (unit, rep) pairs that every hard eligibility rule allows, narrowed by locks and holdouts."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from models.expression import Expressions
from models.findings import Finding, InputRefused
from models.formulation.nearest import nearest_candidates
from models.formulation.regions import RegionMap
from models.formulation.screens import ROSTER, Effect, Profiles, reads_pairs, rule_path, screen
from models.formulation.units import Units
from models.org import BoolArray, IntArray, Org
from models.plan import POOLED
from models.policy import Policy
from models.presence import NO_OWNER

MOST_CANDIDATES = 400_000_000


@dataclass(frozen=True)
class Candidates:
    """Candidates as one flat list, by unit and, within a unit, by rep position (the pool, -1, first).

    Attributes
    ----------
    start : int array, shape (units + 1,)
    rep : int array, shape (candidates,)
    forced : bool array, shape (members,)
        True where today's owner is present but may not own the unit, or is departed or unknown.
    locked, held : bool array, shape (members,)
        Members that a lock or a holdout keeps with today's owner.
    lapsed : bool array, shape (members,)
        Members whose lock or holdout lapsed because the owner has departed.
    effects : tuple of Effect
        What each line of the policy removed, in the order of judgement.
    last_removed_by : int array, shape (units,)
        Position in ``effects`` of the line that removed a unit's last candidate, -1 where it has some.
    """

    start: IntArray
    rep: IntArray
    forced: BoolArray
    locked: BoolArray
    held: BoolArray
    lapsed: BoolArray
    effects: tuple[Effect, ...]
    last_removed_by: IntArray

    @property
    def unit(self) -> IntArray:
        """The unit of each candidate, shape (candidates,)."""
        return np.repeat(np.arange(len(self.start) - 1), np.diff(self.start))


@dataclass
class _Pairs:
    """Pairs under construction: unit and rep of each, sorted by both."""

    unit: IntArray
    rep: IntArray

    def keep(self, flags: BoolArray) -> _Pairs:
        return _Pairs(self.unit[flags], self.rep[flags])

    def count(self, units: int) -> IntArray:
        return np.bincount(self.unit, minlength=units)


def find_candidates(org: Org, policy: Policy, units: Units, regions: RegionMap, expressions: Expressions) -> Candidates:
    """Find the candidates of every unit.

    Raises
    ------
    InputRefused
        When the candidates cannot fit in memory.
    """
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

    def note(path: str, touched: int, removed: int, before: IntArray, after: IntArray) -> None:
        last_removed_by[(before > 0) & (after == 0)] = len(effects)
        effects.append(Effect(path, touched, removed))

    row_count = table.sum(axis=1)
    size = units.size
    rules = [rule for rule in policy.eligibility.rules if rule.require is not None and reads_pairs(rule)]
    nearest = policy.eligibility.nearest
    by_distance_only = (
        nearest is not None and not rules and not org.pairs_only and not org.has("pairs", "drive_minutes")
    )
    owners = _owner_pairs(units, table, row)
    if by_distance_only:
        assert nearest is not None
        unit, rep = nearest_candidates(org, policy, units, table, row, nearest)
        pairs = _Pairs(unit, rep)
        removed = int((row_count[row] * size).sum() - (pairs.count(units.count) * size).sum())
        effects.append(Effect("eligibility.nearest", int(size[row_count[row] > nearest].sum()), removed))
        eligible_owners = owners
    else:
        if org.pairs_only:
            listed = _listed_pairs(org, units, locked)
            before = row_count[row]
            pairs = listed.keep(table[row[listed.unit], listed.rep])
            after = pairs.count(units.count)
            note("tables.pairs", int(size.sum()), int(((before - after) * size).sum()), before, after)
        else:
            _refuse_too_many(int(row_count[row].sum()))
            pairs = _expand(table, row)
        for rule in rules:
            before = pairs.count(units.count)
            touched, keeps = _judge_pairs(rule.when, rule.require or "TRUE", pairs, units, locked, policy, expressions)
            pairs = pairs.keep(keeps)
            after = pairs.count(units.count)
            note(rule_path(rule), touched, int(((before - after) * size).sum()), before, after)
        eligible_owners = owners.keep(_contains(pairs, owners, org.n_reps))
        if nearest is not None:
            before = pairs.count(units.count)
            unit, rep = nearest_candidates(org, policy, units, table, row, nearest, (pairs.unit, pairs.rep))
            pairs = _Pairs(unit, rep)
            after = pairs.count(units.count)
            note(
                "eligibility.nearest",
                int(size[before > nearest].sum()),
                int(((before - after) * size).sum()),
                before,
                after,
            )
    pairs = _merged(pairs, eligible_owners, org.n_reps)
    forced = _forced(units, eligible_owners, org.n_reps)
    pairs, poolable = _narrowed(org, policy, units, pairs, locked, held, forced, expressions, effects, last_removed_by)
    if poolable.any():
        pool = np.flatnonzero(poolable)
        pairs = _Pairs(np.r_[pairs.unit, pool], np.r_[pairs.rep, np.full(len(pool), POOLED)])
        order = np.lexsort((pairs.rep, pairs.unit))
        pairs = _Pairs(pairs.unit[order], pairs.rep[order])
    count = pairs.count(units.count)
    last_removed_by[count > 0] = -1
    start = np.r_[0, np.cumsum(count)].astype(np.int64)
    return Candidates(start, pairs.rep, forced, locked, held & ~forced, lapsed, tuple(effects), last_removed_by)


def reason_without_candidate(effects: tuple[Effect, ...], last_removed_by: int) -> str:
    """Return the policy path of the line that removed a unit's last candidate."""
    path = effects[last_removed_by].path
    return "no rep on the roster" if path == ROSTER else path


def _refuse_too_many(candidates: int) -> None:
    if candidates > MOST_CANDIDATES:
        raise InputRefused(
            [
                Finding(
                    "TP302",
                    "More candidates than fit in memory",
                    found=f"{candidates:,} pairs of customer and rep",
                    expected=f"at most {MOST_CANDIDATES:,}",
                    hint="Try 'eligibility: {nearest: 25}', or a rule that leaves fewer reps to each customer",
                )
            ]
        )


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
    same = units.every(profiles.of_member == np.repeat(first, units.size)) & ~np.logical_or.reduceat(
        locked, units.start[:-1]
    )
    rows: dict[tuple[tuple[int, int], ...], int] = {}
    extra: list[BoolArray] = []
    for u in np.flatnonzero(~same):
        members = range(units.start[u], units.start[u + 1])
        key = tuple(sorted({(int(profiles.of_member[i]), int(units.owner[i]) if locked[i] else -1) for i in members}))
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


def _expand(table: BoolArray, row: IntArray) -> _Pairs:
    """List the reps of each unit's row."""
    line, rep = np.nonzero(table)
    row_start = np.r_[0, np.cumsum(np.bincount(line, minlength=len(table)))]
    count = np.diff(row_start)[row]
    offset = np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count)
    return _Pairs(np.repeat(np.arange(len(row)), count), rep[np.repeat(row_start[row], count) + offset])


def _owner_pairs(units: Units, table: BoolArray, row: IntArray) -> _Pairs:
    """List (unit, present owner of a member) where the screens allow it, each once."""
    unit, owner = units.unit_of_member[units.present], units.owner[units.present]
    keeps = table[row[unit], owner]
    keys = np.unique(unit[keeps] * table.shape[1] + owner[keeps])
    return _Pairs(keys // table.shape[1], keys % table.shape[1])


def _listed_pairs(org: Org, units: Units, locked: BoolArray) -> _Pairs:
    """List (unit, rep) where the pairs table has every member with that rep (or the member is locked to it)."""
    if org.pairs is None:
        raise ValueError("pairs_only without a pairs table")
    customer = pd.Index(org.customer_ids).get_indexer(pd.Index(org.pairs["customer_id"].astype(object)))
    rep = pd.Index(org.rep_ids).get_indexer(pd.Index(org.pairs["rep_id"].astype(object)))
    known = (customer >= 0) & (rep >= 0)
    keys = []
    for role in units.unit_of:
        unit = role[customer]
        mine = known & (unit >= 0)
        keys.append(np.stack([unit[mine], customer[mine], rep[mine]]))
    keys.append(np.stack([units.unit_of_member[locked], units.member[locked], units.owner[locked]]))
    triples = np.unique(np.concatenate(keys, axis=1), axis=1)
    code = triples[0] * org.n_reps + triples[2]
    pair, members = np.unique(code, return_counts=True)
    unit, rep = pair // org.n_reps, pair % org.n_reps
    return _Pairs(unit, rep).keep(members == units.size[unit])


def _judge_pairs(
    when: str | None,
    require: str,
    pairs: _Pairs,
    units: Units,
    locked: BoolArray,
    policy: Policy,
    expressions: Expressions,
) -> tuple[int, BoolArray]:
    """Judge a rule pair by pair; a unit's pair stands when it stands for every member that is not locked to it."""
    size = units.size[pairs.unit]
    of_pair = np.repeat(np.arange(len(size)), size)
    member = np.arange(size.sum()) - np.repeat(np.cumsum(size) - size, size) + units.start[pairs.unit][of_pair]
    rep = pairs.rep[of_pair]
    applies = np.ones(len(member), dtype=bool)
    holds = np.ones(len(member), dtype=bool)
    role = units.role_of_member[member]
    for k, name in enumerate(policy.role_names):
        mine = np.flatnonzero(role == k)
        if len(mine):
            customers, reps = units.member[member[mine]], rep[mine]
            if when is not None:
                applies[mine] = expressions.pairs(when, customers, reps, role=name).true()
            holds[mine] = expressions.pairs(require, customers, reps, role=name).true()
    stands = ~applies | holds | (locked[member] & (units.owner[member] == rep))
    keeps = np.ones(len(pairs.unit), dtype=bool)
    keeps[of_pair[~stands]] = False
    return len(np.unique(member[applies])), keeps


def _contains(pairs: _Pairs, wanted: _Pairs, n_reps: int) -> BoolArray:
    """Tell which of ``wanted`` are among ``pairs`` (sorted)."""
    keys, sought = pairs.unit * n_reps + pairs.rep, wanted.unit * n_reps + wanted.rep
    at = np.searchsorted(keys, sought)
    found: BoolArray = np.zeros(len(sought), dtype=bool)
    inside = at < len(keys)
    found[inside] = keys[at[inside]] == sought[inside]
    return found


def _merged(pairs: _Pairs, more: _Pairs, n_reps: int) -> _Pairs:
    missing = more.keep(~_contains(pairs, more, n_reps))
    if not len(missing.unit):
        return pairs
    unit, rep = np.r_[pairs.unit, missing.unit], np.r_[pairs.rep, missing.rep]
    order = np.lexsort((rep, unit))
    return _Pairs(unit[order], rep[order])


def _forced(units: Units, eligible_owners: _Pairs, n_reps: int) -> BoolArray:
    """Tell which members have an owner today who may not keep them."""
    forced = np.asarray(units.owner != NO_OWNER)
    mine = np.flatnonzero(units.present)
    owner_pairs = _Pairs(units.unit_of_member[mine], units.owner[mine])
    forced[mine] = ~_contains(eligible_owners, owner_pairs, n_reps)
    return forced


def _narrowed(
    org: Org,
    policy: Policy,
    units: Units,
    pairs: _Pairs,
    locked: BoolArray,
    held: BoolArray,
    forced: BoolArray,
    expressions: Expressions,
    effects: list[Effect],
    last_removed_by: IntArray,
) -> tuple[_Pairs, BoolArray]:
    """Narrow units with locked or held members to their owners; return also which units may be pooled."""
    stays = np.full(units.count, -1, dtype=np.int64)
    torn = np.zeros(units.count, dtype=bool)
    for path, flags in (("keep.locks", locked), ("keep.holdouts", held & ~forced)):
        if not flags.any():
            continue
        unit, owner = units.unit_of_member[flags], units.owner[flags]
        lowest = np.full(units.count, org.n_reps, dtype=np.int64)
        highest = np.full(units.count, -1, dtype=np.int64)
        np.minimum.at(lowest, unit, owner)
        np.maximum.at(highest, unit, owner)
        some = highest >= 0
        torn |= some & ((lowest != highest) | ((stays >= 0) & (stays != lowest)))
        stays[some] = lowest[some]
        before = pairs.count(units.count)
        pairs = pairs.keep((stays[pairs.unit] < 0) | ((pairs.rep == stays[pairs.unit]) & ~torn[pairs.unit]))
        after = pairs.count(units.count)
        last_removed_by[(before > 0) & (after == 0)] = len(effects)
        effects.append(Effect(path, int(flags.sum()), int(((before - after) * units.size).sum())))
    poolable = np.zeros(units.count, dtype=bool)
    if policy.pool is not None:
        may = np.zeros(len(units.member), dtype=bool)
        role = units.role_of_member
        for k, name in enumerate(policy.role_names):
            mine = role == k
            may[mine] = expressions.customers(policy.pool.when, role=name).true()[units.member[mine]]
        poolable = units.every(may) & (stays < 0)
    return pairs, poolable
