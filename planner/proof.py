"""What is proven of a plan: how much better another one could be at most, and who says so.

The screen and the reports say the same of the same plan, each in its own words.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Protocol

NO_GAP = 1e-6
"""What solvers take for nothing."""


class Provable(Protocol):
    """A plan, or the record of one."""

    @property
    def status(self) -> str:
        """``optimal``, ``feasible`` or ``evaluated``."""
        ...

    @property
    def gap(self) -> float | None:
        """What whoever proved it says."""
        ...

    @property
    def certified_gap(self) -> float | None:
        """What follows from the multipliers of the certificate."""
        ...

    @property
    def bound_by(self) -> str | None:
        """Who proved it."""
        ...


@dataclass(frozen=True)
class Proof:
    """How good a plan is known to be.

    Attributes
    ----------
    kind : str
        ``measured`` (nobody looked for a better one), ``unknown``, ``proven`` (none is better), or ``within`` (none
        is better by more than ``gap``).
    gap : float or None
        The fraction that anyone can recompute from the certificate where there is one; 0 where it is proven.
    solver : str or None
        Who proved more than the certificate alone does; None where it says as much.
    solver_gap : float or None
        What the solver says then.
    """

    kind: Literal["measured", "unknown", "proven", "within"]
    gap: float | None = None
    solver: str | None = None
    solver_gap: float | None = None


def proof_of(plan: Provable) -> Proof:
    """Return what is proven of a plan that assigns everybody."""
    if plan.status == "evaluated":
        return Proof("measured")
    gap = plan.certified_gap if plan.certified_gap is not None else plan.gap
    if gap is None or plan.gap is None:
        return Proof("unknown")
    by_solver = plan.certified_gap is None or plan.gap < gap - NO_GAP
    solver, solver_gap = (plan.bound_by, plan.gap) if by_solver else (None, None)
    if plan.status == "optimal":
        return Proof("proven", 0.0, solver, solver_gap)
    return Proof("within", gap, solver, solver_gap)
