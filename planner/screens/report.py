"""A report on the screen: its one sentence, for whom it is, and the files."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from planner.console import Column, Paper, Said
from planner.report.blocks import Report


def show_report(paper: Paper, report: Report, files: Sequence[Path]) -> None:
    """Write what was written."""
    paper.blank()
    paper.line(Said(report.title, "title"), Said(f"  {report.subtitle}", "quiet"))
    paper.paragraph(report.headline)
    if report.scope:
        paper.paragraph(report.scope, "warn")
    show_files(paper, files)


def show_files(paper: Paper, files: Sequence[Path]) -> None:
    """Write which files a report has, and how large they are; nothing where there is none."""
    if not files:
        return
    paper.heading("Files")
    paper.table([Column(look="strong"), Column(align="right", look="quiet")], [(str(one), _size(one)) for one in files])


def _size(path: Path) -> str:
    size = path.stat().st_size
    return f"{size / 1e6:.1f} MB" if size >= 1e5 else f"{size / 1e3:.0f} kB"
