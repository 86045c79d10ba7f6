"""Each cause by a few rows: what the conflict is, and a way out of it."""

from __future__ import annotations

from tests.models.conflicts.explained import HOURS, customers, explained, paths, ways


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
