"""The report of a comparison: the figures of its record, its plans' customers, and nothing its reader may not see."""

import json
import math
import re
import shutil
from pathlib import Path

import numpy as np
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
from planner.report.comparison.rows import ComparisonRows
from planner.report.comparison.runs import compared_runs, read_comparison, read_frontier
from planner.report.comparison.words import ComparisonWords
from planner.report.readership.audience import Audience, scope_for
from planner.report.readership.evidence import SOMEBODY_ELSE
from scenarios.comparing.difference import difference
from tests.planner.report.comparing import plain, texts_in
from tests.planner.together.worked_project import planned, worked_project

EVERYBODY = Audience()
NASTY = "<script>alert(1)</script>"


@pytest.fixture(scope="module")
def compared(tmp_path_factory):
    """The worked case compared, with an infeasible scenario in the middle and a name that is no text to a browser."""
    folder = worked_project(tmp_path_factory.mktemp("report") / "q1")
    file = folder / "planner.yaml"
    more = f"  '{NASTY}': {{set: {{'balance[revenue].tolerance': 11%}}}}\n"
    file.write_text(file.read_text(encoding="utf-8") + more, encoding="utf-8")
    code, _, _ = planned("compare", folder, "--out", folder / "first", "--fail-if", "moved_share > 90%")
    assert code == DONE
    return folder


@pytest.fixture(scope="module")
def report(compared):
    return report_of_comparison(compared / "first", EVERYBODY, ENGLISH)


@pytest.fixture
def project(compared, tmp_path):
    return shutil.copytree(compared, tmp_path / "q1")


def record_of(folder):
    return json.loads((folder / "first" / "comparison.json").read_text(encoding="utf-8"))


def block(report, kind, key):
    return next(one for one in report.blocks(kind) if one.key == key)


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
    assert troubles.cells["why"][at].startswith("Eve (eve) carries 1 customer")


def test_objectives_of_other_goals_are_neither_better_nor_worse(report):
    card = block(report, Scorecard, "scorecard")
    meaning = {row.name: dict(zip(card.scenarios, row.meaning, strict=True)) for row in card.rows if row.meaning}
    assert meaning["objective"]["base"] == meaning["objective"]["eve all quarter"] == meaning["objective"]["no budget"]
    assert meaning["objective"]["base"] != meaning["objective"][NASTY]
    assert meaning["goals.balance"]["base"] != meaning["goals.balance"][NASTY]
    assert "goals.misfit" not in meaning
    assert "cannot be compared" in card.note


def test_a_search_that_ended_at_its_gap_says_that_more_may_be_proven(compared):
    folder = compared / "first"
    record = read_comparison(folder)
    base = record.scenarios[0]
    early = base.model_copy(
        update={"status": "feasible", "figures": base.figures.model_copy(update={"stopped_by": "gap"})}
    )
    plans = read_plans(compared_runs(record, folder), "base", lambda run: scope_for(run, EVERYBODY, ENGLISH))
    told = comparison_report(record.model_copy(update={"scenarios": [early, *record.scenarios[1:]]}), plans, ENGLISH)
    lines = block(told, Sentences, "caution").lines
    assert lines[-1].startswith("The search for base ended at the gap that was asked for")


def test_nothing_is_told_of_the_machine_that_compared(compared, report):
    machine = record_of(compared)["versions"]["platform"]
    assert machine not in "".join(texts_in(report))
    assert ("Version of python", record_of(compared)["versions"]["python"]) in report.made


def test_the_headline_says_which_is_best_in_what_and_what_it_costs(report):
    assert report.headline.startswith("Books are most even in eve all quarter: 66.7% of reps inside the band")
    assert "25.0% of customers" in report.headline
    assert "fewest move in status quo and minimal moves: 0% of customers" in report.headline


def words_without_plans(compared, *found):
    """Return the sentences of the comparison had no plan been found in the time but for some scenarios."""
    record = read_comparison(compared / "first")
    scenarios = [
        one if one.name in found else one.model_copy(update={"status": "no_plan", "allowed": False, "figures": None})
        for one in record.scenarios
    ]
    cut = record.model_copy(update={"scenarios": scenarios})
    return ComparisonWords(cut, ComparisonRows(cut, ENGLISH), ENGLISH)


def test_a_search_that_ended_before_any_plan_is_not_told_as_if_there_were_none(compared):
    words = words_without_plans(compared, "base")
    assert words.headline().startswith("Only for base was a plan found that keeps all hard rules: ")
    assert any("ended before there was any plan" in line for line in words.caution())
    none = words_without_plans(compared)
    assert none.headline() == "No plan that keeps all hard rules was found for any of the scenarios compared."


def test_gates_are_told_with_those_not_judged(report):
    lines = block(report, Sentences, "gates").lines
    assert len(lines) == 1
    assert lines[0].startswith("Gate passed, as far as can be told")
    assert "two each" in lines[0]


def test_what_is_not_certain_is_said_to_be_so(compared):
    folder = compared / "first"
    record = read_comparison(folder)

    pairs = {"uncertain": [("base", "eve all quarter")]}
    sections = [
        section.model_copy(
            update={"rows": [row.model_copy(update=pairs) if row.name == "objective" else row for row in section.rows]}
        )
        for section in record.sections
    ]
    unsure = record.model_copy(update={"sections": sections})
    plans = read_plans(compared_runs(record, folder), "base", lambda run: scope_for(run, EVERYBODY, ENGLISH))
    report = comparison_report(unsure, plans, ENGLISH)
    assert "not certain which is better of base and eve all quarter" in report.headline
    assert any("base and eve all quarter" in line for line in block(report, Sentences, "caution").lines)
    assert any("Objective" in line for line in block(report, Sentences, "uncertain").lines)


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


# ---- for whom --------------------------------------------------------------------------------------------------


def test_a_rep_sees_the_own_book_and_no_name_of_others(compared):
    scoped = report_of_comparison(compared / "first", Audience("rep:ana"), ENGLISH)
    said = " ".join(texts_in(scoped)).lower()
    for name in ("bob", "eve", "dan"):
        assert not re.search(rf"\b{name}\b", said), name
    apart = block(scoped, Difference, "difference")
    assert set(apart.names) == {"Ana"}
    assert (apart.owners == SOMEBODY_ELSE).any()
    assert ((apart.owners == 0).any(axis=1)).all()  # nobody's customers but the own
    assert set(block(scoped, Table, "books_by_rep").cells["rep_id"]) == {"ana"}
    assert "eve all quarter" not in block(scoped, Scorecard, "scorecard").scenarios
    assert "Ana" in scoped.scope


def test_a_run_called_like_somebody_is_named_only_to_those_who_see_everybody(project, monkeypatch):
    monkeypatch.chdir(project)
    for name in ("lose-bob", "keep"):
        assert planned("plan", ".", "--out", name)[0] == DONE
    assert planned("compare", "lose-bob", "keep", "--out", "both")[0] == DONE
    for person, seen in ((None, True), ("rep:ana", False)):
        said = " ".join(texts_in(report_of_comparison(project / "both", Audience(person), ENGLISH)))
        assert bool(re.search(r"\bbob\b", said)) == seen


def test_the_machine_that_compared_is_nobody_s_business(compared, report):
    assert record_of(compared)["versions"]["platform"]
    assert "platform" not in dict(report.made)


def test_a_column_kept_from_a_job_takes_its_rows_and_figures_with_it(tmp_path):
    folder = worked_project(tmp_path / "q1")
    file = folder / "planner.yaml"
    text = file.read_text(encoding="utf-8")
    whole = "customers: customers.csv"
    assert whole in text
    kept = "customers: {file: customers.csv, visible_to: {revenue: [leadership]}}"
    file.write_text(text.replace(whole, kept), encoding="utf-8")
    code, document, told = planned("compare", folder, "--out", folder / "first", "--fail-if", "revenue.gini > 0.9")
    assert code == DONE, (document, told)
    full = report_of_comparison(folder / "first", EVERYBODY, ENGLISH)
    cut = report_of_comparison(folder / "first", Audience(None, "sales"), ENGLISH)
    assert any("revenue" in text.lower() for text in texts_in(full))
    assert not [text for text in texts_in(cut) if "revenue" in text.lower()]
    names = {row.name for row in block(cut, Scorecard, "scorecard").rows}
    assert "moved_share" in names
    assert "objective" not in names


def test_nobody_in_any_scenario_is_refused(compared):
    with pytest.raises(InputRefused, match="There is no such rep"):
        report_of_comparison(compared / "first", Audience("rep:zoe"), ENGLISH)


# ---- from files ------------------------------------------------------------------------------------------------


def test_read_back_a_second_time_it_is_the_same_report(compared, report, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert plain(report_of_comparison(compared / "first", EVERYBODY, ENGLISH)) == plain(report)


def test_a_project_that_was_moved_is_still_reported(project, compared, report):
    hidden = compared.with_name("hidden")
    compared.rename(hidden)
    try:
        assert plain(report_of_comparison(project / "first", EVERYBODY, ENGLISH)) == plain(report)
    finally:
        hidden.rename(compared)


def test_a_run_that_is_gone_is_named_with_what_to_try(project, compared):
    path = project / "first" / "comparison.json"
    document = json.loads(path.read_text(encoding="utf-8"))
    for one in document["scenarios"]:
        if one["run"]:
            one["run"] = one["run"].replace(str(compared), str(project))
    path.write_text(json.dumps(document), encoding="utf-8")
    run = next(one["run"] for one in document["scenarios"] if one["name"] == "greenfield")
    shutil.rmtree(run)
    with pytest.raises(InputRefused) as refused:
        report_of_comparison(project / "first", EVERYBODY, ENGLISH)
    (finding,) = refused.value.findings
    assert finding.code == "TP560"
    assert "greenfield" in str(finding.found)
    assert str(finding.hint).startswith("Try planner compare again")


def test_a_run_that_was_edited_since_is_refused(project):
    path = project / "first" / "comparison.json"
    document = json.loads(path.read_text(encoding="utf-8"))
    for one in document["scenarios"]:
        if one["run"]:
            one["run"] = re.sub(r"^.*/runs/", f"{project}/runs/", one["run"])
    path.write_text(json.dumps(document), encoding="utf-8")
    run = next(one["run"] for one in document["scenarios"] if one["name"] == "base")
    file = project / "runs" / run.rpartition("/runs/")[2] / "assignments.csv"
    lines = file.read_text(encoding="utf-8").splitlines()
    header = lines[0].split(",")
    at, owner = header.index("moved"), header.index("rep_id")
    row = next(k for k, line in enumerate(lines[1:], 1) if line.split(",")[at] == "true")
    cells = lines[row].split(",")
    cells[owner] = "bob" if cells[owner] != "bob" else "ana"
    lines[row] = ",".join(cells)
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    with pytest.raises(InputRefused, match="TP561"):
        report_of_comparison(project / "first", EVERYBODY, ENGLISH)


def test_a_folder_without_a_comparison_is_refused(tmp_path):
    with pytest.raises(InputRefused, match="TP562"):
        report_of_comparison(tmp_path, EVERYBODY, ENGLISH)


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
