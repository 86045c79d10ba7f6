"""The page in a real browser: sorted, searched, compared, printed, by mouse and by keys."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from planner.report.blocks import Block, Chart, Column, Facts, Report, Section, Sentences, Table
from planner.report.page import page
from tests.browser import Chromium, opened
from tests.planner.report.made_up import (
    HOSTILE,
    REPS,
    bars,
    customers,
    differences,
    places,
    report_of,
    scores,
    whole,
)

MINUS = "−"
TABLE = "#block-customers"
DRAWN = "[data-block=chart][data-drawn]"


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Path]:
    """Writes a report as a page, each once."""
    folder, made = tmp_path_factory.mktemp("pages"), {}

    def save(name: str, make: Callable[[], Report]) -> Path:
        if name not in made:
            made[name] = folder / f"{name}.html"
            made[name].write_text(page(make()), encoding="utf-8")
        return made[name]

    return save


@pytest.fixture(scope="module")
def everything(saved: Callable[..., Path]) -> Path:
    return saved("everything", whole)


def column(shown: Any, at: int, block: str = TABLE) -> list[str]:
    return shown.locator(f"{block} tbody tr > :nth-child({at})").all_inner_texts()


def position(shown: Any, block: str = TABLE) -> str:
    return str(shown.inner_text(f"{block} .position"))


def heading(shown: Any, title: str, block: str = TABLE) -> Any:
    return shown.locator(f"{block} thead th", has=shown.locator(f"button[title='Sort by {title}']"))


def expected(count: int = 1200) -> Table:
    return customers(count)


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
        assert column(shown, 2)[:3] == [f"Customer number {at} of {region}" for at, region in ((0, "west"), (1, "north"), (2, "coast"))]
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
        shown.wait_for_function(f"document.querySelector('{TABLE} .position').textContent.includes(' {found.sum()} found')")
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
        assert all("Ada Long" in (giver, taker) for giver, taker in zip(column(shown, 4), column(shown, 5), strict=True))


def test_figures_look_the_same_before_and_after_the_script_has_run(browser: Chromium, saved: Callable[..., Path]):
    path = saved("odd", lambda: report_of(_odd()))
    seen = []
    for javascript in (False, True):
        with opened(browser, path, javascript=javascript) as shown:
            rows = shown.locator("#block-odd tbody tr")
            seen.append([rows.nth(at).locator("th, td").all_inner_texts() for at in range(rows.count())])
    assert seen[0] == seen[1]
    assert seen[1][0][1:] == ["1,234,567", "12.3%", "+3.5", "∞", "Yes"]
    assert seen[1][1][1:] == [f"{MINUS}5", "<0.1%", f"{MINUS}1,234.5", "1.25", "No"]
    assert seen[1][2][1:] == ["–", "–", "–", "–", ""]


def test_a_negative_bar_reaches_to_the_left_of_nothing(browser: Chromium, saved: Callable[..., Path]):
    with opened(browser, saved("odd", lambda: report_of(_odd()))) as shown:
        boxes = [shown.locator("#block-odd .track i").nth(at).bounding_box() for at in range(2)]
        assert boxes[1]["x"] + boxes[1]["width"] == pytest.approx(boxes[0]["x"], abs=1)
        assert boxes[0]["width"] > 0 < boxes[1]["width"]


def test_another_baseline_changes_every_delta(browser: Chromium, everything: Path):
    with opened(browser, everything) as shown:
        delta = lambda row, at: shown.inner_text(f"#block-scores tr[data-row='{row}'] td:nth-of-type({at}) .delta").strip()  # noqa: E731
        assert delta(2, 1) == ""
        assert delta(2, 2).startswith("▲+120")
        assert delta(3, 2).startswith("▲+12.2 pp≈")
        assert "worse" in delta(3, 3)
        assert "worse" not in delta(3, 2)
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
            shown.wait_for_function("document.querySelectorAll('#block-who tbody tr').length < 14")
            assert name in column(shown, 2, "#block-who")
            shown.fill("#block-who input[type=search]", "")
            shown.wait_for_function("document.querySelectorAll('#block-who tbody tr').length === 14")
        shown.wait_for_selector(DRAWN)
        drawn = shown.locator("#block-named svg text").all_text_contents()
        assert "<script>alert(1)</script>" in drawn
        assert "__proto__" in drawn
        assert shown.locator("#block-who tbody img, #block-who tbody script").count() == 0
        assert shown.locator("#block-who tbody tr:nth-child(6) td").evaluate("one => getComputedStyle(one).direction") == "rtl"


def test_a_saved_table_has_all_rows_found_and_no_formula(browser: Chromium, saved: Callable[..., Path]):
    with opened(browser, saved("hostile", lambda: _hostile())) as shown:
        with shown.expect_download() as download:
            shown.locator("#block-who button", has_text="CSV").click()
        text = Path(download.value.path()).read_text("utf-8-sig")
        assert "\"'=HYPERLINK(\"\"http://x.invalid\"\")\"" in text
        assert '"O\'Brien ""Quoted"""' in text
        assert text.count("\n") == len(HOSTILE) + 1


def test_charts_are_drawn_when_they_come_near_and_switch_by_their_own_controls(browser: Chromium, everything: Path):
    with opened(browser, everything, height=500) as shown:
        assert shown.locator(DRAWN).count() < 2
        shown.locator("#block-map").scroll_into_view_if_needed()
        shown.wait_for_selector("#block-map[data-drawn] canvas")
        before = shown.locator("#block-map canvas").evaluate("one => one.toDataURL()")
        shown.locator("#block-map input[value=before]").check()
        shown.wait_for_function("before => document.querySelector('#block-map canvas').toDataURL() !== before", arg=before)
        assert shown.locator("#block-map canvas").get_attribute("aria-label") == places().summary
        assert shown.locator("#block-bars svg").get_attribute("role") == "img"
        assert shown.locator("a[href*=http], summary").count() == 1  # what columns mean; no way to an editor elsewhere


def test_charts_follow_the_colours_of_the_screen(browser: Chromium, everything: Path):
    with opened(browser, everything, color_scheme="dark") as shown:
        shown.wait_for_selector("#block-bars[data-drawn]")
        label = "#block-bars svg .role-axis-label text"
        dark = shown.locator(label).first.get_attribute("fill")
        assert _contrast(dark, "#14171c") >= 4.5
        shown.emulate_media(color_scheme="light")
        shown.wait_for_function("dark => document.querySelector('%s')?.getAttribute('fill') !== dark" % label, arg=dark)
        assert _contrast(shown.locator(label).first.get_attribute("fill"), "#ffffff") >= 4.5


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_text_stands_out_from_what_is_behind_it(browser: Chromium, everything: Path, scheme: Any):
    with opened(browser, everything, color_scheme=scheme) as shown:
        pairs = shown.evaluate(_COLOURS)
        assert len(pairs) >= 5
        assert [pair for pair in pairs if _contrast(*pair) < 4.5] == []


def test_a_narrow_page_scrolls_its_tables_and_never_itself(browser: Chromium, everything: Path):
    with opened(browser, everything, width=360) as shown:
        shown.locator("#block-map").scroll_into_view_if_needed()
        shown.wait_for_selector("#block-map[data-drawn]")
        assert shown.evaluate("document.documentElement.scrollWidth") == 360
        box = shown.locator(f"{TABLE} .scroll")
        assert box.evaluate("one => one.scrollWidth > one.clientWidth")
        box.focus()
        shown.keyboard.press("ArrowRight")
        shown.wait_for_function(f"document.querySelector('{TABLE} .scroll').scrollLeft > 0")


def test_print_has_all_charts_in_light_colours_and_no_controls(browser: Chromium, everything: Path, tmp_path: Path):
    with opened(browser, everything, color_scheme="dark", media="print", height=400) as shown:
        shown.evaluate("dispatchEvent(new Event('beforeprint'))")
        shown.wait_for_function(f"document.querySelectorAll('{DRAWN}').length === 2")
        assert _contrast(shown.locator("#block-bars svg .role-axis-label text").first.get_attribute("fill"), "#ffffff") >= 4.5
        for hidden in (".contents", ".controls", ".pages nav", ".files", ".skip"):
            assert not any(one.is_visible() for one in shown.locator(hidden).all())
        assert position(shown) == "1–50 of 1,200"
        assert shown.locator(f"{TABLE} .scroll").evaluate("one => getComputedStyle(one).overflow") == "visible"
        shown.pdf(path=tmp_path / "page.pdf", prefer_css_page_size=True)
    assert (tmp_path / "page.pdf").read_bytes().startswith(b"%PDF")


def test_a_print_draws_the_still_form_of_a_chart(browser: Chromium, saved: Callable[..., Path]):
    with opened(browser, saved("still", lambda: report_of(_with_still()))) as shown:
        shown.wait_for_selector(DRAWN)
        assert "Still" not in shown.locator("#block-bars svg text").all_text_contents()
        shown.evaluate("dispatchEvent(new Event('beforeprint'))")
        shown.wait_for_function("[...document.querySelectorAll('#block-bars svg text')].some(one => one.textContent === 'Still')")
        shown.evaluate("dispatchEvent(new Event('afterprint'))")
        shown.wait_for_function("[...document.querySelectorAll('#block-bars svg text')].every(one => one.textContent !== 'Still')")


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


def test_fifty_thousand_customers_are_paged_searched_and_mapped(browser: Chromium, saved: Callable[..., Path]):
    path = saved("large", lambda: report_of(customers(50_000), places(50_000)))
    assert path.stat().st_size <= 15_000_000
    with opened(browser, path) as shown:
        assert position(shown) == "1–50 of 50,000"
        assert shown.locator(f"{TABLE} tbody tr").count() == 50
        shown.fill(f"{TABLE} input[type=search]", "number 49999")
        shown.wait_for_function(f"document.querySelectorAll('{TABLE} tbody tr').length === 1")
        assert column(shown, 1) == ["C49999"]


def test_a_chinese_page_speaks_chinese(browser: Chromium, saved: Callable[..., Path]):
    with opened(browser, saved("chinese", lambda: whole("zh")), locale="zh-CN") as shown:
        assert position(shown) == "第 1–50 行，共 1,200 行"
        assert shown.get_attribute("html", "lang") == "zh-Hans"
        assert "百分点" in shown.inner_text("#block-scores")


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
            Column("ratio", "Ratio", "ratio"),
            Column("flag", "Flag", "flag"),
        ),
        {
            "who": np.array(["a", "b", None], dtype=object),
            "count": np.array([1234567, -5, nan]),
            "share": np.array([0.12345, 0.0000004, nan]),
            "change": np.array([3.5, -1234.5, nan]),
            "ratio": np.array([inf, 1.25, nan]),
            "flag": np.array([True, False, None], dtype=object),
        },
    )


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
    return Report("plan", HOSTILE[0], HOSTILE[1], (Section("all", HOSTILE[0], blocks),), "en", made=((HOSTILE[0], HOSTILE[1]),))


def _with_still() -> Chart:
    chart = bars()
    still = {**chart.spec, "title": "Still"}
    return Chart(chart.key, chart.title, chart.spec, chart.summary, still=still)


_COLOURS = """() => {
  const seen = new Map();
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const one = walker.currentNode.parentElement;
    if (!walker.currentNode.data.trim() || !one.checkVisibility() || one.closest('script, style, noscript, option, svg, [aria-disabled=true]')) continue;
    let behind = one;
    while (behind && getComputedStyle(behind).backgroundColor === 'rgba(0, 0, 0, 0)') behind = behind.parentElement;
    const pair = [getComputedStyle(one).color, behind ? getComputedStyle(behind).backgroundColor : 'rgb(255, 255, 255)'];
    seen.set(pair.join(), pair);
  }
  return [...seen.values()];
}"""


def _contrast(one: str, other: str) -> float:
    """Return the contrast of two colours as the accessibility guidelines reckon it."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    if colour.startswith("#"):
        parts = [int(colour[at : at + 2], 16) for at in (1, 3, 5)]
    else:
        parts = [int(float(one)) for one in colour[colour.index("(") + 1 : -1].split(",")[:3]]
    linear = [one / 255 / 12.92 if one <= 10 else ((one / 255 + 0.055) / 1.055) ** 2.4 for one in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
