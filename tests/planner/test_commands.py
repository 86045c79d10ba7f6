"""The commands, from a folder of tables to a verified plan, as somebody at the keyboard meets them."""

import contextlib
import json
import os
import subprocess
import sys

import pytest

from planner.console import width_of
from planner.exits import BAD_INPUT, DONE, THE_ANSWER_IS_NO
from tests.golden.compare import assert_golden
from tests.planner.at_keyboard import said
from tests.planner.finished.made import edit
from tests.worked import copy_worked

TOO_MUCH = "capacity=[{measure: workload, max: rep.capacity_workload_hours}, {measure: customers, min: 2}]"


@pytest.fixture
def project(tmp_path):
    folder = copy_worked(tmp_path / "worked")
    with contextlib.chdir(folder):
        yield folder


def test_a_plan_from_the_current_folder(project, capsys):
    code, shown, messages = said(capsys, "plan")
    assert code == DONE
    assert_golden("plan_command.txt", shown)
    assert "not on the roster" in messages
    assert (project / "runs" / "001" / "assignments.csv").is_file()


def test_a_look_before_planning(project, capsys):
    code, shown, _ = said(capsys, "check")
    assert code == DONE
    assert_golden("check_command.txt", shown)


def test_a_customer_nobody_may_own_is_named_before_planning(project, capsys):
    edit(project, "customers.csv", "2020-06-30,east,,", "2020-06-30,east,cloud:9,")
    code, shown, _ = said(capsys, "check", "--json")
    assert code == THE_ANSWER_IS_NO
    seen = json.loads(shown)
    assert seen["without_candidate"] == [{"customer": "C5", "role": "owner", "reason": "eligibility.skills"}]
    assert seen["candidates_per_unit"] == {"min": 0, "median": 2.0, "max": 2}
    code, shown, _ = said(capsys, "plan")
    assert code == THE_ANSWER_IS_NO
    assert "C5: no rep may own it" in shown


def test_a_line_that_touches_nobody_is_a_warning(project, capsys):
    nobody = "policy.keep.locks=[{name: nobody, when: \"customer.tier = 'Z'\"}]"
    _, shown, _ = said(capsys, "check", "--set", nobody)
    assert "A policy line touches no customer" in shown


def test_a_budget_that_is_too_small_is_told_with_its_line(project, capsys):
    edit(project, "planner.yaml", "max: 50%", "max: 10%")
    _, shown, _ = said(capsys, "check", "--json")
    (tight,) = [one for one in json.loads(shown)["findings"] if one["code"] == "TP323"]
    assert (tight["place"]["file"], tight["place"]["line"] is None) == ("planner.yaml", False)
    _, shown, _ = said(capsys, "plan", "--set", "capacity=[]", "--quiet")
    assert "moved customers: no move fits into it" in shown


def test_machines_get_the_record_and_nothing_else(project, capsys):
    code, shown, messages = said(capsys, "plan", str(project), "--json", "--quiet")
    document = json.loads(shown)
    assert (code, document["status"], messages) == (DONE, "optimal", "")
    assert document["objective"] == pytest.approx(107 / 9)
    assert shown.isascii()


def test_no_plan_can_exist_is_an_answer(project, capsys):
    code, shown, _ = said(capsys, "plan", "--set", TOO_MUCH)
    assert code == THE_ANSWER_IS_NO
    assert "no plan can exist" in shown
    assert not (project / "runs" / "001" / "assignments.csv").exists()
    record = json.loads((project / "runs" / "001" / "plan.json").read_text(encoding="utf-8"))
    assert (record["status"], record["changed"]) == ("infeasible", [TOO_MUCH])


def test_a_plan_edited_by_hand_is_caught(project, capsys):
    said(capsys, "plan", "--quiet")
    assert said(capsys, "verify")[0] == DONE
    edit(project / "runs" / "001", "assignments.csv", "C2,owner,ana", "C2,owner,bob")
    code, shown, _ = said(capsys, "verify", "--json")
    assert code == THE_ANSWER_IS_NO
    (violation,) = json.loads(shown)["violations"]
    assert (violation["line"], violation["customer"], violation["rep"]) == ("eligibility.skills", "C2", "bob")


def test_a_run_plans_again_from_its_own_inputs(project, capsys):
    said(capsys, "plan", "--quiet")
    code, shown, _ = said(capsys, "plan", "runs/001/inputs", "--json", "--quiet")
    assert code == DONE
    assert json.loads(shown)["objective"] == pytest.approx(107 / 9)


def test_out_is_used_once_and_replaced_only_by_force(project, capsys):
    assert said(capsys, "plan", "--out", "mine", "--quiet")[0] == DONE
    code, _, messages = said(capsys, "plan", "--out", "mine", "--quiet")
    assert (code, "--force" in messages) == (BAD_INPUT, True)
    assert said(capsys, "plan", "--out", "mine", "--force", "--quiet")[0] == DONE


def test_a_mistake_in_the_policy_is_told_with_its_line_and_nothing_is_written(project, capsys):
    edit(project, "planner.yaml", "tolerance:", "tolerence:")
    code, shown, messages = said(capsys, "plan")
    assert (code, shown) == (BAD_INPUT, "")
    assert "tolerance" in messages
    assert "line" in messages
    assert not (project / "runs").exists()


def test_status_follows_the_quarter(project, capsys):
    assert json.loads(said(capsys, "status", "--json")[1])["next"] == "planner check"
    said(capsys, "plan", "--quiet")
    assert json.loads(said(capsys, "status", "--json")[1])["next"] == "planner verify runs/001"
    said(capsys, "verify", "--quiet")
    edit(project, "customers.csv", ",100,", ",90,")
    status = json.loads(said(capsys, "status", "--json")[1])
    assert status["open"][0] == "customers.csv has changed since the last run."


def test_status_quo_is_measured_and_not_enforced(project, capsys):
    code, shown, _ = said(capsys, "plan", "--scenario", "status quo", "--json", "--quiet")
    document = json.loads(shown)
    assert (code, document["status"], document["moved_customers"]) == (DONE, "evaluated", 0)
    assert document["objective"] == pytest.approx(63.0556, abs=1e-4)


def test_a_pipe_without_unicode_and_colour_reads_well(project):
    shown = subprocess.run(
        [sys.executable, "-c", "from planner.commands import main; main()", "plan", "--quiet"],
        capture_output=True,
        env={**os.environ, "PYTHONIOENCODING": "ascii", "NO_COLOR": "1", "PYTHONPATH": os.pathsep.join(sys.path)},
        check=True,
    )
    text = shown.stdout.decode("ascii")
    assert "\x1b" not in text
    assert "0 -> 0" in text
    assert max(map(width_of, text.splitlines())) <= 80
