"""Two plans told apart customer by customer: who differs, and what explains it."""

import pytest

from models.outcome import Outcome
from models.policy import Policy
from scenarios.comparing.difference import difference
from tests.plans import plan_of
from tests.tables import assignment_of, org_of
from tests.worked import ALL_STAY, OPTIMUM, SECOND, worked_org, worked_plan, worked_policy

REPS = [{"rep_id": "ana", "name": "Ana"}, {"rep_id": "bob", "name": "Bob"}]


def worked_difference(first, second):
    org, policy = worked_org(), worked_policy()
    with (
        Outcome(org, policy, plan_of(org, policy, worked_plan(org, policy, first))) as a,
        Outcome(org, policy, plan_of(org, policy, worked_plan(org, policy, second))) as b,
    ):
        return difference(a, b, "base", "second")


def outcome_of(customers, reps, policy, **facts):
    """Return the outcome of a plan that leaves every customer with ``plan``, a column of the rows."""
    rows = [{name: value for name, value in row.items() if name != "plan"} for row in customers]
    org, rules = org_of(rows, reps), Policy.model_validate(policy)
    owners = {row["customer_id"]: row["plan"] for row in customers}
    return Outcome(org, rules, plan_of(org, rules, assignment_of(org, rules, **{rules.first_role: owners}), **facts))


def told(first, second):
    with first as a, second as b:
        return [(one.customer_id, one.kind, one.because) for one in difference(a, b, "A", "B").changes]


def test_the_optimum_and_the_second_best_plan_of_the_worked_case():
    found = worked_difference(OPTIMUM, SECOND)
    assert [(one.customer_id, one.name_a, one.name_b, one.revenue, one.kind, one.goal) for one in found.changes] == [
        ("C1", "Ana", "Bob", 100, "goal", "balance"),
        ("C3", "Bob", "Ana", 40, "limit", None),
        ("C4", "Bob", "Ana", 30, "goal", "balance"),
    ]
    assert found.compared == 6
    # with C1, Ana has 230, at most 158.4, and Bob 50, at least 129.6, of 144 each; both were inside
    assert found.changes[0].changes == pytest.approx(
        {"balance": 100 * (230 - 158.4 + 129.6 - 50) / 144, "disruption": -3, "misfit": -10}
    )
    assert found.changes[1].because == "the budget allows no further move (moved customers)"


def test_what_explains_how_many_is_summed_up():
    summary = worked_difference(OPTIMUM, SECOND).summary
    assert [(one.what, one.customers, one.revenue) for one in summary] == [("balance", 2, 130), ("limit", 1, 40)]
    assert summary[0].points == pytest.approx(105 + 320 / 9)


def test_equal_plans_do_not_differ():
    found = worked_difference(OPTIMUM, OPTIMUM)
    assert (found.changes, found.summary, found.only_a, found.reps_only_b) == ((), (), (), ())


def test_a_plan_that_would_be_better_without_it_is_part_of_an_exchange():
    kinds = {one.customer_id: (one.kind, one.because) for one in worked_difference(OPTIMUM, ALL_STAY).changes}
    assert kinds["C3"] == ("exchange", "part of an exchange: by itself it would be 38.4 points better with Bob")


def test_owners_that_are_equally_good_are_a_tie():
    row = {"customer_id": "C1", "revenue": 5.0}
    first, second = (outcome_of([{**row, "plan": rep}], REPS, {}) for rep in ("ana", "bob"))
    assert told(first, second) == [("C1", "tie", "both owners are equally good")]


@pytest.mark.parametrize(
    ("customer", "reps", "policy", "because"),
    [
        ({}, [{"rep_id": "bob"}], {}, "Ana is not on this roster"),
        (
            {},
            [{"rep_id": "ana", "name": "Ana", "status": "left"}, {"rep_id": "bob"}],
            {},
            "Ana may not have it: has left",
        ),
        (
            {"required_skills": "cloud:3"},
            REPS,
            {"eligibility": {"skills": "required"}},
            "Ana may not have it: no cloud:3",
        ),
        (
            {"tier": "A"},
            REPS,
            {
                "eligibility": {
                    "rules": [{"name": "Bob only", "when": "customer.tier = 'A'", "require": "rep.name = 'Bob'"}]
                }
            },
            "Ana may not have it: Bob only",
        ),
        (
            {"owner_id": "bob", "locked": True},
            REPS,
            {"keep": {"locks": [{"name": "the board said so", "when": "customer.locked"}]}},
            "stays where it is: the board said so",
        ),
        (
            {"owner_id": "bob", "tier": "A"},
            REPS,
            {"keep": {"holdouts": [{"name": "deal about to close", "when": "customer.tier = 'A'"}]}},
            "stays where it is: deal about to close",
        ),
    ],
)
def test_an_owner_who_may_not_have_it_is_told_with_the_rule(customer, reps, policy, because):
    row = {"customer_id": "C1", "revenue": 5.0, **customer}
    first = outcome_of([{**row, "plan": "ana"}], REPS, {})
    assert told(first, outcome_of([{**row, "plan": "bob"}], reps, policy)) == [("C1", "rule", because)]


def test_a_customer_without_an_owner_in_one_plan_is_told():
    row = {"customer_id": "C1", "revenue": 5.0, "tier": "C"}
    pool = {"pool": {"when": "customer.tier = 'C'", "penalty": "4"}}
    pooled, owned = outcome_of([{**row, "plan": None}], REPS, pool), outcome_of([{**row, "plan": "ana"}], REPS, pool)
    assert told(pooled, owned) == [("C1", "goal", "pool would be 4 points worse")]
    pooled, strict = outcome_of([{**row, "plan": None}], REPS, pool), outcome_of([{**row, "plan": "ana"}], REPS, {})
    assert told(pooled, strict) == [("C1", "rule", "has to have an owner")]


def test_the_nearest_reps_only_is_a_rule():
    here, there = {"lat": 40.0, "lon": -74.0}, {"lat": 45.0, "lon": -74.0}
    reps = [{"rep_id": "ana", "name": "Ana", **there}, {"rep_id": "bob", "name": "Bob", **here}]
    row = {"customer_id": "C1", **here}
    second = outcome_of([{**row, "plan": "bob"}], reps, {"eligibility": {"nearest": 1}})
    first = outcome_of([{**row, "plan": "ana"}], reps, {})
    assert told(first, second) == [("C1", "rule", "Ana is not among its 1 nearest")]


def test_customers_and_reps_of_one_plan_only_are_named():
    new, old = ({"customer_id": name, "revenue": 1.0, "plan": "bob"} for name in ("C1", "C2"))
    shared = {"customer_id": "C3", "revenue": 1.0, "plan": "bob"}
    with outcome_of([old, shared], REPS, {}) as a, outcome_of([new, shared], REPS[1:], {}) as b:
        found = difference(a, b, "A", "B")
    assert (found.only_a, found.only_b, found.reps_only_a, found.reps_only_b) == (("C2",), ("C1",), ("ana",), ())
    assert (found.compared, found.changes) == (1, ())


def test_reps_are_matched_by_id_wherever_they_stand_on_the_roster():
    rows = [{"customer_id": "C1", "revenue": 1.0, "plan": "bob"}]
    assert told(outcome_of(rows, REPS, {}), outcome_of(rows, REPS[::-1], {})) == []


def test_a_measured_plan_leaves_customers_where_they_are():
    policy = {
        "measures": {"revenue": "customer.revenue"},
        "balance": [{"measure": "revenue"}],
        "goals": [{"goal": "balance"}],
    }
    rows = [{"customer_id": f"C{i}", "revenue": 10.0, "owner_id": "ana", "plan": "ana"} for i in range(2)]
    moved = [rows[0], {**rows[1], "plan": "bob"}]
    second = outcome_of(rows, REPS, policy, status="evaluated")
    assert told(outcome_of(moved, REPS, policy), second) == [("C1", "rule", "stays with today's owner")]


def test_priorities_decide_one_after_another():
    policy = {
        "measures": {"revenue": "customer.revenue"},
        "balance": [{"measure": "revenue", "tolerance": "100%"}],
        "disruption": {"move_cost": "7"},
        "goals": [{"goal": "balance", "priority": 1}, {"goal": "disruption", "priority": 2}],
    }
    rows = [{"customer_id": f"C{i}", "revenue": 10.0, "owner_id": "bob", "plan": "bob"} for i in range(2)]
    moved = [{**rows[0], "plan": "ana"}, rows[1]]
    # within the band both are equal: the second priority decides
    assert told(outcome_of(moved, REPS, policy), outcome_of(rows, REPS, policy)) == [
        ("C0", "goal", "disruption would be 7 points worse")
    ]


def test_a_team_that_both_roles_share_is_a_limit():
    reps = [
        {"rep_id": "ana", "name": "Ana", "role": "sales", "team": "red"},
        {"rep_id": "bob", "name": "Bob", "role": "sales", "team": "blue"},
        {"rep_id": "sam", "role": "service", "team": "blue"},
    ]
    org = org_of([{"customer_id": "C1"}], reps)
    free, tied = (
        Policy.model_validate({"roles": {"sales": {}, "service": service}}) for service in ({}, {"same": "team"})
    )

    def outcome(policy, rep):
        return Outcome(
            org, policy, plan_of(org, policy, assignment_of(org, policy, sales={"C1": rep}, service={"C1": "sam"}))
        )

    assert told(outcome(free, "ana"), outcome(tied, "bob")) == [
        ("C1", "limit", "stays in one team with its other owner")
    ]
