"""What a look before planning shows: what every policy line does, who can own whom, what is frozen."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from models.findings import Finding
from models.org import Org
from models.survey import MOST_FROZEN_SHARE, LineEffect, Survey
from planner.console import Column, Look, Paper, Said, Words
from planner.language import Language
from planner.screens.figures import amount, number, percent
from planner.screens.findings import counted, show_findings
from planner.screens.plan import show_assumptions
from planner.shell import quoted

MOST_UNPLACEABLE = 10


def show_check(
    paper: Paper,
    org: Org,
    survey: Survey,
    *,
    project: Path,
    title: str,
    findings: Sequence[Finding],
    assumptions: Sequence[Finding] = (),
    unit: str = "",
) -> None:
    """Write what planning would start from, and whether anything speaks against it."""
    say = paper.language
    size = counted(org.n_customers, "customer", say=say) + say(", ") + counted(org.n_reps, "rep", say=say)
    paper.blank()
    paper.line(
        Said(title, "title"),
        Said(f"  {size}", "strong"),
        Said(f"  {say.day(org.period.start)} – {say.day(org.period.end)}", "quiet"),
    )
    _show_effects(paper, survey.effects)
    _show_candidates(paper, survey)
    _show_frozen(paper, survey, unit)
    show_assumptions(paper, assumptions)
    show_findings(paper, [*findings, *survey.findings])
    paper.blank()
    if survey.without_candidate:
        paper.paragraph(say("No plan can exist before every customer has somebody who may own it."), "bad")
    elif not survey.possible:
        paper.paragraph(say("No plan can exist before the errors above are mended."), "bad")
    else:
        here = "" if project == Path() else f" {quoted(project)}"
        paper.line(Said(say("Ready: {command}", command=f"planner plan{here}"), "good"))


def _show_effects(paper: Paper, effects: Sequence[LineEffect]) -> None:
    if not effects:
        return
    paper.heading("Policy", "customers each line touches, candidates it removes")
    columns = [
        Column("line", shrink=True),
        Column("customers", align="right"),
        Column("removes", align="right"),
        Column("", wrap=True),
    ]
    paper.table(columns, [_effect(effect, paper.language) for effect in effects])


def _effect(effect: LineEffect, say: Language) -> tuple[Words, ...]:
    idle = effect.customers == 0
    note: Words = Said(say("touches nobody"), "warn") if idle and not effect.note else Said(effect.note or "", "quiet")
    return (
        effect.path,
        Said(f"{effect.customers:,}", "warn" if idle else ""),
        f"{effect.removed:,}" if effect.removed else "·",
        note,
    )


def _show_candidates(paper: Paper, survey: Survey) -> None:
    say, count = paper.language, survey.candidates_per_unit
    units = counted(survey.units, "unit", say=say)
    paper.heading(
        "Candidates",
        say("{pairs} pairs of customer and rep for {units}", pairs=f"{survey.candidates:,}", units=units),
    )
    if len(count):
        few, usual, many = int(count.min()), float(np.median(count)), int(count.max())
        paper.line(
            say("per customer or family: "),
            *_between(say("{few} at least, "), Said(f"{few:,}", "bad" if few == 0 else "strong")),
            *_between(say("{few} usually, "), Said(number(usual), "strong")),
            *_between(say("{few} at most"), Said(f"{many:,}", "strong")),
        )
    if survey.poolable:
        paper.line(
            say.plural(
                survey.poolable,
                "{count} unit may be left without an owner",
                "{count} units may be left without an owner",
            )
        )
    if not survey.without_candidate:
        return
    paper.heading("Without a candidate", counted(len(survey.without_candidate), "customer", say=say))
    columns = [Column("customer", shrink=True), Column("role"), Column("the last rep was removed by", wrap=True)]
    shown = survey.without_candidate[:MOST_UNPLACEABLE]
    paper.table(columns, [(one.customer, one.role, one.reason) for one in shown])
    paper.left_out(len(survey.without_candidate) - len(shown))


def _between(text: str, figure: Said) -> tuple[str | Said, ...]:
    """Return a text with a figure, in a look of its own, in its place."""
    before, _, after = text.partition("{few}")
    return before, figure, after


def _show_frozen(paper: Paper, survey: Survey, unit: str) -> None:
    if not survey.frozen:
        return
    share = survey.frozen_revenue / survey.total_revenue if survey.total_revenue else 0.0
    paper.heading("Frozen", "customers that locks and holdouts keep in place")
    columns = [
        Column("line", shrink=True),
        Column("customers", align="right"),
        Column("revenue", align="right"),
        Column(),
    ]
    rows: list[tuple[Words, ...]] = [
        (one.path, f"{one.customers:,}", amount(one.revenue, unit), "") for one in survey.frozen
    ]
    look: Look = "warn" if share > MOST_FROZEN_SHARE else "strong"
    rows.append(
        (Said(paper.language("together"), "quiet"), "", amount(survey.frozen_revenue, unit), Said(percent(share), look))
    )
    paper.table(columns, rows)
