"""Which scenarios are to be compared, and whether the project can be planned with at all."""

from __future__ import annotations

from collections.abc import Sequence

from models.findings import Finding, InputRefused, Place, did_you_mean
from planner.together.contents import Contents, parts_of
from planner.together.solved import Together, Wanted, everything
from scenarios.comparing.gate import names_for, read_gate
from scenarios.running.runner import Crew


def chosen_scenarios(
    contents: Contents, scenarios: Sequence[str], sweeps: Sequence[str], baseline: str | None
) -> list[str]:
    """Return the scenarios that are asked for, each once; all but those of sweeps where nothing is.

    A baseline that is not among them comes first.

    Raises
    ------
    InputRefused
        When there is no such scenario or sweep.
    """
    wrong = []
    known = [*everything(contents), *(name for made in contents.swept.values() for name in made)]
    named = [("--scenario", name) for name in scenarios]
    for option, name in [*named, *([] if baseline is None else [("--baseline", baseline)])]:
        if name not in known:
            title = "There is no such scenario"
            wrong.append(Finding("TP207", title, Place(file=option), repr(name), hint=did_you_mean(name, known)))
    for name in sweeps:
        if name not in contents.swept:
            hint = did_you_mean(name, contents.swept) if contents.swept else "Try to define one under 'sweeps:'"
            wrong.append(Finding("TP207", "There is no such sweep", Place(file="--sweep"), repr(name), hint=hint))
    if wrong:
        raise InputRefused(wrong)
    asked = [*scenarios, *(name for sweep in sweeps for name in contents.swept[sweep])]
    chosen = list(dict.fromkeys(asked)) or everything(contents)
    return chosen if baseline is None or baseline in chosen else [baseline, *chosen]


def looked_at(together: Together, wanted: Sequence[Wanted], gates: Sequence[str], crew: Crew) -> tuple[Finding, ...]:
    """Look at the project before anything is planned, and return its warnings; none where all was planned before.

    The crew gets ready meanwhile.

    Raises
    ------
    InputRefused
        When project or tables cannot be planned with, or a gate cannot be read.
    """
    if all(together.find(one) is not None for one in wanted):
        return ()
    crew.get_ready()
    from planner.project import load  # a comparison of what was planned before needs no solver

    project = load(together.project, sets=together.sets, today=together.today)
    names = names_for([project.policy])
    for text in gates:
        if not _adds_names(together.contents, wanted):
            read_gate(text, names)
    return project.findings


def _adds_names(contents: Contents, wanted: Sequence[Wanted]) -> bool:
    """Tell whether a scenario may have figures that the project as written has not: measures, capacity lines."""
    parts = {part for one in wanted for part in parts_of(contents, one.scenario)} & set(contents.scenarios)
    changes = [contents.scenarios[part] for part in parts]
    return any("capacity" in one.add.lines or any(_names(path) for path in one.set) for one in changes)


def _names(path: str) -> bool:
    """Tell whether a setting may bring a measure or a capacity line, and so a row."""
    return path.removeprefix("policy.").partition(".")[0].partition("[")[0] in ("measures", "capacity")
