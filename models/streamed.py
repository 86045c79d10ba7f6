"""A stage of a problem whose pairs are streamed: solved on a working problem, with proofs that hold for the whole.

What a working problem proves, by a tree, a search or its own prices, holds for it alone. Here the prices are taken out
over all pairs, and nothing else is claimed: the bound is that of the whole, ``optimal`` is against it, and
``infeasible`` needs elastic prices that prove it for all pairs.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from models.engines.elastic import elastic, least_proof
from models.engines.prices import LP_CANDIDATES, Prices, climb, find_prices, of_limits, price, weights_at
from models.engines.program import Cap, StageTask
from models.engines.split import solve_in_pieces
from models.engines.stage import Beginning, EngineName, Report, StageOutcome
from models.expression import Expressions
from models.formulation.build import Formulation
from models.formulation.pairs import Pairs, spelled_out
from models.formulation.whole import CHEAPEST, MOST_HELD
from models.missing_pairs import priced_out
from models.org import FloatArray, IntArray
from models.plan import is_optimal
from models.problem import Problem
from models.stop import Stop

ROUNDS = 8
"""Times that all pairs are priced out in one stage."""
CLOSE = 5e-5
"""Distance of the whole's bound to the working problem's, relative, at which no more pairs are looked for."""
SHORTLISTED = 3
"""Candidates a unit of which the search shall miss none: as many have the least reduced costs."""
MENDINGS = 3
WIDER = 4
ROUGHLY = 2e-3
"""The same distance down to which prices are only climbed to roughly: pairs that are still missing would move them."""
PRICING_SHARE, LONGEST_SHARE = 0.4, 0.7
"""Parts of a time limit after which no further round begins: once prices are roughly right, and in any case."""


def solve_streamed(
    formulation: Formulation,
    weights: Mapping[str, float],
    caps: tuple[Cap, ...],
    engine: EngineName,
    stop: Stop,
    seed: int,
    report: Report,
    begin: Beginning,
) -> tuple[Formulation, StageOutcome]:
    """Minimise one stage; parameters as in :func:`models.engines.stage.solve_stage`.

    Returns
    -------
    Formulation
        The working problem as it is in the end, whose candidates the outcome's choice speaks of.
    StageOutcome
        Its bound is that of the whole, and its ``prices`` are those that prove it.
    """
    stage = _Stage(formulation, weights, caps, engine, stop, seed, report, begin)
    return stage.solved()


@dataclass(frozen=True)
class _Proof:
    """The best bound of the whole so far, with its multipliers by row name."""

    bound: float
    rows: Mapping[str, float]
    caps: FloatArray


class _Stage:
    def __init__(
        self,
        formulation: Formulation,
        weights: Mapping[str, float],
        caps: tuple[Cap, ...],
        engine: EngineName,
        stop: Stop,
        seed: int,
        report: Report,
        begin: Beginning,
    ) -> None:
        self.formulation, self.weights, self.caps = formulation, weights, caps
        self.engine, self.stop, self.seed, self.report, self.begin = engine, stop, seed, report, begin
        self.proof: _Proof | None = None

    @property
    def task(self) -> StageTask:
        return StageTask(self.formulation.problem, self.weights, self.caps)

    def solved(self) -> tuple[Formulation, StageOutcome]:
        outcome = self._solved_once()
        for _ in range(MENDINGS):
            if outcome.choice is not None or self.stop.reason is not None:
                break
            impossible, changed = self._mended()
            if impossible:
                told = self._told(outcome)
                proven = dataclasses.replace(told, state="infeasible", bound=np.inf, bound_by="prices")
                return self.formulation, dataclasses.replace(proven, stopped_by="proof")
            if not changed:
                break
            outcome = self._solved_once()
        return self.formulation, self._told(outcome)

    def _solved_once(self) -> StageOutcome:
        self._settle()
        proof, task = self.proof, self.task
        prices = None
        if proof is not None:
            rows = np.array([proof.rows.get(name, 0.0) for name in task.problem.rows.names], dtype=float)
            prices = dataclasses.replace(price(task, rows, proof.caps), bound=proof.bound)
        begin = dataclasses.replace(self.begin, prices=prices, settled=prices is not None)
        return solve_in_pieces(task, self.engine, self.stop, self.seed, self.report, begin)

    def _told(self, outcome: StageOutcome) -> StageOutcome:
        """Return an outcome that claims of the whole only what is proven of it."""
        assert self.formulation.whole is not None
        bound = -np.inf if self.proof is None else self.proof.bound
        prices = None
        if self.proof is not None:
            names = self.formulation.problem.rows.names
            rows = np.array([self.proof.rows.get(name, 0.0) for name in names], dtype=float)
            prices = Prices(rows, self.proof.caps, bound, np.zeros(0))
        kept, every = self.formulation.problem.n_candidates, self.formulation.whole.pairs
        reason = f"{every:,} pairs streamed, {kept:,} kept; of these, {outcome.reason}"
        by = "none" if self.proof is None else "prices"
        told = dataclasses.replace(outcome, bound=bound, bound_by=by, prices=prices, reason=reason)
        ended = "work" if outcome.stopped_by == "proof" else outcome.stopped_by
        if outcome.value is None:
            return dataclasses.replace(told, state="unknown", stopped_by=ended)
        bound = min(bound, outcome.value)
        if is_optimal(outcome.value, bound):
            return dataclasses.replace(told, state="optimal", bound=bound, stopped_by="proof")
        gap = max(self.stop.gap, self.begin.gap or 0.0)
        if ended == "gap" and outcome.value - bound > gap * max(abs(outcome.value), 1e-9):
            ended = "work"
        return dataclasses.replace(told, state="feasible", bound=bound, stopped_by=ended)

    # ---- prices --------------------------------------------------------------------------------------------

    def _settle(self) -> None:
        """Find prices of the working problem, price out all pairs, add what is cheaper, until both bounds meet."""
        prices, rough = self.begin.prices, True
        for left in reversed(range(ROUNDS)):
            self.report("pricing", None, None if self.proof is None else self.proof.bound)
            task = self.task
            found = self._priced(task, prices, rough and left > 0)
            if found is None:
                return
            self.report("pricing all pairs", None, None if self.proof is None else self.proof.bound)
            limits, weights = of_limits(task, found.rows, found.caps), weights_at(task, found.caps)
            missing = priced_out(self.formulation, weights, found.rows, limits, _reach(task.problem, found))
            if self.proof is None or missing.bound > self.proof.bound:
                named = dict(zip(task.problem.rows.names, found.rows.tolist(), strict=True))
                self.proof = _Proof(missing.bound, {name: value for name, value in named.items() if value}, found.caps)
            unit, rep = missing.cheaper()
            apart = (found.bound - missing.bound) / max(1.0, abs(found.bound))
            was_rough, rough = rough and self._climbs, apart > ROUGHLY
            ended = not was_rough and (apart <= CLOSE or not len(unit))
            if ended or not left or self._late(rough):
                self._widen(missing.unit, missing.rep)
                return
            self._widen(unit, rep)
            prices = self._carried(found, task.problem)

    def _late(self, rough: bool) -> bool:
        limit = self.stop.time_limit
        share = LONGEST_SHARE if rough else PRICING_SHARE
        return self.stop.reason is not None or (limit is not None and self.stop.seconds_used > share * limit)

    @property
    def _climbs(self) -> bool:
        """Whether prices are climbed to; else a relaxation has them exactly."""
        problem = self.formulation.problem
        return problem.n_candidates > LP_CANDIDATES and bool(problem.rows.count or self.caps)

    def _priced(self, task: StageTask, first: Prices | None, rough: bool) -> Prices | None:
        def ended() -> bool:
            return self._late(rough=True)

        if self._climbs:
            return climb(task, ended, first, ROUGHLY if rough else None)
        seconds = None if self.stop.seconds_left is None else 0.3 * self.stop.seconds_left
        return find_prices(task, seconds, ended)

    def _carried(self, prices: Prices, before: Problem) -> Prices:
        """Return prices in the order of the rows of the working problem as it is now."""
        names = self.formulation.problem.rows.names
        if names == before.rows.names:
            return prices
        known = dict(zip(before.rows.names, prices.rows.tolist(), strict=True))
        rows = np.array([known.get(name, 0.0) for name in names], dtype=float)
        return dataclasses.replace(prices, rows=rows)

    def _widen(self, unit: IntArray, rep: IntArray) -> bool:
        """Add pairs to the working problem; tell whether there were new ones."""
        if not len(unit):
            return False
        before = self.formulation
        self.formulation = after = before.widened(unit, rep)

        def carried(choice: IntArray | None) -> IntArray | None:
            if choice is None:
                return None
            known = choice >= 0
            return np.where(known, before.carried(np.where(known, choice, before.problem.start[:-1]), after), -1)

        begin = self.begin
        self.begin = dataclasses.replace(begin, choice=carried(begin.choice), hoped=carried(begin.hoped))
        return after.problem.n_candidates > before.problem.n_candidates

    # ---- where no plan was found ---------------------------------------------------------------------------

    def _mended(self) -> tuple[bool, bool]:
        """Look among all pairs for those without which hard rows cannot hold.

        Returns
        -------
        impossible, changed : bool
            Whether elastic prices prove that no plan of the whole keeps every hard row, and whether there are new
            pairs in the working problem.
        """
        changed = False
        for _ in range(ROUNDS):
            problem = self.formulation.problem
            loose = elastic(problem)
            prices = find_prices(loose, None, lambda: self.stop.reason is not None)
            if prices is None or self.stop.reason is not None:
                return False, changed
            hard = np.concatenate([np.zeros(0, dtype=bool), *(_hard(block.over_points) for block in problem.blocks)])
            rows = np.zeros(problem.rows.count)
            rows[hard] = prices.rows
            missing = priced_out(self.formulation, {}, rows, of_limits(loose, prices.rows, prices.caps))
            if missing.bound > least_proof(problem):
                return True, changed
            if not self._widen(*missing.cheaper()):
                break
            changed = True
        return False, changed or self._cheap_ones()

    def _cheap_ones(self) -> bool:
        """Add more of the cheapest pairs; tell whether there were any."""
        problem, whole = self.formulation.problem, self.formulation.whole
        assert whole is not None
        most = WIDER * max(CHEAPEST, -(-problem.n_candidates // max(problem.n_units, 1)))
        if most * problem.n_units > MOST_HELD:
            return False
        with Expressions(whole.org, whole.policy) as expressions:
            more = whole.by(expressions).cheapest(expressions, most)
        held = Pairs(self.formulation.candidates.start, self.formulation.candidates.rep)
        unit = spelled_out(more.start)
        new = ~held.find(unit, more.rep)[1]
        return self._widen(unit[new], more.rep[new])


def _hard(over_points: FloatArray) -> np.ndarray:
    """Flag all rows of a block that the elastic stage has, none of one that it has not."""
    return np.full(len(over_points), np.isinf(over_points).any())


def _reach(problem: Problem, prices: Prices) -> float:
    """Return the reduced cost up to which candidates belong to the shortlist of the search."""
    most = SHORTLISTED * problem.n_units
    if most >= problem.n_candidates:
        return 0.0
    return float(np.partition(prices.reduced, most)[most])
