"""One method at work on one project, in a process of its own: ``python -m planner.bench.attempt``.

It writes what happens to a file, a line of JSON each, so that whoever waits knows how far it came even where it has to
be killed: ``loaded``, ``plan`` for each better plan, ``solved``, ``judged``; or ``refused`` and why.
"""

from __future__ import annotations

import json
import math
import os
import sys
from pathlib import Path
from typing import Any, TextIO


def main(arguments: list[str]) -> int:
    """Let a method answer: PROJECT METHOD SECONDS THREADS SEED REPORT."""
    project, method, seconds, threads, seed, report = arguments
    _confine(int(threads))  # before any library counts the cores
    with open(report, "w", encoding="utf-8") as told:
        return _attempt(Path(project), method, float(seconds), int(threads), int(seed), told)


def _attempt(project: Path, method: str, seconds: float, threads: int, seed: int, told: TextIO) -> int:
    from models.findings import InputRefused
    from planner.bench.methods import METHODS
    from planner.bench.question import Asked
    from planner.project import load

    def tell(event: str, **facts: Any) -> None:
        known = {name: fact for name, fact in facts.items() if fact is not None}
        told.write(json.dumps({"event": event, **known}) + "\n")
        told.flush()

    try:
        loaded = load(project)
    except InputRefused as refused:
        tell("refused", why=[str(finding) for finding in refused.findings if finding.severity == "error"])
        return 2
    if len(loaded.policy.stages) > 1:
        tell("refused", why=["the goals have priorities, and solvers know one objective only"])
        return 2
    solve = METHODS[method].load()
    tell("loaded", customers=loaded.org.n_customers, reps=loaded.org.n_reps)
    cpu_seconds = _cpu_seconds()
    asked = Asked(loaded.org, loaded.policy, seconds, threads, seed)
    best = math.inf

    def found(objective: float, seconds: float | None = None) -> None:
        nonlocal best
        if objective < best:
            best = objective
            tell("plan", seconds=asked.seconds_used if seconds is None else seconds, objective=objective)

    answer = solve(asked, found)
    bounds = [None if bound is None or not math.isfinite(bound) else bound for bound in _bounds(answer)]
    formulated = "formulation" in vars(asked)
    tell(
        "solved",
        seconds=asked.seconds_used,
        cpu_seconds=_cpu_seconds() - cpu_seconds,
        bound=bounds[0],
        price_bound=bounds[1],
        said=answer.said,
        planned=answer.assignment is not None,
        candidates=asked.formulation.problem.n_candidates if formulated else None,
    )
    if answer.assignment is not None:
        from models.check import judge

        judgement = judge(loaded.org, loaded.policy, answer.assignment)
        broken = [violation.message for violation in judgement.violations]
        tell("judged", objective=judgement.objective, broken=len(broken), first=broken[0] if broken else None)
    return 0


def _bounds(answer: Any) -> tuple[float | None, float | None]:
    return answer.bound, answer.price_bound


def _confine(threads: int) -> None:
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:threads])


def _cpu_seconds() -> float:
    """Return the processor seconds of this process and of those children that have ended."""
    used = os.times()
    return used.user + used.system + used.children_user + used.children_system


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
