"""LibreOffice reads what the planner's library for workbooks writes, and says why when it cannot."""

from __future__ import annotations

import pytest
import xlsxwriter

from tests.office import Office, OfficeFailed, page_count


@pytest.fixture
def workbook(tmp_path):
    path = tmp_path / "books of 王芳.xlsx"
    with xlsxwriter.Workbook(path) as book:
        share, money = book.add_format({"num_format": "0.0%"}), book.add_format({"num_format": "#,##0.00"})
        books = book.add_worksheet("Books")
        books.write_row(0, 0, ["rep", "revenue", "share"])
        books.write_row(1, 0, ["王芳", 1234.5678], money)
        books.write_string(2, 0, "=Acme, “Inc”\nWest")
        books.write_number(2, 1, 3765.4322, money)
        books.write_formula(1, 2, "=B2/SUM(B2:B3)", share)  # what xlsxwriter writes beside it is 0
        book.add_worksheet("客户").write(0, 0, "C1")
        book.add_worksheet("After").write_formula(0, 0, "=1/0")
    return path


def test_sheets_are_read_in_order_as_they_are_shown_with_formulas_calculated(office, workbook):
    sheets = office.sheets(workbook)
    assert list(sheets) == ["Books", "客户", "After"]
    assert sheets["Books"] == [
        ["rep", "revenue", "share"],
        ["王芳", "1,234.57", "24.7%"],
        ["=Acme, “Inc”\nWest", "3,765.43", ""],
    ]
    assert sheets["客户"] == [["C1"]]
    assert sheets["After"] == [["#DIV/0!"]]


def test_numbers_can_be_read_in_full(office, workbook):
    assert [row[1] for row in office.sheets(workbook, shown=False)["Books"][1:]] == ["1234.5678", "3765.4322"]


def test_a_workbook_prints_a_page_for_each_small_sheet(office, workbook, tmp_path):
    pdf = office.pdf(workbook, tmp_path / "printed")
    assert pdf.name == "books of 王芳.pdf"
    assert pdf.read_bytes().startswith(b"%PDF")
    assert page_count(pdf) == 3


def test_a_file_that_is_no_workbook_is_refused_with_what_libreoffice_said(office, tmp_path):
    path = tmp_path / "torn.xlsx"
    path.write_text("customer_id,name\n", encoding="utf-8")
    with pytest.raises(OfficeFailed, match=r"torn.xlsx: nothing was written(?s:.*)could not be loaded"):
        office.pdf(path, tmp_path)
    with pytest.raises(OfficeFailed, match=r"torn.xlsx: nothing was written"):
        office.sheets(path)


def test_a_libreoffice_that_hangs_is_ended(office, workbook, tmp_path):
    with pytest.raises(OfficeFailed, match=r"not done after 0.01 s"):
        Office(tmp_path / "profile", seconds=0.01).pdf(workbook, tmp_path)
