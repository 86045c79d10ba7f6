"""A frontier as it is written: its points as CSV, everything as JSON."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pandas as pd

from planner.frontier_record import FrontierRecord, frontier_document
from planner.write.files import write_csv, write_json
from planner.write.folder import Kind, Target, pages_of, report_beside
from planner.write.publishing import publish

RECORD = "frontier.json"
POINTS = "frontier.csv"
FRONTIER = Kind("a frontier", RECORD, frozenset({POINTS}) | pages_of("frontier") | report_beside("frontier"))


def write_frontier(
    project: Path,
    record: FrontierRecord,
    out: Target | None = None,
    further: Callable[[Path], None] = lambda folder: None,
) -> Path:
    """Write a frontier to ``out``, or to the next numbered folder of the project; return the folder.

    ``further`` writes more files into it, before anybody sees any.
    """

    def write(folder: Path) -> None:
        write_csv(points_table(record), folder / POINTS)
        write_json(frontier_document(record), folder / RECORD)
        further(folder)

    return publish(out, project, write)


def points_table(record: FrontierRecord) -> pd.DataFrame:
    """Return one row per point: x, x_share, y, bound, gap, status, rate, knee."""
    columns = {
        "x": "float64",
        "x_share": "float64",
        "y": "float64",
        "bound": "float64",
        "gap": "float64",
        "status": "object",
        "rate": "float64",
        "knee": "bool",
    }
    rows = [{name: getattr(point, name) for name in columns} for point in record.points]
    return pd.DataFrame(rows, columns=list(columns)).astype(columns)
