"""Reps before and after: books beside targets, with a bar for the deviation, and how full capacities are."""

from __future__ import annotations

import numpy as np

from models.account import Account
from models.books import Band, MeasureBook
from models.names import rep_names
from models.org import FloatArray, IntArray
from planner.console import Column, Paper, Said, deviation_bar, deviation_look
from planner.language import Language, label
from planner.screens.figures import number, percent, signed_percent

MOST_REPS = 12
_ROOMY = 76
_LEGEND = "▒ inside the band   █ outside   ○ before   ┊ edge of the band"


def show_books(paper: Paper, account: Account, *, everything: bool = False) -> None:
    """Write one table per balance line: the heaviest and the lightest books, or all of them."""
    bands = account.summary.bands
    for position, band in enumerate(bands):
        at = np.flatnonzero(band.banded)
        if not len(at):
            continue
        order = at[np.argsort(-band.deviation(band.after)[at], kind="stable")]
        say = paper.language
        unit = say(", in {unit}", unit=band.unit) if band.unit else ""
        note = say("before and after{unit}; target ±{tolerance}", unit=unit, tolerance=f"{100 * band.tolerance:g}%")
        paper.heading(say("Reps by {measure}", measure=label(say, band.line)), note)
        if position == 0:
            paper.line(Said(say(_LEGEND), "quiet"))
        _show_band(paper, account, band, order, everything)


def _show_band(paper: Paper, account: Account, band: Band, order: IntArray, everything: bool) -> None:
    shown, left_out = order, 0
    if len(order) > MOST_REPS + 4 and not everything:
        shown, left_out = np.r_[order[: MOST_REPS // 2], order[-MOST_REPS // 2 :]], len(order) - MOST_REPS
    before, after = band.deviation(band.before), band.deviation(band.after)
    tolerance = 100 * band.tolerance
    scale = _scale(after[shown], before[shown], tolerance)
    names, roomy = rep_names(account.org, shown), paper.width >= _ROOMY
    rows = [
        (
            str(name),
            number(band.before[rep]),
            number(band.after[rep]),
            Said(number(band.target[rep]), "quiet"),
            deviation_bar(after[rep], tolerance, scale, before=before[rep], cells=19 if roomy else 11),
            Said(signed_percent(after[rep]), deviation_look(after[rep], tolerance)),
        )
        for rep, name in zip(shown, names, strict=True)
    ]
    columns = [
        Column("rep", shrink=True),
        *(Column(title, align="right") for title in ("before", "after", "target")),
        Column("deviation from target" if roomy else "deviation"),
        Column("", align="right"),
    ]
    remarks = {MOST_REPS // 2: paper.language("… {count} more in reps.csv", count=f"{left_out:,}")} if left_out else {}
    paper.table(columns, rows, remarks=remarks)


def _scale(after: FloatArray, before: FloatArray, tolerance: float) -> float:
    """Return what the bar's end stands for: the farthest book after the plan, with room to see where it was."""
    farthest = float(np.abs(after).max(initial=0.0))
    was = float(np.abs(before).max(initial=0.0))
    return max(farthest, min(was, max(2 * farthest, 4 * tolerance)), 1.5 * tolerance, 1.0)


def show_capacities(paper: Paper, account: Account) -> None:
    """Write for each measure with a hard limit per rep how full the books are, and whose is the fullest."""
    rows = []
    for book in account.summary.books:
        limited = np.isfinite(book.maximum)
        if limited.any():
            rows.append(_capacity(account, book, np.flatnonzero(limited), paper.language))
    if not rows:
        return
    paper.heading("Capacity used", "per rep, of the hard limit")
    columns = [
        Column("measure", shrink=True),
        Column("used before", align="right"),
        Column("used after", align="right"),
        Column("fullest rep", shrink=True),
        Column("load", align="right"),
        Column("limit", align="right"),
        Column("", align="right"),
    ]
    paper.table(columns, rows)


def _capacity(account: Account, book: MeasureBook, reps: IntArray, say: Language) -> tuple[str, ...]:
    limit = book.maximum[reps]
    used = np.divide(book.after[reps], limit, out=np.zeros(len(reps)), where=limit > 0)
    fullest = int(reps[used.argmax()])
    whole = limit.sum() or 1.0
    unit = f" {book.unit}" if book.unit else ""
    return (
        label(say, book.measure),
        percent(float(book.before[reps].sum() / whole)),
        percent(float(book.after[reps].sum() / whole)),
        str(rep_names(account.org, np.array([fullest]))[0]),
        number(book.after[fullest]),
        number(book.maximum[fullest]) + unit,
        percent(float(used.max())),
    )
