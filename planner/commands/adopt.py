"""``planner adopt``: make a hand-edited assignment a plan of its own."""

from __future__ import annotations

from pathlib import Path

import click

from planner.commands.options import run_argument, screen_options


@click.command()
@click.argument("edited", type=click.Path(path_type=Path))
@run_argument
@click.option("--out", type=click.Path(path_type=Path), metavar="DIR", help="Where to write; runs/NNN by default.")
@click.option("--force", is_flag=True, help="Replace an earlier run in --out.")
@click.option("--even-broken", is_flag=True, help="File it even if it breaks hard rules, as only measured.")
@click.option("--by", metavar="NAME", help="Who edited it, for the record.")
@click.option("--sheet", metavar="NAME", help="Sheet of a workbook; the first one if not stated.")
@screen_options
def adopt(
    edited: Path,
    run: Path | None,
    out: Path | None,
    force: bool,
    even_broken: bool,
    by: str | None,
    sheet: str | None,
    as_json: bool,
    quiet: bool,
) -> int:
    """Check a hand-edited assignment, price every edit, and file it as a run.

    EDITED is an edited copy of a run's assignments.csv (CSV or Excel), or any table with customer_id and rep_id; DIR
    is the run it was edited from, its number, or a project whose latest run is meant. Exits 1, and files nothing, when
    it breaks hard rules.
    """
    from planner.by_hand.adoption import adopt as adopted
    from planner.by_hand.documents import adoption_document
    from planner.console import Progress, messages, output
    from planner.exits import DONE, THE_ANSWER_IS_NO, print_json
    from planner.screens.adoption import show_adoption
    from planner.screens.findings import show_findings
    from planner.screens.plan import show_put_beside

    with Progress(messages(), quiet=quiet) as progress:
        progress.say(f"judging {edited}")
        adoption = adopted(run, edited, out=out, even_broken=even_broken, by=by, sheet=sheet, force=force)
    if not quiet:
        show_findings(messages(), [one for one in adoption.notes if one.severity == "warning"])
    if adoption.folder is not None:
        show_put_beside(messages(), out, adoption.folder)
    if as_json:
        print_json(adoption_document(adoption))
    else:
        show_adoption(output(), adoption)
    return DONE if adoption.feasible else THE_ANSWER_IS_NO
