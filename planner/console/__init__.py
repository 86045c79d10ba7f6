"""The console, the only room that speaks rich: results on ``output()``, the rest on ``messages()``."""

from __future__ import annotations

import sys

from planner.console.bars import deviation_bar, deviation_look
from planner.console.board import Board
from planner.console.paper import WIDEST, WIDEST_TABLE, Column, Look, Paper, Said, Words
from planner.console.plain import clipped, plain, spelled, width_of
from planner.console.progress import Progress
from planner.language import asked_for

__all__ = [
    "WIDEST_TABLE",
    "Board",
    "Column",
    "Look",
    "Paper",
    "Progress",
    "Said",
    "Words",
    "clipped",
    "deviation_bar",
    "deviation_look",
    "messages",
    "output",
    "plain",
    "spelled",
    "width_of",
]


def output(*, wide: bool = False) -> Paper:
    """Return the paper for results: stdout; ``wide`` for tables of many columns, which may fill the terminal."""
    return Paper(sys.stdout, widest=WIDEST_TABLE if wide else WIDEST, language=asked_for())


def messages() -> Paper:
    """Return the paper for progress, warnings and errors: stderr."""
    return Paper(sys.stderr, language=asked_for())
