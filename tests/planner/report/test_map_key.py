"""What the colours of a map on paper mean: a legend for few owners, numbers and names for more, a word for many."""

import json
import re

import numpy as np
import pytest
import vl_convert

from planner.report.atlas.frame import frame_of
from planner.report.atlas.owner_key import numbers
from planner.report.pictures import picture_of
from tests.planner.report.made_plans import block, report_of, run_of
from tests.tables import org_of


def country(tmp_path, n_reps: int, *, homes: bool = True, code: str = "en"):
    """Return the map of customers and reps spread over a country; one customer belongs to nobody."""
    rng = np.random.default_rng(n_reps)
    reps = [{"rep_id": f"r{k}", "name": f"Rep no. {k}"} for k in range(n_reps)]
    if homes:
        reps = [{**rep, "lat": float(35 + 8 * rng.random()), "lon": float(-110 + 25 * rng.random())} for rep in reps]
    rows = [
        {"customer_id": f"c{k}", "lat": float(35 + 8 * rng.random()), "lon": float(-110 + 25 * rng.random())}
        for k in range(3 * n_reps)
    ]
    rows = [{**row, "owner_id": f"r{k % n_reps}"} for k, row in enumerate(rows)]
    rows[0]["owner_id"] = None
    return block(report_of(run_of(tmp_path, org_of(rows, reps), {}), code=code), "map")


def texts(spec) -> list[str]:
    return re.findall(r"<text[^>]*>([^<]*)</text>", vl_convert.vegalite_to_svg(json.dumps(spec)))


def test_few_owners_have_a_legend(tmp_path):
    told = texts(country(tmp_path, 5).still)
    assert [told.count(f"Rep no. {k}") for k in range(5)] == [1] * 5
    assert "1" not in told


@pytest.mark.parametrize("homes", [True, False])
def test_more_owners_are_numbered_on_both_maps_and_named_below(tmp_path, homes):
    told = texts(picture_of(country(tmp_path, 12, homes=homes)))
    assert [told.count(f"Rep no. {k}") for k in range(12)] == [1] * 12
    # a halo and a number on each of two maps, and once in the list; without a home, who owns nobody has none there
    counts = [told.count(str(number)) for number in range(1, 13)]
    assert counts == [5] * 12 if homes else set(counts) <= {3, 5}
    assert told.count("nobody") == 1
    assert "Owners, by number and colour" in told


def test_of_very_many_owners_the_map_says_that_a_colour_is_not_one_of_them(tmp_path):
    told = texts(country(tmp_path, 70).still)
    assert "70 reps own them: each colour stands for several, so that neighbours differ." in told
    assert "Rep no. 1" not in told


def test_the_key_is_in_the_readers_language(tmp_path):
    assert "负责人（按编号和颜色）" in texts(country(tmp_path, 12, code="zh").still)


def test_numbers_do_not_cover_each_other_or_houses_where_there_is_room():
    frame = frame_of(np.array([30.0, 45.0]), np.array([-120.0, -70.0]))
    spots = np.array([[0.0, 38.0], [0.4, 38.2], [-0.5, 37.9], [8.0, 41.0], [np.nan, np.nan]])
    layers = numbers(frame, 420, spots, spots[:4])
    rows = layers[0].to_dict()["data"]["values"]
    assert {row["t"] for row in rows} == {"1", "2", "3", "4"}
    pixel = (frame.east - frame.west) / 420
    at = np.array([[frame.from_centre(np.array([row["x"]]))[0], row["y"] / frame.stretch] for row in rows]) / pixel
    houses = np.c_[spots[:4, 0], spots[:4, 1] / frame.stretch] / pixel
    for one in range(4):
        for other in [*np.delete(at, one, axis=0), *houses]:
            away = np.abs(at[one] - other)
            assert away[0] >= 6 or away[1] >= 10
