"""Headers of usual exports are recognised; what is doubtful is said, never guessed."""

import pytest

from planner.aliases import PROFILES
from planner.columns import TABLES
from tests.planner.read.reading import read

SALESFORCE = """\
Account ID,Account Name,Owner ID,Account Owner,Industry,Annual Revenue,Billing Latitude,Billing Longitude
001A,Acme,005X,Ana Lopez,Retail,1200,40,-74
"""
FXIAOKE = """\
客户编号,客户名称,负责人,行业,年收入,区域,客户级别
00017,上海机床,ana,制造,1200,华东,A
"""
HUBSPOT = """\
Record ID,Company name,Company owner,Annual Revenue,Industry,Last Activity Date
17,Acme,ana,5,Retail,2026-12-01
"""
ZOHO = """\
Record Id,Account Name,Account Owner.id,Account Owner,Annual Revenue
z1,Acme,ana,Ana,5
"""


@pytest.mark.parametrize(
    ("export", "system", "columns"),
    [
        (SALESFORCE, "Salesforce", {"customer_id", "name", "owner_id", "industry", "revenue", "lat", "lon"}),
        (FXIAOKE, "Fxiaoke", {"customer_id", "name", "owner_id", "industry", "revenue", "region", "tier"}),
        (HUBSPOT, "HubSpot", {"customer_id", "name", "owner_id", "industry", "revenue", "last_activity"}),
        (ZOHO, "Zoho", {"customer_id", "name", "owner_id", "revenue"}),
    ],
)
def test_an_export_is_recognised_and_said_to_be(tmp_path, export, system, columns):
    reading = read(tmp_path, customers=export)
    assert reading.codes("error") == []
    assert columns <= reading.org.given["customers"]
    note = reading.only("TP120")
    assert note.severity == "note"
    assert f"(as in exports of {system})" in (note.found or "")


def test_an_owner_by_id_is_preferred_to_one_by_name_which_stays_a_column(tmp_path):
    org = read(tmp_path, customers=SALESFORCE).org
    assert org.customers["owner_id"].tolist() == ["005X"]
    assert org.customers["Account Owner"].tolist() == ["Ana Lopez"]


def test_a_column_that_was_recognised_keeps_its_own_name_too(tmp_path):
    org = read(tmp_path, customers="customer_id,Rating,Annual Revenue,Territory\nC1,3,5,1\nC2,4,6,2\n").org
    assert org.customers["tier"].tolist() == [3, 4]
    assert org.customers["Rating"].tolist() == [3, 4]
    assert org.customers["Annual Revenue"].tolist() == org.customers["revenue"].tolist() == [5, 6]
    assert org.customers["region"].tolist() == ["1", "2"]
    assert org.customers["Territory"].tolist() == [1, 2]
    assert {"Rating", "tier", "Annual Revenue", "revenue"} <= org.given["customers"]


def test_a_finding_names_the_header_as_the_user_wrote_it(tmp_path):
    finding = read(tmp_path, customers=FXIAOKE.replace("1200", "12万元")).only("TP141")
    assert finding.place.column == "年收入"


def test_a_column_by_its_own_name_is_preferred_to_an_alias(tmp_path):
    org = read(tmp_path, customers="Account ID,customer_id\na,b\n").org
    assert org.customers["customer_id"].tolist() == ["b"]
    assert org.has("customers", "Account ID")


def test_case_and_spaces_of_a_header_do_not_matter(tmp_path):
    org = read(tmp_path, customers=" Customer ID ,WORKLOAD-HOURS\nC1,5\n").org
    assert org.customers["workload_hours"].tolist() == [5]


def test_two_headers_that_are_equally_good_are_an_error(tmp_path):
    finding = read(tmp_path, customers="customer_id,Territory,Sales Region,Territory.\nC1,a,b,c\n").only("TP119")
    assert (finding.severity, finding.found) == ("error", "'Territory' and 'Territory.', both for region")


@pytest.mark.parametrize("headers", ["User ID,Full Name,Username", "User ID,Username,Full Name"])
def test_of_two_names_the_first_as_documented_is_read_and_the_other_kept(tmp_path, headers):
    cells = {"User ID": "ana", "Full Name": "Ana Lopez", "Username": "ana@example.com"}
    row = ",".join(cells[header] for header in headers.split(","))
    reading = read(tmp_path, reps=f"{headers}\n{row}\n")
    assert reading.org.reps[["rep_id", "name", "Username"]].iloc[0].tolist() == list(cells.values())
    note = reading.only("TP119")
    assert note.severity == "note"
    assert note.found == "'Full Name', read as name, and 'Username', which stays a column of its own"


def test_a_username_is_the_id_where_there_is_no_better_one(tmp_path):
    reading = read(tmp_path, reps="Full Name,Username\nAna Lopez,ana\n")
    assert reading.org.reps[["rep_id", "name"]].iloc[0].tolist() == ["ana", "Ana Lopez"]
    assert not reading.all("TP119")


def test_two_ids_that_are_equally_good_are_an_error(tmp_path):
    finding = read(tmp_path, reps="User ID,Employee ID\nana,7\n").only("TP119")
    assert (finding.severity, finding.found) == ("error", "'User ID' and 'Employee ID', both for rep_id")


def test_stated_columns_come_first(tmp_path):
    columns = {"Account Owner": "owner_id", "Owner ID": None, "Annual Revenue": "potential"}
    org = read(tmp_path, customers=SALESFORCE, sources={"customers": {"file": "customers.csv", "columns": columns}}).org
    assert org.customers["owner_id"].tolist() == ["Ana Lopez"]
    assert org.customers["potential"].tolist() == [1200]
    assert not org.has("customers", "revenue")
    assert "Owner ID" not in org.customers


@pytest.mark.parametrize(
    ("columns", "hint"),
    [({"Acount": "customer_id"}, "Try 'Account'"), ({"customer_id": "Account"}, "Try `Account: customer_id`")],
)
def test_a_stated_header_that_is_not_there_is_an_error(tmp_path, columns, hint):
    source = {"file": "customers.csv", "columns": columns}
    finding = read(tmp_path, customers="Account,x\nC1,1\n", sources={"customers": source}).only("TP118")
    assert (finding.severity, finding.hint) == ("error", hint)


def test_two_headers_stated_for_one_column_are_an_error(tmp_path):
    source = {"file": "customers.csv", "columns": {"a": "name", "b": "name"}}
    reading = read(tmp_path, customers="customer_id,a,b\nC1,1,2\n", sources={"customers": source})
    assert reading.only("TP119").found == "'a' and 'b', both for name"


def test_a_missing_id_column_names_the_header_most_like_it(tmp_path):
    finding = read(tmp_path, customers="customer,revenue\nC1,5\n").only("TP117")
    assert (finding.severity, finding.expected) == ("error", "customer_id")
    assert finding.hint == "Try `columns: {customer: customer_id}` in planner.yaml, or rename the header"


def test_a_header_like_a_known_column_is_a_warning(tmp_path):
    finding = read(tmp_path, customers="customer_id,workload_hour\nC1,5\n").only("TP121")
    assert (finding.severity, finding.place.column) == ("warning", "workload_hour")


@pytest.mark.parametrize(("profile", "table"), [(name, table) for name, tables in PROFILES.items() for table in tables])
def test_aliases_stand_for_columns_there_are(profile, table):
    assert set(PROFILES[profile][table]) <= set(TABLES[table].names)
