"""Tables, scorecards and differences in a real browser, by mouse and by keys."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from planner.report.blocks import Column, Table
from tests.browser import Chromium, opened
from tests.planner.report.made_up import REPS, customers, differences, places, report_of
from tests.planner.report.on_screen import TABLE, column, heading, position, until

MINUS = "−"


def test_a_table_is_sorted_either_way_by_mouse_and_keys_and_blanks_come_last(browser: Chromium, everything: Path):
    with opened(browser, everything) as shown:
        revenue = heading(shown, "Revenue ($)")
        assert revenue.get_attribute("aria-sort") == "descending"
        assert column(shown, 1) == [f"C{at:05d}" for at in _by_revenue()[:50]]
        revenue.locator("button").click()
        assert revenue.get_attribute("aria-sort") == "ascending"
        assert column(shown, 1) == [f"C{at:05d}" for at in _by_revenue(down=False)[:50]]
        shown.locator(f"{TABLE} button[title='Last page']").click()
        assert set(column(shown, 6)) == {"–"}
        name = heading(shown, "Name").locator("button")
        name.focus()
        shown.keyboard.press("Enter")
        assert heading(shown, "Name").get_attribute("aria-sort") == "ascending"
        assert revenue.get_attribute("aria-sort") == "none"
        assert column(shown, 2)[:3] == [
            f"Customer number {at} of {region}" for at, region in ((0, "west"), (1, "north"), (2, "coast"))
        ]
        assert shown.evaluate("document.activeElement.title") == "Sort by Name"


def test_equals_keep_their_order_when_sorted_by_another_column(browser: Chromium, everything: Path):
    with opened(browser, everything) as shown:
        heading(shown, "Locked").locator("button").click()
        kept = expected().cells["kept"]
        assert column(shown, 1) == [f"C{at:05d}" for at in _by_revenue() if not kept[at]][:50]


def test_search_and_filters_combine_and_say_how_many_are_found(browser: Chromium, everything: Path):
    table = expected()
    with opened(browser, everything) as shown:
        assert position(shown) == "1–50 of 1,200"
        shown.select_option(f"{TABLE} .controls select >> nth=0", label=_option(shown, "coast"))
        coast = table.cells["region"] == "coast"
        assert position(shown) == f"1–50 of {coast.sum()} found, 1,200 in all"
        assert set(column(shown, 3)) == {"coast"}
        shown.select_option(f"{TABLE} .controls select >> nth=1", label=_option(shown, "Dai Wei"))
        both = coast & (table.cells["giver"] == "Dai Wei")
        shown.fill(f"{TABLE} input[type=search]", "NUMBER １２ nearer")
        found = both & np.array(["12" in one for one in table.cells["name"]])
        found |= both & np.array(["12" in why for why in table.cells["why"]])
        until(shown, f"document.querySelector('{TABLE} .position').textContent.includes(' {found.sum()} found')")
        assert sorted(column(shown, 1)) == sorted(table.cells["id"][found])
        total = f"{np.nansum(table.cells['revenue'][found]):,.0f}"
        assert shown.inner_text(f"{TABLE} tfoot td:nth-child(6)") == total
        assert shown.inner_text(f"{TABLE} tfoot th") == "Total of those found"
        assert "search=NUMBER" in shown.evaluate("location.hash")
        shown.fill(f"{TABLE} input[type=search]", "nobody is called this")
        shown.locator(f"{TABLE} tbody button", has_text="Clear").click()
        assert position(shown) == "1–50 of 1,200"


def test_a_choice_tells_how_many_rows_it_would_find_beside_the_other_conditions(browser: Chromium, everything: Path):
    table = expected()
    with opened(browser, everything) as shown:
        shown.select_option(f"{TABLE} .controls select >> nth=0", label=_option(shown, "west"))
        west = table.cells["region"] == "west"
        for rep in REPS:
            many = int((west & (table.cells["giver"] == rep)).sum())
            assert _option(shown, rep) == f"{rep} ({many})"


def test_pages_are_turned_by_keys_and_announced(browser: Chromium, everything: Path):
    with opened(browser, everything) as shown:
        order = _by_revenue()
        following = shown.locator(f"{TABLE} button[title='Next page']")
        following.focus()
        shown.keyboard.press("Enter")
        assert position(shown) == "51–100 of 1,200"
        assert column(shown, 1) == [f"C{at:05d}" for at in order[50:100]]
        shown.keyboard.press("Tab")
        shown.keyboard.press("Space")
        assert position(shown) == "1,151–1,200 of 1,200"
        assert shown.locator(f"{TABLE} button[title='Last page']").get_attribute("aria-disabled") == "true"
        shown.keyboard.press("Enter")
        assert position(shown) == "1,151–1,200 of 1,200"
        assert shown.locator(f"{TABLE} .position").get_attribute("role") == "status"
        shown.select_option(f"{TABLE} .pages select", "250")
        assert position(shown) == "1,001–1,200 of 1,200"


def test_an_address_opens_a_table_as_it_was_searched(browser: Chromium, everything: Path):
    with opened(browser, everything, fragment="customers?region=hills&search=Ada") as shown:
        assert set(column(shown, 3)) == {"hills"}
        assert all(
            "Ada Long" in (giver, taker) for giver, taker in zip(column(shown, 4), column(shown, 5), strict=True)
        )


def test_figures_look_the_same_before_and_after_the_script_has_run(browser: Chromium, saved: Callable[..., Path]):
    path = saved("odd", lambda: report_of(_odd()))
    seen = []
    for javascript in (False, True):
        with opened(browser, path, javascript=javascript) as shown:
            rows = shown.locator("#block-odd tbody tr")
            seen.append([rows.nth(at).locator("th, td").all_inner_texts() for at in range(rows.count())])
    assert seen[0] == seen[1]
    assert seen[1][0][1:] == ["1,234,567", "12.3%", "+3", "+15.5%", "∞", "Yes"]
    assert seen[1][1][1:] == [f"{MINUS}5", "<0.1%", f"{MINUS}1,234", "0%", "1.25", "No"]
    assert seen[1][2][1:] == ["–", "–", "–", "–", "–", ""]


def test_a_negative_bar_reaches_to_the_left_of_nothing(browser: Chromium, saved: Callable[..., Path]):
    with opened(browser, saved("odd", lambda: report_of(_odd()))) as shown:
        boxes = [shown.locator("#block-odd .track i").nth(at).bounding_box() for at in range(2)]
        assert boxes[1]["x"] + boxes[1]["width"] == pytest.approx(boxes[0]["x"], abs=1)
        assert boxes[0]["width"] > 0 < boxes[1]["width"]


def test_fifty_thousand_customers_are_paged_searched_and_mapped(browser: Chromium, saved: Callable[..., Path]):
    path = saved("large", lambda: report_of(customers(50_000), places(50_000)))
    assert path.stat().st_size <= 15_000_000
    with opened(browser, path) as shown:
        assert position(shown) == "1–50 of 50,000"
        assert shown.locator(f"{TABLE} tbody tr").count() == 50
        shown.fill(f"{TABLE} input[type=search]", "number 49999")
        until(shown, f"document.querySelectorAll('{TABLE} tbody tr').length === 1")
        assert column(shown, 1) == ["C49999"]


def test_another_baseline_changes_every_delta(browser: Chromium, everything: Path):
    with opened(browser, everything) as shown:

        def delta(row: int, at: int) -> str:
            return str(shown.inner_text(f"#block-scores tr[data-row='{row}'] td:nth-of-type({at}) .delta")).strip()

        assert delta(2, 1) == ""
        assert delta(2, 2).startswith("▲+120")
        assert delta(3, 2).startswith("▲+12.2 pp≈")
        assert delta(4, 2).startswith("▲+1,200,000 – +1,300,000")  # both ends of a range
        assert "worse" in delta(3, 3)
        assert "worse" not in delta(3, 2)
        assert shown.inner_text("#block-scores tr[data-row='6'] td:nth-of-type(2) .value") == "proven"
        assert delta(6, 2) == ""
        assert delta(6, 3).startswith("≠")
        assert "better" not in delta(6, 3)
        shown.locator("#block-scores thead button", has_text="Fair books").click()
        assert shown.input_value("#block-scores select") == "1"
        assert delta(2, 1).startswith(f"▼{MINUS}120")
        assert "better" in delta(2, 1)
        assert delta(2, 2) == ""
        assert delta(0, 1).startswith("▲+28.2")
        assert delta(1, 3) == ""
        shown.select_option("#block-scores select", label="From scratch")
        assert delta(3, 1).startswith(f"▼{MINUS}35.1 pp")
        assert shown.get_attribute("#block-scores thead th:nth-of-type(3) button", "aria-pressed") == "true"


def test_the_best_is_marked_by_more_than_colour_and_the_not_allowed_are_labelled(browser: Chromium, everything: Path):
    with opened(browser, everything) as shown:
        best = shown.locator("#block-scores td.best")
        assert best.count() == 5
        assert all("★" in text for text in best.all_inner_texts())
        assert int(best.first.locator(".value").evaluate("one => getComputedStyle(one).fontWeight")) >= 700
        assert "not allowed" in shown.inner_text("#block-scores thead th:nth-of-type(3)")


def test_any_two_scenarios_are_held_against_each_other(browser: Chromium, everything: Path):
    block, made = "#block-difference", differences()
    with opened(browser, everything) as shown:
        for one, other in ((0, 1), (2, 1), (2, 0)):
            shown.select_option(f"{block} .pair select >> nth=0", str(one))
            shown.select_option(f"{block} .pair select >> nth=1", str(other))
            owners = made.owners[:, [one, other]]
            rows = np.flatnonzero(owners[:, 0] != owners[:, 1])
            assert shown.inner_text(f"{block} .outcome") == f"{len(rows)} of 300 customers differ"
            assert column(shown, 1, block) == [f"C{at:05d}" for at in rows[:50]]
            names = [*REPS, "not in this scenario", "nobody"]
            assert column(shown, 4, block) == [names[at] for at in owners[rows[:50], 0]]
            assert column(shown, 5, block) == [names[at] for at in owners[rows[:50], 1]]
            assert shown.inner_text(f"{block} tfoot td:nth-child(3)") == f"{made.table.cells['worth'][rows].sum():,.0f}"
            assert shown.inner_text(f"{block} thead th:nth-child(5)").startswith(f"Owner in {made.scenarios[other]}")
        shown.locator(f"{block} button[title=Swap]").click()
        assert column(shown, 5, block) == [names[at] for at in owners[rows[:50], 0]]


def expected(count: int = 1200) -> Table:
    return customers(count)


def _by_revenue(*, down: bool = True) -> list[int]:
    """Return customers by revenue; blanks last, equals as they came when the table was made."""
    revenue = expected().cells["revenue"]
    first = np.argsort(-revenue, kind="stable")
    if down:
        return [int(at) for at in first]
    return [int(at) for at in first[np.argsort(revenue[first], kind="stable")]]


def _option(shown: Any, name: str) -> str:
    """Return how an option is written now: the name and how many rows it finds."""
    texts = shown.locator(f"{TABLE} .controls select").first.locator("option").all_text_contents()
    texts += shown.locator(f"{TABLE} .controls select").nth(1).locator("option").all_text_contents()
    return str(next(text for text in texts if text.startswith(f"{name} (")))


def _odd() -> Table:
    nan, inf = float("nan"), float("inf")
    return Table(
        "odd",
        "Odd figures",
        (
            Column("who", "Who"),
            Column("count", "Count", "count"),
            Column("share", "Share", "share"),
            Column("change", "Change", "change", bar=True),
            Column("off", "Off target", "deviation"),
            Column("ratio", "Ratio", "ratio"),
            Column("flag", "Flag", "flag"),
        ),
        {
            "who": np.array(["a", "b", None], dtype=object),
            "count": np.array([1234567, -5, nan]),
            "share": np.array([0.12345, 0.0000004, nan]),
            "change": np.array([3.0, -1234.5, nan]),
            "off": np.array([0.155, -0.0004, nan]),
            "ratio": np.array([inf, 1.25, nan]),
            "flag": np.array([True, False, None], dtype=object),
        },
    )
