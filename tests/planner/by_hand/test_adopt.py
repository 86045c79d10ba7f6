"""An assignment edited by hand is checked, every edit is priced, and it becomes a run like any other."""

import csv
import json
import shutil

import pytest

import planner as library
from models.findings import InputRefused
from planner.by_hand.adoption import adopt
from planner.exits import BAD_INPUT, DONE, THE_ANSWER_IS_NO
from planner.quarter import look_at
from planner.run_folder import load_record, open_run
from planner.screens.adoption import show_adoption
from planner.verification import verify_run
from planner.write.files import sha256
from planner.write.run import DEVIATIONS
from tests.golden.compare import on_paper
from tests.planner.at_keyboard import said
from tests.planner.finished.made import edit, infeasible_run, solved_run

PRIORITIES = [
    {"goal": "balance", "priority": 1, "slack": 10},
    {"goal": "disruption", "priority": 2},
    {"goal": "misfit", "priority": 2},
]


@pytest.fixture(scope="module")
def solved(tmp_path_factory):
    return solved_run(tmp_path_factory.mktemp("solved"))


@pytest.fixture
def folder(solved, tmp_path):
    """Return the optimum of the worked case as run 001 of a project of its own."""
    return shutil.copytree(solved, tmp_path / "runs" / "001")


def edited(folder, *changes, name="edited.csv"):
    """Copy the assignments of a run and change owners in the copy, each ``(customer, from, to)``."""
    copy = folder.parent / name
    shutil.copy(folder / "assignments.csv", copy)
    for customer, old, new in changes:
        edit(copy.parent, name, f"{customer},owner,{old}", f"{customer},owner,{new}")
    return copy


def table(path):
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_the_runs_own_assignment_changes_nothing(folder):
    adoption = adopt(folder, edited(folder))
    assert (adoption.deviations, adoption.points, adoption.plan.status) == ((), 0.0, "optimal")
    assert adoption.folder.name == "002"
    assert sha256(adoption.folder / "assignments.csv") == sha256(folder / "assignments.csv")
    assert verify_run(adoption.folder).passed


def test_an_edit_is_priced_goal_by_goal(folder):
    adoption = adopt(folder, edited(folder, ("C3", "bob", "ana")))
    (deviation,) = adoption.deviations
    assert deviation.goals == pytest.approx({"balance": 500 / 9, "disruption": -3})
    assert (deviation.points, adoption.points) == pytest.approx((500 / 9 - 3, 500 / 9 - 3))
    assert deviation.broken == ()
    (row,) = table(adoption.folder / DEVIATIONS)
    assert (row["customer_id"], row["planned_rep_id"], row["rep_id"]) == ("C3", "bob", "ana")
    assert float(row["points"]) == pytest.approx(500 / 9 - 3)


def test_prices_of_several_edits_do_not_add_up(folder):
    adoption = adopt(folder, edited(folder, ("C3", "bob", "ana"), ("C4", "bob", "ana"), ("C1", "ana", "bob")))
    assert adoption.feasible
    assert adoption.points == pytest.approx(136 / 9 - 107 / 9)
    assert adoption.points_alone > adoption.points + 100
    assert len(adoption.deviations) == 3


def test_an_adopted_plan_is_a_run_with_the_certificate_of_its_run(folder):
    copy = edited(folder, ("C3", "bob", "ana"))
    adoption = adopt(folder, copy, by="Dana")
    record, base = load_record(adoption.folder), load_record(folder)
    assert (record.status, record.engine, record.stopped_by) == ("feasible", "by hand", "by hand")
    assert record.engine_reason == "edited by Dana from run 001 (edited.csv)"
    assert (record.bound, record.bound_by, record.price_bound) == (base.bound, base.bound_by, base.price_bound)
    assert (record.sources, record.assumptions) == (base.sources, base.assumptions)
    assert {name for name in base.inputs if record.inputs[name] != base.inputs[name]} <= {"places.json"}
    assert (record.adopted.run, record.adopted.file, record.adopted.by) == ("001", "edited.csv", "Dana")
    assert record.adopted.sha256 == sha256(copy)
    assert record.adopted.points == pytest.approx(500 / 9 - 3)
    verification = verify_run(adoption.folder)
    assert verification.passed
    assert verification.price_bound == pytest.approx(base.price_bound)


def test_what_was_decided_by_hand_says_so(folder):
    adoption = adopt(folder, edited(folder, ("C3", "bob", "ana")))
    reasons = {row["customer_id"]: row["reason"] for row in table(adoption.folder / "assignments.csv")}
    assert reasons["C3"] == "decided by hand; planned with Bob"
    assert reasons["C1"] == "stays with Ana"


def test_an_assignment_that_breaks_a_hard_rule_is_not_filed(folder):
    adoption = adopt(folder, edited(folder, ("C2", "ana", "bob"), ("C6", "bob", "eve")))
    assert (adoption.feasible, adoption.folder, adoption.plan.status) == (False, None, "evaluated")
    assert {one.line for one in adoption.broken} == {"eligibility.skills", "capacity[workload]"}
    assert {one.customer: one.broken[0].line for one in _by_id(adoption)} == {
        "C2": "eligibility.skills",
        "C6": "capacity[workload]",
    }
    assert [path.name for path in folder.parent.glob("[0-9]*")] == ["001"]


def _by_id(adoption):
    ids = adoption.basis.run.org.customer_ids
    for one in adoption.deviations:
        yield type("Named", (), {"customer": ids[one.customer], "broken": one.broken})


def test_a_rule_that_only_two_edits_together_break_is_told(tmp_path):
    folder = solved_run(tmp_path, capacity=[{"measure": "workload", "max": 100}])
    assert [row["rep_id"] for row in table(folder / "assignments.csv")][:4] == ["ana", "ana", "bob", "bob"]
    adoption = adopt(folder, edited(folder, ("C3", "bob", "ana"), ("C4", "bob", "ana")))
    assert [one.broken for one in adoption.deviations] == [(), ()]
    assert [one.line for one in adoption.broken] == ["capacity[workload]"]


def test_even_a_broken_one_is_filed_as_measured_when_asked_for(folder):
    adoption = adopt(folder, edited(folder, ("C6", "bob", "eve")), even_broken=True)
    record = load_record(adoption.folder)
    assert (record.status, record.bound, record.gap) == ("evaluated", None, None)
    assert [one.line for one in record.violations] == ["capacity[workload]"]
    assert verify_run(adoption.folder).passed


def test_a_run_that_was_only_measured_can_be_mended_by_hand(tmp_path):
    folder = solved_run(tmp_path, evaluate_only=True, capacity=[{"measure": "customers", "max": 2}])
    assert load_record(folder).violations
    adoption = adopt(folder, edited(folder, ("C3", "ana", "bob"), ("C5", "bob", "eve")))
    assert adoption.plan.status == "feasible"
    assert (adoption.plan.bound, adoption.plan.gap) == (None, None)
    assert verify_run(adoption.folder).passed


def test_with_priorities_the_bound_holds_by_what_earlier_stages_leave_now(tmp_path):
    folder = solved_run(tmp_path, goals=PRIORITIES)
    base = load_record(folder)
    adoption = adopt(folder, edited(folder, ("C3", "bob", "ana")))
    record = load_record(adoption.folder)
    assert record.stages[0].value == pytest.approx(580 / 9)
    assert record.stages[0].cap == pytest.approx(580 / 9 + 10)
    assert record.stages[0].bound == pytest.approx(base.stages[0].bound)
    assert record.status == "feasible"
    assert record.objective == pytest.approx(0.0)
    assert verify_run(adoption.folder).passed


def test_a_plan_within_what_earlier_stages_leave_keeps_their_bounds(tmp_path):
    folder = solved_run(tmp_path, goals=PRIORITIES)
    base = load_record(folder)
    assert base.stages[0].value < base.goals["balance"].value < base.stages[0].cap
    record = load_record(adopt(folder, edited(folder)).folder)
    assert (record.status, record.stages, record.bound) == ("optimal", base.stages, base.bound)


def test_customers_that_are_not_in_the_file_keep_their_owner_and_are_told(folder, tmp_path):
    few = tmp_path / "few.csv"
    few.write_text("rep_id,customer_id,remark\nana,C3,he knows them\n", encoding="utf-8")
    adoption = adopt(folder, few)
    assert [one.customer for one in adoption.deviations] == [2]
    assert len(adoption.absent) == 5
    assert (adoption.folder / "assignments.csv").read_text(encoding="utf-8").count("\n") == 7


def test_other_columns_do_not_matter_and_an_edited_previous_owner_is_told(folder, tmp_path):
    copy = edited(folder)
    edit(tmp_path / "runs", "edited.csv", "C3,owner,bob,ana,true", "C3,owner,bob,bob,false")
    adoption = adopt(folder, copy)
    assert adoption.deviations == ()
    (note,) = adoption.notes
    assert (note.severity, note.place.row, note.found) == ("warning", 4, "C3: 'bob' instead of 'ana'")


def test_assignments_edited_in_place_are_adopted_all_the_same(folder):
    edit(folder, "assignments.csv", "C3,owner,bob", "C3,owner,ana")
    adoption = adopt(folder, folder / "assignments.csv")
    assert adoption.basis.restored
    assert [one.customer for one in adoption.deviations] == [2]
    assert adoption.points == pytest.approx(500 / 9 - 3)
    assert verify_run(adoption.folder).passed
    assert "edited in place" in on_paper(lambda paper: show_adoption(paper, adoption))


def test_a_run_whose_plan_cannot_be_told_any_more_is_refused(folder, tmp_path):
    copy = edited(folder)
    edit(folder, "assignments.csv", "C6,owner,bob", "C6,owner,eve")  # without an owner today, and so not among moves
    with pytest.raises(InputRefused, match="not those the run wrote"):
        adopt(folder, copy)
    (folder / "assignments.csv").unlink()
    with pytest.raises(InputRefused, match="are missing"):
        adopt(folder, copy)
    with pytest.raises(InputRefused, match="has no plan"):
        adopt(infeasible_run(tmp_path), copy)


def test_a_folder_that_is_not_empty_is_refused_before_anything_is_judged(folder, tmp_path):
    with pytest.raises(InputRefused, match="not empty"):
        adopt(folder, tmp_path / "nothing.csv", out=folder)
    assert adopt(folder, edited(folder), out=tmp_path / "mine").folder == tmp_path / "mine"
    assert adopt(folder, edited(folder), out=tmp_path / "mine", force=True).folder == tmp_path / "mine"


def test_the_command_files_a_run_that_other_commands_take(project, capsys):
    edited(project / "runs" / "001", ("C1", "ana", "bob"), ("C3", "bob", "ana"), ("C4", "bob", "ana"))
    code, shown, _ = said(capsys, "adopt", "runs/edited.csv", "001")
    assert code == DONE
    assert "Together +3.22 points against run 001." in shown
    assert "Written to runs/002" in shown
    assert said(capsys, "verify", "002")[0] == DONE
    assert said(capsys, "compare", "001", "002", "--baseline", "001")[0] == DONE
    assert said(capsys, "compare", "001", "002", "--customers")[0] == DONE
    code, shown, _ = said(capsys, "explain", "002", "customer", "C3")
    assert code == DONE
    assert "C3" in shown
    assert said(capsys, "plan", "--warm", "002")[0] == DONE
    assert said(capsys, "books")[0] == DONE
    assert "002" in said(capsys, "status")[1]
    quarter = look_at(project)
    assert [seen.record.engine for seen in quarter.runs][1] == "by hand"
    assert not any("changed since" in one for one in quarter.open)


def test_the_command_names_the_line_of_the_policy_that_is_broken(project, capsys):
    edited(project / "runs" / "001", ("C6", "bob", "eve"))
    code, shown, _ = said(capsys, "adopt", "runs/edited.csv")
    assert code == THE_ANSWER_IS_NO
    assert "eve carries 80 h, at most 50 h (planner.yaml, line 19)" in " ".join(shown.split())
    assert "Not filed" in shown
    code, shown, _ = said(capsys, "adopt", "runs/edited.csv", "--json")
    document = json.loads(shown)
    assert (code, document["filed"], document["feasible"]) == (THE_ANSWER_IS_NO, None, False)
    (broken,) = document["violations"]
    assert (broken["file"], broken["file_line"], broken["found"], broken["limit"]) == ("planner.yaml", 19, 80.0, 50.0)
    code, shown, _ = said(capsys, "adopt", "runs/edited.csv", "--even-broken", "--out", "mine")
    assert code == THE_ANSWER_IS_NO
    assert said(capsys, "verify", "mine")[0] == DONE


def test_the_command_refuses_a_file_that_is_not_there(project, capsys):
    code, _, told = said(capsys, "adopt", "runs/edite.csv")
    assert code == BAD_INPUT
    assert "The file does not exist" in told


def test_it_is_one_call_from_python(project):
    edited(project / "runs" / "001", ("C3", "bob", "ana"))
    adoption = library.adopt(open_run(project / "runs" / "001"), "runs/edited.csv")
    assert adoption.points == pytest.approx(500 / 9 - 3)
