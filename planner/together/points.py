"""The points of a frontier, each an ordinary scenario: planned side by side, kept and found again like any other."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from models.findings import InputRefused
from models.stop import Stop
from planner.together.solved import Solved, Together, Wanted
from scenarios.running.runner import Crew, Ended, Said
from scenarios.tracing.frontier import AT_ONCE
from scenarios.tracing.trade_off import Found, Settings, found_in

_LONGER = 4
"""So many times longer the first points are looked for again, where time ran out before anything was known."""
LEAST_SECONDS = 0.5


@dataclass
class Points:
    """Answers what a frontier asks, a few scenarios at a time.

    Attributes
    ----------
    scenario : str
        On which the settings of each point are put.
    measure : str or None
        What chosen moves are counted in; None where nobody asks.
    stop : Stop
        Of all points together.
    expected : int
        Points among which a time limit is shared out.
    tell : callable
        Is given the number of points so far, and what is being done.
    runs : dict
        The run folder of each point, by its settings.
    lost : list of str
        Points that the machine failed at, and why.
    """

    together: Together
    crew: Crew
    scenario: str
    measure: str | None
    stop: Stop
    expected: int
    tell: Callable[[int, str], None]
    runs: dict[str, str] = field(default_factory=dict)
    lost: list[str] = field(default_factory=list)
    _done: int = 0

    def solve(self, asked: Sequence[Settings]) -> list[Found]:
        """Plan with each of several settings; fewer are returned when stopped.

        Raises
        ------
        InputRefused
            When scenario and settings do not fit together.
        RuntimeError
            When the planner itself failed at one of them.
        """
        if self.stop.reason is not None:
            return []
        wanted = [Wanted(self.scenario, one, f"point {self._done + at + 1}") for at, one in enumerate(asked)]
        solved = self._solved(wanted)
        found = []
        for settings, one in zip(asked, solved, strict=True):
            trouble = one.trouble
            if trouble is not None:
                if trouble.kind == "refused":
                    raise InputRefused(trouble.findings)
                if trouble.kind == "defect":
                    raise RuntimeError(f"{one.name}: {trouble.message}")
                if trouble.kind == "stopped":
                    break
                self.lost.append(f"{one.name}: {trouble.message}")
                found.append(Found("no_plan", {}, math.nan, ()))
                continue
            assert one.figures is not None
            self.runs[str(settings)] = str(one.folder)
            found.append(found_in(one.figures, self.measure))
        self._done += len(found)
        return found

    def _solved(self, wanted: Sequence[Wanted]) -> list[Solved]:
        """Plan the scenarios within their share of the time; the first ones, on which all depend, within any share."""
        left = self.stop.seconds_left
        seconds = None if left is None else left * len(wanted) / max(AT_ONCE, self.expected - self._done)
        while True:
            solved = self.together.solve(
                wanted, self.crew, told=self._told, interrupted=lambda: self.stop.reason is not None, seconds=seconds
            )
            left = self.stop.seconds_left
            if seconds is None or not left or self._done or not all(_out_of_time(one) for one in solved):
                return solved
            seconds = max(_LONGER * seconds, LEAST_SECONDS)
            seconds = left if _LONGER * seconds > left else seconds

    def _told(self, name: str, news: Said | Ended) -> None:
        if isinstance(news, Said):
            self.tell(self._done, f"{name}: {news.doing}")


def _out_of_time(one: Solved) -> bool:
    figures = one.figures
    return figures is not None and figures.status == "no_plan" and figures.stopped_by == "time limit"
