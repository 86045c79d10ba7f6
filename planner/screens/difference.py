"""Two plans told apart: how many customers differ, what explains them, and the greatest ones by name."""

from __future__ import annotations

from models.names import first_of
from planner.console import Column, Paper, Said
from planner.language import label
from planner.screens.figures import amount, brief, number
from planner.screens.findings import counted
from scenarios.comparing.difference import Difference, Explained

MOST_CUSTOMERS = 12
MOST_NAMED = 6
_WHAT = {
    "limit": "a hard limit",
    "rule": "a rule, a lock or a departure",
    "exchange": "part of an exchange",
    "tie": "nothing: both are equally good",
}


def show_difference(paper: Paper, difference: Difference, *, everything: bool = False) -> None:
    """Write who differs and why: a summary, then the customers with the greatest revenue, or all of them."""
    say, a, b = paper.language, difference.name_a, difference.name_b
    paper.blank()
    paper.line(
        Said(f"{a} → {b}", "title"),
        Said(f"  {counted(len(difference.changes), 'customer')} of {difference.compared:,} differ", "strong"),
    )
    _show_only(paper, "customers", a, difference.only_a, b, difference.only_b)
    _show_only(paper, "reps", a, difference.reps_only_a, b, difference.reps_only_b)
    if not difference.changes:
        return
    paper.heading("What explains it", say("what {b} would lose with the owners of {a}", a=a, b=b))
    worth = difference.worth if difference.worth != "customers" else ""
    columns = [
        Column(),
        Column("customers", align="right"),
        *([Column(f"{label(say, worth)}, {difference.unit}".rstrip(", "), align="right")] if worth else []),
        Column("points", align="right"),
    ]
    paper.table(
        columns,
        [
            (
                say(_WHAT.get(one.what, one.what)),
                f"{one.customers:,}",
                *([brief(one.revenue)] if worth else []),
                _points(one),
            )
            for one in difference.summary
        ],
    )
    shown = difference.changes if everything else difference.changes[:MOST_CUSTOMERS]
    left_out = len(difference.changes) - len(shown)
    paper.heading("Customers", f"{a} → {b}" + (say("; the greatest {count}", count=len(shown)) if left_out else ""))
    roles = len({change.role for change in difference.changes}) > 1
    rows = [
        (
            change.name,
            f"{change.name_a} → {change.name_b}",
            amount(change.revenue, difference.unit) if worth else "",
            change.role if roles else "",
        )
        for change in shown
    ]
    columns = [Column(shrink=True, look="strong"), Column(shrink=True), Column(align="right"), Column(look="quiet")]
    paper.table(columns, rows, notes=[change.because for change in shown])
    paper.left_out(left_out, " in customers.csv")


def _points(explained: Explained) -> str:
    return number(explained.points) if explained.points else "·"


def _show_only(paper: Paper, what: str, a: str, in_a: tuple[str, ...], b: str, in_b: tuple[str, ...]) -> None:
    for name, ids in ((a, in_a), (b, in_b)):
        if ids:
            paper.paragraph(f"{what} only in {name}: {first_of(ids, MOST_NAMED)}", "warn", bullet="· ")
