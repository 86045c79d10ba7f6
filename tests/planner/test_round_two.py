"""Wishes and answers at the command line: what is read, planned, written, verified and refused."""

import contextlib
import io
import json
import shutil

import pandas as pd
import pytest

from planner.circulated import read_circulated
from planner.commands import planner
from planner.exits import BAD_INPUT, DONE, THE_ANSWER_IS_NO, run
from planner.project import load
from planner.report.writing import make_report
from tests.planner.together.worked_project import worked_project

WISHES = """customer,rep,kind,weight,who,note
C3,,keep,2,Mia,knows them
C1,bob,with,1,=Mia,
C4,ana,not,,Joe,
"""


@pytest.fixture
def project(tmp_path):
    folder = worked_project(tmp_path / "worked", "")
    with contextlib.chdir(folder):
        yield folder


@pytest.fixture(scope="module")
def planned_once(tmp_path_factory):
    folder = worked_project(tmp_path_factory.mktemp("once") / "worked", "")
    with contextlib.chdir(folder), contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        assert run(planner, ["plan"]) == DONE
    return folder


@pytest.fixture
def circulated(planned_once, tmp_path):
    """The project with one run, 001."""
    folder = tmp_path / "worked"
    shutil.copytree(planned_once, folder)
    with contextlib.chdir(folder):
        yield folder


@pytest.fixture
def ask(capsys):
    def asked(*arguments):
        code = run(planner, [str(one) for one in arguments])
        shown = capsys.readouterr()
        return code, shown.out, shown.err

    return asked


def record(folder, number):
    return json.loads((folder / "runs" / number / "plan.json").read_text(encoding="utf-8"))


def table(folder, number, name):
    return pd.read_csv(folder / "runs" / number / name, dtype=str, keep_default_na=False).to_dict("records")


def owners(folder, number):
    return " ".join(row["rep_id"] for row in table(folder, number, "assignments.csv"))


def test_wishes_are_honoured_as_far_as_it_pays_and_each_refused_one_says_what_it_costs(project, ask):
    (project / "wishes.csv").write_text(WISHES, encoding="utf-8")
    code, shown, _ = ask("plan", "--wishes", "wishes.csv")
    assert code == DONE
    assert "3 wishes: 1 honoured, 2 refused" in shown
    assert "staying with Ana it would cost 1.22 points (proven)" in shown
    rows = {row["customer_id"]: row for row in table(project, "001", "wishes.csv")}
    assert {name: row["honoured"] for name, row in rows.items()} == {"C3": "no", "C1": "no", "C4": "yes"}
    assert float(rows["C3"]["cost_points"]) == pytest.approx(29 / 9 - 2)
    assert rows["C3"]["evidence"] == "proven"
    assert rows["C1"]["who"] == "'=Mia"
    assert rows["C4"]["weight"] == "1.0"
    said = record(project, "001")
    assert said["wishes"] == {"count": 3, "honoured": 1, "refused": 2, "refused_points": 3.0}
    assert said["goals"]["wishes"] == {"value": 3.0, "unit": "points", "weighted": 3.0}
    assert ask("verify")[0] == DONE


def test_a_run_with_wishes_is_planned_again_from_its_own_inputs(project, ask):
    (project / "wishes.csv").write_text(WISHES, encoding="utf-8")
    ask("plan", "--wishes", "wishes.csv")
    assert ask("plan", "runs/001/inputs")[0] == DONE
    again = json.loads((project / "runs/001/inputs/runs/001/plan.json").read_text(encoding="utf-8"))
    assert again["objective"] == pytest.approx(record(project, "001")["objective"])
    assert again["wishes"] == record(project, "001")["wishes"]


def test_a_record_that_counts_other_wishes_is_not_verified(project, ask):
    (project / "wishes.csv").write_text(WISHES, encoding="utf-8")
    ask("plan", "--wishes", "wishes.csv")
    said = record(project, "001")
    said["wishes"]["honoured"] = 2
    (project / "runs/001/plan.json").write_text(json.dumps(said), encoding="utf-8")
    code, shown, _ = ask("verify")
    assert code == THE_ANSWER_IS_NO
    assert "1 of 3 honoured" in " ".join(shown.split())


def test_a_bare_folder_with_wishes_is_planned_with_them(tmp_path):
    folder = tmp_path / "bare"
    folder.mkdir()
    (folder / "customers.csv").write_text("customer_id,owner_id,revenue\nC1,ana,5\nC2,bob,5\n", encoding="utf-8")
    (folder / "reps.csv").write_text("rep_id\nana\nbob\n", encoding="utf-8")
    (folder / "wishes.csv").write_text("customer,kind\nC1,keep\n", encoding="utf-8")
    loaded = load(folder)
    assert loaded.policy.stages[0].weights["wishes"] == 1
    assert any("Wishes" in one.title for one in loaded.assumptions)


def test_wishes_join_the_first_stage_and_may_be_weighed_by_a_setting(project):
    (project / "wishes.csv").write_text(WISHES, encoding="utf-8")
    ranked = [
        {"goal": "balance", "priority": 1},
        {"goal": "disruption", "priority": 2},
        {"goal": "misfit", "priority": 2},
    ]
    tables = {"wishes": "wishes.csv"}
    by_priority = load(project, tables=tables, settings=[("policy.goals", ranked)])
    assert [set(stage.weights) for stage in by_priority.policy.stages] == [
        {"balance", "wishes"},
        {"disruption", "misfit"},
    ]
    weighed = load(project, tables=tables, sets=["goals[wishes].weight=5"])
    assert weighed.policy.stages[0].weights["wishes"] == 5
    lifted = load(project, tables=tables, scenario="minimal moves")
    assert [set(stage.weights) for stage in lifted.policy.stages] == [
        {"moves"},
        {"balance", "disruption", "misfit", "wishes"},
    ]


def test_all_that_is_wrong_with_wishes_is_told_at_once_with_row_and_column(project, ask):
    (project / "wishes.csv").write_text(
        "customer,rep,kind,weight\nC99,ana,with,1\nC1,zoe,with,1\nC2,ana,wit,1\nC3,,with,1\n,ana,not,1\nC4,ana,not,0\n"
        "C5,ana,not,lots\nC6,ana,,1\n",
        encoding="utf-8",
    )
    assert ask("plan", "--wishes", "wishes.csv", "--json")[0] == BAD_INPUT
    assert not (project / "runs").exists()
    code, shown, _ = ask("check", "--wishes", "wishes.csv", "--json")
    assert code == BAD_INPUT
    errors = [one for one in json.loads(shown)["findings"] if one["severity"] == "error"]
    wrong = {(one["code"], one["place"]["row"], one["place"]["column"]) for one in errors}
    assert wrong == {
        ("TP182", 2, "customer"),
        ("TP182", 3, "rep"),
        ("TP148", 4, "kind"),
        ("TP181", 5, "rep"),
        ("TP181", 6, "customer"),
        ("TP145", 7, "weight"),
        ("TP141", 8, "weight"),
        ("TP181", 9, "kind"),
    }


def test_contradictions_and_wishes_against_a_rule_are_warned_of(project):
    (project / "wishes.csv").write_text(
        "customer,rep,kind\nC3,ana,with\nC3,bob,with\nC4,bob,with\nC4,bob,not\nC2,bob,with\nC1,,keep\nC1,ana,not\n",
        encoding="utf-8",
    )
    found = load(project, tables={"wishes": "wishes.csv"}).findings
    told = {(one.code, one.place.row, one.found) for one in found if one.code in ("TP183", "TP184")}
    assert told == {
        ("TP183", 3, "C3: with bob, and in row 2: with ana"),
        ("TP183", 5, "C4: not bob, and in row 4: with bob"),
        ("TP183", 8, "C1: not ana, and in row 7: keep"),
        ("TP184", 6, "C2: with bob; C2 needs cloud:2, bob has cloud:1 (eligibility.skills)"),
    }


def test_a_name_instead_of_an_id_is_answered_with_the_id(project, ask):
    (project / "wishes.csv").write_text("customer,kind,rep\nBlue Works,with,Bob\n", encoding="utf-8")
    code, _, told = ask("plan", "--wishes", "wishes.csv")
    assert code == BAD_INPUT
    said = " ".join(told.split())
    assert "Try the id 'C3': 'Blue Works' is a name" in said
    assert "Try 'bob'" in said


def test_a_role_that_the_policy_does_not_have_is_refused(project, ask):
    (project / "wishes.csv").write_text("customer,kind,role\nC3,keep,sales\n", encoding="utf-8")
    code, _, told = ask("plan", "--wishes", "wishes.csv")
    assert code == BAD_INPUT
    assert "A role that the policy does not have" in told


def test_an_accepted_proposal_is_planned_again_as_it_is(circulated, ask):
    (circulated / "answers.csv").write_text("customer_id,to\nC3,bob\n", encoding="utf-8")
    code, shown, _ = ask("plan", "--after", "001", "--accepted", "answers.csv")
    assert code == DONE
    assert "Proposal  run 001" in shown
    assert "as it was" in shown
    assert owners(circulated, "002") == owners(circulated, "001") == "ana ana bob bob eve bob"
    assert record(circulated, "002")["after"] == "001"
    assert record(circulated, "002")["stages"][0]["goals"] == ["changes"]
    assert {row["reason"] for row in table(circulated, "002", "assignments.csv") if row["customer_id"] == "C3"} == {
        "was accepted, as proposed"
    }
    assert ask("verify")[0] == DONE


def test_an_edited_moves_table_with_a_rejected_move_is_an_answer(circulated, ask):
    moves = pd.read_csv(circulated / "runs/001/moves.csv", dtype=str)
    moves["accepted"] = ["no" if customer == "C3" else "" for customer in moves["customer_id"]]
    moves.to_excel(circulated / "answers.xlsx", index=False)
    code, shown, _ = ask("plan", "--after", "001", "--accepted", "answers.xlsx")
    assert code == DONE
    assert "1 of its customers changed" in shown
    assert "Blue Works: Bob → Ana, which was rejected" in shown
    assert owners(circulated, "002") == "ana ana ana bob eve bob"
    assert ask("verify")[0] == DONE
    assert ask("plan", "runs/002/inputs")[0] == DONE
    again = pd.read_csv(circulated / "runs/002/inputs/runs/001/assignments.csv", dtype=str)
    assert " ".join(again["rep_id"]) == owners(circulated, "002")


def test_what_is_proven_of_a_second_round_is_among_those_that_change_as_little(circulated, ask):
    (circulated / "answers.csv").write_text("customer_id,accepted\nC3,no\n", encoding="utf-8")
    whose = "of those that change as little of the circulated proposal"
    with contextlib.chdir(circulated.parent):
        answers = f"{circulated.name}/answers.csv"
        _, shown, _ = ask("plan", circulated.name, "--after", "001", "--accepted", answers)
        assert f"proven: no plan is better, {whose}" in " ".join(shown.split())
        assert make_report(circulated).report.headline.endswith(f"no plan under these rules is better, {whose}.")
        _, shown, _ = ask("status", circulated.name)
    assert "is gone" not in shown


def test_without_answers_nothing_is_pinned_and_nothing_changes(circulated, ask):
    assert ask("plan", "--after", "001")[0] == DONE
    assert owners(circulated, "002") == owners(circulated, "001")


def test_customers_who_are_new_or_gone_since_the_proposal_are_told(circulated, ask):
    customers = (circulated / "customers.csv").read_text(encoding="utf-8").splitlines()
    gone = [line for line in customers if not line.startswith("C4,")]
    new = "C7," + customers[1].split(",", 1)[1]
    (circulated / "customers.csv").write_text("\n".join([*gone, new]) + "\n", encoding="utf-8")
    (circulated / "answers.csv").write_text("customer_id,accepted\nC4,yes\nC3,yes\n", encoding="utf-8")
    assert ask("plan", "--after", "001", "--accepted", "answers.csv", "--json")[0] == DONE
    proposal = read_circulated(circulated / "runs/001", circulated / "answers.csv", circulated)
    told = {(one.code, one.found) for one in proposal.put_into(load(circulated).org)[1]}
    assert told == {
        ("TP190", "'C7', new since: planned freely"),
        ("TP185", "'C4', gone since: what was answered lapses"),
    }


def test_all_that_is_wrong_with_answers_is_told_at_once(circulated, ask):
    (circulated / "answers.csv").write_text(
        "customer_id,to,role,accepted\nC9,,,yes\nC3,ana,,no\nC1,,sales,yes\nC2,,,perhaps\nC4,,,yes\nC4,,,no\n,,,yes\n",
        encoding="utf-8",
    )
    code, _, told = ask("plan", "--after", "001", "--accepted", "answers.csv")
    assert code == BAD_INPUT
    assert not (circulated / "runs/002").exists()
    for code in ("TP188", "TP189", "TP187", "TP143", "TP186", "TP181"):
        assert code in told, code


def test_answers_that_the_rules_no_longer_allow_leave_no_plan_and_are_all_named(circulated, ask):
    reps = (circulated / "reps.csv").read_text(encoding="utf-8")
    (circulated / "reps.csv").write_text(reps.replace("cloud:3", "cloud:1"), encoding="utf-8")
    (circulated / "answers.csv").write_text("customer_id,accepted\nC2,yes\nC3,yes\n", encoding="utf-8")
    code, shown, _ = ask("plan", "--after", "001", "--accepted", "answers.csv")
    assert code == THE_ANSWER_IS_NO
    said = " ".join(shown.split())
    assert "what was accepted breaks eligibility.skills: C2 needs cloud:2, ana has cloud:1" in said


@pytest.mark.parametrize(
    "arguments",
    [
        ("--accepted", "answers.csv"),
        ("--after", "007"),
        ("--after", "001", "--warm", "001"),
        ("--after", "001", "--accepted", "nowhere.csv"),
        ("--after", "001", "--scenario", "status quo"),
        ("--wishes", "nowhere.csv"),
    ],
)
def test_what_cannot_be_asked_is_refused_and_nothing_is_written(circulated, ask, arguments):
    code, _, told = ask("plan", *arguments)
    assert code == BAD_INPUT
    assert "Traceback" not in told
    assert [path.name for path in (circulated / "runs").iterdir()] == ["001"]


def test_a_proposal_in_the_project_file_may_be_a_goal_like_any_other(circulated, ask):
    proposal = pd.read_csv(circulated / "runs/001/assignments.csv", dtype=str)[["customer_id", "role", "rep_id"]]
    proposal.assign(accepted="").to_csv(circulated / "proposal.csv", index=False)
    text = (circulated / "planner.yaml").read_text(encoding="utf-8")
    text = text.replace("reps: reps.csv", "reps: reps.csv, proposal: proposal.csv")
    text = text.replace("- {goal: misfit, weight: 1}", "- {goal: misfit, weight: 1}\n    - {goal: changes, weight: 2}")
    (circulated / "planner.yaml").write_text(text, encoding="utf-8")
    assert "changes" in load(circulated).policy.stages[0].weights
    assert ask("plan", "--scenario", "minimal moves")[0] == DONE
    assert record(circulated, "002")["goals"]["changes"]["unit"] == "customers"
    assert ask("verify")[0] == DONE


def test_a_scenario_without_customers_drops_what_was_asked_of_them(project):
    (project / "wishes.csv").write_text(WISHES, encoding="utf-8")
    file = project / "planner.yaml"
    more = """
scenarios:
  churn: {customers: [{where: "customer_id = 'C3'", remove: true}]}
  leaves: {reps: {leave: [bob]}}
"""
    file.write_text(file.read_text(encoding="utf-8") + more, encoding="utf-8")
    churned = load(project, tables={"wishes": "wishes.csv"}, scenario="churn")
    assert churned.org.wishes["customer_id"].tolist() == ["C1", "C4"]
    assert churned.org.source("wishes").place(0).row == 3
    assert any(one.title == "What was asked of customers who are removed is dropped" for one in churned.findings)
    left = load(project, tables={"wishes": "wishes.csv"}, scenario="leaves")
    assert any(one.code == "TP184" and "bob" in one.found for one in left.findings)
