"""Formulate: org and policy become one :class:`~models.problem.Problem`."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

import numpy as np

from models.expression import Expressions
from models.formulation.amounts import Amounts
from models.formulation.candidates import Candidates, candidates_of
from models.formulation.compilation import Aims, aims_of, compiled
from models.formulation.eligible import read_eligible
from models.formulation.pairs import Pairs
from models.formulation.regions import region_map
from models.formulation.units import Units, form_units
from models.formulation.whole import Whole, is_streamed
from models.org import IntArray, Org
from models.plan import POOLED, UNNEEDED, Assignment
from models.policy import Policy
from models.problem import Problem


@dataclass(frozen=True)
class Formulation:
    """A problem together with what its positions mean.

    ``whole`` is None where the problem has every pair that the policy allows. Else it is a *working* problem with some
    of them, and ``whole`` streams them all.
    """

    org: Org
    policy: Policy
    units: Units
    candidates: Candidates
    amounts: Amounts
    problem: Problem
    whole: Whole | None = None

    def assignment(self, choice: IntArray) -> Assignment:
        """Return who owns whom when each unit takes the candidate ``choice[u]``."""
        owners = np.full(self.units.unit_of.shape, UNNEEDED, dtype=np.int64)
        rep = self.problem.rep[choice]
        for k, unit in enumerate(self.units.unit_of):
            needed = unit >= 0
            owners[k, needed] = np.where(rep[unit[needed]] < 0, POOLED, rep[unit[needed]])
        return Assignment(self.policy.role_names, owners)

    def widened(self, unit: IntArray, rep: IntArray) -> Formulation:
        """Return the working problem with more of the pairs that the policy allows, sorted by unit and rep."""
        pairs = Pairs(self.candidates.start, self.candidates.rep).merged(unit, rep)
        candidates = dataclasses.replace(self.candidates, start=pairs.start, rep=pairs.rep)
        with Expressions(self.org, self.policy) as expressions:
            problem = compiled(self.amounts.by(expressions), candidates, Aims(self.problem.stages))
        return dataclasses.replace(self, candidates=candidates, problem=problem)

    def carried(self, choice: IntArray, wider: Formulation) -> IntArray:
        """Return a choice of this problem in positions of a wider one."""
        return Pairs(wider.problem.start, wider.problem.rep).find(np.arange(len(choice)), self.problem.rep[choice])[0]


def formulate(org: Org, policy: Policy, *, streamed: bool = True) -> Formulation:
    """Compile org and policy.

    Where the policy allows more pairs than are held at once, what is compiled is a working problem of the cheapest;
    without ``streamed`` it is all of them, as long as they fit in memory.

    Raises
    ------
    InputRefused
        When a measure, a cost or a limit has no usable value, or the candidates cannot fit in memory.
    """
    with Expressions(org, policy) as expressions:
        regions = region_map(org)
        units = form_units(org, policy, expressions)
        eligible = read_eligible(org, policy, units, regions, expressions)
        amounts = Amounts(org, policy, units, regions, expressions)
        aims = aims_of(policy)
        whole = None
        if streamed and is_streamed(org, policy, eligible):
            whole = Whole(org, policy, eligible, amounts, aims)
            candidates = whole.cheapest(expressions)
        else:
            candidates = candidates_of(org, policy, eligible, expressions)
        problem = compiled(amounts, candidates, aims)
    return Formulation(org, policy, units, candidates, amounts, problem, whole)
