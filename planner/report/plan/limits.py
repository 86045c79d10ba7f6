"""Budgets used, wishes heard, and what was assumed because nobody said it."""

from __future__ import annotations

import math

import altair as alt
import numpy as np

from models.summary import BudgetUse
from planner.language import Language
from planner.language.assumptions import assumption_in_words
from planner.report.blocks import Block, Chart, Column, Fact, Facts, Section, Sentences, Table
from planner.report.drawing import beside, drawn, rows
from planner.report.palette import AFTER, LABEL, LIMIT, OUTSIDE
from planner.report.plan.brief import Brief

MOST_BARS = 20
_FULL = 0.95


def budgets(brief: Brief) -> Section | None:
    """Return how much of each budget is used; None without budgets."""
    say, uses = brief.say, brief.evidence.budgets
    if not uses:
        return None
    names = [brief.told(use.name, say("a budget")) for use in uses]
    called = dict(zip(brief.evidence.reps["rep_id"].astype(str), brief.reps, strict=True))
    labels = [say("overall") if use.label == "overall" else str(called.get(use.label, use.label)) for use in uses]
    units = [say("customers") if use.unit == "customers" else use.unit for use in uses]
    share = np.array([min(use.share, 1e6) for use in uses])
    table = Table(
        "budgets",
        say("Budgets used"),
        (
            Column("budget", say("Budget"), choice=True),
            Column("of", say("Of")),
            Column("used", say("Used"), "number"),
            Column("limit", say("Limit"), "number"),
            Column("unit", say("Unit")),
            Column("share", say("Share"), "share", bar=True),
            Column("note", say("Note")),
        ),
        {
            "budget": np.array(names, dtype=object),
            "of": np.array(labels, dtype=object),
            "used": np.array([round(use.used, 6) for use in uses]),
            "limit": np.array([use.limit for use in uses]),
            "unit": np.array(units, dtype=object),
            "share": share,
            "note": np.array([_note(use, say) for use in uses], dtype=object),
        },
        sort=("share", True),
        searched=len(uses) > MOST_BARS,
    )
    return Section(
        "budgets",
        say("Budgets used"),
        (_bars(brief, names, labels, share), table),
        say("Forced moves are not counted."),
    )


def _note(use: BudgetUse, say: Language) -> str:
    if use.too_small:
        return say("no move fits into it")
    if use.unit == "customers" and not float(use.limit).is_integer():
        whole = math.floor(use.limit)
        return say("{limit} allow {whole} whole customers", limit=say.number(use.limit), whole=say.number(whole))
    return ""


def _use_of(use: BudgetUse, say: Language) -> str:
    """Return what is used of a budget in few digits, or in all where few would make the two alike."""
    brief = use.used == use.limit or say.brief(use.used) != say.brief(use.limit)
    limit = say.brief_amount(use.limit, use.unit) if brief else say.amount(use.limit, use.unit)
    return say("{used} of {limit}", used=say.leading(use.used, use.unit, brief=brief), limit=limit)


def _bars(brief: Brief, names: list[str], labels: list[str], share: np.ndarray) -> Chart:
    say, uses = brief.say, brief.evidence.budgets
    order = np.argsort(-share, kind="stable")[:MOST_BARS]
    whole = say("overall")
    called = [
        names[at] if labels[at] == whole else say("{name}: {whom}", name=names[at], whom=labels[at])
        for at in order.tolist()
    ]
    called = [f"{name} #{at + 1}" if called.count(name) > 1 else name for at, name in enumerate(called)]
    said = [_use_of(uses[at], say) for at in order.tolist()]
    data = rows(
        {
            "budget": called,
            "share": np.minimum(share[order], 1.5),
            "said": said,
            "full": [bool(share[at] > 1 + 1e-9) for at in order.tolist()],
        }
    )
    y = alt.Y(field="budget", type="nominal", sort=called, axis=alt.Axis(title=None, labelLimit=220, ticks=False))
    most = max(1.0, float(min(share.max(), 1.5)))
    scale = alt.Scale(domainMin=0, domainMax=beside(said, most), nice=False)
    x = alt.X(
        field="share",
        type="quantitative",
        scale=scale,
        axis=alt.Axis(title=say("used, of the limit"), format="%", values=[0, 0.25, 0.5, 0.75, 1]),
    )
    base = alt.Chart(data)
    chart = alt.layer(
        base.mark_bar(height=14).encode(
            y=y,
            x=x,
            color=alt.when("datum.full").then(alt.value(OUTSIDE)).otherwise(alt.value(AFTER)),
            tooltip=[
                alt.Tooltip(field="budget", type="nominal", title=say("Budget")),
                alt.Tooltip(field="said", type="nominal", title=say("Used")),
                alt.Tooltip(field="share", type="quantitative", format=".1%", title=say("Share")),
            ],
        ),
        base.mark_text(align="right", fontSize=11, color=LABEL).encode(
            y=y, x=alt.value("width"), text=alt.Text(field="said", type="nominal")
        ),
        alt.Chart(rows({"at": [1.0]}))
        .mark_rule(color=LIMIT, strokeDash=[4, 3], strokeWidth=1.5)
        .encode(x=alt.X(field="at", type="quantitative", scale=scale)),
    ).properties(height=alt.Step(24))
    tight = int((share > _FULL).sum())
    told = say(
        "The fullest budget, {name}, is used to {share}; to more than {full}: {tight} of {all}.",
        name=called[0],
        share=say.percent(float(share[order[0]])),
        tight=say.number(tight),
        all=say.number(len(share)),
        full=say.percent(_FULL, 0),
    )
    note = "" if len(share) <= MOST_BARS else say("the fullest {shown} of {all}", shown=MOST_BARS, all=len(share))
    return drawn("budgets_used", say("Budgets used"), chart, told, note)


def wishes(brief: Brief) -> Section | None:
    """Return what became of wishes; None without a table of wishes."""
    say, heard = brief.say, brief.record.wishes
    if heard is None or not brief.scope.goal("wishes"):
        return None
    facts = [
        Fact(say("Wishes"), say.number(heard.count)),
        Fact(say("Honoured"), say.number(heard.honoured), look="good" if heard.honoured else ""),
        Fact(say("Refused"), say.number(heard.refused), look="warn" if heard.refused else ""),
        Fact(say("Weight of the refused"), say.amount(heard.refused_points, "points")),
    ]
    return Section("wishes", say("Wishes"), (Facts("wishes", tuple(facts)),))


def assumptions(brief: Brief) -> Section | None:
    """Return what was assumed because nobody said it; None where nothing was."""
    say, lines = brief.say, []
    # figures in them were made of columns that they do not name
    for entry in () if brief.scope.hidden else brief.record.assumptions:
        if not brief.discretion.allows(entry.assumed):
            continue
        examples = [one for one in entry.examples if brief.discretion.allows(one)]
        line = assumption_in_words(entry.assumed, say)
        if examples:
            line = say("{what} ({examples})", what=line, examples=say.listed(examples))
        if entry.hint and brief.discretion.allows(entry.hint):
            line = say("{what}. {hint}", what=line.rstrip("."), hint=assumption_in_words(entry.hint, say))
        lines.append(line)
    if not lines:
        return None
    blocks: tuple[Block, ...] = (Sentences("assumed", tuple(lines)),)
    return Section("assumptions", say("Assumptions"), blocks, say("What nobody said; planner.yaml can say otherwise."))
