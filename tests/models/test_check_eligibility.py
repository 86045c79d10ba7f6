"""Who may own whom, one rule at a time."""

import datetime as dt
from typing import Any, ClassVar

import pytest

from tests.tables import complaints, judged

ONE = [{"customer_id": "C1"}]


def judged_pair(customer: dict[str, Any], rep: dict[str, Any], eligibility: dict[str, Any], **tables: Any) -> list[str]:
    """Put one customer with Ben and return what is wrong."""
    judgement = judged(
        [{"customer_id": "C1", **customer}],
        [{"rep_id": "ben", **rep}],
        {"eligibility": eligibility},
        {"C1": "ben"},
        **tables,
    )
    return complaints(judgement)


def test_a_rep_who_has_left_takes_nobody():
    assert judged_pair({}, {"status": "Left"}, {}) == ["presence: C1 is with ben, who has left"]


def test_a_rep_who_leaves_within_the_period_takes_nobody():
    assert judged_pair({}, {"available_to": dt.date(2027, 3, 30)}, {}) == ["presence: C1 is with ben, who has left"]
    assert judged_pair({}, {"available_to": dt.date(2027, 3, 31)}, {}) == []


def test_a_rep_on_leave_may_still_own_customers():
    assert judged_pair({}, {"status": "leave"}, {}) == []


@pytest.mark.parametrize(
    ("customer", "rep", "allowed"),
    [
        ("coast", "coast", True),
        ("coast", "west", True),  # a parent region covers its children
        ("west", "coast", False),  # and not the other way round
        ("coast", "hills;east", False),
        ("coast", None, True),
        (None, "east", True),
    ],
)
def test_a_rep_covers_own_regions_and_what_lies_in_them(customer, rep, allowed):
    regions = [{"region": "west"}, {"region": "coast", "parent": "west"}, {"region": "hills"}, {"region": "east"}]
    found = judged_pair({"region": customer}, {"regions": rep}, {"region": "same"}, regions=regions)
    assert (found == []) == allowed


def test_a_customer_of_another_region_is_named_with_both_regions():
    found = judged_pair({"region": "east"}, {"regions": "north;west"}, {"region": "same"})
    assert found == ["eligibility.region: C1 is in east, ben covers north;west"]


@pytest.mark.parametrize(
    ("customer", "rep", "allowed"),
    [
        ("east", "west", True),  # west names east as its neighbour
        ("west", "east", True),  # which makes west a neighbour of east
        ("harbour", "west", True),  # the parent of harbour is a neighbour
        ("west", "world", True),  # a child of world is a neighbour
        ("north", "west", False),
    ],
)
def test_neighbours_of_a_region_are_covered_too(customer, rep, allowed):
    regions = [
        {"region": "world"},
        {"region": "west", "neighbours": "east"},
        {"region": "east", "parent": "world"},
        {"region": "harbour", "parent": "east"},
        {"region": "north"},
    ]
    found = judged_pair({"region": customer}, {"regions": rep}, {"region": "neighbour"}, regions=regions)
    assert (found == []) == allowed


def test_a_required_skill_needs_its_level():
    found = judged_pair({"required_skills": "cloud:3;german"}, {"skills": "Cloud:1;german"}, {"skills": "required"})
    assert found == ["eligibility.skills: C1 needs cloud:3, ben has cloud:1"]


def test_a_missing_skill_is_level_zero():
    found = judged_pair({"required_skills": "cloud"}, {"skills": "german"}, {"skills": "required"})
    assert found == ["eligibility.skills: C1 needs cloud:1, ben has no cloud"]


def test_skills_that_are_ignored_keep_nobody_away():
    assert judged_pair({"required_skills": "cloud:3"}, {"skills": None}, {"skills": "ignored"}) == []


def test_a_hard_rule_is_broken_where_it_applies_and_is_not_met():
    rule = {"name": "key customers", "when": "customer.tier = 'A'", "require": "rep.seniority >= 3"}
    rules = {"rules": [rule]}
    wrong = ["eligibility.rules[key customers]: C1 with ben does not meet the rule"]
    assert judged_pair({"tier": "A"}, {"seniority": 2}, rules) == wrong
    assert judged_pair({"tier": "A"}, {"seniority": 3}, rules) == []
    assert judged_pair({"tier": "B"}, {"seniority": 2}, rules) == []


def test_an_unknown_value_breaks_a_hard_rule_but_does_not_start_one():
    rules = {"rules": [{"name": "senior", "when": "customer.tier = 'A'", "require": "rep.seniority >= 3"}]}
    reps = [{"rep_id": "ben"}, {"rep_id": "ana", "seniority": 4}]
    customers = [{"customer_id": "C1", "tier": "A"}, {"customer_id": "C2"}]
    judgement = judged(customers, reps, {"eligibility": rules}, {"C1": "ben", "C2": "ben"})
    assert [broken.customer for broken in judgement.violations] == ["C1"]


def test_only_listed_pairs_may_be_planned_where_the_policy_says_so():
    pairs = [{"customer_id": "C1", "rep_id": "ana"}]
    judgement = judged(
        [{"customer_id": "C1"}, {"customer_id": "C2"}],
        [{"rep_id": "ana"}, {"rep_id": "ben"}],
        {},
        {"C1": "ana", "C2": "ana"},
        pairs=pairs,
        pairs_only=True,
    )
    assert complaints(judgement) == ["tables.pairs.only: C2 with ana is not among the listed pairs"]


class TestNearest:
    """``nearest: 2`` among four reps along a road to the east."""

    REPS = tuple(
        {"rep_id": name, "lat": 40.0, "lon": lon} for name, lon in zip("dcba", (4.0, 3.0, 2.0, 1.0), strict=True)
    )
    POLICY: ClassVar = {"eligibility": {"nearest": 2, "skills": "required"}}

    def judged(self, rep: str, *, reps: Any = REPS, customer: Any = (), **tables: Any) -> list[str]:
        customers = [{"customer_id": "C1", "lat": 40.0, "lon": 0.0, **dict(customer)}]
        return complaints(judged(customers, reps, self.POLICY, {"C1": rep}, **tables))

    def test_the_third_nearest_rep_is_too_far(self):
        assert self.judged("a") == self.judged("b") == []
        wrong = "eligibility.nearest: C1 is with c, number 3 of its eligible reps by distance, at most 2"
        assert self.judged("c") == [wrong]

    def test_reps_without_the_skill_do_not_count(self):
        reps = [{**rep, "skills": None if rep["rep_id"] == "b" else "cloud"} for rep in self.REPS]
        assert self.judged("c", reps=reps, customer={"required_skills": "cloud"}) == []

    def test_todays_owner_is_always_among_them(self):
        assert self.judged("d", customer={"owner_id": "d"}) == []

    def test_equally_near_reps_rank_by_their_id(self):
        reps = [{**rep, "lon": 1.0} for rep in self.REPS]
        assert self.judged("a", reps=reps) == self.judged("b", reps=reps) == []
        assert len(self.judged("c", reps=reps)) == 1

    def test_minutes_of_driving_go_before_the_great_circle(self):
        pairs = [{"customer_id": "C1", "rep_id": "d", "drive_minutes": 5.0}]
        assert self.judged("d", pairs=pairs) == []
        assert len(self.judged("b", pairs=pairs)) == 1

    def test_a_family_is_near_by_the_sum_of_its_members(self):
        customers = [
            {"customer_id": "C1", "family_id": "F", "lat": 40.0, "lon": 0.0},
            {"customer_id": "C2", "family_id": "F", "lat": 40.0, "lon": 4.9},
        ]
        reps = [*self.REPS, {"rep_id": "e", "lat": 40.0, "lon": 40.0}]
        policy = {"eligibility": {"nearest": 4}, "keep": {"families": "together"}}
        for rep, allowed in (("a", True), ("d", True), ("e", False)):
            assert judged(customers, reps, policy, {"C1": rep, "C2": rep}).feasible == allowed

    def test_listed_pairs_are_ranked_among_themselves(self):
        pairs = [{"customer_id": "C1", "rep_id": name} for name in "cd"]
        assert self.judged("d", pairs=pairs, pairs_only=True) == []


def test_a_rule_on_pair_values_counts_before_the_nearest_are_taken():
    customers = [{"customer_id": "C1", "lat": 40.0, "lon": 0.0}]
    reps = [{"rep_id": name, "lat": 40.0, "lon": float(place)} for place, name in enumerate("abc")]
    rule = {"name": "fit", "require": "pair.fit > 0"}
    pairs = [{"customer_id": "C1", "rep_id": name, "fit": fit} for name, fit in zip("abc", (0, 1, 1), strict=True)]
    policy = {"eligibility": {"nearest": 1, "rules": [rule]}}
    assert judged(customers, reps, policy, {"C1": "b"}, pairs=pairs).feasible
    assert [one.line for one in judged(customers, reps, policy, {"C1": "c"}, pairs=pairs).violations] == [
        "eligibility.nearest"
    ]
