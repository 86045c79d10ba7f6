"""Branch and bound on a stage: one mixed-integer program, solved beside a watch for Ctrl-C."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable
from typing import Literal

import numpy as np

from models.engines.incumbent import Incumbent
from models.engines.mip import Answer, Effort, Solver, SolverFailed, solve_program
from models.engines.prices import Prices
from models.engines.program import program
from models.org import BoolArray, IntArray
from models.stop import Stop

TreeSolver = Solver | Literal["cbc"]
NAMES: dict[str, str] = {"highs": "HiGHS tree", "scip": "SCIP tree", "cpsat": "CP-SAT tree", "cbc": "CBC tree"}
NODES_AT_1000_CANDIDATES = 12_000
MOST_NODES = 1_000_000_000  # solvers count in 32 bits
LEAST_GRACE, GRACE = 5.0, 0.1
LITTLE_GRACE = 0.2
"""Part of the grace that a solver has where a plan is at hand."""
EARLY = 1.0
"""Seconds before the limit at which a solver is asked to end where a plan is at hand."""
SAFE = 1e-6
"""How far above the gap, relative to the objective, a candidate's reduced cost must be before it is left out."""


def worth_keeping(best: Incumbent, prices: Prices | None) -> BoolArray | None:
    """Flag the candidates that may be in a better plan than the incumbent, shape (candidates,); None for all.

    A plan with a candidate costs at least the bound of the prices plus that candidate's reduced cost, so one whose
    reduced cost is above the gap is in no better plan.
    """
    if prices is None or best.choice is None or best.value is None:
        return None
    keep = prices.reduced <= best.value - prices.bound + SAFE * max(1.0, abs(best.value))
    keep[best.choice] = True
    return np.asarray(keep)


def branch_and_bound(
    best: Incumbent,
    solver: TreeSolver,
    stop: Stop,
    seed: int,
    *,
    keep: BoolArray | None = None,
    start_from_best: bool = False,
    meanwhile: Callable[[Callable[[], bool]], None] | None = None,
) -> Answer | None:
    """Prove how good the incumbent is, and improve it; None when interrupted or overdue (its work is then lost).

    Parameters
    ----------
    keep
        Candidates that may be in a better plan (see :func:`worth_keeping`): the tree's bound then holds up to the
        incumbent's value.
    start_from_best
        Give the incumbent to the solver, which then spends little on plans of its own.
    meanwhile
        Run beside the tree; called with a function that tells when the tree has proven all it could be asked. What it
        finds must not be told to ``best``: which of two plans of the same value came first would depend on the clock.
    """
    from models.engines.second_opinion import solve_with_cbc

    task = best.task
    size = max(task.problem.n_candidates if keep is None else int(keep.sum()), 1)
    nodes = min(max(1, int(NODES_AT_1000_CANDIDATES * stop.effort * (1000 / size) ** 2)), MOST_NODES)
    limit = None if stop.time_limit is not None else nodes
    seconds = stop.seconds_left
    if seconds is not None and best.choice is not None:
        seconds = max(seconds - EARLY, seconds / 2.0)
    effort = Effort(seconds, limit, stop.gap, seed, bound_only=start_from_best)
    written = program(task, keep)
    hinted = best.choice is not None and (start_from_best or solver == "cpsat")
    hint = written.hint(task.problem, best.choice) if hinted and best.choice is not None else None
    answers: list[Answer] = []
    failures: list[BaseException] = []

    def work() -> None:
        try:
            if solver == "cbc":
                answers.append(solve_with_cbc(written, effort))
            else:
                answers.append(solve_program(written, solver, effort, hint))
        except SolverFailed:
            # numbers that no solver can bear leave the plan of the search, or none, with the bound of the prices
            answers.append(Answer("unknown", None, -np.inf))
        except BaseException as failure:
            failures.append(failure)

    incumbent = best.value
    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    if meanwhile is not None:
        meanwhile(lambda: bool(failures) or any(answer.state in ("optimal", "infeasible") for answer in answers))
    grace = LITTLE_GRACE if incumbent is not None else 1.0
    while thread.is_alive() and not stop.interrupted.is_set() and not _overdue(stop, grace):
        thread.join(0.1 if size > 5_000 else 0.02)
    if failures:
        raise failures[0]
    if not answers:
        return None
    answer = answers[0]
    if answer.values is not None:
        best.offer(written.choice(answer.values))
    if answer.state == "infeasible":
        if keep is not None and incumbent is not None:
            best.prove(incumbent, NAMES[solver])
    else:
        best.prove(answer.bound if incumbent is None or keep is None else min(answer.bound, incumbent), NAMES[solver])
    return answer


def _overdue(stop: Stop, part: float) -> bool:
    """Tell whether a solver has had its time and a good deal more, or a part of that.

    Some look at the clock only now and then.
    """
    return stop.time_limit is not None and stop.seconds_used > stop.time_limit + part * max(
        LEAST_GRACE, GRACE * stop.time_limit
    )


def solve_core(
    best: Incumbent,
    keep: BoolArray,
    seconds: float | None,
    nodes: int | None,
    seed: int,
    ended: Callable[[], bool],
) -> IntArray | None:
    """Solve the stage over its most promising candidates, from the incumbent; None when ended or nothing was found."""
    if best.choice is None:
        return None
    keep = keep.copy()
    keep[best.choice] = True
    written = program(best.task, keep)
    hint = written.hint(best.task.problem, best.choice)
    answers: list[Answer] = []

    def work() -> None:
        with contextlib.suppress(SolverFailed):
            answers.append(solve_program(written, "highs", Effort(seconds, nodes, seed=seed), hint))

    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    while thread.is_alive() and not ended():
        thread.join(0.02)
    if not answers or answers[0].values is None:
        return None
    return written.choice(answers[0].values)
