"""Scenarios side by side: what differs, which is best, and what is not certain."""

import math
from dataclasses import replace

import pytest

from models.findings import InputRefused
from models.plan import StageResult
from scenarios.comparing.comparison import Entry, compare
from scenarios.comparing.figures import figures_without_plan
from scenarios.comparing.gate import names_for, names_in
from scenarios.comparing.risk import risk_of
from scenarios.comparing.row_shape import Shape
from scenarios.comparing.rows import definitions
from tests.plans import no_plan
from tests.scenarios.compared import worked_entries, worked_figures
from tests.worked import ALL_STAY, OPTIMUM, SECOND, THIRD, worked_policy

LEADER = [
    "moved_share",
    "forced_moves",
    "revenue_moved_share",
    "revenue_at_risk_low",
    "revenue_at_risk_high",
    "reps_inside_band_share",
    "heaviest_to_lightest",
    "reps_losing_over_20",
    "certified_gap",
]


def best(comparison, row):
    return [name for name, best in zip(comparison.names, comparison.rows[row].best, strict=True) if best]


def test_a_leader_reads_the_eight_numbers_first():
    comparison = compare(worked_entries())
    assert [row.name for row in comparison.sections[0].rows] == LEADER


def test_the_eight_numbers_of_the_worked_case():
    rows = compare(worked_entries(), "base").rows
    assert [rows[name].values[1] for name in LEADER] == pytest.approx(
        [0.25, 1, 40 / 230, 0.13 * 120, 0.17 * 120, 0, 4 / 3, 0, (107 / 9 - 11.8) / (107 / 9)]
    )


def test_revenue_at_risk_is_the_share_of_all_that_changes_hands():
    rows = compare(worked_entries(), risk=(0.1, 0.5)).rows
    # River Foods (80) moves from a departed owner in every plan, Blue Works (40) by choice in the base
    assert rows["revenue_at_risk_low"].values[:2] == pytest.approx((8, 12))
    assert rows["revenue_at_risk_high"].values[:2] == pytest.approx((40, 60))
    assert rows["revenue_at_risk_low"].upto == "revenue_at_risk_high"


def test_values_are_held_against_the_baseline():
    row = compare(worked_entries(), "base").rows["moved_share"]
    assert row.deltas == (-0.25, None, 0.25, -0.25, None, None)


def test_an_unknown_baseline_is_refused_with_the_nearest():
    with pytest.raises(InputRefused) as refused:
        compare(worked_entries(), "bas")
    assert (refused.value.findings[0].code, refused.value.findings[0].hint) == ("TP511", "Try 'base'")


def test_the_best_is_marked_and_ties_are_all_marked():
    comparison = compare(worked_entries(), "base")
    assert best(comparison, "reps_inside_band_share") == ["light touch"]
    assert best(comparison, "goals.misfit") == ["status quo", "base"]
    assert best(comparison, "heaviest_to_lightest") == ["light touch"]
    # base is proven best by a solver, whatever the multipliers prove
    assert best(comparison, "certified_gap") == ["base"]


def test_nothing_is_best_where_all_are_equal():
    assert best(compare(worked_entries()), "forced_moves") == []


def test_a_plan_that_breaks_hard_rules_is_never_best():
    comparison = compare(worked_entries(), "base")
    row = comparison.rows["moved_share"]
    assert row.values[3] == 0
    assert best(comparison, "moved_share") == ["status quo"]


def test_a_scenario_without_a_plan_has_no_values_and_is_never_best():
    comparison = compare(worked_entries(), "base")
    assert all(row.values[4] is None for row in comparison.rows.values() if row.name != "seconds")
    assert not any(row.best[at] for row in comparison.rows.values() for at in (4, 5))
    assert [entry.status for entry in comparison.entries[3:]] == ["evaluated", "infeasible", "failed"]
    assert comparison.entries[5].explanation == ("TP302 The measure 'potential' has no column",)


def test_neither_is_better_in_what_is_only_told():
    assert best(compare(worked_entries()), "capacity.workload.fullest_share") == []


def test_scenarios_with_a_baseline_that_has_no_plan_are_still_compared():
    comparison = compare(worked_entries(), "lose Ana")
    assert set(comparison.rows["moved_share"].deltas) == {None}
    assert best(comparison, "moved_share") == ["status quo"]
    assert best(comparison, "objective") == ["base"]  # all that have a plan are of the same goals


EUROS = {"workload": {"value": "customer.workload_hours", "unit": "h"},
         "revenue": {"value": "customer.revenue", "unit": "EUR"}}  # fmt: skip


def test_amounts_in_another_unit_are_neither_held_against_the_baseline_nor_best():
    entries = [
        Entry("base", worked_figures()),
        Entry("all stay", worked_figures(ALL_STAY)),
        Entry("euros", worked_figures(ALL_STAY, measures=EUROS)),
    ]
    rows = compare(entries, "base").rows
    row = rows["revenue_moved"]
    assert (row.unit, row.units, row.meaning) == ("USD", ("USD", "USD", "EUR"), (0, 0, 2))
    assert (row.deltas, row.other) == ((None, -40.0, None), (False, False, True))
    assert row.best == (False, True, False)
    # a share is a share in any currency
    assert (rows["revenue_moved_share"].units, rows["revenue_moved_share"].meaning) == ((), ())
    assert rows["revenue_moved_share"].best == (False, True, True)
    assert compare(entries, "euros").rows["revenue_moved"].unit == "EUR"


def test_reps_inside_wider_bands_are_not_more():
    wider = [{"measure": "revenue", "target": "equal", "tolerance": "40%"}]
    heavier = [{"measure": "revenue", "target": "equal", "tolerance": "10%", "weight": 3}]
    entries = [
        Entry("base", worked_figures()),
        Entry("all stay", worked_figures(SECOND)),
        Entry("wider", worked_figures(balance=wider)),
        Entry("heavier", worked_figures(balance=heavier)),
    ]
    rows = compare(entries, "base").rows
    for name in ("reps_inside_band_share", "reps_over_band", "revenue.inside_share"):
        assert rows[name].other == (False, False, True, False)
        assert not rows[name].best[2]
    assert rows["reps_inside_band_share"].values[2] == 1
    assert rows["goals.balance"].other == (False, False, True, True)


def test_without_a_plan_of_the_baseline_the_best_is_marked_only_where_all_mean_the_same():
    entries = [Entry("base", figures_without_plan(no_plan())), Entry("all stay", worked_figures(ALL_STAY))]
    entries += [Entry("euros", worked_figures(measures=EUROS))]
    rows = compare(entries, "base").rows
    assert rows["revenue_moved"].best == (False, False, False)
    assert rows["revenue_moved_share"].best == (False, True, False)


def test_an_empty_book_makes_the_ratio_infinite_and_no_difference():
    entries = [Entry("all to bob", worked_figures("ana ana ana bob bob bob")), Entry("base", worked_figures())]
    row = compare(entries).rows["heaviest_to_lightest"]
    assert (row.values[0], row.deltas) == (math.inf, (None, None))
    assert row.best == (False, True)


def test_overlapping_intervals_are_not_certain():
    comparison = compare(worked_entries(), "base")
    # base is proven 11.89, light touch lies between 11 and 15.11
    assert comparison.rows["objective"].uncertain == ((1, 2),)
    # one stage of three goals proves nothing of a single one
    assert comparison.rows["goals.balance"].uncertain == ()


@pytest.mark.parametrize(
    ("one", "other", "uncertain"),
    [
        ({"bound": 0.0}, {"bound": 0.0}, True),
        ({"bound": 0.0}, {}, False),
        ({}, {"bound": 0.0}, True),
        ({}, {}, False),
        ({}, {"bound": 13.0}, False),
        ({"bound": None}, {"bound": 0.0}, False),
    ],
)
def test_only_intervals_that_overlap_are_uncertain(one, other, uncertain):
    entries = [Entry("one", worked_figures(OPTIMUM, one)), Entry("other", worked_figures(SECOND, other))]
    assert (compare(entries).rows["objective"].uncertain == ((0, 1),)) is uncertain


def test_two_plans_proven_equal_are_certain():
    entries = [Entry("one", worked_figures()), Entry("again", worked_figures())]
    comparison = compare(entries)
    assert all(row.uncertain == () and not any(row.best) for row in comparison.rows.values())


def test_objectives_of_other_goals_are_not_compared():
    heavier = [{"goal": "balance", "weight": 5}, {"goal": "disruption"}, {"goal": "misfit"}]
    entries = [
        Entry("base", worked_figures(OPTIMUM, {"bound": 0.0})),
        Entry("fairness first", worked_figures(SECOND, {"bound": 0.0}, goals=heavier)),
        Entry("stay", worked_figures(ALL_STAY, {"bound": 0.0})),
    ]
    comparison = compare(entries)
    assert comparison.rows["objective"].uncertain == ((0, 2),)
    assert best(comparison, "objective") == ["base"]
    # the goals mean the same, whatever they weigh
    assert best(comparison, "goals.balance") == ["fairness first"]


def test_a_goal_of_another_meaning_is_not_marked():
    wider = [{"measure": "revenue", "target": "equal", "tolerance": "50%", "weight": 1}]
    entries = [
        Entry("base", worked_figures()),
        Entry("wide bands", worked_figures(balance=wider)),
        Entry("third", worked_figures(THIRD)),
    ]
    comparison = compare(entries)
    assert comparison.rows["goals.balance"].values[1] == 0
    assert best(comparison, "goals.balance") == ["base"]


def test_a_goal_that_is_a_stage_of_its_own_has_an_interval():
    goals = [
        {"priority": 1, "goal": "balance"},
        {"priority": 2, "goal": "disruption"},
        {"priority": 2, "goal": "misfit"},
    ]

    def staged(reps, balance, bound):
        stages = (
            StageResult(1, ("balance",), balance, bound, balance, "feasible"),
            StageResult(2, ("disruption", "misfit"), 14.0, 0.0, None, "feasible"),
        )
        return worked_figures(reps, {"status": "feasible", "stages": stages, "bound": 0.0}, goals=goals)

    entries = [Entry("one", staged(SECOND, 10 / 9, 0.5)), Entry("other", staged(OPTIMUM, 80 / 9, 1.0))]
    rows = compare(entries).rows
    assert rows["goals.balance"].uncertain == ((0, 1),)
    entries[1] = Entry("other", staged(OPTIMUM, 80 / 9, 5.0))
    assert compare(entries).rows["goals.balance"].uncertain == ()


def test_rows_that_nobody_has_are_left_out():
    rows = compare(worked_entries()).rows
    assert "travel_hours" not in rows
    assert not any(name.startswith("quota.") for name in rows)


def test_every_row_can_be_named_before_anything_is_solved():
    comparison = compare(worked_entries())
    assert set(comparison.rows) <= set(names_in(comparison)) <= set(names_for([worked_policy()]))


def test_a_measure_called_as_other_rows_are_has_names_of_its_own():
    measures = {name: "customer.revenue" for name in ("quota", "goals", "revenue")}
    figures = worked_figures(measures=measures, capacity=[])
    names = [*compare([Entry("base", figures)]).rows]
    assert {"measures.quota.cv", "measures.goals.gini", "revenue.cv"} <= set(names)
    assert len(names) == len(set(names))


def test_without_any_plan_the_eight_numbers_are_blank():
    comparison = compare([Entry("lose Ana", figures_without_plan(no_plan()))])
    assert all(row.values == (None,) for row in comparison.sections[0].rows)


def test_a_comparison_needs_scenarios_with_names_of_their_own():
    with pytest.raises(ValueError, match="names"):
        compare([])
    with pytest.raises(ValueError, match="names"):
        compare([Entry("base", worked_figures())] * 2)


@pytest.mark.parametrize("text", ["", "abc", "17%-13%", "13%-17%-20%", "150%", "-5%", "nan", "1e999"])
def test_what_is_no_range_of_shares_is_refused(text):
    with pytest.raises(InputRefused, match="TP510"):
        risk_of(text)


@pytest.mark.parametrize("name", ["ARR", "iPhone Units", "größe", "seats"])
def test_names_of_the_users_own_are_written_as_they_are_and_own_words_begin_a_line(name):
    shape = Shape((("balance", "%"),), (("customers", ""), ("revenue", "USD"), (name, "USD")), (), (name, "USD"))
    labels = {row.name: row.label for row in definitions(shape)}
    assert labels["revenue_moved"] == f"{name} moved, chosen"
    assert labels["revenue_frozen_share"] == f"{name} frozen"
    assert labels["revenue_moved_share"] == f"{name} moved"
    assert labels["revenue.moved"] == "Revenue moved, chosen"
    assert labels["goals.balance"] == "Balance"
    other = {row.name: row.label for row in definitions(replace(shape, revenue=("revenue", "USD")))}
    assert (other[f"{name}.moved"], other[f"{name}.moved_forced"]) == (f"{name} moved, chosen", f"{name} moved, forced")
    assert other["revenue_moved"] == "Revenue moved, chosen"
    assert other["quota.cv_before"] == "Variation (CV), before"
