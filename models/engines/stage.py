"""One stage solved: which engines look at it, in which order, and what they prove together."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np

from models.engines.mip import Answer, Effort, Solver, SolverFailed, solve_program
from models.engines.prices import Prices, find_prices
from models.engines.program import StageTask, program
from models.engines.search import Pace, greedy, search
from models.engines.shortlist import shortlist
from models.org import IntArray
from models.plan import is_optimal
from models.problem import evaluate
from models.stop import Stop

EngineName = Literal["auto", "highs", "scip", "cpsat", "cbc"]
ENGINES: tuple[EngineName, ...] = ("auto", "highs", "scip", "cpsat", "cbc")

# Measured crossovers (benchmarks/RESULTS.md): up to TINY candidates HiGHS is done before a search has begun; up to
# DIRECT its own heuristics are better than a start from the search, which is only kept in reserve; beyond TREE its
# root no longer pays for itself.
TINY_CANDIDATES = 600
DIRECT_CANDIDATES = 6_000
TREE_CANDIDATES = 60_000
NODES_AT_1000_CANDIDATES = 12_000
MOST_NODES = 1_000_000_000  # solvers count in 32 bits
SHORTLIST_PER_UNIT = 4
PROPOSALS_PER_UNIT = 15_000
MOST_PROPOSALS = 200_000_000
LEAST_PROPOSALS = 2_000_000

TREE_NAMES = {"highs": "HiGHS tree", "scip": "SCIP tree", "cpsat": "CP-SAT tree", "cbc": "CBC tree"}


@dataclass(frozen=True)
class StageOutcome:
    """What the engines found in one stage.

    ``state`` is ``optimal``, ``feasible``, ``infeasible`` (proven by ``bound_by``) or ``unknown``.
    """

    state: Literal["optimal", "feasible", "infeasible", "unknown"]
    choice: IntArray | None
    value: float | None
    bound: float
    bound_by: str
    prices: Prices | None
    stopped_by: str
    engine: str
    reason: str


Report = Callable[[str, float | None, float | None], None]


def solve_stage(
    task: StageTask, engine: EngineName, stop: Stop, seed: int, report: Report, start: IntArray | None = None
) -> StageOutcome:
    """Minimise one stage.

    Parameters
    ----------
    start
        A choice that keeps every row and cap (an earlier stage's plan), shape (units,), or None.
    report
        Called with what is being done, the best objective and the best bound so far.
    """
    best = _Best(task, start)
    size = task.problem.n_candidates
    report("pricing", best.value, None)
    prices = find_prices(task, _share(stop, 0.3), lambda: stop.reason is not None)
    if prices is not None:
        best.bound, best.bound_by = prices.bound, "prices"
    searched = engine == "auto" and size > TINY_CANDIDATES
    if searched and stop.reason is None:
        report("searching", best.value, best.bound)
        _search(task, best, prices, stop, seed)
    reason = _reason(engine, size)
    wants_tree = engine != "auto" or size <= TREE_CANDIDATES or best.choice is None
    answer: Answer | None = None
    if wants_tree and stop.reason is None and not best.proven(stop.gap):
        solver: Solver | Literal["cbc"] = "highs" if engine == "auto" else engine
        report(f"proving with {TREE_NAMES[solver].split()[0]}", best.value, best.bound)
        answer = _tree(task, best, solver, stop, seed, quiet=searched and size > DIRECT_CANDIDATES)
        if answer is not None:
            best.hear(answer, TREE_NAMES[solver])
    if answer is not None and answer.state == "infeasible" and best.choice is None:
        return StageOutcome("infeasible", None, None, np.inf, best.tree, prices, "proof", engine, reason)
    out_of_time = "time limit" if best.hurried else "work"
    stopped_by = stop.reason or ("gap" if best.proven(stop.gap) else out_of_time)
    if best.choice is None:
        return StageOutcome("unknown", None, None, best.bound, best.bound_by, prices, stopped_by, engine, reason)
    assert best.value is not None
    # the solver's own tolerance may put a proven bound a hair above the value
    bound = min(best.bound, best.value)
    optimal = is_optimal(best.value, bound)
    return StageOutcome(
        "optimal" if optimal else "feasible",
        best.choice,
        best.value,
        bound,
        best.bound_by,
        prices,
        "proof" if optimal else stopped_by,
        engine,
        reason,
    )


class _Best:
    """The best choice and the best bound so far."""

    def __init__(self, task: StageTask, start: IntArray | None) -> None:
        self.task = task
        self.choice: IntArray | None = None
        self.value: float | None = None
        self.bound, self.bound_by, self.tree = -np.inf, "none", ""
        self.hurried = False
        if start is not None:
            self.offer(start)

    def offer(self, choice: IntArray) -> None:
        valuation = evaluate(self.task.problem, choice)
        value = valuation.value(self.task.weights)
        if self.task.allows(valuation) and (self.value is None or value < self.value):
            self.choice, self.value = choice, value

    def hear(self, answer: Answer, name: str) -> None:
        self.tree = name
        if answer.bound > self.bound and answer.state != "infeasible":
            self.bound, self.bound_by = answer.bound, name

    def proven(self, gap: float) -> bool:
        if self.value is None:
            return False
        return is_optimal(self.value, self.bound) or self.value - self.bound <= gap * max(abs(self.value), 1e-9)


def _share(stop: Stop, share: float) -> float | None:
    return None if stop.seconds_left is None else stop.seconds_left * share


def _reason(engine: EngineName, size: int) -> str:
    if engine != "auto":
        return f"{engine} was asked for"
    if size <= DIRECT_CANDIDATES:
        return f"{size:,} candidates: HiGHS alone proves the optimum"
    if size <= TREE_CANDIDATES:
        return f"{size:,} candidates: prices and search find the plan, HiGHS proves how good it is"
    return f"{size:,} candidates: prices prove the bound, search in the shortlist finds the plan"


def _search(task: StageTask, best: _Best, prices: Prices | None, stop: Stop, seed: int) -> None:
    """Search the shortlist of promising candidates, and all of them when that breaks a hard row."""
    problem = task.problem
    proposals = int(np.clip(PROPOSALS_PER_UNIT * problem.n_units * stop.effort, LEAST_PROPOSALS, MOST_PROPOSALS))
    if problem.n_candidates <= DIRECT_CANDIDATES:
        proposals = LEAST_PROPOSALS // 4
    pace: Pace | None = None
    if stop.seconds_left is not None:
        pace = Pace(stop, 0.4 if problem.n_candidates <= TREE_CANDIDATES else 0.85)
    keep = np.ones(problem.n_candidates, dtype=bool)
    if prices is not None:
        most = min(SHORTLIST_PER_UNIT * problem.n_units, problem.n_candidates - 1)
        keep = prices.reduced <= np.partition(prices.reduced, most)[most]
        if best.choice is not None:
            keep[best.choice] = True
    short = shortlist(problem, keep)
    small = StageTask(short.problem, task.weights, task.caps)
    priced = None if prices is None else prices.reduced[short.kept]
    first = short.narrowed(best.choice) if best.choice is not None else greedy(small, priced)
    found = search(small, first, proposals=proposals, seed=seed, stop=stop.interrupted, pace=pace)
    best.offer(short.widened(found))
    if best.choice is None and stop.reason is None:
        best.offer(search(task, greedy(task), proposals=proposals, seed=seed, stop=stop.interrupted, pace=pace))
    best.hurried = pace is not None and pace.hurried


def _tree(
    task: StageTask, best: _Best, solver: Solver | Literal["cbc"], stop: Stop, seed: int, quiet: bool
) -> Answer | None:
    """Run branch and bound beside a watch for Ctrl-C; None when it was interrupted (its work is then lost)."""
    from models.engines.second_opinion import solve_with_cbc

    size = max(task.problem.n_candidates, 1)
    nodes = min(max(1, int(NODES_AT_1000_CANDIDATES * stop.effort * (1000 / size) ** 2)), MOST_NODES)
    effort = Effort(stop.seconds_left, None if stop.time_limit is not None else nodes, stop.gap, seed, quiet)
    written = program(task)
    hinted = best.choice is not None and (quiet or solver == "cpsat")
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

    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    while thread.is_alive() and not stop.interrupted.is_set():
        thread.join(0.1 if task.problem.n_candidates > DIRECT_CANDIDATES else 0.02)
    if failures:
        raise failures[0]
    if not answers:
        return None
    answer = answers[0]
    if answer.values is not None:
        best.offer(written.choice(answer.values))
    return answer


def least_violated(task: StageTask, stop: Stop, seed: int) -> IntArray | None:
    """Return the choice that breaks hard rows the least, relative to their limits; None without candidates."""
    problem = task.problem
    if not problem.n_units or np.diff(problem.start).min() == 0:
        return None
    if problem.n_candidates <= TREE_CANDIDATES:
        written = program(task, elastic=True)
        seconds = 30.0 if stop.seconds_left is None else max(1.0, min(30.0, stop.seconds_left))
        with contextlib.suppress(SolverFailed):
            answer = solve_program(written, "highs", Effort(seconds=seconds, nodes=200, seed=seed))
            if answer.values is not None:
                return written.choice(answer.values)
    return search(task, greedy(task), proposals=LEAST_PROPOSALS, seed=seed, stop=stop.interrupted)
