"""A crew of one: this process itself does one job after another, for jobs too short to be sent anywhere."""

from __future__ import annotations

from collections.abc import Iterator

from models.stop import Stop
from scenarios.running.processes import Work, outcome
from scenarios.running.runner import Ended, Job, Said


class Alone:
    """Does each job here, when news of it are asked for.

    ``stop`` ends the work when it is interrupted.
    """

    size = hands = 1

    def __init__(self, work: Work, stop: Stop) -> None:
        self._work, self._stop = work, stop
        self._next: list[Job] = []

    def __enter__(self) -> Alone:
        return self

    def __exit__(self, *_: object) -> None:
        self._next.clear()

    def get_ready(self) -> None:
        """Do nothing: there is nothing to prepare."""

    def begin(self, job: Job) -> None:
        """Take a job."""
        self._next.append(job)

    def news(self, seconds: float) -> Iterator[Said | Ended]:
        """Do the job that was taken, and tell how it ended."""
        del seconds
        while self._next:
            yield outcome(self._work, self._next.pop(0), self._stop, lambda doing, objective, bound: None)

    def only(self, working: int) -> None:
        """Hear nothing new."""

    def interrupt(self) -> None:
        """Ask the work to end."""
        self._stop.interrupt()
