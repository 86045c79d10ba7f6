"""Why a rep's book looks so, for people."""

from __future__ import annotations

import math

import numpy as np

from models.explain.book import BookStory, Passage, Weight
from models.names import customer_names, rep_names
from planner.console import Column, Paper, Said
from planner.language import Language, label
from planner.run_folder import RunFolder
from planner.screens.figures import amount, number, signed_percent
from planner.screens.findings import counted

MOST_PASSAGES = 15
MOST_BINDINGS = 8


def show_book(paper: Paper, run: RunFolder, story: BookStory) -> None:
    """Write a book before and after, who came and who left and why, and what binds."""
    org = run.org
    ident, name = str(org.rep_ids[story.rep]), str(rep_names(org, np.array([story.rep]))[0])
    paper.blank()
    paper.line(Said(ident, "title"), Said(f"  {name}" if name != ident else "", "title"))
    came, left = len(story.came.customer), len(story.left.customer)
    paper.paragraph(
        paper.language.plural(
            story.stayed,
            "{count} customer stayed, {came} came, {left} left.",
            "{count} customers stayed, {came} came, {left} left.",
            came=f"{came:,}",
            left=f"{left:,}",
        )
    )
    columns = [
        Column("", look="strong"),
        Column("before", align="right"),
        Column("after", align="right", look="strong"),
        Column("target", align="right"),
        Column("off target", align="right"),
        Column("limits", align="right"),
    ]
    paper.table(columns, [_row(weight, paper.language) for weight in story.weights])
    _show_passage(paper, run, "Came", "from", story.came)
    _show_passage(paper, run, "Left", "to", story.left)
    if story.bindings:
        paper.heading("What binds", "what one more unit of room is worth by the plan's prices")
        for one in story.bindings[:MOST_BINDINGS]:
            unit = one.unit or _unit(story, one.line)
            worth = f", {one.points:,.3g} points each" if one.points > 0 else ""
            text = f"{amount(one.carried, unit)}, {one.side} {amount(one.limit, unit)}{worth}"
            paper.paragraph([Said(f"{one.line}: ", "strong"), text], bullet="· ")


def _row(weight: Weight, say: Language) -> tuple[str, ...]:
    measure = label(say, weight.measure)
    off = "–"
    if weight.deviation is not None and weight.deviation_before is not None and weight.tolerance is not None:
        off = (
            f"{signed_percent(weight.deviation_before)} → {signed_percent(weight.deviation)} of ±{weight.tolerance:.0%}"
        )
    limits = [
        f"{what} {number(limit)}"
        for what, limit in (("min", weight.minimum), ("max", weight.maximum))
        if math.isfinite(limit)
    ]
    return (
        measure if weight.unit == "" else f"{measure} ({weight.unit})",
        number(weight.before),
        number(weight.after),
        "–" if weight.target is None else number(weight.target),
        off,
        ", ".join(limits) or "–",
    )


def _unit(story: BookStory, line: str) -> str:
    """Return the unit of a line's measure, where its name tells the measure."""
    name = line[line.index("[") + 1 : line.rindex("]")] if "[" in line else line
    return next((one.unit for one in story.weights if name in (one.measure, one.line)), "")


def _show_passage(paper: Paper, run: RunFolder, title: str, way: str, passage: Passage) -> None:
    if not len(passage.customer):
        return
    org = run.org
    paper.heading(title, counted(len(passage.customer), "customer", say=paper.language))
    names, others = customer_names(org, passage.customer), rep_names(org, passage.other)
    for at in range(min(len(passage.customer), MOST_PASSAGES)):
        ident = str(org.customer_ids[passage.customer[at]])
        name = f" {names[at]}" if names[at] != ident else ""
        whom = others[at] if passage.other[at] >= 0 else passage.other_id[at] or "nobody"
        paper.paragraph([Said(ident, "strong"), f"{name} {way} {whom}: {passage.reason[at]}"], bullet="· ")
    paper.left_out(len(passage.customer) - MOST_PASSAGES)
