"""Every ending has its code and its sentence; a traceback is only for those who ask for one."""

import json
import subprocess
import sys

import click
import pytest

from models.findings import Finding, InputRefused, Place
from planner.commands import planner
from planner.exits import BAD_INPUT, DEFECT, DONE, STOPPED, THE_ANSWER_IS_NO, run


def ending(error=None, code=None):
    @click.command()
    @click.option("--json", "as_json", is_flag=True)
    @click.option("--debug", is_flag=True)
    def command(**_):
        if error is not None:
            raise error
        return code

    return command


REFUSED = InputRefused(
    [
        Finding("TP1", "Something is amiss", Place("reps.csv", row=3), hint="Try again"),
        Finding("TP2", "Something is odd", Place("reps.csv"), severity="warning"),
    ]
)


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (REFUSED, BAD_INPUT),
        (click.UsageError("no such thing"), BAD_INPUT),
        (PermissionError(13, "Permission denied", "runs"), BAD_INPUT),
        (KeyboardInterrupt(), STOPPED),
        (ZeroDivisionError("division by zero"), DEFECT),
    ],
)
def test_what_goes_wrong_decides_the_code(error, code, capsys):
    assert run(ending(error), []) == code
    shown = capsys.readouterr()
    assert shown.out == ""
    assert shown.err
    assert "Traceback" not in shown.err


def test_machines_read_one_document_also_when_somebody_stops_the_command(capsys):
    assert run(ending(KeyboardInterrupt()), ["--json"]) == STOPPED
    assert json.loads(capsys.readouterr().out) == {"status": "stopped", "message": "Stopped."}


def test_an_interruption_while_modules_are_read_is_no_traceback():
    script = """
import planner.exits
from planner.commands import main

def interrupted(*_):
    raise KeyboardInterrupt

planner.exits.run = interrupted
main()
"""
    ended = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert (ended.returncode, ended.stderr) == (STOPPED, "Stopped.\n")


def test_an_interruption_that_a_library_makes_another_error_of_is_still_one():
    script = """
import os, signal, sys, time
import click
from planner.exits import run

@click.command()
def command():
    try:
        os.kill(os.getpid(), signal.SIGINT)
        time.sleep(60)
    except KeyboardInterrupt:
        raise RuntimeError("Query interrupted") from None

sys.exit(run(command, []))
"""
    ended = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False, timeout=60)
    assert (ended.returncode, ended.stderr.strip()) == (STOPPED, "Stopped.")


def test_an_error_after_an_earlier_command_was_stopped_is_a_defect_again():
    assert run(ending(KeyboardInterrupt()), []) == STOPPED
    assert run(ending(ZeroDivisionError("division by zero")), []) == DEFECT


def test_a_command_decides_by_itself_what_the_answer_is():
    assert run(ending(code=None), []) == DONE
    assert run(ending(code=THE_ANSWER_IS_NO), []) == THE_ANSWER_IS_NO


def test_a_traceback_is_shown_to_those_who_ask(capsys):
    assert run(ending(ZeroDivisionError("division by zero")), ["--debug"]) == DEFECT
    assert "Traceback" in capsys.readouterr().err


def test_errors_and_warnings_are_told_together_errors_first(capsys):
    run(ending(REFUSED), [])
    shown = capsys.readouterr().err
    assert shown.index("Something is amiss") < shown.index("Something is odd")


def test_machines_get_findings_as_json(capsys):
    assert run(ending(REFUSED), ["--json"]) == BAD_INPUT
    document = json.loads(capsys.readouterr().out)
    assert [finding["code"] for finding in document["findings"]] == ["TP1", "TP2"]
    assert document["findings"][0]["place"] == {"file": "reps.csv", "row": 3}


def test_machines_get_a_defect_as_json(capsys):
    assert run(ending(ZeroDivisionError("division by zero")), ["--json"]) == DEFECT
    assert json.loads(capsys.readouterr().out)["status"] == "defect"


def test_a_misspelt_command_names_the_nearest(capsys):
    assert run(planner, ["pln"]) == BAD_INPUT
    assert "Try 'plan'" in capsys.readouterr().err


def test_help_lists_every_command(capsys):
    assert run(planner, ["--help"]) == DONE
    shown = capsys.readouterr().out
    assert all(f"\n  {name} " in shown for name in ("demo", "init", "generate", "check", "books", "plan", "verify"))


def test_an_unknown_flag_is_a_usage_error(capsys):
    assert run(planner, ["status", "--frobnicate"]) == BAD_INPUT
    assert "--frobnicate" in capsys.readouterr().err


def test_status_speaks_json(tmp_path, capsys):
    assert run(planner, ["status", str(tmp_path), "--json"]) == DONE
    shown = capsys.readouterr()
    assert json.loads(shown.out)["next"] == "planner demo"
    assert shown.err == ""
