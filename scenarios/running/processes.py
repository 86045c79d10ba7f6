"""A crew of processes on this machine: one for each job, so that one that dies takes nothing else with it."""

from __future__ import annotations

import multiprocessing
import multiprocessing.forkserver as forkserver
import multiprocessing.resource_tracker as resource_tracker
import signal
import sys
import threading
import types
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection, wait
from types import TracebackType
from typing import Any

from models.cores import allow, cores
from models.findings import InputRefused
from models.stop import Stop
from scenarios.running.runner import Ended, Job, Said, Trouble

Tell = Callable[[str, float | None, float | None], None]
Work = Callable[[Any, Stop, Tell], Any]
"""Does what an order says, until a stop rule ends it, and tells now and then how far it is."""

_INTERRUPT = "interrupt"
_MAIN = threading.Lock()


class Processes:
    """Does each job in a process of its own; use it in a ``with``.

    Parameters
    ----------
    work
        A function of a module, which the processes import; it is given the order, a stop rule that ends the work when
        the crew is interrupted, and a function by which it tells how far it is.
    size
        How many jobs at a time; as many as there are cores when None. The cores are shared out among them.
    preload
        Modules that are imported once, for all processes.
    """

    def __init__(self, work: Work, size: int | None = None, *, preload: tuple[str, ...] = ()) -> None:
        self._work = work
        self.size = cores() if size is None else size
        self._context = multiprocessing.get_context("forkserver")
        self._context.set_forkserver_preload(["scenarios.running.processes", work.__module__, *preload])
        self._at_work: dict[Connection, tuple[Job, Any]] = {}
        self._interrupted = False

    def __enter__(self) -> Processes:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for connection, (_, process) in self._at_work.items():
            process.kill()
            process.join()
            connection.close()
        self._at_work.clear()

    @property
    def hands(self) -> int:
        """How many jobs are done at the same time."""
        return self.size

    def get_ready(self) -> None:
        """Begin to import what the processes need, while there is something else to do here."""
        with _ctrl_c_held():
            forkserver.ensure_running()

    def begin(self, job: Job) -> None:
        """Begin a job in a new process."""
        mine, theirs = self._context.Pipe()
        each = max(1, cores() // self.size)
        process = self._context.Process(target=_live, args=(self._work, job, each, theirs), daemon=True)
        with _no_main_module(), _ctrl_c_held():
            process.start()
        theirs.close()
        self._at_work[mine] = (job, process)
        if self._interrupted:
            _send(mine, _INTERRUPT)

    def news(self, seconds: float) -> Iterator[Said | Ended]:
        """Yield what the processes have told; wait for at most so many seconds."""
        for connection in wait(list(self._at_work), seconds):
            assert isinstance(connection, Connection)
            job, process = self._at_work[connection]
            try:
                news = connection.recv()
            except (EOFError, ConnectionError):
                process.join()
                news = Ended(job.key, trouble=_died(process.exitcode))
            if isinstance(news, Ended):
                del self._at_work[connection]
                connection.close()
                process.join()
            yield news

    def only(self, working: int) -> None:
        """Let the last ones use the cores of those that have ended; what they find does not depend on it."""
        for connection in self._at_work:
            _send(connection, max(1, cores() // working))

    def interrupt(self) -> None:
        """Ask all processes to end with what they have."""
        self._interrupted = True
        for connection in self._at_work:
            _send(connection, _INTERRUPT)


@contextmanager
def _ctrl_c_held() -> Iterator[None]:
    """Let processes begin that Ctrl-C does not reach, also not while they read modules; it reaches this one after that.

    It reaches the whole group; the parent decides what it means.
    """
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    resource_tracker.ensure_running()  # would let the signal through when it begins
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


@contextmanager
def _no_main_module() -> Iterator[None]:
    """Keep a new process from importing the main module: it needs nothing of it, and a script would run anew.

    Without this a script that compares scenarios would have to ask ``if __name__ == "__main__"`` first.
    """
    with _MAIN:
        main = sys.modules["__main__"]
        sys.modules["__main__"] = types.ModuleType("__main__")
        try:
            yield
        finally:
            sys.modules["__main__"] = main


def _send(connection: Connection, message: object) -> None:
    try:
        connection.send(message)
    except OSError:  # the other side has just ended, which is told when it is listened to
        return


def _died(code: int | None) -> Trouble:
    if code == -signal.SIGKILL:
        return Trouble("its process was ended by SIGKILL: the machine may have run out of memory", "failed")
    if code is not None and code < 0:
        return Trouble(f"its process was ended by {signal.Signals(-code).name}", "defect")
    return Trouble(f"its process ended with code {code} and without a result", "defect")


def _live(work: Work, job: Job, share: int, connection: Connection) -> None:
    """Do one job in this process, and tell the one who waits."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the whole group; the parent decides what it means
    allow(share)
    stop = Stop()
    threading.Thread(target=_listen, args=(connection, stop), daemon=True).start()
    speaking = threading.Lock()  # engines tell from threads of their own

    def tell(doing: str, objective: float | None, bound: float | None) -> None:
        with speaking:
            _send(connection, Said(job.key, doing, objective, bound))

    ended = outcome(work, job, stop, tell)
    with speaking:
        _send(connection, ended)


def outcome(work: Work, job: Job, stop: Stop, tell: Tell) -> Ended:
    """Do a job and return how it ended; whatever goes wrong is the job's own trouble."""
    try:
        return Ended(job.key, work(job.order, stop, tell))
    except InputRefused as refused:
        return Ended(job.key, trouble=Trouble("its input cannot be planned with", "refused", refused.findings))
    except OSError as error:
        message = f"cannot read or write {error.filename or 'a file'}: {error.strerror or error}"
        return Ended(job.key, trouble=Trouble(message, "failed"))
    except Exception as error:
        # the outermost frame of a process: uncaught, the defect would reach nobody but stderr; as a result it is told
        # by name, the others go on, and the command ends with 70
        return Ended(job.key, trouble=Trouble(f"{type(error).__name__}: {error}", "defect"))


def _listen(connection: Connection, stop: Stop) -> None:
    try:
        while True:
            message = connection.recv()
            if message == _INTERRUPT:
                stop.interrupt()
            else:
                allow(message)
    except (EOFError, OSError):  # the parent has gone, and nobody waits for the result
        stop.interrupt()
