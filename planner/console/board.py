"""Many things that go on at the same time: a live line for each on a terminal, a plain line now and then elsewhere."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Literal

from rich.console import Group
from rich.live import Live
from rich.text import Text

from planner.console.paper import Look, Paper, Said
from planner.console.plain import clipped, width_of
from planner.console.progress import SECONDS_BETWEEN_LINES

State = Literal["waiting", "working", "done", "again", "failed"]

_MARKS: dict[State, tuple[str, Look]] = {
    "waiting": ("·", "quiet"),
    "working": ("▸", "strong"),
    "done": ("✓", "good"),
    "again": ("✓", "quiet"),
    "failed": ("✗", "bad"),
}
MOST_LINES = 20
_NAME = 32


@dataclass
class _Line:
    state: State = "waiting"
    doing: str = ""
    began: float | None = None
    ended: float | None = None


class Board:
    """Shows how far several named things are, on ``paper``, or nothing when ``quiet``; use it in a ``with``.

    What was said less than five seconds after the line before is left out of a log; how each ended is not.
    """

    def __init__(
        self,
        paper: Paper,
        names: Sequence[str],
        *,
        quiet: bool = False,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._paper, self._quiet, self._clock = paper, quiet, clock
        self._lines = {name: _Line() for name in names}
        self._started = clock()
        self._last_line = -float("inf")
        self._lock = threading.Lock()
        self._live: Live | None = None

    def __enter__(self) -> Board:
        if not self._quiet and self._paper.live:
            self._live = Live(
                console=self._paper.console, get_renderable=self._picture, refresh_per_second=4, transient=True
            )
            self._live.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._live is not None:
            self._live.stop()
            self._live = None

    def say(self, name: str, doing: str) -> None:
        """Tell what is being done for one of them."""
        with self._lock:
            line = self._lines.setdefault(name, _Line())
            line.state, line.doing = "working", doing
            line.began = line.began if line.began is not None else self._clock()
            if self._quiet or self._live is not None or self._clock() - self._last_line < SECONDS_BETWEEN_LINES:
                return
            self._last_line = self._clock()
            self._paper.line(self._timed(f"{self._count()}  {name}: {doing}"))

    def end(self, name: str, state: State, how: str) -> None:
        """Tell how one of them ended."""
        with self._lock:
            line = self._lines.setdefault(name, _Line())
            line.state, line.doing, line.ended = state, how, self._clock()
            if self._quiet or self._live is not None:
                return
            self._last_line = self._clock()
            self._paper.line(self._timed(f"{self._count()}  {name}: {how}"))

    def note(self, text: str) -> None:
        """Leave ``text`` standing, for what a person must not miss."""
        if not self._quiet:
            with self._lock:
                self._paper.line(Said(text, "warn"))

    def _count(self) -> str:
        ended = sum(line.ended is not None for line in self._lines.values())
        return f"{ended} of {len(self._lines)}"

    def _timed(self, text: str) -> str:
        return f"{self._clock() - self._started:5.0f} s  {text}"

    def _picture(self) -> Group:
        """Draw the lines: those at work first where not all have room."""
        with self._lock:
            shown = list(self._lines.items())
            if len(shown) > MOST_LINES:
                shown = sorted(shown, key=lambda one: one[1].state != "working")[:MOST_LINES]
            width = min(_NAME, max((width_of(name) for name, _ in shown), default=0))
            rows = [self._drawn(name, line, width) for name, line in shown]
            rows.append(self._paper.rendered(self._timed(f"{self._count()} done"), "quiet"))
            return Group(*rows)

    def _drawn(self, name: str, line: _Line, width: int) -> Text:
        mark, look = _MARKS[line.state]
        name = clipped(name, width)
        until = line.ended if line.ended is not None else self._clock()
        seconds = "" if line.began is None else f"{until - line.began:4.0f} s"
        text = f" {name}{' ' * (width - width_of(name))}  {seconds:>6}  {line.doing}"
        drawn = self._paper.rendered(mark, look)
        drawn.append_text(
            self._paper.rendered(clipped(text, self._paper.width - 3), "" if look == "strong" else "quiet")
        )
        return drawn
