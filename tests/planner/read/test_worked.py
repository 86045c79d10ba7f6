"""The worked case, read: everything in its form, and one warning."""

import datetime as dt

import numpy as np
import pytest

from planner.read import TableSource, read_org
from tests.planner.read.reading import FIRST_QUARTER, Reading
from tests.worked import FOLDER

TABLES = {name: TableSource(file=f"{name}.csv") for name in ("customers", "reps")}


@pytest.fixture(scope="module")
def worked():
    return Reading(*read_org(TABLES, FOLDER, FIRST_QUARTER))


def test_an_owner_who_is_not_on_the_roster_is_one_warning(worked):
    finding = worked.only("TP154")
    assert worked.findings == [finding]
    assert finding.severity == "warning"
    assert worked.cell(finding) == ("customers.csv", 6, "owner_id")
    assert finding.examples == ("row 6: 'dan'",)


def test_with_strict_an_owner_who_is_not_on_the_roster_is_an_error_in_its_row():
    strict = Reading(*read_org(TABLES, FOLDER, FIRST_QUARTER, strict=True))
    finding = strict.only("TP154")
    assert finding.severity == "error"
    assert strict.cell(finding) == ("customers.csv", 6, "owner_id")
    assert finding.found == "'dan'"


def test_every_column_has_its_form(worked):
    customers, reps = worked.org.customers, worked.org.reps
    assert customers["customer_id"].tolist() == ["C1", "C2", "C3", "C4", "C5", "C6"]
    assert customers["revenue"].dtype == np.float64
    assert customers["owner_since"].dt.date.tolist()[:2] == [dt.date(2023, 1, 1), dt.date(2027, 1, 1)]
    assert customers["owner_since"].isna().tolist() == [False] * 5 + [True]
    assert customers["family_id"].tolist() == [None, None, "F1", "F1", None, None]
    assert customers["locked"].tolist() == [False] * 6
    assert reps["available_from"].isna().tolist() == [True, True, False]
    assert reps["capacity_workload_hours"].tolist() == [120, 110, 100]


def test_what_the_source_lacks_stands_at_its_default_and_is_not_given(worked):
    assert worked.org.reps["share"].tolist() == [1, 1, 1]
    assert worked.org.reps["ramp"].tolist() == [0.5, 0.5, 0.5]
    assert np.isnan(worked.org.customers["potential"]).all()
    assert worked.org.has("customers", "revenue")
    assert not worked.org.has("customers", "potential")
    assert not worked.org.has("reps", "share")


def test_a_place_names_the_row_a_spreadsheet_shows(worked):
    place = worked.org.source("customers").place(4, "owner_id")
    assert str(place) == "customers.csv, row 6, column owner_id"
