"""Synthetic orgs through the command people use, each in a process of its own, so that time and memory are its own."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from planner.generate import generate

SUITE = (("bench-soft", 300, 15), ("bench-soft", 1000, 40))
SEEDS = (1, 2, 3)
TIME_LIMIT_SECONDS = 54.0


@dataclass(frozen=True)
class Measured:
    """One run of `planner plan`: what it says in plan.json, and what it took.

    ``seconds`` is wall time from start to end of the process, reading and writing included.
    """

    preset: str
    customers: int
    reps: int
    seed: int
    exit_code: int
    seconds: float
    peak_gb: float
    plan: Mapping[str, Any]

    def share(self, name: str) -> float:
        """Return one of the plan's fractions (a gap), infinite where there is none."""
        value = self.plan.get(name)
        return float("inf") if value is None else float(value)


def measure(preset: str, customers: int, reps: int, seed: int, time_limit_seconds: float) -> Measured:
    """Make an org, plan it with `planner plan`, and return what came out."""
    with tempfile.TemporaryDirectory(prefix="planner-bench-") as made:
        project, run = Path(made) / "project", Path(made) / "run"
        generate(project, customers=customers, reps=reps, seed=seed, preset=preset, parquet=customers > 20_000)
        asked = ["plan", str(project), "--out", str(run), "--quiet", "--time-limit", f"{time_limit_seconds:g}"]
        code, seconds, peak_gb = _timed([sys.executable, "-c", "from planner.commands import main; main()", *asked])
        written = run / "plan.json"
        plan = json.loads(written.read_text(encoding="utf-8")) if written.exists() else {}
    return Measured(preset, customers, reps, seed, code, seconds, peak_gb, plan)


def _timed(command: Sequence[str]) -> tuple[int, float, float]:
    """Run a command; return exit code, wall seconds and peak memory in GB (Linux)."""
    began = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - began
    process.returncode = os.waitstatus_to_exitcode(status)
    return process.returncode, seconds, usage.ru_maxrss / 2**20


def rows(runs: Sequence[Measured]) -> list[dict[str, str]]:
    """Return one table row per run, and one with the medians of each size."""
    lines: list[dict[str, str]] = []
    sizes = list(dict.fromkeys((run.preset, run.customers, run.reps) for run in runs))
    for size in sizes:
        alike = [run for run in runs if (run.preset, run.customers, run.reps) == size]
        org = f"{size[0]} {size[1]:,} × {size[2]:,}"
        lines += [_row(org, run) for run in alike]
        lines.append(
            {
                "org": f"**{org}**",
                "seed": "**median**",
                "status": "",
                "objective": "",
                "bound": "",
                "gap": f"**{_percent(statistics.median(run.share('gap') for run in alike))}**",
                "certified gap": f"**{_percent(statistics.median(run.share('certified_gap') for run in alike))}**",
                "seconds": f"**{statistics.median(run.seconds for run in alike):.1f}**",
                "memory": f"**{statistics.median(run.peak_gb for run in alike):.2f} GB**",
                "bound by": "",
            }
        )
    return lines


def _row(org: str, run: Measured) -> dict[str, str]:
    plan = run.plan
    return {
        "org": org,
        "seed": str(run.seed),
        "status": str(plan.get("status", f"exit {run.exit_code}")),
        "objective": _points(plan.get("objective")),
        "bound": _points(plan.get("bound")),
        "gap": _percent(run.share("gap")),
        "certified gap": _percent(run.share("certified_gap")),
        "seconds": f"{run.seconds:.1f}",
        "memory": f"{run.peak_gb:.2f} GB",
        "bound by": str(plan.get("bound_by") or ""),
    }


def _points(value: float | None) -> str:
    return "–" if value is None else f"{value:,.2f}"


def _percent(share: float) -> str:
    return "–" if share == float("inf") else f"{100 * share:.2f} %"
