"""The commands a new user types first: demo, generate, init."""

import json

import pytest

from planner.exits import BAD_INPUT, DONE
from planner.generate import sample
from tests.planner.at_keyboard import said


def test_the_demo_plans_the_sample_and_says_what_to_try_next(tmp_path, capsys):
    folder = tmp_path / "demo"
    sample(folder, customers=40, reps=3, seed=1)
    code, shown, messages = said(capsys, "demo", folder)
    assert code == DONE
    assert "there already" in messages
    assert "Chosen moves" in shown
    assert f"planner verify {folder}" in messages.replace("\n", "")
    assert (folder / "runs" / "001" / "plan.json").is_file()
    for page in ("001/report/all/plan.html", "001/report/all/plan.xlsx", "002/comparison.html", "002/comparison.xlsx"):
        assert (folder / "runs" / page).is_file()


def test_the_demo_gives_machines_the_record_and_nothing_else(tmp_path, capsys):
    sample(tmp_path / "demo", customers=40, reps=3, seed=1)
    code, shown, _ = said(capsys, "demo", tmp_path / "demo", "--json")
    assert code == DONE
    assert json.loads(shown)["status"] in ("optimal", "feasible")


def test_the_demo_leaves_a_folder_of_somebody_else_alone(tmp_path, capsys):
    (tmp_path / "customers.csv").write_text("customer_id\nC1\n")
    code, shown, messages = said(capsys, "demo", tmp_path)
    assert (code, shown) == (BAD_INPUT, "")
    assert "The folder is not empty" in messages
    assert [path.name for path in tmp_path.iterdir()] == ["customers.csv"]


def test_generate_says_what_it_made(tmp_path, capsys):
    code, shown, messages = said(capsys, "generate", tmp_path / "org", "--customers", 60, "--reps", 4)
    assert (code, shown) == (DONE, "")
    assert "60 customers and 4 reps" in messages
    code, shown, messages = said(capsys, "generate", tmp_path / "two", "--customers", 60, "--reps", 4, "--json")
    assert (code, messages) == (DONE, "")
    assert json.loads(shown)["files"] == ["customers.csv", "reps.csv", "regions.csv", "planner.yaml"]


@pytest.mark.parametrize(
    "arguments",
    [
        ("--customers", "0"),
        ("--customers", "many"),
        ("--reps", "-1"),
        ("--preset", "mars"),
        ("--geography", "/nowhere.csv"),
        ("--geography", "."),
    ],
)
def test_generate_refuses_what_cannot_be_in_words(tmp_path, capsys, arguments):
    code, shown, messages = said(capsys, "generate", tmp_path / "org", *arguments)
    assert (code, shown) == (BAD_INPUT, "")
    assert "Try" in messages
    assert not (tmp_path / "org").exists()


def test_init_names_the_headers_it_recognised_and_the_next_command(tmp_path, capsys):
    (tmp_path / "a.csv").write_text("Account ID,Annual Revenue\nA1,5\nA2,6\n")
    (tmp_path / "b.csv").write_text("User ID,Full Name\nR1,Ann\n")
    code, _, messages = said(capsys, "init", tmp_path / "q1", "--from", tmp_path / "a.csv", tmp_path / "b.csv")
    assert code == DONE
    assert "Account ID → customer_id" in messages
    assert "planner check" in messages
    code, _, messages = said(capsys, "init", tmp_path / "q1", "--from", tmp_path / "a.csv", tmp_path / "none.csv")
    assert code == BAD_INPUT
    assert "The file does not exist" in messages
