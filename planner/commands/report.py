"""``planner report``: what people outside sales ops look at."""

from __future__ import annotations

from pathlib import Path

import click

from planner.commands.options import audience_options, report_options, run_argument, screen_options


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
    job: str | None,
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
    from planner.report.audience import Audience
    from planner.report.writing import Wanted, finished_folder, publish_report, report_of
    from planner.screens.report import show_report

    audience = Audience(person, job)
    with Progress(messages(), quiet=quiet) as progress:
        folder = finished_folder(run)
        progress.say(f"reading {folder}")
        with muted():
            made = report_of(folder, audience, asked_for(), basemap=basemap)
            progress.say("writing page and workbook")
            files = publish_report(
                made, folder, audience, Wanted(images=images, sheet_per_manager=sheet_per_manager), out=out, force=force
            )
    if as_json:
        print_json({"report": str(files[0].parent), "of": str(folder), "files": [str(one) for one in files]})
    else:
        show_report(output(), made, files)
    return DONE
