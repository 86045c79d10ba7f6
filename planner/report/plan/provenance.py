"""Provenance: from which files, with which versions and settings a plan was made, and by whom changed."""

from __future__ import annotations

from pathlib import Path

from planner.language.reasons import engine_in_words
from planner.report.plan.brief import Brief
from planner.report.versions import versions_told

_DIGITS = 12
_STOPPED = {
    "proof": "proof",
    "time limit": "time limit, the best plan so far",
    "interrupted": "interrupted, the best plan so far",
    "by hand": "edited by hand",
    "gap": "the gap asked for",
}
_STATUS = {"optimal": "optimal", "feasible": "feasible", "evaluated": "as it would be"}


def provenance(brief: Brief, folder: Path) -> tuple[tuple[str, str], ...]:
    """Return what a plan was made from, as pairs of what and which."""
    say, record = brief.say, brief.record
    told = [
        (say("Run"), brief.told(folder.name, "–")),
        (say("Status"), say(_STATUS[record.status])),
        (say("Period"), f"{say.day(record.period['start'])} – {say.day(record.period['end'])}"),
        (say("Customers, reps"), f"{say.number(record.customers)} · {say.number(record.reps)}"),
        (say("Engine"), _engine(brief)),
        (say("Seed"), str(record.seed)),
        (say("Solved in"), say("{seconds} s", seconds=say.number(record.seconds))),
        (say("Stopped by"), say(_STOPPED.get(record.stopped_by, record.stopped_by))),
    ]
    if record.scenario is not None:
        told.append((say("Scenario"), brief.told(record.scenario, say("not shown"))))
    if brief.scope.everything:
        told += [(say("Changed"), one) for one in record.changed]
    if record.warm is not None:
        told.append((say("Began with run"), brief.told(record.warm, "–")))
    if record.after is not None:
        told.append((say("Circulated run"), brief.told(record.after, "–")))
    told += _by_hand(brief)
    told += [(say("Input {file}", file=name), digest[:_DIGITS]) for name, digest in sorted(record.inputs.items())]
    told += [
        (say("Source {file}", file=brief.told(name, say("not shown"))), digest[:_DIGITS])
        for name, digest in sorted(record.sources.items())
    ]
    return (*told, *versions_told(record.versions, say))


def _engine(brief: Brief) -> str:
    """Return which engine planned, and why that one; that of a plan made by hand names others."""
    record = brief.record
    by_hand = record.adopted is not None or record.tried is not None
    told = record.engine_reason if brief.scope.everything or not by_hand else ""
    return f"{record.engine}{brief.say(': ')}{engine_in_words(told, brief.say)}" if told else record.engine


def _by_hand(brief: Brief) -> list[tuple[str, str]]:
    say, adopted, tried = brief.say, brief.record.adopted, brief.record.tried
    told = []
    if adopted is not None:
        told += [
            (
                say("Adopted from"),
                say(
                    "{file}, edited from run {run}",
                    file=brief.told(adopted.file, "–"),
                    run=brief.told(adopted.run, "–"),
                ),
            ),
            (say("Edited table"), adopted.sha256[:_DIGITS]),
            (say("Owners changed by hand"), say.number(adopted.deviations)),
        ]
        if adopted.by is not None:
            told.append((say("Edited by"), brief.told(adopted.by, say("not shown"))))
        if adopted.points is not None and brief.scope.everything:
            told.append((say("Worse than the run by"), say.amount(adopted.points, "points")))
    if tried is not None:
        told.append((say("Tried on run"), brief.told(tried.run, "–")))
        told += [(say("Wish"), wish) for wish in tried.wishes if brief.discretion.allows(wish)]
        told.append((say("How sure"), say(tried.evidence)))
    return told
