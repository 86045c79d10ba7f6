"""Why a customer and a book are as they are, as somebody at the keyboard asks it."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from planner.commands import planner
from planner.exits import BAD_INPUT, DONE, run
from tests.golden.compare import assert_golden
from tests.planner.finished.made import planned_project
from tests.worked import FOLDER


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return planned_project(tmp_path_factory.mktemp("explained") / "worked")


def explained(project: Path, capsys: pytest.CaptureFixture[str], *words: str) -> Any:
    capsys.readouterr()
    assert run(planner, ["explain", str(project), *words, "--json", "--quiet"]) == DONE
    return json.loads(capsys.readouterr().out)


def shown(project: Path, capsys: pytest.CaptureFixture[str], *words: str) -> str:
    capsys.readouterr()
    assert run(planner, ["explain", str(project), *words, "--quiet"]) == DONE
    return capsys.readouterr().out


def test_the_customer_that_moved_would_have_made_two_others_move(project, capsys):
    told = explained(project, capsys, "customer", "C3")["roles"][0]
    assert (told["previous_rep_id"], told["rep_id"], told["change"]) == ("ana", "bob", "chosen")
    staying = told["staying"]
    assert staying["cost_points"] == pytest.approx(29 / 9)
    assert (staying["evidence"], staying["low"], staying["high"]) == (
        "proven",
        staying["cost_points"],
        pytest.approx(29 / 9),
    )
    moved = {one["customer_id"]: one["rep_id"] for one in staying["others"] if one["would_move"]}
    assert moved == {"C1": "bob", "C4": "ana"}
    assert staying["goals"] == pytest.approx({"balance": -70 / 9, "disruption": 1.0, "misfit": 10.0})


def test_the_moves_say_what_staying_would_cost(project):
    rows = (project / "runs" / "001" / "moves.csv").read_text(encoding="utf-8").splitlines()
    moved = next(row for row in rows if row.startswith("C3,"))
    assert "staying would cost 3.22 points (proven): C1 and C4 would have to move instead" in moved
    assert ",3.22222222222" in moved


def test_whoever_may_not_own_a_customer_is_named_with_every_rule_and_its_line(project, capsys):
    told = explained(project, capsys, "customer", "C2")["roles"][0]
    excluded = {one["rep_id"]: [rule["line"] for rule in one["rules"]] for one in told["excluded"]}
    assert excluded == {"bob": ["eligibility.skills"], "eve": ["eligibility.region", "eligibility.skills"]}
    rule = told["excluded"][0]["rules"][0]
    lines = (FOLDER / "planner.yaml").read_text(encoding="utf-8").splitlines()
    line = next(at for at, text in enumerate(lines, start=1) if "skills: required" in text)
    assert rule["place"] == f"planner.yaml, line {line}, policy.eligibility.skills"
    assert "cloud:2" in rule["why"]


def test_candidates_are_ranked_by_goals_and_prices(project, capsys):
    told = explained(project, capsys, "customer", "C3")["roles"][0]
    bob, ana = told["candidates"]
    assert (bob["rep_id"], bob["beyond_points"], bob["goals"]["disruption"]) == ("bob", 0.0, 3.0)
    assert ana["beyond_points"] > 0
    assert bob["points"] == pytest.approx(sum(bob["goals"].values()) + sum(one["points"] for one in bob["prices"]))
    assert ana["beyond_points"] == pytest.approx(ana["points"] - bob["points"])
    # C3 alone back at ana: revenue 200 and 80 of 144, one point for each percent outside 10
    goals = ana["alone"]["goals"]
    assert ana["alone"]["feasible"]
    assert goals["balance"] == pytest.approx(100 * ((200 - 158.4) + (129.6 - 80)) / 144 + 100 * 0.8 / 72)


def test_by_prices_nothing_is_solved_again(project, capsys):
    staying = explained(project, capsys, "customer", "C3", "--by-prices")["roles"][0]["staying"]
    assert staying["evidence"] == "estimate"
    assert "others" not in staying
    assert 0 <= staying["cost_points"] <= 29 / 9 + 1e-6


def test_by_prices_is_refused_where_it_says_nothing(project, capsys):
    assert run(planner, ["explain", str(project), "rep", "ana", "--by-prices"]) == BAD_INPUT
    assert "--by-prices says nothing about rep" in capsys.readouterr().err


def test_a_book_says_who_came_who_left_and_what_binds(project, capsys):
    told = explained(project, capsys, "rep", "eve")
    assert [(one["customer_id"], one["from"], one["kind"]) for one in told["came"]] == [("C5", "dan", "forced")]
    workload = next(one for one in told["measures"] if one["measure"] == "workload")
    assert (workload["before"], workload["after"], workload["maximum"]) == (0.0, 50.0, 50.0)
    revenue = next(one for one in told["measures"] if one["measure"] == "revenue")
    assert revenue["deviation"] == pytest.approx(100 * (80 / 72 - 1))
    assert "capacity[workload]" in {one["line"] for one in told["binds"]}
    left = explained(project, capsys, "rep", "ana")["left"]
    assert [(one["customer_id"], one["to"]) for one in left] == [("C3", "bob")]


@pytest.mark.parametrize("words", [("customer", "C3"), ("customer", "C2"), ("customer", "C6"), ("rep", "bob")])
def test_on_screen(project, capsys, words):
    assert_golden(f"explain_{words[0]}_{words[1]}.txt", shown(project, capsys, *words))


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("customer", "C33"), "Try 'C3'"),
        (("rep", "anna"), "Try 'ana'"),
        (("custommer", "C3"), "Try 'customer'"),
    ],
)
def test_who_is_not_there_is_told_with_what_to_try(project, capsys, words, said):
    assert run(planner, ["explain", str(project), *words, "--quiet"]) == BAD_INPUT
    assert said in capsys.readouterr().err


def test_a_name_will_do_where_only_one_has_it(project, capsys):
    names = (project / "customers.csv").read_text(encoding="utf-8").splitlines()
    name = names[3].split(",")[1]
    assert explained(project, capsys, "customer", name)["customer_id"] == "C3"


def test_a_run_that_was_only_measured_weighs_nobody(project, capsys):
    assert (
        run(
            planner, ["plan", str(project), "--scenario", "status quo", "--set", "capacity[workload].max=10", "--quiet"]
        )
        == DONE
    )
    told = explained(project, capsys, "customer", "C3")
    assert told["feasible"] is False
    assert told["roles"][0]["candidates"] == []
    capsys.readouterr()
    assert "breaks hard rules" in shown(project, capsys, "customer", "C3")
    shutil.rmtree(project / "runs" / "002")
