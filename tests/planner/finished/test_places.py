"""A run knows where its inputs stand in the user's own files."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from models.findings import InputRefused, Place
from models.org import Source
from planner.commands import planner
from planner.exits import DONE
from planner.exits import run as run_command
from planner.explaining.subject import Subject, read_subject
from planner.run_folder import open_run
from planner.write.places import _rows, _runs
from tests.worked import FOLDER


def test_a_run_names_the_users_own_file_row_header_and_line(tmp_path: Path) -> None:
    for name in ("planner.yaml", "reps.csv"):
        (tmp_path / name).write_text((FOLDER / name).read_text())
    customers = (FOLDER / "customers.csv").read_text().replace("workload_hours", "Workload Hours")
    header, rest = customers.split("\n", 1)
    (tmp_path / "customers.csv").write_text(f"{header}\n\n{rest}")
    assert run_command(planner, ["plan", str(tmp_path), "--quiet"]) == DONE
    run = open_run(tmp_path / "runs" / "001")
    column = run.org.source("customers").place(4, "workload_hours")
    assert column == Place(file="customers.csv", row=7, column="Workload Hours")
    lines = (FOLDER / "planner.yaml").read_text().splitlines()
    limit = next(n for n, text in enumerate(lines, start=1) if "capacity_workload_hours" in text)
    assert run.place("policy.capacity[workload].max") == Place(
        file="planner.yaml", line=limit, path="policy.capacity[workload].max"
    )


def test_row_numbers_are_kept_as_the_runs_in_which_they_follow_one_another() -> None:
    rows = np.array([2, 3, 4, 7, 8, 20])
    assert _runs(rows) == {"count": 6, "runs": [[0, 2], [3, 7], [5, 20]]}
    assert _rows(_runs(rows)).tolist() == rows.tolist()
    assert Source("a.csv", rows=_rows(_runs(rows))).place(3).row == 7


@pytest.mark.parametrize(
    ("words", "asked"),
    [
        (["customer", "C3"], Subject(None, "customer", "C3")),
        (["runs/001", "rep", "R7"], Subject(Path("runs/001"), "rep", "R7")),
        (["7", "capacity"], Subject(Path("7"), "capacity", "")),
    ],
)
def test_a_question_names_a_run_a_subject_and_an_id(words: list[str], asked: Subject) -> None:
    assert read_subject(words) == asked


@pytest.mark.parametrize(
    ("words", "hint"),
    [
        ([], "Try one of: customer, rep, capacity, infeasible"),
        (["custmer"], "Try 'customer'"),
        (["customer"], "Try planner explain customer ID"),
        (["runs/001", "capacty"], "Try 'capacity'"),
        (["capacity", "C3"], "Try one question at a time"),
    ],
)
def test_what_is_no_question_is_told_with_what_to_try(words: list[str], hint: str) -> None:
    with pytest.raises(InputRefused) as refused:
        read_subject(words)
    assert refused.value.findings[0].hint == hint
