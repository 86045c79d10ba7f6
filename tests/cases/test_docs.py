"""What README and policy reference say is true: every command runs, every snippet is valid, every key is there."""

import json
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
from planner.project import load
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


PAGES = ["README.md", "docs/policy.md", "docs/comparison.md", "docs/frontier.md", "docs/by_hand.md", "docs/runs.md"]


@pytest.mark.parametrize("page", [*PAGES, *map(str, (ROOT / "examples").glob("*/README.md"))])
def test_every_link_leads_somewhere(page):
    path = ROOT / page
    for target in re.findall(r"\]\((?!https://)([^)#]+)", path.read_text(encoding="utf-8")):
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


PROJECT = """\
version: 1
period: {start: 2027-01-01, end: 2027-03-31}
policy:
  measures: {workload: customer.workload_hours, potential: customer.potential}
  eligibility: {rules: [{name: key customers, when: customer.tier = 'A', require: rep.seniority >= 2}]}
  capacity: [{measure: workload, max: rep.capacity_workload_hours}]
  balance: [{measure: potential, tolerance: 20%}]
  disruption: {budgets: [{name: moved customers, of: customers, max: 20%}]}
  pool: {when: customer.tier = 'B', penalty: 4}
  goals: [{goal: balance}, {goal: disruption}, {goal: travel}]
"""
CUSTOMERS = """\
customer_id,owner_id,region,lat,lon,tier,workload_hours,potential,satisfaction
C1,R01,west,45,8,A,5,9,4
C2,R02,west,35,8,B,4,7,1
C3,R07,north,45,9,B,3,5,3
C4,R09,east,35,9,B,6,8,4
"""
REPS = """\
rep_id,team,regions,skills,seniority,share,capacity_workload_hours,lat,lon
R01,field,west,cloud:2,3,1,40,45,8
R02,field,west,,2,1,40,45,8
R07,field,north,,3,1,40,45,8
R08,field,north;east,,2,1,40,45,8
R09,key,east,,3,1,40,45,8
R17,field,west,,2,1,40,45,8
R21,field,west,,2,1,40,45,8
"""


def test_every_scenario_and_sweep_of_the_reference_changes_something(tmp_path):
    sections = [
        parse_document(one, "policy.md").values for one in _snippets(REFERENCE) if re.match("scenarios|sweeps", one)
    ]
    written = {"scenarios": {}, "sweeps": {}}
    for section in sections:
        for kind, named in section.items():
            written[kind].update(named)
    assert len(written["scenarios"]) > 12
    text = PROJECT + "\n".join(f"{kind}: {json.dumps(named, default=str)}" for kind, named in written.items())
    (tmp_path / "planner.yaml").write_text(text, encoding="utf-8")
    (tmp_path / "customers.csv").write_text(CUSTOMERS, encoding="utf-8")
    (tmp_path / "reps.csv").write_text(REPS, encoding="utf-8")
    (tmp_path / "won_in_january.csv").write_text(
        "customer_id,region,workload_hours,potential\nN1,west,1,2\n", encoding="utf-8"
    )
    before = load(tmp_path)
    assert [str(one) for one in before.findings] == []
    for name in written["scenarios"]:
        project = load(tmp_path, scenario=name)
        assert [str(one) for one in project.findings if one.severity != "note"] == []
        assert (
            project.policy != before.policy
            or not project.org.customers.equals(before.org.customers)
            or not project.org.reps.equals(before.org.reps)
        )


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
