"""The headline of a report for one rep or team: the own books before and after, and what comes and goes."""

from __future__ import annotations

import numpy as np

from models.policy import CUSTOMERS
from planner.report.plan.book_charts import inside_band
from planner.report.plan.brief import Brief
from planner.report.readership.evidence import Measure


def is_of_one_rep(brief: Brief) -> bool:
    """Tell whether a report is about one book among others."""
    return not brief.scope.whole and len(brief.evidence.reps) == 1


def own_book_in_words(brief: Brief) -> str:
    """Return what becomes of the one book there is: customers first, then what is balanced most."""
    say, table = brief.say, brief.evidence.reps
    gained, lost = (int(table[name].iloc[0]) for name in ("gained", "lost"))
    before, after = (round(_value(brief, when, brief.evidence.measures[0])) for when in ("before", "after"))
    parts = [
        say.plural(
            after,
            "{rep} has {count} customer after the plan, {before} before",
            "{rep} has {count} customers after the plan, {before} before",
            rep=brief.reps[0],
            before=say.number(before),
        ),
        say("{gained} come and {lost} go", gained=say.number(gained), lost=say.number(lost))
        if gained or lost
        else say("nobody comes and nobody goes"),
    ]
    parts += [_weighed(brief, measure) for _, measure in brief.sorted_measures if measure.name != CUSTOMERS][:1]
    return say("; ").join(parts)


def own_team_in_words(brief: Brief) -> str:
    """Return what becomes of the books of a team: who comes and goes, what is balanced most, and who is in the band."""
    say, measures = brief.say, brief.evidence.measures
    customers = brief.evidence.customers
    before, after = (customers[name].to_numpy() for name in ("before", "after"))
    come, go = int(((after >= 0) & (before < 0)).sum()), int(((before >= 0) & (after < 0)).sum())
    within = int(((before >= 0) & (after >= 0) & (before != after)).sum())
    parts = [
        say.plural(
            round(_total(brief, "after", measures[0])),
            "{who}: {count} customer after the plan, {before} before",
            "{who}: {count} customers after the plan, {before} before",
            who=brief.scope.label,
            before=say.number(round(_total(brief, "before", measures[0]))),
        ),
        say("{gained} come and {lost} go", gained=say.number(come), lost=say.number(go))
        if come or go
        else say("nobody comes and nobody goes"),
    ]
    if within:
        parts.append(
            say.plural(within, "{count} changes hands within the team", "{count} change hands within the team")
        )
    for measure in [measure for _, measure in brief.sorted_measures if measure.name != CUSTOMERS][:1]:
        parts += _weighed_together(brief, measure)
    return say("; ").join(parts)


def _weighed_together(brief: Brief, measure: Measure) -> list[str]:
    """Return what the books of a team hold of a measure, and how many are in the band."""
    say = brief.say
    held = say(
        "{measure} {after}, {before} before",
        measure=brief.title(measure),
        after=brief.amount(_total(brief, "after", measure), measure),
        before=brief.amount(_total(brief, "before", measure), measure),
    )
    target, low, high, before, after = (
        brief.rep_values(what, measure) for what in ("target", "low", "high", "before", "after")
    )
    banded = target > 0
    if not banded.any():
        return [held]
    was, now = (int((inside_band(books, low, high) & banded).sum()) for books in (before, after))
    inside = say.plural(
        now,
        "{count} of {all} reps is inside that band, {before} before",
        "{count} of {all} reps are inside that band, {before} before",
        all=say.number(int(banded.sum())),
        before=say.number(was),
    )
    return [held, inside]


def _total(brief: Brief, what: str, measure: Measure) -> float:
    return float(brief.rep_values(what, measure).sum())


def _weighed(brief: Brief, measure: Measure) -> str:
    """Return a measure of the book, and how it stands to its band."""
    say = brief.say
    before, after, target, low, high = (
        _value(brief, what, measure) for what in ("before", "after", "target", "low", "high")
    )
    told = say(
        "{measure} {after}, {before} before",
        measure=brief.title(measure),
        after=brief.amount(after, measure),
        before=brief.amount(before, measure),
    )
    if not target > 0:
        return told
    is_inside = bool(inside_band(np.array([after]), np.array([low]), np.array([high]))[0])
    off = say.signed_percent(after / target - 1)
    if is_inside:
        return say("{book} ({off} from target, inside the band)", book=told, off=off)
    return say("{book} ({off} from target, outside the band)", book=told, off=off)


def _value(brief: Brief, what: str, measure: Measure) -> float:
    return float(brief.rep_values(what, measure)[0])
