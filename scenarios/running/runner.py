"""The runner: many jobs side by side, each in its time, none of which stops another.

What a job does, and where its result is kept, is the caller's: the runner decides who is next. The results do not
depend on how many work at a time, nor on the order of the jobs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, Protocol

from models.findings import Finding

GLANCE_SECONDS = 0.1


@dataclass(frozen=True)
class Job:
    """One thing to do.

    Attributes
    ----------
    key : str
        The hash of everything that the result depends on: what has the same key is done once.
    name : str
        What people call it.
    order : object
        What the one who does it is told; it can be pickled.
    parent : str or None
        Key of the job that must be finished before this one can begin.
    """

    key: str
    name: str
    order: Any
    parent: str | None = None


@dataclass(frozen=True)
class Said:
    """What is being done for a job: words, and the best objective and bound so far, in points."""

    key: str
    doing: str
    objective: float | None = None
    bound: float | None = None


@dataclass(frozen=True)
class Trouble:
    """Why a job has no result, in a sentence, with findings where its input was refused.

    ``kind`` says who is to blame: the input (``refused``), the planner (``defect``), the machine (``failed``), or
    nobody, since it was ``stopped``.
    """

    message: str
    kind: Literal["refused", "defect", "failed", "stopped"]
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True)
class Ended:
    """A job's end: its result, or the trouble that kept it from one; ``again`` tells that it was found done."""

    key: str
    result: Any = None
    trouble: Trouble | None = None
    again: bool = False


class Crew(Protocol):
    """Those who do jobs: processes of this machine, or a cluster."""

    @property
    def size(self) -> int:
        """How many jobs it takes at a time, at work or waiting for a hand."""

    @property
    def hands(self) -> int:
        """How many jobs are done at the same time, by which seconds are shared out."""

    def get_ready(self) -> None:
        """Prepare for jobs that are about to come."""

    def begin(self, job: Job) -> None:
        """Begin a job."""

    def news(self, seconds: float) -> Iterable[Said | Ended]:
        """Return what has happened; wait for at most so many seconds for something to happen."""

    def only(self, working: int) -> None:
        """Hear that nobody else will begin: those who still work may share out what the others leave free."""

    def interrupt(self) -> None:
        """Ask all who work to end with what they have."""


def run(
    jobs: Sequence[Job],
    crew: Crew,
    find: Callable[[Job], Any],
    *,
    told: Callable[[Said | Ended], None] = lambda news: None,
    interrupted: Callable[[], bool] = lambda: False,
) -> Mapping[str, Ended]:
    """Do jobs and return how each ended, by key.

    Parameters
    ----------
    jobs
        Parents may stand anywhere; one that is not among the jobs counts as finished.
    find
        Returns the result of a job that was done before, None where there is none.
    told
        Is called with everything that happens, from this thread.
    interrupted
        Tells whether to stop: those who work then end with what they have, and nobody begins.
    """
    waiting = {job.key: job for job in jobs}
    ended: dict[str, Ended] = {}
    for key, job in list(waiting.items()):
        if (result := find(job)) is not None:
            _end(Ended(key, result, again=True), ended, told)
            del waiting[key]
    keys = set(waiting) | set(ended)
    working = 0
    stopping = False
    while waiting or working:
        if interrupted() and not stopping:
            stopping = True
            crew.interrupt()
        if stopping:
            for key in list(waiting):
                del waiting[key]
                _end(Ended(key, trouble=Trouble("stopped before it began", "stopped")), ended, told)
        for key, job in list(waiting.items()):
            above = ended.get(job.parent) if job.parent in keys and job.parent is not None else None
            if job.parent in keys and above is None:
                continue
            if above is not None and above.trouble is not None and above.trouble.kind != "refused":
                # one that was refused will be refused every time, and the child begins with nothing every time
                del waiting[key]
                trouble = Trouble(f"what it begins with was not finished: {above.trouble.message}", above.trouble.kind)
                _end(Ended(key, trouble=trouble), ended, told)
            elif working < crew.size:
                del waiting[key]
                working += 1
                crew.begin(job)
        if not working and waiting:  # only parents in a circle, which nobody defines
            raise ValueError("jobs wait for each other: " + ", ".join(job.name for job in waiting.values()))
        if working:
            for news in crew.news(GLANCE_SECONDS):
                if isinstance(news, Ended):
                    working -= 1
                    _end(news, ended, told)
                    if working and not waiting:
                        crew.only(working)
                else:
                    told(news)
    return ended


def _end(one: Ended, ended: dict[str, Ended], told: Callable[[Said | Ended], None]) -> None:
    ended[one.key] = one
    told(one)
