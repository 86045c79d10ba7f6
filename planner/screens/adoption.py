"""An adopted assignment on the screen: what each edit costs, what they cost together, which rules they break."""

from __future__ import annotations

from models.names import first_of
from planner.by_hand.adoption import Adoption
from planner.console import Paper, Said
from planner.language import Language
from planner.screens.by_hand import points_in_words, show_books, show_broken, show_edits, show_goals, show_restored
from planner.screens.findings import counted
from planner.screens.plan import gap_in_words, show_written
from planner.write.run import DEVIATIONS

MOST_ABSENT = 6
NOTHING = 1e-6


def show_adoption(paper: Paper, adoption: Adoption) -> None:
    """Write an adoption: deviations first, each by itself, then all together."""
    run = adoption.basis.run
    here = f"run {adoption.basis.name}"
    differ = f"{counted(len(adoption.deviations), 'owner')} {'differs' if len(adoption.deviations) == 1 else 'differ'}"
    paper.blank()
    paper.line(
        Said(adoption.file.name, "title"),
        Said(f"  {differ} from {here}  ", "strong"),
        _verdict(adoption, paper.language),
    )
    show_restored(paper, adoption.basis)
    _show_absent(paper, adoption)
    if not adoption.deviations:
        paper.paragraph(f"It is the plan of {here}.")
    else:
        _show_deviations(paper, adoption, here)
        _show_together(paper, adoption, here)
        show_goals(paper, adoption.goals, here, adoption.file.name)
        show_books(paper, run.org, adoption.books, "books that limits or bands look at")
    show_broken(paper, run, adoption.broken, "by all edits together")
    kept = len(adoption.judgement.violations) - len(adoption.broken)
    if kept > 0:
        paper.paragraph(f"{counted(kept, 'rule')} that {here} breaks, too.", "quiet")
    _show_end(paper, adoption)


def _verdict(adoption: Adoption, say: Language) -> Said:
    if not adoption.feasible:
        return Said(say("breaks hard rules"), "bad")
    return Said(say("optimal" if adoption.plan.status == "optimal" else "every hard rule holds"), "good")


def _show_absent(paper: Paper, adoption: Adoption) -> None:
    absent = adoption.absent
    if not absent:
        return
    ids = adoption.basis.run.org.customer_ids
    named = first_of((ids[customer] for customer, _ in absent), MOST_ABSENT)
    keep = "is not in the file: it keeps" if len(absent) == 1 else "are not in the file: they keep"
    paper.paragraph(
        f"{counted(len(absent), 'customer')} {keep} the owner that run {adoption.basis.name} gave ({named}).",
        "warn",
    )


def _show_deviations(paper: Paper, adoption: Adoption, here: str) -> None:
    worst = sorted(adoption.deviations, key=lambda one: (not one.broken, *(-points for points in one.stages)))
    paper.heading("Edits", paper.language("each by itself, everything else as in {run}", run=here))
    show_edits(paper, adoption.basis.run, worst, rest="--json" if adoption.folder is None else DEVIATIONS)


def _show_together(paper: Paper, adoption: Adoption, here: str) -> None:
    if len(adoption.deviations) < 2:
        return
    before, after = adoption.basis.plan.judgement, adoption.judgement
    assert before is not None
    stages = [a - b for b, a in zip(before.stage_values, after.stage_values, strict=True)]
    alone = [sum(one.stages[at] for one in adoption.deviations) for at in range(len(stages))]
    add_up = all(abs(one - other) <= NOTHING * max(1.0, abs(one)) for one, other in zip(stages, alone, strict=True))
    note = "That is what they cost one by one, too."
    if not add_up:
        note = (
            f"Added up, each by itself, they would be {points_in_words(alone)}: edits share books and limits, so that "
            "their prices do not add up."
        )
    paper.blank()
    paper.paragraph([Said(f"Together {points_in_words(stages)} points against {here}.", "strong"), note])


def _show_end(paper: Paper, adoption: Adoption) -> None:
    paper.blank()
    if adoption.feasible:
        figure, meaning = gap_in_words(adoption.plan)
        paper.paragraph(f"Certified gap {figure}: {meaning}.")
    if adoption.folder is not None:
        if not adoption.feasible:
            paper.paragraph("Filed although it breaks hard rules, as a plan that was only measured.", "warn")
        show_written(paper, adoption.folder)
    else:
        paper.paragraph(
            "Not filed: it breaks hard rules. Try mending the edits named above, or --even-broken to file it as a plan "
            "that is only measured.",
            "strong",
        )
