"""A stage whose units fall into pieces without a common row: each piece is solved by itself."""

from __future__ import annotations

import numpy as np

from models.engines.parts import Part, part_of, pieces
from models.engines.prices import Prices, price
from models.engines.program import StageTask
from models.engines.stage import Beginning, EngineName, Report, StageOutcome, solve_stage
from models.org import FloatArray, IntArray
from models.plan import is_optimal
from models.stop import Stop
from models.valuation import evaluate, least_aux


def solve_in_pieces(
    task: StageTask, engine: EngineName, stop: Stop, seed: int, report: Report, start: Beginning | None = None
) -> StageOutcome:
    """Minimise one stage, piece by piece where it falls apart; parameters as in ``solve_stage``.

    A cap ties everything together, and an engine that was asked for by name gets the whole.
    """
    problem = task.problem
    if engine != "auto" or task.caps:
        return solve_stage(task, engine, stop, seed, report, start)
    units = pieces(problem)
    if len(units) == 1:
        return solve_stage(task, engine, stop, seed, report, start)
    parts = [part_of(problem, one) for one in units]
    alone = _untouched(task, parts)
    if alone is None:
        # a row that no candidate touches and that does not hold: the whole is infeasible, and says so
        return solve_stage(task, engine, stop, seed, report, start)
    found: list[StageOutcome] = []
    left = problem.n_candidates
    for at, part in enumerate(parts):
        mine = stop
        if stop.seconds_left is not None:
            mine = stop.part(part.problem.n_candidates / left)
        left -= part.problem.n_candidates

        def tell(doing: str, objective: float | None, bound: float | None, at: int = at) -> None:
            del objective, bound
            report(f"{doing}, part {at + 1} of {len(parts)}", None, None)

        outcome = solve_stage(StageTask(part.problem, task.weights), engine, mine, seed, tell, _beginning(part, start))
        if outcome.choice is None and outcome.state == "infeasible":
            return outcome
        found.append(outcome)
    return _joined(task, parts, found, alone)


def _untouched(task: StageTask, parts: list[Part]) -> FloatArray | None:
    """Return the prices of rows that no candidate touches: what they cost for sure, points per unit, shape (rows,).

    None when such a hard row does not hold.
    """
    rows = task.problem.rows
    lonely = np.ones(rows.count, dtype=bool)
    for part in parts:
        lonely[part.rows] = False
    always: FloatArray = np.zeros(rows.count)
    if task.problem.n_aux:
        # an event that happens whatever is chosen
        always = np.asarray(rows.aux @ least_aux(task.problem, always))
    over, under = np.maximum(always - rows.upper, 0.0), np.maximum(rows.lower - always, 0.0)
    hard = lonely & ~rows.soft
    if ((over > rows.tolerance) | (under > rows.tolerance))[hard].any():
        return None
    balance = task.weights.get("balance", 0.0)
    prices = np.zeros(rows.count)
    above, below = lonely & rows.soft & (over > 0), lonely & rows.soft & (under > 0)
    prices[above] = -balance * rows.over_points[above]
    prices[below] = balance * rows.under_points[below]
    return prices


def _beginning(part: Part, start: Beginning | None) -> Beginning | None:
    if start is None:
        return None
    place = np.full(part.candidates.max(initial=-1) + 2, -1, dtype=np.int64)
    place[part.candidates] = np.arange(len(part.candidates))

    def narrowed(choice: IntArray | None) -> IntArray | None:
        return None if choice is None else place[choice[part.units]]

    prices = start.prices
    if prices is not None:
        prices = Prices(prices.rows[part.rows], prices.caps, -np.inf, prices.reduced[part.candidates])
    return Beginning(narrowed(start.choice), narrowed(start.hoped), prices, start.gap, start.settled, start.proof)


def _joined(task: StageTask, parts: list[Part], found: list[StageOutcome], alone: FloatArray) -> StageOutcome:
    names = sorted({outcome.bound_by for outcome in found})
    rows = alone.copy()
    for part, outcome in zip(parts, found, strict=True):
        if outcome.prices is not None:
            rows[part.rows] = outcome.prices.rows
    prices = price(task, rows, np.zeros(0))
    below, above = np.flatnonzero(alone > 0), np.flatnonzero(alone < 0)
    points = alone[below] @ task.problem.rows.lower[below] + alone[above] @ task.problem.rows.upper[above]
    bound = float(points) + sum(outcome.bound for outcome in found)
    stopped = [outcome.stopped_by for outcome in found if outcome.stopped_by != "proof"]
    largest = int(np.argmax([part.problem.n_candidates for part in parts]))
    reason = f"{len(parts)} independent parts; the largest has {found[largest].reason}"
    stopped_by = stopped[0] if stopped else "proof"
    named = " and ".join(names), prices, stopped_by, found[0].engine, reason
    if any(outcome.choice is None for outcome in found):
        return StageOutcome("unknown", None, None, bound, *named)
    choice = np.empty(task.problem.n_units, dtype=np.int64)
    for part, outcome in zip(parts, found, strict=True):
        if outcome.choice is not None:
            choice[part.units] = part.widened(outcome.choice)
    value = evaluate(task.problem, choice).value(task.weights)
    bound = min(max(bound, prices.bound), value)
    return StageOutcome("optimal" if is_optimal(value, bound) else "feasible", choice, value, bound, *named)
