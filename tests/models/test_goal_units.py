"""In what goals are counted: one answer for plans, frontiers and conflicts."""

import pytest

from models.goal_units import goal_unit
from models.policy import GOALS, Policy

LINE = {"measure": "customers", "target": "equal", "tolerance": "10%"}


@pytest.mark.parametrize(("weights", "unit"), [((1,), "% of target"), ((1, 1), "% of target"), ((2,), "points"),
                                               ((1, 0.5), "points")])  # fmt: skip
def test_percent_that_are_weighed_are_points(weights, unit):
    lines = [{**LINE, "name": f"line {at}", "weight": weight} for at, weight in enumerate(weights)]
    policy = Policy.model_validate({"balance": lines, "goals": [{"goal": "balance", "weight": 3}]})
    assert goal_unit(policy, "balance") == unit


def test_costs_are_in_their_own_unit():
    policy = Policy.model_validate({"goals": [{"goal": "cost", "value": "pair.fee", "unit": "EUR"}]})
    assert goal_unit(policy, "cost") == "EUR"


def test_every_goal_has_a_unit():
    assert all(goal_unit(Policy.model_validate({}), goal) for goal in GOALS if goal != "cost")
