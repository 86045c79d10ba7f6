"""What to type next can be copied as it is shown, from wherever the planner was called."""

import contextlib
import shlex
from pathlib import Path

import pytest

from planner.commands import planner
from planner.exits import BAD_INPUT, DONE, THE_ANSWER_IS_NO, run
from tests.long_ones import long_but
from tests.worked import copy_worked

SET = ("--set", "capacity[workload].max=30")


@pytest.fixture
def outside(tmp_path):
    """A folder beside a project whose name a shell would take apart."""
    folder = copy_worked(tmp_path / "Mia's books")
    file = folder / "planner.yaml"
    text = file.read_text(encoding="utf-8")
    file.write_text(text + "scenarios:\n  it's thin: {set: {'goals[misfit].weight': 2}}\n", encoding="utf-8")
    with contextlib.chdir(tmp_path):
        yield folder.name


def told(capsys, *arguments):
    """Run a command and return its code, and what it said."""
    code = run(planner, arguments)
    shown = capsys.readouterr()
    return code, shown.out + shown.err


def commands(shown):
    return [shlex.split(line)[1:] for line in shown.splitlines() if line.startswith("    planner ")]


@pytest.mark.parametrize("file", long_but(["", "/planner.yaml"], ""))
def test_a_plan_that_cannot_exist_names_the_run_to_explain(outside, capsys, file):
    code, shown = told(capsys, "plan", outside + file, *SET)
    assert code == THE_ANSWER_IS_NO
    assert commands(shown) == [["explain", f"{outside}/runs/001", "infeasible"]]
    code, shown = told(capsys, *commands(shown)[0])
    assert code == DONE
    assert "No plan can exist" in shown


@pytest.mark.parametrize("file", long_but(["", "/planner.yaml"], ""))
def test_a_frontier_that_cannot_exist_says_what_to_plan_and_explain(outside, capsys, file):
    changed = ("--scenario", "it's thin", *SET)
    code, shown = told(capsys, "frontier", outside + file, *changed)
    assert code == THE_ANSWER_IS_NO
    assert commands(shown) == [["plan", outside + file, *changed], ["explain", outside, "infeasible"]]
    plan, explain = commands(shown)
    assert told(capsys, *plan, "--quiet")[0] == THE_ANSWER_IS_NO
    code, shown = told(capsys, *explain)
    assert code == DONE
    assert "No plan can exist" in shown


def test_in_the_project_itself_no_folder_is_named(outside, capsys):
    with contextlib.chdir(outside):
        _, shown = told(capsys, "frontier", *SET)
    assert commands(shown) == [["plan", *SET], ["explain", "infeasible"]]


@pytest.mark.parametrize("question", ["explain customer C1", "explain rep ana", "try --keep C1"])
def test_who_asks_about_a_run_without_a_plan_is_told_what_to_ask_of_it(outside, capsys, question):
    told(capsys, "plan", outside, "--quiet", *SET)
    verb, *words = question.split()
    code, shown = told(capsys, verb, outside, *words)
    assert code == BAD_INPUT
    assert """Try planner explain 'Mia'"'"'s books/runs/001' infeasible""" in " ".join(shown.split())


def test_what_was_checked_is_planned_by_the_command_that_the_check_ends_with(outside, capsys):
    wishes = f"{outside}/wishes of Mia.csv"
    Path(wishes).write_text("customer,kind\nC2,keep\n", encoding="utf-8")
    changed = ("--scenario", "it's thin", "--wishes", wishes, "--set", "balance[revenue].tolerance=20%")
    code, shown = told(capsys, "check", outside, *changed)
    assert code == DONE
    (line,) = (line for line in shown.splitlines() if "Ready: " in line)
    ready = shlex.split(line.partition("Ready: planner ")[2])
    assert ready == ["plan", outside, *changed]
    assert told(capsys, *ready, "--quiet")[0] == DONE


def test_where_the_quarter_stands_names_a_folder_that_can_be_copied(outside, capsys):
    _, shown = told(capsys, "status", outside)
    (line,) = (line for line in shown.splitlines() if "planner check" in line)
    words = shlex.split(line.partition("planner ")[2])
    assert words[:2] == ["check", outside]
