"""Orgs that fall apart: solved piece by piece, they have the plans and bounds of the whole."""

import numpy as np
import pytest

from models.check.bound import price_bound
from models.engines.parts import pieces
from models.engines.program import StageTask
from models.engines.split import solve_in_pieces
from models.engines.stage import solve_stage
from models.formulation.build import formulate
from models.policy import Policy
from models.solve import solve
from models.stop import Stop
from tests.long_ones import long_but
from tests.oracle import every_plan
from tests.tables import org_of

REGIONS = ("west", "east", "north")


def falling_apart(seed):
    """Draw an org of a few regions, whose reps are of one region each; some customers are of none."""
    rng = np.random.default_rng(seed)

    def pick(*choices):
        return choices[int(rng.integers(len(choices)))]

    def chance(probability):
        return rng.random() < probability

    reps = [
        {"rep_id": f"R{at}", "regions": pick(*REGIONS), "team": pick("a", "b", None), "share": pick(1.0, 1.0, 0.5)}
        for at in range(int(rng.integers(3, 6)))
    ]
    here = sorted({rep["regions"] for rep in reps})
    if chance(0.3):
        reps.append({"rep_id": "R9", "regions": "nowhere"})
    customers = [
        {
            "customer_id": f"C{at}",
            "region": None if chance(0.2) else pick(*here),
            "revenue": pick(0.0, 0.0, 1.0, 3.0, 5.0, 8.0),
            "workload_hours": pick(1.0, 2.0, 4.0),
            "owner_id": pick(*(rep["rep_id"] for rep in reps), None),
        }
        for at in range(int(rng.integers(4, 7)))
    ]
    policy = {
        "measures": {"revenue": "customer.revenue", "workload": "customer.workload_hours"},
        "eligibility": {"region": "same"},
        "goals": [{"goal": "disruption"}],
    }
    if chance(0.8):
        policy["balance"] = [{"measure": "revenue", "tolerance": "10%"}]
        policy["goals"].append({"goal": "balance"})
    if chance(0.4):
        line = {"measure": pick("revenue", "workload"), "max": pick(5.0, 8.0, 12.0)}
        policy["capacity"] = [line | {"min": 1.0} if chance(0.3) else line]
    if chance(0.15):
        policy["disruption"] = {"budgets": [{"of": "customers", "max": "60%"}]}
    if chance(0.2):
        policy["pool"] = {"when": "TRUE", "penalty": "9"}
    if len(policy["goals"]) > 1 and chance(0.2):
        policy["goals"][0]["priority"], policy["goals"][1]["priority"] = 2, 1
    return org_of(customers, reps), Policy.model_validate(policy)


def falling_apart_in_two_roles(seed):
    """Draw two lands whose customers may have an owner for sales and one for service, and count once."""
    rng = np.random.default_rng(seed)

    def pick(*choices):
        return choices[int(rng.integers(len(choices)))]

    lands = ("west", "east")
    reps = [
        {"rep_id": f"{land} {role} {at}", "regions": land, "role": role, "team": pick(land, land, f"other {land}")}
        for land in lands
        for role, most in (("sales", 2), ("service", pick(1, 2)))
        for at in range(most)
    ]
    customers = [
        {
            "customer_id": f"C{at}",
            "region": (land := pick(*lands)),
            "revenue": pick(0.0, 1.0, 3.0, 5.0),
            "family_id": pick("F", None, None),
            "locked": pick(True, False, False, False),
            "owner_id_sales": pick(f"{land} sales 0", f"{land} sales 1", None),
            "owner_id_service": pick(f"{land} service 0", f"{land} service 0", None),
        }
        for at in range(int(rng.integers(3, 6)))
    ]
    policy = {
        "measures": {"revenue": "customer.revenue"},
        "roles": {"sales": {}, "service": {"when": pick("TRUE", "customer.revenue > 0")}},
        "eligibility": {"region": "same"},
        "keep": {
            "families": pick("together", "free"),
            "locks": [{"name": "locked", "when": "customer.locked"}],
            "groups": [{"name": "few", "when": "TRUE", "per": pick("rep", "team"), "max": pick(1, 2, 3)}],
        },
        "balance": [{"measure": "revenue", "tolerance": "10%"}],
        "disruption": {
            "budgets": [
                {"of": pick("customers", "revenue"), "per": "region", "max": pick("40%", "60%", "80%")},
                {"name": "in", "of": "customers", "per": pick("team", "rep"), "side": "gained", "max": pick(1, 2)},
            ]
        },
        "goals": [{"goal": "disruption"}, {"goal": "balance"}],
    }
    return org_of(customers, reps), Policy.model_validate(policy)


def apart_it_is_as_good_as_whole(seed, bundle, draw=falling_apart):
    org, policy = draw(seed)
    best, where = every_plan(org, policy), f"{draw.__name__}({seed}), {bundle} together"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("models.engines.parts.BUNDLE", bundle)
        plan = solve(org, policy)
    if best.stages is None:
        assert plan.status == "infeasible", where
        return
    assert plan.status == "optimal", where
    assert [stage.value for stage in plan.stages] == pytest.approx(best.stages, rel=2e-6, abs=2e-6), where
    prices = {name: float(values[0]) for name, values in plan.prices.items()}
    proven = price_bound(org, policy, prices, [stage.cap for stage in plan.stages[:-1]])
    assert plan.price_bound == pytest.approx(min(proven, plan.objective), rel=1e-6, abs=1e-6), where
    assert plan.price_bound <= best.objective + 2e-6 * max(1.0, abs(best.objective)), where


@pytest.mark.parametrize(("first", "bundle"), long_but([(0, 0), (60, 3), (180, 5), (120, 8)], (0, 0)))
def test_piece_by_piece_is_the_best_of_all(first, bundle):
    for seed in range(first, first + 10):
        apart_it_is_as_good_as_whole(seed, bundle)


@pytest.mark.long
def test_pieces_of_customers_with_two_roles_are_the_best_of_all():
    for seed in range(12):
        apart_it_is_as_good_as_whole(seed, 0, falling_apart_in_two_roles)


@pytest.mark.long
def test_pieces_of_customers_with_two_roles_are_the_best_of_all_on_many_orgs():
    for seed in range(1000, 1400):
        apart_it_is_as_good_as_whole(seed, (0, 5)[seed % 2], falling_apart_in_two_roles)


@pytest.mark.long
@pytest.mark.parametrize("bundle", [0, 3, 5, 8])
def test_piece_by_piece_is_the_best_of_all_on_many_orgs(bundle):
    for seed in range(1000, 1400):
        apart_it_is_as_good_as_whole(seed, bundle)


def quiet(*_):
    pass


def two_lands(west=2, east=3, **sections):
    """Two reps in the west, two in the east, and customers of 5 in each."""
    customers = [
        {"customer_id": f"{land}{at}", "region": land, "revenue": 5.0, "owner_id": f"{land} rep {at % 2}"}
        for land, count in (("west", west), ("east", east))
        for at in range(count)
    ]
    reps = [{"rep_id": f"{land} rep {at}", "regions": land} for land in ("west", "east") for at in range(2)]
    document = {
        "measures": {"revenue": "customer.revenue"},
        "eligibility": {"region": "same"},
        "balance": [{"measure": "revenue", "tolerance": "0%"}],
        "goals": [{"goal": "balance"}, {"goal": "disruption"}],
    }
    return customers, reps, Policy.model_validate({**document, **sections})


def test_the_largest_piece_may_stand_anywhere(monkeypatch):
    monkeypatch.setattr("models.engines.parts.BUNDLE", 0)
    for west, east in ((2, 5), (5, 2)):
        customers, reps, policy = two_lands(west, east)
        plan = solve(org_of(customers, reps), policy)
        assert plan.status == "optimal"
        assert plan.engine_reason.startswith("2 independent parts; the largest has 10 candidates")


def test_a_book_that_nobody_can_be_in_costs_what_it_lacks(monkeypatch):
    monkeypatch.setattr("models.engines.parts.BUNDLE", 0)
    customers, reps, policy = two_lands()
    org = org_of(customers, [*reps, {"rep_id": "hermit", "regions": "moon"}])
    problem = formulate(org, policy).problem
    assert len(pieces(problem)) == 2
    # five reps, 25 altogether: each is due 5; the hermit is short of all of it, and one in the east has 5 too much
    plan = solve(org, policy)
    assert (plan.status, plan.objective) == ("optimal", pytest.approx(200))
    assert plan.bound == pytest.approx(200)
    task = StageTask(problem, problem.stages[0].weights)
    whole, apart = (how(task, "auto", Stop(), 1, quiet) for how in (solve_stage, solve_in_pieces))
    assert apart.prices.bound == pytest.approx(whole.prices.bound)


def test_a_minimum_for_a_book_that_nobody_can_be_in_cannot_be_kept(monkeypatch):
    monkeypatch.setattr("models.engines.parts.BUNDLE", 0)
    customers, reps, policy = two_lands(capacity=[{"measure": "revenue", "min": 1.0}])
    assert solve(org_of(customers, reps), policy).status == "optimal"
    assert solve(org_of(customers, [*reps, {"rep_id": "hermit", "regions": "moon"}]), policy).status == "infeasible"


def test_a_customer_that_weighs_nothing_ties_no_pieces_together_and_counts_no_row_twice(monkeypatch):
    # it may be with anybody, and shares a bundle with the west only
    monkeypatch.setattr("models.engines.parts.BUNDLE", 6)
    customers, reps, policy = two_lands(capacity=[{"measure": "revenue", "min": 1.0}])
    nothing = {"customer_id": "feather", "revenue": 0.0, "owner_id": "east rep 0"}
    org = org_of([nothing, *customers], reps)
    assert [len(units) for units in pieces(formulate(org, policy).problem)] == [1, 2, 3]
    monkeypatch.setattr("models.engines.parts.BUNDLE", 8)
    assert [len(units) for units in pieces(formulate(org, policy).problem)] == [3, 3]
    plan = solve(org, policy)
    assert plan.status == "optimal"
    assert plan.objective == pytest.approx(every_plan(org, policy).objective)


def test_one_piece_without_a_plan_leaves_the_whole_without():
    customers, reps, policy = two_lands(capacity=[{"measure": "revenue", "per": "team", "max": {"east": 10}}])
    for rep in reps:
        rep["team"] = rep["regions"]
    plan = solve(org_of(customers, reps), policy)
    assert plan.status == "infeasible"
    assert plan.assignment is not None
    assert [one.line for one in plan.judgement.violations] == ["capacity[revenue]"]
