"""Generalised assignment: the small instances with proven optima, and the large kinds D and E."""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from models.solve import EngineName, solve
from models.stop import Stop
from planner.bench.contest import Outcome, compete, cores
from planner.bench.instance import Case, from_files, orgs
from planner.bench.or_library import OPTIMA, best_known, read_instances
from planner.generate.gap import write_project
from planner.project import load
from planner.screens.bench import points, remark_on, seconds_or_never, share

TIME_LIMIT_SECONDS = 120.0

KINDS = ("gap-d", "gap-e")
_AGENTS = {100: (5, 10, 20), 200: (5, 10, 20), 400: (10, 20, 40), 900: (15, 30, 60), 1600: (20, 40, 80)}
SIZES = tuple(f"{jobs}x{agents}" for jobs, several in _AGENTS.items() for agents in several)
"""Jobs and agents of the instances of Chu and Beasley (1997) and of Yagiura, Ibaraki and Glover (2004)."""


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


def solve_all(folder: Path, *, engine: EngineName = "auto") -> Iterator[Solved]:
    """Turn each instance named in ``optima.csv`` into a project, load and solve it."""
    for name, optimum in best_known(folder / OPTIMA).items():
        (instance,) = read_instances(folder / name, "minimise")
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


def cases(sizes: Sequence[str], kinds: Sequence[str], seeds: Sequence[int], files: Sequence[Path]) -> list[Case]:
    """Return the instances of files where there are any, else those drawn anew of every kind, size and seed."""
    if files:
        return list(from_files(files, seeds))
    return [case for kind in kinds or KINDS for case in orgs(sizes or SIZES, [kind], seeds)]


def solve_kinds(cases: Sequence[Case], time_limit_seconds: float, tell: Callable[[str], None]) -> Iterator[Outcome]:
    """Let this planner solve each case, and PDLP tell how good that is at least where it tells no bound itself."""
    for case in cases:
        yield compete(case, ("auto", "pdlp"), seconds=time_limit_seconds, threads=cores(), tell=tell)


def kind_rows(outcomes: Sequence[Outcome]) -> list[dict[str, str]]:
    """Return one table row per instance, and one of means over all: the bar is stated as a mean."""
    known = any(outcome.case.best_known is not None for outcome in outcomes)
    rows = []
    for outcome in outcomes:
        ours = outcome.attempts[0]
        best = {"best known": points(outcome.case.best_known, outcome.case.sign)} if known else {}
        row = {
            "instance": outcome.case.name,
            "objective": points(ours.objective, outcome.case.sign),
            "best bound": points(outcome.best_bound, outcome.case.sign),
            "gap": share(outcome.gap(ours)),
            **best,
        }
        if known:
            row["to best known"] = share(outcome.to_best_known(ours))
        rows.append(
            {
                **row,
                "0.1%": seconds_or_never(outcome.seconds_to(ours, 0.001)),
                "seconds": seconds_or_never(ours.seconds),
                "memory": f"{ours.peak_gb:.2f} GB",
                "remark": remark_on(outcome, ours),
            }
        )
    gaps = [gap for outcome in outcomes if (gap := outcome.gap(outcome.attempts[0])) is not None]
    last = dict.fromkeys(rows[0], "") | {"instance": f"**mean of {len(outcomes)}**"}
    if len(gaps) == len(outcomes):
        last["gap"] = f"**{share(statistics.mean(gaps))}** (worst {share(max(gaps))})"
    off = [far for outcome in outcomes if (far := outcome.to_best_known(outcome.attempts[0])) is not None]
    if off:
        last["to best known"] = f"**{share(statistics.mean(off))}** (worst {share(max(off))}, of {len(off)})"
    return [*rows, last]
