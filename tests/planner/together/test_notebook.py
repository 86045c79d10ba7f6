"""From a notebook: a comparison and a frontier in a line each."""

import pytest

from models.findings import InputRefused
from planner import Limits, compare, frontier
from tests.planner.together.worked_project import worked_project


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    return worked_project(tmp_path_factory.mktemp("notebook") / "q1")


def test_scenarios_are_compared_in_a_line(project):
    comparison = compare(project, ["base", "greenfield"], baseline="greenfield", jobs=1)
    assert comparison.names == ("base", "greenfield")
    assert comparison.rows["objective"].values == pytest.approx((107 / 9, 80 / 9))
    assert comparison.rows["objective"].deltas == (None, None), "greenfield does not weigh disruption"
    assert comparison.rows["goals.balance"].deltas == (pytest.approx(0), None)


def test_a_frontier_is_traced_in_a_line(project):
    found = frontier(project, limits=Limits(seed=3))
    assert [(point.x, point.y) for point in found.points] == [
        (0, pytest.approx(63.0556, abs=1e-4)),
        (1, pytest.approx(80 / 9)),
        (2, pytest.approx(10 / 9)),
    ]
    assert found.complete


def test_what_is_not_there_is_refused(project):
    with pytest.raises(InputRefused, match="no such scenario"):
        compare(project, ["bse"])
