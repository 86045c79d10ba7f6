"""An assignment, role by role: who is owned by whom, and who is in the pool."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from models.org import IntArray
from models.plan import POOLED


@dataclass(frozen=True)
class Placement:
    """The owned customers of one role with their reps (both shape (k,)), and the pooled ones."""

    role: int
    customers: IntArray
    reps: IntArray
    pooled: IntArray


def placements(planned: IntArray) -> tuple[Placement, ...]:
    """Split the owners of an assignment, shape (roles, customers), by roles."""
    return tuple(
        Placement(role, owned := np.flatnonzero(owners >= 0), owners[owned], np.flatnonzero(owners == POOLED))
        for role, owners in enumerate(planned)
    )
