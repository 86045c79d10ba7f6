"""What a second, independent look at a run found."""

from __future__ import annotations

from models.plan import is_optimal
from planner.console import Paper, Said
from planner.language import Language
from planner.record import Planned
from planner.screens.figures import percent
from planner.screens.findings import counted
from planner.verification import Verification
from planner.write.run import ASSIGNMENTS

MOST_VIOLATIONS = 20


def show_verification(paper: Paper, verification: Verification) -> None:
    """Write whether the run is what it says: broken rules first, then what the record gets wrong, then notes."""
    record = verification.run.record
    paper.blank()
    if verification.passed:
        _show_confirmed(paper, verification)
    else:
        faults = len(verification.violations) + len(verification.differences)
        found = counted(faults, "fault", say=paper.language)
        paper.line(Said(paper.language("Not verified"), "bad"), Said(f"  {verification.run.folder}: {found}"))
    if verification.violations:
        paper.heading("Broken rules", counted(len(verification.violations), "rule", say=paper.language))
        for violation in verification.violations[:MOST_VIOLATIONS]:
            paper.paragraph([Said(f"{violation.line}:", "strong"), violation.message], bullet="· ")
        paper.left_out(len(verification.violations) - MOST_VIOLATIONS)
    if verification.differences:
        paper.heading("The record says otherwise", "plan.json beside what the files give")
        for difference in verification.differences:
            paper.paragraph(difference, bullet="· ")
    if verification.notes:
        paper.blank()
        for note in verification.notes:
            paper.paragraph(note, "quiet")
    if isinstance(record, Planned) and not verification.passed and (verification.violations or verification.edited):
        paper.blank()
        rows = "the rows named above" if verification.violations or verification.edits else ASSIGNMENTS
        paper.paragraph(f"Try restoring {rows}, or planner plan to plan anew.", "quiet")


def _show_confirmed(paper: Paper, verification: Verification) -> None:
    say, record = paper.language, verification.run.record
    paper.line(Said(say("Verified"), "good"), Said(f"  {verification.run.folder}", "strong"))
    if not isinstance(record, Planned):
        return
    judged = counted(record.customers, "customer", say=say) + say(", ") + counted(record.reps, "rep", say=say)
    rules = say("every hard rule holds" if record.status != "evaluated" else "measured, rules not enforced")
    paper.paragraph(
        say("{judged}: {rules}; goals, moves and objective are what the record says.", judged=judged, rules=rules)
    )
    if verification.price_bound is not None:
        gap = max(0.0, record.objective - verification.price_bound) / max(abs(record.objective), 1e-9)
        proven = (
            say("no plan is better") if is_optimal(record.objective, verification.price_bound) else _better(gap, say)
        )
        paper.paragraph(say("The price bound was recomputed from the certificate: {proven}.", proven=proven))
    if record.bound is not None and record.bound_by != "prices":
        whose = say("The bound is as {solver} reports it and the objective is not below it.", solver=record.bound_by)
        paper.paragraph(whose, "quiet")


def _better(gap: float, say: Language) -> str:
    return say("no plan can be better by more than {gap}", gap=percent(gap))
