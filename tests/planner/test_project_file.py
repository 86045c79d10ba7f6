"""Whatever is wrong in a project file is told at once, each with its line and the nearest valid key."""

import pytest

from planner.document import parse_document
from planner.project_file import validated
from planner.remainder import sound_policy

WRONG = """\
version: 2
perod: {start: 2027-01-01}
period: {start: soon, end: 2027-03-31}
tables: {customers: {fil: a.csv}, reps: 3}
strict: maybe
policy:
  measures:
    workload: {valu: customer.x}
    list: [1]
  eligibility:
    region: sme
    rules:
      - {name: x, when: a}
      - {name: y, require: b, penalty: 3}
      - 7
  capacity:
    - {measure: a}
    - {measure: a, max: [1]}
    - {measure: a, max: true, per: tem}
  balance: {measure: a}
  keep: {families: apart, conflicts: [{name: a, customers: [C1]}]}
  disruption:
    budgets: [{of: customers, per: rep, max: 10%}]
    move_cost: [1]
  goals: [{goal: balanc}, {goal: cost}, {goal: misfit, weigth: 3}, {goal: travel, weight: -1}]
  rolls: {}
scenarios:
  light: {sett: {}}
  hire: {reps: {hire: [{count: 0}]}}
sweeps: {x: {over: {a: [1], b: [1, 2], c: [1]}}}
"""


def findings(text):
    document = parse_document(text, "planner.yaml")
    _, found = validated(document.values, document.lines)
    return found


def test_every_mistake_is_found_with_its_line():
    found = sorted((one.place.line, one.code, one.place.path) for one in findings(WRONG))
    assert found == [
        (1, "TP205", "version"),
        (2, "TP203", "perod"),
        (3, "TP205", "period.start"),
        (4, "TP203", "tables.customers.fil"),
        (4, "TP205", "tables.reps"),
        (5, "TP205", "strict"),
        (8, "TP203", "policy.measures.workload.valu"),
        (8, "TP204", "policy.measures.workload"),
        (9, "TP205", "policy.measures.list"),
        (11, "TP205", "policy.eligibility.region"),
        (13, "TP205", "policy.eligibility.rules[#1]"),
        (14, "TP205", "policy.eligibility.rules[#2]"),
        (15, "TP205", "policy.eligibility.rules[#3]"),
        (17, "TP205", "policy.capacity[#1]"),
        (18, "TP205", "policy.capacity[#2].max"),
        (19, "TP205", "policy.capacity[#3].max"),
        (19, "TP205", "policy.capacity[#3].per"),
        (20, "TP205", "policy.balance"),
        (21, "TP205", "policy.keep.conflicts[#1].customers"),
        (21, "TP205", "policy.keep.families"),
        (23, "TP205", "policy.disruption.budgets[#1]"),
        (24, "TP205", "policy.disruption.move_cost"),
        (25, "TP203", "policy.goals[#3].weigth"),
        (25, "TP205", "policy.goals[#1].goal"),
        (25, "TP205", "policy.goals[#2]"),
        (25, "TP205", "policy.goals[#4].weight"),
        (26, "TP203", "policy.rolls"),
        (28, "TP203", "scenarios.light.sett"),
        (29, "TP205", "scenarios.hire.reps.hire[#1].count"),
        (30, "TP205", "sweeps.x.over"),
    ]


def test_the_nearest_valid_key_is_named_at_every_level():
    hints = {one.place.path: one.hint for one in findings(WRONG) if one.code == "TP203"}
    assert hints == {
        "perod": "Try 'period'",
        "tables.customers.fil": "Try 'file'",
        "policy.measures.workload.valu": "Try 'value'",
        "policy.goals[#3].weigth": "Try 'weight'",
        "policy.rolls": "Try 'roles'",
        "scenarios.light.sett": "Try 'set'",
    }


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("period: {start: 2027-04-01, end: 2027-03-31}", "ends before it starts"),
        ("period: {start: 2007-04-01, end: 2027-03-31}", "longer than ten years"),
        ("period: {start: 2027-04-01}", "'end' is missing"),
        ("scenarios: {status quo: {set: {a: 1}}}", "is always there"),
        ("policy: {goals: [{goal: balance, slack: 1%}]}", "'slack' goes with 'priority'"),
        ("policy: {capacity: [{measure: a, max: .inf}]}", "finite"),
        ("currency: {base: USD, rates: {EUR: -1}}", "greater than 0"),
        ("tables: {customers: {sql: select 1}}", "'sql' needs a 'url'"),
        ("version: '1'", "expected 1"),
    ],
)
def test_sections_that_make_no_sense_are_refused(text, said):
    found = findings(text)
    assert len(found) == 1
    assert said in str(found[0])


def test_sections_with_nothing_but_comments_are_as_good_as_absent():
    assert (
        findings("period:\n# nothing yet\nscenarios:\npolicy:\n  keep:\n  pool:\n  roles: {sales: , service: }\n") == []
    )


def test_sound_lines_keep_their_lines_when_others_are_left_out():
    document = parse_document(WRONG, "planner.yaml")
    left = sound_policy(document.values["policy"], document.lines)
    assert left.policy is not None
    assert left.policy.measures == {}
    assert [goal.goal for goal in left.policy.goals] == []
    rules = """\
    rules:
      - 7
      - {name: kept, require: b}
"""
    document = parse_document("policy:\n  eligibility:\n" + rules, "planner.yaml")
    left = sound_policy(document.values["policy"], document.lines)
    assert left.policy.eligibility.rules[0].name == "kept"
    assert left.lines.place(("policy", *left.before(("eligibility", "rules", 0, "require")))).line == 5
