"""What capacity is worth, and which single changes are worth making, in plain sentences."""

from __future__ import annotations

import math
from collections.abc import Mapping

from planner.console import Paper, Said
from planner.language import beside
from planner.screens.figures import amount, number
from planner.screens.findings import counted
from scenarios.advising.advice import Advice, AdvisedChange
from scenarios.advising.worth import LimitWorth, SharedWorth, StageWorth

MOST_LIMITS, MOST_SHARED, MOST_SKILLS = 10, 5, 5
_NOTHING = 5e-3
"""A change of a goal that rounds to nothing is not told."""


def show_capacity(paper: Paper, advice: Advice, snippets: Mapping[str, str], run: str) -> None:
    """Write prices stage by stage, then the changes with what to type."""
    paper.blank()
    paper.line(
        Said(paper.language("What capacity is worth"), "title"),
        Said("  " + paper.language("run {name}", name=run), "quiet"),
    )
    several = len(advice.worth.stages) > 1
    for k, stage in enumerate(advice.worth.stages):
        if several:
            paper.heading(paper.language("Priority {number}", number=k + 1), " and ".join(stage.goals))
        _show_worth(paper, stage)
    _show_changes(paper, advice, snippets)


def _show_worth(paper: Paper, stage: StageWorth) -> None:
    if stage.point:
        paper.paragraph(f"One point is {_or(stage.point)}.", "quiet")
    if not stage.limits:
        paper.paragraph("No limit binds: nothing would be gained by a little more room anywhere.")
        return
    paper.heading("What binds", "what a little more of it would save, at the prices of the plan")
    for limit in stage.limits[:MOST_LIMITS]:
        paper.paragraph(_limit(limit), bullet="· ")
    paper.left_out(len(stage.limits) - MOST_LIMITS)
    for title, shared in (("By region", stage.regions), ("By team", stage.teams)):
        if shared:
            paper.heading(title, "room in the books, the mean over the reps")
            for one in shared[:MOST_SHARED]:
                paper.paragraph(_shared(one), bullet="· ")
    if stage.skills:
        paper.heading("By skill", "what room costs its customers; one more able rep saves them that")
        for skill in stage.skills[:MOST_SKILLS]:
            paper.paragraph(
                f"{skill.skill}: {number(skill.paid)} points a customer, for {counted(skill.customers, 'customer')}; "
                f"{number(skill.others)} for others",
                bullet="· ",
            )


def _limit(one: LimitWorth) -> str:
    """Say what a little more of a limit saves.

    >>> _limit(LimitWorth("capacity[workload]", "capacity", "eve", "Eve", "most", "workload", "h", 0.2, 30, 30))
    "1 h more in Eve's limit of workload saves up to 0.20 points; 30 h of 30 h are used"
    """
    step = step_of(one.limit)
    saves = f"saves up to {number(one.price * step)} points"
    single = step == 1 and len(one.unit) > 3
    much = amount(step, one.unit.removesuffix("s") if single else one.unit)
    used = f"{amount(one.used, one.unit)} of {amount(one.limit, one.unit)}"
    name = one.line[one.line.index("[") + 1 : -1] if "[" in one.line else one.line
    if one.kind == "conflict":
        return f"Letting two of {name!r} be with {one.who} {saves}"
    if one.kind == "stage":
        return f"{much} more of slack for {one.measure} {saves}; {used} are used"
    if one.kind == "goal":
        return f"{much} more of {one.measure} allowed {saves}; {used} are used"
    if one.kind == "budget":
        whose = "" if one.label == "overall" else f" for {one.who}"
        return f"{much} more in the budget {name}{whose} {saves}; {used} are used"
    whose = _possessive(one.who)
    if one.kind == "balance":
        edge = "upper" if one.side == "most" else "lower"
        return f"{much} beyond the {edge} edge of {whose} band of {name} {saves}; {_place(one)}"
    what = name if one.kind == "group" else one.measure
    if one.side == "least":
        return f"{much} less asked of {one.who} in {what} {saves}; {amount(one.used, one.unit)} are there"
    return f"{much} more in {whose} limit of {what} {saves}; {used} are used"


def _place(one: LimitWorth) -> str:
    where = "the edge is at" if one.used != one.limit else "exactly at the edge of"
    return f"the book has {amount(one.used, one.unit)}, {where} {amount(one.limit, one.unit)}"


def _shared(one: SharedWorth) -> str:
    name = one.line[one.line.index("[") + 1 : -1]
    what = f"the band of {name}" if one.kind == "balance" else f"the limit of {one.measure}"
    step = 1.0 if one.price >= 0.01 else 10.0 ** -math.floor(math.log10(one.price) + 1)
    per = (one.unit.removesuffix("s") or "unit") if step == 1 else amount(step, one.unit)
    return (
        f"{what} in {one.label}: {number(one.price * step)} points per {per}, "
        f"binding for {one.binding:,} of {counted(one.reps, 'rep')}"
    )


def step_of(limit: float) -> float:
    """Return a round amount that is a small part of a limit, and at least one unit.

    >>> step_of(30), step_of(480), step_of(2_229_070), step_of(3)
    (1.0, 10.0, 100000.0, 1.0)
    """
    if abs(limit) < 100:
        return 1.0
    return float(10.0 ** (math.floor(math.log10(abs(limit))) - 1))


# ---- changes -----------------------------------------------------------------------------------------------


def _show_changes(paper: Paper, advice: Advice, snippets: Mapping[str, str]) -> None:
    told = paper.language.plural(
        advice.predicted,
        "{count} change priced, {verified} planned with",
        "{count} changes priced, {verified} planned with",
        verified=f"{advice.verified:,}",
    )
    paper.heading("Single changes, the best first", told)
    if advice.stopped_by is not None:
        why = "Ctrl-C" if advice.stopped_by == "interrupted" else "the time limit"
        paper.paragraph(f"Cut short by {why}: with more time more is verified, and more closely.", "warn")
    if not advice.changes:
        paper.paragraph("None of the changes that were tried makes the plan better.")
    for place, one in enumerate(advice.changes, start=1):
        _show_change(paper, one, f"{place}. ", len(advice.stages) > 1, advice)
    if advice.redefining:
        paper.heading("Changes of what is counted", "points fall, the books get no fairer by it")
        for one in advice.redefining:
            _show_change(paper, one, "· ", len(advice.stages) > 1, advice)
    if advice.fruitless:
        titles = "; ".join(one.idea.title for one in advice.fruitless)
        paper.blank()
        paper.paragraph(f"Tried without gain: {titles}.", "quiet")
    if advice.search_alone < 0:
        paper.paragraph(
            f"As long a search without any change betters the plan by {number(-advice.search_alone)} points by itself: "
            "the effects above are beyond that.",
            "quiet",
        )
    shown = [one for one in (*advice.changes, *advice.redefining) if one.idea.name in snippets]
    if shown:
        paper.heading("To try one", "paste it under scenarios: in planner.yaml, then planner compare")
        for one in shown:
            for line in snippets[one.idea.name].splitlines()[1:]:
                paper.line(line.removeprefix(" "))  # the margin of the paper is one of its two spaces


def _show_change(paper: Paper, one: AdvisedChange, bullet: str, several: bool, advice: Advice) -> None:
    effect = one.effect
    paper.paragraph(Said(one.idea.title, "strong"), bullet=bullet)
    words: list[str | Said] = [f"predicted {signed(one.predicted)}, verified {signed(effect.points)} points"]
    if effect.evidence == "proven":
        words.append(Said("(proven)", "good"))
    else:
        words.append(f"(between {signed(effect.low)} and {signed(effect.high)})")
        if not effect.certain:
            words.append(Said("not certain: what is not proven of the two plans may explain it", "warn"))
    if several:
        words.append(f"at priority {effect.stage + 1}, {' and '.join(advice.stages[effect.stage])}")
    paper.paragraph(words, indent=4)
    changes = _goals(one)
    if changes:
        paper.paragraph("; ".join(changes), "quiet", indent=4)
    if one.by_old_count is not None:
        than = "worse" if one.by_old_count > 0 else "better"
        size = f"{number(abs(one.by_old_count))} points {than}" if abs(one.by_old_count) > _NOTHING else "no different"
        paper.paragraph(f"Counted as before, the new plan is {size} than today's.", "warn", indent=4)


def _goals(one: AdvisedChange) -> list[str]:
    before, after = one.chosen
    said = []
    if before != after:
        fewer = "fewer" if after < before else "more"
        said.append(f"{abs(after - before):,} {fewer} chosen {'move' if abs(after - before) == 1 else 'moves'}")
    for goal, (old, new) in one.goals.items():
        if goal == "moves" or abs(new.value - old.value) < _NOTHING:
            continue
        said.append(f"{goal} {beside(signed(new.value - old.value), old.unit)}")
    return said


def signed(value: float) -> str:
    """Return a change with its sign.

    >>> signed(-12.42), signed(3.0), signed(0.0)
    ('−12.4', '+3', '0')
    """
    if abs(value) < 1e-9:
        return "0"
    return f"{'+' if value > 0 else '−'}{number(abs(value))}"


def _possessive(who: str) -> str:
    return f"{who}'" if who.endswith("s") else f"{who}'s"


def _or(texts: tuple[str, ...]) -> str:
    return texts[0] if len(texts) == 1 else f"{', '.join(texts[:-1])}, or {texts[-1]}"
