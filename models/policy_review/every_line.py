"""The review of a policy against an org: every line, all problems at once."""

from __future__ import annotations

from models.expression import Expressions
from models.findings import Finding
from models.org import Org
from models.policy import EVERY_ROLE, Policy
from models.policy_review.effects import review_effects
from models.policy_review.goals import review_goals
from models.policy_review.names import review_names
from models.policy_review.notes import Notes, PlaceOf
from models.policy_review.readings import review_expressions


def review(org: Org, policy: Policy, place_of: PlaceOf) -> list[Finding]:
    """Judge everything about a policy that can be judged before compiling.

    Every expression parses, is of the right kind and uses only columns that the source has; every measure, role, id
    and label exists; every line can have an effect.

    Parameters
    ----------
    org
        The tables that the policy is for.
    policy
        The policy.
    place_of
        Returns file and line of a path of the policy, such as ``("capacity", 0, "max")``.

    Returns
    -------
    list of Finding
        Errors and warnings, codes TP21x (expressions), TP22x (names), TP23x (goals) and TP24x (effects).
    """
    if not policy.roles or EVERY_ROLE in policy.roles:
        return [
            Finding(
                "TP221",
                "There must be a role" if not policy.roles else f"A role may not be called {EVERY_ROLE!r}",
                place_of(("roles",)),
                hint="Try 'roles: {sales: {}}', or to leave 'roles' out",
            )
        ]
    with Expressions(org, policy) as expressions:
        notes = Notes(org, policy, place_of, expressions)
        review_expressions(notes)
        review_names(notes)
        review_effects(notes)
        review_goals(notes)
    return notes.findings
