"""The page on plans by hand: every command and every line of Python on it runs, and prints what the page says."""

import contextlib
import csv
import re
import textwrap
from pathlib import Path

import pytest

from planner.by_hand.adoption import adopt
from planner.by_hand.documents import adoption_document, trial_document
from planner.by_hand.trial import try_moves
from planner.commands import planner
from planner.exits import run
from tests.planner.finished.made import planned_project

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "by_hand.md").read_text(encoding="utf-8")
README = (ROOT / "README.md").read_text(encoding="utf-8")


def blocks(page, marker):
    """Return the indented blocks that follow a marker, without their indentation."""
    found = re.findall(rf"<!-- {marker} -->\n((?:(?:    .*)?\n)+)", page)
    return [textwrap.dedent(one).strip() + "\n" for one in found]


def said(words, folder, capsys):
    """Run a command in a folder and return what it said on stdout."""
    capsys.readouterr()
    with contextlib.chdir(folder):
        code = run(planner, words)
    shown = capsys.readouterr()
    assert code in (0, 1), shown.err
    return shown.out


def prints_what_it_says(block, folder, capsys):
    """Run the command of a block and compare; a line with an ellipsis stands for any lines."""
    command, _, expected = block.partition("\n")
    shown = said(command.split()[2:], folder, capsys)
    printed = "\n".join(line.rstrip() for line in textwrap.dedent(shown).strip().splitlines())
    parts = re.split(r"^…\n", textwrap.dedent(expected).strip(), flags=re.MULTILINE)
    if len(parts) == 1:
        assert printed == parts[0], command
    for part in parts:
        assert part.strip("\n") in printed, command


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    folder = planned_project(tmp_path_factory.mktemp("by_hand") / "worked")
    (folder / "edited.csv").write_text(blocks(PAGE, "file: edited.csv")[0], encoding="utf-8")
    return folder


def test_every_command_of_the_page_prints_what_it_says(project, capsys):
    shown = blocks(PAGE, "worked")
    assert len(shown) == 4
    for block in shown:
        prints_what_it_says(block, project, capsys)


def test_the_python_of_the_page_runs(project, capsys):
    (code,) = blocks(PAGE, "python")
    with contextlib.chdir(project):
        exec(compile(code, "by_hand.md", "exec"), {})
    shown = capsys.readouterr().out.splitlines()
    assert (shown[0], shown[-1]) == ("True proven 3.2222", "feasible by_hand 3.2222")


def test_the_readme_prints_what_it_says(tmp_path, capsys):
    for name in ("customers.csv", "reps.csv", "edited.csv"):
        (tmp_path / name).write_text(blocks(README, f"file: {name}")[0], encoding="utf-8")
    said(["init", "q1", "--from", "customers.csv", "reps.csv"], tmp_path, capsys)
    said(["plan", "q1", "--quiet"], tmp_path, capsys)
    shown = blocks(README, "by hand")
    assert len(shown) == 2
    for block in shown:
        prints_what_it_says(block, tmp_path, capsys)


def keys_of(document):
    """Yield every key of a document, but for the names of goals."""
    for key, value in document.items():
        yield key
        parts = value.values() if key == "goals" else [value]
        for part in parts:
            for one in part if isinstance(part, list) else [part]:
                if isinstance(one, dict):
                    yield from keys_of(one)


def test_every_key_for_machines_is_on_the_page(project):
    trial = try_moves(project / "runs" / "001", ["C6=eve"])
    adoption = adopt(project / "runs" / "001", project / "edited.csv", out=project / "again")
    named = set(re.findall(r"`(\w+)`", PAGE))
    assert set(keys_of(trial_document(trial))) | set(keys_of(adoption_document(adoption))) <= named | {
        "customer",
        "role",
    }
    with (adoption.folder / "deviations.csv").open(encoding="utf-8", newline="") as file:
        columns = next(csv.reader(file))
    assert set(columns) - {"balance", "disruption", "misfit"} <= named
