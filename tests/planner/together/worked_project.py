"""The worked case as a project with scenarios, for tests of what is done to many scenarios at a time."""

import contextlib
import io
import json
import shutil
from pathlib import Path

from planner.commands import planner
from planner.exits import run
from tests.worked import FOLDER

SCENARIOS = """
scenarios:
  no budget: {off: ["disruption.budgets[moved customers]"]}
  two each: {add: {capacity: [{measure: customers, min: 2}]}}
  eve all quarter: {parent: base, reps: {change: [{rep: eve, available_from: 2027-01-01}]}}
"""


def worked_project(folder: Path, more: str = SCENARIOS) -> Path:
    """Copy the worked case and add scenarios to it."""
    shutil.copytree(FOLDER, folder)
    file = folder / "planner.yaml"
    file.write_text(file.read_text(encoding="utf-8") + more, encoding="utf-8")
    return folder


def planned(*arguments: object) -> tuple[int, dict, str]:
    """Run a command with --json; return its exit code, what it wrote for machines, and what it told people."""
    told, written = io.StringIO(), io.StringIO()
    with contextlib.redirect_stderr(told), contextlib.redirect_stdout(written):
        code = run(planner, [*map(str, arguments), "--json"])
    return code, json.loads(written.getvalue()), told.getvalue()
