"""Sweeps: one or two values of the policy varied over a grid, each point of which is a scenario."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from models.findings import Finding, Place
from scenarios.definition import BUILT_IN, Scenario, Sweep, written
from scenarios.setting import Where


@dataclass(frozen=True)
class Point:
    """One point of a sweep, as a scenario."""

    name: str
    sweep: str
    scenario: Scenario


def points_of(name: str, sweep: Sweep) -> Iterator[Point]:
    """Yield the points of a sweep, the first path varied slowest; each is named by sweep and values.

    >>> [point.name for point in points_of("touch", Sweep(over={"a": ("0%", "5%"), "b": (1, 2)}))]
    ['touch: 0%, 1', 'touch: 0%, 2', 'touch: 5%, 1', 'touch: 5%, 2']
    """
    for values in itertools.product(*sweep.over.values()):
        setting = dict(zip(sweep.over, values, strict=True))
        said = ", ".join(f"{path} = {written(value)}" for path, value in setting.items())
        yield Point(_name(name, values), name, Scenario(description=said, combine=sweep.combine, set=setting))


def _name(sweep: str, values: Iterable[Any]) -> str:
    return f"{sweep}: {', '.join(map(written, values))}"


def _names(name: str, sweep: Sweep) -> list[str]:
    return [_name(name, values) for values in itertools.product(*sweep.over.values())]


def with_points(scenarios: Mapping[str, Scenario], sweeps: Mapping[str, Sweep]) -> dict[str, Scenario]:
    """Return the scenarios there are, and those that sweeps make; of two with one name the first counts."""
    every = dict(scenarios)
    for name, sweep in sweeps.items():
        for point in points_of(name, sweep):
            every.setdefault(point.name, point.scenario)
    return every


def collisions(
    scenarios: Mapping[str, Scenario], sweeps: Mapping[str, Sweep], place_of: Callable[[Where], Place]
) -> Iterator[Finding]:
    """Yield what forbids making scenarios of the sweeps: points that are called like something else."""
    taken = dict.fromkeys([*BUILT_IN, *scenarios], "a scenario")
    for name, sweep in sweeps.items():
        title = "A point of the sweep is called like something else"
        points = set(_names(name, sweep))
        for point in sorted(points & set(taken)):
            found = f"{point!r}, which is {taken[point]} too"
            yield Finding("TP207", title, place_of(("sweeps", name)), found=found, hint="Try another name")
        taken.update(dict.fromkeys(points, f"a point of the sweep {name!r}"))


def placed(sweeps: Mapping[str, Sweep], place_of: Callable[[Where], Place]) -> Callable[[Where], Place]:
    """Return where scenarios stand, those that sweeps make included: they stand in the sweep."""
    made = {point: name for name, sweep in sweeps.items() for point in _names(name, sweep)}

    def place(where: Where) -> Place:
        sweep = made.get(str(where[1])) if len(where) > 1 and where[0] == "scenarios" else None
        if sweep is None:
            return place_of(where)
        return place_of(("sweeps", sweep, *("over" if step == "set" else step for step in where[2:3]), *where[3:]))

    return place
