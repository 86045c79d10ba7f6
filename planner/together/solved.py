"""Scenarios of a project, solved together: those that were found before are found again, the rest are planned."""

from __future__ import annotations

import dataclasses
import datetime as dt
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from planner.together.contents import Contents, key_of, read_contents
from planner.together.kept import Kept, find_kept, folder_of
from planner.together.order import Limits, Order
from scenarios.comparing.scorecard import Figures
from scenarios.definition import names
from scenarios.running.runner import Crew, Ended, Job, Said, Trouble, run

Settings = tuple[tuple[str, Any], ...]


@dataclass(frozen=True)
class Wanted:
    """A scenario that is wanted; ``settings`` are applied last, and ``name`` is what the result is called."""

    scenario: str
    settings: Settings = ()
    label: str | None = None

    @property
    def name(self) -> str:
        """What people call it."""
        return self.scenario if self.label is None else self.label


@dataclass(frozen=True)
class Solved:
    """How a wanted scenario ended.

    Attributes
    ----------
    folder : Path
        The run; there is one only without ``trouble``.
    figures : Figures or None
        None where there is trouble.
    trouble : Trouble or None
    again : bool
        Whether it was found before, and not planned now.
    """

    name: str
    scenario: str
    key: str
    folder: Path
    figures: Figures | None
    trouble: Trouble | None = None
    again: bool = False


class Together:
    """The scenarios of one project under the same limits.

    Parameters
    ----------
    project
        A folder, or its project file.
    sets
        PATH=VALUE settings that hold for all.
    today
        From which the next quarter is counted where no period is given.
    """

    def __init__(
        self, project: Path, limits: Limits, *, sets: Sequence[str] = (), today: dt.date | None = None
    ) -> None:
        self.project, self.limits, self.sets = project.resolve(), limits, tuple(sets)
        self.today = today or dt.date.today()
        self.contents: Contents = read_contents(self.project, self.sets)

    def solve(
        self,
        wanted: Sequence[Wanted],
        crew: Crew,
        *,
        told: Callable[[str, Said | Ended], None] = lambda name, news: None,
        interrupted: Callable[[], bool] = lambda: False,
        seconds: float | None = None,
    ) -> list[Solved]:
        """Solve scenarios side by side; return how each ended, in the order in which they are wanted.

        ``told`` is called with the name of a scenario and what happened to it; ``seconds`` are for these scenarios
        together, those of the limits when None.
        """
        jobs = self.jobs(wanted)
        by_key = {job.key: job for job in jobs}
        left = [job for job in jobs if self._find(job, None) is None]
        share = self._share(self.limits.seconds if seconds is None else seconds, len(left), crew.hands)
        shared = [self._with_seconds(job, share) for job in jobs]
        ended = run(
            shared,
            crew,
            lambda job: self._find(job, share),
            told=lambda news: told(by_key[news.key].name, news),
            interrupted=interrupted,
        )
        return [self._solved(one, self._key(one), ended) for one in wanted]

    def find(self, wanted: Wanted) -> Kept | None:
        """Return what was found for a scenario before, None where it has to be planned."""
        return self._find(self._job(wanted), None)

    def jobs(self, wanted: Sequence[Wanted]) -> list[Job]:
        """Return what there is to do: what is wanted, and the parents with which some of it begins; each once."""
        jobs: dict[str, Job] = {}
        for one in wanted:
            for each in reversed(list(self._line(one))):
                job = self._job(each)
                jobs.setdefault(job.key, job)
        return list(jobs.values())

    def _line(self, wanted: Wanted) -> Iterator[Wanted]:
        """Yield a scenario, its parent, the parent of that, and so on."""
        seen: set[str] = set()
        one: Wanted | None = wanted
        while one is not None:
            yield one
            seen.add(one.scenario)
            one = self._parent(one)
            if one is not None and one.scenario in seen:  # a circle, which loading the project refuses
                return

    def _parent(self, wanted: Wanted) -> Wanted | None:
        scenario = self.contents.scenarios.get(wanted.scenario)
        if scenario is None or scenario.parent is None:
            return None
        if scenario.parent not in names(self.contents.scenarios):  # which the scenario itself is refused for
            return None
        return Wanted(scenario.parent)

    def _key(self, wanted: Wanted) -> str:
        key = None
        for one in reversed(list(self._line(wanted))):
            key = key_of(self.contents, one.scenario, self.sets, one.settings, self.limits, self.today, key)
        assert key is not None
        return key

    def _job(self, wanted: Wanted) -> Job:
        key, parent = self._key(wanted), self._parent(wanted)
        parent_key = None if parent is None else self._key(parent)
        order = Order(
            key=key,
            project=self.project,
            scenario=wanted.scenario,
            sets=self.sets,
            settings=wanted.settings,
            limits=self.limits,
            today=self.today,
            target=self._folder(key),
            parent=None if parent_key is None else self._folder(parent_key),
            parent_name=None if parent is None else parent.scenario,
        )
        return Job(key, wanted.name, order, parent_key)

    def _folder(self, key: str) -> Path:
        return folder_of(self.contents.folder, key)

    def _find(self, job: Job, share: float | None) -> Kept | None:
        return find_kept(self._folder(job.key), job.key, share)

    @staticmethod
    def _share(seconds: float | None, count: int, hands: int) -> float | None:
        """Return the seconds that each of so many scenarios may take."""
        return None if seconds is None else seconds / max(1, math.ceil(count / hands))

    @staticmethod
    def _with_seconds(job: Job, seconds: float | None) -> Job:
        order: Order = job.order
        limits = dataclasses.replace(order.limits, seconds=seconds)
        return dataclasses.replace(job, order=dataclasses.replace(order, limits=limits))

    def _solved(self, wanted: Wanted, key: str, ended: Mapping[str, Ended]) -> Solved:
        end = ended[key]
        figures = None if end.result is None else end.result.figures
        folder = self._folder(key)
        return Solved(wanted.name, wanted.scenario, key, folder, figures, end.trouble, end.again)


def everything(contents: Contents) -> list[str]:
    """Return the names of all scenarios but those that sweeps make: base first, then the built-in ones."""
    points = {name for made in contents.swept.values() for name in made}
    return [name for name in names(contents.scenarios) if name not in points]
