"""Stages one after another, each within the caps that those before it leave."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from models.engines.program import Cap
from models.engines.stage import StageOutcome
from models.org import IntArray
from models.problem import Stage

SolveStage = Callable[[int, tuple[Cap, ...], IntArray | None], StageOutcome]
"""Solves the stage at a position within caps, from the choice of the stage before it (None for the first)."""


class Staged(NamedTuple):
    """What the stages found, up to the first without a choice, and the caps of the last one looked at."""

    outcomes: list[StageOutcome]
    caps: tuple[Cap, ...]

    @property
    def choice(self) -> IntArray | None:
        """The choice of the last stage, None where some stage found none."""
        return self.outcomes[-1].choice


def solve_stages(
    stages: Sequence[Stage], ceilings: tuple[Cap, ...], solve: SolveStage, elsewhere: Sequence[float] | None = None
) -> Staged:
    """Solve stage after stage.

    Parameters
    ----------
    ceilings
        Caps that hold in every stage.
    elsewhere
        What units that are not part of the problem add to each stage's value, in points; nothing when None.
    """
    outcomes: list[StageOutcome] = []
    caps, choice = ceilings, None
    for at, stage in enumerate(stages):
        outcome = solve(at, caps, choice)
        outcomes.append(outcome)
        if outcome.choice is None or outcome.value is None or at == len(stages) - 1:
            break
        choice = outcome.choice
        more = 0.0 if elsewhere is None else elsewhere[at]
        caps = (*caps, Cap(stage.weights, stage.cap(outcome.value + more) - more, f"stage {at + 1}"))
    return Staged(outcomes, caps)
