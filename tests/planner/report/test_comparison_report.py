"""The report of a comparison: the figures of its record, its plans' customers, and nothing its reader may not see."""

import json
import math
import re
from pathlib import Path

import numpy as np
import openpyxl
import pytest
import vl_convert

from models.findings import InputRefused
from models.outcome import Outcome
from planner.commands import planner
from planner.exits import BAD_INPUT, DONE, THE_ANSWER_IS_NO
from planner.exits import run as at_command_line
from planner.finished import finished_plan
from planner.language import ENGLISH, language
from planner.report.blocks import Chart, Difference, Scorecard, Sentences, Table
from planner.report.comparison.books import ABSENT, NOBODY, read_plans
from planner.report.comparison.report import comparison_report, report_of_comparison
from planner.report.comparison.runs import compared_runs, read_comparison, read_frontier
from planner.report.page import page
from planner.report.readership.audience import Audience, scope_for
from planner.report.workbook import write_workbook
from scenarios.comparing.difference import difference
from tests.planner.report.comparing import EVERYBODY, NASTY, block, plain, record_of, texts_in
from tests.planner.together.worked_project import planned, worked_project

# ---- figures ---------------------------------------------------------------------------------------------------


def test_the_scorecard_has_the_figures_and_marks_of_the_record(compared, report):
    card, record = block(report, Scorecard, "scorecard"), record_of(compared)
    names = [one["name"] for one in record["scenarios"]]
    assert list(card.scenarios) == names
    assert names[card.baseline] == record["baseline"]
    rows = {row["name"]: row for section in record["sections"] for row in section["rows"]}
    ends = {row["upto"] for row in rows.values()}
    shown = {row.name: row for row in card.rows}
    assert set(shown) == set(rows) - ends
    for name, row in shown.items():
        written = rows[name]
        for at, scenario in enumerate(names):
            value = written["values"][scenario]
            expected = {None: "NaN", "infinite": math.inf}.get(value, value)
            assert plain(row.values[at]) == expected, (name, scenario)
        assert [names[at] for at, best in enumerate(row.best) if best] == written["best"]
        assert [[names[a], names[b]] for a, b in row.uncertain] == written["uncertain"]
        if written["upto"]:
            high = rows[written["upto"]]["values"]
            assert plain(row.upto) == ["NaN" if high[one] is None else high[one] for one in names]


def test_a_plan_proven_best_says_so_in_place_of_a_certified_gap(report):
    card = block(report, Scorecard, "scorecard")
    rows = [one for one in card.rows if one.name in ("certified_gap", "gap")]
    assert len(rows) == 2
    for row in rows:
        assert row.instead[card.scenarios.index("base")] == "proven"
        assert row.instead[card.scenarios.index("two each")] == ""


def test_an_infeasible_scenario_says_why_and_stands_in_no_difference(report):
    card, apart = block(report, Scorecard, "scorecard"), block(report, Difference, "difference")
    at = card.scenarios.index("two each")
    assert 0 < at < len(card.scenarios) - 1
    assert card.states[at] == "No plan can exist"
    assert not card.allowed[at]
    assert "two each" not in apart.scenarios
    troubles = block(report, Table, "troubles")
    (at,) = np.flatnonzero(troubles.cells["scenario"] == "two each")
    assert troubles.cells["rule"][at] == "Limit of books: customers"
    assert troubles.cells["why"][at].startswith("Eve carries 1 customer")


def test_objectives_of_other_goals_are_neither_better_nor_worse(report):
    card = block(report, Scorecard, "scorecard")
    meaning = {row.name: dict(zip(card.scenarios, row.meaning, strict=True)) for row in card.rows if row.meaning}
    assert meaning["objective"]["base"] == meaning["objective"]["eve all quarter"] == meaning["objective"]["no budget"]
    assert meaning["objective"]["base"] != meaning["objective"][NASTY]
    assert meaning["goals.balance"]["base"] != meaning["goals.balance"][NASTY]
    assert "goals.misfit" not in meaning
    assert "cannot be compared" in card.note


# ---- customers -------------------------------------------------------------------------------------------------


def test_any_two_scenarios_differ_in_the_customers_that_the_planner_tells_apart(compared, report):
    runs = {entry.name: run for entry, run in compared_runs(read_comparison(compared / "first"), compared / "first")}
    apart = block(report, Difference, "difference")
    ids = apart.table.cells["customer_id"]
    names = np.array([*apart.names, "nobody"], dtype=object)
    count = 0
    for a in ("base", "status quo", "greenfield"):
        for b in ("eve all quarter", "no budget", NASTY):
            one, other = apart.scenarios.index(a), apart.scenarios.index(b)
            rows = np.flatnonzero(apart.owners[:, one] != apart.owners[:, other])
            found = {
                (ids[at], names[apart.owners[at, one]], names[apart.owners[at, other]])
                for at in rows.tolist()
                if ABSENT not in (apart.owners[at, one], apart.owners[at, other])
            }
            with (
                Outcome(runs[a].org, runs[a].policy, finished_plan(runs[a])) as first,
                Outcome(runs[b].org, runs[b].policy, finished_plan(runs[b])) as second,
            ):
                told = difference(first, second, a, b)
            assert found == {(change.customer_id, change.name_a, change.name_b) for change in told.changes}
            count += len(found)
    assert count > 3
    assert "role" not in apart.table.cells  # there is one


def test_a_customer_that_only_one_scenario_has_is_absent_from_the_others(tmp_path):
    folder = worked_project(tmp_path / "q1")
    file = folder / "planner.yaml"
    more = "  without c1: {customers: [{where: \"customer.customer_id = 'C1'\", remove: true}]}\n"
    file.write_text(file.read_text(encoding="utf-8") + more, encoding="utf-8")
    code, document, _ = planned(
        "compare", folder, "--scenario", "base", "--scenario", "without c1", "--out", folder / "first"
    )
    assert code == DONE, document
    report = report_of_comparison(folder / "first", EVERYBODY, ENGLISH)
    apart = block(report, Difference, "difference")
    row = apart.table.cells["customer_id"].tolist().index("C1")
    assert apart.owners[row, apart.scenarios.index("without c1")] == ABSENT
    assert apart.owners[row, apart.scenarios.index("base")] >= NOBODY


def test_customers_of_two_roles_have_a_row_for_each(tmp_path):
    folder = worked_project(tmp_path / "q1", "")
    file = folder / "planner.yaml"
    text = file.read_text(encoding="utf-8").replace("policy:\n", "policy:\n  roles: {sales: {}, service: {}}\n", 1)
    file.write_text(text, encoding="utf-8")
    reps = folder / "reps.csv"
    header, *rows = reps.read_text(encoding="utf-8").splitlines()
    reps.write_text(
        "\n".join([f"{header},role", *(f"{row},sales" for row in rows), *(f"s-{row},service" for row in rows)]) + "\n"
    )
    code, document, told = planned("compare", folder, "--scenario", "base", "--out", folder / "first")
    assert code == DONE, (document, told)
    report = report_of_comparison(folder / "first", EVERYBODY, ENGLISH)
    table = block(report, Difference, "difference").table
    assert set(table.cells["role"]) == {"sales", "service"}
    keys = list(zip(table.cells["customer_id"], table.cells["role"], strict=True))
    assert len(keys) == len(set(keys)) == 12


def test_books_by_rep_add_up_to_those_of_the_runs(compared, report):
    table = block(report, Table, "books_by_rep")
    titles = {column.title: column.key for column in table.columns}
    for entry, run in compared_runs(read_comparison(compared / "first"), compared / "first"):
        with Outcome(run.org, run.policy, finished_plan(run)) as outcome:
            book = next(one for one in outcome.books if one.measure == "revenue")
            here = ~outcome.judge.roster.departed
        written = dict(zip(table.cells["rep_id"], table.cells[titles[entry.name]], strict=True))
        for rep, value in zip(run.org.rep_ids[here], book.after[here], strict=True):
            assert written[rep] == pytest.approx(value)


# ---- drawn -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("code", ["en", "zh"])
def test_every_chart_can_be_drawn(compared, code):
    charts = report_of_comparison(compared / "first", EVERYBODY, language(code)).blocks(Chart)
    assert {chart.key for chart in charts} == {"deviations", "books"}
    for chart in charts:
        assert chart.summary
        assert "<svg" in vl_convert.vegalite_to_svg(json.dumps(chart.spec))


def test_in_chinese_every_text_is(compared):
    report = report_of_comparison(compared / "first", EVERYBODY, language("zh"))
    for section in report.sections:
        assert re.search(r"[\u4e00-\u9fff]", section.title), section.title
    assert re.search(r"[\u4e00-\u9fff]", report.headline)
    for chart in report.blocks(Chart):
        assert re.search(r"[\u4e00-\u9fff]", chart.title + chart.summary)


# ---- the command -----------------------------------------------------------------------------------------------


def test_compare_writes_page_workbook_and_pictures_with_its_other_files(project):
    code, document, _ = planned("compare", project, "--report", "--images", "--out", project / "second")
    assert code == DONE
    written = {path.name for path in (project / "second").iterdir()}
    assert {"comparison.csv", "comparison.json", "comparison.md", "comparison.html", "comparison.xlsx"} <= written
    assert {path.suffix for path in (project / "second" / "images").iterdir()} == {".png", ".svg"}
    told = {Path(file) for file in document["files"]}
    assert told == {
        *(project / "second" / f"comparison.{suffix}" for suffix in ("html", "xlsx")),
        *(project / "second" / "images").iterdir(),
    }
    text = (project / "second" / "comparison.html").read_text(encoding="utf-8")
    assert NASTY not in text
    assert document["baseline"] == "base"


def test_a_report_for_nobody_leaves_no_files_behind(project):
    code, _, _ = planned("compare", project, "--report", "--for", "rep:zoe", "--out", project / "second")
    assert code == BAD_INPUT
    assert not (project / "second").exists()
    assert not [path for path in project.iterdir() if path.name.endswith(".partial")]


def test_what_only_a_report_has_is_refused_without_one(project):
    for option in (["--images"], ["--for", "rep:ana"], ["--job", "sales"], ["--frontier", str(project)]):
        code, _, _ = planned("compare", project, *option)
        assert code == BAD_INPUT


def test_a_frontier_beside_scenarios_is_part_of_their_report(project):
    code, _, _ = planned("frontier", project, "--out", project / "front")
    assert code == DONE
    code, _, _ = planned("compare", project, "--report", "--frontier", project / "front", "--out", project / "second")
    assert code == DONE
    report = report_of_comparison(project / "second", EVERYBODY, ENGLISH)
    assert "frontier" in [section.key for section in report.sections]
    assert "frontier" in {chart.key for chart in report.blocks(Chart)}


def test_a_comparison_without_any_plan_still_has_a_report(tmp_path):
    folder = worked_project(tmp_path / "q1")
    code, _, _ = planned("compare", folder, "--scenario", "two each", "--out", folder / "first")
    assert code == THE_ANSWER_IS_NO
    report = report_of_comparison(folder / "first", EVERYBODY, ENGLISH)
    assert report.headline == "None of the scenarios compared has a plan that keeps all hard rules."
    assert not report.blocks(Chart)
    with pytest.raises(InputRefused, match="TP563"):
        report_of_comparison(folder / "first", Audience("rep:ana"), ENGLISH)


@pytest.mark.long
def test_the_scenario_that_was_traced_is_marked_under_the_name_that_its_reader_may_see(project):
    code, _, _ = planned("frontier", project, "--scenario", "eve all quarter", "--out", project / "front")
    assert code == DONE
    frontier, record = read_frontier(project / "front"), read_comparison(project / "first")

    def lines(audience):
        runs = compared_runs(record, project / "first")
        plans = read_plans(runs, record.baseline, lambda run: scope_for(run, audience, ENGLISH))
        report = comparison_report(record, plans, ENGLISH, frontier)
        return report, block(report, Sentences, "traced").lines

    report, told = lines(EVERYBODY)
    figures = next(one.figures for one in record.scenarios if one.name == "eve all quarter")
    assert told[2].startswith(f"eve all quarter lies at {figures.moves.chosen} customer")
    report, told = lines(Audience("rep:ana"))
    assert told[2].startswith("scenario ")
    assert "eve all quarter" not in " ".join(texts_in(report))


def test_the_screen_lists_every_file_of_a_report_as_it_is_written(project, capsys):
    out = project / "listed"
    assert (
        at_command_line(planner, ["compare", str(project), "--quiet", "--report", "--images", "--out", str(out)])
        == DONE
    )
    shown = capsys.readouterr().out
    files = [out / "comparison.html", out / "comparison.xlsx", *(out / "images").iterdir()]
    assert len(files) > 4
    assert [file.name for file in files if file.name not in shown] == []


def test_where_not_all_are_drawn_the_baseline_and_the_most_even_plans_come_first(compared, report):
    table = block(report, Table, "books_by_rep")
    names = {one.key: one.title for one in table.columns}
    order = [names[key] for key in table.plotted]
    assert order[0] == record_of(compared)["baseline"]
    off = {}
    for key in table.plotted:
        deviation = table.cells[key.replace("book_", "deviation_")]
        off[names[key]] = float(np.nanmean(np.abs(deviation)))
    allowed = {one["name"] for one in record_of(compared)["scenarios"] if one["allowed"]}
    assert order[1:] == sorted(order[1:], key=lambda name: (name not in allowed, off[name]))
    assert table.plotted_first == "the baseline and the most even ones"


@pytest.mark.parametrize("code", ["en", "zh"])
def test_every_sheet_has_a_name_that_is_not_cut_and_prints_name_sheets_that_there_are(compared, code, tmp_path):
    report = report_of_comparison(compared / "first", EVERYBODY, language(code))
    write_workbook(report, tmp_path / "comparison.xlsx")
    names = openpyxl.load_workbook(tmp_path / "comparison.xlsx").sheetnames
    assert not [name for name in names if "…" in name]
    named = set(re.findall(r'"sheet":"([^"]*)"', page(report)))
    assert len(named) > 2
    assert named <= set(names)
