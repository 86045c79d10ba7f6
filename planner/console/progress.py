"""What goes on while a plan is made: a live line on a terminal, a plain line every five seconds elsewhere."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from types import TracebackType

from rich.status import Status

from planner.console.paper import Paper, Said
from planner.console.plain import clipped

SECONDS_BETWEEN_LINES = 5.0


class Progress:
    """Says on ``paper`` what is going on, or nothing when ``quiet``; leaves no live line behind.

    ``say`` may be called as often as one likes and from any thread. In a log, what was said less than five seconds
    after the line before is kept, and said when they have passed, unless something newer was said meanwhile.
    """

    def __init__(self, paper: Paper, *, quiet: bool = False, clock: Callable[[], float] = time.monotonic) -> None:
        self._paper = paper
        self._quiet = quiet
        self._clock = clock
        self._started = clock()
        self._last_line = -float("inf")
        self._kept: str | None = None
        self._lock = threading.Lock()
        self._done = threading.Event()
        self._status: Status | None = None

    def __enter__(self) -> Progress:
        if not self._quiet and self._paper.live:
            self._status = self._paper.console.status("", spinner="dots", spinner_style="cyan")
            self._status.start()
        if not self._quiet:
            threading.Thread(target=self._beat, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._done.set()
        with self._lock:
            if self._status is not None:
                self._status.stop()
                self._status, self._kept = None, None

    def say(self, text: str) -> None:
        """Show ``text`` with the seconds passed; on a terminal it replaces what was said before."""
        if self._quiet:
            return
        with self._lock:
            self._kept = text
        self.catch_up()

    def catch_up(self) -> None:
        """Bring the live line up to the second; in a log, say what was kept once five seconds have passed."""
        with self._lock:
            if self._status is not None:
                timed = clipped(self._timed(self._kept or ""), self._paper.width - 4)
                self._status.update(self._paper.rendered(timed, "quiet"))
            elif self._kept is not None and self._clock() - self._last_line >= SECONDS_BETWEEN_LINES:
                self._last_line = self._clock()
                self._paper.line(self._timed(self._kept))
                self._kept = None

    def note(self, text: str) -> None:
        """Leave ``text`` standing, whatever is said later; for what a person must not miss."""
        if not self._quiet:
            with self._lock:
                self._paper.line(Said(text, "warn"))

    def _timed(self, text: str) -> str:
        return f"{self._clock() - self._started:5.0f} s  {text}"

    def _beat(self) -> None:
        while not self._done.wait(1.0):
            self.catch_up()
