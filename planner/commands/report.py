"""``planner report``: what people outside sales ops look at."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from planner.commands.options import audience_options, report_options, run_argument, screen_options

if TYPE_CHECKING:
    from planner.read.readers import Job


@click.command()
@run_argument
@report_options
@audience_options
@click.option("--out", type=click.Path(path_type=Path), metavar="FOLDER", help="Where to write; DIR/report by default.")
@click.option("--force", is_flag=True, help="Replace an earlier report in --out.")
@screen_options
def report(
    run: Path | None,
    images: bool,
    sheet_per_manager: bool,
    basemap: Path | None,
    person: str | None,
    job: Job | None,
    out: Path | None,
    force: bool,
    as_json: bool,
    quiet: bool,
) -> int:
    """Write a page and a workbook of a finished run, comparison or frontier; with --images its charts as pictures.

    DIR is a folder that plan, compare or frontier wrote, the number of a run, or a project whose latest run is meant.
    The page is one file that opens without a network. --for writes only what that person may see.
    """
    from planner.console import Progress, messages, output
    from planner.exits import DONE, print_json
    from planner.language import asked_for
    from planner.native_output import muted
    from planner.report.writing import make_report
    from planner.screens.plan import show_put_beside
    from planner.screens.report import show_report

    with Progress(messages(), quiet=quiet) as progress, muted():
        made = make_report(
            run,
            out=out,
            force=force,
            person=person,
            job=job,
            language=asked_for().code,
            basemap=basemap,
            images=images,
            sheet_per_manager=sheet_per_manager,
            progress=progress.say,
        )
    for warning in made.warnings:
        messages().paragraph(f"{warning.title}: {warning.found}.", "warn")
    show_put_beside(messages(), made.wanted, made.files[0].parent)
    if as_json:
        files = [str(one) for one in made.files]
        print_json({"report": str(made.files[0].parent), "of": str(made.folder), "files": files})
    else:
        show_report(output(), made.report, made.files)
    return DONE
