"""A table as it was written: every cell is text or blank, and each knows the row and the header where it stands."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from models.findings import Place
from models.org import BoolArray, IntArray

Cells = npt.NDArray[np.object_]
"""Cells of one column: text, or None for blank (nothing, or nothing but spaces)."""

NO_ROW = 0
"""Row number of a cell that stands in no row, such as that of a customer whom the joined source does not know."""


@dataclass(frozen=True)
class Written:
    """One column as written: its header, its cells, and the row of each in the file it came from."""

    header: str
    cells: Cells
    rows: IntArray
    file: str
    sheet: str | None = None

    def place(self, position: int | None = None) -> Place:
        """Return the place of a cell, or of the column."""
        row = None if position is None else int(self.rows[position]) or None
        return Place(file=self.file, sheet=self.sheet, row=row, column=self.header)

    def taken(self, positions: IntArray) -> Written:
        """Return the column with the cells at ``positions``; position -1 gives a blank cell in no row."""
        missing = positions < 0
        if not len(self.cells):
            cells, rows = np.full(len(positions), None, dtype=object), np.full(len(positions), NO_ROW)
        else:
            cells, rows = self.cells[positions], self.rows[positions]
            cells[missing], rows[missing] = None, NO_ROW
        return replace(self, cells=cells, rows=rows)


@dataclass(frozen=True)
class Sheet:
    """A table as written; ``rows`` are row numbers as a spreadsheet shows them (the header is row 1)."""

    file: str
    headers: tuple[str, ...]
    cells: tuple[Cells, ...]
    rows: IntArray
    sheet: str | None = None

    @property
    def place(self) -> Place:
        """The place of the whole table."""
        return Place(file=self.file, sheet=self.sheet)

    def column(self, position: int) -> Written:
        """Return one column."""
        return Written(self.headers[position], self.cells[position], self.rows, self.file, self.sheet)

    def kept(self, keep: BoolArray) -> Sheet:
        """Return the sheet with the rows for which ``keep`` is true."""
        return replace(self, cells=tuple(cells[keep] for cells in self.cells), rows=self.rows[keep])


def blank_as_none(texts: Iterable[str | None]) -> Cells:
    """Return texts as cells: nothing, or nothing but spaces, becomes None."""
    listed: Sequence[str | None] = [None if text is None or not text or text.isspace() else text for text in texts]
    cells = np.empty(len(listed), dtype=object)
    cells[:] = listed
    return cells


def as_rows(first: int, count: int) -> IntArray:
    """Return ``count`` row numbers from ``first``."""
    return np.arange(first, first + count, dtype=np.int64)
