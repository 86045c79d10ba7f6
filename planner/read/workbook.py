"""Excel and OpenDocument workbooks: one sheet, every cell as the text a person sees in it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from models.findings import Place, did_you_mean
from planner.read.markup import error_cells, sheet_markup
from planner.read.problems import Problems, quoted
from planner.read.sheet import Sheet, as_rows, blank_as_none
from planner.read.text import as_text

_PROCESS = Path(__file__).with_name("workbook_process.py")


def read_workbook(path: Path, file: str, name: str | None, problems: Problems) -> Sheet | None:
    """Read one sheet of a workbook: ``name``, or the first.

    Returns
    -------
    Sheet or None
        None where the file is no workbook or has no such sheet (which is then among the problems).
    """
    read = _in_own_process(path, name)
    sheet = read.get("sheet")
    place = Place(file=file, sheet=sheet)
    if sheet is None:
        _report_unreadable(read, name, place, problems)
        return None
    if name is None and len(read["sheets"]) > 1:
        problems.add(
            "TP112",
            place,
            found=f"{quoted(sheet)}, the first of {len(read['sheets'])}",
            hint="Try `sheet: NAME` in planner.yaml, or --sheet NAME, to state which",
            severity="note",
            examples=read["sheets"],
        )
    problems.rows(
        "TP150",
        place,
        error_cells(sheet_markup(path, sheet) or b""),
        expected="a value, or nothing",
        hint="Try mending the formula, or emptying the cell",
    )
    records = read["cells"]
    filled = next((position for position, row in enumerate(records) if any(cell != "" for cell in row)), None)
    if filled is None:
        problems.add(
            "TP104",
            place,
            found="a sheet without cells",
            expected="a header and rows",
            hint="Try naming the right one: `sheet: NAME` in planner.yaml, or --sheet NAME",
        )
        return None
    headers = tuple(as_text(cell) or "" for cell in records[filled])
    below = records[filled + 1 :]
    columns = tuple(blank_as_none(as_text(row[position]) for row in below) for position in range(len(headers)))
    return Sheet(file, headers, columns, as_rows(read["row"] + filled + 1, len(below)), sheet=sheet)


def _in_own_process(path: Path, name: str | None) -> dict[str, Any]:
    """Return what the reader says of the workbook; ``{"error"}`` where it did not survive it."""
    command = [sys.executable, "-I", str(_PROCESS), str(path), *(() if name is None else (name,))]
    # a list without a shell: a file or sheet of any name is one argument, and -I keeps the folder's own modules out;
    # the exit code is looked at below, since a reader that a damaged workbook kills is an answer
    done = subprocess.run(command, capture_output=True, check=False)  # noqa: S603
    if done.returncode == 0:
        answer: dict[str, Any] = json.loads(done.stdout)
        return answer
    return {"error": "cells or counts that no memory holds; the workbook is damaged, or has a stray cell far away"}


def _report_unreadable(read: dict[str, Any], name: str | None, place: Place, problems: Problems) -> None:
    sheets = read.get("sheets")
    if sheets is None:
        problems.add(
            "TP105",
            place,
            found=read["error"].splitlines()[0],
            expected="an Excel or OpenDocument workbook without a password",
            hint="Try opening it in a spreadsheet and saving it as .xlsx",
        )
    else:
        problems.add(
            "TP107",
            place,
            found="no sheets" if name is None else quoted(name),
            expected="one of " + ", ".join(map(quoted, sheets)) if sheets else "a sheet with a table",
            hint=did_you_mean(name or "", sheets) if sheets else "Try exporting the workbook again",
        )
