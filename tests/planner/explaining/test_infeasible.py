"""``planner explain infeasible``, and what ``planner plan`` says in short, as somebody at the keyboard meets them."""

import contextlib
import json
import re
import shlex

import pandas as pd
import pytest

from planner.commands import planner
from planner.exits import DONE, STOPPED, THE_ANSWER_IS_NO, run
from planner.explaining.typing import Typing
from planner.project import load
from tests.golden.compare import assert_golden
from tests.planner.finished.made import edit
from tests.worked import copy_worked

ONE_LINE = "    - {measure: workload, max: rep.capacity_workload_hours}\n"


@pytest.fixture
def project(tmp_path):
    folder = copy_worked(tmp_path / "worked")
    edit(folder, "planner.yaml", ONE_LINE, f"{ONE_LINE}    - {{measure: customers, min: 2}}\n")
    with contextlib.chdir(folder):
        yield folder


def told(capsys, *arguments):
    """Run a command and return its code and what it said on stdout."""
    code = run(planner, arguments)
    return code, capsys.readouterr().out


def test_a_plan_that_cannot_exist_says_which_rules_clash_and_what_helps(project, capsys):
    code, shown = told(capsys, "plan", "--json")
    assert code == THE_ANSWER_IS_NO
    explanation = json.loads(shown)["explanation"]
    assert explanation[0] == (
        "These cannot all hold: the workload of eve is at most 50 h (100 h, there for 50% of the period); "
        "eve has at least 2 customers, given eligibility.region"
    )
    assert "A way out: raise the maximum of workload of eve by 30 h to 80 h" in explanation


def test_the_whole_answer_names_file_line_and_cell_and_what_to_type(project, capsys):
    told(capsys, "plan", "--quiet")
    code, shown = told(capsys, "explain", "infeasible")
    assert code == DONE
    assert_golden("explain_infeasible.txt", shown)


def test_what_it_says_to_type_works(project, capsys):
    told(capsys, "plan", "--quiet")
    _, shown = told(capsys, "explain", "infeasible", "--json")
    first, second, third, *_ = json.loads(shown)["relaxations"]
    ((path, value),) = first["set"].items()
    assert told(capsys, "plan", "--quiet", "--set", f"{path}={json.dumps(value)}")[0] == DONE
    (cell,) = second["cells"]
    assert (cell["file"], cell["row"], cell["column"], cell["value"]) == ("reps.csv", 4, "capacity_workload_hours", 160)
    edit(project, "reps.csv", "eve,Eve,field,east,,2,100,", "eve,Eve,field,east,,2,160,")
    assert told(capsys, "plan", "--quiet")[0] == DONE
    edit(project, "reps.csv", "eve,Eve,field,east,,2,160,", "eve,Eve,field,east;west,,2,100,")
    assert third["words"] == "Let eve cover west"
    assert told(capsys, "plan", "--quiet")[0] == DONE


def test_customers_and_reps_are_told_by_name_and_id(project, capsys):
    edit(project, "reps.csv", "eve,Eve,", "eve,Eve Adler,")
    _, shown = told(capsys, "plan")
    assert "Eve Adler (eve) has at most 1 customer (with River Foods (C5) and Ash & Oak (C6))" in " ".join(
        shown.split()
    )
    _, shown = told(capsys, "explain", "infeasible", "--json")
    (conflict,) = json.loads(shown)["conflicts"]
    assert (conflict["customers"], conflict["customer_names"]) == (["C5", "C6"], ["River Foods", "Ash & Oak"])
    assert (conflict["reps"], conflict["rep_names"]) == (["eve"], ["Eve Adler"])
    assert [one["rep_name"] for one in conflict["clash"]] == ["Eve Adler", "Eve Adler"]


def test_what_to_type_repeats_what_the_run_was_planned_with(project, capsys):
    own = ("balance[revenue].tolerance=20%", "disruption.budgets[moved customers].max=75%", "capacity[customers].min=3")
    edit(project, "planner.yaml", "policy:", "scenarios:\n  it's thin: {set: {'goals[misfit].weight': 2}}\npolicy:")
    told(capsys, "plan", "--quiet", "--scenario", "it's thin", *(part for one in own for part in ("--set", one)))
    _, shown = told(capsys, "explain", "infeasible", "--json")
    ways = [one for one in json.loads(shown)["relaxations"] if one["set"]]
    assert ways
    for one in ways:
        (line,) = (line for line in one["type"] if line.startswith("--"))
        words = shlex.split(line)
        assert words[:2] == ["--scenario", "it's thin"]
        kept = [each for each in own if each.split("=")[0] not in one["set"]]
        assert words[3::2][: len(kept)] == kept
        assert {each.split("=")[0] for each in own} <= {each.split("=")[0] for each in words[3::2]}
        if not one["cells"] and not one["new_rows"]:
            assert told(capsys, "plan", "--quiet", *words)[0] == DONE


def test_what_to_type_repeats_wishes_and_answers_to_a_proposal(project, capsys):
    lowered = ("--set", "capacity[customers].min=0")
    assert told(capsys, "plan", "--quiet", *lowered)[0] == DONE
    (project / "Mia's wishes.csv").write_text("customer,kind\nC2,keep\n", encoding="utf-8")
    (project / "answers.csv").write_text("customer_id,accepted\nC3,no\n", encoding="utf-8")
    own = ["--wishes", "Mia's wishes.csv", "--after", "001", "--accepted", "answers.csv"]
    assert told(capsys, "plan", "--quiet", *own)[0] == THE_ANSWER_IS_NO
    _, shown = told(capsys, "explain", "infeasible", "--json")
    ways = json.loads(shown)["relaxations"]
    assert any(one["set"] for one in ways)
    for one in ways:
        words = shlex.split(one["type"][-1])
        assert words[:6] == own
        if not one["cells"]:
            code, shown = told(capsys, "plan", "--json", *words)
            assert (code, json.loads(shown)["after"]) == (DONE, "001")
            assert json.loads(shown)["wishes"]["count"] == 1


def test_a_run_that_was_written_before_files_were_kept_is_read(project, capsys):
    told(capsys, "plan", "--quiet")
    path = project / "runs" / "001" / "plan.json"
    said = json.loads(path.read_text(encoding="utf-8"))
    assert said.pop("typed") == {}
    path.write_text(json.dumps(said), encoding="utf-8")
    _, shown = told(capsys, "explain", "infeasible", "--json")
    assert [one["type"][-1] for one in json.loads(shown)["relaxations"] if one["set"]]


def test_changes_of_tables_say_what_else_to_plan_with(project, capsys):
    told(capsys, "plan", "--quiet", "--set", "balance[revenue].tolerance=20%")
    _, shown = told(capsys, "explain", "infeasible", "--json")
    by_cells = [one for one in json.loads(shown)["relaxations"] if one["cells"]]
    assert by_cells
    assert all(one["type"][-1] == "--set 'balance[revenue].tolerance=20%'" for one in by_cells)


def test_a_way_out_is_in_readable_figures_that_are_enough_and_the_need_in_the_same(project, capsys):
    edit(project, "planner.yaml", "    - {measure: customers, min: 2}\n", "")
    edit(project, "planner.yaml", "max: rep.capacity_workload_hours", "max: 66.66")
    edit(project, "customers.csv", ",50,80,B", ",50.17137,80,B")
    told(capsys, "plan", "--quiet")
    _, shown = told(capsys, "explain", "infeasible", "--json")
    answer = json.loads(shown)
    figures = [float(one) for one in re.findall(r"(\d+\.\d+) h", json.dumps(answer))]
    assert figures
    assert all(one == round(one, 2) for one in figures)
    for one in answer["relaxations"]:
        if one["set"] and not one["cells"]:
            assert told(capsys, "plan", "--quiet", *shlex.split(one["type"][-1]))[0] == DONE


def test_a_rep_to_hire_is_a_row_that_can_be_typed_in(project, capsys):
    edit(project, "planner.yaml", "    - {measure: customers, min: 2}\n", "")
    edit(project, "customers.csv", "cloud:2", "cloud:4")
    told(capsys, "plan", "--quiet")
    _, shown = told(capsys, "explain", "infeasible", "--json")
    ((row,),) = (one["new_rows"] for one in json.loads(shown)["relaxations"] if one["new_rows"])
    path = project / row["file"]
    reps = pd.read_csv(path)
    assert row["values"].keys() <= set(reps.columns)
    pd.concat([reps, pd.DataFrame([row["values"]])]).to_csv(path, index=False)
    assert told(capsys, "plan", "--quiet")[0] == DONE


def test_the_answer_as_json_has_members_places_witnesses_and_plans(project, capsys):
    told(capsys, "plan", "--quiet")
    code, shown = told(capsys, "explain", "infeasible", "--json")
    assert code == DONE
    why = json.loads(shown)
    (conflict,) = why["conflicts"]
    assert why["complete"]
    assert conflict["minimal"]
    assert [(one["path"], one["label"]) for one in conflict["clash"]] == [
        ("capacity[workload].max", "eve"),
        ("capacity[customers].min", "eve"),
    ]
    assert conflict["clash"][0]["place"]["file"] == "planner.yaml"
    assert conflict["clash"][1]["place"]["line"] == conflict["clash"][0]["place"]["line"] + 1
    assert conflict["customers"] == ["C5", "C6"]
    assert all(one["assignment"]["owner"] for one in conflict["witnesses"])
    assert [one["cheapest"] for one in why["relaxations"]] == [True, True, True]
    assert why["relaxations"][1]["assignment"]["owner"]["C6"] == "eve"


def test_a_search_that_ends_before_anything_is_known_says_so_by_its_code(project, capsys):
    told(capsys, "plan", "--quiet")
    code, shown = told(capsys, "explain", "infeasible", "--time-limit", "1e-9")
    assert code == STOPPED
    assert "Nothing is known" in shown


def test_a_run_with_a_plan_has_nothing_to_explain(project, capsys):
    told(capsys, "plan", "--quiet", "--set", "capacity[customers].min=1")
    code, shown = told(capsys, "explain", "infeasible")
    assert code == DONE
    assert "This run has a plan: there is nothing infeasible to explain." in shown


def test_a_conflict_line_to_give_up_is_named_with_its_place(project, capsys):
    rivals = "keep={families: free, conflicts: [{name: rivals, customers: [C1, C2, C3, C4]}]}"
    told(capsys, "plan", "--quiet", "--set", "capacity[customers].min=0", "--set", rivals)
    _, shown = told(capsys, "explain", "infeasible")
    assert "(C3) and Blue Works Research (C4) no two may be with one rep" in " ".join(shown.split())
    assert "take out keep.conflicts[rivals]" in shown
    assert "--set 'keep=" not in shown.partition("take out")[2].partition(" 2. ")[0]


def test_names_that_look_like_markup_are_shown_as_they_are(project, capsys):
    for file in ("reps.csv", "customers.csv"):
        text = (project / file).read_text(encoding="utf-8")
        (project / file).write_text(text.replace("eve,", "[bold]eve,"), encoding="utf-8")
    told(capsys, "plan", "--quiet")
    _, shown = told(capsys, "explain", "infeasible")
    assert "the workload of Eve ([bold]eve) is at most 50 h" in " ".join(shown.split())


def test_the_library_answers_in_one_call(project):
    from planner import explain_infeasible

    loaded = load(project)
    why = explain_infeasible(loaded.org, loaded.policy)
    assert why.told[0].title == "These cannot all hold"
    typing = Typing(loaded.org, lambda path: None)
    assert typing.lines(why.relaxations[1]) == ("reps.csv, row 4, column capacity_workload_hours: 160 instead of 100",)


def test_conflicts_that_are_the_same_but_for_the_rep_are_shown_once(project, capsys):
    edit(project, "planner.yaml", "    - {measure: customers, min: 2}\n", "    - {measure: customers, min: 7}\n")
    told(capsys, "plan", "--quiet")
    _, shown = told(capsys, "explain", "infeasible")
    assert shown.count("policy.capacity[customers].min") == 1
    assert "At best, ana has at most 6 customers: 1 customer less than the minimum." in shown
    assert "Conflicts 2 to 3  the same with" in shown
    for rep in ("bob", "eve"):
        assert f"· {rep} has at most 6 customers: 1 customer less than the minimum" in shown
