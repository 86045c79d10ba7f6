"""When to stop: the only place in ``models`` that looks at a clock."""

from __future__ import annotations

import dataclasses
import threading
import time
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Stop:
    """A stop rule for one solve.

    Parameters
    ----------
    time_limit
        Seconds from now; None (the default) counts work instead, so that the plan is the same on every machine.
    gap
        Stop when (objective - bound) / |objective| is at most this.
    effort
        Multiple of the default amount of counted work.
    """

    time_limit: float | None = None
    gap: float = 0.0
    effort: float = 1.0
    _started: float = field(default_factory=time.monotonic, repr=False)
    _interrupted: threading.Event = field(default_factory=threading.Event, repr=False)

    def __post_init__(self) -> None:
        if self.time_limit is not None and not self.time_limit > 0:
            raise ValueError("time_limit is a number of seconds above 0")
        if not 0 <= self.gap < 1:
            raise ValueError("gap is a fraction from 0 up to 1")

    @property
    def seconds_used(self) -> float:
        """Seconds since the rule was made."""
        return time.monotonic() - self._started

    @property
    def seconds_left(self) -> float | None:
        """Seconds until the time limit, at least 0; None without a limit."""
        return None if self.time_limit is None else max(0.0, self.time_limit - self.seconds_used)

    def part(self, share: float) -> Stop:
        """Return the same rule with a share (0-1) of the seconds that are left; Ctrl-C ends both."""
        if self.seconds_left is None:
            return self
        return dataclasses.replace(self, time_limit=max(self.seconds_used + share * self.seconds_left, 1e-9))

    def after_it(self, share: float, least: float) -> Stop:
        """Return a rule for what comes after: ``share`` of the limit, at least ``least`` seconds; Ctrl-C ends both."""
        if self.time_limit is None:
            return self
        return dataclasses.replace(self, time_limit=self.seconds_used + max(share * self.time_limit, least))

    def anew(self, time_limit: float | None) -> Stop:
        """Return the same rule with so many seconds from now; Ctrl-C ends both."""
        return dataclasses.replace(self, time_limit=time_limit, _started=time.monotonic())

    def with_effort(self, factor: float) -> Stop:
        """Return the same rule with a multiple of its counted work; Ctrl-C ends both."""
        return dataclasses.replace(self, effort=factor * self.effort)

    def interrupt(self) -> None:
        """Ask the solve to end with the best plan so far (Ctrl-C)."""
        self._interrupted.set()

    @property
    def interrupted(self) -> threading.Event:
        """Set when the solve was asked to end."""
        return self._interrupted

    @property
    def reason(self) -> str | None:
        """Why to stop now: ``interrupted``, ``time limit``, or None."""
        if self._interrupted.is_set():
            return "interrupted"
        if self.seconds_left == 0.0:
            return "time limit"
        return None
