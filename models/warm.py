"""Warm starts: an earlier run's assignment and prices, carried over to a problem that has changed a little.

Customers, reps and rows are known by their names, so that what came or went since is simply not found.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from models.engines.prices import Prices, price
from models.engines.program import StageTask
from models.formulation.build import Formulation
from models.names import Texts
from models.org import FloatArray, IntArray, Org
from models.plan import POOLED, UNNEEDED, Plan


@dataclass(frozen=True)
class Warm:
    """What an earlier run leaves to a new one.

    Attributes
    ----------
    customers, roles, reps : object arrays, shape (rows,)
        Who owned whom: customer id, role, and rep id, None where the customer was pooled.
    prices : mapping of row name to points per unit of the row
        The multipliers of its certificate; caps are called ``goals[travel]``, ``stage 1``, ….
    gap : float or None
        The gap (a fraction) that it ended with; the new run need not be better.
    """

    customers: Texts
    roles: Texts
    reps: Texts
    prices: Mapping[str, float] = field(default_factory=dict)
    gap: float | None = None

    @classmethod
    def of_plan(cls, org: Org, plan: Plan) -> Warm:
        """Return what a plan at hand leaves to the next solve.

        Raises
        ------
        ValueError
            When the plan assigns nobody.
        """
        if plan.assignment is None:
            raise ValueError(f"a plan that is {plan.status} leaves nothing to begin with")
        role, customer = np.nonzero(plan.assignment.owners != UNNEEDED)
        owner = plan.assignment.owners[role, customer]
        reps: Texts = np.append(org.rep_ids, np.array([None], dtype=object))[owner]
        roles = np.array(plan.assignment.roles, dtype=object)[role]
        prices = {name: float(values[0]) for name, values in plan.prices.items()}
        return cls(org.customer_ids[customer], roles, reps, prices, plan.gap)

    @property
    def gap_to_reach(self) -> float | None:
        """The earlier gap where it is one that a run may be stopped at, a fraction below 1; None otherwise."""
        return self.gap if self.gap is not None and 0 <= self.gap < 1 else None

    def choice(self, formulation: Formulation) -> IntArray:
        """Return the candidate by which each unit keeps the owner of its first member, -1 where there is none."""
        org, units, problem = formulation.org, formulation.units, formulation.problem
        owner = np.full((len(formulation.policy.role_names), org.n_customers), _NOBODY, dtype=np.int64)
        customer = pd.Index(org.customer_ids).get_indexer(pd.Index(self.customers))
        pooled = pd.isna(self.reps)
        rep = np.where(pooled, POOLED, pd.Index(org.rep_ids).get_indexer(pd.Index(np.where(pooled, "", self.reps))))
        there = (customer >= 0) & ((rep >= 0) | pooled)
        for k, name in enumerate(formulation.policy.role_names):
            mine = there & (self.roles == name)
            owner[k, customer[mine]] = rep[mine]
        wanted = owner[units.role, units.member[units.start[:-1]]]
        choice = np.full(problem.n_units, -1, dtype=np.int64)
        for a in range(0, problem.n_units, _UNITS_AT_ONCE):
            b = min(a + _UNITS_AT_ONCE, problem.n_units)
            first, last = int(problem.start[a]), int(problem.start[b])
            unit = np.repeat(np.arange(a, b), np.diff(problem.start[a : b + 1]))
            hit = np.flatnonzero(problem.rep[first:last] == wanted[unit])
            choice[unit[hit]] = first + hit
        return choice

    def prices_of(self, task: StageTask) -> Prices:
        """Return the prices for the rows of a stage, 0 where a row is new, with the bound that they prove there."""
        names = task.problem.rows.names
        rows: FloatArray = np.array([self.prices.get(name, 0.0) for name in names], dtype=float)
        caps = np.array([self.prices.get(cap.name, 0.0) for cap in task.caps], dtype=float)
        return price(task, rows, caps)


_NOBODY = -3
_UNITS_AT_ONCE = 100_000
