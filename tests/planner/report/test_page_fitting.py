"""A page in the room it has: on a phone, on a wide screen, and on sheets of paper."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from planner.language import ENGLISH
from planner.report.blocks import Chart, Column, Report, Table
from planner.report.drawing import drawn
from planner.report.palette import OWNERS
from planner.report.plan.stacked import stacked_bars
from tests.browser import Chromium, opened
from tests.planner.report.made_up import bars, report_of
from tests.planner.report.on_screen import TABLE, column, heading, position, until

SCENARIOS = ("base", "status quo", "from scratch", "fewest moves")
STAGES = ("at risk", "growing", "lapsed", "mature", "new", "prospect")
STATES = ("before the plan", "after, inside of the band", "after, outside of the band", "after, without a target")


def test_small_multiples_stand_abreast_where_they_fit_and_below_each_other_on_a_phone(
    browser: Chromium, saved: Callable[..., Path]
):
    cells = "[...document.querySelectorAll('#block-panels .cell > g')]"
    lefts = f"new Set({cells}.map(one => Math.round(one.querySelector('.background').getBoundingClientRect().x))).size"
    with opened(browser, saved("fitting", _fitting), width=390) as shown:
        shown.locator("#block-panels").scroll_into_view_if_needed()
        shown.wait_for_selector("#block-panels[data-drawn]")
        assert shown.evaluate(f"{cells}.length") == len(SCENARIOS)
        for width, abreast in ((390, 1), (768, 2)):
            shown.set_viewport_size({"width": width, "height": 800})
            until(shown, f"{lefts} === {abreast}")
            assert _beyond(shown, "#block-panels") == 0


def test_a_legend_too_long_for_a_phone_stands_in_columns_and_no_name_in_it_is_cut(
    browser: Chromium, saved: Callable[..., Path]
):
    with opened(browser, saved("fitting", _fitting), width=390) as shown:
        shown.locator("#block-states").scroll_into_view_if_needed()
        shown.wait_for_selector("#block-states[data-drawn]")
        names = shown.locator("#block-states .role-legend-label text")
        assert names.all_text_contents() == list(STATES)
        edge = shown.locator("#block-states .drawing").evaluate("one => one.getBoundingClientRect().right")
        assert max(box["x"] + box["width"] for box in (one.bounding_box() for one in names.all())) <= edge
        assert _beyond(shown, "#block-states") == 0


def test_a_legend_that_begins_where_the_bars_do_has_no_more_room_than_they_have(
    browser: Chromium, saved: Callable[..., Path]
):
    with opened(browser, saved("stages", lambda: report_of(_stages())), width=390) as shown:
        shown.locator("#block-stages").scroll_into_view_if_needed()
        shown.wait_for_selector("#block-stages[data-drawn]")
        names = shown.locator("#block-stages .role-legend-label text")
        assert names.all_text_contents() == list(STAGES)
        edge = shown.locator("#block-stages .drawing").evaluate("one => one.getBoundingClientRect().right")
        assert max(box["x"] + box["width"] for box in (one.bounding_box() for one in names.all())) <= edge


def test_a_map_on_a_phone_is_no_higher_than_it_needs_and_its_choices_outlive_a_change_of_colours(
    browser: Chromium, saved: Callable[..., Path]
):
    with opened(browser, saved("fitting", _fitting), width=390) as shown:
        shown.locator("#block-land").scroll_into_view_if_needed()
        shown.wait_for_selector("#block-land[data-drawn]")
        box = shown.locator("#block-land svg").bounding_box()
        assert 0.4 < box["height"] / box["width"] < 0.7
        shown.locator("#block-land select").select_option(label="b")
        drawn = shown.get_attribute("#block-land", "data-drawn")
        shown.emulate_media(color_scheme="dark")
        until(shown, "drawn => document.querySelector('#block-land').dataset.drawn !== drawn", drawn)
        assert shown.locator("#block-land select option:checked").inner_text() == "b"


def test_filters_are_folded_on_a_phone_opened_by_keys_and_told_when_at_work(browser: Chromium, everything: Path):
    with opened(browser, everything, width=390) as shown:
        choice = shown.locator(f"{TABLE} .filters select").first
        assert not choice.is_visible()
        assert position(shown) == "1–25 of 1,200"
        title = shown.locator(f"{TABLE} .filters summary")
        title.focus()
        shown.keyboard.press("Enter")
        assert choice.is_visible()
        shown.keyboard.press("Tab")
        shown.keyboard.press("ArrowDown")
        assert title.inner_text() == "Filters: 1 at work"
        shown.locator(f"{TABLE} .pages button", has_text="Clear").click()
        assert title.inner_text() == "Filters"
        assert shown.evaluate("document.activeElement.type") == "search"
        title.click()
        assert not choice.is_visible()
        shown.evaluate("location.hash = '#customers?region=hills'")
        until(shown, f"document.querySelector('{TABLE} .filters summary').textContent === 'Filters: 1 at work'")
        shown.set_viewport_size({"width": 1280, "height": 800})
        choice.wait_for(state="visible")


def test_a_table_wider_than_the_screen_says_so_until_its_last_column_and_keeps_its_first(
    browser: Chromium, everything: Path
):
    with opened(browser, everything, width=390) as shown:
        block = shown.locator(TABLE)
        assert block.locator(".sideways").is_visible()
        assert "more-after" in block.locator(".frame").get_attribute("class")
        first = block.locator("tbody th").first
        before = first.bounding_box()["x"]
        block.locator(".scroll").evaluate("one => { one.scrollLeft = one.scrollWidth }")
        until(shown, f"!document.querySelector('{TABLE} .frame').classList.contains('more-after')")
        assert abs(first.bounding_box()["x"] - before) <= 1
        assert abs(heading(shown, "Customer").bounding_box()["x"] - before) <= 1
        shown.set_viewport_size({"width": 1600, "height": 800})
        shown.locator("#block-scores .sideways").wait_for(state="hidden")


def test_what_a_move_is_about_is_seen_without_scrolling_on_an_ordinary_screen(
    browser: Chromium, saved: Callable[..., Path]
):
    with opened(browser, saved("moves", lambda: report_of(_moves())), width=1280) as shown:
        edge = shown.locator("#block-moves .scroll").evaluate("one => one.getBoundingClientRect().right")
        for title in ("From", "To", "Why", "How sure", "Revenue ($)"):
            box = heading(shown, title, "#block-moves").bounding_box()
            assert box["x"] + box["width"] <= edge, title
        assert column(shown, 2, "#block-moves")[0].startswith("Customer")


def test_on_paper_two_charts_stand_abreast_and_a_short_table_has_no_line_of_pages(
    browser: Chromium, saved: Callable[..., Path]
):
    with opened(browser, saved("fitting", _fitting), media="print") as shown:
        shown.evaluate("dispatchEvent(new Event('beforeprint'))")
        until(shown, "document.querySelectorAll('.abreast [data-drawn]').length === 2")
        one, other = (chart.bounding_box() for chart in shown.locator(".abreast .chart").all())
        assert one["y"] == other["y"]
        assert one["x"] + one["width"] <= other["x"]
        assert not shown.locator("#block-moves .pages").is_visible()
        assert not shown.locator("#block-moves .sideways").is_visible()
        assert shown.locator("#block-moves tbody tr").count() == 60


def test_chinese_names_and_headings_are_not_broken_into_single_signs(browser: Chromium, saved: Callable[..., Path]):
    lines = """one => {
      const text = document.createRange();
      text.selectNodeContents(one);
      return new Set([...text.getClientRects()].map(line => Math.round(line.top))).size;
    }"""
    with opened(browser, saved("chinese moves", lambda: report_of(_chinese(), language="zh")), width=390) as shown:
        for place in ("thead th[data-column=sure] button > span:first-child", "tbody td:nth-child(5)"):
            assert shown.locator(f"#block-moves {place}").first.evaluate(lines) == 1


def test_a_chart_higher_than_a_sheet_is_scaled_to_it_and_still_as_broad_as_its_place(
    browser: Chromium, saved: Callable[..., Path]
):
    with opened(browser, saved("tall", lambda: report_of(_tall())), media="print") as shown:
        shown.evaluate("dispatchEvent(new Event('beforeprint'))")
        until(shown, "Boolean(document.querySelector('#block-tall[data-drawn]'))")
        box = shown.locator("#block-tall svg").bounding_box()
        assert box["height"] < 180 / 25.4 * 96
        assert box["width"] > 800


def _beyond(shown: Any, block: str) -> int:
    """Return by how many pixels a chart is wider than its place."""
    return int(shown.locator(f"{block} .drawing").evaluate("one => one.scrollWidth - one.clientWidth"))


def _fitting() -> Report:
    other = bars()
    return report_of(_panels(), _land(), _states(), Chart("other", other.title, other.spec, other.summary), _moves())


def _panels() -> Chart:
    rows = [{"scenario": name, "x": at, "y": at * 3 % 5} for name in SCENARIOS for at in range(8)]
    axes = {"x": {"field": "x", "type": "quantitative"}, "y": {"field": "y", "type": "quantitative"}}
    spec = {
        "data": {"values": rows},
        "facet": {"field": "scenario", "type": "nominal", "sort": list(SCENARIOS)},
        "columns": 3,
        "spec": {"layer": [{"mark": "bar", "encoding": axes}], "width": 250, "height": 60},
    }
    return Chart("panels", "Scenarios", spec, "Four scenarios.")


def _states() -> Chart:
    rows = [{"state": name, "rep": f"Rep {at}", "x": at + 1} for at, name in enumerate(STATES)]
    colours = {"domain": list(STATES), "range": ["#8A94A0", "#0072B2", "#D55E00", "#8A8A8A"]}
    encoding = {
        "x": {"field": "x", "type": "quantitative"},
        "y": {"field": "rep", "type": "nominal"},
        "color": {"field": "state", "type": "nominal", "scale": colours, "legend": {"title": None, "orient": "top"}},
    }
    spec = {"data": {"values": rows}, "mark": "bar", "encoding": encoding, "width": "container", "height": 120}
    return Chart("states", "States", spec, "Four states.")


def _stages() -> Chart:
    reps = [f"Daniel Jacobson {at}" for at in range(6)]
    counts = {stage: np.arange(6) % (2 + at) + 1 for at, stage in enumerate(STAGES)}
    chart = stacked_bars(reps, counts, OWNERS[:6], ("Rep", "Stage"), ENGLISH, legend="Stage")
    return drawn("stages", "Stage by rep", chart, "Six stages.")


def _tall() -> Chart:
    rows = [{"rep": f"Rep {at}", "x": at + 1} for at in range(60)]
    encoding = {"x": {"field": "x", "type": "quantitative"}, "y": {"field": "rep", "type": "nominal"}}
    spec = {"data": {"values": rows}, "mark": "bar", "encoding": encoding, "width": "container", "height": {"step": 20}}
    return Chart("tall", "Reps", spec, "Sixty reps.")


def _land() -> Chart:
    points = [{"lon": -120 + 3 * at, "lat": 30 + at % 9, "who": "ab"[at % 2]} for at in range(20)]
    spots = {"longitude": {"field": "lon"}, "latitude": {"field": "lat"}}
    choice = {"input": "select", "options": ["a", "b"], "name": "Rep "}
    spec = {
        "data": {"values": points},
        "params": [{"name": "who", "value": "a", "bind": choice}],
        "layer": [{"mark": "circle", "encoding": spots, "projection": {"type": "mercator"}}],
        "width": "container",
        "height": 400,
    }
    return Chart("land", "Land", spec, "Some land.")


def _chinese() -> Table:
    made = _moves()
    words = {"name": "凯旋兴业电子", "from": "田丽华", "to": "刘浩然", "sure": "估计", "why": "减轻 田丽华 的负担" * 4}
    cells = {**made.cells, **{key: np.array([text] * made.count, dtype=object) for key, text in words.items()}}
    titles = {"name": "客户", "sure": "可靠程度"}
    columns = tuple(replace(column, title=titles.get(column.key, column.title)) for column in made.columns)
    return replace(made, columns=columns, cells=cells)


def _moves() -> Table:
    count = 60
    words = {
        "id": "C{at:05d}",
        "name": "Customer {at} of the hills",
        "kind": "chosen",
        "from": "Gabriel Keller",
        "to": "Aaron Okafor",
        "why": "relieves Gabriel Keller (34% over the potential band), fills up Aaron Okafor (63% under it)",
        "sure": "estimate",
        "region": "mid-atlantic",
        "manager": "Gabriela Romero",
    }
    titles = ("Customer id", "Customer", "Kind", "From", "To", "Why", "How sure", "Region", "Manager to")
    cells: dict[str, Any] = {
        key: np.array([text.format(at=at) for at in range(count)], dtype=object) for key, text in words.items()
    }
    columns = [Column(key, title, "id" if key == "id" else "text") for key, title in zip(words, titles, strict=True)]
    columns.insert(7, Column("worth", "Revenue", "number", "USD", bar=True))
    cells["worth"] = 1e6 + np.arange(count, dtype=float)
    return Table("moves", "Who changes hands", tuple(columns), cells)
