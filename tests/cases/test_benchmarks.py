"""What the benchmarks measure with: the page of results, the suites, the smallest run of each kind."""

import os
from pathlib import Path

import pytest

from benchmarks import gap_suite, orgs, results, side_by_side, smoke
from planner.bench.contest import Attempt, Outcome
from planner.bench.instance import Case


def test_an_instance_becomes_a_project_whose_optimum_is_found(tmp_path):
    (tmp_path / "tiny").write_text(" 2 3\n 1 9 9\n 9 1 2\n 1 1 1\n 1 1 1\n 2 1\n")
    (tmp_path / "optima.csv").write_text("instance,agents,jobs,optimum\ntiny,2,3,11\n")
    (solved,) = gap_suite.solve_all(tmp_path)
    assert solved.proven
    assert "1 of 1 instances" in gap_suite.summary([solved])


def test_a_table_replaces_only_what_stands_between_its_markers(tmp_path):
    page = tmp_path / "RESULTS.md"
    page.write_text("before\n<!-- orgs -->\nold\n<!-- /orgs -->\nafter\n")
    results.replace_between_markers(page, "orgs", results.table([{"org": "one", "gap": "0%"}]))
    assert (
        page.read_text() == "before\n<!-- orgs -->\n| org | gap |\n| --- | --- |\n| one | 0% |\n<!-- /orgs -->\nafter\n"
    )
    with pytest.raises(ValueError, match="no place for 'gap'"):
        results.replace_between_markers(page, "gap", "text")


def test_a_section_measured_for_the_first_time_is_put_in_its_place(tmp_path):
    page = tmp_path / "RESULTS.md"
    page.write_text("# Results\n")
    for name in ("gap", "methods", "classes", "gap"):
        results.put(page, name, f"of {name}")
    text = page.read_text()
    assert [line for line in text.splitlines() if line.startswith("of ")] == ["of methods", "of classes", "of gap"]
    assert text.count(f"## {results.SECTIONS['gap'][0]}") == 1


def test_every_section_of_the_page_can_be_rewritten():
    page = results.RESULTS.read_text(encoding="utf-8")
    written = [name for name in results.SECTIONS if f"<!-- {name} -->" in page]
    assert written
    assert all(f"## {results.SECTIONS[name][0]}\n" in page for name in written)


def test_the_curve_divides_what_a_run_took_by_its_candidates():
    runs = [
        orgs.Measured("M", seed, 0, seconds, 2 * seconds, 1.0, 125_000, {"certified_gap": 0.005, "stopped_by": "gap"})
        for seed, seconds in ((1, 20.0), (2, 30.0), (3, 25.0))
    ]
    uncounted = orgs.Measured("S", 1, 2, 10.0, 10.0, 0.3, 0, {})
    (row,) = orgs.curve_rows([*runs, uncounted])
    assert (row["org"], row["candidates"], row["seconds per million"]) == ("M", "125,000", "200.0")
    assert (row["CPU seconds per million"], row["certified gap"]) == ("400.0", "0.50%")
    assert row["stopped by"] == "gap"


def test_a_method_without_a_plan_for_each_seed_has_no_median():
    def attempt(method, objective, bound):
        return Attempt(method, "plan" if objective else "no plan", "", objective, bound, None, 5.0, 5.0, 1.0)

    outcomes = [
        Outcome(Case("org", seed, lambda folder: folder), (attempt("auto", 100.0, 99.0), attempt("cbc", theirs, None)))
        for seed, theirs in ((1, 110.0), (2, None))
    ]
    ours, theirs = side_by_side.rows(outcomes)
    assert (ours["method"], ours["plans"], ours["gap"]) == ("**this planner**", "2 of 2", "1.00% (1.00% to 1.00%)")
    assert (theirs["plans"], theirs["gap"]) == ("1 of 2", "– (10.00% where there is a plan)")
    assert side_by_side.remarks(outcomes) == ["- org, seed 2, CBC: no plan"]


def test_the_kinds_are_summed_up_as_a_mean():
    def solved(objective, known):
        ours = Attempt("auto", "plan", "", objective, 100.0, 100.0, 5.0, 5.0, 1.0)
        return Outcome(Case("gap-d", 1, lambda folder: folder, known), (ours,))

    *_, mean = gap_suite.kind_rows([solved(100.0, 100.0), solved(101.0, 100.0)])
    assert mean["to best known"] == "**0.50%** (worst 1.00%, of 2)"


def test_no_value_of_the_smallest_benchmarks_got_worse():
    assert smoke.worse(smoke.measure()) == []


@pytest.mark.long
def test_all_instances_of_the_library_are_solved_to_their_proven_optimum():
    root = os.environ.get("TERRITORY_DATA")
    if root is None:
        pytest.skip("the instances are not in the repository; TERRITORY_DATA names the folder that has them")
    assert all(one.proven for one in gap_suite.solve_all(Path(root) / "gap"))
