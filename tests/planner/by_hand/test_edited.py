"""An edited assignment is read from any table, and everything wrong with it is told at once, with row and column."""

import pandas as pd
import pytest
import xlsxwriter

from models.findings import InputRefused
from models.plan import POOLED
from planner.by_hand.basis import read_basis
from planner.by_hand.edited import read_edited
from planner.run_folder import open_run, read_assignment
from tests.planner.by_hand.made import run_with_two_roles
from tests.planner.finished.made import solved_run


@pytest.fixture(scope="module")
def solved(tmp_path_factory):
    """Return the optimum of the worked case as a basis, which no test changes."""
    return read_basis(solved_run(tmp_path_factory.mktemp("solved")))


@pytest.fixture(scope="module")
def two_roles(tmp_path_factory):
    """Return a run with two roles and a pool as a basis."""
    return read_basis(run_with_two_roles(tmp_path_factory.mktemp("roles")))


def refused(basis, path, text):
    """Return what is wrong with a table as (code, row, column)."""
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputRefused) as caught:
        read_edited(path, basis)
    return [(one.code, one.place.row, one.place.column) for one in caught.value.findings if one.severity == "error"]


def test_everything_wrong_is_told_at_once(solved, tmp_path):
    rows = ("C1,ana,owner", "C9,bob,owner", "C2,zoe,owner", ",ana,owner", "C3,,owner", "C1,bob,", "C4,bob,boss")
    text = "\n".join(["customer_id,rep_id,role", *rows])
    assert sorted(refused(solved, tmp_path / "e.csv", text)) == [
        ("TP131", 5, "customer_id"),
        ("TP132", 7, "customer_id"),
        ("TP148", 8, "role"),
        ("TP541", 3, "customer_id"),
        ("TP542", 4, "rep_id"),
        ("TP544", 6, "rep_id"),
    ]


def test_hints_name_what_was_meant(solved, tmp_path):
    path = tmp_path / "e.csv"
    path.write_text("customer_id,rep_id\nc1,ana\nNorth Star,Ana\nC3,nobody\n", encoding="utf-8")
    with pytest.raises(InputRefused) as caught:
        read_edited(path, solved)
    hints = {one.place.row: one.hint for one in caught.value.findings if one.code in ("TP541", "TP542", "TP544")}
    assert hints[2] == "Try 'C1'"
    assert "C2" in hints[3] or "ana" in hints[3]
    assert hints[4].startswith("Try a rep")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("customer,rep\nC1,ana\n", [("TP117", None, None), ("TP117", None, None)]),
        ("customer_id,to\nC1,ana\n", [("TP117", None, None)]),
        ("customer_id,rep_id,Rep ID\nC1,ana,bob\n", [("TP114", None, "Rep ID")]),
        ("customer_id,rep_id\n", [("TP109", None, None)]),
        ("", [("TP104", None, None)]),
    ],
)
def test_a_table_of_another_kind_is_refused(solved, tmp_path, text, expected):
    assert refused(solved, tmp_path / "e.csv", text) == expected


def test_a_file_that_is_none_is_refused(solved, tmp_path):
    (tmp_path / "edited.xlsx").write_bytes(b"PK no workbook")
    for path, code in ((tmp_path / "edit.xlsx", "TP101"), (tmp_path, "TP102"), (tmp_path / "edited.xlsx", "TP105")):
        with pytest.raises(InputRefused) as caught:
            read_edited(path, solved)
        assert [one.code for one in caught.value.findings] == [code]
    (tmp_path / "e.csv").write_text("customer_id,rep_id\nC1,ana\n", encoding="utf-8")
    with pytest.raises(InputRefused, match="Only workbooks have sheets"):
        read_edited(tmp_path / "e.csv", solved, sheet="Plan")


def test_headers_may_be_spelled_as_people_spell_them(solved, tmp_path):
    path = tmp_path / "e.csv"
    path.write_text("Customer ID;Rep-ID;reason\n\nC3;ana;he knows them\n", encoding="utf-8-sig")
    assert read_edited(path, solved).assignment.owners[0, 2] == 0


def test_a_workbook_comes_back_as_it_was_written(solved, tmp_path):
    table = pd.read_csv(solved.run.folder / "assignments.csv", dtype=str, keep_default_na=False)
    with pd.ExcelWriter(tmp_path / "edited.xlsx", engine="xlsxwriter") as book:
        pd.DataFrame({"note": ["read me"]}).to_excel(book, sheet_name="About", index=False)
        table.to_excel(book, sheet_name="Plan", index=False)
    edited = read_edited(tmp_path / "edited.xlsx", solved, sheet="Plan")
    assert (edited.assignment.owners == solved.plan.assignment.owners).all()
    assert [one for one in edited.notes if one.severity != "note"] == []
    with pytest.raises(InputRefused, match="The workbook has no such sheet"):
        read_edited(tmp_path / "edited.xlsx", solved, sheet="Plans")


def test_text_that_was_escaped_for_spreadsheets_is_read_back_right(two_roles, tmp_path):
    path = tmp_path / "edited.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        rows = [
            ("customer_id", "role", "rep_id", "previous_rep_id"),
            ("'=C1", "sales", "'+bob", "ana"),
            ("C2", "sales", "", "'+bob"),
        ]
        for at, row in enumerate(rows):
            for column, text in enumerate(row):
                sheet.write_string(at, column, text)
    edited = read_edited(path, two_roles)
    assert edited.assignment.owners[0].tolist() == [1, POOLED, 0]
    assert edited.notes == ()


def test_several_roles_need_a_column_that_says_which(two_roles, tmp_path):
    assert refused(two_roles, tmp_path / "e.csv", "customer_id,rep_id\nC2,ana\n") == [("TP117", None, None)]
    text = "customer_id,role,rep_id\nC2,service,sam\nC2,sales,ana\nC2,sales,+bob\nC3,,ana\n"
    assert sorted(refused(two_roles, tmp_path / "e.csv", text)) == [
        ("TP132", 4, "customer_id"),
        ("TP148", 5, "role"),
        ("TP543", 2, "customer_id"),
    ]


def test_a_blank_rep_is_the_pool_where_the_policy_has_one(two_roles, tmp_path):
    path = tmp_path / "e.csv"
    path.write_text("customer_id,role,rep_id\nC2,sales,\nC3,sales,Nobody\n", encoding="utf-8")
    edited = read_edited(path, two_roles)
    assert edited.assignment.owners[0, 1:].tolist() == [POOLED, POOLED]
    assert edited.absent == ((0, 0), (0, 1))


def test_what_a_run_wrote_itself_is_read_back_as_it_is(two_roles):
    path = two_roles.run.folder / "assignments.csv"
    edited = read_edited(path, two_roles)
    assert (edited.assignment.owners == read_assignment(open_run(two_roles.run.folder)).assignment.owners).all()
    assert (edited.absent, edited.notes) == ((), ())
