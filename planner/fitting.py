"""Makes the policy of bare files one that some plan keeps: what would leave no plan is relaxed, and said so."""

from __future__ import annotations

import copy
from typing import Any

import numpy as np

from models.engines.pace import Effort
from models.engines.program import StageTask
from models.engines.search import greedy, search
from models.engines.stage import DIRECT_CANDIDATES
from models.expression import Expressions
from models.findings import InputRefused
from models.formulation.build import formulate
from models.formulation.candidates import without_candidate
from models.formulation.regions import region_map
from models.formulation.units import form_units
from models.org import Org
from models.policy import Policy
from models.presence import departed
from models.solve import solve
from models.valuation import evaluate
from planner.defaults import REGION_SAME, SKILLS_REQUIRED, Inferred, PolicyDocument

PROPOSALS_PER_UNIT = 30

# Each step gives up a little more, until every customer has a rep who may have it.
_GIVEN_UP: tuple[tuple[str, tuple[tuple[str, str, Any], ...]], ...] = (
    ("Skills are preferred, not required", (("eligibility", "skills", "preferred"),)),
    ("Regions do not bind", (("eligibility", "region", "any"),)),
    (
        "Regions do not bind and skills are preferred, not required",
        (("eligibility", "skills", "preferred"), ("eligibility", "region", "any")),
    ),
)


def fitted(org: Org, inferred: Inferred) -> Inferred:
    """Return the inferred policy with no rule that leaves a customer, or everybody, without a plan.

    Skills and regions are relaxed where a customer would have no candidate; limits from columns of the reps are left
    out where no plan is found that keeps them.
    """
    if departed(org).all() or not org.n_customers:
        return inferred
    inferred = _with_candidates(org, inferred)
    return _within_limits(org, inferred)


def _with_candidates(org: Org, inferred: Inferred) -> Inferred:
    stuck = _without_candidate(org, inferred.policy)
    if not len(stuck):
        return inferred
    for said, changes in _GIVEN_UP:
        policy = copy.deepcopy(inferred.policy)
        eligibility = policy.get("eligibility", {})
        if not all(key in eligibility for _, key, _ in changes):
            continue
        for section, key, value in changes:
            policy[section][key] = value
        if len(_without_candidate(org, policy)):
            continue
        if eligibility.get("skills") == "preferred":
            policy["goals"] = [*policy.get("goals", []), {"goal": "misfit", "weight": 1}]
        inferred.policy = policy
        given_up = {"skills": SKILLS_REQUIRED, "region": REGION_SAME}
        gone = {given_up[key] for _, key, _ in changes}
        inferred.assumptions = [one for one in inferred.assumptions if one.title not in gone]
        inferred.assume(
            f"{said}: {len(stuck):,} customers would have no rep otherwise",
            {"eligibility": {key: "required" if key == "skills" else "same" for _, key, _ in changes}},
            examples=tuple(str(org.customer_ids[at]) for at in stuck[:5]),
            count=len(stuck),
        )
        return inferred
    return inferred


def _without_candidate(org: Org, document: PolicyDocument) -> np.ndarray:
    """Return the positions of customers whom no rep may have."""
    keep = {name: value for name, value in document.get("keep", {}).items() if name != "holdouts"}
    policy = Policy.model_validate({"eligibility": document.get("eligibility", {}), "keep": keep})
    with Expressions(org, policy) as expressions:
        units = form_units(org, policy, expressions)
        empty = without_candidate(org, policy, units, region_map(org), expressions)
    return np.asarray(units.member[empty[units.unit_of_member]])


def _within_limits(org: Org, inferred: Inferred) -> Inferred:
    """Leave out the limits of the reps' columns where no plan keeps them: the least first, then all."""
    lines = inferred.policy.get("capacity", [])
    if not lines or _has_plan(org, inferred.policy):
        return inferred
    without_least = [line for line in ({k: v for k, v in one.items() if k != "min"} for one in lines) if "max" in line]
    for left in (without_least, []):
        policy = {**inferred.policy, "capacity": left}
        if left != lines and (not left or _has_plan(org, policy)):
            gone = ", ".join(
                column
                for line in lines
                for key in ("min", "max")
                if key in line and not any(key in one and one["name"] == line["name"] for one in left)
                for column in [line[key].removeprefix("rep.")]
            )
            inferred.policy = policy if left else {name: one for name, one in policy.items() if name != "capacity"}
            dropped = f"The reps' {gone} is a hard limit"
            inferred.assumptions = [one for one in inferred.assumptions if one.title != dropped]
            inferred.assume(f"The reps' {gone} limits nothing: no plan was found that keeps it", {"capacity": lines})
            return inferred
    return inferred


def _has_plan(org: Org, document: PolicyDocument) -> bool:
    """Tell whether a plan is found that keeps every hard rule: exactly for a small org, by a short search else."""
    hard = {name: value for name, value in document.items() if name not in ("goals", "balance")}
    if hard.get("eligibility", {}).get("skills") == "preferred":
        hard["eligibility"] = {**hard["eligibility"], "skills": "ignored"}
    policy = Policy.model_validate({**hard, "goals": [{"goal": "moves"}]})
    try:
        problem = formulate(org, policy).problem
    except InputRefused:
        return True  # what is wrong with the tables is told when the plan itself is made
    task = StageTask(problem, problem.stages[0].weights)
    choice = greedy(task)
    if not evaluate(problem, choice).feasible:
        if problem.n_candidates <= DIRECT_CANDIDATES:
            return solve(org, policy).status in ("optimal", "feasible")
        choice = search(task, choice, Effort(PROPOSALS_PER_UNIT, heat=0.0))
    return evaluate(problem, choice).feasible
