"""Planning again from an earlier run, as somebody at the keyboard does it."""

import json

import pytest

from planner.commands import planner
from planner.exits import BAD_INPUT, DONE, run
from planner.record import read_record
from tests.planner.finished.made import edit, infeasible_run, planned_project


@pytest.fixture
def project(tmp_path):
    return planned_project(tmp_path / "worked")


def record_of(project, name):
    return read_record((project / "runs" / name / "plan.json").read_bytes())


def test_the_record_says_which_run_a_plan_began_with(project, capsys):
    assert record_of(project, "001").warm is None
    capsys.readouterr()
    assert run(planner, ["plan", str(project), "--warm", "001", "--detail"]) == DONE
    assert " began with   run 001\n" in capsys.readouterr().out
    assert record_of(project, "002").warm == "001"
    assert run(planner, ["status", str(project), "--json"]) == DONE
    assert [seen["warm"] for seen in json.loads(capsys.readouterr().out)["runs"]] == [None, "001"]


def test_the_run_may_be_named_by_its_folder(project):
    assert run(planner, ["plan", str(project), "--warm", str(project / "runs" / "001"), "--quiet"]) == DONE
    assert record_of(project, "002").warm == "001"


def test_a_plan_that_began_with_another_is_verified_like_any(project):
    edit(project, "customers.csv", "C1,", "C1X,")
    assert run(planner, ["plan", str(project), "--warm", "001", "--quiet"]) == DONE
    assert run(planner, ["verify", str(project / "runs" / "002"), "--quiet"]) == DONE


def test_a_record_from_before_warm_starts_is_read(project):
    path = project / "runs" / "001" / "plan.json"
    document = json.loads(path.read_text(encoding="utf-8"))
    del document["warm"]
    assert read_record(json.dumps(document)).warm is None


def refusal(capsys, *arguments):
    capsys.readouterr()
    assert run(planner, ["plan", *arguments]) == BAD_INPUT
    return capsys.readouterr().err


def test_what_cannot_begin_a_plan_is_told(project, tmp_path, capsys):
    assert "There is no run here" in refusal(capsys, str(project), "--warm", "007")
    without_plan = str(infeasible_run(tmp_path / "other"))
    assert "has no plan" in refusal(capsys, str(project), "--warm", without_plan)
    measured = refusal(capsys, str(project), "--warm", "001", "--scenario", "status quo")
    assert "only measured" in measured
    (project / "runs" / "001" / "certificate.npz").write_bytes(b"no archive")
    assert "cannot be read" in refusal(capsys, str(project), "--warm", "001")
