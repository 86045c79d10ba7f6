"""The comparison and the difference of two plans, word by word."""

import io

from models.outcome import Outcome
from planner.console import Paper, width_of
from planner.screens.comparison import show_comparison, show_verdict
from planner.screens.difference import show_difference
from planner.write.comparison import comparison_page
from scenarios.comparing.comparison import Entry, compare
from scenarios.comparing.difference import difference
from scenarios.comparing.gate import judge_gate
from tests.golden.compare import assert_golden, on_paper
from tests.plans import plan_of
from tests.scenarios.compared import figures_by_hand, worked_entries, worked_figures
from tests.worked import ALL_STAY, OPTIMUM, worked_org, worked_plan, worked_policy


def shown(paper):
    comparison = compare(worked_entries(), "base")
    show_comparison(paper, comparison, title="worked")
    show_verdict(paper, judge_gate(comparison, "moved_share > 30% or certified_gap > 1%"))


def worked_difference():
    org, policy = worked_org(), worked_policy()
    with (
        Outcome(org, policy, plan_of(org, policy, worked_plan(org, policy, OPTIMUM))) as a,
        Outcome(org, policy, plan_of(org, policy, worked_plan(org, policy, ALL_STAY))) as b,
    ):
        return difference(a, b, "base", "status quo")


def test_six_scenarios_side_by_side_on_80_columns():
    text = on_paper(shown)
    assert max(map(width_of, text.splitlines())) <= 80
    assert_golden("comparison_80.txt", text)


def test_six_scenarios_side_by_side_on_a_wide_terminal():
    text = on_paper(shown, width=140)
    assert max(map(width_of, text.splitlines())) <= 140
    assert_golden("comparison_140.txt", text)


def test_the_page_of_a_comparison():
    comparison = compare(worked_entries(), "base")
    assert_golden(
        "comparison.md", comparison_page(comparison, title="worked", verdicts=[judge_gate(comparison, "gap > 1%")])
    )


def test_two_plans_told_apart():
    assert_golden("difference.txt", on_paper(lambda paper: show_difference(paper, worked_difference())))


def test_the_eight_numbers_alone():
    comparison = compare(worked_entries(), "base")
    text = on_paper(lambda paper: show_comparison(paper, comparison, title="worked", everything=False))
    assert "Certified gap" in text
    assert "Fairness" not in text


def test_travel_that_is_a_goal_is_shown_once():
    customers = [{"customer_id": "C1", "lat": 40.0, "lon": -74.0}]
    reps = [{"rep_id": "ana", "lat": 41.0, "lon": -74.0}]
    for goals, section in (([{"goal": "travel"}], "Goals"), ([], "Travel, fit and capacity")):
        figures = figures_by_hand(customers, reps, {"goals": goals}, {"C1": "ana"})
        text = on_paper(lambda paper, one=figures: show_comparison(paper, compare([Entry("base", one)]), title="x"))
        before, after = text.split(" Travel, h")
        headings = [
            line.strip() for line in before.splitlines() if line.strip() in ("Goals", "Travel, fit and capacity")
        ]
        assert headings[-1] == section
        assert "Travel, h" not in after


def test_long_names_and_many_scenarios_keep_within_the_page():
    figures = worked_figures()
    names = [
        "西部增长五分之一并雇用两名代表",
        "a" * 50,
        "x\x1b[31m red\n",
        "one two three four five six seven eight nine ten",
    ]
    comparison = compare([Entry(f"{name} {i}", figures) for i, name in enumerate(names * 3)])
    for width in (40, 80, 200):
        text = on_paper(lambda paper: show_comparison(paper, comparison, title="many"), width=width)
        assert max(map(width_of, text.splitlines())) <= max(width, 60)
        assert "\x1b" not in text


def test_a_terminal_without_unicode_reads_it_too():
    stream = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
    shown(Paper(stream, width=80))
    stream.flush()
    assert b"~+3.22" in stream.buffer.getvalue()
