"""A project folder may be called anything that the system allows, and be edited by anybody."""

import os
import shutil
from pathlib import Path

import pytest

from planner.exits import BAD_INPUT, DONE
from planner.run_folder import open_run
from planner.write.files import read_csv_as_text, write_json
from tests.planner.at_keyboard import said
from tests.planner.finished.made import edit, planned_project


@pytest.fixture(scope="module")
def planned(tmp_path_factory):
    """Return the worked case with a run, which no test changes."""
    return planned_project(tmp_path_factory.mktemp("odd") / "worked")


@pytest.fixture
def odd(planned, tmp_path):
    """Return the project, without runs, in a folder with an odd name."""
    folder = tmp_path / os.fsdecode(b"it's q[1]* \xff\xe5\x8c\x97")
    try:
        shutil.copytree(planned, folder, ignore=shutil.ignore_patterns("runs"))
    except OSError:
        pytest.skip("this file system takes no such name")
    return folder


def test_everything_can_be_done_in_a_folder_of_any_name(odd, capsys):
    run = f"{odd}/runs/001"
    for arguments in (
        ("check", odd),
        ("plan", odd),
        ("verify", odd),
        ("report", odd, "--for", "rep:ana"),
        ("explain", odd, "customer", "C3"),
        ("try", odd, "--keep", "C3"),
        ("adopt", f"{run}/assignments.csv", odd),
        ("compare", odd, "--scenario", "base", "--scenario", "status quo", "--report"),
        ("compare", run, f"{odd}/runs/002"),
        ("frontier", odd, "--points", "2"),
        ("status", odd, "--json"),
    ):
        code, shown, told = said(capsys, *arguments)
        assert code == DONE, (arguments, shown, told)
    assert read_csv_as_text(Path(run) / "assignments.csv").shape[0] == 6
    assert open_run(Path(run)).record.project.isprintable()


def test_what_is_no_text_is_written_as_something_that_can_be_read(tmp_path):
    write_json({"project": os.fsdecode(b"pr\xff")}, tmp_path / "a.json")
    assert (tmp_path / "a.json").read_text(encoding="utf-8") == '{\n  "project": "pr\N{REPLACEMENT CHARACTER}"\n}\n'


FAULTS = (
    ("customer.revenue", "customer.revenue +", "The expression cannot be read"),
    ("customer.revenue", "customer.revenu", "no such column"),
    ("rep.capacity_workload_hours", "rep.name", "expected a number"),
)
READERS = ("verify", "report", "explain capacity", "try --keep C3", "adopt", "compare")


@pytest.mark.parametrize(
    ("command", "old", "new", "title"),
    [
        pytest.param(command, *fault, marks=() if (n - m) % len(FAULTS) == 0 else pytest.mark.long)
        for n, command in enumerate(READERS)
        for m, fault in enumerate(FAULTS)
    ],
)
def test_a_policy_edited_in_a_run_is_refused_with_its_line_where_nothing_can_be_planned_by_it(
    planned, tmp_path, capsys, command, old, new, title
):
    project = shutil.copytree(planned, tmp_path / "worked")
    run = project / "runs" / "001"
    edit(run / "inputs", "planner.yaml", old, new)
    name, *rest = command.split()
    places = {"adopt": [run / "assignments.csv", run], "compare": [run, run]}.get(name, [run])
    code, _, told = said(capsys, name, *places, *rest)
    assert code == BAD_INPUT
    assert title in " ".join(told.split())
    assert "inputs/planner.yaml" in "".join(told.split())
    assert "line " in told


def test_a_policy_edited_in_a_run_that_makes_sense_is_judged_and_told(planned, tmp_path, capsys):
    run = shutil.copytree(planned, tmp_path / "worked") / "runs" / "001"
    edit(run / "inputs", "planner.yaml", "customer.revenue", "2 * customer.revenue")
    _, shown, _ = said(capsys, "verify", run)
    assert "inputs/planner.yaml is not the file the plan was made from" in " ".join(shown.split())


def test_a_key_that_no_policy_has_is_named(planned, tmp_path, capsys):
    run = shutil.copytree(planned, tmp_path / "worked") / "runs" / "001"
    edit(run / "inputs", "planner.yaml", "  goals:", "  goal:")
    code, _, told = said(capsys, "verify", run)
    assert code == BAD_INPUT
    assert "goal: " in told


@pytest.fixture
def dangerous(planned, tmp_path):
    """A project in a folder whose name would be a command to a shell."""
    return shutil.copytree(planned, tmp_path / "my $(touch broken)", ignore=shutil.ignore_patterns("runs"))


def test_commands_to_type_next_name_a_folder_as_one_word(dangerous, tmp_path, capsys):
    word = f"'{dangerous}"
    made = tmp_path / "made $(touch broken)"
    told = [said(capsys, "generate", made, "--customers", 40, "--reps", 3)[2]]
    told += [said(capsys, "check", dangerous)[1], said(capsys, "status", dangerous)[1]]
    assert said(capsys, "plan", dangerous, "--quiet")[0] == DONE
    told.append(said(capsys, "status", dangerous)[1])
    edit(dangerous / "runs" / "001", "assignments.csv", "bob", "ana")
    code, _, hint = said(capsys, "report", dangerous)
    assert code == BAD_INPUT
    told.append(hint)
    plain = ["".join(one.split()) for one in told]
    assert all("$(touchbroken)" in one for one in plain)
    for one in plain:
        for command in ("plan", "check", "verify", "adopt"):
            assert f"planner{command}/" not in one
    for one, command in zip(plain[1:], ("plan", "check", "verify", "adopt"), strict=True):
        assert f"planner{command}" + "".join(word.split()) in one
    assert f"plannercheck'{''.join(str(made).split())}',plannerplan'{''.join(str(made).split())}'" in plain[0]
