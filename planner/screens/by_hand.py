"""What plans by hand have in common on the screen: goals and books before and after, and rules that are broken."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from models.explain.deviations import NOTHING, BookChange, Deviation, GoalChange
from models.findings import Place
from models.names import customer_names, rep_names
from models.org import Org
from models.plan import Violation
from planner.by_hand.basis import Basis
from planner.console import Column, Look, Paper, Said
from planner.language import label
from planner.run_folder import RunFolder
from planner.screens.figures import amount, change_in, number, signed_percent
from planner.screens.findings import counted

MOST_BOOKS = 12
MOST_EDITS = 12
MOST_BROKEN = 12


def points_in_words(stages: Sequence[float]) -> str:
    """Return by how many points plans differ; with priorities one number for each, the first priority first.

    Examples
    --------
    >>> points_in_words([3.2222]), points_in_words([0.0, -1.5]), points_in_words([0.0])
    ('+3.22', '0 / −1.50', '0')
    """
    return " / ".join(change_in(points, "").replace("·", "0") for points in stages)


def show_restored(paper: Paper, basis: Basis) -> None:
    """Write that the assignments of the run were edited in place, if they were."""
    if basis.restored:
        paper.paragraph(
            f"assignments.csv of run {basis.name} was edited in place; the run's own plan was put together again of "
            "today's owners and moves.csv.",
            "warn",
        )


def show_edits(
    paper: Paper, run: RunFolder, deviations: Sequence[Deviation], *, brief: bool = False, rest: str = "--json"
) -> None:
    """Write customers with another owner than by the run, and what each costs by itself (``brief``: without that).

    ``rest`` is where those are that are too many.
    """
    org, roles = run.org, run.policy.role_names
    shown = deviations[:MOST_EDITS]
    customers, planned, others = (
        np.array([getattr(one, what) for one in shown], dtype=np.int64) for what in ("customer", "planned", "other")
    )
    rows: list[tuple[str | Said, ...]] = [
        (
            str(org.customer_ids[one.customer]),
            str(name) if name != org.customer_ids[one.customer] else "",
            f"{giver} → {taker}",
            roles[one.role] if len(roles) > 1 else "",
            "" if brief else Said(points_in_words(one.stages), "strong"),
            "" if brief else "points" if len(one.stages) == 1 else "points by priority",
        )
        for one, name, giver, taker in zip(
            shown, customer_names(org, customers), rep_names(org, planned), rep_names(org, others), strict=True
        )
    ]
    columns = [
        Column(look="strong"),
        Column(shrink=True),
        Column(shrink=True),
        Column(look="quiet"),
        Column(align="right"),
        Column(look="quiet"),
    ]
    paper.table(columns, rows, notes=() if brief else [_what(one) for one in shown])
    where = "; --json lists them all" if rest == "--json" else f" in {rest}"
    paper.left_out(len(deviations) - len(shown), where)


def _what(one: Deviation) -> str:
    goals = ", ".join(f"{goal} {change_in(points, '')}" for goal, points in one.goals.items())
    said = goals or "nothing changes"
    if one.broken is None:
        return f"{said}; what it breaks by itself was not looked for"
    if one.broken:
        said += "; breaks " + "; ".join(f"{broken.line}: {broken.message}" for broken in one.broken)
    return said


def show_goals(paper: Paper, goals: Sequence[GoalChange], before: str, after: str) -> None:
    """Write every goal that changes, in its natural unit, before and after, and by how many points."""
    goals = [one for one in goals if abs(one.after - one.before) > NOTHING * max(1.0, abs(one.before))]
    if not goals:
        return
    paper.heading("Goals", f"{before} → {after}")
    columns = [
        Column("goal"),
        Column("before", align="right"),
        Column("after", align="right"),
        Column("unit", look="quiet"),
        Column("points", align="right"),
    ]
    rows = [
        (label(paper.language, one.goal), number(one.before), number(one.after), one.unit, change_in(one.points, ""))
        for one in goals
    ]
    paper.table(columns, rows)


def show_books(paper: Paper, org: Org, books: Sequence[BookChange], note: str) -> None:
    """Write the books that change, beside their hard limits and bands."""
    if not books:
        return
    paper.heading("Reps", note)
    columns = [
        Column("rep", shrink=True),
        Column("measure", shrink=True),
        Column("before", align="right"),
        Column("after", align="right"),
        Column("limit", align="right"),
        Column("from target", align="right"),
        Column("band", align="right", look="quiet"),
    ]
    shown = books[:MOST_BOOKS]
    names = rep_names(org, np.array([one.rep for one in shown], dtype=np.int64))
    paper.table(columns, [(str(name), *_book(one)) for name, one in zip(names, shown, strict=True)])
    paper.left_out(len(books) - len(shown))


def show_broken(
    paper: Paper, run: RunFolder, broken: Sequence[Violation], note: str = "", title: str = "Broken rules"
) -> None:
    """Write the hard rules that are broken, each with the line of the policy that says so."""
    if not broken:
        return
    paper.heading(title, note or counted(len(broken), "rule", say=paper.language))
    for one in broken[:MOST_BROKEN]:
        paper.paragraph([Said(f"{one.line}:", "strong"), one.message, *_where(run.place_of(one))], bullet="· ")
    paper.left_out(len(broken) - MOST_BROKEN)


def _where(place: Place | None) -> list[Said]:
    if place is None or place.file is None:
        return []
    line = "" if place.line is None else f", line {place.line}"
    return [Said(f"({place.file}{line})", "quiet")]


def _book(book: BookChange) -> tuple[str | Said, ...]:
    tolerance = NOTHING + 1e-6 * max(1.0, abs(book.after))
    over = book.after > book.maximum + tolerance or book.after < book.minimum - tolerance
    band = book.band
    deviations = ""
    width = ""
    if band is not None:
        target = float(band.target[book.rep])
        deviations = " → ".join(signed_percent(100 * (load / target - 1)) for load in (book.before, book.after))
        width = f"±{100 * band.tolerance:g}%"
    look: Look = "bad" if over else ""
    return (
        book.measure,
        number(book.before),
        Said(amount(book.after, book.unit), look),
        Said(_limit(book), look or "quiet"),
        deviations,
        width,
    )


def _limit(book: BookChange) -> str:
    limits = []
    if np.isfinite(book.minimum):
        limits.append(f"from {number(book.minimum)}")
    if np.isfinite(book.maximum):
        limits.append(f"to {number(book.maximum)}")
    return " ".join(limits)
