"""What a comparison is made of: the scenarios that are asked for, or finished runs, each as an entry."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from models.findings import Finding, InputRefused, Place
from planner.finished import finished_plan
from planner.record import NotPlanned, Planned
from planner.run_folder import RunFolder, open_run
from planner.together.kept import read_kept
from planner.together.solved import Solved
from planner.write.files import sha256
from planner.write.folder import RECORD, RUNS
from planner.write.run import ASSIGNMENTS
from scenarios.comparison import Entry
from scenarios.difference import Difference
from scenarios.figures import Figures, figures_of, figures_without_plan
from scenarios.runner import Trouble


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


def from_runs(named: Sequence[Path]) -> Gathered:
    """Return finished runs as entries, called after folder and scenario.

    Raises
    ------
    InputRefused
        When one of them is no run, or cannot be read.
    """
    wrong: list[Finding] = []
    entries: list[Entry] = []
    folders: dict[str, Path] = {}
    taken: set[str] = set()
    for place in named:
        try:
            run = open_run(_run_folder(place))
            name = _called(run, taken)
            figures = _figures(run)
            entries.append(Entry(name, figures, None))
            taken.add(name)
            if figures.has_plan:
                folders[name] = run.folder
        except InputRefused as refused:
            wrong.extend(refused.findings)
    if wrong:
        raise InputRefused(wrong)
    return Gathered(tuple(entries), folders)


def told_apart(gathered: Gathered) -> Difference:
    """Tell two plans apart, customer by customer; the second one's choice is explained."""
    from models.outcome import Outcome
    from scenarios.difference import difference

    (name_a, folder_a), (name_b, folder_b) = gathered.folders.items()
    a, b = open_run(folder_a), open_run(folder_b)
    with Outcome(a.org, a.policy, finished_plan(a)) as one, Outcome(b.org, b.policy, finished_plan(b)) as other:
        return difference(one, other, name_a, name_b)


def is_run(place: Path) -> bool:
    """Tell whether a path is a finished run, or the number of one in the current folder."""
    return (place / RECORD).is_file() or (Path(RUNS) / place / RECORD).is_file()


def _run_folder(place: Path) -> Path:
    for folder in (place, Path(RUNS) / place):
        if (folder / RECORD).is_file():
            return folder
    hint = "Try folders under runs/, or one project with --scenario"
    raise InputRefused([Finding("TP502", "There is no run here", Place(file=str(place)), hint=hint)])


def _called(run: RunFolder, taken: Collection[str]) -> str:
    name = run.folder.resolve().name if run.record.scenario is None else run.record.scenario
    full = f"{run.folder.resolve().name} {run.record.scenario or ''}".strip()
    return name if name not in taken else full if full not in taken else str(run.folder)


def _figures(run: RunFolder) -> Figures:
    from models.outcome import Outcome
    from models.summary import summarise

    kept = read_kept(run.folder)
    if kept is not None and (isinstance(run.record, NotPlanned) or _untouched(run.folder, run.record)):
        return kept.figures
    plan = finished_plan(run)
    if plan.assignment is None:
        return figures_without_plan(plan)
    with Outcome(run.org, run.policy, plan) as outcome:
        return figures_of(outcome, summarise(outcome))


def _untouched(folder: Path, record: Planned) -> bool:
    path = folder / ASSIGNMENTS
    return path.is_file() and sha256(path) == record.files.get(ASSIGNMENTS)


def _in_words(trouble: Trouble | None) -> str | None:
    if trouble is None:
        return None
    told = [str(finding) for finding in trouble.findings if finding.severity == "error"]
    return f"{trouble.message}: {'; '.join(told)}" if told else trouble.message
