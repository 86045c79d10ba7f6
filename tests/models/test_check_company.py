"""Families, groups, conflicts, pairs of roles and the pool."""

from typing import Any, ClassVar

import pytest

from models.check import judge
from models.policy import Policy
from tests.tables import assignment_of, complaints, judged, org_of

REPS = [{"rep_id": "ana", "team": "red"}, {"rep_id": "ben", "team": "red"}, {"rep_id": "eve", "team": "blue"}]


def family(*owners: str | None) -> list[dict[str, Any]]:
    """One family, each member with its owner of today."""
    return [
        {"customer_id": f"C{place}", "family_id": "F1", "owner_id": owner, "revenue": 10.0 * place}
        for place, owner in enumerate(owners, start=1)
    ]


@pytest.mark.parametrize(
    ("families", "owners", "plan", "allowed"),
    [
        ("together", "ana ben", "ana ana", True),
        ("together", "ana ben", "ana ben", False),
        ("free", "ana ana", "ana ben", True),
        ("as_today", "ana ana", "ana ben", False),
        ("as_today", "ana ana", "eve eve", True),
        ("as_today", "ana ben", "eve ana", True),  # a family divided today is not joined
        ("as_today", "dan dan", "ana ben", False),  # of a departed owner, yet of one
        ("as_today", "- -", "ana ben", True),
        ({"together_when": "customer.revenue >= 20"}, "- - -", "ana ben ben", True),
        ({"together_when": "customer.revenue >= 20"}, "- - -", "ana ana ben", False),
    ],
)
def test_families_stay_together_as_the_policy_says(families, owners, plan, allowed):
    customers = family(*(None if owner == "-" else owner for owner in owners.split()))
    to = {row["customer_id"]: rep for row, rep in zip(customers, plan.split(), strict=True)}
    assert judged(customers, REPS, {"keep": {"families": families}}, to).feasible == allowed


def test_a_divided_family_is_named_member_by_member():
    judgement = judged(family(None, None), REPS, {"keep": {"families": "together"}}, {"C1": "ana", "C2": "ben"})
    assert complaints(judgement) == ["keep.families: a family that stays together is divided: C1 with ana, C2 with ben"]


def test_an_owner_whom_one_member_may_not_have_is_left_by_force():
    customers = family("ana", "ana")
    customers[1]["region"], reps = (
        "east",
        [{**rep, "regions": "west" if rep["rep_id"] == "ana" else None} for rep in REPS],
    )
    policy = {"eligibility": {"region": "same"}, "keep": {"families": "together"}}
    judgement = judged(customers, reps, policy, {"C1": "ben", "C2": "ben"})
    assert judgement.feasible
    assert judgement.forced.tolist() == [[True, True]]


def test_members_locked_apart_cannot_stay_together():
    policy = {"keep": {"families": "together", "locks": [{"name": "all", "when": "TRUE"}]}}
    for plan in ("ana ana", "ana ben", "ben ben"):
        to = dict(zip(("C1", "C2"), plan.split(), strict=True))
        assert not judged(family("ana", "ben"), REPS, policy, to).feasible


def test_two_competitors_never_have_one_rep():
    keep = {"conflicts": [{"name": "competitors", "customers": ["C1", "C3"]}], "families": "free"}
    judgement = judged(family(None, None, None), REPS, {"keep": keep}, {"C1": "ana", "C2": "ana", "C3": "ana"})
    assert complaints(judgement) == ["keep.conflicts[competitors]: ana has C1 and C3, at most one of them is allowed"]
    assert judged(family(None, None, None), REPS, {"keep": keep}, {"C1": "ana", "C2": "ana", "C3": "eve"}).feasible


@pytest.mark.parametrize(
    ("group", "wrong"),
    [
        ({"max": 1}, ["ana has 2 customers, at most 1 customer"]),
        ({"min": 1}, ["eve has 0 customers, at least 1 customer"]),
        ({"max": 2}, []),
        ({"per": "team", "max": 2}, ["team red has 3 customers, at most 2 customers"]),
        ({"per": "team", "min": 1}, ["team blue has 0 customers, at least 1 customer"]),
    ],
)
def test_a_group_limits_how_many_of_a_class_a_rep_or_a_team_has(group, wrong):
    keep = {"groups": [{"name": "strategic", "when": "customer.revenue > 5", **group}], "families": "free"}
    judgement = judged(family(None, None, None), REPS, {"keep": keep}, {"C1": "ana", "C2": "ana", "C3": "ben"})
    assert complaints(judgement) == [f"keep.groups[strategic]: {one}" for one in wrong]


def test_the_minimum_of_a_group_spares_a_rep_who_has_left():
    keep = {"groups": [{"name": "all", "when": "TRUE", "min": 1}]}
    reps = [{"rep_id": "ana"}, {"rep_id": "ben", "status": "left"}]
    assert judged([{"customer_id": "C1"}], reps, {"keep": keep}, {"C1": "ana"}).feasible


class TestPool:
    CUSTOMERS = (
        {"customer_id": "C1", "tier": "C", "family_id": "F1"},
        {"customer_id": "C2", "tier": "A", "family_id": "F1"},
    )
    POLICY: ClassVar = {"pool": {"when": "customer.tier = 'C'", "penalty": "4"}}

    def test_without_a_pool_everybody_is_owned(self):
        judgement = judged(self.CUSTOMERS, REPS, {}, {"C1": None, "C2": "ana"})
        assert complaints(judgement) == ["pool: C1 may not be without an owner"]

    def test_only_those_named_may_be_without_an_owner(self):
        judgement = judged(self.CUSTOMERS, REPS, self.POLICY, {"C1": None, "C2": None})
        assert complaints(judgement) == ["pool.when: C2 may not be without an owner"]
        assert judgement.goals["pool"].value == 8

    def test_a_family_is_pooled_only_as_a_whole(self):
        policy = {**self.POLICY, "keep": {"families": "together"}}
        lines = [broken.line for broken in judged(self.CUSTOMERS, REPS, policy, {"C1": None, "C2": "ana"}).violations]
        assert lines == ["pool.when", "keep.families"]

    def test_a_pooled_customer_costs_its_penalty_even_when_the_goal_is_not_listed(self):
        judgement = judged(self.CUSTOMERS, REPS, self.POLICY, {"C1": None, "C2": "ana"})
        assert judgement.feasible
        assert judgement.objective == 4


class TestRoles:
    """Sales for everybody, service for A customers, both of one team."""

    ORG = org_of(
        [{"customer_id": "C1", "tier": "A", "owner_id_service": "sue"}, {"customer_id": "C2", "tier": "B"}],
        [
            {"rep_id": "ana", "role": "sales", "team": "red"},
            {"rep_id": "ben", "role": "sales", "team": None},
            {"rep_id": "sue", "role": "service", "team": "red"},
            {"rep_id": "tom", "role": "service", "team": "blue"},
            {"rep_id": "una", "role": "service", "team": None},
            {"rep_id": "kim", "role": None, "team": "red"},
        ],
    )
    POLICY = Policy.model_validate({"roles": {"sales": {}, "service": {"when": "customer.tier = 'A'", "same": "team"}}})

    def wrong(self, sales: dict[str, str], service: dict[str, str]) -> list[str]:
        return complaints(
            judge(self.ORG, self.POLICY, assignment_of(self.ORG, self.POLICY, sales=sales, service=service))
        )

    def test_each_role_is_served_where_it_is_needed(self):
        assert self.wrong({"C1": "ana", "C2": "ana"}, {"C1": "sue"}) == []
        assert self.wrong({"C1": "ana", "C2": "ana"}, {}) == [
            "roles[service]: C1 needs an owner as service and has none"
        ]

    def test_a_role_is_not_served_where_it_is_not_needed(self):
        assert self.wrong({"C1": "ana", "C2": "ana"}, {"C1": "sue", "C2": "sue"}) == [
            "roles[service]: C2 does not need the role service"
        ]

    def test_a_rep_works_in_the_own_role_only(self):
        assert self.wrong({"C1": "ana", "C2": "sue"}, {"C1": "sue"}) == [
            "roles[sales]: C2 is with sue, whose role is service"
        ]
        assert self.wrong({"C1": "ana", "C2": "kim"}, {"C1": "sue"}) == [
            "roles[sales]: C2 is with kim, whose role is blank"
        ]

    def test_both_owners_are_of_one_team(self):
        assert self.wrong({"C1": "ana", "C2": "ana"}, {"C1": "tom"}) == [
            "roles[service].same: C1 has tom as service and ana as sales, not of the same team"
        ]

    def test_reps_without_a_team_never_pair(self):
        assert len(self.wrong({"C1": "ben", "C2": "ana"}, {"C1": "una"})) == 1

    def test_an_owner_in_one_role_only_moves_in_that_role(self):
        plan = assignment_of(self.ORG, self.POLICY, sales={"C1": "ana", "C2": "ana"}, service={"C1": "tom"})
        judgement = judge(self.ORG, self.POLICY, plan)
        assert judgement.newly.tolist() == [[True, True], [False, False]]
        assert judgement.moved.tolist() == [[False, False], [True, False]]
