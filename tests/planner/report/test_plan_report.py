"""The report of a plan: its numbers are the plan's, whatever the tables have and whoever reads it."""

import json
from dataclasses import replace

import numpy as np
import pytest
import vl_convert

from planner.record import AdoptedEntry, AssumptionEntry, TriedEntry, WishesEntry
from planner.report.blocks import Chart, Facts, Table
from planner.report.readership.scope import Scope
from planner.run_folder import RunFolder, open_run
from tests.planner.finished.made import solved_run
from tests.planner.report.made_plans import (
    block,
    has_block,
    report_of,
    rows_of,
    run_of,
    texts_in,
    varied_run,
)
from tests.tables import org_of

CITY = ((40.71, -74.0), (40.74, -73.98), (40.68, -73.95), (40.73, -74.03), (40.7, -73.9), (40.76, -73.97))


@pytest.fixture(scope="module")
def worked(tmp_path_factory) -> RunFolder:
    return open_run(solved_run(tmp_path_factory.mktemp("worked")))


@pytest.fixture(scope="module")
def told(worked):
    return report_of(worked)


def fact(report, label):
    """Return the fact with a label."""
    return next(one for facts in report.blocks(Facts) for one in facts.facts if one.label == label)


def data_of(spec):
    """Yield the rows of data in a specification."""
    for key, value in spec.items() if isinstance(spec, dict) else enumerate(spec):
        if key == "values" and isinstance(value, list) and value and isinstance(value[0], dict):
            yield value
        elif isinstance(value, dict | list):
            yield from data_of(value)


# ---- the worked case, by hand ------------------------------------------------------------------------------------


def test_the_headline_says_what_changes_what_it_brings_and_what_is_proven(told):
    assert told.headline == (
        "1 customer moves by choice (25.0%, with 17.4% of revenue); 0 of 3 reps are inside their band, 0 before; "
        "the heaviest book is 1.33 times the lightest (one was empty before); "
        "proven: no plan under these rules is better."
    )


def test_books_are_those_worked_out_by_hand(told):
    reps = {row["rep_id"]: row for row in rows_of(block(told, "reps"))}
    after = {name: (row["after_m1"], row["after_m2"]) for name, row in reps.items()}
    assert after == {"ana": (70, 160), "bob": (80, 120), "eve": (50, 80)}
    assert {name: row["target_m2"] for name, row in reps.items()} == pytest.approx({"ana": 144, "bob": 144, "eve": 72})
    deviation = {name: round(100 * row["deviation_m2"], 4) for name, row in reps.items()}
    assert deviation == {"ana": 11.1111, "bob": -16.6667, "eve": 11.1111}
    assert [(row["gained"], row["lost"]) for row in reps.values()] == [(0, 1), (2, 0), (1, 0)]


def test_moves_tell_who_goes_where_and_why(told):
    moves = {row["customer_id"]: row for row in rows_of(block(told, "moves"))}
    assert {name: (row["kind"], row["from"], row["to"]) for name, row in moves.items()} == {
        "C3": ("chosen", "Ana", "Bob"),
        "C5": ("forced", "dan", "Eve"),
        "C6": ("newly assigned", "nobody", "Bob"),
    }
    assert moves["C3"]["staying"] == pytest.approx(29 / 9)
    assert moves["C3"]["sure"] == "proven"
    assert moves["C3"]["why"].startswith("Relieves Ana")
    assert "staying" not in moves["C3"]["why"]


def test_a_budget_says_what_is_used_of_it(told):
    (row,) = rows_of(block(told, "budgets"))
    assert (row["budget"], row["of"], row["used"], row["limit"], row["share"]) == (
        "moved customers",
        "overall",
        1,
        2,
        0.5,
    )


def test_provenance_has_the_first_digits_of_every_hash(worked, told):
    made = dict(told.made)
    for name, digest in worked.record.sources.items():
        assert made[f"Source {name}"] == digest[:12]
    for name, digest in worked.record.inputs.items():
        assert made[f"Input {name}"] == digest[:12]
    assert made["Seed"] == "1"
    assert made["Version of ortools"] == worked.record.versions["ortools"]


# ---- totals ----------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def varied(tmp_path_factory) -> RunFolder:
    return varied_run(tmp_path_factory.mktemp("varied"))


@pytest.fixture(scope="module")
def varied_report(varied):
    return report_of(varied)


def test_totals_of_tables_equal_those_of_the_record(varied, varied_report):
    record, reps, all_rows = varied.record, block(varied_report, "reps"), block(varied_report, "assignments")
    assert reps.cells["after_m1"].sum() == pytest.approx(record.measures["hours"].total)
    assert reps.cells["after_m2"].sum() == pytest.approx(record.measures["revenue"].total)
    assert all_rows.cells["m1"].sum() == pytest.approx(record.measures["hours"].total)
    assert all_rows.cells["m2"].sum() == pytest.approx(record.measures["revenue"].total)
    assert all_rows.count == record.customers
    moves = rows_of(block(varied_report, "moves"))
    kinds = [row["kind"] for row in moves]
    assert kinds.count("chosen") == record.moved_customers > 0
    assert kinds.count("forced") == record.forced_moves > 0
    assert kinds.count("newly assigned") == record.newly_assigned > 0
    chosen = sum(row["worth"] for row in moves if row["kind"] == "chosen")
    assert chosen == pytest.approx(record.measures["revenue"].moved)
    assert reps.cells["frozen"].sum() == pytest.approx(record.headline.frozen_revenue)
    assert block(varied_report, "flows").cells["count"].sum() == record.moved_customers + record.forced_moves


def test_what_managers_gain_and_lose_is_what_the_plan_says(varied, varied_report):
    from models.account import account_for
    from planner.finished import finished_plan

    flows = account_for(varied.org, varied.policy, finished_plan(varied)).summary.flows
    table = block(varied_report, "managers")
    told = {row["group"]: tuple(row[key] for key in ("in", "out", "within", "new")) for row in rows_of(table)}
    names = {"R0": "Li Na", "M9": "M9", "none": "none"}
    expected = {names[flow.label]: (flow.gained, flow.lost, flow.within, flow.newly) for flow in flows}
    assert told == expected
    assert sum(table.cells["net"]) == pytest.approx(sum(flow.revenue_gained - flow.revenue_lost for flow in flows))


def test_classes_count_every_customer_once(varied, varied_report):
    tiers, stages = block(varied_report, "class_tier"), block(varied_report, "class_stage")
    assert tiers.cells["count"].tolist() == [15, 15, 15]
    assert stages.cells["count"].sum() == varied.record.customers
    assert tiers.cells["worth"].sum() == pytest.approx(varied.record.measures["revenue"].total)
    grid = block(varied_report, "rfm_grid")
    assert sum(one["count"] for one in grid.spec["data"]["values"]) == 45


def test_two_reps_of_one_name_are_told_apart(varied_report):
    named = set(block(varied_report, "reps").cells["rep"].tolist())
    assert {"Li Na (R0)", "Li Na (R1)"} <= named


def test_every_chart_can_be_drawn_and_says_in_a_sentence_what_it_shows(varied_report):
    charts = varied_report.blocks(Chart)
    assert {"map", "flows_groups", "flows_reps", "pyramid_tier", "rfm_grid", "budgets_used"} <= {
        one.key for one in charts
    }
    for chart in charts:
        assert chart.summary.endswith(".")
        for spec in (chart.spec, chart.still):
            drawn = vl_convert.vegalite_to_svg(json.dumps({**spec, "width": 500} if "hconcat" not in spec else spec))
            assert drawn.startswith("<svg"), chart.key
            assert "NaN" not in drawn, chart.key


def test_keys_are_unique_and_columns_have_cells(varied_report):
    blocks = [one for section in varied_report.sections for one in section.blocks]
    assert len({one.key for one in blocks}) == len(blocks)
    for table in varied_report.blocks(Table):
        named = {column.key for column in table.columns}
        assert named == set(table.cells)
        assert {*table.total, *table.plotted, *([table.named] if table.named else [])} <= named
        assert set(table.per) <= set(named)
        assert table.sort is None or table.sort[0] in named


# ---- less than everything ----------------------------------------------------------------------------------------


def test_a_plan_of_ids_alone_has_a_report(tmp_path):
    org = org_of([{"customer_id": "a"}, {"customer_id": "b"}], [{"rep_id": "r"}])
    report = report_of(run_of(tmp_path, org, {}))
    assert report.headline.startswith("No customer moves by choice, 2 change hands because they have to")
    assert {section.key for section in report.sections} >= {"overview", "books", "moves", "policy", "assignments"}
    assert not {"map", "classes", "budgets", "managers", "flows", "wishes"} & {
        section.key for section in report.sections
    }


def test_where_nobody_moves_the_report_says_so(tmp_path):
    org = org_of([{"customer_id": "a", "owner_id": "r"}], [{"rep_id": "r"}])
    report = report_of(run_of(tmp_path, org, {}))
    assert report.headline.startswith("Nothing changes hands")
    assert block(report, "no_moves").lines == ("Nobody changes hands.",)


def test_a_plan_that_was_only_measured_says_which_rules_it_breaks(tmp_path):
    run = open_run(solved_run(tmp_path, evaluate_only=True, capacity=[{"measure": "workload", "max": 60}]))
    report = report_of(run)
    assert len(run.record.violations) == len(block(report, "broken").lines) > 0
    assert f"measured as it is and breaks {len(run.record.violations)} rule" in report.headline


def test_customers_in_two_roles_have_a_row_for_each_and_count_once_in_classes(tmp_path):
    rows = [
        {"customer_id": f"c{k}", "owner_id": "r", "tier": "AB"[k % 2], "lat": lat, "lon": lon, "region": "n"}
        for k, (lat, lon) in enumerate(CITY)
    ]
    org = org_of(rows, [{"rep_id": "r", "role": "sales"}, {"rep_id": "s", "role": "service"}])
    report = report_of(run_of(tmp_path, org, {"roles": {"sales": {}, "service": {}}}))
    assert block(report, "assignments").count == 12
    assert block(report, "class_tier").cells["count"].tolist() == [3, 3]
    assert any(param["name"] == "role" for param in block(report, "map").spec["params"])


def test_who_is_pooled_is_said_to_be_without_owner(tmp_path):
    org = org_of(
        [{"customer_id": "a", "owner_id": "r", "tier": "C"}, {"customer_id": "b", "owner_id": "r", "tier": "A"}],
        [{"rep_id": "r"}],
    )
    policy = {"pool": {"when": "customer.tier = 'C'", "penalty": 0}, "capacity": [{"measure": "customers", "max": 1}]}
    report = report_of(run_of(tmp_path, org, policy))
    (row,) = rows_of(block(report, "moves"))
    assert (row["customer_id"], row["to"], row["kind"]) == ("a", "nobody", "without owner now")


def test_of_many_reps_the_distribution_is_drawn_and_those_furthest_from_target(tmp_path):
    reps = [{"rep_id": f"r{k}"} for k in range(70)]
    rows = [{"customer_id": f"c{k}", "owner_id": f"r{k % 35}", "revenue": 1.0 + k % 7} for k in range(210)]
    policy = {
        "measures": {"revenue": "customer.revenue"},
        "balance": [{"measure": "revenue", "tolerance": "20%"}],
        "disruption": {"budgets": [{"of": "customers", "max": 20}]},
    }
    report = report_of(run_of(tmp_path, org_of(rows, reps), policy))
    spread, extremes = block(report, "spread_m1"), block(report, "extremes_m1")
    assert {
        sum(one["count"] for one in panel if one["when"] == when)
        for panel in data_of(spread.spec)
        if "count" in panel[0]
        for when in ("before", "after")
    } == {70}
    assert extremes.note.startswith("20 of 70 reps.")
    assert not has_block(report, "book_m1")
    assert not has_block(report, "flows_reps") or block(report, "flows").count <= 40
    for chart in (spread, extremes):
        vl_convert.vegalite_to_svg(json.dumps({**chart.spec, "width": 500}))


def test_a_budget_of_nothing_that_no_move_fits_into_is_told(tmp_path):
    rows = [{"customer_id": f"c{k}", "owner_id": "r"} for k in range(4)]
    policy = {
        "balance": [{"measure": "customers"}],
        "disruption": {"budgets": [{"name": "tight", "of": "customers", "max": 0.5}]},
    }
    report = report_of(run_of(tmp_path, org_of(rows, [{"rep_id": "r"}, {"rep_id": "s"}]), policy))
    (row,) = rows_of(block(report, "budgets"))
    assert (row["used"], row["share"], row["note"]) == (0, 0, "no move fits into it")


# ---- what the record tells besides -------------------------------------------------------------------------------


def test_who_adopted_a_plan_and_which_wishes_were_tried_is_told(worked):
    record = worked.record.model_copy(
        update={
            "adopted": AdoptedEntry(run="004", file="edited.csv", sha256="f" * 64, by="Ada", deviations=2, points=1.5),
            "tried": TriedEntry(run="004", wishes=["--move C1=bob"], evidence="proven", pinned=False),
            "engine_reason": "tried on run 004: --move C1=bob",
            "changed": ["disruption.budgets[moved customers].max=3%"],
            "scenario": "light touch",
            "assumptions": [AssumptionEntry(assumed="No lock is set", hint="Try locked", examples=["C1"])],
            "wishes": WishesEntry(count=5, honoured=3, refused=2, refused_points=4.0),
        }
    )
    run = replace(worked, record=record)
    report = report_of(run)
    made = dict(report.made)
    assert made["Adopted from"] == "edited.csv, edited from run 004"
    assert (made["Edited by"], made["Edited table"]) == ("Ada", "f" * 12)
    assert made["Wish"] == "--move C1=bob"
    assert made["Engine"].endswith(": tried on run 004: --move C1=bob")
    assert made["Changed"] == "disruption.budgets[moved customers].max=3%"
    assert "light touch" in report.title
    assert block(report, "assumed").lines == ("No lock is set (C1). Try locked",)
    assert [one.value for one in block(report, "wishes").facts] == ["5", "3", "2", "4 points"]
    told = "\n".join(texts_in(report_of(run, Scope("for eve", np.array([False, False, True])))))
    assert "C1" not in told
    assert "bob" not in told


def test_an_edited_table_called_like_somebody_else_is_not_named_to_others(worked):
    adopted = AdoptedEntry(run="for bob", file="bob.csv", sha256="f" * 64, by="bob", deviations=2, points=1.5)
    record = worked.record.model_copy(update={"adopted": adopted, "engine_reason": "edited by bob (bob.csv)"})
    run = replace(worked, record=record)
    assert "bob.csv" in "\n".join(texts_in(report_of(run)))
    assert "bob" not in "\n".join(texts_in(report_of(run, Scope("for eve", np.array([False, False, True])))))


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        (
            {"status": "feasible", "gap": 0.003, "certified_gap": 0.003},
            "no plan under these rules can be more than 0.3% better.",
        ),
        (
            {"status": "feasible", "gap": 0.003, "certified_gap": 0.05},
            "no plan under these rules can be more than 5.0% better (the solver HiGHS narrows it to 0.3%).",
        ),
        ({"status": "feasible", "gap": None, "certified_gap": None}, "how much better a plan could be is not known."),
        ({"status": "feasible", "gap": 0.003, "certified_gap": None}, "can be more than 0.3% better."),
        ({"status": "optimal", "gap": 0.0, "certified_gap": 0.0}, "proven: no plan under these rules is better."),
    ],
)
def test_the_certificate_is_said_in_plain_words(worked, changes, said):
    run = replace(worked, record=worked.record.model_copy(update=changes))
    assert report_of(run).headline.endswith(said)


# ---- Chinese -----------------------------------------------------------------------------------------------------


def test_the_same_plan_in_chinese_has_the_same_numbers(worked):
    report = report_of(worked, code="zh")
    reps = {row["rep_id"]: row for row in rows_of(block(report, "reps"))}
    assert (reps["ana"]["after_m2"], reps["bob"]["after_m2"]) == (160, 120)
    assert report.language == "zh"
    assert report.headline.startswith("主动调动 1 家客户")
    why = {row["customer_id"]: row["why"] for row in rows_of(block(report, "moves"))}
    assert why["C5"] == "负责人 dan 已离职"
    assert why["C3"].startswith("减轻 Ana 的负担")


def test_the_moves_say_how_many_rows_are_of_which_kind_and_which_of_them_a_file_has(varied, varied_report):
    section = next(one for one in varied_report.sections if one.key == "moves")
    rows, record = block(varied_report, "moves").count, varied.record
    moves = len(lines_of(varied.folder / "moves.csv"))
    assert section.intro.startswith(f"{rows} change hands: {record.moved_customers} chosen")
    assert section.intro.endswith(f"moves.csv has the other {moves}.")
    assert rows - record.newly_assigned == moves


def lines_of(path):
    """Return the rows of a file below its header."""
    return path.read_text(encoding="utf-8").strip().splitlines()[1:]
