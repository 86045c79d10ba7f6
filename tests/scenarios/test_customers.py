"""Customers go, and new ones come from a file that is read and checked like the customers' table."""

import datetime as dt
from pathlib import Path

import numpy as np
import pytest

from models.findings import InputRefused
from models.org import Source
from planner.new_customers import ProjectTables
from planner.project import load
from planner.project_file import ProjectFile
from scenarios.changing.change import without_customers
from tests.tables import org_of
from tests.what_ifs import applied, told

CUSTOMERS = [
    {"customer_id": "C1", "tier": "A", "revenue": 5.0, "visits": 2.0},
    {"customer_id": "C2", "tier": "B", "revenue": 7.0},
    {"customer_id": "C3", "tier": "B", "revenue": 9.0},
]
PAIRS = [{"customer_id": one, "rep_id": "ana", "drive_minutes": 5.0} for one in ("C1", "C2", "C3")]


@pytest.fixture
def org():
    return org_of(CUSTOMERS, [{"rep_id": "ana"}], pairs=PAIRS)


def test_churned_customers_are_in_no_table_and_in_no_total(org):
    changed, findings = applied(org, {"customers": {"where": "tier = 'B' and revenue > 8", "remove": True}})
    assert findings == []
    assert changed.customer_ids.tolist() == ["C1", "C2"]
    assert changed.customers["revenue"].sum() == 12
    assert changed.pairs["customer_id"].tolist() == ["C1", "C2"]
    assert org.n_customers == 3


def test_rows_keep_the_numbers_they_have_in_their_files():
    first = Source("a.csv").of_rows(np.array([0, 2]))
    both = first.followed_by(2, Source("b.csv", rows=np.array([2, 5, 9])))
    assert [(both.place(at).file, both.place(at).row) for at in range(5)] == [
        ("a.csv", 2),
        ("a.csv", 4),
        ("b.csv", 2),
        ("b.csv", 5),
        ("b.csv", 9),
    ]
    left = both.followed_by(5, Source("c.csv")).of_rows(np.array([1, 3, 5]))
    assert [(left.place(at).file, left.place(at).row) for at in range(3)] == [("a.csv", 4), ("b.csv", 5), ("c.csv", 2)]


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"remove": True}, [("error", "customers.0.remove")]),
        ({"where": "revenue > 0", "remove": True}, [("error", "customers.0.remove")]),
        ({"where": "revenue > 90", "remove": True}, [("warning", "customers.0.where")]),
        ({"where": "revnue > 90", "remove": True}, [("error", "customers.0.where")]),
        ({"set": {"tier": "tier"}}, [("warning", "customers.0.set.tier")]),
        ({"set": {"visits": "-visits"}}, [("error", "customers.0.set.visits")]),
        ({"set": {"visits": "1e300 * visits"}}, [("error", "customers.0.set.visits")]),
    ],
)
def test_a_change_of_customers_that_cannot_be_made_or_changes_nothing_is_told(org, change, expected):
    changed, findings = applied(org, {"customers": [change]}, ProjectTables(Path(), ProjectFile(), strict=False))
    assert told(findings) == expected
    assert changed.n_customers == 3


def test_new_customers_need_a_project_folder(org):
    changed, findings = applied(org, {"customers": {"add": "new.csv"}})
    assert changed is org
    assert told(findings) == [("error", "customers.0.add")]


def test_conflicts_forget_who_is_gone(org):
    after, _ = applied(org, {"customers": {"where": "customer_id = 'C1'", "remove": True}})
    conflicts = [
        {"name": "two", "customers": ["C1", "C2"]},
        {"name": "three", "customers": ["C1", "C2", "C3"]},
        {"name": "typo", "customers": ["C2", "C9"]},
    ]
    left = without_customers({"policy": {"keep": {"conflicts": conflicts}}}, org, after)
    assert left.document["policy"]["keep"]["conflicts"] == [
        {"name": "three", "customers": ["C2", "C3"]},
        {"name": "typo", "customers": ["C2", "C9"]},
    ]
    assert left.moved == {("policy", "keep", "conflicts"): [1, 2]}


PROJECT = """\
version: 1
period: {start: 2027-01-01, end: 2027-03-31}
tables:
  customers: {file: customers.csv, columns: {Umsatz: revenue, Alt: null}, values: {tier: {Gold: A}}}
  reps: reps.csv
policy:
  balance: [{measure: customers}]
  keep: {conflicts: [{name: rivals, customers: [C1, C2]}, {name: again, customers: [C1, C3]}]}
  goals: [{goal: balance}]
scenarios:
  grow: {customers: [{add: new.csv}]}
  later: {combine: [grow], customers: {where: "tier = 'A'", remove: true}}
"""


@pytest.fixture
def folder(tmp_path):
    write(tmp_path, "planner.yaml", PROJECT)
    write(
        tmp_path,
        "customers.csv",
        "customer_id,owner_id,Umsatz,tier,locked,Alt,region\nC1,ana,5,Gold,no,x,1\nC2,,6,B,yes,,2\nC3,,6,B,no,,x\n",
    )
    write(tmp_path, "reps.csv", "rep_id\nana\nbob\n")
    write(tmp_path, "new.csv", "customer_id,Umsatz,tier,zip,owner_id\nN1,8,Gold,00123,bob\nN2,9,1,,\n")
    return tmp_path


def write(folder, name, text):
    (folder / name).write_text(text, encoding="utf-8")


def refused(folder, **options):
    with pytest.raises(InputRefused) as error:
        load(folder, **options)
    return [(one.code, one.place.file, one.place.row) for one in error.value.findings if one.severity == "error"]


def test_new_customers_are_read_with_the_headers_and_spellings_of_the_table(folder):
    project = load(folder, scenario="grow")
    new = project.org.customers.iloc[3:]
    assert project.org.customer_ids.tolist() == ["C1", "C2", "C3", "N1", "N2"]
    assert new["revenue"].tolist() == [8.0, 9.0]
    assert new["tier"].tolist() == ["A", "1"]
    assert new["owner_id"].tolist()[0] == "bob"
    assert new["locked"].tolist() == [False, False]
    assert project.org.customers["zip"].tolist() == [None, None, None, "00123", None]
    assert project.org.has("customers", "zip")
    assert set(project.files) == {"planner.yaml", "customers.csv", "reps.csv", "new.csv"}
    assert project.org.source("customers").place(4).row == 3
    assert project.org.source("customers").place(4).file == "new.csv"
    assert "new.csv" not in load(folder).files


def test_new_customers_can_be_changed_and_removed_like_others(folder):
    project = load(folder, scenario="later")
    assert project.org.customer_ids.tolist() == ["C2", "C3", "N2"]
    assert project.policy.keep.conflicts == ()


def test_a_file_may_be_read_in_its_own_way(folder):
    write(
        folder,
        "planner.yaml",
        PROJECT.replace("add: new.csv", "add: {file: new.csv, delimiter: ;, columns: {Sales: revenue}}"),
    )
    write(folder, "new.csv", "customer_id;Sales\nN1;8\n")
    assert load(folder, scenario="grow").org.customers["revenue"].tolist() == [5.0, 6.0, 6.0, 8.0]


def test_what_is_wrong_in_the_file_has_its_row(folder):
    write(folder, "new.csv", "customer_id,Umsatz,lat\nC1,5,1\nN1,x,200\nN1,1,1\n,1,1\n")
    assert set(refused(folder, scenario="grow")) == {
        ("TP132", "new.csv", 2),
        ("TP141", "new.csv", 3),
        ("TP145", "new.csv", 3),
        ("TP132", "new.csv", 4),
        ("TP131", "new.csv", 5),
    }
    assert {one.severity for one in load(folder).findings} == {"warning", "note"}


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        (None, ["TP101"]),
        ("", ["TP104"]),
        ("number,Umsatz\nN1,5\n", ["TP117"]),
        ("customer_id,segment\nN1,x\n", []),
        ("customer_id,founded\nN1,soon\n", ["TP168"]),
    ],
)
def test_a_file_that_cannot_be_added_is_refused(folder, text, codes):
    write(
        folder,
        "customers.csv",
        "customer_id,owner_id,Umsatz,tier,Alt,founded\nC1,ana,5,Gold,x,1999\nC2,,6,B,,2001\nC3,,6,B,,2001\n",
    )
    if text is None:
        (folder / "new.csv").unlink()
    else:
        write(folder, "new.csv", text)
    if codes:
        assert [code for code, *_ in refused(folder, scenario="grow")] == codes
    else:
        assert load(folder, scenario="grow").org.customers["segment"].tolist() == [None, None, None, "x"]


def test_blank_and_empty_files_are_told(folder):
    write(folder, "new.csv", "customer_id,Umsatz\n")
    found = [one for one in load(folder, scenario="grow").findings if one.severity == "warning"]
    assert [one.title for one in found] == ["The file holds no customers: nothing changes"]
    write(folder, "new.csv", "customer_id,locked,tier\nN1,,\n")
    assert load(folder, scenario="grow").org.customers["locked"].tolist() == [False, True, False, False]


@pytest.mark.parametrize("how", ["{fil: new.csv}", "{file: new.csv, only: true}", "{sql: select 1}"])
def test_a_way_to_read_that_is_none_is_refused(folder, how):
    write(folder, "planner.yaml", PROJECT.replace("add: new.csv", f"add: {how}"))
    assert {code for code, *_ in refused(folder, scenario="grow")} == {"TP205"}


def test_a_strict_project_refuses_new_customers_of_owners_who_are_not_there(folder):
    write(folder, "new.csv", "customer_id,owner_id\nN1,zoe\n")
    assert refused(folder, scenario="grow", sets=["strict=true"]) == [("TP154", "new.csv", 2)]
    assert dt.date(2027, 1, 1) == load(folder, scenario="grow").org.period.start
