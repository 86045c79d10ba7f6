"""What is wrong with the input, said so that a person can mend it."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal

Severity = Literal["error", "warning", "note"]


@dataclass(frozen=True)
class Place:
    """Where a finding is: in a table (file, sheet, row, column) or in the policy file (file, line, path).

    ``row`` is the row number a spreadsheet shows (the header is row 1); ``line`` is the line of a YAML file.
    """

    file: str | None = None
    sheet: str | None = None
    row: int | None = None
    column: str | None = None
    line: int | None = None
    path: str | None = None

    def __str__(self) -> str:
        parts = [
            self.file,
            f"sheet {self.sheet}" if self.sheet else None,
            f"line {self.line}" if self.line is not None else None,
            f"row {self.row}" if self.row is not None else None,
            f"column {self.column}" if self.column else None,
            self.path,
        ]
        return ", ".join(part for part in parts if part)


@dataclass(frozen=True)
class Finding:
    """One thing found in the input: what, where, what was found, what was expected, what to try.

    ``count`` says how many cells or customers share the finding where it stands for several alike, and
    ``examples`` names a few of them. ``hint`` begins with "Try".
    """

    code: str
    title: str
    place: Place = field(default_factory=Place)
    found: str | None = None
    expected: str | None = None
    hint: str | None = None
    severity: Severity = "error"
    count: int = 1
    examples: tuple[str, ...] = ()

    def __str__(self) -> str:
        text = f"{self.code} {self.title}"
        if str(self.place):
            text += f" ({self.place})"
        if self.found is not None:
            text += f": found {self.found}"
        if self.expected is not None:
            text += f"; expected {self.expected}"
        if self.hint:
            text += f". {self.hint}"
        return text


class InputRefused(Exception):
    """The input cannot be planned with. Carries every finding, errors and warnings alike."""

    def __init__(self, findings: Iterable[Finding]) -> None:
        self.findings = tuple(findings)
        errors = [finding for finding in self.findings if finding.severity == "error"]
        super().__init__("\n".join(str(finding) for finding in errors))


def errors_among(findings: Iterable[Finding]) -> list[Finding]:
    """Return the findings that forbid planning."""
    return [finding for finding in findings if finding.severity == "error"]


def refuse_errors(findings: Iterable[Finding]) -> None:
    """Raise :class:`InputRefused` when any finding is an error."""
    found = list(findings)
    if errors_among(found):
        raise InputRefused(found)


def nearest_word(word: str, valid: Iterable[str]) -> str | None:
    """Return the valid word that looks most like ``word``, or None when none does."""
    close = difflib.get_close_matches(word.lower(), lowered := {v.lower(): v for v in valid}, n=1, cutoff=0.6)
    return lowered[close[0]] if close else None


def did_you_mean(word: str, valid: Iterable[str]) -> str:
    """Return a hint that names the nearest valid word, or lists the valid ones."""
    known = list(valid)
    near = nearest_word(word, known)
    if near is not None:
        return f"Try {near!r}"
    return "Try one of: " + ", ".join(map(str, known[:12])) + (" …" if len(known) > 12 else "")
