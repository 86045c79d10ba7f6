"""What solvers print never mixes with results."""

import subprocess
import sys

TALKS = """
import ctypes
from planner.native_output import muted
with muted():
    ctypes.CDLL(None).puts(b"chatter")
print("result")
"""


def test_a_talking_library_is_not_heard_on_stdout():
    shown = subprocess.run([sys.executable, "-c", TALKS], capture_output=True, text=True, check=True)
    assert shown.stdout == "result\n"


def test_a_process_without_stdout_still_works():
    shown = subprocess.run(
        f"{sys.executable} -c '{TALKS}' >&-", shell=True, stderr=subprocess.PIPE, text=True, check=False
    )
    assert "Traceback" not in shown.stderr
