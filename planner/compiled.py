"""Compile ahead what is otherwise compiled at first use: ``python -m planner.compiled``, once after installing.

The loops of pricing and search are compiled when they first run, and kept beside their modules. Somebody who plans with
a time limit right after installing would lose up to half a minute of it.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from planner import load, solve
from planner.generate.project import generate

# one runs the loops of prices and search in blocks, the other those that pack books
ORGS = (("bench-soft", 3_000, 40), ("gap-d", 100, 10))
EFFORT = 0.001


def compile_ahead() -> float:
    """Solve small orgs with hardly any work; return the seconds that it took."""
    from models.stop import Stop

    began = time.perf_counter()
    for preset, customers, reps in ORGS:
        with TemporaryDirectory() as folder:
            generate(Path(folder), customers=customers, reps=reps, preset=preset)
            project = load(Path(folder))
            solve(project.org, project.policy, stop=Stop(effort=EFFORT))
    return time.perf_counter() - began


if __name__ == "__main__":
    sys.stderr.write(f"compiled in {compile_ahead():.0f} s\n")
