"""Warm starts from a finished run: its assignments, its prices and how well it was proven."""

from __future__ import annotations

from pathlib import Path

import duckdb
import numpy as np
import pandas as pd

from models.findings import Finding, InputRefused, Place
from models.warm import Warm
from planner.record import NotPlanned
from planner.run_folder import find_run, load_record
from planner.write.certificate import read_certificate
from planner.write.files import read_csv_as_text
from planner.write.folder import RECORD
from planner.write.run import ASSIGNMENTS, CERTIFICATE

_COLUMNS = ("customer_id", "role", "rep_id")


def read_warm(named: Path, project: Path, option: str = "--warm") -> Warm:
    """Read what an earlier run leaves to a new one.

    Parameters
    ----------
    named
        A run folder, or the number of one of the project's runs.
    project
        The project's folder.
    option
        What named the run, for hints.

    Raises
    ------
    InputRefused
        When there is no such run, it has no plan, or its files cannot be read.
    """
    folder = warm_run(named, project)
    record = load_record(folder)
    if isinstance(record, NotPlanned):
        raise _refused(folder, "The run to begin with has no plan", f"a run that is {record.status}", option)
    path = folder / ASSIGNMENTS
    try:
        table = read_csv_as_text(path, _COLUMNS)
    except (OSError, duckdb.Error) as error:
        raise _refused(path, "The assignments to begin with cannot be read", error, option) from error
    missing = [column for column in _COLUMNS if column not in table]
    if missing:
        raise _refused(path, "The assignments to begin with lack columns", ", ".join(missing), option)
    prices = {}
    if (folder / CERTIFICATE).is_file():
        try:
            prices = {name: float(values[0]) for name, values in read_certificate(folder / CERTIFICATE).items()}
        except (OSError, ValueError, IndexError) as error:
            raise _refused(folder / CERTIFICATE, "The prices to begin with cannot be read", error, option) from error
    customers, roles, reps = (table[column].to_numpy(dtype=object) for column in _COLUMNS)
    reps[pd.isna(reps)] = None
    return Warm(customers, roles, reps, {k: v for k, v in prices.items() if np.isfinite(v)}, record.gap)


def warm_run(named: Path, project: Path) -> Path:
    """Return the folder of the run that is meant, looking first where the project keeps its runs.

    Raises
    ------
    InputRefused
        When there is no such run.
    """
    base = project if project.is_dir() else project.parent
    for place in (named, base / "runs" / named):
        if (place / RECORD).is_file():
            return place
    return find_run(named)


def _refused(path: Path, title: str, found: object, option: str) -> InputRefused:
    text = str(found).splitlines()[0] if str(found) else None
    return InputRefused(
        [Finding("TP504", title, Place(file=str(path)), found=text, hint=f"Try another run with {option}, or none")]
    )
