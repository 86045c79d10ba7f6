"""What of a plan is left for those who may not see everything."""

import dataclasses

import pandas as pd
import pytest

from models.policy import Policy
from tests.planner.report.readers import evidence_of, organisation, said, scope_of, texts_in, with_hidden
from tests.plans import plan_of
from tests.tables import assignment_of
from tests.worked import OPTIMUM, worked_org, worked_plan, worked_policy


def a_plan(org, **owners):
    policy = Policy.model_validate({"measures": {"revenue": {"value": "customer.revenue", "unit": "USD"}}})
    after = {one: owners.get(one.removeprefix("C-"), one.removeprefix("C-")) for one in org.customer_ids}
    return policy, plan_of(org, policy, assignment_of(org, policy, owner=after))


def test_a_move_to_another_team_says_neither_to_whom_nor_why():
    org = organisation()
    policy, plan = a_plan(org, ned="pia", ola="ned")
    evidence = evidence_of(org, policy, plan, scope_of(org, policy, "manager:mia"))
    rows = evidence.customers.set_index("customer_id")
    assert list(rows.index) == ["C-mia", "C-ned", "C-ola"]
    assert rows.after["C-ned"] == -3
    assert rows.loc["C-ned", ["after_name", "why"]].isna().all()
    assert rows.after_name["C-ola"] == "Ned Ng"
    assert isinstance(rows.why["C-ola"], str)
    assert evidence.others.before.tolist() == [3.0, pytest.approx(1_000.25 * (1 + 5 + 6))]


def test_a_manager_above_is_named_to_a_rep_only_where_no_book_is_that_managers():
    org = organisation()
    policy, plan = a_plan(org)
    managers = [
        evidence_of(org, policy, plan, scope_of(org, policy, person)).reps.manager.tolist()
        for person in ("rep:ned", "rep:quy")
    ]
    assert pd.isna(managers[0][0])
    assert managers[1] == ["M9"]


def test_a_decision_by_hand_does_not_say_with_whom_others_planned_it():
    org = organisation()
    policy, plan = a_plan(org, ola="ned")
    told = {"C-ola": "decided by hand; planned with Pia Ng"}
    for person, why in ((None, told["C-ola"]), ("manager:mia", "decided by hand")):
        evidence = evidence_of(org, policy, plan, scope_of(org, policy, person), **told)
        assert evidence.customers.set_index("customer_id").why["C-ola"] == why


def test_the_evenness_of_single_reps_is_for_those_who_see_all():
    org = organisation()
    policy, plan = a_plan(org)
    headline = evidence_of(org, policy, plan, scope_of(org, policy, "manager:mia")).headline
    assert headline.evenness_of == ""
    assert evidence_of(org, policy, plan, scope_of(org, policy)).headline.evenness.before > 1


def test_no_value_of_a_hidden_column_is_in_the_evidence():
    org, policy = worked_org(), worked_policy()
    values = 123_457.91 + org.customers.index * 1_013.7
    org = dataclasses.replace(org, customers=org.customers.assign(revenue=values, lock_reason="SECRET-REASON"))
    plan = plan_of(org, policy, worked_plan(org, policy, OPTIMUM))
    open_, closed = (
        evidence_of(one, policy, plan, scope_of(one, policy))
        for one in (org, with_hidden(org, ("customers", "revenue"), ("customers", "lock_reason")))
    )
    assert any(one == 123_457.91 for _, one in said(open_))
    assert not any(isinstance(one, float) and one > 100_000 for _, one in said(closed))
    assert closed.worth is None
    assert (closed.headline.worth, closed.headline.largest_loss) == ("customers", None)
    assert closed.headline.revenue == closed.headline.chosen
    assert not [text for _, text in texts_in(closed) if "revenue" in text or "SECRET" in text]
    assert [one for one in closed.customers.why if one], "reasons that are safe are still told"
