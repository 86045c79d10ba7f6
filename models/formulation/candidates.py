"""Candidates: the (unit, rep) pairs that every hard eligibility rule allows, narrowed by locks and holdouts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from models.expression import Expressions
from models.findings import Finding, InputRefused
from models.formulation.eligible import Eligible, pair_rules, read_eligible
from models.formulation.nearest import Nearest
from models.formulation.pairs import Pairs, places, spelled_out
from models.formulation.regions import RegionMap
from models.formulation.requests import UNASKED
from models.formulation.screens import ROSTER, Effect, rule_path
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
    allowed : int array, shape (units,), or None
        How many candidates the policy allows each unit, where the list has only some of them.
    """

    start: IntArray
    rep: PositionArray
    forced: BoolArray
    locked: BoolArray
    held: BoolArray
    lapsed: BoolArray
    effects: tuple[Effect, ...]
    last_removed_by: IntArray
    allowed: IntArray | None = None

    @property
    def unit(self) -> IntArray:
        """The unit of each candidate, shape (candidates,)."""
        return spelled_out(self.start)

    @property
    def count(self) -> IntArray:
        """How many candidates each unit has in the list, shape (units,)."""
        return np.diff(self.start)

    def part(self, units: slice) -> Candidates:
        """Return the candidates of a run of units, which are its units 0, 1 …; members stay those of all units."""
        start = self.start[units.start : units.stop + 1]
        return replace(
            self,
            start=start - start[0],
            rep=self.rep[start[0] : start[-1]],
            last_removed_by=self.last_removed_by[units],
            allowed=None if self.allowed is None else self.allowed[units],
        )


def find_candidates(org: Org, policy: Policy, units: Units, regions: RegionMap, expressions: Expressions) -> Candidates:
    """Find the candidates of every unit.

    Raises
    ------
    InputRefused
        When the candidates cannot fit in memory.
    """
    return candidates_of(org, policy, read_eligible(org, policy, units, regions, expressions), expressions)


def without_candidate(
    org: Org, policy: Policy, units: Units, regions: RegionMap, expressions: Expressions
) -> BoolArray:
    """Tell which units nobody may own, shape (units,), without listing all candidates where rules do not ask for it."""
    eligibility = policy.eligibility.model_copy(update={"nearest": None})
    policy = policy.model_copy(update={"eligibility": eligibility})
    eligible = read_eligible(org, policy, units, regions, expressions)
    among = None
    if not org.pairs_only and not pair_rules(policy):
        some = np.flatnonzero(eligible.count)
        among = Pairs.listed(units.count, some, eligible.table.argmax(axis=1)[eligible.row[some]])
    return np.asarray(candidates_of(org, policy, eligible, expressions, among).count == 0)


def candidates_of(
    org: Org, policy: Policy, eligible: Eligible, expressions: Expressions, among: Pairs | None = None
) -> Candidates:
    """Find the candidates of the units of ``eligible``, which may be some by themselves.

    Parameters
    ----------
    among
        Pairs that the screens leave, to look at these and today's owners only; at all when None.

    Raises
    ------
    InputRefused
        When the candidates cannot fit in memory.
    """
    units, table, row = eligible.units, eligible.table, eligible.row
    locked, held = eligible.locked, eligible.held
    effects = list(eligible.effects)
    last_removed_by = eligible.last_removed_by.copy()

    def note(path: str, touched: int, removed: int, before: IntArray, after: IntArray) -> None:
        last_removed_by[(before > 0) & (after == 0)] = len(effects)
        effects.append(Effect(path, touched, removed))

    size = units.size
    rules, nearest = pair_rules(policy), policy.eligibility.nearest
    owners, owner = eligible.owners()
    if org.pairs_only:
        pairs = _listed_pairs(org, units, locked).keep(lambda unit, rep: table[row[unit], rep])
        before, after = eligible.count, pairs.count
        note("tables.pairs", int(size.sum()), int(((before - after) * size).sum()), before, after)
    elif among is not None:
        pairs = among.merged(owners, owner).merged(*eligible.accepted())
    elif rules or nearest is None:
        _refuse_too_many(int(eligible.count.sum()))
        pairs = Pairs.of_table(table, row)
    for rule in rules:
        before = pairs.count
        touched, pairs = _judged(rule, pairs, units, locked, policy, expressions)
        after = pairs.count
        note(rule_path(rule), touched, int(((before - after) * size).sum()), before, after)
    if rules or org.pairs_only:
        found = pairs.find(owners, owner)[1]
        owners, owner = owners[found], owner[found]
    if nearest is not None:
        choose = Nearest(org, policy, units, nearest)
        if rules or org.pairs_only:
            before, pairs = pairs.count, choose.of_pairs(pairs)
        else:
            before = eligible.count
            _refuse_too_many(int(np.minimum(before, nearest).sum()))
            pairs = choose.of_table(table, row)
        removed = int(((before - pairs.count) * size).sum())
        effects.append(Effect("eligibility.nearest", int(size[before > nearest].sum()), removed))
    pairs = pairs.merged(owners, owner)
    forced = _forced(units, Pairs.listed(units.count, owners, owner))
    pairs, poolable = _narrowed(eligible, pairs, forced, effects, last_removed_by)
    if poolable.any():
        pool = np.flatnonzero(poolable)
        pairs = pairs.merged(pool, np.full(len(pool), POOLED))
    last_removed_by[pairs.count > 0] = -1
    held = held & ~forced
    return Candidates(pairs.start, pairs.rep, forced, locked, held, eligible.lapsed, tuple(effects), last_removed_by)


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
    eligible: Eligible, pairs: Pairs, forced: BoolArray, effects: list[Effect], last_removed_by: IntArray
) -> tuple[Pairs, BoolArray]:
    """Narrow units with locked or held members to their owners; return also which units may be pooled."""
    units = eligible.units
    stays = np.full(units.count, -1, dtype=np.int64)
    torn = np.zeros(units.count, dtype=bool)
    locks, holdouts = eligible.locks, eligible.holdouts
    for path, some, flags in (
        ("keep.locks", locks, eligible.locked),
        ("keep.holdouts", holdouts, eligible.held & ~forced),
    ):
        if not some:
            continue
        unit, owner = units.unit_of_member[flags], units.owner[flags]
        lowest = np.full(units.count, np.iinfo(np.int64).max)
        highest = np.full(units.count, -1, dtype=np.int64)
        np.minimum.at(lowest, unit, owner)
        np.maximum.at(highest, unit, owner)
        kept = highest >= 0
        torn |= kept & ((lowest != highest) | ((stays >= 0) & (stays != lowest)))
        stays[kept] = lowest[kept]
        before = pairs.count
        pairs = pairs.keep(_staying(stays, torn))
        after = pairs.count
        last_removed_by[(before > 0) & (after == 0)] = len(effects)
        effects.append(Effect(path, int(flags.sum()), int(((before - after) * units.size).sum())))
    poolable = units.every(eligible.poolable) & (stays < 0)
    return _answered(eligible, pairs, poolable, effects, last_removed_by)


def _answered(
    eligible: Eligible, pairs: Pairs, poolable: BoolArray, effects: list[Effect], last_removed_by: IntArray
) -> tuple[Pairs, BoolArray]:
    """Leave to units whose proposal was accepted only that, and take from others what was rejected."""
    units = eligible.units
    for path, reps, kept in (
        ("proposal.accepted", eligible.pinned, True),
        ("proposal.rejected", eligible.barred, False),
    ):
        flags = reps != UNASKED
        if not flags.any():
            continue
        before = pairs.count
        pairs = pairs.keep(_as_answered(units, reps, kept))
        after = pairs.count
        last_removed_by[(before > 0) & (after == 0)] = len(effects)
        effects.append(Effect(path, int(flags.sum()), int(((before - after) * units.size).sum())))
        poolable = poolable & units.every(~flags | ((reps == POOLED) == kept))
    return pairs, poolable


def _as_answered(units: Units, reps: IntArray, wanted: bool) -> Callable[[IntArray, PositionArray], BoolArray]:
    """Return what flags the pairs in which every member has what was answered of it: that rep, or another one."""
    asked = ~units.every(reps == UNASKED)

    def judge(unit: IntArray, rep: PositionArray) -> BoolArray:
        fits = np.ones(len(unit), dtype=bool)
        looked = np.flatnonzero(asked[unit])
        member = places(units.start, unit[looked])
        of_pair = np.repeat(looked, units.size[unit[looked]])
        fits[of_pair[(reps[member] != UNASKED) & ((reps[member] == rep[of_pair]) != wanted)]] = False
        return fits

    return judge


def _staying(stays: IntArray, torn: BoolArray) -> Callable[[IntArray, PositionArray], BoolArray]:
    """Return what flags the pairs that are left when units stay with a rep (-1: free), or are torn between several."""

    def judge(unit: IntArray, rep: PositionArray) -> BoolArray:
        return np.asarray((stays[unit] < 0) | ((rep == stays[unit]) & ~torn[unit]))

    return judge
