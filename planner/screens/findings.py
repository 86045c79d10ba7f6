"""What is wrong with the input, all of it together: errors first, then warnings, by file."""

from __future__ import annotations

from collections.abc import Sequence

from models.findings import Finding, Place, Severity
from planner.console import Look, Paper, Said
from planner.language import ENGLISH, Language

MOST_OF_ONE_FILE = 25
_GENERAL = "Policy and project"
MOST_IN_BRIEF = 5

_ORDER: tuple[Severity, ...] = ("error", "warning", "note")
_LOOKS: dict[Severity, Look] = {"error": "bad", "warning": "warn", "note": "quiet"}


def show_findings(paper: Paper, findings: Sequence[Finding]) -> None:
    """Write every finding with its place, what was found, what was expected and what to try."""
    for severity in _ORDER:
        alike = [finding for finding in findings if finding.severity == severity]
        by_file: dict[str, list[Finding]] = {}
        for finding in alike:
            by_file.setdefault(finding.place.file or _GENERAL, []).append(finding)
        for file, of_file in by_file.items():
            paper.heading(file, counted(len(of_file), severity, say=paper.language))
            for finding in of_file[:MOST_OF_ONE_FILE]:
                _show(paper, finding)
            paper.left_out(len(of_file) - MOST_OF_ONE_FILE)
    errors = sum(finding.severity == "error" for finding in findings)
    if errors:
        paper.blank()
        said = paper.language.plural(errors, "{count} error to mend.", "{count} errors to mend.")
        paper.line(Said(said, "strong"))


def show_warnings_briefly(paper: Paper, findings: Sequence[Finding]) -> None:
    """Write the first warnings in a line each, and where the others are to be found."""
    warnings = [finding for finding in findings if finding.severity == "warning"]
    if not warnings:
        return
    paper.blank()
    for finding in warnings[:MOST_IN_BRIEF]:
        title = finding.title if finding.count <= 1 else f"{finding.title} ({finding.count:,} times)"
        paper.paragraph(title, bullet=Said("warning  ", "warn"))
    left = len(warnings) - MOST_IN_BRIEF
    more = f"{counted(left, 'more warning')}; " if left > 0 else ""
    paper.line(Said(f"{more}planner check says where and what to do", "quiet"))


def counted(number: int, noun: str, plural: str | None = None, *, say: Language = ENGLISH) -> str:
    """Return ``1 error``, ``2 errors``, ``1,200 warnings``; in another language where it knows the two forms.

    Examples
    --------
    >>> counted(1, "error"), counted(1200, "move")
    ('1 error', '1,200 moves')
    """
    return say.plural(number, f"{{count}} {noun}", f"{{count}} {plural or noun + 's'}")


def _show(paper: Paper, finding: Finding) -> None:
    title = finding.title if finding.count <= 1 else f"{finding.title} ({finding.count:,} times)"
    paper.paragraph(
        [Said(title, "strong"), Said(finding.code, "quiet")],
        bullet=Said(f"{finding.severity:<9}", _LOOKS[finding.severity]),
    )
    for name, text in (
        ("at", _where(finding.place)),
        ("found", finding.found),
        ("expected", finding.expected),
        ("such as", ", ".join(finding.examples)),
        ("", finding.hint),
    ):
        if text:
            paper.paragraph(text, bullet=Said(f"{name:<10}" if name else "", "quiet"), indent=10)


def _where(place: Place) -> str:
    parts = (
        f"sheet {place.sheet}" if place.sheet else "",
        f"line {place.line}" if place.line is not None else "",
        f"row {place.row:,}" if place.row is not None else "",
        f"column {place.column}" if place.column else "",
        place.path or "",
    )
    return ", ".join(part for part in parts if part)
