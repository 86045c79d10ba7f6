"""Generalised-assignment instances from files in the format of the OR-Library.

Two layouts are read, and told apart by the number of values. One problem: agents and jobs, the cost matrix agent by
agent, the resource matrix, the capacities (the single files of kinds A to E). Several problems: their number first,
then each as above (``gap1.txt`` to ``gap12.txt``, ``gapa.txt`` to ``gapd.txt``). Of all these only ``gap1`` to
``gap12``, as the library has them, are to be maximised. J. E. Beasley (1990), "OR-Library: distributing test problems
by electronic mail", Journal of the Operational Research Society 41, 1069-1072, doi:10.1057/jors.1990.166.
"""

from __future__ import annotations

import csv
import re
from pathlib import Path
from typing import Literal

import numpy as np

from models.findings import Finding, InputRefused, Place
from models.org import FloatArray
from planner.generate.gap import Instance

Sense = Literal["auto", "minimise", "maximise"]

BEST_KNOWN = "best_known.csv"
OPTIMA = "optima.csv"

_MAXIMISED = re.compile(r"gap([1-9]|1[0-2])", re.IGNORECASE)


def read_instances(path: Path, sense: Sense = "auto") -> tuple[Instance, ...]:
    """Read all problems of a file; the name of one of several is the file's with ``-1``, ``-2`` … behind it.

    Parameters
    ----------
    sense
        ``auto`` maximises the several problems of a file called ``gap1`` to ``gap12``, and minimises all others.

    Raises
    ------
    InputRefused
        When the file holds something that is no number, or fewer or more numbers than its first ones announce.
    """
    values = _numbers(path)
    alone = _one(values)
    maximise = sense == "maximise"
    if alone is not None:
        return (Instance(path.stem if path.suffix == ".txt" else path.name, *alone, maximise),)
    several = _several(values)
    if several is None:
        raise _refused(path, f"{len(values):,} numbers{_announced(values)}")
    if sense == "auto":
        maximise = _MAXIMISED.fullmatch(path.stem) is not None
    return tuple(Instance(f"{path.stem}-{at + 1}", *parts, maximise) for at, parts in enumerate(several))


def best_known(path: Path) -> dict[str, float]:
    """Return the best known value of each instance, from the table beside a file of instances.

    ``best_known.csv`` has the columns ``instance`` and ``best_known``; ``optima.csv`` (``instance``, ``optimum``) is
    read where there is none. No table is no value.

    Raises
    ------
    InputRefused
        When a table lacks its columns or a value is no number.
    """
    for name, column in ((BEST_KNOWN, "best_known"), (OPTIMA, "optimum")):
        table = path.parent / name
        if not table.is_file():
            continue
        with table.open(encoding="utf-8-sig", newline="") as source:
            try:
                return {row["instance"].strip(): float(row[column]) for row in csv.DictReader(source)}
            except (KeyError, ValueError, TypeError, AttributeError) as error:
                finding = Finding(
                    "TP196",
                    "This table of best known values cannot be read",
                    Place(file=name),
                    found=str(error),
                    expected=f"columns instance and {column}, a number in each row",
                    hint="Try a row such as d05100,6353",
                )
                raise InputRefused([finding]) from error
    return {}


def _numbers(path: Path) -> FloatArray:
    try:
        values = np.array(path.read_text(encoding="ascii").split(), dtype=np.float64)
    except (ValueError, UnicodeDecodeError) as error:
        raise _refused(path, str(error)) from error
    if len(values) < 2:
        raise _refused(path, "nothing" if not len(values) else "a single number")
    if not np.isfinite(values).all():
        raise _refused(path, "a number that is not finite")
    return values


def _one(values: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray] | None:
    """Return cost, resource and capacity where the values are exactly one problem."""
    size = _size(values)
    return None if size is None or size != len(values) else _parts(values)


def _several(values: FloatArray) -> list[tuple[FloatArray, FloatArray, FloatArray]] | None:
    """Return the problems where the values are their number and exactly so many of them."""
    problems, at = [], 1
    while at < len(values):
        size = _size(values[at:])
        if size is None or at + size > len(values):
            return None
        problems.append(_parts(values[at : at + size]))
        at += size
    return problems if problems and len(problems) == values[0] else None


def _size(values: FloatArray) -> int | None:
    """Return how many values the problem at the head takes; None where none begins."""
    if len(values) < 2 or (values[:2] < 1).any() or (values[:2] != np.floor(values[:2])).any():
        return None
    agents, jobs = int(values[0]), int(values[1])
    return 2 + 2 * agents * jobs + agents


def _parts(values: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
    agents, jobs = int(values[0]), int(values[1])
    cost, resource = values[2 : 2 + 2 * agents * jobs].reshape(2, agents, jobs)
    return cost, resource, values[2 + 2 * agents * jobs :]


def _announced(values: FloatArray) -> str:
    size = _size(values)
    if size is None:
        return ""
    return f"; one problem of {values[0]:g} agents and {values[1]:g} jobs has {size:,}"


def _refused(path: Path, found: str) -> InputRefused:
    return InputRefused(
        [
            Finding(
                "TP196",
                "This is no file of generalised-assignment problems",
                Place(file=path.name),
                found=found,
                expected="agents and jobs, costs and resources agent by agent, capacities; or several of that after "
                "their number",
                hint="Try a file of the OR-Library, such as gapd.txt",
            )
        ]
    )
