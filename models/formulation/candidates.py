"""Candidates: the (unit, rep) pairs that every hard eligibility rule allows, narrowed by locks and holdouts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from models.expression import Expressions
from models.findings import Finding, InputRefused
from models.formulation.nearest import Nearest
from models.formulation.pairs import Pairs, places, spelled_out
from models.formulation.regions import RegionMap
from models.formulation.screens import ROSTER, Effect, Profiles, reads_pairs, rule_path, screen
from models.formulation.units import Units
from models.org import BoolArray, IntArray, Org, PositionArray
from models.plan import POOLED
from models.policy import Policy, Rule
from models.presence import NO_OWNER

MOST_CANDIDATES = 400_000_000


@dataclass(frozen=True)
class Candidates:
    """Candidates as one flat list, by unit and, within a unit, by rep position (the pool, -1, first).

    Attributes
    ----------
    start : int array, shape (units + 1,)
    rep : int32 array, shape (candidates,)
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
    rep: PositionArray
    forced: BoolArray
    locked: BoolArray
    held: BoolArray
    lapsed: BoolArray
    effects: tuple[Effect, ...]
    last_removed_by: IntArray

    @property
    def unit(self) -> IntArray:
        """The unit of each candidate, shape (candidates,)."""
        return spelled_out(self.start)

    def part(self, units: slice) -> Candidates:
        """Return the candidates of a run of units, which are its units 0, 1 …; members stay those of all units."""
        start = self.start[units.start : units.stop + 1]
        return replace(
            self,
            start=start - start[0],
            rep=self.rep[start[0] : start[-1]],
            last_removed_by=self.last_removed_by[units],
        )


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

    size = units.size
    rules = [rule for rule in policy.eligibility.rules if rule.require is not None and reads_pairs(rule)]
    nearest = policy.eligibility.nearest
    owners, owner = _owners(units, table, row)
    of_row = table.sum(axis=1)
    if org.pairs_only:
        pairs = _listed_pairs(org, units, locked).keep(lambda unit, rep: table[row[unit], rep])
        before, after = of_row[row], pairs.count
        note("tables.pairs", int(size.sum()), int(((before - after) * size).sum()), before, after)
    elif rules or nearest is None:
        _refuse_too_many(int(of_row[row].sum()))
        pairs = Pairs.of_table(table, row)
    for rule in rules:
        before = pairs.count
        touched, pairs = _judged(rule, pairs, units, locked, policy, expressions)
        after = pairs.count
        note(rule_path(rule), touched, int(((before - after) * size).sum()), before, after)
    if rules or org.pairs_only:
        eligible = pairs.find(owners, owner)[1]
        owners, owner = owners[eligible], owner[eligible]
    if nearest is not None:
        choose = Nearest(org, policy, units, nearest)
        if rules or org.pairs_only:
            before, pairs = pairs.count, choose.of_pairs(pairs)
        else:
            before = of_row[row]
            _refuse_too_many(int(np.minimum(before, nearest).sum()))
            pairs = choose.of_table(table, row)
        removed = int(((before - pairs.count) * size).sum())
        effects.append(Effect("eligibility.nearest", int(size[before > nearest].sum()), removed))
    pairs = pairs.merged(owners, owner)
    forced = _forced(units, Pairs.listed(units.count, owners, owner))
    pairs, poolable = _narrowed(policy, units, pairs, locked, held, forced, expressions, effects, last_removed_by)
    if poolable.any():
        pool = np.flatnonzero(poolable)
        pairs = pairs.merged(pool, np.full(len(pool), POOLED))
    last_removed_by[pairs.count > 0] = -1
    return Candidates(pairs.start, pairs.rep, forced, locked, held & ~forced, lapsed, tuple(effects), last_removed_by)


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


def _owners(units: Units, table: BoolArray, row: IntArray) -> tuple[IntArray, IntArray]:
    """List (unit, present owner of a member) where the screens allow it, each once, sorted."""
    unit, owner = units.unit_of_member[units.present], units.owner[units.present]
    allowed = table[row[unit], owner]
    keys = unit[allowed] * table.shape[1] + owner[allowed]
    if not (keys[1:] > keys[:-1]).all():
        keys = np.unique(keys)
    return keys // table.shape[1], keys % table.shape[1]


def _listed_pairs(org: Org, units: Units, locked: BoolArray) -> Pairs:
    """List (unit, rep) where the pairs table has every member with that rep (or the member is locked to it)."""
    if org.pairs is None:
        raise ValueError("pairs_only without a pairs table")
    customer = pd.Index(org.customer_ids).get_indexer(pd.Index(org.pairs["customer_id"].astype(object)))
    rep = pd.Index(org.rep_ids).get_indexer(pd.Index(org.pairs["rep_id"].astype(object)))
    known = (customer >= 0) & (rep >= 0)
    codes, members = [], []
    for role in units.unit_of:
        unit = role[customer]
        mine = known & (unit >= 0)
        codes.append(unit[mine] * org.n_reps + rep[mine])
        members.append(customer[mine])
    codes.append(units.unit_of_member[locked] * org.n_reps + units.owner[locked])
    members.append(units.member[locked])
    code, member = np.concatenate(codes), np.concatenate(members)
    order = np.lexsort((member, code))
    code, member = code[order], member[order]
    new = np.ones(len(code), dtype=bool)
    new[1:] = (code[1:] != code[:-1]) | (member[1:] != member[:-1])
    pair, listed = np.unique(code[new], return_counts=True)
    unit = pair // org.n_reps
    whole = listed == units.size[unit]
    return Pairs.listed(units.count, unit[whole], pair[whole] % org.n_reps)


def _judged(
    rule: Rule, pairs: Pairs, units: Units, locked: BoolArray, policy: Policy, expressions: Expressions
) -> tuple[int, Pairs]:
    """Judge a rule pair by pair; a unit's pair stands when it stands for every member that is not locked to it.

    Returns the number of members that the rule touches, and the pairs that stand.
    """
    touched = np.zeros(len(units.member), dtype=bool)

    def judge(unit: IntArray, rep: PositionArray) -> BoolArray:
        member = places(units.start, unit)
        of_pair = np.repeat(np.arange(len(unit)), units.size[unit])
        with_rep = rep[of_pair]
        applies = np.ones(len(member), dtype=bool)
        holds = np.ones(len(member), dtype=bool)
        role = units.role_of_member[member]
        for k, name in enumerate(policy.role_names):
            mine = np.flatnonzero(role == k)
            if len(mine):
                customers, reps = units.member[member[mine]], with_rep[mine]
                if rule.when is not None:
                    applies[mine] = expressions.pairs(rule.when, customers, reps, role=name).true()
                holds[mine] = expressions.pairs(rule.require or "TRUE", customers, reps, role=name).true()
        touched[member[applies]] = True
        stands = ~applies | holds | (locked[member] & (units.owner[member] == with_rep))
        keeps = np.ones(len(unit), dtype=bool)
        keeps[of_pair[~stands]] = False
        return keeps

    kept = pairs.keep(judge)
    return int(touched.sum()), kept


def _forced(units: Units, eligible_owners: Pairs) -> BoolArray:
    """Tell which members have an owner today who may not keep them."""
    forced = np.asarray(units.owner != NO_OWNER)
    mine = np.flatnonzero(units.present)
    forced[mine] = ~eligible_owners.find(units.unit_of_member[mine], units.owner[mine])[1]
    return forced


def _narrowed(
    policy: Policy,
    units: Units,
    pairs: Pairs,
    locked: BoolArray,
    held: BoolArray,
    forced: BoolArray,
    expressions: Expressions,
    effects: list[Effect],
    last_removed_by: IntArray,
) -> tuple[Pairs, BoolArray]:
    """Narrow units with locked or held members to their owners; return also which units may be pooled."""
    stays = np.full(units.count, -1, dtype=np.int64)
    torn = np.zeros(units.count, dtype=bool)
    for path, flags in (("keep.locks", locked), ("keep.holdouts", held & ~forced)):
        if not flags.any():
            continue
        unit, owner = units.unit_of_member[flags], units.owner[flags]
        lowest = np.full(units.count, np.iinfo(np.int64).max)
        highest = np.full(units.count, -1, dtype=np.int64)
        np.minimum.at(lowest, unit, owner)
        np.maximum.at(highest, unit, owner)
        some = highest >= 0
        torn |= some & ((lowest != highest) | ((stays >= 0) & (stays != lowest)))
        stays[some] = lowest[some]
        before = pairs.count
        pairs = pairs.keep(_staying(stays, torn))
        after = pairs.count
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


def _staying(stays: IntArray, torn: BoolArray) -> Callable[[IntArray, PositionArray], BoolArray]:
    """Return what flags the pairs that are left when units stay with a rep (-1: free), or are torn between several."""

    def judge(unit: IntArray, rep: PositionArray) -> BoolArray:
        return np.asarray((stays[unit] < 0) | ((rep == stays[unit]) & ~torn[unit]))

    return judge
