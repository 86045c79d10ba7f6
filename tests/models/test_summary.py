"""A plan is summed up in customers, money and percent."""

import math

import numpy as np
import pytest

from models.account import account_for
from models.policy import Policy
from models.solve import solve
from models.summary import Portion
from tests.plans import plan_of, worked_account
from tests.tables import assignment_of, org_of
from tests.worked import THIRD, worked_org, worked_plan, worked_policy


def test_the_eight_numbers_of_the_worked_case():
    headline = worked_account().summary.headline
    assert (headline.chosen, headline.chosen.share) == (Portion(1.0, 4.0, "customers"), 0.25)
    assert (headline.forced, headline.newly, headline.pooled) == (1, 1, 0)
    assert headline.revenue == Portion(40.0, 230.0, "USD")
    assert (headline.inside.before, headline.inside.after, headline.banded_reps) == (0, 0, 3)
    assert headline.evenness.after == pytest.approx((160 / 144) / (120 / 144))
    assert math.isinf(headline.evenness.before)
    assert headline.largest_loss is not None
    assert (headline.largest_loss.name, headline.largest_loss.portion.share) == ("Ana", 0.2)
    assert headline.frozen.share == 0


def test_books_stand_beside_target_and_prorated_capacity():
    books = {book.measure: book for book in worked_account().summary.books}
    assert books["customers"].after.tolist() == [2, 3, 1]
    assert books["workload"].maximum.tolist() == [120, 110, 50]
    (band,) = books["revenue"].bands
    assert band.target.tolist() == [144, 144, 72]
    assert band.deviation(band.after).round(2).tolist() == [11.11, -16.67, 11.11]


def test_a_book_inside_its_band_is_counted():
    assert worked_account(THIRD).summary.headline.inside.after == 1


def test_frozen_revenue_is_what_locks_and_holdouts_keep():
    keep = {"families": "as_today", "locks": [{"name": "board", "when": "customer.customer_id = 'C1'"}]}
    assert worked_account(keep=keep).summary.headline.frozen == Portion(100.0, 360.0, "USD")


def test_budgets_show_what_is_used_of_each_limit():
    budgets = [
        {"name": "moved customers", "of": "customers", "max": "50%"},
        {"name": "moved revenue", "of": "revenue", "max": "20%"},
        {"name": "lost per rep", "of": "revenue", "per": "rep", "side": "lost", "max": "25%"},
    ]
    used = {(use.name, use.label): use for use in worked_account(disruption={"budgets": budgets}).summary.budgets}
    assert (used["moved customers", "overall"].used, used["moved customers", "overall"].limit) == (1, 2)
    assert (used["moved revenue", "overall"].used, used["moved revenue", "overall"].limit) == pytest.approx((40, 46))
    assert used["lost per rep", "ana"].share == pytest.approx(0.8)
    assert used["lost per rep", "bob"].used == 0


def test_a_budget_of_which_nothing_is_used_says_so_without_rounding():
    customers = [{"customer_id": f"C{i}", "owner_id": "ana", "revenue": 0.1} for i in range(6)]
    policy = {
        "measures": {"revenue": {"value": "customer.revenue"}},
        "disruption": {"budgets": [{"of": of, "max": "10%"} for of in ("customers", "revenue")]},
    }
    org = org_of(customers, [{"rep_id": "ana"}, {"rep_id": "bob"}])
    policy = Policy.model_validate(policy)
    account = account_for(org, policy, solve(org, policy))
    assert [use.used for use in account.summary.budgets] == [0.0, 0.0]


def test_a_customer_with_two_roles_is_moved_once():
    org = org_of(
        [{"customer_id": "C1", "owner_id": "ana", "owner_id_service": "sam", "revenue": 10.0}],
        [
            {"rep_id": "ana", "role": "sales"},
            {"rep_id": "bob", "role": "sales"},
            {"rep_id": "sam", "role": "service"},
            {"rep_id": "sue", "role": "service"},
        ],
    )
    policy = worked_policy(
        roles={"sales": {}, "service": {}},
        measures={"revenue": "customer.revenue"},
        eligibility={},
        capacity=[],
        balance=[],
        disruption={"budgets": [{"name": "moved", "of": "customers", "max": 1}]},
        goals=[],
    )
    plan = plan_of(org, policy, assignment_of(org, policy, sales={"C1": "bob"}, service={"C1": "sue"}))
    summary = account_for(org, policy, plan).summary
    assert summary.headline.chosen == Portion(1.0, 1.0, "customers")
    assert [use.used for use in summary.budgets] == [1]
    assert len(summary.moves.member) == 2


def test_without_revenue_customers_are_counted_instead():
    org = org_of([{"customer_id": "C1", "owner_id": "ana"}, {"customer_id": "C2"}], [{"rep_id": "ana"}])
    policy = worked_policy(
        measures={}, eligibility={}, capacity=[], balance=[], disruption={}, goals=[{"goal": "disruption"}]
    )
    plan = plan_of(org, policy, assignment_of(org, policy, owner={"C1": "ana", "C2": "ana"}))
    headline = account_for(org, policy, plan).summary.headline
    assert (headline.worth, headline.banded_reps, headline.largest_loss) == ("customers", 0, None)


def test_managers_see_what_comes_and_what_goes():
    org = org_of(
        [
            {"customer_id": "C1", "owner_id": "ana", "revenue": 5.0},
            {"customer_id": "C2", "owner_id": "bob", "revenue": 7.0},
        ],
        [
            {"rep_id": "ana", "manager_id": "mia"},
            {"rep_id": "bob", "manager_id": "max"},
            {"rep_id": "cy", "manager_id": "max"},
        ],
    )
    policy = worked_policy(
        measures={"revenue": "customer.revenue"}, eligibility={}, capacity=[], balance=[], disruption={}, goals=[]
    )
    plan = plan_of(org, policy, assignment_of(org, policy, owner={"C1": "bob", "C2": "cy"}))
    summary = account_for(org, policy, plan).summary
    flows = {flow.label: flow for flow in summary.flows}
    assert summary.flow_by == "manager_id"
    assert (flows["mia"].lost, flows["mia"].revenue_lost) == (1, 5.0)
    assert (flows["max"].gained, flows["max"].within) == (1, 1)


def test_the_biggest_moves_come_first():
    moves = worked_account().summary.moves
    assert moves.revenue.tolist() == [80, 40]
    assert moves.forced.tolist() == [True, False]


def test_a_run_without_a_plan_cannot_be_summed_up():
    org, policy = worked_org(), worked_policy()
    plan = plan_of(org, policy, worked_plan(org, policy, THIRD))
    empty = type(plan)(**{**plan.__dict__, "assignment": None, "judgement": None, "status": "infeasible"})
    with pytest.raises(ValueError, match="infeasible"):
        account_for(org, policy, empty)


def test_nothing_in_a_summary_depends_on_the_order_of_the_customers():
    first = worked_account().summary
    assert np.isclose(first.headline.revenue.amount, 40)
    assert sum(book.after.sum() for book in first.books if book.measure == "revenue") == 360
