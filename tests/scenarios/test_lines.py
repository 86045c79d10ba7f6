"""Policy lines are switched off and added, goals reweighted, and every message still names the right line."""

import pytest
from pydantic import ValidationError

from models.policy import Policy
from scenarios.definition import Scenario
from tests.what_ifs import change_of, of_policy, told

POLICY = {
    "measures": {"workload": "customer.hours"},
    "eligibility": {"rules": [{"name": "a", "require": "true"}, {"name": "b", "require": "true"}]},
    "capacity": [{"measure": "workload", "max": 3}, {"measure": "customers", "max": 9}],
    "pool": {"when": "true", "penalty": 1},
    "goals": [{"goal": "balance"}, {"goal": "disruption", "weight": 2}],
}


def test_lines_and_whole_sections_are_switched_off():
    changed = of_policy(POLICY, {"off": ["eligibility.rules[a]", "capacity[workload]", "pool", "measures.workload"]})
    assert changed.findings == ()
    policy = changed.document["policy"]
    assert policy["eligibility"] == {"rules": [{"name": "b", "require": "true"}]}
    assert policy["capacity"] == [{"measure": "customers", "max": 9}]
    assert "pool" not in policy
    assert policy["measures"] == {}
    assert len(POLICY["capacity"]) == 2


def test_added_lines_come_last_and_begin_lists_that_are_not_there():
    scenario = {
        "add": {
            "capacity": [{"measure": "workload", "per": "team", "max": "40%"}],
            "keep.locks": {"name": "vip", "when": True},
            "goals": [{"goal": "travel", "speed_kmh": 80}],
        }
    }
    changed = of_policy(POLICY, scenario)
    assert changed.findings == ()
    policy = Policy.model_validate(changed.document["policy"])
    assert [line.per for line in policy.capacity] == ["rep", "rep", "team"]
    assert policy.keep.locks[0].when == "TRUE"
    assert policy.goals[-1].speed_kmh == 80
    assert changed.document["policy"]["capacity"][2] == scenario["add"]["capacity"][0]


def test_off_comes_before_add_and_set_after_both():
    scenario = {
        "set": {"capacity[workload].max": 7, "goals[travel].weight": 0.25},
        "goals": {"travel": 0.5, "balance": 0},
        "add": {"capacity": {"measure": "workload", "max": 5}},
        "off": "capacity[workload]",
    }
    policy = of_policy(POLICY, scenario).document["policy"]
    assert policy["capacity"] == [{"measure": "customers", "max": 9}, {"measure": "workload", "max": 7}]
    assert [(one["goal"], one["weight"]) for one in policy["goals"]] == [
        ("balance", 0),
        ("disruption", 2),
        ("travel", 0.25),
    ]


def test_every_message_names_the_place_of_the_change_or_of_the_line_before_it_moved():
    changed = of_policy(POLICY, {"off": ["capacity[workload]"], "add": {"capacity": [{"measure": "x", "max": 1}]}})
    assert changed.moved == {("policy", "capacity"): [1, None]}
    assert changed.said[("policy", "capacity", 1)].path == "scenarios.it.add.capacity.0"


def test_a_line_that_one_scenario_adds_another_can_set_and_switch_off():
    scenarios = {
        "one": {"add": {"capacity": {"name": "x", "measure": "customers", "max": 1}}},
        "two": {"combine": ["one"], "set": {"capacity[x].max": 2}},
        "three": {"combine": ["two"], "off": ["capacity[workload]"]},
        "four": {"combine": ["three"], "off": ["capacity[x]"]},
    }
    three = change_of("three", scenarios).of_document({"policy": POLICY}, policy=True)
    assert three.document["policy"]["capacity"][-1]["max"] == 2
    assert three.said[("policy", "capacity", 1, "max")].path == "scenarios.two.set.capacity[x].max"
    four = change_of("four", scenarios).of_document({"policy": POLICY}, policy=True)
    assert four.document["policy"]["capacity"] == [{"measure": "customers", "max": 9}]
    assert four.said == {}


@pytest.mark.parametrize(
    ("scenario", "expected"),
    [
        ({"off": ["capacity[hours]"]}, [("warning", "off.0")]),
        ({"off": ["pool", "pool"]}, [("warning", "off.1")]),
        ({"off": ["keep.locks[x]"]}, [("warning", "off.0")]),
        ({"off": ["keep"]}, [("warning", "off.0")]),
        ({"off": ["roles.service"]}, [("warning", "off.0")]),
        ({"off": ["capacity[workload].min"]}, [("warning", "off.0")]),
        ({"off": ["capacty"]}, [("error", "off.0")]),
        ({"off": ["eligibility.rule"]}, [("error", "off.0")]),
        ({"off": ["capacity.max"]}, [("error", "off.0")]),
        ({"off": ["tables.pairs"]}, [("error", "off.0")]),
        ({"off": ["policy"]}, [("error", "off.0")]),
        ({"off": ["a["]}, [("error", "off.0")]),
        ({"add": {"capacity": {"measure": "workload", "max": 3}}}, [("warning", "add.capacity.0")]),
        ({"goals": {"balance": 1}}, [("note", "goals.balance")]),
        ({"goals": {"cost": 1}}, [("error", "goals.cost")]),
    ],
)
def test_a_change_of_lines_that_changes_nothing_or_names_nothing_is_told(scenario, expected):
    changed = of_policy(POLICY, scenario)
    assert told(changed.findings) == expected
    if scenario != {"off": ["pool", "pool"]} and scenario != {"goals": {"balance": 1}}:
        assert changed.document["policy"] == POLICY


def test_a_goal_that_a_policy_by_priorities_does_not_list_needs_its_priority():
    ranked = {"goals": [{"goal": "balance", "priority": 1}, {"goal": "travel", "priority": 1}]}
    changed = of_policy(ranked, {"goals": {"travel": 3, "misfit": 1}})
    assert changed.document["policy"]["goals"] == [ranked["goals"][0], {"goal": "travel", "priority": 1, "weight": 3}]
    assert [one.hint for one in changed.findings] == ["Try 'add: {goals: [{goal: misfit, priority: 1}]}'"]


@pytest.mark.parametrize("policy", [None, 3, {"capacity": 3, "goals": "all", "keep": []}])
def test_a_policy_that_is_none_is_left_to_whoever_reads_it(policy):
    scenario = {
        "off": ["capacity[a]"],
        "add": {"capacity": {"measure": "a", "max": 1}, "keep.locks": {"name": "a", "when": "b"}},
    }
    of_policy(policy, {**scenario, "goals": {"travel": 1}})


@pytest.mark.parametrize(
    "scenario",
    [
        {"add": {"eligibility.rules": [{"name": "a"}]}},
        {"add": {"eligibility.rule": [{"name": "a", "require": "true"}]}},
        {"add": {"capacity": []}},
        {"add": {"capacity": [{"measure": "a", "max": "x", "mx": 1}]}},
        {"goals": {"balanc": 1}},
        {"goals": {"balance": -1}},
        {"goals": {"balance": float("inf")}},
        {"off": [["a"]]},
    ],
)
def test_lines_are_judged_as_the_policy_judges_them(scenario):
    with pytest.raises(ValidationError):
        Scenario.model_validate(scenario)


def test_a_scenario_is_plain_data_again():
    written = {"add": {"eligibility.rules": [{"name": "a", "require": "true"}]}, "goals": {"balance": 2}}
    scenario = Scenario.model_validate(written)
    again = scenario.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    assert again == written
    assert Scenario.model_validate(again) == scenario
