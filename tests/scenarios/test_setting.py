"""One value of a project is set by a path that a person can read."""

import copy

import pytest

from scenarios.setting import SettingError, assignment, set_and_locate, set_value

DOCUMENT = {
    "version": 1,
    "period": {"start": "2027-01-01"},
    "policy": {
        "measures": {"workload": "customer.hours", "annual spend": {"value": "customer.spend"}},
        "capacity": [
            {"measure": "workload", "max": 3},
            {"measure": "workload", "min": 2},
            {"name": "big [Q1]", "measure": "customers", "max": 4},
        ],
        "balance": [{"measure": "revenue"}],
        "disruption": {"budgets": [{"name": "moved customers", "of": "customers", "max": "10%"}]},
        "goals": [{"goal": "balance", "weight": 1}],
        "keep": {"families": "as_today"},
    },
}


@pytest.mark.parametrize(
    ("path", "where"),
    [
        ("disruption.budgets[moved customers].max", ("policy", "disruption", "budgets", 0, "max")),
        ("disruption.budgets[customers].max", ("policy", "disruption", "budgets", 0, "max")),
        ("disruption.budgets[#1].max", ("policy", "disruption", "budgets", 0, "max")),
        ("policy.disruption.budgets[#1].max", ("policy", "disruption", "budgets", 0, "max")),
        ("balance[revenue].tolerance", ("policy", "balance", 0, "tolerance")),
        ("goals[balance].weight", ("policy", "goals", 0, "weight")),
        ("capacity[big [Q1]].max", ("policy", "capacity", 2, "max")),
        ("capacity[workload #2].min", ("policy", "capacity", 1, "min")),
        ("measures.workload.value", ("policy", "measures", "workload", "value")),
        ("measures[annual spend].value", ("policy", "measures", "annual spend", "value")),
        ("measures.annual spend.value", ("policy", "measures", "annual spend", "value")),
        ("eligibility.region", ("policy", "eligibility", "region")),
        ("keep.families.together_when", ("policy", "keep", "families", "together_when")),
        ("pool.when", ("policy", "pool", "when")),
        ("period.end", ("period", "end")),
        ("strict", ("strict",)),
        ("balance", ("policy", "balance")),
    ],
)
def test_a_path_sets_the_value_it_names_and_nothing_else(path, where):
    before = copy.deepcopy(DOCUMENT)
    changed, found = set_and_locate(DOCUMENT, path, "new")
    assert found == where
    value = changed
    for step in where:
        value = value[step]
    assert value == "new"
    assert before == DOCUMENT


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("capacity[workload].max", r"several lines.*Try capacity\[#1\], capacity\[#2\], capacity\[big \[Q1\]\]"),
        ("capacity.max", r"Which of the lines.*capacity\[#1\]"),
        ("balance[revnue].tolerance", r"Try balance\[revenue\]"),
        ("capacity[#9].max", "names nothing"),
        ("elgibility.region", "Try 'eligibility'"),
        ("eligibility.regoin", "Try eligibility.region"),
        ("capacity[#1].mx", r"Try capacity\[#1\]\.max"),
        ("measures.workloda.value", "Try measures.workload"),
        ("roles.sales.when", "names nothing"),
        ("keep.locks[x].when", "nothing stands under keep.locks"),
        ("capacity[#1].max.west", "single value"),
        ("policy", "whole policy"),
        ("", "cannot be read"),
        ("a..b", "cannot be read"),
        ("[a]", "cannot be read"),
        ("capacity[a", "cannot be read"),
        ("balance.", "cannot be read"),
    ],
)
def test_a_path_that_names_nothing_or_too_much_lists_what_there_is(path, said):
    with pytest.raises(SettingError, match=said):
        set_value(DOCUMENT, path, 1)


def test_strict_is_set_where_the_project_has_it():
    assert set_value({"policy": {"strict": False}}, "strict", True) == {"policy": {"strict": True}}
    assert set_value({"policy": {}}, "strict", True) == {"policy": {}, "strict": True}
    assert set_value({}, "pool.penalty", 4) == {"policy": {"pool": {"penalty": 4}}}


def test_a_setting_is_split_at_the_first_equals_sign_outside_brackets():
    assert assignment("capacity[a=b].max = 40%") == ("capacity[a=b].max", "40%")
    assert assignment("pool.when=customer.tier = 'C'") == ("pool.when", "customer.tier = 'C'")
    with pytest.raises(SettingError, match="PATH=VALUE"):
        assignment("capacity")
