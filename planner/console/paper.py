"""What the screens are written on: lines, headings and tables of at most the width a person reads calmly.

Text is never read as markup: every piece of it passes :func:`planner.console.plain.spelled` first.
"""

from __future__ import annotations

import errno
import itertools
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import IO, Literal

from rich.console import Console
from rich.text import Text

from planner.console.plain import clipped, spelled, width_of
from planner.language import ENGLISH, Language

Look = Literal["", "title", "strong", "quiet", "good", "warn", "bad"]

_STYLES: dict[Look, str] = {
    "": "",
    "title": "bold cyan",
    "strong": "bold",
    "quiet": "bright_black",
    "good": "green",
    "warn": "yellow",
    "bad": "bold red",
}
WIDEST = 100
WIDEST_TABLE = 200
"""A page of many columns may be as wide as this, where the terminal is."""
NARROWEST = 40
_GUTTER = 2
_NEVER_FIRST, _NEVER_LAST = "，。；：、！？）》”%", "（《“"
"""Marks that no line begins or ends with."""


@dataclass(frozen=True)
class Said:
    """A piece of text and how it looks."""

    text: str
    look: Look = ""


Words = str | Said | Sequence[str | Said]


@dataclass(frozen=True)
class Column:
    """A column of a table.

    Where the line is too narrow, ``shrink`` columns are cut with an ellipsis, and the ``wrap`` column, which
    must be the last one, goes on below itself.
    """

    title: str = ""
    align: Literal["left", "right"] = "left"
    shrink: bool = False
    wrap: bool = False
    look: Look = ""


class Paper:
    """One stream to write on. It goes silent, and raises nothing, when its reader has gone (``| head``).

    Its width is ``width``; without one the terminal's, but at most ``widest``. Headings with their notes and titles
    of columns are given in English and written in ``language``; whatever else is to be translated comes translated.
    """

    def __init__(
        self,
        stream: IO[str],
        *,
        width: int | None = None,
        colour: bool | None = None,
        widest: int = WIDEST,
        language: Language = ENGLISH,
    ) -> None:
        self.language = language
        self._stream = stream
        self._encoding = getattr(stream, "encoding", None) or "utf-8"
        self._console = _QuietConsole(
            file=stream,
            width=width,
            markup=False,
            highlight=False,
            emoji=False,
            force_terminal=colour,
            color_system="auto" if colour is None else ("standard" if colour else None),
        )
        asked = width or self._console.width
        self.width = asked if width else max(NARROWEST, min(widest, asked))
        self.live = self._console.is_terminal and not self._console.is_dumb_terminal
        self._reader_gone = False

    @property
    def console(self) -> Console:
        """The rich console underneath, for live progress."""
        return self._console

    def line(self, *words: str | Said, indent: int = 1) -> None:
        """Write one line as it is; what is too long for the paper is left to the terminal."""
        self._write(" " * indent, *words)

    def blank(self) -> None:
        """Leave a line free."""
        self._write()

    def heading(self, title: str, note: str = "") -> None:
        """Begin a section: a free line, the title, and a quiet note beside it."""
        title, note = self.language(title), self.language(note)
        self.blank()
        words = [Said(title, "title")]
        if note:
            words.append(Said("  " + clipped(self._spell(note), self.width - width_of(title) - 4), "quiet"))
        self._write(" ", *words)

    def left_out(self, number: int, where: str = "; --json lists them all", *, indent: int = 1) -> None:
        """Write how many more there are than were shown, and where they are; nothing where that is none."""
        if number > 0:
            say = self.language
            more = say("… and {count} more{where}", count=f"{number:,}", where=say(where))
            self.line(Said(more, "quiet"), indent=indent)

    def paragraph(self, words: Words, look: Look = "", *, indent: int = 1, bullet: str | Said = "") -> None:
        """Write running text, broken at the paper's width; later lines stand under the first word."""
        lead = [Said(" " * indent), *self._pieces(bullet)]
        hang = " " * _width(lead)
        pieces = self._pieces(words, look)
        for number, line in enumerate(_broken(pieces, self.width - _width(lead))):
            self._write(*(lead if number == 0 else [Said(hang)]), *line)

    def table(
        self,
        columns: Sequence[Column],
        rows: Sequence[Sequence[Words]],
        *,
        notes: Sequence[str] = (),
        remarks: Mapping[int, str] | None = None,
        indent: int = 1,
    ) -> None:
        """Write a table without borders; quiet titles, if any, stand above the columns.

        ``notes`` stand below the rows, one each; ``remarks`` on lines of their own above the rows they name.
        """
        body = [[self._pieces(cell, column.look) for cell, column in zip(row, columns, strict=True)] for row in rows]
        titles = [self._pieces(Said(self.language(column.title), "quiet")) for column in columns]
        show_titles = any(column.title for column in columns)
        widths = self._widths(columns, [titles, *body] if show_titles else body, indent)
        if show_titles:
            self._row(columns, titles, widths, indent)
        for number, row in enumerate(body):
            if remarks and number in remarks:
                self._write(" " * indent, Said(remarks[number], "quiet"))
            self._row(columns, row, widths, indent)
            if number < len(notes) and notes[number]:
                self.paragraph(notes[number], "quiet", indent=indent + _GUTTER)

    def raw(self, text: str) -> None:
        """Write ``text`` exactly as it is, for machines (JSON)."""
        try:
            self._stream.write(text)
            self._stream.flush()
        except BrokenPipeError:
            self._give_up()

    def rendered(self, text: str, look: Look = "") -> Text:
        """Return ``text`` made safe and styled, for the live line."""
        return Text(self._spell(text), _STYLES[look], no_wrap=True)

    def _spell(self, text: str) -> str:
        return spelled(text, self._encoding)

    def _pieces(self, words: Words, look: Look = "") -> list[Said]:
        if isinstance(words, str):
            words = (Said(words, look),)
        elif isinstance(words, Said):
            words = (words,)
        pieces = (Said(piece, look) if isinstance(piece, str) else piece for piece in words)
        return [Said(self._spell(piece.text), piece.look or look) for piece in pieces]

    def _widths(self, columns: Sequence[Column], rows: Sequence[list[list[Said]]], indent: int) -> list[int]:
        """Return the width of each column, with the shrinking ones cut evenly until the table fits."""
        widths = [max((_width(row[k]) for row in rows), default=0) for k in range(len(columns))]
        room = self.width - indent - _GUTTER * (len(columns) - 1)
        if columns and columns[-1].wrap:
            widths[-1] = min(widths[-1], max(24, room - sum(widths[:-1])))
        shrinking = [k for k, column in enumerate(columns) if column.shrink]
        while sum(widths) > room and shrinking:
            widest = max(shrinking, key=lambda k: widths[k])
            if widths[widest] <= 6:
                break
            widths[widest] -= 1
        return widths

    def _row(self, columns: Sequence[Column], row: list[list[Said]], widths: list[int], indent: int) -> None:
        pieces: list[Said] = [Said(" " * indent)]
        below: list[list[Said]] = []
        for k, (column, cell) in enumerate(zip(columns, row, strict=True)):
            last = k == len(columns) - 1
            if k:
                pieces.append(Said(" " * _GUTTER))
            if column.wrap and _width(cell) > widths[k]:
                cell, *below = _broken(cell, widths[k])
            cell = self._cut(cell, widths[k])
            filler = Said(" " * (widths[k] - _width(cell)))
            if column.align == "right":
                pieces += [filler, *cell]
            else:
                pieces += cell if last else [*cell, filler]
        self._write(*pieces)
        hang = " " * (indent + sum(widths[:-1]) + _GUTTER * (len(columns) - 1))
        for line in below:
            self._write(hang, *line)

    def _cut(self, cell: list[Said], width: int) -> list[Said]:
        if _width(cell) <= width:
            return cell
        kept: list[Said] = []
        for piece in cell:
            room = width - _width(kept)
            if width_of(piece.text) > room:
                kept.append(Said(clipped(piece.text, room, self._spell("…")), piece.look))
                break
            kept.append(piece)
        return kept

    def _write(self, *words: str | Said) -> None:
        if self._reader_gone:
            return
        text = Text()
        for piece in words:
            said = Said(piece) if isinstance(piece, str) else piece
            text.append(self._spell(said.text), _STYLES[said.look])
        text.rstrip()
        try:
            self._console.print(text, no_wrap=True, overflow="ignore", crop=False, soft_wrap=True)
        except BrokenPipeError:
            self._give_up()

    def _give_up(self) -> None:
        """Write to nowhere from now on, also when Python flushes the stream at its end."""
        self._reader_gone = True
        try:
            number = self._stream.fileno()
        except OSError:
            return
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, number)
        os.close(nowhere)


class _QuietConsole(Console):
    """A console that leaves a broken pipe to the paper instead of ending the program with code 1."""

    def on_broken_pipe(self) -> None:
        raise BrokenPipeError(errno.EPIPE, "the reader has gone")


def _width(cell: Sequence[Said]) -> int:
    return sum(width_of(piece.text) for piece in cell)


def _broken(pieces: Sequence[Said], width: int) -> list[list[Said]]:
    """Break pieces into lines of at most ``width`` cells: at spaces, beside Chinese characters, else where need be."""
    width = max(width, 8)
    lines: list[list[Said]] = [[]]
    room = width
    for piece in pieces:
        for word in piece.text.split():
            while True:
                space = 1 if lines[-1] else 0
                if width_of(word) + space <= room:
                    lines[-1].append(Said(" " * space + word, piece.look))
                    room -= width_of(word) + space
                    break
                if head := _up_to_a_break(word, room - space):
                    lines[-1].append(Said(" " * space + head, piece.look))
                    word = word[len(head) :]
                elif width_of(word) > width and room > 8:
                    head = clipped(word, room - space, "")
                    lines[-1].append(Said(" " * space + head, piece.look))
                    word = word[len(head) :]
                lines.append([])
                room = width
    return lines


def _up_to_a_break(word: str, room: int) -> str:
    """Return the longest beginning of ``word`` within ``room`` cells that ends beside a Chinese character, or nothing.

    >>> _up_to_a_break("区间内，base", 6), _up_to_a_break("区间内，base", 8), _up_to_a_break("baseline", 6)
    ('区间', '区间内，', '')
    """
    used, kept = 0, 0
    for at, (one, following) in enumerate(itertools.pairwise(word), start=1):
        used += width_of(one)
        if used > room:
            break
        beside = width_of(one) == 2 or width_of(following) == 2
        if beside and following not in _NEVER_FIRST and one not in _NEVER_LAST:
            kept = at
    return word[:kept]
