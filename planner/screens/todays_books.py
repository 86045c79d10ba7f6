"""Today's books on the screen: who carries what, by rep, team and region, and what is wrong with it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from models.findings import Finding
from models.org import Period
from planner.books import Book, Books
from planner.console import Column, Look, Paper, Said, Words, width_of
from planner.language import Language, label
from planner.screens.figures import number, percent, signed_percent
from planner.screens.findings import counted

MOST_BOOKS = 12
MOST_TIERS = 4
WIDTH_OF_NAME = 18
"""So much room is left for names; amounts that then do not fit are left out."""
OFF, FAR_OFF = 15.0, 50.0
"""Percent from an even book from which a deviation is marked, and marked as bad."""


def show_todays_books(paper: Paper, books: Sequence[Books], *, title: str, period: Period, everything: bool) -> None:
    """Write the books of every role: what there is, in whose hands, by rep, team and region, and what is wrong."""
    for of_role in books:
        paper.blank()
        say = paper.language
        role = f"{of_role.role}: " if len(books) > 1 else ""
        start, end = say.day(period.start), say.day(period.end)
        customers = counted(of_role.total.customers, "customer", say=say)
        size = customers + say(", ") + counted(len(of_role.reps), "rep", say=say)
        paper.paragraph(
            [
                Said(f"{title} ", "title"),
                Said(role + size, "strong"),
                Said(say("today, before {start} – {end}", start=start, end=end), "quiet"),
            ]
        )
        _show_hands(paper, of_role)
        _show_books(paper, of_role, "Books by rep", of_role.reps, everything)
        _show_books(paper, of_role, "By team", of_role.teams, everything)
        _show_books(paper, of_role, "By region", of_role.regions, everything)
        _show_concerns(paper, of_role.findings)


def _show_hands(paper: Paper, books: Books) -> None:
    """Write in whose hands the customers are, those in no book at work last."""
    paper.blank()
    say, whole = paper.language, books.weight(books.total)
    hands: tuple[tuple[str, Book, Look], ...] = (
        ("with reps at work", books.present, ""),
        ("of departed reps", books.of_departed, "warn"),
        ("of owners not on the roster", books.of_unknown, "warn"),
        ("without an owner", books.without_owner, "warn"),
        ("together", books.total, "strong"),
    )
    lines = [
        _Line(Said(say(hand), look), book, Said(percent(books.weight(book) / whole if whole else 0.0), "quiet"))
        for hand, book, look in hands
        if book.customers or book is books.present
    ]
    _table(paper, books, lines, units=True, last=say("of {measure}", measure=label(say, books.compared.label)))


def _show_books(paper: Paper, books: Books, title: str, shown: Sequence[Book], everything: bool) -> None:
    if not shown:
        return
    cut = len(shown) > MOST_BOOKS and not everything
    half = MOST_BOOKS // 2
    some = [*shown[:half], *shown[-half:]] if cut else list(shown)
    say = paper.language
    lines = [_Line(_name(book, say), book, _deviation(book.deviation)) for book in some]
    if cut:
        lines.insert(half, _Line(Said(say("… {count} more", count=f"{len(shown) - MOST_BOOKS:,}"), "quiet"), None, ""))
    compare = any(not math.isnan(book.deviation) for book in shown)
    note = say("heaviest first by {measure}", measure=label(say, books.compared.label))
    paper.heading(title, note + (say("; --detail shows all") if cut else ""))
    _table(paper, books, lines, tiers=len(books.tiers) <= MOST_TIERS, last=say("vs even") if compare else "")


def _name(book: Book, say: Language) -> Words:
    name = book.label or say("(none)")
    return Said(say("{name} (departed)", name=name), "warn") if book.departed else name


def _deviation(percent_off: float) -> Words:
    """Return how far a book is from an even one, by share."""
    look: Look = "bad" if abs(percent_off) > FAR_OFF else "warn" if abs(percent_off) > OFF else ""
    return Said(signed_percent(percent_off), look)


@dataclass(frozen=True)
class _Line:
    """A line of a table: what it is of, the book (None: books left out), and the last cell."""

    name: Words
    book: Book | None
    last: Words


def _table(
    paper: Paper, books: Books, lines: Sequence[_Line], *, units: bool = False, tiers: bool = False, last: str = ""
) -> None:
    """Write books below each other, with as many of their amounts as the paper has room for."""
    say = paper.language
    columns = [Column(shrink=True), Column("customers", align="right")]
    rows: list[list[Words]] = [[line.name, f"{line.book.customers:,}" if line.book else ""] for line in lines]
    ends = [Column("/".join(books.tiers), align="right", look="quiet")] if tiers and books.tiers else []
    ends += [Column(last, align="right")] if last else []
    tails = [_tail(line, bool(ends[:-1] if last else ends), bool(last)) for line in lines]
    room = paper.width - min(WIDTH_OF_NAME, _widest("", [row[0] for row in rows]))
    room -= 1 + _widest(say("customers"), [row[1] for row in rows])
    room -= sum(_widest(end.title, [tail[at] for tail in tails]) for at, end in enumerate(ends))
    for at, measured in enumerate(books.measured):
        cells = [number(line.book.amounts[at]) if line.book else "" for line in lines]
        named = label(say, measured.label)
        title = f"{named} {measured.unit}".rstrip() if units else named
        room -= _widest(title, cells)
        if room < 0 and at > 0:
            break
        columns.append(Column(title, align="right"))
        for row, cell in zip(rows, cells, strict=True):
            row.append(cell)
    paper.table([*columns, *ends], [[*row, *tail] for row, tail in zip(rows, tails, strict=True)])


def _tail(line: _Line, tiers: bool, last: bool) -> list[Words]:
    shown = "/".join(map(str, line.book.tiers)) if line.book else ""
    return [*([shown] if tiers else []), *([line.last] if last else [])]


def _widest(title: str, cells: Sequence[Words]) -> int:
    """Return the width of a column and of the gap before it."""
    texts = [cell if isinstance(cell, str) else cell.text for cell in cells if isinstance(cell, str | Said)]
    return 2 + max(map(width_of, [title, *texts]))


def _show_concerns(paper: Paper, findings: Sequence[Finding]) -> None:
    if not findings:
        paper.blank()
        paper.line(Said(paper.language("Nothing stands out."), "good"))
        return
    paper.heading("What is wrong", counted(len(findings), "point", say=paper.language))
    for finding in findings:
        examples = f" ({', '.join(finding.examples)}{' …' if finding.count > len(finding.examples) else ''})"
        said = f"{finding.found}" + (examples if finding.examples else "")
        paper.paragraph([Said(f"{finding.title}:", "strong"), said], bullet=Said("· ", "warn"))
        if finding.hint:
            paper.paragraph(finding.hint, "quiet", indent=3)
