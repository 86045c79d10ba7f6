"""The price bound, recomputed by the checker from multipliers alone."""

import math

import numpy as np
import pytest

from models.check import shortlists
from models.check.bound import price_bound
from models.check.multipliers import CertificateRefused
from models.engines.prices import find_prices, price
from models.engines.program import Cap, StageTask
from models.formulation.build import formulate
from models.policy import Policy
from models.problem import Problem
from tests.oracle import every_plan
from tests.tables import org_of
from tests.tiny import tiny

OVERLOADED = [{"customer_id": f"C{n}", "owner_id": "ana", "workload_hours": 10.0} for n in (1, 2, 3)]
REPS = [{"rep_id": "ana", "team": "red"}, {"rep_id": "bob", "team": "red"}]
LINES = {
    "measures": {"workload": "customer.workload_hours"},
    "capacity": [{"measure": "workload", "max": {"ana": 20}}],
    "goals": [{"goal": "disruption"}],
}


def bound_of(multipliers, *, customers=OVERLOADED, reps=REPS, caps=(), **sections):
    return price_bound(org_of(customers, reps), Policy.model_validate({**LINES, **sections}), multipliers, caps)


def draw(rng: np.random.Generator, problem: Problem, limits: list[float], *, found: bool):
    """Draw prices that every row allows, or have the engine find them; return them by name, with their bound."""
    caps = tuple(Cap(stage.weights, limit) for stage, limit in zip(problem.stages, limits, strict=False))
    task = StageTask(problem, problem.stages[-1].weights, caps)
    rows = rng.normal(0, 3, problem.rows.count) * (rng.random(problem.rows.count) < rng.choice([0.3, 1.0]))
    prices = find_prices(task) if found else price(task, rows, rng.exponential(1, len(caps)))
    named = {problem.rows.names[row]: float(prices.rows[row]) for row in np.flatnonzero(prices.rows)}
    named |= {f"stage {n}": float(one) for n, one in enumerate(prices.caps, start=1)}
    return named, prices.bound


def agree(seed: int) -> None:
    org, policy = tiny(seed)
    problem = formulate(org, policy).problem
    assert len(set(problem.rows.names)) == problem.rows.count, f"tiny({seed}): two rows of one name"
    if np.diff(problem.start).min(initial=1) == 0:
        assert price_bound(org, policy, {}) == math.inf
        return
    rng = np.random.default_rng(seed)
    for found in (False, False, True):
        limits = [float(rng.normal(20, 10)) for _ in policy.stages[:-1]]
        multipliers, expected = draw(rng, problem, limits, found=found)
        assert price_bound(org, policy, multipliers, limits) == pytest.approx(expected, rel=1e-9, abs=1e-9), seed


def stay_below_the_best(seed: int) -> bool:
    """Compare what prices prove with the best of all plans; False where an org has no plan."""
    org, policy = tiny(seed)
    best = every_plan(org, policy)
    if best.stages is None:
        return False
    problem, rng = formulate(org, policy).problem, np.random.default_rng(seed)
    for found in (False, True):
        multipliers, _ = draw(rng, problem, list(best.caps[:-1]), found=found)
        proven = price_bound(org, policy, multipliers, best.caps[:-1])
        assert proven <= best.stages[-1] + 1e-6 * max(1.0, abs(best.stages[-1])), seed
    return True


@pytest.mark.parametrize("tens", range(3))
def test_the_checker_proves_by_any_prices_what_the_engine_proves(tens):
    for seed in range(10 * tens, 10 * tens + 10):
        agree(seed)


@pytest.mark.long
@pytest.mark.parametrize("hundreds", range(10))
def test_the_checker_proves_by_any_prices_what_the_engine_proves_on_a_thousand_orgs(hundreds):
    for seed in range(100 * hundreds, 100 * hundreds + 100):
        agree(seed)


def test_no_plan_is_below_what_prices_prove():
    assert sum(stay_below_the_best(seed) for seed in range(12)) >= 4


@pytest.mark.long
@pytest.mark.parametrize("hundreds", range(4))
def test_no_plan_is_below_what_prices_prove_on_many_orgs(hundreds):
    assert sum(stay_below_the_best(seed) for seed in range(100 * hundreds, 100 * hundreds + 100)) >= 35


def test_without_prices_everybody_stays_for_nothing():
    assert bound_of({}) == 0


def test_an_overload_priced_at_what_a_move_costs_is_a_bound_of_one_move():
    # each of three customers costs 1 point, moved or not, less 20 hours at a tenth of a point
    assert bound_of({"capacity[workload][ana]": -0.1}) == pytest.approx(1)


def test_any_price_proves_a_true_bound_if_a_worse_one():
    assert bound_of({"capacity[workload][ana]": -0.05}) == pytest.approx(0.5)
    assert bound_of({"capacity[workload][ana]": -1.0}) == pytest.approx(-17)


def test_a_customer_nobody_may_own_leaves_no_plan_at_all():
    assert bound_of({}, eligibility={"rules": [{"name": "none", "require": "FALSE"}]}) == math.inf


def test_teams_have_a_row_for_each_role():
    reps = [{**REPS[0], "role": "sales"}, {"rep_id": "sue", "team": "red", "role": "service"}]
    sections = {
        "roles": {"sales": {}, "service": {}},
        "capacity": [{"measure": "workload", "per": "team", "min": 40, "max": 50}],
    }
    customers = [{**row, "owner_id_sales": "ana", "owner_id_service": "sue"} for row in OVERLOADED]
    # 30 hours in each role, whoever has them: ten too few in each
    prices = {"capacity[workload][red, sales]": 1.0, "capacity[workload][red, service]": 0.5}
    assert bound_of(prices, customers=customers, reps=reps, **sections) == pytest.approx(15)


def test_units_are_gone_through_in_chunks_that_change_nothing(monkeypatch):
    org, policy = tiny(8)
    whole = price_bound(org, policy, {})
    monkeypatch.setattr(shortlists, "PAIRS", 1)
    assert price_bound(org, policy, {}) == pytest.approx(whole)


BANDS = {"balance": [{"measure": "workload", "weight": 3}], "goals": [{"goal": "balance", "weight": 2}]}
PRIORITIES = {"goals": [{"goal": "disruption", "priority": 1}, {"goal": "moves", "priority": 2}]}


@pytest.mark.parametrize(
    ("multipliers", "sections", "told"),
    [
        ({"capacity[workload][zoe]": -1.0}, {}, "there is no row capacity[workload][zoe]"),
        ({"capacity[hours][ana]": -1.0, "x": 1.0}, {}, "there is no row capacity[hours][ana] and 1 more"),
        ({"capacity[workload][ana]": 0.1}, {}, "is 0.1, and the row has no lower limit"),
        ({"capacity[workload][bob]": -0.1}, {}, "is -0.1, and the row has no upper limit"),
        ({"capacity[workload][ana]": math.nan}, {}, "the multiplier of capacity[workload][ana] is nan"),
        ({"capacity[workload][ana]": -math.inf}, {}, "the multiplier of capacity[workload][ana] is -inf"),
        # 15 hours each: a percent outside costs 6 points, an hour 40
        ({"balance[workload][bob]": 40.1}, BANDS, "is 40.1, beyond the 40 points it may be"),
        ({"balance[workload][bob]": -41.0}, BANDS, "is -41, beyond the 40 points it may be"),
        ({"stage 1": -1.0}, PRIORITIES, "is -1, and must be at least 0"),
        ({"stage 1": 1.0}, PRIORITIES, "nothing says what the stage leaves"),
        ({"stage 2": 1.0}, PRIORITIES, "there is no row stage 2"),
    ],
)
def test_a_price_that_proves_nothing_is_refused(multipliers, sections, told):
    with pytest.raises(CertificateRefused) as refused:
        bound_of(multipliers, **sections)
    assert told in str(refused.value)


def test_a_price_may_be_all_that_the_band_costs():
    # ana has 30 hours of 15 or bob has: the cheapest of all is 40 points an hour for what no book can be
    assert bound_of({"balance[workload][bob]": 40.0}, **BANDS) == pytest.approx(40 * 15 - 40 * 30)


def test_what_earlier_stages_leave_is_priced_too():
    # moving costs 1 point and 1 move; at 3 points each the stage's 2 points leave nothing
    prices = {"capacity[workload][ana]": -0.4, "stage 1": 3.0}
    assert bound_of(prices, caps=[2.0], **PRIORITIES) == pytest.approx(3 * 4 - 8 - 6)
