"""Synthetic orgs through the command people use, each in a process of its own, so that time and memory are its own."""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from planner.bench.instance import SIZES, orgs
from planner.bench.watch import watched

SEEDS = (1, 2, 3)
TIME_LIMITS = {"S": 26.0, "1000x40": 54.0, "M": 25.0, "L": 75.0, "XL": 450.0}
"""Seconds for the solve, so that the whole command, reading, checking and writing included, keeps within the bar."""

VARIANTS = ("capacity", "budget", "three", "families")
VARIANT_TIME_LIMIT = 54.0

CURVE = ("M", "15000x200", "L", "200000x1500", "XL")
CURVE_GAP = 0.01
"""Until no plan can be better by more than this: work that means the same at every size."""
CURVE_TIME_LIMIT = 1_200.0


@dataclass(frozen=True)
class Measured:
    """One run of `planner plan`: what it says in plan.json, and what it took.

    ``seconds`` is wall time from start to end of the process, reading and writing included; ``candidates`` is what
    `planner check` counts.
    """

    org: str
    seed: int
    exit_code: int
    seconds: float
    cpu_seconds: float
    peak_gb: float
    candidates: int
    plan: Mapping[str, Any]

    def share(self, name: str) -> float:
        """Return one of the plan's fractions (a gap), infinite where there is none."""
        value = self.plan.get(name)
        return float("inf") if value is None else float(value)


def measure_all(
    sizes: Sequence[str],
    variants: Sequence[str],
    seeds: Sequence[int],
    time_limit_seconds: Callable[[str], float],
    tell: Callable[[str], None],
    gap: float | None = None,
) -> Iterator[Measured]:
    """Plan each size in each variant from each seed with `planner plan`, until ``gap`` where there is one."""
    for size in sizes:
        for case in orgs([size], variants, seeds):
            tell(case.name)
            with tempfile.TemporaryDirectory(prefix="planner-bench-") as made:
                project = case.make(Path(made) / "project")
                run = Path(made) / "run"
                limits = ["--seed", str(case.seed), "--time-limit", f"{time_limit_seconds(size):g}"]
                limits += [] if gap is None else ["--gap", f"{gap:g}"]
                process = watched([*planner("plan"), str(project), "--out", str(run), "--quiet", *limits])
                written = run / "plan.json"
                plan = json.loads(written.read_text(encoding="utf-8")) if written.exists() else {}
                checked = subprocess.run(
                    [*planner("check"), str(project), "--quiet", "--json"], capture_output=True, check=False
                )
                about = json.loads(checked.stdout or b"{}")
            yield Measured(
                org=case.family,
                seed=case.seed,
                exit_code=process.exit_code,
                seconds=process.seconds,
                cpu_seconds=process.cpu_seconds,
                peak_gb=process.peak_gb,
                candidates=int(about.get("candidates", 0)),
                plan=plan,
            )


def planner(command: str) -> list[str]:
    """Return how a command of the planner is started as a process."""
    return [sys.executable, "-c", "from planner.commands import main; main()", command]


def limit_of(size: str) -> float:
    """Return the seconds that a size has for its solve; sizes without a name have a minute's."""
    return TIME_LIMITS.get(size if size in SIZES else size.upper(), VARIANT_TIME_LIMIT)


def rows(runs: Sequence[Measured]) -> list[dict[str, str]]:
    """Return one table row per run, and one with the medians of each org."""
    lines: list[dict[str, str]] = []
    for org, alike in _by_org(runs):
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
                "CPU seconds": f"**{statistics.median(run.cpu_seconds for run in alike):.1f}**",
                "memory": f"**{statistics.median(run.peak_gb for run in alike):.2f} GB**",
                "bound by": "",
            }
        )
    return lines


def curve_rows(runs: Sequence[Measured]) -> list[dict[str, str]]:
    """Return how cost grows with the number of candidates: medians of each org, one table row each."""
    lines = []
    for org, alike in _by_org([run for run in runs if run.candidates]):
        candidates = statistics.median(run.candidates for run in alike)
        millions = candidates / 1e6
        lines.append(
            {
                "org": org,
                "candidates": f"{candidates:,.0f}",
                "seconds": f"{statistics.median(run.seconds for run in alike):.1f}",
                "CPU seconds": f"{statistics.median(run.cpu_seconds for run in alike):.1f}",
                "seconds per million": f"{statistics.median(run.seconds for run in alike) / millions:.1f}",
                "CPU seconds per million": f"{statistics.median(run.cpu_seconds for run in alike) / millions:.1f}",
                "GB per million": f"{statistics.median(run.peak_gb for run in alike) / millions:.2f}",
                "certified gap": _percent(statistics.median(run.share("certified_gap") for run in alike)),
                "stopped by": ", ".join(sorted({str(run.plan.get("stopped_by", "no plan")) for run in alike})),
            }
        )
    return lines


def _by_org(runs: Sequence[Measured]) -> Iterator[tuple[str, list[Measured]]]:
    for org in dict.fromkeys(run.org for run in runs):
        yield org, [run for run in runs if run.org == org]


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
        "CPU seconds": f"{run.cpu_seconds:.1f}",
        "memory": f"{run.peak_gb:.2f} GB",
        "bound by": str(plan.get("bound_by") or ""),
    }


def _points(value: float | None) -> str:
    return "–" if value is None else f"{value:,.2f}"


def _percent(share: float) -> str:
    return "–" if share == float("inf") else f"{100 * share:.2f}%"
