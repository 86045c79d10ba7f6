"""What is wrong with a policy is said before anything is computed, all at once and by line."""

import datetime as dt

import pandas as pd
import pytest

from models.findings import Place
from models.org import Org, Period
from models.policy import Policy
from models.policy_review import review

CUSTOMERS = pd.DataFrame(
    {
        "customer_id": ["C1", "C2", "C3"],
        "owner_id": ["ana", "bob", None],
        "owner_since": pd.to_datetime(["2023-01-01", None, None]),
        "region": ["west", "east", None],
        "tier": ["A", "B", None],
        "required_skills": ["cloud", None, None],
        "revenue": [1.0, 2.0, 3.0],
        "potential": [None, None, None],
    }
)
REPS = pd.DataFrame(
    {
        "rep_id": ["ana", "bob"],
        "regions": ["west", "east"],
        "team": ["field", "inside"],
        "seniority": [3.0, 1.0],
        "share": [1.0, 1.0],
        "capacity_revenue": [5.0, 5.0],
    }
)
GOALS = [{"goal": "balance"}, {"goal": "disruption"}, {"goal": "misfit"}]


def org_of(*, customers=CUSTOMERS, reps=REPS, pairs=None, regions=None, pairs_only=False):
    tables = {"customers": customers, "reps": reps, "pairs": pairs, "regions": regions}
    given = {name: frozenset(table.columns) for name, table in tables.items() if table is not None}
    given["customers"] -= {"potential"}
    period = Period(dt.date(2027, 1, 1), dt.date(2027, 3, 31))
    return Org(customers, reps, period, pairs=pairs, pairs_only=pairs_only, regions=regions, given=given)


def found(policy, org=None):
    """Return the findings as (code, path), and the findings."""
    findings = review(
        org or org_of(), Policy.model_validate(policy), lambda path: Place("planner.yaml", line=len(path))
    )
    return [(one.code, one.place.path) for one in findings], findings


def errors(policy, org=None):
    return [one for one in found(policy, org)[1] if one.severity == "error"]


def warnings(policy, org=None):
    return [one for one in found(policy, org)[1] if one.severity == "warning"]


SOUND = {
    "measures": {"revenue": {"value": "customer.revenue"}},
    "eligibility": {
        "region": "same",
        "rules": [
            {"name": "seniors", "when": "customer.tier = 'A'", "require": "rep.seniority >= 3"},
            {"name": "liked", "prefer": "rep.seniority >= 2", "penalty": "1 + customer.tenure_years"},
        ],
    },
    "capacity": [
        {"measure": "revenue", "max": "rep.capacity_revenue"},
        {"measure": "customers", "per": "team", "max": {"field": 2, "inside": "60%"}},
        {"name": "by region", "measure": "customers", "per": "region", "max": "80%"},
    ],
    "balance": [{"measure": "revenue", "target": "rep.share", "tolerance": "10%"}],
    "keep": {
        "conflicts": [{"name": "rivals", "customers": ["C1", "C2"]}],
        "locks": [{"name": "A", "when": "customer.tier = 'A'"}],
        "groups": [{"name": "few", "when": "customer.revenue > 2", "max": 1}],
    },
    "disruption": {"budgets": [{"of": "revenue", "per": "rep", "side": "lost", "max": "20%"}], "move_cost": "2"},
    "goals": GOALS,
}


def test_a_sound_policy_has_no_findings():
    assert found(SOUND) == ([], [])


def test_everything_wrong_is_found_in_one_pass_with_its_line_and_path():
    policy = {
        "measures": {"revenue": {"value": "customer.revenu"}},
        "capacity": [{"measure": "revenue", "max": "rep.capcity_revenue"}, {"measure": "hours", "max": 3}],
        "balance": [{"measure": "revenue"}],
        "keep": {"locks": [{"name": "A", "when": "tier = 'A'"}]},
        "goals": [{"goal": "misfit"}, {"goal": "misfit"}],
    }
    places, findings = found(policy)
    assert places == [
        ("TP210", "measures.revenue.value"),
        ("TP210", "capacity[revenue].max"),
        ("TP210", "keep.locks[A].when"),
        ("TP220", "capacity[hours].measure"),
        ("TP231", "goals[misfit]"),
        ("TP230", "balance[revenue]"),
        ("TP233", "goals[misfit]"),
        ("TP233", "goals[misfit]"),
    ]
    assert [one.hint for one in findings[:4]] == [
        "Try customer.revenue",
        "Try rep.capacity_revenue",
        "Try customer.tier; text stands in 'single quotes'",
        "Try one of: customers, revenue",
    ]
    assert all(one.place.line for one in findings)


@pytest.mark.parametrize(
    ("policy", "said"),
    [
        ({"measures": {"m": "customer.potential"}}, "Try to add the column to customers"),
        ({"measures": {"m": "customer.tier"}}, "found customer.tier (text); expected a number"),
        ({"measures": {"m": "region.x"}}, "cannot look at a region"),
        ({"measures": {"customers": "1"}}, "is always there"),
        ({"eligibility": {"rules": [{"name": "r", "when": "customer.revenue", "require": "true"}]}}, "a condition"),
        ({"eligibility": {"rules": [{"name": "r", "require": "rep.skill > 1"}]}}, "no such column"),
        ({"eligibility": {"rules": [{"name": "r", "require": "true"}, {"name": "r", "require": "true"}]}}, "same name"),
        ({"eligibility": {"rules": [{"name": "r", "prefer": "true"}]}}, "add '- {goal: misfit, weight: 1}'"),
        ({"eligibility": {"skills": "preferred"}, "goals": GOALS}, "no skills in reps"),
        ({"eligibility": {"region": "neighbour"}}, "no neighbours in regions"),
        ({"eligibility": {"nearest": 3}}, "how far"),
        ({"capacity": [{"measure": "revenue", "max": 3}]}, "Unknown measure"),
        ({"capacity": [{"measure": "customers", "max": 3, "role": "sale"}]}, "Unknown role"),
        ({"capacity": [{"measure": "customers", "per": "team", "max": "rep.share"}]}, "limit per team is a number"),
        ({"capacity": [{"measure": "customers", "per": "team", "max": {"feld": 3}}]}, "Try 'field'"),
        ({"capacity": [{"measure": "customers", "max": {"bobb": 3}}]}, "Try 'bob'"),
        ({"capacity": [{"measure": "customers", "max": {"bob": "rep.share"}}]}, "is a number or a percentage"),
        ({"capacity": [{"measure": "customers", "max": -1}]}, "at least 0"),
        ({"capacity": [{"measure": "customers", "min": 5, "max": 3}]}, "above the maximum"),
        ({"capacity": [{"measure": "customers", "per": "region", "max": "region.limit"}]}, "no table of regions"),
        ({"balance": [{"measure": "customers", "target": "40%"}], "goals": GOALS}, "A target is equal"),
        ({"balance": [{"measure": "customers", "target": "equl"}], "goals": GOALS}, "Try 'equal'"),
        ({"balance": [{"measure": "customers", "target": 0}], "goals": GOALS}, "has no band"),
        ({"balance": [{"measure": "customers", "target": 3, "within": "team"}], "goals": GOALS}, "nothing to share"),
        ({"balance": [{"measure": "customers", "target": "rep.team"}], "goals": GOALS}, "expected a number"),
        ({"balance": [{"measure": "customers"}]}, "add '- {goal: balance, weight: 1}'"),
        ({"disruption": {"move_cost": 2}}, "add '- {goal: disruption, weight: 1}'"),
        ({"disruption": {"move_cost": -2}, "goals": GOALS}, "Points are at least 0"),
        ({"disruption": {"budgets": [{"of": "customers", "max": "rep.share"}]}}, "limit of a budget"),
        ({"disruption": {"budgets": [{"of": "customers", "max": {"bob": 1}}]}}, "one limit"),
        ({"keep": {"families": "together"}}, "no family_id in customers"),
        ({"keep": {"conflicts": [{"name": "x", "customers": ["C1", "C9"]}]}}, "Unknown customer"),
        ({"keep": {"conflicts": [{"name": "x", "customers": ["C1", "C1"]}]}}, "two different customers"),
        ({"keep": {"groups": [{"name": "x", "when": "rep.share > 1", "max": 1}]}}, "cannot look at a rep"),
        ({"keep": {"groups": [{"name": "x", "when": "true", "min": 2, "max": 1}]}}, "above the maximum"),
        ({"roles": {"sales": {}, "service": {}}}, "no role in reps"),
        ({"roles": {"sales": {"same": "team"}}}, "The first role"),
        ({"roles": {"all": {}}}, "may not be called 'all'"),
        ({"roles": {}}, "There must be a role"),
        ({"pool": {"when": "rep.share > 1", "penalty": 1}}, "cannot look at a rep"),
        ({"goals": [{"goal": "travel"}]}, "how far"),
        ({"goals": [{"goal": "balance", "priority": 1}, {"goal": "disruption"}]}, "this one has none"),
        (
            {
                "goals": [
                    {"goal": "balance", "priority": 1, "slack": 1},
                    {"goal": "misfit", "priority": 1, "slack": 2},
                    {"goal": "disruption", "priority": 2},
                ]
            },
            "share one slack",
        ),
    ],
)
def test_a_line_that_cannot_be_honoured_is_refused(policy, said):
    refused = errors(policy)
    assert len(refused) == 1
    assert said in str(refused[0])
    assert refused[0].hint is None or refused[0].hint.startswith("Try")


def test_percentages_of_a_measure_that_differs_from_rep_to_rep_are_refused():
    pairs = pd.DataFrame({"customer_id": ["C1"], "rep_id": ["ana"], "drive_minutes": [10.0]})
    measures = {"drive": "pair.drive_minutes"}
    org = org_of(pairs=pairs)
    for line in (
        {"capacity": [{"measure": "drive", "max": "40%"}]},
        {"capacity": [{"measure": "drive", "max": {"ana": "40%"}}]},
        {"balance": [{"measure": "drive"}], "goals": GOALS},
        {"disruption": {"budgets": [{"of": "drive", "max": 3}]}},
    ):
        assert [one.code for one in errors({"measures": measures, **line}, org)] == ["TP241"]
    sound = {"capacity": [{"measure": "drive", "max": 40}], "balance": [{"measure": "drive", "target": 30}]}
    assert errors({"measures": measures, **sound, "goals": [*GOALS, {"goal": "travel"}]}, org) == []


@pytest.mark.parametrize(
    ("policy", "said"),
    [
        ({"goals": []}, "There are no goals"),
        ({"goals": [{"goal": "balance"}]}, "there is no balance line"),
        ({"goals": [{"goal": "misfit"}]}, "nothing is preferred"),
        ({"goals": [{"goal": "pool"}]}, "there is no pool"),
        ({"goals": [{"goal": "disruption", "weight": 0}]}, "weight 0"),
        ({"goals": [{"goal": "disruption", "priority": 1, "slack": 1}]}, "nothing comes after it"),
        ({"goals": GOALS[1:2], "keep": {"families": "as_today"}}, "no family_id"),
    ],
)
def test_a_line_that_does_nothing_is_pointed_at(policy, said):
    assert [said in str(one) for one in warnings(policy)] == [True]
    assert errors(policy) == []


def test_without_owners_today_limits_on_moves_are_pointed_at():
    org = org_of(customers=CUSTOMERS.drop(columns=["owner_id", "owner_since"]))
    policy = {
        "disruption": {"budgets": [{"of": "customers", "max": 1}], "move_cost": "customer.tenure_years"},
        "keep": {"locks": [{"name": "all", "when": "true"}]},
        "goals": [{"goal": "disruption"}],
    }
    assert errors(policy, org) == []
    assert sorted(one.code for one in warnings(policy, org)) == ["TP212", "TP233", "TP243", "TP243"]


def test_an_unknown_id_among_many_finds_its_neighbour_quickly():
    many = pd.DataFrame({"customer_id": [f"C{number:06d}" for number in range(30_000)], "owner_id": "ana"})
    refused = errors(
        {"keep": {"conflicts": [{"name": "x", "customers": ["C000001", "c01234"]}]}}, org_of(customers=many)
    )
    assert refused[0].hint.startswith("Try")


def test_numbers_with_which_nothing_can_be_computed_are_refused():
    policy = {
        "measures": {"revenue": {"value": "customer.revenue", "default": 1e200}},
        "capacity": [{"measure": "revenue", "max": {"ana": 1e150}}],
        "balance": [{"measure": "revenue", "weight": 1e300}],
        "goals": GOALS,
    }
    refused = [one.place.path for one in errors(policy) if one.title == "The number is too large"]
    assert refused == ["measures.revenue.default", "capacity[revenue].max.ana", "balance[revenue].weight"]


def test_a_tolerance_above_100_percent_is_hardly_meant():
    policy = {"measures": {"revenue": "customer.revenue"}, "balance": [{"measure": "revenue", "tolerance": 15}]}
    (told,) = [one for one in warnings({**policy, "goals": GOALS}) if "tolerance" in str(one.place.path)]
    assert (told.code, told.found, told.hint) == ("TP242", "15 means 1500%", "Try 15%")
