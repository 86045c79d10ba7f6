"""Arrivals: gains and groups written as books mean what every single coefficient would."""

import numpy as np
import pytest

from models.engines.parts import pieces
from models.formulation import arrivals
from models.formulation.build import formulate
from models.policy import Policy
from models.tight_limits import smallest_moves
from tests.middling import middling_org, middling_policy
from tests.tables import org_of
from tests.tiny import tiny


def written_out(problem):
    rows = problem.rows
    return rows.names, rows.matrix.toarray(), rows.aux.toarray(), rows.lower, rows.upper, rows.tolerance


def assert_same(one, other, where=""):
    assert one[0] == other[0], where
    for mine, theirs in zip(one[1:], other[1:], strict=True):
        assert mine.shape == theirs.shape, where
        assert mine == pytest.approx(theirs, rel=1e-12), where


def compact_is_the_same_as_listed(org, policy, where=""):
    found = []
    for worth in (lambda compact, saved, units: compact.any(), lambda *_: False):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(arrivals, "_pays", worth)
            found.append(formulate(org, policy).problem)
    assert_same(*map(written_out, found), where)
    for one, other in zip(found[0].blocks, found[1].blocks, strict=True):
        if one.kind == "budget":
            assert smallest_moves(found[0], one) == pytest.approx(smallest_moves(found[1], other)), where
    return sum(len(block.books) for block in found[0].blocks) - sum(len(block.books) for block in found[1].blocks)


@pytest.mark.long
def test_gains_and_groups_as_books_are_the_same_rows():
    assert sum(compact_is_the_same_as_listed(*tiny(seed), f"tiny({seed})") for seed in range(30)) > 2


@pytest.mark.long
def test_gains_and_groups_as_books_are_the_same_rows_on_many_orgs():
    assert sum(compact_is_the_same_as_listed(*tiny(seed), f"tiny({seed})") for seed in range(60, 1500)) > 120


@pytest.mark.parametrize("per", ["rep", "team"])
@pytest.mark.parametrize("families", ["free", "together"])
def test_families_of_several_owners_gain_only_who_was_elsewhere(per, families):
    org = middling_org(60, 6)
    org.customers["family_id"] = [f"F{at // 3}" if at % 4 else None for at in range(60)]
    org.reps["team"] = ["red", "red", "blue", "blue", None, "green"]
    given = {"customers": org.given["customers"] | {"family_id"}, "reps": org.given["reps"] | {"team"}}
    org.given.update(given)
    budget = {"of": "revenue", "per": per, "side": "gained", "max": "30%"}
    policy = middling_policy(keep={"families": families}, disruption={"budgets": [budget]}, eligibility={"nearest": 5})
    assert compact_is_the_same_as_listed(org, policy) == 1


def test_where_a_whole_family_stays_nothing_is_gained_to_the_last_digit():
    customers = [
        {"customer_id": f"C{at}", "family_id": "F", "owner_id": "ana", "revenue": amount}
        for at, amount in enumerate((0.1, 0.2, 0.3, 1e9, 0.7))
    ]
    policy = {
        "measures": {"revenue": "customer.revenue"},
        "keep": {"families": "together"},
        "disruption": {"budgets": [{"of": "revenue", "per": "rep", "side": "gained", "max": 5}]},
    }
    org = org_of(customers, [{"rep_id": rep} for rep in ("ana", "bob", "eve", "kim")])
    problem = formulate(org, Policy.model_validate(policy)).problem
    assert [len(block.books) for block in problem.blocks] == [1]
    assert problem.rows.matrix.toarray()[0].tolist() == [0.0, 0.0, 0.0, 0.0]


def test_of_large_orgs_only_those_who_stay_are_listed():
    budget = {"of": "customers", "per": "rep", "side": "gained", "max": "20%"}
    group = {"name": "large", "when": "customer.revenue > 5", "max": 60}
    sections = {"disruption": {"budgets": [budget]}, "keep": {"groups": [group]}, "eligibility": {"nearest": 8}}
    problem = formulate(middling_org(300, 12), middling_policy(**sections)).problem
    listed = {block.kind: len(block.listed[0]) for block in problem.blocks}
    assert listed["budget"] <= 300
    assert listed["group"] == 0
    assert problem.n_candidates >= 2400


def test_a_customer_without_revenue_moves_within_any_budget_of_revenue():
    customers = [
        {"customer_id": f"C{at}", "owner_id": f"R{at % 5}", "revenue": 0.0 if at < 5 else 100.0} for at in range(40)
    ]
    policy = {
        "measures": {"revenue": "customer.revenue"},
        "disruption": {"budgets": [{"of": "revenue", "per": "rep", "side": "gained", "max": 7}]},
    }
    org = org_of(customers, [{"rep_id": f"R{at}"} for at in range(5)])
    problem = formulate(org, Policy.model_validate(policy)).problem
    (block,) = problem.blocks
    assert block.books
    assert smallest_moves(problem, block).tolist() == [0.0] * 5
    dear = org_of(customers[5:], [{"rep_id": f"R{at}"} for at in range(5)])
    problem = formulate(dear, Policy.model_validate(policy)).problem
    assert smallest_moves(problem, problem.blocks[0]).tolist() == [100.0] * 5


def test_a_customer_who_may_only_stay_ties_nobody_to_its_owners_gains(monkeypatch):
    monkeypatch.setattr("models.engines.parts.BUNDLE", 0)  # tiny pieces would be put together, and hide the tie
    customers = [
        {"customer_id": f"{land}{at}", "region": land, "owner_id": f"{land} {at % 6}", "locked": land == "east"}
        for land in ("west", "east")
        for at in range(8)
    ]
    reps = [{"rep_id": f"{land} {at}", "regions": land} for land in ("west", "east") for at in range(6)]
    policy = {
        "eligibility": {"region": "same"},
        "keep": {"locks": [{"name": "locked", "when": "customer.locked"}]},
        "disruption": {"budgets": [{"of": "customers", "per": "rep", "side": "gained", "max": 2}]},
    }
    problem = formulate(org_of(customers, reps), Policy.model_validate(policy)).problem
    assert problem.blocks[0].books
    assert sorted(len(one) for one in pieces(problem)) == [1] * 8 + [8]
    assert np.diff(problem.start).tolist() == [6] * 8 + [1] * 8
