"""Finished comparisons and frontiers read back from their folders, with the runs that a comparison names."""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from models.findings import Finding, InputRefused, Place
from models.outcome import Outcome
from planner.comparison_record import ComparisonRecord, ScenarioEntry
from planner.frontier_record import FrontierRecord
from planner.run_folder import RunFolder, open_run
from planner.write.comparison import RECORD as COMPARISON
from planner.write.folder import RECORD, RUNS
from planner.write.frontier import RECORD as FRONTIER

Record = TypeVar("Record", bound=BaseModel)


def read_comparison(folder: Path) -> ComparisonRecord:
    """Read the record of a comparison.

    Raises
    ------
    InputRefused
        When there is none, or it cannot be read.
    """
    return _read(ComparisonRecord, folder / COMPARISON, "The comparison cannot be read", "planner compare")


def read_frontier(folder: Path) -> FrontierRecord:
    """Read the record of a frontier.

    Raises
    ------
    InputRefused
        When there is none, or it cannot be read.
    """
    return _read(FrontierRecord, folder / FRONTIER, "The frontier cannot be read", "planner frontier")


def frontier_beside(folder: Path) -> FrontierRecord | None:
    """Return the frontier that was put beside a comparison; None where there is none."""
    return read_frontier(folder) if (folder / FRONTIER).is_file() else None


def frontier_run(record: FrontierRecord, folder: Path) -> RunFolder | None:
    """Return the run of a point of a frontier, None where none is there any more."""
    places = (_find(Path(point.run), folder) for point in record.points if point.run is not None)
    place = next((one for one in places if one is not None), None)
    return None if place is None else open_run(place)


def planned(record: ComparisonRecord) -> list[ScenarioEntry]:
    """Return the scenarios that have a plan, in their order."""
    return [one for one in record.scenarios if one.run is not None and one.figures is not None and one.figures.has_plan]


def compared_runs(record: ComparisonRecord, folder: Path) -> Iterator[tuple[ScenarioEntry, RunFolder]]:
    """Yield the scenarios that have a plan with their runs, one at a time, so that few need be held at once.

    Runs are looked for where the record says, and below the folders around the comparison, for who moved a project.

    Raises
    ------
    InputRefused
        When runs are gone (all of them are named), or one cannot be read.
    """
    found = [(one, _find(Path(str(one.run)), folder)) for one in planned(record)]
    gone = [one for one, place in found if place is None]
    if gone:
        hint = "Try planner compare again: what is still there is found again and not planned anew"
        raise InputRefused(
            Finding(
                "TP560",
                "A run of the comparison is gone",
                Place(file=str(one.run)),
                found=f"no plan of the scenario {one.name!r}",
                hint=hint,
            )
            for one in gone
        )
    for one, place in found:
        assert place is not None
        yield one, open_run(place)


def refuse_another_plan(entry: ScenarioEntry, run: RunFolder, outcome: Outcome) -> None:
    """Refuse a run whose plan is not the one that was compared: it was edited, or planned anew since.

    Raises
    ------
    InputRefused
        When its objective or its moves are others.
    """
    figures, changes = entry.figures, outcome.changes
    assert figures is not None
    assert figures.moves is not None
    same = (
        figures.objective is not None
        and math.isclose(figures.objective, outcome.judgement.objective, rel_tol=1e-9, abs_tol=1e-9)
        and figures.moves.forced == int(changes.forced.sum())
        and figures.moves.newly_assigned == int(changes.newly.sum())
        and figures.status == outcome.plan.status
    )
    if not same:
        hint = "Try planner compare again, so that figures and customers are of the same plans"
        found = f"another plan of the scenario {entry.name!r} than was compared"
        raise InputRefused(
            [Finding("TP561", "A run has changed since it was compared", Place(file=str(run.folder)), found, hint=hint)]
        )


def short_place(run: str) -> str:
    """Return where a run is, seen from its project: nothing of the machine that it was made on.

    >>> short_place("/home/ann/q1/runs/scenarios/0af3"), short_place("elsewhere/7")
    ('runs/scenarios/0af3', '7')
    """
    parts = Path(run).parts
    if RUNS in parts:
        return "/".join(parts[len(parts) - 1 - parts[::-1].index(RUNS) :])
    return parts[-1] if parts else run


def _find(run: Path, folder: Path) -> Path | None:
    around = folder.resolve().parents
    places = [run, *(above / run for above in around), *(above / short_place(str(run)) for above in around)]
    return next((place for place in places if (place / RECORD).is_file()), None)


def _read(record: type[Record], path: Path, title: str, command: str) -> Record:
    try:
        return record.model_validate_json(path.read_bytes())
    except (OSError, ValidationError) as error:
        raise _unreadable(title, path, error, command) from error


def _unreadable(title: str, path: Path, error: OSError | ValidationError, command: str) -> InputRefused:
    if isinstance(error, ValidationError):
        first = error.errors(include_url=False)[0]
        found = f"{'.'.join(str(part) for part in first['loc'])}: {first['msg']}"
    else:
        found = error.strerror or str(error)
    hint = f"Try {command} again, or a folder that it has written"
    return InputRefused([Finding("TP562", title, Place(file=str(path)), found=found, hint=hint)])
