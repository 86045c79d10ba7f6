"""Methods side by side: a table for each case, and their medians where there are several seeds."""

from __future__ import annotations

from collections.abc import Sequence

from planner.bench.contest import Attempt, Outcome, Summary
from planner.bench.methods import METHODS
from planner.console import Column, Paper, Said, Words
from planner.screens.findings import counted

NEVER = "–"


def show_outcome(paper: Paper, outcome: Outcome, *, seconds: float, threads: int) -> None:
    """Write what every method did with one case."""
    say = paper.language
    size = "" if outcome.candidates is None else counted(outcome.candidates, "candidate", say=say) + say(", ")
    each = say(
        "{seconds} s and {threads} for each", seconds=f"{seconds:g}", threads=counted(threads, "thread", say=say)
    )
    paper.heading(outcome.case.name, size + each)
    known = outcome.case.best_known is not None
    columns = [
        Column("method", shrink=True),
        Column("objective", align="right"),
        Column("bound", align="right"),
        Column("gap", align="right"),
        *([Column("to known", align="right")] if known else []),
        Column("1%", align="right"),
        Column("0.1%", align="right"),
        Column("seconds", align="right"),
        Column("memory", align="right"),
    ]
    rows: list[list[Words]] = [
        [
            Said(METHODS[one.method].label, "strong" if one.method == "auto" else ""),
            points(one.objective, outcome.case.sign),
            points(one.bound, outcome.case.sign),
            share(outcome.gap(one)),
            *([share(outcome.to_best_known(one))] if known else []),
            reached(outcome, one, 0.01),
            reached(outcome, one, 0.001),
            NEVER if one.seconds is None else f"{one.seconds:.1f}",
            f"{one.peak_gb:.2f} GB",
        ]
        for one in outcome.attempts
    ]
    paper.table(columns, rows)
    for one in outcome.attempts:
        if remark := remark_on(outcome, one):
            paper.paragraph([Said(f"{METHODS[one.method].label}:", "strong"), remark], bullet="· ")


def show_summaries(paper: Paper, summaries: Sequence[Summary]) -> None:
    """Write the medians over the seeds, family by family."""
    for family in dict.fromkeys(one.family for one in summaries):
        alike = [one for one in summaries if one.family == family]
        paper.heading(
            family, paper.language.plural(alike[0].cases, "medians of {count} seed", "medians of {count} seeds")
        )
        columns = [
            Column("method", shrink=True),
            Column("plans", align="right"),
            Column("gap", align="right"),
            Column("least and largest", align="right"),
            Column("1%", align="right"),
            Column("0.1%", align="right"),
            Column("seconds", align="right"),
            Column("memory", align="right"),
        ]
        paper.table(
            columns,
            [
                [
                    METHODS[one.method].label,
                    NEVER if METHODS[one.method].bound_only else f"{one.plans} of {one.cases}",
                    share(one.gap),
                    f"{share(min(one.gaps))}, {share(max(one.gaps))}" if one.gaps else NEVER,
                    seconds_or_never(one.to_one_percent),
                    seconds_or_never(one.to_a_tenth),
                    seconds_or_never(one.seconds),
                    f"{one.peak_gb:.2f} GB",
                ]
                for one in alike
            ],
        )


def show_where(paper: Paper, machine: str, versions: str) -> None:
    """Write how the tables are meant and where they were measured."""
    paper.blank()
    paper.paragraph(
        "Every objective is the checker's. Gap: to the best bound of any method, as a part of the objective; to known: "
        "to the best value that the table beside the file knows. "
        f"1%, 0.1%: seconds until a plan was so near, ≤ where a method tells only its end, {NEVER} for never. "
        "The clock runs from the loaded tables to the answer; memory includes the tables.",
        "quiet",
    )
    paper.paragraph(f"{machine}; {versions}", "quiet")


def remark_on(outcome: Outcome, one: Attempt) -> str:
    """Return what the figures of a method do not say: why it has no plan, or that its bound is wrong."""
    remarks = []
    if one.status not in ("plan", "bound"):
        remarks.append(f"{one.status}; {one.said}" if one.said else one.status)
    if outcome.disproved(one):
        remarks.append("the bound is wrong, somebody's plan is better; it is not used")
    return "; ".join(remarks)


def points(value: float | None, sign: int = 1) -> str:
    """Return an objective or a bound, with the digits that tell methods apart.

    Examples
    --------
    >>> points(5998.176), points(273250.284), points(None), points(-336.0, -1)
    ('5,998.18', '273,250.3', '–', '336')
    """
    if value is None:
        return NEVER
    digits = 0 if value == round(value) else 2 if abs(value) < 1e5 else 1
    return f"{sign * value:,.{digits}f}"


def share(value: float | None) -> str:
    """Return a gap, or a distance to the best known value.

    Examples
    --------
    >>> share(0.00414), share(None)
    ('0.41%', '–')
    """
    return NEVER if value is None else f"{100 * value:.2f}%"


def reached(outcome: Outcome, one: Attempt, wanted: float) -> str:
    """Return after how many seconds a method was so near to the best bound."""
    seconds = outcome.seconds_to(one, wanted)
    if seconds is None:
        return NEVER
    return f"{'' if one.trace else '≤ '}{seconds:.1f}"


def seconds_or_never(value: float | None) -> str:
    """Return seconds.

    Examples
    --------
    >>> seconds_or_never(1.25), seconds_or_never(None)
    ('1.2', '–')
    """
    return NEVER if value is None else f"{value:.1f}"
