"""Charts of books: what was is hollow wherever it is told, and names are large enough on a sheet of paper."""

import json
import re

import pytest
import vl_convert

from planner.language import language
from planner.report.blocks import Chart, Report
from planner.report.headings import headed
from planner.report.page.charts import chart_place
from planner.report.pictures import picture_of
from tests.planner.report.made_plans import block, has_block, report_of, run_of
from tests.tables import org_of

SHEET = (1024, 506)
"""Pixels that a chart has on a printed page: A4 on its side, without margins and what is said above and below."""
POINT = 0.75
"""Of a pixel."""


def company(tmp_path, n_reps: int, code: str = "en") -> Report:
    """Return the report of a company in which everybody gives a customer to somebody."""
    reps = [{"rep_id": f"r{k}", "name": f"Representative {k}"} for k in range(n_reps)]
    tiers = ("A", "B")
    rows = [
        {"customer_id": f"c{k}", "owner_id": f"r{k % (n_reps // 2)}", "revenue": 1.0 + k % 7, "tier": tiers[k % 2]}
        for k in range(n_reps * 3)
    ]
    policy = {
        "measures": {"revenue": {"value": "customer.revenue", "unit": "USD"}},
        "balance": [{"measure": "revenue", "tolerance": "20%"}],
    }
    return report_of(run_of(tmp_path, org_of(rows, reps), policy), code=code)


@pytest.mark.parametrize("n_reps", [6, 28, 29, 48, 60])
def test_names_in_charts_are_seven_points_high_on_a_sheet(tmp_path, n_reps):
    report = company(tmp_path, n_reps)
    charts = ("book_m0", "book_m1", "owners_tier", "flows_reps")
    for chart in (block(report, key) for key in charts if has_block(report, key)):
        svg = drawing(chart.still)
        width, height = (float(re.search(rf'{side}="([\d.]+)"', svg)[1]) for side in ("width", "height"))
        shrunk = min(1.0, SHEET[0] / width, SHEET[1] / height)
        assert 12 * POINT * shrunk >= 7, (chart.key, width, height)
        assert chart_place(chart).is_slim or n_reps > 10


def test_all_reps_are_in_the_two_panels_of_a_large_company(tmp_path):
    chart = block(company(tmp_path, 60), "book_m1")
    svg = drawing(chart.still)
    assert all(f">Representative {k}</text>" in svg for k in range(60))
    assert len(re.findall("role-legend-symbol", svg)) == len(re.findall("role-legend-symbol", drawing(chart.spec)))
    assert not chart_place(chart).is_slim


def test_what_was_is_hollow_in_the_legend_as_in_the_rows(tmp_path):
    svg = drawing(block(company(tmp_path, 6), "book_m1").still)
    legend = svg[svg.index("role-legend-symbol") :]
    symbols = re.findall(r"<path[^>]*stroke-width=\"2\"[^>]*>", legend)
    before, after = symbols[0], symbols[1]
    assert ' fill="' not in before
    assert ' stroke="#' in before
    assert ' fill="#' in after


@pytest.mark.parametrize(("code", "shown"), [("en", "Revenue ($)"), ("zh", "营收（US$）")])
def test_an_axis_says_its_unit_as_a_column_does(tmp_path, code, shown):
    report = company(tmp_path, 6, code)
    assert f">{shown}</text>" in drawing(block(report, "book_m1").still)
    table = next(column for column in block(report, "moves").columns if column.key == "worth")
    assert headed(table.title, table.unit, table.kind, language(code)) == shown


def test_letters_of_a_picture_are_those_of_the_page(tmp_path):
    config = picture_of(block(company(tmp_path, 6), "book_m1"))["config"]
    assert {config[part][size] for part in ("axis", "legend") for size in ("labelFontSize", "titleFontSize")} == {12}


def test_pictures_of_books_are_called_after_their_measures(tmp_path):
    called = {one.key: one.called for one in company(tmp_path, 6).blocks(Chart) if one.key.startswith("book_")}
    assert called == {"book_m0": "book_customers", "book_m1": "book_revenue"}


def test_nobody_has_a_part_of_a_customer(tmp_path):
    report = company(tmp_path, 2)
    assert figures_along_x(block(report, "book_m0").still) == [str(one) for one in range(7)]
    assert any("." in one for one in figures_along_x(block(report, "book_m1").still))


def figures_along_x(spec: dict) -> list[str]:
    """Return the figures along the axis across, of a chart that has room for many."""
    svg = drawing({**spec, "width": 2000})
    along = re.search(r'aria-label="X-axis.*?role-axis-label"(.*?)</g>', svg, re.DOTALL)[1]
    return re.findall(r">([^<>]+)</text>", along)


def drawing(spec: dict) -> str:
    """Return a chart as it is drawn in the letters of the page."""
    letters = {"labelFontSize": 12, "titleFontSize": 12}
    sized = {**spec, "width": 500} if spec.get("width") == "container" else spec
    return str(vl_convert.vegalite_to_svg(json.dumps({**sized, "config": {"axis": letters, "legend": letters}})))
