"""Laws of reading: what one reader reads another reads too, and what was read and written is read again."""

import csv
import io

import pandas as pd
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from planner.read import TableSource, forms, read_org
from planner.write.files import write_parquet
from planner.write.inputs import snapshot_tables
from tests.planner.read.reading import CUSTOMERS, FIRST_QUARTER, REPS, read

CELLS = st.text(st.characters(codec="utf-8", exclude_characters="\0\r", exclude_categories=("Cs",)), max_size=8)
FEW = settings(deadline=None, max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])


def as_csv(rows):
    stream = io.StringIO()
    csv.writer(stream, lineterminator="\n", quoting=csv.QUOTE_ALL).writerows(rows)
    return stream.getvalue()


@FEW
@given(cells=st.lists(st.tuples(CELLS, CELLS), min_size=1, max_size=6))
def test_both_readers_of_csv_read_the_same(tmp_path, cells):
    text = as_csv([("customer_id", "one", "two"), *((f"C{at}", *row) for at, row in enumerate(cells))])
    fast = read(tmp_path, customers=text).org.customers
    careful = read(tmp_path, customers="\n" + text).org.customers  # a first line without cells is not for DuckDB
    pd.testing.assert_frame_equal(fast, careful)


@settings(deadline=None)
@given(st.lists(st.text("0123456789.eE+- _n١", min_size=1, max_size=7), max_size=4))
@example(["1e999"]).via("beyond any number")
@example(["1", "-.5", "2.e+3"]).via("every form")
def test_numbers_read_at_once_are_those_read_one_by_one(texts):
    at_once = forms.plain_numbers(texts)
    if at_once is not None:
        assert at_once.tolist() == [forms.number(text) for text in texts]
    else:
        assert not all(set(text) <= set("0123456789.eE+-") and _is_number(text) for text in texts)


def _is_number(text):
    try:
        forms.number(text)
    except forms.Unreadable:
        return False
    return True


SOURCES = {
    "plain": {},
    "money": {
        "customers": "customer_id,revenue,currency,own\nC1,1.1,EUR,007\nC2,,USD,8\n",
        "currency": {"base": "USD", "rates": {"EUR": 1.08}},
    },
    "all": {
        "customers": CUSTOMERS + "C3,dan,east,0.1\n",
        "reps": "rep_id,skills,regions,available_from,share\nana,cloud:3;x,west;east,2027-02-01,50%\nbob,,,,\n",
        "pairs": "customer_id,rep_id,drive_minutes\nC1,ana,12.5\n",
        "regions": "region,parent,own\nwest,,true\neast,west,false\n",
    },
}


@pytest.mark.parametrize("name", SOURCES)
def test_tables_that_were_read_and_written_are_read_again_as_they_were(tmp_path, name):
    org = read(tmp_path, **SOURCES[name]).org
    tables = snapshot_tables(org)
    for table, frame in tables.items():
        write_parquet(frame, tmp_path / f"{table}.parquet")
    sources = {table: TableSource(file=f"{table}.parquet") for table in tables}
    again, findings = read_org(sources, tmp_path, FIRST_QUARTER)
    assert not [finding for finding in findings if finding.severity == "error"]
    for table, frame in snapshot_tables(again).items():
        pd.testing.assert_frame_equal(frame, tables[table])


def test_the_same_tables_are_read_the_same_twice(tmp_path):
    first, second = (read(tmp_path, customers=CUSTOMERS, reps=REPS) for _ in range(2))
    assert first.findings == second.findings
    pd.testing.assert_frame_equal(first.org.customers, second.org.customers)
