"""The table of columns, and the page that is made from it."""

import pytest

from planner.columns import TABLES
from planner.reference import PAGE, columns_reference


def test_the_page_of_columns_is_current():
    assert PAGE.read_text(encoding="utf-8") == columns_reference(), "run: python -m planner.reference"


@pytest.mark.parametrize(
    ("table", "name", "described"),
    [
        ("customers", "owner_id_service", "owner_id_*"),
        ("customers", "owner_since_service", "owner_since_*"),
        ("customers", "owner_id", "owner_id"),
        ("reps", "capacity_workload_hours", "capacity_*"),
        ("reps", "max_customers", "max_*"),
        ("reps", "max_", None),
        ("customers", "employees", None),
    ],
)
def test_a_column_is_described_by_its_name_or_its_beginning(table, name, described):
    column = TABLES[table].column(name)
    assert (column.name if column else None) == described


def test_only_the_ids_are_required():
    for table in TABLES.values():
        assert {column.name for column in table.columns if column.required} == set(table.key)
