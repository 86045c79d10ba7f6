"""Flags of commands that write a report beside what they found, and what comes of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click
from click.core import ParameterSource

if TYPE_CHECKING:
    from planner.language import Language
    from planner.report.audience import Audience
    from planner.report.blocks import Report

Command = TypeVar("Command", bound=Callable[..., Any])

LANGUAGES = ("en", "zh")
JOBS = ("sales", "service", "leadership")
_NEED_A_REPORT = ("images", "lang", "person", "job")


def report_options(command: Command) -> Command:
    """Add --report and what it is written for: --images, --lang, --for and --job."""
    for option in (
        click.option("--job", type=click.Choice(JOBS), help="Only what this job may see; what --for says otherwise."),
        click.option("--for", "person", metavar="WHO", help="Only what this one may see: manager:ID or rep:ID."),
        click.option(
            "--lang", type=click.Choice(LANGUAGES), default="en", show_default=True, help="Language of the report."
        ),
        click.option("--images", is_flag=True, help="Each chart of the report as PNG and SVG, too."),
        click.option("--report", is_flag=True, help="A page for the browser and a workbook beside the other files."),
    ):
        command = option(command)
    return command


@dataclass(frozen=True)
class Reporting:
    """What report to write, if any."""

    report: bool
    images: bool
    lang: str
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

    def write(self, folder: Path, report_of: Callable[[Path, Audience, Language], Report]) -> None:
        """Write the report of what is in a folder into it, if one is wanted."""
        if not self.report:
            return
        from planner.language import language
        from planner.report.audience import Audience
        from planner.report.writing import Wanted, write_report

        report = report_of(folder, Audience(self.person, self.job), language(self.lang))
        write_report(report, folder, Wanted(images=self.images))
