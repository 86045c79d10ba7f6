"""Why a customer is where it is, for people."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from models.explain.contenders import Charge, Contender
from models.explain.customer import Story
from models.explain.instead import books_in_words, cost_in_words, others_in_words, points
from models.names import customer_names, first_of, rep_names
from models.org import Org
from models.plan import Plan
from planner.console import Column, Paper, Said
from planner.language import Language, beside
from planner.run_folder import RunFolder
from planner.screens.figures import number
from planner.screens.findings import counted

MOST_CONTENDERS = 10
MOST_EXCLUDED = 8
MOST_GROUPED = 6


def show_stories(paper: Paper, run: RunFolder, plan: Plan, stories: Sequence[Story]) -> None:
    """Write a customer's story in each of its roles."""
    for story in stories:
        _show_story(paper, run, plan, story)
    if not stories:
        paper.line("This customer needs no owner in any role.")


def _show_story(paper: Paper, run: RunFolder, plan: Plan, story: Story) -> None:
    org = run.org
    name = customer_names(org, np.array([story.customer]))[0]
    ident = str(org.customer_ids[story.customer])
    paper.blank()
    role = f"  {run.policy.role_names[story.role]}" if len(run.policy.roles) > 1 else ""
    paper.line(Said(ident, "title"), Said(f"  {name}" if name != ident else "", "title"), Said(role, "quiet"))
    paper.paragraph(_what_happens(org, story))
    if len(story.family):
        named = ", ".join(str(org.customer_ids[c]) for c in story.family[:MOST_GROUPED])
        paper.paragraph(
            f"It moves as one with {counted(len(story.family), 'customer')} of its family: {named}.", "quiet"
        )
    if story.staying is not None:
        _show_staying(paper, org, plan, story)
    if not story.contenders and not story.excluded:
        paper.paragraph(
            f"This run is {plan.status}: it breaks hard rules, so that nobody is weighed against anybody.", "quiet"
        )
        return
    _show_contenders(paper, run, plan, story)
    _show_excluded(paper, run, story)


def _what_happens(org: Org, story: Story) -> str:
    after = _rep(org, story.after)
    before = _rep(org, story.before) if story.before >= 0 else story.owner_id or "nobody"
    if story.change == "stays":
        return f"{story.reason[:1].upper()}{story.reason[1:]}."
    if story.change == "newly assigned":
        return f"New: {story.reason}."
    verb = "Has to move" if story.change == "forced" else "Moves"
    return f"{verb} from {before} to {after}: {story.reason}."


def _show_staying(paper: Paper, org: Org, plan: Plan, story: Story) -> None:
    answer, instead = story.staying, story.instead
    assert answer is not None
    before = _rep(org, story.before)
    paper.heading("If it stayed", paper.language("with {rep}", rep=before))
    if answer.state == "impossible":
        paper.paragraph(f"No plan keeps every rule with it at {before} (proven).")
        return
    if answer.evidence == "estimate":
        paper.paragraph([f"Keeping it with {before} costs", Said(f"{cost_in_words(answer)}.", "strong")])
        paper.paragraph(
            "By the plan's prices: what it is worth if everything else adapts to it at the margin.", "quiet"
        )
        return
    if answer.state == "unknown" or instead is None:
        opened = f" among {counted(len(answer.opened), 'rep')}" if len(answer.opened) else ""
        paper.paragraph(f"No plan was found{opened} that keeps it with {before}; none was ruled out either.")
        return
    paper.paragraph([f"Keeping it with {before} costs", Said(f"{cost_in_words(answer)}.", "strong")])
    others, books = others_in_words(org, instead.others), books_in_words(org, instead.books)
    if others:
        paper.paragraph(f"{others}.", bullet="· ")
    if books:
        paper.paragraph(f"{books}.", bullet="· ")
    if instead.goals and plan.judgement is not None:
        units = {goal: value.unit for goal, value in plan.judgement.goals.items()}
        changes = ", ".join(
            f"{goal} {beside(f'{change:+,.4g}', units[goal])}" for goal, change in instead.goals.items()
        )
        paper.paragraph(f"{changes[:1].upper()}{changes[1:].replace('-', '−')}.", "quiet", bullet="· ")
    if len(answer.opened):
        named = ", ".join(_rep(org, int(r)) for r in answer.opened)
        paper.paragraph(f"Looked at with the books of {named} open and all others as planned.", "quiet", bullet="· ")
        if answer.by_prices is not None:
            said = f"By the plan's prices it is about {points(answer.by_prices)}, if everybody adapts at the margin."
            paper.paragraph(said, "quiet", bullet="· ")
    if answer.improved > 0:
        better = f"With these books open the plan itself could be {answer.improved:,.2f} points better."
        paper.paragraph(better, "warn", bullet="· ")


def _show_contenders(paper: Paper, run: RunFolder, plan: Plan, story: Story) -> None:
    org, weights = run.org, run.policy.stages[-1].weights
    count = len(story.contenders)
    note = paper.language.plural(
        count,
        "{count} candidate, the best by the plan's prices first",
        "{count} candidates, the best by the plan's prices first",
    )
    paper.heading("Who may own it", note)
    shown = list(story.contenders[:MOST_CONTENDERS])
    shown += [one for one in story.contenders[MOST_CONTENDERS:] if one.rep in (story.before, story.after)]
    goals = [goal for goal in story.contenders[0].goals if any(one.goals[goal] for one in story.contenders)]
    columns = [
        Column("rep", shrink=True, look="strong"),
        Column("", look="quiet"),
        *(Column(goal, align="right") for goal in goals),
        Column("limits, bands", align="right"),
        Column("beyond", align="right", look="strong"),
        Column("alone", align="right"),
    ]
    rows = [
        (
            _rep(org, one.rep),
            _mark(story, one, paper.language),
            *(number(one.goals[goal]) if one.goals[goal] else "·" for goal in goals),
            f"{sum(charge.points for charge in one.charges):+,.2f}" if one.charges else "·",
            f"{one.beyond:+,.2f}" if abs(one.beyond) > 0.005 else "·",
            _alone(plan, weights, one),
        )
        for one in shown
    ]
    paper.table(columns, rows, notes=[_charged(org, one.charges) for one in shown])
    paper.left_out(count - len(shown))
    paper.paragraph(
        "Points: what it costs with each rep by goal, what it takes of limits and bands at their prices, by how much "
        "that is beyond the owner by the plan, and what the plan loses if it alone goes there.",
        "quiet",
    )


def _alone(plan: Plan, weights: Mapping[str, float], one: Contender) -> str:
    """Say what the plan loses if the customer alone goes there and nothing else changes."""
    if one.alone is None:
        return "–"
    if not one.alone.feasible:
        return "breaks a limit"
    assert plan.judgement is not None
    change = one.alone.value(weights) - plan.judgement.objective
    return f"{change:+,.2f}" if abs(change) > 0.005 else "·"


def _mark(story: Story, one: Contender, say: Language) -> str:
    marks = []
    if one.rep == story.after:
        marks.append(say("planned"))
    if one.rep == story.before and story.before >= 0:
        marks.append(say("today"))
    return say(", ").join(marks)


def _charged(org: Org, charges: Sequence[Charge]) -> str:
    weighty = sorted(charges, key=lambda charge: -abs(charge.points))[:3]
    return ", ".join(f"{charge.line} of {_label(org, charge.label)} {charge.points:+,.2f}" for charge in weighty)


def _label(org: Org, label: str) -> str:
    at = org.rep_positions.get(label)
    return label if at is None else _rep(org, at)


def _show_excluded(paper: Paper, run: RunFolder, story: Story) -> None:
    if not story.excluded:
        return
    org = run.org
    paper.heading("Who may not", counted(len(story.excluded), "rep", say=paper.language))
    if len(story.excluded) <= MOST_EXCLUDED:
        for one in story.excluded:
            why = "; ".join(f"{why} ({line})" for line, why in one.rules) or "by the rules together"
            paper.paragraph([Said(f"{_rep(org, one.rep)}: ", "strong"), why], bullet="· ")
        return
    by_line: dict[str, list[int]] = {}
    for one in story.excluded:
        by_line.setdefault(one.rules[0][0] if one.rules else "", []).append(one.rep)
    for line, reps in by_line.items():
        whom = first_of((_rep(org, rep) for rep in reps), MOST_GROUPED)
        paper.paragraph([Said(f"{line or 'the rules together'}: ", "strong"), whom], bullet="· ")


def _rep(org: Org, position: int) -> str:
    return str(rep_names(org, np.array([position]))[0])
