"""How a command ends: the exit codes, and what a person reads when something went wrong."""

from __future__ import annotations

import json
import shlex
import sys
import traceback
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

import click

from models.findings import Finding, InputRefused
from planner.console import messages, output
from planner.interruption import left, listen
from planner.language import ask_for
from planner.screens.findings import show_findings

DONE = 0
"""Done; for a plan: there is one."""
THE_ANSWER_IS_NO = 1
"""Infeasible, violations found, a comparison gate failed."""
BAD_INPUT = 2
"""A table, the policy or the command line cannot be used as it is."""
STOPPED = 3
"""Stopped by a limit, or by the person, before there was any plan."""
DEFECT = 70
"""Something in the planner itself is broken."""


def run(command: click.Command, arguments: Sequence[str]) -> int:
    """Run ``command`` and return its exit code, with every failure told in plain words.

    Commands return their exit code (None is 0). A traceback is shown only where ``--debug`` was asked for.
    """
    ask_for("en")
    listen()
    debug, as_json = "--debug" in arguments, "--json" in arguments
    try:
        code = _done(command, arguments)
    except InputRefused as refused:
        _tell_findings(refused.findings, as_json)
        code = BAD_INPUT
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.format_message())
        code = BAD_INPUT
    except click.ClickException as error:
        _tell_usage(error, as_json)
        code = BAD_INPUT
    except (KeyboardInterrupt, click.Abort):
        _tell(as_json, "stopped", "Stopped.")
        code = STOPPED
    except OSError as error:
        if debug:
            traceback.print_exc()
        _tell(
            as_json,
            "refused",
            f"Cannot read or write {error.filename or 'a file'}: {error.strerror or error}.",
        )
        code = BAD_INPUT
    except Exception as error:
        # the outermost frame of a command: what nobody foresaw is told in a sentence, and whole with --debug
        if debug:
            traceback.print_exc()
        _tell_defect(error, as_json)
        code = DEFECT
    return code if isinstance(code, int) else DONE


def _done(command: click.Command, arguments: Sequence[str]) -> object:
    """Do what a command does; whatever goes wrong because of Ctrl-C is an interruption."""
    try:
        return command.main(list(arguments), prog_name="planner", standalone_mode=False)
    except Exception as error:
        # libraries make errors of any class of an interruption that reaches them; all others go on as they are
        if left():
            raise KeyboardInterrupt from error
        raise


def findings_as_json(findings: Sequence[Finding]) -> list[dict[str, Any]]:
    """Return findings as plain data, keys without a value left out."""
    return [_without_blanks(asdict(finding)) for finding in findings]


def print_json(document: object) -> None:
    """Write ``document`` on stdout in ASCII, so that no terminal, pipe or encoding can be upset by it."""
    output().raw(json.dumps(document, indent=2, allow_nan=False) + "\n")


def _without_blanks(record: dict[str, Any]) -> dict[str, Any]:
    kept = {key: _without_blanks(value) if isinstance(value, dict) else value for key, value in record.items()}
    return {key: value for key, value in kept.items() if value not in (None, (), {})}


def _tell_findings(findings: Sequence[Finding], as_json: bool) -> None:
    if as_json:
        print_json({"status": "refused", "findings": findings_as_json(findings)})
    show_findings(messages(), findings)


def _tell_usage(error: click.ClickException, as_json: bool) -> None:
    context = getattr(error, "ctx", None)
    _tell(as_json, "refused", error.format_message())
    if context is not None:
        messages().line(f"Try {context.command_path} --help")


def _tell_defect(error: Exception, as_json: bool) -> None:
    what = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
    _tell(as_json, "defect", f"A defect in the planner itself, not in your data: {what}")
    arguments = shlex.join(sys.argv[1:])
    messages().paragraph(f"Try planner {arguments} --debug and report what it prints.")


def _tell(as_json: bool, status: str, message: str) -> None:
    if as_json:
        print_json({"status": status, "message": message})
    messages().paragraph(message, "bad" if status == "defect" else "strong")
