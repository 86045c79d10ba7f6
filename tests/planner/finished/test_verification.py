"""A finished run is judged again from its own inputs; an edit by hand is found out by rule, customer and rep."""

import pytest

from models.findings import InputRefused
from planner.quarter import look_at
from planner.run_folder import find_run, open_run
from planner.screens.verification import show_verification
from planner.verification import remember, verified, verify_run
from planner.write.files import sha256
from planner.write.inputs import snapshot_tables
from tests.golden.compare import assert_golden, on_paper
from tests.planner.finished.made import edit, infeasible_run, middling_run, worked_run
from tests.worked import worked_org, worked_policy


def test_an_untouched_run_is_verified(tmp_path):
    verification = verify_run(worked_run(tmp_path))
    assert verification.passed
    assert verification.notes == ()


def test_the_inputs_are_read_back_as_they_were_planned_with(tmp_path):
    run, org = open_run(worked_run(tmp_path)), worked_org()
    assert run.policy == worked_policy()
    assert (run.org.period, run.org.given) == (org.period, org.given)
    for name, table in snapshot_tables(org).items():
        read = snapshot_tables(run.org)[name]
        assert read.columns.tolist() == table.columns.tolist()
        for column in table:
            assert read[column].isna().tolist() == table[column].isna().tolist(), column
            assert read[column].dropna().tolist() == table[column].dropna().tolist(), column


def test_a_customer_moved_by_hand_to_a_rep_without_the_skill_is_named(tmp_path):
    folder = worked_run(tmp_path)
    edit(folder, "assignments.csv", "C2,owner,ana", "C2,owner,bob")
    verification = verify_run(folder)
    assert not verification.passed
    (violation,) = verification.violations
    assert (violation.line, violation.customer, violation.rep) == ("eligibility.skills", "C2", "bob")
    assert verification.notes[0].startswith("assignments.csv was changed")


def test_an_edit_that_breaks_no_rule_is_still_not_the_plan_on_record(tmp_path):
    folder = worked_run(tmp_path)
    edit(folder, "assignments.csv", "C3,owner,bob", "C3,owner,ana")
    verification = verify_run(folder)
    assert verification.violations == ()
    assert any("objective" in difference for difference in verification.differences)
    assert verification.edits == ("C3 (ana, planned bob)",)
    shown = on_paper(lambda paper: show_verification(paper, verification))
    assert "Try restoring the rows named above" in shown


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("C6,owner,bob", "C6,owner,zoe", "row 7: the rep 'zoe' is not in reps"),
        ("C6,owner", "C9,owner", "row 7: the customer 'C9' is not in customers"),
        ("C6,owner", "C5,owner", "C5 has more than one row for a role"),
        ("C6,owner,bob", "C6,boss,bob", "row 7: the role 'boss' is not in the policy"),
        ("C6,owner,bob", "C6,owner,", "C6 may not be without an owner"),
    ],
)
def test_rows_that_make_no_sense_are_told_one_by_one(tmp_path, old, new, message):
    folder = worked_run(tmp_path)
    edit(folder, "assignments.csv", old, new)
    assert message in [violation.message for violation in verify_run(folder).violations]


def test_a_record_that_claims_more_than_it_has_is_found_out(tmp_path):
    folder = worked_run(tmp_path)
    edit(folder, "plan.json", '"objective": 11.8', '"objective": 9.8')
    edit(folder, "plan.json", '"bound": 11.8', '"bound": 12.8')
    told = " ".join(verify_run(folder).differences)
    assert "the record says 9.8" in told
    assert "below the bound" in told


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        (
            '"moved_share": 0.25',
            '"moved_share": 0.1',
            "1 of 4 customers moved by choice are 25.000000%, the record says",
        ),
        ('"pooled": 0', '"pooled": 2', "without an owner: 0, the record says 2"),
        ('"total": 6.0', '"total": 7.0', "customers in all: 6, the record says 7"),
        ('"moved": 1.0', '"moved": 0.0', "customers moved by choice: 1, the record says 0"),
        ('"total": 360.0', '"total": 260.0', "revenue in all: 360 USD, the record says 260"),
        ('"revenue": {', '"reach": {', "the record speaks of the measure reach, which the policy does not have"),
    ],
)
def test_shares_and_sums_that_the_plan_does_not_have_are_found_out(tmp_path, old, new, told):
    folder = worked_run(tmp_path)
    edit(folder, "plan.json", old, new)
    assert told in " / ".join(verify_run(folder).differences)


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        (
            "C2,owner,ana,ana,false",
            "C2,owner,ana,ana,true",
            "moved of assignments.csv is wrong for C2 (true, should be",
        ),
        ("C2,owner,ana,ana,false", "C2,owner,ana,ana,", "moved of assignments.csv is wrong for C2 (blank, should be"),
        (
            "C2,owner,ana,ana",
            "C2,owner,ana,bob",
            "previous_rep_id of assignments.csv is wrong for C2 (bob, should be ana)",
        ),
        ("C2,owner,ana,ana", "C2,owner,ana,", "previous_rep_id of assignments.csv is wrong for C2 (blank, should be"),
        ("C2,owner,ana,ana,false,false", "C2,owner,ana,ana,false,true", "forced of assignments.csv is wrong for C2"),
        ("previous_rep_id", "before", "assignments.csv has no column previous_rep_id"),
    ],
)
def test_a_row_that_tells_another_story_than_its_owners_is_found_out(tmp_path, old, new, told):
    folder = worked_run(tmp_path)
    edit(folder, "assignments.csv", old, new)
    (difference,) = verify_run(folder).differences
    assert told in difference


def test_a_spreadsheet_may_write_flags_its_own_way(tmp_path):
    folder = worked_run(tmp_path)
    edit(folder, "assignments.csv", ",false,false", ",FALSE,FALSE")
    verification = verify_run(folder)
    assert verification.passed
    assert verification.notes == ("assignments.csv was changed after the run; its rows were judged as they are now.",)


def test_many_wrong_rows_are_told_by_ten_of_them(tmp_path):
    folder = middling_run(tmp_path)
    edit(folder, "assignments.csv", "false,false", "true,false")
    (moved,) = verify_run(folder).differences
    assert moved.count("should be false") == 10
    assert moved.endswith(" more")


def test_a_table_of_moves_that_cannot_be_read_tells_of_no_edits(tmp_path):
    folder = worked_run(tmp_path)
    edit(folder, "assignments.csv", "C3,owner,bob", "C3,owner,ana")
    before = sha256(folder / "moves.csv")
    edit(folder, "moves.csv", "customer_id", "who")
    edit(folder, "plan.json", before, sha256(folder / "moves.csv"))
    assert verify_run(folder).edits == ()


def test_changed_inputs_are_found_out(tmp_path):
    folder = worked_run(tmp_path)
    edit(folder, "inputs/planner.yaml", "max: 50%", "max: 60%")
    assert verify_run(folder).differences == ("inputs/planner.yaml is not the file the plan was made from",)


@pytest.mark.parametrize("file", ["plan.json", "inputs/planner.yaml", "inputs/customers.parquet", "inputs/given.json"])
@pytest.mark.parametrize("wreck", [b"", b"\x00\xff\xfe", b"[1, 2"])
def test_a_wrecked_file_is_refused_in_words(tmp_path, file, wreck):
    folder = worked_run(tmp_path)
    (folder / file).write_bytes(wreck)
    with pytest.raises(InputRefused, match="cannot be read"):
        verify_run(folder)


def test_inputs_that_are_something_else_are_refused_in_words(tmp_path):
    another, undated = (worked_run(tmp_path / name) for name in ("another", "undated"))
    (another / "inputs/customers.parquet").write_bytes((another / "inputs/reps.parquet").read_bytes())
    edit(undated, "inputs/planner.yaml", "2027-01-01", "99999-01-01")
    for folder in (another, undated):
        with pytest.raises(InputRefused, match="cannot be read"):
            verify_run(folder)


def test_a_missing_file_is_refused_in_words(tmp_path):
    folder = worked_run(tmp_path)
    (folder / "assignments.csv").unlink()
    with pytest.raises(InputRefused, match="cannot be read"):
        verify_run(folder)


def test_a_run_without_a_plan_has_nothing_to_judge(tmp_path):
    verification = verify_run(infeasible_run(tmp_path))
    assert verification.passed
    assert verification.notes == ("The run has no plan to judge: it is infeasible.",)


def test_a_verification_is_remembered_until_the_plan_is_edited(tmp_path):
    folder = worked_run(tmp_path)
    assert verified(folder) is None
    remember(verify_run(folder))
    assert verified(folder) is True
    edit(folder, "assignments.csv", "C3,owner,bob", "C3,owner,ana")
    assert verified(folder) is None


def test_a_run_is_found_by_folder_and_as_the_latest_of_a_project(tmp_path):
    first, second = worked_run(tmp_path), worked_run(tmp_path)
    assert (find_run(first), find_run(tmp_path)) == (first, second)
    with pytest.raises(InputRefused, match="no run here"):
        find_run(tmp_path / "nowhere")


def test_a_verification_on_screen(tmp_path):
    folder = worked_run(tmp_path)
    edit(folder, "assignments.csv", "C2,owner,ana", "C2,owner,bob")
    shown = on_paper(lambda paper: show_verification(paper, verify_run(folder)))
    assert_golden("not_verified.txt", shown.replace(str(folder), "runs/001"))


def test_the_quarter_begins_with_a_sample(tmp_path):
    assert look_at(tmp_path).next == "planner demo"


def test_the_quarter_goes_on_from_check_to_plan_to_verify(tmp_path):
    (tmp_path / "customers.csv").write_text("customer_id\nC1\n")
    assert look_at(tmp_path).next == f"planner check {tmp_path}"
    folder = worked_run(tmp_path)
    assert look_at(tmp_path).next == f"planner verify {folder}"
    remember(verify_run(folder))
    quarter = look_at(tmp_path)
    assert quarter.next == f"planner plan {tmp_path}"
    assert quarter.open == ("3 of 3 reps are outside their band.",)


def test_the_quarter_tells_when_no_plan_can_exist(tmp_path):
    infeasible_run(tmp_path)
    assert look_at(tmp_path).open == ("Run 001 found that no plan can exist: eve has to take 80 h, and has 50.",)
