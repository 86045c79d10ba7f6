"""Why no plan can exist: the conflicts with their places, and the ways out with what to type."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from models.conflicts.alike import InWords, alike_together, other_limit
from models.conflicts.conflict import Conflict
from models.conflicts.infeasibility import Infeasibility
from models.conflicts.members import ANSWERS
from models.conflicts.wording import AT_BEST, REST_KEPT, ConflictTold, Told
from models.findings import Place
from planner.console import Paper, Said
from planner.explaining.typing import Typing, placed
from planner.screens.findings import counted

MOST_CELLS = 6
MOST_CONFLICTS = 12
MOST_ALIKE = 12
MOST_MEMBERS = 8
MOST_SUMS = 6
MOST_LINES = 6


@dataclass(frozen=True)
class Places:
    """Where policy paths stand in the user's file, and what to type for a relaxation."""

    of_policy: Callable[[str], Place]
    typing: Typing


def show_infeasibility(paper: Paper, why: Infeasibility, places: Places) -> None:
    """Write every conflict, and every relaxation."""
    paper.blank()
    if why.plan_exists:
        paper.line(Said(paper.language("A plan exists"), "good"))
        paper.paragraph("One that keeps every hard rule was found just now. Try planner plan again, with more time.")
        return
    if not why.conflicts:
        paper.line(Said(paper.language("Nothing is known"), "warn"))
        paper.paragraph("Neither a plan nor a conflict was found within the work or the time.")
        return
    paper.line(Said(paper.language("No plan can exist"), "bad"))
    show_conflicts(paper, why, places)


def show_explain(paper: Paper, commands: Sequence[str]) -> None:
    """Write what to type, one after the other, to be told everything of why no plan can exist."""
    paper.blank()
    paper.paragraph("To see where each rule stands, and what helps:", "quiet")
    for command in commands:  # to be copied, so never broken
        paper.line(command, indent=4)


def show_conflicts(paper: Paper, why: Infeasibility, places: Places) -> None:
    """Write conflicts and the ways out of them."""
    number, shown = 1, 0
    for alike in alike_together(zip(why.conflicts, why.told, strict=True)):
        if shown == MOST_CONFLICTS:
            break
        _show_conflict(paper, number, *alike[0], places)
        if len(alike) > 1:
            _show_alike(paper, number + 1, alike, places)
        number, shown = number + len(alike), shown + 1
    paper.left_out(len(why.conflicts) - number + 1)
    if not why.complete:
        paper.blank()
        paper.paragraph("There may be more conflicts: the search for them was not finished.", "warn")
    _show_relaxations(paper, why, places)


def _show_alike(paper: Paper, number: int, alike: list[InWords], places: Places) -> None:
    """Write what takes the place of a limit of the first of several conflicts that are the same but for that."""
    first, others = alike[0][0], alike[1:]
    last = number + len(others) - 1
    title = paper.language("Conflict {number}", number=number)
    if last > number:
        title = paper.language("Conflicts {first} to {last}", first=number, last=last)
    paper.heading(title, "the same with")
    for conflict, told in others[:MOST_ALIKE]:
        member = other_limit(first, conflict)
        one = next(one for one in told.clash if one.member == member)
        sums = dict(zip((need.member for need in conflict.needs), told.sums[-len(conflict.needs) :], strict=False))
        said = sums.get(one.member, "").removeprefix(REST_KEPT).removeprefix(AT_BEST)
        _show_member(paper, replace(one, words=said or one.words), places, in_policy=False)
    paper.left_out(len(others) - MOST_ALIKE)


def _show_conflict(paper: Paper, number: int, conflict: Conflict, told: ConflictTold, places: Places) -> None:
    paper.heading(paper.language("Conflict {number}", number=number), "" if conflict.minimal else "not shown minimal")
    lead = f"{told.title}:" if told.clash else f"{told.title}."
    paper.paragraph(lead, "strong")
    for one in told.clash[:MOST_MEMBERS]:
        _show_member(paper, one, places)
    paper.left_out(len(told.clash) - MOST_MEMBERS)
    if told.given:
        paper.paragraph("given that" if told.clash else "because", "quiet")
    for one in told.given:
        _show_member(paper, one, places)
    for line in told.sums[:MOST_SUMS]:
        paper.paragraph(f"{line[:1].upper()}{line[1:]}.")


def _show_member(paper: Paper, told: Told, places: Places, in_policy: bool = True) -> None:
    paper.paragraph(told.words, bullet="· ")
    in_policy = in_policy and told.member.kind not in ANSWERS
    where = str(places.of_policy(f"policy.{told.member.path}")) if in_policy else ""
    cells = [placed(places.typing.org, cell.table, cell.row, cell.column, cell.value) for cell in told.cells]
    more = f" and {counted(len(cells) - MOST_CELLS, 'more cell')}" if len(cells) > MOST_CELLS else ""
    for text in (where, "; ".join(cells[:MOST_CELLS]) + more):
        if text:
            paper.paragraph(text, "quiet", indent=3)


def _show_relaxations(paper: Paper, why: Infeasibility, places: Places) -> None:
    if not why.relaxations:
        paper.heading("Ways out")
        paper.paragraph("No change was found that cures everything at once.", "warn")
        return
    paper.heading("Ways out", "each was tried: with it, a plan keeps every hard rule")
    if len(why.relaxations) == 1:
        paper.paragraph("No other change of rules or tables was found to help.", "quiet")
    for number, one in enumerate(why.relaxations, start=1):
        paper.paragraph(f"{one.sentence}.", "strong", bullet=f"{number}. ")
        if one.note:
            paper.paragraph(one.note, "quiet", indent=4)
        lines = places.typing.lines(one)
        for line in lines[:MOST_LINES]:
            if line.startswith("--"):  # to be copied, so never broken
                paper.line(Said(line, "quiet"), indent=4)
            else:
                paper.paragraph(line, "quiet", indent=4)
        paper.left_out(len(lines) - MOST_LINES, indent=4)
