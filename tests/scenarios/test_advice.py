"""Advice: what is worth something, what is tried, and what of it is told."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest

from models.org import Org
from models.plan import Plan
from models.policy import Policy
from models.solve import solve
from models.stop import Stop
from planner.write.inputs import policy_document
from scenarios.advising.advice import Advice, advise, all_ideas
from scenarios.advising.idea import Idea, applied
from scenarios.advising.standing import read_ground
from scenarios.advising.trial import Trial, effect_of
from tests.middling import middling_org, middling_policy
from tests.tables import org_of
from tests.worked import worked_org, worked_policy


def document_of(policy: Policy) -> dict[str, Any]:
    return {"policy": policy_document(policy)}


def ideas_of(org: Org, policy: Policy, plan: Plan | None = None) -> dict[str, Idea]:
    plan = solve(org, policy) if plan is None else plan
    return {one.title: one for one in all_ideas(read_ground(org, policy, plan, Stop()), document_of(policy))}


def advised(org: Org, policy: Policy, **options: Any) -> Advice:
    return advise(org, policy, solve(org, policy), document_of(policy), **options)


def customers(count: int, **columns: Any) -> list[Mapping[str, Any]]:
    return [{"customer_id": f"C{c}", "workload_hours": 10, "owner_id": "ana", **columns} for c in range(count)]


def policy_of(**sections: Any) -> Policy:
    document: dict[str, Any] = {
        "measures": {"workload": {"value": "customer.workload_hours", "unit": "h"}},
        "goals": [{"goal": "cost", "value": "case when rep.rep_id = 'ana' then 0 else 5 end", "unit": "USD"}],
    }
    return Policy.model_validate({**document, **sections})


FOUR = customers(4)
TWO_REPS = [{"rep_id": "ana", "capacity_workload_hours": 20}, {"rep_id": "bob", "capacity_workload_hours": 100}]


def test_an_hour_of_a_full_rep_is_worth_what_the_next_best_rep_costs_more():
    """Ana has room for two of four customers of 10 h; each of the others costs 5 USD with Bob: half a point an hour."""
    policy = policy_of(capacity=[{"measure": "workload", "max": "rep.capacity_workload_hours"}])
    (stage,) = advised(org_of(FOUR, TWO_REPS), policy).worth.stages
    (limit,) = stage.limits
    assert (limit.line, limit.who, limit.unit) == ("capacity[workload]", "ana", "h")
    assert (limit.price, limit.used, limit.limit) == pytest.approx((0.5, 20, 20))
    assert stage.point == ("1 USD",)


def test_a_point_of_changes_and_of_wishes_is_told_as_what_it_is():
    proposal = [{"customer_id": "C0", "rep_id": "bob", "accepted": None}]
    wishes = [{"customer_id": "C1", "rep_id": "bob", "kind": "with", "weight": 2}]
    goals = [{"goal": "changes"}, {"goal": "wishes"}]
    org = org_of(FOUR, TWO_REPS, proposal=proposal, wishes=wishes)
    (stage,) = advised(org, policy_of(goals=goals)).worth.stages
    assert stage.point == (
        "1 customer with another owner than in the proposal",
        "a weight of 1 of a wish that is not honoured",
    )


def test_a_limit_in_a_column_is_raised_there():
    policy = policy_of(capacity=[{"measure": "workload", "max": "rep.capacity_workload_hours"}])
    idea = ideas_of(org_of(FOUR, TWO_REPS), policy)["Raise the limit of workload of ana from 20 h to 22 h"]
    assert idea.scenario == {"reps": {"change": [{"rep": ["ana"], "capacity_workload_hours": 22}]}}
    assert idea.relaxes


@pytest.mark.parametrize(
    ("limit", "value"),
    [
        (20, "case when rep.rep_id = 'ana' then 22 else 20 end"),
        ("50%", {"ana": "55%", "bob": "50%"}),
        ({"ana": 20}, {"ana": 22}),
        ("10 + 10", "(10 + 10) * case when rep.rep_id = 'ana' then 1.1 else 1 end"),
    ],
)
def test_a_limit_is_raised_for_one_rep_however_it_is_written(limit, value):
    org, policy = org_of(FOUR, TWO_REPS), policy_of(capacity=[{"measure": "workload", "max": limit}])
    (idea,) = [one for one in ideas_of(org, policy).values() if one.kind == "capacity"]
    assert idea.scenario == {"set": {"capacity[workload].max": value}}
    changed_org, changed = applied(idea, org, policy, document_of(policy))
    assert changed_org is org
    assert solve(org, changed).status == "optimal"


def test_a_customer_limit_is_raised_by_a_whole_customer():
    org, policy = org_of(FOUR, TWO_REPS), policy_of(capacity=[{"measure": "customers", "max": {"ana": 2}}])
    advice = advised(org, policy)
    (change,) = [one for one in advice.changes if one.idea.kind == "capacity"]
    assert change.idea.scenario == {"set": {"capacity[customers].max": {"ana": 3}}}
    assert (change.predicted, change.effect.points) == (pytest.approx(-5), pytest.approx(-5))
    assert change.goals["cost"][0].value - change.goals["cost"][1].value == pytest.approx(5)


def test_a_region_s_limit_counts_what_is_pooled():
    org = org_of(customers(4, region="west"), [{"rep_id": "ana"}])
    policy = policy_of(
        capacity=[{"measure": "workload", "per": "region", "max": {"west": 25}}],
        pool={"when": "TRUE", "penalty": "3"},
    )
    (stage,) = advised(org, policy).worth.stages
    (limit,) = stage.limits
    assert (limit.kind, limit.label, limit.used, limit.limit) == ("capacity", "west", 20, 25)
    assert limit.price == pytest.approx(0.3)


def test_a_budget_takes_the_next_sensible_step():
    reps = [{"rep_id": "ana"}, {"rep_id": "bob"}]
    policy = policy_of(
        disruption={"budgets": [{"name": "moved", "of": "customers", "max": "50%"}]},
        goals=[{"goal": "cost", "value": "case when rep.rep_id = 'bob' then 0 else 5 end"}],
    )
    advice = advised(org_of(customers(10), reps), policy)
    (limit,) = advice.worth.stages[0].limits
    assert (limit.kind, limit.used, limit.limit, limit.unit) == ("budget", 5, 5, "customers")
    assert limit.price == pytest.approx(5)
    best = advice.changes[0]
    assert best.idea.title == "Raise the budget 'moved' from 50% to 60%"
    assert (best.predicted, best.effect.points, best.chosen) == (pytest.approx(-5), pytest.approx(-5), (5, 6))


def test_a_locked_customer_that_costs_is_worth_unlocking():
    rows = [{**one, "locked": one["customer_id"] == "C1"} for one in FOUR]
    policy = policy_of(
        keep={"locks": [{"name": "in the CRM", "when": "customer.locked"}]},
        goals=[{"goal": "cost", "value": "case when rep.rep_id = 'bob' then 0 else 5 end"}],
    )
    (change,) = advised(org_of(rows, TWO_REPS), policy).changes
    assert change.idea.title == "Unlock C1"
    assert change.idea.scenario == {
        "set": {"keep.locks[in the CRM].when": "(customer.locked) and customer.customer_id <> 'C1'"}
    }
    assert (change.predicted, change.effect.points, change.effect.evidence) == (-5.0, -5.0, "proven")


def test_a_conflict_that_costs_is_tried_without():
    policy = policy_of(keep={"conflicts": [{"name": "rivals", "customers": ["C0", "C1"]}]})
    (change,) = advised(org_of(FOUR, TWO_REPS), policy).changes
    assert change.idea.title == "Let C0 and C1 be with one rep (rivals)"
    assert change.effect.points == -5.0


def test_a_group_is_tried_with_one_customer_more():
    policy = policy_of(keep={"groups": [{"name": "large", "when": "TRUE", "max": 3}]})
    (change,) = advised(org_of(FOUR, TWO_REPS), policy).changes
    assert change.idea.title == "Allow 4 instead of 3 per rep of 'large'"
    assert (change.predicted, change.effect.points) == (pytest.approx(-5), -5.0)


def test_two_reps_of_one_name_are_told_apart():
    able = [{"rep_id": "bob", "skills": "cloud:2"}, {"rep_id": "eve", "skills": "cloud:2"}]
    reps = [{"rep_id": one, "name": "Ana Li", "skills": "german"} for one in ("ana", "anna")]
    policy = policy_of(
        eligibility={"skills": "required"},
        capacity=[{"measure": "customers", "max": {"eve": 2}}],
        goals=[{"goal": "cost", "value": "case when rep.rep_id = 'bob' then 5 else 0 end"}],
    )
    ideas = ideas_of(org_of(customers(4, required_skills="cloud:2"), [*reps, *able]), policy)
    assert {"Train Ana Li (ana) in cloud to level 2", "Train Ana Li (anna) in cloud to level 2"} <= set(ideas)
    scenario = ideas["Train Ana Li (anna) in cloud to level 2"].scenario
    assert scenario == {"reps": {"change": [{"rep": ["anna"], "skills": "german:1;cloud:2"}]}}


def test_a_limit_on_a_goal_is_worth_something_too():
    policy = policy_of(
        goals=[
            {"goal": "cost", "value": "case when rep.rep_id = 'ana' then 0 else 5 end"},
            {"goal": "moves", "weight": 0, "max": 2},
        ]
    )
    org = org_of([{**one, "owner_id": "bob"} for one in FOUR], TWO_REPS)
    advice = advised(org, policy)
    assert [one.line for one in advice.worth.stages[0].limits] == ["goals[moves]"]
    (change,) = advice.changes
    assert change.idea.title == "Allow moves up to 3 instead of 2"
    assert (change.predicted, change.effect.points) == (pytest.approx(-5), -5.0)


def test_of_priorities_the_first_that_gains_is_named():
    policy = policy_of(
        eligibility={"skills": "required"},
        goals=[
            {"goal": "moves", "priority": 1},
            {"goal": "cost", "priority": 2, "value": "case when rep.rep_id = 'ana' then 0 else 5 end"},
        ],
        capacity=[{"measure": "customers", "max": {"ana": 3}}],
    )
    advice = advised(org_of(FOUR, TWO_REPS), policy)
    assert advice.stages == (("moves",), ("cost",))
    raised = next(one for one in advice.changes if one.idea.kind == "capacity")
    assert (raised.effect.stage, raised.effect.points) == (0, -1.0)


@pytest.mark.long
def test_a_rep_to_hire_has_whole_grades_where_all_have():
    org = middling_org()
    org.reps["seniority"] = np.arange(org.n_reps) % 2 + 2.0
    org = dataclasses.replace(org, given={**org.given, "reps": {*org.given["reps"], "seniority"}})
    ideas = ideas_of(org, middling_policy()).values()
    hires = [one.scenario["reps"]["hire"][0] for one in ideas if one.kind == "hire"]
    assert hires
    assert {one["seniority"] for one in hires} <= {2, 3}


def test_effects_are_certain_only_beyond_what_the_gaps_may_hide():
    one = Trial((100.0,), (95.0,), (False,), {}, 0, (100.0,))
    small, large = (dataclasses.replace(one, values=(value,), bounds=(value - 4,)) for value in (97.0, 90.0))
    assert not effect_of(one, small, relaxes=False).certain
    told = effect_of(one, large, relaxes=False)
    assert (told.points, told.low, told.high, told.evidence, told.certain) == (-10, -14, -5, "interval", True)
    assert effect_of(one, dataclasses.replace(one, values=(101.0,)), relaxes=True).high == 0.0


def test_when_interrupted_what_is_known_is_told():
    stop = Stop()
    stop.interrupt()
    advice = advised(worked_org(), worked_policy(), stop=stop)
    assert (advice.stopped_by, advice.changes) == ("interrupted", ())
    assert advice.worth.stages[0].limits


def test_every_idea_of_a_middling_org_can_be_applied():
    org, policy = middling_org(24, 3), middling_policy()
    for idea in ideas_of(org, policy).values():
        changed_org, changed = applied(idea, org, policy, document_of(policy))
        assert changed_org is not org or changed != policy, idea.title
        assert np.isfinite(idea.hoped)


@pytest.mark.long
def test_advice_does_not_depend_on_how_many_work_at_a_time():
    org, policy = middling_org(200, 8), middling_policy()
    plan = solve(org, policy)
    one, two = (advise(org, policy, plan, document_of(policy), jobs=jobs) for jobs in (1, 2))
    assert [(c.idea, c.predicted, c.effect) for c in one.changes] == [
        (c.idea, c.predicted, c.effect) for c in two.changes
    ]
    assert one.changes
