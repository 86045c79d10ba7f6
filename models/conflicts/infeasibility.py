"""Why no plan exists, and what would change that: conflicts and relaxations in one call."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from models.conflicts.conflict import Conflict, find_conflicts
from models.conflicts.feasibility import Trials
from models.conflicts.members import ANSWERS
from models.conflicts.relaxation import Relaxation, find_relaxations
from models.conflicts.rulebook import MOST_CELLS, Rulebook
from models.conflicts.wording import ConflictTold, told
from models.org import Org
from models.policy import Policy
from models.stop import Stop

MOST_WORK = 500_000
"""Columns of the programs that conflicts may take; what is not known then is said to be so."""


@dataclass(frozen=True)
class Infeasibility:
    """Why no plan exists.

    Attributes
    ----------
    conflicts : tuple of Conflict
        Each by itself makes a plan impossible; none where a plan exists.
    told : tuple of ConflictTold
        Each conflict in words.
    relaxations : tuple of Relaxation
        Each cures all conflicts, the least change first.
    complete : bool
        Whether a plan exists once all conflicts are out of the way, so that there is no other.
    plan_exists : bool
        A plan was found: there is nothing to explain.
    """

    conflicts: tuple[Conflict, ...]
    told: tuple[ConflictTold, ...]
    relaxations: tuple[Relaxation, ...]
    complete: bool
    plan_exists: bool = False


def explain_infeasible(
    org: Org,
    policy: Policy,
    *,
    stop: Stop | None = None,
    progress: Callable[[str], None] = lambda doing: None,
    answers_stay: bool = False,
) -> Infeasibility:
    """Find the conflicts that make a plan impossible, and the cheapest relaxations that cure them all.

    Parameters
    ----------
    stop
        When to stop; what was found until then is returned, and ``complete`` is False.
    progress
        Called with what is being done.
    answers_stay
        Offer no way out that takes back an answer to the proposal.

    Raises
    ------
    InputRefused
        When a measure, a cost or a limit has no usable value.

    Examples
    --------
    A customer who needs a skill that nobody has:

    >>> import datetime as dt, pandas as pd
    >>> from models.org import Org, Period
    >>> org = Org(
    ...     pd.DataFrame({"customer_id": ["C1"], "required_skills": ["cloud:2"]}),
    ...     pd.DataFrame({"rep_id": ["ana"], "skills": ["cloud:1"]}),
    ...     Period(dt.date(2027, 1, 1), dt.date(2027, 3, 31)),
    ...     given={"customers": {"customer_id", "required_skills"}, "reps": {"rep_id", "skills"}},
    ... )
    >>> why = explain_infeasible(org, Policy.model_validate({"eligibility": {"skills": "required"}}))
    >>> why.conflicts[0].given[0].line, why.relaxations[0].changes[0].easing.what
    ('eligibility.skills', 'cloud:2')
    """
    stop = Stop() if stop is None else stop
    if org.n_customers * org.n_reps * len(policy.roles) > MOST_CELLS:
        return Infeasibility((), (), (), complete=False)
    progress("reading the rules")
    with Rulebook(org, policy) as rules:
        progress("looking for conflicts")
        found = find_conflicts(Trials(rules, stop, MOST_WORK * stop.effort))
        if not found.conflicts:
            return Infeasibility((), (), (), found.complete, plan_exists=found.complete)
        progress("looking for the cheapest way out")
        answers = {one.path for one in rules.members if one.kind in ANSWERS} if answers_stay else ()
        relaxations = find_relaxations(rules, found.conflicts, stop, frozenset(answers))
        in_words = tuple(told(rules, conflict) for conflict in found.conflicts)
    return Infeasibility(found.conflicts, in_words, relaxations, found.complete)
