"""What capacity is worth, and which changes are worth making, as somebody at the keyboard asks it."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from models.plan import Plan
from models.solve import solve
from planner.commands import planner
from planner.exits import BAD_INPUT, DONE, run
from planner.project import load
from tests.golden.compare import assert_golden
from tests.planner.finished.made import infeasible_run, planned_project, solved_run
from tests.worked import FOLDER


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return planned_project(tmp_path_factory.mktemp("advised") / "worked")


@pytest.fixture(scope="module")
def advice(project: Path) -> Any:
    return told(project)


def told(project: Path, *options: str) -> Any:
    import contextlib
    import io

    written = io.StringIO()
    with contextlib.redirect_stdout(written):
        code = run(planner, ["explain", str(project), "capacity", "--json", "--quiet", *options])
    assert code == DONE
    return json.loads(written.getvalue())


def planned(project: Path, text: str, tmp_path: Path) -> Plan:
    """Paste a scenario into a copy of the project, and plan with it."""
    copy = tmp_path / "copy"
    shutil.copytree(project, copy, ignore=shutil.ignore_patterns("runs"))
    file = copy / "planner.yaml"
    file.write_text(file.read_text(encoding="utf-8") + text, encoding="utf-8")
    (name,) = YAML(typ="safe").load(text)["scenarios"]
    loaded = load(copy, scenario=name)
    assert not [one for one in loaded.findings if one.severity == "error"]
    return solve(loaded.org, loaded.policy)


def test_the_best_change_of_the_worked_case_is_to_train_bob(advice):
    """Bob may then have C2 as well: 19/9 points instead of 107/9."""
    best = advice["changes"][0]
    assert best["title"] == "Train Bob in cloud to level 2"
    assert best["verified"] == pytest.approx(19 / 9 - 107 / 9)
    assert (best["evidence"], best["certain"]) == ("proven", True)
    assert best["low"] == best["high"] == best["verified"]
    assert best["goals"]["disruption"] == {"before": 3.0, "after": 1.0, "unit": "points"}


def test_changes_of_what_is_counted_stand_apart_and_are_counted_as_before_too(advice):
    assert [one["kind"] for one in advice["redefining"]] == ["band"]
    widened = advice["redefining"][0]
    assert widened["verified"] < 0
    assert widened["as_counted_before"] >= -1e-9
    assert not {"band"} & {one["kind"] for one in advice["changes"]}


def test_what_binds_is_said_in_natural_units(advice):
    (stage,) = advice["stages"]
    ana = stage["limits"][0]
    assert (ana["line"], ana["who"], ana["side"], ana["unit"]) == ("balance[revenue]", "Ana", "most", "USD")
    assert (ana["used"], ana["limit"]) == (pytest.approx(160), pytest.approx(158.4))
    assert stage["one_point_is"][0] == "1% of one rep's target of revenue outside the band"
    assert {one["label"] for one in stage["regions"]} == {"west"}
    assert [(one["skill"], one["customers"]) for one in stage["skills"]] == [("cloud", 1)]


@pytest.mark.parametrize("place", range(5))
def test_what_is_advised_can_be_pasted_and_does_what_was_said(project, advice, tmp_path, place):
    one = [*advice["changes"], *advice["redefining"]][place]
    plan = planned(project, one["yaml"], tmp_path)
    assert plan.objective == pytest.approx(107 / 9 + one["verified"])


def test_it_is_told_in_plain_sentences(project, capsys):
    capsys.readouterr()
    assert run(planner, ["explain", str(project), "capacity", "--quiet"]) == DONE
    assert_golden("explain_capacity.txt", capsys.readouterr().out)


def test_the_same_is_there_for_machines(advice):
    assert_golden(
        "explain_capacity_keys.txt",
        "\n".join([*sorted(advice), "", *sorted(advice["changes"][0]), "", *sorted(advice["stages"][0])]) + "\n",
    )


def test_a_scenario_s_advice_builds_on_the_scenario(tmp_path):
    folder = tmp_path / "worked"
    shutil.copytree(FOLDER, folder)
    file = folder / "planner.yaml"
    file.write_text(
        file.read_text(encoding="utf-8")
        + "scenarios:\n  one move: {set: {'disruption.budgets[moved customers].max': 1}}\n",
        encoding="utf-8",
    )
    arguments = ["plan", str(folder), "--quiet", "--scenario", "one move", "--set", "balance[revenue].tolerance=12%"]
    assert run(planner, arguments) == DONE
    one = next(one for one in told(folder)["changes"] if one["kind"] != "budget")
    scenario = YAML(typ="safe").load(one["yaml"])["scenarios"][one["scenario"]["name"]]
    assert scenario["combine"] == ["one move"]
    assert scenario["set"]["balance[revenue].tolerance"] == "12%"


def test_without_a_plan_it_says_whom_to_ask(tmp_path, capsys):
    folder = infeasible_run(tmp_path)
    assert run(planner, ["explain", str(folder), "capacity", "--quiet"]) == BAD_INPUT
    assert "Try planner explain infeasible" in capsys.readouterr().err


def test_what_was_only_measured_has_no_prices(tmp_path, capsys):
    folder = solved_run(tmp_path, evaluate_only=True)
    assert run(planner, ["explain", str(folder), "capacity", "--quiet"]) == BAD_INPUT
    assert "only measured" in capsys.readouterr().err


def test_a_run_without_its_certificate_is_priced_anew(project, advice, tmp_path):
    copy = tmp_path / "run"
    shutil.copytree(project / "runs" / "001", copy)
    (copy / "certificate.npz").unlink()
    again = told(copy)
    assert [one["verified"] for one in again["changes"]] == [one["verified"] for one in advice["changes"]]
    assert again["stages"][0]["limits"]


def test_no_time_is_an_answer_too(project):
    assert told(project, "--time-limit", "0.000001")["stopped_by"] == "time limit"
