"""Charts become pictures without a browser or a network, in Chinese too."""

from __future__ import annotations

import json
import struct

import altair as alt
import pandas as pd
import vl_convert

from tests.browser import opened


def _chart(title):
    books = pd.DataFrame({"rep": ["Ana Diaz", "王芳"], "revenue": [120_000.0, 90_000.0]})
    return alt.Chart(books, title=title, width=200, height=100).mark_bar().encode(x="revenue:Q", y="rep:N").to_dict()


def _png(title):
    return vl_convert.vegalite_to_png(_chart(title), scale=2, allowed_base_urls=[])


def test_a_chart_becomes_an_svg_with_its_text():
    svg = vl_convert.vegalite_to_svg(_chart("各销售的收入"), allowed_base_urls=[])
    assert svg.startswith("<svg")
    for text in ("各销售的收入", "王芳", "Ana Diaz", "120,000"):
        assert f">{text}<" in svg


def test_a_chart_becomes_a_png_of_twice_its_size():
    png = _png("Revenue by rep")
    assert png.startswith(b"\x89PNG")
    width, height = struct.unpack(">II", png[16:24])
    assert 400 < width < 800
    assert 200 < height < 500
    assert png != _png("")


def test_chinese_in_a_png_is_drawn_and_not_boxes(needs_chinese):
    assert _png("客户") != _png("销售")


def test_the_library_of_charts_runs_in_a_page_without_a_network(browser, tmp_path):
    """What a page inlines; so big that nobody wants it twice in one page."""
    bundle = vl_convert.javascript_bundle()
    assert "</script" not in bundle
    assert len(bundle) < 1_200_000
    path = tmp_path / "page.html"
    spec = vl_convert.vegalite_to_vega(_chart("客户"))
    path.write_text(
        f"<!doctype html><meta charset=utf-8><div id=chart></div><script>{bundle}</script>"
        f"<script>vegaEmbed('#chart', {json.dumps(spec)}, {{renderer: 'svg', actions: false}})</script>",
        encoding="utf-8",
    )
    with opened(browser, path) as page:
        page.locator("#chart svg").get_by_text("王芳").wait_for()
