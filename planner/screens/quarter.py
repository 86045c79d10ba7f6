"""Where the quarter stands, on one screen."""

from __future__ import annotations

from planner.console import Column, Look, Paper, Said, Words
from planner.language import Language
from planner.proof import proof_of
from planner.quarter import Quarter, RunSeen
from planner.record import Planned
from planner.screens.figures import percent
from planner.screens.plan import gap_figure

MOST_RUNS = 8

_LOOKS: dict[str, Look] = {"optimal": "good", "feasible": "good", "infeasible": "bad", "no_plan": "bad"}


def show_quarter(paper: Paper, quarter: Quarter) -> None:
    """Write the last runs, what is open, and what to type next."""
    if quarter.runs:
        shown = quarter.runs[-MOST_RUNS:]
        say = paper.language
        note = say("the last {shown} of {count}", shown=len(shown), count=f"{len(quarter.runs):,}")
        paper.heading("Runs", note if len(quarter.runs) > MOST_RUNS else "")
        columns = [
            Column("run"),
            Column("written"),
            Column("scenario", shrink=True),
            Column("status"),
            Column("moved", align="right"),
            Column("in band", align="right"),
            Column("gap", align="right"),
            Column("verified"),
        ]
        paper.table(columns, [_row(run, say) for run in shown])
    paper.heading("Open")
    for sentence in quarter.open or ("Nothing.",):
        paper.paragraph(sentence, bullet="· ")
    paper.heading("Next")
    paper.line(Said(quarter.next, "strong"), Said(f"  {quarter.why}", "quiet"))


def _row(run: RunSeen, say: Language) -> tuple[Words, ...]:
    written = f"{run.written.day} {run.written:%b %H:%M}"
    record = run.record
    if record is None:
        return run.folder.name, written, "", Said(say("unreadable"), "bad"), "", "", "", ""
    status = Said(say(record.status.replace("_", " ")), _LOOKS.get(record.status, ""))
    if not isinstance(record, Planned):
        return run.folder.name, written, record.scenario or "–", status, "–", "–", "–", "–"
    marks: dict[bool | None, Words] = {
        True: Said(say("yes"), "good"),
        False: Said(say("no"), "bad"),
        None: say("not yet"),
    }
    inside, proof = record.headline.reps_inside_band.after, proof_of(record)
    return (
        run.folder.name,
        written,
        record.scenario or "–",
        status,
        percent(record.moved_share),
        f"{inside:.0f}/{record.headline.reps_with_band}" if inside is not None else "–",
        "–" if proof.gap is None else gap_figure(proof.gap),
        marks[run.verified],
    )
