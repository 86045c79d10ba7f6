"""Pairs that are streamed: the bound is that of all of them, and what holds for some is not claimed of all."""

import numpy as np
import pytest

from models.check import judge
from models.check.bound import price_bound
from models.engines.prices import find_prices
from models.findings import InputRefused
from models.formulation import whole as whole_module
from models.formulation.build import formulate
from models.org import Org
from models.plan import Plan
from models.policy import Policy
from models.solve import solve
from models.stop import Stop
from tests.long_ones import long_but
from tests.middling import first_stage, middling_org, middling_policy
from tests.oracle import every_plan
from tests.sizes import hold_all_pairs, stream_everything
from tests.tables import org_of
from tests.tiny import tiny

CERTIFIED = 1e-4


@pytest.fixture
def streaming(monkeypatch):
    """Stream whatever can be, from a working problem of very few pairs, in small parts."""
    stream_everything(monkeypatch)
    monkeypatch.setattr("models.formulation.whole.PAIRS_AT_ONCE", 40)
    monkeypatch.setattr("models.formulation.whole.UNITS_AT_ONCE", 7)
    monkeypatch.setattr("models.check.contenders.MANY", 0)
    return monkeypatch


@pytest.fixture
def searching(streaming):
    """Let search find the plans: what trees prove of the kept pairs is claimed by nobody."""
    for limit in ("TINY_CANDIDATES", "TREE_CANDIDATES", "NEIGHBOURHOOD_CANDIDATES"):
        streaming.setattr(f"models.engines.stage.{limit}", 0)
    return streaming


def both_ways(monkeypatch, org: Org, policy: Policy, effort: float = 0.05) -> tuple[Plan, Plan]:
    """Return the plan of a problem with all pairs, and that of one whose pairs are streamed."""
    streamed = solve(org, policy, stop=Stop(effort=effort))
    with monkeypatch.context() as held:
        hold_all_pairs(held)
        return solve(org, policy, stop=Stop(effort=effort)), streamed


def proven(org: Org, policy: Policy, plan: Plan) -> float:
    """Return what the checker says that the plan's multipliers prove."""
    prices = {name: float(values[0]) for name, values in plan.prices.items()}
    return price_bound(org, policy, prices, [stage.cap for stage in plan.stages[:-1]])


def is_as_certain(org: Org, policy: Policy, held: Plan, streamed: Plan) -> None:
    """Hold a plan of streamed pairs to what is known of a problem with all of them."""
    assert "pairs streamed" in streamed.engine_reason
    assert streamed.bound_by == "prices"
    assert streamed.bound == streamed.price_bound
    assert judge(org, policy, streamed.assignment).feasible
    assert streamed.price_bound == pytest.approx(min(proven(org, policy, streamed), streamed.objective), rel=1e-6)
    # nobody can prove more than the best plan is worth, and the plan with all pairs is no better than that
    if len(policy.stages) == 1:
        assert streamed.price_bound <= held.objective + 1e-6 * abs(held.objective)
        assert streamed.price_bound == pytest.approx(held.price_bound, rel=CERTIFIED, abs=CERTIFIED)


# ---- against every plan ----------------------------------------------------------------------------------------


def what_is_told_of_streamed_pairs_is_true(monkeypatch, seed: int) -> str:
    org, policy = tiny(seed)
    eligibility = policy.eligibility.model_copy(update={"nearest": None})
    policy = policy.model_copy(update={"eligibility": eligibility})
    if org.pairs_only:
        return "pairs only"
    try:
        held, streamed = both_ways(monkeypatch, org, policy)
    except InputRefused:
        return "refused"
    best, where = every_plan(org, policy), f"tiny({seed})"
    if best.stages is None:
        assert streamed.status in ("infeasible", "no_plan"), where
        return streamed.status
    assert streamed.status in ("optimal", "feasible", "no_plan"), where
    if streamed.assignment is None or streamed.status == "no_plan":
        return "missed"
    assert judge(org, policy, streamed.assignment).feasible, where
    # a single tree or relaxation knows the exact value of all pairs
    told = min(proven(org, policy, streamed), streamed.objective)
    assert streamed.price_bound == pytest.approx(told, rel=1e-6, abs=1e-6), where
    first = 2e-6 * max(1.0, abs(best.stages[0]))
    assert streamed.stages[0].bound <= best.stages[0] + first, where
    if len(policy.stages) == 1:
        assert streamed.price_bound == pytest.approx(held.price_bound, rel=CERTIFIED, abs=CERTIFIED), where
    if streamed.status == "optimal" and len(policy.stages) == 1:
        assert streamed.objective == pytest.approx(best.objective, rel=2e-6, abs=2e-6), where
    return "planned"


@pytest.mark.parametrize("first", long_but(range(0, 24, 12), 0))
def test_what_is_told_of_streamed_pairs_is_true(streaming, first):
    told = [what_is_told_of_streamed_pairs_is_true(streaming, seed) for seed in range(first, first + 12)]
    assert told.count("planned") >= 3
    assert told.count("missed") == 0


@pytest.mark.long
@pytest.mark.parametrize("first", range(100, 500, 100))
def test_what_is_told_of_streamed_pairs_is_true_on_hundreds(streaming, first):
    told = [what_is_told_of_streamed_pairs_is_true(streaming, seed) for seed in range(first, first + 100)]
    assert told.count("missed") <= 4


# ---- on orgs of middling size, whose distances tell whom to look at --------------------------------------------


MIDDLING = {
    "bands, a limit and a budget": {},
    "groups": {
        "keep": {"groups": [{"name": "large", "when": "customer.revenue > 40", "max": 4, "min": 1, "per": "rep"}]},
    },
    "conflicts": {"keep": {"conflicts": [{"name": "rivals", "customers": ["C0001", "C0002", "C0003"]}]}},
    "budgets of what reps gain": {
        "disruption": {
            "budgets": [
                {"of": "customers", "max": "30%"},
                {"name": "gained", "of": "customers", "per": "rep", "side": "gained", "max": "20%"},
            ]
        }
    },
    "a pool": {"pool": {"when": "customer.revenue < 15", "penalty": "2"}},
    "hours that depend on the rep": {
        "measures": {
            "revenue": "customer.revenue",
            "workload": "customer.workload_hours * (1 + 0.1 * (rep.capacity_workload_hours > 0)::INT)",
        },
        "balance": [{"measure": "revenue", "tolerance": "5%", "weight": 2}],
    },
    "move costs and preferences": {
        "eligibility": {
            "rules": [{"name": "known", "prefer": "rep.rep_id <> 'R001'", "penalty": "0.1 * customer.revenue"}]
        },
        "disruption": {"move_cost": "1 + 0.01 * customer.revenue"},
        "goals": [
            {"goal": "balance"},
            {"goal": "disruption"},
            {"goal": "misfit"},
            {"goal": "travel", "weight": 0.2},
        ],
    },
    "a cost by expression": {
        "goals": [{"goal": "balance"}, {"goal": "cost", "value": "(customer.revenue - 20) * rep.lat / 100"}],
    },
    "customers too large for a book": {
        "measures": {"revenue": "customer.revenue * customer.revenue", "workload": "customer.workload_hours"},
        "balance": [{"measure": "revenue", "tolerance": "1%", "weight": 0.2}],
    },
    "locks": {"keep": {"locks": [{"name": "key", "when": "customer.revenue > 60"}]}},
}


@pytest.mark.parametrize("kind", long_but(MIDDLING, "bands, a limit and a budget"))
def test_streamed_pairs_prove_what_all_pairs_prove(searching, kind):
    org = middling_org(70, 12, 5)
    policy = middling_policy(**{"eligibility": {}, **MIDDLING[kind]})
    is_as_certain(org, policy, *both_ways(searching, org, policy))


@pytest.mark.long
def test_streamed_prices_may_be_climbed_to(searching):
    for name in ("models.engines.prices.LP_CANDIDATES", "models.streamed.LP_CANDIDATES"):
        searching.setattr(name, 0)
    org, policy = middling_org(70, 12, 5), middling_policy(eligibility={})
    is_as_certain(org, policy, *both_ways(searching, org, policy))


@pytest.mark.long
def test_families_stay_together_where_pairs_are_streamed(searching):
    org = middling_org(70, 12, 5)
    customers = org.customers.assign(family_id=[f"F{c // 3}" for c in range(70)])
    org = org_of(customers.to_dict("records"), org.reps.to_dict("records"))
    policy = middling_policy(eligibility={}, keep={"families": "together"}, capacity=[], disruption={})
    is_as_certain(org, policy, *both_ways(searching, org, policy))


@pytest.mark.long
def test_each_priority_is_proven_over_all_pairs(searching):
    org = middling_org(50, 10, 7)
    goals = [
        {"goal": "balance", "priority": 1, "slack": "10%"},
        {"goal": "travel", "priority": 2, "slack": "5%"},
        {"goal": "disruption", "priority": 3},
    ]
    policy = middling_policy(eligibility={}, goals=goals)
    held, streamed = both_ways(searching, org, policy)
    is_as_certain(org, policy, held, streamed)
    first = streamed.stages[0]
    assert first.bound == pytest.approx(proven_of_all(org, policy), rel=CERTIFIED, abs=CERTIFIED)
    assert all(stage.bound <= stage.value for stage in streamed.stages)


def proven_of_all(org: Org, policy: Policy) -> float:
    """Return what the best prices of all pairs prove of the first stage."""
    return find_prices(first_stage(formulate(org, policy, streamed=False))).bound


# ---- plans that need pairs which are not cheap -----------------------------------------------------------------


def crowded() -> tuple[Org, Policy]:
    """Return an org whose customers all live next to two reps, who have room for a third of them."""
    reps = [{"rep_id": f"R{r}", "lat": 40.0 + (r > 1) * r, "lon": -100.0, "room": 4} for r in range(8)]
    customers = [{"customer_id": f"C{c:02d}", "lat": 40.0 + c / 1000, "lon": -100.0} for c in range(24)]
    policy = {
        "capacity": [{"measure": "customers", "max": "rep.room"}],
        "goals": [{"goal": "travel"}],
    }
    return org_of(customers, reps), Policy.model_validate(policy)


def test_pairs_without_which_no_limit_holds_are_found(streaming):
    org, policy = crowded()
    cheap = formulate(org, policy).problem
    assert set(cheap.rep.tolist()) == {0, 1}
    held, streamed = both_ways(streaming, org, policy)
    assert held.status == "optimal"
    is_as_certain(org, policy, held, streamed)
    assert streamed.objective == pytest.approx(held.objective, rel=1e-6)


def test_only_a_proof_over_all_pairs_is_called_infeasible(streaming):
    org, policy = crowded()
    reps = org.reps.assign(room=[2] * 8)
    tight = org_of(org.customers.to_dict("records"), reps.to_dict("records"))
    plan = solve(tight, policy, stop=Stop(effort=0.1))
    assert (plan.status, plan.bound_by) == ("infeasible", "prices")
    assert any("8 reps × 2 = 16, but 24 customers need an owner" in line for line in plan.explanation)


def test_a_tree_that_finds_nothing_among_the_kept_pairs_proves_nothing(streaming):
    # two customers of 3 h each fit nobody's 5 h twice; by halves they would
    customers = [{"customer_id": f"C{c}", "hours": 3.0, "lat": 40.0, "lon": -100.0} for c in range(3)]
    reps = [{"rep_id": f"R{r}", "lat": 40.0 + r, "lon": -100.0} for r in range(2)]
    policy = Policy.model_validate(
        {
            "measures": {"hours": "customer.hours"},
            "capacity": [{"measure": "hours", "max": 5}],
            "goals": [{"goal": "travel"}],
        }
    )
    plan = solve(org_of(customers, reps), policy, stop=Stop(effort=0.1))
    assert plan.status == "no_plan"


# ---- the working problem ---------------------------------------------------------------------------------------


@pytest.mark.long
def test_the_same_seed_gives_the_same_streamed_plan_on_any_number_of_cores(searching):
    org, policy = middling_org(60, 10, 3), middling_policy(eligibility={})
    plans = []
    for cores in (1, 2, 3):
        searching.setattr("models.formulation.floors.cores", lambda cores=cores: cores)
        plans.append(solve(org, policy, stop=Stop(effort=0.1)))
    assert len({plan.price_bound for plan in plans}) == 1
    assert all(np.array_equal(plan.assignment.owners, plans[0].assignment.owners) for plan in plans)


def test_nearest_and_listed_pairs_are_all_that_the_user_allows(streaming):
    org = middling_org(20, 5, 1)
    assert formulate(org, middling_policy(eligibility={"nearest": 3})).whole is None
    assert formulate(org, middling_policy(eligibility={})).whole is not None
    assert whole_module.MOST_HELD == 0


def test_todays_owner_is_kept_whatever_the_way(streaming):
    org = middling_org(40, 9, 2)
    formulation = formulate(org, middling_policy(eligibility={}))
    units = formulation.units
    owned = np.flatnonzero(units.present)
    assert (formulation.problem.stay[units.unit_of_member[owned]] >= 0).all()
    assert formulation.candidates.allowed.tolist() == [9] * 40
    assert np.diff(formulation.problem.start).max() <= 3


def test_status_quo_leaves_everybody_and_places_the_rest_among_all_reps(streaming):
    org, policy = middling_org(40, 9, 2), middling_policy(eligibility={})
    plan = solve(org, policy, stop=Stop(effort=0.1), evaluate_only=True)
    assert plan.status == "evaluated"
    assert not plan.judgement.moved.any()
