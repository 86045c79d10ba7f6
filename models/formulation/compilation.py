"""Compilation: candidates become a :class:`~models.problem.Problem`, with their costs and rows."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from models.findings import Finding, InputRefused
from models.formulation.amounts import Amounts
from models.formulation.budgets import budget_rows
from models.formulation.candidates import Candidates
from models.formulation.costs import candidate_costs
from models.formulation.counted_once import Auxiliaries
from models.formulation.oversize import charged_for_size
from models.formulation.pairs import Pairs
from models.formulation.rows import balance_rows, capacity_rows, conflict_rows, group_rows, pairing_rows
from models.formulation.spread import Spread
from models.formulation.units import Units
from models.org import FloatArray, IntArray
from models.policy import Policy
from models.problem import Problem, RowBlock, Stage


@dataclass(frozen=True)
class Aims:
    """What a policy wants made small: its stages, and the goals named in them."""

    stages: tuple[Stage, ...]

    @property
    def goals(self) -> frozenset[str]:
        """Every goal of some stage."""
        return frozenset(goal for stage in self.stages for goal in stage.weights)

    @property
    def balanced(self) -> bool:
        """Whether balance is among them."""
        return "balance" in self.goals


def aims_of(policy: Policy) -> Aims:
    """Read the stages of a policy."""
    return Aims(
        tuple(
            Stage(stage.priority, dict(stage.weights), stage.slack.percent or 0.0, stage.slack.number or 0.0)
            for stage in policy.stages
        )
    )


def compiled(amounts: Amounts, candidates: Candidates, aims: Aims) -> Problem:
    """Return the problem of the units of ``amounts`` with these candidates.

    Raises
    ------
    InputRefused
        When a measure, a cost or a limit has no usable value.
    """
    spread = Spread(amounts.units, candidates)
    findings: list[Finding] = []
    costs: dict[str, FloatArray] = {}
    blocks: list[RowBlock] = []
    n_aux = 0
    try:
        costs = candidate_costs(amounts, spread, aims.goals)
    except InputRefused as refused:
        findings += refused.findings
    try:
        blocks, n_aux = row_blocks(amounts, spread, aims.balanced)
    except InputRefused as refused:
        findings += [finding for finding in refused.findings if finding not in findings]
    if findings:
        raise InputRefused(findings)
    problem = Problem(
        start=candidates.start,
        rep=candidates.rep,
        n_reps=amounts.org.n_reps,
        costs=costs,
        blocks=tuple(block for block in blocks if block.count),
        n_aux=n_aux,
        stages=aims.stages,
        stay=_stay(amounts.units, candidates),
    )
    return charged_for_size(problem)


def row_blocks(amounts: Amounts, spread: Spread, balanced: bool, *, books: bool = True) -> tuple[list[RowBlock], int]:
    """Return the coupling rows and the number of auxiliaries; without ``books`` those that list coefficients only."""
    blocks = [*capacity_rows(amounts, spread, books=books)]
    if balanced:
        blocks += balance_rows(amounts, spread, books=books)
    auxiliaries = Auxiliaries()
    blocks += group_rows(amounts, spread, auxiliaries)
    blocks += conflict_rows(amounts, spread, auxiliaries)
    blocks += pairing_rows(amounts, spread)
    blocks += budget_rows(amounts, spread, auxiliaries)
    if auxiliaries.count:
        blocks.append(auxiliaries.block())
    return blocks, auxiliaries.count


def _stay(units: Units, candidates: Candidates) -> IntArray:
    """Return for each unit the candidate that is today's owner of its first member, or -1."""
    owner = units.owner[units.start[:-1]]
    at, found = Pairs(candidates.start, candidates.rep).find(np.arange(units.count), owner)
    return np.where(found & (owner >= 0), at, -1)
