"""The page by itself: one file, everything as text, small enough for a mail."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from importlib.resources import files

import numpy as np
import pytest

from planner.language import language
from planner.report.blocks import Chart, Column, Sentences, Table
from planner.report.page import page
from planner.report.page.charts import Store, chart_data
from planner.report.page.words import IN_SCRIPT, IN_TEMPLATES
from tests.planner.report.hostile import HOSTILE
from tests.planner.report.made_up import bars, customers, differences, places, report_of, scores, whole

MEGABYTE = 1_000_000


class Outline(HTMLParser):
    """The elements of a page, and the texts outside scripts and styles."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self.scripts: list[str] = []
        self._within = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag in ("script", "style"):
            self._within = tag
            self.scripts.append("")

    def handle_endtag(self, tag: str) -> None:
        if tag == self._within:
            self._within = ""

    def handle_data(self, data: str) -> None:
        if self._within:
            self.scripts[-1] += data
        else:
            self.texts.append(data.strip())


def test_the_page_leads_nowhere_and_its_policy_lets_nothing_out():
    outline = Outline(page(whole()))
    for tag, attributes in outline.elements:
        assert tag not in ("link", "iframe", "object", "embed", "base", "form", "img")
        assert not attributes.keys() & {"src", "srcset", "action", "poster", "onload", "onclick", "onerror"}
        assert (attributes.get("href") or "#").startswith("#")
    policy = next(a["content"] for t, a in outline.elements if a.get("http-equiv") == "Content-Security-Policy")
    assert policy is not None
    assert policy.startswith("default-src 'none';")
    assert "http" not in policy
    scripts = policy.split("script-src ")[1].split(";")[0].split()
    assert scripts
    assert all(re.fullmatch(r"'sha256-[\w+/]+={0,2}'", one) for one in scripts)


@pytest.mark.parametrize("name", HOSTILE)
def test_a_name_that_means_harm_is_text_in_the_page_and_in_its_data(name: str):
    cells = {"id": np.array(["C1", "C2"], dtype=object), "name": np.array([name, name], dtype=object)}
    table = Table("who", name, (Column("id", "Customer", "id"), Column("name", name, choice=True)), cells)
    html = page(
        report_of(table, Sentences("said", (name, name), name), title=name, headline=name, made=((name, name),))
    )
    outline = Outline(html)
    plain = Outline(page(report_of(table, Sentences("said", ("a", "b"), "c"), made=(("d", "e"),))))
    assert [tag for tag, _ in outline.elements] == [tag for tag, _ in plain.elements]
    assert sum(text == name.strip() for text in outline.texts) >= 8
    data = next(json.loads(script) for script in outline.scripts if '"columns"' in script and script.startswith("{"))
    assert data["columns"][1]["names"] == [name]


def test_without_a_script_the_first_rows_the_totals_and_what_charts_show_are_there():
    table = customers(120)
    texts = Outline(page(report_of(table, bars(), scores(), differences()))).texts
    revenue = table.cells["revenue"]
    first = np.argsort(-revenue, kind="stable")[:50]
    assert [text for text in texts if re.fullmatch(r"C0\d{4}", text)][:50] == [f"C{at:05d}" for at in first]
    assert f"{np.nansum(revenue):,.0f}" in texts
    assert bars().summary in texts
    assert "1,200,000–1,800,000" in texts
    assert any(text.endswith("of 300 customers differ") for text in texts)


def test_a_page_declares_its_language_and_says_its_own_words_in_it():
    outline = Outline(page(whole("zh")))
    assert ("html", {"lang": "zh-Hans"}) in outline.elements
    assert "数据来源与版本" in outline.texts
    assert [word for word in (*IN_SCRIPT, *IN_TEMPLATES) if not language("zh").knows(word)] == []


@pytest.mark.parametrize(("folder", "words"), [("script", IN_SCRIPT), ("templates", IN_TEMPLATES)])
def test_templates_and_script_say_the_words_that_are_translated_and_no_others(folder: str, words: tuple[str, ...]):
    texts = "".join(one.read_text("utf-8") for one in (files("planner.report.page") / folder).iterdir())
    assert [word for word in words if f'"{word}"' not in texts] == []
    assert set(re.findall(r'(?<!\w)say\("([^"]+)"', texts)) <= set(words)


def test_the_data_of_charts_is_kept_once_however_many_draw_it():
    store = Store()
    one, other = chart_data(places(), store), chart_data(places(), store)
    assert len(store.held) == 1
    assert one["many"]
    assert one["rows"] == other["rows"] == {"customers": next(iter(store.held))}
    assert not chart_data(bars(), store)["many"]


def test_numbers_of_a_chart_come_back_as_they_were():
    store = Store()
    chart = places(50)
    name = chart_data(chart, store)["rows"]["customers"]
    packed = dict(store.held[name]["fields"])
    rows = chart.spec["datasets"]["customers"]
    np.testing.assert_allclose(packed["lon"]["numbers"], [row["lon"] for row in rows], atol=1e-5)
    assert [packed["before"]["names"][at] for at in packed["before"]["at"]] == [row["before"] for row in rows]


def test_fifty_thousand_customers_fit_into_a_mail():
    html = page(report_of(customers(50_000), places(50_000), differences(50_000)))
    assert len(html.encode()) <= 15 * MEGABYTE
    assert sum(tag == "tr" for tag, _ in Outline(html).elements) < 300


def test_rows_of_a_chart_given_as_text_are_read_here_since_a_browser_would_evaluate_code_for_it():
    store = Store()
    text = "who,x\n" + "".join(f'"Long, {at}",{at / 2}\n' for at in range(30)) + "nobody,\n"
    data = {"name": "spots", "format": {"type": "csv", "parse": {"x": "number"}}}
    spec = {"data": data, "mark": "point", "datasets": {"spots": text}}
    made = chart_data(Chart("spots", "Spots", spec, "Spots."), store)
    assert made["spec"]["data"] == {"name": "spots"}
    fields = dict(store.held[made["rows"]["spots"]]["fields"])
    assert fields["who"]["texts"][:2] == ["Long, 0", "Long, 1"]
    assert fields["x"]["numbers"][:2] + fields["x"]["numbers"][-1:] == [0, 0.5, None]
