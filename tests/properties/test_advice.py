"""What changes do to a plan, against what trying every plan of a tiny org says."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given

from models.solve import solve
from scenarios.advising.advice import AdvisedChange, advise
from scenarios.advising.idea import applied
from tests.oracle import EveryPlan, every_plan
from tests.properties.test_engines_against_every_plan import SEEDS, some
from tests.properties.test_questions import cost_of
from tests.tiny import tiny, tiny_document


def effects_are_as_every_plan_says(seed: int) -> int:
    """Compare every verified change of an org; return how many there were."""
    org, policy = tiny(seed)
    plan = solve(org, policy)
    if plan.status != "optimal":
        return 0
    document = {"policy": tiny_document(seed)[1]}
    advice = advise(org, policy, plan, document)
    changes = (*advice.changes, *advice.redefining, *advice.fruitless)
    if not changes:
        return 0
    base = every_plan(org, policy)
    for one in changes:
        instead = every_plan(*applied(one.idea, org, policy, document))
        where = f"tiny({seed}): {one.idea.title}, {one.effect}"
        assert one.effect.evidence == "proven", where
        assert one.effect.points == pytest.approx(cost_of(base, instead), rel=1e-5, abs=1e-5), where
        saves_no_more_than_predicted(one, base, plan.price_bound, where)
    return len(changes)


def saves_no_more_than_predicted(one: AdvisedChange, base: EveryPlan, price_bound: float | None, where: str) -> None:
    """The bound at the run's prices is one of the changed problem too: no change saves more than the gap beside it."""
    if base.stages is None or len(base.stages) > 1 or price_bound is None:
        return
    gap = base.stages[0] - price_bound
    assert one.effect.points >= one.predicted - gap - 1e-5 * max(1.0, abs(base.stages[0])), where
    if one.idea.relaxes:
        assert one.effect.points <= 1e-6 * max(1.0, abs(base.stages[0])), where


@pytest.mark.parametrize("seed", [9, 30])
def test_a_verified_effect_is_the_difference_of_the_best_plans(seed):
    assert effects_are_as_every_plan_says(seed) > 0


@pytest.mark.long
@pytest.mark.parametrize("first", range(0, 100, 25))
def test_verified_effects_are_right_on_a_hundred_orgs(first):
    assert sum(effects_are_as_every_plan_says(seed) > 0 for seed in range(first, first + 25)) >= 5


@pytest.mark.long
def test_verified_effects_are_right_wherever_they_are_looked_for():
    judged = []

    @given(SEEDS)
    @some
    def law(seed):
        judged.append(effects_are_as_every_plan_says(seed) > 0)

    law()
    assert sum(judged) >= len(judged) / 5


def test_the_same_plan_leads_to_the_same_advice():
    org, policy = tiny(9)
    document = {"policy": tiny_document(9)[1]}
    first, again = (advise(org, policy, solve(org, policy), document) for _ in range(2))
    assert [(one.idea, one.predicted, one.effect) for one in first.changes] == [
        (one.idea, one.predicted, one.effect) for one in again.changes
    ]
    assert np.isfinite([one.predicted for one in first.changes]).all()
