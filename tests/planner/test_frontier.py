"""The frontier command: from a folder of tables to points, band and knee."""

import contextlib
import csv
import json
from pathlib import Path

import pytest

from planner.commands import planner
from planner.console import width_of
from planner.exits import BAD_INPUT, DONE, STOPPED, THE_ANSWER_IS_NO, run
from planner.frontier_record import FrontierRecord, frontier_schema
from planner.project import load
from planner.screens.frontier import show_frontier
from scenarios.tracing.frontier import Ask, Frontier, Reached, trace
from scenarios.tracing.trade_off import TradeOff
from tests.golden.compare import assert_golden, on_paper
from tests.worked import copy_worked

EXACT = [(0, 63 + 1 / 18), (1, 8 + 8 / 9), (2, 1 + 1 / 9)]
SCHEMA = Path(__file__).parents[2] / "planner" / "schemas" / "frontier.schema.json"


@pytest.fixture
def project(tmp_path):
    folder = copy_worked(tmp_path / "worked")
    with contextlib.chdir(folder):
        yield folder


def traced(capsys, *arguments):
    """Run the command and return its code, what it said on stdout, and what on stderr."""
    code = run(planner, ["frontier", *arguments])
    shown = capsys.readouterr()
    return code, shown.out, shown.err


def test_the_worked_case_on_screen_and_on_disk(project, capsys):
    code, shown, _ = traced(capsys)
    assert code == DONE
    assert_golden("frontier_command.txt", shown)
    with (project / "runs" / "001" / "frontier.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert [(float(row["x"]), float(row["y"])) for row in rows] == [pytest.approx(one) for one in EXACT]
    assert [row["knee"] for row in rows] == ["false", "true", "false"]
    assert [float(row["x_share"]) for row in rows] == [0, 0.25, 0.5]
    assert rows[-1]["rate"] == ""


def test_the_record_says_the_same_and_keeps_to_its_schema(project, capsys):
    code, shown, _ = traced(capsys, "--json")
    assert code == DONE
    document = json.loads(shown)
    assert document.pop("run") == "runs/001"
    written = json.loads((project / "runs" / "001" / "frontier.json").read_text(encoding="utf-8"))
    assert written == document
    record = FrontierRecord.model_validate(document)
    assert record.complete
    assert [(one.x, one.y) for one in record.points] == [pytest.approx(one) for one in EXACT]
    assert record.knee is not None
    assert record.knee.reason == (
        "up to here each 1% of customers moved takes 2.17% of target off balance on average, beyond it only 0.31"
    )
    assert record.band.upper_from == [0, 1, 2]
    assert record.band.lower_to == [0, 1, None]
    assert record.band.least_x == 0


def test_the_schema_on_disk_is_that_of_the_record():
    assert json.loads(SCHEMA.read_text(encoding="utf-8")) == frontier_schema()


def test_the_settings_of_a_point_plan_it_again(project, capsys):
    traced(capsys, "--quiet")
    record = json.loads((project / "runs" / "001" / "frontier.json").read_text(encoding="utf-8"))
    knee = record["points"][1]["set"]
    with (project / "planner.yaml").open("a", encoding="utf-8") as file:
        file.write(f"\nscenarios:\n  knee: {json.dumps({'set': knee})}\n")
    assert run(planner, ["plan", "--scenario", "knee", "--quiet"]) == DONE
    written = json.loads((project / "runs" / "002" / "plan.json").read_text(encoding="utf-8"))
    assert written["goals"]["balance"]["value"] == pytest.approx(EXACT[1][1])
    assert written["moved_customers"] == 1
    assert run(planner, ["verify"]) == DONE


@pytest.mark.long
def test_against_a_goal_it_is_the_goals_limit_that_moves(project, capsys):
    code, shown, _ = traced(capsys, "--against", "misfit", "--json")
    assert code == DONE
    document = json.loads(shown)
    assert [(one["x"], one["y"]) for one in document["points"]] == [
        pytest.approx((0, 8 + 8 / 9)),
        pytest.approx((10, 1 + 1 / 9)),
    ]
    assert document["x"] == {"name": "misfit", "unit": "points", "goals": None, "base": None}
    assert [one["x_share"] for one in document["points"]] == [None, None]
    assert document["knee"] is None


def test_several_goals_are_weighed_as_in_the_policy(project, capsys):
    code, shown, _ = traced(
        capsys, "--goal", "balance", "--goal", "misfit", "--set", "goals[misfit].weight=0.1", "--json"
    )
    assert code == DONE
    document = json.loads(shown)
    assert document["y"]["goals"] == {"balance": 1.0, "misfit": 0.1}
    # two moves break one preference of 10 points
    assert document["points"][-1]["y"] == pytest.approx(1 + 1 / 9 + 1)


def test_budgets_of_the_policy_hold_unless_lifted(project, capsys):
    budget = "disruption.budgets[moved customers].max=1"
    for options, most in (((), 1), (("--beyond-budget",), 2)):
        _, shown, _ = traced(capsys, "--set", budget, "--json", *options)
        assert json.loads(shown)["points"][-1]["x"] == most


def test_rules_that_no_plan_keeps_have_no_frontier(project, capsys):
    for limit in ([], ["--time-limit", "10"]):
        code, shown, _ = traced(capsys, "--set", "capacity=[{measure: customers, min: 3}]", *limit)
        assert code == THE_ANSWER_IS_NO
        assert "No plan can exist" in shown
        assert "This cannot hold: eve has at least 3 customers" in " ".join(shown.split())
        assert "A way out: " in shown
    code, shown, _ = traced(capsys, "--set", "capacity=[{measure: customers, min: 3}]", "--json")
    document = json.loads(shown)
    assert (code, document["status"], document["points"]) == (THE_ANSWER_IS_NO, "infeasible", [])
    assert any(line.startswith("This cannot hold") for line in document["explanation"])


def test_a_share_of_the_time_that_is_too_small_for_the_first_points_is_not_the_last_word(project, capsys):
    code, shown, _ = traced(capsys, "--time-limit", "20", "--points", "1000", "--json")
    assert (code, json.loads(shown)["status"]) == (DONE, "feasible")


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--goal", "balanse"], "Try 'balance'"),
        (["--against", "revenu"], "Try 'revenue'"),
        (["--goal", "travel", "--against", "balance"], "The goal 'travel' needs to know how far it is"),
        (["--scenario", "status quo"], "A scenario that is only measured has no frontier"),
        (["--scenario", "nope"], "There is no such scenario"),
        (["--points", "1"], "Invalid value for '--points'"),
    ],
)
def test_what_cannot_be_traced_is_refused_in_plain_words(project, capsys, arguments, told):
    code, shown, messages = traced(capsys, *arguments)
    assert code == BAD_INPUT
    assert told in messages
    assert shown == ""
    assert not (project / "runs").exists()


def test_a_folder_with_other_files_is_not_overwritten(project, capsys):
    assert traced(capsys, "--out", "front", "--quiet")[0] == DONE
    code, _, messages = traced(capsys, "--out", "front")
    assert code == BAD_INPUT
    assert "Try --force" in messages
    assert traced(capsys, "--out", "front", "--force", "--quiet")[0] == DONE
    (project / "other").mkdir()
    (project / "other" / "note.txt").write_text("mine", encoding="utf-8")
    assert traced(capsys, "--out", "other", "--force")[0] == BAD_INPUT


def test_a_frontier_is_no_run_that_could_be_verified(project, capsys):
    assert run(planner, ["plan", "--quiet"]) == DONE
    assert traced(capsys, "--quiet")[0] == DONE
    assert run(planner, ["verify"]) == DONE
    assert "001" in capsys.readouterr().out


def test_a_time_limit_that_is_up_at_once_leaves_no_points(project, capsys):
    code, shown, _ = traced(capsys, "--time-limit", "1e-9", "--json")
    document = json.loads(shown)
    assert code == STOPPED
    assert (document["points"], document["complete"], document["stopped_by"]) == ([], False, "time limit")


def test_settings_are_applied_after_those_of_the_command_line(project):
    loaded = load(project, sets=["balance[revenue].tolerance=5%"], settings=[("balance[revenue].tolerance", "7%")])
    assert loaded.policy.balance[0].tolerance == pytest.approx(0.07)


# ---- screens ----------------------------------------------------------------------------------------------------

MOVES = TradeOff({"balance": 1.0}, "customers", "customers", "points", 2000.0, False, False, None, False, {})
HOURS = TradeOff({"balance": 1.0, "misfit": 2.0}, "travel", "h", "points", None, True, False, None, False, {})


def made_up(slack: float, *, whole: bool = True) -> Frontier:
    """Trace a curve whose bounds leave some slack."""

    def solve(asks: list[Ask]) -> list[Reached]:
        found = []
        for ask in asks:
            x = 400.0 if ask.limit is None else ask.limit
            x = 12.0 if ask.least else max(x, 12.0)
            y = 20 + 4000 / (x + 10)
            found.append(Reached(x, y, y * (1 - slack), "feasible", least_x=12.0))
        return found

    return trace(solve, 8, whole=whole)


def test_a_band_on_screen():
    shown = on_paper(lambda paper: show_frontier(paper, made_up(0.12), MOVES, title="made up"))
    assert_golden("frontier_band.txt", shown)
    assert max(map(width_of, shown.splitlines())) <= 80


def test_against_hours_on_screen():
    shown = on_paper(lambda paper: show_frontier(paper, made_up(0.0, whole=False), HOURS, title="made up"))
    assert_golden("frontier_hours.txt", shown)
    assert max(map(width_of, shown.splitlines())) <= 80


def test_one_point_alone_is_told_without_a_plot():
    alone = trace(lambda asks: [Reached(3.0, 0.0, 0.0, "optimal", least_x=3.0)] * len(asks), 5, whole=True)
    shown = on_paper(lambda paper: show_frontier(paper, alone, MOVES, title="made up"))
    assert "┤" not in shown
    assert "Complete" in shown


@pytest.mark.parametrize("width", [40, 60, 100])
def test_any_width_is_kept(width):
    shown = on_paper(lambda paper: show_frontier(paper, made_up(0.1), MOVES, title="made up"), width=width)
    assert max(map(width_of, (line for line in shown.splitlines() if "┤" in line or "│" in line))) <= width
