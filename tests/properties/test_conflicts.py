"""Conflicts and relaxations of random tiny orgs, held against every assignment there is, judged by the checker."""

from __future__ import annotations

import functools
from collections.abc import Iterator

import pytest

from models.check import judge
from models.conflicts.infeasibility import Infeasibility, explain_infeasible
from models.conflicts.relaxation import Relaxation
from models.conflicts.rulebook import Rulebook
from models.findings import InputRefused
from models.org import Org
from models.plan import Violation
from models.policy import CUSTOMERS, Policy, line_names
from models.presence import availability
from tests.breaches import Breaches
from tests.tiny import tiny

MOST_ASSIGNMENTS = 2_200
FEW, MANY = 3, 500
SMALL = 100
LIMITS = ("capacity[", "disruption.budgets[", "keep.groups[", "goals[")


@functools.cache
def cases(count: int, most: int) -> tuple[tuple[int, Org, Policy, Infeasibility, Breaches], ...]:
    """Return the first infeasible tiny orgs with few enough assignments to try them all."""
    return tuple(case for case, _ in zip(_infeasible(most), range(count), strict=False))


def _infeasible(most: int) -> Iterator[tuple[int, Org, Policy, Infeasibility, Breaches]]:
    seed = 0
    while True:
        org, policy = tiny(seed)
        breaches = Breaches(org, policy)
        try:
            if breaches.count <= most:
                why = explain_infeasible(org, policy)
                if not why.plan_exists:
                    yield seed, org, policy, why, breaches
        except InputRefused:
            pass
        seed += 1


SHARES = [pytest.param(FEW, SMALL, id="few"), pytest.param(MANY, MOST_ASSIGNMENTS, id="many", marks=pytest.mark.long)]


@pytest.mark.parametrize(("count", "most"), SHARES)
def test_no_assignment_keeps_a_conflict_and_some_keeps_it_without_any_one_member(count, most):
    for seed, _, _, why, breaches in cases(count, most):
        assert why.complete, seed
        assert why.conflicts, seed
        for conflict in why.conflicts:
            if not conflict.members:
                continue
            assert conflict.minimal, (seed, conflict.members)
            assert not breaches.possible(conflict.members, conflict.aside), (seed, conflict.members)
            for left_out in conflict.members:
                rest = [one for one in conflict.members if one is not left_out]
                assert breaches.possible(rest, conflict.aside), (seed, left_out)


@pytest.mark.parametrize(("count", "most"), SHARES)
def test_every_witness_breaks_nothing_but_what_is_left_out(count, most):
    for seed, _, _, why, breaches in cases(count, most):
        for conflict in why.conflicts:
            exempt = {str(breaches.org.customer_ids[c]) for c in conflict.aside}
            for left_out, witness in conflict.witnesses:
                assert witness is not None, seed
                rest = [one for one in conflict.members if one is not left_out]
                found = judge(breaches.org, breaches.policy, witness.assignment).violations
                assert not any(breaches.breaks(one, rest, exempt) for one in found), (seed, left_out)


@pytest.mark.parametrize(("count", "most"), SHARES)
def test_every_relaxation_cures_everything_and_is_unlike_the_others(count, most):
    for seed, _, _, why, _ in cases(count, most):
        assert why.relaxations, seed
        for one in why.relaxations:
            assert judge(one.org, one.policy, one.assignment).feasible, (seed, one.sentence)
        assert len({one.words for one in why.relaxations}) == len(why.relaxations), seed
        # where a single set of lines can give way, the second changes it for others
        assert len(why.relaxations) <= 2 or len({one.lines for one in why.relaxations}) == len(why.relaxations), seed
        assert [one.size for one in why.relaxations] == sorted(one.size for one in why.relaxations), seed


@pytest.mark.parametrize(("count", "most"), SHARES)
def test_nearly_always_there_are_two_ways_out(count, most):
    single = [seed for seed, _, _, why, _ in cases(count, most) if len(why.relaxations) < 2]
    assert len(single) <= 0.03 * count, single


@pytest.mark.parametrize(("count", "most"), SHARES)
def test_what_is_called_the_least_change_of_limits_is_the_least_of_all_assignments(count, most):
    for seed, _, _, why, breaches in cases(count, most):
        if any(not conflict.members for conflict in why.conflicts):
            continue
        for one in why.relaxations:
            if one.cheapest and all(change.easing.way == "limit" for change in one.changes):
                least = _least(breaches, one)
                assert one.size == pytest.approx(least, rel=4e-3, abs=4e-3), (seed, one.sentence)


def _least(breaches: Breaches, relaxation: Relaxation) -> float:
    """Return the least that the limits of a relaxation's lines are exceeded by, in all, over every assignment."""
    policy = breaches.policy
    gone = [str(rep) for rep, share in zip(breaches.org.rep_ids, availability(breaches.org), strict=True) if not share]
    # to raise a limit that is prorated to nothing changes nothing
    prorated = [
        name
        for name, line in zip(line_names(policy.capacity), policy.capacity, strict=True)
        if line.per == "rep" and line.measure != CUSTOMERS
    ]
    away = {(f"capacity[{name}]", rep) for name in prorated for rep in gone}
    spared = {(one.line, one.side, one.label) for one in relaxation.spared if one.limit is not None}
    with Rulebook(breaches.org, breaches.policy) as rules:
        bases = {(one.line, one.side, one.label): one.base for one in rules.members if one.limit is not None}
    return min((_excess(found, relaxation, bases, away, spared) for found in breaches.all), default=float("inf"))


def _excess(
    violations: tuple[Violation, ...],
    relaxation: Relaxation,
    bases: dict[tuple[str, str | None, str | None], float],
    away: set[tuple[str, str]],
    spared: set[tuple[str, str | None, str | None]],
) -> float:
    worst: dict[tuple[str, str, str | None], float] = {}
    for one in violations:
        if not one.line.startswith(LIMITS) or one.found is None or one.limit is None:
            return float("inf")
        side = "max" if one.found > one.limit else "min"
        if f"{one.line}.{side}" not in relaxation.lines or (one.line, one.rep) in away:
            return float("inf")
        label = None if one.line.startswith("goals[") else one.label or "overall"
        if (one.line, side, label) in spared:
            return float("inf")
        size = abs(one.found - one.limit) / (abs(one.limit) or bases[one.line, side, label])
        shared = None if one.line.startswith("keep.groups[") else label
        worst[one.line, side, shared] = max(worst.get((one.line, side, shared), 0.0), size)
    return sum(worst.values())
