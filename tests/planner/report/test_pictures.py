"""Pictures of charts: both files of each, with the title in it, in characters that are drawn."""

from __future__ import annotations

import struct
import zlib
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from planner.report.blocks import Chart, Report, Section
from planner.report.pictures import write_pictures
from tests.planner.report.made import HOSTILE, a_report


def pixels(file: Path) -> np.ndarray:
    """Return the pixels of a PNG with 8 bits for each of red, green, blue and, if it has it, opacity."""
    data, at, packed = file.read_bytes(), 8, b""
    assert data[:8] == b"\x89PNG\r\n\x1a\n"
    wide, high, depth, kind = 0, 0, 0, 0
    while at < len(data):
        size, name = struct.unpack(">I4s", data[at : at + 8])
        body = data[at + 8 : at + 8 + size]
        if name == b"IHDR":
            wide, high, depth, kind = struct.unpack(">IIBB", body[:10])
        if name == b"IDAT":
            packed += body
        at += 12 + size
    assert (depth, kind) in ((8, 2), (8, 6))
    each = 4 if kind == 6 else 3
    lines = np.frombuffer(zlib.decompress(packed), dtype=np.uint8).reshape(high, 1 + wide * each)
    shown = np.zeros((high, wide * each), dtype=np.uint8)
    above = np.zeros(wide * each, dtype=np.int64)
    for row, line in enumerate(lines):
        above = _unfiltered(int(line[0]), line[1:].astype(np.int64), above, each)
        shown[row] = above
    return shown.reshape(high, wide, each)


def _unfiltered(kind: int, line: np.ndarray, above: np.ndarray, each: int) -> np.ndarray:
    if kind == 0:
        return line
    if kind == 2:
        return (line + above) % 256
    out = np.zeros(len(line) + each, dtype=np.int64)
    over = np.concatenate([np.zeros(each, dtype=np.int64), above])
    for at in range(each, len(out)):
        left, up, corner = int(out[at - each]), int(over[at]), int(over[at - each])
        if kind == 1:
            guess = left
        elif kind == 3:
            guess = (left + up) // 2
        else:
            near = left + up - corner
            guess = min((abs(near - left), 0, left), (abs(near - up), 1, up), (abs(near - corner), 2, corner))[2]
        out[at] = (line[at - each] + guess) % 256
    return out[each:]


def of_chart(chart: Chart) -> Report:
    return Report("plan", "Plan", "", (Section("one", "One", (chart,)),), "en")


def a_chart(**changes: Any) -> Chart:
    spec = {
        "$schema": "https://vega.github.io/schema/vega-lite/v6.json",
        "data": {"values": [{"a": "x", "b": 1}, {"a": "y", "b": 2}]},
        "mark": "bar",
        "encoding": {"x": {"field": "b", "type": "quantitative"}, "y": {"field": "a", "type": "nominal"}},
        "width": 60,
        "height": 40,
    }
    return replace(Chart("loads", "Loads", spec, "Loads of two"), **changes)


def test_every_chart_has_a_picture_to_paste_and_one_to_edit(tmp_path: Path) -> None:
    files = write_pictures(a_report(60, 6), tmp_path / "images")
    assert [file.name for file in files] == [
        "workload_by_rep.png",
        "workload_by_rep.svg",
        "revenue_by_region.png",
        "revenue_by_region.svg",
    ]
    assert sorted(files) == sorted((tmp_path / "images").iterdir())


def test_a_picture_is_drawn_on_white_and_is_sharp(tmp_path: Path) -> None:
    png, svg = write_pictures(of_chart(a_chart()), tmp_path)
    shown = pixels(png)
    assert (shown[0, 0, :3] == 255).all()
    assert (shown[..., 3:] == 255).all()
    assert len(np.unique(shown.reshape(-1, shown.shape[2]), axis=0)) > 10
    wide = float(svg.read_text(encoding="utf-8").split('width="')[1].split('"')[0])
    assert shown.shape[1] == pytest.approx(2 * wide, abs=2)


def test_the_title_is_in_the_picture(tmp_path: Path) -> None:
    _, svg = write_pictures(of_chart(a_chart(title="Who carries what")), tmp_path)
    assert ">Who carries what</text>" in svg.read_text(encoding="utf-8")


@pytest.mark.usefixtures("needs_chinese")
def test_chinese_is_drawn_in_characters_and_not_in_boxes(tmp_path: Path) -> None:
    """What no font has is drawn as the same box whatever it is; characters differ."""

    def drawn(text: str) -> bytes:
        png, _ = write_pictures(of_chart(a_chart(title=text)), tmp_path)
        return png.read_bytes()

    assert drawn("\U000f0001") == drawn("\U000f0002")
    pictures = [drawn(one) for one in ("区", "域", "户", "\U000f0001")]
    assert len(set(pictures)) == 4


def test_hostile_names_are_text_in_a_picture(tmp_path: Path) -> None:
    values = [{"a": name, "b": at} for at, name in enumerate(HOSTILE)]
    chart = a_chart(title=HOSTILE[0])
    chart = replace(chart, spec={**chart.spec, "data": {"values": values}, "height": 400})
    _, svg = write_pictures(of_chart(chart), tmp_path)
    drawn = svg.read_text(encoding="utf-8")
    assert "<script" not in drawn
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in drawn
    assert "href" not in drawn.replace("http://www.w3.org/1999/xlink", "")


def test_where_nobody_can_click_the_still_form_is_drawn(tmp_path: Path) -> None:
    chart = a_chart()
    still = {**chart.spec, "mark": {"type": "bar", "color": "#123456"}}
    _, svg = write_pictures(of_chart(replace(chart, still=still)), tmp_path)
    assert "#123456" in svg.read_text(encoding="utf-8")


def test_a_chart_that_asks_for_an_address_is_not_drawn(tmp_path: Path) -> None:
    chart = a_chart()
    asks = replace(chart, spec={**chart.spec, "data": {"url": "http://127.0.0.1:9/data.json"}})
    with pytest.raises(ValueError, match=r"127\.0\.0\.1"):
        write_pictures(of_chart(asks), tmp_path)


def test_keys_that_no_file_can_have_give_files_still(tmp_path: Path) -> None:
    charts = tuple(a_chart(key=key) for key in ("../up", "Loads", "loads", "工作量"))
    report = Report("plan", "Plan", "", (Section("one", "One", charts),), "en")
    names = [file.name for file in write_pictures(report, tmp_path)]
    assert names[::2] == ["up.png", "Loads.png", "loads-2.png", "工作量.png"]


def test_pictures_are_called_after_what_they_show_in_any_script_and_no_two_alike(tmp_path: Path) -> None:
    called = ("book_revenue / Q1", "book_营收", "book_Revenue Q1", "CON", "book_\u202egnp", "", "book_" + "收" * 90)
    charts = tuple(a_chart(key=f"book_m{at}", called=one) for at, one in enumerate(called))
    report = Report("plan", "Plan", "", (Section("one", "One", charts),), "en")
    names = [file.name for file in write_pictures(report, tmp_path)]
    assert names[:12:2] == [
        "book_revenue-Q1.png",
        "book_营收.png",
        "book_Revenue-Q1-2.png",
        "chart-CON.png",
        "book_-gnp.png",
        "book_m5.png",
    ]
    assert names[12].startswith("book_收收收")
    assert len(names[12].encode()) <= 130


def test_the_same_chart_is_the_same_picture(tmp_path: Path) -> None:
    first = [file.read_bytes() for file in write_pictures(of_chart(a_chart()), tmp_path)]
    assert first == [file.read_bytes() for file in write_pictures(of_chart(a_chart()), tmp_path)]


def test_charts_of_an_older_vega_lite_are_drawn_too(tmp_path: Path) -> None:
    chart = a_chart()
    older = {**chart.spec, "$schema": "https://vega.github.io/schema/vega-lite/v5.20.1.json"}
    assert len(write_pictures(of_chart(replace(chart, spec=older)), tmp_path)) == 2
