"""``planner demo``: a sample project, planned, compared and reported."""

from __future__ import annotations

from pathlib import Path

import click

from planner.commands.compare import compare
from planner.commands.options import screen_options
from planner.commands.plan import plan
from planner.commands.report import report

CUSTOMERS, REPS, SEED = 300, 15, 4
LONGEST_SECONDS = 20.0
COMPARE_SECONDS, GAP = 20.0, 0.02
"""All scenarios together; a plan that no other can beat by more is good enough to show what they buy."""


@click.command()
@click.argument("folder", metavar="[DIR]", default="planner-demo", type=click.Path(path_type=Path))
@screen_options
@click.pass_context
def demo(ctx: click.Context, folder: Path, as_json: bool, quiet: bool) -> int:
    """Make a sample project in DIR (planner-demo), plan it, compare scenarios, show what changes, and write reports.

    All customers and reps are made up. A sample that is there already, with whatever you have changed in it, is planned
    as it is.
    """
    from planner.console import messages
    from planner.exits import DONE
    from planner.generate import sample
    from planner.shell import quoted

    made = sample(folder, customers=CUSTOMERS, reps=REPS, seed=SEED)
    paper = messages()
    if not quiet:
        what = f"{CUSTOMERS} customers and {REPS} reps, all made up" if made else "there already, planned as it is"
        paper.line(f"The sample project {folder}: {what}")
    code: int = ctx.invoke(
        plan,
        project=folder,
        scenario=None,
        sets=(),
        out=None,
        force=False,
        time_limit=LONGEST_SECONDS,
        gap=None,
        seed=SEED,
        engine="auto",
        detail=False,
        as_json=as_json,
        quiet=quiet,
    )
    if code == DONE and not as_json:
        code = ctx.invoke(
            report,
            run=folder,
            images=False,
            sheet_per_manager=False,
            basemap=None,
            person=None,
            job=None,
            out=None,
            force=False,
            as_json=as_json,
            quiet=quiet,
        )
    if code == DONE and not as_json:
        code = ctx.invoke(
            compare,
            places=(folder,),
            scenarios=(),
            sweeps=(),
            baseline=None,
            sets=(),
            risk="13%-17%",
            gates=(),
            brief=True,
            customers=False,
            out=None,
            force=False,
            report=True,
            images=False,
            person=None,
            job=None,
            frontier=None,
            jobs=None,
            cluster=None,
            time_limit=COMPARE_SECONDS,
            gap=GAP,
            seed=1,
            engine="auto",
            as_json=as_json,
            quiet=quiet,
        )
    if code == DONE and not quiet:
        named = quoted(folder)
        paper.heading("Try next")
        for command, why in (
            (
                f"planner compare {named} --gap {GAP} --time-limit {COMPARE_SECONDS:g}",
                "all that the scenarios buy; planned already, so it is there at once",
            ),
            (f"planner frontier {named} --points 5 --time-limit 60", "what each bit of change buys"),
            (f"planner report {named} --images", "the page of the plan again, and its charts for slides"),
            (f"planner books {named}", "how unfair it is today"),
            (f'planner plan {named} --scenario "light touch"', "the same with fewer moves"),
            (f'planner plan {named} --set "balance[potential].tolerance=5%"', "stricter about fairness"),
            (f"planner verify {named}", "check the last run, independently"),
            ("planner init DIR --from CUSTOMERS REPS", "plan your own"),
        ):
            paper.line(command)
            paper.line(f"    {why}")
    return code
