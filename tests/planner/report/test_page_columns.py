"""The columns of a table in a real browser: few at first, all to be chosen, those chosen on paper."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pytest

from planner.report.blocks import Report, Table
from planner.report.page import page
from planner.report.workbook import write_workbook
from tests.browser import Chromium, opened
from tests.planner.report.made_up import customers, report_of
from tests.planner.report.on_screen import TABLE, position, until

EXTRA = ("region", "hours", "share", "change", "kept", "points")
"""Of the twelve columns these six are for those who choose them."""


def test_a_table_shows_few_columns_until_its_reader_chooses_others_by_keys(browser: Chromium, few: Path):
    with opened(browser, few) as shown:
        assert headings(shown) == ["Customer", "Name", "From", "To", "Revenue ($)", "Why"]
        assert cells_in_rows(shown) == {6}
        fold = shown.locator(f"{TABLE} details.columns summary")
        assert fold.inner_text() == "Columns: 6 of 12"
        fold.focus()
        shown.keyboard.press("Enter")
        box = shown.get_by_role("group", name="Columns of All customers").get_by_role("checkbox", name="Hours (h)")
        assert not box.is_checked()
        box.focus()
        shown.keyboard.press("Space")
        assert box.is_checked()
        assert headings(shown) == ["Customer", "Name", "From", "To", "Revenue ($)", "Hours (h)", "Why"]
        assert cells_in_rows(shown) == {7}
        assert shown.locator(f"{TABLE} tfoot").inner_text().split()[-1] == f"{customers(60).cells['hours'].sum():,}"
        assert shown.get_by_text("7 of 12 columns shown").get_attribute("role") == "status"
        shown.keyboard.press("Escape")
        assert not box.is_visible()
        assert shown.evaluate("document.activeElement.textContent") == "Columns: 7 of 12"


def test_all_columns_may_be_had_and_the_few_again_but_the_first_is_always_there(browser: Chromium, few: Path):
    with opened(browser, few) as shown:
        shown.locator(f"{TABLE} details.columns summary").click()
        assert shown.get_by_role("checkbox").count() == 11
        shown.get_by_role("button", name="All columns").click()
        assert len(headings(shown)) == 12
        assert cells_in_rows(shown) == {12}
        shown.get_by_role("button", name="Columns as at first").click()
        assert cells_in_rows(shown) == {6}


def test_an_address_keeps_the_columns_that_were_chosen(browser: Chromium, few: Path):
    with opened(browser, few, fragment="customers?columns=name+hours+nonsense") as shown:
        assert headings(shown) == ["Customer", "Name", "Hours (h)"]
        shown.locator(f"{TABLE} details.columns summary").click()
        shown.get_by_role("checkbox", name="Locked").check()
        until(shown, "location.hash.endsWith('columns=id+name+hours+kept')")
        shown.get_by_role("button", name="Columns as at first").click()
        until(shown, "location.hash === '#customers'")


def test_a_search_still_finds_what_stands_in_columns_that_are_not_shown(browser: Chromium, few: Path):
    with opened(browser, few, fragment="customers?search=hills") as shown:
        assert position(shown).endswith("of 15 found, 60 in all")


def test_a_print_has_the_columns_chosen_and_says_where_the_others_are(browser: Chromium, few: Path):
    with opened(browser, few, media="print", width=1024) as shown:
        shown.evaluate("dispatchEvent(new Event('beforeprint'))")
        assert headings(shown) == ["Customer", "Name", "From", "To", "Revenue ($)", "Why"]
        assert on_paper(shown) == (
            "6 of 12 columns. All rows and columns are in the workbook, on the sheet “All customers”."
        )
        assert not shown.locator(f"{TABLE} details.columns").is_visible()
        assert shown.locator(f"{TABLE} table").evaluate("one => one.offsetWidth") <= 1024


def test_a_print_of_more_rows_than_it_holds_says_so_in_plain_words(browser: Chromium, saved: Callable[..., Path]):
    path = saved("long", lambda: report_of(customers(1200)))
    where = "All rows and columns are in the workbook, on the sheet “All customers”."
    with opened(browser, path, media="print") as shown:
        shown.evaluate("dispatchEvent(new Event('beforeprint'))")
        assert shown.locator(f"{TABLE} tbody tr").count() == 1000
        assert on_paper(shown) == f"The first 1,000 of 1,200 rows. {where}"
    with opened(browser, path, fragment="customers?search=number", media="print") as shown:
        shown.evaluate("dispatchEvent(new Event('beforeprint'))")
        assert on_paper(shown) == f"The first 1,000 of 1,200 rows. {where}"
    with opened(browser, path, fragment="customers?search=C000", media="print") as shown:
        shown.evaluate("dispatchEvent(new Event('beforeprint'))")
        assert on_paper(shown) == ""
        assert position(shown) == "1–100 of 100 found, 1,200 in all"


def test_a_print_in_chinese_says_what_is_left_out_in_chinese(browser: Chromium, saved: Callable[..., Path]):
    with opened(browser, saved("long_zh", lambda: report_of(customers(1200), language="zh")), media="print") as shown:
        shown.evaluate("dispatchEvent(new Event('beforeprint'))")
        assert on_paper(shown) == "共 1,200 行，此处为前 1,000 行。 全部行和列见工作簿中的“All customers”工作表。"


@pytest.mark.parametrize("title", ["All customers", "Moves: East/West?", "A title longer than any sheet's name may be"])
def test_the_sheet_that_a_print_names_is_in_the_workbook_with_all_columns(title: str, tmp_path: Path):
    report = report_of(cut(title=title))
    write_workbook(report, tmp_path / "plan.xlsx")
    book = openpyxl.load_workbook(tmp_path / "plan.xlsx")
    named = page(report).split('"sheet":"')[1].split('"')[0]
    assert len([cell for cell in book[named][1] if cell.value]) == 12


def test_a_print_names_a_sheet_by_its_short_name(tmp_path: Path):
    report = report_of(replace(cut(title="All customers, one by one, wherever they are"), tab="Customers"))
    write_workbook(report, tmp_path / "plan.xlsx")
    assert page(report).split('"sheet":"')[1].split('"')[0] == "Customers"
    assert "Customers" in openpyxl.load_workbook(tmp_path / "plan.xlsx").sheetnames


@pytest.fixture
def few(saved: Callable[..., Path]) -> Path:
    return saved("few", made)


def made() -> Report:
    return report_of(cut())


def cut(**words: Any) -> Table:
    """Return a table of sixty customers, half of its columns for those who choose them."""
    table = customers(60, **words)
    region = np.where(np.arange(60) % 4 == 3, "hills", "west").astype(object)
    name = np.array([f"Customer {at}" for at in range(60)], dtype=object)
    columns = tuple(replace(column, extra=column.key in EXTRA) for column in table.columns)
    return replace(table, columns=columns, cells={**table.cells, "region": region, "name": name})


def headings(shown: Any) -> list[str]:
    found = shown.locator(f"{TABLE} thead th:visible").all_inner_texts()
    return [" ".join(text.split()) for text in found]


def cells_in_rows(shown: Any) -> set[int]:
    return set(shown.evaluate(f"[...document.querySelectorAll('{TABLE} tbody tr')].map((one) => one.cells.length)"))


def on_paper(shown: Any) -> str:
    return str(shown.locator(f"{TABLE} .on-paper").inner_text())
