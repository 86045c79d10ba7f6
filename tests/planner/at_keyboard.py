"""Commands as somebody at the keyboard runs them, in this process."""

from __future__ import annotations

import pytest

from planner.commands import planner
from planner.exits import run


def said(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, str, str]:
    """Run a command and return its code, what it said on stdout, and what on stderr."""
    capsys.readouterr()
    code = run(planner, [str(one) for one in arguments])
    shown = capsys.readouterr()
    return code, shown.out, shown.err
