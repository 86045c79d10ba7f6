"""Customers that alone are too large for a book: what they cost for sure is theirs, in bounds and in plans."""

import itertools

import numpy as np
import pytest

from models.check import judge
from models.check.bound import price_bound
from models.engines.prices import find_prices
from models.engines.program import StageTask
from models.formulation.build import formulate
from models.policy import Policy
from models.valuation import evaluate
from tests.tables import org_of

REPS = [{"rep_id": rep} for rep in ("ana", "bob")]
BALANCED = {
    "measures": {"revenue": "customer.revenue"},
    "balance": [{"measure": "revenue", "target": 100, "tolerance": "10%"}],
    "goals": [{"goal": "balance"}, {"goal": "disruption"}],
}


def customers_of(*revenue, **more):
    return [
        {"customer_id": f"C{n}", "owner_id": "ana", "revenue": one, **more} for n, one in enumerate(revenue, start=1)
    ]


def priced(customers, reps=REPS, **sections):
    """Return the formulation, and the bound of the best prices with their multipliers by name."""
    org, policy = org_of(customers, reps), Policy.model_validate({**BALANCED, **sections})
    formulation = formulate(org, policy)
    problem = formulation.problem
    prices = find_prices(StageTask(problem, problem.stages[-1].weights))
    assert prices is not None
    named = {problem.rows.names[i]: float(prices.rows[i]) for i in np.flatnonzero(prices.rows)}
    return formulation, prices.bound, named


def test_a_customer_larger_than_a_book_cannot_be_shared_out_to_hide_its_size():
    # 300 in one book is 190 above 110; two halves of it would be 40 above each, and no book too light
    formulation, bound, named = priced(customers_of(300))
    # what is left to hide is that the other book is empty: at most the width of the band
    assert 190 + 90 >= bound >= 190 + 90 - 20
    assert price_bound(formulation.org, formulation.policy, named) == pytest.approx(bound)


def test_whole_plans_are_worth_what_they_were():
    formulation, bound, _ = priced(customers_of(300, 150, 80, 20))
    problem = formulation.problem
    for reps in itertools.product((0, 1), repeat=problem.n_units):
        choice = problem.start[:-1] + np.array(reps)
        value = evaluate(problem, choice).goals["balance"]
        books = np.bincount(reps, [300, 150, 80, 20], minlength=2)
        assert value == pytest.approx(np.maximum(books - 110, 0).sum() + np.maximum(90 - books, 0).sum())
        judgement = judge(formulation.org, formulation.policy, formulation.assignment(choice))
        assert judgement.goals["balance"].value == pytest.approx(value)
        assert bound <= judgement.objective + 1e-9


def test_a_family_too_large_for_a_book_is_charged_as_one():
    together = {"keep": {"families": "together"}}
    formulation, bound, named = priced(customers_of(100, 100, 100, family_id="F"), **together)
    assert 190 + 90 >= bound >= 190 + 90 - 20
    assert price_bound(formulation.org, formulation.policy, named) == pytest.approx(bound)


def test_a_size_that_depends_on_the_rep_is_charged_where_it_is_too_large():
    reps = [{"rep_id": "ana", "factor": 1.0}, {"rep_id": "bob", "factor": 3.0}]
    by_rep = {"measures": {"revenue": "customer.revenue * rep.factor"}}
    formulation, bound, named = priced(customers_of(100, 100), reps, **by_rep)
    # one with each is best: bob's weighs 300, and the move costs 1
    assert 190 + 1 >= bound > 100
    assert formulation.problem.costs["balance"].tolist() == pytest.approx([0, 190, 0, 190])
    assert price_bound(formulation.org, formulation.policy, named) == pytest.approx(bound)


def test_nothing_is_charged_where_all_fit():
    formulation, _, _ = priced(customers_of(60, 50, 40))
    assert "balance" not in formulation.problem.costs
