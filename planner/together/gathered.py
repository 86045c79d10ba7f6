"""What a comparison is made of: scenarios that were solved, each as an entry."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from planner.together.solved import Solved
from planner.write.folder import RECORD, RUNS
from scenarios.comparing.comparison import Entry
from scenarios.definition import BASE
from scenarios.running.runner import Trouble


@dataclass(frozen=True)
class Gathered:
    """Entries of a comparison; by name the run folder of each that has a plan, and the trouble of each that failed."""

    entries: tuple[Entry, ...]
    folders: Mapping[str, Path]
    troubles: Mapping[str, Trouble] = field(default_factory=dict)


def from_solved(solved: Sequence[Solved]) -> Gathered:
    """Return what was solved as entries."""
    entries = tuple(
        Entry(one.name, one.figures, None if one.trouble is None else _in_words(one.trouble)) for one in solved
    )
    planned = {one.name: one.folder for one in solved if one.figures is not None and one.figures.has_plan}
    return Gathered(entries, planned, {one.name: one.trouble for one in solved if one.trouble is not None})


def usual_baseline(names: Sequence[str]) -> str:
    """Return what scenarios are held against where nothing is said: the project as written, else the first one."""
    return BASE if BASE in names else names[0]


def is_run(place: Path) -> bool:
    """Tell whether a path is a finished run, or the number of one in the current folder."""
    return (place / RECORD).is_file() or (Path(RUNS) / place / RECORD).is_file()


def _in_words(trouble: Trouble | None) -> str | None:
    if trouble is None:
        return None
    told = [str(finding) for finding in trouble.findings if finding.severity == "error"]
    return f"{trouble.message}: {'; '.join(told)}" if told else trouble.message
