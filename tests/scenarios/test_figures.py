"""The figures of a scenario: every number of the worked case by hand."""

import math

import pytest

from models.outcome import Outcome
from models.policy import Policy
from models.summary import summarise
from scenarios.comparing.figures import Figures, figures_of, figures_without_plan
from scenarios.comparing.goals import goal_definitions
from scenarios.comparing.scorecard import BeforeAfter, CapacityUse, Losses, Moves, Revenue
from tests.plans import no_plan, plan_of
from tests.scenarios.compared import MEASURED, figures_by_hand, worked_figures
from tests.tables import assignment_of, org_of
from tests.worked import ALL_STAY, OVERLOADED, SECOND, worked_org, worked_plan, worked_policy


def test_moves_and_revenue_of_the_worked_case():
    figures = worked_figures()
    assert figures.moves == Moves(
        chosen=1, base=4, share=0.25, forced=1, newly_assigned=1, pooled=0, kept=3, retention=0.75
    )
    assert figures.revenue == Revenue(
        measure="revenue",
        unit="USD",
        total=360,
        base=230,
        chosen=40,
        share=40 / 230,
        forced_present=0,
        forced_departed=80,
        frozen_share=0,
    )
    assert figures.revenue.in_transition == 120


def test_objective_goals_and_stages_of_the_worked_case():
    figures = worked_figures(SECOND, {"status": "feasible", "bound": 12.0})
    assert figures.objective == pytest.approx(136 / 9)
    assert {name: goal.value for name, goal in figures.goals.items()} == pytest.approx(
        {"balance": 10 / 9, "disruption": 4, "misfit": 10}
    )
    (stage,) = figures.stages
    assert (stage.weights, stage.bound) == ({"balance": 1, "disruption": 1, "misfit": 1}, 12.0)
    assert figures.gap == pytest.approx((136 / 9 - 12) / (136 / 9))


def test_books_are_compared_per_share_and_presence():
    after = worked_figures().measures["revenue"].after
    # 160, 120 and, at half a presence, 80: per full-time rep 160, 120, 160
    assert after.max_min == pytest.approx(4 / 3)
    assert after.cv == pytest.approx(math.sqrt(2) * 40 / 3 / (440 / 3))
    assert after.gini == pytest.approx((0 + 40 + 40) * 2 / (2 * 9 * 440 / 3))
    assert after.inside == 0


def test_an_empty_book_is_infinitely_lighter_than_the_heaviest():
    figures = worked_figures()
    assert figures.measures["revenue"].before.max_min is None
    assert figures.reps.evenness.before is None
    assert figures.reps.evenness.after == pytest.approx(4 / 3)


def test_reps_over_and_under_the_band_are_counted_before_and_after():
    reps = worked_figures().reps
    assert (reps.inside.after, reps.over.after, reps.under.after) == (0, 2, 1)
    assert (reps.over.before, reps.under.before, reps.banded, reps.present) == (1, 2, 3, 3)


def test_reps_lose_over_a_fifth_only_beyond_a_fifth():
    assert worked_figures().losses == Losses(over_fifth=0, names=(), largest=0.2, largest_name="Ana")
    # Ana gives up 100 of 200, Bob his only 30
    assert worked_figures(SECOND).losses == Losses(over_fifth=2, names=("Bob", "Ana"), largest=1.0, largest_name="Bob")


def test_capacity_is_told_in_total_and_of_the_fullest():
    (use,) = worked_figures().capacity
    assert use == CapacityUse(
        line="workload",
        measure="workload",
        unit="h",
        used=200,
        room=280,
        share=200 / 280,
        fullest="Eve",
        fullest_share=1.0,
    )


def test_a_region_counts_what_its_customers_carry():
    capacity = [{"measure": "workload", "per": "region", "max": {"west": 200, "east": 100}}]
    (use,) = worked_figures(capacity=capacity).capacity
    assert (use.used, use.room, use.fullest, use.fullest_share) == (pytest.approx(200), 300, "east", 0.8)


def test_a_line_with_a_minimum_only_has_no_room():
    assert worked_figures(capacity=[{"measure": "customers", "min": 1}]).capacity == ()


def test_customers_that_break_a_preference_are_counted():
    assert worked_figures(SECOND).misfits == BeforeAfter(before=0, after=1)
    assert worked_figures(eligibility={"region": "same", "skills": "required"}, goals=[]).misfits is None


def test_hard_rules_that_a_measured_plan_breaks_are_told():
    figures = worked_figures(OVERLOADED, MEASURED)
    assert (figures.violations, figures.has_plan, figures.allowed) == (1, True, False)
    assert figures.explanation == ("capacity[workload]: eve carries 80 h, at most 50 h",)
    assert figures.stages[0].bound is None


def test_a_departed_owner_is_out_of_retention():
    figures = figures_by_hand(
        [{"customer_id": f"C{i}", "owner_id": owner} for i, owner in enumerate(("ana", "ana", "dan", "gone"))],
        [{"rep_id": "ana"}, {"rep_id": "bob"}, {"rep_id": "dan", "status": "left"}],
        {},
        {"C0": "ana", "C1": "bob", "C2": "bob", "C3": "ana"},
    )
    assert (figures.moves.kept, figures.moves.base, figures.moves.retention) == (1, 2, 0.5)
    assert figures.reps.present == 2


def test_without_present_owners_nothing_is_retained_or_lost():
    figures = figures_by_hand([{"customer_id": "C1"}], [{"rep_id": "ana"}], {}, {"C1": "ana"})
    assert (figures.moves.base, figures.moves.retention, figures.losses.largest_name) == (0, None, None)


def test_travel_is_told_where_every_way_is_known():
    customers = [{"customer_id": "C1", "owner_id": "ana", "visits": 3.0}, {"customer_id": "C2", "owner_id": "ana"}]
    reps = [{"rep_id": "ana"}, {"rep_id": "bob"}]
    minutes = {("C1", "ana"): 30, ("C1", "bob"): 10, ("C2", "ana"): 60, ("C2", "bob"): 45}
    pairs = [{"customer_id": c, "rep_id": r, "drive_minutes": float(m)} for (c, r), m in minutes.items()]
    owners = {"C1": "bob", "C2": "ana"}
    figures = figures_by_hand(customers, reps, {}, owners, pairs=pairs)
    assert figures.travel_hours == BeforeAfter(before=3 + 2, after=1 + 2)
    assert figures_by_hand(customers, reps, {}, owners, pairs=pairs[:2]).travel_hours is None
    assert figures_by_hand(customers, reps, {}, owners).travel_hours is None


def test_potential_is_held_against_quota_before_and_after():
    figures = figures_by_hand(
        [{"customer_id": f"C{i}", "owner_id": "ana", "potential": 50.0} for i in range(4)],
        [{"rep_id": "ana", "quota": 100.0}, {"rep_id": "bob", "quota": 50.0}, {"rep_id": "eve", "quota": 0.0}],
        {},
        {"C0": "ana", "C1": "ana", "C2": "bob", "C3": "bob"},
    )
    assert figures.quota.reps == 2
    assert (figures.quota.before.minimum, figures.quota.before.maximum, figures.quota.before.near) == (0, 2, 0)
    after = figures.quota.after
    assert (after.minimum, after.median, after.maximum, after.near) == (1, 1.5, 2, 0.5)


@pytest.mark.parametrize("reps", [{"quota": None}, {"quota": 0.0}, {}])
def test_without_a_quota_there_is_nothing_to_hold_against(reps):
    customers = [{"customer_id": "C1", "potential": 5.0}]
    assert figures_by_hand(customers, [{"rep_id": "ana", **reps}], {}, {"C1": "ana"}).quota is None


def test_roles_are_spread_each_by_itself():
    customers = [{"customer_id": f"C{i}", "revenue": 10.0, "tier": "A" if i < 2 else "B"} for i in range(4)]
    reps = [{"rep_id": f"{role}{i}", "role": role} for role in ("sales", "service") for i in range(2)]
    policy = {
        "measures": {"revenue": "customer.revenue"},
        "roles": {"sales": {}, "service": {"when": "customer.tier = 'A'"}},
    }
    org, rules = org_of(customers, reps), Policy.model_validate(policy)
    sales = {f"C{i}": f"sales{i % 2}" for i in range(4)}
    plan = plan_of(org, rules, assignment_of(org, rules, sales=sales, service={"C0": "service0", "C1": "service1"}))
    with Outcome(org, rules, plan) as outcome:
        figures = figures_of(outcome, summarise(outcome))
    # sales books of 20 and service books of 10 are both perfectly even
    assert (figures.measures["revenue"].after.cv, figures.measures["revenue"].after.max_min) == (0, 1)


def test_figures_survive_json():
    for figures in (
        worked_figures(),
        worked_figures(OVERLOADED, MEASURED),
        figures_without_plan(no_plan(bound=math.inf)),
    ):
        assert Figures.model_validate_json(figures.model_dump_json()) == figures


def test_a_number_that_json_has_not_is_refused():
    with pytest.raises(ValueError, match="finite"):
        Figures(status="optimal", seconds=math.nan, stopped_by="proof")


def test_without_a_plan_the_explanation_stays():
    figures = figures_without_plan(no_plan(explanation=tuple(f"line {i}" for i in range(20))))
    assert (figures.has_plan, figures.allowed, figures.objective) == (False, False, None)
    assert figures.explanation[-1] == "and 8 more"
    assert figures_without_plan(no_plan(status="no_plan", stopped_by="time limit")).explanation == (
        "stopped (time limit) before there was any plan",
    )


def test_goals_are_the_same_whatever_lines_are_called():
    rule = {"name": "a", "when": "customer.tier = 'A'", "prefer": "rep.seniority >= 3", "penalty": 10}
    renamed = {"region": "same", "skills": "required", "rules": [{**rule, "name": "b"}]}
    assert goal_definitions(worked_policy()) == goal_definitions(worked_policy(eligibility=renamed))


@pytest.mark.parametrize(
    ("others", "changes"),
    [
        (["balance", "bands on revenue"], {"balance": [{"measure": "revenue", "target": "equal", "tolerance": "15%"}]}),
        (["balance"], {"balance": [{"measure": "revenue", "target": "equal", "tolerance": "10%", "weight": 2}]}),
        (
            ["balance", "bands on revenue"],
            {"measures": {"workload": "customer.workload_hours", "revenue": "customer.revenue * 2"}},
        ),
        (["disruption"], {"disruption": {"move_cost": "1"}}),
        (["misfit"], {"eligibility": {"skills": "preferred"}}),
    ],
)
def test_a_goal_of_another_meaning_is_told_from_the_first(others, changes):
    before, after = goal_definitions(worked_policy()), goal_definitions(worked_policy(**changes))
    assert {name for name in before if before[name] != after[name]} == set(others)


def test_goals_are_shared_only_with_the_same_weights():
    heavier = [{"goal": "balance", "weight": 2}, {"goal": "disruption"}, {"goal": "misfit"}]
    base = worked_figures()
    assert base.shares_goals(worked_figures(ALL_STAY))
    assert base.shares_goals(worked_figures(disruption={"move_cost": worked_policy().disruption.move_cost}))
    assert not base.shares_goals(worked_figures(goals=heavier))
    assert not base.shares_goals(figures_without_plan(no_plan()))


def test_what_the_closest_attempt_breaks_explains_a_plan_that_cannot_exist():
    org, policy = worked_org(), worked_policy()
    plan = plan_of(org, policy, worked_plan(org, policy, OVERLOADED), status="infeasible")
    assert figures_without_plan(plan).explanation == ("capacity[workload]: eve carries 80 h, at most 50 h",)
