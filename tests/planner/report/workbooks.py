"""Small workbooks for tests: written, and opened again."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import openpyxl
from openpyxl.worksheet.worksheet import Worksheet

from planner.report.blocks import Report, Section, Table
from planner.report.workbook import write_workbook


def written(report: Report, folder: Path, **how: bool) -> Path:
    path = folder / "report.xlsx"
    write_workbook(report, path, **how)
    return path


def of_table(table: Table, folder: Path) -> Worksheet:
    """Return the sheet of a table that is all there is to a report."""
    book = openpyxl.load_workbook(written(of_blocks(table), folder))
    return book.worksheets[-1]


def of_blocks(*blocks: object) -> Report:
    return Report("plan", "Plan", "Nothing moves.", (Section("one", "One", blocks),), "en")  # type: ignore[arg-type]


def texts(values: list[object]) -> np.ndarray:
    cells = np.empty(len(values), dtype=object)
    cells[:] = values
    return cells
