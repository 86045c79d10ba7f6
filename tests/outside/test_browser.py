"""The browser that tests look at pages with notices what a reader's would choke on."""

from __future__ import annotations

import asyncio
import struct

import pytest

from tests.browser import opened, screenshot


@pytest.fixture
def page_of(tmp_path):
    """Write a page with this in its body."""

    def write(body, head=""):
        path = tmp_path / "books of 王芳 #1.html"
        path.write_text(f"<!doctype html><meta charset=utf-8><title>Books</title>{head}<body>{body}", encoding="utf-8")
        return path

    return write


def test_a_page_by_itself_passes(browser, page_of):
    pixel = "data:image/gif;base64,R0lGODlhAQABAAAAACwAAAAAAQABAAA="
    script = "fetch(URL.createObjectURL(new Blob(['40 h']))).then(r => r.text()).then(t => document.body.append(t))"
    with opened(
        browser, page_of(f"<img src='{pixel}'><a id=west>West</a><script>{script}</script>"), fragment="west"
    ) as page:
        page.get_by_text("40 h").wait_for()
        assert page.title() == "Books"
        assert page.url.endswith("#west")


@pytest.mark.parametrize(
    ("body", "complaint"),
    [
        ("<script>console.error('no data')</script>", r"logged \(error\): no data"),
        ("<script>console.warn('odd data')</script>", r"logged \(warning\): odd data"),
        ("<script>throw new Error('broken')</script>", "script that failed: .*broken"),
        ("<script>Promise.reject(new Error('late'))</script>", "script that failed: .*late"),
        ("<script src=https://example.com/x.js></script>", r"asked for https://example.com/x.js \(script\)"),
        ("<script src=beside.js></script>", r"asked for file:.*beside.js \(script\)"),
        ("<style>body {background: url(http://10.0.0.1/a.png)}</style>", "asked for http://10.0.0.1/a.png"),
        ("<iframe src=https://example.com/></iframe>", "asked for https://example.com/"),
        ("<script>new WebSocket('wss://example.com/')</script>", r"asked for wss://example.com/ \(websocket\)"),
    ],
)
def test_a_page_that_complains_or_asks_for_more_fails(browser, page_of, body, complaint):
    path = page_of(body)
    with pytest.raises(AssertionError, match=complaint), opened(browser, path):
        pass


def test_what_a_page_does_after_a_click_counts_too(browser, page_of):
    path = page_of("<button onclick=\"console.error('clicked')\">Sort</button>")
    with pytest.raises(AssertionError, match="clicked"), opened(browser, path) as page:
        page.get_by_role("button").click()


def test_nothing_outside_is_reached(browser, page_of):
    script = "fetch('https://example.com/x.js', {mode: 'no-cors'}).then(() => 'reached', () => 'refused')"
    path = page_of(f"<script>{script}.then(t => document.body.append(t))</script>")
    with pytest.raises(AssertionError, match="asked for"), opened(browser, path) as page:
        page.get_by_text("refused").wait_for()


def test_a_test_that_fails_is_told_what_the_page_complained_of(browser, page_of):
    path = page_of("<script>console.error('no data')</script>")
    with pytest.raises(ValueError, match="mine") as failure, opened(browser, path):
        raise ValueError("mine")
    assert failure.value.__notes__ == ["The page logged (error): no data"]


def test_a_page_is_seen_as_its_reader_has_it(browser, page_of):
    path = page_of("")
    options = {"color_scheme": "dark", "locale": "zh-CN", "media": "print", "reduced_motion": True}
    with opened(browser, path, width=390, height=700, **options) as page:
        for query in ("(prefers-color-scheme: dark)", "print", "(prefers-reduced-motion: reduce)", "(width: 390px)"):
            assert page.evaluate(f"matchMedia('{query}').matches"), query
        assert page.evaluate("navigator.language") == "zh-CN"
        assert page.evaluate("new Date(2027, 0, 31).toLocaleDateString()") == "2027/1/31"
    with opened(browser, path) as page:
        for query in ("(prefers-color-scheme: light)", "screen", "(prefers-reduced-motion: no-preference)"):
            assert page.evaluate(f"matchMedia('{query}').matches"), query


def test_a_page_may_be_read_without_scripts(browser, page_of):
    path = page_of("<p>Books</p><noscript>Tables only</noscript><script>document.body.textContent = 'Charts'</script>")
    with opened(browser, path, javascript=False) as page:
        assert page.locator("noscript").inner_text() == "Tables only"
    with opened(browser, path) as page:
        assert page.locator("body").inner_text() == "Charts"


def test_a_screenshot_shows_the_window_or_the_whole_page(browser, page_of, tmp_path):
    path = page_of("<div style='height: 2000px; background: teal'></div>", head="<style>body {margin: 0}</style>")
    with opened(browser, path, width=400, height=300, scale=2) as page:
        whole = screenshot(page, tmp_path / "whole.png")
        window = screenshot(page, tmp_path / "window.png", whole=False)
    assert _size(whole) == (800, 4000)
    assert _size(window) == (800, 600)


def test_chinese_characters_are_drawn_and_not_boxes(browser, page_of, tmp_path, needs_chinese):
    pictures = []
    for text in ("客户", "销售"):
        with opened(browser, page_of(f"<p lang=zh-CN>{text}"), locale="zh-CN", width=200, height=100) as page:
            pictures.append(screenshot(page, tmp_path / "text.png").read_bytes())
    assert pictures[0] != pictures[1]


def test_two_pages_are_open_at_once_and_others_may_run_a_loop_afterwards(browser, page_of):
    path = page_of("Books")
    with opened(browser, path) as first:
        with opened(browser, path) as second:
            assert second.title() == "Books"
        assert first.title() == "Books"
    asyncio.run(asyncio.sleep(0))
    with opened(browser, path) as third:
        assert third.title() == "Books"


def _size(png):
    return struct.unpack(">II", png.read_bytes()[16:24])
