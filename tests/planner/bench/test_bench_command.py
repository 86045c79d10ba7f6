"""``planner bench`` as somebody at the keyboard meets it."""

import json
import re

import pytest

from planner.commands import planner
from planner.exits import BAD_INPUT, DONE, STOPPED, run


def said(capsys, *arguments):
    code = run(planner, ["bench", *map(str, arguments)])
    shown = capsys.readouterr()
    return code, shown.out, shown.err


def test_machines_get_every_figure_and_nothing_else(capsys):
    quick = ("--size", "40x6", "--method", "greedy", "--method", "pdlp", "--time-limit", "20", "--threads", "1")
    code, shown, messages = said(capsys, *quick, "--seed", "3", "--json", "--quiet")
    document = json.loads(shown)
    assert (code, messages) == (DONE, "")
    (case,) = document["cases"]
    assert (case["case"], case["seed"], case["customers"]) == ("bench-soft 40 × 6", 3, 40)
    greedy, relaxed = case["methods"]
    assert greedy["objective"] == case["best_objective"] > case["best_bound"] == relaxed["bound"]
    assert greedy["gap"] == pytest.approx(1 - case["best_bound"] / greedy["objective"])
    assert document["threads"] == 1
    assert "ortools" in document["versions"]


def test_people_get_a_table_with_the_best_known_value_where_there_is_one(tmp_path, capsys):
    (tmp_path / "tiny.txt").write_text(" 2 3\n 1 9 9\n 9 1 2\n 1 1 1\n 1 1 1\n 2 1\n")
    (tmp_path / "best_known.csv").write_text("instance,best_known\ntiny,11\n")
    code, shown, messages = said(capsys, "--gap-file", tmp_path / "tiny.txt", "--method", "highs", "--seed", 1)
    assert code == DONE
    assert "tiny (3 × 2), seed 1" in shown
    assert "to known" in shown
    assert re.search(r"HiGHS +11 +11 +0.00% +0.00%", shown)
    assert "writing the tables" in messages


@pytest.mark.parametrize(
    "arguments",
    [
        ("--size", "huge"),
        ("--variant", "sofd"),
        ("--method", "gurobi"),
        ("--time-limit", "0"),
        ("--time-limit", "nan"),
        ("--size", "10x9"),
        ("--gap-file", "nowhere.txt"),
    ],
)
def test_what_cannot_be_compared_is_refused_without_a_traceback(capsys, arguments):
    code, shown, messages = said(capsys, *arguments)
    assert (code, shown) == (BAD_INPUT, "")
    assert "Traceback" not in messages


@pytest.mark.long
def test_no_plan_by_anybody_is_no_success(tmp_path, capsys):
    (tmp_path / "hopeless.txt").write_text(" 1 2\n 1 1\n 2 2\n 1\n")
    code, shown, _ = said(capsys, "--gap-file", tmp_path / "hopeless.txt", "--method", "highs", "--method", "greedy")
    assert code == STOPPED
    assert "no plan" in shown
    assert "breaks rules" in shown
