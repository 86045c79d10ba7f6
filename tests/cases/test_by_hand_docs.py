"""The page on plans by hand: every command and every line of Python on it runs, and prints what the page says."""

import re
import shutil
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from tests.worked import FOLDER

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "by_hand.md").read_text(encoding="utf-8")


def blocks(marker):
    """Return the indented blocks that follow a marker, without their indentation."""
    found = re.findall(rf"<!-- {marker} -->\n((?:(?:    .*)?\n)+)", PAGE)
    return [textwrap.dedent(one).strip() + "\n" for one in found]


def said(arguments, folder):
    command = [sys.executable, "-c", "from planner.commands import main; main()", *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    folder = tmp_path_factory.mktemp("by_hand") / "worked"
    shutil.copytree(FOLDER, folder)
    assert said(["plan", "--quiet"], folder).returncode == 0
    (folder / "edited.csv").write_text(blocks("file: edited.csv")[0], encoding="utf-8")
    return folder


def test_every_command_of_the_page_prints_what_it_says(project):
    shown = blocks("worked")
    assert len(shown) == 3
    for block in shown:
        command, _, expected = block.partition("\n")
        done = said(command.split()[2:], project)
        assert done.returncode in (0, 1), done.stderr
        printed = "\n".join(line.rstrip() for line in textwrap.dedent(done.stdout).strip().splitlines())
        wanted = textwrap.dedent(expected).strip()
        if "…" in wanted.splitlines():
            for part in wanted.split("\n…\n"):
                assert part in printed, command
        else:
            assert printed == wanted, command


def test_the_python_of_the_page_runs(project):
    (code,) = blocks("python")
    done = subprocess.run([sys.executable, "-c", code], cwd=project, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[0] == "True proven 3.2222"
    assert done.stdout.splitlines()[-1] == "feasible by_hand 3.2222"
