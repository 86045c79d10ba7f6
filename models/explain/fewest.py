"""Fewest other changes: of all answers that cost the same, the one in which fewest others have another owner."""

from __future__ import annotations

import dataclasses

from models.engines.stages import Staged
from models.org import IntArray
from models.problem import Problem, Stage

OTHERS = "other owners"


def with_fewest_changes(problem: Problem, choice: IntArray, size: IntArray) -> Problem:
    """Return the problem with one more stage, which keeps as many customers as it can where a choice has them.

    ``size`` counts the customers of each unit.
    """
    changed = size[problem.unit].astype(float)
    changed[choice] = 0.0
    last = dataclasses.replace(problem.stages[-1], slack_fraction=0.0, slack_points=0.0)
    stages = (*problem.stages[:-1], last, Stage(last.priority + 1, {OTHERS: 1.0}, 0.0, 0.0))
    return dataclasses.replace(problem, costs={**problem.costs, OTHERS: changed}, stages=stages)


def choice_of(found: Staged, stages: int) -> IntArray | None:
    """Return what was found after so many stages at least; None where one of these found nothing."""
    choices = [outcome.choice for outcome in found.outcomes]
    if len(choices) < stages or choices[stages - 1] is None:
        return None
    return choices[stages - 1] if choices[-1] is None else choices[-1]
