"""The terrain: all pairs that something could allow, with every limit on them, as one program to cut trials from."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from models.conflicts.families import tied_units
from models.conflicts.rulebook import Rulebook
from models.engines.program import Cap, StageTask
from models.formulation.amounts import Amounts
from models.formulation.candidates import Candidates
from models.formulation.compilation import row_blocks
from models.formulation.costs import candidate_costs
from models.formulation.pairs import starts
from models.formulation.spread import Spread
from models.formulation.units import Units
from models.org import BoolArray, IntArray
from models.policy import line_names
from models.problem import Problem, RowBlock

ALWAYS = -1
"""A row or side of a row that no member stands for."""


@dataclass(frozen=True)
class Terrain:
    """Units, all their pairs within reach, and the rows over them.

    Attributes
    ----------
    tied : bool array, shape (entries,)
        Entries whose family holds here.
    units : Units
    entry : int array, shape (members,)
        The entry of each member.
    column : int array, shape (candidates,)
        Column of each candidate in the rulebook's tables.
    lower_of, upper_of : int arrays, shape (rows,)
        The member that stands for the lower and the upper limit of each row.
    cap_of : int array, shape (caps,)
    """

    tied: BoolArray
    units: Units
    entry: IntArray
    problem: Problem
    caps: tuple[Cap, ...]
    column: IntArray
    lower_of: IntArray
    upper_of: IntArray
    cap_of: IntArray

    @property
    def task(self) -> StageTask:
        """Everything at once, with nothing to minimise."""
        return StageTask(self.problem, {}, self.caps)


def terrain_of(rules: Rulebook, tied: BoolArray) -> Terrain:
    """Lay out the pairs and rows for units as families make them where ``tied`` (shape (entries,)).

    Raises
    ------
    InputRefused
        When a measure, a cost or a limit has no usable value.
    """
    units = tied_units(rules.singles, rules.together, tied)
    entry = rules.singles.unit_of[units.role_of_member, units.member]
    reach = np.logical_and.reduceat(rules.reach[entry], units.start[:-1], axis=0)
    unit, column = np.nonzero(reach)
    start = starts(np.bincount(unit, minlength=units.count))
    nobody = np.zeros(len(entry), dtype=bool)
    candidates = Candidates(
        start=start,
        rep=(column - 1).astype(np.int32),
        forced=rules.forced[entry],
        locked=nobody,
        held=nobody,
        lapsed=nobody,
        effects=(),
        last_removed_by=np.full(units.count, -1, dtype=np.int64),
    )
    spread = Spread(units, candidates)
    amounts = Amounts(rules.org, rules.policy, units, rules.amounts.regions, rules.judge.expressions)
    caps = tuple(
        Cap({goal.goal: 1.0}, goal.limit, f"goals[{goal.goal}]")
        for goal in rules.policy.ceilings
        if goal.limit is not None
    )
    goals = frozenset(goal for cap in caps for goal in cap.weights)
    costs = candidate_costs(amounts, spread, goals)
    blocks, n_aux = row_blocks(amounts, spread, "balance" in goals)
    blocks = [_without_stranded(rules, block) for block in blocks if block.count]
    stay = np.full(units.count, -1, dtype=np.int64)
    problem = Problem(start, candidates.rep, rules.org.n_reps, costs, tuple(blocks), n_aux, (), stay)
    lower, upper = zip(*(_members_of(rules, block) for block in blocks), strict=True) if blocks else ((), ())
    return Terrain(
        tied=tied,
        units=units,
        entry=entry,
        problem=problem,
        caps=caps,
        column=column,
        lower_of=_joined(lower),
        upper_of=_joined(upper),
        cap_of=np.array([rules.position[cap.name, "max", None, ()] for cap in caps], dtype=np.int64),
    )


def _without_stranded(rules: Rulebook, block: RowBlock) -> RowBlock:
    """Return pairing rows without limits where nobody at all could have one of the customer's roles."""
    stranded = rules.singles.member[rules.stranded]
    if block.kind != "pairing" or not len(stranded):
        return block
    ids = {str(rules.org.customer_ids[c]) for c in stranded}
    off = np.array([label.rpartition(", ")[0] in ids for label in block.labels])
    return replace(block, lower=np.where(off, -np.inf, block.lower), upper=np.where(off, np.inf, block.upper))


def _joined(parts: tuple[IntArray, ...]) -> IntArray:
    return np.concatenate([np.zeros(0, dtype=np.int64), *parts])


def _members_of(rules: Rulebook, block: RowBlock) -> tuple[IntArray, IntArray]:
    """Return the members that stand for the lower and the upper limits of a block's rows."""
    lower = np.full(block.count, ALWAYS, dtype=np.int64)
    upper = np.full(block.count, ALWAYS, dtype=np.int64)
    if block.kind in ("conflict", "pairing"):
        lower[:] = upper[:] = rules.position[block.line, None, None, ()]
    elif block.kind in ("capacity", "group", "budget"):
        for row, label in enumerate(block.labels):
            name = _without_role(rules, block.line, label)
            if np.isfinite(block.lower[row]):
                lower[row] = rules.position[block.line, "min", name, ()]
            if np.isfinite(block.upper[row]):
                upper[row] = rules.position[block.line, "max", name, ()]
    return lower, upper


def _without_role(rules: Rulebook, line: str, label: str) -> str:
    """Return a row's label as the policy has it: rows of teams and regions name their role, too, where roles differ."""
    policy = rules.policy
    for name, capacity in zip(line_names(policy.capacity), policy.capacity, strict=True):
        if line == f"capacity[{name}]" and capacity.per != "rep" and capacity.role is None:
            for role in policy.role_names if len(policy.roles) > 1 else ():
                if label.endswith(f", {role}"):
                    return label.removesuffix(f", {role}")
    return label
