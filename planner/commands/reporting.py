"""Flags of commands that write a report beside what they found, and what comes of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click
from click.core import ParameterSource

from planner.commands.options import audience_options

if TYPE_CHECKING:
    from planner.language import Language
    from planner.report.blocks import Report
    from planner.report.readership.audience import Audience

Command = TypeVar("Command", bound=Callable[..., Any])

_NEED_A_REPORT = ("images", "person", "job")


def with_report_options(command: Command) -> Command:
    """Add --report and what it is written for: --images, --for and --job."""
    command = audience_options(command)
    for option in (
        click.option("--images", is_flag=True, help="Also every chart of the report as PNG and SVG."),
        click.option("--report", is_flag=True, help="Also a page for the browser and a workbook."),
    ):
        command = option(command)
    return command


@dataclass(frozen=True)
class Reporting:
    """What report to write, if any; what only a report has is refused without one."""

    report: bool
    images: bool
    person: str | None
    job: Any

    def __post_init__(self) -> None:
        if self.report:
            return
        context = click.get_current_context()
        for option in context.command.params:
            name = option.name or ""
            if name in _NEED_A_REPORT and context.get_parameter_source(name) is ParameterSource.COMMANDLINE:
                raise click.UsageError(f"{option.opts[0]} is of a report: add --report")

    def write(self, folder: Path, report_of: Callable[[Path, Audience, Language], Report]) -> list[Path]:
        """Write the report of what is in a folder into it, if one is wanted; return its files, as seen from there."""
        if not self.report:
            return []
        from planner.language import asked_for
        from planner.native_output import muted
        from planner.report.readership.audience import Audience
        from planner.report.writing import Wanted, write_report

        with muted():
            report = report_of(folder, Audience(self.person, self.job), asked_for())
            return [file.relative_to(folder) for file in write_report(report, folder, Wanted(images=self.images))]
