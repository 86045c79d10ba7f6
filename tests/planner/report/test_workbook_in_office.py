"""The workbook in LibreOffice, which calculates every formula anew."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import openpyxl
import pytest

from planner.report.blocks import Column, Report, Scorecard, Table
from planner.report.workbook import tables
from tests.office import Office, page_count
from tests.planner.report.made import HOSTILE, a_report
from tests.planner.report.workbooks import of_blocks, texts, written

WARNINGS = ("error", "warning", "repair", "corrupt", "fail")


def in_full(shown: str) -> float:
    return float(shown[:-1]) / 100 if shown.endswith("%") else float(shown)


@pytest.fixture(scope="module")
def report() -> Report:
    return a_report(120, 12)


@pytest.fixture(scope="module")
def path(report: Report, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return written(report, tmp_path_factory.mktemp("workbook"), sheet_per_manager=True)


@pytest.fixture(scope="module")
def calculated(path: Path, office: Office) -> dict[str, list[list[str]]]:
    return office.sheets(path, shown=False)


def test_each_total_that_is_calculated_anew_is_the_plan_s(
    report: Report, calculated: dict[str, list[list[str]]]
) -> None:
    for table in report.blocks(Table):
        total = calculated[table.title][table.count + 1]
        assert total[0] == "Total"
        for at, column in enumerate(table.columns):
            if column.key in table.total:
                assert float(total[at]) == pytest.approx(float(np.nansum(table.cells[column.key])), abs=1e-6)


def test_totals_over_several_sheets_are_right(office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables, "MOST_ROWS", 7)
    table = replace(a_report(30, 4).blocks(Table)[2], title="It's all")
    sheets = office.sheets(written(of_blocks(table), tmp_path), shown=False)
    assert [len(rows) for name, rows in sheets.items() if name.startswith("It's all")] == [8, 8, 8, 8, 4]
    total = sheets["It's all (5)"][-1]
    assert float(total[7]) == pytest.approx(float(table.cells["revenue"].sum()))


def test_every_name_is_the_text_that_it_was(report: Report, calculated: dict[str, list[list[str]]]) -> None:
    names = {row[1] for row in calculated["Assignments"]}
    assert set(HOSTILE) <= names


def test_every_sheet_prints_and_nothing_is_complained_about(path: Path, office: Office, tmp_path: Path) -> None:
    said = office._converted(path, "pdf", tmp_path)
    printed = tmp_path / f"{path.stem}.pdf"
    assert page_count(printed) >= len(openpyxl.load_workbook(path).sheetnames)
    lines = [line for line in said.splitlines() if "javaldx" not in line]
    assert not [line for line in lines if any(word in line.lower() for word in WARNINGS)]


def test_no_cell_is_an_error(calculated: dict[str, list[list[str]]]) -> None:
    cells = [cell for rows in calculated.values() for row in rows for cell in row]
    assert not [cell for cell in cells if cell.startswith(("#REF", "#NAME", "#VALUE", "#DIV", "#N/A", "Err:"))]


def test_changes_follow_the_scenario_that_the_reader_picks(office: Office, tmp_path: Path) -> None:
    """Names are matched as they are: a star is no wildcard, and case and leading zeros count."""
    card: Scorecard = a_report(60, 6).blocks(Scorecard)[0]
    names = ("a*", "ab", "007", "7", "=1+1", "A*")
    rows = tuple(
        replace(
            one,
            values=(*one.values, *(10.0 + at for at in range(3))),
            best=(False,) * 6,
            uncertain=(),
            instead=(),
            upto=(),
            meaning=(*one.meaning, 0, 1, 2) if one.meaning else (),
        )
        for one in card.rows
    )
    many = replace(card, scenarios=names, allowed=(True,) * 6, rows=rows, states=())
    titles = [f"Card {at}" for at in range(len(names))]
    book = openpyxl.load_workbook(written(of_blocks(*(replace(many, title=title) for title in titles)), tmp_path))
    for title, name in zip(titles, names, strict=True):
        book[title]["B1"].value = name
        book[title]["B1"].data_type = "s"
    book.save(tmp_path / "picked.xlsx")
    sheets = office.sheets(tmp_path / "picked.xlsx", shown=False)
    for picked, (title, name) in enumerate(zip(titles, names, strict=True)):
        lines = {line[0]: line for line in sheets[title]}
        for one in rows:
            for at, value in enumerate(one.values):
                shown, base = lines[one.label][9 + at], one.values[picked]
                if one.meaning and one.meaning[at] != one.meaning[picked]:
                    assert shown == "≠"
                elif math.isfinite(value) and math.isfinite(base):
                    assert in_full(shown) == pytest.approx(value - base, abs=1e-9), (name, one.label, at)
                else:
                    assert shown == ""


def test_money_and_shares_are_shown_as_people_write_them(office: Office, tmp_path: Path) -> None:
    columns = (
        Column("a", "A", "number", "USD"),
        Column("b", "B", "number", "h"),
        Column("c", "C", "share"),
        Column("d", "D", "change", "CNY"),
        Column("e", "E", "points"),
        Column("f", "F"),
    )
    cells = {
        "a": np.array([-1234.4, 5.0]),
        "b": np.array([1234.4, 2.0]),
        "c": np.array([0.1234, -0.5]),
        "d": np.array([1234.4, -5.0]),
        "e": np.array([1.239, 1234.5]),
        "f": texts(["=1+1", "+1"]),
    }
    english = of_blocks(Table("t", "T", columns, cells))
    shown = office.sheets(written(english, tmp_path))["T"]
    assert shown[1:] == [
        ["-$1,234", "1,234 h", "12.3%", "+CN¥1,234", "1.24", "=1+1"],
        ["$5", "2 h", "-50.0%", "−CN¥5", "1,234.50", "+1"],
    ]
    shown = office.sheets(written(replace(english, language="zh"), tmp_path))["T"]
    assert [row[0] for row in shown[1:]] == ["-US$1,234", "US$5"]
    assert [row[3] for row in shown[1:]] == ["+¥1,234", "−¥5"]
