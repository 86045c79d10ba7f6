"""Gates: which scenarios fail a condition, and what a condition may not be."""

import pytest

from models.findings import InputRefused
from scenarios.comparing.comparison import compare
from scenarios.comparing.gate import judge_gate, names_for, read_gate
from tests.scenarios.compared import worked_entries
from tests.worked import worked_policy


@pytest.fixture(scope="module")
def comparison():
    return compare(worked_entries(), "base")


def failing(comparison, text):
    return [judged.scenario for judged in judge_gate(comparison, text).failing]


@pytest.mark.parametrize(
    ("text", "fails"),
    [
        ("moved_share > 0.1 or gap > 0.01", ["base", "light touch"]),
        ("moved_share > 0.1 and gap > 0.01", ["light touch"]),
        ("moved_share>=25%", ["base", "light touch"]),
        ("moved_share > 25 %", ["light touch"]),
        ("moved_share > .25%*100 + 0.1", ["light touch"]),
        ("MOVED_SHARE > 10%", ["base", "light touch"]),
        ("not (moved_share > 10%) and violations > 0", ["everything to Eve"]),
        ("goals.balance > 60", ["status quo", "everything to Eve"]),
        ('"goals.balance" > 60', ["status quo", "everything to Eve"]),
        ('goals."balance" - 100 >= -(36.9444445)', ["status quo", "everything to Eve"]),
        ("revenue.gini / 2 < 0.03", ["light touch"]),
        ("status = 'infeasible'", ["lose Ana"]),
        (
            "status != 'optimal' and scenario <> 'lose Ana'",
            ["status quo", "light touch", "everything to Eve", "west grows"],
        ),
        ("capacity.workload.fullest_share > 100%", ["everything to Eve"]),
        ("(moved_share > 10%) and true and not false", ["base", "light touch"]),
    ],
)
def test_a_gate_fails_the_scenarios_for_which_it_is_true(comparison, text, fails):
    assert failing(comparison, text) == fails


def test_a_missing_value_fails_nobody_and_is_told(comparison):
    verdict = judge_gate(comparison, "certified_gap > 1%")
    assert [one.scenario for one in verdict.unknown] == ["status quo", "everything to Eve", "lose Ana", "west grows"]
    assert [one.scenario for one in verdict.failing] == ["light touch"]
    assert not verdict.passed


def test_what_decides_without_the_missing_value_decides(comparison):
    assert "everything to Eve" in failing(comparison, "gap > 1% or violations > 0")
    verdict = judge_gate(comparison, "gap > 1% and violations > 0")
    assert "status quo" not in [one.scenario for one in verdict.unknown]


def test_what_divides_by_nothing_is_unknown(comparison):
    verdict = judge_gate(comparison, "moved_share / violations > 1")
    assert {one.scenario: one.verdict for one in verdict.judged}["base"] == "unknown"


def test_the_values_of_the_names_used_are_told(comparison):
    verdict = judge_gate(comparison, "moved_share > 20% and status = 'optimal'")
    assert [(one.scenario, one.values) for one in verdict.failing] == [
        ("base", {"moved_share": 0.25, "status": "optimal"})
    ]


def test_unknown_names_are_all_told_with_the_nearest_before_anything_is_solved():
    with pytest.raises(InputRefused) as refused:
        read_gate("moved_shar > 10% or revenue.ginni > 0.2 or moved_shar < 0", names_for([worked_policy()]))
    assert [(one.code, one.found, one.hint) for one in refused.value.findings] == [
        ("TP521", "moved_shar", "Try 'moved_share'"),
        ("TP521", "revenue.ginni", "Try 'revenue.gini'"),
    ]


def test_every_name_can_be_used_whatever_signs_it_holds():
    measures = {name: "customer.revenue" for name in ("收入", "my hours", "revenue", "select", "a.b", 'q"x', "quota")}
    policy = worked_policy(measures=measures, capacity=[{"measure": "my hours", "max": 1}])
    names = [name for name in names_for([policy]) if name not in ("status", "scenario")]
    for name in names:
        quoted = name.replace('"', '""')
        assert read_gate(f'"{quoted}" > 1', names).names == (name,)
        if name.replace(".", "").replace("_", "").isalnum() and not name.startswith("select"):
            assert read_gate(f"{name} > 1", names).names == (name,)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   ",
        "moved_share",
        "moved_share + 1",
        "1 < gap < 2",
        "gap = 'x'",
        "status > 'a'",
        "status + 1 > 2",
        "not gap",
        "gap > 1 and 2",
        "(gap > 1) = true",
        "read_csv('/etc/passwd') > 1",
        "(select 1) > 0",
        "exists (select 1)",
        "gap > 1; drop table x",
        "gap > 1 -- and more",
        "gap /* */ > 1",
        "gap > (1",
        "gap > 'open",
        'gap > "open',
        "gap between 1 and 2",
        "gap in (1, 2)",
        "gap is null",
        "gap > case when true then 1 end",
        "gap::int > 1",
        "gap > 'a' || 'b'",
        "gap[1] > 1",
        "gap > [1]",
        "gap > {a: 1}",
        "x -> x > 1",
        "* > 1",
        "gap.* > 1",
        "? > 1",
        "$1 > 1",
        "@gap > 1",
        "gap > 10%%",
        "gap > 10 % 3",
        "% > 1",
        "gap > 1e999",
        "gap > 0x1F",
        '"" > 1',
        "gap > interval 1 day",
        "gap > 1\x00",
        "__import__('os').system('true')",
        "gap > " + "(" * 60 + "1" + ")" * 60,
        "gap > " + "-" * 200 + "1",
        "gap > 1" + " or gap > 1" * 200,
        "not " * 250 + "gap > 1",
        "gap > " + "9" * 3000,
    ],
)
def test_what_is_no_condition_is_refused(comparison, text):
    with pytest.raises(InputRefused) as refused:
        judge_gate(comparison, text)
    (finding,) = refused.value.findings
    assert finding.code in ("TP520", "TP521")
    assert finding.hint.startswith("Try")
