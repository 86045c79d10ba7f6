"""What can be wrong with tables: one code and title per kind, and the collecting of all that was found.

Many alike become one finding with a count and examples, so that a column of 100,000 bad dates reads as one problem.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from models.findings import Finding, Place, Severity
from planner.read.sheet import Written

TITLES = {
    "TP101": "the file does not exist",
    "TP102": "this is a folder, not a file",
    "TP103": "the file may not be read",
    "TP104": "the file is empty",
    "TP105": "the file is not what its name says",
    "TP106": "the text cannot be decoded",
    "TP107": "the workbook has no such sheet",
    "TP108": "the database does not answer",
    "TP109": "the table has no rows",
    "TP110": "the table is missing",
    "TP111": "the planner knows no such table",
    "TP112": "which sheet was read",
    "TP113": "a column without a header",
    "TP114": "two columns of one name",
    "TP115": "a row with too many or too few cells",
    "TP116": "a quotation mark that does not close or stands in the wrong place",
    "TP117": "a required column is missing",
    "TP118": "a header named under `columns` is not in the file",
    "TP119": "two headers stand for one column",
    "TP120": "headers recognised",
    "TP121": "a header that looks like a known column",
    "TP122": "empty rows skipped",
    "TP123": "read in another encoding than UTF-8",
    "TP131": "the id is blank",
    "TP132": "the id is not unique",
    "TP133": "spaces around an id",
    "TP134": "ids that differ only in case or spaces",
    "TP135": "an id that a spreadsheet turned into a number",
    "TP141": "not a number",
    "TP142": "not a date",
    "TP143": "neither yes nor no",
    "TP144": "the skills do not parse",
    "TP145": "outside the allowed range",
    "TP146": "a column in which some values are not like the others",
    "TP147": "spellings that differ only in case or spaces",
    "TP148": "an unknown word",
    "TP149": "names that are not separated by semicolons",
    "TP150": "a cell with an error",
    "TP151": "it ends before it begins",
    "TP152": "a region that is not in the regions table",
    "TP153": "regions that contain each other",
    "TP154": "an owner who is not on the roster",
    "TP155": "a pair of somebody who is in no table",
    "TP156": "a pair that is listed twice",
    "TP157": "an owner since a day after the period began",
    "TP158": "a lock that has expired",
    "TP159": "a latitude without a longitude, or the reverse",
    "TP161": "the key of the join is missing",
    "TP162": "the key of a joined source is not unique",
    "TP163": "rows without a partner in the join",
    "TP164": "a column that both sources have",
    "TP165": "spellings mapped",
    "TP166": "a spelling that never occurs",
    "TP167": "spellings for a column that is not there",
    "TP171": "mixed currencies without rates",
    "TP172": "a currency without a rate",
    "TP173": "money converted",
    "TP174": "money without a currency",
    "TP175": "rates without a currency column",
}

ALIKE = 20
"""So many findings of one kind in one column are listed one by one; more become one with a count."""

EXAMPLES = 5

Each = Callable[[int], str | None]
"""Says something of the cell at a position."""


class Problems:
    """All that was found wrong with the tables, in the order in which it was found."""

    def __init__(self) -> None:
        self.findings: list[Finding] = []

    def add(
        self,
        code: str,
        place: Place,
        *,
        found: str | None = None,
        expected: str | None = None,
        hint: str | None = None,
        severity: Severity = "error",
        count: int = 1,
        examples: Sequence[str] = (),
    ) -> None:
        """Add one finding."""
        self.findings.append(
            Finding(code, TITLES[code], place, found, expected, hint, severity, count, tuple(examples[:EXAMPLES]))
        )

    def cells(
        self,
        code: str,
        column: Written,
        positions: Sequence[int],
        *,
        expected: str | None = None,
        hint: str | Each | None = None,
        found: Each | None = None,
        severity: Severity = "error",
        together: bool = False,
    ) -> None:
        """Add findings about the cells of ``column`` at ``positions``: one each, or one for all if they are many.

        ``found`` and ``hint`` may differ from cell to cell; ``together`` makes it one finding however few there are.
        """
        say_found = found or (lambda position: quoted(column.cells[position]))
        say_hint: Each = hint if callable(hint) else (lambda position: hint)
        if len(positions) > ALIKE or (together and len(positions) > 1):
            first = positions[0]
            self.add(
                code,
                column.place(first),
                found=say_found(first),
                expected=expected,
                hint=say_hint(first),
                severity=severity,
                count=len(positions),
                examples=[_example(column, one, say_found) for one in positions[:EXAMPLES]],
            )
            return
        for position in positions:
            self.add(
                code,
                column.place(position),
                found=say_found(position),
                expected=expected,
                hint=say_hint(position),
                severity=severity,
            )

    def rows(
        self,
        code: str,
        place: Place,
        found: Sequence[tuple[int, str]],
        *,
        expected: str | None = None,
        hint: str | None = None,
        severity: Severity = "error",
    ) -> None:
        """Add findings about whole rows, each given as its number and what was found in it."""
        many = len(found) > ALIKE
        for row, text in found[:1] if many else found:
            self.add(
                code,
                replace(place, row=row),
                found=text,
                expected=expected,
                hint=hint,
                severity=severity,
                count=len(found) if many else 1,
                examples=[f"row {one}: {what}" for one, what in found[:EXAMPLES]] if many else (),
            )


def _example(column: Written, position: int, say_found: Each) -> str:
    return f"row {column.rows[position]}: {say_found(position)}"


LONGEST = 60


def quoted(value: str | None) -> str:
    """Return a value as findings show it: in quotation marks, and not longer than a line."""
    if value is None:
        return "nothing"
    return repr(value if len(value) <= LONGEST else value[: LONGEST - 1] + "…")
