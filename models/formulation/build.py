"""Formulate: org and policy become one :class:`~models.problem.Problem`."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from models.expression import Expressions
from models.findings import Finding, InputRefused
from models.formulation.amounts import Amounts
from models.formulation.budgets import budget_rows
from models.formulation.candidates import Candidates, find_candidates
from models.formulation.costs import candidate_costs
from models.formulation.counted_once import Auxiliaries
from models.formulation.oversize import charged_for_size
from models.formulation.pairs import Pairs
from models.formulation.regions import region_map
from models.formulation.rows import balance_rows, capacity_rows, conflict_rows, group_rows, pairing_rows
from models.formulation.spread import Spread
from models.formulation.units import Units, form_units
from models.org import FloatArray, IntArray, Org
from models.plan import POOLED, UNNEEDED, Assignment
from models.policy import Policy
from models.problem import Problem, RowBlock, Stage


@dataclass(frozen=True)
class Formulation:
    """A problem together with what its positions mean."""

    org: Org
    policy: Policy
    units: Units
    candidates: Candidates
    amounts: Amounts
    problem: Problem

    def assignment(self, choice: IntArray) -> Assignment:
        """Return who owns whom when each unit takes the candidate ``choice[u]``."""
        owners = np.full(self.units.unit_of.shape, UNNEEDED, dtype=np.int64)
        rep = self.problem.rep[choice]
        for k, unit in enumerate(self.units.unit_of):
            needed = unit >= 0
            owners[k, needed] = np.where(rep[unit[needed]] < 0, POOLED, rep[unit[needed]])
        return Assignment(self.policy.role_names, owners)


def formulate(org: Org, policy: Policy) -> Formulation:
    """Compile org and policy.

    Raises
    ------
    InputRefused
        When a measure, a cost or a limit has no usable value, or the candidates cannot fit in memory.
    """
    with Expressions(org, policy) as expressions:
        regions = region_map(org)
        units = form_units(org, policy, expressions)
        candidates = find_candidates(org, policy, units, regions, expressions)
        amounts = Amounts(org, policy, units, regions, expressions)
        spread = Spread(units, candidates)
        stages = _stages(policy)
        goals = frozenset(goal for stage in stages for goal in stage.weights)
        findings: list[Finding] = []
        costs: dict[str, FloatArray] = {}
        blocks: list[RowBlock] = []
        n_aux = 0
        try:
            costs = candidate_costs(amounts, spread, goals)
        except InputRefused as refused:
            findings += refused.findings
        try:
            blocks, n_aux = _blocks(amounts, spread, "balance" in goals)
        except InputRefused as refused:
            findings += [finding for finding in refused.findings if finding not in findings]
        if findings:
            raise InputRefused(findings)
    problem = Problem(
        start=candidates.start,
        rep=candidates.rep,
        n_reps=org.n_reps,
        costs=costs,
        blocks=tuple(block for block in blocks if block.count),
        n_aux=n_aux,
        stages=stages,
        stay=_stay(units, candidates),
    )
    return Formulation(org, policy, units, candidates, amounts, charged_for_size(problem))


def _blocks(amounts: Amounts, spread: Spread, balanced: bool) -> tuple[list[RowBlock], int]:
    blocks = [*capacity_rows(amounts, spread)]
    if balanced:
        blocks += balance_rows(amounts, spread)
    auxiliaries = Auxiliaries()
    blocks += group_rows(amounts, spread, auxiliaries)
    blocks += conflict_rows(amounts, spread, auxiliaries)
    blocks += pairing_rows(amounts, spread)
    blocks += budget_rows(amounts, spread, auxiliaries)
    if auxiliaries.count:
        blocks.append(auxiliaries.block())
    return blocks, auxiliaries.count


def _stages(policy: Policy) -> tuple[Stage, ...]:
    return tuple(
        Stage(stage.priority, dict(stage.weights), stage.slack.percent or 0.0, stage.slack.number or 0.0)
        for stage in policy.stages
    )


def _stay(units: Units, candidates: Candidates) -> IntArray:
    """Return for each unit the candidate that is today's owner of its first member, or -1."""
    owner = units.owner[units.start[:-1]]
    at, found = Pairs(candidates.start, candidates.rep).find(np.arange(units.count), owner)
    return np.where(found & (owner >= 0), at, -1)
