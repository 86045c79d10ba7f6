"""Runs made for tests."""

from pathlib import Path

from planner.write import About, write_run
from tests.plans import no_plan, worked_account
from tests.worked import worked_org, worked_policy


def worked_run(project: Path, **options) -> Path:
    """Write the optimum of the worked case."""
    account = worked_account()
    return write_run(project, About("worked"), account.org, account.policy, account.plan, account, **options).folder


def infeasible_run(project: Path) -> Path:
    """Write a run that found no plan to exist."""
    plan = no_plan(explanation=("eve has to take 80 h, and has 50.",))
    return write_run(project, About("worked"), worked_org(), worked_policy(), plan, None).folder


def edit(folder: Path, file: str, old: str, new: str) -> None:
    """Change a file by hand."""
    path = folder / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")
