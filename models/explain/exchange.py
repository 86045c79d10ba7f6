"""What each owner is worth: how the plan would change if only this customer went to another owner.

Of a chosen move the other owner is today's. The change is valued exactly, by the problem's own costs and rows, for all
customers at once, each by itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import chain

import numpy as np

from models.formulation.budgets import budget_rows
from models.formulation.costs import candidate_costs
from models.formulation.counted_once import Auxiliaries
from models.formulation.rows import balance_rows, capacity_rows, conflict_rows, group_rows, pairing_rows
from models.org import BoolArray, FloatArray, IntArray
from models.outcome import Outcome
from models.problem import RowBlock, RowKind


@dataclass(frozen=True)
class BandGain:
    """What moves gain by one balance line, in points of the line; both arrays have shape (moves,).

    ``relief`` is gained at the other owner, who does not have the customer, ``filling`` at the one who has it.
    """

    line: str
    relief: FloatArray
    filling: FloatArray


@dataclass(frozen=True)
class Need:
    """The moves that a hard row needs: without any one of them it would be broken.

    ``load`` is what the row would carry then (rows of regions and budgets are shifted by what is always there);
    ``taken`` tells that it is a limit of whoever has the customer (a minimum), not of the other owner. All arrays
    have shape (needs,).
    """

    line: str
    kind: RowKind
    move: IntArray
    label: tuple[str, ...]
    load: FloatArray
    limit: FloatArray
    taken: bool


@dataclass(frozen=True)
class Exchange:
    """What owners are worth beside others, customer by customer.

    Attributes
    ----------
    member : int array, shape (moves,)
        The members whose owner is weighed against another one, ascending.
    goals : mapping of goal to float array, shape (moves,)
        By how much each goal but ``balance`` is smaller than with the other owner, in the goal's unit; negative if
        larger.
    bands, needs : tuples
        What the owners do for the balance bands and the hard rows.
    """

    member: IntArray
    goals: Mapping[str, FloatArray]
    bands: tuple[BandGain, ...]
    needs: tuple[Need, ...]


def value_moves(outcome: Outcome) -> Exchange:
    """Value every chosen move against its way back, which no budget can forbid."""
    member = np.flatnonzero(outcome.changes.chosen)
    return _value(outcome, member, outcome.ownership.before[member], chain())


def value_owners(outcome: Outcome, member: IntArray, other: IntArray) -> Exchange:
    """Value the owners that members (ascending) have by the plan against others.

    ``other`` has a rep position for each of ``member``, POOLED for nobody; budgets and the pairing of roles count.
    """
    spread = outcome.with_others(member, other)
    more = chain(budget_rows(outcome.amounts, spread, Auxiliaries()), pairing_rows(outcome.amounts, spread))
    return _value(outcome, member, other, more)


def _value(outcome: Outcome, member: IntArray, other: IntArray, more: Iterable[RowBlock]) -> Exchange:
    goals = frozenset(goal for stage in outcome.policy.stages for goal in stage.weights)
    # the new owner stands first among a member's two candidates, the other one second
    costs = candidate_costs(outcome.amounts, outcome.only(member, other), goals)
    gains = {goal: cost[1::2] - cost[0::2] for goal, cost in costs.items()}
    spread = outcome.with_others(member, other)
    first, later = spread.candidates.start[member], outcome.ownership.after[member] < other
    ways = _Ways(len(spread.candidates.rep), first + ~later, first + later)
    bands = balance_rows(outcome.amounts, spread) if "balance" in goals else ()
    hard = chain(
        capacity_rows(outcome.amounts, spread),
        group_rows(outcome.amounts, spread, Auxiliaries()),
        conflict_rows(outcome.amounts, spread, Auxiliaries()),
        more,
    )
    return Exchange(
        member,
        gains,
        tuple(_band_gain(block, ways) for block in bands),
        tuple(need for block in hard for need in _needs(block, ways)),
    )


@dataclass(frozen=True)
class _Ways:
    """Which of the ``candidates`` is each member's owner by the plan, and which the other one."""

    candidates: int
    own: IntArray
    other: IntArray

    @property
    def moves(self) -> int:
        """Number of members with another owner."""
        return len(self.own)

    @cached_property
    def planned(self) -> BoolArray:
        """Tell which candidates are the plan, shape (candidates,)."""
        planned = np.ones(self.candidates, dtype=bool)
        planned[self.other] = False
        return planned

    def back_changes(self, block: RowBlock) -> tuple[IntArray, IntArray, FloatArray]:
        """Return (row, move, change of the row's activity) for every row that the other owner touches."""
        move_of = np.full(len(self.planned), -1, dtype=np.int64)
        move_of[self.other] = move_of[self.own] = np.arange(self.moves)
        move = move_of[block.candidate]
        touched = move >= 0
        sign = np.where(self.planned[block.candidate[touched]], -1.0, 1.0)
        key = block.row[touched] * max(self.moves, 1) + move[touched]
        keys, place = np.unique(key, return_inverse=True)
        change = np.bincount(place, sign * block.value[touched], minlength=len(keys)).astype(float)
        return keys // max(self.moves, 1), keys % max(self.moves, 1), change

    def activity(self, block: RowBlock) -> FloatArray:
        """Return what each row carries as planned."""
        mine = self.planned[block.candidate]
        return np.bincount(block.row[mine], block.value[mine], minlength=block.count).astype(float)


def _band_gain(block: RowBlock, ways: _Ways) -> BandGain:
    row, move, change = ways.back_changes(block)
    activity = ways.activity(block)[row]
    lost = _points(block, row, activity + change) - _points(block, row, activity)
    giving = change > 0
    relief, filling = (
        np.bincount(move[side], lost[side], minlength=ways.moves).astype(float) for side in (giving, ~giving)
    )
    return BandGain(block.line, relief, filling)


def _points(block: RowBlock, row: IntArray, activity: FloatArray) -> FloatArray:
    over = np.maximum(activity - block.upper[row], 0.0) * block.over_points[row]
    under = np.maximum(block.lower[row] - activity, 0.0) * block.under_points[row]
    points: FloatArray = over + under
    return points


def _needs(block: RowBlock, ways: _Ways) -> list[Need]:
    row, move, change = ways.back_changes(block)
    activity = ways.activity(block)[row]
    tolerance = 1e-6 * np.maximum(1.0, block.scale[row])
    needs = []
    load = activity + change
    for taken, limit, beyond in (
        (False, block.upper[row], load - block.upper[row]),
        (True, block.lower[row], block.lower[row] - load),
    ):
        worse = change < 0 if taken else change > 0
        # a row that counts customers of several roles once is more than the sum of its candidates
        at = np.flatnonzero((beyond > tolerance) & worse & ~np.isin(row, block.aux_row))
        if len(at):
            labels = tuple(block.labels[j] for j in row[at])
            needs.append(Need(block.line, block.kind, move[at], labels, load[at], limit[at], taken))
    return needs
