"""How much a search tries, and how it cools within the seconds that are left."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from models.stop import Stop

PROPOSALS_PER_ROUND = 2_000
"""Proposals of the annealing for which there is a round of combinations; it takes as long as half of them."""
KEPT = 0.3
"""Share of the seconds that is for combinations."""


class Pace:
    """Lets a search cool within a share of the seconds that are left.

    Attributes
    ----------
    hurried : bool
        True once fewer proposals were allowed than planned: the result then depends on the machine.
    """

    def __init__(self, stop: Stop, share: float, kept: float = 0.0) -> None:
        """Take a share of the seconds that are left, a part of which is kept for what comes after (:meth:`rest`)."""
        self._stop, self._began = stop, stop.seconds_used
        self._whole = np.inf if stop.seconds_left is None else stop.seconds_left * share
        self._budget = (1.0 - kept) * self._whole
        self._first: tuple[float, float] | None = None
        self.hurried = False

    def rest(self) -> None:
        """Begin with the next work, for which there is all that is left of the share."""
        now = self._stop.seconds_used
        self._whole = self._budget = max(self._whole - (now - self._began), 0.0)
        self._began, self._first = now, None

    def allowed(self, made: float, steps_left: int, planned: float) -> float:
        """Return the work of a step (proposals a unit, rounds a rep), by what was done and how many steps are left.

        The speed is measured from the end of the first step, in which compiled code may have had to be loaded.
        """
        used = self._stop.seconds_used
        left = max(self._budget - (used - self._began), 0.0)
        if self._first is None:
            self._first = used, made
            return planned if left > 0 else 0.0
        speed = (made - self._first[1]) / max(used - self._first[0], 1e-9)
        allowed = speed * left / max(steps_left, 1)
        if allowed >= planned or not steps_left:
            return planned
        self.hurried = True
        return allowed


@dataclass(frozen=True)
class Effort:
    """How much a search tries.

    Attributes
    ----------
    per_unit : float
        Proposals per unit, all steps together.
    heat : float
        Where annealing begins, relative to the typical difference between two candidates of a unit.
    """

    per_unit: float
    heat: float = 0.3

    def rounds(self, units: int, reps: int) -> float:
        """Return how many rounds of combinations a rep gets, all steps together: about half as long as the rest."""
        return self.per_unit * units / PROPOSALS_PER_ROUND / max(reps, 1)
