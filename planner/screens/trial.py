"""Wishes tried on the screen: what just these would do, and the best plan that honours them."""

from __future__ import annotations

import numpy as np

from models.explain.answer import Answer
from models.explain.deviations import NOTHING
from models.explain.instead import cost_in_words
from models.names import first_of, rep_names
from models.org import Org
from planner.by_hand.trial import Outlook, Trial
from planner.console import Paper, Said
from planner.explaining.typing import Typing
from planner.language import Language, begun
from planner.screens.by_hand import points_in_words, show_books, show_broken, show_edits, show_goals, show_restored
from planner.screens.conflicts import Places, show_conflicts
from planner.screens.figures import number
from planner.screens.findings import counted
from planner.screens.plan import show_written

MOST_NAMED = 6


def show_trial(paper: Paper, trial: Trial) -> None:
    """Write a trial: first the run with just the wishes, then the best plan."""
    here = f"run {trial.basis.name}"
    paper.blank()
    words = ", ".join(one.words.removeprefix("--") for one in trial.wishes)
    paper.line(Said(words, "title"), Said(f"  tried on {here}  ", "strong"), _verdict(trial, paper.language))
    show_restored(paper, trial.basis)
    _show_as_it_stands(paper, trial, here)
    _show_best(paper, trial, here)
    if trial.folder is not None:
        show_written(paper, trial.folder)


def _verdict(trial: Trial, say: Language) -> Said:
    if trial.can_be is None:
        return Said(say("not known whether it can be honoured"), "warn")
    return Said(say("can be honoured"), "good") if trial.can_be else Said(say("cannot be honoured"), "bad")


def _show_as_it_stands(paper: Paper, trial: Trial, here: str) -> None:
    stands, org = trial.stands, trial.basis.run.org
    paper.heading("As it stands", paper.language("{run} with just this, and nothing else changed", run=here))
    for wish in trial.unmet:
        paper.paragraph(f"{wish.words}: nobody else may own it.", "bad", bullet="· ")
    if not stands.deviations:
        if not trial.unmet:
            paper.paragraph(f"{begun(here)} is like that already.")
        return
    rules = "Every hard rule holds." if not stands.broken else f"It breaks {counted(len(stands.broken), 'hard rule')}."
    together = f"{points_in_words(_stages(trial, stands))} points against {here}."
    paper.paragraph([Said(rules, "strong" if not stands.broken else "bad"), together])
    show_edits(paper, trial.basis.run, stands.deviations)
    show_broken(paper, trial.basis.run, stands.broken)
    show_goals(paper, stands.goals, here, "as it stands")
    show_books(paper, org, stands.books, "books that limits or bands look at")


def _show_best(paper: Paper, trial: Trial, here: str) -> None:
    answer, best, org = trial.answer, trial.best, trial.basis.run.org
    paper.heading("The best plan with it")
    if answer is None:
        paper.paragraph(f"Not looked for: {here} was only measured, and breaks hard rules itself.", "warn")
        return
    if best is None:
        _show_none(paper, trial, answer)
        return
    if not best.deviations:
        unproven = "" if answer.evidence == "proven" else " That no other is better is not proven."
        paper.paragraph(f"It is {here}.{unproven}")
        return
    paper.paragraph([Said(f"It costs {cost_in_words(answer)}.", "strong"), _how_sure(answer, org)])
    if answer.evidence == "interval" and answer.cost is not None and answer.cost < -NOTHING:
        paper.paragraph(
            f"{here[0].upper()}{here[1:]} is not the best plan: this one is {number(-answer.cost)} points better."
        )
    if answer.improved > NOTHING:
        paper.paragraph(
            f"That is against the best these books can be, which is {number(answer.improved)} points better than "
            f"{here}: in all {points_in_words(_stages(trial, best))} points against it."
        )
    if np.array_equal(best.assignment.owners, trial.stands.assignment.owners):
        paper.paragraph("Nobody else has to move: it is the plan as it stands.")
        return
    wished, family, _ = trial.parted
    show_edits(paper, trial.basis.run, wished, brief=True)
    if family:
        paper.paragraph("The rest of the family moves along:")
        show_edits(paper, trial.basis.run, family, brief=True)
    for what, some in trial.others:
        paper.paragraph(f"{len(some):,} {'other' if len(some) == 1 else 'others'} {what}:")
        show_edits(paper, trial.basis.run, some, brief=True)
    if not trial.others:
        paper.paragraph("Nobody else has to move.")
    show_goals(paper, best.goals, here, "best plan")
    show_books(paper, org, best.books, "books that limits or bands look at")


def _show_none(paper: Paper, trial: Trial, answer: Answer) -> None:
    if answer.state == "unknown":
        paper.paragraph("None was found before the search ended, and none was ruled out.", "warn")
        return
    if trial.against:
        paper.paragraph("There is none: rules on who may own whom forbid it, whatever else changes.", "bad")
        show_broken(paper, trial.basis.run, trial.against, "no plan with it keeps them", "Rules against it")
        return
    paper.paragraph(
        "There is none: the rules on who may own whom allow it, but however the others are placed, limits on "
        "books, moves or goals break. That is proven.",
        "bad",
    )
    if trial.clash is not None and trial.clash.conflicts:
        run = trial.basis.run
        show_conflicts(paper, trial.clash, Places(run.place, Typing.of_run(run)))


def _how_sure(answer: Answer, org: Org) -> str:
    """Return what is known of the cost beyond its label; blank where that says all."""
    if answer.evidence != "local":
        return ""
    whose = first_of(rep_names(org, answer.opened), MOST_NAMED)
    between = f"between {number(answer.low)} and {number(answer.high)} points whatever changes"
    if not np.isfinite(answer.high):
        between = f"at least {number(answer.low)} points whatever changes"
    return f"That is while only the books of {whose} change; it is {between}."


def _stages(trial: Trial, outlook: Outlook) -> list[float]:
    before = trial.basis.plan.judgement
    assert before is not None
    return [b - a for a, b in zip(before.stage_values, outlook.judgement.stage_values, strict=True)]
