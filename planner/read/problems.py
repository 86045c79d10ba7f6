"""What can be wrong with tables: one code and title per kind, and the collecting of all that was found.

Many alike become one finding with a count and examples, so that a column of 100,000 bad dates reads as one problem.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from models.findings import Finding, Place, Severity
from planner.read.sheet import Written

TITLES = {
    "TP101": "The file does not exist",
    "TP102": "This is a folder, not a file",
    "TP103": "The file may not be read",
    "TP104": "The file is empty",
    "TP105": "The file is not what its name says",
    "TP106": "The text cannot be decoded",
    "TP107": "The workbook has no such sheet",
    "TP108": "The database does not answer",
    "TP109": "The table has no rows",
    "TP110": "The table is missing",
    "TP111": "The planner knows no such table",
    "TP112": "Which sheet was read",
    "TP113": "A column without a header",
    "TP114": "Two columns of one name",
    "TP115": "A row with too many or too few cells",
    "TP116": "A quotation mark that does not close or stands in the wrong place",
    "TP117": "A required column is missing",
    "TP118": "A header named under `columns` is not in the file",
    "TP119": "Two headers stand for one column",
    "TP120": "Headers recognised",
    "TP121": "A header that looks like a known column",
    "TP122": "Empty rows skipped",
    "TP123": "Read in another encoding than UTF-8",
    "TP131": "The id is blank",
    "TP132": "The id is not unique",
    "TP133": "Spaces around an id",
    "TP134": "Ids that differ only in case or spaces",
    "TP135": "An id that a spreadsheet turned into a number",
    "TP141": "Not a number",
    "TP142": "Not a date",
    "TP143": "Neither yes nor no",
    "TP144": "The skills do not parse",
    "TP145": "Outside the allowed range",
    "TP146": "A column in which some values are not like the others",
    "TP147": "Spellings that differ only in case or spaces",
    "TP148": "An unknown word",
    "TP149": "Names that are not separated by semicolons",
    "TP150": "A cell with an error",
    "TP151": "It ends before it begins",
    "TP152": "A region that is not in the regions table",
    "TP153": "Regions that contain each other",
    "TP154": "An owner who is not on the roster",
    "TP155": "A pair of somebody who is in no table",
    "TP156": "A pair that is listed twice",
    "TP157": "An owner since a day after the period began",
    "TP158": "A lock that has expired",
    "TP159": "A latitude without a longitude, or the reverse",
    "TP160": "Owners are given by name",
    "TP161": "The key of the join is missing",
    "TP162": "The key of a joined source is not unique",
    "TP163": "Rows without a partner in the join",
    "TP164": "A column that both sources have",
    "TP165": "Spellings mapped",
    "TP166": "A spelling that never occurs",
    "TP167": "Spellings for a column that is not there",
    "TP168": "A column that is of another kind in the customers' table",
    "TP171": "Mixed currencies without rates",
    "TP172": "A currency without a rate",
    "TP173": "Money converted",
    "TP174": "Money without a currency",
    "TP175": "Rates without a currency column",
    "TP181": "Something is left blank that the row needs",
    "TP182": "A wish about somebody who is in no table",
    "TP183": "Wishes that contradict each other",
    "TP184": "A wish that cannot be honoured",
    "TP185": "A proposal that names somebody who is in no table",
    "TP186": "A customer of whom two rows speak",
    "TP187": "A role that the policy does not have",
    "TP188": "An answer about a customer whom the proposal does not have",
    "TP189": "An answer about another rep than was proposed",
    "TP190": "Customers who are new since the proposal",
    "TP541": "A customer who is not in the run",
    "TP542": "A rep who is not in the run",
    "TP543": "A role that the customer does not need",
    "TP544": "The rep is blank",
    "TP545": "Today's owner was edited",
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
