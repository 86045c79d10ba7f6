"""Ctrl-C while a plan is searched: the first asks for the best plan so far, the second leaves at once."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import TYPE_CHECKING, Generic, NoReturn, TypeVar

if TYPE_CHECKING:
    from models.stop import Stop

Result = TypeVar("Result")

_GLANCE_SECONDS = 0.1
_LEFT = threading.Event()


def listen() -> None:
    """Remember from now on that Ctrl-C was pressed, and raise KeyboardInterrupt as Python does.

    What it is raised in may make another error of it: DuckDB a failed query, pydantic a broken model.
    """
    _LEFT.clear()
    here = threading.current_thread() is threading.main_thread()
    if here and signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, _leave)


def left() -> bool:
    """Tell whether Ctrl-C has ended the work since ``listen``."""
    return _LEFT.is_set()


def _leave(number: int, frame: FrameType | None) -> NoReturn:
    _LEFT.set()
    raise KeyboardInterrupt


def until_interrupted(work: Callable[[], Result], stop: Stop, tell: Callable[[], None]) -> Result:
    """Do ``work`` and return its result; the first Ctrl-C interrupts ``stop`` and calls ``tell``.

    The work is done in a thread of its own, because an engine may keep Python from noticing the signal.

    Raises
    ------
    KeyboardInterrupt
        At the second Ctrl-C.
    """
    job = _Job(work)

    def asked(number: int, frame: FrameType | None) -> None:
        if stop.interrupted.is_set():
            _leave(number, frame)
        stop.interrupt()
        tell()

    earlier = signal.signal(signal.SIGINT, asked)
    try:
        job.start()
        while job.is_alive():
            job.join(_GLANCE_SECONDS)
    finally:
        signal.signal(signal.SIGINT, earlier)
    return job.outcome()


@contextmanager
def asked_to_stop(tell: Callable[[], None]) -> Iterator[Callable[[], bool]]:
    """Give a function that says whether Ctrl-C was pressed; ``tell`` is called the first time.

    Raises
    ------
    KeyboardInterrupt
        At the second Ctrl-C.
    """
    asked = threading.Event()

    def heard(number: int, frame: FrameType | None) -> None:
        if asked.is_set():
            _leave(number, frame)
        asked.set()

    earlier = signal.signal(signal.SIGINT, heard)
    told = threading.Event()

    def stopped() -> bool:
        if asked.is_set() and not told.is_set():
            told.set()
            tell()
        return asked.is_set()

    try:
        yield stopped
    finally:
        signal.signal(signal.SIGINT, earlier)


class _Job(threading.Thread, Generic[Result]):
    """Work in a thread that does not keep the process alive, with its result or its error."""

    def __init__(self, work: Callable[[], Result]) -> None:
        super().__init__(daemon=True)
        self._work = work
        self._results: list[Result] = []
        self._error: BaseException | None = None

    def run(self) -> None:
        try:
            self._results.append(self._work())
        except BaseException as error:  # handed on to the thread that waits
            self._error = error

    def outcome(self) -> Result:
        """Return the result, or raise the error as if the work had been done here."""
        if self._error is not None:
            raise self._error
        return self._results[0]
