"""The page on plans by hand: every command and every line of Python on it runs, and prints what the page says."""

import csv
import re
import shutil
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from planner.by_hand.adoption import adopt
from planner.by_hand.documents import adoption_document, trial_document
from planner.by_hand.trial import try_moves
from tests.worked import FOLDER

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "by_hand.md").read_text(encoding="utf-8")
README = (ROOT / "README.md").read_text(encoding="utf-8")


def blocks(page, marker):
    """Return the indented blocks that follow a marker, without their indentation."""
    found = re.findall(rf"<!-- {marker} -->\n((?:(?:    .*)?\n)+)", page)
    return [textwrap.dedent(one).strip() + "\n" for one in found]


def said(arguments, folder):
    command = [sys.executable, "-c", "from planner.commands import main; main()", *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


def prints_what_it_says(block, folder):
    """Run the command of a block and compare; a line with an ellipsis stands for any lines."""
    command, _, expected = block.partition("\n")
    done = said(command.split()[2:], folder)
    assert done.returncode in (0, 1), done.stderr
    printed = "\n".join(line.rstrip() for line in textwrap.dedent(done.stdout).strip().splitlines())
    parts = re.split(r"^…\n", textwrap.dedent(expected).strip(), flags=re.MULTILINE)
    if len(parts) == 1:
        assert printed == parts[0], command
    for part in parts:
        assert part.strip("\n") in printed, command


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    folder = tmp_path_factory.mktemp("by_hand") / "worked"
    shutil.copytree(FOLDER, folder)
    assert said(["plan", "--quiet"], folder).returncode == 0
    (folder / "edited.csv").write_text(blocks(PAGE, "file: edited.csv")[0], encoding="utf-8")
    return folder


def test_every_command_of_the_page_prints_what_it_says(project):
    shown = blocks(PAGE, "worked")
    assert len(shown) == 3
    for block in shown:
        prints_what_it_says(block, project)


def test_the_python_of_the_page_runs(project):
    (code,) = blocks(PAGE, "python")
    done = subprocess.run([sys.executable, "-c", code], cwd=project, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[0] == "True proven 3.2222"
    assert done.stdout.splitlines()[-1] == "feasible by_hand 3.2222"


def test_the_readme_prints_what_it_says(tmp_path):
    for name in ("customers.csv", "reps.csv", "edited.csv"):
        (tmp_path / name).write_text(blocks(README, f"file: {name}")[0], encoding="utf-8")
    assert said(["init", "q1", "--from", "customers.csv", "reps.csv"], tmp_path).returncode == 0
    assert said(["plan", "q1", "--quiet"], tmp_path).returncode == 0
    shown = blocks(README, "by hand")
    assert len(shown) == 2
    for block in shown:
        prints_what_it_says(block, tmp_path)


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
