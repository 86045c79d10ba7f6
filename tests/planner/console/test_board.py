"""Many things at the same time: in a log a line now and then and one for each end, on a terminal a line each."""

import io
import re

from planner.console import Board, Paper


class Clock:
    """A clock that stands still until it is set."""

    def __init__(self):
        self.now = 0.0

    def __call__(self):
        return self.now


def log_of(*told, quiet=False):
    """Tell a board in a log: (seconds, method, arguments)."""
    text, clock = io.StringIO(), Clock()
    with Board(Paper(text, width=80), ["base", "greenfield"], quiet=quiet, clock=clock) as board:
        for seconds, method, *arguments in told:
            clock.now = seconds
            getattr(board, method)(*arguments)
    return text.getvalue().splitlines()


def test_a_log_has_a_line_every_five_seconds_and_one_for_each_end():
    lines = log_of(
        (0.0, "say", "base", "reading"),
        (1.0, "say", "greenfield", "reading"),
        (2.0, "end", "greenfield", "done", "proven"),
        (3.0, "say", "base", "searching"),
        (7.5, "say", "base", "still searching"),
        (8.0, "end", "base", "failed", "its process was ended"),
    )
    assert [line.strip() for line in lines] == [
        "0 s  0 of 2  base: reading",
        "2 s  1 of 2  greenfield: proven",
        "8 s  1 of 2  base: still searching",
        "8 s  2 of 2  base: its process was ended",
    ]


def test_quietly_nothing_is_said():
    assert log_of((0.0, "say", "base", "reading"), (1.0, "end", "base", "done", "proven"), quiet=True) == []


def test_on_a_terminal_each_has_a_line_with_its_state_and_nothing_is_left_standing():
    text = io.StringIO()
    paper = Paper(text, width=80, colour=True)
    with Board(paper, ["base", "greenfield", "[bold]\x1b[31m"]) as board:
        board.say("base", "searching")
        board.end("greenfield", "done", "proven")
        board.end("[bold]\x1b[31m", "failed", "no")
        shown = "\n".join(line.plain for line in board._picture().renderables)
    assert re.search(r"▸ base +0 s  searching", shown)
    assert re.search(r"✓ greenfield .* proven", shown)
    assert "[bold]" in shown  # no markup
    assert "\x1b" not in shown
    assert "2 of 3 done" in shown
