"""Tables from a database: rows as from a file, and never a password in what is said."""

import sqlite3

import pytest

from planner.read.source import without_password
from tests.planner.read.reading import read


@pytest.fixture
def crm(tmp_path):
    database = sqlite3.connect(tmp_path / "crm.db")
    database.execute("create table account (id integer, owner text, revenue real, since text)")
    database.execute("insert into account values (7, 'ana', 12.5, '2026-01-01'), (8, null, null, 'soon')")
    database.commit()
    database.close()
    return tmp_path


def query(sql, url="sqlite:///crm.db"):
    columns = {"id": "customer_id", "owner": "owner_id", "since": "owner_since"}
    return {"customers": {"sql": sql, "url": url, "columns": columns}}


def test_the_rows_of_a_query_are_a_table(crm):
    reading = read(crm, sources=query("select * from account order by id"))
    assert reading.org.customers["customer_id"].tolist() == ["7", "8"]
    assert reading.org.customers["revenue"].tolist()[0] == 12.5
    assert str(reading.only("TP142").place) == "sqlite:///crm.db, row 3, column since"


def test_a_percent_sign_and_a_colon_in_a_query_are_just_that(crm):
    reading = read(crm, sources=query("select *, ':a' as note from account where owner like 'a%'"))
    assert reading.org.customers["note"].tolist() == [":a"]


@pytest.mark.parametrize(
    ("sql", "url", "code"),
    [
        ("select * from acount", "sqlite:///crm.db", "TP108"),
        ("nonsense", "sqlite:///crm.db", "TP108"),
        ("delete from account", "sqlite:///crm.db", "TP108"),
        ("select 1", "sqlite:///cmr.db", "TP101"),
        ("select 1", "nonsense", "TP108"),
        ("select 1", "oracle99://crm", "TP108"),
        ("select 1", "sqlite:///${NO_SUCH_VARIABLE}", "TP108"),
    ],
)
def test_a_database_that_does_not_answer_is_told(crm, sql, url, code):
    reading = read(crm, sources=query(sql, url))
    assert reading.codes("error") == [code]


def test_a_query_changes_nothing(crm):
    read(crm, sources=query("delete from account"))
    assert read(crm, sources=query("select * from account")).org.n_customers == 2


def test_a_missing_database_is_not_made(crm):
    read(crm, sources=query("select 1", "sqlite:///new.db"))
    assert not (crm / "new.db").exists()


def test_the_url_may_name_an_environment_variable(crm, monkeypatch):
    monkeypatch.setenv("CRM_FILE", "crm.db")
    reading = read(crm, sources=query("select * from account", "sqlite:///${CRM_FILE}"))
    assert reading.org.n_customers == 2
    assert reading.org.source("customers").file == "sqlite:///${CRM_FILE}"


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://sales:hunter2@127.0.0.1:1/crm",
        "mysql://sales:hunter2@127.0.0.1:1/crm",
        "nonsense://sales:hunter2@host:port/crm",
        "postgresql://sales:hunter2@host:port/crm?password=hunter2",
        "postgresql://sales:hun/ter2@host:port/crm",
    ],
)
def test_no_finding_shows_a_password(crm, url):
    reading = read(crm, sources=query("select 1", url))
    said = " ".join(map(str, reading.findings))
    assert "hunter2" not in said
    assert "ter2" not in said
    assert reading.codes("error") == ["TP108"]


def test_a_password_from_the_environment_is_not_shown_either(crm, monkeypatch):
    monkeypatch.setenv("CRM_PASSWORD", "hunter2")
    reading = read(crm, sources=query("select 1", "nonsense://sales:${CRM_PASSWORD}@host/crm"))
    assert "hunter2" not in " ".join(map(str, reading.findings))


def test_a_url_keeps_everything_but_its_secrets():
    assert without_password("sqlite:///crm.db") == "sqlite:///crm.db"
    assert without_password("db://me:x@host/a?token=abc&mode=ro") == "db://me:***@host/a?token=***&mode=ro"
