"""What the benchmarks measure with: the importer, the table of results, the smallest run of each kind."""

import os
from pathlib import Path

import numpy as np
import pytest

from benchmarks import gap, gap_suite, results, smoke


def test_an_instance_becomes_a_project_whose_optimum_is_found(tmp_path):
    (tmp_path / "tiny").write_text(" 2 3\n 1 9 9\n 9 1 2\n 1 1 1\n 1 1 1\n 2 1\n")
    (tmp_path / "optima.csv").write_text("instance,agents,jobs,optimum\ntiny,2,3,11\n")
    (solved,) = gap_suite.solve_all(tmp_path)
    assert solved.proven
    assert "1 of 1 instances" in gap_suite.summary([solved])


@pytest.mark.parametrize("text", ["", "2 3 1 2 3", "2 x", "1 1 1 1 1 1"])
def test_a_file_that_is_no_instance_is_refused_in_words(tmp_path, text):
    (tmp_path / "broken").write_text(text)
    with pytest.raises(ValueError, match="broken"):
        gap.read_instance(tmp_path / "broken")


def test_made_instances_are_repeatable_and_tight():
    one, two = gap.made_instance(5, 25, seed=1), gap.made_instance(5, 25, seed=1)
    assert np.array_equal(one.cost, two.cost)
    assert one.capacity.sum() < one.resource.sum(axis=1).max()


def test_a_table_replaces_only_what_stands_between_its_markers(tmp_path):
    page = tmp_path / "RESULTS.md"
    page.write_text("before\n<!-- orgs -->\nold\n<!-- /orgs -->\nafter\n")
    results.replace_between_markers(page, "orgs", results.table([{"org": "one", "gap": "0 %"}]))
    assert (
        page.read_text()
        == "before\n<!-- orgs -->\n| org | gap |\n| --- | --- |\n| one | 0 % |\n<!-- /orgs -->\nafter\n"
    )
    with pytest.raises(ValueError, match="no place for 'gap'"):
        results.replace_between_markers(page, "gap", "text")


def test_no_value_of_the_smallest_benchmarks_got_worse():
    assert smoke.worse(smoke.measure()) == []


@pytest.mark.long
def test_all_instances_of_the_library_are_solved_to_their_proven_optimum():
    root = os.environ.get("TERRITORY_DATA")
    if root is None:
        pytest.skip("the instances are not in the repository; TERRITORY_DATA names the folder that has them")
    assert all(one.proven for one in gap_suite.solve_all(Path(root) / "gap"))
