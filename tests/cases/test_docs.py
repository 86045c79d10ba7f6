"""What README and policy reference say is true: every command runs, every snippet is valid, every key is there."""

import re
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from models import policy
from models.policy import Policy
from planner.commands import COMMANDS
from planner.document import parse_document
from planner.project_file import PeriodSection, ProjectFile
from planner.read import CurrencyRates, Join, TableSource
from scenarios.additions import Additions
from scenarios.definition import (
    Absence,
    CustomerChange,
    Hire,
    RegionChanges,
    RegionMerge,
    RegionSplit,
    RepChange,
    RepChanges,
    Scenario,
    Sweep,
)
from scenarios.shape import keys

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
REFERENCE = (ROOT / "docs" / "policy.md").read_text(encoding="utf-8")


def _block(page: str, after: str) -> str:
    """Return the indented block that follows a marker, without its indentation."""
    lines = page.partition(after)[2].lstrip("\n").splitlines()
    end = next((at for at, line in enumerate(lines) if line and not line.startswith("    ")), len(lines))
    return textwrap.dedent("\n".join(lines[:end])).strip() + "\n"


def _snippets(page: str) -> list[str]:
    """Return every indented block of a page."""
    blocks = re.findall(r"(?:^    .*\n|^\n(?=    ))+", page, flags=re.MULTILINE)
    return [textwrap.dedent(block).strip() + "\n" for block in blocks if block.strip()]


def _planner(arguments: list[str], folder: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", "from planner.commands import main; main()", *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


def test_the_first_plan_of_the_readme_comes_out_as_it_says(tmp_path):
    for name in ("customers.csv", "reps.csv"):
        (tmp_path / name).write_text(_block(README, f"<!-- file: {name} -->"), encoding="utf-8")
    commands = _block(README, "<!-- run -->").splitlines()
    commands += [line.strip() for line in README.splitlines() if line.startswith("    planner plan q1 --set")]
    assert len(commands) > 5
    for command in commands:
        arguments = re.findall(r'"([^"]*)"|(\S+)', command)
        done = _planner([quoted or plain for quoted, plain in arguments][1:], tmp_path)
        assert done.returncode == 0, f"{command}\n{done.stdout}{done.stderr}"
    assert {"assignments.csv", "moves.csv", "reps.csv", "plan.json"} <= {
        path.name for path in (tmp_path / "q1" / "runs" / "001").iterdir()
    }
    code = _block(README, "<!-- python -->")
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "optimal" in done.stdout


def test_the_readme_lists_the_commands_there_are():
    listed = re.findall(r"^\| `planner (\w+)", README, flags=re.MULTILINE)
    assert sorted(listed) == sorted(COMMANDS)


@pytest.mark.parametrize(
    "page", ["README.md", "docs/policy.md", "docs/frontier.md", *map(str, (ROOT / "examples").glob("*/README.md"))]
)
def test_every_link_leads_somewhere(page):
    path = ROOT / page
    for target in re.findall(r"\]\(([^)#]+)", path.read_text(encoding="utf-8")):
        assert (path.parent / target).exists(), target


def test_the_policy_of_the_readme_is_a_policy():
    snippet = next(one for one in _snippets(README) if one.startswith("version: 1"))
    document = parse_document(snippet, "README.md")
    assert document.findings == []
    Policy.model_validate(document.values["policy"])


@pytest.mark.parametrize("snippet", [one for one in _snippets(REFERENCE) if re.match(r"[a-z]+:\s", one)])
def test_every_snippet_of_the_reference_is_valid(snippet):
    document = parse_document(snippet, "policy.md")
    assert document.findings == []
    (section,) = document.values
    whole = document.values if section in ("tables", "scenarios", "sweeps") else {"policy": document.values}
    ProjectFile.model_validate(whole)


@pytest.mark.parametrize(
    "line",
    [
        *(one for one in vars(policy).values() if isinstance(one, type) and issubclass(one, policy.Line)),
        *(ProjectFile, PeriodSection, TableSource, Join, CurrencyRates),
        *(Scenario, Additions, RepChanges, Hire, Absence, RepChange, CustomerChange),
        *(RegionChanges, RegionMerge, RegionSplit, Sweep),
    ],
    ids=lambda line: line.__name__,
)
def test_every_key_of_the_project_file_is_in_the_reference(line):
    named = set(re.findall(r"`(?:[a-z]+: )?([a-z_.]+)`|^## ([a-z]+)$", REFERENCE, flags=re.MULTILINE))
    described = {key for pair in named for key in pair} | set(re.findall(r"\b([a-z_]+):", REFERENCE))
    missing = set(keys(line)) - described
    assert not missing
