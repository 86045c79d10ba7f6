"""Runs made for tests."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np

from models.account import account_for
from models.solve import solve
from planner.commands import planner
from planner.exits import DONE, run
from planner.write.certificate import read_certificate, write_certificate
from planner.write.files import sha256
from planner.write.run import About, write_run
from tests.middling import middling_org, middling_policy
from tests.plans import no_plan, worked_account
from tests.worked import copy_worked, worked_org, worked_policy


def planned_project(folder: Path) -> Path:
    """Copy the worked case into a new folder and plan it as its user would."""
    copy_worked(folder)
    assert run(planner, ["plan", str(folder), "--quiet"]) == DONE
    return folder


def worked_run(project: Path, **options) -> Path:
    """Write the optimum of the worked case."""
    account = worked_account()
    return write_run(project, About("worked"), account.org, account.policy, account.plan, account, **options).folder


def solved_run(project: Path, *, evaluate_only: bool = False, **changes) -> Path:
    """Plan the worked case and write the run, certificate included; ``changes`` replace sections of the policy."""
    org, policy = worked_org(), worked_policy(**changes)
    plan = solve(org, policy, evaluate_only=evaluate_only)
    return write_run(project, About("worked"), org, policy, plan, account_for(org, policy, plan)).folder


def middling_run(project: Path) -> Path:
    """Plan an org of sixty customers and write the run."""
    org, policy = middling_org(), middling_policy()
    plan = solve(org, policy)
    return write_run(project, About("middling"), org, policy, plan, account_for(org, policy, plan)).folder


def rewrite_certificate(folder: Path, changes: Mapping[str, float | None], *, forged: bool = True) -> None:
    """Change multipliers by hand (None takes one out); a forger sets the hash on record right as well."""
    path = folder / "certificate.npz"
    before = sha256(path)
    multipliers = {**read_certificate(path), **{name: np.array([value]) for name, value in changes.items()}}
    write_certificate({name: value for name, value in multipliers.items() if changes.get(name, 0) is not None}, path)
    if forged:
        edit(folder, "plan.json", before, sha256(path))


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
