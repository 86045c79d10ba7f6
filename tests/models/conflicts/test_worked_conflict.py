"""The worked case with a minimum of two customers: no plan exists, and it is known by hand why and what helps."""

from __future__ import annotations

import pytest

from models.conflicts.infeasibility import Infeasibility, explain_infeasible
from models.solve import solve
from tests.worked import worked_org, worked_policy

LINES = [{"measure": "workload", "max": "rep.capacity_workload_hours"}, {"measure": "customers", "min": 2}]


@pytest.fixture(scope="module")
def why() -> Infeasibility:
    return explain_infeasible(worked_org(), worked_policy(capacity=LINES))


def test_eves_hours_and_her_two_customers_clash_given_her_region(why):
    (conflict,) = why.conflicts
    assert [(one.path, one.label, one.limit) for one in conflict.clash] == [
        ("capacity[workload].max", "eve", 50.0),
        ("capacity[customers].min", "eve", 2.0),
    ]
    assert [one.line for one in conflict.given] == ["eligibility.region"]
    assert conflict.minimal
    assert why.complete


def test_the_customers_left_for_eve_are_named_with_the_hours_they_take(why):
    (conflict,) = why.conflicts
    ids = worked_org().customer_ids
    assert [ids[c] for c in conflict.customers] == ["C5", "C6"]
    assert [(need.member.path, need.value, need.limit, need.proven) for need in conflict.needs] == [
        ("capacity[workload].max", 80.0, 50.0, True),
        ("capacity[customers].min", 1.0, 2.0, True),
    ]


def test_the_conflict_is_told_in_the_words_of_policy_and_tables(why):
    (told,) = why.told
    assert told.title == "These cannot all hold"
    assert [one.words for one in told.clash] == [
        "the workload of eve is at most 50 h (100 h, there for 50% of the period)",
        "eve has at least 2 customers",
    ]
    them = "(with River Foods (C5) and Ash & Oak (C6))"
    assert told.sums == (
        "only River Foods (C5) and Ash & Oak (C6) may be with eve",
        f"with the rest kept, the workload of eve is at least 80 h {them}: 30 h more than allowed",
        f"with the rest kept, eve has at most 1 customer {them}: 1 customer less than the minimum",
    )


def test_the_conflict_names_the_cells_that_it_draws_on(why):
    (told,) = why.told
    cells = [(cell.table, cell.row, cell.column, cell.value) for cell in told.clash[0].cells]
    assert cells == [("reps", 2, "capacity_workload_hours", 100.0), ("reps", 2, "available_from", "2027-02-15")]


def test_thirty_hours_more_or_a_minimum_of_one_is_the_least_that_helps(why):
    first, second, *_ = why.relaxations
    assert first.sentence == "Lower the minimum of customers of eve by 1 to 1"
    assert second.sentence == "Raise the maximum of workload of eve by 30 h to 80 h"
    assert (first.size, second.size) == (0.5, 0.6)
    assert first.cheapest
    assert second.cheapest


def test_every_way_out_leaves_a_plan(why):
    assert len(why.relaxations) >= 2
    for one in why.relaxations:
        assert solve(one.org, one.policy).status == "optimal"


def test_where_a_plan_exists_there_is_nothing_to_explain():
    why = explain_infeasible(worked_org(), worked_policy())
    assert why.plan_exists
    assert not why.conflicts
