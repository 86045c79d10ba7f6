"""Each cause by a few rows: what the conflict is, and a way out of it."""

from __future__ import annotations

from typing import Any

import pytest

from models.conflicts.change import SetValue
from models.conflicts.infeasibility import Infeasibility, explain_infeasible
from models.policy import Policy
from tests.tables import Rows, org_of

HOURS = {"measures": {"hours": {"value": "customer.hours", "unit": "h"}}}


def explained(customers: Rows, reps: Rows, policy: dict[str, Any], **tables: Any) -> Infeasibility:
    return explain_infeasible(org_of(customers, reps, **tables), Policy.model_validate(policy))


def paths(why: Infeasibility) -> list[list[tuple[str, str | None]]]:
    return [[(one.path, one.label) for one in conflict.members] for conflict in why.conflicts]


def ways(why: Infeasibility) -> list[str]:
    return [one.sentence for one in why.relaxations]


def customers(*hours: float, **columns: Any) -> list[dict[str, Any]]:
    return [{"customer_id": f"C{n}", "hours": one, **columns} for n, one in enumerate(hours, start=1)]


def test_a_skill_that_nobody_has_leaves_a_customer_without_candidate():
    why = explained(
        [{"customer_id": "C1", "required_skills": "cloud:3"}, {"customer_id": "C2"}],
        [{"rep_id": "ana", "skills": "cloud:1"}, {"rep_id": "bob", "skills": "german"}],
        {"eligibility": {"skills": "required"}},
    )
    assert paths(why) == [[("eligibility.skills", None)]]
    assert why.told[0].title == "Nobody may own C1"
    assert why.told[0].sums == ("eligibility.skills keeps ana and bob from C1: it requires cloud:3",)
    assert ways(why) == ["Train ana in cloud:3", "Leave C1 without an owner", "Hire a rep like ana with cloud:3"]


def test_region_and_skill_together_leave_nobody_and_each_alone_leaves_somebody():
    why = explained(
        [{"customer_id": "C1", "required_skills": "cloud:3", "region": "west"}],
        [
            {"rep_id": "ana", "skills": "cloud:3", "regions": "east"},
            {"rep_id": "bob", "skills": None, "regions": "west"},
        ],
        {"eligibility": {"skills": "required", "region": "same"}},
    )
    assert paths(why) == [[("eligibility.region", None), ("eligibility.skills", None)]]
    assert why.conflicts[0].minimal
    assert {"Let ana cover west", "Train bob in cloud:3"} <= set(ways(why))


def test_a_scarce_skill_is_told_by_the_one_rep_who_has_it_and_her_room():
    why = explained(
        customers(30, 30, 30, required_skills="cloud"),
        [{"rep_id": "ana", "skills": "cloud"}, {"rep_id": "bob"}],
        {**HOURS, "eligibility": {"skills": "required"}, "capacity": [{"measure": "hours", "max": 70}]},
    )
    assert paths(why) == [[("capacity[hours].max", "ana"), ("eligibility.skills", None)]]
    assert "only ana may own C1, C2 and C3" in why.told[0].sums
    assert "Raise the maximum of hours of ana by 20 h to 90 h" in ways(why)
    assert "Train bob in cloud:1" in ways(why)


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


def test_a_family_that_stays_together_is_locked_apart():
    why = explained(
        [
            {"customer_id": "C1", "family_id": "F", "owner_id": "ana", "locked": True},
            {"customer_id": "C2", "family_id": "F", "owner_id": "bob", "locked": True},
        ],
        [{"rep_id": "ana"}, {"rep_id": "bob"}],
        {"keep": {"families": "together", "locks": [{"name": "CRM", "when": "customer.locked"}]}},
    )
    assert [one.line for one in why.conflicts[0].clash] == ["keep.families", "keep.locks[CRM]", "keep.locks[CRM]"]
    assert "Let C1 and C2 have reps of their own" in ways(why)
    assert {"Unlock C1", "Unlock C2"} & set(ways(why))


def test_a_group_of_too_many_for_the_reps_there_are():
    why = explained(
        [{"customer_id": f"C{n}", "tier": "A"} for n in range(1, 4)],
        [{"rep_id": "ana"}, {"rep_id": "bob"}],
        {"keep": {"groups": [{"name": "large", "when": "customer.tier = 'A'", "max": 1}]}},
    )
    assert paths(why) == [[("keep.groups[large].max", "ana"), ("keep.groups[large].max", "bob")]]
    assert "Raise the maximum of group 'large' by 1 to 2" in ways(why)


def test_a_group_with_too_few_members_for_everybody():
    why = explained(
        [{"customer_id": "C1", "tier": "A"}, {"customer_id": "C2", "tier": "B"}],
        [{"rep_id": "ana"}, {"rep_id": "bob"}],
        {"keep": {"groups": [{"name": "large", "when": "customer.tier = 'A'", "min": 1}]}},
    )
    assert paths(why) == [[("keep.groups[large].min", "ana"), ("keep.groups[large].min", "bob")]]
    assert ways(why)[0] == "Lower the minimum of group 'large' by 1 to 0"


def test_three_competitors_and_two_reps():
    why = explained(
        [{"customer_id": f"C{n}"} for n in range(1, 4)],
        [{"rep_id": "ana"}, {"rep_id": "bob"}],
        {"keep": {"conflicts": [{"name": "rivals", "customers": ["C1", "C2", "C3"]}]}},
    )
    assert paths(why) == [[("keep.conflicts[rivals]", None)]]
    assert "Let C1, C2 and C3 be with one rep" in ways(why)
    assert "Hire a rep like ana" in ways(why)


def test_two_roles_that_must_be_of_one_team_and_are_of_two():
    why = explained(
        [{"customer_id": "C1"}],
        [{"rep_id": "ana", "role": "sales", "team": "red"}, {"rep_id": "bob", "role": "service", "team": "blue"}],
        {"roles": {"sales": {}, "service": {"same": "team"}}},
    )
    assert paths(why) == [[("roles[service].same", None)]]
    assert "Let the owners of a customer as sales and as service be of different teams" in ways(why)


def test_a_role_for_which_there_is_nobody():
    why = explained(
        [{"customer_id": "C1"}, {"customer_id": "C2"}],
        [{"rep_id": "ana", "role": "sales"}],
        {"roles": {"sales": {}, "service": {"when": "customer.customer_id = 'C1'"}}},
    )
    assert paths(why) == [[]]
    assert why.told[0].title == "There is nobody on the roster who could own C1"
    assert {"Leave C1 without an owner", "Hire a rep like ana as service"} <= set(ways(why))


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


def test_two_independent_conflicts_are_both_told_and_cured_together():
    why = explained(
        [*customers(50, region="west"), {"customer_id": "C9", "hours": 1, "region": "north"}],
        [{"rep_id": "ana", "regions": "west"}],
        {**HOURS, "eligibility": {"region": "same"}, "capacity": [{"measure": "hours", "max": 40}]},
    )
    assert paths(why) == [[("eligibility.region", None)], [("capacity[hours].max", "ana")]]
    assert why.conflicts[1].aside == (1,)
    assert len(why.relaxations) >= 2
    assert all(len(one.changes) >= 2 for one in why.relaxations if one.changes[0].easing.way != "hire")


def test_a_listed_pair_is_missing():
    why = explained(
        [{"customer_id": "C1"}, {"customer_id": "C2"}],
        [{"rep_id": "ana"}],
        {},
        pairs=[{"customer_id": "C1", "rep_id": "ana"}],
        pairs_only=True,
    )
    assert paths(why) == [[("tables.pairs.only", None)]]
    assert "List the pair of C2 and ana" in ways(why)


def test_a_customer_id_with_a_quote_is_left_out_of_a_rule_all_the_same():
    why = explained(
        [{"customer_id": "O'Hara", "tier": "A"}],
        [{"rep_id": "ana", "seniority": 1}],
        {
            "eligibility": {
                "rules": [{"name": "seniors", "when": "customer.tier = 'A'", "require": "rep.seniority > 2"}]
            }
        },
    )
    assert "Leave O'Hara out of the rule 'seniors'" in ways(why)


def test_accepted_answers_that_no_book_can_hold_are_named_one_by_one_with_the_limit():
    why = explained(
        customers(30, 30, 10),
        [{"rep_id": "ana"}, {"rep_id": "bob"}],
        {**HOURS, "capacity": [{"measure": "hours", "max": 50}]},
        proposal=[
            {"customer_id": "C1", "role": None, "rep_id": "ana", "accepted": "yes"},
            {"customer_id": "C2", "role": None, "rep_id": "ana", "accepted": "yes"},
            {"customer_id": "C3", "role": None, "rep_id": "bob", "accepted": None},
        ],
    )
    assert not why.plan_exists
    assert [(one.kind, one.line, one.label, one.customers) for one in why.conflicts[0].members] == [
        ("capacity", "capacity[hours]", "ana", ()),
        ("accepted", "proposal.accepted", None, (0,)),
        ("accepted", "proposal.accepted", None, (1,)),
    ]
    assert why.conflicts[0].minimal


def test_an_answer_that_keeps_a_customer_from_its_only_rep_can_be_taken_back():
    why = explained(
        [{"customer_id": "C1"}],
        [{"rep_id": "ana"}],
        {},
        proposal=[{"customer_id": "C1", "role": None, "rep_id": "ana", "accepted": "no"}],
    )
    assert paths(why) == [[("proposal.rejected", None)]]
    assert "Take back that C1 was rejected with ana" in ways(why)


def test_an_acceptance_of_a_rep_who_is_gone_and_a_lock_each_leave_nobody():
    why = explained(
        [{"customer_id": "C1"}, {"customer_id": "C2", "locked": True, "owner_id": "ana"}],
        [{"rep_id": "ana"}, {"rep_id": "bob"}],
        {"keep": {"locks": [{"name": "CRM", "when": "customer.locked"}]}},
        proposal=[
            {"customer_id": "C1", "role": None, "rep_id": "zoe", "accepted": "yes"},
            {"customer_id": "C2", "role": None, "rep_id": "bob", "accepted": "yes"},
        ],
    )
    assert sorted(sorted(one.words for one in told.clash) for told in why.told) == [
        ["C1 was accepted with somebody who is not on the roster"],
        ["C2 is locked with ana (CRM)", "C2 was accepted with bob"],
    ]


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
