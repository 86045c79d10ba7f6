"""The page on run folders names every file, every column and every status there is."""

import csv
import re
from pathlib import Path
from typing import get_args

from models.plan import Status
from tests.planner.finished.made import worked_run

PAGE = (Path(__file__).parents[2] / "docs" / "runs.md").read_text(encoding="utf-8")


def named(heading):
    """Return what stands in backquotes in the first column of the table below a heading."""
    section = f"\n{PAGE}".split(f"\n{heading}\n", 1)[1].split("\n## ")[0]
    rows = re.findall(r"^\| (.+?) \|", section, flags=re.MULTILINE)
    return [name for row in rows for name in re.findall(r"`([^`]+)`", row)]


def header(path):
    with path.open(encoding="utf-8", newline="") as file:
        return next(csv.reader(file))


def test_every_file_and_column_is_on_the_page(tmp_path):
    folder = worked_run(tmp_path)
    assert {path.name for path in folder.iterdir()} <= {
        name.rstrip("/") for name in named("# What a run leaves behind")
    }
    assert header(folder / "assignments.csv") == named("## assignments.csv")
    assert header(folder / "reps.csv") == named("## reps.csv")
    assert header(folder / "moves.csv") == [*named("## moves.csv"), "workload", "revenue"]


def test_every_status_is_on_the_page():
    assert set(get_args(Status)) == set(named("## plan.json")) - {"status"}
