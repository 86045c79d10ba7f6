"""All methods on one case, one after the other, each in a process of its own, and what they compare to."""

from __future__ import annotations

import json
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from models.findings import Finding, InputRefused
from planner.bench.instance import Case
from planner.bench.methods import METHODS
from planner.bench.watch import Watched, watched

LEAST_GRACE_SECONDS = 30.0
GRACE = 0.5
"""How far a method may overrun, as a part of its time, before it is killed."""
MEMORY_SHARE = 0.9
"""Of the memory that is free when a method begins, how much it may use before it is killed."""
ROUNDING = 1e-3
"""By how much of its objective a solver's own figure may lie beside what the checker computes."""


@dataclass(frozen=True)
class Attempt:
    """What one method did.

    Attributes
    ----------
    status : str
        ``plan``, ``bound`` (from a method that makes no plan), ``no plan``, ``breaks rules`` (as the checker judged),
        ``killed`` or ``failed``.
    objective : float or None
        As the checker computed it; None without a plan that keeps every rule.
    bound, price_bound : float or None
        The best bound the method claims, and one that its multipliers prove.
    seconds, cpu_seconds : float or None
        From the loaded tables to the answer.
    peak_gb : float
        Memory of the whole process, tables included.
    trace : tuple of (seconds, objective)
        Better plans on the way; empty where the method does not tell.
    """

    method: str
    status: str
    said: str
    objective: float | None
    bound: float | None
    price_bound: float | None
    seconds: float | None
    cpu_seconds: float | None
    peak_gb: float
    trace: tuple[tuple[float, float], ...] = ()
    candidates: int | None = None
    customers: int | None = None
    reps: int | None = None


@dataclass(frozen=True)
class Outcome:
    """All attempts at a case, and the comparison of them."""

    case: Case
    attempts: tuple[Attempt, ...]

    @cached_property
    def best_objective(self) -> float | None:
        """The least objective of any plan that passed the checker."""
        return min((one.objective for one in self.attempts if one.objective is not None), default=None)

    @cached_property
    def best_bound(self) -> float | None:
        """The largest bound of any method that no plan disproves, at most the best objective."""
        bounds = [one.bound for one in self.attempts if one.bound is not None and not self.disproved(one)]
        if not bounds:
            return None
        return max(bounds) if self.best_objective is None else min(max(bounds), self.best_objective)

    @property
    def candidates(self) -> int | None:
        """Number of candidates of the case, as any method counted them."""
        return next((one.candidates for one in self.attempts if one.candidates is not None), None)

    def disproved(self, one: Attempt) -> bool:
        """Tell whether a plan of somebody is better than this method claims to be possible."""
        if one.bound is None or self.best_objective is None:
            return False
        return one.bound > self.best_objective + 1e-6 * max(1.0, abs(self.best_objective))

    def gap(self, one: Attempt) -> float | None:
        """Return how far a plan is from the best bound, a fraction of its objective; None without both."""
        return None if one.objective is None else self._gap_of(one.objective)

    def to_best_known(self, one: Attempt) -> float | None:
        """Return how far a plan is above the best known value, a fraction of that; None without both."""
        known = self.case.best_known
        return None if one.objective is None or known is None else (one.objective - known) / max(abs(known), 1e-9)

    def seconds_to(self, one: Attempt, share: float) -> float | None:
        """Return when a method first had a plan so near to the best bound; None where it never had."""
        if one.objective is None or one.seconds is None:
            return None
        for seconds, objective in (*one.trace, (one.seconds, one.objective)):
            gap = self._gap_of(objective)
            if gap is not None and gap <= share:
                return min(seconds, one.seconds)
        return None

    def _gap_of(self, objective: float) -> float | None:
        if self.best_bound is None:
            return None
        return max(0.0, objective - self.best_bound) / max(abs(objective), 1e-9)


def compete(
    case: Case,
    methods: Sequence[str],
    *,
    seconds: float,
    threads: int,
    tell: Callable[[str], None] = lambda text: None,
) -> Outcome:
    """Let every method solve a case.

    Parameters
    ----------
    seconds
        For each method, from the loaded tables on; one that overruns by more than :data:`GRACE` is killed.
    threads
        Processor cores that each may use, of which some use one only.
    tell
        Called with what is being done.

    Raises
    ------
    InputRefused
        When the case cannot be made or read, or has goals by priority, for which solvers have no word.
    """
    with tempfile.TemporaryDirectory(prefix="planner-bench-") as made:
        tell(f"{case.name}: writing the tables")
        project = case.make(Path(made) / "project")
        attempts = []
        for method in methods:
            tell(f"{case.name}: {METHODS[method].label}")
            attempts.append(_attempt(project, method, case.seed, seconds, threads, Path(made)))
    return Outcome(case, tuple(attempts))


def _attempt(project: Path, method: str, seed: int, seconds: float, threads: int, made: Path) -> Attempt:
    report, errors = made / "report", made / "errors"
    report.unlink(missing_ok=True)
    deadline = _Deadline(report, seconds + max(LEAST_GRACE_SECONDS, GRACE * seconds))
    asked = (str(project), method, f"{seconds:g}", str(threads), str(seed), str(report))
    process = watched(
        [sys.executable, "-m", "planner.bench.attempt", *asked],
        late=deadline.passed,
        most_gb=_free_gb(),
        errors=errors,
    )
    return _read(method, process, _events(report), errors)


class _Deadline:
    """Passes so many seconds after the tables are loaded, unless the method has answered by then."""

    def __init__(self, report: Path, seconds: float) -> None:
        self._report, self._seconds = report, seconds
        self._loaded: float | None = None

    def passed(self) -> bool:
        if self._loaded is None:
            if self._report.exists() and self._report.stat().st_size:
                self._loaded = time.monotonic()
            return False
        if time.monotonic() - self._loaded < self._seconds:
            return False
        return not any(event["event"] == "solved" for event in _events(self._report))


def _events(report: Path) -> list[dict[str, Any]]:
    if not report.exists():
        return []
    lines = report.read_text(encoding="utf-8").splitlines(keepends=True)
    return [json.loads(line) for line in lines if line.endswith("\n")]


def _read(method: str, process: Watched, events: Iterable[dict[str, Any]], errors: Path) -> Attempt:
    facts: dict[str, dict[str, Any]] = {}
    trace = []
    for event in events:
        facts[event["event"]] = event
        if event["event"] == "plan":
            trace.append((float(event["seconds"]), float(event["objective"])))
    if "refused" in facts:
        raise InputRefused(
            [
                Finding("TP198", "The methods cannot be compared on this project", found=why, hint="Try planner check")
                for why in facts["refused"]["why"]
            ]
        )
    loaded, solved, judged = facts.get("loaded", {}), facts.get("solved", {}), facts.get("judged", {})
    status, said = _status(method, process, solved, judged, errors)
    if "objective" in judged:  # a plan better than the last one never was: a solver's own rounding
        last = float(judged["objective"])
        trace = [(seconds, value) for seconds, value in trace if value >= last - ROUNDING * max(1.0, abs(last))]
    return Attempt(
        method=method,
        status=status,
        said=said,
        objective=judged.get("objective") if status == "plan" else None,
        bound=solved.get("bound"),
        price_bound=solved.get("price_bound"),
        seconds=solved.get("seconds"),
        cpu_seconds=solved.get("cpu_seconds"),
        peak_gb=process.peak_gb,
        trace=tuple(sorted(trace)),
        candidates=solved.get("candidates"),
        customers=loaded.get("customers"),
        reps=loaded.get("reps"),
    )


def _status(
    method: str, process: Watched, solved: dict[str, Any], judged: dict[str, Any], errors: Path
) -> tuple[str, str]:
    said = str(solved.get("said", ""))
    if judged:
        if judged["broken"]:
            return "breaks rules", f"{judged['broken']:,} broken, the first: {judged['first']}"
        return "plan", said
    if process.killed_for == "memory":
        return "killed", f"needed more than the {process.peak_gb:.1f} GB that were free"
    if process.killed_for:
        return "killed", f"did not stop, killed after {process.seconds:.0f} s"
    if not solved or process.exit_code != 0:
        return "failed", _last_words(errors) or f"exit code {process.exit_code}"
    if METHODS[method].bound_only:
        return "bound", said
    return "no plan", said


def _last_words(errors: Path) -> str:
    lines = errors.read_text(encoding="utf-8", errors="replace").split("\n") if errors.exists() else []
    return next((line.strip() for line in reversed(lines) if line.strip()), "")


def _free_gb() -> float | None:
    """Return what memory a method may use, None where the system does not tell what is free."""
    about = Path("/proc/meminfo")
    if not about.exists():
        return None
    for line in about.read_text(encoding="ascii").splitlines():
        if line.startswith("MemAvailable:"):
            return MEMORY_SHARE * float(line.split()[1]) / 2**20
    return None


def cores() -> int:
    """Return how many processor cores there are for this process."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@dataclass(frozen=True)
class Summary:
    """A method on all cases of a family: medians over the seeds where it has plans, and in how many it had.

    ``gaps`` holds the gap of each case that has one, in the order of the seeds.
    """

    family: str
    method: str
    cases: int
    plans: int
    objective: float | None
    bound: float | None
    gaps: tuple[float, ...]
    to_one_percent: float | None
    to_a_tenth: float | None
    seconds: float | None
    cpu_seconds: float | None
    peak_gb: float

    @property
    def gap(self) -> float | None:
        """The median gap, None where some case has no plan."""
        return statistics.median(self.gaps) if len(self.gaps) == self.cases else None


def summed_up(outcomes: Sequence[Outcome]) -> list[Summary]:
    """Return one summary per family and method. A median of seconds to a gap exists where all cases reached it."""
    summaries = []
    for family in dict.fromkeys(outcome.case.family for outcome in outcomes):
        alike = [outcome for outcome in outcomes if outcome.case.family == family]
        for method in dict.fromkeys(one.method for outcome in alike for one in outcome.attempts):
            pairs = [(outcome, one) for outcome in alike for one in outcome.attempts if one.method == method]
            summaries.append(
                Summary(
                    family=family,
                    method=method,
                    cases=len(pairs),
                    plans=sum(one.objective is not None for _, one in pairs),
                    objective=_median([one.objective for _, one in pairs]),
                    bound=_median([one.bound for _, one in pairs]),
                    gaps=tuple(gap for outcome, one in pairs if (gap := outcome.gap(one)) is not None),
                    to_one_percent=_median([outcome.seconds_to(one, 0.01) for outcome, one in pairs]),
                    to_a_tenth=_median([outcome.seconds_to(one, 0.001) for outcome, one in pairs]),
                    seconds=_median([one.seconds for _, one in pairs]),
                    cpu_seconds=_median([one.cpu_seconds for _, one in pairs]),
                    peak_gb=max(one.peak_gb for _, one in pairs),
                )
            )
    return summaries


def _median(values: Sequence[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return statistics.median(known) if known and len(known) == len(values) else None
