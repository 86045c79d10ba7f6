"""Laws of scenarios, on orgs small enough to try every plan: what is combined, what is moved, and what stays."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from models.check import Judge, judge
from models.findings import InputRefused
from models.org import Org
from models.policy import Policy
from models.presence import NO_OWNER, owners_today
from models.solve import solve
from scenarios.changing.change import Change
from scenarios.definition import MINIMAL_MOVES, STATUS_QUO, Scenario
from tests.oracle import every_plan
from tests.tiny import tiny_document

SEEDS = st.integers(min_value=0, max_value=10**9)
some = settings(derandomize=True, deadline=None, phases=(Phase.generate,), database=None)

Document = dict[str, Any]


def pieces(org: Org, policy: Document) -> dict[str, Document]:
    """Return scenarios of which no two touch the same thing."""
    first, second, third = (str(org.rep_ids[at % org.n_reps]) for at in range(3))
    every = {
        "who leaves": {"reps": {"leave": first}} if org.n_reps > 1 else {},
        "who is away": {"reps": {"absent": {"rep": second, "from": dt.date(2027, 3, 1)}}},
        "shares": {"reps": {"change": {"rep": third, "share": "share * 2"}}},
        "skills": {"reps": {"change": {"rep": [str(one) for one in org.rep_ids], "skills": "cloud:3;german:3"}}},
        "who is hired": {"reps": {"hire": {"role": org.reps["role"].iloc[0], "capacity_workload_hours": 9}}},
        "revenue": {"customers": {"where": "revenue > 10", "set": {"revenue": "revenue * 1.5"}}},
        "work": {"customers": {"set": {"workload_hours": "workload_hours + 1"}}},
        "regions": {"regions": {"merge": {"regions": ["coast", "hills"], "into": "shore"}}},
        "a limit": {"add": {"capacity": {"name": "a new one", "measure": "customers", "max": 4}}},
        "families": {"set": {"keep.families": "free"}},
        "budgets": {"off": ["disruption.budgets"]},
        "weights": {"goals": {policy["goals"][0]["goal"]: 3}},
    }
    return {name: one for name, one in every.items() if one}


def changed(org: Org, policy: Document, name: str, scenarios: Mapping[str, Document]) -> tuple[Org, Policy, list[str]]:
    """Apply a scenario; return what was told as well, in no order."""
    change = Change(name, {key: Scenario.model_validate(one) for key, one in scenarios.items()})
    document = change.of_document({"policy": policy}, policy=True)
    org, findings = change.of_org(org, document.document)
    told = sorted(str(one) for one in (*document.findings, *findings))
    return org, Policy.model_validate(document.document["policy"]), told


def proven(org: Org, policy: Policy) -> tuple[list[float] | str, np.ndarray | None]:
    """Return the stages' values of the best plan, and that plan; what is refused is an answer, too."""
    try:
        plan = solve(org, policy)
    except InputRefused as error:
        return str(error), None
    assert plan.status in ("optimal", "infeasible")
    if plan.assignment is None or plan.status == "infeasible":
        return plan.status, None
    return [stage.value for stage in plan.stages], plan.assignment.owners


def the_order_of_what_is_combined_does_not_matter(seed: int) -> None:
    org, policy = tiny_document(seed)
    rng = np.random.default_rng(seed)
    parts = pieces(org, policy)
    one, other = (str(name) for name in rng.permutation(list(parts))[:2])
    both = {**parts, "both": {"combine": [one, other]}, "reversed": {"combine": [other, one]}}
    forth, back = (changed(org, policy, name, both) for name in ("both", "reversed"))
    assert forth[2] == back[2]
    for name in ("customers", "reps", "regions"):
        ours, theirs = getattr(forth[0], name), getattr(back[0], name)
        assert (ours is None) == (theirs is None)
        if ours is not None:
            pd.testing.assert_frame_equal(ours, theirs)
    assert forth[1] == back[1]
    (values, owners), (again, others) = proven(*forth[:2]), proven(*back[:2])
    assert values == (again if isinstance(again, str) else pytest.approx(again, rel=2e-6, abs=2e-6))
    if owners is not None and others is not None and len(every_plan(*forth[:2]).best) == 1:
        assert owners.tolist() == others.tolist()


def minimal_moves_moves_no_more_than_any_plan_of_the_project(seed: int) -> None:
    org, policy = tiny_document(seed)
    _, fewest, _ = changed(org, policy, MINIMAL_MOVES, {})
    plan = solve(org, fewest)
    pooled = {"goal": "pool", "weight": 0}
    goals = [{"goal": "moves", "weight": 1}, *([pooled] if policy.get("pool") else [])]
    counted = without_goals({**policy, "goals": goals})
    tried = every_plan(org, counted)
    if tried.objective is None:
        return
    assert plan.assignment is not None
    judgement = judge(org, fewest, plan.assignment)
    assert judgement.feasible
    assert chosen_customers(judgement.moved) <= tried.objective
    assert judgement.stage_values == pytest.approx(every_plan(org, fewest).stages, rel=1e-6, abs=1e-6)


def without_goals(policy: Document) -> Policy:
    """Return a policy without the lines that only count in goals."""
    left = {**policy, "balance": []}
    left["eligibility"] = dict(policy.get("eligibility", {}))
    rules = left["eligibility"].get("rules", [])
    left["eligibility"]["rules"] = [rule for rule in rules if "require" in rule]
    return Policy.model_validate(left)


def chosen_customers(moved: np.ndarray) -> int:
    return int(moved.any(axis=0).sum())


def the_status_quo_moves_exactly_the_forced(seed: int) -> None:
    org, document = tiny_document(seed)
    _, policy, _ = changed(org, document, STATUS_QUO, {})
    plan = solve(org, policy, evaluate_only=True)
    if plan.assignment is None:
        return
    keep = policy.keep.model_copy(update={"families": "free"})  # which families are divided is only measured
    assert not judge(org, policy, plan.assignment).moved.any()
    with Judge(org, policy.model_copy(update={"keep": keep})) as one:
        judgement, may_stay, needed = one.of(plan.assignment), one.stays.may_stay, one.holdings.needed
    owned = needed & (owners_today(org, policy) != NO_OWNER)
    assert not judgement.moved.any()
    assert judgement.forced.tolist() == (owned & ~may_stay).tolist()
    stays = owned & may_stay
    assert plan.assignment.owners[stays].tolist() == owners_today(org, policy)[stays].tolist()


LAWS: tuple[Callable[[int], None], ...] = (
    the_order_of_what_is_combined_does_not_matter,
    minimal_moves_moves_no_more_than_any_plan_of_the_project,
    the_status_quo_moves_exactly_the_forced,
)


@pytest.mark.parametrize("law", LAWS, ids=lambda law: law.__name__)
@settings(some, max_examples=12)
@given(SEEDS)
def test_it_is_a_law_of_scenarios_that(law, seed):
    law(seed)


@pytest.mark.long
@pytest.mark.parametrize("law", LAWS, ids=lambda law: law.__name__)
@settings(some, max_examples=150)
@given(SEEDS)
def test_it_is_a_law_of_scenarios_for_many_orgs_that(law, seed):
    law(seed)
