"""The commands. Each lives in a module of its own that is read only when the command is used."""

from __future__ import annotations

import contextlib
import importlib
import keyword
import os
import sys
from importlib.metadata import version

import click

from models.findings import did_you_mean
from planner.interruption import left, listen

# name -> (module, what it does); in the order in which a new user meets them
COMMANDS = {
    "demo": ("demo", "Make a sample project, plan it and compare scenarios."),
    "init": ("init", "Begin a project: a commented planner.yaml and tables."),
    "generate": ("generate", "Make a synthetic org of any size from a seed."),
    "check": ("check", "Look for problems in tables and policy before planning."),
    "books": ("books", "Show today's books, before any plan."),
    "plan": ("plan", "Decide who owns whom."),
    "compare": ("compare", "Plan scenarios side by side and show what each buys."),
    "frontier": ("frontier", "Show what each bit of change buys: balance against moves, or any two things."),
    "explain": ("explain", "Say why a customer or a book is as it is, what capacity is worth, why no plan exists."),
    "try": ("try_moves", "Try wishes on a finished run: what they break, what they cost, the best plan with them."),
    "adopt": ("adopt", "Check and price a hand-edited assignment, and make it a plan."),
    "report": ("report", "Write the page and the workbook that leadership reads, and pictures for slides."),
    "verify": ("verify", "Check a finished run again, independently."),
    "status": ("status", "Say where the quarter stands and what to do next."),
    "bench": ("bench", "Compare this planner with other solvers on equal terms."),
}


class Commands(click.Group):
    """A group whose commands are imported when called, so that ``planner --help`` answers at once."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of the commands in the order of a planning."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import and return one command."""
        if cmd_name not in COMMANDS:
            ctx.fail(f"There is no command {cmd_name!r}. {did_you_mean(cmd_name, COMMANDS)}.")
        module = importlib.import_module(f"planner.commands.{COMMANDS[cmd_name][0]}")
        command: click.Command = getattr(module, f"{cmd_name}_" if keyword.iskeyword(cmd_name) else cmd_name)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, what) for name, (_, what) in COMMANDS.items()])


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(version("territory-planner"), prog_name="planner")
def planner() -> None:
    """Plan who owns which customer: fair books, kept relationships, and a proven distance to the optimum.

    A PROJECT is a folder with tables and a planner.yaml; the current folder where none is named.
    """


def main() -> None:
    """Run the command line and end the process with one of the five exit codes."""
    listen()
    try:
        from planner.exits import run

        code = run(planner, sys.argv[1:])
    except BaseException as error:  # while modules are still being read
        if not isinstance(error, KeyboardInterrupt) and not left():
            raise
        sys.stderr.write("Stopped.\n")
        code = 3
    if code == 3:
        _leave_at_once(code)
    sys.exit(code)


def _leave_at_once(code: int) -> None:
    """End a stopped process: threads of solvers that still work would end it with an abort."""
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(OSError, ValueError):
            stream.flush()
    os._exit(code)
