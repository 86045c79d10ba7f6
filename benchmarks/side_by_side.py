"""Methods side by side, as a table: what `planner bench` shows on a screen, summed up over the seeds."""

from __future__ import annotations

from collections.abc import Sequence

from planner.bench.contest import Outcome, Summary, summed_up
from planner.bench.methods import METHODS
from planner.screens.bench import NEVER, points, remark_on, seconds_or_never, share

SIZES = ("S", "1000x40", "M")
SEEDS = (1, 2, 3)
TIME_LIMIT_SECONDS = 30.0


def rows(outcomes: Sequence[Outcome]) -> list[dict[str, str]]:
    """Return one table row per family and method: medians over the seeds, with the range of the gap."""
    return [
        {
            "org": one.family,
            "method": f"**{METHODS[one.method].label}**" if one.method == "auto" else METHODS[one.method].label,
            "plans": NEVER if METHODS[one.method].bound_only else f"{one.plans} of {one.cases}",
            "objective": points(one.objective),
            "bound": points(one.bound),
            "gap": _gap(one),
            "to 1%": seconds_or_never(one.to_one_percent),
            "to 0.1%": seconds_or_never(one.to_a_tenth),
            "seconds": seconds_or_never(one.seconds),
            "CPU seconds": seconds_or_never(one.cpu_seconds),
            "memory": f"{one.peak_gb:.2f} GB",
        }
        for one in summed_up(outcomes)
    ]


def remarks(outcomes: Sequence[Outcome]) -> list[str]:
    """Return what the figures do not say, one line for each method and case of which there is something to say."""
    return [
        f"- {outcome.case.name}, {METHODS[one.method].label}: {remark}"
        for outcome in outcomes
        for one in outcome.attempts
        if (remark := remark_on(outcome, one))
    ]


def _gap(one: Summary) -> str:
    if not one.gaps:
        return NEVER
    between = f"{share(min(one.gaps))} to {share(max(one.gaps))}" if len(one.gaps) > 1 else ""
    if one.gap is None:
        return f"{NEVER} ({between or share(one.gaps[0])} where there is a plan)"
    return f"{share(one.gap)} ({between})" if between else share(one.gap)
