"""What is proven of a plan: how much better another one could be at most, and who says so.

The screen and the reports say the same of the same plan, each in its own words.
"""

from __future__ import annotations

from collections.abc import Sequence
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


class Staged(Protocol):
    """One stage of a plan by priorities."""

    @property
    def goals(self) -> Sequence[str]:
        """The goals that are weighed in it."""
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


CALM_FIRST = "of those that change as little of the circulated proposal"
IN_ORDER = "by the goals in the order of their priorities"


def among(stages: Sequence[Staged]) -> str:
    """Return in English what a proof holds among where goals have priorities; nothing where all are weighed at once.

    Examples
    --------
    >>> from models.plan import StageResult
    >>> among(
    ...     [StageResult(1, ("changes",), 2.0, 2.0, 2.0, "optimal"), StageResult(2, ("travel",), 9, 9, None, "optimal")]
    ... )
    'of those that change as little of the circulated proposal'
    """
    if len(stages) < 2:
        return ""
    return CALM_FIRST if list(stages[0].goals) == ["changes"] else IN_ORDER
