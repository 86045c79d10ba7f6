"""Skills: what customers need and what reps have, compared level by level."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from models.check.labels import Labels, labels
from models.org import BoolArray, FloatArray, IntArray, Org, skill_levels


@dataclass(frozen=True)
class Skills:
    """Requirements by distinct text, and the reps' levels.

    ``levels`` has shape (reps, skills named anywhere). Requirement text ``t`` names the skills
    ``skill[start[t]:start[t + 1]]`` at the levels ``need[...]``.
    """

    required: Labels
    names: tuple[str, ...]
    levels: FloatArray
    start: IntArray
    skill: IntArray
    need: FloatArray

    def met(self, customers: IntArray, reps: IntArray) -> BoolArray:
        """Tell for each (customer, rep) whether the rep has every required skill at its level; both have shape (k,)."""
        text = self.required.codes[customers]
        count = np.where(text >= 0, self.start[text + 1] - self.start[text], 0)
        pair = np.repeat(np.arange(len(text)), count)
        offset = np.arange(len(pair)) - np.repeat(np.cumsum(count) - count, count)
        entry = self.start[text[pair]] + offset
        short = self.levels[reps[pair], self.skill[entry]] < self.need[entry]
        missing: BoolArray = np.bincount(pair[short], minlength=len(text)) == 0
        return missing

    def met_by_all(self, customers: IntArray) -> BoolArray:
        """Tell which reps meet each of the customers; shape (customers, reps)."""
        texts, row = np.unique(self.required.codes[customers], return_inverse=True)
        return np.array([self._able(text) for text in texts], dtype=bool).reshape(len(texts), -1)[row]

    def _able(self, text: int) -> BoolArray:
        if text < 0:
            return np.ones(len(self.levels), dtype=bool)
        if text not in self._able_reps:
            named = slice(self.start[text], self.start[text + 1])
            self._able_reps[text] = np.all(self.levels[:, self.skill[named]] >= self.need[named], axis=1)
        return self._able_reps[text]

    @cached_property
    def _able_reps(self) -> dict[int, BoolArray]:
        return {}

    def lacking(self, customer: int, rep: int) -> tuple[str, str]:
        """Return what the customer needs and the rep lacks, and what the rep has of it: ``cloud:3``, ``cloud:1``."""
        text = self.required.codes[customer]
        wanted, owned = [], []
        for entry in range(self.start[text], self.start[text + 1]):
            name, level = self.names[self.skill[entry]], self.levels[rep, self.skill[entry]]
            if level < self.need[entry]:
                wanted.append(f"{name}:{self.need[entry]:g}")
                owned.append(f"{name}:{level:g}" if level > 0 else f"no {name}")
        return ";".join(wanted), ";".join(owned)


def read_skills(org: Org) -> Skills:
    """Read ``required_skills`` of the customers and ``skills`` of the reps; a missing skill is level 0."""
    required, owned = labels(org.customers, "required_skills"), labels(org.reps, "skills")
    wants = [skill_levels(text) for text in required.names]
    has = [skill_levels(text) for text in owned.names]
    names = tuple(dict.fromkeys(name for levels in (*wants, *has) for name in levels))
    position = {name: place for place, name in enumerate(names)}
    by_text = np.zeros((len(has) + 1, len(names)))
    for text, levels in enumerate(has):
        for name, level in levels.items():
            by_text[text, position[name]] = level
    start = np.cumsum([0, *(len(levels) for levels in wants)])
    return Skills(
        required=required,
        names=names,
        levels=by_text[owned.codes],
        start=start.astype(np.int64),
        skill=np.array([position[name] for levels in wants for name in levels], dtype=np.int64),
        need=np.array([level for levels in wants for level in levels.values()], dtype=np.float64),
    )
