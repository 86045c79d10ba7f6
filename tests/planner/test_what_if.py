"""Scenarios and sweeps of a project file: named, placed on their lines, and looked at even if nobody asked."""

import pytest

from models.findings import InputRefused
from planner.project import load

WRONG = """\
version: 1
period: {start: 2027-01-01, end: 2027-03-31}
tables: {customers: customers.csv, reps: reps.csv}
policy:
  eligibility:
    rules:
      - {name: first, require: "true"}
      - {name: second, require: customer.nothing = 1}
  capacity:
    - {measure: customers, max: 3}
  balance: [{measure: customers, tolerance: 10%}]
  goals: [{goal: balance, weight: 1}]
"""

HEAD = WRONG.replace("customer.nothing = 1", "true")


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "customers.csv").write_text("customer_id,owner_id,region\nC1,ana,w\nC2,ana,w\n", encoding="utf-8")
    (tmp_path / "reps.csv").write_text("rep_id,regions\nana,w\nbob,w\n", encoding="utf-8")
    return tmp_path


def write(folder, rest, head=HEAD):
    (folder / "planner.yaml").write_text(head + rest, encoding="utf-8")


def refused(folder, scenario=None):
    with pytest.raises(InputRefused) as error:
        load(folder, scenario=scenario)
    return [(one.code, one.place.line) for one in error.value.findings if one.severity == "error"]


def warned(folder, scenario=None):
    return [(one.code, one.place.line) for one in load(folder, scenario=scenario).findings]


def test_the_base_is_a_scenario_that_nobody_may_define(folder):
    write(folder, "scenarios: {a: {parent: base, set: {strict: true}}}\n")
    base, plain = load(folder, scenario="base"), load(folder)
    assert (base.policy, base.document, base.scenario) == (plain.policy, plain.document, "base")
    write(folder, "scenarios: {base: {set: {strict: true}}}\n")
    assert refused(folder) == [("TP205", 13)]


def test_a_point_of_a_sweep_is_planned_for_by_its_name(folder):
    write(
        folder,
        'sweeps:\n  fair: {over: {"balance[customers].tolerance": [5%, 7.5%], "goals[balance].weight": [1, 2]}}\n',
    )
    project = load(folder, scenario="fair: 7.5%, 2")
    assert project.policy.balance[0].tolerance == 0.075
    assert project.policy.goals[0].weight == 2
    assert list(project.scenarios) == ["fair: 5%, 1", "fair: 5%, 2", "fair: 7.5%, 1", "fair: 7.5%, 2"]
    assert warned(folder) == []


def test_a_point_that_is_called_like_a_scenario_is_refused(folder):
    write(folder, 'scenarios: {"s: 5%": {set: {strict: true}}}\nsweeps:\n  s: {over: {strict: [5%]}}\n')
    assert refused(folder) == [("TP207", 15)]


def test_every_value_of_a_sweep_is_judged_and_stands_on_its_line(folder):
    sweep = """\
sweeps:
  s:
    over:
      "balance[customers].tolerance": [5%, 6%, wide]
      "goals[balance].weight": [1, -3]
"""
    write(folder, sweep)
    assert warned(folder) == [("TP205", 16), ("TP205", 17)]
    assert refused(folder, "s: wide, 1") == [("TP205", 16)]
    write(folder, 'sweeps:\n  s: {over: {"capacity[x].max": [1]}}\n  t: {over: {strict: [true]}, combine: [x]}\n')
    assert warned(folder) == [("TP206", 14), ("TP207", 15)]


def test_what_a_scenario_makes_of_the_policy_is_judged_on_the_line_of_the_scenario(folder):
    rest = """\
scenarios:
  one:
    add:
      capacity:
        - {measure: customers, max: 1}
        - {measure: customers, max: 2}
    set: {"balance[customers].tolerance": wide}
  two: {combine: [three]}
  three: {off: [nothing]}
  four: {}
"""
    write(folder, rest)
    assert warned(folder) == [("TP205", 19), ("TP206", 21), ("TP208", 22)]
    assert refused(folder, "two") == [("TP206", 21)]
    write(folder, "scenarios:\n  one: {add: {capacity: {measure: hours, max: 1}}}\n")
    assert refused(folder, "one") == [("TP220", 14)]


def test_lines_after_one_that_was_switched_off_are_still_named_by_their_own_line(folder):
    write(folder, "scenarios: {one: {off: ['eligibility.rules[first]']}}\n", WRONG)
    assert refused(folder, "one") == [("TP210", 8)]


def test_a_scenario_that_builds_on_another_is_not_warned_of_for_what_the_other_adds(folder):
    rest = """\
scenarios:
  one: {add: {capacity: {name: x, measure: customers, min: 1}}}
  two: {combine: [one], set: {"capacity[x].min": 0}}
"""
    write(folder, rest)
    assert warned(folder) == []


def test_the_order_within_a_scenario_is_regions_reps_customers(folder):
    rest = """\
scenarios:
  all:
    customers: {where: "region = 'east'", set: {region: "'far east'"}}
    reps: {change: {where: "regions = 'w;east'", region: [east, far east]}}
    regions: {split: {region: w, when: "customer_id = 'C1'", into: east}}
"""
    write(folder, rest)
    org = load(folder, scenario="all").org
    assert org.customers["region"].tolist() == ["far east", "w"]
    assert org.reps["regions"].tolist() == ["east;far east", "east;far east"]
