"""A new project fits the tables it is made from, and harms nothing that is there."""

import datetime as dt

import pytest

from models.findings import InputRefused
from planner.beginning import begin
from planner.project import load

TODAY = dt.date(2026, 11, 20)


def _tables(folder):
    customers, reps = folder / "accounts.csv", folder / "people.csv"
    customers.write_text("Account ID,Account Owner,Annual Revenue\nA1,ann,500\nA2,ann,300\nA3,bob,\n")
    reps.write_text("User ID,Full Name\nann,Ann\nbob,Bob\n")
    return customers, reps


def test_a_project_from_crm_exports_can_be_planned_as_it_is(tmp_path):
    customers, reps = _tables(tmp_path)
    begun = begin(tmp_path / "q1", today=TODAY, customers=customers, reps=reps)
    assert begun.recognised["customers"] == {
        "Account ID": "customer_id",
        "Account Owner": "owner_id",
        "Annual Revenue": "revenue",
    }
    project = load(tmp_path / "q1")
    assert project.org.period.start == dt.date(2027, 1, 1)
    assert [line.measure for line in project.policy.balance] == ["revenue", "customers"]
    assert not project.assumptions
    assert (tmp_path / "q1" / "customers.csv").read_bytes() == customers.read_bytes()


def test_empty_tables_need_only_be_filled_in(tmp_path):
    begun = begin(tmp_path / "q1", today=TODAY)
    for file, row in (("customers.csv", "C1,,,R1,,,,,100,,,,,"), ("reps.csv", "R1,,,,,,,,,,,")):
        path = tmp_path / "q1" / file
        assert path.read_text().count("\n") == 1
        path.write_text(path.read_text() + row + "\n")
    assert begun.files == ("customers.csv", "reps.csv", "planner.yaml")
    assert load(tmp_path / "q1").policy.balance[0].measure == "revenue"


def test_tables_that_stand_in_the_folder_already_stay_as_they_are(tmp_path):
    customers, reps = _tables(tmp_path)
    customers, reps = customers.rename(tmp_path / "customers.csv"), reps.rename(tmp_path / "reps.csv")
    before = customers.read_bytes()
    begin(tmp_path, today=TODAY, customers=customers, reps=reps)
    assert customers.read_bytes() == before
    assert load(tmp_path).org.n_customers == 3


def test_a_project_is_not_overwritten_unasked(tmp_path):
    begin(tmp_path / "q1", today=TODAY)
    (tmp_path / "q1" / "planner.yaml").write_text("version: 1\n")
    with pytest.raises(InputRefused, match="The folder holds a project already"):
        begin(tmp_path / "q1", today=TODAY)
    assert (tmp_path / "q1" / "planner.yaml").read_text() == "version: 1\n"
    begin(tmp_path / "q1", today=TODAY, force=True)
    assert "policy:" in (tmp_path / "q1" / "planner.yaml").read_text()


def test_a_table_without_ids_begins_nothing(tmp_path):
    customers, reps = _tables(tmp_path)
    reps.write_text("colour,size\nred,3\n")
    with pytest.raises(InputRefused, match="rep_id"):
        begin(tmp_path / "q1", today=TODAY, customers=customers, reps=reps)
    assert not (tmp_path / "q1").exists()


def test_problems_in_the_tables_do_not_stop_a_beginning(tmp_path):
    customers, reps = _tables(tmp_path)
    customers.write_text("Account ID,Account Owner,Annual Revenue\nA1,ann,500\nA1,ann,300\nA3,bob,\n")
    begun = begin(tmp_path / "q1", today=TODAY, customers=customers, reps=reps)
    assert any(finding.severity == "error" for finding in begun.findings)
    with pytest.raises(InputRefused):
        load(tmp_path / "q1")


def test_a_usual_rule_that_would_leave_a_customer_without_a_rep_is_softened_and_named(tmp_path):
    customers, reps = _tables(tmp_path)
    customers.write_text("customer_id,required_skills,revenue\nA1,cloud:3,500\nA2,,300\n")
    reps.write_text("rep_id,skills\nann,cloud:1\nbob,\n")
    begun = begin(tmp_path / "q1", today=TODAY, customers=customers, reps=reps)
    assert len(begun.given_up) == 1
    assert "Skills are preferred, not required" in begun.given_up[0]
    assert load(tmp_path / "q1").policy.eligibility.skills == "preferred"
