"""What a new project was made of, and what to do next."""

from __future__ import annotations

from models.findings import errors_among
from planner.beginning import Begun
from planner.console import Paper, Said
from planner.screens.findings import counted
from planner.shell import quoted


def show_beginning(paper: Paper, begun: Begun) -> None:
    """Say what was written, which headers were recognised as what, and the next command."""
    paper.line(Said(f"{begun.folder}", "strong"), f": {', '.join(begun.files)}")
    for table, columns in begun.recognised.items():
        if columns:
            named = ", ".join(f"{header} → {column}" for header, column in columns.items())
            paper.paragraph(f"{table}: recognised {named}")
    for said in begun.given_up:
        paper.paragraph(said)
    errors = len(errors_among(begun.findings))
    if errors:
        paper.paragraph(Said(f"The tables have {counted(errors, 'problem')} to mend before planning.", "warn"))
    if begun.findings:
        paper.line(f"Next: planner check {quoted(begun.folder)}, then planner plan {quoted(begun.folder)}")
    else:
        paper.line(f"Next: fill in the tables, then planner check {quoted(begun.folder)}")
