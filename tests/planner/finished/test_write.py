"""A run is written whole or not at all, and says what it was made from."""

import csv
import json
import re
from pathlib import Path

import numpy as np
import pytest

from models.account import account_for
from models.findings import InputRefused
from models.policy import Policy
from planner.record import read_record, record_schema
from planner.run_folder import load_record
from planner.write.certificate import read_certificate, write_certificate
from planner.write.inputs import policy_document
from planner.write.run import About, write_run
from tests.planner.finished.made import infeasible_run, worked_run
from tests.plans import plan_of, worked_account
from tests.worked import OPTIMUM, measured_also, worked_org, worked_plan, worked_policy


def rows(path):
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_a_run_holds_the_files_the_manual_names(tmp_path):
    folder = worked_run(tmp_path)
    assert folder == tmp_path / "runs" / "001"
    assert sorted(path.name for path in folder.iterdir()) == [
        "assignments.csv",
        "certificate.npz",
        "inputs",
        "moves.csv",
        "plan.json",
        "reps.csv",
    ]
    assert [path.name for path in (tmp_path / "runs").iterdir()] == ["001"]


def test_assignments_have_one_row_per_customer_in_input_order(tmp_path):
    table = rows(worked_run(tmp_path) / "assignments.csv")
    assert list(table[0]) == ["customer_id", "role", "rep_id", "previous_rep_id", "moved", "forced", "reason"]
    assert [row["customer_id"] for row in table] == ["C1", "C2", "C3", "C4", "C5", "C6"]
    assert [row["rep_id"] for row in table] == OPTIMUM.split()
    assert [row["previous_rep_id"] for row in table] == ["ana", "ana", "ana", "bob", "dan", ""]
    assert [(row["moved"], row["forced"]) for row in table[2:]] == [
        ("true", "false"),
        ("false", "false"),
        ("true", "true"),
        ("false", "false"),
    ]


def test_moves_carry_what_they_move_and_why(tmp_path):
    first, second = rows(worked_run(tmp_path) / "moves.csv")
    assert (first["customer_id"], first["from"], first["to"], first["forced"]) == ("C5", "dan", "eve", "true")
    assert (second["customer_id"], second["revenue"], second["workload"]) == ("C3", "40.0", "30.0")
    assert second["why"].startswith("relieves Ana")


def test_reps_have_their_books_before_and_after(tmp_path):
    table = {(row["rep_id"], row["measure"]): row for row in rows(worked_run(tmp_path) / "reps.csv")}
    ana = table["ana", "revenue"]
    assert (ana["before"], ana["after"], ana["target"], ana["customers_lost"]) == ("200.0", "160.0", "144.0", "1")
    assert float(ana["deviation_percent"]) == pytest.approx(100 / 9)
    assert table["eve", "workload"]["capacity"] == "50.0"


def test_the_record_says_what_the_plan_is_worth(tmp_path):
    record = json.loads((worked_run(tmp_path) / "plan.json").read_text(encoding="utf-8"))
    assert list(record)[:2] == ["schema", "status"]
    assert record["objective"] == pytest.approx(107 / 9)
    assert (record["moved_customers"], record["moved_share"]) == (1, 0.25)
    assert (record["forced_moves"], record["newly_assigned"]) == (1, 1)
    assert record["gap"] == 0
    assert record["inputs"].keys() == {"customers.parquet", "reps.parquet", "planner.yaml", "given.json", "places.json"}


def test_without_a_plan_there_is_a_record_and_nothing_to_assign(tmp_path):
    folder = infeasible_run(tmp_path)
    assert sorted(path.name for path in folder.iterdir()) == ["inputs", "plan.json"]
    record = json.loads((folder / "plan.json").read_text(encoding="utf-8"))
    assert (record["status"], record["explanation"]) == ("infeasible", ["eve has to take 80 h, and has 50."])
    assert record["objective"] is None


def test_the_schema_beside_the_code_is_the_one_the_code_keeps():
    path = Path(__file__).parents[3] / "planner" / "schemas" / "plan.schema.json"
    assert json.loads(path.read_text(encoding="utf-8")) == record_schema()


def test_a_record_with_an_unknown_key_is_refused(tmp_path):
    text = (worked_run(tmp_path) / "plan.json").read_text(encoding="utf-8")
    with pytest.raises(ValueError, match="objectives"):
        read_record(text.replace('"objective"', '"objectives"'))


def test_a_write_that_fails_leaves_nothing_behind(tmp_path):
    account = worked_account()
    about = About("worked", sources={"gone.csv": tmp_path / "gone.csv"})
    with pytest.raises(FileNotFoundError):
        write_run(tmp_path, about, account.org, account.policy, account.plan, account)
    assert list(tmp_path.iterdir()) == []


def test_the_same_plan_gives_the_same_bytes(tmp_path):
    first, second = (worked_run(tmp_path / name) for name in ("a", "b"))
    for path in sorted(first.rglob("*")):
        if path.is_file():
            assert path.read_bytes() == (second / path.relative_to(first)).read_bytes(), path.name


def test_a_certificate_is_read_back_as_written(tmp_path):
    prices = {"capacity[workload][ana]": np.array([0.5]), "balance[revenue]": np.array([1.0, -2.0])}
    write_certificate(prices, tmp_path / "certificate.npz")
    read = read_certificate(tmp_path / "certificate.npz")
    assert {name: values.tolist() for name, values in read.items()} == {
        "capacity[workload][ana]": [0.5],
        "balance[revenue]": [1.0, -2.0],
    }


def test_names_that_a_spreadsheet_would_run_are_disarmed(tmp_path):
    org = worked_org()
    org.customers.loc[2, "name"] = "=HYPERLINK(1)"
    policy = worked_policy()
    plan = plan_of(org, policy, worked_plan(org, policy, OPTIMUM))
    account = account_for(org, policy, plan)
    folder = write_run(tmp_path, About("worked"), org, policy, plan, account).folder
    assert [row["name"] for row in rows(folder / "moves.csv")][1] == "'=HYPERLINK(1)"


def test_measures_that_a_spreadsheet_would_run_are_disarmed_in_the_header(tmp_path):
    name = '=HYPERLINK("http://x","y")'
    org, policy = worked_org(), worked_policy(measures=measured_also([name]))
    plan = plan_of(org, policy, worked_plan(org, policy, OPTIMUM))
    folder = write_run(tmp_path, About("worked"), org, policy, plan, account_for(org, policy, plan)).folder
    assert f"'{name}" in rows(folder / "moves.csv")[0]
    assert name not in rows(folder / "moves.csv")[0]


@pytest.mark.parametrize("percent", ["7%", "50%", "33.3333333333%", "0.1%", "14.2857142857142857%", "1e-7%"])
def test_a_resolved_policy_reads_back_equal(percent):
    policy = worked_policy(
        capacity=[
            {"measure": "workload", "max": percent},
            {"measure": "revenue", "per": "team", "max": {"field": "9%"}},
        ],
        keep={"families": {"together_when": "customer.tier = 'A'"}},
        roles={"owner": {}},
    )
    assert Policy.model_validate(policy_document(policy)) == policy


def test_a_record_with_a_number_that_is_none_is_refused(tmp_path):
    folder = worked_run(tmp_path)
    record = folder / "plan.json"
    record.write_text(re.sub(r'"bound": [0-9.e+-]+', '"bound": NaN', record.read_text()))
    with pytest.raises(InputRefused, match="cannot be read"):
        load_record(folder)
