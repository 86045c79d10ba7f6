"""Conflicts: sets of members that no plan keeps together, each of them needed for that."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np

from models.conflicts.feasibility import Answer, Trials, Witness
from models.conflicts.leads import find_leads
from models.conflicts.members import OVERALL, TIES, Member
from models.conflicts.minimal import minimal_set
from models.conflicts.stuck import Stuck, stuck_customers
from models.org import BoolArray, IntArray

MOST_CONFLICTS = 60
FEW_ROUNDS = 3
"""In so many rounds a limit of all stays in force in a large org; then it is left aside with what clashes with it."""
SMALL_PAIRS = 5_000
"""Up to so many pairs of customer and rep, the smaller of two minimal sets is taken."""
NAMED_UNITS = 60
"""With more units than this, customers are not taken out one by one to see who matters."""
WHOLE = 1e-6
"""Bounds are not more exact than this."""
_ORDER = ("conflict", "pairing", "family", *TIES, "eligibility")


@dataclass(frozen=True)
class Need:
    """How far a limit would have to go if the rest of its conflict is kept.

    ``value`` is the least (for a minimum the greatest) that is possible then, as the checker counts it, where the limit
    is ``limit``; ``proven`` tells whether nothing less can do.
    """

    member: Member
    value: float
    limit: float
    proven: bool


@dataclass(frozen=True)
class Conflict:
    """Members that no plan keeps together.

    Attributes
    ----------
    clash : tuple of Member
        Limits, stays, families and other rules that cannot all hold.
    given : tuple of Member
        The rules on who may own whom that are needed for that.
    minimal : bool
        Whether without any one of ``clash`` and ``given`` the others can be kept; ``witnesses`` show it.
    witnesses : tuple of (Member, Witness or None)
        For each member a plan that keeps all the others, judged by the checker; None where none was found.
    customers, reps : tuple of int
        Positions of those involved.
    needs : tuple of Need
    aside : tuple of int
        Customers of earlier conflicts that are set aside: rules on who may own them are not asked about here.
    """

    clash: tuple[Member, ...]
    given: tuple[Member, ...]
    minimal: bool
    witnesses: tuple[tuple[Member, Witness | None], ...]
    customers: tuple[int, ...]
    reps: tuple[int, ...]
    needs: tuple[Need, ...] = ()
    aside: tuple[int, ...] = ()

    @property
    def members(self) -> tuple[Member, ...]:
        """All members, those that clash first."""
        return (*self.clash, *self.given)


@dataclass(frozen=True)
class Found:
    """The conflicts that were found; ``complete`` when nothing else stands in the way of a plan."""

    conflicts: tuple[Conflict, ...]
    complete: bool


def find_conflicts(trials: Trials) -> Found:
    """Find conflicts one after another, until what is left can be planned.

    After each, what clashes in it is left aside, or its customers where only rules on who may own them are in it, and
    the search goes on. A budget or goal of all stays in force beside limits of single reps: those that clash with it
    one by one are conflicts of their own, and are asked about one after another.
    """
    rules = trials.rules
    conflicts: list[Conflict] = []
    for stuck in stuck_customers(trials):
        if trials.spent:
            return Found(tuple(conflicts), False)
        conflicts.append(_of_stuck(trials, stuck))
        trials.set_aside(np.isin(rules.singles.member, stuck.customers))
    active, rounds = rules.every, 0
    while len(conflicts) < MOST_CONFLICTS and not trials.spent:
        numbers = [] if _is_small(trials) else _of_one_line(trials, active)
        if not numbers:
            possible = trials.possible(active)
            if possible is None:
                possible = trials.possible(active, quick=False)
            if possible is not False:
                return Found(tuple(conflicts), possible is True)
            numbers = _clashing(trials, active)
        rounds += 1
        conflict = _described(trials, numbers)
        conflicts.append(conflict)
        clash = frozenset(n for n in numbers if not rules.members[n].is_given)
        single = frozenset(n for n in clash if not _is_of_all(rules.members[n]))
        if clash:
            for other in _alike(trials, numbers, active):
                if len(conflicts) < MOST_CONFLICTS and not trials.spent:
                    conflicts.append(_described(trials, other))
                single |= frozenset(other) - clash
            active -= (single or clash) if _is_small(trials) or rounds <= FEW_ROUNDS else clash | single
        elif conflict.customers:
            trials.set_aside(np.isin(rules.singles.member, conflict.customers))
        else:
            break
    return Found(tuple(conflicts), False)


def _alike(trials: Trials, numbers: list[int], active: frozenset[int]) -> Iterator[list[int]]:
    """Yield the same conflict with the limits of other reps, teams or regions, where one such limit is in it."""
    members = trials.rules.members
    single = [n for n in numbers if members[n].limit is not None and not _is_of_all(members[n])]
    if len(single) != 1 or len(numbers) == 1:
        return
    mine, rest = members[single[0]], frozenset(numbers) - {single[0]}
    for n in sorted(active - {single[0]}):
        if members[n].path == mine.path and members[n].limit is not None and trials.possible(rest | {n}) is False:
            yield sorted(
                [*minimal_set([n], trials.possible, rest), *minimal_set(sorted(rest), trials.possible, frozenset([n]))]
            )


def _is_of_all(member: Member) -> bool:
    """Tell whether a limit is one of the whole org: a budget on all moves, or a goal's."""
    return member.kind == "goal" or (member.kind == "budget" and member.label in (None, OVERALL))


def _is_small(trials: Trials) -> bool:
    return trials.rules.n_entries * trials.rules.org.n_reps <= SMALL_PAIRS


def _clashing(trials: Trials, active: frozenset[int]) -> list[int]:
    """Return a minimal set of the active members, which cannot all be kept."""
    rules = trials.rules
    if _is_small(trials):
        given = sorted(n for n in active if rules.members[n].is_given)
        others = sorted(active - set(given))
        found = [minimal_set([*others, *given], trials.possible), minimal_set([*given, *others[::-1]], trials.possible)]
        return sorted(min(found, key=lambda numbers: _weight(trials, numbers)))
    return _shrunk(trials, *_limits_and_rest(trials, active))


def _of_one_line(trials: Trials, active: frozenset[int]) -> list[int]:
    """Return a minimal set with limits of a single line, where some line cannot be kept by itself; else nothing."""
    limits, rest = _limits_and_rest(trials, active)
    for path in dict.fromkeys(trials.rules.members[n].path for n in limits):
        of_line = [n for n in limits if trials.rules.members[n].path == path]
        if trials.possible(frozenset([*rest, *of_line])) is False:
            return _shrunk(trials, of_line, rest)
    return []


def _shrunk(trials: Trials, limits: list[int], rest: list[int]) -> list[int]:
    for lead in find_leads(trials, frozenset([*rest, *limits])):
        if trials.possible(lead.members.union(rest)) is False:
            limits = [n for n in limits if n in lead.members]
            break
    clash = minimal_set(limits, trials.possible, frozenset(rest))
    return sorted([*clash, *_rest(trials, frozenset(clash), rest)])


def _limits_and_rest(trials: Trials, active: frozenset[int]) -> tuple[list[int], list[int]]:
    rules = trials.rules
    limits = _near_ones_together(trials, (n for n in active if rules.members[n].limit is not None))
    return limits, sorted(active - set(limits), key=lambda n: _ORDER.index(rules.members[n].kind))


def _rest(trials: Trials, clash: frozenset[int], rest: list[int]) -> list[int]:
    """Return what is needed beside limits; each line on who may own whom is first tried by itself."""
    lines = [n for n in rest if trials.rules.members[n].is_given]
    for some in (lines, *([line] for line in lines)):
        if trials.possible(clash | frozenset(some)) is False:
            rest = some
    return minimal_set(rest, trials.possible, clash)


def _near_ones_together(trials: Trials, numbers: Iterator[int]) -> list[int]:
    """Order limits so that those of one line stand together, and in it those of one team: conflicts are local."""
    rules = trials.rules
    team = rules.amounts.teams()[0]
    at = rules.org.rep_positions

    def key(n: int) -> tuple[str, int, int]:
        member = rules.members[n]
        rep = at.get(str(member.label)) if member.per == "rep" else None
        return member.path, -1 if rep is None else int(team[rep]), n

    return sorted(numbers, key=key)


def _weight(trials: Trials, numbers: Iterable[int]) -> float:
    return sum(0.5 if trials.rules.members[n].is_given else 1.0 for n in numbers)


def _of_stuck(trials: Trials, stuck: Stuck) -> Conflict:
    rules = trials.rules
    aside = _aside(trials)
    numbers = frozenset(stuck.members)
    witnesses = tuple((rules.members[n], trials.ask(numbers - {n}).witness) for n in sorted(numbers))
    minimal = all(witness is not None for _, witness in witnesses)
    return Conflict(
        clash=tuple(member for member, _ in witnesses if not member.is_given),
        given=tuple(member for member, _ in witnesses if member.is_given),
        minimal=minimal,
        witnesses=witnesses,
        customers=stuck.customers,
        reps=stuck.reps,
        aside=aside,
    )


def _aside(trials: Trials) -> tuple[int, ...]:
    return tuple(int(c) for c in np.unique(trials.rules.singles.member[trials.exempt]))


def _described(trials: Trials, numbers: list[int]) -> Conflict:
    rules, whole = trials.rules, frozenset(numbers)
    needs: list[Need] = []
    witnesses: list[tuple[Member, Witness | None]] = []
    for n in numbers:
        member = rules.members[n]
        answer = Answer("unknown")
        if not trials.spent:
            answer = trials.ask(whole - {n}, little=n if member.limit is not None else None)
        witness = answer.witness
        if answer.state == "unknown" and member.limit is not None and not trials.spent:
            witness = trials.ask(whole - {n}, little=n, much=True).witness
        witnesses.append((member, witness))
        if member.limit is not None and answer.least is not None and not answer.proven:
            needs.append(Need(member, _countable(member, answer.least), member.limit, True))
        elif answer.witness is not None and member.limit is not None:
            needs.append(_need(trials, n, answer.witness, answer.proven))
    entries = _involved(trials, whole)
    customers = tuple(int(c) for c in np.unique(rules.singles.member[entries]))
    return Conflict(
        clash=tuple(member for member, _ in witnesses if not member.is_given),
        given=tuple(member for member, _ in witnesses if member.is_given),
        minimal=all(witness is not None for _, witness in witnesses),
        witnesses=tuple(witnesses),
        customers=customers,
        reps=tuple(_reps(trials, whole)),
        needs=tuple(needs),
        aside=_aside(trials),
    )


def _countable(member: Member, least: float) -> float:
    """Return the next value beyond a bound that a limit can have: customers are whole."""
    if not member.counts_customers:
        return least
    return float(math.floor(least + WHOLE) if member.side == "min" else math.ceil(least - WHOLE))


def _need(trials: Trials, number: int, witness: Witness, proven: bool) -> Need:
    member = trials.rules.members[number]
    assert member.limit is not None
    against = trials.rules.broken_by(witness.judgement).get(number, [])
    worst = max(against, key=lambda one: one.excess, default=None)
    if worst is None or worst.found is None or worst.limit is None:
        return Need(member, member.limit, member.limit, False)
    return Need(member, worst.found, worst.limit, proven)


def _reps(trials: Trials, numbers: frozenset[int]) -> Iterator[int]:
    """Yield the reps whom limits of a conflict are for."""
    positions, seen = trials.rules.org.rep_positions, set()
    for n in sorted(numbers):
        member = trials.rules.members[n]
        if member.per == "rep" and member.label is not None and member.label not in seen:
            seen.add(member.label)
            yield positions[member.label]


def _involved(trials: Trials, numbers: frozenset[int]) -> IntArray:
    """Return the entries without whom the members could be kept together, whatever each limit wants of the rest."""
    rules = trials.rules
    of_stays = {c for n in numbers for c in rules.members[n].customers}
    terrain, _ = trials.terrain(numbers)
    units = terrain.units
    of_members = np.isin(rules.singles.member, sorted(of_stays))
    if units.count > NAMED_UNITS:
        for lead in find_leads(trials, numbers):
            of_members = of_members | lead.entries
        return np.flatnonzero(of_members)

    def entries(some: frozenset[int]) -> BoolArray:
        flags = np.zeros(rules.n_entries, dtype=bool)
        flags[terrain.entry[np.isin(units.unit_of_member, sorted(some))]] = True
        return flags

    def possible(some: frozenset[int]) -> bool | None:
        state = trials.ask(numbers, among=entries(some)).state
        return None if state == "unknown" else state == "possible"

    if possible(frozenset(range(units.count))) is not False:
        return np.flatnonzero(of_members)
    mine = entries(frozenset(minimal_set(range(units.count), possible)))
    return np.flatnonzero(mine | of_members)
