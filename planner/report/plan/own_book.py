"""The headline of a report for one rep: the own book before and after, and what comes and goes."""

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
