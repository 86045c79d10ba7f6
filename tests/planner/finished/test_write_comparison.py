"""The files of a comparison say what the screen says, exactly."""

import csv
import json
import math
from pathlib import Path

import numpy as np
import pytest

from models.outcome import Outcome
from planner.comparison_record import ComparisonRecord, comparison_schema
from planner.write.comparison import comparison_page, difference_table, write_comparison, write_difference
from scenarios.comparing.comparison import Entry, compare
from scenarios.comparing.difference import difference
from scenarios.comparing.gate import judge_gate, names_in
from tests.plans import plan_of
from tests.scenarios.compared import worked_entries, worked_figures
from tests.worked import OPTIMUM, SECOND, measured_also, worked_org, worked_plan, worked_policy


def written(folder, entries, **options):
    comparison = compare(entries, "base")
    write_comparison(folder, comparison, project="worked", **options)
    return comparison


def rows(path):
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_the_table_has_one_row_per_scenario_and_the_names_of_gates(tmp_path):
    comparison = written(tmp_path, worked_entries())
    table = {row["scenario"]: row for row in rows(tmp_path / "comparison.csv")}
    assert list(table) == list(comparison.names)
    assert float(table["base"]["moved_share"]) == 0.25
    assert table["lose Ana"]["moved_share"] == ""
    assert (table["base"]["baseline"], table["everything to Eve"]["allowed"]) == ("true", "false")
    assert table["west grows"]["explanation"] == "TP302 The measure 'potential' has no column"
    assert set(comparison.rows) <= set(names_in(comparison)) & set(table["base"])


@pytest.mark.parametrize("name", ['=HYPERLINK("http://x","y")', "+1", "-1", "@SUM(1)"])
def test_no_header_with_a_name_of_the_users_own_is_a_formula(tmp_path, name):
    figures = worked_figures(OPTIMUM, measures=measured_also([name, "=1+1", "plain"]))
    comparison = written(tmp_path, [Entry("base", figures)])
    assert any(row.startswith(name) for row in comparison.rows)
    with (tmp_path / "comparison.csv").open(encoding="utf-8", newline="") as file:
        headers = next(csv.reader(file))
    assert not [header for header in headers if header.startswith(("=", "+", "-", "@"))]
    assert {f"'{row}" if row[0] in "=+-@" else row for row in comparison.rows} <= set(headers)
    assert "plain.cv" in headers


def test_the_record_is_read_back_as_it_was_written(tmp_path):
    comparison = compare(worked_entries(), "base")
    verdict = judge_gate(comparison, "moved_share > 30%")
    write_comparison(tmp_path, comparison, project="worked", verdicts=[verdict])
    text = (tmp_path / "comparison.json").read_text(encoding="utf-8")
    record = ComparisonRecord.model_validate_json(text)
    assert [one.name for one in record.scenarios] == list(comparison.names)
    assert record.scenarios[1].figures == comparison.entries[1].figures
    by_name = {row.name: row for section in record.sections for row in section.rows}
    assert by_name["objective"].uncertain == [("base", "light touch")]
    assert by_name["reps_inside_band_share"].best == ["light touch"]
    (gate,) = record.gates
    assert (gate.passed, [one.scenario for one in gate.failing]) == (False, ["light touch"])
    assert gate.unknown == ["lose Ana", "west grows"]


def test_an_infinite_ratio_is_said_to_be_so_everywhere(tmp_path):
    written(tmp_path, [Entry("base", worked_figures("ana ana ana bob bob bob"))])
    (row,) = rows(tmp_path / "comparison.csv")
    assert math.isinf(float(row["heaviest_to_lightest"]))
    document = json.loads((tmp_path / "comparison.json").read_text(encoding="utf-8"))
    values = {one["name"]: one["values"] for section in document["sections"] for one in section["rows"]}
    assert values["heaviest_to_lightest"] == {"base": "infinite"}
    assert "∞" in (tmp_path / "comparison.md").read_text(encoding="utf-8")


def test_the_schema_beside_the_code_is_the_one_the_code_keeps():
    path = Path(__file__).parents[3] / "planner" / "schemas" / "comparison.schema.json"
    assert json.loads(path.read_text(encoding="utf-8")) == comparison_schema()


def test_the_same_comparison_gives_the_same_bytes(tmp_path):
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        written(tmp_path / name, worked_entries())
    for file in ("comparison.csv", "comparison.json", "comparison.md"):
        assert (tmp_path / "one" / file).read_bytes() == (tmp_path / "two" / file).read_bytes()


@pytest.mark.parametrize("name", ["=cmd()", "+1", "-1", "@me"])
def test_a_name_that_looks_like_a_formula_is_made_safe_for_people(name, tmp_path):
    comparison = written(tmp_path, [Entry("base", worked_figures()), Entry(name, None, name)])
    table = rows(tmp_path / "comparison.csv")
    assert (table[1]["scenario"], table[1]["explanation"]) == (f"'{name}", f"'{name}")
    assert f"| '{name}" in comparison_page(comparison, title="x")
    record = json.loads((tmp_path / "comparison.json").read_text(encoding="utf-8"))
    assert record["scenarios"][1]["name"] == name


def test_a_name_cannot_break_the_page():
    comparison = compare([Entry("a|b\n# c <script> [x](y)", worked_figures())])
    page = comparison_page(comparison, title="x")
    assert "a\\|b \\# c \\<script\\> \\[x\\](y)" in page
    assert "<script>" not in page


def test_the_customers_that_differ_are_written(tmp_path):
    org, policy = worked_org(), worked_policy()
    with (
        Outcome(org, policy, plan_of(org, policy, worked_plan(org, policy, OPTIMUM))) as a,
        Outcome(org, policy, plan_of(org, policy, worked_plan(org, policy, SECOND))) as b,
    ):
        found = difference(a, b, "base", "=second")
    write_difference(tmp_path, found)
    table = rows(tmp_path / "customers.csv")
    assert [(row["customer_id"], row["rep_id_a"], row["rep_id_b"], row["explained_by"]) for row in table] == [
        ("C1", "ana", "bob", "goal"),
        ("C3", "bob", "ana", "limit"),
        ("C4", "bob", "ana", "goal"),
    ]
    assert float(table[0]["change_balance"]) == pytest.approx(105)
    assert (table[0]["goal"], table[1]["goal"]) == ("balance", "")


def test_customers_of_one_plan_only_are_written_last():
    org, policy = worked_org(), worked_policy()
    smaller = type(org)(
        org.customers.iloc[:5].reset_index(drop=True), org.reps, org.period, given=org.given, sources=org.sources
    )
    plans = [
        plan_of(one, policy, worked_plan(one, policy, " ".join(OPTIMUM.split()[: one.n_customers])))
        for one in (org, smaller)
    ]
    with Outcome(org, policy, plans[0]) as a, Outcome(smaller, policy, plans[1]) as b:
        table = difference_table(difference(a, b, "base", "smaller"))
    assert table[["customer_id", "explained_by", "because"]].to_numpy().tolist() == [
        ["C6", "only in a", "only base has this customer"]
    ]
    assert np.isnan(table["points"].iloc[0])
