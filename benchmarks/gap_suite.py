"""All instances of a folder through load and solve, compared with their proven optima."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.gap import read_instance, read_optima, write_project
from models.solve import solve
from models.stop import Stop
from planner.project import load

TIME_LIMIT_SECONDS = 120.0


@dataclass(frozen=True)
class Solved:
    """One instance: what came out, what was known."""

    name: str
    agents: int
    jobs: int
    status: str
    objective: float
    optimum: float
    seconds: float

    @property
    def proven(self) -> bool:
        """True where the known optimum was found and proven."""
        return self.status == "optimal" and abs(self.objective - self.optimum) <= 1e-6 * max(1.0, self.optimum)


def solve_all(folder: Path, *, engine: str = "auto") -> Iterator[Solved]:
    """Turn each instance named in ``optima.csv`` into a project, load and solve it."""
    for name, optimum in read_optima(folder).items():
        instance = read_instance(folder / name)
        with tempfile.TemporaryDirectory(prefix="planner-gap-") as made:
            write_project(instance, Path(made))
            began = time.perf_counter()
            project = load(Path(made))
            plan = solve(project.org, project.policy, engine=engine, stop=Stop(time_limit=TIME_LIMIT_SECONDS))
            seconds = time.perf_counter() - began
        objective = float("inf") if plan.objective is None else plan.objective
        yield Solved(name, instance.agents, instance.jobs, plan.status, objective, optimum, seconds)


def summary(solved: Sequence[Solved]) -> str:
    """Say in a line how many optima were proven, and list those that were not."""
    seconds = [one.seconds for one in solved]
    lines = [
        f"{sum(one.proven for one in solved)} of {len(solved)} instances solved to the known optimum, "
        f"in {sum(seconds):.1f} s together (the longest {max(seconds):.1f} s), reading and checking included."
    ]
    lines += [
        f"- {one.name}: {one.objective:g}, {one.status}; optimum {one.optimum:g}" for one in solved if not one.proven
    ]
    return "\n".join(lines)
