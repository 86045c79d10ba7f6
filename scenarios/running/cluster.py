"""A crew on a Dask cluster: the same jobs, on machines that need not share a disk with this one.

A worker that dies midway loses only what it was doing, which the scheduler gives to another; what is finished is
fetched at once and stays here.
"""

from __future__ import annotations

import queue
import re
import uuid
from collections.abc import Callable, Iterator
from types import TracebackType
from typing import Any

from models.findings import Finding, InputRefused, Place
from models.stop import Stop
from scenarios.running.processes import Work, outcome
from scenarios.running.runner import Ended, Job, Said, Trouble

CONNECT_SECONDS = 10
AGAIN = 2
"""How often a job is tried again that ended with an error of the cluster's."""
MOST = 100_000
_ADDRESS = re.compile(r"(?:(?:tcp|tls|ws|wss|ucx)://)?(?:[\w.-]+|\[[0-9a-fA-F:]+\]):\d{1,5}")


class Cluster:
    """Sends jobs to the scheduler at an address; use it in a ``with``.

    Parameters
    ----------
    address
        Such as ``tcp://127.0.0.1:8786``.
    work
        A function that the workers can import.
    pack, unpack
        Make of a job's order what is sent, and of what comes back its result, here.

    Raises
    ------
    InputRefused
        When Dask is not installed, or no scheduler answers.
    """

    def __init__(
        self,
        address: str,
        work: Work,
        *,
        pack: Callable[[Job], Any] = lambda job: job.order,
        unpack: Callable[[Job, Any], Any] = lambda job, result: result,
    ) -> None:
        self._distributed = _installed()
        if not _ADDRESS.fullmatch(address):
            raise InputRefused([_nobody(address)])
        self._work, self._pack, self._unpack = work, pack, unpack
        try:
            self._client = self._distributed.Client(
                address, timeout=CONNECT_SECONDS, set_as_default=False, name="planner"
            )
        except (OSError, ValueError) as error:
            raise InputRefused(
                [_nobody(f"{address}: {str(error).splitlines()[0]}" if str(error) else address)]
            ) from error
        self._news: queue.SimpleQueue[Said | tuple[Job, Ended]] = queue.SimpleQueue()
        self._futures: dict[str, Any] = {}
        self._topic = f"planner-{uuid.uuid4().hex}"
        self._client.subscribe_topic(self._topic, lambda event: self._news.put(Said(*event[1])))

    def __enter__(self) -> Cluster:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._client.cancel(list(self._futures.values()), force=True)
        self._client.close()

    @property
    def size(self) -> int:
        """All jobs at once: the scheduler keeps those who have to wait."""
        return MOST

    @property
    def hands(self) -> int:
        """Threads of all workers together."""
        return max(1, int(sum(self._client.nthreads().values())))

    def get_ready(self) -> None:
        """Nothing to do: the workers are there."""

    def begin(self, job: Job) -> None:
        """Send a job to the scheduler."""
        future = self._client.submit(
            _remote, self._work, Job(job.key, job.name, self._pack(job), job.parent), self._topic,
            key=f"{self._topic}-{job.key}", retries=AGAIN, pure=False,
        )  # fmt: skip
        self._futures[job.key] = future
        # called in a thread of its own; a result is fetched at once, since it is lost if its worker dies before
        future.add_done_callback(lambda done, job=job: self._news.put((job, _fetched(job, done))))

    def news(self, seconds: float) -> Iterator[Said | Ended]:
        """Yield what workers have told; wait for at most so many seconds."""
        try:
            one = self._news.get(timeout=seconds)
        except queue.Empty:
            return
        if isinstance(one, Said):
            yield one
        elif one[0].key in self._futures:
            yield self._ended(*one)

    def only(self, working: int) -> None:
        """Nothing to do: a worker's threads are its own."""

    def interrupt(self) -> None:
        """Take all jobs back: what is not finished by now is dropped."""
        for future in self._futures.values():
            future.cancel(force=True)

    def _ended(self, job: Job, ended: Ended) -> Ended:
        del self._futures[job.key]
        if ended.trouble is not None:
            return ended
        try:
            return Ended(job.key, self._unpack(job, ended.result))
        except OSError as wrong:
            message = f"cannot write {wrong.filename or 'a file'}: {wrong.strerror or wrong}"
            return Ended(job.key, trouble=Trouble(message, "failed"))


def _fetched(job: Job, future: Any) -> Ended:
    if future.cancelled():
        return Ended(job.key, trouble=Trouble("stopped before it was finished", "stopped"))
    try:
        ended: Ended = future.result()
    except Exception as error:
        # a defect of the work itself has come back as its result (see ``outcome``): what is raised here is the
        # cluster's, a killed worker or an unreadable message, of no common class; it must not end the other jobs
        return Ended(job.key, trouble=Trouble(f"{type(error).__name__}: {error}", "failed"))
    return ended


def _nobody(found: str) -> Finding:
    hint = "Try the address that 'dask scheduler' prints, such as tcp://127.0.0.1:8786"
    return Finding("TP505", "No scheduler answers", Place(file="--cluster"), found, hint=hint)


def _installed() -> Any:
    try:
        import distributed
    except ImportError as error:
        hint = "Try pip install 'territory-planner[cluster]'"
        found = Finding("TP505", "Dask is not installed", Place(file="--cluster"), hint=hint)
        raise InputRefused([found]) from error
    return distributed


def _remote(work: Work, job: Job, topic: str) -> Ended:
    """Do a job on a worker; what it tells on the way goes to everybody who listens to the topic."""
    from distributed import get_worker

    worker = get_worker()

    def tell(doing: str, objective: float | None, bound: float | None) -> None:
        worker.log_event(topic, [job.key, doing, _plain(objective), _plain(bound)])

    return outcome(work, job, Stop(), tell)


def _plain(number: float | None) -> float | None:
    """Return a number as Python's own: numpy's cannot be sent as news."""
    return None if number is None else float(number)
