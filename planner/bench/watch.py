"""A process of its own: how long it takes, what memory it needs, and an end to it where it needs too much."""

from __future__ import annotations

import contextlib
import os
import resource
import signal
import subprocess
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

_GLANCE_SECONDS = 0.1
_GB = 2.0**20  # /proc counts in kB


@dataclass(frozen=True)
class Watched:
    """What a process took.

    Attributes
    ----------
    exit_code : int
        Negative when a signal ended it.
    seconds, cpu_seconds : float
        Wall time from start to end; time on processors, its children's included.
    peak_gb : float
        The most memory that it held, and the most of each of its children; 0 where the system does not tell.
    killed_for : str
        Why it was ended from outside: ``time``, ``memory``, or nothing.
    """

    exit_code: int
    seconds: float
    cpu_seconds: float
    peak_gb: float
    killed_for: str = ""


def watched(
    command: Sequence[str],
    *,
    late: Callable[[], bool] = lambda: False,
    most_gb: float | None = None,
    errors: Path | None = None,
) -> Watched:
    """Run a command to its end, or kill it and its children when it is late or too large.

    Parameters
    ----------
    late
        Asked several times a second; True ends the process.
    errors
        Where its stderr goes; with the caller's own by default.

    Notes
    -----
    The peak is the kernel's own high-water mark of each process. That of ``wait4`` is not taken: it also counts what
    the *parent* held at the moment of the fork.
    """
    began = time.perf_counter()
    with open(errors, "wb") if errors is not None else open(os.devnull, "rb") as told:
        # every caller passes sys.executable and a module of ours as a list: no shell reads it, and no name from a table
        process = subprocess.Popen(  # noqa: S603
            list(command),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=told if errors is not None else None,
            start_new_session=True,
        )
        try:
            peak_gb, killed_for, status, usage = _wait(process.pid, late, most_gb)
        except BaseException:
            _kill(process.pid)
            process.wait()
            raise
    process.returncode = os.waitstatus_to_exitcode(status)
    seconds = time.perf_counter() - began
    return Watched(process.returncode, seconds, usage.ru_utime + usage.ru_stime, peak_gb, killed_for)


def _wait(pid: int, late: Callable[[], bool], most_gb: float | None) -> tuple[float, str, int, resource.struct_rusage]:
    peak_gb, killed_for = 0.0, ""
    while True:
        done, status, usage = os.wait4(pid, os.WNOHANG)
        if done:
            return peak_gb, killed_for, status, usage
        now_gb, most = _memory_gb(pid)
        peak_gb = max(peak_gb, most)
        if not killed_for and most_gb is not None and now_gb > most_gb:
            killed_for = "memory"
        elif not killed_for and late():
            killed_for = "time"
        if killed_for:
            _kill(pid)
        time.sleep(_GLANCE_SECONDS)


def _kill(pid: int) -> None:
    """End a process that began a session of its own, and all its children."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(pid, signal.SIGKILL)


def _memory_gb(pid: int) -> tuple[float, float]:
    """Return what a process and its children hold now, and the sum of the most that each has held."""
    now = most = 0.0
    for one in _family(pid):
        try:
            status = Path(f"/proc/{one}/status").read_text(encoding="ascii", errors="replace")
        except OSError:
            continue
        for line in status.splitlines():
            if line.startswith("VmRSS:"):
                now += float(line.split()[1])
            elif line.startswith("VmHWM:"):
                most += float(line.split()[1])
    return now / _GB, most / _GB


def _family(pid: int) -> list[int]:
    found, open_ends = [], [pid]
    while open_ends:
        one = open_ends.pop()
        found.append(one)
        try:
            for task in Path(f"/proc/{one}/task").iterdir():
                open_ends += [int(child) for child in (task / "children").read_text().split()]
        except OSError:
            continue
    return found
