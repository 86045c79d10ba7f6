"""Why no plan exists where limits, budgets and ceilings are too tight: the lines, the arithmetic and the ways out."""

from __future__ import annotations

import pytest

from models.conflicts.change import SetValue
from tests.models.conflicts.explained import HOURS, customers, explained, paths, ways


def test_a_region_cannot_hold_what_is_locked_into_it():
    why = explained(
        [
            {"customer_id": "C1", "hours": 40, "region": "west", "owner_id": "ana", "locked": True},
            {"customer_id": "C2", "hours": 30, "region": "west", "owner_id": "ana", "locked": True},
        ],
        [{"rep_id": "ana"}, {"rep_id": "bob"}],
        {
            **HOURS,
            "capacity": [{"measure": "hours", "max": 60}],
            "keep": {"locks": [{"name": "CRM", "when": "customer.locked"}]},
        },
    )
    assert paths(why) == [[("capacity[hours].max", "ana"), ("keep.locks[CRM]", None), ("keep.locks[CRM]", None)]]
    assert "C1 is locked with ana (CRM)" in [one.words for one in why.told[0].clash]
    assert ways(why)[0] == "Raise the maximum of hours of ana by 10 h to 70 h"
    assert {"Unlock C1", "Unlock C2"} & set(ways(why))


def test_a_limit_of_a_region_is_below_what_must_be_owned_in_it():
    why = explained(
        customers(40, 30, region="west"),
        [{"rep_id": "ana"}],
        {**HOURS, "capacity": [{"measure": "hours", "per": "region", "max": {"west": 60}}]},
    )
    assert paths(why) == [[("capacity[hours].max", "west")]]
    assert ways(why)[0] == "Raise the maximum of hours of region west by 10 h to 70 h"


def test_a_minimum_above_a_maximum_clashes_with_it():
    why = explained(
        customers(30, 30, 30),
        [{"rep_id": "ana"}, {"rep_id": "bob"}],
        {
            **HOURS,
            "capacity": [
                {"measure": "hours", "max": {"ana": 30}},
                {"name": "least", "measure": "hours", "min": {"ana": 60}},
            ],
        },
    )
    assert paths(why) == [[("capacity[hours].max", "ana"), ("capacity[least].min", "ana")]]
    assert ways(why)[:2] == [
        "Lower the minimum of hours of ana by 30 h to 30 h",
        "Raise the maximum of hours of ana by 30 h to 60 h",
    ]


def test_a_budget_is_below_the_moves_that_capacity_makes_unavoidable():
    why = explained(
        customers(30, 30, 30, owner_id="ana"),
        [{"rep_id": "ana"}, {"rep_id": "bob"}],
        {
            **HOURS,
            "capacity": [{"measure": "hours", "max": 40}],
            "disruption": {"budgets": [{"of": "customers", "max": 1}]},
        },
    )
    hours = [("capacity[hours].max", "ana"), ("capacity[hours].max", "bob")]
    assert paths(why) == [hours]
    assert why.complete
    assert any("admit 1 more move, 2 in all, in the budget 'customers'" in one.lower() for one in ways(why))


def test_each_rep_whose_limit_clashes_with_one_budget_is_told():
    rows = [*customers(30, 30, owner_id="ana"), *customers(30, 30, owner_id="bob")]
    why = explained(
        [{**row, "customer_id": f"C{n}"} for n, row in enumerate(rows)],
        [{"rep_id": "ana"}, {"rep_id": "bob"}, {"rep_id": "cy"}],
        {
            **HOURS,
            "capacity": [{"measure": "hours", "max": {"ana": 40, "bob": 40}}],
            "disruption": {"budgets": [{"of": "customers", "max": 0}]},
        },
    )
    budget = ("disruption.budgets[customers].max", "overall")
    assert sorted(paths(why)) == [[("capacity[hours].max", rep), budget] for rep in ("ana", "bob")]
    assert all(conflict.minimal for conflict in why.conflicts)
    assert why.complete
    assert any("2 more moves" in one.lower() for one in ways(why))


def test_of_two_minimums_for_one_customer_either_may_be_lowered():
    why = explained(
        customers(30),
        [{"rep_id": "ana"}, {"rep_id": "bob"}],
        {**HOURS, "capacity": [{"measure": "customers", "min": 1}]},
    )
    assert sorted(ways(why)) == [f"Lower the minimum of customers of {rep} by 1 to 0" for rep in ("ana", "bob")]


@pytest.mark.parametrize(
    ("given", "typed"),
    [
        (40, SetValue("capacity[hours]", None)),
        ({"ana": 40, "bob": 30}, SetValue("capacity[hours].max", {"bob": 30})),
        (
            "20 + 20",
            SetValue("capacity[hours].max", "case when rep.rep_id = 'ana' then null else (20 + 20) end"),
        ),
    ],
)
def test_of_a_rep_who_is_away_no_limit_is_raised_but_it_may_be_lifted(given, typed):
    roster = [{"rep_id": "ana", "status": "leave"}]
    if isinstance(given, dict):
        roster.append({"rep_id": "bob"})
    why = explained(
        customers(20, owner_id="ana"),
        roster,
        {
            **HOURS,
            "capacity": [{"measure": "hours", "max": given}],
            "eligibility": {"rules": [{"name": "hers", "require": "rep.rep_id = 'ana'"}]},
        },
    )
    lifted = next(one for one in why.relaxations if one.changes[0].easing.way == "lift")
    assert lifted.sentence == "Lift the maximum of hours of ana, who is away"
    assert lifted.changes[0].typed == (typed,)


@pytest.mark.parametrize("given", [40, {"ana": 40, "bob": 30, "eve": 50}])
@pytest.mark.parametrize("away", [("ana",), ("ana", "bob"), ("ana", "bob", "eve")])
def test_limits_of_one_line_are_lifted_for_those_who_are_away_and_raised_for_others(given, away):
    people = [
        {"customer_id": f"C{at}", "hours": 60, "owner_id": owner, "locked": True}
        for at, owner in enumerate(("ana", "bob", "eve"))
    ]
    why = explained(
        people,
        [{"rep_id": rep, "status": "leave" if rep in away else "active"} for rep in ("ana", "bob", "eve")],
        {
            **HOURS,
            "capacity": [{"measure": "hours", "max": given}],
            "keep": {"locks": [{"name": "CRM", "when": "customer.locked"}]},
        },
    )
    eased = [[change.easing.way for change in one.changes] for one in why.relaxations]
    assert ["limit"] * (3 - len(away)) + ["lift"] * len(away) in eased


def test_one_more_move_is_admitted_where_only_the_budget_is_in_the_way():
    why = explained(
        customers(30, 30, owner_id="ana"),
        [{"rep_id": "ana"}, {"rep_id": "bob"}],
        {
            **HOURS,
            "capacity": [{"measure": "hours", "max": 40}],
            "disruption": {"budgets": [{"of": "customers", "max": "20%"}]},
        },
    )
    assert paths(why) == [[("capacity[hours].max", "ana"), ("disruption.budgets[customers].max", "overall")]]
    assert "Raise the maximum of hours of ana by 20 h to 60 h" in ways(why)
    assert "Raise the maximum of budget 'customers' by 0.6 to 1 (50%)" in ways(why)


def test_a_goal_whose_limit_is_out_of_reach():
    why = explained(
        customers(30, 30, owner_id="ana"),
        [{"rep_id": "ana"}, {"rep_id": "bob"}],
        {
            **HOURS,
            "capacity": [{"measure": "hours", "max": 40}],
            "goals": [{"goal": "moves", "max": 0}],
        },
    )
    assert paths(why) == [[("capacity[hours].max", "ana"), ("goals[moves].max", None)]]
    assert "Raise the maximum of goal moves by 1 moves to 1 moves" in ways(why)


def test_limits_of_more_reps_than_an_expression_should_name_are_set_rep_by_rep():
    reps = [{"rep_id": f"R{n:03d}", "room": 2} for n in range(14)]
    rows = [{"customer_id": f"C{n:03d}", "owner_id": f"R{n % 14:03d}", "hours": 1.0} for n in range(42)]
    why = explained(
        rows,
        reps,
        {
            **HOURS,
            "capacity": [{"measure": "hours", "max": "rep.room * 1.2"}],
            "keep": {"locks": [{"name": "all", "when": "true"}]},
        },
    )
    first = why.relaxations[0]
    assert {type(one) for change in first.changes for one in change.typed} == {SetValue}
    typed = first.changes[0].typed[0].value
    assert len(typed) == 14
    assert set(typed.values()) == {3}
    assert first.policy.capacity[0].max.expression is None
