"""The sheets of the workbook that are more than a table: the first one, scorecards, differences, charts, managers."""

from __future__ import annotations

import math
import re
import zipfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import openpyxl
import pytest

from planner.language import ENGLISH, language
from planner.report.blocks import Column, Difference, Report, Sentences, Table
from tests.planner.report.made import a_report
from tests.planner.report.workbooks import of_blocks, texts, written


@pytest.fixture(params=["en", "zh"], scope="module")
def report(request: pytest.FixtureRequest) -> Report:
    return a_report(language=request.param)


@pytest.fixture(scope="module")
def path(report: Report, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return written(report, tmp_path_factory.mktemp("workbook"), sheet_per_manager=True)


def test_hostile_titles_give_sheets_that_excel_takes(tmp_path: Path) -> None:
    titles = ["a/b?c*[d]:\\", "History", "HISTORY", "'quoted'", "x" * 60, "X" * 60, "Overview", "", "\x0b", "ＲＥＰＳ",
              "reps", "=1+1", "销售代表" * 10, "😀" * 30, "  ", "Ann's"]  # fmt: skip
    blocks = [Table(f"t{at}", one, (Column("a", "A"),), {"a": texts(["v"])}) for at, one in enumerate(titles)]
    names = openpyxl.load_workbook(written(of_blocks(*blocks), tmp_path)).sheetnames
    assert len(names) == 1 + len(titles)
    assert len({one.casefold() for one in names}) == len(names)
    for name in names:
        assert 0 < len(name.encode("utf-16-le")) // 2 <= 31
        assert not re.search(r"[\[\]:*?/\\\x00-\x1f]", name)
        assert name[0] != "'"
        assert name[-1] != "'"
        assert name.casefold() != "history"


def test_a_sheet_has_a_short_name_of_its_own_and_is_printed_under_its_whole_title(tmp_path: Path) -> None:
    tables = [
        Table("t", "Books & moves, scenario by scenario", (Column("a", "A"),), {"a": texts(["v"])}, tab="Books"),
        Table("u", "Reps", (Column("a", "A"),), {"a": texts(["v"])}),
    ]
    book = openpyxl.load_workbook(written(of_blocks(*tables), tmp_path))
    assert book.sheetnames[1:] == ["Books", "Reps"]
    assert [sheet.oddHeader.left.text for sheet in book.worksheets[1:]] == [
        "Books && moves, scenario by scenario",
        None,
    ]
    said = [cell.value for row in book.worksheets[0].iter_rows() for cell in row]
    assert "Books & moves, scenario by scenario" in said


def test_of_a_manager_with_a_long_name_the_name_is_cut_and_not_what_the_sheet_holds(tmp_path: Path) -> None:
    columns = (Column("manager", "Manager"), Column("a", "A"))
    cells = {"manager": texts(["Alexandra Featherstonehaugh"]), "a": texts(["v"])}
    blocks = [Table(key, title, columns, cells, per=("manager",)) for key, title in (("t", "Moves"), ("u", "Reps"))]
    names = openpyxl.load_workbook(written(of_blocks(*blocks), tmp_path, sheet_per_manager=True)).sheetnames
    assert names[3:] == ["Alexandra Featherstone… · Moves", "Alexandra Featherstoneh… · Reps"]


def test_the_first_sheet_leads_to_every_other_one(report: Report, path: Path) -> None:
    book = openpyxl.load_workbook(path)
    first = book.worksheets[0]
    said = [cell.value for row in first.iter_rows() for cell in row if cell.value is not None]
    assert said[:2] == [report.title, report.subtitle]
    assert {report.headline, report.scope, *(text for pair in report.made for text in pair)} <= set(said)
    links = [cell.hyperlink for row in first.iter_rows() for cell in row if cell.hyperlink]
    assert [one.location for one in links] == [f"'{name}'!A1" for name in book.sheetnames[1:]]
    assert not any(one.target for one in links)


def test_what_the_report_says_of_tables_and_columns_is_at_hand(report: Report, path: Path) -> None:
    book = openpyxl.load_workbook(path)
    said = [cell.value for row in book.worksheets[0].iter_rows() for cell in row if cell.value is not None]
    section = next(one for one in report.sections if one.intro)
    assert section.intro in said
    table = report.blocks(Table)[0]
    noted = {at: column.note for at, column in enumerate(table.columns) if column.note}
    assert noted
    comments = {at: cell.comment.text for at, cell in enumerate(book[table.title][1]) if cell.comment}
    assert comments == noted


def test_a_link_finds_a_sheet_with_an_apostrophe_in_its_name(tmp_path: Path) -> None:
    table = Table("t", "Ann's book", (Column("a", "A"),), {"a": texts(["v"])})
    book = openpyxl.load_workbook(written(of_blocks(table), tmp_path))
    links = [cell.hyperlink.location for row in book.worksheets[0].iter_rows() for cell in row if cell.hyperlink]
    assert links == ["'Ann''s book'!A1"]


def test_each_manager_gets_sheets_with_every_customer_that_comes_or_leaves(report: Report, path: Path) -> None:
    book = openpyxl.load_workbook(path, data_only=True)
    for table in (one for one in report.blocks(Table) if one.per):
        ids, managers = table.cells["customer_id"], [table.cells[key] for key in table.per]
        for manager in sorted({one for column in managers for one in column if one}):
            sheet = book[f"{manager} · {table.title}"]
            rows = list(sheet.iter_rows(min_row=2, max_row=sheet.max_row - 1, values_only=True))
            mine = np.any([column == manager for column in managers], axis=0)
            assert sorted(str(row[0]) for row in rows) == sorted(ids[mine].tolist())


def test_managers_get_no_sheets_unless_they_are_asked_for(report: Report, tmp_path: Path) -> None:
    assert not [one for one in openpyxl.load_workbook(written(report, tmp_path)).sheetnames if " · " in one]


def test_changes_on_the_scorecard_are_against_the_scenario_in_the_chooser(report: Report, path: Path) -> None:
    title = language(report.language)("Scorecard") if report.language == "en" else "记分卡"
    formulas, values = openpyxl.load_workbook(path)[title], openpyxl.load_workbook(path, data_only=True)[title]
    (card,) = [one for section in report.sections for one in section.blocks if type(one).__name__ == "Scorecard"]
    names = list(card.scenarios)
    assert values["B1"].value == names[card.baseline]
    (rule,) = formulas.data_validations.dataValidation
    assert (str(rule.sqref), rule.type, rule.formula1) == ("B1", "list", "$B$4:$D$4")
    header = [cell.value for cell in values[4]]
    assert header[1:4] == names
    rows = {row[0].value: row for row in values.iter_rows(min_row=5)}
    for one in card.rows:
        cells = rows[one.label]
        for at, value in enumerate(one.values):
            shown = cells[1 + at].value
            instead = one.instead[at] if one.instead else ""
            if instead or not math.isfinite(value):
                assert shown == (instead or ("–" if math.isnan(value) else "∞"))
            else:
                assert shown == pytest.approx(value)
            assert cells[1 + at].font.bold == one.best[at]
            change = cells[6 + at].value
            known = not instead and math.isfinite(value) and math.isfinite(one.values[1])
            other = bool(one.meaning) and one.meaning[at] != one.meaning[1]
            assert change == ("≠" if other else pytest.approx(value - one.values[1]) if known else None)
        pairs = "\n".join(f"{names[first]} ≈ {names[other]}" for first, other in one.uncertain)
        assert (cells[5].value or "") == pairs


def test_the_upper_end_of_a_range_has_a_row_of_its_own(tmp_path: Path) -> None:
    report = a_report()
    sheet = openpyxl.load_workbook(written(report, tmp_path))["Scorecard"]
    (risk,) = [one for one in report.sections[3].blocks[0].rows if one.name == "risk"]  # type: ignore[union-attr]
    rows = {row[0]: row for row in sheet.iter_rows(values_only=True)}
    assert rows["Revenue at risk, up to"][2:4] == pytest.approx(risk.upto[1:])
    base = report.sections[3].blocks[0].baseline  # type: ignore[union-attr]
    told = openpyxl.load_workbook(written(report, tmp_path), data_only=True)["Scorecard"]
    changes = {row[0]: row for row in told.iter_rows(values_only=True)}["Revenue at risk, up to"][6:]
    assert [one for one in changes if isinstance(one, float)] == pytest.approx(
        [one - risk.upto[base] for one in risk.upto if math.isfinite(one)]
    )


def test_customers_are_listed_with_their_owner_in_each_scenario_and_how_many_they_are(
    report: Report, path: Path
) -> None:
    (block,) = report.blocks(Difference)
    say = language(report.language)
    sheet = openpyxl.load_workbook(path)[block.title]
    rows = {row[0]: row for row in sheet.iter_rows(min_row=2, values_only=True)}
    assert len(rows) == len(block.owners)
    for customer, owners in zip(block.table.cells["customer_id"], block.owners.tolist(), strict=True):
        row = rows[customer]
        odd = {-1: say("nobody"), -2: say("not in it"), -3: say("somebody else")}
        assert list(row[3:6]) == [odd.get(one) or block.names[one] for one in owners]
        assert row[6] == len(set(owners) - {-2})
    assert [row[6] for row in rows.values()] == sorted((row[6] for row in rows.values()), reverse=True)


def test_an_owner_who_may_not_be_seen_is_somebody_else(tmp_path: Path) -> None:
    block = a_report(30, 3).blocks(Difference)[0]
    owners = block.owners.copy()
    owners[0] = (-3, -1, 0)
    sheet = openpyxl.load_workbook(written(of_blocks(replace(block, owners=owners)), tmp_path)).worksheets[-1]
    row = next(row for row in sheet.iter_rows(values_only=True) if row[0] == "C000000")
    assert row[3:] == ("somebody else", "nobody", block.names[0], 3)


def test_sentences_are_lines_of_a_sheet_under_their_titles(tmp_path: Path) -> None:
    first, second = Sentences("a", ("One.", "=2"), "Rules"), Sentences("b", ("Three.",), "Limits")
    book = openpyxl.load_workbook(written(of_blocks(first, second), tmp_path))
    assert [row[0] for row in book["In words"].values] == ["Rules", "One.", "=2", None, "Limits", "Three."]


def test_the_chart_draws_the_rows_of_the_table_itself(report: Report, path: Path) -> None:
    table = report.blocks(Table)[0]
    with zipfile.ZipFile(path) as parts:
        charts = [one for one in parts.namelist() if re.fullmatch(r"xl/charts/chart\d+\.xml", one)]
        drawn = parts.read(charts[0]).decode()
    assert len(charts) == 1
    quoted = f"'{table.title}'" if not table.title.isascii() else table.title
    assert re.findall(r"<c:val><c:numRef><c:f>([^<]*)</c:f>", drawn) in (
        [f"{quoted}!$G$2:$G$25", f"{quoted}!$H$2:$H$25"],
        [f"{table.title}!$G$2:$G$25", f"{table.title}!$H$2:$H$25"],
    )


def test_of_many_reps_only_the_largest_are_drawn(tmp_path: Path) -> None:
    table = replace(a_report(900, 50).blocks(Table)[0], sort=("name", False))
    book = openpyxl.load_workbook(written(of_blocks(table), tmp_path))
    rows = list(book["Charts"].iter_rows(min_row=3, max_row=32, min_col=18, max_col=20, values_only=True))
    order = np.argsort(-table.cells["hours_after"], kind="stable")[:30]
    assert [row[0] for row in rows] == table.cells["name"][order].tolist()
    assert [row[2] for row in rows] == pytest.approx(table.cells["hours_after"][order].tolist())


def chart_drawn(path: Path) -> str:
    with zipfile.ZipFile(path) as parts:
        return parts.read("xl/charts/chart1.xml").decode()


@pytest.mark.parametrize(("count", "drawn"), [(4, 8), (17, 5), (30, 3)])
def test_of_many_scenarios_as_many_are_drawn_as_have_a_colour_and_room_and_the_title_says_so(
    tmp_path: Path, count: int, drawn: int
) -> None:
    scenarios = [f"s{at}" for at in range(11)]
    columns = (Column("name", "Rep"), *(Column(key, key.upper(), "number") for key in scenarios))
    cells = {"name": texts([f"R{at}" for at in range(count)]), **{key: np.ones(count) for key in scenarios}}
    first = ("s7", "s0", "s9", "s2", "s10", "s1", "s3", "s4", "s5", "s6", "s8")
    table = Table("t", "Books", columns, cells, plotted=first, named="name", plotted_first="the most even ones")
    path = written(of_blocks(table), tmp_path)
    shown = chart_drawn(path)
    assert f"Books: the most even ones ({drawn} of 11)" in shown
    letters = sorted("BCDEFGHIJKL"[scenarios.index(key)] for key in first[:drawn])
    assert re.findall(r"<c:tx><c:strRef><c:f>Books!\$(\w)\$1<", shown) == letters
    colours = re.findall(r'<c:ser>.*?<a:srgbClr val="(\w+)"', shown)
    assert len(set(colours)) == drawn


def test_each_chart_is_printed_on_a_page_of_its_own_without_the_numbers_beside_it(tmp_path: Path) -> None:
    tables = [
        replace(a_report(900, 50).blocks(Table)[0], key=f"t{at}", title=f"T{at}", sort=("name", False))
        for at in range(3)
    ]
    path = written(of_blocks(*tables), tmp_path)
    sheet = openpyxl.load_workbook(path)["Charts"]
    with zipfile.ZipFile(path) as parts:
        places = re.findall(r"<xdr:from><xdr:col>(\d+)<.*?<xdr:row>(\d+)<.*?<xdr:to><xdr:col>(\d+)<.*?<xdr:row>(\d+)<",
                            parts.read("xl/drawings/drawing1.xml").decode())  # fmt: skip
    breaks = [0, *(one.id for one in sheet.row_breaks.brk)]
    assert [int(place[1]) for place in places] == breaks
    ends = [*breaks[1:], int(sheet.print_area.rsplit("$", 1)[1])]
    assert all(int(place[3]) < end for place, end in zip(places, ends, strict=True))
    assert "$A$1:$P$" in sheet.print_area
    assert {(int(left), int(right) < 16) for left, _, right, _ in places} == {(0, True)}
    assert sheet["R3"].value in tables[0].cells["name"]


def test_english_names_of_sheets_are_not_in_a_chinese_workbook(tmp_path: Path) -> None:
    names = openpyxl.load_workbook(written(a_report(language="zh"), tmp_path)).sheetnames
    assert not [one for one in names if one.isascii()]
    assert ENGLISH("Overview") == "Overview"
