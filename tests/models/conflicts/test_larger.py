"""Orgs that are too large to try everything: limits of one line first, and what is not shown is said to be so."""

from __future__ import annotations

from dataclasses import replace

import pytest

from models.check import judge
from models.conflicts.conflict import find_conflicts
from models.conflicts.feasibility import Trials
from models.conflicts.infeasibility import Infeasibility, explain_infeasible
from models.conflicts.rulebook import Rulebook
from models.org import Org
from models.policy import Policy
from models.stop import Stop
from tests.middling import middling_org, middling_policy

FREE = {"budgets": []}


def tight(share: float, **sections: object) -> Policy:
    """Return a policy by which each rep has a share of the hours that there are room for."""
    capacity = [{"measure": "workload", "max": f"rep.capacity_workload_hours * {share}"}]
    return middling_policy(**{"capacity": capacity, "disruption": FREE, **sections})


def sound(org: Org, policy: Policy, why: Infeasibility) -> None:
    """Hold witnesses and relaxations to the checker."""
    for conflict in why.conflicts:
        for left_out, witness in conflict.witnesses:
            if witness is None:
                assert not conflict.minimal
                continue
            found = judge(org, policy, witness.assignment).violations
            rest = {(one.line, one.label) for one in conflict.members if one is not left_out}
            assert not {(one.line, one.label) for one in found} & rest
    for one in why.relaxations:
        assert judge(one.org, one.policy, one.assignment).feasible


def too_full(org: Org, policy: Policy) -> set[str]:
    """Return the reps whose customers of today take more hours than they may have."""
    hours = org.customers.groupby("owner_id")["workload_hours"].sum()
    limits = org.reps.set_index("rep_id")["capacity_workload_hours"]
    return set(hours[hours > limits[hours.index]].index)


@pytest.mark.long
def test_hours_that_do_not_add_up_are_told_with_the_reps_they_are_short_for():
    org, policy = middling_org(240, 24), tight(0.8)
    why = explain_infeasible(org, policy)
    assert why.conflicts
    assert {one.path for conflict in why.conflicts for one in conflict.clash} == {"capacity[workload].max"}
    assert why.relaxations
    assert {one.path for one in (change.member for change in why.relaxations[0].changes)}
    sound(org, policy, why)


def test_a_budget_too_small_for_what_capacity_moves_is_told_with_the_overloaded_reps():
    org = middling_org(240, 24)
    policy = tight(1.0, disruption={"budgets": [{"of": "customers", "max": 0}]}, eligibility={})
    why = explain_infeasible(org, policy)
    both = {"capacity[workload].max", "disruption.budgets[customers].max"}
    overloaded = too_full(org, policy)
    assert len(overloaded) > 5
    assert [{one.path for one in conflict.clash} for conflict in why.conflicts] == [both] * len(overloaded)
    assert {one.label for conflict in why.conflicts for one in conflict.clash if one.per == "rep"} == overloaded
    assert all(conflict.minimal and not conflict.given for conflict in why.conflicts)
    moves = [need.value for conflict in why.conflicts for need in conflict.needs if need.member.per != "rep"]
    assert len(moves) == len(overloaded)
    assert all(value >= 1 and value.is_integer() for value in moves)
    assert why.complete
    sound(org, policy, why)


@pytest.mark.long
def test_the_same_org_has_the_same_answer_twice():
    org, policy = middling_org(240, 24), tight(0.8)
    one, other = explain_infeasible(org, policy), explain_infeasible(org, policy)
    assert [conflict.members for conflict in one.conflicts] == [conflict.members for conflict in other.conflicts]
    assert [way.sentence for way in one.relaxations] == [way.sentence for way in other.relaxations]


def test_without_work_left_a_conflict_is_said_not_to_be_shown_minimal():
    org, policy = middling_org(240, 24), tight(0.8)
    with Rulebook(org, policy) as rules:
        found = find_conflicts(Trials(rules, Stop(), most_work=1))
    assert not found.complete
    assert not any(conflict.minimal for conflict in found.conflicts)


def test_asked_to_stop_it_says_what_is_known_so_far():
    stop = Stop()
    stop.interrupt()
    why = explain_infeasible(middling_org(240, 24), tight(0.8), stop=stop)
    assert not why.complete
    assert not why.plan_exists


@pytest.mark.long
@pytest.mark.parametrize("share", [0.7, 0.85])
def test_programs_too_large_to_solve_as_they_are_give_conflicts_and_ways_out_that_hold(share):
    org, policy = middling_org(3000, 40), tight(share)
    why = explain_infeasible(org, policy, stop=replace(Stop(), effort=0.5))
    assert why.conflicts
    assert why.relaxations
    sound(org, policy, why)
