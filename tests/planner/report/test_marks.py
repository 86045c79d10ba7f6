"""Who may see which column, as planner.yaml says it, and as runs keep it."""

import pytest

from models.findings import InputRefused
from planner.commands import planner
from planner.exits import BAD_INPUT, DONE, run
from planner.language import language
from planner.project import load
from planner.report.readership.audience import Audience, scope_for
from planner.run_folder import find_run, open_run
from tests.worked import copy_worked


def marked(folder, customers):
    copy_worked(folder)
    file = folder / "planner.yaml"
    text, tables = file.read_text(encoding="utf-8"), "{customers: customers.csv, reps: reps.csv}"
    told = f"\n  reps: reps.csv\n  customers:\n    file: customers.csv\n{customers}"
    file.write_text(text.replace(tables, told), encoding="utf-8")
    return folder


@pytest.mark.parametrize(
    ("lines", "code", "line", "hint"),
    [
        ("    confidential: [revenu]", "TP214", 9, "Try 'revenue'"),
        ("    visible_to:\n      tier: [sales]\n      revnue: [sales]", "TP214", 11, "Try 'revenue'"),
        ("    visible_to: {capacity_*: [sales]}", "TP214", 9, None),
        ("    visible_to: {revenue: [saless]}", "TP205", 9, "Try 'sales'"),
        ("    visible_to: {revenue: []}", "TP205", 9, None),
        ("    visible_to: {revenue: [sales]}\n    confidential:\n      - tier\n      - revenue", "TP215", 12, None),
        ("    confidential: name", "TP216", 9, None),
        ("    visible_to: {owner_id: sales}", "TP216", 9, None),
    ],
)
def test_marks_that_cannot_be_are_refused_with_their_line(tmp_path, lines, code, line, hint):
    with pytest.raises(InputRefused) as caught:
        load(marked(tmp_path / "p", lines))
    (one,) = [one for one in caught.value.findings if one.severity == "error"]
    assert (one.code, one.place.file, one.place.line) == (code, "planner.yaml", line)
    assert hint is None or one.hint == hint


def test_every_wrong_mark_is_told_at_once_and_exits_2(tmp_path):
    lines = "    confidential: [revenu, name]\n    visible_to: {teir: [sales]}"
    assert run(planner, ["check", str(marked(tmp_path / "p", lines))]) == BAD_INPUT
    with pytest.raises(InputRefused) as caught:
        load(tmp_path / "p")
    assert [one.code for one in caught.value.findings if one.severity == "error"] == ["TP214", "TP216", "TP214"]


def test_a_run_keeps_who_may_see_what_with_its_inputs(tmp_path):
    lines = "    visible_to: {revenue: [leadership, sales], tier: leadership}\n    confidential: [workload_hours]"
    folder = marked(tmp_path / "p", lines)
    assert run(planner, ["plan", str(folder), "--quiet"]) == DONE
    made = open_run(find_run(folder))
    assert made.org.readers == {
        ("customers", "revenue"): {"leadership", "sales"},
        ("customers", "tier"): {"leadership"},
        ("customers", "workload_hours"): set(),
    }
    again = tmp_path / "again"
    assert run(planner, ["plan", str(made.folder / "inputs"), "--quiet", "--out", str(again)]) == DONE
    assert open_run(again).org.readers == made.org.readers


def test_what_is_kept_back_today_is_kept_back_from_reports_of_earlier_runs(tmp_path):
    folder = marked(tmp_path / "p", "    visible_to: {revenue: [leadership]}")
    assert run(planner, ["plan", str(folder), "--quiet"]) == DONE
    made = open_run(find_run(folder))
    file = folder / "planner.yaml"
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("visible_to: {revenue: [leadership]}", "confidential: [TIER]"), encoding="utf-8")
    scope = scope_for(made, Audience(job="sales"), language("en"))
    assert not scope.column("customers", "revenue")
    assert not scope.column("customers", "tier")
    file.unlink()
    assert scope_for(made, Audience(job="sales"), language("en")).column("customers", "tier")


def test_a_project_file_that_cannot_be_understood_today_stops_the_report(tmp_path):
    folder = copy_worked(tmp_path / "p")
    assert run(planner, ["plan", str(folder), "--quiet"]) == DONE
    file = folder / "planner.yaml"
    for text in ("tables: {customers: {file: customers.csv, confidental: [tier]}}", "tables: ["):
        file.write_text(text, encoding="utf-8")
        with pytest.raises(InputRefused) as caught:
            scope_for(open_run(find_run(folder)), Audience(), language("en"))
        assert [one.code for one in caught.value.findings] == ["TP548"]
