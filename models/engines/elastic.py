"""Where hard rows cannot be met: the least violated choice, and the proof that none keeps them all.

The same problem with every hard row left at a price of one point per limit, and nothing else to pay. A bound of it
above what the tolerances allow is a proof that no plan keeps every hard row.
"""

from __future__ import annotations

import dataclasses

import numpy as np

from models.engines.program import StageTask
from models.problem import Problem, RowBlock

BALANCE = {"balance": 1.0}
ALLOWED = 2e-6
"""What each hard row may be exceeded by without a violation, in limits, and as much again for rounding."""


def elastic(problem: Problem) -> StageTask:
    """Return the stage that minimises by how much hard rows are exceeded, relative to their limits."""
    blocks = tuple(_at_a_price(block) for block in problem.blocks if np.isinf(block.over_points).any())
    return StageTask(dataclasses.replace(problem, costs={}, blocks=blocks), BALANCE)


def least_proof(problem: Problem) -> float:
    """Return the bound of the elastic stage above which no plan can exist."""
    return ALLOWED * (1 + problem.rows.count)


def _at_a_price(block: RowBlock) -> RowBlock:
    points = 1.0 / np.maximum(1.0, block.scale)
    return dataclasses.replace(block, over_points=points, under_points=points)
