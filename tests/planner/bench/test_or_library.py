"""Generalised-assignment problems are read as the OR-Library writes them, and drawn as the literature describes."""

import numpy as np
import pytest

from models.findings import InputRefused
from models.solve import solve
from planner.bench.or_library import best_known, read_instances
from planner.generate import generate
from planner.generate.gap import drawn, write_project
from planner.project import load

TINY = " 2 3\n 1 9 9\n 9 1 2\n 1 1 1\n 1 1 1\n 2 1\n"
OTHER = " 1 2\n 4 5\n 1 1\n 2\n"


def solved(instance, folder):
    write_project(instance, folder)
    project = load(folder)
    return solve(project.org, project.policy)


def test_a_file_with_one_problem_is_minimised(tmp_path):
    (tmp_path / "gap1").write_text(TINY)
    (instance,) = read_instances(tmp_path / "gap1")
    assert (instance.name, instance.agents, instance.jobs, instance.maximise) == ("gap1", 2, 3, False)
    assert instance.cost.tolist() == [[1, 9, 9], [9, 1, 2]]
    assert instance.resource.tolist() == [[1, 1, 1], [1, 1, 1]]
    assert instance.capacity.tolist() == [2, 1]
    assert solved(instance, tmp_path / "project").objective == 11


def test_a_file_with_several_problems_names_each_by_its_number(tmp_path):
    (tmp_path / "gapd.txt").write_text("2\n" + TINY + OTHER)
    first, second = read_instances(tmp_path / "gapd.txt")
    assert (first.name, second.name, second.jobs) == ("gapd-1", "gapd-2", 2)
    assert not first.maximise


def test_gap1_to_gap12_of_the_library_are_maximised(tmp_path):
    (tmp_path / "gap12.txt").write_text("1\n" + TINY)
    (instance,) = read_instances(tmp_path / "gap12.txt")
    assert instance.maximise
    assert solved(instance, tmp_path / "most").objective == -27  # 9 each: the first job to the second agent
    (other,) = read_instances(tmp_path / "gap12.txt", "minimise")
    assert solved(other, tmp_path / "least").objective == 11


@pytest.mark.parametrize(
    "text", ["", "2", "2 3 1 2 3", "2 x", TINY + "7 7 7", "3\n" + TINY + OTHER, "1.5 2 1 1 1 1 1", "0 0", "1 1 nan 1 1"]
)
def test_a_file_that_is_no_problem_is_refused_by_name(tmp_path, text):
    (tmp_path / "broken").write_text(text)
    with pytest.raises(InputRefused) as refused:
        read_instances(tmp_path / "broken")
    (finding,) = refused.value.findings
    assert (finding.code, finding.place.file) == ("TP196", "broken")


def test_best_known_values_come_from_the_table_beside_the_file(tmp_path):
    assert best_known(tmp_path / "gapd.txt") == {}
    (tmp_path / "optima.csv").write_text("instance,agents,jobs,optimum\ngapd-1,2,3,11\n")
    assert best_known(tmp_path / "gapd.txt") == {"gapd-1": 11.0}
    (tmp_path / "best_known.csv").write_text("instance,best_known\ngapd-1,10.5\n")
    assert best_known(tmp_path / "gapd.txt") == {"gapd-1": 10.5}
    (tmp_path / "best_known.csv").write_text("instance,value\ngapd-1,10.5\n")
    with pytest.raises(InputRefused, match="best known"):
        best_known(tmp_path / "gapd.txt")


@pytest.mark.parametrize("kind", ["c", "d", "e"])
def test_a_drawn_problem_comes_back_from_its_file_as_it_was(tmp_path, kind):
    one = drawn(np.random.default_rng(4), kind, jobs=33, agents=7)
    (tmp_path / "written.txt").write_text(one.text())
    (two,) = read_instances(tmp_path / "written.txt")
    assert np.array_equal(one.cost, two.cost)
    assert np.array_equal(one.resource, two.resource)
    assert np.array_equal(one.capacity, two.capacity)


@pytest.mark.parametrize(
    ("kind", "resource", "mean"), [("c", (5, 25), 15.0), ("d", (1, 100), 50.5), ("e", (1, np.inf), 10.5)]
)
def test_drawn_problems_are_of_the_kind_that_was_published(kind, resource, mean):
    one = drawn(np.random.default_rng(1), kind, jobs=400, agents=40)
    assert resource[0] <= one.resource.min() <= one.resource.max() <= resource[1]
    assert one.resource.mean() == pytest.approx(mean, rel=0.03)
    assert np.array_equal(one.capacity, np.floor(0.8 * one.resource.sum(axis=1) / 40))
    assert np.array_equal(one.cost, np.round(one.cost))
    together = np.corrcoef(one.cost.ravel(), one.resource.ravel())[0, 1]
    if kind == "c":
        assert one.cost.min() == 10
        assert one.cost.max() == 50
        assert abs(together) < 0.03
    elif kind == "d":
        assert np.abs(one.cost + one.resource - 111).max() == 10
        assert together < -0.95
    else:
        slack = 1000 / one.resource - one.cost
        assert 0 <= slack.min() <= slack.max() <= 11
        assert together < -0.3


def test_a_generated_project_and_its_instance_file_are_the_same_problem(tmp_path):
    generate(tmp_path / "made", customers=15, reps=3, seed=2, preset="gap-c", parquet=True)
    assert (tmp_path / "made" / "pairs.parquet").is_file()
    (instance,) = read_instances(tmp_path / "made" / "instance.txt")
    project = load(tmp_path / "made")
    here = solve(project.org, project.policy)
    again = solved(instance, tmp_path / "again")
    assert here.status == again.status == "optimal"
    assert here.objective == pytest.approx(again.objective)
