"""Contenders: who might own a customer, what each would be worth, and what excludes everybody else."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from models.check.stays import FREE
from models.engines.prices import weights_at
from models.explain.question import Questions
from models.org import FloatArray, IntArray
from models.outcome import Outcome
from models.plan import POOLED
from models.problem import Problem
from models.valuation import Valuation, evaluate

MOST_TRIED = 12
"""For so many contenders it is also told what would be if only this customer went there."""
_NOTHING = 1e-9


@dataclass(frozen=True)
class Charge:
    """What a contender would take of a limit or band that has a price: ``amount`` in its unit, and points for it.

    Points are negative where there is too little, so that taking more helps. ``label`` is the rep, team or region.
    """

    line: str
    label: str
    amount: float
    points: float


@dataclass(frozen=True)
class Contender:
    """A rep (or nobody) who may own a unit.

    Attributes
    ----------
    rep : int
        A position, or POOLED.
    goals : mapping of goal to points
        What the unit itself adds to each goal there, weights counted.
    charges : tuple of Charge
        What it would take of capacities, bands, budgets, at the plan's prices.
    points : float
        Goals and charges together.
    beyond : float
        By how many points that is above the owner by the plan; below 0 where a rep looks better at the margin.
    alone : Valuation or None
        What the whole plan would be worth if this unit alone went there and nothing else changed; None where not tried.
    """

    rep: int
    goals: Mapping[str, float]
    charges: tuple[Charge, ...]
    points: float
    beyond: float
    alone: Valuation | None = None


@dataclass(frozen=True)
class Excluded:
    """A rep who may not own a unit, and each hard rule that says so: (policy path, one plain line)."""

    rep: int
    rules: tuple[tuple[str, str], ...]


def contenders(questions: Questions, unit: int) -> list[Contender]:
    """Rank the reps who may own a unit, the best by the plan's prices first."""
    problem, prices = questions.problem, questions.prices
    weights = weights_at(questions.last_task, prices.caps)
    planned = int(questions.choice[unit])
    found = []
    for candidate in range(problem.start[unit], problem.start[unit + 1]):
        goals = {
            goal: weight * float(problem.costs[goal][candidate])
            for goal, weight in weights.items()
            if goal in problem.costs
        }
        charges = tuple(_charges(problem, prices.rows, unit, candidate))
        points = sum(goals.values()) + sum(charge.points for charge in charges)
        beyond = float(prices.reduced[candidate] - prices.reduced[planned])
        found.append((candidate, Contender(int(problem.rep[candidate]), goals, charges, points, beyond)))
    found.sort(key=lambda one: (one[1].beyond, one[0] != planned))
    tried = []
    for place, (candidate, contender) in enumerate(found):
        alone = None
        if place < MOST_TRIED or candidate in (planned, problem.stay[unit]):
            choice = questions.choice.copy()
            choice[unit] = candidate
            alone = evaluate(problem, choice)
        tried.append(
            Contender(contender.rep, contender.goals, contender.charges, contender.points, contender.beyond, alone)
        )
    return tried


def coefficients(problem: Problem, unit: int, candidate: int) -> tuple[IntArray, FloatArray]:
    """Return the rows in which a candidate has a coefficient, and the coefficients."""
    rows = problem.rows
    in_books = rows.row_of_book[:, problem.rep[candidate]]
    mine = in_books >= 0
    listed = rows.listed
    at = np.arange(listed.start[unit], listed.start[unit + 1])
    at = at[listed.candidate[at] == candidate]
    row = np.concatenate([in_books[mine], listed.row[at]])
    value = np.concatenate([rows.amount[unit][mine], listed.value[at]])
    unique, place = np.unique(row, return_inverse=True)
    return unique, np.bincount(place, value, minlength=len(unique)).astype(float)


def _charges(problem: Problem, prices: FloatArray, unit: int, candidate: int) -> Iterator[Charge]:
    for row, amount in zip(*coefficients(problem, unit, candidate), strict=True):
        points = -float(prices[row]) * float(amount)
        if abs(points) > _NOTHING:
            line, _, label = problem.rows.names[row].rpartition("[")
            yield Charge(line, label.removesuffix("]"), float(amount), points)


def excluded(outcome: Outcome, questions: Questions, unit: int) -> list[Excluded]:
    """Tell for each rep who may not own a unit every hard rule that says so, in the order of the roster."""
    judge = outcome.judge
    units, problem = questions.formulation.units, questions.problem
    role = int(units.role[unit])
    members = units.member[units.start[unit] : units.start[unit + 1]]
    may = problem.rep[problem.start[unit] : problem.start[unit + 1]]
    others = np.setdiff1d(np.arange(outcome.org.n_reps), may[may != POOLED])
    rules: dict[int, dict[str, str]] = {int(rep): {} for rep in others}
    for member in members:
        customers = np.full(len(others), member)
        for test in judge.eligibility.tests(role, customers, others):
            for rep in others[~test.holds].tolist():
                message = judge.eligibility.explain(test, role, int(member), rep).message
                rules[rep].setdefault(test.line, _without_with(message))
    for rep, said in rules.items():
        if not said:
            said.update(_kept_elsewhere(outcome, role, members, rep))
    return [Excluded(rep, tuple(said.items())) for rep, said in rules.items()]


def _without_with(message: str) -> str:
    """Let a message about a pair that is speak of one that might be."""
    return message.replace(" is with ", " would be with ", 1)


def _kept_elsewhere(outcome: Outcome, role: int, members: IntArray, rep: int) -> Iterator[tuple[str, str]]:
    """Yield what keeps a unit from a rep who passes every rule on pairs."""
    keep, stays, policy = outcome.policy.keep, outcome.judge.stays, outcome.policy
    for kind, lines, held in (("locks", keep.locks, stays.lock), ("holdouts", keep.holdouts, stays.holdout)):
        for line in sorted({int(held[role, member]) for member in members} - {FREE}):
            name = lines[line].name
            yield f"keep.{kind}[{name}]", f"it stays with today's owner: {name}"
            return
    proposal = outcome.judge.proposal
    for member in members.tolist():
        if proposal is None:
            break
        if proposal.accepted[role, member] and proposal.rep[role, member] != rep:
            yield "proposal.accepted", f"it was accepted with {proposal.named(outcome.judge.wording, role, member)}"
            return
        if proposal.rejected[role, member] and proposal.rep[role, member] == rep:
            yield "proposal.rejected", "it was proposed and rejected"
            return
    if policy.eligibility.nearest is not None:
        yield "eligibility.nearest", f"not among the {policy.eligibility.nearest} nearest of those who may own it"
        return
    if len(members) > 1:
        yield "keep.families", "its family stays together"
