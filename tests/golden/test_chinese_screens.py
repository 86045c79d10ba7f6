"""The screens in Chinese, word by word: characters of two cells keep their columns."""

import re

import pytest

from planner.commands import planner
from planner.console import width_of
from planner.exits import DONE, run
from planner.language import language
from planner.screens.comparison import show_comparison
from planner.screens.plan import show_plan
from scenarios.comparing.comparison import compare
from tests.golden.compare import assert_golden, on_paper
from tests.plans import worked_account
from tests.scenarios.compared import worked_entries
from tests.worked import copy_worked

ZH = language("zh")


def plan_on(width):
    return on_paper(lambda paper: show_plan(paper, worked_account(), title="worked"), width=width, language=ZH)


def comparison_on(width):
    comparison = compare(worked_entries(), "base")
    return on_paper(lambda paper: show_comparison(paper, comparison, title="worked"), width=width, language=ZH)


def test_the_plan_of_the_worked_case():
    assert_golden("worked_plan_zh.txt", plan_on(80))


def test_six_scenarios_side_by_side():
    assert_golden("comparison_zh.txt", comparison_on(80))


def test_a_check(tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(copy_worked(tmp_path / "worked"))
    assert run(planner, ["check", "--lang", "zh"]) == DONE
    assert_golden("check_command_zh.txt", capsys.readouterr().out)


@pytest.mark.parametrize("width", [40, 80])
def test_the_comparison_keeps_within_the_page(width):
    lines = comparison_on(width).splitlines()
    assert max(map(width_of, lines)) <= width


def test_columns_stand_below_each_other():
    lines = plan_on(80).splitlines()
    at = next(k for k, line in enumerate(lines) if "调整前  " in line and "目标" in line)
    for rep in lines[at + 1 : at + 4]:
        before = re.match(r" \S+ +\d+", rep)
        assert before is not None
        assert width_of(before.group()) == width_of(lines[at][: lines[at].index("调整前") + 3])
