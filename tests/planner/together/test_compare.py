"""``planner compare``: what comes out, what is found again, what stops nobody, and how it ends."""

import json
import shutil

import pytest

from planner.exits import BAD_INPUT, DONE, STOPPED, THE_ANSWER_IS_NO
from tests.long_ones import long_but
from tests.planner.together.worked_project import planned, worked_project


@pytest.fixture(scope="module")
def compared(tmp_path_factory):
    """The worked case with all its scenarios, planned once; tests copy it."""
    folder = worked_project(tmp_path_factory.mktemp("compared") / "q1")
    code, document, _ = planned("compare", folder, "--out", folder / "first")
    assert code == DONE
    return folder, document


@pytest.fixture
def project(compared, tmp_path):
    return shutil.copytree(compared[0], tmp_path / "q1")


def values(document, name):
    rows = {row["name"]: row for section in document["sections"] for row in section["rows"]}
    return rows[name]["values"]


def test_the_scenarios_of_the_worked_case_come_out_exactly(compared):
    objective = values(compared[1], "objective")
    assert objective["base"] == pytest.approx(107 / 9)
    assert objective["status quo"] == pytest.approx(63.0556, abs=1e-4)
    assert objective["minimal moves"] == pytest.approx(63.0556, abs=1e-4)
    assert objective["greenfield"] == pytest.approx(80 / 9)
    assert values(compared[1], "moved_share")["base"] == 0.25


def test_a_scenario_for_which_no_plan_exists_is_shown_with_its_reason(compared):
    found = {one["name"]: one for one in compared[1]["scenarios"]}
    assert found["two each"]["status"] == "infeasible"
    assert found["two each"]["explanation"]


def test_a_second_call_finds_everything_again(project):
    code, document, told = planned("compare", project)
    assert code == DONE
    assert told.count("planned before") == 7
    assert document["sections"] == json.loads((project / "first" / "comparison.json").read_text())["sections"]


def test_what_nothing_depends_on_may_change(project):
    file = project / "planner.yaml"
    text = file.read_text(encoding="utf-8")
    file.write_text("# a remark\n" + text + "  one more: {reps: {leave: [eve]}}\n", encoding="utf-8")
    _, _, told = planned("compare", project, "--scenario", "base", "--scenario", "no budget")
    assert told.count("planned before") == 2


@pytest.mark.parametrize("what", ["table", "policy", "setting", "seed"])
def test_what_a_plan_depends_on_is_planned_anew(project, what):
    more = []
    if what == "table":
        table = project / "customers.csv"
        table.write_text(table.read_text(encoding="utf-8").replace("C1", "C9"), encoding="utf-8")
    elif what == "policy":
        file = project / "planner.yaml"
        file.write_text(file.read_text(encoding="utf-8").replace("tolerance: 10%", "tolerance: 11%"), encoding="utf-8")
    elif what == "setting":
        more = ["--set", "balance[revenue].tolerance=12%"]
    else:
        more = ["--seed", "2"]
    _, _, told = planned("compare", project, "--scenario", "base", *more)
    assert "planned before" not in told


def test_a_child_is_planned_anew_when_its_parent_is(project):
    file = project / "planner.yaml"
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("parent: base", "parent: no budget"), encoding="utf-8")
    _, document, told = planned("compare", project, "--scenario", "eve all quarter")
    assert "eve all quarter: proven" in told
    run = document["runs"]["eve all quarter"]
    assert json.loads((project / run / "plan.json").read_text())["warm"] == "no budget"


def test_a_scenario_that_cannot_be_applied_stops_no_other(project):
    file = project / "planner.yaml"
    file.write_text(file.read_text(encoding="utf-8") + "  lose zoe: {reps: {leave: [zoe]}}\n", encoding="utf-8")
    code, document, _ = planned("compare", project, "--scenario", "base", "--scenario", "lose zoe")
    assert code == BAD_INPUT
    lost, base = (next(one for one in document["scenarios"] if one["name"] == name) for name in ("lose zoe", "base"))
    assert lost["status"] == "failed"
    assert "'zoe'" in lost["explanation"][0]
    assert base["status"] == "optimal"


def test_a_project_that_cannot_be_planned_with_is_refused_and_nothing_is_written(tmp_path):
    folder = worked_project(tmp_path / "q1", "  nonsense: 1\n")
    code, document, _ = planned("compare", folder)
    assert code == BAD_INPUT
    assert document["findings"][0]["place"]["line"]
    assert not (folder / "runs").exists()


def test_names_that_are_not_there_are_refused_all_at_once(project):
    code, document, _ = planned("compare", project, "--scenario", "grenfield", "--sweep", "x", "--baseline", "bas")
    assert code == BAD_INPUT
    assert [one["found"] for one in document["findings"]] == ["'grenfield'", "'bas'", "'x'"]
    assert document["findings"][0]["hint"] == "Try 'greenfield'"


def test_a_gate_that_fails_names_the_scenario_and_exits_1(project):
    code, document, told = planned("compare", project, "--fail-if", "moved_share > 20% or gap > 1%")
    assert code == THE_ANSWER_IS_NO
    failing = [one["scenario"] for gate in document["gates"] for one in gate["failing"]]
    assert failing == ["base", "greenfield", "no budget", "eve all quarter"]
    assert "base" in told


def test_a_gate_with_an_unknown_name_is_refused_before_anything_is_planned(tmp_path):
    folder = worked_project(tmp_path / "q1", "")
    code, document, _ = planned("compare", folder, "--fail-if", "moved_shore > 10%")
    assert code == BAD_INPUT
    assert "moved_share" in document["findings"][0]["hint"]
    assert not (folder / "runs").exists()


def test_the_baseline_is_compared_too(project):
    _, document, _ = planned("compare", project, "--scenario", "greenfield", "--baseline", "status quo")
    assert [one["name"] for one in document["scenarios"]] == ["status quo", "greenfield"]
    assert document["baseline"] == "status quo"


@pytest.mark.parametrize("jobs", long_but([1, 3], 3))
def test_the_same_comes_out_however_many_are_planned_at_a_time(compared, tmp_path, jobs):
    folder = worked_project(tmp_path / "q1")
    _, document, _ = planned("compare", folder, "--jobs", jobs)
    for section, other in zip(document["sections"], compared[1]["sections"], strict=True):
        mine, others = ([row for row in one["rows"] if row["name"] != "seconds"] for one in (section, other))
        assert mine == others


def test_finished_runs_stand_side_by_side_and_are_told_apart_by_customer(project):
    _, document, _ = planned("compare", project, "--scenario", "base", "--scenario", "minimal moves")
    a, b = document["runs"].values()
    code, document, _ = planned("compare", a, b, "--customers", "--out", project / "apart")
    assert code == DONE
    assert [one["name"] for one in document["scenarios"]] == ["base", "minimal moves"]
    lines = (project / "apart" / "customers.csv").read_text().splitlines()
    assert sorted(line.split(",")[0] for line in lines[1:]) == ["C3", "C5", "C6"]


def test_a_sweep_is_compared_point_by_point(tmp_path):
    sweep = '\nsweeps:\n  how much: {over: {"disruption.budgets[moved customers].max": [0%, 25%, 100%]}}\n'
    folder = worked_project(tmp_path / "q1", sweep)
    _, document, _ = planned("compare", folder, "--sweep", "how much")
    assert list(values(document, "objective")) == ["how much: 0%", "how much: 25%", "how much: 100%"]
    found = list(values(document, "objective").values())
    assert found == sorted(found, reverse=True)


def test_seconds_are_shared_out_and_a_plan_that_had_less_time_is_not_found_again(project):
    from planner.together.kept import find_kept, write_kept
    from planner.together.order import Limits
    from planner.together.solved import Together, Wanted

    job = Together(project, Limits()).jobs([Wanted("base")])[0]
    folder = job.order.target
    kept = find_kept(folder, job.key, None)
    hurried = kept.figures.model_copy(update={"stopped_by": "time limit"})
    write_kept(kept.model_copy(update={"figures": hurried, "seconds_allowed": 10.0}), folder)
    assert find_kept(folder, job.key, 10.0) is not None
    assert find_kept(folder, job.key, 5.0) is not None
    assert find_kept(folder, job.key, 20.0) is None
    assert find_kept(folder, job.key, None) is None
    write_kept(
        kept.model_copy(update={"figures": kept.figures.model_copy(update={"stopped_by": "interrupted"})}), folder
    )
    assert find_kept(folder, job.key, 1.0) is None


def test_a_mistake_in_the_project_file_is_told_even_where_all_was_planned_before(project):
    file = project / "planner.yaml"
    file.write_text(file.read_text(encoding="utf-8") + "  typo: {reps: {leaves: [ana]}}\n", encoding="utf-8")
    code, document, _ = planned("compare", project)
    assert code == BAD_INPUT
    assert [(one["found"], one["hint"]) for one in document["findings"] if one["severity"] == "error"] == [
        ("'leaves'", "Try 'leave'")
    ]


def test_a_gate_asks_only_for_a_status_that_there_is(project):
    code, document, _ = planned("compare", project, "--fail-if", "status = 'infeasable'")
    assert code == BAD_INPUT
    assert document["findings"][0]["hint"] == "Try 'infeasible'"


def test_the_project_as_written_is_the_baseline_unless_another_is_named(project):
    _, document, _ = planned("compare", project, "--scenario", "greenfield", "--scenario", "base")
    assert document["baseline"] == "base"
    _, document, _ = planned("compare", project, "--scenario", "greenfield", "--scenario", "status quo")
    assert document["baseline"] == "greenfield"


def test_two_plans_told_apart_are_in_the_json_too(project):
    code, document, _ = planned("compare", project, "--scenario", "base", "--scenario", "status quo", "--customers")
    assert code == DONE
    assert {one["customer_id"] for one in document["customers"]} == {"C3", "C5", "C6"}
    assert all(one["because"] for one in document["customers"])


def test_finished_runs_are_compared_in_the_project_that_they_belong_to(project, tmp_path, monkeypatch):
    _, document, _ = planned("compare", project, "--scenario", "base", "--scenario", "greenfield")
    monkeypatch.chdir(tmp_path)
    _, again, _ = planned("compare", *document["runs"].values())
    assert (project / "runs") in (tmp_path / again["comparison"]).resolve().parents
    code, refused, _ = planned("compare", document["comparison"], document["runs"]["base"])
    assert code == BAD_INPUT
    assert "comparison.json" in refused["findings"][0]["hint"]


@pytest.mark.parametrize("file", ["plan.json", "assignments.csv", "certificate.npz", "inputs/customers.parquet"])
def test_a_kept_run_that_is_damaged_is_planned_again(project, file):
    _, document, _ = planned("compare", project, "--scenario", "eve all quarter")
    base = project / "runs" / "scenarios"
    _, document, _ = planned("compare", project, "--scenario", "base")
    damaged = project / document["runs"]["base"] / file
    damaged.write_bytes(damaged.read_bytes()[:-9])
    code, _, told = planned("compare", project, "--scenario", "base", "--scenario", "eve all quarter")
    assert code == DONE
    assert "base: proven: no plan is better\n" in told
    assert "eve all quarter: proven: no plan is better, planned before" in told
    assert not list(base.glob(".*"))


def test_the_files_of_new_customers_are_part_of_what_a_plan_depends_on(tmp_path):
    scenario = """
scenarios:
  newcomers: {customers: [{add: {file: new.csv, join: {file: more.csv, on: customer_id}}}]}
"""
    folder = worked_project(tmp_path / "q1", scenario)
    (folder / "new.csv").write_text("customer_id,region,workload_hours\nN1,west,20\n")
    found = []
    for revenue in (50, 5_000, 5_000):
        (folder / "more.csv").write_text(f"customer_id,revenue\nN1,{revenue}\n")
        _, document, told = planned("compare", folder, "--scenario", "newcomers")
        found.append((values(document, "objective")["newcomers"], "planned before" in told))
    assert found[0][0] != found[1][0]
    assert found[1][0] == found[2][0]
    assert [again for _, again in found] == [False, False, True]


def test_a_setting_of_what_a_built_in_scenario_lifts_changes_nothing_there(project):
    code, document, _ = planned("compare", project, "--set", "disruption.budgets[moved customers].max=25%")
    assert code == DONE
    assert values(document, "objective")["greenfield"] == pytest.approx(80 / 9)
    code, document, _ = planned("compare", project, "--set", "disruption.budgets[moved custmers].max=25%")
    assert code == BAD_INPUT


def test_an_unknown_parent_is_told_as_plan_tells_it(project):
    file = project / "planner.yaml"
    file.write_text(file.read_text(encoding="utf-8") + "  kid: {parent: nobody}\n", encoding="utf-8")
    code, document, _ = planned("compare", project, "--scenario", "kid")
    assert code == BAD_INPUT
    assert "'nobody'" in document["scenarios"][0]["explanation"][0]


def test_a_limit_that_is_up_before_there_is_a_plan_is_no_answer(tmp_path):
    folder = worked_project(tmp_path / "q1", "")
    code, document, _ = planned("compare", folder, "--scenario", "base", "--time-limit", "1e-9")
    assert code == STOPPED
    assert document["scenarios"][0]["status"] == "no_plan"


def test_what_has_an_effect_on_plans_only_is_refused_for_finished_runs(project):
    _, document, _ = planned("compare", project, "--scenario", "base", "--scenario", "greenfield")
    code, refused, _ = planned("compare", *document["runs"].values(), "--seed", "1")
    assert code == BAD_INPUT
    assert "--seed" in refused["message"]


@pytest.mark.parametrize("kind", ["scenarios", "sweeps"])
def test_a_scenario_or_sweep_without_a_name_is_refused(tmp_path, kind):
    line = {"scenarios": "{reps: {leave: [eve]}}", "sweeps": '{over: {"balance[revenue].tolerance": [1%]}}'}[kind]
    code, document, _ = planned("compare", worked_project(tmp_path / "q1", f'\n{kind}: {{" ": {line}}}\n'))
    assert code == BAD_INPUT
    assert "needs a name" in document["findings"][0]["title"]
