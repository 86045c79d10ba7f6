"""The page as its readers see it: any name, any screen, on paper, without a script."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from planner.report.blocks import Block, Chart, Column, Facts, Report, Section, Sentences, Table
from tests.browser import Chromium, opened
from tests.planner.report.hostile import HOSTILE
from tests.planner.report.made_up import bars, places, report_of, whole
from tests.planner.report.on_screen import DRAWN, TABLE, column, contrast, position, until


def test_names_that_mean_harm_come_through_as_text(browser: Chromium, saved: Callable[..., Path]):
    with opened(browser, saved("hostile", lambda: _hostile())) as shown:
        shown.evaluate("() => { window.alert = () => { throw new Error('somebody called alert') } }")
        names = [name.strip() for name in HOSTILE]
        assert column(shown, 2, "#block-who") == names
        texts = shown.locator("#block-who .controls option").all_text_contents()
        assert all(any(text.startswith(name) for text in texts) for name in names)
        assert all(name in shown.inner_text("#block-said") for name in names if "\u2028" not in name)
        for name in names:
            shown.fill("#block-who input[type=search]", name)
            until(shown, f"document.querySelectorAll('#block-who tbody tr').length < {len(names)}")
            assert name in column(shown, 2, "#block-who")
            shown.fill("#block-who input[type=search]", "")
            until(shown, f"document.querySelectorAll('#block-who tbody tr').length === {len(names)}")
        shown.wait_for_selector(DRAWN)
        drawn = shown.locator("#block-named svg text").all_text_contents()
        drawn = [text.replace("\u2060", "") for text in drawn]
        assert "<script>alert(1)</script>" in drawn
        assert "__proto__" in drawn
        assert shown.locator("#block-who tbody img, #block-who tbody script").count() == 0
        assert (
            shown.locator(f"#block-who tbody tr:nth-child({names.index('مؤسسة النور') + 1}) td").evaluate(
                "one => getComputedStyle(one).direction"
            )
            == "rtl"
        )


def test_a_saved_table_has_all_rows_found_and_no_formula(browser: Chromium, saved: Callable[..., Path]):
    with opened(browser, saved("hostile", lambda: _hostile())) as shown:
        with shown.expect_download() as download:
            shown.locator("#block-who button", has_text="CSV").click()
        text = Path(download.value.path()).read_text("utf-8-sig")
        assert '"\'=HYPERLINK(""http://x.invalid"")"' in text
        assert '"O\'Brien ""Quoted"""' in text
        assert text.count("\n") == len(HOSTILE) + 1


def test_charts_are_drawn_when_they_come_near_and_switch_by_their_own_controls(browser: Chromium, everything: Path):
    with opened(browser, everything, height=500) as shown:
        assert shown.locator(DRAWN).count() < 2
        shown.locator("#block-map").scroll_into_view_if_needed()
        shown.wait_for_selector("#block-map[data-drawn] canvas")
        before = shown.locator("#block-map canvas").evaluate("one => one.toDataURL()")
        shown.locator("#block-map input[value=before]").check()
        until(shown, "before => document.querySelector('#block-map canvas').toDataURL() !== before", before)
        assert shown.locator("#block-map canvas").get_attribute("aria-label") == places().summary
        assert shown.locator("#block-bars svg").get_attribute("role") == "img"
        assert shown.locator("a[href*=http], .chart summary").count() == 0  # no way to an editor elsewhere


def test_charts_follow_the_colours_of_the_screen(browser: Chromium, everything: Path):
    with opened(browser, everything, color_scheme="dark") as shown:
        shown.wait_for_selector("#block-bars[data-drawn]")
        label = "#block-bars svg .role-axis-label text"
        dark = shown.locator(label).first.get_attribute("fill")
        assert contrast(dark, "#14171c") >= 4.5
        shown.emulate_media(color_scheme="light")
        until(shown, f"dark => document.querySelector('{label}')?.getAttribute('fill') !== dark", dark)
        assert contrast(shown.locator(label).first.get_attribute("fill"), "#ffffff") >= 4.5


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_text_stands_out_from_what_is_behind_it(browser: Chromium, everything: Path, scheme: Any):
    with opened(browser, everything, color_scheme=scheme) as shown:
        pairs = shown.evaluate(_COLOURS)
        assert len(pairs) >= 5
        assert [pair for pair in pairs if contrast(*pair) < 4.5] == []


def test_a_narrow_page_scrolls_its_tables_and_never_itself(browser: Chromium, everything: Path):
    with opened(browser, everything, width=360) as shown:
        shown.locator("#block-map").scroll_into_view_if_needed()
        shown.wait_for_selector("#block-map[data-drawn]")
        assert shown.evaluate("document.documentElement.scrollWidth") == 360
        box = shown.locator(f"{TABLE} .scroll")
        assert box.evaluate("one => one.scrollWidth > one.clientWidth")
        box.focus()
        shown.keyboard.press("ArrowRight")
        until(shown, f"document.querySelector('{TABLE} .scroll').scrollLeft > 0")


def test_print_has_all_charts_in_light_colours_and_no_controls(browser: Chromium, everything: Path, tmp_path: Path):
    with opened(browser, everything, color_scheme="dark", media="print", height=400) as shown:
        shown.evaluate("dispatchEvent(new Event('beforeprint'))")
        until(shown, f"document.querySelectorAll('{DRAWN}').length === 2")
        assert (
            contrast(shown.locator("#block-bars svg .role-axis-label text").first.get_attribute("fill"), "#ffffff")
            >= 4.5
        )
        for hidden in (".contents", ".controls", ".pages nav", ".files", ".skip"):
            assert not any(one.is_visible() for one in shown.locator(hidden).all())
        assert position(shown) == "1–1,000 of 1,200"
        assert shown.locator(f"{TABLE} .scroll").evaluate("one => getComputedStyle(one).overflow") == "visible"
        shown.pdf(path=tmp_path / "page.pdf", prefer_css_page_size=True)
    assert (tmp_path / "page.pdf").read_bytes().startswith(b"%PDF")


def test_a_print_has_all_rows_of_a_table_up_to_a_thousand(browser: Chromium, everything: Path):
    with opened(browser, everything) as shown:
        shown.evaluate("dispatchEvent(new Event('beforeprint'))")
        assert position(shown) == "1–1,000 of 1,200"
        assert shown.locator(f"{TABLE} tbody tr").count() == 1000
        shown.evaluate("dispatchEvent(new Event('afterprint'))")
        assert position(shown) == "1–50 of 1,200"


def test_a_print_draws_the_still_form_of_a_chart(browser: Chromium, saved: Callable[..., Path]):
    with opened(browser, saved("still", lambda: report_of(_with_still()))) as shown:
        shown.wait_for_selector(DRAWN)
        assert "Still" not in shown.locator("#block-bars svg text").all_text_contents()
        shown.evaluate("dispatchEvent(new Event('beforeprint'))")
        until(shown, "[...document.querySelectorAll('#block-bars svg text')].some(one => one.textContent === 'Still')")
        shown.evaluate("dispatchEvent(new Event('afterprint'))")
        until(shown, "[...document.querySelectorAll('#block-bars svg text')].every(one => one.textContent !== 'Still')")


def test_without_a_script_the_page_still_tells_everything(browser: Chromium, everything: Path):
    with opened(browser, everything, javascript=False) as shown:
        assert shown.locator("h1").inner_text() == whole().title
        assert whole().headline in shown.inner_text(".opening")
        assert "Without JavaScript" in shown.inner_text("noscript >> nth=1")
        assert shown.locator(f"{TABLE} tbody tr").count() == 50
        assert bars().summary in shown.inner_text("#block-bars")
        assert not shown.locator("#block-bars .drawing").is_visible()
        assert shown.locator("#block-scores td.best").count() == 5


def test_a_reader_of_keys_skips_to_the_content_and_sees_where_the_focus_is(browser: Chromium, everything: Path):
    with opened(browser, everything) as shown:
        shown.keyboard.press("Tab")
        assert shown.evaluate("document.activeElement.className") == "skip"
        assert shown.locator(".skip").bounding_box()["x"] >= 0
        shown.keyboard.press("Enter")
        assert shown.evaluate("document.activeElement.id") == "content"
        shown.keyboard.press("Tab")
        assert shown.evaluate("parseFloat(getComputedStyle(document.activeElement).outlineWidth)") >= 2


def test_everything_that_can_be_used_has_a_name(browser: Chromium, everything: Path):
    with opened(browser, everything) as shown:
        nameless = shown.evaluate(
            """() => [...document.querySelectorAll('button, select, input:not(.vega-bind input), [role=region], nav')]
            .filter(one => !(one.ariaLabel || one.textContent.trim() && one.tagName !== 'SELECT' || one.labels?.length
                             || one.hasAttribute('aria-labelledby'))).map(one => one.outerHTML)"""
        )
        assert nameless == []
        ids = shown.evaluate("[...document.querySelectorAll('[id]')].map(one => one.id)")
        assert len(ids) == len(set(ids))


def test_a_chinese_page_speaks_chinese(browser: Chromium, saved: Callable[..., Path]):
    with opened(browser, saved("chinese", lambda: whole("zh")), locale="zh-CN") as shown:
        assert position(shown) == "第 1–50 行，共 1,200 行"
        assert shown.get_attribute("html", "lang") == "zh-Hans"
        assert "百分点" in shown.inner_text("#block-scores")


def _hostile() -> Report:
    names = np.array(HOSTILE, dtype=object)
    ids = np.array([f"C{at}" for at in range(len(names))], dtype=object)
    table = Table(
        "who",
        HOSTILE[0],
        (Column("id", "Customer", "id"), Column("name", HOSTILE[1], choice=True)),
        {"id": ids, "name": names},
        searched=True,
    )
    rows = [{"name": name, "__proto__": 1, "worth": at + 1} for at, name in enumerate(HOSTILE * 2)]
    spec = {
        "data": {"values": rows},
        "mark": {"type": "bar", "tooltip": True},
        "encoding": {"y": {"field": "name", "type": "nominal"}, "x": {"field": "worth", "type": "quantitative"}},
    }
    blocks: tuple[Block, ...] = (
        table,
        Sentences("said", HOSTILE),
        Chart("named", HOSTILE[0], spec, HOSTILE[0]),
        Facts("none", ()),
    )
    return Report(
        "plan", HOSTILE[0], HOSTILE[1], (Section("all", HOSTILE[0], blocks),), "en", made=((HOSTILE[0], HOSTILE[1]),)
    )


def _with_still() -> Chart:
    chart = bars()
    still = {**chart.spec, "title": "Still"}
    return Chart(chart.key, chart.title, chart.spec, chart.summary, still=still)


_COLOURS = """() => {
  const seen = new Map();
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const one = walker.currentNode.parentElement;
    const isLeftOut = 'script, style, noscript, option, svg, [aria-disabled=true]';
    if (!walker.currentNode.data.trim() || !one.checkVisibility() || one.closest(isLeftOut)) continue;
    let behind = one;
    while (behind && getComputedStyle(behind).backgroundColor === 'rgba(0, 0, 0, 0)') behind = behind.parentElement;
    const ground = behind ? getComputedStyle(behind).backgroundColor : 'rgb(255, 255, 255)';
    const pair = [getComputedStyle(one).color, ground];
    seen.set(pair.join(), pair);
  }
  return [...seen.values()];
}"""
