"""Wishes and answers on the worked case, by hand: what is honoured, what it costs, and what no plan can do."""

import numpy as np
import pytest

from models.check import judge
from models.explain.wishes import hear_wishes
from models.org import Org
from models.policy import Policy
from models.solve import solve
from tests.tables import org_of
from tests.worked import ALL_STAY, OPTIMUM, SECOND, rows_of, worked_plan, worked_policy

GOALS = [{"goal": goal} for goal in ("balance", "disruption", "misfit")]
WISHES = [*GOALS, {"goal": "wishes"}]
CHANGES = [{"goal": "changes", "priority": 1}, *({**line, "priority": 2} for line in GOALS)]


def worked(*, wishes=None, proposal=None, extra=(), goals=None, **policy) -> tuple[Org, Policy]:
    customers = [*rows_of("customers.csv"), *extra]
    org = org_of(customers, rows_of("reps.csv"), wishes=wishes, proposal=proposal)
    chosen = goals or (WISHES if wishes is not None else CHANGES)
    return org, worked_policy(goals=chosen, **policy)


def wish(customer, kind, rep=None, weight=1.0, **more):
    return {"customer_id": customer, "kind": kind, "rep_id": rep, "weight": weight, **more}


def proposed(reps=OPTIMUM, **answers):
    customers = [f"C{number}" for number in range(1, 7)]
    return [
        {"customer_id": customer, "role": "owner", "rep_id": rep, "accepted": answers.get(customer)}
        for customer, rep in zip(customers, reps.split(), strict=True)
    ]


def owners(org: Org, plan) -> str:
    return " ".join(org.rep_ids[plan.assignment.owners[0]])


def test_a_wish_that_weighs_less_than_it_costs_is_refused():
    org, policy = worked(wishes=[wish("C3", "keep", weight=2.0)])
    plan = solve(org, policy)
    assert owners(org, plan) == OPTIMUM
    assert plan.objective == pytest.approx(107 / 9 + 2)
    assert plan.judgement.goals["wishes"].value == 2


def test_a_wish_that_weighs_more_than_it_costs_is_honoured():
    org, policy = worked(wishes=[wish("C3", "keep", weight=5.0)])
    plan = solve(org, policy)
    assert owners(org, plan) == SECOND
    assert plan.objective == pytest.approx(136 / 9)
    assert plan.judgement.goals["wishes"].value == 0


def test_a_refused_wish_says_what_it_would_have_cost_beyond_its_weight():
    org, policy = worked(wishes=[wish("C3", "keep", weight=2.0)])
    heard = hear_wishes(org, policy, solve(org, policy))
    refusal = heard.refusals[0]
    assert refusal.cost == pytest.approx(136 / 9 - 107 / 9 - 2)
    assert (refusal.low, refusal.high) == pytest.approx((refusal.cost, refusal.cost))
    assert refusal.evidence == "proven"
    assert refusal.why == (
        "staying with Ana it would cost 1.22 points (proven) beyond the 2.00 points that it weighs: "
        "C1 and C4 would have to move instead"
    )


def test_what_is_not_solved_again_is_told_by_prices():
    org, policy = worked(wishes=[wish("C3", "keep", weight=2.0), wish("C1", "with", "bob", weight=1.0)])
    heard = hear_wishes(org, policy, solve(org, policy), most_asked=1)
    assert [heard.refusals[at].evidence for at in np.argsort(heard.wishes.row)] == ["estimate", "proven"][::-1]
    assert "(estimate)" in next(one for one in heard.refusals.values() if one.evidence == "estimate").why


def test_a_wish_against_a_rule_names_the_rule():
    org, policy = worked(wishes=[wish("C2", "with", "bob")])
    heard = hear_wishes(org, policy, solve(org, policy))
    assert heard.refusals[0].why == "C2 needs cloud:2, bob has cloud:1 (eligibility.skills)"
    assert heard.refusals[0].cost is None


@pytest.mark.parametrize(
    ("kind", "rep", "reps", "points"),
    [
        ("with", "bob", OPTIMUM, 0.0),
        ("with", "bob", ALL_STAY, 4.0),
        ("not", "bob", OPTIMUM, 4.0),
        ("not", "bob", ALL_STAY, 0.0),
        ("keep", None, OPTIMUM, 4.0),
        ("keep", None, ALL_STAY, 0.0),
        ("keep", "eve", ALL_STAY, 0.0),
    ],
)
def test_each_kind_of_wish_weighs_where_it_is_not_honoured(kind, rep, reps, points):
    org, policy = worked(wishes=[wish("C3", kind, rep, 4.0)])
    assert judge(org, policy, worked_plan(org, policy, reps)).goals["wishes"].value == points


def test_nobody_can_stay_with_an_owner_who_has_left():
    org, policy = worked(wishes=[wish("C5", "keep", weight=3.0), wish("C6", "keep")])
    plan = solve(org, policy)
    assert plan.judgement.goals["wishes"].value == 4
    assert {one.why for one in hear_wishes(org, policy, plan).refusals.values()} == {
        "C5 has no owner on the roster today with whom it could stay",
        "C6 has no owner on the roster today with whom it could stay",
    }


def test_a_pooled_customer_is_with_nobody_who_was_wished_for():
    customers = [{"customer_id": "C1", "owner_id": "ana"}]
    wishes = [wish("C1", "with", "ana", 2.0), wish("C1", "not", "ana", 5.0), wish("C1", "keep", None, 8.0)]
    org = org_of(customers, [{"rep_id": "ana"}], wishes=wishes)
    policy = Policy.model_validate({"pool": {"when": "true", "penalty": 1}, "goals": [{"goal": "wishes"}]})
    plan = solve(org, policy)
    assert plan.assignment.owners.tolist() == [[0]]
    assert plan.judgement.goals["wishes"].value == 5


def test_a_proposal_that_is_accepted_as_it_is_stays_as_it_is():
    org, policy = worked(proposal=proposed(C3="yes"))
    plan = solve(org, policy)
    assert owners(org, plan) == OPTIMUM
    assert plan.stages[0].value == 0
    assert plan.objective == pytest.approx(107 / 9)


def test_a_rejected_move_changes_as_little_as_possible_of_the_proposal():
    org, policy = worked(proposal=proposed(C3="no"))
    plan = solve(org, policy)
    # C3 alone stays with ana: one customer changes, whatever that does to the books
    assert owners(org, plan) == "ana ana ana bob eve bob"
    assert plan.stages[0].value == 1
    assert plan.status == "optimal"


def test_a_move_that_was_accepted_is_still_a_chosen_one():
    org, policy = worked(proposal=proposed(C3="yes"))
    plan = solve(org, policy)
    assert plan.judgement.moved.sum() == 1
    assert plan.judgement.goals["disruption"].value == 3


def test_what_the_rules_no_longer_allow_is_named_with_customer_rep_and_rule():
    org, policy = worked(proposal=proposed("ana bob bob bob ana bob", C2="yes", C5="yes"))
    plan = solve(org, policy)
    assert plan.status == "infeasible"
    said = "\n".join(plan.explanation)
    assert "eligibility.skills: C2 needs cloud:2, bob has cloud:1" in said
    assert "eligibility.region: C5 is in east, ana covers" in said


def test_accepted_moves_that_no_book_can_hold_are_named_with_the_limit():
    org, policy = worked(proposal=proposed("ana ana bob bob eve eve", C5="yes", C6="yes"))
    plan = solve(org, policy)
    assert plan.status == "infeasible"
    assert "what was accepted breaks capacity[workload]: eve carries 80 h, at most 50 h" in plan.explanation


def test_a_lock_and_an_acceptance_that_disagree_leave_no_plan():
    locks = {"locks": [{"name": "key account", "when": "customer.customer_id = 'C3'"}]}
    org, policy = worked(proposal=proposed(C3="yes"), keep=locks)
    plan = solve(org, policy)
    assert plan.status == "infeasible"
    assert any("keep.locks[key account]: C3 stays with ana, but is with bob" in line for line in plan.explanation)


def test_an_accepted_member_takes_its_family_along():
    customers = [{"customer_id": name, "family_id": "F", "owner_id": "ana"} for name in ("C1", "C2")]
    proposal = [{"customer_id": "C1", "role": "owner", "rep_id": "bob", "accepted": "yes"}]
    org = org_of(customers, [{"rep_id": "ana"}, {"rep_id": "bob"}], proposal=proposal)
    policy = Policy.model_validate({"keep": {"families": "together"}, "goals": [{"goal": "disruption"}]})
    assert solve(org, policy).assignment.owners.tolist() == [[1, 1]]


def test_a_family_accepted_apart_cannot_be_together():
    customers = [{"customer_id": name, "family_id": "F", "owner_id": "ana"} for name in ("C1", "C2")]
    proposal = [
        {"customer_id": "C1", "role": "owner", "rep_id": "bob", "accepted": "yes"},
        {"customer_id": "C2", "role": "owner", "rep_id": "ana", "accepted": "yes"},
    ]
    org = org_of(customers, [{"rep_id": "ana"}, {"rep_id": "bob"}], proposal=proposal)
    policy = Policy.model_validate({"keep": {"families": "together"}, "goals": [{"goal": "disruption"}]})
    plan = solve(org, policy)
    assert plan.status == "infeasible"
    assert any("C1 with bob, C2 with ana" in line for line in plan.explanation)


def test_a_rep_who_is_gone_cannot_have_what_was_accepted():
    proposal = [{"customer_id": "C1", "role": None, "rep_id": "zoe", "accepted": "yes"}]
    org = org_of([{"customer_id": "C1"}], [{"rep_id": "ana"}], proposal=proposal)
    plan = solve(org, Policy.model_validate({"goals": [{"goal": "disruption"}]}))
    assert plan.status == "infeasible"
    assert (
        plan.explanation[0]
        == "what was accepted breaks proposal.accepted: C1 was accepted with a rep who is not on the roster"
    )


def test_status_quo_measures_what_was_answered_and_does_not_enforce_it():
    org, policy = worked(proposal=proposed(C3="yes"))
    plan = solve(org, policy, evaluate_only=True)
    assert plan.status == "evaluated"
    assert "proposal.accepted" in {one.line for one in plan.judgement.violations}
