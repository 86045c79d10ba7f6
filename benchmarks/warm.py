"""Planning again after a small change: one rep leaves, and the plan of before is at hand (`planner plan --warm`)."""

from __future__ import annotations

import json
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.orgs import planner
from planner.bench.instance import orgs
from planner.bench.watch import watched

SIZES = ("1000x40", "M", "L")
SEEDS = (1, 2, 3)

_LEAVER = "scenarios:\n  one leaves: {reps: {leave: [R00000]}}\n"


@dataclass(frozen=True)
class Replanned:
    """A first plan, and the plan after one rep has left: from nothing, and from the first plan.

    Each is (wall seconds of the command, what plan.json says).
    """

    org: str
    seed: int
    first: tuple[float, dict[str, Any]]
    cold: tuple[float, dict[str, Any]]
    warm: tuple[float, dict[str, Any]]


def possible() -> bool:
    """Tell whether this version plans from an earlier run."""
    told = subprocess.run([*planner("plan"), "--help"], capture_output=True, text=True, check=False)
    return "--warm" in told.stdout


def measure_all(sizes: Sequence[str], seeds: Sequence[int], tell: Callable[[str], None]) -> Iterator[Replanned]:
    """Plan each org, then again without its first rep, by counted work: no time limit decides."""
    for case in orgs(sizes, ["soft"], seeds):
        tell(case.name)
        with tempfile.TemporaryDirectory(prefix="planner-warm-") as made:
            project = case.make(Path(made) / "project")
            with (project / "planner.yaml").open("a", encoding="utf-8") as policy:
                policy.write(_LEAVER)
            first = _planned(project, Path(made) / "first")
            changed = ("--scenario", "one leaves")
            cold = _planned(project, Path(made) / "cold", *changed)
            warm = _planned(project, Path(made) / "warm", *changed, "--warm", str(Path(made) / "first"))
        yield Replanned(case.family, case.seed, first, cold, warm)


def rows(runs: Sequence[Replanned]) -> list[dict[str, str]]:
    """Return one table row per run."""
    return [
        {
            "org": run.org,
            "seed": str(run.seed),
            "first plan": _seconds(run.first),
            "one rep leaves, anew": _seconds(run.cold),
            "one rep leaves, warm": _seconds(run.warm),
            "part of the first": _part(run.warm, run.first),
            "objective anew": _points(run.cold),
            "objective warm": _points(run.warm),
        }
        for run in runs
    ]


def _planned(project: Path, out: Path, *more: str) -> tuple[float, dict[str, Any]]:
    process = watched([*planner("plan"), str(project), "--out", str(out), "--quiet", *more])
    written = out / "plan.json"
    return process.seconds, json.loads(written.read_text(encoding="utf-8")) if written.exists() else {}


def _seconds(run: tuple[float, dict[str, Any]]) -> str:
    return f"{run[0]:.1f} s" if run[1] else "no plan"


def _part(run: tuple[float, dict[str, Any]], of: tuple[float, dict[str, Any]]) -> str:
    return f"{100 * run[0] / of[0]:.0f}%" if run[1] and of[1] else "–"


def _points(run: tuple[float, dict[str, Any]]) -> str:
    value = run[1].get("objective")
    return "–" if value is None else f"{value:,.2f}"
