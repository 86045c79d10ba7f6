"""The workbook: every figure and name of the report, read back by two other libraries, and nothing that could run."""

from __future__ import annotations

import math
import re
import zipfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import openpyxl
import pytest
from openpyxl.worksheet.worksheet import Worksheet
from python_calamine import CalamineWorkbook

from planner.language import language
from planner.report.blocks import Column, Report, Scorecard, Table
from planner.report.workbook import tables
from tests.planner.report.made import HOSTILE, a_report
from tests.planner.report.workbooks import of_blocks, of_table, texts, written

OWN_FORMULAS = re.compile(r"=SUBTOTAL\(109,[^,()]+\)(\+SUBTOTAL\(109,[^,()]+\))*|=IF\(AND\(ISNUMBER\([A-Z]+\d+\),.*")


@pytest.fixture(params=["en", "zh"], scope="module")
def report(request: pytest.FixtureRequest) -> Report:
    return a_report(language=request.param)


@pytest.fixture(scope="module")
def path(report: Report, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return written(report, tmp_path_factory.mktemp("workbook"), sheet_per_manager=True)


def expected(table: Table, code: str) -> list[list[object]]:
    """Return what the rows of a table have to be, in its own order."""
    say, rows = language(code), []
    for row in tables.sorted_rows(table).tolist():
        cells: list[object] = []
        for column in table.columns:
            value = table.cells[column.key][row]
            if column.kind == "flag":
                cells.append(say("yes") if value else say("no"))
            elif isinstance(value, str):
                cells.append(value or None)
            else:
                cells.append(None if math.isnan(value) else float(value))
        rows.append(cells)
    return rows


def same(found: object, meant: object) -> bool:
    if isinstance(meant, float):
        return isinstance(found, int | float) and math.isclose(float(found), meant, rel_tol=1e-14)
    return found == meant


@pytest.mark.parametrize("key", ["reps", "moves", "assignments"])
def test_every_name_and_figure_of_a_table_is_in_its_sheet(report: Report, path: Path, key: str) -> None:
    table = next(one for one in report.blocks(Table) if one.key == key)
    sheet = openpyxl.load_workbook(path, data_only=True)[table.title]
    assert [cell.value for cell in sheet[1]] == [one.title for one in table.columns]
    meant = expected(table, report.language)
    found = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=2, max_row=1 + table.count)]
    wrong = [
        (one, other)
        for line, others in zip(found, meant, strict=True)
        for one, other in zip(line, others, strict=True)
        if not same(one, other)
    ]
    assert wrong == []


def test_another_reader_finds_the_same_names_and_figures(report: Report, path: Path) -> None:
    table = next(one for one in report.blocks(Table) if one.key == "assignments")
    rows = CalamineWorkbook.from_path(path).get_sheet_by_name(table.title).to_python(skip_empty_area=False)
    for found, meant in zip(rows[1 : 1 + table.count], expected(table, report.language), strict=True):
        assert all(same(one if one != "" else None, other) for one, other in zip(found, meant, strict=True))


def test_totals_are_sums_that_follow_the_filter_and_are_right_before_anything_is_calculated(
    report: Report, path: Path
) -> None:
    formulas, values = openpyxl.load_workbook(path), openpyxl.load_workbook(path, data_only=True)
    for table in report.blocks(Table):
        last = table.count + 2
        for at, column in enumerate(table.columns, start=1):
            cell = formulas[table.title].cell(last, at)
            if column.key not in table.total:
                assert cell.data_type != "f"
                continue
            letter = cell.column_letter
            assert cell.value == f"=SUBTOTAL(109,{letter}2:{letter}{last - 1})"
            total = float(np.nansum(table.cells[column.key]))
            assert values[table.title].cell(last, at).value == pytest.approx(total)


def test_nothing_but_totals_and_changes_is_a_formula(path: Path) -> None:
    book = openpyxl.load_workbook(path)
    formulas = [cell.value for sheet in book for row in sheet.iter_rows() for cell in row if cell.data_type == "f"]
    assert formulas
    assert [one for one in formulas if not OWN_FORMULAS.fullmatch(one)] == []


def test_nothing_in_the_file_leads_out_of_it_or_runs(path: Path) -> None:
    with zipfile.ZipFile(path) as parts:
        names = parts.namelist()
        related = "".join(parts.read(one).decode() for one in names if one.endswith(".rels"))
    assert 'TargetMode="External"' not in related
    assert not [one for one in names if re.search(r"vba|macro|externalLink|embedding|connections|query", one, re.I)]


def test_names_that_look_like_formulas_come_through_as_they_are(report: Report, path: Path) -> None:
    table = next(one for one in report.blocks(Table) if one.key == "assignments")
    sheet = openpyxl.load_workbook(path)[table.title]
    column = [one.key for one in table.columns].index("name") + 1
    cells = [sheet.cell(2 + at, column) for at in range(len(HOSTILE))]
    assert [cell.value for cell in cells] == list(HOSTILE)
    assert {cell.data_type for cell in cells} == {"s"}
    assert {cell.number_format for cell in cells} == {"@"}
    assert not any(cell.hyperlink for cell in cells)


def test_a_text_longer_than_a_cell_is_cut_and_says_so(tmp_path: Path) -> None:
    table = Table("t", "T", (Column("a", "A"),), {"a": texts(["x" * 40_000, "😀" * 20_000])})
    sheet = of_table(table, tmp_path)
    assert sheet["A2"].value == "x" * 32_766 + "…"
    assert sheet["A3"].value == "😀" * 16_383 + "…"


def test_characters_that_no_file_can_hold_are_replaced_and_others_are_not(tmp_path: Path) -> None:
    names = ["a\x0bb", "a\x00b", "\ud800", "tab\there", "two\r\nlines", "\ufffe"]
    sheet = of_table(Table("t", "T", (Column("a", "A"),), {"a": texts(list(names))}), tmp_path)
    found = [sheet.cell(2 + at, 1).value for at in range(len(names))]
    assert found == ["a�b", "a�b", "�", "tab\there", "two\nlines", "�"]


def test_what_is_not_known_is_blank_and_what_has_no_end_is_said(tmp_path: Path) -> None:
    columns = (Column("a", "A"), Column("b", "B", "number"), Column("c", "C", "count"))
    cells = {
        "a": texts([None, float("nan"), ""]),
        "b": np.array([math.nan, math.inf, 2.5]),
        "c": texts([None, 3, 4]),
    }
    sheet = of_table(Table("t", "T", columns, cells, total=("b", "c")), tmp_path)
    assert [[cell.value for cell in row] for row in sheet.iter_rows(min_row=2, max_row=4)] == [
        [None, None, None],
        [None, "∞", 3],
        [None, 2.5, 4],
    ]


def test_tables_open_sorted_as_the_report_says_with_blank_cells_last(tmp_path: Path) -> None:
    columns = (Column("a", "A"), Column("b", "B", "number"))
    cells = {"a": texts(["b", None, "A", "c"]), "b": np.array([2.0, 9.0, math.nan, 5.0])}

    def first(sort: tuple[str, bool]) -> list[object]:
        sheet = of_table(Table("t", "T", columns, cells, sort=sort), tmp_path)
        return [sheet.cell(row, 1 if sort[0] == "a" else 2).value for row in range(2, 6)]

    assert first(("a", False)) == ["A", "b", "c", None]
    assert first(("a", True)) == ["c", "b", "A", None]
    assert first(("b", False)) == [2, 5, 9, None]
    assert first(("b", True)) == [9, 5, 2, None]


def test_what_one_sheet_does_not_hold_continues_on_another_and_the_total_covers_both(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tables, "MOST_ROWS", 3)
    columns = (Column("a", "A"), Column("b", "B", "number"))
    table = Table("t", "It's", columns, {"a": texts(list("pqrstuv")), "b": np.arange(7.0)}, total=("b",))
    path = written(of_blocks(table), tmp_path)
    book, values = openpyxl.load_workbook(path), openpyxl.load_workbook(path, data_only=True)
    assert book.sheetnames[1:] == ["It's", "It's (2)", "It's (3)"]
    assert [book[one]["A2"].value for one in book.sheetnames[1:]] == ["p", "s", "v"]
    assert book["It's (3)"]["B3"].value == (
        "=SUBTOTAL(109,'It''s'!B2:B4)+SUBTOTAL(109,'It''s (2)'!B2:B4)+SUBTOTAL(109,B2:B2)"
    )
    assert values["It's (3)"]["B3"].value == 21


def test_tables_are_ready_to_be_worked_with(report: Report, path: Path) -> None:
    book = openpyxl.load_workbook(path)
    for table in report.blocks(Table):
        sheet = book[table.title]
        assert sheet.freeze_panes == "B2"
        assert sheet.auto_filter.ref == f"A1:{sheet.cell(1 + table.count, len(table.columns)).coordinate}"
        assert sheet.print_title_rows == "$1:$1"
        assert sheet.page_setup.orientation == "landscape"
        assert sheet.oddFooter.left.text == "&A"
        assert sheet.oddFooter.right.text == "&P / &N"


def on_paper(sheet: Worksheet, size: int) -> float:
    """Return how many points high the letters of a sheet are at least when it is printed."""
    if not sheet.sheet_properties.pageSetUpPr or not sheet.sheet_properties.pageSetUpPr.fitToPage:
        return size * (sheet.page_setup.scale or 100) / 100
    assert (sheet.page_setup.fitToWidth or 1, sheet.page_setup.fitToHeight) == (1, 0)
    points = sum((sheet.column_dimensions[one.column_letter].width * 7 + 5) * 0.75 for one in sheet[1])
    return size * min(1.0, 784 / points)


@pytest.mark.parametrize(("code", "size"), [("en", 11), ("zh", 10)])
@pytest.mark.parametrize("count", [2, 6, 9, 20, 60])
def test_letters_stay_large_enough_to_be_read_on_paper_however_many_columns_there_are(
    tmp_path: Path, count: int, code: str, size: int
) -> None:
    columns = (Column("id", "ID", "id"), Column("name", "Name"), *(Column(f"c{at}", "C", "id") for at in range(count)))
    cells = {one.key: texts([one.key + "x" * 12]) for one in columns}
    report = replace(of_blocks(Table("t", "T", columns, cells)), language=code)
    sheet = openpyxl.load_workbook(written(report, tmp_path)).worksheets[-1]
    assert on_paper(sheet, size) >= 7
    assert sheet.print_title_rows == "$1:$1"
    assert sheet.print_title_cols == ("$A:$B" if count > 9 else None)


def test_a_scorecard_of_many_scenarios_is_printed_large_enough_with_its_labels_on_every_page(tmp_path: Path) -> None:
    card: Scorecard = a_report(60, 6).blocks(Scorecard)[0]
    rows = tuple(replace(one, values=one.values * 4, best=one.best * 4, uncertain=(), upto=(), instead=(), meaning=())
                 for one in card.rows)  # fmt: skip
    many = replace(card, scenarios=tuple(f"s{at}" for at in range(12)), allowed=(True,) * 12, rows=rows, states=())
    sheet = openpyxl.load_workbook(written(of_blocks(many), tmp_path)).worksheets[-1]
    assert on_paper(sheet, 11) >= 7
    assert (sheet.print_title_rows, sheet.print_title_cols) == ("$4:$4", "$A:$A")


def test_numbers_are_shown_as_the_language_writes_them(report: Report, path: Path) -> None:
    sheet = openpyxl.load_workbook(path)[report.blocks(Table)[0].title]
    formats = {
        column.key: sheet.cell(2, at).number_format for at, column in enumerate(report.blocks(Table)[0].columns, 1)
    }
    money = '"¥"' if report.language == "zh" else '"$"'
    assert formats["customers"] == "#,##0"
    assert formats["hours_after"] == '#,##0" h"'
    assert formats["target"] == "0.0%"
    assert formats["revenue_after"] == f"{money}#,##0;-{money}#,##0"
    assert formats["net"] == f'+{money}#,##0;"−"{money}#,##0;0'


def test_bars_are_drawn_where_the_report_draws_them_and_show_losses(report: Report, path: Path) -> None:
    table = report.blocks(Table)[0]
    with zipfile.ZipFile(path) as parts:
        sheet = parts.read("xl/worksheets/sheet3.xml").decode()
    assert sheet.count("<x14:dataBar") == sum(one.bar for one in table.columns)
    assert "negativeFillColor" in sheet


def test_a_hostile_unit_is_part_of_the_number_format_and_nothing_else(tmp_path: Path) -> None:
    columns = (Column("a", "A", "number", '"]0;[Red]0\\h\x0b' * 9),)
    path = written(of_blocks(Table("t", "T", columns, {"a": np.array([1200.0])})), tmp_path)
    shown = openpyxl.load_workbook(path).worksheets[-1]["A2"].number_format
    assert len(shown) < 255
    assert shown.startswith('#,##0" "\\""]0;[Red]0')
    assert CalamineWorkbook.from_path(path).get_sheet_by_name("T").to_python()[1] == [1200.0]


def test_the_same_report_is_the_same_file(report: Report, path: Path, tmp_path: Path) -> None:
    assert written(report, tmp_path, sheet_per_manager=True).read_bytes() == path.read_bytes()


def test_the_file_does_not_tell_who_made_it_or_when(path: Path) -> None:
    properties = openpyxl.load_workbook(path).properties
    assert not properties.creator
    assert not properties.lastModifiedBy
    assert properties.created.year == 2000


def test_a_report_without_rows_is_a_workbook_still(tmp_path: Path) -> None:
    table = a_report(5, 2).blocks(Table)[1]
    empty = replace(table, cells={key: cells[:0] for key, cells in table.cells.items()})
    path = written(of_blocks(empty), tmp_path, sheet_per_manager=True)
    assert CalamineWorkbook.from_path(path).sheet_names == ["Overview", "Moves"]
