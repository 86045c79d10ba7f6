"""The report of a frontier: its points, its knee, the band between what was found and what is out of reach."""

import json
import math
import re
import shutil
import zipfile
from pathlib import Path

import openpyxl
import pytest
import vl_convert

from models.findings import InputRefused
from planner.exits import DONE
from planner.frontier_record import FrontierRecord
from planner.language import ENGLISH, language
from planner.report.blocks import Chart, Sentences, Table
from planner.report.comparison.report import report_of_frontier
from planner.report.frontier.chart import band_steps
from planner.report.frontier.placed import latest_plan
from planner.report.frontier.report import frontier_report
from planner.report.frontier.words import FrontierWords
from planner.report.readership.audience import Audience
from planner.report.workbook import write_workbook
from tests.planner.report.comparing import plain, texts_in
from tests.planner.together.worked_project import planned, worked_project

EVERYBODY = Audience()


@pytest.fixture(scope="module")
def traced(tmp_path_factory):
    folder = worked_project(tmp_path_factory.mktemp("frontier") / "q1")
    code, _, _ = planned("plan", folder)
    assert code == DONE
    code, document, _ = planned("frontier", folder, "--report", "--images", "--out", folder / "front")
    assert code == DONE
    told = {Path(file) for file in document["files"]}
    pages = (folder / "front" / f"frontier.{suffix}" for suffix in ("html", "xlsx"))
    assert told == {*pages, *(folder / "front" / "images").iterdir()}
    return folder


@pytest.fixture(scope="module")
def document(traced):
    return json.loads((traced / "front" / "frontier.json").read_text(encoding="utf-8"))


def rough(document, **changes):
    """Return a frontier of which little is proven: of whole customers, its bounds far below."""
    points = [
        {**document["points"][0], "x": float(x), "y": y, "bound": bound, "gap": 0.1, "x_share": x / 4, "knee": x == 4}
        for x, y, bound in ((0, 100.0, 100.0), (4, 40.0, 30.0), (9, 10.0, 10.0))
    ]
    band = {"least_x": 0.0, "lower_to": [0.0, 3.0, 6.0, None], "lower": [100.0, 50.0, 30.0, None],
            "upper_from": [0.0, 4.0, 9.0], "upper": [100.0, 40.0, 10.0]}  # fmt: skip
    knee = {"x": 4.0, "y": 40.0, "before": 15.0, "after": 6.0, "reason": "…"}
    whole = {**document, "points": points, "band": band, "knee": knee, "complete": False, "stopped_by": "points"}
    return FrontierRecord.model_validate({**whole, **changes})


def test_the_workbook_draws_what_was_found_and_what_is_best_possible_as_steps(document, tmp_path):
    record = rough(document)
    path = tmp_path / "frontier.xlsx"
    write_workbook(frontier_report(record, ENGLISH), path)
    with zipfile.ZipFile(path) as parts:
        drawn = parts.read("xl/charts/chart1.xml").decode()
    assert drawn.count("<c:scatterChart>") == 1
    ranges = re.findall(r"<c:[xy]Val><c:numRef><c:f>Charts!([^<]*)<", drawn)
    assert ranges == ["$R$3:$R$11", "$S$3:$S$11", "$T$3:$T$10", "$U$3:$U$10", "$V$3:$V$4", "$W$3:$W$4", "$X$3", "$Y$3"]
    rows = list(openpyxl.load_workbook(path)["Charts"].iter_rows(min_row=2, min_col=18, max_col=25, values_only=True))
    assert rows[0][1::2] == ("found", "at best", "found", "knee")
    at_best = [row[2:4] for row in rows[1:] if row[2] is not None]
    # of whole customers, what is proven up to 3 holds below 4; to the right of 7 nothing is proven
    assert at_best == [(0, 100), (1, 100), (1, 50), (4, 50), (4, 30), (7, 30), (7, None), (9, None)]
    found = [row[:2] for row in rows[1:] if row[0] is not None]
    assert found == [(0, 100), (1, 100), (1, 100), (4, 100), (4, 40), (7, 40), (7, 40), (9, 40), (9, 10)]
    assert [row[4:6] for row in rows[1:] if row[4] is not None] == [(0, 100), (9, 10)]
    assert rows[1][6:] == (4, 40)


def test_no_part_of_a_customer_is_moved_in_the_chart(document):
    record = rough(document)
    close = [{**one.model_dump(), "x": float(at)} for at, one in enumerate(record.points)]
    band = {**record.band.model_dump(), "lower_to": [0.0, 0.0, 1.0, None], "upper_from": [0.0, 1.0, 2.0]}
    chart = FrontierWords(rough(document, points=close, band=band), ENGLISH).chart()
    svg = vl_convert.vegalite_to_svg(json.dumps(chart.still))
    along = re.search(r'aria-label="X-axis.*?role-axis-label"(.*?)</g>', svg, re.DOTALL)[1]
    assert re.findall(r">([^<>]+)</text>", along) == ["0", "1", "2"]


def test_the_table_and_the_chart_have_the_points_of_the_record(traced, document):
    report = report_of_frontier(traced / "front", EVERYBODY, ENGLISH)
    table = next(one for one in report.blocks(Table) if one.key == "points")
    for name in ("x", "y", "bound"):
        assert table.cells[name].tolist() == [point[name] for point in document["points"]]
    assert table.cells["knee"].tolist() == [point["knee"] for point in document["points"]]
    (chart,) = report.blocks(Chart)
    drawn = [row for layer in chart.spec["layer"] for row in values(chart.spec, layer) if "bound" in row]
    assert {(row["x"], row["y"]) for row in drawn} == {(point["x"], point["y"]) for point in document["points"]}


def values(spec, layer):
    data = layer["data"]
    return spec["datasets"][data["name"]] if "name" in data else data["values"]


def test_the_latest_plan_from_the_same_files_is_marked_beside_the_points(traced, document):
    report = report_of_frontier(traced / "front", EVERYBODY, ENGLISH)
    (chart,) = report.blocks(Chart)
    beside = [row for layer in chart.spec["layer"] for row in values(chart.spec, layer) if row["look"] == "plan 001"]
    plan = json.loads((traced / "runs" / "001" / "plan.json").read_text(encoding="utf-8"))
    assert (beside[0]["x"], beside[0]["y"]) == (plan["moved_customers"], plan["goals"]["balance"]["value"])
    assert all(one["x"] != plan["moved_customers"] or one["y"] <= beside[0]["y"] for one in document["points"])


def test_a_plan_from_other_files_is_not_marked(traced, tmp_path):
    folder = shutil.copytree(traced, tmp_path / "q1")
    record = FrontierRecord.model_validate_json((folder / "front" / "frontier.json").read_bytes())
    edited = record.model_copy(update={"sources": {**record.sources, "reps.csv": "other"}})
    assert latest_plan(record, folder / "runs" / "001") is not None
    assert latest_plan(edited, folder / "runs" / "001") is None


def test_what_the_frontier_leaves_out_is_said(traced):
    report = report_of_frontier(traced / "front", EVERYBODY, ENGLISH)
    lines = next(one for one in report.blocks(Sentences) if one.key == "traced").lines
    assert lines[0] == (
        "Each point has the least imbalance that was found for some limit on customers moved; all hard rules hold."
    )
    assert lines[1] == "Not counted here, though the plan itself weighs it: disruption and misfit."
    assert lines[2].startswith("Plan 001 lies at 1 customer (25.0%), with imbalance ")


def test_the_band_is_what_the_record_proves_between_found_and_out_of_reach(document):
    steps = [(step.start, step.end, step.low, step.high) for step in band_steps(rough(document))]
    # what is proven for up to 3 customers holds until there are 4
    assert steps == [
        (0.0, 1.0, 100.0, 100.0),
        (1.0, 4.0, 50.0, 100.0),
        (4.0, 7.0, 30.0, 40.0),
        (7.0, 9.0, None, 40.0),
    ]


def test_a_measure_that_is_no_whole_number_is_proven_up_to_its_limit_only(document):
    axis = {**document["x"], "name": "revenue moved", "unit": "USD"}
    steps = [(step.start, step.end, step.low) for step in band_steps(rough(document, x=axis))]
    assert steps == [(0.0, 3.0, 50.0), (3.0, 4.0, 30.0), (4.0, 6.0, 30.0), (6.0, 9.0, None)]


def test_every_step_of_the_band_of_a_complete_frontier_is_closed_at_its_points(traced, document):
    record = FrontierRecord.model_validate(document)
    steps = {step.start: step for step in band_steps(record)}
    for point in document["points"][:-1]:
        assert math.isclose(steps[point["x"]].low, point["y"], rel_tol=1e-6)


def test_the_headline_says_what_the_knee_buys_and_what_more_buys_less(traced):
    report = report_of_frontier(traced / "front", EVERYBODY, ENGLISH)
    assert report.headline == (
        "The way up to 1 customer (25.0%) moved buys most of it: imbalance falls from 63.1% of target to 8.89% of "
        "target, 87% of the whole fall on the points found; beyond it each 1% buys 0.31% of target instead of 2.17% of "
        "target."
    )
    lines = next(one for one in report.blocks(Sentences) if one.key == "certainty").lines
    assert lines[0].startswith("Every point of the true frontier is here")


def test_an_open_frontier_is_not_called_complete(document):
    words = FrontierWords(rough(document), ENGLISH)
    assert words.standing().startswith("The true frontier lies in the shaded band")
    assert words.widest() == "At the points, no plan with as little change is better by more than 10.0%."


def test_a_frontier_without_points_has_a_report_and_no_chart(document):
    band = {"least_x": None, "lower_to": [], "lower": [], "upper_from": [], "upper": []}
    for status, said in (("infeasible", "No plan keeps the rules"), ("no_plan", "No plan was found")):
        report = frontier_report(rough(document, points=[], band=band, knee=None, status=status), ENGLISH)
        assert report.headline.startswith(said)
        assert not report.blocks(Chart)


def test_a_frontier_of_one_point_is_drawn_without_a_band(document):
    band = {"least_x": 0.0, "lower_to": [None], "lower": [100.0], "upper_from": [0.0], "upper": [100.0]}
    whole = rough(document)
    report = frontier_report(rough(document, points=[whole.points[0].model_dump()], band=band, knee=None), ENGLISH)
    assert report.headline.startswith("There is one point")
    (chart,) = report.blocks(Chart)
    assert "<svg" in vl_convert.vegalite_to_svg(json.dumps(chart.spec))


@pytest.mark.parametrize("code", ["en", "zh"])
def test_the_chart_can_be_drawn_for_page_and_picture(document, code):
    (chart,) = frontier_report(rough(document), language(code)).blocks(Chart)
    for spec in (chart.spec, chart.still):
        assert "<svg" in vl_convert.vegalite_to_svg(json.dumps(spec))


def test_frontier_writes_page_workbook_and_pictures_with_its_other_files(traced):
    names = {path.name for path in (traced / "front").iterdir()}
    assert {"frontier.csv", "frontier.json", "frontier.html", "frontier.xlsx", "images"} <= names
    assert {path.suffix for path in (traced / "front" / "images").iterdir()} == {".png", ".svg"}


def test_read_back_a_second_time_it_is_the_same_report(traced):
    first, second = (report_of_frontier(traced / "front", EVERYBODY, ENGLISH) for _ in range(2))
    assert plain(first) == plain(second)


def test_what_was_changed_is_told_only_to_those_who_may_see_everything(traced):
    path = traced / "changed"
    path.mkdir()
    document = json.loads((traced / "front" / "frontier.json").read_text(encoding="utf-8"))
    document["changed"], document["scenario"] = ["keep.locks[bob stays].when=true"], "Bob leaves"
    document["sources"]["books of bob.csv"] = "f" * 64
    (path / "frontier.json").write_text(json.dumps(document), encoding="utf-8")
    assert any("bob" in text.lower() for text in texts_in(report_of_frontier(path, EVERYBODY, ENGLISH)))
    scoped = report_of_frontier(path, Audience("rep:ana"), ENGLISH)
    assert not [text for text in texts_in(scoped) if "bob" in text.lower()]
    assert "Ana" in scoped.scope
    assert "f" * 64 in texts_in(scoped)
    assert "platform" not in dict(scoped.made)


def test_a_frontier_of_what_a_job_may_not_see_is_refused(tmp_path):
    folder = worked_project(tmp_path / "q1")
    file = folder / "planner.yaml"
    kept = "customers: {file: customers.csv, visible_to: {revenue: [leadership]}}"
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("customers: customers.csv", kept), encoding="utf-8")
    code, _, _ = planned("frontier", folder, "--points", 2, "--report", "--out", folder / "front")
    assert code == DONE
    for audience, hint in (
        (Audience(None, "sales"), "Try another --job"),
        (Audience("rep:ana"), "Try another --for"),
        (Audience("rep:ana", "service"), "Try another --for or --job"),
    ):
        with pytest.raises(InputRefused, match="TP564") as refused:
            report_of_frontier(folder / "front", audience, ENGLISH)
        assert [one.hint for one in refused.value.findings] == [hint]


def test_a_frontier_whose_runs_are_gone_is_for_those_who_see_everything(traced, document):
    path = traced / "alone"
    path.mkdir()
    points = [{**point, "run": None} for point in document["points"]]
    (path / "frontier.json").write_text(json.dumps({**document, "points": points}), encoding="utf-8")
    assert report_of_frontier(path, EVERYBODY, ENGLISH).headline
    with pytest.raises(InputRefused, match="TP563"):
        report_of_frontier(path, Audience("rep:ana"), ENGLISH)


def test_a_folder_without_a_frontier_is_refused(tmp_path):
    with pytest.raises(InputRefused, match="TP562"):
        report_of_frontier(tmp_path, EVERYBODY, ENGLISH)
