"""Reports of a comparison for one reader, and read back from files: nothing of others, nothing of another run."""

import json
import re
import shutil

import numpy as np
import pandas as pd
import pytest

from models.findings import InputRefused
from planner.exits import DONE
from planner.language import ENGLISH
from planner.report.blocks import Difference, Scorecard, Sentences, Table
from planner.report.comparison.report import report_of_comparison
from planner.report.readership.audience import Audience
from planner.report.readership.evidence import SOMEBODY_ELSE
from tests.planner.report.comparing import EVERYBODY, block, plain, record_of, texts_in
from tests.planner.together.worked_project import planned, worked_project


def test_nothing_is_told_of_the_machine_that_compared(compared, report):
    machine = record_of(compared)["versions"]["platform"]
    assert machine not in "".join(texts_in(report))
    assert ("Version of python", record_of(compared)["versions"]["python"]) in report.made


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
    code, document, told = planned(
        "compare", folder, "--scenario", "base", "--out", folder / "first", "--fail-if", "revenue.gini > 0.9"
    )
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


# ---- of others with the same ids ---------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def strangers(tmp_path_factory):
    """Two companies in whose tables the same ids stand for others, in other currencies, and their runs compared."""
    home = tmp_path_factory.mktemp("strangers")
    for name, (people, unit) in {"pa": (("Ana", "Bob"), "USD"), "pb": (("Xavier", "Yves"), "EUR")}.items():
        folder = home / name
        folder.mkdir()
        reps = "".join(f"R{n},{one}\n" for n, one in enumerate(people, start=1))
        (folder / "reps.csv").write_text(f"rep_id,name\n{reps}", encoding="utf-8")
        rows = "".join(f"C{n},{name} customer {n},R{1 + n % 2},{100 * (n + 1)}\n" for n in range(6))
        (folder / "customers.csv").write_text(f"customer_id,name,owner_id,revenue\n{rows}", encoding="utf-8")
        (folder / "planner.yaml").write_text(
            "version: 1\ntables: {customers: customers.csv, reps: reps.csv}\npolicy:\n"
            f"  measures: {{revenue: {{value: customer.revenue, unit: {unit}}}}}\n"
            "  balance: [{measure: revenue, tolerance: 10%}]\n  goals: [{goal: balance}]\n",
            encoding="utf-8",
        )
        assert planned("plan", folder, "--out", home / f"run-{name}")[0] == DONE
    code, _, told = planned("compare", home / "run-pa", home / "run-pb", "--out", home / "both")
    assert code == DONE, told
    return home


def test_strangers_with_the_same_ids_are_not_put_together(strangers):
    report = report_of_comparison(strangers / "both", EVERYBODY, ENGLISH)
    books = block(report, Table, "books_by_rep")
    assert sorted(books.cells["name"]) == ["Ana", "Bob", "Xavier", "Yves"]
    assert [column.unit for column in books.columns if column.key.startswith("book_")] == ["USD", "EUR"]
    customers = block(report, Difference, "difference").table
    assert len(customers.cells["customer_id"]) == 12
    assert np.isnan(customers.cells["worth"]).sum() == 6
    assert any("are of other reps and customers" in line for line in block(report, Sentences, "caution").lines)


def test_a_rep_sees_nothing_of_a_stranger_with_the_own_id(strangers):
    report = report_of_comparison(strangers / "both", Audience("rep:R1"), ENGLISH)
    said = " ".join(texts_in(report))
    assert "pa customer" in said
    assert "pb customer" not in said
    assert "Xavier" not in said


def test_a_manager_whose_book_is_out_of_sight_is_not_named_in_a_comparison(tmp_path):
    folder = worked_project(tmp_path / "q1")
    table = pd.read_csv(folder / "reps.csv", keep_default_na=False)
    table["manager_id"] = ["", "ana", "ana"]
    table.to_csv(folder / "reps.csv", index=False)
    assert planned("compare", folder, "--scenario", "base", "--out", folder / "first")[0] == DONE
    managers = block(report_of_comparison(folder / "first", EVERYBODY, ENGLISH), Table, "books_by_rep")
    assert "ana" in set(managers.cells["manager_id"])
    closed = block(report_of_comparison(folder / "first", Audience("rep:bob"), ENGLISH), Table, "books_by_rep")
    assert "manager_id" not in closed.cells
