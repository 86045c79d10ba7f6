"""Finished runs side by side, or told apart customer by customer, without solving anything anew."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from pathlib import Path

from models.findings import Finding, InputRefused, Place
from models.outcome import Outcome
from models.summary import summarise
from planner.finished import finished_plan
from planner.read.text import without_halves
from planner.record import NotPlanned, Planned
from planner.run_folder import RunFolder, open_run
from planner.together.gathered import Gathered
from planner.together.kept import Kept, read_kept
from planner.write.comparison import RECORD as COMPARISON
from planner.write.files import sha256
from planner.write.folder import RECORD, RUNS
from planner.write.run import ASSIGNMENTS
from scenarios.comparing.comparison import Entry
from scenarios.comparing.difference import Difference, difference
from scenarios.comparing.figures import Figures, figures_of, figures_without_plan


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
            kept = read_kept(run.folder)
            name, figures = _called(run, kept, taken), _figures(run, kept)
            entries.append(Entry(name, figures, None))
            taken.add(name)
            if figures.has_plan:
                folders[name] = run.folder
        except InputRefused as refused:
            wrong.extend(refused.findings)
    if wrong:
        raise InputRefused(wrong)
    return Gathered(tuple(entries), folders)


def home_of(named: Sequence[Path]) -> Path:
    """Return the project to which the first of some runs belongs; the current folder where that cannot be told."""
    folder = _run_folder(named[0]).resolve()
    return next((above.parent for above in folder.parents if above.name == RUNS), Path())


def told_apart(gathered: Gathered) -> Difference:
    """Tell two plans apart, customer by customer; the second one's choice is explained."""
    (name_a, folder_a), (name_b, folder_b) = gathered.folders.items()
    a, b = open_run(folder_a), open_run(folder_b)
    with Outcome(a.org, a.policy, finished_plan(a)) as one, Outcome(b.org, b.policy, finished_plan(b)) as other:
        return difference(one, other, name_a, name_b)


def _run_folder(place: Path) -> Path:
    for folder in (place, Path(RUNS) / place):
        if (folder / RECORD).is_file():
            return folder
    hint = "Try folders under runs/, or one project with --scenario"
    if (place / COMPARISON).is_file():
        hint = f"Try the runs that it compares: {place / COMPARISON} names them"
    raise InputRefused([Finding("TP502", "There is no run here", Place(file=str(place)), hint=hint)])


def _called(run: RunFolder, kept: Kept | None, taken: Collection[str]) -> str:
    folder, place = without_halves(run.folder.resolve().name), without_halves(str(run.folder))
    scenario = run.record.scenario if kept is None else kept.scenario
    names = [folder if scenario is None else scenario, f"{folder} {scenario or ''}".strip(), place]
    return next((name for name in names if name not in taken), f"{place} #{len(taken) + 1}")


def _figures(run: RunFolder, kept: Kept | None) -> Figures:
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
