"""What customers pay, at the prices of a plan, for the room they take in books."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from models.org import BoolArray, FloatArray, IntArray, skill_levels
from scenarios.advising.standing import Ground

ROOM = ("capacity", "balance", "group")
"""Kinds of rows that are about the room in a book."""


@dataclass(frozen=True)
class Rent:
    """What each unit pays for room, points: with its own rep, and what it would pay with others.

    Attributes
    ----------
    of_books : float array, shape (kinds of books, reps)
        Points per unit of what a kind of book adds up, for each rep.
    """

    ground: Ground
    prices: FloatArray

    @cached_property
    def of_books(self) -> FloatArray:
        """Points per unit of what each kind of book adds up, shape (kinds of books, reps)."""
        rows = self.ground.formulation.problem.rows
        row = rows.row_of_book[:, :-1]
        priced: FloatArray = np.where((row >= 0) & self._of_room[np.maximum(row, 0)], -self.prices[row], 0.0)
        return priced

    def at(self, units: IntArray) -> FloatArray:
        """Return what each of ``units`` would pay with each rep, shape (units, reps)."""
        charged: FloatArray = self.ground.formulation.problem.rows.amount[units] @ self.of_books
        return charged

    @cached_property
    def paid(self) -> FloatArray:
        """What each unit pays with the rep it has, shape (units,); 0 in the pool."""
        problem, choice = self.ground.formulation.problem, self.ground.choice
        rows = problem.rows
        paid = np.zeros(problem.n_units)
        owned = np.flatnonzero((choice >= 0) & (problem.rep[np.maximum(choice, 0)] >= 0))
        rep = problem.rep[choice[owned]]
        paid[owned] = (rows.amount[owned] * self.of_books[:, rep].T).sum(axis=1)
        listed = rows.listed
        taken = (choice[listed.unit] == listed.candidate) & self._of_room[listed.row]
        np.add.at(paid, listed.unit[taken], -listed.value[taken] * self.prices[listed.row[taken]])
        return paid

    @cached_property
    def _of_room(self) -> BoolArray:
        blocks = self.ground.formulation.problem.blocks
        flags = [np.full(block.count, block.kind in ROOM) for block in blocks]
        return np.concatenate([*flags, np.zeros(0, dtype=bool)]).astype(bool)


@dataclass(frozen=True)
class Demand:
    """Which skills units need, and how good reps are at them.

    Attributes
    ----------
    names : tuple of str
        All skills that some customer needs, in lower case.
    need : float array, shape (units, skills)
        The highest level that a member needs, 0 for none.
    level : float array, shape (reps, skills)
    """

    names: tuple[str, ...]
    need: FloatArray
    level: FloatArray

    def lacking(self, skill: int) -> BoolArray:
        """Tell who is not good enough at one skill, shape (units, reps)."""
        return np.asarray(self.need[:, skill, None] > self.level[None, :, skill])

    def met_but(self, units: IntArray, skill: int) -> BoolArray:
        """Tell which reps have all skills that ``units`` need, one of them aside; shape (units, reps)."""
        met = np.ones((len(units), len(self.level)), dtype=bool)
        for other in range(len(self.names)):
            if other != skill:
                met &= self.need[units, other, None] <= self.level[None, :, other]
        return met


def read_demand(ground: Ground) -> Demand:
    """Read which skills units need."""
    org, units = ground.formulation.org, ground.formulation.units
    of_customer = _levels(org.customers["required_skills"]) if "required_skills" in org.customers else []
    of_rep = _levels(org.reps["skills"]) if "skills" in org.reps else [{} for _ in range(org.n_reps)]
    names = tuple(sorted({name for levels in of_customer for name in levels}))
    need = np.zeros((units.count, len(names)))
    level = np.zeros((org.n_reps, len(names)))
    at = {name: s for s, name in enumerate(names)}
    for unit, customer in zip(units.unit_of_member, units.member, strict=True):
        for name, value in of_customer[customer].items() if of_customer else ():
            need[unit, at[name]] = max(need[unit, at[name]], value)
    for rep, levels in enumerate(of_rep):
        for name, value in levels.items():
            if name in at:
                level[rep, at[name]] = value
    return Demand(names, need, level)


def _levels(cells: Iterable[object]) -> list[dict[str, float]]:
    known: dict[str, dict[str, float]] = {}
    found = []
    for cell in cells:
        text = cell if isinstance(cell, str) else ""
        if text not in known:
            known[text] = skill_levels(text)
        found.append(known[text])
    return found
